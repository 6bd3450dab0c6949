//! Deciding a request: one at a time or in bulk, the same rule and the same effects (failure-modes R11).

use uuid::Uuid;

use super::courriers::{AbonnementOuvert, AbonnementRefuse, AbonnementValide};
use super::droit::{Droit, Etendue, Octroi};
use super::lignes::{self, LigneVue, pour_l_historique};
use super::parametrage::{self, Reglage};
use crate::acces::{Capacite, Connecte, Droits, Gestion, Role, ValiderAbonnements};
use crate::courrier::{Joignable, prevenir};
use crate::db::{
    DemandeAbonnementId, RattachementId, ServiceId, StructureId, Temps, Tx, UtilisateurId,
};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures;
use crate::web::{Erreur, Erreurs};

/// A request under the lock of its structure, with what its author and its reader hold there.
pub(super) struct EnCours {
    pub id: DemandeAbonnementId,
    pub structure: StructureId,
    pub raison_sociale: String,
    auteur: Joignable,
    compte_ouvert: bool,
    /// Of the author: validated and not ended.
    rattachement: Option<RattachementId>,
    statut: String,
    traitee_par: Option<String>,
    traitee_le: Option<Temps>,
    pub lignes: Vec<LigneVue>,
    decideur: Droits,
    /// Of a decider limited to services.
    ses_services: Vec<ServiceId>,
    structure_active: bool,
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
            id: l.id,
            structure: l.structure,
            raison_sociale: l.raison_sociale,
            auteur: Joignable {
                id: l.personne,
                nom_complet: l.nom_complet,
                adresse: l.adresse,
            },
            compte_ouvert: l.compte_ouvert,
            rattachement: l.rattachement,
            statut: l.statut,
            traitee_par: l.traitee_par,
            traitee_le: l.traitee_le,
            decideur: Droits::lire(l.mon_role, &l.mes_capacites, l.ma_maille),
            ses_services: l.mes_services,
            structure_active: l.structure_active,
        })
        .collect())
}

impl EnCours {
    pub fn demandeur(&self) -> &str {
        &self.auteur.nom_complet
    }

    /// What was asked, as asked, for the author alone.
    pub fn telle_que_demandee(&self) -> Octroi {
        let ouvertes = self.lignes.iter().filter(|l| l.statut == "demandee");
        Octroi {
            droits: ouvertes.map(|l| (l.id, l.droit)).collect(),
            etendue: Etendue::Utilisateur,
            commentaire: None,
        }
    }

    /// Still to be decided, on a structure that allows it (failure-modes R8).
    fn decidable(&self) -> Result<(), Erreur> {
        if self.statut != "en_cours_de_validation" {
            return Err(Erreur::Conflit(structures::deja_traitee(
                &self.statut,
                self.traitee_par.as_deref(),
                self.traitee_le.as_ref(),
            )));
        }
        if !self.structure_active {
            return Err(Erreur::Conflit(
                "Cette structure est désactivée : la demande ne peut plus être traitée.".to_owned(),
            ));
        }
        Ok(())
    }

    /// Where a validation is possible at all; the rattachement that receives the espaces.
    fn validable(&self) -> Result<RattachementId, Erreur> {
        self.decidable()?;
        match self.rattachement {
            Some(rattachement) if self.compte_ouvert => Ok(rattachement),
            _ => Err(Erreur::Conflit(
                "Cette personne n’est plus rattachée à la structure : la demande ne peut qu’être refusée."
                    .to_owned(),
            )),
        }
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
                        "Le rattachement de cette personne ne couvre plus la ligne « {} » : décochez-la.",
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
                    "Il vous manque le droit de gérer la structure à cette étendue : choisissez « seulement à l’utilisateur ».",
                );
            }
        }
        erreurs.verdict()
    }
}

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
) -> Result<String, Erreur> {
    let demande = une(tx, gestion, id).await?;
    let entrees = appliquer_validation(tx, gestion, &demande, octroi).await?;
    historique::noter_plusieurs(tx, &***gestion, entrees).await?;
    Ok(demande.auteur.nom_complet)
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
) -> Result<String, Erreur> {
    let demande = une(tx, gestion, id).await?;
    let entrees = appliquer_refus(tx, gestion, &demande, motif).await?;
    historique::noter_plusieurs(tx, &***gestion, entrees).await?;
    Ok(demande.auteur.nom_complet)
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
    let rattachement = demande.validable()?;
    demande.controler(octroi)?;
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
