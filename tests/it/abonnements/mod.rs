//! Espaces: asking for them, deciding, giving them up (R-COMPTE-ABONNEMENTS, R-GEST-ABONNEMENTS).

mod clotures;
mod courses;
mod decisions;
mod demandes;
mod droits;
mod etendues;
mod lots;
mod refus;
mod retraits;

use vantail::abonnements;
use vantail::db::{DemandeAbonnementId, RattachementId, ServiceId, StructureId, transaction};
use vantail::historique;

use crate::support::{Acteur, CourrierLu, Portail};

pub const GP: &str = "paul.gerant@test.example";
pub const LEA: &str = "lea.seconde@test.example";
pub const JULIE: &str = "julie.bon@test.example";
pub const MAX: &str = "max.service@test.example";

/// A town with two services: its GP, Léa GS of « Juridique », Julie attached to the whole structure, Max to « Achats ».
pub struct Monde {
    pub portail: Portail,
    pub mairie: StructureId,
    pub achats: ServiceId,
    pub juridique: ServiceId,
    pub gp: Acteur,
    pub lea: Acteur,
    pub julie: Acteur,
    pub max: Acteur,
    pub r_julie: RattachementId,
    pub r_max: RattachementId,
}

impl Monde {
    pub async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
        let achats = portail.service(mairie, "ACH", "Achats").await;
        let juridique = portail.service(mairie, "JUR", "Juridique").await;
        let gp = portail.personne(GP).await;
        let r_gp = portail.gp(mairie, gp).await;
        let lea = portail.personne(LEA).await;
        let r_lea = portail.rattacher(mairie, lea, "gs", &[juridique]).await;
        let julie = portail.personne(JULIE).await;
        let r_julie = portail.rattacher(mairie, julie, "us", &[]).await;
        let max = portail.personne(MAX).await;
        let r_max = portail.rattacher(mairie, max, "us", &[achats]).await;
        let monde = Self {
            gp: portail.connecter(GP).await,
            lea: portail.connecter(LEA).await,
            julie: portail.connecter(JULIE).await,
            max: portail.connecter(MAX).await,
            portail,
            mairie,
            achats,
            juridique,
            r_julie,
            r_max,
        };
        for r in [r_gp, r_lea, r_julie, r_max] {
            monde.recalculer(r).await;
        }
        monde
    }

    /// As an act on the rattachement does.
    pub async fn recalculer(&self, r: RattachementId) {
        let mairie = self.mairie;
        transaction(&self.portail.app, async |tx| {
            vantail::structures::verrouiller(tx, &[mairie]).await?;
            abonnements::recalculer(tx, r).await
        })
        .await
        .expect("espaces that agree");
    }

    pub fn ajout(&self) -> String {
        format!("/mon-compte/abonnements/ajout/{}", self.mairie)
    }

    pub fn ecran(&self, demande: DemandeAbonnementId) -> String {
        format!("/structures/{}/demandes-abonnement/{demande}", self.mairie)
    }

    /// Julie waits for « Factures à valider » in consultation and « Factures de travaux » in modification, everywhere.
    pub async fn demande(&self) -> DemandeAbonnementId {
        let julie = self.portail.id(JULIE).await;
        self.portail
            .demande_abonnement(
                self.mairie,
                julie,
                &[
                    (None, "factures_a_valider", "consultation"),
                    (None, "factures_de_travaux", "modification"),
                ],
            )
            .await
    }

    /// « espace droit service » in force for this person, sorted; the service by its code, « * » for all.
    pub async fn espaces(&self, adresse: &str) -> Vec<String> {
        espaces(&self.portail, adresse).await
    }

    /// Those that no role gives.
    pub async fn en_plus(&self, adresse: &str) -> Vec<String> {
        let mut espaces = self.espaces(adresse).await;
        espaces.retain(|e| {
            e.starts_with("factures_a_valider") || e.starts_with("factures_de_travaux")
        });
        espaces
    }

    /// Ids of the lines of a request, in the order of the espaces.
    pub async fn lignes(&self, demande: DemandeAbonnementId) -> Vec<String> {
        sqlx::query_scalar(
            "select l.id::text from demande_abonnement_lignes l join espaces e on e.code = l.espace
             left join services v on v.id = l.service_id where l.demande_id = $1 order by v.cle_tri nulls first, e.ordre",
        )
        .bind(demande)
        .fetch_all(&self.portail.db)
        .await
        .expect("lines")
    }

    pub async fn statut(&self, demande: DemandeAbonnementId) -> String {
        sqlx::query_scalar("select statut from demandes_abonnement where id = $1")
            .bind(demande)
            .fetch_one(&self.portail.db)
            .await
            .expect("a request")
    }

    pub async fn actions(&self) -> Vec<String> {
        sqlx::query_scalar("select action from historique where structure_id = $1 order by numero")
            .bind(self.mairie)
            .fetch_all(&self.portail.db)
            .await
            .expect("the historique")
    }
}

pub async fn espaces(portail: &Portail, adresse: &str) -> Vec<String> {
    sqlx::query_scalar(
        "select distinct a.espace || ' ' || a.droit || ' ' || coalesce(v.code, '*')
         from abonnements_effectifs a join utilisateurs u on u.id = a.utilisateur_id left join services v on v.id = a.service_id
         where u.adresse_connexion = $1 order by 1",
    )
    .bind(adresse)
    .fetch_all(&portail.db)
    .await
    .expect("the espaces")
}

/// A mail as read: greeting to link, without the footer nor the joiners that keep addresses from being links.
fn corps(courrier: &CourrierLu) -> String {
    courrier
        .texte
        .split("\n\n--\n")
        .next()
        .unwrap_or_default()
        .trim_end()
        .replace('\u{2060}', "")
}

/// The link's marker in a stored mail.
const LIEN: &str = vantail::courrier::LIEN;

/// Every chain of the historique holds.
async fn historique_vrai(portail: &Portail) {
    let (_, defauts) = historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a reading");
    assert!(defauts.is_empty(), "{defauts:?}");
}
