//! The articles that ship with the application: `articles/{slug}.md`, a small front matter then Markdown.
//!
//! Delivered after the migrations, again and again without effect. An article that an administrateur changed, unpublished
//! or deleted is his: a later version of the application leaves it alone. One that the application no longer ships
//! disappears, unless it is his.

use anyhow::{Context, Result, bail};
use rust_embed::Embed;
use sha2::{Digest, Sha256};
use sqlx::{Acquire, PgConnection};

use super::{Audience, Theme};
use crate::db::ArticleId;
use crate::web::markdown;

#[derive(Embed)]
#[folder = "src/aide/articles/"]
struct Fichiers;

/// A shipped article, read and checked.
#[derive(Debug)]
pub struct Livre {
    pub slug: String,
    pub titre: String,
    pub theme: Theme,
    pub rang: i32,
    pub resume: String,
    pub mots_cles: String,
    pub audience: Audience,
    pub sources: Vec<String>,
    pub ecrans: Vec<String>,
    pub corps: String,
    /// Digest of the file.
    pub empreinte: String,
}

/// Every shipped article, in the order of the addresses.
///
/// # Errors
/// A file that is not what it should be, named.
pub fn livres() -> Result<Vec<Livre>> {
    let mut noms: Vec<_> = Fichiers::iter().collect();
    noms.sort();
    noms.iter()
        .map(|nom| {
            let fichier = Fichiers::get(nom).context("a file of the list")?;
            let texte = std::str::from_utf8(&fichier.data)?;
            let slug = nom.trim_end_matches(".md");
            lire(slug, texte).with_context(|| format!("article {nom}"))
        })
        .collect()
}

fn lire(slug: &str, texte: &str) -> Result<Livre> {
    let (tete, corps) = texte
        .strip_prefix("---\n")
        .and_then(|t| t.split_once("\n---\n"))
        .context("no front matter between two lines of three dashes")?;
    let mut livre = Livre {
        slug: slug.to_owned(),
        titre: String::new(),
        theme: Theme::Demarrer,
        rang: 0,
        resume: String::new(),
        mots_cles: String::new(),
        audience: Audience::Visiteur,
        sources: Vec::new(),
        ecrans: Vec::new(),
        corps: corps.trim().to_owned(),
        empreinte: Sha256::digest(texte.as_bytes())
            .iter()
            .map(|o| format!("{o:02x}"))
            .collect(),
    };
    for ligne in tete.lines() {
        let (cle, valeur) = ligne
            .split_once(':')
            .with_context(|| format!("« {ligne} » has no colon"))?;
        let valeur = valeur.trim();
        let liste = || {
            let morceaux = valeur.split(',').map(str::trim);
            morceaux
                .filter(|m| !m.is_empty())
                .map(str::to_owned)
                .collect()
        };
        match cle {
            "titre" => livre.titre = valeur.to_owned(),
            "theme" => livre.theme = Theme::lire(valeur).context("unknown theme")?,
            "rang" => livre.rang = valeur.parse().context("rang is not a number")?,
            "resume" => livre.resume = valeur.to_owned(),
            "mots" => livre.mots_cles = valeur.to_owned(),
            "audience" => livre.audience = Audience::lire(valeur).context("unknown audience")?,
            "guides" => livre.sources = liste(),
            "ecrans" => livre.ecrans = liste(),
            autre => bail!("unknown key « {autre} »"),
        }
    }
    if livre.titre.is_empty() || livre.resume.is_empty() || livre.corps.is_empty() {
        bail!("titre, resume and a body are needed");
    }
    Ok(livre)
}

/// Brings the shipped articles up to date, in one transaction.
///
/// # Errors
/// A file that is not what it should be, or a database that refuses.
pub async fn livrer(db: &mut PgConnection) -> Result<()> {
    let livres = livres()?;
    let mut tx = db.begin().await?;
    // Two processes that start at once: the second waits, however impatient its connection, and finds everything done.
    sqlx::query("set local lock_timeout = '60s'")
        .execute(&mut *tx)
        .await?;
    sqlx::query("select pg_advisory_xact_lock(hashtext('articles_aide'))")
        .execute(&mut *tx)
        .await?;
    // One statement: the vocabulary is made again once, not once an article.
    let colonne = |de: fn(&Livre) -> String| livres.iter().map(de).collect::<Vec<_>>();
    let ids: Vec<uuid::Uuid> = livres.iter().map(|_| ArticleId::nouveau().0).collect();
    let rangs: Vec<i32> = livres.iter().map(|l| l.rang).collect();
    sqlx::query!(
        "insert into articles_aide (id, slug, theme, rang, titre, resume, corps, texte, mots_cles, sources, ecrans, audience,
                                    statut, livraison)
         select l.id, l.slug, l.theme, l.rang, l.titre, l.resume, l.corps, l.texte, l.mots_cles,
                string_to_array(l.sources, chr(10)), string_to_array(l.ecrans, chr(10)), l.audience, 'publie', l.livraison
         from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])
           as l (id, slug, theme, rang, titre, resume, corps, texte, mots_cles, sources, ecrans, audience, livraison)
         on conflict (slug) do update
         set theme = excluded.theme, rang = excluded.rang, titre = excluded.titre, resume = excluded.resume,
             corps = excluded.corps, texte = excluded.texte, mots_cles = excluded.mots_cles, sources = excluded.sources,
             ecrans = excluded.ecrans, audience = excluded.audience, livraison = excluded.livraison,
             version = articles_aide.version + 1, modifie_le = maintenant()
         where articles_aide.modifie_par is null and articles_aide.livraison is distinct from excluded.livraison",
        &ids,
        &colonne(|l| l.slug.clone()),
        &colonne(|l| l.theme.code().to_owned()),
        &rangs,
        &colonne(|l| l.titre.clone()),
        &colonne(|l| l.resume.clone()),
        &colonne(|l| l.corps.clone()),
        &colonne(|l| markdown::texte(&l.corps)),
        &colonne(|l| l.mots_cles.clone()),
        &colonne(|l| l.sources.join("\n")),
        &colonne(|l| l.ecrans.join("\n")),
        &colonne(|l| l.audience.code().to_owned()),
        &colonne(|l| l.empreinte.clone())
    )
    .execute(&mut *tx)
    .await?;
    let slugs: Vec<String> = livres.into_iter().map(|l| l.slug).collect();
    sqlx::query!(
        "delete from articles_aide where livraison is not null and modifie_par is null and slug <> all ($1)",
        &slugs
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
