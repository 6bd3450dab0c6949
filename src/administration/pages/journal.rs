use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Administration, Page};
use crate::administration::journal::{self, LigneJournal};
use crate::web::{self, Erreur, Fenetre, Liste, Requete, Sens};

#[derive(Template)]
#[template(path = "administration/journal.html")]
struct PageJournal {
    page: Page,
    liste: Liste<LigneJournal>,
}

pub async fn page(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let fenetre = Fenetre::lire(&requete, "j", &["date"], ("date", Sens::Decroissant), 25);
    let liste = journal::lignes(&app, &administration, fenetre).await?;
    web::page(&PageJournal { page, liste })
}
