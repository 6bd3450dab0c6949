use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use super::articles::aller;
use crate::App;
use crate::acces::{Administration, Page};
use crate::administration::reglages;
use crate::db::en_transaction;
use crate::parametres::{Cle, Genre, Groupe, groupes};
use crate::web::{self, Erreur, Erreurs, Formulaire};

const ICI: &str = "/administration/parametres";
/// Characters of a reason at most, as everywhere (spec §2).
const MOTIF_MAX: usize = 255;
const ADRESSE_MAX: usize = 300;

/// Fields of the form by name: the parameters, `version` and `motif`.
pub type Saisie = BTreeMap<String, String>;

#[derive(Template)]
#[template(path = "administration/parametres.html")]
struct PageParametres {
    page: Page,
    groupes: Vec<Groupe>,
    saisie: Saisie,
    /// What applies where nothing is set here.
    depart: BTreeMap<String, String>,
    erreurs: Erreurs,
}

impl PageParametres {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn valeur(&self, champ: &str) -> &str {
        self.saisie.get(champ).map_or("", String::as_str)
    }

    /// The words under the field; what the operator configured, where there is something.
    fn aide(&self, cle: &Cle) -> String {
        match self.depart.get(&cle.code) {
            Some(depart) => format!("{} Vide\u{202F}: {depart}", cle.aide),
            None => cle.aide.to_owned(),
        }
    }

    fn long(cle: &Cle) -> bool {
        matches!(cle.genre, Genre::Texte(max) if max > 200)
    }

    fn limite(cle: &Cle) -> usize {
        match cle.genre {
            Genre::Texte(max) => max,
            Genre::Adresse => ADRESSE_MAX,
        }
    }

    fn limite_en_mots(cle: &Cle) -> String {
        Self::limite(cle).to_string()
    }
}

/// What the operator configured, by key.
fn depart(app: &App) -> BTreeMap<String, String> {
    let config = &app.config;
    let textes = [
        ("publication_director", &config.directeur_publication),
        ("hosting_provider", &config.hebergeur),
        ("operator_contact", &config.contact),
    ];
    let liens = groupes()
        .into_iter()
        .flat_map(|g| g.cles)
        .filter_map(|cle| {
            let mut connus = config.aide.iter().chain(&config.domaines);
            let lien = connus.find(|l| l.libelle == cle.libelle)?;
            Some((cle.code, lien.href.clone()))
        });
    textes
        .into_iter()
        .filter_map(|(cle, valeur)| Some((cle.to_owned(), valeur.clone()?)))
        .chain(liens)
        .collect()
}

fn vue(app: &App, page: Page, saisie: Saisie, erreurs: Erreurs) -> PageParametres {
    PageParametres {
        page,
        groupes: groupes(),
        saisie,
        depart: depart(app),
        erreurs,
    }
}

pub async fn page(
    administration: Administration,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let poses = reglages::poses(&app.db, &administration).await?;
    let version = reglages::version(&poses);
    let mut saisie = poses;
    saisie.insert("version".to_owned(), version);
    web::page(&vue(&app, page, saisie, Erreurs::default()))
}

/// The values that are not empty, and the reason.
fn lire(saisie: &Saisie) -> Result<(BTreeMap<String, String>, String), Erreurs> {
    let mut erreurs = Erreurs::default();
    let mut valeurs = BTreeMap::new();
    for cle in groupes().into_iter().flat_map(|g| g.cles) {
        let saisi = saisie.get(&cle.code).map_or("", String::as_str);
        let lue = match cle.genre {
            Genre::Texte(max) => erreurs.ligne_facultative(&cle.code, saisi, max),
            Genre::Adresse => {
                let adresse = erreurs.ligne_facultative(&cle.code, saisi, ADRESSE_MAX);
                if adresse.as_deref().is_some_and(|a| !est_une_adresse(a)) {
                    erreurs.ajouter(
                        &cle.code,
                        "Saisissez une adresse entière, qui commence par https://.",
                    );
                }
                adresse
            }
        };
        if let Some(valeur) = lue {
            valeurs.insert(cle.code, valeur);
        }
    }
    let motif = erreurs.paragraphe(
        "motif",
        saisie.get("motif").map_or("", String::as_str),
        MOTIF_MAX,
        "Saisissez le motif.",
    );
    erreurs.verdict()?;
    Ok((valeurs, motif))
}

/// A link that pages may hold: nothing that runs.
pub fn est_une_adresse(saisie: &str) -> bool {
    Url::parse(saisie)
        .is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.host_str().is_some())
}

pub async fn enregistrer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<Saisie>,
) -> Result<Response, Erreur> {
    let issue = async {
        let (valeurs, motif) = lire(&saisie)?;
        let lue = saisie.get("version").map_or("", String::as_str);
        en_transaction!(&app, |tx| reglages::enregistrer(
            tx,
            &administration,
            &valeurs,
            lue,
            &motif
        )
        .await)
    }
    .await;
    match issue {
        Ok(change) => {
            app.relire_les_parametres().await?;
            let phrase = if change {
                "Les paramètres sont enregistrés."
            } else {
                "Rien n’a changé."
            };
            aller(&app, &administration, phrase, ICI).await
        }
        Err(Erreur::Invalide(erreurs)) => {
            let mut saisie = saisie;
            // Whoever reads the page again has seen what is stored now.
            let poses = reglages::poses(&app.db, &administration).await?;
            saisie.insert("version".to_owned(), reglages::version(&poses));
            web::rendre(
                StatusCode::UNPROCESSABLE_ENTITY,
                &vue(&app, page, saisie, erreurs),
            )
        }
        Err(autre) => Err(autre),
    }
}
