//! Stuck: the gestionnaire left. The person says so, the support answers, she reads it.

use anyhow::Result;

use crate::gestes::Visite;

const TOUSSAINT: &str = "toussaint.leca@example.org";
const HELO: &str = "helo.dy@example.org";
const SUPPORT: &str = "support.un@vantail.example";

pub async fn mon_gestionnaire_est_parti(v: Visite) -> Result<()> {
    // Where nobody can decide, the tracker says who was told.
    v.devenir(TOUSSAINT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Nous avons averti le support").await?;

    v.devenir(HELO).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Mon gestionnaire est parti de 4 ROUES").await?;
    v.titre("Changement de gestionnaire principal").await?;
    // Her structure and herself are filled in; the gestionnaire is not hers to know.
    v.clic("Envoyer la sollicitation").await?;
    v.css("[data-resume]").await?;
    v.cocher("Inconnu").await?;
    v.remplir("Nom du gestionnaire actuel", "Petit").await?;
    v.clic("Envoyer la sollicitation").await?;
    v.lire("est enregistrée.").await?;
    v.lire("Inconnu ; peut-être Petit").await?;

    v.devenir(SUPPORT).await?;
    v.aller("/").await?;
    v.clic("2 nouvelles sollicitations").await?;
    v.titre("Bureau du support").await?;
    v.clic_dans("//tr[contains(., '4 ROUES')]", "Ouvrir la sollicitation")
        .await?;
    v.lire("Ce que sait le portail").await?;
    v.lire("Claire Petit").await?;
    v.clic("Prendre en charge").await?;
    v.lire("Sabine Arnoult, le").await?;
    v.remplir("Réponse ou note", "Êtes-vous salariée des 4 ROUES ?")
        .await?;
    v.cocher("J’attends une réponse du demandeur").await?;
    v.clic_dans("//main", "Répondre").await?;
    v.lire("La sollicitation attend maintenant son auteur.")
        .await?;

    v.devenir(HELO).await?;
    v.ouvrir_le_courriel(HELO, "le support attend votre réponse")
        .await?;
    v.css("#texte a").await?.click().await?;
    v.lire("Êtes-vous salariée des 4 ROUES ?").await?;
    v.remplir("Votre réponse", "Oui, depuis le 1er du mois.")
        .await?;
    v.clic_dans("//main", "Répondre").await?;
    v.lire("Votre réponse est envoyée.").await?;
    v.lire("En cours").await?;

    v.devenir(SUPPORT).await?;
    v.aller("/support?s.etat=en_cours").await?;
    v.clic_dans("//tr[contains(., '4 ROUES')]", "Ouvrir la sollicitation")
        .await?;
    v.lire("Oui, depuis le 1er du mois.").await?;
    v.remplir("Réponse ou note", "Le certificat part ce jour.")
        .await?;
    v.clic("Résoudre avec cette réponse").await?;
    v.lire("est résolue.").await?;

    v.devenir(HELO).await?;
    v.aller("/sollicitations").await?;
    v.lire("Résolue").await?;
    v.clic("Ouvrir la sollicitation").await?;
    v.lire("Le certificat part ce jour.").await?;
    v.confirmation("Clore la sollicitation").await?;
    v.confirmer("Clore la sollicitation").await?;
    v.lire("est close.").await?;
    v.console_calme().await
}
