//! What a gestionnaire may set, read again under the lock of the structure.

use super::droit::Droit;
use crate::acces::{GererStructure, Gestion};
use crate::db::{ServiceId, Tx};
use crate::structures;
use crate::web::Erreur;

/// The reach of the reader of a proof, now.
pub(super) struct Etendu {
    pub maille_structure: bool,
    /// Of a gestionnaire limited to services.
    pub services: Vec<ServiceId>,
    /// Codes and names of the espaces that can be set here.
    pub espaces: Vec<(String, String)>,
}

impl Etendu {
    pub fn couvre(&self, service: Option<ServiceId>) -> bool {
        self.maille_structure || service.is_some_and(|s| self.services.contains(&s))
    }

    /// The name of an espace that can be set here.
    pub fn espace(&self, code: &str) -> Option<&str> {
        let trouve = self.espaces.iter().find(|(c, _)| c == code);
        trouve.map(|(_, nom)| nom.as_str())
    }
}

/// Locks the structure of the proof, then reads what its holder may still do there (failure-modes R8).
pub(super) async fn prendre(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
) -> Result<Etendu, Erreur> {
    structures::verrouiller(tx, &[gestion.structure().id]).await?;
    let lue = sqlx::query!(
        r#"select r.maille_structure as "maille_structure!",
                  array(select se.service_id from services_effectifs se where se.rattachement_id = r.id) as "services!: Vec<ServiceId>",
                  array(select e.code from espaces e where e.demandable and (s.publique or not e.publique_seulement)
                        order by e.ordre) as "codes!",
                  array(select e.nom from espaces e where e.demandable and (s.publique or not e.publique_seulement)
                        order by e.ordre) as "noms!"
           from rattachements_effectifs r join structures s on s.id = r.structure_id
           where r.id = $1 and r.utilisateur_id = $2 and r.structure_active and 'gerer_structure' = any (r.capacites)"#,
        gestion.rattachement().0,
        gestion.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| {
        Erreur::Conflit("Vos droits sur cette structure viennent de changer : rechargez la page.".to_owned())
    })?;
    Ok(Etendu {
        maille_structure: lue.maille_structure,
        services: lue.services,
        espaces: lue.codes.into_iter().zip(lue.noms).collect(),
    })
}

/// « consultation », or that there is none.
pub(super) fn en_mots(droit: Option<Droit>) -> &'static str {
    droit.map_or("aucun accès", Droit::code)
}
