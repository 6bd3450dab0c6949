//! The périmètres, for the administrateur (R-ADM).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::lire_le_motif;
use crate::App;
use crate::acces::{Administration, Message, Page};
use crate::db::{PerimetreId, UtilisateurId, en_transaction};
use crate::identifiants::AdresseElectronique;
use crate::referents::perimetres::{self, Contenu, GENRES, Perimetre};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, texte};

pub(super) const LISTE: &str = "/administration/perimetres";
const NOM_MAX: usize = 120;

#[derive(Template)]
#[template(path = "referents/perimetres.html")]
struct PageListe {
    page: Page,
    perimetres: Vec<Perimetre>,
}

pub async fn liste(
    administration: Administration,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let perimetres = perimetres::tous(&app, &administration).await?;
    web::page(&PageListe { page, perimetres })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisiePerimetre {
    nom: String,
    departements: String,
    genres: Vec<String>,
    domaines: String,
    motif: String,
    version: String,
}

/// Words of a field that holds several, once each.
fn mots(saisi: &str) -> Vec<String> {
    let mut mots: Vec<String> = Vec::new();
    let separes = saisi.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    for mot in separes.filter(|m| !m.is_empty()) {
        if !mots.iter().any(|m| m == mot) {
            mots.push(mot.to_owned());
        }
    }
    mots
}

/// « 69 », « 2A », « 974 ».
fn departement(mot: &str) -> bool {
    let chiffres = mot.chars().all(|c| c.is_ascii_digit());
    matches!(mot, "2A" | "2B")
        || (chiffres && mot.len() == 2 && mot != "20" && mot != "00")
        || (chiffres && mot.len() == 3 && (mot.starts_with("97") || mot.starts_with("98")))
}

impl SaisiePerimetre {
    fn lire(&self) -> Result<(Contenu, String), Erreurs> {
        let mut erreurs = Erreurs::default();
        let nom = erreurs.ligne("nom", &self.nom, NOM_MAX, "Saisissez le nom du périmètre.");
        let departements: Vec<String> = mots(&self.departements)
            .into_iter()
            .map(|m| m.to_uppercase())
            .collect();
        if let Some(faux) = departements.iter().find(|d| !departement(d)) {
            let cite: String = faux.chars().take(20).collect();
            erreurs.ajouter(
                "departements",
                &format!("«\u{202F}{cite}\u{202F}» n’est pas un numéro de département\u{202F}: écrivez 69, 2A ou 974."),
            );
        }
        let genres: Vec<String> = GENRES
            .iter()
            .map(|(code, _)| (*code).to_owned())
            .filter(|code| self.genres.contains(code))
            .collect();
        if genres.len() != self.genres.len() {
            erreurs.ajouter("genres", "Choisissez des types de la liste.");
        }
        if departements.is_empty() && genres.is_empty() {
            erreurs.ajouter(
                "departements",
                "Indiquez au moins un département ou un type de structure.",
            );
        }
        let domaines: Vec<String> = mots(&self.domaines)
            .into_iter()
            .map(|m| m.trim_start_matches('@').to_lowercase())
            .collect();
        if let Some(faux) = domaines
            .iter()
            .find(|d| AdresseElectronique::lire(&format!("a@{d}")).is_err())
        {
            let cite: String = faux.chars().take(60).collect();
            erreurs.ajouter(
                "domaines",
                &format!(
                    "«\u{202F}{cite}\u{202F}» n’est pas un domaine\u{202F}: écrivez ac-lyon.fr."
                ),
            );
        }
        if departements.len() > 120 || domaines.len() > 50 {
            erreurs.ajouter("departements", "Il y a trop de valeurs.");
        }
        let motif = lire_le_motif(&mut erreurs, &self.motif);
        erreurs.verdict()?;
        let contenu = Contenu {
            nom,
            departements,
            genres,
            domaines,
        };
        Ok((contenu, motif))
    }
}

#[derive(Template)]
#[template(path = "referents/perimetre.html")]
struct PagePerimetre {
    page: Page,
    /// `None`: a new one.
    perimetre: Option<Perimetre>,
    saisie: SaisiePerimetre,
    erreurs: Erreurs,
    affectables: Vec<(String, String)>,
    affectation: SaisieAffectation,
}

impl PagePerimetre {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn titre(&self) -> String {
        match &self.perimetre {
            Some(p) => p.contenu.nom.clone(),
            None => "Créer un périmètre".to_owned(),
        }
    }

    fn action(&self) -> String {
        match &self.perimetre {
            Some(p) => format!("{LISTE}/{}", p.id),
            None => format!("{LISTE}/nouveau"),
        }
    }

    fn genres(&self) -> Vec<(&'static str, &'static str, bool)> {
        GENRES
            .into_iter()
            .map(|(code, mots)| (code, mots, self.saisie.genres.iter().any(|g| g == code)))
            .collect()
    }

    fn comptes(n: &i64) -> String {
        texte::accord(usize::try_from(*n).unwrap_or_default(), "compte", "comptes")
    }
}

impl From<&Perimetre> for SaisiePerimetre {
    fn from(p: &Perimetre) -> Self {
        Self {
            nom: p.contenu.nom.clone(),
            departements: p.contenu.departements.join(", "),
            genres: p.contenu.genres.clone(),
            domaines: p.contenu.domaines.join(", "),
            motif: String::new(),
            version: p.version.to_string(),
        }
    }
}

pub async fn nouveau(_: Administration, page: Page) -> Result<Response, Erreur> {
    web::page(&vierge(
        page,
        SaisiePerimetre::default(),
        Erreurs::default(),
    ))
}

fn vierge(page: Page, saisie: SaisiePerimetre, erreurs: Erreurs) -> PagePerimetre {
    PagePerimetre {
        page,
        perimetre: None,
        saisie,
        erreurs,
        affectables: Vec::new(),
        affectation: SaisieAffectation::default(),
    }
}

pub async fn creer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisiePerimetre>,
) -> Result<Response, Erreur> {
    let issue = async {
        let (contenu, motif) = saisie.lire()?;
        let id = en_transaction!(&app, |tx| perimetres::creer(
            tx,
            &administration,
            &contenu,
            &motif
        )
        .await)?;
        Message::succes(format!("Le périmètre {} est créé.", contenu.nom))
            .texte("Affectez-lui un référent\u{202F}: sans lui, les demandes vont au support.")
            .et_aller(&app, Some(administration.id()), &format!("{LISTE}/{id}"))
            .await
    }
    .await;
    match issue {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &vierge(page, saisie, erreurs),
        ),
        Err(autre) => Err(autre),
    }
}

async fn ecran(
    app: &App,
    administration: &Administration,
    page: Page,
    id: PerimetreId,
    (saisie, affectation, erreurs): (Option<SaisiePerimetre>, SaisieAffectation, Erreurs),
) -> Result<PagePerimetre, Erreur> {
    let perimetre = perimetres::un(app, administration, id).await?;
    Ok(PagePerimetre {
        page,
        saisie: saisie.unwrap_or_else(|| (&perimetre).into()),
        perimetre: Some(perimetre),
        erreurs,
        affectables: perimetres::affectables(app, administration, id).await?,
        affectation,
    })
}

pub async fn page(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<PerimetreId>,
) -> Result<Response, Erreur> {
    let lu = (None, SaisieAffectation::default(), Erreurs::default());
    web::page(&ecran(&app, &administration, page, id, lu).await?)
}

pub async fn modifier(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<PerimetreId>,
    Formulaire(saisie): Formulaire<SaisiePerimetre>,
) -> Result<Response, Erreur> {
    let issue = async {
        let (contenu, motif) = saisie.lire()?;
        let version = saisie.version.parse().unwrap_or_default();
        en_transaction!(&app, |tx| perimetres::modifier(
            tx,
            &administration,
            (id, version),
            &contenu,
            &motif
        )
        .await)?;
        Message::succes("Le périmètre est enregistré.")
            .et_aller(&app, Some(administration.id()), &format!("{LISTE}/{id}"))
            .await
    }
    .await;
    match issue {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let saisi = (Some(saisie), SaisieAffectation::default(), erreurs);
            let gabarit = ecran(&app, &administration, page, id, saisi).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAffectation {
    referent: String,
    /// Not « motif »: both forms stand on one page.
    motif_affectation: String,
}

/// « Affecter ce référent ».
pub async fn affecter(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<PerimetreId>,
    Formulaire(saisie): Formulaire<SaisieAffectation>,
) -> Result<Response, Erreur> {
    let issue = async {
        let mut erreurs = Erreurs::default();
        let referent: Option<UtilisateurId> = saisie.referent.parse().ok();
        if referent.is_none() {
            erreurs.ajouter("referent", "Choisissez un référent de la liste.");
        }
        let motif = erreurs.paragraphe(
            "motif_affectation",
            &saisie.motif_affectation,
            crate::referents::MOTIF_MAX,
            "Saisissez le motif.",
        );
        let (Some(referent), true) = (referent, erreurs.est_vide()) else {
            return Err(erreurs.into());
        };
        let nom = en_transaction!(&app, |tx| perimetres::affecter(
            tx,
            &administration,
            id,
            referent,
            &motif
        )
        .await)?;
        Message::succes(format!("{nom} est référent de ce périmètre."))
            .et_aller(&app, Some(administration.id()), &format!("{LISTE}/{id}"))
            .await
    }
    .await;
    match issue {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = ecran(&app, &administration, page, id, (None, saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}
