//! The application that gives codes, as the person beside the browser has it.

use anyhow::Result;
use totp_rs::Totp;

use crate::gestes::Visite;

/// Set up from the page that shows the secret.
pub async fn application(v: &Visite) -> Result<Totp> {
    let lien = v.commande("Ouvrir l’application").await?;
    let adresse = lien.attr("href").await?.unwrap_or_default();
    Ok(Totp::from_url(adresse)?)
}

/// The code shown `pas` steps of 30 seconds from now.
pub async fn code(v: &Visite, totp: &Totp, pas: i64) -> Result<String> {
    let instant: i64 = sqlx::query_scalar("select extract(epoch from maintenant())::bigint")
        .fetch_one(&v.site.app().db)
        .await?;
    Ok(totp
        .generate(u64::try_from(instant + 30 * pas)?)
        .to_string())
}
