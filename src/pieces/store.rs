//! Where the files are: a line each, and their content in pieces.

use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

use super::controle::{self, Genre};
use super::{OCTETS_PAR_PERSONNE, PAR_ENVOI, PAR_SOLLICITATION};
use crate::App;
use crate::acces::compteurs::{self, PIECES};
use crate::db::{BrouillonId, PieceId, SollicitationId, Tx, UtilisateurId};
use crate::web::{Erreur, FichierRecu};

/// Bytes of a piece (as the table).
const MORCEAU: usize = 256 * 1024;
/// The field of the file in every form.
const CHAMP: &str = "fichier";

/// A file whose content was looked at.
#[derive(Clone, Debug)]
pub struct Nouvelle {
    nom: String,
    genre: Genre,
    octets: Vec<u8>,
    empreinte: [u8; 32],
    analyse: bool,
}

impl Nouvelle {
    /// Recognises it.
    ///
    /// # Errors
    /// `Invalide`, on its field.
    pub fn lire(app: &App, fichier: FichierRecu) -> Result<Self, Erreur> {
        let octets = fichier
            .octets
            .map_err(|phrase| Erreur::champ(CHAMP, phrase))?;
        let genre = controle::reconnaitre(&fichier.nom, &octets)
            .map_err(|phrase| Erreur::champ(CHAMP, phrase))?;
        Ok(Self {
            nom: fichier.nom,
            genre,
            empreinte: Sha256::digest(&octets).into(),
            octets,
            analyse: app.config.clamd.is_some(),
        })
    }

    /// A PDF that the portal has just written: nothing is to be recognised in it, nor scanned.
    pub fn du_portail(nom: &str, octets: Vec<u8>) -> Self {
        Self {
            nom: nom.to_owned(),
            genre: Genre::Pdf,
            empreinte: Sha256::digest(&octets).into(),
            octets,
            analyse: false,
        }
    }

    /// The same, where one was chosen; counted before it is looked at.
    ///
    /// # Errors
    /// As [`Nouvelle::lire`]; too many from this person.
    pub async fn eventuelle(
        app: &App,
        deposant: UtilisateurId,
        fichier: Option<FichierRecu>,
    ) -> Result<Option<Self>, Erreur> {
        let Some(fichier) = fichier else {
            return Ok(None);
        };
        compteurs::compter(&app.db, &format!("pieces:{deposant}"), PIECES).await?;
        Self::lire(app, fichier).map(Some)
    }
}

/// What a file hangs on. The caller has locked it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lieu {
    Brouillon(BrouillonId),
    /// The sollicitation itself, or one of its answers.
    Sollicitation(SollicitationId, Option<Uuid>),
}

impl Lieu {
    pub(super) fn colonnes(self) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Brouillon(id) => (Some(id.0), None, None),
            Self::Sollicitation(id, message) => (None, Some(id.0), message),
        }
    }

    fn maximum(self) -> i64 {
        match self {
            Self::Brouillon(_) => PAR_ENVOI,
            Self::Sollicitation(..) => PAR_SOLLICITATION,
        }
    }
}

/// Writes it, within the quotas. The very same file at the same place is one: a double click adds nothing.
///
/// # Errors
/// `Invalide`, on the field: a quota is reached.
pub async fn deposer(
    tx: &mut Tx,
    deposant: UtilisateurId,
    lieu: Lieu,
    nouvelle: &Nouvelle,
) -> Result<(), Erreur> {
    let (brouillon, sollicitation, message) = lieu.colonnes();
    // The deposits of one person come one after the other: the quota is counted on what is there.
    sqlx::query!(
        "select id from utilisateurs where id = $1 for no key update",
        deposant.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let compte = sqlx::query!(
        r#"select count(*) filter (where ici) as "ici!",
                  coalesce(bool_or(ici and empreinte = $4 and nom = $5 and message_id is not distinct from $6), false) as "deja!",
                  coalesce(sum(octets) filter (where deposant_id = $1 and effacee_le is null
                                                 and deposee_le > maintenant() - interval '30 days'), 0)::bigint as "octets!"
           from (select p.*, coalesce(p.brouillon_id = $2, false) or coalesce(p.sollicitation_id = $3, false) as ici
                 from pieces_jointes p where p.brouillon_id = $2 or p.sollicitation_id = $3 or p.deposant_id = $1) p"#,
        deposant.0,
        brouillon,
        sollicitation,
        &nouvelle.empreinte[..],
        nouvelle.nom,
        message
    )
    .fetch_one(&mut **tx)
    .await?;
    if compte.deja {
        return Ok(());
    }
    if compte.ici >= lieu.maximum() {
        return Err(Erreur::champ(
            CHAMP,
            &format!(
                "{} pièces jointes au maximum\u{202F}: retirez-en une.",
                lieu.maximum()
            ),
        ));
    }
    let octets = i64::try_from(nouvelle.octets.len()).unwrap_or(i64::MAX);
    if compte.octets.saturating_add(octets) > OCTETS_PAR_PERSONNE {
        return Err(Erreur::champ(
            CHAMP,
            "Vous avez déposé beaucoup de fichiers ces 30 derniers jours\u{202F}: écrivez au support sans pièce jointe.",
        ));
    }
    let id = PieceId::nouveau();
    sqlx::query!(
        "insert into pieces_jointes (id, deposant_id, brouillon_id, sollicitation_id, message_id, nom, genre, octets, empreinte, antivirus)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        deposant.0,
        brouillon,
        sollicitation,
        message,
        nouvelle.nom,
        nouvelle.genre.code(),
        i32::try_from(octets).unwrap_or(i32::MAX),
        &nouvelle.empreinte[..],
        if nouvelle.analyse { "en_cours" } else { "aucune" }
    )
    .execute(&mut **tx)
    .await?;
    for (rang, morceau) in nouvelle.octets.chunks(MORCEAU).enumerate() {
        sqlx::query!(
            "insert into piece_morceaux (piece_id, rang, contenu) values ($1, $2, $3)",
            id.0,
            i32::try_from(rang).unwrap_or(i32::MAX),
            morceau
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Takes one away from a draft, which the caller has locked; twice is once.
///
/// # Errors
/// The database does not answer.
pub async fn retirer(tx: &mut Tx, brouillon: BrouillonId, id: PieceId) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from pieces_jointes where id = $1 and brouillon_id = $2",
        id.0,
        brouillon.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The files of a draft follow it where it is sent.
///
/// # Errors
/// The database does not answer.
pub async fn transmettre(
    tx: &mut Tx,
    brouillon: BrouillonId,
    sollicitation: SollicitationId,
) -> Result<(), Erreur> {
    sqlx::query!(
        "update pieces_jointes set brouillon_id = null, sollicitation_id = $2 where brouillon_id = $1",
        brouillon.0,
        sollicitation.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Day 60: what this person deposited, and what came to him, is erased, content and name; the line says that there was one.
/// His drafts are gone already, with their files.
///
/// # Errors
/// The database does not answer.
pub async fn oublier(
    tx: &mut Tx,
    personne: UtilisateurId,
    mentions: &[String],
) -> Result<(), Erreur> {
    sqlx::query!(
        "with siennes as (
           update pieces_jointes set nom = '(effacé)', effacee_le = coalesce(effacee_le, maintenant())
           where deposant_id = $1
              or sollicitation_id in (select id from sollicitations where emetteur_id = $1)
              or sollicitation_id in (select sollicitation_id from certificats where $1 in (ancien_id, successeur_id))
              or exists (select from unnest($2::text[]) as m (mention) where position(lower(m.mention) in lower(nom)) > 0)
           returning id)
         delete from piece_morceaux m using siennes s where m.piece_id = s.id",
        personne.0,
        mentions
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The content of what came with a sollicitation closed for a year: nobody needs it any more. Answers how many files.
///
/// # Errors
/// The database does not answer.
pub async fn effacer_les_anciennes(db: &PgPool) -> sqlx::Result<u64> {
    let effacees = sqlx::query_scalar!(
        r#"with anciennes as (
             update pieces_jointes p set effacee_le = maintenant()
             from sollicitations s
             where s.id = p.sollicitation_id and p.effacee_le is null
               and s.statut = 'close' and s.close_le <= maintenant() - interval '1 year'
             returning p.id),
           contenus as (delete from piece_morceaux m using anciennes a where m.piece_id = a.id)
           select count(*) as "effacees!" from anciennes"#
    )
    .fetch_one(db)
    .await?;
    Ok(effacees.unsigned_abs())
}
