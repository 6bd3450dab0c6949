//! The pages of the desk.

mod bureau;
mod dossier;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/support", bureau::page)
        .get("/support/sollicitations/{sollicitation}", dossier::page)
        .post(
            "/support/sollicitations/{sollicitation}/prise-en-charge",
            dossier::prendre,
        )
        .post(
            "/support/sollicitations/{sollicitation}/reponse",
            dossier::repondre,
        )
        .post(
            "/support/sollicitations/{sollicitation}/note",
            dossier::noter,
        )
        .post(
            "/support/sollicitations/{sollicitation}/resolution",
            dossier::clore,
        )
}
