//! The portal: every feature's routes, then the layers around them.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::App;
use crate::acces;
use crate::accueil;
use crate::activites;
use crate::administration;
use crate::aide;
use crate::annuaire;
use crate::api;
use crate::assistance;
use crate::boite_demo;
use crate::domaines;
use crate::espaces;
use crate::informations;
use crate::inscription;
use crate::mon_compte;
use crate::referents;
use crate::routes::Routes;
use crate::serveur::{self, ReglagesHttp};
use crate::services;
use crate::sollicitations;
use crate::structures;
use crate::support;
use crate::utilisateurs;
use crate::vie_des_structures;
use crate::web::statiques;

/// The route table of the whole portal: it builds the router, and `vantail routes --json` prints it.
pub fn routes(app: &App) -> Routes {
    Routes::new()
        .et(accueil::routes())
        .et(structures::routes())
        .et(services::routes())
        .et(annuaire::routes())
        .et(informations::routes())
        .et(boite_demo::routes(app))
        .et(utilisateurs::routes())
        .et(inscription::routes())
        .et(mon_compte::routes())
        .et(activites::routes())
        .et(vie_des_structures::routes())
        .et(espaces::routes())
        .et(api::routes())
        .et(sollicitations::routes())
        .et(support::routes())
        .et(referents::routes())
        .et(assistance::routes())
        .et(aide::routes())
        .et(domaines::routes())
        .et(administration::routes())
}

/// The portal as served. From the inside out: limits and CSRF, dressing of errors, session, host and headers.
pub fn portail(app: &App, reglages: &ReglagesHttp) -> Router {
    let pages = routes(app)
        .en_routeur()
        .with_state(app.clone())
        .merge(statiques::routes());
    let pages = serveur::couches_internes(pages, reglages)
        .layer(from_fn_with_state(app.clone(), acces::habiller))
        .layer(acces::sessions::couche(app));
    serveur::couches_externes(pages, reglages)
}
