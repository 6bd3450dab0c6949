//! Undoing the decision of a demande d'abonnement (R-GEST-ANNULER): the same rule as for a rattachement.

use uuid::Uuid;

use super::changements;
use super::courriers::AbonnementAnnule;
use super::lignes::{self, pour_l_historique};
use super::parametrage;
use crate::App;
use crate::acces::{Connecte, Portee, ValiderAbonnements};
use crate::courrier::{Joignable, prevenir};
use crate::db::{DemandeAbonnementId, StructureId, Temps, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::{self, Annulation};
use crate::web::Erreur;

/// Keeps what these requests are about to change; `large`: the settings of the structure too. Answers the name of the
/// act. The structures must be locked.
pub(super) async fn ouvrir(
    tx: &mut Tx,
    par: &Connecte,
    demandes: &[DemandeAbonnementId],
    large: bool,
) -> Result<Uuid, Erreur> {
    let acte = Uuid::now_v7();
    let ids: Vec<Uuid> = demandes.iter().map(|d| d.0).collect();
    sqlx::query!(
        "insert into decisions (id, acte_id, structure_id, demande_abonnement_id, decideur_id, avant, apres)
         select uuid_v7(), $1, d.structure_id, d.id, $2, image_des_espaces(d.id, $4), '{}'
         from demandes_abonnement d where d.id = any ($3) and d.statut = 'en_cours_de_validation'",
        acte,
        par.id().0,
        &ids,
        large
    )
    .execute(&mut **tx)
    .await?;
    Ok(acte)
}

/// Keeps what became of those that were decided, and forgets the others.
pub(super) async fn clore(
    tx: &mut Tx,
    acte: Uuid,
    faites: &[DemandeAbonnementId],
) -> Result<(), Erreur> {
    let ids: Vec<Uuid> = faites.iter().map(|d| d.0).collect();
    sqlx::query!(
        "with restees as (delete from decisions where acte_id = $1 and demande_abonnement_id <> all ($2))
         update decisions x set apres = image_des_espaces(x.demande_abonnement_id, x.avant -> 'parametrage' <> 'null')
         where x.acte_id = $1 and x.demande_abonnement_id = any ($2)",
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
    demande: DemandeAbonnementId,
    structure: StructureId,
    raison_sociale: String,
    auteur: Joignable,
    statut: String,
    le: String,
    obstacle: Option<String>,
    large: bool,
    espaces: Vec<String>,
}

/// The lines of an act, or the one line of this name, that `par` decided and still covers.
async fn charger(tx: &mut Tx, par: &Connecte, acte: Uuid) -> Result<Vec<Decision>, Erreur> {
    let lues = sqlx::query!(
        r#"select x.id, d.id as "demande: DemandeAbonnementId", d.structure_id as "structure: StructureId", s.raison_sociale,
                  u.id as "auteur: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse,
                  d.statut, temps(x.prise_le) as "le!: Temps", coalesce(d.etendue in ('services', 'structure'), false) as "large!",
                  array(select distinct l.espace from demande_abonnement_lignes l where l.demande_id = d.id) as "espaces!",
                  case
                    when x.annulee_le is not null then 'Cette décision a déjà été annulée.'
                    when maintenant() - x.prise_le > interval '10 minutes'
                      then 'Le délai de dix minutes pour annuler cette décision est passé.'
                    when s.statut <> 'active' then 'Cette structure est désactivée : rien ne s’y annule plus.'
                    when u.statut <> 'actif'
                         or not exists (select from rattachements r
                                        where r.structure_id = d.structure_id and r.utilisateur_id = d.utilisateur_id
                                          and r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant()))
                      then 'Cette personne n’est plus rattachée à la structure.'
                    when exists (select from demande_abonnement_lignes l
                                 join demande_abonnement_lignes n on n.structure_id = l.structure_id
                                      and n.utilisateur_id = l.utilisateur_id and n.espace = l.espace
                                      and n.service_id is not distinct from l.service_id and n.statut = 'demandee'
                                 where l.demande_id = d.id)
                      then 'Cette personne a déjà refait une demande.'
                    when image_des_espaces(d.id, x.avant -> 'parametrage' <> 'null') <> x.apres
                      then 'Les espaces de cette demande ont changé depuis : modifiez-les plutôt.'
                  end as obstacle
           from decisions x
           join demandes_abonnement d on d.id = x.demande_abonnement_id
           join portees_abonnements p on p.demande_id = d.id and p.gestionnaire_id = $1
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
            large: l.large,
            espaces: l.espaces,
        })
        .collect())
}

impl Decision {
    fn ligne(&self, faite: Result<(), String>) -> Annulation<DemandeAbonnementId> {
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
    portee: &Portee<ValiderAbonnements>,
    acte: Uuid,
) -> Result<Vec<Annulation<DemandeAbonnementId>>, Erreur> {
    let decisions = crate::db::en_transaction!(app, |tx| charger(tx, portee, acte).await)?;
    Ok(decisions.iter().map(|d| d.ligne(d.verdict())).collect())
}

/// Undoes every line that can be. One result per line.
///
/// # Errors
/// Those of the database; what a line refuses is in its result.
pub async fn annuler(
    tx: &mut Tx,
    portee: &Portee<ValiderAbonnements>,
    acte: Uuid,
) -> Result<Vec<Annulation<DemandeAbonnementId>>, Erreur> {
    verrouiller(tx, portee, acte).await?;
    let mut resultats = Vec::new();
    let mut entrees = Vec::new();
    for decision in charger(tx, portee, acte).await? {
        let faite = decision.verdict();
        if faite.is_ok() {
            entrees.push(defaire(tx, portee, &decision).await?);
        }
        resultats.push(decision.ligne(faite));
    }
    historique::noter_plusieurs(tx, &**portee, entrees).await?;
    Ok(resultats)
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
    structures::verrouiller(tx, &structures).await?;
    sqlx::query!(
        "select u.id from utilisateurs u
         where u.id in (select d.utilisateur_id from decisions x
                        join demandes_abonnement d on d.id = x.demande_abonnement_id
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
        restaurer(tx, par, decision).await?;
    }
    let nouvelle = DemandeAbonnementId::nouveau();
    // The header first: a line refers to it by a key of three columns.
    sqlx::query!(
        "with marquee as (update decisions set annulee_le = maintenant() where id = $3)
         insert into demandes_abonnement (id, structure_id, utilisateur_id, reprend)
         select $2, structure_id, utilisateur_id, id from demandes_abonnement where id = $1",
        decision.demande.0,
        nouvelle.0,
        decision.id
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, service_id, espace, droit, commentaire)
         select uuid_v7(), $2, structure_id, utilisateur_id, service_id, espace, droit, commentaire
         from demande_abonnement_lignes where demande_id = $1",
        decision.demande.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    let lues = lignes::charger(tx, &[nouvelle]).await?;
    let demandees = lues
        .get(&nouvelle)
        .map(|l| lignes::demandees(l))
        .unwrap_or_default();
    let par_qui = par.personne().nom_complet();
    let marque = tx.marque.to_string();
    let auteur = std::slice::from_ref(&decision.auteur);
    prevenir(tx, nouvelle.0, auteur, |j| AbonnementAnnule {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: decision.raison_sociale.clone(),
        lignes: demandees.clone(),
        validee: decision.statut == "validee",
        le: decision.le.clone(),
        par: par_qui.clone(),
    })
    .await?;
    Ok(Entree {
        structure: Some(decision.structure),
        action: Action::DecisionAnnulee,
        concerne: Some(decision.auteur.id),
        demande: Some(pour_l_historique(nouvelle)),
        details: Details {
            acteur: par_qui,
            concerne: decision.auteur.nom_complet.clone(),
            changements: vec![Changement::new(
                "Demande d’abonnement",
                structures::decision(&decision.statut),
                "En cours de validation",
            )],
            ..Details::default()
        },
    })
}

/// The espaces of these lines, and the settings when they were opened to everybody: whoever loses some is told.
async fn restaurer(tx: &mut Tx, par: &Connecte, decision: &Decision) -> Result<(), Erreur> {
    let espaces = Some(decision.espaces.as_slice());
    let avant = match decision.large {
        true => Some(changements::en_vigueur(tx, decision.structure, espaces).await?),
        false => None,
    };
    sqlx::query!(
        "delete from abonnements a using decisions x, demande_abonnement_lignes l
         where x.id = $1 and l.demande_id = x.demande_abonnement_id
           and a.rattachement_id = (x.apres ->> 'rattachement')::uuid and a.origine = 'demande'
           and a.espace = l.espace and a.service_id is not distinct from l.service_id",
        decision.id
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
    let Some(avant) = avant else {
        return Ok(());
    };
    sqlx::query!(
        "delete from parametrage_espaces p using decisions x, demande_abonnement_lignes l
         where x.id = $1 and l.demande_id = x.demande_abonnement_id and p.structure_id = x.structure_id
           and p.espace = l.espace and (p.service_id is null or p.service_id = l.service_id)",
        decision.id
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into parametrage_espaces
         select p.* from decisions x, jsonb_populate_recordset(null::parametrage_espaces, x.avant -> 'parametrage') p
         where x.id = $1",
        decision.id
    )
    .execute(&mut **tx)
    .await?;
    parametrage::accorder(tx, decision.structure, &decision.espaces).await?;
    let apres = changements::en_vigueur(tx, decision.structure, espaces).await?;
    let touchees = changements::differences(&avant, &apres);
    let auteur = Some(decision.auteur.id);
    changements::annoncer(tx, par, &decision.raison_sociale, &touchees, auteur).await
}
