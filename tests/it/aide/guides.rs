//! Each section of the five guides is answered, and each screen has its article.

use std::collections::BTreeSet;

use vantail::acces::Permission;
use vantail::aide::livraison::livres;
use vantail::aide::{Audience, GUIDES};

use crate::support::Portail;

/// The sections of the guides, as their titles stand there.
const SECTIONS: [(&str, &[(&str, &str)]); 5] = [
    (
        "000",
        &[
            (
                "1.a",
                "Chef d’établissement\u{202F}: il vient de la même académie",
            ),
            (
                "1.b",
                "Chef d’établissement\u{202F}: il vient d’une autre académie",
            ),
            (
                "1.c",
                "Chef d’établissement\u{202F}: il n’a pas accès au PIGP",
            ),
            (
                "2.a",
                "Nouveau personnel\u{202F}: il vient de la même académie",
            ),
            (
                "2.b",
                "Nouveau personnel\u{202F}: il vient d’une autre académie",
            ),
            ("2.c", "Nouveau personnel\u{202F}: il n’a pas accès au PIGP"),
            ("3.a", "Le chef d’établissement sortant transfère le rôle"),
            ("3.b", "Il est parti sans avoir transféré son rôle"),
            ("Autres questions", "Vous avez d’autres questions ?"),
        ],
    ),
    (
        "001",
        &[
            (
                "Écran de synthèse",
                "L’accueil connecté et l’écran de synthèse A–E",
            ),
            ("1", "Gérer les demandes de rattachement"),
            ("2", "Valider une demande de rattachement"),
            ("3", "Refuser une demande de rattachement"),
            ("4", "Gérer les demandes d’abonnement à des espaces"),
            ("5", "Valider une demande d’abonnement à des espaces"),
            ("6", "Refuser une demande d’abonnement à des espaces"),
            (
                "7.a",
                "Rattacher un utilisateur ayant un compte, depuis « Mes structures »",
            ),
            ("7.b", "… depuis « Rechercher Utilisateur »"),
            ("8", "Rattacher un utilisateur n’ayant pas de compte"),
            ("9", "Rattacher un utilisateur technique"),
            (
                "10.A",
                "Transférer le rôle\u{202F}: il souhaite conserver son accès",
            ),
            (
                "10.B",
                "Transférer le rôle\u{202F}: il ne souhaite pas conserver son accès",
            ),
            ("11", "Déclaration de changement du SIRET"),
            ("12", "Obtenir l’historique des actions"),
            ("Autres guides", "Les guides de la communauté"),
        ],
    ),
    (
        "002",
        &[
            ("Écran de synthèse", "Accéder à l’écran de synthèse"),
            ("1", "Gérer les demandes de rattachement"),
            ("2", "Gérer les demandes d’abonnement aux espaces"),
            ("3.A", "Rattacher un utilisateur ayant un compte"),
            ("3.B", "Rattacher un utilisateur n’ayant pas de compte"),
            ("4", "Obtenir l’historique"),
            ("5", "Rechercher et gérer des utilisateurs"),
            (
                "6.A",
                "Transférer le rôle\u{202F}: il souhaite conserver son accès",
            ),
            (
                "6.B",
                "Transférer le rôle\u{202F}: il ne souhaite pas conserver son accès",
            ),
            ("Pour aller plus loin", "Les autres guides"),
        ],
    ),
    (
        "003",
        &[
            ("1", "Vérifiez votre rôle"),
            ("2.A", "Accédez à l’espace Activités du gestionnaire"),
            ("2.B", "Paramétrez votre structure"),
            ("2.C", "Les informations utiles"),
            ("2.D", "Habilitez vos collaborateurs"),
            ("2.E", "Gérez une demande d’abonnement"),
            ("2.F", "Transférez le rôle de gestionnaire principal"),
        ],
    ),
    (
        "004",
        &[
            ("Introduction", "Les deux types d’utilisateurs"),
            ("1", "Se connecter pour accéder aux domaines"),
            ("2", "Création d’un nouveau service"),
            ("3.1", "La création du compte personnel"),
            ("3.2", "Le mode opératoire"),
            (
                "3.3",
                "Rattacher un utilisateur à une structure ou un service",
            ),
            ("3.4", "Gérer les droits des utilisateurs"),
        ],
    ),
];

#[test]
fn chaque_section_des_cinq_guides_a_sa_reponse() {
    let sources: BTreeSet<String> = livres()
        .expect("the articles")
        .into_iter()
        .flat_map(|l| l.sources)
        .collect();
    let connues: BTreeSet<String> = SECTIONS
        .iter()
        .flat_map(|(guide, sections)| sections.iter().map(move |(s, _)| format!("{guide} §{s}")))
        .collect();
    let sans_reponse: Vec<_> = connues.difference(&sources).collect();
    assert!(
        sans_reponse.is_empty(),
        "sections without an article: {sans_reponse:?}"
    );
    let inconnues: Vec<_> = sources.difference(&connues).collect();
    assert!(
        inconnues.is_empty(),
        "articles that name no section: {inconnues:?}"
    );
    assert_eq!(SECTIONS.map(|(g, _)| g), GUIDES.map(|(g, _)| g));
}

/// Who may at least open a page of this permission.
fn lecteurs(permission: Permission) -> Audience {
    match permission {
        Permission::Visiteur => Audience::Visiteur,
        Permission::Identifie
        | Permission::Connecte
        | Permission::EnPersonne
        | Permission::Membre
        | Permission::Espace(_) => Audience::Connecte,
        // A gestionnaire principal of a deactivated structure manages nothing any more, and still reads its pages.
        Permission::GestionPrincipale => Audience::Gestionnaire,
        Permission::Gestion(_) | Permission::Portee(_) => Audience::Gestionnaire,
        Permission::Support
        | Permission::Referent
        | Permission::Administration
        | Permission::Regard => Audience::Support,
        Permission::Technique => Audience::Visiteur,
    }
}

/// Routes that are no screen: files, what programs read, what leads elsewhere; the demo's mails; the aide itself.
fn est_un_ecran(chemin: &str) -> bool {
    let suite = [
        "/activites/demandes/suivante",
        "/activites/abonnements/suivante",
    ];
    !(chemin.ends_with(".csv")
        || chemin.ends_with(".json")
        || chemin.ends_with("/{piece}")
        || chemin.starts_with("/api/v1/")
        || chemin.starts_with("/demo/")
        || chemin.starts_with("/aide")
        || suite.contains(&chemin))
}

#[tokio::test]
async fn chaque_ecran_a_son_article() {
    let portail = Portail::nouveau().await;
    let livres = livres().expect("the articles");
    let mut sans = Vec::new();
    for route in vantail::routes(&portail.app).table() {
        if route.methode != "GET" || !est_un_ecran(route.chemin) {
            continue;
        }
        // The accueil has a page of its own for visitors: its article is for those signed in.
        let audience = if route.chemin == "/" {
            Audience::Connecte
        } else {
            lecteurs(route.permission)
        };
        let lie = livres
            .iter()
            .any(|l| l.ecrans.iter().any(|e| e == route.chemin) && l.audience <= audience);
        if !lie {
            sans.push(route.chemin);
        }
    }
    assert!(sans.is_empty(), "screens without an article: {sans:?}");
}

#[tokio::test]
async fn un_article_ne_nomme_que_des_ecrans_qui_existent() {
    let portail = Portail::nouveau().await;
    let routes = vantail::routes(&portail.app);
    for livre in livres().expect("the articles") {
        for ecran in &livre.ecrans {
            assert!(
                routes
                    .table()
                    .iter()
                    .any(|r| r.methode == "GET" && r.chemin == ecran),
                "{}: {ecran}",
                livre.slug
            );
        }
    }
}

/// Links between articles, and to the screens that they name, open: for the audience of the article too.
#[tokio::test]
async fn les_liens_des_articles_menent_quelque_part() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(super::ADMIN).await;
    let livres = livres().expect("the articles");
    for livre in &livres {
        let page = admin.page(&format!("/aide/{}", livre.slug)).await;
        page.statut(200);
        assert_eq!(
            page.h1(),
            livre.titre.replace('\u{202F}', " "),
            "{}",
            livre.slug
        );
        assert_eq!(page.tous("h1").len(), 1, "{}", livre.slug);
        for lien in page.attributs(".redaction a", "href") {
            admin.page(&lien).await.statut(200);
            let vers = livres
                .iter()
                .find(|l| lien.strip_prefix("/aide/") == Some(&l.slug));
            assert!(
                vers.is_none_or(|l| l.audience <= livre.audience),
                "{}: {lien} is for fewer people",
                livre.slug
            );
        }
    }
}

/// Spaces folded, apostrophes of one kind.
fn plat(texte: &str) -> String {
    texte
        .replace("\\u{202F}", " ")
        .replace('\'', "’")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn textes(dossier: &std::path::Path, fin: &str, sauf: &str, corpus: &mut String) {
    for entree in std::fs::read_dir(dossier).expect("a folder").flatten() {
        let chemin = entree.path();
        if chemin.is_dir() {
            if !chemin.ends_with(sauf) {
                textes(&chemin, fin, sauf, corpus);
            }
        } else if chemin.to_string_lossy().ends_with(fin) {
            corpus.push_str(&std::fs::read_to_string(&chemin).expect("a text"));
            corpus.push('\n');
        }
    }
}

/// What an article writes in bold is on a screen, with the same words: a label that changes leaves no article behind.
#[test]
fn les_libelles_cites_existent_a_l_ecran() {
    let racine = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut corpus = String::new();
    textes(&racine.join("templates"), ".html", "courriers", &mut corpus);
    textes(&racine.join("src"), ".rs", "src/aide", &mut corpus);
    // The names of the espaces are data.
    textes(&racine.join("migrations"), ".sql", "", &mut corpus);
    let corpus = plat(&corpus);
    let mut absents = Vec::new();
    for livre in livres().expect("the articles") {
        for libelle in livre.corps.split("**").skip(1).step_by(2) {
            for partie in plat(libelle).split(" > ") {
                if !corpus.contains(partie) {
                    absents.push(format!("{}: {partie}", livre.slug));
                }
            }
        }
    }
    assert!(absents.is_empty(), "not on any screen: {absents:#?}");
}
