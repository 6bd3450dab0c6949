//! Writing an act on users: rights, historique and mails, each in as many statements for five hundred as for one.

use uuid::Uuid;

use super::actes::{Acte, Cible};
use crate::abonnements;
use crate::acces::Role;
use crate::courrier::{self, Courrier};
use crate::db::{RattachementId, Tx};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::rattachements::Statut;
use crate::rattachements::courriers::RattachementSupprime;
use crate::rattachements::courriers_membres::{
    RattachementDesactive, RattachementModifie, RattachementReactive,
};
use crate::rattachements::donneur::Donneur;
use crate::rattachements::effets::{self, Cause};
use crate::rattachements::statuts;
use crate::utilisateurs;
use crate::web::Erreur;

/// How much of what he holds the act touches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ampleur {
    /// Nothing yet but the promise of it.
    Promesse,
    Entier,
    /// The services within reach only: the rest of the rattachement is somebody else's (decisions 12).
    Services,
}

/// What the act does to one user.
struct Effet<'a> {
    cible: &'a Cible,
    ampleur: Ampleur,
    action: Action,
    changement: Changement,
}

/// Does `acte` to these users, whom nothing keeps from it. The structure must be locked.
pub(super) async fn ecrire(
    tx: &mut Tx,
    donneur: &Donneur,
    auteur: Auteur,
    acte: Acte,
    cibles: &[&Cible],
) -> Result<(), Erreur> {
    if cibles.is_empty() {
        return Ok(());
    }
    let effets: Vec<_> = cibles.iter().map(|c| Effet::de(acte, c)).collect();
    oublier_les_promesses(tx, &effets).await?;
    changer_les_rattachements(tx, acte, &effets).await?;
    changer_les_services(tx, acte, &effets).await?;
    let entrees = effets.iter().map(|e| e.entree(donneur));
    let evenements = historique::noter_plusieurs(tx, auteur, entrees.collect()).await?;
    prevenir(tx, donneur, acte, &effets, &evenements).await
}

impl<'a> Effet<'a> {
    fn de(acte: Acte, cible: &'a Cible) -> Self {
        let ampleur = if cible.promesse {
            Ampleur::Promesse
        } else if cible.en_entier(acte) {
            Ampleur::Entier
        } else {
            Ampleur::Services
        };
        let (action, changement) = match ampleur {
            Ampleur::Promesse => {
                let avant = Statut::EnCoursActivation.libelle();
                let changement = Changement::new("Rattachement prévu", avant, "Supprimé");
                (Action::RattachementSupprime, changement)
            }
            Ampleur::Entier => entier(acte, cible),
            Ampleur::Services => (Action::RattachementModifie, services(acte, cible)),
        };
        Self {
            cible,
            ampleur,
            action,
            changement,
        }
    }

    fn entree(&self, donneur: &Donneur) -> Entree {
        let perimetre = self.cible.perimetre();
        Entree {
            structure: Some(donneur.structure),
            action: self.action,
            concerne: Some(self.cible.qui.id),
            demande: None,
            details: Details {
                acteur: donneur.nom.clone(),
                concerne: self.cible.qui.nom_complet.clone(),
                changements: vec![
                    self.changement.clone(),
                    Changement::new("Périmètre", perimetre.clone(), perimetre),
                ],
                ..Details::default()
            },
        }
    }
}

fn entier(acte: Acte, cible: &Cible) -> (Action, Changement) {
    let (action, apres) = match acte {
        Acte::Desactiver => (Action::RattachementDesactive, "Désactivé"),
        Acte::Reactiver => (Action::RattachementReactive, "Validé"),
        Acte::Supprimer => (Action::RattachementSupprime, "Supprimé"),
    };
    let avant = if acte == Acte::Desactiver && cible.statut == Statut::Desactive {
        "Désactivé avec le compte"
    } else {
        cible.statut.libelle()
    };
    (
        action,
        Changement::new("Statut du rattachement", avant, apres),
    )
}

fn services(acte: Acte, cible: &Cible) -> Changement {
    let (avant, apres) = match acte {
        Acte::Desactiver => ("Validé", "Désactivé"),
        Acte::Reactiver => ("Désactivé", "Validé"),
        Acte::Supprimer => ("Validé", "Supprimé"),
    };
    let perimetre = cible.perimetre();
    Changement::new(
        "Services",
        format!("{perimetre} ({avant})"),
        format!("{perimetre} ({apres})"),
    )
}

/// Those whom the act touches this much.
fn touches<'e>(effets: &'e [Effet<'_>], ampleur: Ampleur) -> impl Iterator<Item = &'e Cible> {
    let touches = effets.iter().filter(move |e| e.ampleur == ampleur);
    touches.map(|e| e.cible)
}

async fn oublier_les_promesses(tx: &mut Tx, effets: &[Effet<'_>]) -> Result<(), Erreur> {
    let ids: Vec<Uuid> = touches(effets, Ampleur::Promesse).map(|c| c.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!("delete from inscriptions where id = any ($1)", &ids)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn changer_les_rattachements(
    tx: &mut Tx,
    acte: Acte,
    effets: &[Effet<'_>],
) -> Result<(), Erreur> {
    let arret = match acte {
        Acte::Desactiver => Some(Cause::Gestionnaire),
        Acte::Reactiver => None,
        Acte::Supprimer => Some(Cause::Depart),
    };
    let entiers = || touches(effets, Ampleur::Entier);
    if acte == Acte::Reactiver {
        // They managed it in a former life: the role comes by a transfer only.
        let anciens = entiers().filter(|c| c.role == Role::Gp);
        let anciens: Vec<_> = anciens.map(|c| RattachementId(c.id)).collect();
        effets::changer_roles(tx, &anciens, Role::Us).await?;
    }
    let changements: Vec<_> = entiers().map(|c| (RattachementId(c.id), arret)).collect();
    statuts::changer_statuts(tx, &changements).await?;
    if acte == Acte::Reactiver {
        let revenus: Vec<_> = changements.iter().map(|(id, _)| *id).collect();
        abonnements::recalculer_plusieurs(tx, &revenus).await?;
    }
    Ok(())
}

async fn changer_les_services(tx: &mut Tx, acte: Acte, effets: &[Effet<'_>]) -> Result<(), Erreur> {
    let (mut rattachements, mut services) = (Vec::new(), Vec::new());
    let mut touchees = Vec::new();
    for cible in touches(effets, Ampleur::Services) {
        touchees.push(RattachementId(cible.id));
        let siens: Vec<_> = match acte {
            Acte::Desactiver => cible.valides.iter().collect(),
            Acte::Reactiver => cible.arretes().collect(),
            Acte::Supprimer => cible.services.iter().collect(),
        };
        for service in siens {
            rattachements.push(cible.id);
            services.push(service.0);
        }
    }
    if touchees.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "with lignes as materialized (
           select * from unnest($1::uuid[], $2::uuid[]) as l (rattachement, service)),
         dates as (update rattachements set modifie_le = maintenant() where id in (select rattachement from lignes)),
         quittees as (
           delete from rattachement_services rs using lignes l
           where $3 = 'supprimer' and rs.rattachement_id = l.rattachement and rs.service_id = l.service)
         update rattachement_services rs set statut = case $3 when 'reactiver' then 'validee' else 'desactivee' end
         from lignes l
         where $3 <> 'supprimer' and rs.rattachement_id = l.rattachement and rs.service_id = l.service",
        &rattachements,
        &services,
        acte.code()
    )
    .execute(&mut **tx)
    .await?;
    abonnements::recalculer_plusieurs(tx, &touchees).await
}

/// One mail to each, about his line of the historique; nothing is written to a closed account.
async fn prevenir(
    tx: &mut Tx,
    donneur: &Donneur,
    acte: Acte,
    effets: &[Effet<'_>],
    evenements: &[Uuid],
) -> Result<(), Erreur> {
    let marque = tx.marque.to_string();
    let (structure, par) = (&donneur.raison_sociale, &donneur.nom);
    let avertis = || {
        let tous = effets.iter().zip(evenements);
        tous.filter(|(e, _)| e.cible.compte != utilisateurs::Statut::Clos)
    };
    let entiers = || avertis().filter(|(e, _)| e.ampleur == Ampleur::Entier);
    let partiels = avertis().filter(|(e, _)| e.ampleur == Ampleur::Services);
    chacun(tx, partiels, |e| RattachementModifie {
        marque: marque.clone(),
        nom_complet: e.cible.qui.nom_complet.clone(),
        structure: structure.clone(),
        par: par.clone(),
        commentaire: format!("Action de {par}"),
        changements: vec![e.changement.clone()],
    })
    .await?;
    match acte {
        Acte::Desactiver => {
            chacun(tx, entiers(), |e| RattachementDesactive {
                marque: marque.clone(),
                nom_complet: e.cible.qui.nom_complet.clone(),
                structure: structure.clone(),
                perimetre: e.cible.perimetre(),
                par: par.clone(),
            })
            .await
        }
        Acte::Reactiver => {
            chacun(tx, entiers(), |e| RattachementReactive {
                marque: marque.clone(),
                nom_complet: e.cible.qui.nom_complet.clone(),
                structure: structure.clone(),
                role: match e.cible.role {
                    Role::Gp => Role::Us.libelle(),
                    autre => autre.libelle(),
                },
                perimetre: e.cible.perimetre(),
                par: par.clone(),
            })
            .await
        }
        Acte::Supprimer => {
            chacun(tx, entiers(), |e| RattachementSupprime {
                marque: marque.clone(),
                nom_complet: e.cible.qui.nom_complet.clone(),
                structure: structure.clone(),
                perimetre: e.cible.perimetre(),
                par: par.clone(),
            })
            .await
        }
    }
}

async fn chacun<'e, 'c: 'e, C: Courrier>(
    tx: &mut Tx,
    avertis: impl Iterator<Item = (&'e Effet<'c>, &'e Uuid)>,
    courrier: impl Fn(&Effet<'c>) -> C,
) -> Result<(), Erreur> {
    let courriers = avertis.map(|(e, evenement)| (*evenement, &e.cible.qui, courrier(e)));
    courrier::prevenir_chacun(tx, courriers.collect()).await
}
