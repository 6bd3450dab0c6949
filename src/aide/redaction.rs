//! What an administrateur does with the articles (R-ADM). Each act is one line of the historique of the instance.

use super::{Article, Audience, Slug, Statut, Theme, depasse, journaliser};
use crate::App;
use crate::acces::Administration;
use crate::db::{ArticleId, Temps, Tx, contrainte};
use crate::historique::{Action, Changement};
use crate::web::{Erreur, Fenetre, Liste, markdown};

pub const TITRE_MAX: usize = 150;
pub const RESUME_MAX: usize = 300;
pub const CORPS_MAX: usize = 20_000;
pub const MOTS_CLES_MAX: usize = 500;

/// Columns that the list sorts by.
pub const TRIS: [&str; 4] = ["titre", "theme", "statut", "date"];

/// An article as typed, checked.
#[derive(Clone, Debug)]
pub struct Redige {
    pub titre: String,
    pub theme: Theme,
    pub resume: String,
    pub corps: String,
    pub mots_cles: String,
    pub ecrans: Vec<String>,
    pub audience: Audience,
}

/// A line of the list.
pub struct LigneArticle {
    pub slug: String,
    pub titre: String,
    pub theme: Theme,
    pub audience: Audience,
    pub statut: Statut,
    pub livre: bool,
    pub modifie_le: Temps,
    pub modifie_par: Option<String>,
}

/// Every article but those deleted. One statement.
///
/// # Errors
/// Those of the database.
pub async fn liste(
    app: &App,
    _: &Administration,
    fenetre: Fenetre,
) -> Result<Liste<LigneArticle>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select a.id, a.slug, a.titre, cle_tri(a.titre) as cle, a.theme, a.rang, a.audience, a.statut, a.livraison,
                    a.modifie_le, a.modifie_par
             from articles_aide a
             where a.statut <> 'retire'
               and ($1 = '' or a.recherche @@ plainto_tsquery('public.aide_fr', $1)
                    or (cle_recherche($1) <> '' and cle_recherche(a.titre) like '%' || cle_recherche($1) || '%'))
             limit 10001)
           select (select count(*) from base) as "total!", b.slug as "slug!", b.titre as "titre!", b.theme as "theme!: Theme",
                  b.audience as "audience!: Audience", b.statut as "statut!: Statut", b.livraison is not null as "livre!",
                  temps(b.modifie_le) as "modifie_le!: Temps", u.prenom || ' ' || u.nom as "par?"
           from base b left join utilisateurs u on u.id = b.modifie_par
           order by
             case $2 when 'titre-asc' then b.cle when 'theme-asc' then b.theme when 'statut-asc' then b.statut end asc,
             case $2 when 'titre-desc' then b.cle when 'theme-desc' then b.theme when 'statut-desc' then b.statut end desc,
             case when $2 = 'date-asc' then b.modifie_le end asc, case when $2 = 'date-desc' then b.modifie_le end desc,
             b.rang, b.cle, b.id
           limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3"#,
        fenetre.recherche.clone(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| LigneArticle {
            slug: l.slug,
            titre: l.titre,
            theme: l.theme,
            audience: l.audience,
            statut: l.statut,
            livre: l.livre,
            modifie_le: l.modifie_le,
            modifie_par: l.par,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "articles"))
}

/// One article, whatever its state.
///
/// # Errors
/// `Introuvable`: none, or deleted.
pub async fn un(app: &App, _: &Administration, slug: &Slug) -> Result<Article, Erreur> {
    sqlx::query_as!(
        Article,
        r#"select a.id as "id: ArticleId", a.slug, a.theme as "theme: Theme", a.rang, a.titre, a.resume, a.corps, a.mots_cles,
                  a.sources, a.ecrans, a.audience as "audience: Audience", a.statut as "statut: Statut",
                  a.livraison is not null as "livre!", a.version, temps(a.modifie_le) as "modifie_le!: Temps",
                  u.prenom || ' ' || u.nom as "modifie_par?"
           from articles_aide a left join utilisateurs u on u.id = a.modifie_par
           where a.slug = $1 and a.statut <> 'retire'"#,
        slug.as_str()
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// Writes a new article, as a draft. Its address is made of its title. Answers the address.
///
/// # Errors
/// `Invalide` at `intitule`: the address is taken, or the title has no letter.
pub async fn creer(
    tx: &mut Tx,
    administration: &Administration,
    redige: &Redige,
) -> Result<Slug, Erreur> {
    let slug = Slug::du_titre(&redige.titre)
        .ok_or_else(|| Erreur::champ("intitule", "Écrivez un titre avec des lettres."))?;
    if slug.reserve() {
        return Err(deja_pris());
    }
    sqlx::query!(
        "insert into articles_aide (id, slug, theme, titre, resume, corps, texte, mots_cles, ecrans, audience, statut, modifie_par)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'brouillon', $11)",
        ArticleId::nouveau().0,
        slug.as_str(),
        redige.theme.code(),
        redige.titre,
        redige.resume,
        redige.corps,
        markdown::texte(&redige.corps),
        redige.mots_cles,
        &redige.ecrans,
        redige.audience.code(),
        administration.id().0
    )
    .execute(&mut **tx)
    .await
    .map_err(|e| match contrainte(&e) {
        Some("articles_aide_slug") => deja_pris(),
        _ => e.into(),
    })?;
    let changements = vec![Changement::new("Titre", "", &*redige.titre)];
    noter(
        tx,
        administration,
        ("Article créé", &redige.titre),
        changements,
    )
    .await?;
    Ok(slug)
}

fn deja_pris() -> Erreur {
    Erreur::champ(
        "intitule",
        "Une page a déjà ce titre, ou l’a eu\u{202F}: choisissez-en un autre.",
    )
}

/// What an act needs of the row it has locked.
struct Tenu {
    id: ArticleId,
    titre: String,
    resume: String,
    corps: String,
    mots_cles: String,
    ecrans: Vec<String>,
    theme: Theme,
    audience: Audience,
    statut: Statut,
    livre: bool,
    version: i32,
    modifie_le: Temps,
    modifie_par: Option<String>,
}

async fn tenir(tx: &mut Tx, slug: &Slug) -> Result<Tenu, Erreur> {
    sqlx::query_as!(
        Tenu,
        r#"select a.id as "id: ArticleId", a.titre, a.resume, a.corps, a.mots_cles, a.ecrans, a.theme as "theme: Theme",
                  a.audience as "audience: Audience", a.statut as "statut: Statut", a.livraison is not null as "livre!", a.version,
                  temps(a.modifie_le) as "modifie_le!: Temps",
                  (select u.prenom || ' ' || u.nom from utilisateurs u where u.id = a.modifie_par) as modifie_par
           from articles_aide a where a.slug = $1 and a.statut <> 'retire' for update"#,
        slug.as_str()
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// Changes an article; its address stays. Nothing happens where it is the same. `lue`: the version that was on the form.
///
/// # Errors
/// `Introuvable`: none, or deleted meanwhile. `Conflit`: somebody changed the text since it was read.
pub async fn modifier(
    tx: &mut Tx,
    administration: &Administration,
    slug: &Slug,
    redige: &Redige,
    lue: i32,
) -> Result<(), Erreur> {
    let avant = tenir(tx, slug).await?;
    let changements: Vec<Changement> = [
        ("Titre", avant.titre.clone(), redige.titre.clone()),
        (
            "Thème",
            avant.theme.libelle().to_owned(),
            redige.theme.libelle().to_owned(),
        ),
        ("Résumé", avant.resume.clone(), redige.resume.clone()),
        ("Texte", avant.corps.clone(), redige.corps.clone()),
        (
            "Autres mots",
            avant.mots_cles.clone(),
            redige.mots_cles.clone(),
        ),
        ("Écrans", avant.ecrans.join(", "), redige.ecrans.join(", ")),
        (
            "Public",
            avant.audience.libelle().to_owned(),
            redige.audience.libelle().to_owned(),
        ),
    ]
    .into_iter()
    .filter(|(_, avant, apres)| avant != apres)
    .map(|(champ, avant, apres)| Changement::new(champ, avant, apres))
    .collect();
    if changements.is_empty() {
        return Ok(());
    }
    if avant.version != lue {
        return Err(depasse(avant.modifie_par.as_deref(), &avant.modifie_le));
    }
    sqlx::query!(
        "update articles_aide set titre = $2, theme = $3, resume = $4, corps = $5, texte = $6, mots_cles = $7, ecrans = $8,
                audience = $9, version = version + 1, modifie_le = maintenant(), modifie_par = $10
         where id = $1",
        avant.id.0,
        redige.titre,
        redige.theme.code(),
        redige.resume,
        redige.corps,
        markdown::texte(&redige.corps),
        redige.mots_cles,
        &redige.ecrans,
        redige.audience.code(),
        administration.id().0
    )
    .execute(&mut **tx)
    .await?;
    noter(
        tx,
        administration,
        ("Article modifié", &redige.titre),
        changements,
    )
    .await
}

/// Publishes an article, or takes it back as a draft. Answers its title; twice is no error.
///
/// # Errors
/// `Introuvable`: none, or deleted meanwhile.
pub async fn publier(
    tx: &mut Tx,
    administration: &Administration,
    slug: &Slug,
    voulu: Statut,
) -> Result<String, Erreur> {
    let avant = tenir(tx, slug).await?;
    if avant.statut == voulu {
        return Ok(avant.titre);
    }
    sqlx::query!(
        "update articles_aide set statut = $2, modifie_le = maintenant(), modifie_par = $3 where id = $1",
        avant.id.0,
        voulu.code(),
        administration.id().0
    )
    .execute(&mut **tx)
    .await?;
    let fait = match voulu {
        Statut::Publie => "Article publié",
        Statut::Brouillon | Statut::Retire => "Article dépublié",
    };
    let changements = vec![Changement::new(
        "Statut",
        avant.statut.libelle(),
        voulu.libelle(),
    )];
    noter(tx, administration, (fait, &avant.titre), changements).await?;
    Ok(avant.titre)
}

/// Deletes an article. A shipped one keeps its row, so that the next delivery does not bring it back. Answers its title.
///
/// # Errors
/// `Introuvable`: none, or deleted already.
pub async fn supprimer(
    tx: &mut Tx,
    administration: &Administration,
    slug: &Slug,
) -> Result<String, Erreur> {
    let avant = tenir(tx, slug).await?;
    if avant.livre {
        sqlx::query!(
            "update articles_aide set statut = 'retire', modifie_le = maintenant(), modifie_par = $2 where id = $1",
            avant.id.0,
            administration.id().0
        )
        .execute(&mut **tx)
        .await?;
    } else {
        sqlx::query!("delete from articles_aide where id = $1", avant.id.0)
            .execute(&mut **tx)
            .await?;
    }
    let changements = vec![Changement::new("Texte", &*avant.corps, "")];
    noter(
        tx,
        administration,
        ("Article supprimé", &avant.titre),
        changements,
    )
    .await?;
    Ok(avant.titre)
}

async fn noter(
    tx: &mut Tx,
    administration: &Administration,
    (fait, titre): (&str, &str),
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    let fait = format!("{fait}\u{202F}: {titre}");
    journaliser(tx, administration, Action::AideModifiee, fait, changements).await
}
