//! Answering a request: once, by whoever locks it first.

use uuid::Uuid;

use super::super::courriers::{DemandeDeCompteTraitee, DemandeDeCompteTransmise};
use super::super::guichet::Guichet;
use super::depot::{Annonce, annoncer, personne};
use super::routage;
use crate::courrier;
use crate::db::{DemandeDeCompteId, PerimetreId, StructureId, Temps, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::rattachements;
use crate::web::Erreur;

/// An open request, locked after its structure.
pub struct Tenue {
    pub id: DemandeDeCompteId,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub nom_complet: String,
    pub adresse: String,
    /// Whose référents answer; `None`: the support.
    pub perimetre: Option<PerimetreId>,
}

/// Locks the structure, then the request, for whoever answers it.
///
/// # Errors
/// `Introuvable`: not his to answer. `Conflit`: answered meanwhile, by whom is said.
pub async fn tenir<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    id: DemandeDeCompteId,
) -> Result<Tenue, Erreur> {
    let structure = sqlx::query_scalar!(
        r#"select structure_id as "structure: StructureId" from demandes_de_compte where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    rattachements::verrouiller(tx, &[structure]).await?;
    sqlx::query!(
        "select id from demandes_de_compte where id = $1 for update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let l = sqlx::query!(
        r#"select d.prenom || ' ' || d.nom as "nom!", d.adresse, d.statut, s.raison_sociale, d.perimetre_id as "perimetre: PerimetreId",
                  temps(d.traitee_le) as "traitee_le: Temps",
                  t.prenom || ' ' || t.nom as "par?"
           from demandes_de_compte d join structures s on s.id = d.structure_id
           left join utilisateurs t on t.id = d.traitee_par
           where d.id = $1 and d.statut <> 'a_confirmer'
             and case when $3 then d.perimetre_id is null
                      else exists (select from referents_effectifs r
                                   where r.perimetre_id = d.perimetre_id and r.utilisateur_id = $2) end"#,
        id.0,
        guichet.id().0,
        G::SUPPORT
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if l.statut != "ouverte" {
        return Err(Erreur::Conflit(format!(
            "Cette demande a déjà été traitée par {} le {}.",
            l.par.unwrap_or_default(),
            l.traitee_le
                .as_ref()
                .map(Temps::jour_heure)
                .unwrap_or_default()
        )));
    }
    Ok(Tenue {
        id,
        structure,
        raison_sociale: l.raison_sociale,
        nom_complet: l.nom,
        adresse: l.adresse,
        perimetre: l.perimetre,
    })
}

/// A line of the historique of the structure: without the name of the person, which it outlives.
async fn noter<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    tenue: &Tenue,
    (action, details): (Action, Details),
) -> Result<Uuid, Erreur> {
    historique::noter(
        tx,
        guichet.auteur(),
        Entree {
            structure: Some(tenue.structure),
            action,
            concerne: None,
            demande: None,
            details: Details {
                acteur: guichet.personne().nom_complet(),
                ..details
            },
        },
    )
    .await
}

async fn prevenir<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    tenue: &Tenue,
    motif: Option<&str>,
) -> Result<(), Erreur> {
    let details = Details {
        commentaire: if motif.is_some() {
            "Refusée"
        } else {
            "Compte créé"
        }
        .to_owned(),
        motif: motif.unwrap_or_default().to_owned(),
        ..Details::default()
    };
    let action = Action::DemandeDeCompteTraitee;
    let ligne = noter(tx, guichet, tenue, (action, details)).await?;
    let courrier = DemandeDeCompteTraitee {
        marque: tx.marque.to_string(),
        nom_complet: tenue.nom_complet.clone(),
        structure: tenue.raison_sociale.clone(),
        qui: guichet.signature(),
        motif: motif.map(str::to_owned),
    };
    courrier::deposer(tx, ligne, &personne(&tenue.adresse), &courrier).await?;
    Ok(())
}

/// « Refuser », saying why: the person reads it by mail. Answers her name.
///
/// # Errors
/// Those of [`tenir`].
pub async fn refuser<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    id: DemandeDeCompteId,
    motif: &str,
) -> Result<String, Erreur> {
    let tenue = tenir(tx, guichet, id).await?;
    sqlx::query!(
        "update demandes_de_compte set statut = 'refusee', traitee_le = maintenant(), traitee_par = $2, motif = $3
         where id = $1 and statut = 'ouverte'",
        id.0,
        guichet.id().0,
        motif
    )
    .execute(&mut **tx)
    .await?;
    prevenir(tx, guichet, &tenue, Some(motif)).await?;
    Ok(tenue.nom_complet)
}

/// Its account is created in this transaction.
///
/// # Errors
/// Those of the database.
pub async fn accepter<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    tenue: &Tenue,
    compte: UtilisateurId,
) -> Result<(), Erreur> {
    sqlx::query!(
        "update demandes_de_compte set statut = 'acceptee', traitee_le = maintenant(), traitee_par = $2, compte_id = $3
         where id = $1 and statut = 'ouverte'",
        tenue.id.0,
        guichet.id().0,
        compte.0
    )
    .execute(&mut **tx)
    .await?;
    prevenir(tx, guichet, tenue, None).await
}

/// « Transmettre à un autre référent »: those of that périmètre answer from now on; they and the person are told why. Answers her
/// name and the périmètre.
///
/// # Errors
/// Those of [`tenir`]; `Invalide` at `perimetre`: it has no référent, or has the request already.
pub async fn transmettre<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    id: DemandeDeCompteId,
    (vers, motif): (PerimetreId, &str),
) -> Result<(String, String), Erreur> {
    let tenue = tenir(tx, guichet, id).await?;
    let nom = sqlx::query_scalar!(
        "select p.nom from perimetres p
         where p.id = $1 and exists (select from referents_effectifs r where r.perimetre_id = p.id)
         for key share of p",
        vers.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .filter(|_| tenue.perimetre != Some(vers))
    .ok_or_else(|| Erreur::champ("perimetre", "Choisissez un autre périmètre de la liste."))?;
    sqlx::query!(
        "update demandes_de_compte set perimetre_id = $2 where id = $1 and statut = 'ouverte'",
        id.0,
        vers.0
    )
    .execute(&mut **tx)
    .await?;
    let avant = routage::qui(tx, tenue.perimetre).await?;
    let qui = routage::qui(tx, Some(vers)).await?;
    let details = Details {
        motif: motif.to_owned(),
        changements: vec![Changement::new("Reçue par", &avant, &qui)],
        ..Details::default()
    };
    let action = Action::DemandeDeCompteTransmise;
    let ligne = noter(tx, guichet, &tenue, (action, details)).await?;
    let courrier = DemandeDeCompteTransmise {
        marque: tx.marque.to_string(),
        nom_complet: tenue.nom_complet.clone(),
        structure: tenue.raison_sociale.clone(),
        qui,
        motif: motif.to_owned(),
    };
    courrier::deposer(tx, ligne, &personne(&tenue.adresse), &courrier).await?;
    let annonce = Annonce {
        id,
        demandeur: &tenue.nom_complet,
        adresse: &tenue.adresse,
        structure: &tenue.raison_sociale,
        transmise: Some(format!("{avant} vous la transmet\u{202F}: {motif}")),
        sauf: Some(guichet.id()),
    };
    annoncer(tx, ligne, Some(vers), &annonce).await?;
    Ok((tenue.nom_complet, nom))
}
