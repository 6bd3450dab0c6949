//! « Sollicitations émises »: the forms, the thread, the states, the mails, the races.

mod brouillons;
mod cloture;
mod courses;
mod courses_recues;
mod fil;
mod recues;
mod refus;
mod saisie;

use crate::support::{CourrierLu, Portail};

const ZOE: &str = "zoe.aubert@test.example";
const LEA: &str = "lea.seconde@test.example";
const PAUL: &str = "paul.gerant@test.example";
const SABINE: &str = "sabine.support@test.example";
const SOFIANE: &str = "sofiane.support@test.example";

const CHANGEMENT: &str = "/sollicitations/saisie/changement-gestionnaire";
const AUTRE: &str = "/sollicitations/saisie/autre";

/// A mail as read: greeting to link, without the footer and the marks that keep typed addresses from being links.
fn corps(courrier: &CourrierLu) -> String {
    courrier
        .texte
        .split("\n\n--\n")
        .next()
        .unwrap_or_default()
        .trim_end()
        .replace('\u{2060}', "")
}

/// Zoé, Léa, and two agents of the support.
async fn monde() -> Portail {
    let portail = Portail::nouveau().await;
    for adresse in [ZOE, LEA, PAUL] {
        portail.personne(adresse).await;
    }
    for adresse in [SABINE, SOFIANE] {
        portail.agent(adresse, "support").await;
    }
    portail
}

async fn statut(portail: &Portail) -> String {
    sqlx::query_scalar("select statut from sollicitations")
        .fetch_one(&portail.db)
        .await
        .expect("one sollicitation")
}

/// Acts of the chain of the instance, oldest first.
async fn actions(portail: &Portail) -> Vec<String> {
    let (_, defauts) = vantail::historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a reading");
    assert!(defauts.is_empty(), "{defauts:?}");
    sqlx::query_scalar(
        "select action || case acteur_genre when 'equipe' then ' (équipe)' else '' end
         from historique where structure_id is null order by numero",
    )
    .fetch_all(&portail.db)
    .await
    .expect("the historique")
}
