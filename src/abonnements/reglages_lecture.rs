//! What a structure opens to its users, as the screen of its espaces shows it.

use super::droit::Droit;
use crate::App;
use crate::acces::{GererStructure, Gestion};
use crate::db::{ServiceId, Temps};
use crate::web::Erreur;

/// A setting, as the screen lists it.
pub struct EspaceRegle {
    pub espace: String,
    pub nom: String,
    /// `None`: all the services.
    pub service: Option<ServiceId>,
    pub service_libelle: String,
    pub droit: Droit,
    pub regle_le: Temps,
    pub regle_par: Option<String>,
    /// People it serves today.
    pub personnes: i64,
    /// Within the reach of the reader, who may change it.
    pub a_moi: bool,
}

/// An espace of this structure.
pub struct EspaceDeStructure {
    pub code: String,
    pub nom: String,
    /// Roles that have it without asking: « Gestionnaires, utilisateurs simples ».
    pub roles: String,
    /// The level they have it in.
    pub niveau: Droit,
}

/// A service the reader may open espaces to.
pub struct ServiceReglable {
    pub id: ServiceId,
    pub libelle: String,
    pub code: String,
}

/// Everything the screen shows.
pub struct Reglages {
    pub lignes: Vec<EspaceRegle>,
    pub espaces: Vec<EspaceDeStructure>,
    pub services: Vec<ServiceReglable>,
}

/// The settings of the structure of the proof. Three statements.
///
/// # Errors
/// Those of the database.
pub async fn reglages(app: &App, gestion: &Gestion<GererStructure>) -> Result<Reglages, Erreur> {
    let (structure, reader) = (gestion.structure().id.0, gestion.rattachement().0);
    let partout = gestion.droits().maille_structure;
    let lignes = sqlx::query_as!(
        EspaceRegle,
        r#"select p.espace, e.nom, p.service_id as "service?: ServiceId", coalesce(v.libelle, 'Tous les services') as "service_libelle!",
                  p.droit as "droit: Droit", temps(p.regle_le) as "regle_le!: Temps", u.prenom || ' ' || u.nom as regle_par,
                  (select count(distinct a.utilisateur_id) from abonnements_effectifs a
                   where a.structure_id = p.structure_id and a.espace = p.espace
                     and a.origine = case when p.service_id is null then 'structure' else 'service' end
                     and (p.service_id is null or a.service_id = p.service_id)) as "personnes!",
                  ($3 or exists (select from services_effectifs se
                                 where se.rattachement_id = $2 and se.service_id = p.service_id)) as "a_moi!"
           from parametrage_espaces p
           join espaces e on e.code = p.espace
           left join services v on v.id = p.service_id
           left join utilisateurs u on u.id = p.regle_par
           where p.structure_id = $1
           order by v.cle_tri nulls first, v.id, e.ordre"#,
        structure,
        reader,
        partout
    )
    .fetch_all(&app.db)
    .await?;
    let espaces = sqlx::query!(
        r#"select e.code, e.nom, e.defaut_gp or e.defaut_gs as "gestionnaires!", e.defaut_us,
                  coalesce(n.droit, 'modification') as "niveau!: Droit"
           from espaces e
           join structures s on s.id = $1
           left join niveaux_espaces n on n.structure_id = s.id and n.espace = e.code
           where e.demandable and (s.publique or not e.publique_seulement)
           order by e.ordre"#,
        structure
    )
    .fetch_all(&app.db)
    .await?
    .into_iter()
    .map(|e| EspaceDeStructure {
        code: e.code,
        nom: e.nom,
        roles: match (e.gestionnaires, e.defaut_us) {
            (true, true) => "Tous les rôles",
            (true, false) => "Gestionnaires",
            (false, true) => "Utilisateurs simples",
            (false, false) => "",
        }
        .to_owned(),
        niveau: e.niveau,
    })
    .collect();
    let services = sqlx::query_as!(
        ServiceReglable,
        r#"select sa.id as "id!: ServiceId", sa.libelle as "libelle!", sa.code as "code!"
           from services_actifs sa
           where sa.structure_id = $1
             and ($3 or exists (select from services_effectifs se where se.rattachement_id = $2 and se.service_id = sa.id))
           order by sa.cle_tri, sa.id"#,
        structure,
        reader,
        partout
    )
    .fetch_all(&app.db)
    .await?;
    // A gestionnaire limited to services reads what the whole structure gives, and his own services.
    let lignes = lignes
        .into_iter()
        .filter(|l: &EspaceRegle| l.a_moi || l.service.is_none())
        .collect();
    Ok(Reglages {
        lignes,
        espaces,
        services,
    })
}
