//! The users of a structure (R-STR-UTILISATEURS), block E (R-GEST-UTILISATEURS), accounts created by a gestionnaire
//! (R-GEST-CREER), ends of validity (R-GEST-ECHEANCES).

mod actes;
mod comptes;
pub mod courses;
mod creation;
mod ecrans;
mod fins;
mod habilitations;
mod tous;

use vantail::db::{RattachementId, ServiceId};

use crate::activites::Terneuil;
use crate::support::page::PageLue;

pub const JULIE: &str = "julie.bon@terneuil.example";
pub const THOMAS: &str = "thomas.mostkowsy@terneuil.example";

/// CCAS Terneuil with Julie, of the whole structure, and Thomas, of the two services.
pub struct Monde {
    pub t: Terneuil,
    pub julie: RattachementId,
    pub thomas: RattachementId,
}

impl Monde {
    pub async fn nouveau() -> Self {
        let t = Terneuil::nouveau().await;
        let julie = t.portail.personne(JULIE).await;
        let julie = t.portail.rattacher(t.structure, julie, "us", &[]).await;
        let thomas = t.portail.personne(THOMAS).await;
        let services = [t.achats, t.juridique];
        let thomas = t
            .portail
            .rattacher(t.structure, thomas, "us", &services)
            .await;
        Self { t, julie, thomas }
    }

    pub fn liste(&self) -> String {
        format!("/structures/{}/utilisateurs", self.t.structure)
    }

    pub fn fiche(&self, id: RattachementId) -> String {
        format!("{}/{id}", self.liste())
    }

    pub async fn statut(&self, id: RattachementId) -> (String, Option<String>) {
        sqlx::query_as("select statut, cause from rattachements where id = $1")
            .bind(id)
            .fetch_one(&self.t.portail.db)
            .await
            .expect("a rattachement")
    }

    pub async fn rattachement(&self, login: &str) -> RattachementId {
        sqlx::query_scalar(
            "select r.id from rattachements r join utilisateurs u on u.id = r.utilisateur_id
             where u.adresse_connexion = $1 and r.structure_id = $2 and r.statut <> 'supprimee'",
        )
        .bind(login)
        .bind(self.t.structure)
        .fetch_one(&self.t.portail.db)
        .await
        .expect("a rattachement")
    }

    pub async fn services(&self, id: RattachementId, statut: &str) -> Vec<ServiceId> {
        sqlx::query_scalar(
            "select service_id from rattachement_services where rattachement_id = $1 and statut = $2 order by 1",
        )
        .bind(id)
        .bind(statut)
        .fetch_all(&self.t.portail.db)
        .await
        .expect("services")
    }

    pub async fn finir(&self, id: RattachementId, fin: &str) {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "update rattachements set date_fin = {fin} where id = $1"
        )))
        .bind(id)
        .execute(&self.t.portail.db)
        .await
        .expect("an end");
    }

    /// The act confirmed, by Pauline.
    pub async fn agir(&mut self, acte: &str, ids: &[RattachementId]) -> PageLue {
        let champs = lot(acte, ids);
        let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
        let adresse = format!("{}/lot", self.liste());
        self.t.pauline.poster(&adresse, &champs).await
    }
}

pub fn lot<'a>(acte: &str, ids: &[RattachementId]) -> Vec<(&'a str, String)> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    vec![
        ("ids", ids.join(",")),
        ("acte", acte.to_owned()),
        ("confirme", "1".to_owned()),
    ]
}
