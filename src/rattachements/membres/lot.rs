//! « Désactiver / Réactiver des utilisateurs », « Supprimer les utilisateurs sélectionnés »: up to 500 in one transaction, the
//! same function for one (spec §8.7, decisions 12).

use sqlx::PgExecutor;
use uuid::Uuid;

use super::actes::{Acte, Cible};
use crate::App;
use crate::abonnements;
use crate::acces::{Connecte, Gestion, RattacherUtilisateurs, Role, Systeme};
use crate::courrier::{self, Destinataire};
use crate::db::{RattachementId, ServiceId, StructureId, Tx, UtilisateurId, en_transaction};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::rattachements::Statut;
use crate::rattachements::courriers::RattachementSupprime;
use crate::rattachements::courriers_membres::{
    RattachementDesactive, RattachementModifie, RattachementReactive,
};
use crate::rattachements::donneur::Donneur;
use crate::rattachements::echeance;
use crate::rattachements::effets::{self, Cause};
use crate::structures::{self, LOT_MAX};
use crate::utilisateurs;
use crate::web::Erreur;

/// The result of one line, in the order they were ticked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssueMembre {
    /// Name of the person; empty when the line is not within reach.
    pub libelle: String,
    /// `Ok`, or why this line was left as it was.
    pub faite: Result<(), String>,
}

/// The users among `ids` whom this gestionnaire sees, in the order of `ids`. The others are not said to exist.
///
/// # Errors
/// Those of the database.
async fn cibles(
    db: impl PgExecutor<'_>,
    gestionnaire: &Connecte,
    structure: StructureId,
    ids: &[Uuid],
) -> Result<Vec<Cible>, Erreur> {
    let lignes = sqlx::query!(
        r#"select p.id as "id!", p.utilisateur_id as "personne!: UtilisateurId", u.prenom || ' ' || u.nom as "nom!",
                  u.adresse_contact as "adresse_contact!", u.statut as "compte!: utilisateurs::Statut",
                  p.genre = 'inscription' as "promesse!", p.role as "role!: Role", coalesce(r.capacites, '{}') as "capacites!",
                  p.statut as "statut!", r.cause, p.maille_structure as "maille_structure!", p.entiere as "entiere!",
                  ((p.date_fin at time zone 'Europe/Paris')::date - 1) as fin,
                  array(select v.id from services v where v.id = any (p.services) and v.structure_id = p.structure_id
                          and (g.maille_structure or exists (select from services_effectifs se
                               where se.rattachement_id = g.id and se.service_id = v.id))
                        order by v.cle_tri, v.id) as "services!: Vec<ServiceId>",
                  array(select v.libelle from services v where v.id = any (p.services) and v.structure_id = p.structure_id
                          and (g.maille_structure or exists (select from services_effectifs se
                               where se.rattachement_id = g.id and se.service_id = v.id))
                        order by v.cle_tri, v.id) as "libelles!",
                  array(select rs.service_id from rattachement_services rs
                        where rs.rattachement_id = p.id and rs.statut = 'validee'
                          and (g.maille_structure or exists (select from services_effectifs se
                               where se.rattachement_id = g.id and se.service_id = rs.service_id))) as "valides!: Vec<ServiceId>"
           from unnest($3::uuid[]) with ordinality as c (id, rang)
           join portees_membres p on p.id = c.id and p.gestionnaire_id = $1 and p.structure_id = $2 and p.genre <> 'demande'
           join rattachements g on g.id = p.gestionnaire_rattachement_id
           join utilisateurs u on u.id = p.utilisateur_id
           left join rattachements r on r.id = p.id
           order by c.rang"#,
        gestionnaire.id().0,
        structure.0,
        ids
    )
    .fetch_all(db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| Cible {
            id: l.id,
            personne: l.personne,
            nom_complet: l.nom,
            adresse_contact: l.adresse_contact,
            compte: l.compte,
            promesse: l.promesse,
            role: l.role,
            capacites: l.capacites,
            statut: Statut::lire(&l.statut),
            cause: l.cause,
            maille_structure: l.maille_structure,
            services: l.services,
            libelles: l.libelles,
            valides: l.valides,
            entiere: l.entiere,
            fin: l.fin,
        })
        .collect())
}

/// What the confirmation names: each user ticked, with the reason why the act would leave him as he is.
///
/// # Errors
/// Those of [`agir`].
pub async fn previsions(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    acte: Acte,
    ids: &[Uuid],
) -> Result<Vec<(Cible, Option<String>)>, Erreur> {
    let structure = gestion.structure().id;
    let donneur = en_transaction!(app, |tx| Donneur::lire(tx, structure, gestion.id()).await)?;
    let cibles = cibles(&app.db, gestion, structure, ids).await?;
    Ok(cibles
        .into_iter()
        .map(|cible| {
            let refus = acte.refus(&donneur.decideur, donneur.id, &cible);
            (cible, refus)
        })
        .collect())
}

/// Does `acte` to the users ticked, one result per line; everything is read again under the lock of the structure, what is
/// past its date ends first. The refusals of a line leave it as it was, the others go on.
///
/// # Errors
/// `Introuvable`, `Interdit`, `Conflit`: the gestionnaire himself lost the right meanwhile.
pub async fn agir(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    acte: Acte,
    ids: &[Uuid],
) -> Result<Vec<IssueMembre>, Erreur> {
    let structure = gestion.structure().id;
    let ids = structures::cochees(ids);
    debug_assert!(ids.len() <= LOT_MAX);
    effets::verrouiller(tx, &[structure]).await?;
    echeance::echoir(tx, &Systeme::processus(), structure).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    let lues = cibles(&mut **tx, gestion, structure, &ids).await?;
    let mut issues = Vec::with_capacity(ids.len());
    let mut entrees = Vec::new();
    for id in ids {
        let Some(cible) = lues.iter().find(|c| c.id == id) else {
            issues.push(IssueMembre {
                libelle: String::new(),
                faite: Err("utilisateur introuvable.".to_owned()),
            });
            continue;
        };
        let faite = match acte.refus(&donneur.decideur, donneur.id, cible) {
            Some(phrase) => Err(phrase),
            None => {
                entrees.push(appliquer(tx, &donneur, acte, cible).await?);
                Ok(())
            }
        };
        issues.push(IssueMembre {
            libelle: cible.nom_complet.clone(),
            faite,
        });
    }
    historique::noter_plusieurs(tx, &***gestion, entrees).await?;
    Ok(issues)
}

async fn appliquer(
    tx: &mut Tx,
    donneur: &Donneur,
    acte: Acte,
    cible: &Cible,
) -> Result<Entree, Erreur> {
    let (action, changement) = if cible.promesse {
        sqlx::query!("delete from inscriptions where id = $1", cible.id)
            .execute(&mut **tx)
            .await?;
        let avant = Statut::EnCoursActivation.libelle();
        (
            Action::RattachementSupprime,
            Changement::new("Rattachement prévu", avant, "Supprimé"),
        )
    } else if cible.en_entier(acte) {
        entier(tx, donneur, acte, cible).await?
    } else {
        lignes(tx, donneur, acte, cible).await?
    };
    Ok(Entree {
        structure: Some(donneur.structure),
        action,
        concerne: Some(cible.personne),
        demande: None,
        details: Details {
            acteur: donneur.nom.clone(),
            concerne: cible.nom_complet.clone(),
            changements: vec![
                changement,
                Changement::new("Périmètre", cible.perimetre(), cible.perimetre()),
            ],
            ..Details::default()
        },
    })
}

/// The whole rattachement.
async fn entier(
    tx: &mut Tx,
    donneur: &Donneur,
    acte: Acte,
    cible: &Cible,
) -> Result<(Action, Changement), Erreur> {
    let id = RattachementId(cible.id);
    let marque = tx.marque.to_string();
    let nom_complet = cible.nom_complet.clone();
    let structure = donneur.raison_sociale.clone();
    let (perimetre, par) = (cible.perimetre(), donneur.nom.clone());
    let avant = cible.statut.libelle();
    Ok(match acte {
        Acte::Desactiver => {
            effets::changer_statut(tx, id, Some(Cause::Gestionnaire)).await?;
            let courrier = RattachementDesactive {
                marque,
                nom_complet,
                structure,
                perimetre,
                par,
            };
            poster(tx, cible, &courrier).await?;
            let avant = if cible.statut == Statut::Desactive {
                "Désactivé avec le compte"
            } else {
                avant
            };
            (
                Action::RattachementDesactive,
                Changement::new("Statut du rattachement", avant, "Désactivé"),
            )
        }
        Acte::Reactiver => {
            // He managed it in a former life: the role comes by a transfer only.
            let role = if cible.role == Role::Gp {
                effets::changer_role(tx, id, Role::Us).await?;
                Role::Us
            } else {
                cible.role
            };
            effets::changer_statut(tx, id, None).await?;
            abonnements::recalculer(tx, id).await?;
            let courrier = RattachementReactive {
                marque,
                nom_complet,
                structure,
                role: role.libelle(),
                perimetre,
                par,
            };
            poster(tx, cible, &courrier).await?;
            (
                Action::RattachementReactive,
                Changement::new("Statut du rattachement", avant, "Validé"),
            )
        }
        Acte::Supprimer => {
            effets::changer_statut(tx, id, Some(Cause::Depart)).await?;
            let courrier = RattachementSupprime {
                marque,
                nom_complet,
                structure,
                perimetre,
                par,
            };
            poster(tx, cible, &courrier).await?;
            (
                Action::RattachementSupprime,
                Changement::new("Statut du rattachement", avant, "Supprimé"),
            )
        }
    })
}

/// The services within reach only: the rest of the rattachement is somebody else's (decisions 12).
async fn lignes(
    tx: &mut Tx,
    donneur: &Donneur,
    acte: Acte,
    cible: &Cible,
) -> Result<(Action, Changement), Erreur> {
    let services: Vec<Uuid> = match acte {
        Acte::Desactiver => cible.valides.iter().map(|s| s.0).collect(),
        Acte::Reactiver => cible.arretes().map(|s| s.0).collect(),
        Acte::Supprimer => cible.services.iter().map(|s| s.0).collect(),
    };
    sqlx::query!(
        "with date as (update rattachements set modifie_le = maintenant() where id = $1),
         quittes as (delete from rattachement_services
                     where $3 = 'supprimer' and rattachement_id = $1 and service_id = any ($2))
         update rattachement_services set statut = case $3 when 'reactiver' then 'validee' else 'desactivee' end
         where $3 <> 'supprimer' and rattachement_id = $1 and service_id = any ($2)",
        cible.id,
        &services,
        acte.code()
    )
    .execute(&mut **tx)
    .await?;
    abonnements::recalculer(tx, RattachementId(cible.id)).await?;
    let apres = match acte {
        Acte::Desactiver => "Désactivé",
        Acte::Reactiver => "Validé",
        Acte::Supprimer => "Supprimé",
    };
    let avant = if acte == Acte::Reactiver {
        "Désactivé"
    } else {
        "Validé"
    };
    let changement = Changement::new(
        "Services",
        format!("{} ({avant})", cible.perimetre()),
        format!("{} ({apres})", cible.perimetre()),
    );
    let courrier = RattachementModifie {
        marque: tx.marque.to_string(),
        nom_complet: cible.nom_complet.clone(),
        structure: donneur.raison_sociale.clone(),
        par: donneur.nom.clone(),
        commentaire: format!("Action de {}", donneur.nom),
        changements: vec![changement.clone()],
    };
    poster(tx, cible, &courrier).await?;
    Ok((Action::RattachementModifie, changement))
}

/// An event of its own: the same person may be deactivated again tomorrow. Nothing is written to a closed account.
async fn poster<C: courrier::Courrier>(
    tx: &mut Tx,
    cible: &Cible,
    courrier: &C,
) -> Result<(), Erreur> {
    if cible.compte == utilisateurs::Statut::Clos {
        return Ok(());
    }
    let destinataire = Destinataire {
        utilisateur: Some(cible.personne.0),
        adresse: cible.adresse_contact.clone(),
    };
    Ok(courrier::deposer(tx, Uuid::now_v7(), &destinataire, courrier).await?)
}
