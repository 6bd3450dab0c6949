//! Setting a factor up: password, secret shown to that session for fifteen minutes, first code.

use tower_sessions::Session;
use uuid::Uuid;

use super::codes::{self, FAUX};
use super::secret::{Graine, Secret};
use super::{Code, secours};
use crate::App;
use crate::acces::{Identifie, sessions};
use crate::courrier::{self, Destinataire};
use crate::db::en_transaction;
use crate::utilisateurs::courriers_securite::FacteurActive;
use crate::utilisateurs::mots_de_passe;
use crate::web::{Erreur, MotDePasse};

fn deja() -> Erreur {
    Erreur::Conflit("La double authentification de votre compte est déjà activée.".to_owned())
}

/// The password was given again: a new secret, readable by this session only.
///
/// # Errors
/// `Invalide` at `mot_de_passe`; `Conflit` when there is a factor already; `TropDeRequetes`.
pub(in crate::utilisateurs) async fn commencer(
    app: &App,
    identifie: &Identifie,
    session: &Session,
    mot: &MotDePasse,
) -> Result<(), Erreur> {
    if identifie.personne().facteur {
        return Err(deja());
    }
    let id = identifie.id();
    mots_de_passe::reconnaitre(app, id, "mot_de_passe", mot).await?;
    let graine = Graine::nouvelle(app);
    sqlx::query!(
        "insert into enrolements (utilisateur_id, session_hache, sel, version, expire_le)
         values ($1, $2, $3, $4, maintenant() + interval '15 minutes')
         on conflict (utilisateur_id) do update
         set session_hache = excluded.session_hache, sel = excluded.sel, version = excluded.version,
             expire_le = excluded.expire_le",
        id.0,
        sessions::hache_de(session),
        graine.sel,
        graine.version
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

async fn graine(
    app: &App,
    identifie: &Identifie,
    session: &Session,
) -> Result<Option<(Graine, i64)>, Erreur> {
    let ligne = sqlx::query!(
        r#"select sel, version, extract(epoch from maintenant())::bigint as "instant!" from enrolements
           where utilisateur_id = $1 and session_hache = $2 and expire_le > maintenant()"#,
        identifie.id().0,
        sessions::hache_de(session)
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(ligne.map(|l| {
        let graine = Graine {
            sel: l.sel,
            version: l.version,
        };
        (graine, l.instant)
    }))
}

/// The secret this session is setting up, if it gave the password less than fifteen minutes ago.
pub(in crate::utilisateurs) async fn en_cours(
    app: &App,
    identifie: &Identifie,
    session: &Session,
) -> Result<Option<Secret>, Erreur> {
    if identifie.personne().facteur {
        return Ok(None);
    }
    match graine(app, identifie, session).await? {
        Some((graine, _)) => {
            let compte = &identifie.personne().adresse_connexion;
            Ok(Some(graine.secret(app, identifie.id(), compte)?))
        }
        None => Ok(None),
    }
}

/// The person gives up.
pub(in crate::utilisateurs) async fn abandonner(
    app: &App,
    identifie: &Identifie,
) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from enrolements where utilisateur_id = $1",
        identifie.id().0
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

/// The first code: from now on one is asked at sign-in. Answers the recovery codes, readable this once; `None` when the
/// enrolement is over or another tab was faster.
///
/// # Errors
/// `Invalide` at `code`; `TropDeRequetes`.
pub(in crate::utilisateurs) async fn confirmer(
    app: &App,
    identifie: &Identifie,
    session: &Session,
    saisi: &str,
) -> Result<Option<Vec<String>>, Erreur> {
    let id = identifie.id();
    let Some((graine, instant)) = graine(app, identifie, session).await? else {
        return Ok(None);
    };
    let Code::Application(chiffres) =
        Code::lire(saisi).map_err(|phrase| Erreur::champ("code", phrase))?
    else {
        return Err(Erreur::champ(
            "code",
            "Saisissez les six chiffres affichés par l’application.",
        ));
    };
    codes::compter(app, id).await?;
    let secret = graine.secret(app, id, &identifie.personne().adresse_connexion)?;
    let pas = secret
        .pas(&chiffres, instant)
        .ok_or_else(|| Erreur::champ("code", FAUX))?;
    codes::oublier_les_echecs(app, id).await?;
    let poses = en_transaction!(app, |tx| {
        // The account's row first: a sign-in under way waits here, then sees that a code is needed.
        let pose = sqlx::query!(
            "update utilisateurs set facteur_le = maintenant(), facteur_sel = $2, facteur_version = $3, facteur_pas = $4
             where id = $1 and statut = 'actif' and facteur_le is null
               and exists (select from enrolements where utilisateur_id = $1 and sel = $2 and expire_le > maintenant())",
            id.0,
            graine.sel,
            graine.version,
            pas
        )
        .execute(&mut **tx)
        .await?;
        if pose.rows_affected() == 0 {
            return Ok(None);
        }
        sqlx::query!("delete from enrolements where utilisateur_id = $1", id.0)
            .execute(&mut **tx)
            .await?;
        let codes = secours::poser(tx, id).await?;
        sessions::revoquer(tx, id, Some(session)).await?;
        let personne = identifie.personne();
        let courrier = FacteurActive {
            prenom: personne.prenom.clone(),
            nom: personne.nom.clone(),
            marque: tx.marque.to_string(),
        };
        let destinataire = Destinataire {
            utilisateur: Some(id.0),
            adresse: personne.adresse_connexion.clone(),
        };
        courrier::deposer(tx, Uuid::now_v7(), &destinataire, &courrier).await?;
        Ok(Some(codes))
    })?;
    if poses.is_some() {
        tracing::info!(evenement = "facteur_active", utilisateur = %id, "compte");
    }
    Ok(poses)
}
