//! « Certificat administratif »: sent by an agent, signed, approved by a second one; contested; the first gestionnaire
//! principal of a structure (R-SUP-CERTIFICAT, R-SUP-CONTESTATION, R-STR-SANS-GP).

mod approbation;
mod approbation_refus;
mod contestation;
mod courses;
mod designation;
mod document;
mod envoi;

use vantail::db::{CertificatId, SollicitationId, StructureId};

use crate::support::monde::siret;
use crate::support::page::{Joint, PageLue};
use crate::support::sollicitations::PDF;
use crate::support::{Acteur, CourrierLu, Portail};

/// Asks, and would be the gestionnaire principal.
const ZOE: &str = "zoe.aubert@test.example";
/// Is the gestionnaire principal, and left.
const PAUL: &str = "paul.gerant@test.example";
/// Gestionnaire secondaire.
const LEA: &str = "lea.seconde@test.example";
/// Nothing there.
const MAX: &str = "max.dehors@test.example";
const SABINE: &str = "sabine.support@test.example";
const SOFIANE: &str = "sofiane.support@test.example";
const SIMON: &str = "simon.support@test.example";

const CHANGEMENT: &str = "/sollicitations/saisie/changement-gestionnaire";

struct Monde {
    portail: Portail,
    lycee: StructureId,
}

impl Monde {
    /// A lycée with a gestionnaire principal and a secondaire; nobody has asked anything.
    async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        for adresse in [ZOE, PAUL, LEA, MAX] {
            portail.personne(adresse).await;
        }
        for adresse in [SABINE, SOFIANE, SIMON] {
            portail.agent(adresse, "support").await;
        }
        let lycee = portail.structure("Lycée du Haut Forez", 1, true).await;
        portail.gp(lycee, portail.id(PAUL).await).await;
        let lea = portail.id(LEA).await;
        portail.rattacher(lycee, lea, "gs", &[]).await;
        Self { portail, lycee }
    }

    /// The same, asked by Zoé for herself.
    async fn demande() -> (Self, SollicitationId) {
        let monde = Self::nouveau().await;
        let id = monde.demander(ZOE, ZOE).await;
        (monde, id)
    }

    /// The same, the certificate sent by Sabine.
    async fn envoye() -> (Self, SollicitationId) {
        let (monde, id) = Self::demande().await;
        monde.envoyer(SABINE, id).await.statut(200);
        (monde, id)
    }

    /// The same, signed: Sofiane may approve.
    async fn signe() -> (Self, SollicitationId, String) {
        let (monde, id) = Self::envoye().await;
        let piece = monde.signer(ZOE, id).await;
        (monde, id, piece)
    }

    /// The same, approved by Sofiane.
    async fn execute() -> (Self, SollicitationId) {
        let (monde, id, piece) = Self::signe().await;
        monde.approuver(SOFIANE, id, &piece).await.statut(200);
        (monde, id)
    }

    async fn connecter(&self, adresse: &str) -> Acteur {
        self.portail.connecter(adresse).await
    }

    /// « Changement de gestionnaire principal » of the lycée, by the form.
    async fn demander(&self, auteur: &str, cible: &str) -> SollicitationId {
        self.demander_au(&siret(1), auteur, cible).await
    }

    async fn demander_au(&self, siret: &str, auteur: &str, cible: &str) -> SollicitationId {
        self.connecter(auteur)
            .await
            .poster(
                CHANGEMENT,
                &[
                    ("siret", siret),
                    ("raison_sociale", "Lycée du Haut Forez"),
                    ("gp_inconnu", "oui"),
                    ("cible_login", cible),
                    ("cible_nom", "Aubert"),
                    ("cible_prenom", "Zoé"),
                ],
            )
            .await
            .statut(200)
            .contient("est enregistrée");
        self.derniere().await
    }

    async fn derniere(&self) -> SollicitationId {
        SollicitationId(
            self.portail
                .uuid("select id from sollicitations order by creee_le desc, id desc limit 1")
                .await,
        )
    }

    async fn envoyer(&self, agent: &str, id: SollicitationId) -> PageLue {
        self.connecter(agent)
            .await
            .poster(
                &format!("{}/certificat", dossier(id)),
                &[("motif", "Muté sans transférer son rôle.")],
            )
            .await
    }

    /// The signed document, in the thread; answers its id.
    async fn signer(&self, auteur: &str, id: SollicitationId) -> String {
        let joint = Joint {
            champ: "fichier".to_owned(),
            nom: "certificat signé.pdf".to_owned(),
            genre: "application/pdf".to_owned(),
            octets: PDF.to_vec(),
        };
        self.connecter(auteur)
            .await
            .envoyer(
                &format!("/sollicitations/{id}/reponse"),
                &[("texte", "Voici le certificat signé.")],
                &[joint],
            )
            .await
            .statut(200);
        self.portail
            .uuid("select id from pieces_jointes where nom = 'certificat signé.pdf' order by deposee_le desc, id desc limit 1")
            .await
            .to_string()
    }

    async fn approuver(&self, agent: &str, id: SollicitationId, piece: &str) -> PageLue {
        self.connecter(agent)
            .await
            .poster(
                &format!("{}/certificat/approbation", dossier(id)),
                &[("piece", piece), ("motif", "Signature vérifiée.")],
            )
            .await
    }

    async fn refuser(&self, agent: &str, id: SollicitationId) -> PageLue {
        self.connecter(agent)
            .await
            .poster(
                &format!("{}/certificat/refus", dossier(id)),
                &[("motif", "La signature manque.")],
            )
            .await
    }

    async fn contester(&self, qui: &str) -> PageLue {
        let adresse = self.contestation().await;
        self.connecter(qui)
            .await
            .poster(&adresse, &[("texte", "Je suis toujours en poste.")])
            .await
    }

    /// Where the last certificate is contested.
    async fn contestation(&self) -> String {
        let id = CertificatId(
            self.portail
                .uuid("select id from certificats order by envoye_le desc, id desc limit 1")
                .await,
        );
        format!("/certificats/{id}/contestation")
    }

    async fn gp(&self) -> Option<String> {
        crate::mon_compte::gp_de(&self.portail, self.lycee).await
    }

    async fn etat(&self, adresse: &str) -> String {
        crate::mon_compte::etat(&self.portail, self.lycee, adresse).await
    }

    async fn actions(&self) -> Vec<String> {
        crate::mon_compte::actions(&self.portail, self.lycee).await
    }

    async fn statut(&self, id: SollicitationId) -> String {
        sqlx::query_scalar("select statut from sollicitations where id = $1")
            .bind(id)
            .fetch_one(&self.portail.db)
            .await
            .expect("a state")
    }

    /// The only mail of this kind, for this person.
    async fn courrier(&self, adresse: &str, gabarit: &str) -> CourrierLu {
        let tous = self.portail.courriers_pour(adresse).await;
        let mut trouves: Vec<_> = tous.into_iter().filter(|c| c.gabarit == gabarit).collect();
        assert_eq!(trouves.len(), 1, "{adresse} {gabarit}");
        trouves.remove(0)
    }

    async fn gabarits(&self, adresse: &str) -> Vec<String> {
        let courriers = self.portail.courriers_pour(adresse).await;
        courriers.into_iter().map(|c| c.gabarit).collect()
    }
}

fn dossier(id: SollicitationId) -> String {
    format!("/support/sollicitations/{id}")
}

/// A mail as read, without the marks that keep typed addresses from being links.
fn corps(courrier: &CourrierLu) -> String {
    crate::mon_compte::corps(courrier).replace('\u{2060}', "")
}
