//! Bank accounts, mandats and technical accounts of the demo world: one of each for every structure that somebody manages.

use super::MOT_DE_PASSE;
use super::monde::{Monde, P, S, jours};
use crate::acces::{Role, empreinte_du_secret};
use crate::db::{CoordonneeId, MandatId, TechniqueId, Tx};
use crate::historique::Action;
use crate::vie_des_structures::coordonnees::Iban;
use crate::web::Erreur;

/// Who invoices for whom: repères of the structures.
const MANDATS: [(&str, &str); 2] = [("b", "4roues"), ("terneuil", "b")];

/// Login of the technical account of a structure; its password is that of every demo account.
pub fn identifiant(repere: &str) -> String {
    format!("technique-{repere}")
}

/// An IBAN with a true key, different for each rank.
fn iban(rang: usize) -> String {
    (2..=98)
        .map(|cle| format!("FR{cle:02}200410100505000{rang:06}06"))
        .find(|i| Iban::lire(i).is_ok())
        .expect("one key in 97 fits")
}

impl Monde {
    /// Structures that somebody manages, with the gestionnaire principal.
    fn gerees(&self) -> Vec<(S, P)> {
        self.rattachements
            .iter()
            .filter(|r| r.role == Role::Gp && r.statut == "validee")
            .map(|r| (r.structure, r.personne))
            .collect()
    }

    /// The mandats whose two structures are in the world: from, to.
    fn mandats(&self) -> Vec<(S, S)> {
        let ou = |repere: &str| {
            self.structures
                .iter()
                .position(|s| s.repere == repere)
                .map(S)
        };
        MANDATS
            .iter()
            .filter_map(|(de, a)| Some((ou(de)?, ou(a)?)))
            .collect()
    }

    /// The lines of the historique.
    pub(super) fn vie_des_structures(&mut self) {
        for (s, gp) in self.gerees() {
            for (quand, action) in [
                (jours(61), Action::CoordonneeAjoutee),
                (jours(60), Action::TechniqueCree),
            ] {
                let marque = self.structures[s.0].marque();
                let acte = self.acte(quand, s, Some(gp), action, gp);
                acte.concerne = None;
                acte.commentaire = marque;
            }
        }
        for (de, a) in self.mandats() {
            let Some((_, gp)) = self.gerees().into_iter().find(|(s, _)| *s == de) else {
                continue;
            };
            for s in [de, a] {
                let marque = self.structures[s.0].marque();
                let acte = self.acte(jours(45), s, Some(gp), Action::MandatDonne, gp);
                acte.concerne = None;
                acte.commentaire = marque;
            }
        }
    }
}

pub(super) async fn charger(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    for (rang, (s, gp)) in m.gerees().into_iter().enumerate() {
        let (structure, gp) = (&m.structures[s.0], &m.personnes[gp.0]);
        for (numero, libelle) in ["Compte principal", "Régie"].iter().enumerate() {
            sqlx::query!(
                "insert into coordonnees_bancaires (id, structure_id, libelle, iban, bic, active, creee_le, modifiee_le)
                 values ($1, $2, $3, $4, 'PSSTFRPPPAR', $5, maintenant() - interval '61 days', maintenant() - interval '61 days')",
                CoordonneeId::nouveau().0,
                structure.id.0,
                format!("{libelle} {}", structure.marque()),
                iban(2 * rang + numero),
                numero == 0
            )
            .execute(&mut **tx)
            .await?;
        }
        let compte = TechniqueId::nouveau();
        sqlx::query!(
            "insert into comptes_techniques (id, structure_id, identifiant, adresse_contact, cree_le, cree_par)
             values ($1, $2, $3, $4, maintenant() - interval '60 days', $5)",
            compte.0,
            structure.id.0,
            identifiant(structure.repere),
            format!("si@{}.example", structure.repere),
            gp.id.0
        )
        .execute(&mut **tx)
        .await?;
        sqlx::query!(
            "insert into secrets_techniques (id, compte_id, empreinte, cree_le, expire_le)
             values ($1, $2, $3, maintenant() - interval '60 days', maintenant() + interval '364 days')",
            uuid::Uuid::now_v7(),
            compte.0,
            &empreinte_du_secret(MOT_DE_PASSE)[..]
        )
        .execute(&mut **tx)
        .await?;
        sqlx::query!(
            "insert into usages_techniques (compte_id, dernier_le) values ($1, maintenant() - interval '3 hours')",
            compte.0
        )
        .execute(&mut **tx)
        .await?;
    }
    for (de, a) in m.mandats() {
        sqlx::query!(
            "insert into mandats (id, structure_id, mandataire_id, date_debut, cree_le)
             values ($1, $2, $3, debut_du_jour(aujourdhui() - 44), maintenant() - interval '45 days')",
            MandatId::nouveau().0,
            m.structures[de.0].id.0,
            m.structures[a.0].id.0
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
