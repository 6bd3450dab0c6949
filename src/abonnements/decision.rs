//! Deciding a request: one at a time or in bulk, the same rule and the same effects (failure-modes R11).

use uuid::Uuid;

use super::annulation;
use super::courriers::{AbonnementOuvert, AbonnementRefuse, AbonnementValide};
use super::droit::{Droit, Etendue, Octroi};
use super::en_cours::{EnCours, charger};
use super::lignes::{self, LigneVue, pour_l_historique};
use super::parametrage::{self, Reglage};
use crate::acces::{Connecte, Gestion, ValiderAbonnements};
use crate::courrier::{Joignable, prevenir};
use crate::db::{DemandeAbonnementId, RattachementId, StructureId, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::{self, Decidee};
use crate::web::Erreur;

/// Loads one request of the structure of the proof, or 404.
async fn une(
    tx: &mut Tx,
    gestion: &Gestion<ValiderAbonnements>,
    id: DemandeAbonnementId,
) -> Result<EnCours, Erreur> {
    let structure = gestion.structure().id;
    structures::verrouiller(tx, &[structure]).await?;
    let lue = charger(tx, gestion, &[id]).await?.into_iter().next();
    lue.filter(|d| d.structure == structure)
        .ok_or(Erreur::Introuvable)
}

/// « Valider » (seed 001 §5): the espaces, the settings, the historique and the mails in one transaction. Answers the
/// name of the author.
///
/// # Errors
/// `Invalide` at `lignes` and `etendue`; `Conflit`: decided meanwhile, or nothing can be granted any more.
pub async fn valider(
    tx: &mut Tx,
    gestion: &Gestion<ValiderAbonnements>,
    id: DemandeAbonnementId,
    octroi: &Octroi,
) -> Result<Decidee, Erreur> {
    let demande = une(tx, gestion, id).await?;
    let large = octroi.etendue != Etendue::Utilisateur;
    let acte = annulation::ouvrir(tx, gestion, &[id], large).await?;
    let entrees = appliquer_validation(tx, gestion, &demande, octroi).await?;
    annulation::clore(tx, acte, &[id]).await?;
    historique::noter_plusieurs(tx, &***gestion, entrees).await?;
    Ok(Decidee {
        acte,
        demandeur: demande.auteur.nom_complet,
    })
}

/// « Refuser »: the motif is mandatory.
///
/// # Errors
/// `Conflit`: decided meanwhile.
pub async fn refuser(
    tx: &mut Tx,
    gestion: &Gestion<ValiderAbonnements>,
    id: DemandeAbonnementId,
    motif: &str,
) -> Result<Decidee, Erreur> {
    let demande = une(tx, gestion, id).await?;
    let acte = annulation::ouvrir(tx, gestion, &[id], false).await?;
    let entrees = appliquer_refus(tx, gestion, &demande, motif).await?;
    annulation::clore(tx, acte, &[id]).await?;
    historique::noter_plusieurs(tx, &***gestion, entrees).await?;
    Ok(Decidee {
        acte,
        demandeur: demande.auteur.nom_complet,
    })
}

/// The guarded update: decided once, a second click changes nothing.
async fn trancher(
    tx: &mut Tx,
    demande: &EnCours,
    par: &Connecte,
    octroi: Option<&Octroi>,
    motif: Option<&str>,
) -> Result<(), Erreur> {
    let droits: Vec<(Uuid, &str)> = octroi
        .iter()
        .flat_map(|o| o.droits.iter().map(|(id, droit)| (id.0, droit.code())))
        .collect();
    let change = sqlx::query!(
        "with lignes as (
           update demande_abonnement_lignes l
           set statut = case when o.droit is null then 'ecartee' else 'accordee' end, droit_accorde = o.droit
           from demande_abonnement_lignes c left join unnest($6::uuid[], $7::text[]) as o (id, droit) on o.id = c.id
           where l.id = c.id and c.demande_id = $1 and c.statut = 'demandee')
         update demandes_abonnement set statut = case when $3::text is null then 'refusee' else 'validee' end,
           traitee_le = maintenant(), traitee_par = $2, etendue = $3, commentaire = $4, motif = $5
         where id = $1 and statut = 'en_cours_de_validation'",
        demande.id.0,
        par.id().0,
        octroi.map(|o| o.etendue.code()),
        octroi.and_then(|o| o.commentaire.clone()),
        motif,
        &droits.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        &droits.iter().map(|(_, droit)| (*droit).to_owned()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    if change.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Erreur::Conflit(
            "Cette demande vient d’être traitée par quelqu’un d’autre.".to_owned(),
        ))
    }
}

pub(super) async fn appliquer_validation(
    tx: &mut Tx,
    par: &Connecte,
    demande: &EnCours,
    octroi: &Octroi,
) -> Result<Vec<Entree>, Erreur> {
    let rattachement = demande.juger(octroi)?;
    trancher(tx, demande, par, Some(octroi), None).await?;
    let ouvertes = demande.lignes.iter().filter(|l| l.statut == "demandee");
    let (mut accordees, mut ecartees): (Vec<(&LigneVue, Droit)>, Vec<String>) = Default::default();
    for ligne in ouvertes {
        match octroi.droits.get(&ligne.id) {
            Some(droit) => accordees.push((ligne, *droit)),
            None => ecartees.push(ligne.en_mots(ligne.droit)),
        }
    }
    let mots: Vec<String> = accordees
        .iter()
        .map(|(l, droit)| l.en_mots(*droit))
        .collect();
    let nom = par.personne().nom_complet();
    let mut entrees = vec![entree_validee(demande, octroi, &accordees, &ecartees, &nom)];
    if octroi.etendue == Etendue::Utilisateur {
        ouvrir(tx, demande.structure, rattachement, &accordees).await?;
    } else {
        entrees.push(regler(tx, par, demande, octroi, &accordees).await?);
    }
    let marque = tx.marque.to_string();
    let auteur = std::slice::from_ref(&demande.auteur);
    prevenir(tx, demande.id.0, auteur, |j| AbonnementValide {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: demande.raison_sociale.clone(),
        accordees: mots.clone(),
        ecartees: ecartees.clone(),
        commentaire: octroi.commentaire.clone().unwrap_or_default(),
        par: nom.clone(),
    })
    .await?;
    Ok(entrees)
}

/// « Validée »: asked → granted, line by line.
fn entree_validee(
    demande: &EnCours,
    octroi: &Octroi,
    accordees: &[(&LigneVue, Droit)],
    ecartees: &[String],
    par: &str,
) -> Entree {
    let accordees = accordees
        .iter()
        .map(|(l, droit)| Changement::new("Espace", l.en_mots(l.droit), l.en_mots(*droit)));
    let ecartees = ecartees
        .iter()
        .map(|mots| Changement::new("Espace", mots, "Refusé"));
    let mut changements: Vec<Changement> = accordees.chain(ecartees).collect();
    if octroi.etendue != Etendue::Utilisateur {
        changements.push(Changement::new("Étendue", "", octroi.etendue.libelle()));
    }
    Entree {
        structure: Some(demande.structure),
        action: Action::AbonnementValide,
        concerne: Some(demande.auteur.id),
        demande: Some(pour_l_historique(demande.id)),
        details: Details {
            acteur: par.to_owned(),
            concerne: demande.auteur.nom_complet.clone(),
            commentaire: octroi.commentaire.clone().unwrap_or_default(),
            changements,
            ..Details::default()
        },
    }
}

/// The espaces of one person, by request; a wider right already obtained so stays.
async fn ouvrir(
    tx: &mut Tx,
    structure: StructureId,
    rattachement: RattachementId,
    accordees: &[(&LigneVue, Droit)],
) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
         select uuid_v7(), $1, $2, l.service, l.espace, l.droit, 'demande'
         from unnest($3::uuid[], $4::text[], $5::text[]) as l (service, espace, droit)
         on conflict on constraint abonnements_cle do update set droit = greatest(abonnements.droit, excluded.droit)",
        structure.0,
        rattachement.0,
        &accordees.iter().map(|(l, _)| l.service.map(|s| s.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &accordees.iter().map(|(l, _)| l.espace.clone()).collect::<Vec<_>>(),
        &accordees.iter().map(|(_, droit)| droit.code().to_owned()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The two wide reaches: everybody there, present and to come. « Tous les services » of a line is the structure.
async fn regler(
    tx: &mut Tx,
    par: &Connecte,
    demande: &EnCours,
    octroi: &Octroi,
    accordees: &[(&LigneVue, Droit)],
) -> Result<Entree, Erreur> {
    let mut reglages: Vec<Reglage> = accordees
        .iter()
        .map(|(l, droit)| Reglage {
            service: l.service.filter(|_| octroi.etendue == Etendue::Services),
            espace: l.espace.clone(),
            droit: *droit,
        })
        .collect();
    reglages.sort();
    reglages.dedup();
    let servis = parametrage::regler(tx, demande.structure, par.id(), &reglages).await?;
    let mut mots: Vec<String> = accordees
        .iter()
        .map(|(l, droit)| match octroi.etendue {
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

pub(super) async fn appliquer_refus(
    tx: &mut Tx,
    par: &Connecte,
    demande: &EnCours,
    motif: &str,
) -> Result<Vec<Entree>, Erreur> {
    demande.decidable()?;
    trancher(tx, demande, par, None, Some(motif)).await?;
    let mots = lignes::demandees(&demande.lignes);
    let nom = par.personne().nom_complet();
    let marque = tx.marque.to_string();
    let auteur = std::slice::from_ref(&demande.auteur);
    prevenir(tx, demande.id.0, auteur, |j| AbonnementRefuse {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: demande.raison_sociale.clone(),
        lignes: mots.clone(),
        motif: motif.to_owned(),
        par: nom.clone(),
    })
    .await?;
    Ok(vec![Entree {
        structure: Some(demande.structure),
        action: Action::AbonnementRefuse,
        concerne: Some(demande.auteur.id),
        demande: Some(pour_l_historique(demande.id)),
        details: Details {
            acteur: nom,
            concerne: demande.auteur.nom_complet.clone(),
            motif: motif.to_owned(),
            changements: mots
                .iter()
                .map(|m| Changement::new("Espace demandé", m, "Refusé"))
                .collect(),
            ..Details::default()
        },
    }])
}
