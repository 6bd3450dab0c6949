//! The queue of the desk: what waits, whose it is, how long (R-SUP-FILE).

use uuid::Uuid;

use crate::App;
use crate::acces::Support;
use crate::db::{SollicitationId, Temps};
use crate::sollicitations::{Categorie, Statut, categorie_en_mots, mots};
use crate::web::{Erreur, Fenetre, Liste, Pastille, Requete, Sens};

/// A line of the queue.
pub struct Recue {
    pub id: SollicitationId,
    pub reference: String,
    pub objet: String,
    pub categorie: String,
    pub sous_categorie: Option<String>,
    pub emetteur: String,
    pub statut: Statut,
    pub agent: Option<String>,
    pub creee_le: Temps,
}

impl Recue {
    pub fn categorie(&self) -> String {
        categorie_en_mots(&self.categorie, self.sous_categorie.as_deref())
    }
}

/// What the queue shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vue {
    /// All that are open, the oldest first.
    Ouvertes,
    /// Open, and this agent's.
    Miennes,
    Etat(Statut),
}

impl Vue {
    /// From the URL; a word nobody knows is all that are open.
    pub fn lire(requete: &Requete) -> Self {
        match requete.valeur("s.etat") {
            "miennes" => Self::Miennes,
            code => Statut::lire(code).map_or(Self::Ouvertes, Self::Etat),
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Ouvertes => "",
            Self::Miennes => "miennes",
            Self::Etat(statut) => statut.code(),
        }
    }

    /// Rank of the one state it keeps (column `rang`); `None`: all that are open.
    fn rang(self) -> Option<i16> {
        match self {
            Self::Etat(etat) => Some(etat.rang()),
            Self::Ouvertes | Self::Miennes => None,
        }
    }
}

/// The queue in the URL, under `s.`: new ones first, the oldest first among them.
pub fn fenetre(requete: &Requete) -> Fenetre {
    let tris = ["statut", "reference", "date"];
    Fenetre::lire(requete, "s", &tris, ("statut", Sens::Croissant), 25)
}

/// The category asked for, where it is one.
pub fn categorie(requete: &Requete) -> Option<Categorie> {
    Categorie::lire(requete.valeur("s.categorie"))
}

/// More people of one name than this, and their sollicitations are not looked for: the search says so.
const NOMS_MAX: i64 = 1_000;

/// The people whom a search names, by their login or a part of their name.
#[derive(Default)]
struct Auteurs {
    ids: Vec<Uuid>,
    trop: bool,
}

async fn auteurs(app: &App, mots: &str) -> Result<Auteurs, Erreur> {
    Ok(sqlx::query_as!(
        Auteurs,
        r#"with noms as materialized (
             select u.id from utilisateurs u where u.cle_recherche like '%' || nullif(cle_recherche($1), '') || '%' limit $2::bigint + 1)
           select array(select n.id from noms n where (select count(*) from noms) <= $2
                        union select u.id from utilisateurs u where u.adresse_connexion = lower($1)) as "ids!",
                  (select count(*) from noms) > $2 as "trop!""#,
        mots,
        NOMS_MAX
    )
    .fetch_one(&app.db)
    .await?)
}

/// A whole reference, as it is written: it names one, and every reference resembles it.
fn reference(mots: &str) -> Option<String> {
    let reference = mots.trim().to_uppercase();
    let (annee, numero) = reference.strip_prefix("SOL-")?.split_once('-')?;
    let chiffres = |s: &str| s.bytes().all(|c| c.is_ascii_digit());
    let entiere = annee.len() == 4 && numero.len() >= 6 && chiffres(annee) && chiffres(numero);
    entiere.then_some(reference)
}

/// A line, and how many there are.
struct Comptee {
    total: i64,
    id: SollicitationId,
    reference: String,
    objet: String,
    categorie: String,
    sous_categorie: Option<String>,
    statut: Statut,
    emetteur: String,
    agent: Option<String>,
    creee_le: Temps,
}

/// The queue as it was asked for.
pub struct File {
    pub liste: Liste<Recue>,
    /// The search names more people than are looked for.
    pub trop_de_noms: bool,
}

/// A search looks in the reference, the object, the name and the login of the author; it takes a second statement. A whole
/// reference is that one alone.
///
/// # Errors
/// Those of the database.
pub async fn lignes(
    app: &App,
    support: &Support,
    vue: Vue,
    categorie: Option<Categorie>,
    fenetre: Fenetre,
) -> Result<File, Erreur> {
    let agent = (vue == Vue::Miennes).then(|| support.id().0);
    let (mots, mut trop_de_noms) = (mots(&fenetre), false);
    let lues = if mots.is_some() || fenetre.colonne == "reference" {
        let reference = mots.and_then(reference);
        let mots = mots.filter(|_| reference.is_none());
        let auteurs = match mots {
            Some(mots) => auteurs(app, mots).await?,
            None => Auteurs::default(),
        };
        trop_de_noms = auteurs.trop;
        let cherche = (mots, auteurs.ids.as_slice(), reference.as_deref());
        rassemblees(app, vue, agent, categorie, cherche, &fenetre).await?
    } else {
        en_ordre(app, vue, agent, categorie, &fenetre).await?
    };
    let total = lues.first().map_or(0, |l| l.total);
    let lignes = lues.into_iter().map(|l| Recue {
        id: l.id,
        reference: l.reference,
        objet: l.objet,
        categorie: l.categorie,
        sous_categorie: l.sous_categorie,
        emetteur: l.emetteur,
        statut: l.statut,
        agent: l.agent,
        creee_le: l.creee_le,
    });
    Ok(File {
        liste: Liste::new(lignes.collect(), total, fenetre, "sollicitations"),
        trop_de_noms,
    })
}

/// In an order that an index has: read until the page is full.
async fn en_ordre(
    app: &App,
    vue: Vue,
    agent: Option<Uuid>,
    categorie: Option<Categorie>,
    fenetre: &Fenetre,
) -> Result<Vec<Comptee>, Erreur> {
    Ok(sqlx::query_as!(
        Comptee,
        r#"with compte as materialized (
             select count(*) as total from (select from file_du_support($1, $5, $6) limit 10001) x),
           page as materialized (
             select f.id, row_number() over () as ordre
             from (select s.id from file_du_support($1, $5, $6) s
                   order by
                     case when $2 = 'statut-asc' then s.rang end asc, case when $2 = 'statut-desc' then s.rang end desc,
                     case when $2 in ('statut-desc', 'date-desc') then s.creee_le end desc,
                     s.creee_le, s.id
                   limit $3::bigint
                   offset (select least($4::bigint - 1, greatest(c.total - 1, 0) / $3) * $3 from compte c)) f)
           select c.total as "total!", l.id as "id!: SollicitationId", l.reference as "reference!",
                  l.objet as "objet!", l.categorie as "categorie!", l.sous_categorie, l.statut as "statut!: Statut",
                  l.emetteur as "emetteur!", l.agent, temps(l.creee_le) as "creee_le!: Temps"
           from compte c cross join page p
           join sollicitations_en_ligne l on l.id = p.id
           order by p.ordre"#,
        vue.rang(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        agent,
        categorie.map(Categorie::code)
    )
    .fetch_all(&app.db)
    .await?)
}

/// What is searched, or sorted otherwise: the oldest 10 001 that match, in the order of the queue, then sorted.
async fn rassemblees(
    app: &App,
    vue: Vue,
    agent: Option<Uuid>,
    categorie: Option<Categorie>,
    (mots, auteurs, reference): (Option<&str>, &[Uuid], Option<&str>),
    fenetre: &Fenetre,
) -> Result<Vec<Comptee>, Erreur> {
    Ok(sqlx::query_as!(
        Comptee,
        r#"with base as materialized (
             select s.id, s.rang, s.reference, s.creee_le
             from file_du_support($1, $5, $6) s
             where ($7::text is null or s.cle like '%' || cle_recherche($7) || '%' or s.emetteur_id = any ($8))
               and ($9::text is null or s.reference = $9)
             order by
               case when $2 = 'statut-asc' then s.rang end asc, case when $2 = 'statut-desc' then s.rang end desc,
               case when $2 in ('statut-desc', 'reference-desc', 'date-desc') then s.creee_le end desc,
               s.creee_le limit 10001),
           page as materialized (
             select b.id, row_number() over () as ordre
             from (select b.id from base b
                   order by
                     case when $2 = 'statut-asc' then b.rang end asc, case when $2 = 'statut-desc' then b.rang end desc,
                     case when $2 = 'reference-asc' then b.reference end asc,
                     case when $2 = 'reference-desc' then b.reference end desc,
                     case when $2 in ('statut-desc', 'date-desc') then b.creee_le end desc,
                     b.creee_le, b.id
                   limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3) b)
           select (select count(*) from base) as "total!", l.id as "id!: SollicitationId", l.reference as "reference!",
                  l.objet as "objet!", l.categorie as "categorie!", l.sous_categorie, l.statut as "statut!: Statut",
                  l.emetteur as "emetteur!", l.agent, temps(l.creee_le) as "creee_le!: Temps"
           from page p
           join sollicitations_en_ligne l on l.id = p.id
           order by p.ordre"#,
        vue.rang(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        agent,
        categorie.map(Categorie::code),
        mots,
        auteurs,
        reference
    )
    .fetch_all(&app.db)
    .await?)
}

/// Above the queue.
pub struct Comptes {
    pub nouvelles: Pastille,
    pub miennes: Pastille,
    pub en_attente: Pastille,
    /// Days since the oldest open one was deposited; `None`: nothing is open.
    pub plus_ancienne: Option<i32>,
}

impl Comptes {
    /// « La plus ancienne à traiter attend depuis 3 jours. ».
    pub fn anciennete(&self) -> String {
        match self.plus_ancienne {
            None => String::new(),
            Some(..1) => "La plus ancienne à traiter date d’aujourd’hui.".to_owned(),
            Some(1) => "La plus ancienne à traiter date d’hier.".to_owned(),
            Some(n) => format!("La plus ancienne à traiter attend depuis {n} jours."),
        }
    }
}

/// Of the open ones, in one statement.
pub async fn comptes(app: &App, support: &Support) -> Result<Comptes, Erreur> {
    Ok(sqlx::query_as!(
        Comptes,
        r#"select (select count(*) from (select from file_du_support(1::smallint, null, null) limit 1001) x) as "nouvelles!: Pastille",
                  (select count(*) from (select from file_du_support(null, $1, null) limit 1001) x) as "miennes!: Pastille",
                  (select count(*) from (select from file_du_support(3::smallint, null, null) limit 1001) x) as "en_attente!: Pastille",
                  aujourdhui() - ((select min(s.creee_le) from file_du_support(null, null, null) s)
                                  at time zone 'Europe/Paris')::date as plus_ancienne"#,
        support.id().0
    )
    .fetch_one(&app.db)
    .await?)
}
