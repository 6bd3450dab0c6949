//! « Session d’assistance » (R-SUP-SESSION): a person gives a code to an agent of the support, who then sees the portal as
//! she does for thirty minutes at most. He changes nothing through it (`acces::Regard`), both may end it at any time, and
//! she receives the transcript.

mod actes;
mod code;
pub mod courriers;
mod lecture;
mod pages;

pub use actes::{Cloture, clore_les_finies};
pub use pages::routes;

/// Minutes during which a code opens a session.
pub const MINUTES_DU_CODE: i32 = 15;
/// Minutes of a session, at most.
pub const MINUTES: i32 = 30;
/// Characters of a reason at most, as everywhere (spec §2).
pub const MOTIF_MAX: usize = 255;
