//! « Posez-moi vos questions »: the nearest articles of a question asked in plain French.
//!
//! PostgreSQL reads the words (roots of the French dictionary, accents ignored); a word that no article holds is read as
//! the nearest word of the articles (trigrams). Each root weighs what it tells: rare ones more than common ones, in a title
//! more than in a body. An article answers when it holds enough of what was asked.

use super::{Audience, Theme};
use crate::App;
use crate::web::Erreur;

/// Characters of a question at most.
pub const QUESTION_MAX: usize = 200;
/// Words that are read; the rest of a long question says little more.
const MOTS: usize = 24;
/// Answers shown at most.
const REPONSES: i64 = 8;
/// Share of the weight of the question that the best article must hold to be called an answer.
const COUVERTURE: f64 = 0.45;
/// Under this share of the best score an article is not shown.
const VOISINAGE: f64 = 0.4;

/// Words of a question that say nothing of its subject, beyond those of the French dictionary.
const VIDES: [&str; 49] = [
    "ai", "ailleurs", "aller", "apres", "avant", "avez", "avoir", "besoin", "bonjour", "ca",
    "ceci", "cela", "cet", "cette", "comment", "dois", "doit", "donc", "elles", "est", "etre",
    "faire", "fait", "faut", "ils", "les", "leurs", "merci", "mettre", "ou", "peut", "peux",
    "pouvez", "puis", "quand", "quel", "quelle", "quelles", "quels", "quoi", "savoir", "si", "svp",
    "va", "vais", "veux", "voir", "voudrais", "vouloir",
];

/// An article that answers.
pub struct Reponse {
    pub slug: String,
    pub theme: Theme,
    pub titre: String,
    /// What the article says about it, the words asked for marked.
    pub extrait: Vec<Morceau>,
}

/// A piece of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Morceau {
    pub texte: String,
    pub marque: bool,
}

/// What was found.
#[derive(Default)]
pub struct Reponses {
    /// The best first.
    pub trouvees: Vec<Reponse>,
    /// The question as it was read, where a word was read as another.
    pub corrigee: Option<String>,
    /// Whether the best one holds enough of the question.
    pub convient: bool,
}

/// The articles of this audience nearest to the question. One statement.
///
/// # Errors
/// Those of the database.
pub async fn chercher(app: &App, audience: Audience, question: &str) -> Result<Reponses, Erreur> {
    let mots = mots(question);
    if mots.is_empty() {
        return Ok(Reponses::default());
    }
    let vides = VIDES.map(str::to_owned).to_vec();
    let lignes = sqlx::query!(
        r#"with mots as materialized (
             select m.rang, lower(sans_accents(m.mot)) as mot from unnest($1::text[]) with ordinality as m (mot, rang)),
           racines as materialized (
             select m.rang, m.mot, (ts_lexize('pg_catalog.french_stem', m.mot))[1] as racine
             from mots m where m.mot <> all ($2::text[]) and cardinality(ts_lexize('pg_catalog.french_stem', m.mot)) > 0),
           lus as materialized (
             select r.rang, r.mot, coalesce(connu.lexeme, proche.lexeme, r.racine) as lexeme, proche.mot as corrige
             from racines r
             left join lateral (select v.lexeme from aide_vocabulaire v where v.lexeme = r.racine limit 1) connu on true
             left join lateral (
               select v.mot, v.lexeme from aide_vocabulaire v
               where connu.lexeme is null and length(r.mot) >= 4 and v.mot % r.mot and similarity(v.mot, r.mot) >= 0.4
               order by similarity(v.mot, r.mot) desc, v.mot limit 1) proche on true),
           requete as materialized (
             select string_agg(distinct quote_literal(lexeme), ' | ')::tsquery as q from lus),
           publies as materialized (
             select count(*)::float8 as n from articles_aide
             where statut = 'publie' and rang_audience(audience) <= rang_audience($3)),
           candidats as materialized (
             select a.id, a.slug, a.theme, a.titre, a.resume, a.texte, a.rang, a.recherche
             from articles_aide a cross join requete r
             where a.recherche @@ r.q and a.statut = 'publie' and rang_audience(a.audience) <= rang_audience($3)),
           presences as materialized (
             select c.id, l.lexeme,
                    case when 'A' = any (l.weights) then 1.0 when 'B' = any (l.weights) then 0.8
                         when 'C' = any (l.weights) then 0.6 else 0.3 end::float8 as force
             from candidats c cross join lateral unnest(c.recherche) as l (lexeme, positions, weights)
             where l.lexeme in (select lexeme from lus)),
           poids as materialized (
             select d.lexeme, ln(1 + p.n / greatest((select count(*) from presences x where x.lexeme = d.lexeme), 0.5)) as poids
             from (select distinct lexeme from lus) d cross join publies p),
           notes as materialized (
             select x.id, sum(p.poids * x.force) as note, sum(p.poids) / (select sum(poids) from poids) as couverture
             from presences x join poids p on p.lexeme = x.lexeme group by x.id),
           meilleures as materialized (
             select n.id, n.note, n.couverture, max(n.note) over () as haute
             from notes n order by n.note desc limit $4)
           select c.slug, c.theme as "theme: Theme", c.titre, m.couverture as "couverture!", m.note >= m.haute * $5 as "voisine!",
                  ts_headline('public.aide_fr', c.resume || ' ' || c.texte, (select q from requete),
                    'StartSel=' || chr(57344) || ', StopSel=' || chr(57345) || ', MinWords=18, MaxWords=40, MaxFragments=1') as "extrait!",
                  (select string_agg(coalesce(l.corrige, x.mot), ' ' order by x.rang)
                   from mots x left join lus l on l.rang = x.rang) as "lue!",
                  exists (select from lus where corrige is not null) as "corrigee!"
           from meilleures m join candidats c on c.id = m.id
           order by m.note desc, c.rang, c.slug"#,
        &mots,
        &vides,
        audience.code(),
        REPONSES,
        VOISINAGE
    )
    .fetch_all(&app.db)
    .await?;
    let corrigee = lignes.first().filter(|l| l.corrigee).map(|l| l.lue.clone());
    let convient = lignes.first().is_some_and(|l| l.couverture >= COUVERTURE);
    let trouvees = lignes
        .into_iter()
        .filter(|l| l.voisine)
        .map(|l| Reponse {
            slug: l.slug,
            theme: l.theme,
            titre: l.titre,
            extrait: entre_points(morceaux(&l.extrait)),
        })
        .collect();
    Ok(Reponses {
        trouvees,
        corrigee,
        convient,
    })
}

/// The words of a question, in their order.
fn mots(question: &str) -> Vec<String> {
    question
        .split(|c: char| !c.is_alphanumeric())
        .filter(|m| m.chars().nth(1).is_some() && m.chars().count() <= 40)
        .take(MOTS)
        .map(str::to_owned)
        .collect()
}

/// Marks of `ts_headline`: private-use characters, which no text of ours holds (`web::texte`).
const DEBUT: char = '\u{E000}';
const FIN: char = '\u{E001}';

/// « … » where the excerpt begins or ends inside a sentence.
fn entre_points(mut morceaux: Vec<Morceau>) -> Vec<Morceau> {
    let points = |texte: &str| Morceau {
        texte: texte.to_owned(),
        marque: false,
    };
    let premier = morceaux.first().and_then(|m| m.texte.chars().next());
    let dernier = morceaux.last().and_then(|m| m.texte.chars().last());
    if premier.is_some_and(char::is_lowercase) {
        morceaux.insert(0, points("… "));
    }
    if dernier.is_some_and(|c| !['.', '!', '?', '…'].contains(&c)) {
        morceaux.push(points(" …"));
    }
    morceaux
}

/// The excerpt cut at its marks. Whatever it holds, the template escapes each piece.
fn morceaux(extrait: &str) -> Vec<Morceau> {
    let mut morceaux = Vec::new();
    for (rang, partie) in extrait.split(DEBUT).enumerate() {
        let (marque, reste) = match partie.split_once(FIN) {
            Some((marque, reste)) if rang > 0 => (marque, reste),
            _ => ("", partie),
        };
        for (texte, marque) in [(marque, true), (reste, false)] {
            let texte = texte.replace([DEBUT, FIN], "");
            if !texte.is_empty() {
                morceaux.push(Morceau { texte, marque });
            }
        }
    }
    morceaux
}
