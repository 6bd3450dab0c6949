//! Signing in: counted before hashing, one answer for every failure, a new session each time (security.md AU1–AU4).

use tower_sessions::Session;

use super::client::Client;
use crate::App;
use crate::acces::compteurs::{self, CONNEXION_ADRESSE, CONNEXION_COMPTE, CONNEXION_ECHECS};
use crate::acces::{mot_de_passe, sessions};
use crate::db::UtilisateurId;
use crate::identifiants::AdresseElectronique;
use crate::web::{Erreur, MotDePasse};

/// Key of the failures in a row of one address, known or not.
pub(super) fn cle_echecs(adresse: &str) -> String {
    format!("connexion:echecs:{adresse}")
}

/// What came of trying to sign in.
pub(super) enum Issue {
    /// Signed in.
    Entree,
    /// The right password of an account deactivated for less than 60 days: nobody is signed in, the session leads to the page
    /// of the return (R-COMPTE-DESACTIVER).
    Desactive,
    /// Every failure: unknown, wrong, not activated, gone.
    Refus,
}

/// Tries to sign in.
///
/// # Errors
/// `TropDeRequetes`, before any hashing and whether the address is known or not.
pub(super) async fn tenter(
    app: &App,
    client: &Client,
    session: &Session,
    adresse: &AdresseElectronique,
    mot: &MotDePasse,
) -> Result<Issue, Erreur> {
    let cle = format!("connexion:{}:{adresse}", client.prefixe());
    let cle_echecs = cle_echecs(adresse.as_str());
    compteurs::compter(
        &app.db,
        &format!("connexion:{}", client.hote()),
        CONNEXION_ADRESSE,
    )
    .await?;
    compteurs::compter(&app.db, &cle, CONNEXION_COMPTE).await?;
    compteurs::compter(&app.db, &cle_echecs, CONNEXION_ECHECS).await?;

    let compte = sqlx::query!(
        r#"select id as "id: UtilisateurId", mot_de_passe as "hache!", statut = 'actif' as "actif!"
           from utilisateurs
           where adresse_connexion = $1 and mot_de_passe is not null
             and (statut = 'actif' or (statut = 'inactif' and fin_de_reactivation(desactive_le) > maintenant()))"#,
        adresse.as_str()
    )
    .fetch_optional(&app.db)
    .await?;
    let actif = compte.as_ref().is_some_and(|c| c.actif);
    let (id, hache) = compte.map(|c| (c.id, c.hache)).unzip();
    let juste = mot_de_passe::verifier(app, mot, hache.clone()).await?;
    let (true, Some(id), Some(hache)) = (juste, id, hache) else {
        refus(client, id);
        return Ok(Issue::Refus);
    };
    if !actif {
        sessions::retenir_absent(session, id).await?;
        compteurs::remettre(&app.db, &cle).await?;
        compteurs::remettre(&app.db, &cle_echecs).await?;
        tracing::info!(evenement = "connexion_compte_desactive", utilisateur = %id, adresse_ip = %client.adresse, "connexion");
        return Ok(Issue::Desactive);
    }
    let nouveau = if mot_de_passe::perime(app, &hache) {
        Some(mot_de_passe::hacher(app, mot).await?)
    } else {
        None
    };
    sessions::ouvrir(session, id, &client.agent, &client.adresse.to_string()).await?;
    // The row of the session exists before the account is read again under its lock: a reset that ran meanwhile is
    // seen here, and one that comes later sees the session and kills it (security.md SE5).
    session.save().await?;
    let admise = sqlx::query!(
        "update utilisateurs set connexion_precedente = derniere_connexion, derniere_connexion = maintenant(),
                mot_de_passe = coalesce($3, mot_de_passe)
         where id = $1 and statut = 'actif' and mot_de_passe = $2",
        id.0,
        hache,
        nouveau
    )
    .execute(&app.db)
    .await?;
    if admise.rows_affected() == 0 {
        sessions::fermer(session).await?;
        refus(client, Some(id));
        return Ok(Issue::Refus);
    }
    compteurs::remettre(&app.db, &cle).await?;
    compteurs::remettre(&app.db, &cle_echecs).await?;
    tracing::info!(evenement = "connexion", utilisateur = %id, adresse_ip = %client.adresse, "connexion");
    Ok(Issue::Entree)
}

/// The address typed is not logged: people type their password there.
fn refus(client: &Client, id: Option<UtilisateurId>) {
    tracing::warn!(
        evenement = "connexion_refusee",
        utilisateur = id.map(tracing::field::display),
        adresse_ip = %client.adresse,
        "connexion refusée"
    );
}
