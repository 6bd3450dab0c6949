//! The queue of the desk: what waits, whose it is, how long (R-SUP-FILE).

use uuid::Uuid;

use super::place::Place;
use crate::App;
use crate::acces::Support;
use crate::db::{SollicitationId, Temps};
use crate::sollicitations::{Categorie, Statut, categorie_en_mots, mots};
use crate::web::{Curseur, Erreur, Fenetre, Lue, Pastille, Requete, Sens, Suite, Tranche};

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

/// The queue in the URL, under `s.`: new ones first, the oldest first among them. References are given in the order of dates.
pub fn fenetre(requete: &Requete) -> Fenetre {
    let tris = ["statut", "date"];
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

/// The queue as it was asked for.
pub struct File {
    pub liste: Suite<Recue>,
    /// The search names more people than are looked for.
    pub trop_de_noms: bool,
}

/// What of the queue is asked for.
struct Question<'a> {
    rang: Option<i16>,
    agent: Option<Uuid>,
    categorie: Option<Categorie>,
    mots: Option<&'a str>,
    auteurs: Auteurs,
    reference: Option<String>,
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
    let mots = mots(&fenetre);
    let reference = mots.and_then(reference);
    let mots = mots.filter(|_| reference.is_none());
    let question = Question {
        rang: vue.rang(),
        agent: (vue == Vue::Miennes).then(|| support.id().0),
        categorie,
        mots,
        auteurs: match mots {
            Some(mots) => auteurs(app, mots).await?,
            None => Auteurs::default(),
        },
        reference,
    };
    let lire = |curseur, limite| suite(app, &question, &fenetre, curseur, limite);
    let tranche = Tranche::lire(fenetre.curseur(), fenetre.par, lire).await?;
    let trop_de_noms = question.auteurs.trop;
    Ok(File {
        liste: Suite::en_suite(tranche, fenetre, "sollicitations"),
        trop_de_noms,
    })
}

async fn suite(
    app: &App,
    question: &Question<'_>,
    fenetre: &Fenetre,
    curseur: Curseur<Place>,
    limite: i64,
) -> Result<Vec<Lue<Place, Recue>>, Erreur> {
    let place = curseur.place();
    let lues = sqlx::query!(
        r#"select q.total as "total!", s.rang, s.creee_le, l.id as "id!: SollicitationId",
                  l.reference as "reference!", l.objet as "objet!", l.categorie as "categorie!", l.sous_categorie,
                  l.statut as "statut!: Statut", l.emetteur as "emetteur!", l.agent, temps(l.creee_le) as "deposee_le!: Temps"
           from suite_du_support($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) q
           join sollicitations s on s.id = q.id
           join sollicitations_en_ligne l on l.id = q.id
           order by q.rang"#,
        question.rang,
        question.agent,
        question.categorie.map(Categorie::code),
        question.mots,
        &question.auteurs.ids,
        question.reference,
        fenetre.colonne,
        (fenetre.sens == Sens::Decroissant) != curseur.recule(),
        place.map(|p| p.tete.parse().unwrap_or(0_i16)),
        place.map(|p| p.le),
        place.map(|p| p.id),
        limite,
    )
    .fetch_all(&app.db)
    .await?;
    let lignes = lues.into_iter().map(|l| {
        let place = Place {
            tete: l.rang.to_string(),
            le: l.creee_le,
            id: l.id.0,
        };
        let recue = Recue {
            id: l.id,
            reference: l.reference,
            objet: l.objet,
            categorie: l.categorie,
            sous_categorie: l.sous_categorie,
            emetteur: l.emetteur,
            statut: l.statut,
            agent: l.agent,
            creee_le: l.deposee_le,
        };
        Lue {
            place,
            total: l.total,
            ligne: recue,
        }
    });
    Ok(lignes.collect())
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
