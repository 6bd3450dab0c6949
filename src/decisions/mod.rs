//! Deciding requests, one or five hundred, and undoing it: one machine, a [`Decidable`] for each kind of request.
//!
//! ```text
//! lock the structures → load the requests → judge each → image before → write all → image after → historique, mails
//! ```
//!
//! The number of statements does not depend on how many requests there are (spec §12: 500 decisions within a second). The
//! decision of one is a batch of one: there is no other way.

mod annulation;
mod demande;
mod images;
mod lot;

use std::collections::BTreeMap;
use std::ops::Deref;

use uuid::Uuid;

use crate::acces::{Capable, Connecte};
use crate::db::{StructureId, Tx};
use crate::historique::Entree;
use crate::web::Erreur;

pub use annulation::{Prise, annulables, annuler};
pub use demande::{Demande, tranchees};
pub use lot::{Decision, decider, decider_en_lot, prevoir_en_lot};

/// A validation that its judge accepted; nothing has been written yet.
pub struct Validation<'a, D: Decidable> {
    pub demande: &'a D::EnCours,
    pub octroi: D::Octroi,
    pub jugee: D::Jugee,
}

/// A kind of request. Every method takes many at once: their statements must not depend on how many.
pub trait Decidable: Send + Sync + Sized + 'static {
    type Id: Copy + Ord + Into<Uuid> + Send + Sync;
    /// Who decides it.
    type Capacite: Capable;
    /// A request under the lock of its structure, with what the rule needs.
    type EnCours: Deref<Target = Demande<Self::Id>> + Send + Sync;
    /// What a gestionnaire grants.
    type Octroi: Send + Sync;
    /// What the rule makes of it.
    type Jugee: Send + Sync;

    /// « Demande de rattachement », in the historique.
    const DEMANDE: &'static str;

    fn id(brut: Uuid) -> Self::Id;

    /// The requests among `ids` that `lecteur` may see, with their present state. The structures are locked; the rows of the
    /// requests and of their authors are locked here.
    fn charger(
        tx: &mut Tx,
        lecteur: &Connecte,
        ids: &[Self::Id],
    ) -> impl Future<Output = Result<Vec<Self::EnCours>, Erreur>> + Send;

    /// What was asked, in words.
    fn objet(demande: &Self::EnCours) -> String;

    /// What a bulk validation grants: what was asked.
    fn tel_que_demande(demande: &Self::EnCours, par: &Connecte) -> Self::Octroi;

    /// It changes the settings of the structure too.
    fn large(octroi: &Self::Octroi) -> bool;

    /// Every reason to refuse this validation; nothing is written.
    ///
    /// # Errors
    /// `Invalide` at the fields, `Conflit`.
    fn juger(demande: &Self::EnCours, octroi: &Self::Octroi) -> Result<Self::Jugee, Erreur>;

    /// What each validation would do, in words, in their order.
    fn annoncer(
        tx: &mut Tx,
        validations: &[Validation<'_, Self>],
    ) -> impl Future<Output = Result<Vec<String>, Erreur>> + Send;

    /// Writes them: rights, states, mails. Answers the lines of the historique.
    fn valider(
        tx: &mut Tx,
        par: &Connecte,
        validations: &[Validation<'_, Self>],
    ) -> impl Future<Output = Result<Vec<Entree>, Erreur>> + Send;

    /// The same of refusals, for one motif.
    fn refuser(
        tx: &mut Tx,
        par: &Connecte,
        demandes: &[&Self::EnCours],
        motif: &str,
    ) -> impl Future<Output = Result<Vec<Entree>, Erreur>> + Send;

    /// Of these decisions, those whose request `par` still covers, with the reason why each can be undone no more.
    fn obstacles(
        tx: &mut Tx,
        par: &Connecte,
        decisions: &[Uuid],
    ) -> impl Future<Output = Result<BTreeMap<Uuid, Option<String>>, Erreur>> + Send;

    /// Gives back the rights that these validations had changed.
    fn restaurer(
        tx: &mut Tx,
        par: &Connecte,
        prises: &[&Prise],
    ) -> impl Future<Output = Result<(), Erreur>> + Send;

    /// Opens again each request under a new id, and tells its author.
    fn rouvrir(
        tx: &mut Tx,
        par: &Connecte,
        prises: &[(&Prise, Self::Id)],
    ) -> impl Future<Output = Result<(), Erreur>> + Send;
}

/// Locks the structures of these requests, of either kind: ids are unique over both.
async fn verrouiller(tx: &mut Tx, demandes: &[Uuid]) -> Result<(), Erreur> {
    let structures = sqlx::query_scalar!(
        r#"select structure_id as "structure!: StructureId" from demandes_rattachement where id = any ($1)
           union
           select structure_id from demandes_abonnement where id = any ($1)"#,
        demandes
    )
    .fetch_all(&mut **tx)
    .await?;
    crate::structures::verrouiller(tx, &structures).await?;
    Ok(())
}
