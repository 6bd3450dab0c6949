//! Accounts.

pub mod courriers;
