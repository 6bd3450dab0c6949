//! A request from its author to its decision, and back.

use anyhow::{Result, ensure};

use crate::gestes::Visite;

const ZAHRA: &str = "zahra.hamou@example.org";
const PAULINE: &str = "pauline.dufour@terneuil.example";

/// Zahra finds the CCAS with accents and spaces, and asks for two of its services.
async fn demander(v: &Visite, commentaire: &str) -> Result<()> {
    v.devenir(ZAHRA).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Demander un rattachement").await?;
    v.titre("Demander un rattachement").await?;
    v.remplir("Identifiant, raison sociale ou ville", "  térneuil  ccas ")
        .await?;
    v.clic("Rechercher").await?;
    v.lire("CCAS TERNEUIL SUR SEINE").await?;
    v.css("a[href^='/mon-compte/rattachements/demande/']")
        .await?
        .click()
        .await?;
    v.lire("Votre demande").await?;
    v.cocher("Seulement les services cochés").await?;
    v.cocher("Service achats").await?;
    v.cocher("Service juridique").await?;
    v.remplir("Commentaire", commentaire).await?;
    v.clic("Envoyer la demande").await?;
    v.lire("Votre demande est envoyée.").await?;
    Ok(())
}

pub async fn demander_suivre_valider(v: Visite) -> Result<()> {
    demander(&v, "Je reprends les marchés : merci !").await?;
    // The tracker says who decides, and takes one reminder.
    v.lire("Pauline Dufour").await?;
    v.clic("Relancer la demande sur CCAS").await?;
    v.lire("Votre demande est relancée.").await?;
    let relances = v
        .pilote()
        .find_all(thirtyfour::By::XPath(
            "//button[starts-with(normalize-space(.), 'Relancer la demande sur CCAS')]",
        ))
        .await?;
    ensure!(relances.is_empty(), "one reminder a day");

    v.devenir(PAULINE).await?;
    v.aller("/").await?;
    v.lire("demandes de rattachement").await?;
    v.clic("13 demandes de rattachement").await?;
    v.titre("Mes actions en attente").await?;
    v.remplir("Rechercher un demandeur ou une structure", "hamou")
        .await?;
    v.clic_dans("//*[@id='demandes-rattachement']", "Rechercher")
        .await?;
    v.commande("Refuser la demande de Zahra Hamou").await?;
    v.sans("Hugo Perrin").await?;
    v.clic("Valider la demande de Zahra Hamou").await?;
    v.titre("Rattachement d’un utilisateur à une structure")
        .await?;
    v.lire("Ce que la décision va ouvrir").await?;
    v.lire("Je reprends les marchés : merci !").await?;
    v.clic_dans("//main", "Valider").await?;
    v.lire("La demande de Zahra Hamou est validée.").await?;

    // Her rights are there at the next page, without signing in again; so is the mail.
    v.devenir(ZAHRA).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Ouvrir la fiche de CCAS").await?;
    v.titre("CCAS TERNEUIL SUR SEINE").await?;
    v.lire("Service achats, Service juridique").await?;
    v.ouvrir_le_courriel(ZAHRA, "").await?;
    v.lire("CCAS TERNEUIL SUR SEINE").await?;
    v.console_calme().await
}

pub async fn refuser_avec_motif_et_redemander(v: Visite) -> Result<()> {
    demander(&v, "Première demande.").await?;
    v.devenir(PAULINE).await?;
    v.aller("/activites?dr.tri=date-desc").await?;
    v.confirmation("Refuser la demande de Zahra Hamou").await?;
    v.lire("Refus par le gestionnaire Dufour Pauline").await?;
    v.confirmer("Valider le refus").await?;
    // Without a motive it comes back, saying so.
    v.css("[data-resume]").await?;
    v.remplir("Motif du refus", "Demandez le service commercial.")
        .await?;
    v.clic("Valider le refus").await?;
    v.lire("La demande de Zahra Hamou est refusée.").await?;
    v.devenir(ZAHRA).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("Demandez le service commercial.").await?;
    v.clic("Redemander un rattachement à CCAS").await?;
    v.cocher("Seulement les services cochés").await?;
    v.cocher("Service commercial").await?;
    v.remplir("Commentaire", "Avec le bon service.").await?;
    v.clic("Envoyer la demande").await?;
    v.lire("Votre demande est envoyée.").await?;
    v.console_calme().await
}

pub async fn refuser_en_lot(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites?dr.tri=date-desc").await?;
    v.lire("(12 lignes)").await?;
    v.cocher("Sélectionner la demande de Hugo Perrin").await?;
    v.cocher("Sélectionner la demande de Inès Da Costa").await?;
    if v.script() {
        v.lire("2 demandes sélectionnées").await?;
    }
    v.confirmation("Refuser la sélection").await?;
    v.lire("Inès Da Costa").await?;
    v.remplir("Motif du refus", "Affectations annulées.")
        .await?;
    v.confirmer("Refuser 2 demandes").await?;
    let resultat = v.css("[data-resultat]").await?;
    ensure!(
        resultat.text().await?.contains("Hugo Perrin"),
        "a line per request"
    );
    ensure!(
        resultat.text().await?.contains("Inès Da Costa"),
        "a line per request"
    );
    v.lire("(10 lignes)").await?;
    v.console_calme().await
}

/// The next request, then the list as it was left.
pub async fn traiter_la_suivante(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites?dr.tri=demandeur-asc&dr.par=5&h.par=25")
        .await?;
    v.clic("Valider la demande de Françoise Aubry").await?;
    v.lire("Françoise Aubry demande à agir").await?;
    v.clic("Valider et traiter la suivante").await?;
    v.lire("La demande de Françoise Aubry est validée.").await?;
    v.titre("Rattachement d’un utilisateur à une structure")
        .await?;
    v.sans("Françoise Aubry demande à agir").await?;
    v.clic_dans("//main", "Annuler").await?;
    v.titre("Mes actions en attente").await?;
    let chemin = v.chemin().await?;
    ensure!(
        chemin.contains("dr.tri=demandeur-asc") && chemin.contains("h.par=25"),
        "the list lost its place: {chemin}"
    );
    v.console_calme().await
}

/// « Valider et rattacher un autre utilisateur », then R-GEST-RATTACHER by search.
pub async fn valider_et_rattacher_un_autre(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites?dr.tri=date-desc").await?;
    v.clic("Valider la demande de Hugo Perrin").await?;
    v.clic("Valider et rattacher un autre utilisateur").await?;
    v.lire("La demande de Hugo Perrin est validée.").await?;
    v.titre("Rattacher un utilisateur").await?;
    v.clic_dans("//main", "Rechercher").await?;
    v.css("[data-resume]").await?;
    v.remplir("Nom", "mártin").await?;
    v.remplir("Prénom", "JULES").await?;
    v.clic_dans("//main", "Rechercher").await?;
    v.cocher("Choisir Jules Martin").await?;
    v.clic_dans("//*[@id='resultats']", "Valider").await?;
    v.titre("Rattacher Jules Martin").await?;
    v.remplir("Commentaire", "Renfort des achats.").await?;
    v.decocher("Rattacher à la structure").await?;
    v.cocher("Ouvrir le service Service achats").await?;
    v.clic_dans("//main", "Valider").await?;
    v.lire("Jules Martin est rattaché(e) à CCAS").await?;
    v.devenir("jules.martin@example.org").await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire("CCAS TERNEUIL SUR SEINE").await?;
    v.console_calme().await
}
