//! What a référent does to an account: each act a page with its reason.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::creation::confirmee;
use super::{SaisieMotif, lire_le_motif};
use crate::App;
use crate::acces::{Message, Page, Referent};
use crate::db::{PerimetreId, UtilisateurId, en_transaction};
use crate::referents::comptes::{self, Fiche, Identite};
use crate::referents::perimetres;
use crate::utilisateurs::NouveauCompte;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

fn adresse(id: UtilisateurId) -> String {
    format!("/referent/comptes/{id}")
}

/// « Renvoyer le courriel d'activation ».
pub async fn activer(
    referent: Referent,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
) -> Result<Response, Erreur> {
    let nom = en_transaction!(&app, |tx| comptes::activer(tx, &referent, id).await)?;
    let vers = Message::succes(format!(
        "Un nouveau courriel d’activation est envoyé à {nom}."
    ))
    .et_aller(&app, Some(referent.id()), &adresse(id))
    .await?;
    Ok(web::vers(&vers))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieIdentite {
    prenom: String,
    nom: String,
    adresse_connexion: String,
    adresse_contact: String,
    motif: String,
    confirme: String,
}

impl SaisieIdentite {
    fn lire(&self) -> Result<Identite, Erreurs> {
        let compte = NouveauCompte::lire(
            &self.adresse_connexion,
            &self.adresse_contact,
            &self.prenom,
            &self.nom,
        );
        let (compte, mut erreurs) = match compte {
            Ok(compte) => (Some(compte), Erreurs::default()),
            Err(erreurs) => (None, erreurs),
        };
        let motif = lire_le_motif(&mut erreurs, &self.motif);
        match compte {
            Some(compte) if erreurs.est_vide() => Ok(Identite { compte, motif }),
            _ => Err(erreurs),
        }
    }
}

#[derive(Template)]
#[template(path = "referents/identite.html")]
struct PageIdentite {
    page: Page,
    fiche: Fiche,
    saisie: SaisieIdentite,
    erreurs: Erreurs,
    a_confirmer: bool,
}

impl PageIdentite {
    fn new(page: Page, fiche: Fiche, (saisie, erreurs): (SaisieIdentite, Erreurs)) -> Self {
        Self {
            page,
            fiche,
            a_confirmer: erreurs.pour("confirme").is_some() || saisie.confirme == "oui",
            saisie,
            erreurs,
        }
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

pub async fn identite(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
) -> Result<Response, Erreur> {
    let fiche = comptes::fiche(&app, &referent, id).await?;
    let contact = if fiche.adresse_contact == fiche.adresse_connexion {
        String::new()
    } else {
        fiche.adresse_contact.clone()
    };
    let saisie = SaisieIdentite {
        prenom: fiche.prenom.clone(),
        nom: fiche.nom.clone(),
        adresse_connexion: fiche.adresse_connexion.clone(),
        adresse_contact: contact,
        ..SaisieIdentite::default()
    };
    web::page(&PageIdentite::new(
        page,
        fiche,
        (saisie, Erreurs::default()),
    ))
}

pub async fn modifier(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
    Formulaire(saisie): Formulaire<SaisieIdentite>,
) -> Result<Response, Erreur> {
    let fiche = comptes::fiche(&app, &referent, id).await?;
    let issue = async {
        let identite = saisie.lire()?;
        confirmee(&identite.compte, &fiche.domaines, &saisie.confirme)?;
        let (nom, change) =
            en_transaction!(&app, |tx| comptes::modifier(tx, &referent, id, &identite)
                .await)?;
        let message = if change {
            Message::succes(format!("Le compte de {nom} est modifié."))
                .texte("Un courriel le lui dit, à l’ancienne adresse et à la nouvelle.")
        } else {
            Message::succes("Rien n’a changé.")
        };
        message
            .et_aller(&app, Some(referent.id()), &adresse(id))
            .await
    }
    .await;
    match issue {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageIdentite::new(page, fiche, (saisie, erreurs)),
        ),
        Err(autre) => Err(autre),
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisiePerimetre {
    pub(super) perimetre: String,
    pub(super) motif: String,
}

impl SaisiePerimetre {
    /// Where to, and why.
    pub(super) fn lire(&self) -> Result<(PerimetreId, String), Erreurs> {
        let mut erreurs = Erreurs::default();
        let vers = self.perimetre.parse().ok();
        if vers.is_none() {
            erreurs.ajouter("perimetre", "Choisissez un périmètre de la liste.");
        }
        let motif = lire_le_motif(&mut erreurs, &self.motif);
        match vers {
            Some(vers) if erreurs.est_vide() => Ok((vers, motif)),
            _ => Err(erreurs),
        }
    }
}

#[derive(Template)]
#[template(path = "referents/deplacement.html")]
struct PagePerimetre {
    page: Page,
    fiche: Fiche,
    perimetres: Vec<(String, String)>,
    saisie: SaisiePerimetre,
    erreurs: Erreurs,
}

impl PagePerimetre {
    async fn construire(
        app: &App,
        referent: &Referent,
        page: Page,
        id: UtilisateurId,
        (saisie, erreurs): (SaisiePerimetre, Erreurs),
    ) -> Result<Self, Erreur> {
        let fiche = comptes::fiche(app, referent, id).await?;
        let mut perimetres = perimetres::choix(app, referent).await?;
        perimetres.retain(|(valeur, _)| *valeur != fiche.perimetre.to_string());
        Ok(Self {
            page,
            fiche,
            perimetres,
            saisie,
            erreurs,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

pub async fn perimetre(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisiePerimetre::default(), Erreurs::default());
    web::page(&PagePerimetre::construire(&app, &referent, page, id, vierge).await?)
}

pub async fn deplacer(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
    Formulaire(saisie): Formulaire<SaisiePerimetre>,
) -> Result<Response, Erreur> {
    let issue = async {
        let (vers, motif) = saisie.lire()?;
        let (nom, perimetre) = en_transaction!(&app, |tx| comptes::deplacer(
            tx, &referent, id, vers, &motif
        )
        .await)?;
        Message::succes(format!(
            "Le compte de {nom} passe au périmètre {perimetre}."
        ))
        .texte("Cette personne et les référents de ce périmètre en sont avertis.")
        .et_aller(&app, Some(referent.id()), "/referent/comptes")
        .await
    }
    .await;
    match issue {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let saisie = (saisie, erreurs);
            let gabarit = PagePerimetre::construire(&app, &referent, page, id, saisie).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

/// Deactivation, or the way back: a reason and a button.
#[derive(Template)]
#[template(path = "referents/absence.html")]
struct PageAbsence {
    page: Page,
    fiche: Fiche,
    saisie: SaisieMotif,
    erreurs: Erreurs,
    /// « désactivation » rather than « réactivation ».
    depart: bool,
}

impl PageAbsence {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn titre(&self) -> &'static str {
        if self.depart {
            "Désactiver le compte"
        } else {
            "Réactiver le compte"
        }
    }

    fn chemin(&self) -> String {
        let acte = if self.depart {
            "desactivation"
        } else {
            "reactivation"
        };
        format!("{}/{acte}", adresse(self.fiche.id))
    }
}

async fn ecran(
    app: &App,
    referent: &Referent,
    page: Page,
    (id, depart): (UtilisateurId, bool),
    (saisie, erreurs): (SaisieMotif, Erreurs),
) -> Result<PageAbsence, Erreur> {
    Ok(PageAbsence {
        page,
        fiche: comptes::fiche(app, referent, id).await?,
        saisie,
        erreurs,
        depart,
    })
}

pub async fn desactivation(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieMotif::default(), Erreurs::default());
    web::page(&ecran(&app, &referent, page, (id, true), vierge).await?)
}

pub async fn reactivation(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieMotif::default(), Erreurs::default());
    web::page(&ecran(&app, &referent, page, (id, false), vierge).await?)
}

async fn agir(
    app: &App,
    referent: &Referent,
    (id, depart): (UtilisateurId, bool),
    saisie: &SaisieMotif,
) -> Result<String, Erreur> {
    let motif = saisie.lire()?;
    let (nom, fait) = if depart {
        let nom = en_transaction!(app, |tx| comptes::desactiver(tx, referent, id, &motif)
            .await)?;
        (nom, "désactivé")
    } else {
        let nom = en_transaction!(app, |tx| comptes::reactiver(tx, referent, id, &motif).await)?;
        (nom, "réactivé")
    };
    Message::succes(format!("Le compte de {nom} est {fait}."))
        .texte("Un courriel le lui dit, avec le motif.")
        .et_aller(app, Some(referent.id()), &adresse(id))
        .await
}

async fn repondre(
    app: &App,
    referent: &Referent,
    page: Page,
    quoi: (UtilisateurId, bool),
    saisie: SaisieMotif,
) -> Result<Response, Erreur> {
    match agir(app, referent, quoi, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = ecran(app, referent, page, quoi, (saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

/// « Désactiver ».
pub async fn desactiver(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
    Formulaire(saisie): Formulaire<SaisieMotif>,
) -> Result<Response, Erreur> {
    repondre(&app, &referent, page, (id, true), saisie).await
}

/// « Réactiver ».
pub async fn reactiver(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
    Formulaire(saisie): Formulaire<SaisieMotif>,
) -> Result<Response, Erreur> {
    repondre(&app, &referent, page, (id, false), saisie).await
}
