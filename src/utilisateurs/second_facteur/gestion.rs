//! What the owner of a factor sees and does with it afterwards.

use uuid::Uuid;

use super::codes::FAUX;
use super::{Code, secours, verifier};
use crate::App;
use crate::acces::{Identifie, Systeme, sessions};
use crate::courrier::{self, Destinataire};
use crate::db::{Temps, Tx, UtilisateurId, en_transaction, transaction};
use crate::identifiants::AdresseElectronique;
use crate::utilisateurs::courriers_securite::{CodesRenouveles, FacteurRetire};
use crate::utilisateurs::mots_de_passe;
use crate::web::{Erreur, Erreurs, MotDePasse};

/// The factor of a person, as its page shows it.
pub(in crate::utilisateurs) struct Etat {
    pub depuis: Temps,
    /// Recovery codes that still serve.
    pub restants: usize,
}

/// `None`: no factor.
pub(in crate::utilisateurs) async fn etat(
    app: &App,
    identifie: &Identifie,
) -> Result<Option<Etat>, Erreur> {
    let depuis = sqlx::query_scalar!(
        r#"select temps(facteur_le) as "depuis!: Temps" from utilisateurs where id = $1 and facteur_le is not null"#,
        identifie.id().0
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(match depuis {
        Some(depuis) => Some(Etat {
            depuis,
            restants: secours::restants(&app.db, identifie.id()).await?,
        }),
        None => None,
    })
}

fn absent() -> Erreur {
    Erreur::Conflit("La double authentification de votre compte n’est pas activée.".to_owned())
}

/// Ten new recovery codes; the former ones die.
///
/// # Errors
/// `Invalide` at `mot_de_passe`; `Conflit` without a factor; `TropDeRequetes`.
pub(in crate::utilisateurs) async fn renouveler(
    app: &App,
    identifie: &Identifie,
    mot: &MotDePasse,
) -> Result<Vec<String>, Erreur> {
    let id = identifie.id();
    mots_de_passe::reconnaitre(app, id, "mot_de_passe", mot).await?;
    let codes = en_transaction!(app, |tx| {
        let p = titulaire(tx, id).await?.ok_or_else(absent)?;
        let codes = secours::poser(tx, id).await?;
        let courrier = CodesRenouveles {
            prenom: p.prenom,
            nom: p.nom,
            marque: tx.marque.to_string(),
        };
        courrier::deposer(tx, Uuid::now_v7(), &p.destinataire, &courrier).await?;
        Ok(codes)
    })?;
    tracing::info!(evenement = "codes_de_secours_renouveles", utilisateur = %id, "compte");
    Ok(codes)
}

/// The owner of a factor.
struct Titulaire {
    prenom: String,
    nom: String,
    destinataire: Destinataire,
}

/// Locked; `None` without a factor.
async fn titulaire(tx: &mut Tx, id: UtilisateurId) -> Result<Option<Titulaire>, Erreur> {
    let p = sqlx::query!(
        "select prenom, nom, adresse_connexion from utilisateurs
         where id = $1 and facteur_le is not null for no key update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(p.map(|p| Titulaire {
        prenom: p.prenom,
        nom: p.nom,
        destinataire: Destinataire {
            utilisateur: Some(id.0),
            adresse: p.adresse_connexion,
        },
    }))
}

/// Removes the factor: password, then a code.
///
/// # Errors
/// `Invalide` at `mot_de_passe` or `code`; `Conflit` without a factor; `TropDeRequetes`.
pub(in crate::utilisateurs) async fn retirer(
    app: &App,
    identifie: &Identifie,
    mot: &MotDePasse,
    saisi: &str,
) -> Result<(), Erreur> {
    let id = identifie.id();
    if !identifie.personne().facteur {
        return Err(absent());
    }
    let mut erreurs = Erreurs::default();
    if mot.exposer().is_empty() {
        erreurs.ajouter("mot_de_passe", "Saisissez votre mot de passe.");
    }
    let code = Code::lire(saisi).map_err(|phrase| erreurs.ajouter("code", phrase));
    erreurs.verdict()?;
    let Ok(code) = code else {
        return Err(Erreur::champ("code", FAUX));
    };
    mots_de_passe::reconnaitre(app, id, "mot_de_passe", mot).await?;
    verifier(app, id, &code)
        .await?
        .ok_or_else(|| Erreur::champ("code", FAUX))?;
    en_transaction!(app, |tx| oter(tx, id)
        .await?
        .then_some(())
        .ok_or_else(absent))?;
    tracing::info!(evenement = "facteur_retire", utilisateur = %id, "compte");
    Ok(())
}

/// Removes the factor and its recovery codes, and tells the person. `false`: there was none. Sessions are the caller's.
///
/// # Errors
/// Those of the database.
pub async fn oter(tx: &mut Tx, id: UtilisateurId) -> Result<bool, Erreur> {
    let Some(p) = titulaire(tx, id).await? else {
        return Ok(false);
    };
    sqlx::query!(
        "update utilisateurs set facteur_le = null, facteur_sel = null, facteur_version = null, facteur_pas = null
         where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    secours::retirer(tx, id).await?;
    let courrier = FacteurRetire {
        prenom: p.prenom,
        nom: p.nom,
        marque: tx.marque.to_string(),
    };
    courrier::deposer(tx, Uuid::now_v7(), &p.destinataire, &courrier).await?;
    Ok(true)
}

/// For the command line: the way out of somebody who has neither the application nor a recovery code, once the operator
/// has made sure who asks. Every session ends; the person is mailed. `motif` goes to the log.
///
/// # Errors
/// `Invalide` for an address without active account or without a reason; `Conflit` without a factor.
pub async fn retirer_d_office(
    app: &App,
    _: &Systeme,
    adresse: &str,
    motif: &str,
) -> Result<(), Erreur> {
    let adresse =
        AdresseElectronique::lire(adresse).map_err(|phrase| Erreur::champ("adresse", phrase))?;
    let mut erreurs = Erreurs::default();
    let motif = erreurs.ligne("motif", motif, 255, "Dites pourquoi (--motif).");
    erreurs.verdict()?;
    let id = transaction(app, async |tx| {
        let compte = crate::utilisateurs::par_adresse(&mut **tx, &adresse)
            .await?
            .ok_or_else(|| Erreur::champ("adresse", "Aucun compte n’a cette adresse."))?;
        if !oter(tx, compte.id).await? {
            return Err(Erreur::Conflit(
                "Ce compte n’a pas de double authentification.".to_owned(),
            ));
        }
        sessions::revoquer(tx, compte.id, None).await?;
        Ok(compte.id)
    })
    .await?;
    tracing::warn!(evenement = "facteur_retire_d_office", utilisateur = %id, motif, "compte");
    Ok(())
}
