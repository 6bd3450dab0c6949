//! Espaces: asked for, decided, seen by the person.

use anyhow::{Result, ensure};

use crate::gestes::Visite;

const DOMINIQUE: &str = "deux.structures@example.org";
const JULIE: &str = "julie.bon@terneuil.example";
const PAULINE: &str = "pauline.dufour@terneuil.example";

/// The structure, then the espaces, both sides.
pub async fn demander_decider_voir(v: Visite) -> Result<()> {
    v.devenir(DOMINIQUE).await?;
    v.aller("/mon-compte").await?;
    v.clic("Ajouter un espace").await?;
    v.titre("Ajouter un espace : la structure").await?;
    v.clic("Choisir BRUNOY").await?;
    v.titre("Ajouter un espace : les services").await?;
    v.cocher("Seulement les services cochés").await?;
    v.cocher("Comptabilité").await?;
    v.cocher("Factures à valider en consultation").await?;
    v.remplir("Commentaire", "Clôture annuelle").await?;
    v.clic("Envoyer la demande").await?;
    v.lire("Votre demande est envoyée.").await?;
    v.lire("En cours de validation").await?;

    v.devenir("gp@b.example").await?;
    v.aller("/").await?;
    v.clic("1 demande d’abonnement").await?;
    v.clic("Valider la demande d’abonnement de Dominique Deschamps")
        .await?;
    v.titre("Abonnement d’un utilisateur aux espaces").await?;
    v.lire("Clôture annuelle").await?;
    v.decocher("Consultation de « Factures à valider »").await?;
    v.cocher("Modification de « Factures à valider »").await?;
    v.clic_dans("//main", "Valider").await?;
    v.lire("La demande d’abonnement de Dominique Deschamps est validée.")
        .await?;

    v.devenir(DOMINIQUE).await?;
    v.aller("/mon-compte/abonnements?ab.q=valider").await?;
    v.lire("Sur votre demande").await?;
    ensure!(
        v.texte().await?.contains("Modification"),
        "the right that was granted"
    );
    v.ouvrir_le_courriel(DOMINIQUE, "Votre abonnement sur")
        .await?;
    v.lire("Factures à valider, en modification (Comptabilité)")
        .await?;
    v.console_calme().await
}

/// Refused with a motif; what was obtained before is given up.
pub async fn refuser_puis_retirer(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites").await?;
    v.confirmation("Refuser la demande d’abonnement de Julie Bon")
        .await?;
    v.lire("Refus par le gestionnaire Dufour Pauline").await?;
    v.confirmer("Valider le refus").await?;
    v.css("[data-resume]").await?;
    v.remplir("Motif du refus", "Le chantier est clos.").await?;
    v.clic("Valider le refus").await?;
    v.lire("La demande d’abonnement de Julie Bon est refusée.")
        .await?;
    v.devenir(JULIE).await?;
    v.aller("/mon-compte/abonnements").await?;
    v.lire("Le chantier est clos.").await?;
    v.confirmation("Retirer cet abonnement « Factures à valider »")
        .await?;
    v.confirmer("Retirer cet abonnement").await?;
    v.lire("Votre abonnement est retiré.").await?;
    v.sans("Retirer cet abonnement").await?;
    v.console_calme().await
}
