//! A page as a person reads it: its words, its links, its forms with the fields they really have.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use http_body_util::BodyExt;
use scraper::{ElementRef, Html, Selector};

use super::acteur::Acteur;

#[derive(Debug, Clone)]
pub struct PageLue {
    pub adresse: String,
    pub statut: StatusCode,
    pub entetes: HeaderMap,
    pub octets: Vec<u8>,
    pub corps: String,
}

fn selecteur(css: &str) -> Selector {
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
                "[name=\"{champ}\"][aria-invalid=true], [data-champ=\"{champ}\"]"
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

/// A form: what a browser would send, and what may be changed before.
#[derive(Debug, Clone)]
pub struct Formulaire {
    pub action: String,
    pub methode: String,
    champs: Vec<(String, String)>,
    connus: Vec<String>,
    cases: Vec<(String, String)>,
}

impl Formulaire {
    fn lire(adresse: &str, formulaire: ElementRef<'_>, bouton: ElementRef<'_>) -> Self {
        let mut lu = Self {
            action: bouton
                .attr("formaction")
                .or_else(|| formulaire.attr("action"))
                .filter(|a| !a.is_empty())
                .unwrap_or(adresse)
                .to_owned(),
            methode: formulaire
                .attr("method")
                .unwrap_or("get")
                .to_ascii_lowercase(),
            champs: Vec::new(),
            connus: Vec::new(),
            cases: Vec::new(),
        };
        for element in formulaire.select(&selecteur("input[name], select[name], textarea[name]")) {
            let nom = element.attr("name").unwrap_or_default().to_owned();
            let valeur = element.attr("value").unwrap_or_default().to_owned();
            if element.attr("disabled").is_some() {
                continue;
            }
            lu.connus.push(nom.clone());
            match (
                element.value().name(),
                element.attr("type").unwrap_or("text"),
            ) {
                ("select", _) => {
                    let options = element.select(&selecteur("option")).collect::<Vec<_>>();
                    let choisie = options
                        .iter()
                        .find(|o| o.attr("selected").is_some())
                        .or_else(|| options.first());
                    if let Some(option) = choisie {
                        let texte = plat(&option.text().collect::<String>());
                        lu.champs
                            .push((nom, option.attr("value").map_or(texte, str::to_owned)));
                    }
                }
                ("textarea", _) => lu.champs.push((
                    nom,
                    element
                        .text()
                        .collect::<String>()
                        .trim_start_matches('\n')
                        .to_owned(),
                )),
                (_, "checkbox" | "radio") => {
                    let valeur = if element.attr("value").is_some() {
                        valeur
                    } else {
                        "on".to_owned()
                    };
                    lu.cases.push((nom.clone(), valeur.clone()));
                    if element.attr("checked").is_some() {
                        lu.champs.push((nom, valeur));
                    }
                }
                (_, "submit" | "button" | "reset") => {}
                _ => lu.champs.push((nom, valeur)),
            }
        }
        if let Some(nom) = bouton.attr("name") {
            lu.champs.push((
                nom.to_owned(),
                bouton.attr("value").unwrap_or_default().to_owned(),
            ));
        }
        lu
    }

    /// Types into a field, or chooses in a list; the field must exist.
    #[must_use]
    #[track_caller]
    pub fn remplir(mut self, nom: &str, valeur: &str) -> Self {
        assert!(
            self.connus.iter().any(|c| c == nom),
            "pas de champ « {nom} » ; champs : {:?}",
            self.connus
        );
        self.champs.retain(|(n, _)| n != nom);
        self.champs.push((nom.to_owned(), valeur.to_owned()));
        self
    }

    /// Ticks a box (or chooses a radio button).
    #[must_use]
    #[track_caller]
    pub fn cocher(mut self, nom: &str, valeur: &str) -> Self {
        assert!(
            self.cases.iter().any(|(n, v)| n == nom && v == valeur),
            "pas de case « {nom} » = « {valeur} » ; cases : {:?}",
            self.cases
        );
        let case = (nom.to_owned(), valeur.to_owned());
        if !self.champs.contains(&case) {
            self.champs.push(case);
        }
        self
    }

    #[must_use]
    pub fn choisir(mut self, nom: &str, valeur: &str) -> Self {
        self.champs.retain(|(n, _)| n != nom);
        self.cocher(nom, valeur)
    }

    #[must_use]
    pub fn decocher(mut self, nom: &str, valeur: &str) -> Self {
        self.champs.retain(|(n, v)| !(n == nom && v == valeur));
        self
    }

    /// A field no page has: for hostile input.
    #[must_use]
    pub fn forcer(mut self, nom: &str, valeur: &str) -> Self {
        self.champs.push((nom.to_owned(), valeur.to_owned()));
        self
    }

    pub fn valeur(&self, nom: &str) -> Option<&str> {
        self.champs
            .iter()
            .find(|(n, _)| n == nom)
            .map(|(_, v)| v.as_str())
    }

    pub fn valeurs(&self, nom: &str) -> Vec<&str> {
        self.champs
            .iter()
            .filter(|(n, _)| n == nom)
            .map(|(_, v)| v.as_str())
            .collect()
    }

    /// Sends it and follows the redirections.
    pub async fn envoyer(&self, acteur: &mut Acteur) -> PageLue {
        let champs: Vec<(&str, &str)> = self
            .champs
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        if self.methode == "post" {
            acteur.poster(&self.action, &champs).await
        } else {
            let mut question = url::form_urlencoded::Serializer::new(String::new());
            question.extend_pairs(champs);
            let action = self.action.split(['?', '#']).next().unwrap_or_default();
            acteur
                .page(&format!("{action}?{}", question.finish()))
                .await
        }
    }
}
