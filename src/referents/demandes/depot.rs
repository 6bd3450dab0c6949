//! Asked by anybody, confirmed by whoever reads the mailbox.

use uuid::Uuid;

use super::super::courriers::{
    DemandeDeCompteAConfirmer, DemandeDeCompteInutile, DemandeDeCompteNouvelle,
    DemandeDeCompteRecue,
};
use super::routage;
use crate::App;
use crate::acces::Systeme;
use crate::courrier::{self, Destinataire, Usage, jeton};
use crate::db::{DemandeDeCompteId, PerimetreId, StructureId, Tx, UtilisateurId, en_transaction};
use crate::historique::{self, Action, Details, Entree};
use crate::rattachements;
use crate::utilisateurs::{self, Agent, Client, Equipe, NouveauCompte, Statut};
use crate::web::Erreur;

/// What is asked, checked.
pub struct Demandee {
    pub compte: NouveauCompte,
    pub structure: StructureId,
    /// Empty: nothing more was said.
    pub message: String,
}

/// Keeps the request and mails its link; mails something else to whoever has an account. The caller learns nothing of which
/// it was.
///
/// # Errors
/// `TropDeRequetes`, whether the address is known or not: counted with the other mails anybody may ask for.
pub async fn deposer(app: &App, client: &Client, demandee: &Demandee) -> Result<(), Erreur> {
    let adresse = &demandee.compte.adresse_connexion;
    let fin = utilisateurs::compter_l_envoi(app, client, adresse).await?;
    let issue = en_transaction!(app, |tx| garder(tx, demandee).await);
    tokio::time::sleep_until(fin).await;
    issue
}

async fn raison_sociale(tx: &mut Tx, structure: StructureId) -> Result<String, Erreur> {
    sqlx::query_scalar!(
        "select raison_sociale from structures where id = $1",
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)
}

async fn garder(tx: &mut Tx, demandee: &Demandee) -> Result<(), Erreur> {
    rattachements::verrouiller(tx, &[demandee.structure]).await?;
    let adresse = &demandee.compte.adresse_connexion;
    let structure = raison_sociale(tx, demandee.structure).await?;
    if let Some(compte) = utilisateurs::par_adresse(&mut **tx, adresse).await? {
        if compte.statut == Statut::EnCoursActivation {
            utilisateurs::envoyer_activation(tx, compte.id).await?;
            return Ok(());
        }
        let courrier = DemandeDeCompteInutile {
            marque: tx.marque.to_string(),
            nom_complet: compte.nom_complet(),
        };
        let destinataire = Destinataire {
            utilisateur: Some(compte.id.0),
            adresse: compte.adresse_connexion,
        };
        courrier::deposer(tx, Uuid::now_v7(), &destinataire, &courrier).await?;
        return Ok(());
    }
    // One alive per address: what was typed last counts until it is confirmed.
    let posee = sqlx::query!(
        r#"insert into demandes_de_compte as d (id, prenom, nom, adresse, structure_id, message) values ($1, $2, $3, $4, $5, $6)
           on conflict (adresse) where statut in ('a_confirmer', 'ouverte') do update set
             prenom = case when d.statut = 'a_confirmer' then excluded.prenom else d.prenom end,
             nom = case when d.statut = 'a_confirmer' then excluded.nom else d.nom end,
             structure_id = case when d.statut = 'a_confirmer' then excluded.structure_id else d.structure_id end,
             message = case when d.statut = 'a_confirmer' then excluded.message else d.message end,
             deposee_le = case when d.statut = 'a_confirmer' then excluded.deposee_le else d.deposee_le end
           returning id as "id: DemandeDeCompteId", statut = 'ouverte' as "ouverte!", prenom || ' ' || nom as "nom!",
                     structure_id as "structure: StructureId", perimetre_id as "perimetre: PerimetreId""#,
        DemandeDeCompteId::nouveau().0,
        demandee.compte.prenom,
        demandee.compte.nom,
        adresse.as_str(),
        demandee.structure.0,
        demandee.message
    )
    .fetch_one(&mut **tx)
    .await?;
    let marque = tx.marque.to_string();
    let destinataire = personne(adresse.as_str());
    if posee.ouverte {
        let courrier = DemandeDeCompteRecue {
            marque,
            nom_complet: posee.nom,
            structure: raison_sociale(tx, posee.structure).await?,
            qui: routage::qui(tx, posee.perimetre).await?,
        };
        courrier::deposer(tx, Uuid::now_v7(), &destinataire, &courrier).await?;
        return Ok(());
    }
    let jeton = jeton::emettre(tx, posee.id.0, Usage::DemandeDeCompte, adresse.as_str()).await?;
    let courrier = DemandeDeCompteAConfirmer {
        marque,
        nom_complet: posee.nom,
        structure,
    };
    courrier::deposer_avec_jeton(tx, Uuid::now_v7(), &destinataire, &jeton, &courrier).await?;
    Ok(())
}

/// Somebody without account.
pub(super) fn personne(adresse: &str) -> Destinataire {
    Destinataire {
        utilisateur: None,
        adresse: adresse.to_owned(),
    }
}

/// What the page behind a live link shows.
pub struct AConfirmer {
    jeton: Uuid,
    pub id: DemandeDeCompteId,
    pub nom_complet: String,
    pub adresse: String,
    structure_id: StructureId,
    pub structure: String,
    pub identifiant: String,
    pub message: String,
}

/// Reading consumes nothing (ML3). `None`: expired, used, replaced or forged.
///
/// # Errors
/// Those of the database.
pub async fn a_confirmer(app: &App, secret: &str) -> Result<Option<AConfirmer>, Erreur> {
    let usage = Usage::DemandeDeCompte;
    let Some(jeton) = jeton::lire(&app.cles, secret, usage) else {
        return Ok(None);
    };
    let jeton::Apercu::Vivant(vu) = jeton::vivant(&app.db, jeton, usage).await? else {
        return Ok(None);
    };
    Ok(sqlx::query_as!(
        AConfirmer,
        r#"select $2::uuid as "jeton!", d.id as "id: DemandeDeCompteId", d.prenom || ' ' || d.nom as "nom_complet!", d.adresse,
                  d.structure_id as "structure_id: StructureId", s.raison_sociale as structure, s.identifiant, d.message
           from demandes_de_compte d join structures s on s.id = d.structure_id
           where d.id = $1 and d.statut = 'a_confirmer'"#,
        vu.utilisateur,
        jeton
    )
    .fetch_optional(&app.db)
    .await?)
}

/// The button of that page: the request is open, and goes to the référents of the périmètre, or to the support. `None`: the
/// link has just been used or replaced. Answers who received it.
///
/// # Errors
/// Those of the database.
pub async fn confirmer(tx: &mut Tx, vue: &AConfirmer) -> Result<Option<String>, Erreur> {
    rattachements::verrouiller(tx, &[vue.structure_id]).await?;
    let usage = Usage::DemandeDeCompte;
    if jeton::consommer(tx, vue.jeton, usage).await?.is_none() {
        return Ok(None);
    }
    let perimetre = routage::pour_la_structure(&mut **tx, vue.structure_id).await?;
    let ouverte = sqlx::query!(
        "update demandes_de_compte set statut = 'ouverte', confirmee_le = maintenant(), perimetre_id = $2
         where id = $1 and statut = 'a_confirmer' and structure_id = $3",
        vue.id.0,
        perimetre.map(|p| p.0),
        vue.structure_id.0
    )
    .execute(&mut **tx)
    .await?;
    if ouverte.rows_affected() == 0 {
        return Ok(None);
    }
    let ligne = historique::noter(
        tx,
        &Systeme::processus(),
        Entree {
            structure: Some(vue.structure_id),
            action: Action::DemandeDeCompteDeposee,
            concerne: None,
            demande: None,
            // Without the name: the line outlives the request.
            details: Details::default(),
        },
    )
    .await?;
    let marque = tx.marque.to_string();
    let qui = routage::qui(tx, perimetre).await?;
    let recue = DemandeDeCompteRecue {
        marque,
        nom_complet: vue.nom_complet.clone(),
        structure: vue.structure.clone(),
        qui: qui.clone(),
    };
    courrier::deposer(tx, ligne, &personne(&vue.adresse), &recue).await?;
    let annonce = Annonce {
        id: vue.id,
        demandeur: &vue.nom_complet,
        adresse: &vue.adresse,
        structure: &vue.structure,
        transmise: None,
        sauf: None,
    };
    annoncer(tx, ligne, perimetre, &annonce).await?;
    Ok(Some(qui))
}

/// A request, as who answers it reads of it.
pub(super) struct Annonce<'a> {
    pub id: DemandeDeCompteId,
    pub demandeur: &'a str,
    pub adresse: &'a str,
    pub structure: &'a str,
    /// By whom, and why; `None`: it is new.
    pub transmise: Option<String>,
    /// Who knows of it already.
    pub sauf: Option<UtilisateurId>,
}

/// To the référents of this périmètre, or to the support.
pub(super) async fn annoncer(
    tx: &mut Tx,
    ligne: Uuid,
    perimetre: Option<PerimetreId>,
    annonce: &Annonce<'_>,
) -> Result<(), Erreur> {
    let (agents, racine) = match perimetre {
        Some(perimetre) => (
            crate::sollicitations::referents(tx, perimetre).await?,
            "/referent",
        ),
        None => (utilisateurs::agents(tx, Equipe::Support).await?, "/support"),
    };
    let marque = tx.marque.to_string();
    let courriers: Vec<_> = agents
        .iter()
        .filter(|agent| Some(agent.id) != annonce.sauf)
        .map(|agent: &Agent| {
            let nouvelle = DemandeDeCompteNouvelle {
                marque: marque.clone(),
                nom_complet: agent.nom_complet.clone(),
                demandeur: annonce.demandeur.to_owned(),
                adresse: annonce.adresse.to_owned(),
                structure: annonce.structure.to_owned(),
                transmise: annonce.transmise.clone(),
                chemin: format!("{racine}/demandes-de-compte/{}", annonce.id),
            };
            (agent.destinataire(), nouvelle)
        })
        .collect();
    if !courriers.is_empty() {
        courrier::deposer_plusieurs(tx, ligne, &courriers).await?;
    }
    Ok(())
}
