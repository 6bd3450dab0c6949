//! Contracts of the components, read in the HTML they produce (ui/README §1.5 and §2).
//!
//! With `VANTAIL_PLANCHE=folder`, the pages are also written there, to be looked at in a browser.

mod champs_et_listes;
mod planche;

use askama::Template;
use planche::{Confirmation, Etape, Lien, PageErreur, Planche};
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeSet;

fn rendre(nom: &str, modele: &impl Template) -> Html {
    let html = modele.render().expect("the templates do not fail");
    if let Some(dossier) = std::env::var_os("VANTAIL_PLANCHE") {
        let fichier = std::path::Path::new(&dossier).join(nom);
        std::fs::write(fichier, &html).expect("the folder can be written");
    }
    Html::parse_document(&html)
}

fn tous<'a>(page: &'a Html, selecteur: &str) -> Vec<ElementRef<'a>> {
    let selecteur = Selector::parse(selecteur).expect("a valid selector");
    page.select(&selecteur).collect()
}

fn un<'a>(page: &'a Html, selecteur: &str) -> ElementRef<'a> {
    let trouves = tous(page, selecteur);
    assert_eq!(trouves.len(), 1, "{selecteur}");
    trouves[0]
}

fn texte(element: ElementRef) -> String {
    let texte: String = element.text().collect();
    // only plain spaces: a narrow no-break space is part of the text
    texte.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn attr<'a>(element: ElementRef<'a>, nom: &str) -> &'a str {
    element.value().attr(nom).unwrap_or_default()
}

/// Every page the tests know, so that the general rules are checked on each.
fn pages() -> Vec<(&'static str, Html)> {
    let mut resultat = planche::planche();
    resultat.page.message = Some(planche::message());
    resultat.page.raccourcis = true;
    resultat.page.densite = "aeree";
    let confirmation = Confirmation {
        page: planche::page(),
        demandes: vec![
            "Yann Zeller, Commune de Valserre",
            "Élodie Faure, Lycée Jean-Perrin",
        ],
    };
    let mut anonyme = planche::page();
    anonyme.personne = None;
    anonyme.menu.clear();
    anonyme.demo = false;
    let mut etape = Etape {
        page: planche::page(),
    };
    etape.page.menu.clear();
    vec![
        ("planche.html", rendre("planche.html", &planche::planche())),
        (
            "erreurs.html",
            rendre("erreurs.html", &planche::planche_refusee()),
        ),
        ("resultat.html", rendre("resultat.html", &resultat)),
        (
            "404.html",
            rendre(
                "404.html",
                &PageErreur {
                    page: anonyme,
                    code: 404,
                    titre: "Page introuvable",
                    explication: "L'adresse est inexacte, ou l'objet n'existe plus.",
                    details: Vec::new(),
                    reference: "01JD-4F2K",
                    action: Some(Lien {
                        href: "/connexion".into(),
                        libelle: "Se connecter".into(),
                    }),
                },
            ),
        ),
        (
            "confirmation.html",
            rendre("confirmation.html", &confirmation),
        ),
        ("etape.html", rendre("etape.html", &etape)),
    ]
}

#[test]
fn rien_en_ligne_et_aucun_identifiant_double() {
    for (nom, page) in pages() {
        let mut vus = BTreeSet::new();
        for element in tous(&page, "*") {
            for (attribut, _) in element.value().attrs() {
                assert!(
                    attribut != "style" && !attribut.starts_with("on"),
                    "{nom} : {}",
                    element.html()
                );
            }
            if let Some(id) = element.value().id() {
                assert!(vus.insert(id), "{nom} : identifiant {id} en double");
            }
        }
        assert!(tous(&page, "style, script:not([src])").is_empty(), "{nom}");
        assert!(tous(&page, "button:not([type])").is_empty(), "{nom}");
        assert!(
            tous(&page, "svg:not([aria-hidden=true])").is_empty(),
            "{nom}"
        );
        assert!(tous(&page, "p p, p div, p ul").is_empty(), "{nom}");
    }
}

#[test]
fn chaque_page_a_son_cadre() {
    for (nom, page) in pages() {
        assert_eq!(attr(un(&page, "html"), "lang"), "fr", "{nom}");
        for unique in ["h1", "main#contenu", "header", "footer", "[role=status]"] {
            un(&page, unique);
        }
        assert_eq!(texte(un(&page, "[role=status]")), "");
        let premier = tous(&page, "a, button, input")[0];
        assert_eq!(texte(premier), "Aller au contenu", "{nom}");
        assert!(texte(un(&page, "title")).ends_with(" – Vantail"), "{nom}");
        let pied = texte(un(&page, "footer"));
        for lien in [
            "Accessibilité\u{202f}: non conforme",
            "Mentions légales",
            "Données personnelles",
            "Plan du site",
            "Paramètres d'affichage",
            "Service exploité par l'agence de démonstration.",
        ] {
            assert!(pied.contains(lien), "{nom} : {lien}");
        }
    }
}

#[test]
fn l_entete_suit_la_personne() {
    let pages = pages();
    let connectee = &pages[0].1;
    assert!(texte(un(connectee, "header")).contains("Amélie Bernard"));
    assert_eq!(
        texte(un(
            connectee,
            "form[method=post][action='/deconnexion'] button"
        )),
        "Déconnexion"
    );
    assert_eq!(
        texte(un(connectee, "header [aria-current=page]")),
        "Activités du gestionnaire"
    );
    assert_eq!(
        texte(un(connectee, "header a[href='/aide']")),
        "Aide en ligne"
    );
    assert_eq!(
        texte(un(connectee, "header form[action='/aide/question'] button")),
        "Demander"
    );
    let fil = un(
        connectee,
        "nav[aria-label='Vous êtes ici'] [aria-current=page]",
    );
    assert_eq!(texte(fil), "Activités du gestionnaire");

    let anonyme = &pages[3].1;
    assert_eq!(
        texte(un(anonyme, "header a[href='/connexion']")),
        "Connexion"
    );
    assert!(tous(anonyme, "form[action='/deconnexion'], header nav").is_empty());
    un(anonyme, "a[href='/aide']");
}

#[test]
fn le_resultat_d_une_action_attend_le_focus_et_donne_le_detail() {
    let pages = pages();
    let page = &pages[2].1;
    let message = un(page, "main [data-resultat][tabindex='-1']");
    assert!(texte(message).contains("2 demandes validées, 1 laissée de côté"));
    assert_eq!(tous(page, "[data-resultat] li").len(), 3);
    assert_eq!(tous(page, "[data-resultat] li.echec").len(), 1);
    un(page, "body[data-raccourcis=on] dialog#aide-raccourcis");
    un(page, "html[data-densite=aeree]");
    assert!(tous(&pages[0].1, "[data-resultat], dialog, [data-raccourcis]").is_empty());
}

#[test]
fn le_theme_choisi_est_dans_la_page_avant_tout_script() {
    for (theme, schema) in [
        ("clair", "light"),
        ("sombre", "dark"),
        ("systeme", "light dark"),
    ] {
        let mut modele: Planche = planche::planche();
        modele.page.theme = theme;
        let page = rendre(&format!("theme-{theme}.html"), &modele);
        assert_eq!(
            attr(un(&page, "meta[name=color-scheme]"), "content"),
            schema
        );
        let attendu = if theme == "systeme" { "" } else { theme };
        assert_eq!(attr(un(&page, "html"), "data-theme"), attendu);
    }
}

#[test]
fn une_page_d_erreur_dit_quoi_faire() {
    let page = &pages()[3].1;
    assert_eq!(texte(un(page, "h1")), "Page introuvable");
    assert!(texte(un(page, "main")).contains("la référence 01JD-4F2K"));
    assert_eq!(texte(un(page, "main a[href='/connexion']")), "Se connecter");
    un(page, "main a[href='/']");
}

#[test]
fn une_confirmation_est_une_page_entiere_dont_la_fenetre_prend_le_contenu() {
    let page = &pages()[4].1;
    let section = un(page, "section#confirmation");
    assert_eq!(
        texte(un(
            page,
            "#confirmation > h1#confirmation-titre[tabindex='-1']"
        )),
        "Refuser 2 demandes de rattachement\u{202f}?"
    );
    assert_eq!(attr(section, "aria-labelledby"), "confirmation-titre");
    un(page, "#confirmation a[data-annuler][href='/activites']");
    let bouton = un(page, "#confirmation button[type=submit]");
    assert_eq!(texte(bouton), "Refuser 2 demandes");
    assert!(bouton.value().attr("data-confirme").is_none());
}

#[test]
fn une_etape_dit_son_rang_et_la_suite() {
    let page = &pages()[5].1;
    let titre = un(page, "h1[aria-describedby=etape]");
    assert_eq!(texte(titre), "Votre structure");
    assert_eq!(texte(un(page, "#etape")), "Étape 2 sur 4");
    assert_eq!(tous(page, "ol[aria-hidden] li").len(), 4);
    assert_eq!(tous(page, "ol[aria-hidden] li.fait").len(), 2);
    assert!(texte(un(page, "main")).contains("Étape suivante\u{202f}: Vos coordonnées"));
    assert_eq!(tous(page, "fieldset > legend").len(), 2);
}
