//! « Liste des services » with its boxes, and « Ce que la décision va ouvrir »: shown by both screens that grant.

use std::collections::BTreeSet;

use crate::acces::{Droits, Role};
use crate::rattachements::ServiceDemande;

/// A line of the table, its box included.
pub struct LigneService {
    pub service: ServiceDemande,
    pub cochee: bool,
}

/// The table, as it is first shown or as it comes back.
pub struct ListeServices {
    pub lignes: Vec<LigneService>,
    /// « Rattacher à la structure »: offered to structure-wide gestionnaires only.
    pub structure_offerte: bool,
    pub structure_cochee: bool,
}

impl ListeServices {
    /// By default: the whole structure when it was asked for or is held, else the services asked for and held.
    pub fn par_defaut(services: Vec<ServiceDemande>, droits: &Droits, structure: bool) -> Self {
        let structure_cochee = droits.maille_structure && (structure || services.is_empty());
        Self {
            lignes: services
                .into_iter()
                .map(|service| LigneService {
                    cochee: !structure_cochee && service.statut.coche(),
                    service,
                })
                .collect(),
            structure_offerte: droits.maille_structure,
            structure_cochee,
        }
    }

    /// As ticked by the person.
    pub fn saisie(
        services: Vec<ServiceDemande>,
        droits: &Droits,
        structure: bool,
        coches: &[String],
    ) -> Self {
        let coches: BTreeSet<&str> = coches.iter().map(String::as_str).collect();
        Self {
            lignes: services
                .into_iter()
                .map(|service| LigneService {
                    cochee: coches.contains(service.id.to_string().as_str()),
                    service,
                })
                .collect(),
            structure_offerte: droits.maille_structure,
            structure_cochee: structure,
        }
    }

    /// « Total de 4 services. »
    pub fn total(&self) -> String {
        let n = self.lignes.len();
        format!(
            "Total de {}.",
            crate::web::texte::accord(n, "service", "services")
        )
    }

    /// What is ticked, in words.
    pub fn perimetre(&self) -> String {
        if self.structure_cochee {
            return "toute la structure".to_owned();
        }
        let coches = self.lignes.iter().filter(|l| l.cochee);
        let noms: Vec<&str> = coches.map(|l| l.service.libelle.as_str()).collect();
        match noms.len() {
            0 => "aucun service pour l’instant".to_owned(),
            1 => noms[0].to_owned(),
            n => format!("{n} services : {}", noms.join(", ")),
        }
    }
}

/// What a role opens here, written before it is given.
pub struct Ouverture {
    pub role: &'static str,
    pub espaces: String,
    /// Capabilities of a GS; empty for the others.
    pub capacites: String,
}

/// One line per role the decider may give.
pub fn ouvertures(droits: &Droits, gs: &[String], us: &[String]) -> Vec<Ouverture> {
    super::roles(droits)
        .iter()
        .filter_map(|(code, _)| Role::accordable(code))
        .map(|role| {
            let capacites = if role == Role::Gs {
                let noms: Vec<&str> = droits.capacites.iter().map(|c| c.libelle()).collect();
                noms.join(", ")
            } else {
                String::new()
            };
            Ouverture {
                role: role.libelle(),
                espaces: if role == Role::Gs { gs } else { us }.join(", "),
                capacites,
            }
        })
        .collect()
}
