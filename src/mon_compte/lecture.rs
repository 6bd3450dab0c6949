//! What the blocks of « Mon compte » show, all of it about the reader.

use crate::App;
use crate::acces::{Connecte, Role};
use crate::db::{RattachementId, StructureId, Temps};
pub use crate::rattachements::Statut;
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// Block « Informations » (R-COMPTE-INFOS).
pub struct Informations {
    pub prenom: String,
    pub nom: String,
    pub adresse_connexion: String,
    pub adresse_contact: String,
    pub telephone: Option<String>,
    pub adresse: Option<String>,
    pub complement_adresse: Option<String>,
    pub code_postal: Option<String>,
    pub ville: Option<String>,
    pub pays: String,
    pub theme: String,
    pub densite: String,
    pub pigp: bool,
    pub derniere_connexion: Option<Temps>,
    pub connexion_precedente: Option<Temps>,
    /// Rattachements that are not deleted.
    pub rattachements: i64,
    pub demandes: i64,
    /// Names of the espaces open to the reader somewhere.
    pub espaces: Vec<String>,
    /// Structures of which the reader is gestionnaire principal, by name, and their raisons sociales.
    pub principales: Vec<StructureId>,
    pub principales_noms: Vec<String>,
}

pub async fn informations(app: &App, connecte: &Connecte) -> Result<Informations, Erreur> {
    Ok(sqlx::query_as!(
        Informations,
        r#"select prenom, nom, adresse_connexion, adresse_contact, telephone, adresse, complement_adresse, code_postal, ville, pays,
                  theme, densite, pigp,
                  temps(derniere_connexion) as "derniere_connexion: Temps",
                  temps(connexion_precedente) as "connexion_precedente: Temps",
                  (select count(*) from rattachements r
                   where r.utilisateur_id = u.id and r.statut <> 'supprimee') as "rattachements!",
                  (select count(*) from demandes_rattachement d
                   where d.utilisateur_id = u.id and d.statut = 'en_cours_de_validation') as "demandes!",
                  array(select e.nom from espaces e
                        where exists (select from rattachements_effectifs r join abonnements a on a.rattachement_id = r.id
                                      where r.utilisateur_id = u.id and a.espace = e.code)
                        order by e.ordre) as "espaces!",
                  array(select s.id from rattachements_effectifs r join structures s on s.id = r.structure_id
                        where r.utilisateur_id = u.id and r.role = 'gp'
                        order by s.cle_tri, s.id limit 20) as "principales!: Vec<StructureId>",
                  array(select s.raison_sociale from rattachements_effectifs r join structures s on s.id = r.structure_id
                        where r.utilisateur_id = u.id and r.role = 'gp'
                        order by s.cle_tri, s.id limit 20) as "principales_noms!"
           from utilisateurs u where id = $1"#,
        connecte.id().0
    )
    .fetch_one(&app.db)
    .await?)
}

/// A line of « Mes rattachements aux structures » (R-COMPTE-RATTACHEMENTS).
pub struct LigneRattachement {
    pub id: RattachementId,
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub structure_active: bool,
    pub role: Role,
    pub statut: Statut,
    pub maille_structure: bool,
    pub services: Vec<String>,
    /// The fiche opens.
    pub en_vigueur: bool,
    /// « maille service », services remain, and no request is open.
    pub autres_services: bool,
}

impl LigneRattachement {
    pub fn perimetre(&self) -> String {
        if self.maille_structure {
            "Toute la structure".to_owned()
        } else if self.services.is_empty() {
            "Aucun service".to_owned()
        } else {
            self.services.join(", ")
        }
    }

    /// « Mon gestionnaire est parti » is offered: the gestionnaire himself transfers.
    pub fn depend_d_un_gestionnaire(&self) -> bool {
        self.role != Role::Gp && self.structure_active
    }

    /// « Transférer le rôle » is offered.
    pub fn transferable(&self) -> bool {
        self.en_vigueur && self.role == Role::Gp && self.structure_active
    }
}

const TRIS: [&str; 4] = ["identifiant", "structure", "role", "statut"];

/// The list's place in the URL, under `r.`.
pub fn fenetre(requete: &Requete) -> Fenetre {
    Fenetre::lire(requete, "r", &TRIS, ("structure", Sens::Croissant), 25)
}

pub async fn rattachements(
    app: &App,
    connecte: &Connecte,
    fenetre: Fenetre,
) -> Result<Liste<LigneRattachement>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select r.id, r.structure_id, s.identifiant, s.raison_sociale, s.cle_tri, s.statut = 'active' as structure_active, r.role,
                    case when r.statut = 'desactivee' then 'desactive'
                         when r.date_fin <= maintenant() then 'echu'
                         when r.date_debut > maintenant() then 'a_venir' else 'valide' end as statut,
                    r.maille_structure,
                    exists (select from rattachements_effectifs e where e.id = r.id) as en_vigueur
             from rattachements r join structures s on s.id = r.structure_id
             where r.utilisateur_id = $1 and r.statut <> 'supprimee'
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: RattachementId", b.structure_id as "structure!: StructureId",
                  b.identifiant as "identifiant!", b.raison_sociale as "raison_sociale!", b.structure_active as "structure_active!",
                  b.role as "role!: Role", b.statut as "statut!", b.maille_structure as "maille_structure!",
                  b.en_vigueur as "en_vigueur!",
                  (b.en_vigueur and b.structure_active and not b.maille_structure
                   and exists (select from services_actifs a
                               where a.structure_id = b.structure_id
                                 and not exists (select from services_effectifs se
                                                 where se.rattachement_id = b.id and se.service_id = a.id))
                   and not exists (select from demandes_rattachement o
                                   where o.structure_id = b.structure_id and o.utilisateur_id = $1
                                     and o.statut = 'en_cours_de_validation')) as "autres_services!",
                  array(select v.libelle || case when rs.statut = 'validee' then '' else ' (désactivé)' end
                        from rattachement_services rs join services v on v.id = rs.service_id
                        where rs.rattachement_id = b.id order by v.cle_tri, v.id) as "services!"
           from base b
           order by
             case $2 when 'identifiant-asc' then b.identifiant when 'role-asc' then b.role when 'statut-asc' then b.statut
                     when 'structure-asc' then b.cle_tri end asc,
             case $2 when 'identifiant-desc' then b.identifiant when 'role-desc' then b.role when 'statut-desc' then b.statut
                     when 'structure-desc' then b.cle_tri end desc,
             b.cle_tri, b.id
           limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3"#,
        connecte.id().0,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| LigneRattachement {
            id: l.id,
            structure: l.structure,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            structure_active: l.structure_active,
            role: l.role,
            statut: Statut::lire(&l.statut),
            maille_structure: l.maille_structure,
            services: l.services,
            en_vigueur: l.en_vigueur,
            autres_services: l.autres_services,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "rattachements"))
}
