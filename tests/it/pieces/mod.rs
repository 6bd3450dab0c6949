//! Attachments: what is accepted and refused, who downloads, what the antivirus decides (security.md IN5–IN7).

mod antivirus;
mod courses;
mod depots;
mod effacement;
mod telechargements;

use vantail::db::SollicitationId;

use crate::support::Portail;
use crate::support::page::{Joint, PageLue};

const ZOE: &str = "zoe.aubert@test.example";
const LEA: &str = "lea.seconde@test.example";
const PAUL: &str = "paul.gerant@test.example";
const SABINE: &str = "sabine.support@test.example";

const SAISIE: &str = "/sollicitations/saisie/autre";

/// Zoé writes, Paul reads for the mairie, Sabine is of the support.
async fn monde() -> (Portail, vantail::db::StructureId) {
    peupler(Portail::nouveau().await).await
}

async fn peupler(portail: Portail) -> (Portail, vantail::db::StructureId) {
    for adresse in [ZOE, LEA, PAUL] {
        portail.personne(adresse).await;
    }
    portail.agent(SABINE, "support").await;
    let mairie = portail.structure("Commune de Terneuil", 1, true).await;
    let paul = portail.id(PAUL).await;
    portail.gp(mairie, paul).await;
    portail.lecteur(mairie, paul, "modification").await;
    (portail, mairie)
}

async fn seule(portail: &Portail) -> SollicitationId {
    SollicitationId(portail.uuid("select id from sollicitations").await)
}

async fn pieces(portail: &Portail) -> i64 {
    portail.nombre("select count(*) from pieces_jointes").await
}

fn nom_propose(page: &PageLue) -> String {
    page.entete("content-disposition")
        .unwrap_or_default()
        .to_owned()
}

fn joint(nom: &str, genre: &str, octets: &[u8]) -> Joint {
    Joint {
        champ: "fichier".to_owned(),
        nom: nom.to_owned(),
        genre: genre.to_owned(),
        octets: octets.to_vec(),
    }
}
