use super::iban;
use crate::App;
use crate::acces::{GererStructure, Gestion, StructureVue};
use crate::db::{CoordonneeId, Temps, Tx};
use crate::web::{Erreur, Fenetre, Liste};

/// A bank account of a structure. Its IBAN is private: what shows it chooses how.
pub struct Coordonnee {
    pub id: CoordonneeId,
    pub libelle: String,
    iban: String,
    pub bic: String,
    pub active: bool,
    pub creee_le: Temps,
    pub modifiee_le: Temps,
}

impl Coordonnee {
    pub fn iban_masque(&self) -> String {
        iban::masquer(&self.iban)
    }

    /// For the page of this account alone.
    pub fn iban_entier(&self) -> String {
        iban::en_groupes(&self.iban)
    }
}

/// Columns that the list sorts by.
pub const TRIS: [&str; 4] = ["libelle", "bic", "statut", "date"];

/// The accounts of the structure, whatever their state. The whole IBAN finds its line; it is not in what is searched otherwise.
///
/// # Errors
/// Those of the database.
pub async fn liste(
    app: &App,
    gestion: &Gestion<GererStructure>,
    fenetre: Fenetre,
) -> Result<Liste<Coordonnee>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select c.id, c.libelle, c.cle_tri, c.iban, c.bic, c.active, c.creee_le, c.modifiee_le
             from coordonnees_bancaires c
             where c.structure_id = $1
               and ($2 = '' or c.iban = upper(replace($2, ' ', '')) or right(c.iban, 4) = upper($2)
                    or cle_recherche(c.libelle || ' ' || c.bic) like '%' || nullif(cle_recherche($2), '') || '%')
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: CoordonneeId", b.libelle as "libelle!", b.iban as "iban!",
                  b.bic as "bic!", b.active as "active!", temps(b.creee_le) as "creee_le!: Temps",
                  temps(b.modifiee_le) as "modifiee_le!: Temps"
           from base b
           order by
             case $3 when 'libelle-asc' then b.cle_tri when 'bic-asc' then b.bic end asc,
             case $3 when 'libelle-desc' then b.cle_tri when 'bic-desc' then b.bic end desc,
             case when $3 = 'statut-asc' then b.active end desc, case when $3 = 'statut-desc' then b.active end asc,
             case when $3 = 'date-asc' then b.creee_le end asc, case when $3 = 'date-desc' then b.creee_le end desc,
             b.cle_tri, b.id
           limit $4 offset least($5::bigint - 1, greatest((select count(*) from base) - 1, 0) / $4) * $4"#,
        gestion.structure().id.0,
        fenetre.recherche,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Coordonnee {
            id: l.id,
            libelle: l.libelle,
            iban: l.iban,
            bic: l.bic,
            active: l.active,
            creee_le: l.creee_le,
            modifiee_le: l.modifiee_le,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "coordonnees"))
}

/// One account of this structure.
///
/// # Errors
/// `Introuvable`: not of this structure.
pub async fn une(
    app: &App,
    gestion: &Gestion<GererStructure>,
    id: CoordonneeId,
) -> Result<Coordonnee, Erreur> {
    let mut connexion = app.db.acquire().await?;
    lire(&mut connexion, gestion.structure(), id).await
}

pub(super) async fn sous_verrou(
    tx: &mut Tx,
    structure: &StructureVue,
    id: CoordonneeId,
) -> Result<Coordonnee, Erreur> {
    lire(tx, structure, id).await
}

async fn lire(
    db: &mut sqlx::PgConnection,
    structure: &StructureVue,
    id: CoordonneeId,
) -> Result<Coordonnee, Erreur> {
    sqlx::query_as!(
        Coordonnee,
        r#"select id as "id: CoordonneeId", libelle, iban, bic, active, temps(creee_le) as "creee_le!: Temps",
                  temps(modifiee_le) as "modifiee_le!: Temps"
           from coordonnees_bancaires where id = $1 and structure_id = $2"#,
        id.0,
        structure.id.0
    )
    .fetch_optional(db)
    .await?
    .ok_or(Erreur::Introuvable)
}
