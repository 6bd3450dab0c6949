//! « Administration » (R-ADM): the accounts of the staff and the journal of the instance.

mod catalogue;
mod courses;
mod equipe;
mod parametres;
mod refus;

use crate::support::Portail;

const ADELE: &str = "adele.admin@test.example";
const BRUNO: &str = "bruno.admin@test.example";
const SABINE: &str = "sabine.support@test.example";
const LISTE: &str = "/administration/equipe";

async fn monde() -> Portail {
    let portail = Portail::nouveau().await;
    for adresse in [ADELE, BRUNO] {
        portail.agent(adresse, "administrateur").await;
    }
    portail.agent(SABINE, "support").await;
    portail
}

/// What the journal of the instance says of the last act: words, reason.
async fn derniere_ligne(portail: &Portail) -> (String, String) {
    sqlx::query_as(
        "select coalesce(d.donnees::json ->> 'commentaire', ''), coalesce(d.donnees::json ->> 'motif', '')
         from historique h join historique_donnees d on d.historique_id = h.id
         where h.structure_id is null and h.action = 'equipe_modifiee' order by h.numero desc limit 1",
    )
    .fetch_one(&portail.db)
    .await
    .expect("a line")
}
