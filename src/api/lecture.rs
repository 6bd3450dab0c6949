use serde::Serialize;

use super::pages::Tranche;
use crate::App;
use crate::acces::Technique;
use crate::db::{AbonnementId, RattachementId, ServiceId, Temps, UtilisateurId};
use crate::web::Erreur;

/// `GET /api/v1/services`
#[derive(Serialize)]
pub struct Service {
    pub id: ServiceId,
    pub code: String,
    pub libelle: String,
    pub description: Option<String>,
    pub engagement_obligatoire: bool,
    pub actif: bool,
    pub debut: Temps,
    pub fin: Option<Temps>,
}

/// `GET /api/v1/utilisateurs`
#[derive(Serialize)]
pub struct Utilisateur {
    pub id: RattachementId,
    pub utilisateur: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub adresse_connexion: String,
    pub role: String,
    pub statut_utilisateur: String,
    pub statut_rattachement: String,
    /// The whole structure; otherwise `services`.
    pub toute_la_structure: bool,
    pub services: Vec<String>,
    pub debut: Temps,
    pub fin: Option<Temps>,
}

/// `GET /api/v1/espaces`
#[derive(Serialize)]
pub struct Espace {
    pub id: AbonnementId,
    pub utilisateur: UtilisateurId,
    pub espace: String,
    pub nom: String,
    pub droit: String,
    /// Code of the service; none: the whole structure.
    pub service: Option<String>,
}

/// What a list gives an order and a cursor by.
pub trait Repere {
    fn repere(&self) -> uuid::Uuid;
}

macro_rules! repere {
    ($($type:ident),*) => {$(
        impl Repere for $type {
            fn repere(&self) -> uuid::Uuid {
                self.id.0
            }
        }
    )*};
}
repere!(Service, Utilisateur, Espace);

/// The services of its structure, one more than asked so that the end is known.
pub async fn services(
    app: &App,
    technique: &Technique,
    tranche: &Tranche,
) -> Result<Vec<Service>, Erreur> {
    Ok(sqlx::query_as!(
        Service,
        r#"select s.id as "id: ServiceId", s.code, s.libelle, s.description, s.engagement_obligatoire,
                  exists (select from services_actifs a where a.id = s.id) as "actif!", temps(s.date_debut) as "debut!: Temps",
                  temps(s.date_fin) as "fin: Temps"
           from services s
           where s.structure_id = $1 and ($2::uuid is null or s.id > $2)
           order by s.id limit $3"#,
        technique.structure().id.0,
        tranche.apres,
        tranche.limite + 1
    )
    .fetch_all(&app.db)
    .await?)
}

/// The people attached to its structure, whatever the state of their rattachement.
pub async fn utilisateurs(
    app: &App,
    technique: &Technique,
    tranche: &Tranche,
) -> Result<Vec<Utilisateur>, Erreur> {
    Ok(sqlx::query_as!(
        Utilisateur,
        r#"select r.id as "id: RattachementId", u.id as "utilisateur: UtilisateurId", u.prenom, u.nom, u.adresse_connexion, r.role,
                  u.statut as statut_utilisateur, r.statut as statut_rattachement,
                  r.maille_structure as toute_la_structure,
                  array(select s.code from rattachement_services rs join services s on s.id = rs.service_id
                        where rs.rattachement_id = r.id and rs.statut = 'validee' order by s.code) as "services!",
                  temps(r.date_debut) as "debut!: Temps", temps(r.date_fin) as "fin: Temps"
           from rattachements r join utilisateurs u on u.id = r.utilisateur_id
           where r.structure_id = $1 and r.statut <> 'supprimee' and ($2::uuid is null or r.id > $2)
           order by r.id limit $3"#,
        technique.structure().id.0,
        tranche.apres,
        tranche.limite + 1
    )
    .fetch_all(&app.db)
    .await?)
}

/// The espaces in force of the people of its structure.
pub async fn espaces(
    app: &App,
    technique: &Technique,
    tranche: &Tranche,
) -> Result<Vec<Espace>, Erreur> {
    Ok(sqlx::query_as!(
        Espace,
        r#"select a.id as "id!: AbonnementId", a.utilisateur_id as "utilisateur!: UtilisateurId", a.espace as "espace!", e.nom,
                  a.droit as "droit!", s.code as "service?"
           from abonnements_effectifs a
           join espaces e on e.code = a.espace
           left join services s on s.id = a.service_id
           where a.structure_id = $1 and ($2::uuid is null or a.id > $2)
           order by a.id limit $3"#,
        technique.structure().id.0,
        tranche.apres,
        tranche.limite + 1
    )
    .fetch_all(&app.db)
    .await?)
}
