//! A certificat administratif on its way: sent by an agent, back with a signature, waiting for a second agent.

use uuid::Uuid;

use super::document::document;
use super::monde::{Acte, IlYA, Monde, P};
use super::sollicitations::piece;
use crate::db::{CertificatId, SollicitationId, Tx};
use crate::historique::Action;
use crate::sollicitations::certificat::{Contenu, composer};
use crate::web::{Erreur, texte};

/// What was sent on a sollicitation.
pub struct Envoye {
    ancien: P,
    agent: P,
    motif: String,
    quand: IlYA,
    /// When it came back.
    signe: Option<IlYA>,
}

impl Monde {
    /// The desk sends the certificate of a « Changement de gestionnaire principal »; its author is expected to answer.
    pub fn certificat(
        &mut self,
        rang: usize,
        (ancien, agent): (P, P),
        motif: &'static str,
        quand: IlYA,
    ) {
        self.support_repond(
            rang,
            "Le certificat administratif est joint à ce message. Faites-le compléter et signer, puis répondez ici en joignant le document signé.",
            true,
            quand,
        );
        let motif = self.dire(agent, motif);
        let s = &mut self.sollicitations[rang];
        s.certificat = Some(Envoye {
            ancien,
            agent,
            motif: motif.clone(),
            quand,
            signe: None,
        });
        let (emetteur, Some(structure)) = (s.emetteur, s.structure) else {
            return;
        };
        self.actes.push(Acte {
            quand,
            structure,
            par: Some(agent),
            action: Action::CertificatEnvoye,
            concerne: Some(emetteur),
            demande: None,
            demande_abonnement: None,
            commentaire: String::new(),
            motif,
            changements: Vec::new(),
        });
    }

    /// Its author sends it back, signed.
    pub fn certificat_signe(&mut self, rang: usize, texte: &str, quand: IlYA) {
        self.auteur_repond(rang, texte, quand);
        if let Some(envoye) = &mut self.sollicitations[rang].certificat {
            envoye.signe = Some(quand);
        }
    }
}

/// The last message of a side of the thread: the document hangs on it.
async fn message(tx: &mut Tx, id: SollicitationId, cote: &str) -> Result<Uuid, Erreur> {
    Ok(sqlx::query_scalar!(
        "select id from sollicitation_messages where sollicitation_id = $1 and cote = $2 and texte <> ''
         order by cree_le desc limit 1",
        id.0,
        cote
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The rows, the document of the portal, the one that came back.
pub(super) async fn charger(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    for s in &m.sollicitations {
        let (Some(envoye), Some(structure)) = (&s.certificat, s.structure) else {
            continue;
        };
        let (structure, cible, ancien, agent) = (
            &m.structures[structure.0],
            &m.personnes[s.emetteur.0],
            &m.personnes[envoye.ancien.0],
            &m.personnes[envoye.agent.0],
        );
        sqlx::query!(
            "insert into certificats (id, sollicitation_id, structure_id, successeur_id, ancien_id, motif, envoye_par, envoye_le)
             values ($1, $2, $3, $4, $5, $6, $7, maintenant() - make_interval(mins => $8))",
            CertificatId::nouveau().0,
            s.id.0,
            structure.id.0,
            cible.id.0,
            ancien.id.0,
            envoye.motif,
            agent.id.0,
            envoye.quand
        )
        .execute(&mut **tx)
        .await?;
        let lue = sqlx::query!(
            r#"select reference, aujourdhui() as "jour!" from sollicitations where id = $1"#,
            s.id.0
        )
        .fetch_one(&mut **tx)
        .await?;
        let contenu = Contenu {
            reference: lue.reference.clone(),
            jour: texte::date(lue.jour),
            raison_sociale: structure.raison_sociale.to_owned(),
            identifiant: structure.siret.to_owned(),
            successeur: cible.entier(),
            login: cible.login.to_owned(),
            ancien: Some(ancien.entier()),
        };
        let nom = format!("certificat-administratif-{}.pdf", lue.reference);
        let octets = composer(&contenu)?;
        let ou = (s.id, Some(message(tx, s.id, "support").await?));
        piece(tx, agent.id, ou, (&nom, &octets), envoye.quand).await?;
        if let Some(signe) = envoye.signe {
            let octets = document(&[
                "Certificat administratif",
                "Désignation du gestionnaire principal d’une structure",
                "Signé par le représentant légal",
            ]);
            let ou = (s.id, Some(message(tx, s.id, "demandeur").await?));
            let fichier = ("certificat-signe.pdf", octets.as_slice());
            piece(tx, cible.id, ou, fichier, signe).await?;
        }
    }
    Ok(())
}
