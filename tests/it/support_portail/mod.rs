//! « Bureau du support »: the two lists, the file, what an agent may do and what he never sees.

mod attribution;
mod bureau;
mod demo;
mod dossier;
mod file;
mod reponses;
mod suite;

use crate::support::Portail;

const ZOE: &str = "zoe.aubert@test.example";
const PAUL: &str = "paul.gerant@test.example";
const SABINE: &str = "sabine.support@test.example";
const SOFIANE: &str = "sofiane.support@test.example";

async fn monde() -> Portail {
    let portail = Portail::nouveau().await;
    for adresse in [ZOE, PAUL] {
        portail.personne(adresse).await;
    }
    for adresse in [SABINE, SOFIANE] {
        portail.agent(adresse, "support").await;
    }
    portail
}
