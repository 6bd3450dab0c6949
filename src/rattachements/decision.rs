//! Demandes de rattachement as a kind of request: what `decisions` asks of its kinds.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::annulation;
use super::courriers::{RattachementRefuse, RattachementValide};
use super::effets::{self, Attachement, Rattache};
use super::en_cours::{self, EnCours, Jugee};
use super::regle::{self, Octroi};
use crate::acces::{Connecte, ValiderRattachements};
use crate::courrier;
use crate::db::{DemandeId, Tx};
use crate::decisions::{self, Decidable, Prise};
use crate::historique::{Action, Changement, Details, Entree};
use crate::web::Erreur;

/// The kind of request of block A (seed 001 §1 to §3).
pub struct Demandes;

type Validation<'a> = decisions::Validation<'a, Demandes>;

impl Decidable for Demandes {
    type Id = DemandeId;
    type Capacite = ValiderRattachements;
    type EnCours = EnCours;
    type Octroi = Octroi;
    type Jugee = Jugee;

    const DEMANDE: &'static str = "Demande de rattachement";

    fn id(brut: Uuid) -> DemandeId {
        DemandeId(brut)
    }

    async fn charger(
        tx: &mut Tx,
        lecteur: &Connecte,
        ids: &[DemandeId],
    ) -> Result<Vec<EnCours>, Erreur> {
        en_cours::charger(tx, lecteur, ids).await
    }

    fn objet(demande: &EnCours) -> String {
        demande.objet()
    }

    fn tel_que_demande(demande: &EnCours, par: &Connecte) -> Octroi {
        demande.tel_que_demande(par)
    }

    fn large(_: &Octroi) -> bool {
        false
    }

    fn juger(demande: &EnCours, octroi: &Octroi) -> Result<Jugee, Erreur> {
        demande.juger(octroi)
    }

    async fn annoncer(tx: &mut Tx, validations: &[Validation<'_>]) -> Result<Vec<String>, Erreur> {
        en_mots(tx, validations).await
    }

    /// « Valider » (seed 001 §2): the right, its services, its default espaces, the mail.
    async fn valider(
        tx: &mut Tx,
        par: &Connecte,
        validations: &[Validation<'_>],
    ) -> Result<Vec<Entree>, Erreur> {
        let attachements: Vec<_> = validations
            .iter()
            .map(|v| Attachement {
                structure: v.demande.structure,
                personne: v.demande.auteur.id,
                attribution: &v.jugee.attribution,
                gardes: &v.jugee.gardes,
            })
            .collect();
        let rattaches = effets::attacher_plusieurs(tx, &attachements).await?;
        let accordes = accorder(tx, par, validations, &rattaches).await?;
        let marque = tx.marque.to_string();
        let (mut courriers, mut entrees) = (Vec::new(), Vec::new());
        for v in validations {
            let perimetre = if v.octroi.maille_structure {
                "toute la structure".to_owned()
            } else {
                accordes.get(&v.demande.id).cloned().unwrap_or_default()
            };
            let courrier = RattachementValide {
                marque: marque.clone(),
                nom_complet: v.demande.auteur.nom_complet.clone(),
                structure: v.demande.raison_sociale.clone(),
                role: v.octroi.role.libelle(),
                perimetre: perimetre.clone(),
                par: par.personne().nom_complet(),
            };
            courriers.push((v.demande.id.0, &v.demande.auteur, courrier));
            entrees.push(entree_validee(v, perimetre, par));
        }
        courrier::prevenir_chacun(tx, courriers).await?;
        Ok(entrees)
    }

    /// « Refuser »: services already validated stay as they are (spec §13).
    async fn refuser(
        tx: &mut Tx,
        par: &Connecte,
        demandes: &[&EnCours],
        motif: &str,
    ) -> Result<Vec<Entree>, Erreur> {
        ecarter(tx, par, demandes, motif).await?;
        let marque = tx.marque.to_string();
        let courriers = demandes.iter().map(|d| {
            let courrier = RattachementRefuse {
                marque: marque.clone(),
                nom_complet: d.auteur.nom_complet.clone(),
                structure: d.raison_sociale.clone(),
                motif: motif.to_owned(),
                par: par.personne().nom_complet(),
            };
            (d.id.0, &d.auteur, courrier)
        });
        courrier::prevenir_chacun(tx, courriers.collect()).await?;
        let entrees = demandes.iter().map(|d| {
            let details = Details {
                commentaire: d.commentaire.clone(),
                motif: motif.to_owned(),
                ..details(d, par)
            };
            entree(Action::DemandeRefusee, d, details)
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

    async fn restaurer(tx: &mut Tx, _: &Connecte, prises: &[&Prise]) -> Result<(), Erreur> {
        annulation::restaurer(tx, prises).await
    }

    async fn rouvrir(
        tx: &mut Tx,
        par: &Connecte,
        prises: &[(&Prise, DemandeId)],
    ) -> Result<(), Erreur> {
        annulation::rouvrir(tx, par, prises).await
    }
}

fn details(demande: &EnCours, par: &Connecte) -> Details {
    Details {
        acteur: par.personne().nom_complet(),
        concerne: demande.auteur.nom_complet.clone(),
        ..Details::default()
    }
}

fn entree(action: Action, demande: &EnCours, details: Details) -> Entree {
    Entree {
        structure: Some(demande.structure),
        action,
        concerne: Some(demande.auteur.id),
        demande: Some(demande.id),
        details,
    }
}

/// « Validée »: asked → granted.
fn entree_validee(v: &Validation<'_>, perimetre: String, par: &Connecte) -> Entree {
    let (demande, octroi) = (v.demande, &v.octroi);
    let demandes = if demande.maille_structure {
        "toute la structure".to_owned()
    } else {
        demande.objet()
    };
    let mut changements = vec![
        Changement::new("Rôle", demande.role.libelle(), octroi.role.libelle()),
        Changement::new("Services", demandes, perimetre),
    ];
    if octroi.fin.is_some() {
        let periode = regle::periode(octroi.debut, octroi.fin);
        changements.push(Changement::new("Période", "", periode));
    }
    let details = Details {
        commentaire: octroi.commentaire.clone(),
        changements,
        ..details(demande, par)
    };
    entree(Action::DemandeValidee, demande, details)
}

/// The guarded update of the validations: each decided once. Answers the names of the services granted.
async fn accorder(
    tx: &mut Tx,
    par: &Connecte,
    validations: &[Validation<'_>],
    rattaches: &[Rattache],
) -> Result<BTreeMap<DemandeId, String>, Erreur> {
    let accordes = validations.iter().flat_map(|v| {
        let services = &v.jugee.attribution.services;
        services.iter().map(|s| (v.demande.id.0, s.0))
    });
    let (demandes, services): (Vec<Uuid>, Vec<Uuid>) = accordes.unzip();
    let faites = sqlx::query!(
        r#"with accordes as (select * from unnest($5::uuid[], $6::uuid[]) as x (demande, service)),
           tranchees as (
             update demandes_rattachement set statut = 'validee', traitee_le = maintenant(), traitee_par = $1,
               rattachement_id = c.rattachement
             from unnest($2::uuid[], $3::uuid[], $4::bool[]) as c (id, rattachement, maille)
             where demandes_rattachement.id = c.id and demandes_rattachement.statut = 'en_cours_de_validation'
             returning demandes_rattachement.id, c.maille),
           lignes as (
             update demande_services ds set statut =
               case when t.maille or exists (select from accordes x where x.demande = t.id and x.service = ds.service_id)
                    then 'accordee' else 'ecartee' end
             from tranchees t where ds.demande_id = t.id)
           select t.id as "id: DemandeId",
                  array(select v.libelle from accordes x join services v on v.id = x.service
                        where x.demande = t.id order by v.cle_tri) as "accordes!"
           from tranchees t"#,
        par.id().0,
        &validations.iter().map(|v| v.demande.id.0).collect::<Vec<_>>(),
        &rattaches.iter().map(|r| r.id.0).collect::<Vec<_>>(),
        &validations.iter().map(|v| v.octroi.maille_structure).collect::<Vec<_>>(),
        &demandes,
        &services
    )
    .fetch_all(&mut **tx)
    .await?;
    decisions::tranchees(validations.len(), faites.len())?;
    let noms = faites.into_iter().map(|f| (f.id, f.accordes.join(", ")));
    Ok(noms.collect())
}

/// The same of the refusals.
async fn ecarter(
    tx: &mut Tx,
    par: &Connecte,
    demandes: &[&EnCours],
    motif: &str,
) -> Result<(), Erreur> {
    let faites = sqlx::query!(
        "with tranchees as (
           update demandes_rattachement set statut = 'refusee', traitee_le = maintenant(), traitee_par = $2, motif = $3
           where id = any ($1) and statut = 'en_cours_de_validation' returning id),
         lignes as (
           update demande_services ds set statut = 'ecartee' from tranchees t where ds.demande_id = t.id)
         select id from tranchees",
        &demandes.iter().map(|d| d.id.0).collect::<Vec<_>>(),
        par.id().0,
        motif
    )
    .fetch_all(&mut **tx)
    .await?;
    decisions::tranchees(demandes.len(), faites.len())
}

/// « Utilisateur simple sur Service achats ; espaces : Factures émises », in one statement for all.
async fn en_mots(tx: &mut Tx, validations: &[Validation<'_>]) -> Result<Vec<String>, Erreur> {
    let services = validations.iter().flat_map(|v| {
        let services = &v.jugee.attribution.services;
        services.iter().map(|s| (v.demande.id.0, s.0))
    });
    let (demandes, services): (Vec<Uuid>, Vec<Uuid>) = services.unzip();
    let attributions = || validations.iter().map(|v| &v.jugee.attribution);
    let lues = sqlx::query!(
        r#"with siens as (select * from unnest($5::uuid[], $6::uuid[]) as x (demande, service))
           select array(select v.libelle from siens x join services v on v.id = x.service
                        where x.demande = o.demande order by v.cle_tri) as "services!",
                  espaces_ouverts(o.structure, o.role, o.maille,
                                  array(select x.service from siens x where x.demande = o.demande)) as "espaces!"
           from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bool[]) with ordinality as o (demande, structure, role, maille, rang)
           order by o.rang"#,
        &validations.iter().map(|v| v.demande.id.0).collect::<Vec<_>>(),
        &validations.iter().map(|v| v.demande.structure.0).collect::<Vec<_>>(),
        &attributions().map(|a| a.role.code().to_owned()).collect::<Vec<_>>(),
        &attributions().map(|a| a.maille_structure).collect::<Vec<_>>(),
        &demandes,
        &services
    )
    .fetch_all(&mut **tx)
    .await?;
    let mots = attributions().zip(lues).map(|(attribution, l)| {
        let perimetre = if attribution.maille_structure {
            "toute la structure".to_owned()
        } else {
            l.services.join(", ")
        };
        let espaces = if l.espaces.is_empty() {
            "aucun espace".to_owned()
        } else {
            format!("espaces\u{202F}: {}", l.espaces.join(", "))
        };
        format!(
            "{} sur {perimetre}\u{202F}; {espaces}",
            attribution.role.libelle()
        )
    });
    Ok(mots.collect())
}
