use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::formulaires::{Depasse, SaisieArticle};
use crate::App;
use crate::acces::{Administration, Message, Page};
use crate::aide::redaction::{self, CORPS_MAX, LigneArticle, MOTS_CLES_MAX, RESUME_MAX, TRIS};
use crate::aide::{Article, Audience, Slug, Statut, Theme};
use crate::db::en_transaction;
use crate::web::{
    self, Chemin, Erreur, Erreurs, Fenetre, FormulaireAmple, Liste, Requete, Sens, markdown,
};

const LISTE: &str = "/administration/aide";

#[derive(Template)]
#[template(path = "administration/articles.html")]
struct PageListe {
    page: Page,
    liste: Liste<LigneArticle>,
}

impl PageListe {
    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "theme" => "thème",
            "statut" => "statut",
            "date" => "date de modification",
            _ => "titre",
        };
        self.liste
            .legende_au_masculin("Articles de l’aide", colonne)
    }
}

pub async fn liste(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let fenetre = Fenetre::lire(&requete, "ar", &TRIS, ("titre", Sens::Croissant), 25);
    let liste = redaction::liste(&app, &administration, fenetre).await?;
    web::page(&PageListe { page, liste })
}

/// One form for a new article and for an existing one.
#[derive(Template)]
#[template(path = "administration/article.html")]
struct PageArticle {
    page: Page,
    /// `None`: a new one.
    article: Option<Article>,
    saisie: SaisieArticle,
    apercu: Option<markdown::Html>,
    depasse: Option<Depasse>,
    erreurs: Erreurs,
}

impl PageArticle {
    fn new(page: Page, article: Option<Article>, saisie: SaisieArticle) -> Self {
        Self {
            page,
            article,
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
        self.article
            .as_ref()
            .map_or("Créer un article", |a| a.titre.as_str())
    }

    /// Below the title in the preview.
    fn chapeau(&self) -> &str {
        &self.saisie.resume
    }

    fn action(&self) -> String {
        match &self.article {
            Some(article) => format!("{LISTE}/{}", article.slug),
            None => format!("{LISTE}/nouvel-article"),
        }
    }

    fn themes() -> [(&'static str, &'static str); 7] {
        Theme::TOUS.map(|t| (t.code(), t.libelle()))
    }

    fn audiences() -> [(&'static str, &'static str); 4] {
        audiences()
    }

    fn corps_max() -> usize {
        CORPS_MAX
    }

    fn resume_max() -> usize {
        RESUME_MAX
    }

    fn mots_max() -> usize {
        MOTS_CLES_MAX
    }
}

/// For the lists of both forms.
pub(super) fn audiences() -> [(&'static str, &'static str); 4] {
    Audience::TOUTES.map(|a| (a.code(), a.libelle()))
}

pub async fn nouveau(_: Administration, page: Page) -> Result<Response, Erreur> {
    web::page(&PageArticle::new(page, None, SaisieArticle::vierge()))
}

pub async fn page(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(slug): Chemin<Slug>,
) -> Result<Response, Erreur> {
    let article = redaction::un(&app, &administration, &slug).await?;
    let saisie = SaisieArticle::from(&article);
    web::page(&PageArticle::new(page, Some(article), saisie))
}

/// The pages that an article may be linked to.
fn ecrans(app: &App) -> Vec<&'static str> {
    let routes = crate::routes(app);
    let pages = routes.table().iter().filter(|r| r.methode == "GET");
    pages.map(|r| r.chemin).collect()
}

pub async fn creer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    FormulaireAmple(saisie): FormulaireAmple<SaisieArticle>,
) -> Result<Response, Erreur> {
    if saisie.apercu().is_some() {
        return web::page(&PageArticle::new(page, None, saisie));
    }
    let issue = async {
        let redige = saisie.lire(&ecrans(&app))?;
        en_transaction!(&app, |tx| redaction::creer(tx, &administration, &redige)
            .await)
    }
    .await;
    match issue {
        Ok(slug) => {
            let phrase = "L’article est créé, en brouillon\u{202F}: publiez-le quand il est prêt.";
            aller(&app, &administration, phrase, &adresse(&slug)).await
        }
        Err(Erreur::Invalide(erreurs)) => refuser(page, None, saisie, erreurs),
        Err(autre) => Err(autre),
    }
}

pub async fn modifier(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(slug): Chemin<Slug>,
    FormulaireAmple(saisie): FormulaireAmple<SaisieArticle>,
) -> Result<Response, Erreur> {
    let article = redaction::un(&app, &administration, &slug).await?;
    if saisie.apercu().is_some() {
        return web::page(&PageArticle::new(page, Some(article), saisie));
    }
    let issue = async {
        let redige = saisie.lire(&ecrans(&app))?;
        en_transaction!(&app, |tx| redaction::modifier(
            tx,
            &administration,
            &slug,
            &redige,
            saisie.lue()
        )
        .await)
    }
    .await;
    match issue {
        Ok(()) => {
            aller(
                &app,
                &administration,
                "L’article est modifié.",
                &adresse(&slug),
            )
            .await
        }
        Err(Erreur::Invalide(erreurs)) => refuser(page, Some(article), saisie, erreurs),
        Err(Erreur::Conflit(phrase)) => {
            let article = redaction::un(&app, &administration, &slug).await?;
            depasser(page, article, saisie, phrase)
        }
        Err(autre) => Err(autre),
    }
}

fn refuser(
    page: Page,
    article: Option<Article>,
    saisie: SaisieArticle,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    web::rendre(
        StatusCode::UNPROCESSABLE_ENTITY,
        &PageArticle {
            erreurs,
            ..PageArticle::new(page, article, saisie)
        },
    )
}

/// The form again with what was typed; « Enregistrer » now replaces what is shown as stored.
fn depasser(
    page: Page,
    article: Article,
    mut saisie: SaisieArticle,
    phrase: String,
) -> Result<Response, Erreur> {
    saisie.version = article.version.to_string();
    web::rendre(
        StatusCode::CONFLICT,
        &PageArticle {
            depasse: Some(Depasse::new(phrase, &article.corps)),
            ..PageArticle::new(page, Some(article), saisie)
        },
    )
}

fn adresse(slug: &Slug) -> String {
    format!("{LISTE}/{slug}")
}

/// The result, then that page.
pub(super) async fn aller(
    app: &App,
    administration: &Administration,
    titre: impl Into<String>,
    vers: &str,
) -> Result<Response, Erreur> {
    let vers = Message::succes(titre)
        .et_aller(app, Some(administration.id()), vers)
        .await?;
    Ok(web::vers(&vers))
}

pub async fn publier(
    administration: Administration,
    State(app): State<App>,
    Chemin(slug): Chemin<Slug>,
) -> Result<Response, Erreur> {
    changer(&app, &administration, &slug, Statut::Publie).await
}

pub async fn depublier(
    administration: Administration,
    State(app): State<App>,
    Chemin(slug): Chemin<Slug>,
) -> Result<Response, Erreur> {
    changer(&app, &administration, &slug, Statut::Brouillon).await
}

async fn changer(
    app: &App,
    administration: &Administration,
    slug: &Slug,
    statut: Statut,
) -> Result<Response, Erreur> {
    let titre = en_transaction!(app, |tx| redaction::publier(
        tx,
        administration,
        slug,
        statut
    )
    .await)?;
    let fait = match statut {
        Statut::Publie => "est publié",
        Statut::Brouillon | Statut::Retire => "n’est plus publié",
    };
    let phrase = format!("«\u{202F}{titre}\u{202F}» {fait}.");
    aller(app, administration, phrase, &adresse(slug)).await
}

#[derive(Template)]
#[template(path = "administration/suppression_article.html")]
struct PageSuppression {
    page: Page,
    article: Article,
}

pub async fn confirmer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(slug): Chemin<Slug>,
) -> Result<Response, Erreur> {
    let article = redaction::un(&app, &administration, &slug).await?;
    web::page(&PageSuppression { page, article })
}

pub async fn supprimer(
    administration: Administration,
    State(app): State<App>,
    Chemin(slug): Chemin<Slug>,
) -> Result<Response, Erreur> {
    let titre = en_transaction!(&app, |tx| redaction::supprimer(tx, &administration, &slug)
        .await)?;
    let phrase = format!("«\u{202F}{titre}\u{202F}» est supprimé.");
    aller(&app, &administration, phrase, LISTE).await
}
