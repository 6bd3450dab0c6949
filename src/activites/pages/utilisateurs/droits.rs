//! « Gérer les droits » of a gestionnaire secondaire, by the gestionnaire principal.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{CheminMembre, adresse, adresse_de};
use crate::App;
use crate::acces::{Capacite, GestionPrincipale, Message, Page, Role, StructureVue};
use crate::activites::pages::resume;
use crate::db::{RattachementId, en_transaction};
use crate::rattachements::membres::{self, FicheMembre};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Saisie};

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDroits {
    capacites: Vec<String>,
}

impl Saisie for SaisieDroits {
    type Lu = Vec<Capacite>;

    fn lire(&self) -> Result<Vec<Capacite>, Erreurs> {
        let lues: Option<Vec<Capacite>> =
            self.capacites.iter().map(|c| Capacite::lire(c)).collect();
        lues.ok_or_else(|| {
            Erreurs::une(
                "capacites",
                "Un des droits cochés n’existe pas. Rechargez la page.",
            )
        })
    }
}

#[derive(Template)]
#[template(path = "activites/utilisateurs/droits.html")]
struct PageDroits {
    page: Page,
    structure: StructureVue,
    fiche: FicheMembre,
    coches: Vec<Capacite>,
    erreurs: Erreurs,
}

impl PageDroits {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn liste(&self) -> String {
        adresse(&self.structure)
    }

    fn fiche(&self) -> String {
        adresse_de(&self.structure, self.fiche.id)
    }

    fn action(&self) -> String {
        format!("{}/droits", self.fiche())
    }

    /// Code, words, what it opens, ticked.
    fn choix(&self) -> Vec<(&'static str, String, &'static str, bool)> {
        let choix = Capacite::TOUTES.iter();
        choix
            .map(|c| {
                let mut lettres = c.libelle().chars();
                let premiere = lettres.next().map(|l| l.to_uppercase().to_string());
                let libelle = premiere.unwrap_or_default() + lettres.as_str();
                (c.code(), libelle, explication(*c), self.coches.contains(c))
            })
            .collect()
    }

    fn portee(&self) -> String {
        if self.fiche.maille_structure {
            "Ces droits valent pour toute la structure.".to_owned()
        } else {
            let noms: Vec<&str> = self
                .fiche
                .services
                .iter()
                .map(|s| s.libelle.as_str())
                .collect();
            format!(
                "Ces droits valent pour ses services seulement\u{202F}: {}.",
                noms.join(", ")
            )
        }
    }
}

/// What a right allows, in a sentence.
fn explication(capacite: Capacite) -> &'static str {
    match capacite {
        Capacite::ValiderRattachements => "Accepter ou refuser les demandes de rattachement.",
        Capacite::RattacherUtilisateurs => {
            "Rattacher, créer, désactiver, réactiver et supprimer des utilisateurs, fixer leurs dates."
        }
        Capacite::ValiderAbonnements => {
            "Accepter ou refuser les demandes d’abonnement aux espaces."
        }
        Capacite::GererStructure => {
            "Modifier la fiche, les services, les espaces et les coordonnées bancaires."
        }
        Capacite::NommerGestionnairesSecondaires => {
            "Donner le rôle de gestionnaire secondaire, avec au plus ses propres droits, et changer le rattachement d’un gestionnaire secondaire."
        }
    }
}

async fn ecran(
    app: &App,
    gestion: &GestionPrincipale,
    page: Page,
    rattachement: RattachementId,
    saisie: Option<(Vec<Capacite>, Erreurs)>,
) -> Result<Response, Erreur> {
    let fiche = membres::fiche_du_principal(app, gestion, rattachement).await?;
    if fiche.role != Role::Gs {
        return Err(Erreur::Conflit(
            "Cette personne n’est pas gestionnaire secondaire\u{202F}: ses droits ne se règlent pas un par un."
                .to_owned(),
        ));
    }
    let statut = match &saisie {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let (coches, erreurs) = saisie.unwrap_or_else(|| (fiche.capacites.clone(), Erreurs::default()));
    let gabarit = PageDroits {
        page,
        structure: gestion.structure().clone(),
        fiche,
        coches,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET …/{rattachement}/droits.
pub async fn page(
    gestion: GestionPrincipale,
    Chemin(chemin): Chemin<CheminMembre>,
    State(app): State<App>,
    page: Page,
) -> Result<Response, Erreur> {
    ecran(&app, &gestion, page, chemin.rattachement, None).await
}

/// POST …/{rattachement}/droits.
pub async fn regler(
    gestion: GestionPrincipale,
    Chemin(chemin): Chemin<CheminMembre>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieDroits>,
) -> Result<Response, Erreur> {
    let id = chemin.rattachement;
    let (voulues, fait) = match saisie.lire() {
        Ok(voulues) => {
            let fait = en_transaction!(&app, |tx| {
                membres::regler_les_droits(tx, &gestion, id, &voulues).await
            });
            (voulues, fait)
        }
        Err(erreurs) => (Vec::new(), Err(erreurs.into())),
    };
    match fait {
        Ok(nom) => {
            let vers = Message::succes(format!("Les droits de {nom} sont enregistrés."))
                .texte(
                    "Ils valent dès son prochain clic. Un courriel l’en informe s’ils ont changé.",
                )
                .et_aller(
                    &app,
                    Some(gestion.id()),
                    &adresse_de(gestion.structure(), id),
                )
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran(&app, &gestion, page, id, Some((voulues, erreurs))).await
        }
        Err(autre) => Err(autre),
    }
}
