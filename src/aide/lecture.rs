//! Reading the aide. Whoever asks gives the audience it belongs to: an article for another one does not exist.

use super::{Article, Audience, Slug, Statut, Theme};
use crate::App;
use crate::db::{ArticleId, Temps};
use crate::web::Erreur;

/// An article in a list.
#[derive(Clone, Debug)]
pub struct Ligne {
    pub slug: String,
    pub theme: Theme,
    pub titre: String,
    pub resume: String,
}

/// A theme and its articles.
pub struct Rayon {
    pub theme: Theme,
    pub articles: Vec<Ligne>,
}

/// Every published article of this audience, by theme; one theme only where it is named. One statement.
///
/// # Errors
/// Those of the database.
pub async fn rayons(
    app: &App,
    audience: Audience,
    theme: Option<Theme>,
) -> Result<Vec<Rayon>, Erreur> {
    let lignes = sqlx::query_as!(
        Ligne,
        r#"select slug, theme as "theme: Theme", titre, resume from articles_aide
           where statut = 'publie' and rang_audience(audience) <= rang_audience($1) and ($2::text is null or theme = $2)
           order by rang, titre, id limit 1000"#,
        audience.code(),
        theme.map(Theme::code)
    )
    .fetch_all(&app.db)
    .await?;
    Ok(Theme::TOUS
        .into_iter()
        .map(|theme| Rayon {
            theme,
            articles: lignes
                .iter()
                .filter(|l| l.theme == theme)
                .cloned()
                .collect(),
        })
        .filter(|r| !r.articles.is_empty())
        .collect())
}

/// One published article.
///
/// # Errors
/// `Introuvable`: no such article, a draft, or one for another audience.
pub async fn par_slug(app: &App, audience: Audience, slug: &Slug) -> Result<Article, Erreur> {
    sqlx::query_as!(
        Article,
        r#"select a.id as "id: ArticleId", a.slug, a.theme as "theme: Theme", a.rang, a.titre, a.resume, a.corps, a.mots_cles,
                  a.sources, a.ecrans, a.audience as "audience: Audience", a.statut as "statut: Statut",
                  a.livraison is not null as "livre!", a.version, temps(a.modifie_le) as "modifie_le!: Temps",
                  null::text as modifie_par
           from articles_aide a
           where a.slug = $1 and a.statut = 'publie' and rang_audience(a.audience) <= rang_audience($2)"#,
        slug.as_str(),
        audience.code()
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// The article of a screen, as the route table spells it; `None` where nobody wrote one for this audience.
///
/// # Errors
/// Those of the database.
pub async fn de_l_ecran(
    app: &App,
    audience: Audience,
    ecran: &str,
) -> Result<Option<String>, Erreur> {
    Ok(sqlx::query_scalar!(
        "select slug from articles_aide
         where ecrans @> array[$1::text] and statut = 'publie' and rang_audience(audience) <= rang_audience($2)
         order by rang_audience(audience) desc, rang, titre limit 1",
        ecran,
        audience.code()
    )
    .fetch_optional(&app.db)
    .await?)
}
