//! What the screens and the downloads read of the files.

use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::controle::Genre;
use super::store::Lieu;
use crate::db::{BrouillonId, PieceId, SollicitationId, UtilisateurId};
use crate::web::Erreur;

/// One piece of the content; `None` after the last.
pub(super) async fn morceau(db: &PgPool, id: PieceId, rang: i32) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar!(
        "select contenu from piece_morceaux where piece_id = $1 and rang = $2",
        id.0,
        rang
    )
    .fetch_optional(db)
    .await
}

/// What the antivirus said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Analyse {
    /// None is configured.
    Aucune,
    EnCours,
    Saine,
    Refusee,
}

/// A file as a screen lists it.
#[derive(Clone, Debug)]
pub struct Piece {
    pub id: PieceId,
    /// The answer it came with; `None`: the sollicitation itself, or a draft.
    pub message: Option<Uuid>,
    pub nom: String,
    pub genre: Genre,
    pub octets: i32,
    pub analyse: Analyse,
    pub effacee: bool,
    /// Deposited by the reader.
    pub mienne: bool,
}

impl Piece {
    /// « PDF, 1,2 Mo ».
    pub fn note(&self) -> String {
        format!("{}, {}", self.genre.libelle(), en_mots(self.octets))
    }

    /// There is something to download, for this reader.
    pub fn lisible(&self) -> bool {
        !self.effacee && (self.mienne || self.analyse != Analyse::EnCours)
    }

    /// What stands beside the name: genre of the badge and words.
    pub fn etat(&self) -> Option<(&'static str, &'static str)> {
        match self.analyse {
            Analyse::EnCours => Some(("attente", "En cours d’analyse")),
            Analyse::Refusee => Some(("erreur", "Refusée par l’antivirus")),
            _ if self.effacee => Some(("neutre", "Effacée")),
            _ => None,
        }
    }
}

/// « 812 octets », « 40 Ko », « 1,2 Mo ».
pub fn en_mots(octets: i32) -> String {
    match octets {
        ..1_000 => format!("{octets}\u{202F}octets"),
        1_000..1_000_000 => format!("{}\u{202F}Ko", (octets + 500) / 1_000),
        _ => {
            let dixiemes = (octets + 50_000) / 100_000;
            match (dixiemes / 10, dixiemes % 10) {
                (entiers, 0) => format!("{entiers}\u{202F}Mo"),
                (entiers, reste) => format!("{entiers},{reste}\u{202F}Mo"),
            }
        }
    }
}

/// The files of a sollicitation and of its answers, in order; `notes`: with those of the notes of the desk. The caller has
/// shown that the reader may.
///
/// # Errors
/// The database does not answer.
pub async fn visibles(
    db: impl PgExecutor<'_>,
    lecteur: UtilisateurId,
    sollicitation: SollicitationId,
    notes: bool,
) -> Result<Vec<Piece>, Erreur> {
    Ok(sqlx::query_as!(
        Piece,
        r#"select p.id as "id: PieceId", p.message_id as message, p.nom, p.genre as "genre: Genre", p.octets,
                  p.antivirus as "analyse: Analyse", p.effacee_le is not null as "effacee!", p.deposant_id = $2 as "mienne!"
           from pieces_jointes p left join sollicitation_messages m on m.id = p.message_id
           where p.sollicitation_id = $1 and ($3 or not coalesce(m.interne, false))
           order by p.deposee_le, p.id"#,
        sollicitation.0,
        lecteur.0,
        notes
    )
    .fetch_all(db)
    .await?)
}

/// The files of a draft, in order.
///
/// # Errors
/// The database does not answer.
pub async fn du_brouillon(
    db: impl PgExecutor<'_>,
    brouillon: BrouillonId,
) -> Result<Vec<Piece>, Erreur> {
    Ok(sqlx::query_as!(
        Piece,
        r#"select p.id as "id: PieceId", p.message_id as message, p.nom, p.genre as "genre: Genre", p.octets,
                  p.antivirus as "analyse: Analyse", p.effacee_le is not null as "effacee!", true as "mienne!"
           from pieces_jointes p where p.brouillon_id = $1 order by p.deposee_le, p.id"#,
        brouillon.0
    )
    .fetch_all(db)
    .await?)
}

/// What a download sends.
#[derive(Clone, Debug)]
pub struct Telechargeable {
    pub id: PieceId,
    pub nom: String,
    pub genre: Genre,
    pub octets: i64,
}

/// One file of this place, for this reader, whom the caller has just let in; 404 for a file of any other place.
///
/// # Errors
/// `Introuvable`. `Conflit`: refused, erased, or not scanned yet and somebody else's.
pub async fn trouver(
    db: impl PgExecutor<'_>,
    lecteur: UtilisateurId,
    lieu: Lieu,
    id: PieceId,
    notes: bool,
) -> Result<Telechargeable, Erreur> {
    let (brouillon, sollicitation, _) = lieu.colonnes();
    let l = sqlx::query!(
        r#"select p.nom, p.genre as "genre: Genre", p.octets::bigint as "octets!", p.antivirus as "analyse: Analyse",
                  p.effacee_le is not null as "effacee!", p.deposant_id = $4 as "mienne!"
           from pieces_jointes p left join sollicitation_messages m on m.id = p.message_id
           where p.id = $1 and (p.brouillon_id = $2 or p.sollicitation_id = $3) and ($5 or not coalesce(m.interne, false))"#,
        id.0,
        brouillon,
        sollicitation,
        lecteur.0,
        notes
    )
    .fetch_optional(db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if l.analyse == Analyse::Refusee {
        return Err(Erreur::Conflit(
            "L’antivirus a refusé cette pièce jointe\u{202F}: elle n’a pas été conservée."
                .to_owned(),
        ));
    }
    if l.effacee {
        return Err(Erreur::Conflit(
            "Cette pièce jointe a été effacée.".to_owned(),
        ));
    }
    if l.analyse == Analyse::EnCours && !l.mienne {
        return Err(Erreur::Conflit(
            "Cette pièce jointe est en cours d’analyse. Réessayez dans quelques minutes."
                .to_owned(),
        ));
    }
    Ok(Telechargeable {
        id,
        nom: l.nom,
        genre: l.genre,
        octets: l.octets,
    })
}

#[cfg(test)]
mod tests {
    use super::en_mots;

    #[test]
    fn une_taille_se_lit_en_peu_de_chiffres() {
        for (octets, attendu) in [
            (1, "1\u{202F}octets"),
            (999, "999\u{202F}octets"),
            (1_000, "1\u{202F}Ko"),
            (40_400, "40\u{202F}Ko"),
            (1_000_000, "1\u{202F}Mo"),
            (1_234_567, "1,2\u{202F}Mo"),
            (10_485_760, "10,5\u{202F}Mo"),
        ] {
            assert_eq!(en_mots(octets), attendu);
        }
    }
}
