//! A person asks for a rattachement (R-COMPTE-RATTACHEMENTS, spec §13 « Requests »).

use uuid::Uuid;

use super::attente::{self, Signalement};
use super::courriers::{DemandeADecider, DemandeEnregistree};
use super::effets;
use super::joignables;
use super::transfert::candidat;
use crate::acces::{Connecte, Role};
pub(super) use crate::courrier::noms;
use crate::db::{DemandeId, ServiceId, StructureId, Temps, Tx, contrainte};
use crate::historique::{self, Action, Details, Entree};
use crate::structures;
pub(super) use crate::structures::noms_des_decideurs;
use crate::web::{Erreur, Erreurs};

/// What a person asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Demandee {
    /// GS or US: the role of GP is never asked for.
    pub role: Role,
    pub maille_structure: bool,
    /// Empty when `maille_structure`.
    pub services: Vec<ServiceId>,
    /// 1 to 255 characters.
    pub commentaire: String,
}

/// The result of a deposit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deposee {
    pub id: DemandeId,
    pub raison_sociale: String,
    /// Names of those who can decide; empty: nobody can, the request waits.
    pub decideurs: Vec<String>,
    /// Told to whom, when nobody can decide.
    pub signalee: Option<Signalement>,
    /// False when the very same request was there already (a double click).
    pub nouvelle: bool,
}

/// The sentence of the page and of the mail: who can decide, or that nobody can yet and who was told.
pub fn suite(decideurs: &[String], signalee: Option<Signalement>) -> String {
    let phrase = structures::suite(decideurs);
    match signalee {
        Some(averti) if decideurs.is_empty() => {
            format!("{phrase} Nous avons averti {}.", averti.libelle())
        }
        _ => phrase,
    }
}

/// Where a gestionnaire opens the request.
pub(super) fn chemin(structure: StructureId, demande: DemandeId) -> String {
    format!("/structures/{structure}/demandes/{demande}")
}

/// Sends a request. Everything is read again under the lock of the structure.
///
/// # Errors
/// `Introuvable`: no such structure. `Conflit`: inactive structure, another request open, already attached to the whole
/// structure. `Invalide` at `services`: not an active service of this structure, or held already.
pub async fn deposer(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    demandee: &Demandee,
) -> Result<Deposee, Erreur> {
    effets::verrouiller(tx, &[structure]).await?;
    // The account too: deactivated meanwhile, its owner would wait for a decision that nobody reads (decisions 4).
    if matches!(
        candidat(tx, auteur.id()).await?.statut.as_str(),
        "inactif" | "clos"
    ) {
        return Err(Erreur::Conflit(
            "Votre compte vient d’être désactivé\u{202F}: rien n’est demandé.".to_owned(),
        ));
    }
    let raison_sociale = ouverte_aux_demandes(tx, structure).await?;
    if let Some(deja) = deja_ouverte(tx, auteur, structure).await? {
        return meme_ou_conflit(tx, deja, demandee, raison_sociale).await;
    }
    let libelles = controler(tx, auteur, structure, demandee).await?;
    let id = DemandeId::nouveau();
    inserer(tx, auteur, structure, id, demandee).await?;
    let perimetre = if demandee.maille_structure {
        "toute la structure".to_owned()
    } else {
        libelles.join(", ")
    };
    let details = Details {
        acteur: auteur.personne().nom_complet(),
        concerne: auteur.personne().nom_complet(),
        commentaire: demandee.commentaire.clone(),
        changements: vec![
            historique::Changement::new("Rôle demandé", "", demandee.role.libelle()),
            historique::Changement::new("Périmètre demandé", "", &*perimetre),
        ],
        ..Details::default()
    };
    noter(tx, auteur, structure, id, Action::DemandeDeposee, details).await?;
    let decideurs = joignables::decideurs(tx, id).await?;
    let marque = tx.marque.to_string();
    joignables::prevenir(tx, id.0, &decideurs, |j| DemandeADecider {
        marque: marque.clone(),
        structure_id: structure,
        nom_complet: j.nom_complet.clone(),
        demandeur: auteur.personne().nom_complet(),
        adresse: auteur.personne().adresse_connexion.clone(),
        structure: raison_sociale.clone(),
        role: demandee.role.libelle(),
        perimetre: perimetre.clone(),
        commentaire: demandee.commentaire.clone(),
        chemin: chemin(structure, id),
    })
    .await?;
    let decideurs = noms(&decideurs);
    let signalee = if decideurs.is_empty() {
        attente::signaler_au_depot(tx, auteur, id).await?
    } else {
        None
    };
    let soi = joignables::personne(tx, auteur.id()).await?;
    joignables::prevenir(tx, id.0, &[soi], |j| DemandeEnregistree {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: raison_sociale.clone(),
        role: demandee.role.libelle(),
        perimetre: perimetre.clone(),
        suite: suite(&decideurs, signalee),
    })
    .await?;
    Ok(Deposee {
        id,
        raison_sociale,
        decideurs,
        signalee,
        nouvelle: true,
    })
}

async fn ouverte_aux_demandes(tx: &mut Tx, structure: StructureId) -> Result<String, Erreur> {
    let lue = sqlx::query!(
        r#"select raison_sociale, statut = 'active' as "active!" from structures where id = $1"#,
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if lue.active {
        Ok(lue.raison_sociale)
    } else {
        Err(Erreur::Conflit(format!(
            "{} est désactivée\u{202F}: elle n’accepte plus de demande de rattachement.",
            lue.raison_sociale
        )))
    }
}

/// The open request of the author on this structure, as it was typed.
struct Ouverte {
    id: DemandeId,
    depuis: Temps,
    signalee: Option<Signalement>,
    demandee: Demandee,
}

async fn deja_ouverte(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
) -> Result<Option<Ouverte>, Erreur> {
    let ligne = sqlx::query!(
        r#"select d.id as "id: DemandeId", temps(d.creee_le) as "depuis!: Temps", d.role as "role: Role", d.maille_structure,
                  d.commentaire, d.signalee_a as "signalee: Signalement",
                  array(select ds.service_id from demande_services ds where ds.demande_id = d.id
                        order by ds.service_id) as "services!: Vec<ServiceId>"
           from demandes_rattachement d
           where d.structure_id = $1 and d.utilisateur_id = $2 and d.statut = 'en_cours_de_validation'"#,
        structure.0,
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(ligne.map(|l| Ouverte {
        id: l.id,
        depuis: l.depuis,
        signalee: l.signalee,
        demandee: Demandee {
            role: l.role,
            maille_structure: l.maille_structure,
            services: l.services,
            commentaire: l.commentaire,
        },
    }))
}

/// The same words twice are one request; other words are told about the open one.
async fn meme_ou_conflit(
    tx: &mut Tx,
    ouverte: Ouverte,
    demandee: &Demandee,
    raison_sociale: String,
) -> Result<Deposee, Erreur> {
    let mut services = demandee.services.clone();
    services.sort_unstable();
    services.dedup();
    let demandee = Demandee {
        services,
        ..demandee.clone()
    };
    if ouverte.demandee == demandee {
        let decideurs = joignables::decideurs(tx, ouverte.id).await?;
        return Ok(Deposee {
            id: ouverte.id,
            raison_sociale,
            decideurs: noms(&decideurs),
            signalee: ouverte.signalee,
            nouvelle: false,
        });
    }
    Err(Erreur::Conflit(format!(
        "Vous avez déjà une demande en cours de validation sur {raison_sociale}, déposée le {}. Attendez sa décision, ou retirez-la depuis «\u{202F}Mes rattachements aux structures\u{202F}».",
        ouverte.depuis.jour_heure()
    )))
}

/// Only what the person has not already. Answers the names of the services asked, in order.
async fn controler(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    demandee: &Demandee,
) -> Result<Vec<String>, Erreur> {
    let deja = sqlx::query!(
        r#"select r.maille_structure, r.role as "role: Role",
                  (select u.prenom || ' ' || u.nom from rattachements_effectifs g join utilisateurs u on u.id = g.utilisateur_id
                   where g.structure_id = $1 and g.role = 'gp') as gp
           from rattachements r
           where r.structure_id = $1 and r.utilisateur_id = $2 and r.statut = 'validee'
             and (r.date_fin is null or r.date_fin > maintenant())"#,
        structure.0,
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(deja) = deja
        && deja.maille_structure
    {
        return Err(Erreur::Conflit(deja_rattache(
            deja.role,
            deja.gp.as_deref(),
        )));
    }
    if demandee.maille_structure {
        return Ok(Vec::new());
    }
    let services: Vec<Uuid> = demandee.services.iter().map(|s| s.0).collect();
    let demandes = sqlx::query!(
        r#"select a.libelle as "libelle!",
                  exists (select from services_effectifs se join rattachements_effectifs r on r.id = se.rattachement_id
                          where se.service_id = a.id and r.utilisateur_id = $3) as "tenu!"
           from services_actifs a where a.structure_id = $1 and a.id = any ($2) order by a.cle_tri, a.id"#,
        structure.0,
        &services,
        auteur.id().0
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut erreurs = Erreurs::default();
    if services.is_empty() {
        erreurs.ajouter(
            "services",
            "Cochez au moins un service, ou «\u{202F}Toute la structure\u{202F}».",
        );
    }
    let mut uniques = services;
    uniques.sort_unstable();
    uniques.dedup();
    if demandes.len() != uniques.len() {
        erreurs.ajouter(
            "services",
            "Un des services cochés n’est plus actif. Rechargez la page.",
        );
    }
    if let Some(tenu) = demandes.iter().find(|d| d.tenu) {
        erreurs.ajouter(
            "services",
            &format!(
                "Vous êtes déjà rattaché(e) au service {}\u{202F}: décochez-le.",
                tenu.libelle
            ),
        );
    }
    erreurs.verdict()?;
    Ok(demandes.into_iter().map(|d| d.libelle).collect())
}

/// Told, with the person who can change a role.
pub fn deja_rattache(role: Role, gp: Option<&str>) -> String {
    let suite = match (role, gp) {
        (Role::Gp, _) | (_, None) => String::new(),
        (_, Some(gp)) => {
            format!(" Pour changer de rôle, adressez-vous à {gp}, gestionnaire principal.")
        }
    };
    format!(
        "Vous êtes déjà rattaché(e) à toute la structure, en tant que {}.{suite}",
        role.libelle().to_lowercase()
    )
}

async fn inserer(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    id: DemandeId,
    demandee: &Demandee,
) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire)
         values ($1, $2, $3, $4, $5, $6)",
        id.0,
        structure.0,
        auteur.id().0,
        demandee.role.code(),
        demandee.maille_structure,
        demandee.commentaire
    )
    .execute(&mut **tx)
    .await
    .map_err(|e| {
        // The lock makes it unreachable from here; whoever inserts without the lock reads the same sentence.
        if contrainte(&e) == Some("demandes_rattachement_une_ouverte") {
            Erreur::Conflit(
                "Vous avez déjà une demande en cours de validation sur cette structure.".to_owned(),
            )
        } else {
            e.into()
        }
    })?;
    if demandee.maille_structure {
        return Ok(());
    }
    let services: Vec<Uuid> = demandee.services.iter().map(|s| s.0).collect();
    sqlx::query!(
        "insert into demande_services (demande_id, structure_id, service_id)
         select distinct $1::uuid, $2::uuid, s.id from unnest($3::uuid[]) as s (id)",
        id.0,
        structure.0,
        &services
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn noter(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    demande: DemandeId,
    action: Action,
    details: Details,
) -> Result<Uuid, Erreur> {
    historique::noter(
        tx,
        auteur,
        Entree {
            structure: Some(structure),
            action,
            concerne: Some(auteur.id()),
            demande: Some(demande),
            details,
        },
    )
    .await
}
