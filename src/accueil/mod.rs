//! The first page (spec §4): the door for a visitor, what waits for somebody signed in.

mod pages;
mod store;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new().get("/", pages::accueil)
}
