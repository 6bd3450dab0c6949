//! Drafts (R-SOL-BROUILLON): what somebody has begun to write, with its files. Theirs alone, for 30 days.

use sqlx::PgPool;

use super::etat::{Categorie, Destinataire, categorie_en_mots};
use crate::App;
use crate::acces::Connecte;
use crate::db::{BrouillonId, PieceId, SollicitationId, StructureId, Temps, Tx};
use crate::pieces::{self, Lieu, Nouvelle};
use crate::web::{Erreur, Erreurs};

/// Drafts of one person at most.
const MAXIMUM: i64 = 20;

/// What was typed, of lengths that are kept; nothing in it is mandatory yet.
#[derive(Clone, Debug)]
pub struct Tape {
    pub destinataire: Destinataire,
    pub categorie: Categorie,
    pub sous_categorie: &'static str,
    pub siret: String,
    pub objet: String,
    pub texte: String,
}

/// A draft, for its author.
pub struct Brouillon {
    pub id: BrouillonId,
    pub structure: Option<StructureId>,
    pub raison_sociale: Option<String>,
    pub categorie: String,
    pub sous_categorie: String,
    pub siret: String,
    pub objet: String,
    pub texte: String,
    pub modifie_le: Temps,
    /// The day it will be erased.
    pub expire_le: Temps,
    /// Files.
    pub pieces: i64,
}

impl Brouillon {
    pub fn categorie(&self) -> String {
        categorie_en_mots(&self.categorie, Some(&self.sous_categorie))
    }

    /// What names it in a list.
    pub fn titre(&self) -> &str {
        if self.objet.is_empty() {
            "Sans objet"
        } else {
            &self.objet
        }
    }

    pub fn destinataire(&self) -> &str {
        self.raison_sociale.as_deref().unwrap_or("Support")
    }
}

fn absent() -> Erreur {
    Erreur::Conflit("Ce brouillon n’existe plus\u{202F}: il a été envoyé ou supprimé.".to_owned())
}

/// Locks one of mine.
async fn tenir(tx: &mut Tx, auteur: &Connecte, id: BrouillonId) -> Result<Option<()>, Erreur> {
    Ok(sqlx::query!(
        "select id from sollicitation_brouillons where id = $1 and auteur_id = $2 for update",
        id.0,
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(|_| ()))
}

/// Saves what was typed, in this draft or in a new one.
///
/// # Errors
/// `Conflit`: it was sent or deleted meanwhile. `Invalide`: too many drafts.
pub async fn enregistrer(
    tx: &mut Tx,
    auteur: &Connecte,
    id: Option<BrouillonId>,
    tape: &Tape,
) -> Result<BrouillonId, Erreur> {
    if let Some(id) = id {
        tenir(tx, auteur, id).await?.ok_or_else(absent)?;
        sqlx::query!(
            "update sollicitation_brouillons set destinataire_structure_id = $2, categorie = $3, sous_categorie = $4, siret = $5,
               objet = $6, texte = $7, modifie_le = maintenant()
             where id = $1",
            id.0,
            tape.destinataire.structure().map(|s| s.0),
            tape.categorie.code(),
            tape.sous_categorie,
            tape.siret,
            tape.objet,
            tape.texte
        )
        .execute(&mut **tx)
        .await?;
        return Ok(id);
    }
    sqlx::query!(
        "select id from utilisateurs where id = $1 for no key update",
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let id = BrouillonId::nouveau();
    let pose = sqlx::query!(
        "insert into sollicitation_brouillons (id, auteur_id, destinataire_structure_id, categorie, sous_categorie, siret, objet, texte)
         select $1, $2, $3, $4, $5, $6, $7, $8
         where (select count(*) from sollicitation_brouillons where auteur_id = $2) < $9",
        id.0,
        auteur.id().0,
        tape.destinataire.structure().map(|s| s.0),
        tape.categorie.code(),
        tape.sous_categorie,
        tape.siret,
        tape.objet,
        tape.texte,
        MAXIMUM
    )
    .execute(&mut **tx)
    .await?;
    if pose.rows_affected() == 1 {
        Ok(id)
    } else {
        Err(Erreur::Invalide(Erreurs::generale(
            "Vous avez déjà 20 brouillons\u{202F}: envoyez-en ou supprimez-en un.",
        )))
    }
}

/// Adds a file to a draft just saved in this transaction.
///
/// # Errors
/// `Invalide`, on the field: too many files.
pub async fn joindre(
    tx: &mut Tx,
    auteur: &Connecte,
    id: BrouillonId,
    piece: &Nouvelle,
) -> Result<(), Erreur> {
    pieces::deposer(tx, auteur.id(), Lieu::Brouillon(id), piece).await
}

/// Takes a file away from a draft just saved in this transaction.
///
/// # Errors
/// The database does not answer.
pub async fn retirer(tx: &mut Tx, id: BrouillonId, piece: PieceId) -> Result<(), Erreur> {
    pieces::retirer(tx, id, piece).await
}

/// The draft has become this sollicitation: its files follow, and it is gone.
pub(super) async fn envoyer(
    tx: &mut Tx,
    auteur: &Connecte,
    id: BrouillonId,
    sollicitation: SollicitationId,
) -> Result<(), Erreur> {
    tenir(tx, auteur, id).await?.ok_or_else(absent)?;
    pieces::transmettre(tx, id, sollicitation).await?;
    sqlx::query!("delete from sollicitation_brouillons where id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes one of mine, with its files; twice is once.
///
/// # Errors
/// The database does not answer.
pub async fn supprimer(tx: &mut Tx, auteur: &Connecte, id: BrouillonId) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from sollicitation_brouillons where id = $1 and auteur_id = $2",
        id.0,
        auteur.id().0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Mine, the last changed first.
///
/// # Errors
/// The database does not answer.
pub async fn miens(app: &App, connecte: &Connecte) -> Result<Vec<Brouillon>, Erreur> {
    lus(app, connecte, None).await
}

/// One of mine; 404 for any other.
///
/// # Errors
/// `Introuvable`.
pub async fn le_mien(app: &App, connecte: &Connecte, id: BrouillonId) -> Result<Brouillon, Erreur> {
    lus(app, connecte, Some(id))
        .await?
        .pop()
        .ok_or(Erreur::Introuvable)
}

async fn lus(
    app: &App,
    connecte: &Connecte,
    seul: Option<BrouillonId>,
) -> Result<Vec<Brouillon>, Erreur> {
    Ok(sqlx::query_as!(
        Brouillon,
        r#"select b.id as "id: BrouillonId", b.destinataire_structure_id as "structure: StructureId",
                  s.raison_sociale as "raison_sociale?", b.categorie, b.sous_categorie, b.siret, b.objet, b.texte,
                  temps(b.modifie_le) as "modifie_le!: Temps", temps(b.modifie_le + interval '30 days') as "expire_le!: Temps",
                  (select count(*) from pieces_jointes p where p.brouillon_id = b.id) as "pieces!"
           from sollicitation_brouillons b left join structures s on s.id = b.destinataire_structure_id
           where b.auteur_id = $1 and ($2::uuid is null or b.id = $2) and b.modifie_le > maintenant() - interval '30 days'
           order by b.modifie_le desc, b.id"#,
        connecte.id().0,
        seul.map(|s| s.0)
    )
    .fetch_all(&app.db)
    .await?)
}

/// Erases those nobody changed for 30 days, with their files. Answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn effacer_les_anciens(db: &PgPool) -> sqlx::Result<u64> {
    let effaces = sqlx::query!(
        "delete from sollicitation_brouillons where modifie_le <= maintenant() - interval '30 days'"
    )
    .execute(db)
    .await?;
    Ok(effaces.rows_affected())
}
