//! A page made of every component, and two ordinary ones: the structs that stand for those of the portal.

use askama::Template;

pub struct Page {
    pub marque: String,
    pub slogan: String,
    pub personne: Option<Personne>,
    pub menu: Vec<Entree>,
    pub message: Option<Message>,
    pub theme: &'static str,
    pub densite: &'static str,
    pub raccourcis: bool,
    pub demo: bool,
    pub bandeau: Option<String>,
    pub regard: Option<vantail::acces::Regard>,
    pub assistee_par: Option<String>,
    pub aide: String,
    pub exploitant: String,
    pub accessibilite: String,
}

pub struct Personne {
    pub nom_complet: String,
}

pub struct Entree {
    pub libelle: String,
    pub href: String,
    pub courante: bool,
}

pub struct Message {
    pub genre: &'static str,
    pub titre: String,
    pub texte: String,
    pub lignes: Vec<LigneResultat>,
    pub lien: Option<LienMessage>,
}

pub struct LienMessage {
    pub libelle: String,
    pub href: String,
}

impl Message {
    pub fn classe(&self) -> &str {
        self.genre
    }
}

pub struct LigneResultat {
    pub libelle: String,
    pub issue: String,
    pub reussie: bool,
}

pub struct LienPage {
    pub numero: u32,
    pub href: String,
    pub courante: bool,
}

pub struct Lien {
    pub href: String,
    pub libelle: String,
}

pub struct Ligne {
    pub id: String,
    pub nom: String,
    pub adresse: String,
    pub raison: String,
    pub siret: String,
    pub date: String,
}

#[derive(Template)]
#[template(path = "erreur.html")]
pub struct PageErreur {
    pub page: Page,
    pub code: u16,
    pub titre: &'static str,
    pub explication: &'static str,
    pub details: Vec<String>,
    pub reference: &'static str,
    pub action: Option<Lien>,
}

/// The full page of a confirmation, whose content the script lifts into a window.
#[derive(Template)]
#[template(
    source = r#"{% extends "base.html" %}
{% import "composants/page.html" as p %}{% import "composants/boutons.html" as b %}{% import "composants/formulaires.html" as f %}{% import "composants/etats.html" as e %}
{% block titre %}Refuser 2 demandes{% endblock %}
{% block contenu %}{% call p::confirmation("Refuser 2 demandes de rattachement ?") %}
<p>Ces personnes seront prévenues et pourront refaire une demande.</p>
<ul>{% for d in demandes %}<li>{{ d }}</li>{% endfor %}</ul>
<form method="post" action="/activites/demandes/lot" novalidate><input type="hidden" name="ids" value="1,2"><input type="hidden" name="confirme" value="1">
{{ f::zone("motif", "Motif du refus", "") }}
{% call b::actions() %}{{ b::bouton("Refuser 2 demandes", "danger", "decision", "refuser") }}{{ b::bouton_lien("/activites", "Annuler", "secondaire", annule=true) }}{% endcall %}</form>
{% endcall %}
{{ e::message("succes", "Enregistré") }}{{ e::message("erreur", "Refusé") }}{{ e::message("neutre", "Archivé") }}
{% endblock %}"#,
    ext = "html"
)]
pub struct Confirmation {
    pub page: Page,
    pub demandes: Vec<&'static str>,
}

/// A step of a long form.
#[derive(Template)]
#[template(
    source = r#"{% extends "base.html" %}
{% import "composants/page.html" as p %}{% import "composants/boutons.html" as b %}{% import "composants/formulaires.html" as f %}
{% block titre %}Étape 2 sur 4{% endblock %}
{% block contenu %}{{ p::etapes(2, 4, "Votre structure", "Vos coordonnées") }}
{% call p::feuille(true) %}<form method="post" action="/inscription/structure" novalidate>
{% call f::groupe("Identité de la structure", true, "Celle qui figure sur vos factures.") %}{{ f::champ("siret", "SIRET", "", court=true) }}{{ f::champ("nom", "Raison sociale", "") }}{% endcall %}
{% call f::groupe("Contact", true) %}{{ f::champ("mel", "Adresse électronique", "", genre="email") }}{% endcall %}
{% call b::actions() %}{{ b::bouton("Continuer") }}{{ b::bouton_lien("/", "Revenir", "secondaire") }}{% endcall %}</form>{% endcall %}{% endblock %}"#,
    ext = "html"
)]
pub struct Etape {
    pub page: Page,
}

#[derive(Template)]
#[template(path = "../tests/it/composants/planche.html")]
pub struct Planche {
    pub page: Page,
    /// A field that a wrapping macro must not hide from the block it wraps.
    pub titre: &'static str,
    pub erreurs: Vec<(String, String)>,
    pub lignes: Vec<Ligne>,
    pub pages: Vec<LienPage>,
    pub caches: Vec<(String, String)>,
    pub types: Vec<(String, String)>,
    pub total: usize,
    pub par: u32,
}

impl Planche {
    fn erreur(&self, champ: &str) -> Option<&str> {
        self.erreurs
            .iter()
            .find(|(c, _)| c == champ)
            .map(|(_, phrase)| phrase.as_str())
    }
}

fn entree(libelle: &str, href: &str, courante: bool) -> Entree {
    Entree {
        libelle: libelle.into(),
        href: href.into(),
        courante,
    }
}

pub fn page() -> Page {
    Page {
        marque: "Vantail".into(),
        slogan: "Vos structures, vos accès".into(),
        personne: Some(Personne {
            nom_complet: "Amélie Bernard".into(),
        }),
        menu: vec![
            entree("Accueil", "/", false),
            entree("Activités du gestionnaire", "/activites", true),
            entree("Sollicitations", "/sollicitations", false),
            entree("Mon compte", "/mon-compte", false),
        ],
        message: None,
        bandeau: None,
        regard: None,
        assistee_par: None,
        theme: "systeme",
        densite: "compacte",
        raccourcis: false,
        demo: true,
        aide: "/aide".to_owned(),
        exploitant: "l'agence de démonstration".into(),
        accessibilite: "non conforme".into(),
    }
}

pub fn message() -> Message {
    let ligne = |libelle: &str, issue: &str, reussie| LigneResultat {
        libelle: libelle.into(),
        issue: issue.into(),
        reussie,
    };
    Message {
        genre: "succes",
        titre: "2 demandes validées, 1 laissée de côté".into(),
        texte: "Les demandeurs sont prévenus par courriel.".into(),
        lien: Some(LienMessage {
            libelle: "Annuler ces décisions".into(),
            href: "/annulation".into(),
        }),
        lignes: vec![
            ligne("Yann Zeller, Commune de Valserre", "validée", true),
            ligne("Élodie Faure, Lycée Jean-Perrin", "validée", true),
            ligne(
                "Zoé Aubert, CHU du Val",
                "déjà refusée par Marc Petit à 10:42",
                false,
            ),
        ],
    }
}

pub fn planche() -> Planche {
    let personnes = [
        (
            "Yann Zeller",
            "yann.zeller@exemple.fr",
            "Commune de Valserre",
            "21740123400015",
            "2026-11-17",
        ),
        (
            "Élodie Faure",
            "elodie.faure@exemple.fr",
            "Lycée Jean-Perrin",
            "19750042600017",
            "2026-11-16",
        ),
        (
            "Zoé Aubert",
            "zoe.aubert@exemple.fr",
            "Lycée Jean-Perrin",
            "19750042600017",
            "2026-11-16",
        ),
        (
            "Farid Guerin",
            "farid.guerin@exemple.fr",
            "Centre hospitalier universitaire du Val",
            "26130008400012",
            "2026-11-15",
        ),
        (
            "Gaëlle Henry-Dupont de La Motte",
            "gaelle.henry@exemple.fr",
            "Commune de Valserre",
            "21740123400015",
            "2026-11-14",
        ),
    ];
    let paire = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    Planche {
        page: page(),
        titre: "Toutes les pièces",
        erreurs: Vec::new(),
        lignes: personnes
            .iter()
            .enumerate()
            .map(|(i, (nom, adresse, raison, siret, date))| Ligne {
                id: format!("d{i}"),
                nom: (*nom).into(),
                adresse: (*adresse).into(),
                raison: (*raison).into(),
                siret: (*siret).into(),
                date: (*date).into(),
            })
            .collect(),
        pages: [1, 2, 3, 0, 9]
            .into_iter()
            .map(|n| LienPage {
                numero: n,
                href: if n == 0 {
                    String::new()
                } else {
                    format!("/activites?dr.page={n}#demandes")
                },
                courante: n == 2,
            })
            .collect(),
        caches: vec![paire("dr.tri", "date-desc"), paire("da.page", "3")],
        types: vec![
            paire("publique", "Structure publique"),
            paire("privee", "Structure privée"),
        ],
        total: 43,
        par: 5,
    }
}

/// The same page come back from a refused form.
pub fn planche_refusee() -> Planche {
    let mut planche = planche();
    planche.erreurs = vec![
        ("siret".into(), "Saisissez un SIRET de 14 chiffres".into()),
        (
            "commentaire".into(),
            "Saisissez un commentaire de 255 caractères au plus".into(),
        ),
        ("role".into(), "Choisissez un rôle".into()),
        (String::new(), "La demande a changé entre-temps".into()),
    ];
    planche
}
