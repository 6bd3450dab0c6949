//! The database: pools, typed identifiers, and the one way to open a transaction.

pub mod bassin;
mod ids;
mod temps;
mod transaction;

pub use ids::{
    AbonnementId, ActualiteId, ArticleId, AssistanceId, BrouillonId, CertificatId, CoordonneeId,
    CourrierId, DemandeAbonnementId, DemandeDeCompteId, DemandeId, LigneAbonnementId, MandatId,
    PassationId, PerimetreId, PieceId, RattachementId, ReponsePrepareeId, ServiceId, SessionRef,
    SollicitationId, StructureId, TechniqueId, UtilisateurId,
};
pub use temps::Temps;
pub use transaction::{Tx, transaction};
pub(crate) use transaction::{a_blanc, en_transaction};

/// The migrations, embedded in the binary.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// Name of the constraint that refused a statement, when one did.
pub fn contrainte(erreur: &sqlx::Error) -> Option<&str> {
    erreur.as_database_error().and_then(|e| e.constraint())
}
