//! A world that is read: its database, its objects, the sessions of its readers.

use std::time::Instant;

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use uuid::Uuid;
use vantail::App;
use vantail::acces::{Systeme, sessions};
use vantail::config::{Config, CoutArgon2};
use vantail::db::bassin::{self, Usage};
use vantail::db::{MIGRATIONS, UtilisateurId};

use super::base::Base;
use super::pages::CHARGE;

/// Variables of a portal on these worlds. The agent of the desk reads its queue, not the page that asks for a code; no mail
/// leaves: the one server that is known refuses.
pub const VARIABLES: [(&str, &str); 4] = [
    (
        "SECRET_KEY",
        "v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    ),
    ("PUBLIC_URL", "http://127.0.0.1:8080"),
    ("SMTP_URL", "smtp://127.0.0.1:1"),
    ("SECOND_FACTOR_REQUIRED", "nobody"),
];

/// The one `Host` of such a portal, wherever it listens.
pub const HOTE: &str = "127.0.0.1:8080";

/// Five hundred more people ask to join the loaded structure: as many in every world.
const DEMANDES: &str = "
  with structure as (
    select r.structure_id as id from rattachements r join utilisateurs u on u.id = r.utilisateur_id
    where u.adresse_connexion = 'gp@charge.example' order by r.id limit 1)
  insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire, creee_le)
  select uuid_v7(), s.id, u.id, 'us', true, 'Lot', '2025-10-01'
  from structure s, utilisateurs u
  where u.adresse_connexion like 'u%@charge.example'
    and not exists (select from rattachements r where r.structure_id = s.id and r.utilisateur_id = u.id)
    and not exists (select from demandes_rattachement d where d.structure_id = s.id and d.utilisateur_id = u.id)
  order by u.id limit 500";

/// The queue of the desk: as many sollicitations as structures, seven in ten open, from the people of the world.
const SOLLICITATIONS: &str = "
  with auteurs as (
    select array_agg(id order by id) as ids from (select id from utilisateurs where equipe is null order by id limit 20000) u),
  agents as (select array_agg(id order by id) as ids from utilisateurs where equipe = 'support')
  insert into sollicitations (id, reference, emetteur_id, destinataire, categorie, objet, texte, statut, prise_en_charge_par,
                              prise_en_charge_le, creee_le, modifiee_le, resolue_le, close_le)
  select uuid_v7(), 'SOL-2019-' || lpad(n::text, greatest(6, length(n::text)), '0'), u.ids[1 + (n::bigint * 7919 % cardinality(u.ids))::int], 'support',
         (array['compte', 'rattachements', 'structure', 'anomalie', 'autre'])[1 + n % 5],
         (array['Connexion impossible', 'Demande sans réponse', 'Fiche à corriger', 'Question sur un espace', 'Mot de passe'])[1 + n % 5]
           || ' ' || n,
         repeat('Bonjour, je rencontre une difficulté. ', 20), l.statut,
         case when l.statut <> 'nouvelle' then a.ids[1 + n % cardinality(a.ids)] end,
         case when l.statut <> 'nouvelle' then c.creee_le end, c.creee_le, c.creee_le,
         case when l.statut = 'resolue' then c.creee_le end, case when l.statut = 'close' then c.creee_le end
  from auteurs u, agents a, generate_series(1, :taille) n,
       lateral (select (array['nouvelle', 'nouvelle', 'nouvelle', 'nouvelle', 'en_cours', 'en_cours', 'en_attente_du_demandeur',
                              'resolue', 'resolue', 'close'])[1 + (n * 31) % 10]) l (statut),
       lateral (select maintenant() - n * interval '5 minutes') c (creee_le)";

/// One object of each kind that a page is about, of the structure given.
const OBJETS: [(&str, &str); 5] = [
    (
        "{demande}",
        "select id from demandes_rattachement
         where structure_id = $1 and statut = 'en_cours_de_validation' and commentaire <> 'Lot' order by id limit 1",
    ),
    (
        "{abonnement}",
        "select id from demandes_abonnement where structure_id = $1 and statut = 'en_cours_de_validation' order by id limit 1",
    ),
    (
        "{rattachement}",
        "select id from rattachements where structure_id = $1 and role = 'us' and statut = 'validee' order by id limit 1",
    ),
    (
        "{ligne}",
        "select id from historique where structure_id = $1 order by id limit 1",
    ),
    (
        "{sollicitation}",
        "select id from sollicitations where $1::uuid is not null and destinataire = 'support' order by id limit 1",
    ),
];

/// The bench searches accounts more often than a person may.
const RECHERCHES: &str = "
  insert into compteurs (cle, compte, fin_le)
  select 'recherche:' || id, -1000000000, maintenant() + interval '1 day' from utilisateurs where adresse_connexion = $1
  on conflict (cle) do update set compte = excluded.compte, fin_le = excluded.fin_le";

pub struct Monde {
    pub taille: u64,
    pub db: PgPool,
    pub app: App,
    /// The loaded structure.
    pub structure: Uuid,
    objets: Vec<(&'static str, Uuid)>,
}

fn config() -> Config {
    let lire = |nom: &str| {
        let variable = VARIABLES.iter().find(|(n, _)| *n == nom);
        variable.map(|(_, valeur)| (*valeur).to_owned())
    };
    let mut config = Config::lire(&lire).expect("a valid configuration");
    config.argon2 = CoutArgon2 {
        memoire_kio: 8,
        passes: 1,
    };
    config
}

/// Makes the database `nom` unless it is there. `true`: it was made.
pub async fn creer_base(base: &Base, nom: &str) -> bool {
    let mut admin = PgConnection::connect(&base.url("postgres"))
        .await
        .expect("the server");
    let existe: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(nom)
            .fetch_one(&mut admin)
            .await
            .expect("an answer");
    if !existe {
        sqlx::raw_sql(AssertSqlSafe(format!("create database {nom}")))
            .execute(&mut admin)
            .await
            .expect("a database");
    }
    !existe
}

/// Its database.
pub fn nom(taille: u64) -> String {
    format!("mesures_{taille}")
}

/// The world of this size, loaded unless the server has it.
pub async fn monde(base: &Base, taille: u64) -> Monde {
    let nom = nom(taille);
    let url = base.url(&nom);
    if creer_base(base, &nom).await {
        charger(&url, taille).await;
    }
    let db = bassin::ouvrir(&url, Usage::Pages).await.expect("a pool");
    let structure = sqlx::query_scalar(
        "select r.structure_id from rattachements r join utilisateurs u on u.id = r.utilisateur_id
         where u.adresse_connexion = $1 and r.statut <> 'supprimee' order by r.id limit 1",
    )
    .bind(CHARGE)
    .fetch_one(&db)
    .await
    .expect("the loaded structure");
    sqlx::query(RECHERCHES)
        .bind(CHARGE)
        .execute(&db)
        .await
        .expect("a counter");
    let mut objets = vec![("{s}", structure)];
    for (nom, lecture) in OBJETS {
        let id = sqlx::query_scalar(lecture)
            .bind(structure)
            .fetch_one(&db)
            .await;
        objets.push((nom, id.expect(nom)));
    }
    Monde {
        taille,
        app: App::new(db.clone(), config()),
        db,
        structure,
        objets,
    }
}

/// The demo world, then the large one.
async fn charger(url: &str, taille: u64) {
    let chargeur = bassin::ouvrir(url, Usage::Imports).await.expect("a pool");
    MIGRATIONS.run(&chargeur).await.expect("the migrations");
    let app = App::new(chargeur.clone(), config());
    let debut = Instant::now();
    vantail::demo::charger(&app, &Systeme::processus())
        .await
        .expect("the demo world");
    vantail::demo::masse::charger(&app, &Systeme::processus(), taille)
        .await
        .expect("the large world");
    let sollicitations = SOLLICITATIONS.replace(":taille", &taille.to_string());
    for ordre in [DEMANDES, &sollicitations, "vacuum analyze"] {
        sqlx::raw_sql(AssertSqlSafe(ordre.to_owned()))
            .execute(&chargeur)
            .await
            .expect("requests, statistics");
    }
    eprintln!(
        "{taille} structures loaded in {:.1} s",
        debut.elapsed().as_secs_f64()
    );
    chargeur.close().await;
}

impl Monde {
    pub fn adresse(&self, adresse: &str) -> String {
        self.objets
            .iter()
            .fold(adresse.to_owned(), |adresse, (nom, id)| {
                adresse.replace(nom, &id.to_string())
            })
    }

    /// A session of this person, as the header that carries it.
    pub async fn connecter(&self, qui: &str) -> String {
        let id: Uuid =
            sqlx::query_scalar("select id from utilisateurs where adresse_connexion = $1")
                .bind(qui)
                .fetch_one(&self.db)
                .await
                .expect("the reader");
        let session = sessions::session_neuve(&self.app);
        sessions::ouvrir(&session, UtilisateurId(id), "bench", "127.0.0.1")
            .await
            .expect("a session");
        session.save().await.expect("a saved session");
        format!("sid={}", session.id().expect("an id"))
    }
}
