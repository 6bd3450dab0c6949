//! The words of a bulk decision, the same for every kind of request (spec §8.7).

use std::collections::BTreeSet;

/// Decisions in one act, at most; the rest stays selected (spec §13).
pub const LOT_MAX: usize = 500;

/// What is done with every ticked line.
#[derive(Clone, Debug)]
pub enum Lot {
    /// Grants what was asked, to its author: from today, with no end but the one already set.
    Valider,
    Refuser {
        motif: String,
    },
}

/// The result of one line, in the order they were ticked. `D` is the id of the kind of request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issue<D> {
    pub demande: D,
    /// Name of the person and structure; empty when the request is not within reach.
    pub libelle: String,
    /// `Ok`, or why this line was left as it was.
    pub faite: Result<(), String>,
}

/// Each line once, in the order they were ticked, up to [`LOT_MAX`].
pub fn cochees<D: Copy + Ord>(demandes: &[D]) -> Vec<D> {
    let mut vues = BTreeSet::new();
    demandes
        .iter()
        .copied()
        .filter(|d| vues.insert(*d))
        .take(LOT_MAX)
        .collect()
}
