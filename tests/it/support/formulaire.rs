//! A form of a page: the fields it really has, filled in as a person does.

use scraper::ElementRef;

use super::acteur::Acteur;
use super::page::{PageLue, plat, selecteur};

/// A form: what a browser would send, and what may be changed before.
#[derive(Debug, Clone)]
pub struct Formulaire {
    pub action: String,
    pub methode: String,
    champs: Vec<(String, String)>,
    connus: Vec<String>,
    cases: Vec<(String, String)>,
    /// Sent as multipart/form-data.
    multiple: bool,
    fichiers: Vec<Joint>,
}

/// A file chosen in a form: field, name, type as the browser declares it, content.
#[derive(Debug, Clone, Default)]
pub struct Joint {
    pub champ: String,
    pub nom: String,
    pub genre: String,
    pub octets: Vec<u8>,
}

impl Formulaire {
    pub(super) fn lire(adresse: &str, formulaire: ElementRef<'_>, bouton: ElementRef<'_>) -> Self {
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
            multiple: formulaire.attr("enctype") == Some("multipart/form-data"),
            fichiers: Vec::new(),
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
                (_, "file") => lu.fichiers.push(Joint {
                    champ: nom,
                    ..Joint::default()
                }),
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

    /// Chooses a file; the field must exist.
    #[must_use]
    #[track_caller]
    pub fn joindre(mut self, champ: &str, nom: &str, octets: &[u8]) -> Self {
        let joint = self
            .fichiers
            .iter_mut()
            .find(|f| f.champ == champ)
            .unwrap_or_else(|| panic!("pas de fichier « {champ} »"));
        nom.clone_into(&mut joint.nom);
        joint.genre = "application/octet-stream".to_owned();
        joint.octets = octets.to_vec();
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
        if self.multiple {
            acteur.envoyer(&self.action, &champs, &self.fichiers).await
        } else if self.methode == "post" {
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
