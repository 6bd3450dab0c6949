use super::{Actualite, Importance};
use crate::App;
use crate::aide::Audience;
use crate::db::{ActualiteId, Temps};
use crate::web::{Erreur, Fenetre, Liste};

/// Those shown on the accueil.
const SUR_L_ACCUEIL: i64 = 3;

/// The latest of this audience, important ones first. One statement.
///
/// # Errors
/// Those of the database.
pub async fn dernieres(app: &App, audience: Audience) -> Result<Vec<Actualite>, Erreur> {
    Ok(sqlx::query_as!(
        Actualite,
        r#"select id as "id!: ActualiteId", titre as "titre!", corps as "corps!", texte as "texte!",
                  audience as "audience!: Audience", importance as "importance!: Importance",
                  temps(publiee_le) as "publiee_le!: Temps"
           from actualites_en_cours
           where rang_audience(audience) <= rang_audience($1)
           order by importance = 'haute' desc, publiee_le desc, id limit $2"#,
        audience.code(),
        SUR_L_ACCUEIL
    )
    .fetch_all(&app.db)
    .await?)
}

/// All that are shown to this audience, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn liste(
    app: &App,
    audience: Audience,
    fenetre: Fenetre,
) -> Result<Liste<Actualite>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select id, titre, corps, texte, audience, importance, publiee_le from actualites_en_cours
             where rang_audience(audience) <= rang_audience($1) limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: ActualiteId", b.titre as "titre!", b.corps as "corps!",
                  b.texte as "texte!", b.audience as "audience!: Audience", b.importance as "importance!: Importance",
                  temps(b.publiee_le) as "publiee_le!: Temps"
           from base b
           order by b.publiee_le desc, b.id
           limit $2::bigint offset least($3::bigint - 1, greatest((select count(*) from base) - 1, 0) / $2) * $2"#,
        audience.code(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Actualite {
            id: l.id,
            titre: l.titre,
            corps: l.corps,
            texte: l.texte,
            audience: l.audience,
            importance: l.importance,
            publiee_le: l.publiee_le,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "actualites"))
}

/// One that is shown to this audience.
///
/// # Errors
/// `Introuvable`: none, not published yet, over, or for another audience.
pub async fn une(app: &App, audience: Audience, id: ActualiteId) -> Result<Actualite, Erreur> {
    sqlx::query_as!(
        Actualite,
        r#"select id as "id!: ActualiteId", titre as "titre!", corps as "corps!", texte as "texte!",
                  audience as "audience!: Audience", importance as "importance!: Importance",
                  temps(publiee_le) as "publiee_le!: Temps"
           from actualites_en_cours
           where id = $1 and rang_audience(audience) <= rang_audience($2)"#,
        id.0,
        audience.code()
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}
