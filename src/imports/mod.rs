//! Imports of files of any size: the directory of public structures, their services, the SIRENE repertory (spec §10).
//!
//! A file is read in constant memory by a thread ([`Lecteur`]), checked line by line, and loaded by batches, each its own
//! transaction: an import that stops half-way is finished by running it again, and a second run changes nothing.
//! A wrong line is reported with its number and its reason, never at the price of the others.
//!
//! The historique has one line per import, for the instance: the caller writes it from the [`Rapport`].

mod arrivees;
mod changements;
mod colonnes;
mod decodage;
mod enregistrements;
mod entrees;
mod lecteur;
mod rapport;
mod services;
mod sirene;
mod source;
mod store;
mod structures;

use sqlx::PgPool;

pub use arrivees::LigneArrivee;
pub use changements::LigneChangement;
pub use decodage::decoder;
pub use entrees::LigneEntree;
pub use lecteur::{Lecteur, LigneImport, lignes_deposees};
pub use rapport::{Difference, Rapport, Rejet, progres_sur_stderr};
pub use services::{LigneService, ServiceLu};
pub use sirene::{LigneEtablissement, LigneUniteLegale};
pub use source::Source;
pub use structures::LigneStructure;

/// What the command line may ask of an import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `--pigp`: the structures of the file go through the PIGP (spec §13). Without it, an import never changes that mark.
    pub pigp: bool,
}

/// Loads a file in the layout of the directory of public structures (`docs/donnees/`).
///
/// Required columns: TypeIdentifiant, Identifiant, RaisonSociale, StructureActive. The others of the layout are optional: a value
/// whose column is missing is left as it is. What is updated and what is kept: spec §13, and `store/structures.rs`.
/// `progres` is called about once a second, and at the end.
///
/// # Errors
/// A missing column, an unreadable file, another import under way, a database failure. Batches already loaded stay.
pub async fn structures(
    db: &PgPool,
    source: Source,
    options: Options,
    progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    store::importer::<LigneStructure>(db, source, options, progres).await
}

/// Loads services: TypeIdentifiant;Identifiant;Code;Libelle, then optionally Description;EngagementObligatoire;DateDebut;DateFin;Actif.
///
/// The file wins over what was entered here, column by column; a service absent from it is left alone. Dates are days of Paris
/// (`JJ/MM/AAAA` or `AAAA-MM-JJ`), both included. A service of an unknown structure is rejected.
///
/// # Errors
/// As [`structures`].
pub async fn services(
    db: &PgPool,
    source: Source,
    options: Options,
    progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    store::importer::<LigneService>(db, source, options, progres).await
}

/// Loads StockUniteLegale of the INSEE into the repertory: siren, etatAdministratifUniteLegale, then optionally the name and the
/// legal category. What is masked is forgotten, here too.
///
/// # Errors
/// As [`structures`].
pub async fn unites_legales(
    db: &PgPool,
    source: Source,
    progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    store::importer::<LigneUniteLegale>(db, source, Options::default(), progres).await
}

/// Loads StockEtablissement of the INSEE: siret, etatAdministratifEtablissement, then optionally the address. The two files may
/// come in any order, and alone.
///
/// # Errors
/// As [`structures`].
pub async fn etablissements(
    db: &PgPool,
    source: Source,
    progres: impl FnMut(&Rapport),
) -> anyhow::Result<Rapport> {
    store::importer::<LigneEtablissement>(db, source, Options::default(), progres).await
}

/// The directory shipped with the program: every commune and intercommunalité of France, compressed CSV (`docs/donnees/README.md`).
pub fn annuaire_embarque() -> &'static [u8] {
    include_bytes!("../../docs/donnees/structures-publiques.csv.gz")
}
