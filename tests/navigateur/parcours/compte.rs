//! The account leaves and comes back (seed 001 §10 B), and its informations.

use anyhow::Result;

use crate::gestes::Visite;

const CLAIRE: &str = "claire.petit@4roues.example";
const JULES: &str = "jules.martin@example.org";
const MOT: &str = "Vantail-demo-2026";

/// A gestionnaire principal names a successor, leaves, and signs in again as utilisateur simple.
pub async fn se_desactiver_et_revenir(v: Visite) -> Result<()> {
    v.devenir(CLAIRE).await?;
    v.aller("/mon-compte").await?;
    v.confirmation("Désactiver mon compte").await?;
    v.lire("Êtes-vous sûr(e) de vouloir désactiver votre compte")
        .await?;
    v.clic_dans(
        "//*[@id = 'confirmation']",
        "Désigner un nouveau gestionnaire principal",
    )
    .await?;
    v.titre("Désigner un nouveau gestionnaire principal")
        .await?;
    v.cocher("Une autre personne, par son identifiant de connexion")
        .await?;
    v.remplir("Identifiant de connexion de l’utilisateur", JULES)
        .await?;
    // Without the password nothing is done, and nothing typed is lost.
    v.clic_dans("//main", "Désactiver mon compte").await?;
    v.lire("Saisissez votre mot de passe.").await?;
    v.remplir("Votre mot de passe", MOT).await?;
    v.clic_dans("//main", "Désactiver mon compte").await?;
    v.lire("Votre compte est désactivé.").await?;
    v.titre("Connexion").await?;

    v.remplir("Adresse électronique de connexion", CLAIRE)
        .await?;
    v.remplir("Mot de passe", MOT).await?;
    v.clic_dans("//main", "Se connecter").await?;
    v.titre("Votre compte est désactivé").await?;
    v.clic_dans("//main", "Réactiver mon compte").await?;
    v.lire("Votre compte est de nouveau actif.").await?;
    v.lire("vous y êtes de nouveau utilisateur simple").await?;
    v.remplir("Adresse électronique de connexion", CLAIRE)
        .await?;
    v.remplir("Mot de passe", MOT).await?;
    v.clic_dans("//main", "Se connecter").await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Utilisateur simple").await?;
    v.console_calme().await
}

pub async fn modifier_ses_informations(v: Visite) -> Result<()> {
    v.devenir(JULES).await?;
    v.aller("/mon-compte").await?;
    v.clic("Modifier mes informations").await?;
    v.titre("Modifier mes informations").await?;
    v.remplir("Téléphone", "demain").await?;
    v.clic_dans("//main", "Enregistrer").await?;
    v.lire("Saisissez un numéro de téléphone").await?;
    v.remplir("Téléphone", "01 23 45 67 89").await?;
    v.remplir("Ville", "Terneuil").await?;
    v.clic_dans("//main", "Enregistrer").await?;
    v.lire("Vos informations sont enregistrées.").await?;
    v.lire("01 23 45 67 89").await?;
    v.console_calme().await
}
