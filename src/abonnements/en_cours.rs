//! A request under the lock of its structure: what it asks, what its author and its reader hold, and the rule.

use std::collections::BTreeSet;
use std::ops::Deref;

use uuid::Uuid;

use super::droit::{Etendue, Octroi};
use super::lignes::{self, LigneVue};
use crate::acces::{Capacite, Connecte, Droits, Role};
use crate::courrier::Joignable;
use crate::db::{
    DemandeAbonnementId, RattachementId, ServiceId, StructureId, Temps, Tx, UtilisateurId,
};
use crate::decisions::Demande;
use crate::web::{Erreur, Erreurs};

/// A request under the lock of its structure, with what its author and its reader hold there.
pub struct EnCours {
    demande: Demande<DemandeAbonnementId>,
    /// Of the author: validated and not ended.
    rattachement: Option<RattachementId>,
    pub(super) lignes: Vec<LigneVue>,
    decideur: Droits,
    /// Of a decider limited to services.
    ses_services: Vec<ServiceId>,
}

impl Deref for EnCours {
    type Target = Demande<DemandeAbonnementId>;

    fn deref(&self) -> &Demande<DemandeAbonnementId> {
        &self.demande
    }
}

/// The requests among `ids` that `lecteur` may see, with their present state, in two statements. The structures must be
/// locked; the rows of the requests and of their authors are locked too.
pub(super) async fn charger(
    tx: &mut Tx,
    lecteur: &Connecte,
    ids: &[DemandeAbonnementId],
) -> Result<Vec<EnCours>, Erreur> {
    let mut lignes = lignes::charger(tx, ids).await?;
    let ids: Vec<Uuid> = ids.iter().map(|d| d.0).collect();
    let lues = sqlx::query!(
        r#"select d.id as "id!: DemandeAbonnementId", d.structure_id as "structure!: StructureId",
                  s.raison_sociale as "raison_sociale!", u.id as "personne!: UtilisateurId",
                  u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as "adresse!", u.statut = 'actif' as "compte_ouvert!",
                  (select r.id from rattachements r
                   where r.structure_id = d.structure_id and r.utilisateur_id = d.utilisateur_id and r.statut = 'validee'
                     and (r.date_fin is null or r.date_fin > maintenant())) as "rattachement?: RattachementId",
                  d.statut as "statut!", t.prenom || ' ' || t.nom as "traitee_par?", temps(d.traitee_le) as "traitee_le?: Temps",
                  p.role as "mon_role!: Role", p.capacites as "mes_capacites!", p.maille_structure as "ma_maille!",
                  array(select se.service_id from services_effectifs se
                        where se.rattachement_id = p.rattachement_id) as "mes_services!: Vec<ServiceId>",
                  p.structure_active as "structure_active!"
           from portees_abonnements p
           join demandes_abonnement d on d.id = p.demande_id
           join structures s on s.id = d.structure_id
           join utilisateurs u on u.id = d.utilisateur_id
           left join utilisateurs t on t.id = d.traitee_par
           where p.gestionnaire_id = $1 and d.id = any ($2)
           order by d.id
           for update of d for share of u"#,
        lecteur.id().0,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(lues
        .into_iter()
        .map(|l| EnCours {
            lignes: lignes.remove(&l.id).unwrap_or_default(),
            demande: Demande {
                id: l.id,
                structure: l.structure,
                raison_sociale: l.raison_sociale,
                structure_active: l.structure_active,
                auteur: Joignable {
                    id: l.personne,
                    nom_complet: l.nom_complet,
                    adresse: l.adresse,
                },
                compte_ouvert: l.compte_ouvert,
                statut: l.statut,
                traitee_par: l.traitee_par,
                traitee_le: l.traitee_le,
            },
            rattachement: l.rattachement,
            decideur: Droits::lire(l.mon_role, &l.mes_capacites, l.ma_maille),
            ses_services: l.mes_services,
        })
        .collect())
}

impl EnCours {
    /// What was asked, as asked, for the author alone.
    pub(super) fn telle_que_demandee(&self) -> Octroi {
        let ouvertes = self.lignes.iter().filter(|l| l.statut == "demandee");
        Octroi {
            droits: ouvertes.map(|l| (l.id, l.droit)).collect(),
            etendue: Etendue::Utilisateur,
            commentaire: None,
        }
    }

    /// Where a validation is possible at all; the rattachement that receives the espaces.
    fn validable(&self) -> Result<RattachementId, Erreur> {
        self.decidable()?;
        match self.rattachement {
            Some(rattachement) if self.compte_ouvert => Ok(rattachement),
            _ => Err(Erreur::Conflit(
                "Cette personne n’est plus rattachée à la structure : la demande ne peut qu’être refusée."
                    .to_owned(),
            )),
        }
    }

    /// Every reason to refuse this validation; nothing has been written yet.
    pub(super) fn juger(&self, octroi: &Octroi) -> Result<RattachementId, Erreur> {
        let rattachement = self.validable()?;
        self.controler(octroi)?;
        Ok(rattachement)
    }

    /// Names of the espaces asked, each once.
    pub(super) fn objet(&self) -> String {
        let mut vus = BTreeSet::new();
        let noms = self.lignes.iter().map(|l| l.espace_nom.as_str());
        let uniques: Vec<&str> = noms.filter(|n| vus.insert(*n)).collect();
        uniques.join(", ")
    }

    fn couvre(&self, service: Option<ServiceId>) -> bool {
        self.decideur.maille_structure || service.is_some_and(|s| self.ses_services.contains(&s))
    }

    /// Every sentence the screen may show at a field; nothing has been written yet.
    fn controler(&self, octroi: &Octroi) -> Result<(), Erreurs> {
        let mut erreurs = Erreurs::default();
        let ouvertes: Vec<&LigneVue> = self
            .lignes
            .iter()
            .filter(|l| l.statut == "demandee")
            .collect();
        if octroi.droits.is_empty() {
            erreurs.ajouter(
                "lignes",
                "Cochez au moins un droit, ou refusez la demande avec un motif.",
            );
        }
        for id in octroi.droits.keys() {
            match ouvertes.iter().find(|l| l.id == *id) {
                None => erreurs.ajouter(
                    "lignes",
                    "Une des lignes cochées n’est plus dans la demande. Rechargez la page.",
                ),
                Some(ligne) if !ligne.tenable => erreurs.ajouter(
                    "lignes",
                    &format!(
                        "Le rattachement de cette personne ne couvre plus la ligne « {} » : décochez-la.",
                        ligne.en_mots(ligne.droit)
                    ),
                ),
                Some(_) => {}
            }
        }
        if octroi.etendue != Etendue::Utilisateur {
            let accordees = ouvertes
                .iter()
                .filter(|l| octroi.droits.contains_key(&l.id));
            let couvertes = match octroi.etendue {
                Etendue::Structure => self.decideur.maille_structure,
                _ => accordees.clone().all(|l| self.couvre(l.service)),
            };
            if !self.decideur.a(Capacite::GererStructure) || !couvertes {
                erreurs.ajouter(
                    "etendue",
                    "Il vous manque le droit de gérer la structure à cette étendue : choisissez « seulement à l’utilisateur ».",
                );
            }
        }
        erreurs.verdict()
    }
}
