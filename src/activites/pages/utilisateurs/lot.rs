//! « Désactiver des utilisateurs », « Réactiver des utilisateurs », « Supprimer les utilisateurs sélectionnés »: a confirmation
//! that names the persons and what changes, then one result per line; the same for one user, from his fiche.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::liste::{self, PageUtilisateurs};
use super::{adresse, retour};
use crate::App;
use crate::acces::{Gestion, Message, Page, RattacherUtilisateurs, StructureVue};
use crate::activites::pages::bilan::{MotsDuBilan, bilan_de};
use crate::db::en_transaction;
use crate::rattachements::membres::{self, Acte, Cible, IssueMembre};
use crate::structures::LOT_MAX;
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, texte};

/// Names shown by the confirmation; the others are counted.
const NOMS: usize = 20;

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieLot {
    /// Ticked lines.
    id: Vec<String>,
    /// The same, carried by the confirmation.
    ids: String,
    /// « 1 »: everybody the filter of `retour` finds.
    tout: String,
    /// « desactiver », « reactiver » or « supprimer ».
    acte: String,
    confirme: String,
    retour: String,
}

impl SaisieLot {
    fn lignes(&self) -> Result<Vec<Uuid>, Erreur> {
        let cochees = self.id.iter().map(String::as_str);
        let portees = self.ids.split(',').filter(|id| !id.is_empty());
        let mut lignes: Vec<Uuid> = Vec::new();
        for id in cochees.chain(portees) {
            let id = id.parse().map_err(|_| {
                Erreur::Invalide(Erreurs::generale(
                    "Une des lignes envoyées n’est pas un utilisateur. Rechargez la page.",
                ))
            })?;
            if !lignes.contains(&id) {
                lignes.push(id);
            }
        }
        if lignes.len() > LOT_MAX {
            return Err(Erreur::Invalide(Erreurs::generale(
                "Un lot compte 500 utilisateurs au plus. Traitez-en 500, puis les suivants.",
            )));
        }
        Ok(lignes)
    }
}

#[derive(Template)]
#[template(path = "activites/utilisateurs/lot.html")]
struct PageLot {
    page: Page,
    structure: StructureVue,
    acte: Acte,
    cibles: Vec<(Cible, Option<String>)>,
    introuvables: usize,
    /// Beyond the 500 of this batch.
    reste: usize,
    ids: String,
    retour: String,
}

impl PageLot {
    fn action(&self) -> String {
        format!("{}/lot", adresse(&self.structure))
    }

    fn verbe(&self) -> &'static str {
        match self.acte {
            Acte::Desactiver => "Désactiver",
            Acte::Reactiver => "Réactiver",
            Acte::Supprimer => "Supprimer",
        }
    }

    fn style(&self) -> &'static str {
        if self.acte == Acte::Reactiver {
            ""
        } else {
            "danger"
        }
    }

    /// Those the act can be done to.
    fn possibles(&self) -> impl Iterator<Item = &Cible> {
        self.cibles
            .iter()
            .filter(|(_, r)| r.is_none())
            .map(|(c, _)| c)
    }

    fn nombre(&self) -> usize {
        self.possibles().count()
    }

    fn combien(&self) -> String {
        texte::accord(self.nombre(), "utilisateur", "utilisateurs")
    }

    fn titre(&self) -> String {
        format!("{} {}\u{202F}?", self.verbe(), self.combien())
    }

    fn consequence(&self) -> &'static str {
        match self.acte {
            Acte::Desactiver => {
                "Leur rattachement à cette structure n’ouvre plus rien, leurs espaces se ferment et leurs demandes d’abonnement en attente sont closes. Leur compte et leurs autres structures ne changent pas. Vous pourrez les réactiver."
            }
            Acte::Reactiver => {
                "Leur rattachement à cette structure est de nouveau en vigueur, avec le même rôle, les mêmes services et les espaces de ce rôle. Ce qu’ils avaient obtenu par une demande d’abonnement est à redemander."
            }
            Acte::Supprimer => {
                "Leur rattachement à cette structure disparaît, avec leurs espaces. Leur compte et leurs autres structures ne changent pas. Pour revenir, il leur faudra une nouvelle demande ou un nouveau rattachement."
            }
        }
    }

    fn ligne(&self, cible: &Cible) -> String {
        let role = cible.role.libelle();
        if cible.promesse {
            format!(
                "{}, {role}, rattachement prévu à l’activation",
                cible.qui.nom_complet
            )
        } else {
            format!("{}, {role}, {}", cible.qui.nom_complet, cible.perimetre())
        }
    }

    fn noms(&self) -> Vec<String> {
        self.possibles().take(NOMS).map(|c| self.ligne(c)).collect()
    }

    fn autres(&self) -> usize {
        self.nombre().saturating_sub(NOMS)
    }

    /// What this batch leaves aside, and why.
    fn reserves(&self) -> Vec<String> {
        let refus = self.cibles.iter().filter_map(|(c, r)| {
            let raison = r.as_ref()?;
            Some(format!("{}\u{202F}: {raison}", c.qui.nom_complet))
        });
        let introuvables = (self.introuvables > 0).then(|| {
            format!(
                "{}.",
                texte::accord(
                    self.introuvables,
                    "utilisateur est introuvable",
                    "utilisateurs sont introuvables"
                )
            )
        });
        let reste = (self.reste > 0).then(|| {
            format!(
                "Un lot compte 500 utilisateurs au plus\u{202F}: {} pour un autre lot.",
                texte::accord(self.reste, "utilisateur reste", "utilisateurs restent")
            )
        });
        refus.take(NOMS).chain(introuvables).chain(reste).collect()
    }
}

async fn confirmer(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    page: Page,
    acte: Acte,
    (ids, reste): (&[Uuid], usize),
    retour: String,
) -> Result<Response, Erreur> {
    let cibles = membres::previsions(app, gestion, acte, ids).await?;
    let codes: Vec<String> = ids.iter().map(ToString::to_string).collect();
    web::page(&PageLot {
        page,
        structure: gestion.structure().clone(),
        acte,
        reste,
        introuvables: ids.len() - cibles.len(),
        cibles,
        ids: codes.join(","),
        retour,
    })
}

/// POST /structures/{structure}/utilisateurs/lot.
pub async fn agir(
    gestion: Gestion<RattacherUtilisateurs>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieLot>,
) -> Result<Response, Erreur> {
    let Some(acte) = Acte::lire(&saisie.acte) else {
        return Err(Erreur::Invalide(Erreurs::generale(
            "Choisissez ce qu’il faut faire des utilisateurs cochés.",
        )));
    };
    let structure = gestion.structure();
    let vers = retour(structure, &saisie.retour);
    let quittee = vers.split('#').next().unwrap_or_default();
    let question = quittee.split_once('?').map_or("", |(_, q)| q);
    let ici = Requete::lire(&adresse(structure), question);
    let (ids, reste) = if saisie.tout == "1" {
        liste::du_filtre(&app, &gestion, &ici).await?
    } else {
        (saisie.lignes()?, 0)
    };
    if ids.is_empty() {
        let liste = PageUtilisateurs::construire(&app, page, &gestion, &ici).await?;
        return liste.refuser("Cochez au moins un utilisateur.");
    }
    if saisie.confirme != "1" {
        return confirmer(&app, &gestion, page, acte, (&ids, reste), vers).await;
    }
    let issues = en_transaction!(&app, |tx| membres::agir(tx, &gestion, acte, &ids).await)?;
    // The fiche of somebody who is no longer a user is not there any more.
    let vers = if acte == Acte::Supprimer && !vers.contains('?') {
        adresse(structure)
    } else {
        vers
    };
    let vers = bilan(acte, issues)
        .et_aller(&app, Some(gestion.id()), &vers)
        .await?;
    Ok(web::vers(&vers))
}

fn bilan(acte: Acte, issues: Vec<IssueMembre>) -> Message {
    let (un, des, fait) = match acte {
        Acte::Desactiver => (
            "utilisateur désactivé",
            "utilisateurs désactivés",
            "rattachement désactivé",
        ),
        Acte::Reactiver => (
            "utilisateur réactivé",
            "utilisateurs réactivés",
            "rattachement réactivé",
        ),
        Acte::Supprimer => (
            "utilisateur supprimé",
            "utilisateurs supprimés",
            "rattachement supprimé",
        ),
    };
    let mots = MotsDuBilan {
        un,
        des,
        fait,
        reste: ("utilisateur reste", "utilisateurs restent"),
        annonce: "Un courriel en informe chaque personne.",
    };
    let resultats: Vec<_> = issues.into_iter().map(|i| (i.libelle, i.faite)).collect();
    bilan_de(&mots, &resultats)
}
