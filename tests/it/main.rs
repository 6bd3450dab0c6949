//! One binary for all tests that need no browser.

mod composants;
mod palette;
mod statiques;
