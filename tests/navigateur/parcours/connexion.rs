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

pub async fn activer_son_compte(v: Visite) -> Result<()> {
    v.suivre_le_courriel("jamais.active@a.example").await?;
    v.titre("Activez votre compte").await?;
    v.remplir("Mot de passe", "court").await?;
    v.clic("Activer mon compte").await?;
    v.css("[data-resume]").await?;
    v.remplir("Mot de passe", "Girafe-violette-42!").await?;
    v.clic("Activer mon compte").await?;
    v.lire("Votre compte est actif.").await?;
    v.remplir(
        "Adresse électronique de connexion",
        "jamais.active@a.example",
    )
    .await?;
    v.remplir("Mot de passe", "Girafe-violette-42!").await?;
    v.clic("Se connecter").await?;
    v.titre("Bonjour Alban").await?;
    // The link has served.
    v.suivre_le_courriel("jamais.active@a.example").await?;
    v.titre("Ce lien ne fonctionne plus").await?;
    v.console_calme().await
}

pub async fn mot_de_passe_oublie(v: Visite) -> Result<()> {
    v.aller("/connexion").await?;
    v.clic("Mot de passe oublié").await?;
    v.remplir(
        "Adresse électronique de connexion",
        "zahra.hamou@example.org",
    )
    .await?;
    v.clic("Recevoir le lien").await?;
    v.lire("Consultez votre messagerie.").await?;
    v.suivre_le_courriel("zahra.hamou@example.org").await?;
    v.titre("Choisissez un nouveau mot de passe").await?;
    v.remplir("Nouveau mot de passe", "Girafe-violette-42!")
        .await?;
    v.clic("Enregistrer").await?;
    v.lire("Votre mot de passe est modifié.").await?;
    v.remplir(
        "Adresse électronique de connexion",
        "zahra.hamou@example.org",
    )
    .await?;
    v.remplir("Mot de passe", "Girafe-violette-42!").await?;
    v.clic("Se connecter").await?;
    v.titre("Bonjour Zahra").await?;
    v.console_calme().await
}
