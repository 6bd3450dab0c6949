//! « Mes structures »: block C of « Activités du gestionnaire » (R-GEST-STRUCTURES, seed 001 §7).

use crate::App;
use crate::acces::{Action, Droits, Portee, Role, ToutGestionnaire};
use crate::db::{StructureId, Temps};
use crate::web::{Erreur, Fenetre, Liste};

/// Columns that block C sorts by.
pub const TRIS_MIENNES: [&str; 4] = ["identifiant", "structure", "creation", "statut"];

/// A structure that this person manages, whole or in part.
pub struct MaStructure {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub creee_le: Temps,
    pub active: bool,
    droits: Droits,
}

impl MaStructure {
    /// The fiche belongs to who manages the whole structure, while it is active.
    pub fn peut_modifier(&self) -> bool {
        self.active && self.droits.maille_structure && self.droits.peut(Action::ModifierStructure)
    }
}

/// Block C: the structures, and whether one of them, on this page or not, can be given a service by this person.
pub struct MesStructures {
    pub liste: Liste<MaStructure>,
    pub cree_des_services: bool,
    /// Somebody can be attached by this person to one of them.
    pub rattache: bool,
}

/// The structures where this person holds a capability, deactivated ones included. One statement.
///
/// # Errors
/// Those of the database.
pub async fn miennes(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    fenetre: Fenetre,
) -> Result<MesStructures, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select s.id, s.identifiant, s.raison_sociale, s.cle_tri, s.creee_le, s.statut, r.role, r.capacites, r.maille_structure
             from rattachements_effectifs r join structures s on s.id = r.structure_id
             where r.utilisateur_id = $1 and r.capacites <> '{}'
               and ($2 = '' or s.identifiant = replace($2, ' ', '')
                    or (cle_recherche($2) <> '' and s.cle_recherche like '%' || cle_recherche($2) || '%'))
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: StructureId", b.identifiant as "identifiant!",
                  b.raison_sociale as "raison_sociale!", temps(b.creee_le) as "creee_le!: Temps",
                  b.statut = 'active' as "active!", b.role as "role!: Role", b.capacites as "capacites!",
                  b.maille_structure as "maille_structure!",
                  exists (select from rattachements_effectifs g
                          where g.utilisateur_id = $1 and g.maille_structure and g.structure_active
                            and 'gerer_structure' = any (g.capacites)) as "cree!",
                  exists (select from rattachements_effectifs g
                          where g.utilisateur_id = $1 and g.structure_active
                            and 'rattacher_utilisateurs' = any (g.capacites)) as "rattache!"
           from base b
           order by
             case $3 when 'identifiant-asc' then b.identifiant when 'structure-asc' then b.cle_tri
                     when 'statut-asc' then b.statut end asc,
             case $3 when 'identifiant-desc' then b.identifiant when 'structure-desc' then b.cle_tri
                     when 'statut-desc' then b.statut end desc,
             case when $3 = 'creation-asc' then b.creee_le end asc,
             case when $3 = 'creation-desc' then b.creee_le end desc,
             b.cle_tri, b.id
           limit $4::bigint offset least($5::bigint - 1, greatest((select count(*) from base) - 1, 0) / $4) * $4"#,
        portee.id().0,
        fenetre.recherche.clone(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let cree_des_services = lignes.first().is_some_and(|l| l.cree);
    let rattache = lignes.first().is_some_and(|l| l.rattache);
    let lignes = lignes
        .into_iter()
        .map(|l| MaStructure {
            id: l.id,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            creee_le: l.creee_le,
            active: l.active,
            droits: Droits::lire(l.role, &l.capacites, l.maille_structure),
        })
        .collect();
    Ok(MesStructures {
        liste: Liste::new(lignes, total, fenetre, "mes-structures"),
        cree_des_services,
        rattache,
    })
}
