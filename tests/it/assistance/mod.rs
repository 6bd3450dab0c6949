//! The consented support session (R-SUP-SESSION): the code, what is seen, what is refused, the transcript.

mod courses;
mod fin;
mod parcours;
mod refus;

use crate::support::{Acteur, Portail};

const ZOE: &str = "zoe.aubert@test.example";
const PAUL: &str = "paul.gerant@test.example";
const SABINE: &str = "sabine.support@test.example";
const SOFIANE: &str = "sofiane.support@test.example";
const MIENNE: &str = "/mon-compte/assistance";
const BUREAU: &str = "/support/assistance";
const FIN: &str = "/assistance/fin";

/// Zoé is attached to the structure of which Paul is gestionnaire principal; two agents.
async fn monde() -> Portail {
    let portail = Portail::nouveau().await;
    let structure = portail.structure("Mairie de Terneuil", 1, true).await;
    let paul = portail.personne(PAUL).await;
    portail.gp(structure, paul).await;
    let zoe = portail.personne(ZOE).await;
    portail.rattacher(structure, zoe, "us", &[]).await;
    for adresse in [SABINE, SOFIANE] {
        portail.agent(adresse, "support").await;
    }
    portail
}

/// The code that the page shows once.
async fn code_de(acteur: &mut Acteur) -> String {
    let page = acteur.poster(&format!("{MIENNE}/code"), &[]).await;
    page.statut(200);
    page.tous(".reference").remove(0)
}

async fn ouvrir(agent: &mut Acteur, code: &str) -> crate::support::page::PageLue {
    agent
        .poster(
            BUREAU,
            &[("code", code), ("motif", "Elle ne voit pas sa mairie.")],
        )
        .await
}
