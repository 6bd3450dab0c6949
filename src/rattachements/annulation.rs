//! Undoing a decision (R-GEST-ANNULER): within ten minutes, by the one who took it, if nothing has changed since.
//!
//! The decided request keeps its state; a new one opens with what was asked, and the rights return to what they were.
//! « Nothing has changed » compares images of the rights (migration 0020), it guesses nothing.

use uuid::Uuid;

use super::courriers_annulation::DecisionAnnulee;
use super::effets::{self, Cause};
use crate::App;
use crate::abonnements;
use crate::acces::{Connecte, Portee, ValiderRattachements};
use crate::courrier::{Joignable, prevenir};
use crate::db::{DemandeId, RattachementId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::{self, Annulation};
use crate::web::Erreur;

/// Keeps the rights that these requests are about to change. Answers the name of the act. The structures must be locked.
pub(super) async fn ouvrir(
    tx: &mut Tx,
    par: &Connecte,
    demandes: &[DemandeId],
) -> Result<Uuid, Erreur> {
    let acte = Uuid::now_v7();
    let ids: Vec<Uuid> = demandes.iter().map(|d| d.0).collect();
    sqlx::query!(
        "insert into decisions (id, acte_id, structure_id, demande_rattachement_id, decideur_id, avant, apres)
         select uuid_v7(), $1, d.structure_id, d.id, $2, image_du_rattachement(d.structure_id, d.utilisateur_id), '{}'
         from demandes_rattachement d where d.id = any ($3) and d.statut = 'en_cours_de_validation'",
        acte,
        par.id().0,
        &ids
    )
    .execute(&mut **tx)
    .await?;
    Ok(acte)
}

/// Keeps what became of those that were decided, and forgets the others.
pub(super) async fn clore(tx: &mut Tx, acte: Uuid, faites: &[DemandeId]) -> Result<(), Erreur> {
    let ids: Vec<Uuid> = faites.iter().map(|d| d.0).collect();
    sqlx::query!(
        "with restees as (delete from decisions where acte_id = $1 and demande_rattachement_id <> all ($2))
         update decisions x set apres = image_du_rattachement(d.structure_id, d.utilisateur_id)
         from demandes_rattachement d
         where x.acte_id = $1 and d.id = x.demande_rattachement_id and d.id = any ($2)",
        acte,
        &ids
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A decision of this person, and why it can be undone no more.
struct Decision {
    id: Uuid,
    demande: DemandeId,
    structure: StructureId,
    raison_sociale: String,
    auteur: Joignable,
    statut: String,
    le: String,
    obstacle: Option<String>,
}

/// The lines of an act, or the one line of this name, that `par` decided and still covers.
async fn charger(tx: &mut Tx, par: &Connecte, acte: Uuid) -> Result<Vec<Decision>, Erreur> {
    let lues = sqlx::query!(
        r#"select x.id, d.id as "demande: DemandeId", d.structure_id as "structure: StructureId", s.raison_sociale,
                  u.id as "auteur: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse,
                  d.statut, temps(x.prise_le) as "le!: crate::db::Temps",
                  case
                    when x.annulee_le is not null then 'Cette décision a déjà été annulée.'
                    when maintenant() - x.prise_le > interval '10 minutes'
                      then 'Le délai de dix minutes pour annuler cette décision est passé.'
                    when s.statut <> 'active' then 'Cette structure est désactivée : rien ne s’y annule plus.'
                    when u.statut not in ('actif', 'en_cours_activation') then 'Le compte de cette personne n’est plus actif.'
                    when exists (select from demandes_rattachement n
                                 where n.structure_id = d.structure_id and n.utilisateur_id = d.utilisateur_id
                                   and n.statut = 'en_cours_de_validation')
                      then 'Cette personne a déjà refait une demande.'
                    when image_du_rattachement(d.structure_id, d.utilisateur_id) <> x.apres
                      then 'Le rattachement de cette personne a changé depuis : modifiez-le plutôt.'
                  end as obstacle
           from decisions x
           join demandes_rattachement d on d.id = x.demande_rattachement_id
           join portees_demandes p on p.demande_id = d.id and p.gestionnaire_id = $1
           join structures s on s.id = d.structure_id
           join utilisateurs u on u.id = d.utilisateur_id
           where x.decideur_id = $1 and (x.acte_id = $2 or x.id = $2)
           order by u.cle_tri, x.id"#,
        par.id().0,
        acte
    )
    .fetch_all(&mut **tx)
    .await?;
    if lues.is_empty() {
        return Err(Erreur::Introuvable);
    }
    Ok(lues
        .into_iter()
        .map(|l| Decision {
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
            obstacle: l.obstacle,
        })
        .collect())
}

impl Decision {
    fn ligne(&self, faite: Result<(), String>) -> Annulation<DemandeId> {
        Annulation {
            demande: self.demande,
            structure: self.structure,
            demandeur: self.auteur.nom_complet.clone(),
            raison_sociale: self.raison_sociale.clone(),
            decision: structures::decision(&self.statut),
            faite,
        }
    }

    fn verdict(&self) -> Result<(), String> {
        self.obstacle.clone().map_or(Ok(()), Err)
    }
}

/// What an undo would do with each line, for its confirmation. 404: nothing of this person by that name.
///
/// # Errors
/// Those of the database.
pub async fn annulables(
    app: &App,
    portee: &Portee<ValiderRattachements>,
    acte: Uuid,
) -> Result<Vec<Annulation<DemandeId>>, Erreur> {
    let decisions = crate::db::en_transaction!(app, |tx| charger(tx, portee, acte).await)?;
    Ok(decisions.iter().map(|d| d.ligne(d.verdict())).collect())
}

/// Undoes every line that can be. One result per line.
///
/// # Errors
/// Those of the database; what a line refuses is in its result.
pub async fn annuler(
    tx: &mut Tx,
    portee: &Portee<ValiderRattachements>,
    acte: Uuid,
) -> Result<Vec<Annulation<DemandeId>>, Erreur> {
    verrouiller(tx, portee, acte).await?;
    let mut lignes = Vec::new();
    let mut entrees = Vec::new();
    for decision in charger(tx, portee, acte).await? {
        let faite = decision.verdict();
        if faite.is_ok() {
            entrees.push(defaire(tx, portee, &decision).await?);
        }
        lignes.push(decision.ligne(faite));
    }
    historique::noter_plusieurs(tx, &**portee, entrees).await?;
    Ok(lignes)
}

/// The structures, then the accounts: a deactivation under way is either seen by what is read next, or waits.
async fn verrouiller(tx: &mut Tx, par: &Connecte, acte: Uuid) -> Result<(), Erreur> {
    let structures = sqlx::query_scalar!(
        r#"select distinct structure_id as "structure: StructureId" from decisions
           where decideur_id = $1 and (acte_id = $2 or id = $2)"#,
        par.id().0,
        acte
    )
    .fetch_all(&mut **tx)
    .await?;
    effets::verrouiller(tx, &structures).await?;
    sqlx::query!(
        "select u.id from utilisateurs u
         where u.id in (select d.utilisateur_id from decisions x
                        join demandes_rattachement d on d.id = x.demande_rattachement_id
                        where x.decideur_id = $1 and (x.acte_id = $2 or x.id = $2))
         order by u.id for share",
        par.id().0,
        acte
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(())
}

async fn defaire(tx: &mut Tx, par: &Connecte, decision: &Decision) -> Result<Entree, Erreur> {
    if decision.statut == "validee" {
        restaurer(tx, decision).await?;
    }
    let nouvelle = DemandeId::nouveau();
    sqlx::query!(
        "with marquee as (update decisions set annulee_le = maintenant() where id = $3),
         nouvelle as (
           insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire, reprend)
           select $2, structure_id, utilisateur_id, role, maille_structure, commentaire, id
           from demandes_rattachement where id = $1
           returning id, structure_id)
         insert into demande_services (demande_id, structure_id, service_id)
         select n.id, n.structure_id, ds.service_id from nouvelle n join demande_services ds on ds.demande_id = $1",
        decision.demande.0,
        nouvelle.0,
        decision.id
    )
    .execute(&mut **tx)
    .await?;
    let par_qui = par.personne().nom_complet();
    let marque = tx.marque.to_string();
    let auteur = std::slice::from_ref(&decision.auteur);
    prevenir(tx, nouvelle.0, auteur, |j| DecisionAnnulee {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: decision.raison_sociale.clone(),
        validee: decision.statut == "validee",
        le: decision.le.clone(),
        par: par_qui.clone(),
    })
    .await?;
    Ok(Entree {
        structure: Some(decision.structure),
        action: Action::DecisionAnnulee,
        concerne: Some(decision.auteur.id),
        demande: Some(nouvelle),
        details: Details {
            acteur: par_qui,
            concerne: decision.auteur.nom_complet.clone(),
            changements: vec![Changement::new(
                "Demande de rattachement",
                structures::decision(&decision.statut),
                "En cours de validation",
            )],
            ..Details::default()
        },
    })
}

/// Puts back what was there: nothing, a stopped rattachement, or another one. The espaces of the role and of the settings
/// follow from it.
async fn restaurer(tx: &mut Tx, decision: &Decision) -> Result<(), Erreur> {
    let avant = sqlx::query!(
        r#"select (x.apres #>> '{rattachement,id}')::uuid as "rattachement!: RattachementId",
                  x.avant = '{}' as "absent!", x.avant #>> '{rattachement,cause}' as cause
           from decisions x where x.id = $1"#,
        decision.id
    )
    .fetch_one(&mut **tx)
    .await?;
    let id = avant.rattachement;
    if avant.absent {
        effets::changer_statut(tx, id, Some(Cause::Depart)).await?;
        return Ok(());
    }
    if let Some(cause) = Cause::lire(avant.cause.as_deref()) {
        effets::changer_statut(tx, id, Some(cause)).await?;
    }
    sqlx::query!(
        "update rattachements r set role = a.role, maille_structure = a.maille_structure, capacites = a.capacites,
           date_debut = a.date_debut, date_fin = a.date_fin, commentaire = a.commentaire, reactive_le = a.reactive_le,
           modifie_le = a.modifie_le
         from decisions x, jsonb_populate_record(null::rattachements, x.avant -> 'rattachement') a
         where x.id = $2 and r.id = $1",
        id.0,
        decision.id
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from rattachement_services where rattachement_id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into rattachement_services
         select a.* from decisions x, jsonb_populate_recordset(null::rattachement_services, x.avant -> 'services') a
         where x.id = $1",
        decision.id
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from abonnements where rattachement_id = $1 and origine = 'demande'",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into abonnements
         select a.* from decisions x, jsonb_populate_recordset(null::abonnements, x.avant -> 'abonnements') a where x.id = $1",
        decision.id
    )
    .execute(&mut **tx)
    .await?;
    abonnements::recalculer(tx, id).await
}
