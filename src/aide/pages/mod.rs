//! The pages of the aide and of the actualités, open to anybody.

mod actualites;
mod article;
mod question;
mod sommaire;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/aide", sommaire::page)
        .get("/aide/ecran", sommaire::de_l_ecran)
        .get("/aide/question", question::page)
        .get("/aide/{slug}", article::page)
        .get("/actualites", actualites::page)
        .get("/actualites/{actualite}", actualites::une)
}
