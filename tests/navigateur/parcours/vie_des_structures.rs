//! What a gestionnaire principal sets for the whole structure: accounts, mandats, the account of the information system, the
//! identifier (seed 001 §9 and §11).

use anyhow::{Result, ensure};

use crate::gestes::Visite;

const PAULINE: &str = "pauline.dufour@terneuil.example";

async fn fiche(v: &Visite) -> Result<String> {
    let sql = "select '/structures/' || id from structures where identifiant = $1";
    v.site.valeur(sql, "14700985600138").await
}

/// A date field takes its value in one way only, whatever the language of the browser.
async fn remplir_le_jour(v: &Visite, libelle: &str, jours: i32) -> Result<()> {
    let sql = "select (aujourdhui() + $1::text::int)::text";
    let le = v.site.valeur(sql, &jours.to_string()).await?;
    let champ = v.champ(libelle).await?;
    v.pilote()
        .execute(
            "arguments[0].value = arguments[1]",
            vec![champ.to_json()?, serde_json::Value::String(le)],
        )
        .await?;
    Ok(())
}

pub async fn compte_bancaire_et_mandat(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller(&fiche(&v).await?).await?;
    v.clic("Coordonnées bancaires").await?;
    v.clic("Créer une coordonnée bancaire").await?;
    v.remplir("Libellé", "Régie des fêtes").await?;
    v.remplir("IBAN", "DE89 3704 0044 0532 0130 01").await?;
    v.remplir("BIC", "COBADEFF").await?;
    v.clic_dans("//main", "Créer la coordonnée bancaire")
        .await?;
    v.css("[data-resume]").await?;
    v.lire("sa clé de contrôle ne correspond pas").await?;
    v.remplir("IBAN", "DE89 3704 0044 0532 0130 00").await?;
    v.clic_dans("//main", "Créer la coordonnée bancaire")
        .await?;
    v.lire("La coordonnée bancaire est créée.").await?;
    v.lire("DE •••• 3000").await?;
    v.clic("Gérer la coordonnée bancaire Régie des fêtes")
        .await?;
    v.confirmation("Désactiver").await?;
    v.confirmer("Désactiver").await?;
    v.lire("La coordonnée bancaire est désactivée.").await?;
    v.ouvrir_le_courriel("matthieu.cardan@terneuil.example", "Coordonnées bancaires")
        .await?;

    v.aller(&format!("{}/mandats", fiche(&v).await?)).await?;
    v.clic("Donner un mandat").await?;
    v.remplir(
        "Identifiant de la structure qui facture",
        "501 612 857 00018",
    )
    .await?;
    remplir_le_jour(&v, "Premier jour", 3).await?;
    v.clic_dans("//main", "Continuer").await?;
    v.css("#confirmation").await?;
    v.lire("4 ROUES SOUS UN PARAPLUIE").await?;
    v.confirmer("Confirmer").await?;
    v.lire("Le mandat de facturation est créé.").await?;
    v.confirmation("Terminer le mandat donné à 4 ROUES").await?;
    v.confirmer("Terminer le mandat").await?;
    v.lire("La fin du mandat est enregistrée.").await?;
    v.lire("Annulé").await?;
    v.console_calme().await
}

pub async fn utilisateur_technique(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller(&fiche(&v).await?).await?;
    v.clic("Utilisateurs techniques").await?;
    v.lire("technique-terneuil").await?;
    v.clic("Créer un utilisateur technique").await?;
    v.lire("Contactez votre éditeur de solution informatique")
        .await?;
    v.clic_dans("//main", "Exporter les informations de connexion")
        .await?;
    v.css("[data-resume]").await?;
    v.remplir("Adresse électronique de contact", "si@editeur.example")
        .await?;
    v.clic_dans("//main", "Exporter les informations de connexion")
        .await?;
    // The file is downloaded, the page stays: the account is in the list.
    v.aller(&format!("{}/techniques", fiche(&v).await?)).await?;
    v.lire("si@editeur.example").await?;
    v.lire("Jamais").await?;
    v.clic("Réinitialiser le mot de passe de l’utilisateur technique")
        .await?;
    v.lire("Prévenez d’abord votre système d’information")
        .await?;
    v.aller("/api/documentation").await?;
    v.titre("Documentation de l’API").await?;
    v.console_calme().await
}

pub async fn changer_d_identifiant(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    let ancienne = fiche(&v).await?;
    v.aller(&ancienne).await?;
    v.clic("Identifiant").await?;
    v.confirmation("Modifier l’identifiant").await?;
    v.clic("Continuer").await?;
    v.titre("Nouvel identifiant").await?;
    v.remplir("Nouvel identifiant", "501 612 857 00018").await?;
    v.clic_dans("//main", "Continuer").await?;
    v.css("[data-resume]").await?;
    v.lire("déjà celui d’une structure du portail").await?;
    v.remplir("Nouvel identifiant", "26690024000018").await?;
    v.clic_dans("//main", "Continuer").await?;
    v.lire("Confirmer le changement d’identifiant").await?;
    v.lire("5 services").await?;
    v.clic_dans("//main", "Modifier l’identifiant").await?;
    v.lire("L’identifiant est modifié.").await?;
    ensure!(v.chemin().await?.split('?').next() != Some(ancienne.as_str()));
    v.aller(&ancienne).await?;
    v.lire("Cette structure est désactivée").await?;
    v.devenir("julie.bon@terneuil.example").await?;
    v.ouvrir_le_courriel("julie.bon@terneuil.example", "change d’identifiant")
        .await?;
    v.console_calme().await
}
