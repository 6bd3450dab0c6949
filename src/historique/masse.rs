//! The historique of a load world: the same chains as [`super::noter`], as text for COPY.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Action;
use super::ecriture::{Auteur, BUT, Chainee, Details, engagement};
use crate::db::{StructureId, UtilisateurId};
use crate::secrets::Cles;

/// One act to write, at its own time.
pub struct ActeDate {
    /// Also the seed of the salt: the same world is written twice the same.
    pub id: Uuid,
    pub auteur: Auteur,
    pub action: Action,
    pub concerne: Option<UtilisateurId>,
    /// Microseconds since 1970, not before the act that precedes it.
    pub survenu_us: i64,
    pub details: Details,
}

/// Text for three COPY, filled chain by chain and emptied by the loader.
#[derive(Default)]
pub struct EnMasse {
    pub lignes: String,
    pub donnees: String,
    pub tetes: String,
}

impl EnMasse {
    pub const COPIE_LIGNES: &'static str = "copy historique (id, chaine, structure_id, numero, action, acteur_genre, acteur_id, concerne_id, \
        survenu_le, engagement, precedente, cle_version, empreinte) from stdin";
    pub const COPIE_DONNEES: &'static str =
        "copy historique_donnees (historique_id, sel, donnees) from stdin";
    pub const COPIE_TETES: &'static str =
        "copy historique_tetes (chaine, numero, empreinte) from stdin";

    /// The whole chain of a structure that has none.
    ///
    /// # Errors
    /// The details cannot be written as JSON, a time is out of range, or an act comes before the one that precedes it.
    pub fn chaine(
        &mut self,
        cles: &Cles,
        structure: StructureId,
        actes: &[ActeDate],
    ) -> anyhow::Result<()> {
        let mut precedente: Vec<u8> = Vec::new();
        let mut numero = 0;
        anyhow::ensure!(
            actes.is_sorted_by_key(|acte| acte.survenu_us),
            "the historique of {structure} goes back in time"
        );
        for acte in actes {
            numero += 1;
            let donnees = serde_json::to_string(&acte.details)?;
            let sel = Sha256::digest(acte.id.as_bytes())[..16].to_vec();
            let engagement = engagement(&sel, &donnees);
            let chainee = Chainee {
                id: acte.id,
                chaine: structure.0,
                numero,
                action: acte.action.code(),
                acteur_genre: acte.auteur.genre(),
                acteur: acte.auteur.id().map(Uuid::from),
                concerne: acte.concerne.map(Uuid::from),
                demande: None,
                survenu_us: acte.survenu_us,
                engagement: &engagement,
                precedente: &precedente,
            };
            let (version, empreinte) = cles.mac(None, BUT, &chainee.octets());
            let facultatif =
                |id: Option<Uuid>| id.map_or_else(|| "\\N".to_owned(), |id| id.to_string());
            let instant =
                OffsetDateTime::from_unix_timestamp_nanos(i128::from(acte.survenu_us) * 1_000)?;
            writeln!(
                self.lignes,
                "{}\t{structure}\t{structure}\t{numero}\t{}\t{}\t{}\t{}\t{} {:02}:{:02}:{:02}.{:06}+00\t{}\t{}\t{version}\t{}",
                acte.id,
                acte.action.code(),
                acte.auteur.genre(),
                facultatif(acte.auteur.id().map(Uuid::from)),
                facultatif(acte.concerne.map(Uuid::from)),
                instant.date(),
                instant.hour(),
                instant.minute(),
                instant.second(),
                instant.microsecond(),
                Octets(&engagement),
                Octets(&precedente),
                Octets(&empreinte)
            )?;
            writeln!(
                self.donnees,
                "{}\t{}\t{}",
                acte.id,
                Octets(&sel),
                donnees.replace('\\', "\\\\")
            )?;
            precedente = empreinte.to_vec();
        }
        if numero > 0 {
            writeln!(self.tetes, "{structure}\t{numero}\t{}", Octets(&precedente))?;
        }
        Ok(())
    }
}

/// A bytea in the text form of COPY.
struct Octets<'a>(&'a [u8]);

impl std::fmt::Display for Octets<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("\\\\x")?;
        self.0.iter().try_for_each(|o| write!(f, "{o:02x}"))
    }
}
