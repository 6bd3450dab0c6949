//! Programming a handover, and changing one's mind.

use super::courriers::{PassationAnnulee, PassationProgrammee, Pour};
use super::{Programmee, les_autres, les_deux, programmee};
use crate::acces::{Connecte, GestionPrincipale};
use crate::db::{PassationId, Tx, UtilisateurId};
use crate::historique::{self, Action, Details, Entree};
use crate::rattachements::joignables::{self, Joignable};
use crate::rattachements::{effets, transfert};
use crate::web::Erreur;

/// What programming did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Programmation {
    pub raison_sociale: String,
    pub successeur: String,
    /// JJ/MM/AAAA.
    pub jour: String,
    /// False when it was there already, to the same person for the same day (a double click).
    pub nouvelle: bool,
}

/// From tomorrow to a year from now, in Paris.
///
/// # Errors
/// `Invalide` at `le`.
pub async fn verifier_jour(tx: &mut Tx, le: time::Date) -> Result<(), Erreur> {
    let bornes = sqlx::query!(
        r#"select $1::date > aujourdhui() as "apres!", $1::date <= aujourdhui() + interval '1 year' as "avant!",
                  to_char(aujourdhui() + interval '1 year', 'DD/MM/YYYY') as "limite!""#,
        le
    )
    .fetch_one(&mut **tx)
    .await?;
    if !bornes.apres {
        return Err(Erreur::champ(
            "le",
            "Choisissez un jour à partir de demain, ou transférez le rôle tout de suite.",
        ));
    }
    if !bornes.avant {
        return Err(Erreur::champ(
            "le",
            &format!(
                "Choisissez un jour dans l’année qui vient, jusqu’au {}.",
                bornes.limite
            ),
        ));
    }
    Ok(())
}

/// Programs the transfer for the first instant of the day `le`, in Paris. The one already programmed is cancelled.
///
/// # Errors
/// `Conflit`: the author is no longer the GP, or the structure is closed. `Invalide` at `successeur` or `le`.
pub async fn programmer(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    successeur: UtilisateurId,
    le: time::Date,
) -> Result<Programmation, Erreur> {
    let structure = gestion.structure().id;
    effets::verrouiller(tx, &[structure]).await?;
    let tenant = transfert::tenant(tx, gestion.id(), structure).await?;
    if !tenant.est_gp {
        return Err(tenant.plus_gp());
    }
    if !tenant.active {
        return Err(Erreur::Conflit(format!(
            "{} est désactivée\u{202F}: aucune passation ne peut y être programmée.",
            tenant.raison_sociale
        )));
    }
    let candidat = transfert::candidat(tx, successeur).await?;
    transfert::eligible(gestion.id(), successeur, &candidat)?;
    verifier_jour(tx, le).await?;
    if let Some(autre) = programmee(tx, structure).await? {
        if autre.successeur == successeur && autre.le == le {
            return Ok(Programmation {
                raison_sociale: autre.raison_sociale,
                successeur: autre.successeur_nom,
                jour: autre.jour,
                nouvelle: false,
            });
        }
        remplacer(tx, gestion, &autre, successeur).await?;
    }
    sqlx::query!(
        "insert into passations (id, structure_id, rattachement_id, cedant_id, successeur_id, le) values ($1, $2, $3, $4, $5, $6)",
        PassationId::nouveau().0,
        structure.0,
        tenant.rattachement.0,
        gestion.id().0,
        successeur.0,
        le
    )
    .execute(&mut **tx)
    .await?;
    let p = programmee(tx, structure)
        .await?
        .ok_or(Erreur::Introuvable)?;
    noter(tx, gestion, &p, Action::PassationProgrammee).await?;
    let mut destinataires = les_deux(tx, &p).await?;
    destinataires.extend(les_autres(tx, &p).await?);
    let courriers: Vec<_> = destinataires
        .into_iter()
        .map(|(j, pour)| {
            let annonce = p.annonce(tx, pour, &j);
            (j, PassationProgrammee { annonce })
        })
        .collect();
    joignables::envoyer(tx, p.id.0, courriers).await?;
    Ok(Programmation {
        raison_sociale: p.raison_sociale,
        successeur: p.successeur_nom,
        jour: p.jour,
        nouvelle: true,
    })
}

/// Another takes its place: only a successor who is no longer one is told of this end, the others read of the new one.
async fn remplacer(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    p: &Programmee,
    par: UtilisateurId,
) -> Result<(), Erreur> {
    clore(tx, gestion, p, Some("Remplacée par une autre passation")).await?;
    let mut destinataires = les_deux(tx, p).await?;
    destinataires.retain(|(j, pour)| *pour == Pour::Successeur && j.id != par);
    annoncer_la_fin(tx, p, destinataires).await
}

/// « Annuler la passation ». Cancelling twice is no error: nothing happens the second time. Answers the raison sociale.
///
/// # Errors
/// `Conflit`: it took place, or became void, meanwhile. `Introuvable`: not of this structure.
pub async fn annuler(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    passation: PassationId,
) -> Result<String, Erreur> {
    let structure = gestion.structure();
    effets::verrouiller(tx, &[structure.id]).await?;
    let tenant = transfert::tenant(tx, gestion.id(), structure.id).await?;
    let statut = sqlx::query_scalar!(
        "select statut from passations where id = $1 and structure_id = $2",
        passation.0,
        structure.id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    match statut.as_str() {
        "programmee" => {}
        "annulee" => return Ok(tenant.raison_sociale),
        "executee" => return Err(tenant.plus_gp()),
        _ => {
            return Err(Erreur::Conflit(
                "Cette passation n’a plus lieu d’être\u{202F}: elle ne se produira pas.".to_owned(),
            ));
        }
    }
    if !tenant.est_gp {
        return Err(tenant.plus_gp());
    }
    let p = programmee(tx, structure.id)
        .await?
        .ok_or(Erreur::Introuvable)?;
    clore(tx, gestion, &p, None).await?;
    let mut destinataires = les_deux(tx, &p).await?;
    destinataires.extend(les_autres(tx, &p).await?);
    annoncer_la_fin(tx, &p, destinataires).await?;
    Ok(p.raison_sociale)
}

async fn clore(
    tx: &mut Tx,
    par: &Connecte,
    p: &Programmee,
    motif: Option<&str>,
) -> Result<(), Erreur> {
    sqlx::query!(
        "update passations set statut = 'annulee', close_le = maintenant(), close_par = $2, motif = $3 where id = $1",
        p.id.0,
        par.id().0,
        motif
    )
    .execute(&mut **tx)
    .await?;
    let details = Details {
        motif: motif.unwrap_or_default().to_owned(),
        ..p.details(&par.personne().nom_complet())
    };
    noter_avec(tx, par, p, Action::PassationAnnulee, details).await
}

async fn annoncer_la_fin(
    tx: &mut Tx,
    p: &Programmee,
    destinataires: Vec<(Joignable, Pour)>,
) -> Result<(), Erreur> {
    let courriers = destinataires
        .into_iter()
        .map(|(j, pour)| {
            let annonce = p.annonce(tx, pour, &j);
            (j, PassationAnnulee { annonce })
        })
        .collect();
    joignables::envoyer(tx, p.id.0, courriers).await
}

async fn noter(tx: &mut Tx, par: &Connecte, p: &Programmee, action: Action) -> Result<(), Erreur> {
    let details = p.details(&par.personne().nom_complet());
    noter_avec(tx, par, p, action, details).await
}

async fn noter_avec(
    tx: &mut Tx,
    par: &Connecte,
    p: &Programmee,
    action: Action,
    details: Details,
) -> Result<(), Erreur> {
    let entree = Entree {
        structure: Some(p.structure),
        action,
        concerne: Some(p.successeur),
        demande: None,
        details,
    };
    historique::noter(tx, par, entree).await?;
    Ok(())
}
