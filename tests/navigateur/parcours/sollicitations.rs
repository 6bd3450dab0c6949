//! Stuck: the gestionnaire left. The person says so, the support answers, she reads it.

use std::path::PathBuf;

use anyhow::Result;

use crate::gestes::Visite;

const TOUSSAINT: &str = "toussaint.leca@example.org";
const HELO: &str = "helo.dy@example.org";
const PAULINE: &str = "pauline.dufour@terneuil.example";
const ADMIN: &str = "admin@vantail.example";
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

/// A small document on the disk, to choose in a form.
pub(super) fn document(nom: &str, v: &Visite) -> Result<PathBuf> {
    let fichier = std::env::temp_dir().join(format!("{nom}-{}.pdf", v.script()));
    std::fs::write(
        &fichier,
        b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R>>\nstartxref\n9\n%%EOF\n",
    )?;
    Ok(fichier)
}

/// To a public structure, with a file: a draft first, then its answer, then the support.
pub async fn ecrire_a_une_structure(v: Visite) -> Result<()> {
    let fichier = document("facture", &v)?;
    let chemin = fichier.to_string_lossy().into_owned();
    v.devenir(HELO).await?;
    v.aller("/sollicitations/saisie").await?;
    v.clic("Demande à une structure publique").await?;
    v.remplir("Identifiant, raison sociale ou ville", "14700985600138")
        .await?;
    v.clic("Rechercher").await?;
    v.clic("Écrire").await?;
    v.choisir("Catégorie", "Facture envoyée à la structure")
        .await?;
    v.remplir("Objet", "Facture 44").await?;
    v.champ("Pièce jointe").await?.send_keys(&chemin).await?;
    v.clic("Joindre le fichier").await?;
    v.lire("Le fichier est joint.").await?;
    // Found again where it was left.
    v.aller("/sollicitations/brouillons").await?;
    v.clic("Reprendre").await?;
    v.clic("Envoyer la sollicitation").await?;
    v.css("[data-resume]").await?;
    v.remplir("Votre demande", "Elle est à échéance.").await?;
    v.clic("Envoyer la sollicitation").await?;
    v.lire("est enregistrée.").await?;
    v.lire(&format!("facture-{}.pdf", v.script())).await?;

    v.devenir(PAULINE).await?;
    v.aller("/").await?;
    v.clic("Sollicitations reçues").await?;
    v.clic_dans("//tr[contains(., 'Facture 44')]", "Ouvrir la sollicitation")
        .await?;
    v.lire("Elle est à échéance.").await?;
    v.remplir("Votre réponse", "Mandatée hier.").await?;
    v.clic_dans("//main", "Répondre").await?;
    v.lire("Son auteur la lit dans le fil et par courriel.")
        .await?;
    v.confirmation("Transférer au support la sollicitation")
        .await?;
    v.remplir("Motif", "La suite relève du support.").await?;
    v.confirmer("Transférer au support").await?;
    v.lire("est transférée au support.").await?;
    std::fs::remove_file(&fichier)?;

    // The administrateur prepares, the desk assigns and answers.
    v.devenir(ADMIN).await?;
    v.aller("/administration/reponses").await?;
    v.clic("Créer une réponse préparée").await?;
    v.remplir("Titre", "Facture en cours").await?;
    v.remplir("Texte", "Bonjour {prénom}, tout suit son cours.")
        .await?;
    v.clic("Enregistrer").await?;
    v.lire("La réponse préparée est enregistrée.").await?;
    v.devenir(SUPPORT).await?;
    v.aller("/support").await?;
    v.clic_dans("//tr[contains(., 'Facture 44')]", "Ouvrir la sollicitation")
        .await?;
    v.lire("La suite relève du support.").await?;
    v.confirmation("Attribuer la sollicitation").await?;
    v.choisir("Agent", "Sabine Arnoult").await?;
    v.remplir("Motif", "Je m’en charge.").await?;
    v.confirmer("Attribuer").await?;
    v.lire("est attribuée à Sabine Arnoult.").await?;
    v.choisir("Commencer par une réponse préparée", "Facture en cours")
        .await?;
    v.clic("Reprendre ce texte").await?;
    v.clic("Résoudre avec cette réponse").await?;
    v.lire("est résolue.").await?;
    v.console_calme().await
}

/// To the support, with a file: taken, noted among colleagues, answered from a prepared answer, read, answered, closed.
pub async fn ecrire_au_support(v: Visite) -> Result<()> {
    let fichier = document("activation", &v)?;
    v.devenir(PAULINE).await?;
    v.aller("/sollicitations/saisie/autre").await?;
    v.choisir(
        "Catégorie",
        "Mon compte et ma connexion\u{202F}: activation",
    )
    .await?;
    v.remplir("Objet", "Lien d’activation d’une collègue")
        .await?;
    v.remplir("Votre demande", "Le lien reçu ne marche plus.")
        .await?;
    v.champ("Pièce jointe")
        .await?
        .send_keys(fichier.to_string_lossy().as_ref())
        .await?;
    v.clic("Envoyer la sollicitation").await?;
    v.lire("est enregistrée.").await?;
    v.lire(&format!("activation-{}.pdf", v.script())).await?;
    std::fs::remove_file(&fichier)?;

    v.devenir(SUPPORT).await?;
    v.aller("/support").await?;
    v.remplir("Référence, objet ou demandeur", "activation d’une collègue")
        .await?;
    v.clic("Rechercher").await?;
    v.clic_dans(
        "//tr[contains(., 'activation d’une collègue')]",
        "Ouvrir la sollicitation",
    )
    .await?;
    v.lire(&format!("activation-{}.pdf", v.script())).await?;
    v.clic("Prendre en charge").await?;
    v.lire("en charge.").await?;
    v.remplir("Réponse ou note", "Vu avec l’équipe\u{202F}: lien périmé.")
        .await?;
    v.clic("Noter en interne").await?;
    v.lire("Seul le support la lit.").await?;
    v.choisir(
        "Commencer par une réponse préparée",
        "Lien d’activation expiré",
    )
    .await?;
    v.clic("Reprendre ce texte").await?;
    v.cocher("J’attends une réponse du demandeur").await?;
    v.clic_dans("//main", "Répondre").await?;
    v.lire("La sollicitation attend maintenant son auteur.")
        .await?;

    v.devenir(PAULINE).await?;
    v.aller("/sollicitations").await?;
    v.clic_dans(
        "//tr[contains(., 'activation d’une collègue')]",
        "Ouvrir la sollicitation",
    )
    .await?;
    v.lire("Bonjour Pauline").await?;
    v.sans("lien périmé").await?;
    v.remplir("Votre réponse", "C’est bon, merci.").await?;
    v.clic_dans("//main", "Répondre").await?;
    v.lire("Votre réponse est envoyée.").await?;
    v.confirmation("Clore la sollicitation").await?;
    v.confirmer("Clore la sollicitation").await?;
    v.lire("est close.").await?;
    v.console_calme().await
}
