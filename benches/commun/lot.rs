//! Five hundred decisions in one act (spec §12), and their undo.

use uuid::Uuid;

use super::monde::Monde;

/// Requests in one act.
pub const LOT: usize = 500;

/// A form to post: where, and what.
pub struct Envoi {
    pub adresse: String,
    pub corps: String,
}

impl Monde {
    /// The form that validates the five hundred requests of the loaded structure.
    pub async fn decision(&self) -> Envoi {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "select id from demandes_rattachement
             where structure_id = $1 and commentaire = 'Lot' and statut = 'en_cours_de_validation' order by id",
        )
        .bind(self.structure)
        .fetch_all(&self.db)
        .await
        .expect("the requests");
        assert_eq!(ids.len(), LOT, "requests that wait for a decision");
        let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        Envoi {
            adresse: "/activites/demandes/lot".to_owned(),
            corps: format!("ids={}&decision=valider&confirme=1", ids.join("%2C")),
        }
    }

    /// The form that undoes the last act.
    pub async fn annulation(&self) -> Envoi {
        let acte: Uuid = sqlx::query_scalar(
            "select acte_id from decisions where annulee_le is null order by id desc limit 1",
        )
        .fetch_one(&self.db)
        .await
        .expect("an act");
        Envoi {
            adresse: format!("/activites/demandes/annulation/{acte}"),
            corps: String::new(),
        }
    }
}
