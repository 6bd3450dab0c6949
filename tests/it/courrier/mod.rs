//! The outbox against a real database and an SMTP server of our own.

mod banc;
mod envoi;
mod jetons;
mod mails;
mod marques;
mod pannes;
