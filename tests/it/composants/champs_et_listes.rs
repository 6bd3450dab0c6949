//! Fields, lists and small data.

use super::{attr, pages, planche, texte, tous, un};
use askama::Template;
use scraper::Selector;

#[test]
fn chaque_champ_a_son_etiquette_et_ses_aides() {
    for (nom, page) in pages() {
        for champ in tous(&page, "input:not([type=hidden]), select, textarea") {
            let id = champ.value().id().unwrap_or_default();
            let etiquette = tous(&page, "label").into_iter().find(|e| {
                (!id.is_empty() && attr(*e, "for") == id)
                    || e.descendants().any(|d| d.id() == champ.id())
            });
            let etiquette = etiquette.map(texte).unwrap_or_default();
            assert!(!etiquette.is_empty(), "{nom} : {}", champ.html());
            for aide in attr(champ, "aria-describedby").split_whitespace() {
                assert!(!texte(un(&page, &format!("[id='{aide}']"))).is_empty());
            }
        }
    }
    let page = &pages()[0].1;
    assert_eq!(
        texte(un(page, "label[for=siret]")),
        "SIRET de la structure *"
    );
    assert_eq!(texte(un(page, "label[for=tel]")), "Téléphone (facultatif)");
    assert_eq!(attr(un(page, "#siret"), "aria-describedby"), "siret-aide");
    assert!(tous(page, "[aria-invalid], [data-resume]").is_empty());
    assert_eq!(
        texte(un(page, "#commentaire-aide")),
        "255 caractères au maximum."
    );
    assert_eq!(
        texte(un(page, "#commentaire")),
        "Bonjour, je rejoins le service."
    );
    assert!(un(page, "#secret").value().attr("value").is_none());
    assert_eq!(attr(un(page, "[data-montre]"), "data-montre"), "secret");
    assert_eq!(
        attr(un(page, "#type option[selected]"), "value"),
        "publique"
    );
}

#[test]
fn un_formulaire_refuse_dit_la_meme_chose_en_haut_et_au_champ() {
    let page = &pages()[1].1;
    assert!(texte(un(page, "title")).starts_with("Erreur\u{202f}: "));
    assert_eq!(texte(un(page, "[data-resume] h2")), "4 erreurs à corriger");
    let liens = tous(page, "[data-resume] a");
    assert_eq!(liens.len(), 3);
    for lien in liens {
        let id = attr(lien, "href").trim_start_matches('#');
        let champ = un(page, &format!("[id='{id}']"));
        let erreur = un(page, &format!("[id='{id}-erreur']"));
        assert_eq!(texte(erreur), format!("Erreur\u{202f}: {}", texte(lien)));
        if attr(champ, "type") == "radio" {
            un(page, &format!("fieldset[aria-describedby='{id}-erreur']"));
        } else {
            assert_eq!(attr(champ, "aria-invalid"), "true");
            assert!(attr(champ, "aria-describedby").ends_with(&format!("{id}-erreur")));
        }
    }
    let html = page.html();
    assert!(
        html.find("data-resume") < html.find("<h1"),
        "the summary stands above the h1"
    );
}

#[test]
fn un_tableau_dit_son_tri_et_nomme_ses_lignes() {
    let page = &pages()[0].1;
    let bloc = "#demandes ";
    assert_eq!(
        attr(un(page, &format!("{bloc}[aria-sort]")), "aria-sort"),
        "descending"
    );
    let lien = un(page, "#demandes-tri-date");
    assert_eq!(attr(lien, "data-frag"), "#demandes");
    assert!(tous(page, "table thead td").is_empty());
    for boite in tous(page, "[role=group][tabindex='0']") {
        let legende = un(
            page,
            &format!("caption[id='{}']", attr(boite, "aria-labelledby")),
        );
        assert!(!texte(legende).is_empty());
    }
    assert_eq!(tous(page, &format!("{bloc}tbody th[scope=row]")).len(), 5);
    let case = tous(page, &format!("{bloc}tbody label"))[2];
    assert_eq!(texte(case), "Sélectionner la demande de Zoé Aubert");
    let actions = tous(page, &format!("{bloc}tbody tr:first-child td:last-child a"));
    assert_eq!(texte(actions[0]), "Valider la demande de Yann Zeller");
    let lot = un(
        page,
        "form[data-lot][method=post][action='/activites/demandes/lot']",
    );
    let decisions: Vec<_> = lot
        .select(&Selector::parse("button[data-confirme][name=decision]").expect("valid"))
        .map(|b| (attr(b, "value"), texte(b)))
        .collect();
    assert_eq!(
        decisions,
        [
            ("valider", "Valider la sélection".to_owned()),
            ("refuser", "Refuser la sélection".to_owned())
        ]
    );
}

#[test]
fn la_pagination_est_une_liste_nommee_et_disparait_sur_une_seule_page() {
    let page = &pages()[0].1;
    let nav = "nav[aria-label='Pages des demandes de rattachement'] ";
    assert_eq!(
        texte(un(page, &format!("{nav}[aria-current=page]"))),
        "Page 2"
    );
    let textes: Vec<_> = tous(page, &format!("{nav}li"))
        .into_iter()
        .map(texte)
        .collect();
    assert_eq!(
        textes,
        [
            "Précédente",
            "Page 1",
            "Page 2",
            "Page 3",
            "…",
            "Page 9",
            "Suivante"
        ]
    );
    let par = un(page, "#demandes-par option[selected]");
    assert_eq!(attr(par, "value"), "5");
    assert_eq!(
        tous(page, "form[data-frag='#demandes'] input[type=hidden]").len(),
        4
    );

    let mut seule = planche::planche();
    seule.pages.truncate(1);
    // the board always gives neighbours; a list of one page has none
    let html = PaginationSeule { pages: seule.pages }
        .render()
        .expect("renders");
    assert_eq!(html.trim(), "");
}

#[derive(Template)]
#[template(
    source = r#"{% import "composants/tableaux.html" as t %}{{ t::pagination("x", "Pages", pages) }}"#,
    ext = "html"
)]
struct PaginationSeule {
    pages: Vec<planche::LienPage>,
}

#[test]
fn les_nombres_s_accordent_et_les_donnees_se_copient() {
    let page = &pages()[0].1;
    let corps = texte(un(page, "main"));
    assert!(
        corps.contains("(0 ligne) (1 ligne) (10\u{202f}000 lignes) (plus de 10\u{202f}000 lignes)"),
        "{corps}"
    );
    assert!(corps.contains("(43 lignes)"));
    let siret = un(page, "#structure dl div:nth-child(2) dd");
    assert_eq!(texte(siret), "21740123400015", "copied without spaces");
    let groupes: Vec<_> = siret
        .select(&Selector::parse("span > span").expect("valid"))
        .map(texte)
        .collect();
    assert_eq!(groupes, ["217", "401", "234", "00015"]);
    let dates = tous(page, "#structure time");
    assert_eq!(texte(dates[0]), "20/11/2026 à 10:42");
    assert_eq!(attr(dates[0], "datetime"), "2026-11-20T10:42:00+01:00");
    assert!(texte(un(page, "#demandes tbody tr:first-child time")).contains("17/11/2026"));
    // a wrapping macro with a parameter « titre » must not hide the field of the page
    assert!(
        corps.contains("Repère Toutes les pièces") || corps.contains("RepèreToutes les pièces")
    );
}
