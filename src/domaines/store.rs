use crate::App;
use crate::acces::{Connecte, Droits, Role};
use crate::db::StructureId;
use crate::web::Erreur;

/// A structure where the person holds something, now.
pub struct MaStructure {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub active: bool,
    pub droits: Droits,
}

/// More are found by the search of « Choisir la structure ».
const LIMITE: i64 = 500;

/// The structures where this person holds a capability; `recherche` keeps those whose name or identifier it matches.
pub async fn structures(
    app: &App,
    connecte: &Connecte,
    recherche: &str,
) -> Result<Vec<MaStructure>, Erreur> {
    let lignes = sqlx::query!(
        r#"select s.id as "id: StructureId", s.identifiant, s.raison_sociale, r.structure_active as "active!",
                  r.role as "role!: Role", r.capacites as "capacites!", r.maille_structure as "maille_structure!"
           from rattachements_effectifs r join structures s on s.id = r.structure_id
           where r.utilisateur_id = $1 and r.capacites <> '{}'
             and ($2 = '' or s.identifiant = replace($2, ' ', '')
                  or (cle_recherche($2) <> '' and s.cle_recherche like '%' || cle_recherche($2) || '%'))
           order by s.cle_tri, s.id limit $3"#,
        connecte.id().0,
        recherche,
        LIMITE
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| MaStructure {
            id: l.id,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            active: l.active,
            droits: Droits::lire(l.role, &l.capacites, l.maille_structure),
        })
        .collect())
}
