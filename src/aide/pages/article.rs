use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Visiteur};
use crate::aide::{Article, Audience, Ligne, Slug, par_slug, rayons};
use crate::web::{self, Chemin, Erreur, markdown};

#[derive(Template)]
#[template(path = "aide/article.html")]
struct PageArticle {
    page: Page,
    article: Article,
    corps: markdown::Html,
    /// The others of its theme.
    voisins: Vec<Ligne>,
}

/// GET /aide/{slug}.
pub async fn page(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
    Chemin(slug): Chemin<Slug>,
) -> Result<Response, Erreur> {
    let audience = Audience::de(visiteur.personne());
    let article = par_slug(&app, audience, &slug).await?;
    let voisins = rayons(&app, audience, Some(article.theme))
        .await?
        .into_iter()
        .flat_map(|r| r.articles)
        .filter(|l| l.slug != article.slug)
        .collect();
    web::page(&PageArticle {
        page,
        corps: article.html(),
        article,
        voisins,
    })
}
