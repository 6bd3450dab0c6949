//! « Désactiver mon compte » and the return within 60 days: the account, its rattachements and its requests in one transaction
//! (R-COMPTE-DESACTIVER, seed 001 §10 B, decisions 4).

use std::collections::BTreeMap;

use tokio::time::{Duration, Instant};
use uuid::Uuid;

use super::courriers::{CompteDesactive, CompteReactive, LienDeReactivation};
use crate::App;
use crate::acces::compteurs::{self, CONNEXION_ADRESSE, ENVOI};
use crate::acces::{Connecte, Personne, Systeme};
use crate::courrier::{self, Destinataire, Usage, jeton};
use crate::db::{RattachementId, StructureId, Temps, Tx, UtilisateurId, en_transaction};
use crate::historique::{self, Action, Auteur, Details, Entree};
use crate::identifiants::AdresseElectronique;
use crate::rattachements::{self, Fait, Geste, Retrouvailles, Succession};
use crate::utilisateurs::{self, Absent, Client, Recherche};
use crate::web::Erreur;

/// Why this account is not the person's to deactivate (spec §13: PIGP accounts belong to the référent).
pub fn empechement(personne: &Personne) -> Option<&'static str> {
    if personne.pigp {
        Some("Votre compte vient du PIGP\u{202F}: seul votre référent peut le désactiver.")
    } else if personne.equipe.is_some() {
        Some(
            "Ce compte est celui d’un agent du portail\u{202F}: seul un administrateur peut le désactiver.",
        )
    } else {
        None
    }
}

/// A structure that needs a successor before the account is deactivated.
pub struct Principale {
    pub rattachement: RattachementId,
    pub identifiant: String,
    pub raison_sociale: String,
}

/// The structures where the reader is gestionnaire principal (window of seed 001 §10 B).
pub async fn principales(app: &App, connecte: &Connecte) -> Result<Vec<Principale>, Erreur> {
    Ok(sqlx::query_as!(
        Principale,
        r#"select r.id as "rattachement: RattachementId", s.identifiant, s.raison_sociale
           from rattachements r join structures s on s.id = r.structure_id
           where r.utilisateur_id = $1 and r.role = 'gp' and r.statut = 'validee'
           order by s.cle_tri, s.id limit 500"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// Deactivates one's own account: successors first, then rattachements, requests, sessions and links, historique and mails.
/// `hache` is the hash of the password typed again. Answers the end of the 60 days, and what was done per structure.
///
/// # Errors
/// `Interdit`: not the person's to do. `Conflit`: a structure without successor, or something changed. `Invalide` at
/// `s-{structure}`: who cannot succeed.
pub async fn desactiver(
    tx: &mut Tx,
    connecte: &Connecte,
    hache: &str,
    successions: &BTreeMap<StructureId, Succession>,
) -> Result<(Temps, Vec<Fait>), Erreur> {
    if let Some(phrase) = empechement(connecte.personne()) {
        return Err(Erreur::Interdit(phrase.to_owned()));
    }
    let id = connecte.id();
    let structures = rattachements::prendre_les_structures(tx, id).await?;
    utilisateurs::verrouiller_le_sien(tx, id, hache).await?;
    let faits = rattachements::suspendre(tx, connecte, &structures, successions).await?;
    let fin = utilisateurs::suspendre(tx, id).await?;
    let nom = connecte.personne().nom_complet();
    let ligne = noter(tx, connecte, id, Action::CompteDesactive, &nom).await?;
    if let Some(absent) = utilisateurs::absent(&mut **tx, Recherche::Id(id)).await? {
        let courrier = CompteDesactive {
            marque: tx.marque.to_string(),
            prenom: absent.prenom.clone(),
            nom: absent.nom.clone(),
            fin: fin.jour_heure(),
        };
        avec_lien(tx, ligne, &absent, &courrier).await?;
    }
    Ok((fin, faits))
}

/// A line about the account itself, in the chain of the instance.
pub(super) async fn noter(
    tx: &mut Tx,
    auteur: impl Into<Auteur>,
    qui: UtilisateurId,
    action: Action,
    nom: &str,
) -> Result<Uuid, Erreur> {
    let details = Details {
        acteur: nom.to_owned(),
        concerne: nom.to_owned(),
        ..Details::default()
    };
    let entree = Entree {
        structure: None,
        action,
        concerne: Some(qui),
        demande: None,
        details,
    };
    historique::noter(tx, auteur, entree).await
}

/// A mail with a fresh link of return, to the login address; older links die.
pub(super) async fn avec_lien<C: courrier::Courrier>(
    tx: &mut Tx,
    evenement: Uuid,
    absent: &Absent,
    courrier: &C,
) -> Result<(), Erreur> {
    let jeton = utilisateurs::emettre_retour(tx, absent).await?;
    let destinataire = Destinataire {
        utilisateur: Some(absent.id.0),
        adresse: absent.adresse_connexion.clone(),
    };
    Ok(courrier::deposer_avec_jeton(tx, evenement, &destinataire, &jeton, courrier).await?)
}

/// The return. `lien`: the token to use up, when it is a link that proves the person; without it, a password did. `None`: too
/// late, or the link has served.
///
/// # Errors
/// Those of the database.
pub async fn reactiver(
    tx: &mut Tx,
    absent: &Absent,
    lien: Option<Uuid>,
) -> Result<Option<Retrouvailles>, Erreur> {
    rattachements::prendre_pour_le_retour(tx, absent.id).await?;
    if let Some(lien) = lien
        && jeton::consommer(tx, lien, Usage::Reactivation)
            .await?
            .is_none()
    {
        return Ok(None);
    }
    if !utilisateurs::reveiller(tx, absent.id).await? {
        return Ok(None);
    }
    let nom = absent.nom_complet();
    let auteur = Auteur::rejouer(&Systeme::processus(), absent.id);
    let geste = Geste {
        auteur,
        acteur: &nom,
        commentaire: "Compte réactivé par son titulaire",
        motif: "",
    };
    let retrouvailles = rattachements::retrouver(tx, absent.id, &nom, &geste).await?;
    let ligne = noter(tx, auteur, absent.id, Action::CompteReactive, &nom).await?;
    let courrier = CompteReactive {
        marque: tx.marque.to_string(),
        prenom: absent.prenom.clone(),
        nom: absent.nom.clone(),
        retrouves: retrouvailles
            .retrouves
            .iter()
            .map(|(s, role)| format!("{s}\u{202F}: {}", role.to_lowercase()))
            .collect(),
        perdus: retrouvailles
            .perdus
            .iter()
            .map(|(s, quoi)| format!("{s}\u{202F}: {quoi}"))
            .collect(),
    };
    let destinataire = Destinataire {
        utilisateur: Some(absent.id.0),
        adresse: absent.adresse_connexion.clone(),
    };
    courrier::deposer(tx, ligne, &destinataire, &courrier).await?;
    tracing::info!(evenement = "compte_reactive", utilisateur = %absent.id, "compte");
    Ok(Some(retrouvailles))
}

/// How long asking for a link takes, whoever asks: a clock must not see whether the account exists (security.md AU1).
const DUREE_DEMANDE: Duration = Duration::from_millis(150);

/// Mails a fresh link of return to a login address, if a deactivated account has it; answers the same otherwise.
///
/// # Errors
/// `TropDeRequetes`, whether the address is known or not.
pub async fn demander_lien(
    app: &App,
    client: &Client,
    adresse: &AdresseElectronique,
) -> Result<(), Erreur> {
    compteurs::compter(
        &app.db,
        &format!("envoi:{}", client.hote()),
        CONNEXION_ADRESSE,
    )
    .await?;
    compteurs::compter(&app.db, &format!("envoi:{adresse}"), ENVOI).await?;
    let fin = Instant::now() + DUREE_DEMANDE;
    let issue = en_transaction!(app, |tx| {
        let qui = Recherche::Adresse(adresse.as_str());
        let Some(absent) = utilisateurs::absent(&mut **tx, qui).await? else {
            return Ok(());
        };
        if absent.pigp {
            return Ok(());
        }
        let courrier = LienDeReactivation {
            marque: tx.marque.to_string(),
            prenom: absent.prenom.clone(),
            nom: absent.nom.clone(),
            fin: absent.fin.jour_heure(),
        };
        avec_lien(tx, Uuid::now_v7(), &absent, &courrier).await
    });
    tokio::time::sleep_until(fin).await;
    issue
}
