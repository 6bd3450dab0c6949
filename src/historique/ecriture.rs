use std::collections::BTreeMap;

use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Action;
use crate::acces::{Administration, Connecte, Support, Systeme};
use crate::db::{DemandeId, StructureId, Tx, UtilisateurId};
use crate::web::Erreur;

/// Who signs. Made from a proof only.
#[derive(Clone, Copy, Debug)]
pub struct Auteur {
    genre: &'static str,
    id: Option<UtilisateurId>,
}

impl From<&Connecte> for Auteur {
    fn from(connecte: &Connecte) -> Self {
        Self {
            genre: "utilisateur",
            id: Some(connecte.id()),
        }
    }
}

impl From<&Support> for Auteur {
    fn from(support: &Support) -> Self {
        Self {
            genre: "equipe",
            id: Some(support.id()),
        }
    }
}

impl From<&Administration> for Auteur {
    fn from(administration: &Administration) -> Self {
        Self {
            genre: "equipe",
            id: Some(administration.id()),
        }
    }
}

impl From<&Systeme> for Auteur {
    fn from(_: &Systeme) -> Self {
        Self {
            genre: "systeme",
            id: None,
        }
    }
}

impl Auteur {
    /// For somebody without a session: what he did before this database existed (the demo world), or what he does by a link or
    /// a password alone (the return of a deactivated account). Only the process itself may write it.
    pub fn rejouer(_: &Systeme, qui: UtilisateurId) -> Self {
        Self {
            genre: "utilisateur",
            id: Some(qui),
        }
    }

    pub fn id(&self) -> Option<UtilisateurId> {
        self.id
    }

    pub(super) fn genre(&self) -> &'static str {
        self.genre
    }
}

/// One field of the detail: before → after.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Changement {
    pub champ: String,
    pub avant: String,
    pub apres: String,
}

impl Changement {
    pub fn new(champ: &str, avant: impl Into<String>, apres: impl Into<String>) -> Self {
        Self {
            champ: champ.to_owned(),
            avant: avant.into(),
            apres: apres.into(),
        }
    }

    /// « Rôle : Utilisateur simple → Gestionnaire secondaire », for a preview; nothing where nothing differs.
    pub fn en_mots(&self) -> Option<String> {
        let champ = &self.champ;
        match (self.avant.as_str(), self.apres.as_str()) {
            (avant, apres) if avant == apres => None,
            ("", apres) => Some(format!("{champ}\u{202F}: {apres}")),
            (avant, "") => Some(format!("{champ}\u{202F}: {avant} → (vide)")),
            (avant, apres) => Some(format!("{champ}\u{202F}: {avant} → {apres}")),
        }
    }
}

/// Data of a line. It may name people: it lives beside the chain and can be blanked.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub struct Details {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub acteur: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub concerne: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commentaire: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub motif: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changements: Vec<Changement>,
}

pub struct Entree {
    /// `None`: an act of the instance, such as an import.
    pub structure: Option<StructureId>,
    pub action: Action,
    pub concerne: Option<UtilisateurId>,
    pub demande: Option<DemandeId>,
    pub details: Details,
}

/// The fields that the chain covers, in the order they are hashed.
pub(super) struct Chainee<'a> {
    pub id: Uuid,
    pub chaine: Uuid,
    pub numero: i64,
    pub action: &'a str,
    pub acteur_genre: &'a str,
    pub acteur: Option<Uuid>,
    pub concerne: Option<Uuid>,
    pub demande: Option<Uuid>,
    /// Microseconds since 1970: the text of a timestamp depends on session settings, an integer does not.
    pub survenu_us: i64,
    pub engagement: &'a [u8],
    pub precedente: &'a [u8],
}

impl Chainee<'_> {
    /// Length-prefixed fields, so that no two lines have the same bytes.
    pub(super) fn octets(&self) -> Vec<u8> {
        fn champ(octets: &mut Vec<u8>, valeur: &[u8]) {
            octets.extend_from_slice(&(valeur.len() as u64).to_be_bytes());
            octets.extend_from_slice(valeur);
        }
        let facultatif =
            |id: Option<Uuid>| id.map(|id| id.into_bytes().to_vec()).unwrap_or_default();
        let mut octets = Vec::with_capacity(256);
        champ(&mut octets, self.precedente);
        champ(&mut octets, self.id.as_bytes());
        champ(&mut octets, self.chaine.as_bytes());
        champ(&mut octets, &self.numero.to_be_bytes());
        champ(&mut octets, self.action.as_bytes());
        champ(&mut octets, self.acteur_genre.as_bytes());
        champ(&mut octets, &facultatif(self.acteur));
        champ(&mut octets, &facultatif(self.concerne));
        champ(&mut octets, &facultatif(self.demande));
        champ(&mut octets, &self.survenu_us.to_be_bytes());
        champ(&mut octets, self.engagement);
        octets
    }
}

/// SHA-256 of the salt and the data.
pub(super) fn engagement(sel: &[u8], donnees: &str) -> Vec<u8> {
    Sha256::new()
        .chain_update(sel)
        .chain_update(donnees.as_bytes())
        .finalize()
        .to_vec()
}

/// Purpose of the journal's derived key.
pub(super) const BUT: &str = "historique";

/// Records one act, in the transaction of the act. Answers the id of the line.
pub async fn noter(tx: &mut Tx, auteur: impl Into<Auteur>, entree: Entree) -> Result<Uuid, Erreur> {
    let ids = noter_plusieurs(tx, auteur, vec![entree]).await?;
    ids.into_iter()
        .next()
        .ok_or_else(|| anyhow::anyhow!("nothing recorded").into())
}

/// Records many acts, with four statements per structure whatever their number (bulk of 500: spec §12).
/// Answers the ids in the order given. The heads are locked in the order of the structures.
pub async fn noter_plusieurs(
    tx: &mut Tx,
    auteur: impl Into<Auteur>,
    entrees: Vec<Entree>,
) -> Result<Vec<Uuid>, Erreur> {
    let auteur = auteur.into();
    let mut ids = vec![Uuid::nil(); entrees.len()];
    let mut chaines: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    for (rang, entree) in entrees.iter().enumerate() {
        chaines
            .entry(entree.structure.map_or(Uuid::nil(), Uuid::from))
            .or_default()
            .push(rang);
    }
    for (chaine, rangs) in chaines {
        allonger(tx, auteur, chaine, &rangs, &entrees, &mut ids).await?;
    }
    Ok(ids)
}

#[derive(Default)]
struct Colonnes {
    ids: Vec<Uuid>,
    numeros: Vec<i64>,
    actions: Vec<String>,
    concernes: Vec<Option<Uuid>>,
    demandes: Vec<Option<Uuid>>,
    engagements: Vec<Vec<u8>>,
    precedentes: Vec<Vec<u8>>,
    empreintes: Vec<Vec<u8>>,
    sels: Vec<Vec<u8>>,
    donnees: Vec<String>,
}

async fn allonger(
    tx: &mut Tx,
    auteur: Auteur,
    chaine: Uuid,
    rangs: &[usize],
    entrees: &[Entree],
    ids: &mut [Uuid],
) -> Result<(), Erreur> {
    sqlx::query!("insert into historique_tetes (chaine, numero, empreinte) values ($1, 0, '') on conflict do nothing", chaine)
        .execute(&mut **tx)
        .await?;
    let tete = sqlx::query!(
        r#"select numero, empreinte, (extract(epoch from maintenant()) * 1000000)::bigint as "instant!"
           from historique_tetes where chaine = $1 for update"#,
        chaine
    )
    .fetch_one(&mut **tx)
    .await?;
    let (mut numero, mut precedente, mut version) = (tete.numero, tete.empreinte, 0);
    let mut colonnes = Colonnes::default();
    for &rang in rangs {
        let entree = &entrees[rang];
        let donnees = serde_json::to_string(&entree.details)?;
        let sel: [u8; 16] = rand::rng().random();
        let engagement = engagement(&sel, &donnees);
        numero += 1;
        let id = Uuid::now_v7();
        let octets = Chainee {
            id,
            chaine,
            numero,
            action: entree.action.code(),
            acteur_genre: auteur.genre,
            acteur: auteur.id.map(Uuid::from),
            concerne: entree.concerne.map(Uuid::from),
            demande: entree.demande.map(Uuid::from),
            survenu_us: tete.instant,
            engagement: &engagement,
            precedente: &precedente,
        }
        .octets();
        let (cle, empreinte) = tx.cles.mac(None, BUT, &octets);
        version = cle;
        ids[rang] = id;
        colonnes.ids.push(id);
        colonnes.numeros.push(numero);
        colonnes.actions.push(entree.action.code().to_owned());
        colonnes.concernes.push(entree.concerne.map(Uuid::from));
        colonnes.demandes.push(entree.demande.map(Uuid::from));
        colonnes.engagements.push(engagement);
        colonnes
            .precedentes
            .push(std::mem::replace(&mut precedente, empreinte.to_vec()));
        colonnes.empreintes.push(empreinte.to_vec());
        colonnes.sels.push(sel.to_vec());
        colonnes.donnees.push(donnees);
    }
    sqlx::query!(
        "with lignes as (
           insert into historique (id, chaine, structure_id, numero, action, acteur_genre, acteur_id, concerne_id, demande_id,
                                   survenu_le, engagement, precedente, cle_version, empreinte)
           select l.id, $11, nullif($11, '00000000-0000-0000-0000-000000000000'::uuid), l.numero, l.action, $12, $13, l.concerne,
                  l.demande, timestamptz 'epoch' + $14::bigint * interval '1 microsecond', l.engagement, l.precedente, $15, l.empreinte
           from unnest($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::uuid[], $6::bytea[], $7::bytea[], $8::bytea[])
                as l (id, numero, action, concerne, demande, engagement, precedente, empreinte)
           returning id)
         insert into historique_donnees (historique_id, sel, donnees)
         select d.id, d.sel, d.donnees from unnest($1::uuid[], $9::bytea[], $10::text[]) as d (id, sel, donnees)",
        &colonnes.ids,
        &colonnes.numeros,
        &colonnes.actions,
        &colonnes.concernes as &[Option<Uuid>],
        &colonnes.demandes as &[Option<Uuid>],
        &colonnes.engagements,
        &colonnes.precedentes,
        &colonnes.empreintes,
        &colonnes.sels,
        &colonnes.donnees,
        chaine,
        auteur.genre,
        auteur.id.map(Uuid::from),
        tete.instant,
        i32::try_from(version).unwrap_or(i32::MAX)
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update historique_tetes set numero = $2, empreinte = $3, maj_le = maintenant() where chaine = $1",
        chaine,
        numero,
        precedente
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
