//! What « Ajouter un espace » offers: the structures I am in, my services there, the espaces I may ask for.

use super::droit::Droit;
use crate::App;
use crate::acces::Connecte;
use crate::db::{ServiceId, StructureId};
use crate::web::Erreur;

/// A structure where I may ask.
pub struct StructureOfferte {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
}

/// Active structures where my rattachement is in force, at most 500.
pub async fn structures_offertes(
    app: &App,
    connecte: &Connecte,
) -> Result<Vec<StructureOfferte>, Erreur> {
    Ok(sqlx::query_as!(
        StructureOfferte,
        r#"select s.id as "id: StructureId", s.identifiant, s.raison_sociale
           from rattachements_effectifs r join structures s on s.id = r.structure_id
           where r.utilisateur_id = $1 and r.structure_active
           order by s.cle_tri, s.id limit 500"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// One of my services there.
pub struct ServiceOffert {
    pub id: ServiceId,
    pub code: String,
    pub libelle: String,
}

/// An espace of the catalogue, with where I stand there.
pub struct EspaceOffert {
    pub code: String,
    pub nom: String,
    /// « modification (Tous les services) », « consultation (Service achats) ».
    pub tenus: Vec<String>,
    /// The same, of what waits for a decision.
    pub demandes: Vec<String>,
    /// Held or asked, everywhere I may ask it: nothing less is offered.
    pub acquis: Option<Droit>,
}

impl EspaceOffert {
    pub fn offre(&self, droit: Droit) -> bool {
        self.acquis < Some(droit)
    }

    /// « En modification (Tous les services) », « Demandé en consultation (Service achats) ».
    pub fn situation(&self) -> Vec<String> {
        let tenus = self.tenus.iter().map(|t| format!("En {t}"));
        let demandes = self.demandes.iter().map(|t| format!("Demandé en {t}"));
        tenus.chain(demandes).collect()
    }
}

/// The structure of the form.
pub struct Offre {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub active: bool,
    /// « Tous les services » may be asked.
    pub maille_structure: bool,
    pub services: Vec<ServiceOffert>,
    pub espaces: Vec<EspaceOffert>,
}

/// What I may ask on this structure, and what I have there. 404 where my rattachement is not in force. Three statements.
pub async fn offre(
    app: &App,
    connecte: &Connecte,
    structure: StructureId,
) -> Result<Offre, Erreur> {
    let s = sqlx::query!(
        r#"select s.identifiant, s.raison_sociale, s.publique, r.structure_active as "active!",
                  r.maille_structure as "maille_structure!"
           from rattachements_effectifs r join structures s on s.id = r.structure_id
           where r.structure_id = $1 and r.utilisateur_id = $2"#,
        structure.0,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let miens = sqlx::query_as!(
        ServiceOffert,
        r#"select sa.id as "id!: ServiceId", sa.code as "code!", sa.libelle as "libelle!"
           from services_actifs sa join rattachements_effectifs r on r.structure_id = sa.structure_id
           where sa.structure_id = $1 and r.utilisateur_id = $2
             and (r.maille_structure or exists (select from services_effectifs se
                                                where se.rattachement_id = r.id and se.service_id = sa.id))
           order by sa.cle_tri, sa.id limit 500"#,
        structure.0,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?;
    // On request first; then what every role gives, which is asked for only where it is missing.
    let espaces = sqlx::query_as!(
        EspaceOffert,
        r#"with miens as materialized (
             select r.id, r.maille_structure from rattachements_effectifs r where r.structure_id = $1 and r.utilisateur_id = $2),
           lieux as (
             select null::uuid as service from miens m where m.maille_structure
             union all
             select se.service_id from miens m join services_effectifs se on se.rattachement_id = m.id
             where not m.maille_structure),
           tenus as materialized (
             select a.espace, a.service_id, max(a.droit) as droit from abonnements_effectifs a
             where a.structure_id = $1 and a.utilisateur_id = $2 group by a.espace, a.service_id),
           demandes as materialized (
             select l.espace, l.service_id, l.droit from demande_abonnement_lignes l
             where l.structure_id = $1 and l.utilisateur_id = $2 and l.statut = 'demandee')
           select e.code, e.nom,
                  array(select t.droit || ' (' || coalesce(v.libelle, 'Tous les services') || ')'
                        from tenus t left join services v on v.id = t.service_id
                        where t.espace = e.code order by v.cle_tri nulls first, v.id) as "tenus!",
                  array(select t.droit || ' (' || coalesce(v.libelle, 'Tous les services') || ')'
                        from demandes t left join services v on v.id = t.service_id
                        where t.espace = e.code order by v.cle_tri nulls first, v.id) as "demandes!",
                  (select case when count(x.droit) = count(*) then min(x.droit) end
                   from (select (select max(t.droit) from (select * from tenus union all select * from demandes) t
                                 where t.espace = e.code and (t.service_id is null or t.service_id = l.service)) as droit
                         from lieux l) x) as "acquis?: Droit"
           from espaces e
           where e.demandable and ($3 or not e.publique_seulement)
           order by (e.defaut_gp and e.defaut_gs and e.defaut_us), e.ordre"#,
        structure.0,
        connecte.id().0,
        s.publique
    )
    .fetch_all(&app.db)
    .await?;
    Ok(Offre {
        id: structure,
        identifiant: s.identifiant,
        raison_sociale: s.raison_sociale,
        active: s.active,
        maille_structure: s.maille_structure,
        services: miens,
        espaces,
    })
}
