//! What holds whatever people do, at the same time, in any order.
//!
//! A round draws 2 to 8 operations, starts them together against real PostgreSQL, and checks the invariants when they are
//! over (and the first one while they run). The draws follow a seed: `VANTAIL_GRAINE=… VANTAIL_RONDES=…` draws the same
//! again; a failure prints them. A new operation is one line of `operations::OPERATIONS`.

pub mod de;
mod gp;
pub mod invariants;
mod monde;
mod operations;
