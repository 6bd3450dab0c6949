//! Writing what was prepared: rights, promises, requests answered, historique and mails, each in as many statements for
//! five hundred as for one.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::preparation::Prevision;
use crate::courrier::{self, Joignable};
use crate::db::{DemandeId, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::rattachements::courriers::RattachementParGestionnaire;
use crate::rattachements::courriers_membres::{RattachementModifie, RattachementReactive};
use crate::rattachements::donneur::Donneur;
use crate::rattachements::effets::{self, Attachement};
use crate::rattachements::{promesses, reponses};
use crate::web::Erreur;

pub(super) async fn ecrire(
    tx: &mut Tx,
    donneur: &Donneur,
    auteur: Auteur,
    previsions: &[Prevision<'_>],
) -> Result<(), Erreur> {
    let structure = donneur.structure;
    let attachements = previsions.iter().map(|p| Attachement {
        structure,
        personne: p.voulu.personne,
        attribution: &p.attribution,
        gardes: &p.gardes,
    });
    let attachements: Vec<_> = attachements.collect();
    let rattaches = effets::attacher_plusieurs(tx, &attachements).await?;
    // What was to come with the activation is here now: it must not be put back then.
    let personnes: Vec<_> = previsions.iter().map(|p| p.voulu.personne).collect();
    promesses::oublier_leurs_promesses(tx, structure, &personnes).await?;
    let satisfaites = previsions.iter().zip(&rattaches);
    let satisfaites = satisfaites.filter(|(p, _)| p.repond(donneur));
    let satisfaites: Vec<_> = satisfaites
        .map(|(p, r)| (structure, p.voulu.personne, r.id))
        .collect();
    let acte = "rattachement direct";
    let closes = reponses::clore_les_demandes(tx, &satisfaites, Some(donneur.id), acte).await?;
    let entrees = previsions.iter().map(|p| p.entree(donneur, &closes));
    let evenements = historique::noter_plusieurs(tx, auteur, entrees.collect()).await?;
    let mut mails = Mails::default();
    let marque = tx.marque.to_string();
    for (p, evenement) in previsions.iter().zip(evenements) {
        mails.ajouter(p, donneur, &marque, evenement);
    }
    mails.deposer(tx).await
}

impl Prevision<'_> {
    fn action(&self) -> Action {
        if self.lu.tenu.role.is_some() {
            Action::RattachementModifie
        } else if self.lu.existe {
            Action::RattachementReactive
        } else {
            Action::RattachementCree
        }
    }

    /// A request that reaches beyond one's own services is somebody else's to answer (decisions 12).
    fn repond(&self, donneur: &Donneur) -> bool {
        let decideur = &donneur.decideur;
        self.lu.demandes.as_ref().is_some_and(|services| {
            decideur.droits.maille_structure
                || (!services.is_empty() && services.iter().all(|s| decideur.couvre(s)))
        })
    }

    fn entree(&self, donneur: &Donneur, closes: &BTreeMap<UtilisateurId, DemandeId>) -> Entree {
        let demande = closes.get(&self.voulu.personne).copied();
        let mut changements = self.changements.clone();
        if demande.is_some() {
            changements.push(Changement::new(
                "Demande de rattachement",
                "en cours de validation",
                "validée (rattachement direct)",
            ));
        }
        Entree {
            structure: Some(donneur.structure),
            action: self.action(),
            concerne: Some(self.voulu.personne),
            demande,
            details: Details {
                acteur: donneur.nom.clone(),
                concerne: self.lu.qui.nom_complet.clone(),
                commentaire: self.voulu.octroi.commentaire.clone(),
                changements,
                ..Details::default()
            },
        }
    }
}

/// One to each person, by what was done for her.
#[derive(Default)]
struct Mails<'a> {
    crees: Vec<(Uuid, &'a Joignable, RattachementParGestionnaire)>,
    modifies: Vec<(Uuid, &'a Joignable, RattachementModifie)>,
    reactives: Vec<(Uuid, &'a Joignable, RattachementReactive)>,
}

impl<'a> Mails<'a> {
    fn ajouter(&mut self, p: &'a Prevision<'_>, donneur: &Donneur, marque: &str, evenement: Uuid) {
        let qui = &p.lu.qui;
        let (marque, nom_complet) = (marque.to_owned(), qui.nom_complet.clone());
        let (structure, par) = (donneur.raison_sociale.clone(), donneur.nom.clone());
        let (octroi, perimetre) = (p.voulu.octroi, p.perimetre.clone());
        match p.action() {
            Action::RattachementModifie => {
                let courrier = RattachementModifie {
                    marque,
                    nom_complet,
                    structure,
                    par,
                    commentaire: octroi.commentaire.clone(),
                    changements: p.changements.clone(),
                };
                self.modifies.push((evenement, qui, courrier));
            }
            Action::RattachementReactive => {
                let courrier = RattachementReactive {
                    marque,
                    nom_complet,
                    structure,
                    role: octroi.role.libelle(),
                    perimetre,
                    par,
                };
                self.reactives.push((evenement, qui, courrier));
            }
            _ => {
                let courrier = RattachementParGestionnaire {
                    marque,
                    nom_complet,
                    structure,
                    role: octroi.role.libelle(),
                    perimetre,
                    par,
                    commentaire: octroi.commentaire.clone(),
                };
                self.crees.push((evenement, qui, courrier));
            }
        }
    }

    async fn deposer(self, tx: &mut Tx) -> Result<(), Erreur> {
        courrier::prevenir_chacun(tx, self.crees).await?;
        courrier::prevenir_chacun(tx, self.modifies).await?;
        courrier::prevenir_chacun(tx, self.reactives).await
    }
}
