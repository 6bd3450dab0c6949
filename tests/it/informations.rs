//! What the site says of itself, and the display settings.

use std::collections::BTreeSet;

use vantail::informations::plan;

use crate::support::page::PageLue;
use crate::support::{Portail, config_avec, instructions};

const ZAHRA: &str = "zahra.hamou@example.org";

#[tokio::test]
async fn chaque_page_a_un_titre_unique_et_un_seul_h1() {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    for mut acteur in [portail.anonyme(), portail.connecter(ZAHRA).await] {
        let mut titres = BTreeSet::new();
        for adresse in [
            "/",
            "/mentions-legales",
            "/donnees-personnelles",
            "/accessibilite",
            "/plan-du-site",
            "/parametres-affichage",
        ] {
            let (page, compte) = instructions::compter(acteur.page(adresse)).await;
            page.statut(200);
            assert!(titres.insert(page.titre()), "{}", page.titre());
            assert_eq!(page.tous("h1").len(), 1, "{adresse}");
            assert!(compte <= 8, "{adresse}: {compte} statements");
        }
    }
}

#[tokio::test]
async fn l_exploitant_est_nomme_et_ce_qui_manque_est_dit() {
    let portail = Portail::avec(config_avec(&[
        ("OPERATOR_NAME", "Syndicat <b>Numérique</b>"),
        ("OPERATOR_CONTACT", "contact@syndicat.example"),
    ]))
    .await;
    let mut visiteur = portail.anonyme();
    let page = visiteur.page("/mentions-legales").await;
    page.contient("Syndicat <b>Numérique</b>")
        .contient("contact@syndicat.example")
        .contient("Hébergeur Non renseigné par l’exploitant");
    assert!(!page.corps.contains("<b>Num"));
    visiteur
        .page("/accessibilite")
        .await
        .contient("non conforme")
        .contient("Aucun audit")
        .contient("Défenseur des droits");
    visiteur
        .page("/donnees-personnelles")
        .await
        .contient("CNIL")
        .contient("60 jours");
}

/// GET routes without a parameter that are no page of their own: they lead to one, or are a step of a
/// journey. Files (`.csv`) are offered by the page of their list.
const HORS_PLAN: &[&str] = &[
    "/activites/abonnements/suivante",
    "/inscription/demande",
    "/inscription/fiche",
    "/inscription/messagerie",
    "/inscription/structure",
    "/inscription/verification",
    "/activites/demandes/suivante",
    "/aide/ecran",
    "/connexion/code",
    "/mon-compte/double-authentification/activation",
    "/mon-compte/double-authentification/codes",
    "/mon-compte/double-authentification/retrait",
    // Not for PIGP accounts: reached from « Mon compte ».
    "/mon-compte/desactivation",
    "/mon-compte/desactivation/succession",
    "/mon-compte/donnees.json",
    "/mon-compte/rattachements/succession",
    "/mon-compte/rattachements/succession/confirmation",
    "/mon-compte/rattachements/suppression",
    "/reactivation",
];

#[tokio::test]
async fn le_plan_du_site_connait_toutes_les_pages() {
    let portail = Portail::nouveau().await;
    let connues: Vec<&str> = plan::PARTIES
        .iter()
        .flat_map(|(_, pages)| pages.iter().map(|(chemin, _)| *chemin))
        .chain(HORS_PLAN.iter().copied())
        .collect();
    let oubliees: Vec<&str> = vantail::routes(&portail.app)
        .table()
        .iter()
        .filter(|r| r.methode == "GET" && !r.chemin.contains('{') && !r.chemin.ends_with(".csv"))
        // Below it, what programs read.
        .filter(|r| !r.chemin.starts_with("/api/v1/"))
        .map(|r| r.chemin)
        .filter(|chemin| !connues.contains(chemin))
        .collect();
    assert!(
        oubliees.is_empty(),
        "ni au plan du site (informations::plan), ni dans HORS_PLAN : {oubliees:?}"
    );
}

#[tokio::test]
async fn le_plan_du_site_ne_montre_que_ce_qui_s_ouvre() {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    let liens = |page: &PageLue| page.attributs("main section a", "href");
    let mut visiteur = portail.anonyme();
    let page = visiteur.page("/plan-du-site").await;
    assert!(!liens(&page).contains(&"/annuaire".to_owned()));
    for lien in liens(&page) {
        visiteur.lire(&lien).await.statut(200);
    }
    let mut zahra = portail.connecter(ZAHRA).await;
    let page = zahra.page("/plan-du-site").await;
    assert!(liens(&page).contains(&"/annuaire".to_owned()));
    assert!(!liens(&page).contains(&"/activites".to_owned()));
    for lien in liens(&page) {
        zahra.lire(&lien).await.statut(200);
    }
}

#[tokio::test]
async fn l_affichage_d_un_visiteur_tient_dans_un_cookie() {
    let portail = Portail::nouveau().await;
    let mut visiteur = portail.anonyme();
    let page = visiteur.page("/parametres-affichage").await;
    let formulaire = page
        .formulaire("Enregistrer")
        .choisir("theme", "sombre")
        .choisir("densite", "aeree");
    let envoi = visiteur
        .poster_sans_suivre(
            "/parametres-affichage",
            &[("theme", "sombre"), ("densite", "aeree")],
        )
        .await;
    let cookie = envoi.entete("set-cookie").expect("a cookie");
    assert_eq!(
        cookie,
        "affichage=sombre.aeree; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax; Secure"
    );
    let page = formulaire.envoyer(&mut visiteur).await;
    page.statut(200)
        .contient("Paramètres d’affichage enregistrés");
    assert_eq!(page.attributs("html", "data-theme"), ["sombre"]);
    assert_eq!(page.attributs("html", "data-densite"), ["aeree"]);
    assert_eq!(portail.nombre("select count(*) from messages").await, 0);
}

#[tokio::test]
async fn l_affichage_d_une_personne_suit_son_compte() {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    let mut zahra = portail.connecter(ZAHRA).await;
    let page = zahra.page("/parametres-affichage").await;
    let page = page
        .formulaire("Enregistrer")
        .choisir("theme", "clair")
        .cocher("raccourcis", "oui")
        .envoyer(&mut zahra)
        .await;
    page.statut(200);
    assert_eq!(page.attributs("html", "data-theme"), ["clair"]);
    assert_eq!(page.attributs("body", "data-raccourcis"), ["on"]);
    // Another browser, the same person.
    let page = portail.connecter(ZAHRA).await.page("/").await;
    assert_eq!(page.attributs("html", "data-theme"), ["clair"]);
}

#[tokio::test]
async fn un_theme_inconnu_est_refuse_et_rien_ne_change() {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    let mut zahra = portail.connecter(ZAHRA).await;
    let avant = portail.empreinte().await;
    for champs in [
        vec![("theme", "rose"), ("densite", "aeree")],
        vec![("theme", "clair")],
        vec![("theme", "clair; Path=/x"), ("densite", "aeree")],
        vec![
            ("theme", "clair"),
            ("densite", "aeree"),
            ("equipe", "support"),
        ],
    ] {
        let page = zahra
            .poster_sans_suivre("/parametres-affichage", &champs)
            .await;
        page.statut(422);
        assert!(
            page.entete("set-cookie")
                .is_none_or(|c| !c.starts_with("affichage"))
        );
    }
    assert_eq!(portail.empreinte().await, avant);
}
