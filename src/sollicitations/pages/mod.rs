//! The pages of « Sollicitations émises » and of « Sollicitations reçues ». Each works without script; every confirmation
//! window is a page of its own.

mod autre;
mod brouillons;
mod changement;
mod contestation;
mod destinataire;
mod fil;
pub mod guichet;
mod liste;
mod recue;
mod recues;
mod saisie;
mod transfert;

pub use changement::envoyee;

use askama::Template;
use axum::response::Response;
use serde::Deserialize;

use super::etat::{Categorie, Statut};
use super::listes::Filtre;
use crate::App;
use crate::acces::compteurs::{self, SOLLICITATIONS};
use crate::acces::{Connecte, Page};
use crate::pieces::Nouvelle;
use crate::routes::Routes;
use crate::sollicitations::TEXTE_MAX;
use crate::web::{self, Erreur, Erreurs, FichierRecu, Requete};

pub fn routes() -> Routes {
    emises().et(saisies()).et(recues())
}

fn emises() -> Routes {
    Routes::new()
        .get("/sollicitations", liste::page)
        .get("/sollicitations/{sollicitation}", fil::page)
        .post_envoi("/sollicitations/{sollicitation}/reponse", fil::repondre)
        .get("/sollicitations/{sollicitation}/cloture", fil::confirmer)
        .post("/sollicitations/{sollicitation}/cloture", fil::clore)
        .post_envoi("/sollicitations/{sollicitation}/reouverture", fil::rouvrir)
        .get(
            "/sollicitations/{sollicitation}/pieces/{piece}",
            fil::telecharger,
        )
        .get("/certificats/{certificat}/contestation", contestation::page)
        .post(
            "/certificats/{certificat}/contestation",
            contestation::contester,
        )
}

fn saisies() -> Routes {
    Routes::new()
        .get("/sollicitations/saisie", choix)
        .get(
            "/sollicitations/saisie/changement-gestionnaire",
            changement::page,
        )
        .post(
            "/sollicitations/saisie/changement-gestionnaire",
            changement::envoyer,
        )
        .get("/sollicitations/saisie/structure", destinataire::page)
        .get("/sollicitations/saisie/autre", autre::page)
        .post_envoi("/sollicitations/saisie/autre", autre::envoyer)
        .post_envoi("/sollicitations/saisie/brouillon", autre::garder)
        .post_envoi("/sollicitations/saisie/pieces", autre::joindre)
        .post_envoi(
            "/sollicitations/saisie/pieces/{piece}/retrait",
            autre::retirer,
        )
        .get("/sollicitations/brouillons", brouillons::liste)
        .get("/sollicitations/brouillons/{brouillon}", autre::reprendre)
        .get(
            "/sollicitations/brouillons/{brouillon}/pieces/{piece}",
            brouillons::telecharger,
        )
        .get(
            "/sollicitations/brouillons/{brouillon}/suppression",
            brouillons::confirmer,
        )
        .post(
            "/sollicitations/brouillons/{brouillon}/suppression",
            brouillons::supprimer,
        )
}

fn recues() -> Routes {
    Routes::new()
        .get("/sollicitations-recues", recues::page)
        .get("/sollicitations-recues/{recue}", recue::page)
        .post(
            "/sollicitations-recues/{recue}/prise-en-charge",
            recue::prendre,
        )
        .post_envoi("/sollicitations-recues/{recue}/reponse", recue::repondre)
        .post_envoi("/sollicitations-recues/{recue}/resolution", recue::clore)
        .get(
            "/sollicitations-recues/{recue}/transfert",
            transfert::confirmer,
        )
        .post(
            "/sollicitations-recues/{recue}/transfert",
            transfert::transferer,
        )
        .get(
            "/sollicitations-recues/{recue}/pieces/{piece}",
            recue::telecharger,
        )
}

/// An answer as typed by who answers.
#[derive(Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieTexte {
    pub texte: String,
    /// « J'attends une réponse du demandeur ».
    pub attendue: String,
}

impl SaisieTexte {
    /// # Errors
    /// Nothing was written, or too much.
    pub fn lire(&self, absent: &str) -> Result<String, Erreurs> {
        let mut erreurs = Erreurs::default();
        let texte = erreurs.paragraphe("texte", &self.texte, TEXTE_MAX, absent);
        erreurs.verdict()?;
        Ok(texte)
    }

    pub fn attendue(&self) -> bool {
        self.attendue == "oui"
    }
}

/// One more act of this person, and one more file where there is one.
///
/// # Errors
/// `TropDeRequetes`; `Invalide` at `fichier`.
pub async fn freiner(
    app: &App,
    connecte: &Connecte,
    fichier: Option<FichierRecu>,
) -> Result<Option<Nouvelle>, Erreur> {
    let piece = Nouvelle::eventuelle(app, connecte.id(), fichier).await?;
    let cle = format!("sollicitations:{}", connecte.id());
    compteurs::compter(&app.db, &cle, SOLLICITATIONS).await?;
    Ok(piece)
}

/// A view of a list: a link among others.
pub(super) struct Vue {
    pub libelle: &'static str,
    pub href: String,
    pub courante: bool,
}

/// The list whole, then by state, as its reader says it.
fn vues(
    requete: &Requete,
    (cle, tout): (&str, &'static str),
    filtre: Filtre,
    libelle: fn(Statut) -> &'static str,
) -> Vec<Vue> {
    let page = cle.replace("etat", "page");
    let href = |code: &str| {
        let adresse = requete.avec(&[(cle, code), (page.as_str(), "")]);
        format!("{adresse}#sollicitations")
    };
    let mut vues = vec![Vue {
        libelle: tout,
        href: href(""),
        courante: filtre.etat.is_none(),
    }];
    vues.extend(Statut::TOUS.into_iter().map(|s| Vue {
        libelle: libelle(s),
        href: href(s.code()),
        courante: filtre.etat == Some(s),
    }));
    vues
}

/// What to write about, and to whom.
struct Choix {
    titre: &'static str,
    phrase: &'static str,
    href: &'static str,
}

#[derive(Template)]
#[template(path = "sollicitations/choix.html")]
struct PageChoix {
    page: Page,
    choix: [Choix; 5],
}

/// « Saisir sollicitation »: to whom, about what.
pub async fn choix(_connecte: Connecte, page: Page) -> Result<Response, Erreur> {
    web::page(&PageChoix {
        page,
        choix: [
            Choix {
                titre: Categorie::ChangementGestionnaire.libelle(),
                phrase: "Le gestionnaire principal de votre structure est inconnu, ou il est parti sans transférer son rôle.",
                href: "/sollicitations/saisie/changement-gestionnaire",
            },
            Choix {
                titre: Categorie::Autre.libelle(),
                phrase: "Une question ou une difficulté dont vos gestionnaires ne peuvent pas s’occuper.",
                href: "/sollicitations/saisie/autre",
            },
            Choix {
                titre: "Demande à une structure publique",
                phrase: "Une facture, une commande ou une autre question pour une structure de l’annuaire.",
                href: "/sollicitations/saisie/structure",
            },
            Choix {
                titre: Categorie::ComptePigp.libelle(),
                phrase: "Une personne n’a pas de compte, et sa structure passe par le PIGP\u{202F}: le référent le crée.",
                href: "/sollicitations/saisie/compte-pigp",
            },
            Choix {
                titre: Categorie::MesDonnees.libelle(),
                phrase: "Votre compte vient du PIGP\u{202F}: le référent corrige vos nom, prénom et adresses.",
                href: "/sollicitations/saisie/mes-donnees",
            },
        ],
    })
}
