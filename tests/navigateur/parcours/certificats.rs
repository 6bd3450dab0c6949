//! The gestionnaire principal is gone (seed 000 §3): one sollicitation, five screens, two agents. Then he comes back.

use anyhow::{Result, ensure};

use super::sollicitations::document;
use crate::gestes::Visite;

const SANDRINE: &str = "agent.forez@ac-lyon.example";
const ANNE: &str = "nouvelle.proviseure@ac-lyon.example";
const PARTI: &str = "ancien.proviseur@ac-lyon.example";
const TOUSSAINT: &str = "toussaint.leca@example.org";
const CLAIRE: &str = "principale.rivieres@ac-lyon.example";
const MARTINE: &str = "referent@ac-lyon.example";
const SABINE: &str = "support.un@vantail.example";
const SOFIANE: &str = "support.deux@vantail.example";

/// The author takes the document that came, and joins the one that was signed.
async fn signer(v: &Visite, login: &str, reponse: &str) -> Result<()> {
    v.devenir(login).await?;
    v.ouvrir_le_courriel(login, "attend votre réponse").await?;
    v.css("#texte a").await?.click().await?;
    v.lire("En attente de votre réponse").await?;
    let lien = v.css("a[href*='/pieces/']").await?;
    ensure!(
        lien.text().await?.contains("certificat-administratif-SOL-"),
        "the document of the portal"
    );
    // Saved, never shown: the page stays.
    lien.click().await?;
    v.lire("En attente de votre réponse").await?;
    let fichier = document(reponse, v)?;
    v.remplir("Votre réponse", "Voici le certificat signé.")
        .await?;
    v.champ("Pièce jointe")
        .await?
        .send_keys(fichier.to_string_lossy())
        .await?;
    v.clic_dans("//main", "Répondre").await?;
    v.lire("Votre réponse est envoyée.").await?;
    std::fs::remove_file(&fichier)?;
    Ok(())
}

/// The second agent, from the file.
async fn approuver(v: &Visite, agent: &str, objet: &str, phrase: &str) -> Result<()> {
    v.devenir(agent).await?;
    v.aller("/support").await?;
    v.clic_dans(
        &format!("//tr[contains(., '{objet}')]"),
        "Ouvrir la sollicitation",
    )
    .await?;
    v.clic("Certificat administratif").await?;
    v.titre("Certificat administratif").await?;
    v.clic("Approuver et exécuter").await?;
    v.css("[data-resume]").await?;
    v.css("input[name='piece']").await?.click().await?;
    v.remplir("Motif", "Signature vérifiée.").await?;
    v.clic("Approuver et exécuter").await?;
    v.lire(phrase).await?;
    v.lire("Résolue").await?;
    Ok(())
}

pub async fn remplacer_puis_contester(v: Visite) -> Result<()> {
    // 1. A user of the lycée asks, for the one who now runs it.
    v.devenir(SANDRINE).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Mon gestionnaire est parti de LYCÉE DU HAUT FOREZ")
        .await?;
    v.titre("Changement de gestionnaire principal").await?;
    v.remplir("Identifiant de connexion du gestionnaire cible", ANNE)
        .await?;
    v.remplir("Nom du gestionnaire cible", "Royer").await?;
    v.remplir("Prénom du gestionnaire cible", "Anne").await?;
    v.clic("Envoyer la sollicitation").await?;
    v.lire("est enregistrée.").await?;

    // 2. An agent checks and sends the document.
    v.devenir(SABINE).await?;
    v.aller("/support").await?;
    v.clic_dans(
        "//tr[contains(., 'LYCÉE DU HAUT FOREZ')][contains(., 'Sandrine Vial')]",
        "Ouvrir la sollicitation",
    )
    .await?;
    v.lire("Ce que sait le portail").await?;
    v.clic("Certificat administratif").await?;
    v.titre("Certificat administratif").await?;
    v.clic("Envoyer le certificat administratif").await?;
    v.css("[data-resume]").await?;
    v.remplir("Motif", "Parti sans transférer son rôle.")
        .await?;
    v.clic("Envoyer le certificat administratif").await?;
    v.lire("Le certificat administratif est envoyé.").await?;
    v.lire("En attente du demandeur").await?;
    // She may not approve it herself.
    v.clic("Certificat administratif").await?;
    v.lire("un second agent doit l’approuver").await?;

    // 3. The user has it signed. 4. A second agent approves.
    signer(&v, SANDRINE, "certificat-signe").await?;
    approuver(
        &v,
        SOFIANE,
        "Sandrine Vial",
        "Anne Royer est gestionnaire principal de LYCÉE DU HAUT FOREZ.",
    )
    .await?;

    // 5. The new gestionnaire principal works.
    v.devenir(ANNE).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Transférer le rôle de gestionnaire principal de LYCÉE DU HAUT FOREZ")
        .await?;
    v.titre("Transférer le rôle de gestionnaire principal")
        .await?;
    v.aller("/activites").await?;
    v.lire("Certificat administratif approuvé").await?;

    // The former one reads it, and does not agree.
    v.devenir(PARTI).await?;
    v.ouvrir_le_courriel(PARTI, "Le support a changé le gestionnaire principal")
        .await?;
    v.css("#texte a").await?.click().await?;
    v.titre("Contester ce changement").await?;
    v.lire("Exécuté le").await?;
    v.clic("Contester").await?;
    v.css("[data-resume]").await?;
    v.remplir("Pourquoi vous le contestez", "Je reviens lundi.")
        .await?;
    v.clic_dans("//main", "Contester").await?;
    v.lire("Votre contestation est enregistrée.").await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Utilisateur simple").await?;

    // Neither of the two agents answers it.
    for agent in [SABINE, SOFIANE] {
        v.devenir(agent).await?;
        v.aller("/support").await?;
        v.clic_dans(
            "//tr[contains(., 'Contestation du changement')]",
            "Ouvrir la sollicitation",
        )
        .await?;
        v.lire("Un troisième agent traite la contestation").await?;
        v.sans("Prendre en charge").await?;
    }
    v.devenir(SANDRINE).await?;
    v.aller("/sollicitations").await?;
    v.clic("Ouvrir la sollicitation").await?;
    v.lire("Le gestionnaire principal remplacé conteste ce changement.")
        .await?;
    v.console_calme().await
}

/// Nobody manages the commune: from the request that waits to its first gestionnaire principal.
pub async fn designer_le_premier(v: Visite) -> Result<()> {
    v.devenir(TOUSSAINT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Nous avons averti le support").await?;

    v.devenir(SABINE).await?;
    v.aller("/support").await?;
    v.clic("Ouvrir la demande de Toussaint Leca").await?;
    v.titre("Désigner un gestionnaire principal").await?;
    v.clic("Envoyer le certificat administratif").await?;
    v.css("[data-resume]").await?;
    v.cocher("Toussaint Leca").await?;
    v.remplir("Motif", "Maire de la commune.").await?;
    v.clic("Envoyer le certificat administratif").await?;
    v.lire("Le certificat administratif est envoyé.").await?;

    signer(&v, TOUSSAINT, "certificat-du-maire").await?;
    approuver(
        &v,
        SOFIANE,
        "Premier gestionnaire principal",
        "Toussaint Leca est gestionnaire principal de",
    )
    .await?;

    v.devenir(TOUSSAINT).await?;
    v.ouvrir_le_courriel(TOUSSAINT, "gestionnaire principal")
        .await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Gestionnaire principal").await?;
    v.console_calme().await
}

/// The same in a structure that goes through the PIGP: its référent proposes, the support approves.
pub async fn le_referent_designe_le_premier(v: Visite) -> Result<()> {
    v.devenir(CLAIRE).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Nous avons averti le référent").await?;

    v.devenir(MARTINE).await?;
    v.aller("/referent").await?;
    v.clic("Désigner un gestionnaire principal, demande de Claire Fontanel")
        .await?;
    v.titre("Désigner un gestionnaire principal").await?;
    v.envoyer_vide("Envoyer le certificat administratif")
        .await?;
    v.css("[data-resume]").await?;
    v.cocher("Claire Fontanel").await?;
    v.remplir("Motif", "Principale nommée par le recteur.")
        .await?;
    v.clic("Envoyer le certificat administratif").await?;
    v.lire("Un agent du support l’approuvera une fois signé.")
        .await?;

    signer(&v, CLAIRE, "certificat-du-college").await?;
    approuver(
        &v,
        SOFIANE,
        "Premier gestionnaire principal",
        "Claire Fontanel est gestionnaire principal de",
    )
    .await?;

    v.ouvrir_le_courriel(MARTINE, "a un gestionnaire principal")
        .await?;
    v.devenir(CLAIRE).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Gestionnaire principal").await?;
    v.console_calme().await
}
