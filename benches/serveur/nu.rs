//! The bare handler: axum, a pool and the statements of one page.
//!
//! It is this program started again, so that its memory and its processor time are its own, as those of the portal are. It has
//! the pool of the portal (`db::bassin`: size, settings, the round trip before each loan), borrows a connection as often, and
//! runs on each the statements that the portal ran there, word for word, with the same parameters, prepared and kept in the
//! same way. It writes the columns of the rows one after another as bytes, as they came.
//!
//! It does not: read the request, look at a cookie, decide on a right, decode a column into a type, build a line of a list,
//! write HTML, compress, add a header, trace, time or log. That is what the ratio prices.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgRow, PgTypeInfo};
use sqlx::{Arguments, AssertSqlSafe, Encode, PgConnection, PgPool, Postgres, Row, Type, ValueRef};
use tokio::net::TcpListener;
use vantail::db::bassin::{self, Usage};

use crate::processus::NU_BASE;
use crate::temoin::{Emprunt, Instruction, Parametre};

/// An instruction whose text is shared rather than copied at each view.
enum Prete {
    Simple(Arc<str>),
    Preparee(Arc<str>, bool, Vec<Parametre>),
}

struct Nu {
    db: PgPool,
    emprunts: Vec<Vec<Prete>>,
}

/// Serves until it is killed.
pub async fn servir(capture: PathBuf) {
    let capture = std::fs::read(capture).expect("the capture");
    let emprunts: Vec<Emprunt> = serde_json::from_slice(&capture).expect("a capture");
    let base = std::env::var(NU_BASE).expect("a database");
    let nu = Arc::new(Nu {
        db: bassin::ouvrir(&base, Usage::Pages).await.expect("a pool"),
        emprunts: emprunts
            .into_iter()
            .map(|emprunt| emprunt.0.into_iter().map(preparer).collect())
            .collect(),
    });
    let ecoute = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", ecoute.local_addr().expect("an address"));
    let routeur = Router::new().fallback(get(page)).with_state(nu);
    axum::serve(ecoute, routeur).await.expect("a server");
}

fn preparer(instruction: Instruction) -> Prete {
    match instruction {
        Instruction::Simple(sql) => Prete::Simple(sql.into()),
        Instruction::Preparee {
            sql,
            gardee,
            parametres,
        } => Prete::Preparee(sql.into(), gardee, parametres),
    }
}

async fn page(State(nu): State<Arc<Nu>>) -> Result<Vec<u8>, StatusCode> {
    jouer(&nu).await.map_err(|erreur| {
        eprintln!("bare handler: {erreur}");
        StatusCode::INTERNAL_SERVER_ERROR
    })
}

async fn jouer(nu: &Nu) -> sqlx::Result<Vec<u8>> {
    let mut sortie = Vec::new();
    for emprunt in &nu.emprunts {
        let mut connexion = nu.db.acquire().await?;
        for instruction in emprunt {
            executer(&mut connexion, instruction, &mut sortie).await?;
        }
    }
    Ok(sortie)
}

async fn executer(
    connexion: &mut PgConnection,
    instruction: &Prete,
    sortie: &mut Vec<u8>,
) -> sqlx::Result<()> {
    match instruction {
        Prete::Simple(sql) => {
            let sql = AssertSqlSafe(Arc::clone(sql));
            sqlx::raw_sql(sql).execute(connexion).await?;
        }
        Prete::Preparee(sql, gardee, parametres) => {
            let sql = AssertSqlSafe(Arc::clone(sql));
            let lignes = sqlx::query_with(sql, arguments(parametres)?)
                .persistent(*gardee)
                .fetch_all(connexion)
                .await?;
            for ligne in &lignes {
                ecrire(ligne, sortie)?;
            }
        }
    }
    Ok(())
}

/// Parameters to send again.
pub fn arguments(parametres: &[Parametre]) -> sqlx::Result<PgArguments> {
    let mut arguments = PgArguments::default();
    for parametre in parametres {
        arguments
            .add(Brut(parametre))
            .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn ecrire(ligne: &PgRow, sortie: &mut Vec<u8>) -> sqlx::Result<()> {
    for rang in 0..ligne.len() {
        let valeur = ligne.try_get_raw(rang)?;
        if !valeur.is_null() {
            sortie.extend_from_slice(valeur.as_bytes().map_err(sqlx::Error::Decode)?);
        }
        sortie.push(b'\t');
    }
    sortie.push(b'\n');
    Ok(())
}

/// A parameter as it travelled.
struct Brut<'a>(&'a Parametre);

impl Type<Postgres> for Brut<'_> {
    /// Never asked: each value says its own.
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Brut<'_> {
    fn encode_by_ref(&self, tampon: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(match &self.0.valeur {
            None => IsNull::Yes,
            Some(octets) => {
                tampon.extend_from_slice(octets);
                IsNull::No
            }
        })
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.0.oid)))
    }
}
