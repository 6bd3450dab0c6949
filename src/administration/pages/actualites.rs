use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::articles::{aller, audiences};
use super::formulaires::{Depasse, SaisieActualite};
use crate::App;
use crate::acces::{Administration, Page};
use crate::aide::actualites::{self as acts, CORPS_MAX, Importance, LigneActualite, TRIS};
use crate::db::{ActualiteId, en_transaction};
use crate::web::{
    self, Chemin, Erreur, Erreurs, Fenetre, FormulaireAmple, Liste, Requete, Sens, markdown,
};

const LISTE: &str = "/administration/actualites";

#[derive(Template)]
#[template(path = "administration/actualites.html")]
struct PageListe {
    page: Page,
    liste: Liste<LigneActualite>,
}

impl PageListe {
    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "titre" => "titre",
            "statut" => "statut",
            _ => "date",
        };
        self.liste.legende("Actualités", colonne)
    }
}

pub async fn liste(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let fenetre = Fenetre::lire(&requete, "ac", &TRIS, ("date", Sens::Decroissant), 25);
    let liste = acts::toutes(&app, &administration, fenetre).await?;
    web::page(&PageListe { page, liste })
}

/// One form for a new actualité and for an existing one.
#[derive(Template)]
#[template(path = "administration/actualite.html")]
struct PageActualite {
    page: Page,
    /// `None`: a new one.
    actualite: Option<LigneActualite>,
    saisie: SaisieActualite,
    apercu: Option<markdown::Html>,
    depasse: Option<Depasse>,
    erreurs: Erreurs,
}

impl PageActualite {
    fn new(page: Page, actualite: Option<LigneActualite>, saisie: SaisieActualite) -> Self {
        Self {
            page,
            actualite,
            apercu: saisie.apercu(),
            depasse: None,
            saisie,
            erreurs: Erreurs::default(),
        }
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn titre(&self) -> &str {
        self.actualite
            .as_ref()
            .map_or("Créer une actualité", |a| a.titre.as_str())
    }

    fn publiee(&self) -> bool {
        self.actualite.as_ref().is_some_and(|a| a.etat.publiee())
    }

    /// Below the title in the preview: an actualité has nothing there.
    fn chapeau(&self) -> &'static str {
        ""
    }

    fn action(&self) -> String {
        match &self.actualite {
            Some(actualite) => adresse(actualite.id),
            None => format!("{LISTE}/nouvelle"),
        }
    }

    fn audiences() -> [(&'static str, &'static str); 4] {
        audiences()
    }

    fn importances() -> [(&'static str, &'static str); 2] {
        Importance::TOUTES.map(|i| (i.code(), i.libelle()))
    }

    fn corps_max() -> usize {
        CORPS_MAX
    }
}

pub async fn nouvelle(_: Administration, page: Page) -> Result<Response, Erreur> {
    web::page(&PageActualite::new(page, None, SaisieActualite::vierge()))
}

pub async fn page(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<ActualiteId>,
) -> Result<Response, Erreur> {
    let actualite = acts::a_rediger(&app, &administration, id).await?;
    let saisie = SaisieActualite::from(&actualite);
    web::page(&PageActualite::new(page, Some(actualite), saisie))
}

/// Writes the draft, and publishes it at once where that was the button.
pub async fn creer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    FormulaireAmple(saisie): FormulaireAmple<SaisieActualite>,
) -> Result<Response, Erreur> {
    if saisie.apercu().is_some() {
        return web::page(&PageActualite::new(page, None, saisie));
    }
    match ecrire(&app, &administration, None, &saisie).await {
        Ok(id) => {
            let phrase = if saisie.a_publier() {
                "L’actualité est publiée."
            } else {
                "L’actualité est créée, en brouillon."
            };
            aller(&app, &administration, phrase, &adresse(id)).await
        }
        Err(Erreur::Invalide(erreurs)) => refuser(page, None, saisie, erreurs),
        Err(autre) => Err(autre),
    }
}

/// The new one or the existing one as typed, published where that was the button: one transaction.
async fn ecrire(
    app: &App,
    administration: &Administration,
    existante: Option<ActualiteId>,
    saisie: &SaisieActualite,
) -> Result<ActualiteId, Erreur> {
    let redigee = saisie.lire()?;
    en_transaction!(app, |tx| {
        let id = match existante {
            Some(id) => {
                acts::modifier(tx, administration, id, &redigee, saisie.lue()).await?;
                id
            }
            None => acts::creer(tx, administration, &redigee).await?,
        };
        if saisie.a_publier() {
            acts::publier(tx, administration, id, redigee.debut).await?;
        }
        Ok(id)
    })
}

pub async fn modifier(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<ActualiteId>,
    FormulaireAmple(saisie): FormulaireAmple<SaisieActualite>,
) -> Result<Response, Erreur> {
    let actualite = acts::a_rediger(&app, &administration, id).await?;
    if saisie.apercu().is_some() {
        return web::page(&PageActualite::new(page, Some(actualite), saisie));
    }
    match ecrire(&app, &administration, Some(id), &saisie).await {
        Ok(id) => {
            let phrase = if saisie.a_publier() {
                "L’actualité est publiée."
            } else {
                "L’actualité est modifiée."
            };
            aller(&app, &administration, phrase, &adresse(id)).await
        }
        Err(Erreur::Invalide(erreurs)) => refuser(page, Some(actualite), saisie, erreurs),
        Err(Erreur::Conflit(phrase)) => {
            let actualite = acts::a_rediger(&app, &administration, id).await?;
            depasser(page, actualite, saisie, phrase)
        }
        Err(autre) => Err(autre),
    }
}

fn refuser(
    page: Page,
    actualite: Option<LigneActualite>,
    saisie: SaisieActualite,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    web::rendre(
        StatusCode::UNPROCESSABLE_ENTITY,
        &PageActualite {
            erreurs,
            ..PageActualite::new(page, actualite, saisie)
        },
    )
}

/// The form again with what was typed; « Enregistrer » now replaces what is shown as stored.
fn depasser(
    page: Page,
    actualite: LigneActualite,
    mut saisie: SaisieActualite,
    phrase: String,
) -> Result<Response, Erreur> {
    saisie.version = actualite.version.to_string();
    web::rendre(
        StatusCode::CONFLICT,
        &PageActualite {
            depasse: Some(Depasse::new(phrase, &actualite.corps)),
            ..PageActualite::new(page, Some(actualite), saisie)
        },
    )
}

fn adresse(id: ActualiteId) -> String {
    format!("{LISTE}/{id}")
}

/// From the list: at once.
pub async fn publier(
    administration: Administration,
    State(app): State<App>,
    Chemin(id): Chemin<ActualiteId>,
) -> Result<Response, Erreur> {
    let titre = en_transaction!(&app, |tx| acts::publier(tx, &administration, id, None)
        .await)?;
    let phrase = format!("«\u{202F}{titre}\u{202F}» est publiée.");
    aller(&app, &administration, phrase, &adresse(id)).await
}

pub async fn depublier(
    administration: Administration,
    State(app): State<App>,
    Chemin(id): Chemin<ActualiteId>,
) -> Result<Response, Erreur> {
    let titre = en_transaction!(&app, |tx| acts::depublier(tx, &administration, id).await)?;
    let phrase = format!("«\u{202F}{titre}\u{202F}» n’est plus publiée.");
    aller(&app, &administration, phrase, &adresse(id)).await
}

#[derive(Template)]
#[template(path = "administration/suppression_actualite.html")]
struct PageSuppression {
    page: Page,
    actualite: LigneActualite,
}

pub async fn confirmer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<ActualiteId>,
) -> Result<Response, Erreur> {
    let actualite = acts::a_rediger(&app, &administration, id).await?;
    web::page(&PageSuppression { page, actualite })
}

pub async fn supprimer(
    administration: Administration,
    State(app): State<App>,
    Chemin(id): Chemin<ActualiteId>,
) -> Result<Response, Erreur> {
    let titre = en_transaction!(&app, |tx| acts::supprimer(tx, &administration, id).await)?;
    let phrase = format!("«\u{202F}{titre}\u{202F}» est supprimée.");
    aller(&app, &administration, phrase, LISTE).await
}
