//! Signing in and out, links received by mail.

use anyhow::{Result, ensure};
use vantail::demo::MOT_DE_PASSE;

use crate::gestes::Visite;

pub async fn entrer_et_sortir(v: Visite) -> Result<()> {
    v.aller("/mon-compte/sessions").await?;
    v.titre("Connexion").await?;
    v.remplir(
        "Adresse électronique de connexion",
        "zahra.hamou@example.org",
    )
    .await?;
    v.remplir("Mot de passe", "pas le bon mot de passe").await?;
    v.clic("Se connecter").await?;
    v.lire("Adresse ou mot de passe incorrect.").await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Se connecter").await?;
    v.lire("Zahra Hamou").await?;
    // The page asked for first is the one that is shown.
    ensure!(v.chemin().await? == "/mon-compte/sessions");
    v.clic("Déconnexion").await?;
    v.lire("Vous êtes déconnecté").await?;
    v.pilote().back().await?;
    if !v.script() {
        // Chromium may show the page it has in memory; the server no longer answers it.
        v.pilote().refresh().await?;
    }
    v.titre("Connexion").await?;
    v.sans("Zahra Hamou").await?;
    v.console_calme().await
}
