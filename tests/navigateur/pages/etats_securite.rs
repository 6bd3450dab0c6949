//! The states of the second factor and of the login address.

use anyhow::Result;
use vantail::demo::MOT_DE_PASSE;

use super::Revue;
use crate::code::{application, code};
use crate::gestes::Visite;

const PAULINE: &str = "pauline.dufour@terneuil.example";
const ICI: &str = "/mon-compte/double-authentification";

pub async fn securite(v: Visite) -> Result<()> {
    let mut revue = Revue::nouvelle(&v, "securite")?;
    v.devenir(PAULINE).await?;
    // With the advice to a gestionnaire.
    revue.aller("/mon-compte").await?;
    v.aller("/mon-compte/adresse").await?;
    v.envoyer_vide("Recevoir le lien").await?;
    revue.voir("address 422").await?;
    v.remplir("Nouvelle adresse", "p.dufour@mairie.example")
        .await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Recevoir le lien").await?;
    v.lire("Changement en attente").await?;
    revue.voir("address pending").await?;
    revue.aller("/adresse/inconnu").await?;
    revue.aller(ICI).await?;
    v.clic("Activer").await?;
    v.envoyer_vide("Continuer").await?;
    revue.voir("password 422").await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Continuer").await?;
    v.titre("Reliez votre application").await?;
    revue.voir("qr code").await?;
    v.clic("Je ne peux pas photographier le code").await?;
    revue.voir("secret by hand").await?;
    let totp = application(&v).await?;
    v.envoyer_vide("Activer").await?;
    revue.voir("first code 422").await?;
    v.remplir("Code à six chiffres", &code(&v, &totp, 0).await?)
        .await?;
    v.clic("Activer").await?;
    v.titre("Gardez vos codes de secours").await?;
    revue.voir("recovery codes").await?;
    v.clic("Je les ai gardés").await?;
    v.lire("10 sur 10").await?;
    v.clic("Que faire si je change").await?;
    revue.voir("factor on").await?;
    v.clic("Remplacer les codes").await?;
    v.envoyer_vide("Remplacer les codes").await?;
    revue.voir("renewal 422").await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Remplacer les codes").await?;
    v.titre("Vos nouveaux codes de secours").await?;
    revue.voir("renewed codes").await?;
    v.aller(&format!("{ICI}/retrait")).await?;
    v.envoyer_vide("Désactiver").await?;
    revue.voir("removal 422").await?;
    v.deconnecte().await?;
    v.aller("/connexion").await?;
    v.remplir("Adresse électronique de connexion", PAULINE)
        .await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Se connecter").await?;
    v.titre("Saisissez votre code").await?;
    revue.voir("code").await?;
    v.envoyer_vide("Se connecter").await?;
    revue.voir("code 422").await?;
    for _ in 0..6 {
        v.remplir("Code à six chiffres", "000000").await?;
        v.clic("Se connecter").await?;
        v.titre("Saisissez votre code").await?;
    }
    v.lire("Trop d’essais").await?;
    revue.voir("code 429").await?;
    v.clic("Utiliser un code de secours").await?;
    v.titre("Saisissez un code de secours").await?;
    v.clic("Je n’ai ni mon application").await?;
    revue.voir("recovery code").await?;
    revue.conclure().await
}
