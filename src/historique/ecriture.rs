use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Action;
use crate::acces::{Administration, Connecte, Referent, Support, Systeme};
use crate::db::{DemandeId, StructureId, Tx, UtilisateurId};
use crate::secrets::Cles;
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
        Self::equipe(support)
    }
}

impl From<&Referent> for Auteur {
    fn from(referent: &Referent) -> Self {
        Self::equipe(referent)
    }
}

impl From<&Administration> for Auteur {
    fn from(administration: &Administration) -> Self {
        Self::equipe(administration)
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
    /// A member of the staff, acting as such.
    fn equipe(agent: &Connecte) -> Self {
        Self {
            genre: "equipe",
            id: Some(agent.id()),
        }
    }

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

/// Records many acts in four statements, whatever their number and that of their structures (bulk of 500: spec §12).
/// Answers the ids in the order given. The heads are locked in the order of the structures.
pub async fn noter_plusieurs(
    tx: &mut Tx,
    auteur: impl Into<Auteur>,
    entrees: Vec<Entree>,
) -> Result<Vec<Uuid>, Erreur> {
    let auteur = auteur.into();
    if entrees.is_empty() {
        return Ok(Vec::new());
    }
    let mut tetes = prendre_les_tetes(tx, &entrees).await?;
    let (mut version, mut colonnes) = (0, Colonnes::default());
    for entree in &entrees {
        let tete = tetes
            .get_mut(&chaine_de(entree))
            .ok_or_else(|| anyhow::anyhow!("a chain without its head"))?;
        version = colonnes.allonger(&tx.cles, auteur, tete, entree)?;
    }
    ecrire(tx, auteur, version, &colonnes).await?;
    avancer_les_tetes(tx, &tetes).await?;
    Ok(colonnes.ids)
}

/// One chain per structure; the acts of the instance have their own.
fn chaine_de(entree: &Entree) -> Uuid {
    entree.structure.map_or(Uuid::nil(), Uuid::from)
}

/// Where a chain has come to, its head being locked.
struct Tete {
    numero: i64,
    empreinte: Vec<u8>,
    instant: i64,
}

async fn prendre_les_tetes(
    tx: &mut Tx,
    entrees: &[Entree],
) -> Result<BTreeMap<Uuid, Tete>, Erreur> {
    let chaines: BTreeSet<Uuid> = entrees.iter().map(chaine_de).collect();
    let chaines: Vec<Uuid> = chaines.into_iter().collect();
    sqlx::query!(
        "insert into historique_tetes (chaine, numero, empreinte)
         select c.id, 0, ''::bytea from unnest($1::uuid[]) as c (id) order by c.id on conflict do nothing",
        &chaines
    )
    .execute(&mut **tx)
    .await?;
    let tetes = sqlx::query!(
        r#"select chaine, numero, empreinte, (extract(epoch from maintenant()) * 1000000)::bigint as "instant!"
           from historique_tetes where chaine = any ($1) order by chaine for update"#,
        &chaines
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(tetes
        .into_iter()
        .map(|t| {
            let tete = Tete {
                numero: t.numero,
                empreinte: t.empreinte,
                instant: t.instant,
            };
            (t.chaine, tete)
        })
        .collect())
}

async fn avancer_les_tetes(tx: &mut Tx, tetes: &BTreeMap<Uuid, Tete>) -> Result<(), Erreur> {
    sqlx::query!(
        "update historique_tetes set numero = t.numero, empreinte = t.empreinte, maj_le = maintenant()
         from unnest($1::uuid[], $2::bigint[], $3::bytea[]) as t (chaine, numero, empreinte)
         where historique_tetes.chaine = t.chaine",
        &tetes.keys().copied().collect::<Vec<_>>(),
        &tetes.values().map(|t| t.numero).collect::<Vec<_>>(),
        &tetes.values().map(|t| t.empreinte.clone()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The lines to insert, column by column.
#[derive(Default)]
struct Colonnes {
    ids: Vec<Uuid>,
    chaines: Vec<Uuid>,
    numeros: Vec<i64>,
    instants: Vec<i64>,
    actions: Vec<String>,
    concernes: Vec<Option<Uuid>>,
    demandes: Vec<Option<Uuid>>,
    engagements: Vec<Vec<u8>>,
    precedentes: Vec<Vec<u8>>,
    empreintes: Vec<Vec<u8>>,
    sels: Vec<Vec<u8>>,
    donnees: Vec<String>,
}

impl Colonnes {
    /// Adds one line at the head of its chain. Answers the version of the key that signs.
    fn allonger(
        &mut self,
        cles: &Cles,
        auteur: Auteur,
        tete: &mut Tete,
        entree: &Entree,
    ) -> Result<u32, Erreur> {
        let donnees = serde_json::to_string(&entree.details)?;
        let sel: [u8; 16] = rand::rng().random();
        let engagement = engagement(&sel, &donnees);
        tete.numero += 1;
        let chainee = Chainee {
            id: Uuid::now_v7(),
            chaine: chaine_de(entree),
            numero: tete.numero,
            action: entree.action.code(),
            acteur_genre: auteur.genre,
            acteur: auteur.id.map(Uuid::from),
            concerne: entree.concerne.map(Uuid::from),
            demande: entree.demande.map(Uuid::from),
            survenu_us: tete.instant,
            engagement: &engagement,
            precedente: &tete.empreinte,
        };
        let (version, empreinte) = cles.mac(None, BUT, &chainee.octets());
        self.ids.push(chainee.id);
        self.chaines.push(chainee.chaine);
        self.numeros.push(chainee.numero);
        self.instants.push(chainee.survenu_us);
        self.actions.push(chainee.action.to_owned());
        self.concernes.push(chainee.concerne);
        self.demandes.push(chainee.demande);
        self.engagements.push(engagement);
        let precedente = std::mem::replace(&mut tete.empreinte, empreinte.to_vec());
        self.precedentes.push(precedente);
        self.empreintes.push(empreinte.to_vec());
        self.sels.push(sel.to_vec());
        self.donnees.push(donnees);
        Ok(version)
    }
}

async fn ecrire(
    tx: &mut Tx,
    auteur: Auteur,
    version: u32,
    colonnes: &Colonnes,
) -> Result<(), Erreur> {
    sqlx::query!(
        "with lignes as (
           insert into historique (id, chaine, structure_id, numero, action, acteur_genre, acteur_id, concerne_id, demande_id,
                                   survenu_le, engagement, precedente, cle_version, empreinte)
           select l.id, l.chaine, nullif(l.chaine, '00000000-0000-0000-0000-000000000000'::uuid), l.numero, l.action, $13, $14,
                  l.concerne, l.demande, timestamptz 'epoch' + l.instant * interval '1 microsecond', l.engagement, l.precedente,
                  $15, l.empreinte
           from unnest($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::uuid[], $6::bytea[], $7::bytea[], $8::bytea[],
                       $11::uuid[], $12::bigint[])
                as l (id, numero, action, concerne, demande, engagement, precedente, empreinte, chaine, instant)
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
        &colonnes.chaines,
        &colonnes.instants,
        auteur.genre,
        auteur.id.map(Uuid::from),
        i32::try_from(version).unwrap_or(i32::MAX)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
