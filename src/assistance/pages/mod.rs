//! The screens of both sides: the person who consents, the agent who looks.

mod bureau;
mod mienne;

use crate::acces::FIN_DU_REGARD;
use crate::routes::Routes;

pub fn routes() -> Routes {
    Routes::new()
        .get("/mon-compte/assistance", mienne::page)
        .post("/mon-compte/assistance/code", mienne::donner)
        .post("/mon-compte/assistance/fin", mienne::terminer)
        .get("/mon-compte/assistance/{assistance}", mienne::releve)
        .get("/support/assistance", bureau::page)
        .post("/support/assistance", bureau::ouvrir)
        .post(FIN_DU_REGARD, bureau::terminer)
}
