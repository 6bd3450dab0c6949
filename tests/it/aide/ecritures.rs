//! Two administrateurs write the same text: the second is told, reads what is stored, and loses nothing of what he typed.

use super::{ADMIN, SECOND, actes};
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

async fn ouvrir(acteur: &mut Acteur, adresse: &str) -> PageLue {
    let page = acteur.page(adresse).await;
    page.statut(200);
    page
}

async fn ecrire(page: &PageLue, acteur: &mut Acteur, corps: &str) -> PageLue {
    page.formulaire("Enregistrer")
        .remplir("corps", corps)
        .envoyer(acteur)
        .await
}

/// The text, as stored.
async fn corps(portail: &Portail, requete: &'static str) -> String {
    sqlx::query_scalar(requete)
        .fetch_one(&portail.db)
        .await
        .expect("a text")
}

async fn a_deux(portail: &Portail, adresse: &str, requete: &'static str) {
    portail.agent(SECOND, "administrateur").await;
    let mut ada = portail.connecter(ADMIN).await;
    let mut grace = portail.connecter(SECOND).await;
    let (chez_ada, chez_grace) = (
        ouvrir(&mut ada, adresse).await,
        ouvrir(&mut grace, adresse).await,
    );
    ecrire(&chez_ada, &mut ada, "Le texte **d’Ada**.")
        .await
        .statut(200)
        .contient("est modifié");
    let avant = portail.empreinte().await;
    let refus = ecrire(&chez_grace, &mut grace, "Le texte de Grace.").await;
    refus
        .statut(409)
        .contient("Ada Lovelace a modifié ce texte le")
        .contient("Rien de ce que vous avez écrit n’est enregistré");
    assert_eq!(refus.tous("#enregistre .redaction strong"), ["d’Ada"]);
    assert_eq!(refus.tous("#corps"), ["Le texte de Grace."], "still typed");
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
    assert_eq!(actes(portail).await, 1);
    // The preview in between does not forget which version was read.
    let apercu = chez_grace
        .formulaire("Voir l’aperçu")
        .remplir("corps", "Le texte de Grace.")
        .envoyer(&mut grace)
        .await;
    ecrire(&apercu, &mut grace, "Le texte de Grace.")
        .await
        .statut(409);
    // Having read, she replaces it.
    ecrire(&refus, &mut grace, "Les deux textes.")
        .await
        .statut(200)
        .contient("est modifié");
    assert_eq!(corps(portail, requete).await, "Les deux textes.");
    assert_eq!(actes(portail).await, 2);
    // Without a version, as by an old tab of another release, or with nonsense: refused, never overwritten.
    for version in ["", "x", "-1", "99999999999"] {
        grace
            .poster(
                adresse,
                &[
                    ("intitule", "Autre"),
                    ("theme", "compte"),
                    ("audience", "visiteur"),
                    ("resume", "R"),
                    ("importance", "normale"),
                    ("corps", "C"),
                    ("version", version),
                ]
                .into_iter()
                .filter(|(champ, _)| {
                    let d_un_article = ["theme", "resume"].contains(champ);
                    let article = adresse.contains("/aide/");
                    (article && *champ != "importance") || (!article && !d_un_article)
                })
                .collect::<Vec<_>>(),
            )
            .await
            .statut(409);
    }
    assert_eq!(corps(portail, requete).await, "Les deux textes.");
}

#[tokio::test]
async fn un_article_ecrit_a_deux_n_ecrase_rien() {
    let portail = super::portail().await;
    a_deux(
        &portail,
        "/administration/aide/se-connecter",
        "select corps from articles_aide where slug = 'se-connecter'",
    )
    .await;
}

#[tokio::test]
async fn une_actualite_ecrite_a_deux_n_ecrase_rien() {
    let portail = super::portail().await;
    let id = portail.actualite("Annonce", "connecte").await;
    a_deux(
        &portail,
        &format!("/administration/actualites/{id}"),
        "select corps from actualites",
    )
    .await;
}

/// A double click sends the same form twice: the second changes nothing and is no conflict.
#[tokio::test]
async fn un_double_clic_n_est_pas_un_conflit() {
    let portail = super::portail().await;
    let mut ada = portail.connecter(ADMIN).await;
    let page = ouvrir(&mut ada, "/administration/aide/se-connecter").await;
    for _ in 0..2 {
        ecrire(&page, &mut ada, "Le même texte.")
            .await
            .statut(200)
            .contient("est modifié");
    }
    assert_eq!(actes(&portail).await, 1);
}

/// Publishing is no change of the text: who writes meanwhile is not stopped.
#[tokio::test]
async fn publier_pendant_que_l_autre_ecrit_ne_le_bloque_pas() {
    let portail = super::portail().await;
    portail.agent(SECOND, "administrateur").await;
    let mut ada = portail.connecter(ADMIN).await;
    let mut grace = portail.connecter(SECOND).await;
    let page = ouvrir(&mut ada, "/administration/aide/se-connecter").await;
    grace
        .poster("/administration/aide/se-connecter/depublication", &[])
        .await
        .statut(200);
    ecrire(&page, &mut ada, "Un autre texte.")
        .await
        .statut(200)
        .contient("est modifié")
        .contient("Brouillon");
}
