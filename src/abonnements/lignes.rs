//! The lines of requests, read in the transaction of the act.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::droit::Droit;
use crate::db::{DemandeAbonnementId, DemandeId, LigneAbonnementId, ServiceId, Tx};
use crate::web::Erreur;

/// A line of a request, with what it names.
#[derive(Clone, Debug)]
pub struct LigneVue {
    pub id: LigneAbonnementId,
    /// `None`: the whole structure.
    pub service: Option<ServiceId>,
    pub service_libelle: Option<String>,
    pub espace: String,
    pub espace_nom: String,
    pub droit: Droit,
    pub commentaire: Option<String>,
    /// `demandee`, `accordee` or `ecartee`.
    pub statut: String,
    pub droit_accorde: Option<Droit>,
    /// The author's rattachement still reaches it, and the service is active.
    pub tenable: bool,
}

impl LigneVue {
    /// « Service achats », « Tous les services ».
    pub fn service(&self) -> &str {
        self.service_libelle
            .as_deref()
            .unwrap_or("Tous les services")
    }

    /// « Factures à valider, en consultation (Service achats) ».
    pub fn en_mots(&self, droit: Droit) -> String {
        format!(
            "{}, en {} ({})",
            self.espace_nom,
            droit.code(),
            self.service()
        )
    }
}

/// What was asked, in words.
pub(super) fn demandees(lignes: &[LigneVue]) -> Vec<String> {
    lignes.iter().map(|l| l.en_mots(l.droit)).collect()
}

/// The historique has one column for the request of a line, whichever its kind; ids are unique over both.
pub(super) fn pour_l_historique(id: DemandeAbonnementId) -> DemandeId {
    DemandeId(id.0)
}

/// Their lines in the order of the screens, in one statement.
pub(super) async fn charger(
    tx: &mut Tx,
    demandes: &[DemandeAbonnementId],
) -> Result<BTreeMap<DemandeAbonnementId, Vec<LigneVue>>, Erreur> {
    let ids: Vec<Uuid> = demandes.iter().map(|d| d.0).collect();
    let lues = sqlx::query!(
        r#"select l.demande_id as "demande: DemandeAbonnementId", l.id as "id: LigneAbonnementId",
                  l.service_id as "service: ServiceId", sv.libelle as "service_libelle?", l.espace, e.nom as espace_nom,
                  l.droit as "droit: Droit", l.commentaire, l.statut, l.droit_accorde as "droit_accorde: Droit",
                  coalesce(case when l.service_id is null then r.maille_structure
                                else exists (select from services_actifs sa where sa.id = l.service_id)
                                     and (r.maille_structure
                                          or exists (select from rattachement_services rs
                                                     where rs.rattachement_id = r.id and rs.service_id = l.service_id
                                                       and rs.statut = 'validee'))
                           end, false) as "tenable!"
           from demande_abonnement_lignes l
           join espaces e on e.code = l.espace
           left join services sv on sv.id = l.service_id
           left join rattachements r on r.structure_id = l.structure_id and r.utilisateur_id = l.utilisateur_id
                and r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant())
           where l.demande_id = any ($1)
           order by sv.cle_tri nulls first, sv.id, e.ordre"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut lignes: BTreeMap<DemandeAbonnementId, Vec<LigneVue>> = BTreeMap::new();
    for l in lues {
        lignes.entry(l.demande).or_default().push(LigneVue {
            id: l.id,
            service: l.service,
            service_libelle: l.service_libelle,
            espace: l.espace,
            espace_nom: l.espace_nom,
            droit: l.droit,
            commentaire: l.commentaire,
            statut: l.statut,
            droit_accorde: l.droit_accorde,
            tenable: l.tenable,
        });
    }
    Ok(lignes)
}
