//! The route table: the same declarations build the router and print `vantail routes --json`.
//!
//! A handler's first argument is a proof (`acces::preuves`), and its type is the permission of the route.
//! A route without a permission does not compile (security.md AC1).

use axum::Router;
use axum::handler::Handler;
use axum::routing::{get, post};
use serde::Serialize;

use crate::App;
use crate::acces::{Permission, Preuve};
use crate::serveur::avec_corps_max;
use crate::web::OCTETS_ENVOI;
use crate::web::extract::OCTETS_AMPLES;

#[derive(Clone, Debug, Serialize)]
pub struct Route {
    pub methode: &'static str,
    pub chemin: &'static str,
    pub permission: Permission,
    /// GET never changes state (decisions 17).
    pub change_l_etat: bool,
}

/// The arguments of a handler whose first one is a proof.
pub trait Garde {
    const PERMISSION: Permission;
}

macro_rules! garde {
    ($($autre:ident),*) => {
        impl<M, P: Preuve, $($autre),*> Garde for (M, P, $($autre,)*) {
            const PERMISSION: Permission = P::PERMISSION;
        }
    };
}
garde!();
garde!(T2);
garde!(T2, T3);
garde!(T2, T3, T4);
garde!(T2, T3, T4, T5);
garde!(T2, T3, T4, T5, T6);

/// Routes of a feature, then of the portal.
#[derive(Default)]
pub struct Routes {
    routeur: Router<App>,
    table: Vec<Route>,
}

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn get<H, T>(self, chemin: &'static str, page: H) -> Self
    where
        H: Handler<T, App>,
        T: Garde + 'static,
    {
        self.noter("GET", chemin, T::PERMISSION, get(page))
    }

    #[must_use]
    pub fn post<H, T>(self, chemin: &'static str, acte: H) -> Self
    where
        H: Handler<T, App>,
        T: Garde + 'static,
    {
        self.noter("POST", chemin, T::PERMISSION, post(acte))
    }

    /// A form that carries the lines of a file (`web::FormulaireAmple`, `web::FichierRecu`).
    #[must_use]
    pub fn post_ample<H, T>(self, chemin: &'static str, acte: H) -> Self
    where
        H: Handler<T, App>,
        T: Garde + 'static,
    {
        let route = avec_corps_max(post(acte), OCTETS_AMPLES);
        self.noter("POST", chemin, T::PERMISSION, route)
    }

    /// A form that may carry one file (`web::Envoi`).
    #[must_use]
    pub fn post_envoi<H, T>(self, chemin: &'static str, acte: H) -> Self
    where
        H: Handler<T, App>,
        T: Garde + 'static,
    {
        let route = avec_corps_max(post(acte), OCTETS_ENVOI);
        self.noter("POST", chemin, T::PERMISSION, route)
    }

    fn noter(
        mut self,
        methode: &'static str,
        chemin: &'static str,
        permission: Permission,
        route: axum::routing::MethodRouter<App>,
    ) -> Self {
        self.table.push(Route {
            methode,
            chemin,
            permission,
            change_l_etat: methode != "GET",
        });
        self.routeur = self.routeur.route(chemin, route);
        self
    }

    #[must_use]
    pub fn et(mut self, autres: Self) -> Self {
        self.table.extend(autres.table);
        self.routeur = self.routeur.merge(autres.routeur);
        self
    }

    pub fn table(&self) -> &[Route] {
        &self.table
    }

    pub fn en_routeur(self) -> Router<App> {
        self.routeur
    }
}
