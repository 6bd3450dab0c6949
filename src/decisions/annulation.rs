//! Undoing a decision (R-GEST-ANNULER): within ten minutes, by the one who took it, if nothing has changed since.
//!
//! The decided request keeps its state; a new one opens with what was asked, and the rights return to what they were.
//! « Nothing has changed » compares images of the rights (migration 0020), it guesses nothing.

use uuid::Uuid;

use super::Decidable;
use crate::App;
use crate::acces::{Connecte, Portee};
use crate::courrier::Joignable;
use crate::db::{DemandeId, StructureId, Temps, Tx, UtilisateurId, en_transaction};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::{self, Annulation};
use crate::web::Erreur;

/// A decision that was taken, and why it can be undone no more.
pub struct Prise {
    /// Of its line in `decisions`.
    pub id: Uuid,
    pub demande: Uuid,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub auteur: Joignable,
    statut: String,
    /// « 21/11/2026 à 23:57 ».
    pub le: String,
    obstacle: Option<String>,
}

impl Prise {
    /// It was a validation, otherwise a refusal.
    pub fn validee(&self) -> bool {
        self.statut == "validee"
    }
}

/// The lines of an act, or the one line of this name, that `par` decided and still covers.
async fn charger<D: Decidable>(
    tx: &mut Tx,
    par: &Connecte,
    acte: Uuid,
) -> Result<Vec<Prise>, Erreur> {
    let lues = sqlx::query!(
        r#"select x.id, coalesce(r.id, a.id) as "demande!", x.structure_id as "structure: StructureId", s.raison_sociale,
                  u.id as "auteur: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse,
                  coalesce(r.statut, a.statut) as "statut!", temps(x.prise_le) as "le!: Temps",
                  case
                    when x.annulee_le is not null then 'Cette décision a déjà été annulée.'
                    when maintenant() - x.prise_le > interval '10 minutes'
                      then 'Le délai de dix minutes pour annuler cette décision est passé.'
                    when s.statut <> 'active' then E'Cette structure est désactivée\u202F: rien ne s’y annule plus.'
                  end as obstacle
           from decisions x
           join structures s on s.id = x.structure_id
           left join demandes_rattachement r on r.id = x.demande_rattachement_id
           left join demandes_abonnement a on a.id = x.demande_abonnement_id
           join utilisateurs u on u.id = coalesce(r.utilisateur_id, a.utilisateur_id)
           where x.decideur_id = $1 and (x.acte_id = $2 or x.id = $2)
           order by u.cle_tri, x.id"#,
        par.id().0,
        acte
    )
    .fetch_all(&mut **tx)
    .await?;
    let ids: Vec<Uuid> = lues.iter().map(|l| l.id).collect();
    let mut obstacles = D::obstacles(tx, par, &ids).await?;
    let prises: Vec<Prise> = lues
        .into_iter()
        .filter_map(|l| {
            let obstacle = obstacles.remove(&l.id)?;
            Some(Prise {
                id: l.id,
                demande: l.demande,
                structure: l.structure,
                raison_sociale: l.raison_sociale,
                auteur: Joignable {
                    id: l.auteur,
                    nom_complet: l.nom_complet,
                    adresse: l.adresse,
                },
                statut: l.statut,
                le: l.le.jour_heure(),
                obstacle: l.obstacle.or(obstacle),
            })
        })
        .collect();
    if prises.is_empty() {
        return Err(Erreur::Introuvable);
    }
    Ok(prises)
}

fn resultats<D: Decidable>(prises: Vec<Prise>) -> Vec<Annulation<D::Id>> {
    prises
        .into_iter()
        .map(|p| Annulation {
            demande: D::id(p.demande),
            structure: p.structure,
            demandeur: p.auteur.nom_complet,
            raison_sociale: p.raison_sociale,
            decision: structures::decision(&p.statut),
            faite: p.obstacle.map_or(Ok(()), Err),
        })
        .collect()
}

/// What an undo would do with each line, for its confirmation. 404: nothing of this person by that name.
///
/// # Errors
/// Those of the database.
pub async fn annulables<D: Decidable>(
    app: &App,
    portee: &Portee<D::Capacite>,
    acte: Uuid,
) -> Result<Vec<Annulation<D::Id>>, Erreur> {
    let prises = en_transaction!(app, |tx| charger::<D>(tx, portee, acte).await)?;
    Ok(resultats::<D>(prises))
}

/// Undoes every line that can be, by the same statements whatever their number. One result per line.
///
/// # Errors
/// Those of the database; what a line refuses is in its result.
pub async fn annuler<D: Decidable>(
    tx: &mut Tx,
    portee: &Portee<D::Capacite>,
    acte: Uuid,
) -> Result<Vec<Annulation<D::Id>>, Erreur> {
    verrouiller(tx, portee, acte).await?;
    let prises = charger::<D>(tx, portee, acte).await?;
    let faites: Vec<&Prise> = prises.iter().filter(|p| p.obstacle.is_none()).collect();
    if !faites.is_empty() {
        defaire::<D>(tx, portee, &faites).await?;
    }
    Ok(resultats::<D>(prises))
}

/// The structures, then the accounts: a deactivation under way is either seen by what is read next, or waits.
async fn verrouiller(tx: &mut Tx, par: &Connecte, acte: Uuid) -> Result<(), Erreur> {
    let demandes = sqlx::query_scalar!(
        r#"select coalesce(demande_rattachement_id, demande_abonnement_id) as "demande!" from decisions
           where decideur_id = $1 and (acte_id = $2 or id = $2)"#,
        par.id().0,
        acte
    )
    .fetch_all(&mut **tx)
    .await?;
    super::verrouiller(tx, &demandes).await?;
    sqlx::query!(
        "select u.id from utilisateurs u
         where u.id in (select r.utilisateur_id from demandes_rattachement r where r.id = any ($1)
                        union all
                        select a.utilisateur_id from demandes_abonnement a where a.id = any ($1))
         order by u.id for share",
        &demandes
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

async fn defaire<D: Decidable>(
    tx: &mut Tx,
    par: &Connecte,
    prises: &[&Prise],
) -> Result<(), Erreur> {
    let validees = prises.iter().copied().filter(|p| p.validee());
    let validees: Vec<&Prise> = validees.collect();
    if !validees.is_empty() {
        D::restaurer(tx, par, &validees).await?;
    }
    let ids: Vec<Uuid> = prises.iter().map(|p| p.id).collect();
    sqlx::query!(
        "update decisions set annulee_le = maintenant() where id = any ($1)",
        &ids
    )
    .execute(&mut **tx)
    .await?;
    let nouvelles: Vec<(&Prise, D::Id)> =
        prises.iter().map(|p| (*p, D::id(Uuid::now_v7()))).collect();
    D::rouvrir(tx, par, &nouvelles).await?;
    let entrees = nouvelles.iter().map(|(prise, nouvelle)| Entree {
        structure: Some(prise.structure),
        action: Action::DecisionAnnulee,
        concerne: Some(prise.auteur.id),
        // One column for the request of a line, whichever its kind.
        demande: Some(DemandeId((*nouvelle).into())),
        details: Details {
            acteur: par.personne().nom_complet(),
            concerne: prise.auteur.nom_complet.clone(),
            changements: vec![Changement::new(
                D::DEMANDE,
                structures::decision(&prise.statut),
                "En cours de validation",
            )],
            ..Details::default()
        },
    });
    let entrees = entrees.collect();
    historique::noter_plusieurs(tx, par, entrees).await?;
    Ok(())
}
