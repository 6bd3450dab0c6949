//! What the database says of a file, read in few statements under the lock of the structure.

use std::collections::{BTreeSet, HashMap};

use super::super::donneur::Donneur;
use super::super::en_cours::services_actifs;
use crate::acces::Role;
use crate::db::{ServiceId, Tx, UtilisateurId};
use crate::imports::{LigneEntree, Rejet};
use crate::web::Erreur;

/// What the database knows of an address, in one statement for the whole file.
pub(super) struct Connu {
    pub id: UtilisateurId,
    pub nom_complet: String,
    pub role: Option<Role>,
    pub maille_structure: bool,
    pub services: Vec<ServiceId>,
    pub fin: Option<time::Date>,
    /// Stopped, not deleted.
    pub arrete: bool,
    pub demande: bool,
    /// A rattachement waits for the activation: its role, maille, services.
    pub prevu: Option<(Role, bool, Vec<ServiceId>)>,
}

pub(super) struct Contexte<'d> {
    pub donneur: &'d Donneur,
    pub par_pigp: bool,
    pub actifs: BTreeSet<ServiceId>,
    /// Code → service, among the active ones.
    pub codes: HashMap<String, ServiceId>,
    pub libelles: HashMap<ServiceId, String>,
    pub connus: HashMap<String, Connu>,
}

impl<'d> Contexte<'d> {
    pub async fn lire(
        tx: &mut Tx,
        donneur: &'d Donneur,
        lues: &[Result<LigneEntree, Rejet>],
    ) -> Result<Self, Erreur> {
        let structure = donneur.structure;
        let par_pigp = sqlx::query_scalar!(
            "select passe_par_pigp from structures where id = $1",
            structure.0
        )
        .fetch_one(&mut **tx)
        .await?;
        let codes = sqlx::query!(
            r#"select code as "code!", id as "id!: ServiceId", libelle as "libelle!" from services_actifs where structure_id = $1"#,
            structure.0
        )
        .fetch_all(&mut **tx)
        .await?;
        let adresses: Vec<String> = lues
            .iter()
            .flatten()
            .map(|l| l.adresse.to_lowercase())
            .collect();
        let connus = sqlx::query!(
            r#"select u.adresse_connexion as "adresse!", u.id as "id!: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!",
                      case when r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant()) then r.role end as "role?: Role",
                      coalesce(r.maille_structure, false) as "maille!",
                      array(select rs.service_id from rattachement_services rs
                            where rs.rattachement_id = r.id and rs.statut = 'validee') as "services!: Vec<ServiceId>",
                      ((r.date_fin at time zone 'Europe/Paris')::date - 1) as fin, r.id is not null as "existe!",
                      exists (select from demandes_rattachement d where d.structure_id = $1 and d.utilisateur_id = u.id
                              and d.statut = 'en_cours_de_validation') as "demande!",
                      a.role as "prevu_role?: Role", a.maille_structure as "prevu_maille?",
                      a.services as "prevu_services?: Vec<ServiceId>"
               from utilisateurs u
               left join rattachements r on r.structure_id = $1 and r.utilisateur_id = u.id and r.statut <> 'supprimee'
               left join inscriptions a on a.structure_id = $1 and a.utilisateur_id = u.id and a.genre = 'rattachement'
               where u.adresse_connexion = any ($2) and u.statut <> 'clos'"#,
            structure.0,
            &adresses
        )
        .fetch_all(&mut **tx)
        .await?;
        Ok(Self {
            donneur,
            par_pigp,
            actifs: services_actifs(tx, &[structure]).await?,
            libelles: codes.iter().map(|l| (l.id, l.libelle.clone())).collect(),
            codes: codes.into_iter().map(|l| (l.code, l.id)).collect(),
            connus: connus
                .into_iter()
                .map(|l| {
                    let connu = Connu {
                        id: l.id,
                        nom_complet: l.nom_complet,
                        arrete: l.existe && l.role.is_none(),
                        fin: l.fin.filter(|_| l.role.is_some()),
                        role: l.role,
                        maille_structure: l.maille,
                        services: l.services,
                        demande: l.demande,
                        prevu: l.prevu_role.map(|r| {
                            (
                                r,
                                l.prevu_maille.unwrap_or_default(),
                                l.prevu_services.unwrap_or_default(),
                            )
                        }),
                    };
                    (l.adresse, connu)
                })
                .collect(),
        })
    }
}
