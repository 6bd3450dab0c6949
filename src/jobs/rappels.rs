use crate::App;
use crate::acces::Systeme;
use crate::db::en_transaction;
use crate::rattachements;
use crate::vie_des_structures::techniques;
use crate::web::Erreur;

/// Reminders of one run: the next minute does the rest.
const PAR_TOUR: i64 = 1_000;

/// Every reminder that is due, one request at a time, each in a transaction of its own: one that fails is logged and does
/// not keep the others from leaving.
pub(super) async fn tous(app: &App, systeme: &Systeme) -> Result<u64, Erreur> {
    let mut envoyes = 0;
    for (structure, demande) in rattachements::rappels_dus(app, systeme, PAR_TOUR).await? {
        let issue = en_transaction!(app, |tx| rattachements::rappeler(
            tx, systeme, structure, demande
        )
        .await);
        match issue {
            Ok(envoye) => envoyes += u64::from(envoye),
            Err(Erreur::Indisponible) => return Err(Erreur::Indisponible),
            Err(erreur) => tracing::error!(%demande, ?erreur, "automatic reminder"),
        }
    }
    Ok(envoyes)
}

/// The same for the secrets of technical accounts that end soon.
pub(super) async fn des_secrets(app: &App, systeme: &Systeme) -> Result<u64, Erreur> {
    let mut envoyes = 0;
    for (structure, secret) in techniques::rappels_dus(app, systeme, PAR_TOUR).await? {
        let issue = en_transaction!(app, |tx| techniques::rappeler(
            tx, systeme, structure, secret
        )
        .await);
        match issue {
            Ok(envoye) => envoyes += u64::from(envoye),
            Err(Erreur::Indisponible) => return Err(Erreur::Indisponible),
            Err(erreur) => tracing::error!(%secret, ?erreur, "warning of an expiry"),
        }
    }
    Ok(envoyes)
}
