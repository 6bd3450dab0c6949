//! A page as a person reads it: its words, its links, its forms with the fields they really have.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use scraper::{Html, Selector};

pub use super::formulaire::{Formulaire, Joint};

#[derive(Debug, Clone)]
pub struct PageLue {
    pub adresse: String,
    pub statut: StatusCode,
    pub entetes: HeaderMap,
    pub octets: Vec<u8>,
    pub corps: String,
}

pub(super) fn selecteur(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|e| panic!("{css}: {e}"))
}

/// Spaces folded, no-break ones included.
pub fn plat(texte: &str) -> String {
    texte
        .split(|c: char| c.is_whitespace() || c == '\u{A0}' || c == '\u{202F}')
        .filter(|m| !m.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl PageLue {
    pub async fn lire(adresse: String, reponse: Response) -> Self {
        let (parties, corps) = reponse.into_parts();
        let octets = corps.collect().await.expect("a body").to_bytes().to_vec();
        Self {
            adresse,
            statut: parties.status,
            entetes: parties.headers,
            // Where a long word may go on to the next line: nothing that is read.
            corps: String::from_utf8_lossy(&octets).replace("<wbr>", ""),
            octets,
        }
    }

    pub fn entete(&self, nom: &str) -> Option<&str> {
        self.entetes.get(nom).and_then(|v| v.to_str().ok())
    }

    fn html(&self) -> Html {
        Html::parse_document(&self.corps)
    }

    /// Asserts the status; the page is shown when it differs.
    #[track_caller]
    pub fn statut(&self, attendu: u16) -> &Self {
        assert_eq!(
            self.statut.as_u16(),
            attendu,
            "{} :\n{}",
            self.adresse,
            self.texte()
        );
        self
    }

    pub fn titre(&self) -> String {
        self.html()
            .select(&selecteur("title"))
            .next()
            .map(|t| plat(&t.text().collect::<String>()))
            .unwrap_or_default()
    }

    pub fn h1(&self) -> String {
        self.html()
            .select(&selecteur("h1"))
            .next()
            .map(|t| plat(&t.text().collect::<String>()))
            .unwrap_or_default()
    }

    /// All visible words of the body, spaces folded.
    pub fn texte(&self) -> String {
        let html = self.html();
        let corps = html.select(&selecteur("body")).next();
        plat(&corps.map_or_else(
            || self.corps.clone(),
            |c| c.text().collect::<Vec<_>>().join(" "),
        ))
    }

    #[track_caller]
    pub fn contient(&self, phrase: &str) -> &Self {
        assert!(
            self.texte().contains(&plat(phrase)),
            "« {phrase} » absent de {} :\n{}",
            self.adresse,
            self.texte()
        );
        self
    }

    #[track_caller]
    pub fn ne_contient_pas(&self, phrase: &str) -> &Self {
        assert!(
            !self.texte().contains(&plat(phrase)),
            "« {phrase} » présent dans {} :\n{}",
            self.adresse,
            self.texte()
        );
        self
    }

    /// Words of the elements a CSS selector finds.
    pub fn tous(&self, css: &str) -> Vec<String> {
        self.html()
            .select(&selecteur(css))
            .map(|e| plat(&e.text().collect::<Vec<_>>().join(" ")))
            .collect()
    }

    /// An attribute of the elements a CSS selector finds.
    pub fn attributs(&self, css: &str, nom: &str) -> Vec<String> {
        self.html()
            .select(&selecteur(css))
            .filter_map(|e| e.attr(nom))
            .map(str::to_owned)
            .collect()
    }

    /// Address of the first link whose words begin so.
    #[track_caller]
    pub fn lien(&self, libelle: &str) -> String {
        self.lien_eventuel(libelle).unwrap_or_else(|| {
            panic!(
                "pas de lien « {libelle} » dans {} :\n{}",
                self.adresse,
                self.texte()
            )
        })
    }

    pub fn lien_eventuel(&self, libelle: &str) -> Option<String> {
        self.html()
            .select(&selecteur("a[href]"))
            .find(|a| plat(&a.text().collect::<Vec<_>>().join(" ")).starts_with(&plat(libelle)))
            .and_then(|a| a.attr("href"))
            .map(str::to_owned)
    }

    /// Message at a field, as rendered beside it.
    pub fn erreur_de(&self, champ: &str) -> Option<String> {
        let html = self.html();
        let saisie = html
            .select(&selecteur(&format!(
                "[name=\"{champ}\"][aria-invalid=true], [data-champ=\"{champ}\"], \
                 fieldset[aria-describedby=\"{champ}-erreur\"]"
            )))
            .next()?;
        let ids = saisie.attr("aria-describedby")?.to_owned();
        ids.split_whitespace()
            .filter(|id| id.contains("erreur") || id.contains("err"))
            .find_map(|id| html.select(&selecteur(&format!("[id=\"{id}\"]"))).next())
            .map(|e| plat(&e.text().collect::<Vec<_>>().join(" ")))
    }

    /// The form that has a button so named, as a browser would send it.
    #[track_caller]
    pub fn formulaire(&self, bouton: &str) -> Formulaire {
        self.formulaire_eventuel(bouton).unwrap_or_else(|| {
            panic!(
                "pas de bouton « {bouton} » dans {} :\n{}",
                self.adresse,
                self.texte()
            )
        })
    }

    pub fn formulaire_eventuel(&self, bouton: &str) -> Option<Formulaire> {
        let html = self.html();
        for formulaire in html.select(&selecteur("form")) {
            let boutons = formulaire.select(&selecteur("button")).collect::<Vec<_>>();
            let trouve = boutons
                .iter()
                .find(|b| plat(&b.text().collect::<Vec<_>>().join(" ")) == plat(bouton))
                .or_else(|| {
                    boutons.iter().find(|b| {
                        plat(&b.text().collect::<Vec<_>>().join(" ")).starts_with(&plat(bouton))
                    })
                });
            if let Some(trouve) = trouve {
                return Some(Formulaire::lire(&self.adresse, formulaire, *trouve));
            }
        }
        None
    }
}
