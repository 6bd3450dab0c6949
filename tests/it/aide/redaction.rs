//! Markdown becomes HTML that this program wrote, and nothing else (security.md OU1; failure-modes I21).

use scraper::{Html, Selector};
use vantail::web::markdown::{html, texte};

/// The only elements that may come out.
const ELEMENTS: [&str; 17] = [
    "p",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "code",
    "pre",
    "a",
    "blockquote",
    "br",
    "hr",
];

#[track_caller]
fn sain(source: &str) -> String {
    let sortie = html(source, 2).to_string();
    let lu = Html::parse_fragment(&sortie);
    for element in lu.select(&Selector::parse("*").expect("a selector")) {
        let nom = element.value().name();
        if nom == "html" {
            continue;
        }
        assert!(
            ELEMENTS.contains(&nom),
            "<{nom}> out of {source:?}: {sortie}"
        );
        for (attribut, valeur) in element.value().attrs() {
            match (nom, attribut) {
                ("a", "href") => assert!(
                    ["/", "https://", "http://", "mailto:"]
                        .iter()
                        .any(|d| valeur.starts_with(d))
                        && !valeur.starts_with("//"),
                    "{valeur} out of {source:?}"
                ),
                ("a", "rel") => assert_eq!(valeur, "external noopener noreferrer"),
                ("ol", "start") => assert!(valeur.parse::<u64>().is_ok(), "{valeur}"),
                autre => panic!("{autre:?} out of {source:?}: {sortie}"),
            }
        }
    }
    sortie
}

#[test]
fn rien_de_ce_qui_attaque_ne_passe() {
    for source in [
        "<script>alert(1)</script>",
        "texte <script>alert(1)</script> texte",
        "<img src=x onerror=alert(1)>",
        "![photo](https://ailleurs.example/x.png)",
        "![photo](javascript:alert(1))",
        "[ici](javascript:alert(1))",
        "[ici](JaVaScRiPt:alert(1))",
        "[ici](java\tscript:alert(1))",
        "[ici](&#106;avascript:alert(1))",
        "[ici](data:text/html;base64,PHNjcmlwdD4=)",
        "[ici](vbscript:msgbox)",
        "[ici](file:///etc/passwd)",
        "[ici](//ailleurs.example)",
        "[ici](/\\ailleurs.example)",
        "[ici](https://moi:secret@ailleurs.example)",
        "[ici](https://a.example \"titre\\\" onclick=alert(1)\")",
        "[a](https://a.example/\"onmouseover=alert(1))",
        "<https://a.example/'onclick=x>",
        "<javascript:alert(1)>",
        "<a href=\"javascript:alert(1)\">ici</a>",
        "<svg/onload=alert(1)>",
        "<style>*{display:none}</style>",
        "<div style=\"position:fixed\">",
        "<!-- --><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "```<script>\nalert(1)\n```",
        "`<script>alert(1)</script>`",
        "[![x](https://a.example/x.png)](javascript:alert(1))",
        "[ref]: javascript:alert(1)\n\n[ref]",
        "# <img src=x onerror=alert(1)>",
        "- <iframe src=//a.example></iframe>",
        "> <form action=//a.example><button>ici</button></form>",
        "\u{0}<script>",
        "| a | b |\n|---|---|\n| <b>x</b> | y |",
    ] {
        sain(source);
    }
}

/// Any text at all: drawn from the pieces that Markdown and HTML are made of.
#[test]
fn aucun_texte_ne_fait_sortir_autre_chose() {
    let morceaux = proptest::sample::select(vec![
        "<",
        ">",
        "\"",
        "'",
        "&",
        "script",
        "img src=x onerror=y",
        "a href=",
        "[",
        "]",
        "(",
        ")",
        "!",
        "javascript:",
        "https://a.example",
        "/aide",
        "//b",
        "\n",
        "\n\n",
        " ",
        "# ",
        "## ",
        "- ",
        "1. ",
        "> ",
        "`",
        "```",
        "*",
        "**",
        "_",
        "|",
        "---",
        "\\",
        "&lt;",
        "&#60;",
        "mot",
        "é",
        "\u{202F}",
        "\t",
        "~~",
        "^",
        "$",
    ]);
    let mut essais = proptest::test_runner::TestRunner::default();
    essais
        .run(&proptest::collection::vec(morceaux, 0..40), |mots| {
            sain(&mots.concat());
            Ok(())
        })
        .expect("only our own tags");
}

#[test]
fn la_page_garde_un_seul_h1_et_ne_saute_aucun_niveau() {
    assert_eq!(
        sain("# Un\n\n### Deux\n\n# Trois"),
        "<h2>Un</h2>\n<h3>Deux</h3>\n<h2>Trois</h2>\n"
    );
    assert_eq!(
        sain("## Un\n\n##### Deux\n\n###### Trois"),
        "<h2>Un</h2>\n<h3>Deux</h3>\n<h4>Trois</h4>\n"
    );
    assert_eq!(html("## Un", 3).as_str(), "<h3>Un</h3>\n");
    assert_eq!(
        sain("#\n\ntexte"),
        "<p>texte</p>\n",
        "an empty heading leaves nothing"
    );
}

#[test]
fn les_liens_disent_ou_ils_menent() {
    assert_eq!(sain("[aide](/aide)"), "<p><a href=\"/aide\">aide</a></p>\n");
    assert_eq!(
        sain("[site](https://a.example/x?y=1&z=2)"),
        "<p><a rel=\"external noopener noreferrer\" href=\"https://a.example/x?y=1&amp;z=2\">site</a> (site externe)</p>\n"
    );
    assert_eq!(
        sain("[nous](mailto:a@b.example)"),
        "<p><a href=\"mailto:a@b.example\">nous</a></p>\n"
    );
    assert_eq!(
        sain("[](/aide)texte"),
        "<p>texte</p>\n",
        "a link without words leaves nothing"
    );
    assert_eq!(sain("[ici](javascript:x)"), "<p>ici</p>\n");
    assert_eq!(
        sain("![Une porte](https://a.example/x.png)"),
        "<p>Une porte</p>\n"
    );
}

#[test]
fn ce_que_l_on_ecrit_d_ordinaire_se_lit() {
    assert_eq!(
        sain("1. Ouvrez **Mon compte**.\n2. Cliquez.\n\nFin *dite* `ainsi`."),
        "<ol>\n<li>Ouvrez <strong>Mon compte</strong>.</li>\n<li>Cliquez.</li>\n</ol>\n<p>Fin <em>dite</em> <code>ainsi</code>.</p>\n"
    );
    assert_eq!(
        sain("3. Trois"),
        "<ol start=\"3\">\n<li>Trois</li>\n</ol>\n"
    );
    assert_eq!(
        sain("a\n\n---\n\n> b"),
        "<p>a</p>\n<hr>\n<blockquote><p>b</p>\n</blockquote>\n"
    );
    // Very deep lists stay shallow, and keep their words.
    let profond: String = (0..40)
        .map(|n| format!("{}- n{n}\n", "  ".repeat(n)))
        .collect();
    let sortie = sain(&profond);
    assert!(sortie.matches("<ul>").count() <= 8, "{sortie}");
    assert!(sortie.contains("n39"));
}

#[test]
fn le_texte_nu_n_a_plus_de_marques() {
    assert_eq!(
        texte(
            "## Titre\n\n1. Ouvrez **Mon compte**.\n2. [Aide](/aide)\n\n<b>gras</b> ![Une porte](x)"
        ),
        "Titre Ouvrez Mon compte. Aide <b>gras</b> Une porte"
    );
}
