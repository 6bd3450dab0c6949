//! Demandes d'abonnement as a kind of request: what `decisions` asks of its kinds.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::annulation;
use super::courriers::{AbonnementOuvert, AbonnementRefuse, AbonnementValide};
use super::droit::{Droit, Etendue, Octroi};
use super::en_cours::{self, EnCours};
use super::lignes::{self, LigneVue, pour_l_historique};
use super::parametrage::{self, Reglage};
use crate::acces::{Connecte, ValiderAbonnements};
use crate::courrier::{self, Joignable, prevenir};
use crate::db::{DemandeAbonnementId, RattachementId, Tx};
use crate::decisions::{self, Decidable, Prise};
use crate::historique::{Action, Changement, Details, Entree};
use crate::web::Erreur;

/// The kind of request of block B (seed 001 §4 to §6).
pub struct Demandes;

type Validation<'a> = decisions::Validation<'a, Demandes>;

impl Decidable for Demandes {
    type Id = DemandeAbonnementId;
    type Capacite = ValiderAbonnements;
    type EnCours = EnCours;
    type Octroi = Octroi;
    /// The rattachement that receives the espaces.
    type Jugee = RattachementId;

    const DEMANDE: &'static str = "Demande d’abonnement";

    fn id(brut: Uuid) -> DemandeAbonnementId {
        DemandeAbonnementId(brut)
    }

    async fn charger(
        tx: &mut Tx,
        lecteur: &Connecte,
        ids: &[DemandeAbonnementId],
    ) -> Result<Vec<EnCours>, Erreur> {
        en_cours::charger(tx, lecteur, ids).await
    }

    fn objet(demande: &EnCours) -> String {
        demande.objet()
    }

    fn tel_que_demande(demande: &EnCours, _: &Connecte) -> Octroi {
        demande.telle_que_demandee()
    }

    fn large(octroi: &Octroi) -> bool {
        octroi.etendue != Etendue::Utilisateur
    }

    fn juger(demande: &EnCours, octroi: &Octroi) -> Result<RattachementId, Erreur> {
        demande.juger(octroi)
    }

    async fn annoncer(_: &mut Tx, validations: &[Validation<'_>]) -> Result<Vec<String>, Erreur> {
        let mots = |v: &Validation<'_>| lignes::demandees(&v.demande.lignes).join("\u{202F}; ");
        Ok(validations.iter().map(mots).collect())
    }

    /// « Valider » (seed 001 §5): the espaces, the settings, the mails.
    async fn valider(
        tx: &mut Tx,
        par: &Connecte,
        validations: &[Validation<'_>],
    ) -> Result<Vec<Entree>, Erreur> {
        let partages: Vec<Partage<'_>> = validations.iter().map(Partage::de).collect();
        accorder(tx, par, validations).await?;
        let seuls = partages
            .iter()
            .filter(|p| !Demandes::large(&p.v.octroi))
            .collect::<Vec<_>>();
        ouvrir(tx, &seuls).await?;
        let nom = par.personne().nom_complet();
        let mut entrees: Vec<Entree> = partages.iter().map(|p| p.entree(&nom)).collect();
        // A wide reach is the choice of a screen: never in a batch.
        for large in partages.iter().filter(|p| Demandes::large(&p.v.octroi)) {
            entrees.push(regler(tx, par, large).await?);
        }
        let marque = tx.marque.to_string();
        let courriers = partages.iter().map(|p| {
            let demande = p.v.demande;
            let courrier = AbonnementValide {
                marque: marque.clone(),
                nom_complet: demande.auteur.nom_complet.clone(),
                structure: demande.raison_sociale.clone(),
                accordees: p.accordees.iter().map(|(l, d)| l.en_mots(*d)).collect(),
                ecartees: p.ecartees.clone(),
                commentaire: p.v.octroi.commentaire.clone().unwrap_or_default(),
                par: nom.clone(),
            };
            (demande.id.0, &demande.auteur, courrier)
        });
        courrier::prevenir_chacun(tx, courriers.collect()).await?;
        Ok(entrees)
    }

    async fn refuser(
        tx: &mut Tx,
        par: &Connecte,
        demandes: &[&EnCours],
        motif: &str,
    ) -> Result<Vec<Entree>, Erreur> {
        ecarter(tx, par, demandes, motif).await?;
        let nom = par.personne().nom_complet();
        let marque = tx.marque.to_string();
        let courriers = demandes.iter().map(|d| {
            let courrier = AbonnementRefuse {
                marque: marque.clone(),
                nom_complet: d.auteur.nom_complet.clone(),
                structure: d.raison_sociale.clone(),
                lignes: lignes::demandees(&d.lignes),
                motif: motif.to_owned(),
                par: nom.clone(),
            };
            (d.id.0, &d.auteur, courrier)
        });
        courrier::prevenir_chacun(tx, courriers.collect()).await?;
        let entrees = demandes.iter().map(|d| {
            let mots = lignes::demandees(&d.lignes);
            let refusees = mots
                .iter()
                .map(|m| Changement::new("Espace demandé", m, "Refusé"));
            let details = Details {
                acteur: nom.clone(),
                concerne: d.auteur.nom_complet.clone(),
                motif: motif.to_owned(),
                changements: refusees.collect(),
                ..Details::default()
            };
            entree(Action::AbonnementRefuse, d, details)
        });
        Ok(entrees.collect())
    }

    async fn obstacles(
        tx: &mut Tx,
        par: &Connecte,
        decisions: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Option<String>>, Erreur> {
        annulation::obstacles(tx, par, decisions).await
    }

    async fn restaurer(tx: &mut Tx, par: &Connecte, prises: &[&Prise]) -> Result<(), Erreur> {
        annulation::restaurer(tx, par, prises).await
    }

    async fn rouvrir(
        tx: &mut Tx,
        par: &Connecte,
        prises: &[(&Prise, DemandeAbonnementId)],
    ) -> Result<(), Erreur> {
        annulation::rouvrir(tx, par, prises).await
    }
}

fn entree(action: Action, demande: &EnCours, details: Details) -> Entree {
    Entree {
        structure: Some(demande.structure),
        action,
        concerne: Some(demande.auteur.id),
        demande: Some(pour_l_historique(demande.id)),
        details,
    }
}

/// The lines of a validation: granted with their right, or not.
struct Partage<'a> {
    v: &'a Validation<'a>,
    accordees: Vec<(&'a LigneVue, Droit)>,
    ecartees: Vec<String>,
}

impl<'a> Partage<'a> {
    fn de(v: &'a Validation<'a>) -> Self {
        let (mut accordees, mut ecartees) = (Vec::new(), Vec::new());
        for ligne in v.demande.lignes.iter().filter(|l| l.statut == "demandee") {
            match v.octroi.droits.get(&ligne.id) {
                Some(droit) => accordees.push((ligne, *droit)),
                None => ecartees.push(ligne.en_mots(ligne.droit)),
            }
        }
        Self {
            v,
            accordees,
            ecartees,
        }
    }

    /// « Validée »: asked → granted, line by line.
    fn entree(&self, par: &str) -> Entree {
        let (demande, octroi) = (self.v.demande, &self.v.octroi);
        let accordees = self
            .accordees
            .iter()
            .map(|(l, droit)| Changement::new("Espace", l.en_mots(l.droit), l.en_mots(*droit)));
        let ecartees = self
            .ecartees
            .iter()
            .map(|mots| Changement::new("Espace", mots, "Refusé"));
        let mut changements: Vec<Changement> = accordees.chain(ecartees).collect();
        if Demandes::large(octroi) {
            changements.push(Changement::new("Étendue", "", octroi.etendue.libelle()));
        }
        let details = Details {
            acteur: par.to_owned(),
            concerne: demande.auteur.nom_complet.clone(),
            commentaire: octroi.commentaire.clone().unwrap_or_default(),
            changements,
            ..Details::default()
        };
        entree(Action::AbonnementValide, demande, details)
    }
}

/// The guarded update of the validations: each decided once.
async fn accorder(
    tx: &mut Tx,
    par: &Connecte,
    validations: &[Validation<'_>],
) -> Result<(), Erreur> {
    let droits = validations.iter().flat_map(|v| {
        v.octroi
            .droits
            .iter()
            .map(|(id, d)| (id.0, d.code().to_owned()))
    });
    let (lignes, droits): (Vec<Uuid>, Vec<String>) = droits.unzip();
    let octrois = || validations.iter().map(|v| &v.octroi);
    let change = sqlx::query!(
        "with lignes as (
           update demande_abonnement_lignes l
           set statut = case when o.droit is null then 'ecartee' else 'accordee' end, droit_accorde = o.droit
           from demande_abonnement_lignes c left join unnest($5::uuid[], $6::text[]) as o (id, droit) on o.id = c.id
           where l.id = c.id and c.demande_id = any ($1) and c.statut = 'demandee')
         update demandes_abonnement set statut = 'validee', traitee_le = maintenant(), traitee_par = $2, etendue = d.etendue,
           commentaire = d.commentaire
         from unnest($1::uuid[], $3::text[], $4::text[]) as d (id, etendue, commentaire)
         where demandes_abonnement.id = d.id and demandes_abonnement.statut = 'en_cours_de_validation'",
        &validations.iter().map(|v| v.demande.id.0).collect::<Vec<_>>(),
        par.id().0,
        &octrois().map(|o| o.etendue.code().to_owned()).collect::<Vec<_>>(),
        &octrois().map(|o| o.commentaire.clone()).collect::<Vec<_>>() as &[Option<String>],
        &lignes,
        &droits
    )
    .execute(&mut **tx)
    .await?;
    decisions::tranchees(validations.len(), faites(change.rows_affected()))
}

/// The same of the refusals.
async fn ecarter(
    tx: &mut Tx,
    par: &Connecte,
    demandes: &[&EnCours],
    motif: &str,
) -> Result<(), Erreur> {
    let change = sqlx::query!(
        "with lignes as (
           update demande_abonnement_lignes set statut = 'ecartee' where demande_id = any ($1) and statut = 'demandee')
         update demandes_abonnement set statut = 'refusee', traitee_le = maintenant(), traitee_par = $2, motif = $3
         where id = any ($1) and statut = 'en_cours_de_validation'",
        &demandes.iter().map(|d| d.id.0).collect::<Vec<_>>(),
        par.id().0,
        motif
    )
    .execute(&mut **tx)
    .await?;
    decisions::tranchees(demandes.len(), faites(change.rows_affected()))
}

fn faites(lignes: u64) -> usize {
    usize::try_from(lignes).unwrap_or(usize::MAX)
}

/// The espaces of each person alone, by request; a wider right already obtained so stays. No two open requests ask for the
/// same espace of the same person, so that no row is met twice.
async fn ouvrir(tx: &mut Tx, partages: &[&Partage<'_>]) -> Result<(), Erreur> {
    if partages.is_empty() {
        return Ok(());
    }
    let lignes = || {
        let chacune = |p: &'_ &Partage<'_>| p.v.jugee.0;
        partages.iter().flat_map(move |p| {
            p.accordees
                .iter()
                .map(move |(l, d)| (p.v, chacune(p), *l, *d))
        })
    };
    sqlx::query!(
        "insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
         select uuid_v7(), l.structure, l.rattachement, l.service, l.espace, l.droit, 'demande'
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[]) as l (structure, rattachement, service, espace, droit)
         on conflict on constraint abonnements_cle do update set droit = greatest(abonnements.droit, excluded.droit)",
        &lignes().map(|(v, ..)| v.demande.structure.0).collect::<Vec<_>>(),
        &lignes().map(|(_, rattachement, ..)| rattachement).collect::<Vec<_>>(),
        &lignes().map(|(.., l, _)| l.service.map(|s| s.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &lignes().map(|(.., l, _)| l.espace.clone()).collect::<Vec<_>>(),
        &lignes().map(|(.., droit)| droit.code().to_owned()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The two wide reaches: everybody there, present and to come. « Tous les services » of a line is the structure.
async fn regler(tx: &mut Tx, par: &Connecte, partage: &Partage<'_>) -> Result<Entree, Erreur> {
    let (demande, etendue) = (partage.v.demande, partage.v.octroi.etendue);
    let mut reglages: Vec<Reglage> = partage
        .accordees
        .iter()
        .map(|(l, droit)| Reglage {
            service: l.service.filter(|_| etendue == Etendue::Services),
            espace: l.espace.clone(),
            droit: *droit,
        })
        .collect();
    reglages.sort();
    reglages.dedup();
    let servis = parametrage::regler(tx, demande.structure, par.id(), &reglages).await?;
    let mut mots: Vec<String> = partage
        .accordees
        .iter()
        .map(|(l, droit)| match etendue {
            Etendue::Services => l.en_mots(*droit),
            _ => format!("{}, en {} (toute la structure)", l.espace_nom, droit.code()),
        })
        .collect();
    mots.dedup();
    let nom = par.personne().nom_complet();
    let marque = tx.marque.to_string();
    let autres: Vec<Joignable> = servis
        .into_iter()
        .filter(|j| j.id != demande.auteur.id)
        .collect();
    prevenir(tx, demande.id.0, &autres, |j| AbonnementOuvert {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: demande.raison_sociale.clone(),
        lignes: mots.clone(),
        par: nom.clone(),
    })
    .await?;
    Ok(Entree {
        structure: Some(demande.structure),
        action: Action::AbonnementCree,
        concerne: None,
        demande: None,
        details: Details {
            acteur: nom,
            changements: mots
                .iter()
                .map(|m| Changement::new("Espace ouvert à tous", "", m))
                .collect(),
            ..Details::default()
        },
    })
}
