use uuid::Uuid;

use super::super::guichet::Guichet;
use super::plan::{self, Arrivee};
use crate::App;
use crate::acces::Referent;
use crate::acces::compteurs::{self, IMPORTS};
use crate::db::{PerimetreId, Tx, en_transaction};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::imports::decoder;
use crate::inscription;
use crate::rattachements::fichier::coffre::{self, Lieu, Tiroir};
use crate::rattachements::fichier::{Application, Depose, OCTETS_MAX, Plan};
use crate::utilisateurs::{self, NouveauCompte};
use crate::web::Erreur;

fn tiroir(referent: &Referent, perimetre: PerimetreId) -> Tiroir {
    Tiroir {
        proprietaire: referent.id(),
        lieu: Lieu::Arrivees(perimetre),
    }
}

/// His périmètre, held for share: its name and its mail domains.
async fn prendre(
    tx: &mut Tx,
    referent: &Referent,
    perimetre: PerimetreId,
) -> Result<(String, Vec<String>), Erreur> {
    sqlx::query!(
        "select p.nom, p.domaines from perimetres p
         where p.id = $1
           and exists (select from referents_effectifs r where r.perimetre_id = p.id and r.utilisateur_id = $2)
         for key share",
        perimetre.0,
        referent.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(|p| (p.nom, p.domaines))
    .ok_or(Erreur::Introuvable)
}

/// Reads the file, plans it, keeps both. Counted and logged: a file tells which of its addresses have an account (decisions 13).
///
/// # Errors
/// `Introuvable`: not his périmètre. `Invalide` at `fichier`; `TropDeRequetes`.
pub async fn deposer(
    app: &App,
    referent: &Referent,
    perimetre: PerimetreId,
    (nom, octets): (&str, &[u8]),
) -> Result<Uuid, Erreur> {
    if octets.len() > OCTETS_MAX {
        let phrase = "Ce fichier est trop gros\u{202F}: découpez-le.";
        return Err(Erreur::champ("fichier", phrase));
    }
    let texte = decoder(octets).map_err(|phrase| Erreur::champ("fichier", phrase))?;
    let nombre = plan::lignes(&texte)?.len();
    compteurs::compter(&app.db, &format!("import:{}", referent.id()), IMPORTS).await?;
    let id = en_transaction!(app, |tx| {
        let (perimetre_nom, domaines) = prendre(tx, referent, perimetre).await?;
        let prevu = plan::planifier(tx, (perimetre, &domaines), plan::lignes(&texte)?).await?;
        let id = tiroir(referent, perimetre)
            .poser(tx, (nom, &texte), &prevu.plan)
            .await?;
        let changements = vec![compte("Lignes", nombre)];
        inscrire(
            tx,
            referent,
            &perimetre_nom,
            ("Fichier d’arrivées vérifié", ""),
            changements,
        )
        .await?;
        Ok::<_, Erreur>(id)
    })?;
    tracing::info!(evenement = "fichier_d_arrivees", referent = %referent.id(), lignes = nombre, "compte");
    Ok(id)
}

fn compte(champ: &str, combien: usize) -> Changement {
    Changement::new(champ, "", combien.to_string())
}

/// A line of the journal of the instance, as the imports of the command line: a file tells which of its addresses have an
/// account, and creates many. Without any of these addresses: the line outlives them.
async fn inscrire(
    tx: &mut Tx,
    referent: &Referent,
    perimetre: &str,
    (quoi, motif): (&str, &str),
    mut changements: Vec<Changement>,
) -> Result<(), Erreur> {
    changements.insert(0, Changement::new("Périmètre", "", perimetre));
    let entree = Entree {
        structure: None,
        action: Action::ArriveesImportees,
        concerne: None,
        demande: None,
        details: Details {
            acteur: referent.personne().nom_complet(),
            commentaire: quoi.to_owned(),
            motif: motif.to_owned(),
            changements,
            ..Details::default()
        },
    };
    historique::noter(tx, referent, entree).await?;
    Ok(())
}

/// His own file.
///
/// # Errors
/// `Introuvable`: somebody else's, or older than a day.
pub async fn lire(
    app: &App,
    referent: &Referent,
    perimetre: PerimetreId,
    id: Uuid,
) -> Result<Depose, Erreur> {
    tiroir(referent, perimetre).lire(app, id).await
}

/// « Appliquer »: the plan that was shown, or nothing.
///
/// # Errors
/// `Invalide` at `fichier`: an address was taken while the lines were applied; nothing was done ([`revoir`]).
pub async fn appliquer(
    tx: &mut Tx,
    referent: &Referent,
    perimetre: PerimetreId,
    (id, motif): (Uuid, &str),
) -> Result<Application, Erreur> {
    let (nom, domaines) = prendre(tx, referent, perimetre).await?;
    let (montre, Some(texte)) = tiroir(referent, perimetre).reprendre(tx, id).await? else {
        return Ok(Application::DejaFaite);
    };
    let mut prevu = plan::planifier(tx, (perimetre, &domaines), plan::lignes(&texte)?).await?;
    if !prevu.plan.comparer(&montre) {
        coffre::garder(tx, id, &prevu.plan).await?;
        return Ok(Application::Perimee);
    }
    creer(tx, referent, (perimetre, &nom), (&prevu.arrivees, motif)).await?;
    coffre::appliquee(tx, id, &prevu.plan).await?;
    let changements = vec![
        compte("Lignes", prevu.plan.lignes.len()),
        compte("Comptes créés", prevu.arrivees.len()),
    ];
    inscrire(
        tx,
        referent,
        &nom,
        ("Arrivées par fichier", motif),
        changements,
    )
    .await?;
    Ok(Application::Faite)
}

/// Plans again, and keeps what is to be shown now.
///
/// # Errors
/// `Introuvable`.
pub async fn revoir(
    tx: &mut Tx,
    referent: &Referent,
    perimetre: PerimetreId,
    id: Uuid,
) -> Result<Application, Erreur> {
    let (_, domaines) = prendre(tx, referent, perimetre).await?;
    let (montre, Some(texte)): (Plan, _) = tiroir(referent, perimetre).reprendre(tx, id).await?
    else {
        return Ok(Application::DejaFaite);
    };
    let mut prevu = plan::planifier(tx, (perimetre, &domaines), plan::lignes(&texte)?).await?;
    prevu.plan.comparer(&montre);
    coffre::garder(tx, id, &prevu.plan).await?;
    Ok(Application::Perimee)
}

async fn creer(
    tx: &mut Tx,
    referent: &Referent,
    (perimetre, nom): (PerimetreId, &str),
    (arrivees, motif): (&[Arrivee], &str),
) -> Result<(), Erreur> {
    if arrivees.is_empty() {
        return Ok(());
    }
    let signature: String = format!("{} ({nom})", referent.signature())
        .chars()
        .take(161)
        .collect();
    let comptes: Vec<_> = arrivees
        .iter()
        .map(|(compte, _)| NouveauCompte {
            cree_par: Some(referent.id()),
            demandee_par: Some(signature.clone()),
            ..compte.clone()
        })
        .collect();
    let personnes = utilisateurs::creer_plusieurs(tx, &comptes)
        .await
        .map_err(|e| match e {
            Erreur::Invalide(_) => {
                Erreur::champ("fichier", "Une des adresses vient d’avoir un compte.")
            }
            autre => autre,
        })?;
    sqlx::query!(
        "update utilisateurs set pigp = true, perimetre_id = $2 where id = any ($1)",
        &personnes.iter().map(|p| p.0).collect::<Vec<_>>(),
        perimetre.0
    )
    .execute(&mut **tx)
    .await?;
    let visees: Vec<_> = personnes
        .iter()
        .zip(arrivees)
        .filter_map(|(personne, (_, structure))| structure.map(|s| (*personne, s)))
        .collect();
    if !visees.is_empty() {
        inscription::demander(tx, &visees, "Compte créé par le référent").await?;
    }
    let entrees = personnes
        .iter()
        .zip(arrivees)
        .map(|(personne, (compte, structure))| Entree {
            structure: *structure,
            action: Action::ComptePigpCree,
            concerne: Some(*personne),
            demande: None,
            details: Details {
                acteur: referent.personne().nom_complet(),
                concerne: compte.nom_complet(),
                motif: motif.to_owned(),
                ..Details::default()
            },
        });
    historique::noter_plusieurs(tx, referent, entrees.collect()).await?;
    Ok(())
}
