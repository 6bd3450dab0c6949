//! Deciding, undoing, and what a structure opens to its users.

use std::time::Instant;

use anyhow::{Result, ensure};
use thirtyfour::{By, Key};

use crate::gestes::Visite;

const PAULINE: &str = "pauline.dufour@terneuil.example";
const CCAS: &str = "14700985600138";

/// Validated, undone: the request waits again.
pub async fn annuler_une_decision(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites?dr.par=25").await?;
    v.clic("Valider la demande de Sophie Lambert").await?;
    v.lire("Pour décider").await?;
    v.lire("Domaine de l’adresse").await?;
    v.clic_dans("//main", "Valider").await?;
    v.lire("La demande de Sophie Lambert est validée.").await?;
    v.confirmation("Annuler cette décision").await?;
    v.confirmer("Annuler la décision").await?;
    v.lire("1 décision annulée.").await?;
    v.lire("Valider la demande de Sophie Lambert").await?;
    v.ouvrir_le_courriel("sophie.lambert@terneuil.example", "Décision annulée")
        .await?;
    v.lire("de nouveau en cours de validation").await?;
    v.console_calme().await
}

/// Ten requests with the keyboard alone, in the time a gestionnaire has: keys and pages are counted, the time is printed.
/// Without the script there are no shortcuts: Tab is not counted, the buttons do the same.
pub async fn dix_demandes_au_clavier(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    if v.script() {
        v.aller("/activites").await?;
        v.touche("s").await?;
        v.titre("Mes actions en attente").await?;
        v.aller("/parametres-affichage").await?;
        v.cocher("Activer les raccourcis clavier").await?;
        v.clic_dans("//main", "Enregistrer").await?;
    }
    v.aller("/activites").await?;
    let debut = Instant::now();
    if !v.script() {
        v.clic("Traiter une à une Les demandes de rattachement")
            .await?;
        for _ in 0..2 {
            v.titre("Rattachement d’un utilisateur").await?;
            v.clic("Valider et traiter la suivante").await?;
            v.lire("est validée.").await?;
        }
        return v.console_calme().await;
    }
    // The help lists the keys and closes.
    v.touche("?").await?;
    v.css("dialog[open] kbd").await?;
    v.touche(Key::Escape).await?;
    v.plus_de("dialog[open]").await?;
    let (mut touches, mut pages) = (1, 1);
    v.css("body").await?.send_keys("s").await?;
    for rang in 0..10 {
        v.titre("Rattachement d’un utilisateur").await?;
        let ici = v.chemin().await?;
        // One in five is refused: the motif is typed, its form sent with Enter on its button.
        if rang % 5 == 4 {
            v.css("body").await?.send_keys("r").await?;
            v.css("dialog[open] #confirmation").await?;
            v.champ("Motif du refus").await?.send_keys("Non.").await?;
            v.commande_dans("//dialog", "Valider le refus et traiter la suivante")
                .await?
                .send_keys(Key::Enter)
                .await?;
            touches += 6;
        } else {
            v.css("body").await?.send_keys("v").await?;
            touches += 1;
        }
        pages += 1;
        v.voir(By::Css("[data-resultat]")).await?;
        ensure!(ici != v.chemin().await?, "the next one");
    }
    let duree = debut.elapsed();
    println!(
        "ten requests: {touches} keys, {pages} pages, {:.1} s",
        duree.as_secs_f64()
    );
    ensure!(
        touches <= 30 && pages <= 12,
        "{touches} keys, {pages} pages"
    );
    v.console_calme().await
}

/// « Ajouter des espaces »: who is concerned is shown first; then taken away again.
pub async fn ouvrir_un_espace_a_tous(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    let ccas = v.site.structure(CCAS).await?;
    v.aller(&format!("/structures/{ccas}")).await?;
    v.clic_dans("//main", "Espaces").await?;
    v.titre("Espaces").await?;
    v.clic("Ajouter des espaces").await?;
    v.titre("Ajouter des espaces").await?;
    v.cocher("Tous les services").await?;
    v.cocher("Consultation de Factures à valider").await?;
    v.confirmation("Continuer").await?;
    v.lire("concernées aujourd’hui").await?;
    v.confirmer("Ouvrir les espaces").await?;
    v.lire("Les espaces sont ouverts.").await?;
    v.cocher("Retirer Factures à valider (Tous les services)")
        .await?;
    v.confirmation("Retirer les espaces sélectionnés").await?;
    v.confirmer("Retirer").await?;
    v.lire("Les espaces sont retirés.").await?;
    v.console_calme().await
}

/// One cell of the matrix, its difference, its record.
pub async fn regler_la_matrice(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    let ccas = v.site.structure(CCAS).await?;
    v.aller(&format!(
        "/structures/{ccas}/espaces/utilisateurs?u.q=mostkowsy"
    ))
    .await?;
    v.titre("Espaces de chaque utilisateur").await?;
    v.choisir("Factures de travaux de Thomas", "Consultation")
        .await?;
    v.confirmation("Enregistrer les changements").await?;
    v.lire("1 personne concernée aujourd’hui").await?;
    v.lire("→ consultation").await?;
    v.confirmer("Enregistrer").await?;
    v.lire("Les espaces sont enregistrés.").await?;
    v.console_calme().await
}
