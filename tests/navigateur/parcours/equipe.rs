//! The staff: a consented session from both sides, an account of the team, a message to everybody, an espace for all.

use anyhow::{Result, ensure};

use crate::gestes::Visite;

const ADMIN: &str = "admin@vantail.example";
const SUPPORT: &str = "support.un@vantail.example";
const ZAHRA: &str = "zahra.hamou@example.org";

pub async fn laisser_voir_ses_ecrans(v: Visite) -> Result<()> {
    v.devenir(ZAHRA).await?;
    v.aller("/mon-compte").await?;
    v.clic("Session d’assistance").await?;
    v.titre("Session d’assistance").await?;
    v.clic("Donner un code, valable 15 minutes").await?;
    v.lire("Voici votre code").await?;
    let code = v.css(".reference").await?.text().await?;
    ensure!(code.len() == 9, "{code}");

    v.devenir(SUPPORT).await?;
    v.aller("/support").await?;
    v.clic("Ouvrir une session d’assistance").await?;
    v.remplir("Code donné par la personne", &code).await?;
    v.remplir("Motif", "Elle ne voit pas ses factures.").await?;
    v.clic("Ouvrir la session").await?;
    v.lire("Vous voyez le portail comme").await?;
    v.aller("/mon-compte/rattachements").await?;
    v.titre("Mes rattachements aux structures").await?;
    // Nothing of hers is changed.
    v.aller("/mon-compte/informations").await?;
    v.clic_dans("//main", "Enregistrer").await?;
    v.lire("rien ne s’y modifie").await?;
    v.clic("Terminer la session d’assistance").await?;
    v.lire("La session d’assistance est terminée.").await?;
    v.titre("Bureau du support").await?;

    v.devenir(ZAHRA).await?;
    v.aller("/mon-compte/assistance").await?;
    v.lire("Elle ne voit pas ses factures.").await?;
    v.clic_dans("//*[@id = 'sessions']", "Relevé").await?;
    v.titre("Relevé d’une session d’assistance").await?;
    v.lire("Mes rattachements aux structures").await?;
    v.lire("Modification refusée").await?;
    v.ouvrir_le_courriel(ZAHRA, "relevé de votre session")
        .await?;
    v.lire("L’agent du support y a mis fin.").await?;
    Ok(())
}

pub async fn creer_le_compte_d_un_agent(v: Visite) -> Result<()> {
    v.devenir(ADMIN).await?;
    v.aller("/administration").await?;
    v.clic("Comptes de l’équipe").await?;
    v.clic("Créer un compte de l’équipe").await?;
    v.envoyer_vide("Créer le compte").await?;
    v.lire("Saisissez le motif.").await?;
    v.remplir("Prénom", "Simon").await?;
    v.remplir("Nom", "Nouvel").await?;
    v.remplir("Adresse de connexion", "simon.nouvel@vantail.example")
        .await?;
    v.cocher("Support").await?;
    v.remplir("Motif", "Il rejoint le bureau.").await?;
    v.clic("Créer le compte").await?;
    v.lire("Le compte est créé.").await?;
    v.clic("Désactiver").await?;
    v.remplir("Motif", "Erreur de saisie.").await?;
    v.confirmer("Valider").await?;
    v.lire("Le compte est désactivé.").await?;
    v.aller("/administration/journal").await?;
    v.lire("Compte de l’équipe désactivé").await?;
    v.lire("Erreur de saisie.").await?;
    v.console_calme().await
}

pub async fn dire_a_tous_et_ouvrir_un_espace(v: Visite) -> Result<()> {
    v.devenir(ADMIN).await?;
    v.aller("/administration").await?;
    v.clic("Paramètres du portail").await?;
    v.remplir("Message à tous", "Le portail s’arrête ce soir à 20 h.")
        .await?;
    v.remplir("Motif", "Maintenance.").await?;
    v.clic_dans("//main", "Enregistrer").await?;
    v.lire("Les paramètres sont enregistrés.").await?;

    v.aller("/administration").await?;
    v.clic("Catalogue des espaces").await?;
    v.aller("/administration/espaces/factures_de_travaux")
        .await?;
    v.cocher("Par défaut pour les utilisateurs simples").await?;
    v.remplir("Motif", "Décidé par le comité.").await?;
    v.clic_dans("//main", "Enregistrer").await?;
    v.lire("recevront cet espace sans le demander").await?;
    v.clic_dans("//main", "Confirmer").await?;
    v.lire("En cours d’application").await?;

    v.devenir(ZAHRA).await?;
    v.aller("/").await?;
    v.lire("Le portail s’arrête ce soir à 20 h.").await?;
    v.console_calme().await
}
