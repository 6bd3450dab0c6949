//! The portal in a real browser: journeys with and without JavaScript, axe-core and html-validate on every page.
//!
//! `cargo test --test navigateur [part of a name]…`; `VANTAIL_CAPTURES=<folder>` saves pictures of the main screens.

#[path = "../it/support/base.rs"]
#[expect(dead_code, reason = "shared with tests/it, which uses all of it")]
mod base;

mod axe;
mod chromium;
mod code;
mod gestes;
mod html;
mod lanceur;
mod pages;
mod parcours;
mod site;

use std::process::ExitCode;

fn main() -> ExitCode {
    // The long ones first: the workers end together.
    let mut scenarios = pages::tous();
    scenarios.extend(parcours::tous());
    lanceur::executer(scenarios)
}
