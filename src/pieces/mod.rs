//! Attachments: what is accepted, where it is kept, how it is read again (security.md IN5–IN7).
//!
//! A file is PDF, PNG or JPEG by its *content*, at most 10 MiB, and stays in PostgreSQL: it is written and erased in the
//! transaction of the act it belongs to, so that there is neither a row without a file nor a file without a row. Who may
//! read it is asked of what it hangs on, at each download, by the room that owns that.

mod analyse;
mod clamd;
mod controle;
mod lecture;
mod reponse;
mod store;

pub use analyse::{analyser, surveiller};
pub use clamd::Clamd;
pub use controle::{Genre, reconnaitre};
pub use lecture::{Analyse, Piece, Telechargeable, du_brouillon, en_mots, trouver, visibles};
pub use reponse::reponse;
pub use store::{Lieu, Nouvelle, deposer, effacer_les_anciennes, oublier, retirer, transmettre};

/// Attachments of one deposit at most, hence of a draft.
pub const PAR_ENVOI: i64 = 5;
/// Attachments of one sollicitation at most, its answers included.
pub const PAR_SOLLICITATION: i64 = 20;
/// Bytes one person may have deposited in 30 days.
pub const OCTETS_PAR_PERSONNE: i64 = 200 * 1024 * 1024;

/// What the field of a file accepts, for the dialog of the browser; the content decides.
pub const ACCEPTE: &str = ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg";

/// After the commit of an act that may have deposited one: the antivirus is told, where there is one.
pub fn annoncer(app: &crate::App) {
    app.pieces_a_analyser.notify_one();
}
