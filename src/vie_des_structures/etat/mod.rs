//! A structure is deactivated by its gestionnaire principal, and opened again (R-STR-FICHE, spec §13 « Structure screens »).
//! The acts are those of `rattachements`; what they touch is read and shown first.

mod lecture;
mod pages;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get(
            "/structures/{structure}/desactivation",
            pages::page_desactivation,
        )
        .post("/structures/{structure}/desactivation", pages::desactiver)
        .get(
            "/structures/{structure}/reactivation",
            pages::page_reactivation,
        )
        .post("/structures/{structure}/reactivation", pages::reactiver)
}
