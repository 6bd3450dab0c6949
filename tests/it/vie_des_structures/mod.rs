//! Bank accounts, mandats de facturation, technical accounts and their API, change of identifier.

mod api;
mod api_listes;
mod coordonnees;
mod copie;
mod courses;
mod identifiant;
mod identifiant_import;
mod identifiant_refus;
mod mandats;
mod techniques;
mod techniques_fin;

use vantail::db::{ServiceId, StructureId};

use crate::support::{Acteur, Portail};

pub const GP: &str = "paul.gerant@test.example";
pub const GS: &str = "lea.seconde@test.example";
/// Of one service only.
pub const GS_SERVICE: &str = "max.service@test.example";
pub const US: &str = "ugo.simple@test.example";
pub const AILLEURS: &str = "aude.ailleurs@test.example";

pub struct Monde {
    pub portail: Portail,
    pub mairie: StructureId,
    pub ailleurs: StructureId,
    pub achats: ServiceId,
    pub gp: Acteur,
}

impl Monde {
    pub async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        let gp = portail.personne(GP).await;
        let gs = portail.personne(GS).await;
        let service = portail.personne(GS_SERVICE).await;
        let us = portail.personne(US).await;
        let aude = portail.personne(AILLEURS).await;
        let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
        let ailleurs = portail.structure("Fournil d’Ailleurs", 2, false).await;
        let achats = portail.service(mairie, "ACH", "Achats").await;
        portail.service(mairie, "TVX", "Travaux").await;
        portail.gp(mairie, gp).await;
        portail.rattacher(mairie, gs, "gs", &[]).await;
        portail.rattacher(mairie, service, "gs", &[achats]).await;
        portail.rattacher(mairie, us, "us", &[]).await;
        portail.gp(ailleurs, aude).await;
        let gp = portail.connecter(GP).await;
        Self {
            portail,
            mairie,
            ailleurs,
            achats,
            gp,
        }
    }

    /// An address below the structure.
    pub fn adresse(&self, suite: &str) -> String {
        format!("/structures/{}/{suite}", self.mairie)
    }

    /// Time goes by; the session of the GP does not outlive it, he signs in again.
    pub async fn avancer(&mut self, duree: &str) {
        self.portail.avancer(duree).await;
        self.gp = self.portail.connecter(GP).await;
    }

    /// The addresses of the mails of this template, sorted.
    pub async fn prevenus(&self, gabarit: &str) -> Vec<String> {
        let mut prevenus: Vec<String> = self
            .portail
            .courriers()
            .await
            .into_iter()
            .filter(|c| c.gabarit == gabarit)
            .map(|c| c.destinataire)
            .collect();
        prevenus.sort();
        prevenus
    }
}

/// Everything the database holds in clear about acts and mails.
pub async fn tout_ce_qui_est_ecrit(portail: &Portail) -> String {
    let mut tout: Vec<String> =
        sqlx::query_scalar("select coalesce(donnees, '') from historique_donnees")
            .fetch_all(&portail.db)
            .await
            .expect("the historique");
    for c in portail.courriers().await {
        tout.extend([c.sujet, c.texte, c.html]);
    }
    let messages: Vec<String> = sqlx::query_scalar("select contenu::text from messages")
        .fetch_all(&portail.db)
        .await
        .expect("the messages");
    tout.extend(messages);
    tout.join("\n")
}
