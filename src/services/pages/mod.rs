//! The screens of the services. All work without script.

mod creation;
mod etat;
mod import;
mod liste;
mod modification;

use crate::db::{ServiceId, StructureId};
use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/services/nouveau", creation::page_au_choix)
        .post("/services/nouveau", creation::creer_au_choix)
        .get("/structures/{structure}/services", liste::page)
        .get("/structures/{structure}/services.csv", liste::csv)
        .get("/structures/{structure}/services/nouveau", creation::page)
        .post("/structures/{structure}/services/nouveau", creation::creer)
        .get("/structures/{structure}/services/import", import::page)
        .post_ample("/structures/{structure}/services/import", import::analyser)
        .post_ample(
            "/structures/{structure}/services/import/application",
            import::appliquer,
        )
        .get(
            "/structures/{structure}/services/{service}/modification",
            modification::page,
        )
        .post(
            "/structures/{structure}/services/{service}/modification",
            modification::enregistrer,
        )
        .get(
            "/structures/{structure}/services/{service}/desactivation",
            etat::page_desactivation,
        )
        .post(
            "/structures/{structure}/services/{service}/desactivation",
            etat::desactiver,
        )
        .get(
            "/structures/{structure}/services/{service}/activation",
            etat::page_activation,
        )
        .post(
            "/structures/{structure}/services/{service}/activation",
            etat::activer,
        )
}

/// The list of the services of a structure: where every act returns to.
fn services_de(structure: StructureId) -> String {
    format!("/structures/{structure}/services")
}

/// The service of the path.
#[derive(serde::Deserialize)]
pub struct CheminService {
    service: ServiceId,
}
