//! Deciding a request: one at a time or in bulk, the same rule and the same effects (failure-modes R11).

use std::collections::BTreeSet;

use uuid::Uuid;

use super::annulation;
use super::courriers::{RattachementRefuse, RattachementValide};
use super::effets::{self, Attribution, Gardes};
use super::regle::{self, Decideur, Octroi, Tenu};
use crate::acces::{Connecte, Droits, Gestion, Role, ValiderRattachements};
use crate::courrier::{self, Destinataire};
use crate::db::{DemandeId, RattachementId, ServiceId, StructureId, Temps, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures::Decidee;
pub(super) use crate::structures::deja_traitee as deja;
use crate::web::Erreur;

/// A request under the lock of its structure, with what its author holds there and what its reader holds.
pub(super) struct EnCours {
    pub id: DemandeId,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub personne: UtilisateurId,
    pub nom_complet: String,
    adresse_contact: String,
    compte_ouvert: bool,
    statut: String,
    traitee_par: Option<String>,
    traitee_le: Option<Temps>,
    pub role: Role,
    pub maille_structure: bool,
    pub commentaire: String,
    pub services: Vec<ServiceId>,
    libelles: Vec<String>,
    pub tenu: Tenu,
    pub decideur: Decideur,
    structure_active: bool,
}

/// The requests among `ids` that `lecteur` may see, with their present state, in one statement. The structures must be
/// locked. The rows of the requests and of their authors are locked too: a withdrawal or the closing of an account does
/// not take the lock of the structure, and must not slip between this reading and the writing.
pub(super) async fn charger(
    tx: &mut Tx,
    lecteur: &Connecte,
    ids: &[DemandeId],
) -> Result<Vec<EnCours>, Erreur> {
    let ids: Vec<Uuid> = ids.iter().map(|d| d.0).collect();
    let lignes = sqlx::query!(
        r#"select d.id as "id!: DemandeId", d.structure_id as "structure!: StructureId", s.raison_sociale as "raison_sociale!",
                  u.id as "personne!: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!",
                  u.adresse_contact as "adresse_contact!", u.statut in ('actif', 'en_cours_activation') as "compte_ouvert!",
                  d.statut as "statut!", t.prenom || ' ' || t.nom as "traitee_par?", temps(d.traitee_le) as "traitee_le?: Temps",
                  d.role as "role!: Role", d.maille_structure as "maille_structure!", d.commentaire as "commentaire!",
                  array(select ds.service_id from demande_services ds where ds.demande_id = d.id
                        order by ds.service_id) as "services!: Vec<ServiceId>",
                  array(select sv.libelle from demande_services ds join services sv on sv.id = ds.service_id
                        where ds.demande_id = d.id order by sv.cle_tri) as "libelles!",
                  e.role as "tenu_role?: Role", e.capacites as "tenu_capacites?", e.maille_structure as "tenu_structure?",
                  array(select rs.service_id from rattachement_services rs
                        where rs.rattachement_id = e.id and rs.statut = 'validee') as "tenus!: Vec<ServiceId>",
                  ((e.date_fin at time zone 'Europe/Paris')::date - 1) as tenu_fin,
                  p.role as "mon_role!: Role", p.capacites as "mes_capacites!", p.maille_structure as "ma_maille!",
                  array(select se.service_id from services_effectifs se
                        where se.rattachement_id = p.rattachement_id) as "mes_services!: Vec<ServiceId>",
                  ((p.date_fin at time zone 'Europe/Paris')::date - 1) as ma_fin, aujourdhui() as "aujourd_hui!",
                  p.structure_active as "structure_active!"
           from portees_demandes p
           join demandes_rattachement d on d.id = p.demande_id
           join structures s on s.id = d.structure_id
           join utilisateurs u on u.id = d.utilisateur_id
           left join utilisateurs t on t.id = d.traitee_par
           left join rattachements e on e.structure_id = d.structure_id and e.utilisateur_id = d.utilisateur_id
                and e.statut = 'validee' and (e.date_fin is null or e.date_fin > maintenant())
           where p.gestionnaire_id = $1 and d.id = any ($2)
           order by d.id
           for update of d for share of u"#,
        lecteur.id().0,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| EnCours {
            id: l.id,
            structure: l.structure,
            raison_sociale: l.raison_sociale,
            personne: l.personne,
            nom_complet: l.nom_complet,
            adresse_contact: l.adresse_contact,
            compte_ouvert: l.compte_ouvert,
            statut: l.statut,
            traitee_par: l.traitee_par,
            traitee_le: l.traitee_le,
            role: l.role,
            maille_structure: l.maille_structure,
            commentaire: l.commentaire,
            services: l.services,
            libelles: l.libelles,
            tenu: Tenu {
                role: l.tenu_role,
                capacites: l.tenu_capacites.unwrap_or_default(),
                maille_structure: l.tenu_structure.unwrap_or_default(),
                services: l.tenus,
                fin: l.tenu_fin,
            },
            decideur: Decideur {
                droits: Droits::lire(l.mon_role, &l.mes_capacites, l.ma_maille),
                services: l.mes_services,
                fin: l.ma_fin,
                aujourd_hui: l.aujourd_hui,
            },
            structure_active: l.structure_active,
        })
        .collect())
}

impl EnCours {
    /// Still to be decided, on a structure and for an account that still allow it (failure-modes R8).
    pub(super) fn decidable(&self) -> Result<(), Erreur> {
        if self.statut != "en_cours_de_validation" {
            return Err(Erreur::Conflit(deja(
                &self.statut,
                self.traitee_par.as_deref(),
                self.traitee_le.as_ref(),
            )));
        }
        if !self.structure_active {
            return Err(Erreur::Conflit(
                "Cette structure est désactivée : la demande ne peut plus être traitée.".to_owned(),
            ));
        }
        Ok(())
    }

    /// Where a validation is possible at all: a closed account only leaves the refusal.
    fn validable(&self) -> Result<(), Erreur> {
        self.decidable()?;
        if self.compte_ouvert {
            Ok(())
        } else {
            Err(Erreur::Conflit(
                "Le compte de cette personne n’est plus actif : la demande ne peut qu’être refusée."
                    .to_owned(),
            ))
        }
    }
}

/// What a validation is going to write: said by a preview, done by the act.
pub(super) struct Jugee {
    pub attribution: Attribution,
    gardes: Gardes,
}

impl EnCours {
    /// Every reason to refuse this validation; nothing has been written yet.
    pub(super) fn juger(
        &self,
        octroi: &Octroi,
        actifs: &BTreeSet<ServiceId>,
    ) -> Result<Jugee, Erreur> {
        self.validable()?;
        if self.tenu.role == Some(Role::Gp) {
            return Err(effets::gp_intouchable());
        }
        self.decideur.controler(&self.tenu, octroi, actifs)?;
        Ok(Jugee {
            attribution: self.decideur.attribution(&self.tenu, octroi),
            gardes: self.decideur.gardes(&self.tenu, octroi, actifs),
        })
    }

    /// What was asked, in words.
    pub(super) fn objet(&self) -> String {
        if self.maille_structure {
            "Toute la structure".to_owned()
        } else {
            self.libelles.join(", ")
        }
    }
}

/// Active services of these structures.
pub(super) async fn services_actifs(
    tx: &mut Tx,
    structures: &[StructureId],
) -> Result<BTreeSet<ServiceId>, Erreur> {
    let structures: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    let actifs = sqlx::query_scalar!(
        r#"select id as "id!: ServiceId" from services_actifs where structure_id = any ($1)"#,
        &structures
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(actifs.into_iter().collect())
}

/// Loads one request of the structure of the proof, or 404.
async fn une(
    tx: &mut Tx,
    gestion: &Gestion<ValiderRattachements>,
    id: DemandeId,
) -> Result<EnCours, Erreur> {
    let structure = gestion.structure().id;
    effets::verrouiller(tx, &[structure]).await?;
    let lue = charger(tx, gestion, &[id]).await?.into_iter().next();
    lue.filter(|d| d.structure == structure)
        .ok_or(Erreur::Introuvable)
}

/// « Valider » (seed 001 §2): the right, its services, its default espaces, the historique, the mail: one transaction.
pub async fn valider(
    tx: &mut Tx,
    gestion: &Gestion<ValiderRattachements>,
    id: DemandeId,
    octroi: &Octroi,
) -> Result<Decidee, Erreur> {
    let demande = une(tx, gestion, id).await?;
    let actifs = services_actifs(tx, &[demande.structure]).await?;
    let acte = annulation::ouvrir(tx, gestion, &[id]).await?;
    let entree = appliquer_validation(tx, gestion, &demande, octroi, &actifs).await?;
    annulation::clore(tx, acte, &[id]).await?;
    historique::noter(tx, &***gestion, entree).await?;
    Ok(Decidee {
        acte,
        demandeur: demande.nom_complet,
    })
}

/// « Refuser »: the motif is mandatory; services already validated stay as they are (spec §13).
pub async fn refuser(
    tx: &mut Tx,
    gestion: &Gestion<ValiderRattachements>,
    id: DemandeId,
    motif: &str,
) -> Result<Decidee, Erreur> {
    let demande = une(tx, gestion, id).await?;
    let acte = annulation::ouvrir(tx, gestion, &[id]).await?;
    let entree = appliquer_refus(tx, gestion, &demande, motif).await?;
    annulation::clore(tx, acte, &[id]).await?;
    historique::noter(tx, &***gestion, entree).await?;
    Ok(Decidee {
        acte,
        demandeur: demande.nom_complet,
    })
}

/// The guarded update: decided once, a second click changes nothing.
async fn trancher(
    tx: &mut Tx,
    demande: &EnCours,
    statut: &str,
    par: &Connecte,
    motif: Option<&str>,
    rattachement: Option<RattachementId>,
) -> Result<(), Erreur> {
    let change = sqlx::query!(
        "update demandes_rattachement set statut = $2, traitee_le = maintenant(), traitee_par = $3, motif = $4,
           rattachement_id = $5
         where id = $1 and statut = 'en_cours_de_validation'",
        demande.id.0,
        statut,
        par.id().0,
        motif,
        rattachement.map(Uuid::from)
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
    actifs: &BTreeSet<ServiceId>,
) -> Result<Entree, Erreur> {
    let Jugee {
        attribution,
        gardes,
    } = demande.juger(octroi, actifs)?;
    let rattache = effets::attacher_en_gardant(
        tx,
        demande.structure,
        demande.personne,
        &attribution,
        &gardes,
    )
    .await?;
    trancher(tx, demande, "validee", par, None, Some(rattache.id)).await?;
    let accordes = sqlx::query_scalar!(
        "with lignes as (
           update demande_services ds set statut =
             case when $3 or ds.service_id = any ($2) then 'accordee' else 'ecartee' end
           where ds.demande_id = $1)
         select libelle from services where id = any ($2) order by cle_tri",
        demande.id.0,
        &attribution.services.iter().map(|s| s.0).collect::<Vec<_>>(),
        attribution.maille_structure
    )
    .fetch_all(&mut **tx)
    .await?;
    let perimetre = if octroi.maille_structure {
        "toute la structure".to_owned()
    } else {
        accordes.join(", ")
    };
    let courrier = RattachementValide {
        marque: tx.marque.to_string(),
        nom_complet: demande.nom_complet.clone(),
        structure: demande.raison_sociale.clone(),
        role: octroi.role.libelle(),
        perimetre: perimetre.clone(),
        par: par.personne().nom_complet(),
    };
    courrier::deposer(tx, demande.id.0, &destinataire(demande), &courrier).await?;
    let avant = if demande.maille_structure {
        "toute la structure".to_owned()
    } else {
        demande.libelles.join(", ")
    };
    let mut changements = vec![
        Changement::new("Rôle", demande.role.libelle(), octroi.role.libelle()),
        Changement::new("Services", avant, perimetre),
    ];
    if octroi.fin.is_some() {
        let periode = regle::periode(octroi.debut, octroi.fin);
        changements.push(Changement::new("Période", "", periode));
    }
    Ok(Entree {
        structure: Some(demande.structure),
        action: Action::DemandeValidee,
        concerne: Some(demande.personne),
        demande: Some(demande.id),
        details: Details {
            acteur: par.personne().nom_complet(),
            concerne: demande.nom_complet.clone(),
            commentaire: octroi.commentaire.clone(),
            changements,
            ..Details::default()
        },
    })
}

pub(super) async fn appliquer_refus(
    tx: &mut Tx,
    par: &Connecte,
    demande: &EnCours,
    motif: &str,
) -> Result<Entree, Erreur> {
    demande.decidable()?;
    trancher(tx, demande, "refusee", par, Some(motif), None).await?;
    sqlx::query!(
        "update demande_services set statut = 'ecartee' where demande_id = $1",
        demande.id.0
    )
    .execute(&mut **tx)
    .await?;
    let courrier = RattachementRefuse {
        marque: tx.marque.to_string(),
        nom_complet: demande.nom_complet.clone(),
        structure: demande.raison_sociale.clone(),
        motif: motif.to_owned(),
        par: par.personne().nom_complet(),
    };
    courrier::deposer(tx, demande.id.0, &destinataire(demande), &courrier).await?;
    Ok(Entree {
        structure: Some(demande.structure),
        action: Action::DemandeRefusee,
        concerne: Some(demande.personne),
        demande: Some(demande.id),
        details: Details {
            acteur: par.personne().nom_complet(),
            concerne: demande.nom_complet.clone(),
            commentaire: demande.commentaire.clone(),
            motif: motif.to_owned(),
            ..Details::default()
        },
    })
}

fn destinataire(demande: &EnCours) -> Destinataire {
    Destinataire {
        utilisateur: Some(demande.personne.0),
        adresse: demande.adresse_contact.clone(),
    }
}
