//! The administrateur writes, previews, publishes, takes back and deletes; each act is one line of the historique.

use super::{ADMIN, ZAHRA, actes};
use crate::support::{Portail, instructions};

const ARTICLES: &str = "/administration/aide";

async fn parking(portail: &Portail) {
    let mut admin = portail.connecter(ADMIN).await;
    admin
        .page("/administration/aide/nouvel-article")
        .await
        .formulaire("Enregistrer")
        .remplir("intitule", "Où est le parking ?")
        .remplir("theme", "demarrer")
        .remplir("audience", "visiteur")
        .remplir("resume", "Derrière\r\nla mairie.")
        .remplir(
            "corps",
            "## Le parking\n\n1. Prenez la **première** rue.\n\n<script>alert(1)</script>",
        )
        .remplir("mots_cles", "voiture garer stationnement")
        .remplir(
            "ecrans",
            "/plan-du-site\n/plan-du-site\n\n/structures/{structure}",
        )
        .envoyer(&mut admin)
        .await
        .statut(200)
        .contient("L’article est créé, en brouillon")
        .contient("Brouillon");
}

#[tokio::test]
async fn un_article_se_cree_se_publie_se_lit_et_se_depublie() {
    let portail = super::portail().await;
    parking(&portail).await;
    let mut admin = portail.connecter(ADMIN).await;
    let mut visiteur = portail.anonyme();
    // A draft is read by nobody else, and found by nobody.
    visiteur.page("/aide/ou-est-le-parking").await.statut(404);
    visiteur
        .page("/aide/question?q=garer+ma+voiture")
        .await
        .ne_contient_pas("Où est le parking");
    let page = admin.page("/administration/aide/ou-est-le-parking").await;
    page.formulaire("Publier")
        .envoyer(&mut admin)
        .await
        .contient("est publié.");
    let page = visiteur.page("/aide/ou-est-le-parking").await;
    page.statut(200)
        .contient("Derrière la mairie.")
        .contient("<script>alert(1)</script>");
    assert!(!page.corps.contains("<script>alert"));
    assert_eq!(page.tous(".redaction h2"), ["Le parking"]);
    visiteur
        .page("/aide/question?q=garer+ma+voiture")
        .await
        .contient("Où est le parking");
    // The screen leads to it.
    let lien = visiteur.page("/plan-du-site").await.lien("Aide en ligne");
    assert!(
        [
            "Où est le parking ?",
            "Structure, service, espace, utilisateur : ce que disent ces mots"
        ]
        .contains(&visiteur.page(&lien).await.h1().as_str())
    );
    let page = admin.page("/administration/aide/ou-est-le-parking").await;
    page.formulaire("Dépublier")
        .envoyer(&mut admin)
        .await
        .contient("n’est plus publié.");
    visiteur.page("/aide/ou-est-le-parking").await.statut(404);
    assert_eq!(actes(&portail).await, 3);
}

#[tokio::test]
async fn l_apercu_montre_sans_enregistrer() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    let avant = portail.empreinte().await;
    for adresse in [
        "/administration/aide/nouvel-article",
        "/administration/aide/se-connecter",
        "/administration/actualites/nouvelle",
    ] {
        let page = admin.page(adresse).await;
        let apercu = page
            .formulaire("Voir l’aperçu")
            .remplir("intitule", "Titre à voir")
            .remplir("corps", "# Haut\n\n**Texte** <img src=x onerror=alert(1)>")
            .envoyer(&mut admin)
            .await;
        apercu.statut(200).contient("Rien n’est encore enregistré");
        assert_eq!(apercu.tous("#apercu .redaction h3"), ["Haut"], "{adresse}");
        assert_eq!(
            apercu.tous("#apercu .redaction strong"),
            ["Texte"],
            "{adresse}"
        );
        assert!(!apercu.corps.contains("<img"), "{adresse}");
        // What was typed is still there.
        assert_eq!(
            apercu.attributs("#intitule", "value"),
            ["Titre à voir"],
            "{adresse}"
        );
    }
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn une_mauvaise_saisie_se_corrige_au_champ() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    let avant = portail.empreinte().await;
    let long = |n: usize| "é".repeat(n);
    let juste = [
        ("intitule", "Un titre".to_owned()),
        ("theme", "compte".to_owned()),
        ("audience", "visiteur".to_owned()),
        ("resume", "Un résumé.".to_owned()),
        ("corps", "Un texte.".to_owned()),
        ("mots_cles", String::new()),
        ("ecrans", String::new()),
        ("version", "1".to_owned()),
    ];
    for (champ, valeur) in [
        ("intitule", String::new()),
        ("intitule", long(151)),
        ("intitule", "?!".to_owned()),
        // The title of a shipped article, and the address of another page.
        ("intitule", "Se connecter".to_owned()),
        ("intitule", "Question".to_owned()),
        ("intitule", "a\u{202E}b".to_owned()),
        ("theme", "inconnu".to_owned()),
        ("audience", String::new()),
        ("resume", long(301)),
        ("resume", String::new()),
        ("corps", "  ".to_owned()),
        ("corps", long(20_001)),
        ("mots_cles", long(501)),
        ("ecrans", "/nulle-part".to_owned()),
        ("ecrans", "https://ailleurs.example".to_owned()),
    ] {
        let champs: Vec<(&str, &str)> = juste
            .iter()
            .map(|(c, v)| {
                (
                    *c,
                    if *c == champ {
                        valeur.as_str()
                    } else {
                        v.as_str()
                    },
                )
            })
            .collect();
        let page = admin
            .poster("/administration/aide/nouvel-article", &champs)
            .await;
        page.statut(422);
        assert!(
            page.erreur_de(champ).is_some(),
            "{champ} = {:.20}: {}",
            valeur,
            page.texte()
        );
        let page = admin
            .poster("/administration/aide/se-connecter", &champs)
            .await;
        let accepte = ["?!", "Se connecter", "Question"].contains(&valeur.as_str());
        if !accepte {
            page.statut(422);
        }
    }
    // Only the titles that need no new address were accepted on the existing one.
    assert_ne!(portail.empreinte().await, avant);
    for champs in [
        vec![("intitule", "x"), ("intitule", "y")],
        vec![("inconnu", "x")],
    ] {
        admin
            .poster("/administration/aide/nouvel-article", &champs)
            .await
            .statut(422);
    }
}

#[tokio::test]
async fn rien_ne_change_quand_rien_n_est_change() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    let page = admin.page("/administration/aide/se-connecter").await;
    page.formulaire("Enregistrer")
        .envoyer(&mut admin)
        .await
        .contient("L’article est modifié.");
    assert_eq!(actes(&portail).await, 0);
    assert_eq!(
        portail
            .nombre("select count(*) from articles_aide where modifie_par is not null")
            .await,
        0,
        "still the application's to deliver"
    );
    // Published already: twice is no error and no second line.
    admin
        .poster("/administration/aide/se-connecter/publication", &[])
        .await
        .contient("est publié.");
    assert_eq!(actes(&portail).await, 0);
}

#[tokio::test]
async fn la_suppression_se_confirme() {
    let portail = super::portail().await;
    parking(&portail).await;
    let mut admin = portail.connecter(ADMIN).await;
    let page = admin.page("/administration/aide/ou-est-le-parking").await;
    let confirmation = admin.page(&page.lien("Supprimer")).await;
    confirmation
        .statut(200)
        .contient("Supprimer cet article ?")
        .contient("Où est le parking ?");
    confirmation
        .formulaire("Supprimer l’article")
        .envoyer(&mut admin)
        .await
        .contient("est supprimé.");
    admin
        .page("/administration/aide/ou-est-le-parking")
        .await
        .statut(404);
    // A second time: it is gone.
    admin
        .poster("/administration/aide/ou-est-le-parking/suppression", &[])
        .await
        .statut(404);
    assert_eq!(actes(&portail).await, 2);
}

#[tokio::test]
async fn la_liste_cherche_trie_et_compte_peu_d_instructions() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    for adresse in [
        ARTICLES.to_owned(),
        format!("{ARTICLES}?ar.q=siret&ar.tri=date-desc"),
        format!("{ARTICLES}?ar.tri=theme-desc&ar.page=99"),
        "/administration".to_owned(),
        "/administration/aide/se-connecter".to_owned(),
        "/administration/aide/se-connecter/suppression".to_owned(),
        "/administration/actualites".to_owned(),
        "/administration/actualites/nouvelle".to_owned(),
    ] {
        let (page, compte) = instructions::compter(admin.page(&adresse)).await;
        page.statut(200);
        assert!(compte <= 8, "{adresse}: {compte} statements");
    }
    admin
        .page(&format!("{ARTICLES}?ar.q=siret"))
        .await
        .contient("Changer de SIRET")
        .ne_contient_pas("Me connecter");
}

#[tokio::test]
async fn les_autres_n_y_touchent_pas() {
    let portail = super::portail().await;
    portail.agent("sabine@vantail.example", "support").await;
    let actualite = portail.actualite("Une annonce", "visiteur").await;
    let avant = portail.empreinte().await;
    for login in [ZAHRA, "sabine@vantail.example"] {
        let mut acteur = portail.connecter(login).await;
        for adresse in [
            "/administration/aide/nouvel-article".to_owned(),
            "/administration/aide/se-connecter".to_owned(),
            "/administration/aide/se-connecter/depublication".to_owned(),
            "/administration/aide/se-connecter/suppression".to_owned(),
            "/administration/actualites/nouvelle".to_owned(),
            format!("/administration/actualites/{actualite}"),
            format!("/administration/actualites/{actualite}/depublication"),
            format!("/administration/actualites/{actualite}/suppression"),
        ] {
            acteur
                .poster(&adresse, &[("intitule", "x"), ("corps", "y")])
                .await
                .statut(404);
        }
    }
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
}
