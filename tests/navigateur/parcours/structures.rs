//! The structure itself: block C, the fiche, its services, its end and its return (R-GEST-STRUCTURES, R-STR-FICHE,
//! R-STR-SERVICES).

use anyhow::Result;

use crate::gestes::Visite;

const PAULINE: &str = "pauline.dufour@terneuil.example";

/// From « Mes structures » to the fiche and back.
pub async fn modifier_la_fiche(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites").await?;
    v.css("#mes-structures").await?;
    v.remplir("Rechercher une de mes structures", "terneuil")
        .await?;
    v.clic_dans("//*[@id = 'mes-structures']", "Rechercher")
        .await?;
    v.clic("Modifier CCAS TERNEUIL").await?;
    v.titre("Modifier la fiche").await?;
    // A wrong number and two parameters that contradict each other: everything typed stays.
    v.remplir("Téléphone", "demain").await?;
    v.cocher("Le code service est obligatoire").await?;
    v.cocher("L’un ou l’autre est obligatoire").await?;
    v.clic("Enregistrer").await?;
    v.css("[data-resume]").await?;
    v.lire("Saisissez un numéro de téléphone").await?;
    v.remplir("Téléphone", "01 49 96 10 12").await?;
    v.decocher("L’un ou l’autre est obligatoire").await?;
    v.clic("Enregistrer").await?;
    v.lire("La fiche est modifiée.").await?;
    v.lire("01 49 96 10 12").await?;
    v.aller("/activites?h.action=structure_modifiee").await?;
    v.clic_dans("//*[@id = 'historique']", "Détail").await?;
    v.lire("Structure modifiée").await?;
    v.lire("01 49 96 10 12").await?;
    v.console_calme().await
}

/// Choosing the structure first, then creating, modifying, deactivating a service.
pub async fn vie_d_un_service(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites").await?;
    v.clic("Créer un service").await?;
    v.titre("Créer un service").await?;
    v.choisir("Choisir la structure", "14700985600138").await?;
    v.envoyer_vide("Soumettre").await?;
    v.lire("Saisissez le code du service.").await?;
    v.remplir("Code de service", "FI_SGPI").await?;
    v.remplir("Libellé du service", "Service financier SGPI")
        .await?;
    v.clic("Soumettre").await?;
    v.lire("a bien été effectué").await?;
    v.titre("Services").await?;
    v.clic("Modifier le service Service financier SGPI").await?;
    v.remplir("Libellé du service", "Service financier").await?;
    v.clic("Enregistrer").await?;
    v.lire("Le service est modifié.").await?;
    v.confirmation("Désactiver le service Service juridique")
        .await?;
    v.lire("Utilisateurs rattachés à ce service").await?;
    v.confirmer("Désactiver le service").await?;
    v.lire("Le service est désactivé.").await?;
    v.confirmation("Activer le service Service juridique")
        .await?;
    v.confirmer("Activer le service").await?;
    v.lire("Le service est activé.").await?;
    v.console_calme().await
}

pub async fn importer_des_services(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites").await?;
    v.clic("Liste des services de CCAS").await?;
    v.clic("Importer des services").await?;
    v.envoyer_vide("Vérifier le fichier").await?;
    let lignes = "Code;Libelle\nACH;Service des achats\nNEUF;Service neuf\n;Sans code";
    v.remplir("Lignes du fichier", lignes).await?;
    v.clic("Vérifier le fichier").await?;
    v.titre("Ce que l’import change").await?;
    v.lire("1 création, 1 modification, 0 ligne inchangée, 1 ligne rejetée")
        .await?;
    v.clic("Appliquer").await?;
    v.lire("L’import est appliqué.").await?;
    v.lire("Service neuf").await?;
    v.console_calme().await
}

/// What it closes is said first; members are told both times.
pub async fn desactiver_puis_reactiver(v: Visite) -> Result<()> {
    v.devenir("claire.petit@4roues.example").await?;
    v.aller("/activites").await?;
    v.clic("Consulter 4 ROUES").await?;
    v.confirmation("Désactiver la structure").await?;
    v.lire("Demandes de rattachement closes").await?;
    v.confirmer("Désactiver la structure").await?;
    v.lire("La structure est désactivée.").await?;
    v.confirmation("Réactiver la structure").await?;
    v.confirmer("Réactiver la structure").await?;
    v.lire("La structure est réactivée.").await?;
    v.ouvrir_le_courriel("claire.petit@4roues.example", "réactivée")
        .await?;
    v.console_calme().await
}
