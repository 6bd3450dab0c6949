//! The pages of the desk, and what the administrateur prepares for it.

mod attribution;
mod bureau;
mod certificat;
mod dossier;
mod reponses;

use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/support", bureau::page)
        .get("/support/sollicitations/{sollicitation}", dossier::page)
        .post(
            "/support/sollicitations/{sollicitation}/prise-en-charge",
            dossier::prendre,
        )
        .post_envoi(
            "/support/sollicitations/{sollicitation}/reponse",
            dossier::repondre,
        )
        .post_envoi(
            "/support/sollicitations/{sollicitation}/note",
            dossier::noter,
        )
        .post_envoi(
            "/support/sollicitations/{sollicitation}/resolution",
            dossier::clore,
        )
        .get(
            "/support/sollicitations/{sollicitation}/attribution",
            attribution::page,
        )
        .post(
            "/support/sollicitations/{sollicitation}/attribution",
            attribution::attribuer,
        )
        .get(
            "/support/sollicitations/{sollicitation}/pieces/{piece}",
            dossier::telecharger,
        )
        .get(
            "/support/sollicitations/{sollicitation}/certificat",
            certificat::page,
        )
        .post(
            "/support/sollicitations/{sollicitation}/certificat",
            certificat::envoyer,
        )
        .post(
            "/support/sollicitations/{sollicitation}/certificat/approbation",
            certificat::approuver,
        )
        .post(
            "/support/sollicitations/{sollicitation}/certificat/refus",
            certificat::refuser,
        )
        .et(preparees())
}

fn preparees() -> Routes {
    Routes::new()
        .get("/administration/reponses", reponses::liste)
        .get("/administration/reponses/nouvelle", reponses::nouvelle)
        .post("/administration/reponses/nouvelle", reponses::creer)
        .get("/administration/reponses/{reponse}", reponses::page)
        .post("/administration/reponses/{reponse}", reponses::modifier)
        .get(
            "/administration/reponses/{reponse}/suppression",
            reponses::confirmer,
        )
        .post(
            "/administration/reponses/{reponse}/suppression",
            reponses::supprimer,
        )
}
