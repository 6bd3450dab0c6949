//! Aide en ligne, « Posez-moi vos questions », actualités, and what the administrateur does with them (R-AIDE, R-ADM).

mod actualites;
mod administration;
mod courses;
mod ecritures;
mod guides;
mod lecture;
mod livraison;
mod recherche;
mod redaction;

use crate::support::Portail;

const ADMIN: &str = "ada.lovelace@vantail.example";
const SECOND: &str = "grace.hopper@vantail.example";
const ZAHRA: &str = "zahra.hamou@example.org";

/// A portal with an administrateur and a person attached to nothing.
async fn portail() -> Portail {
    let portail = Portail::nouveau().await;
    portail.agent(ADMIN, "administrateur").await;
    portail.personne(ZAHRA).await;
    portail
}

/// Lines of the historique that tell acts on these texts.
async fn actes(portail: &Portail) -> i64 {
    portail
        .nombre("select count(*) from historique where action in ('aide_modifiee', 'actualite_modifiee')")
        .await
}
