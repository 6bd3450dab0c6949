//! « Catalogue des espaces ». A change of who has an espace without asking says how many people it touches before it is made.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::articles::aller;
use super::parametres::est_une_adresse;
use crate::App;
use crate::acces::{Administration, Page};
use crate::administration::catalogue::{self, Espace, LigneEspace};
use crate::aide::Slug;
use crate::db::en_transaction;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, texte};

const LISTE: &str = "/administration/espaces";
const NOM_MAX: usize = 60;
const DESCRIPTION_MAX: usize = 255;
const ADRESSE_MAX: usize = 300;
/// Characters of a reason at most, as everywhere (spec §2).
const MOTIF_MAX: usize = 255;
const ORDRE_MAX: i32 = 9_999;

#[derive(Template)]
#[template(path = "administration/espaces.html")]
struct PageListe {
    page: Page,
    espaces: Vec<LigneEspace>,
}

pub async fn liste(
    administration: Administration,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let espaces = catalogue::tous(&app.db, &administration).await?;
    web::page(&PageListe { page, espaces })
}

/// An espace as typed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieEspace {
    intitule: String,
    description: String,
    ordre: String,
    adresse: String,
    publique: String,
    gp: String,
    gs: String,
    us: String,
    motif: String,
    /// What it touches was shown, for these three boxes.
    vu: String,
    /// The state that the form was filled from; none for a new one.
    version: String,
}

impl From<&LigneEspace> for SaisieEspace {
    fn from(espace: &LigneEspace) -> Self {
        let case = |cochee: bool| if cochee { "oui" } else { "" }.to_owned();
        Self {
            intitule: espace.nom.clone(),
            description: espace.description.clone(),
            ordre: espace.ordre.to_string(),
            adresse: espace.adresse.clone().unwrap_or_default(),
            publique: case(espace.publique_seulement),
            gp: case(espace.defaut_gp),
            gs: case(espace.defaut_gs),
            us: case(espace.defaut_us),
            motif: String::new(),
            vu: String::new(),
            version: espace.version(),
        }
    }
}

impl SaisieEspace {
    fn defauts(&self) -> [bool; 3] {
        [&self.gp, &self.gs, &self.us].map(|c| c == "oui")
    }

    /// `du_portail`: it has no address.
    fn lire(&self, du_portail: bool) -> Result<(Espace, String), Erreurs> {
        let mut erreurs = Erreurs::default();
        let nom = erreurs.ligne("intitule", &self.intitule, NOM_MAX, "Saisissez le nom.");
        let description =
            erreurs.ligne_facultative("description", &self.description, DESCRIPTION_MAX);
        let ordre = self.ordre.trim().parse().ok();
        let ordre = ordre.filter(|o| (0..=ORDRE_MAX).contains(o));
        if ordre.is_none() {
            erreurs.ajouter("ordre", "Saisissez un nombre de 0 à 9999.");
        }
        let adresse = erreurs.ligne_facultative("adresse", &self.adresse, ADRESSE_MAX);
        // Its form has no such field.
        if du_portail && adresse.is_some() {
            return Err(Erreurs::generale(
                "Cet espace est une partie du portail\u{202F}: il n’a pas d’adresse.",
            ));
        }
        if adresse.as_deref().is_some_and(|a| !est_une_adresse(a)) {
            erreurs.ajouter(
                "adresse",
                "Saisissez une adresse entière, qui commence par https://.",
            );
        }
        let motif = erreurs.paragraphe("motif", &self.motif, MOTIF_MAX, "Saisissez le motif.");
        erreurs.verdict()?;
        let [defaut_gp, defaut_gs, defaut_us] = self.defauts();
        Ok((
            Espace {
                nom,
                description: description.unwrap_or_default(),
                ordre: ordre.unwrap_or_default(),
                adresse,
                defaut_gp,
                defaut_gs,
                defaut_us,
            },
            motif,
        ))
    }
}

/// « factures_de_travaux », from the name of a new espace.
fn code_de(nom: &str) -> Option<String> {
    Slug::du_titre(nom).map(|slug| slug.as_str().replace('-', "_"))
}

#[derive(Template)]
#[template(path = "administration/espace.html")]
struct PageEspace {
    page: Page,
    /// `None`: a new one.
    espace: Option<LigneEspace>,
    saisie: SaisieEspace,
    /// What a change of the boxes touches, to be confirmed.
    effets: Vec<String>,
    erreurs: Erreurs,
}

impl PageEspace {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn titre(&self) -> &str {
        self.espace
            .as_ref()
            .map_or("Créer un espace", |e| e.nom.as_str())
    }

    fn action(&self) -> String {
        match &self.espace {
            Some(espace) => format!("{LISTE}/{}", espace.code),
            None => format!("{LISTE}/nouvel-espace"),
        }
    }

    fn du_portail(&self) -> bool {
        self.espace.as_ref().is_some_and(LigneEspace::du_portail)
    }

    fn bouton(&self) -> &'static str {
        if self.effets.is_empty() {
            "Enregistrer"
        } else {
            "Confirmer"
        }
    }

    fn nouveau(&self) -> bool {
        self.espace.is_none()
    }
}

pub async fn nouveau(_: Administration, page: Page) -> Result<Response, Erreur> {
    web::page(&PageEspace {
        page,
        espace: None,
        saisie: SaisieEspace {
            ordre: "100".to_owned(),
            ..SaisieEspace::default()
        },
        effets: Vec::new(),
        erreurs: Erreurs::default(),
    })
}

pub async fn page(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(code): Chemin<String>,
) -> Result<Response, Erreur> {
    let espace = catalogue::lire(&app.db, &administration, &code).await?;
    web::page(&PageEspace {
        page,
        saisie: SaisieEspace::from(&espace),
        espace: Some(espace),
        effets: Vec::new(),
        erreurs: Erreurs::default(),
    })
}

fn refuser(
    page: Page,
    espace: Option<LigneEspace>,
    saisie: SaisieEspace,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let gabarit = PageEspace {
        page,
        espace,
        saisie,
        effets: Vec::new(),
        erreurs,
    };
    web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
}

pub async fn creer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieEspace>,
) -> Result<Response, Erreur> {
    let issue = async {
        let (espace, motif) = saisie.lire(false)?;
        let code = code_de(&espace.nom)
            .ok_or_else(|| Erreur::champ("intitule", "Le nom doit contenir des lettres."))?;
        let publique = saisie.publique == "oui";
        en_transaction!(&app, |tx| catalogue::creer(
            tx,
            &administration,
            &code,
            &espace,
            publique,
            &motif
        )
        .await)?;
        Ok(code)
    }
    .await;
    match issue {
        Ok(code) => {
            app.relire_les_parametres().await?;
            let phrase = "L’espace est créé. Il s’obtient sur demande.";
            aller(&app, &administration, phrase, &format!("{LISTE}/{code}")).await
        }
        Err(Erreur::Invalide(erreurs)) => refuser(page, None, saisie, erreurs),
        Err(autre) => Err(autre),
    }
}

/// Sentences about the people that these boxes give the espace to, or take it from.
async fn effets(app: &App, espace: &LigneEspace, apres: [bool; 3]) -> Result<Vec<String>, Erreur> {
    let avant = [espace.defaut_gp, espace.defaut_gs, espace.defaut_us];
    let mut phrases = Vec::new();
    for (gagne, verbe) in [
        (true, "recevront cet espace sans le demander"),
        (false, "ne l’auront plus sans le demander"),
    ] {
        let roles: Vec<String> = ["gp", "gs", "us"]
            .into_iter()
            .zip(avant.into_iter().zip(apres))
            .filter(|(_, (avant, apres))| avant != apres && *apres == gagne)
            .map(|(role, _)| role.to_owned())
            .collect();
        if roles.is_empty() {
            continue;
        }
        let nombre = catalogue::concernes(&app.db, espace, &roles).await?;
        let nombre = if nombre > web::PLAFOND {
            "Plus de 10\u{202F}000 rattachements".to_owned()
        } else {
            texte::accord(
                usize::try_from(nombre).unwrap_or_default(),
                "rattachement",
                "rattachements",
            )
        };
        phrases.push(format!("{nombre}\u{202F}: {verbe}."));
    }
    Ok(phrases)
}

pub async fn modifier(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(code): Chemin<String>,
    Formulaire(saisie): Formulaire<SaisieEspace>,
) -> Result<Response, Erreur> {
    let actuel = catalogue::lire(&app.db, &administration, &code).await?;
    let lue = saisie.lire(actuel.du_portail());
    let (espace, motif) = match lue {
        Ok(lue) => lue,
        Err(erreurs) => return refuser(page, Some(actuel), saisie, erreurs),
    };
    let effets = effets(&app, &actuel, saisie.defauts()).await?;
    let vu = format!("{:?}", saisie.defauts());
    if !effets.is_empty() && saisie.vu != vu {
        return web::page(&PageEspace {
            page,
            espace: Some(actuel),
            saisie: SaisieEspace { vu, ..saisie },
            effets,
            erreurs: Erreurs::default(),
        });
    }
    let issue = en_transaction!(&app, |tx| catalogue::modifier(
        tx,
        &administration,
        (&code, &saisie.version),
        &espace,
        &motif
    )
    .await);
    match issue {
        Ok(change) => {
            app.relire_les_parametres().await?;
            let phrase = match (change, effets.is_empty()) {
                (false, _) => "Rien n’a changé.",
                (true, true) => "L’espace est enregistré.",
                (true, false) => {
                    "L’espace est enregistré. Les rattachements en vigueur le reçoivent ou le perdent dans les minutes qui viennent."
                }
            };
            aller(&app, &administration, phrase, &format!("{LISTE}/{code}")).await
        }
        Err(Erreur::Invalide(erreurs)) => {
            // Whoever reads the page again has seen what is stored now.
            let actuel = catalogue::lire(&app.db, &administration, &code).await?;
            let saisie = SaisieEspace {
                version: actuel.version(),
                vu: String::new(),
                ..saisie
            };
            refuser(page, Some(actuel), saisie, erreurs)
        }
        Err(autre) => Err(autre),
    }
}
