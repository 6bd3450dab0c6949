//! Database access.

pub mod bassin;
