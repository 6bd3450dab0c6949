//! The second factor and the login address.

use anyhow::{Result, ensure};
use vantail::demo::MOT_DE_PASSE;

use crate::code::{application, code};
use crate::gestes::Visite;

const ZAHRA: &str = "zahra.hamou@example.org";
const LOGIN: &str = "Adresse électronique de connexion";

async fn mot_de_passe(v: &Visite, login: &str) -> Result<()> {
    v.remplir(LOGIN, login).await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Se connecter").await
}

pub async fn activer_puis_se_connecter_avec_un_code(v: Visite) -> Result<()> {
    v.devenir(ZAHRA).await?;
    v.aller("/mon-compte").await?;
    v.clic("Double authentification").await?;
    v.clic("Activer").await?;
    v.titre("Confirmez que c’est vous").await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Continuer").await?;
    v.titre("Reliez votre application").await?;
    v.css("svg.code-qr").await?;
    let totp = application(&v).await?;
    v.remplir("Code à six chiffres", "12").await?;
    v.clic("Activer").await?;
    v.css("[data-resume]").await?;
    let premier = code(&v, &totp, 0).await?;
    v.remplir("Code à six chiffres", &premier).await?;
    v.clic("Activer").await?;
    v.titre("Gardez vos codes de secours").await?;
    let secours = v.css(".codes li").await?.text().await?;
    v.clic("Je les ai gardés").await?;
    v.lire("10 sur 10").await?;
    v.clic("Déconnexion").await?;
    v.aller("/mon-compte/sessions").await?;
    mot_de_passe(&v, ZAHRA).await?;
    v.titre("Saisissez votre code").await?;
    v.sans("Zahra Hamou").await?;
    // The code that confirmed has served; the one of the next half minute is accepted already.
    v.remplir("Code à six chiffres", &premier).await?;
    v.clic("Se connecter").await?;
    v.lire("Ce code n’est pas valable.").await?;
    let suivant = code(&v, &totp, 1).await?;
    v.remplir("Code à six chiffres", &suivant).await?;
    v.clic("Se connecter").await?;
    v.lire("Zahra Hamou").await?;
    ensure!(v.chemin().await? == "/mon-compte/sessions");
    v.clic("Déconnexion").await?;
    v.aller("/connexion").await?;
    mot_de_passe(&v, ZAHRA).await?;
    v.clic("Utiliser un code de secours").await?;
    v.remplir("Code de secours", &secours).await?;
    v.clic("Se connecter").await?;
    v.titre("Bonjour Zahra").await?;
    v.ouvrir_le_courriel(ZAHRA, "code de secours").await?;
    v.console_calme().await
}

pub async fn changer_d_adresse_de_connexion(v: Visite) -> Result<()> {
    let neuve = "z.hamou@mairie.example";
    v.devenir(ZAHRA).await?;
    v.aller("/mon-compte").await?;
    v.clic("Modifier mon adresse de connexion").await?;
    v.remplir("Nouvelle adresse électronique", neuve).await?;
    v.remplir("Mot de passe", "pas le bon").await?;
    v.clic("Recevoir le lien").await?;
    v.css("[data-resume]").await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Recevoir le lien").await?;
    v.lire("Changement en attente de confirmation").await?;
    v.suivre_le_courriel(neuve).await?;
    v.titre("Confirmez votre nouvelle adresse de connexion")
        .await?;
    v.clic("Confirmer cette adresse").await?;
    v.lire("Votre adresse de connexion est modifiée.").await?;
    v.ouvrir_le_courriel(ZAHRA, "a été modifiée").await?;
    v.clic("Déconnexion").await?;
    v.aller("/connexion").await?;
    mot_de_passe(&v, neuve).await?;
    v.titre("Bonjour Zahra").await?;
    v.console_calme().await
}
