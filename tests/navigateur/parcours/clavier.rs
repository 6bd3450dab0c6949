//! Keyboard only, and what the script adds.

use anyhow::{Result, ensure};
use thirtyfour::{By, Key};

use crate::gestes::Visite;

const PAULINE: &str = "pauline.dufour@terneuil.example";

/// The id of what has the focus.
async fn id_du_focus(v: &Visite) -> Result<String> {
    Ok(v.pilote()
        .active_element()
        .await?
        .id()
        .await?
        .unwrap_or_default())
}

pub async fn tout_au_clavier(v: Visite) -> Result<()> {
    v.aller("/connexion").await?;
    // The first stop is the skip link, seen when it has the focus.
    v.css("body").await?.send_keys(Key::Tab).await?;
    ensure!(
        v.focus().await? == "Aller au contenu",
        "{}",
        v.focus().await?
    );
    v.touche(Key::Enter).await?;
    v.touche(Key::Tab).await?;
    ensure!(
        id_du_focus(&v).await? == "adresse",
        "after the skip link, the first field"
    );
    v.touche(Key::Enter).await?;
    let resume = v.css("[data-resume]").await?;
    if v.script() {
        ensure!(
            v.focus().await?.contains("erreurs à corriger"),
            "the summary has the focus"
        );
    }
    // A link of the summary leads to its field.
    resume
        .find(By::Css("a"))
        .await?
        .send_keys(Key::Enter)
        .await?;
    if v.script() {
        ensure!(
            id_du_focus(&v).await? == "adresse",
            "{}",
            id_du_focus(&v).await?
        );
    }

    v.devenir(PAULINE).await?;
    v.aller("/activites").await?;
    // A sort answers in place and keeps the focus; the other block keeps its own state.
    v.css("#demandes-rattachement-tri-demandeur")
        .await?
        .send_keys(Key::Enter)
        .await?;
    v.css("th[aria-sort] #demandes-rattachement-tri-demandeur")
        .await?;
    if v.script() {
        ensure!(
            id_du_focus(&v).await? == "demandes-rattachement-tri-demandeur",
            "the focus stays on the sort"
        );
    }
    v.css("#historique-tri-date")
        .await?
        .send_keys(Key::Enter)
        .await?;
    v.voir(By::Css("th[aria-sort='ascending'] #historique-tri-date"))
        .await?;
    let chemin = v.chemin().await?;
    ensure!(
        chemin.contains("dr.tri=") && chemin.contains("h.tri="),
        "each block keeps its state: {chemin}"
    );
    v.css("th[aria-sort] #demandes-rattachement-tri-demandeur")
        .await?;
    if v.script() {
        fenetre(&v).await?;
    }
    v.console_calme().await
}

/// Échap closes the window and gives the focus back to what opened it; the counter follows the text.
async fn fenetre(v: &Visite) -> Result<()> {
    let ouvrant = v.commande("Refuser la demande de").await?;
    let nom = ouvrant.text().await?;
    ouvrant.send_keys(Key::Enter).await?;
    v.css("dialog[open] #confirmation").await?;
    ensure!(
        id_du_focus(v).await? == "confirmation-titre",
        "the title has the focus"
    );
    v.remplir("Motif du refus", "Non").await?;
    v.lire("252 caractères restants").await?;
    v.touche(Key::Escape).await?;
    v.plus_de("dialog").await?;
    ensure!(
        v.focus().await?.starts_with(&nom),
        "back to the opener: {}",
        v.focus().await?
    );
    Ok(())
}
