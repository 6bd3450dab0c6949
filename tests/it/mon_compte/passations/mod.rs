//! « Passation programmée »: programmed, shown, warned, cancelled, replaced, executed to the second, void.

mod actes;
mod avertissements;
mod caduques;
mod courriers;
mod lycee;

use vantail::acces::Systeme;
use vantail::db::{RattachementId, StructureId};
use vantail::jobs::{self, Bilan};

use crate::support::page::PageLue;
use crate::support::{Acteur, CourrierLu, Portail};

pub const GP: &str = "paul.gerant@test.example";
pub const LEA: &str = "lea.seconde@test.example";
pub const MAX: &str = "max.second@test.example";
pub const JULES: &str = "jules.martin@test.example";

/// A mairie, its GP Paul, Léa and Max gestionnaires; Jules is attached nowhere.
pub struct Monde {
    pub portail: Portail,
    pub mairie: StructureId,
    pub r_gp: RattachementId,
    pub gp: Acteur,
}

impl Monde {
    pub async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        let gp = portail.personne(GP).await;
        let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
        let r_gp = portail.gp(mairie, gp).await;
        for adresse in [LEA, MAX] {
            let id = portail.personne(adresse).await;
            portail.rattacher(mairie, id, "gs", &[]).await;
        }
        portail.personne(JULES).await;
        // Noon in Paris, so that a day is a day whatever the hour of the run.
        sqlx::query("update horloge set decalage = debut_du_jour(aujourdhui()) + interval '12 hours' - now()")
            .execute(&portail.db)
            .await
            .expect("noon");
        let gp = portail.connecter(GP).await;
        Self {
            portail,
            mairie,
            r_gp,
            gp,
        }
    }

    pub fn adresse(&self, suite: &str) -> String {
        format!("/structures/{}/transfert{suite}", self.mairie)
    }

    /// So many days from now, as a date field sends it.
    pub async fn dans(&self, jours: i32) -> String {
        sqlx::query_scalar("select (aujourdhui() + $1)::text")
            .bind(jours)
            .fetch_one(&self.portail.db)
            .await
            .expect("a day")
    }

    pub async fn jour_dans(&self, jours: i32) -> String {
        sqlx::query_scalar("select to_char(aujourdhui() + $1, 'DD/MM/YYYY')")
            .bind(jours)
            .fetch_one(&self.portail.db)
            .await
            .expect("a day")
    }

    /// Programs through the last step.
    pub async fn programmer(&mut self, vers: &str, jours: i32) -> PageLue {
        let le = self.dans(jours).await;
        let successeur = self.portail.id(vers).await.to_string();
        let champs = [("successeur", successeur.as_str()), ("le", le.as_str())];
        let adresse = self.adresse("/confirmation");
        self.gp.poster(&adresse, &champs).await
    }

    /// Sessions do not outlive the clock.
    pub async fn avancer(&mut self, duree: &str) {
        self.portail.avancer(duree).await;
        self.gp = self.portail.connecter(GP).await;
    }

    pub async fn tourner(&self) -> Bilan {
        let bilan = jobs::lancer_une_fois(&self.portail.app, &Systeme::processus())
            .await
            .expect("a run")
            .expect("nobody else");
        assert_eq!(self.portail.structures_sans_un_gp().await, 0);
        Bilan {
            messages_effaces: 0,
            sessions_effacees: 0,
            compteurs_effaces: 0,
            courriers_purges: 0,
            ..bilan
        }
    }

    pub async fn courriers(&self, gabarit: &str) -> Vec<CourrierLu> {
        let tous = self.portail.courriers().await;
        tous.into_iter().filter(|c| c.gabarit == gabarit).collect()
    }

    /// Addresses of the mails of a template, in order.
    pub async fn prevenus(&self, gabarit: &str) -> Vec<String> {
        let courriers = self.courriers(gabarit).await;
        courriers.into_iter().map(|c| c.destinataire).collect()
    }

    pub async fn statuts(&self) -> Vec<String> {
        sqlx::query_scalar("select statut from passations order by creee_le, id")
            .fetch_all(&self.portail.db)
            .await
            .expect("the handovers")
    }
}

/// Nothing but what is named.
pub fn bilan(executees: u64, caduques: u64, annoncees: u64) -> Bilan {
    Bilan {
        passations_executees: executees,
        passations_caduques: caduques,
        passations_annoncees: annoncees,
        ..Bilan::default()
    }
}
