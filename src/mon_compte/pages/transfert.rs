use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::MES_RATTACHEMENTS;
use crate::App;
use crate::acces::{Connecte, GestionPrincipale, Message, Page, StructureVue};
use crate::db::{UtilisateurId, en_transaction};
use crate::mon_compte::choix::{self, Candidat, Candidats};
use crate::rattachements;
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete};

#[derive(Template)]
#[template(path = "mon_compte/transfert.html")]
struct PageTransfert {
    page: Page,
    structure: StructureVue,
    candidats: Candidats,
    choix: String,
    identifiant: String,
    erreurs: Erreurs,
}

impl PageTransfert {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }

    fn choisit(&self, candidat: &Candidat) -> bool {
        self.choix == candidat.id.to_string()
    }
}

pub async fn page(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let candidats = choix::candidats(&app, &gestion, gestion.structure().id).await?;
    let identifiant = requete.valeur("identifiant").to_owned();
    let choix = if !identifiant.is_empty() || candidats.personnes.is_empty() {
        "autre".to_owned()
    } else {
        String::new()
    };
    web::page(&PageTransfert {
        page,
        structure: gestion.structure().clone(),
        candidats,
        choix,
        identifiant,
        erreurs: Erreurs::default(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieTransfert {
    choix: String,
    identifiant: String,
}

/// The person chosen, or typed: who may be one is checked here, and again by the transfer.
pub(super) async fn designer(
    app: &App,
    auteur: &Connecte,
    (champ_choix, choix): (&str, &str),
    (champ_identifiant, identifiant): (&str, &str),
) -> Result<UtilisateurId, Erreur> {
    let (champ, id) = if choix == "autre" || (choix.is_empty() && !identifiant.trim().is_empty()) {
        let candidat = choix::par_identifiant(app, auteur, champ_identifiant, identifiant).await?;
        (champ_identifiant, candidat.id)
    } else {
        let id = choix.parse().map_err(|_| {
            Erreur::champ(champ_choix, "Choisissez le nouveau gestionnaire principal.")
        })?;
        (champ_choix, id)
    };
    en_transaction!(app, |tx| rattachements::verifier_successeur(tx, auteur, id)
        .await)
    .map_err(|e| match e {
        Erreur::Invalide(erreurs) => Erreur::champ(champ, &erreurs.phrases().join(" ")),
        autre => autre,
    })?;
    Ok(id)
}

/// « Valider »: to the confirmation window.
pub async fn choisir(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieTransfert>,
) -> Result<Response, Erreur> {
    let structure = gestion.structure().clone();
    let designe = designer(
        &app,
        &gestion,
        ("choix", &saisie.choix),
        ("identifiant", &saisie.identifiant),
    )
    .await;
    match designe {
        Ok(id) => Ok(web::vers(&format!(
            "/structures/{}/transfert/confirmation?successeur={id}",
            structure.id
        ))),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = PageTransfert {
                page,
                candidats: choix::candidats(&app, &gestion, structure.id).await?,
                structure,
                choix: saisie.choix,
                identifiant: saisie.identifiant,
                erreurs,
            };
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

#[derive(Template)]
#[template(path = "mon_compte/confirmation.html")]
struct PageConfirmation {
    page: Page,
    structure: StructureVue,
    successeur: Candidat,
    erreurs: Erreurs,
}

impl PageConfirmation {
    fn resume(&self) -> Vec<(String, String)> {
        // The page has no field to mend: the way out is « Annuler ».
        super::resume(&self.erreurs)
            .into_iter()
            .map(|(_, phrase)| (String::new(), phrase))
            .collect()
    }
}

pub async fn confirmation(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let structure = gestion.structure().clone();
    if requete.valeur("successeur").is_empty() {
        return Ok(web::vers(&format!(
            "/structures/{}/transfert",
            structure.id
        )));
    }
    let id = requete
        .valeur("successeur")
        .parse()
        .map_err(|_| Erreur::Introuvable)?;
    web::page(&PageConfirmation {
        page,
        structure,
        successeur: choix::par_id(&app, id).await?,
        erreurs: Erreurs::default(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieConfirmation {
    successeur: String,
}

pub async fn confirmer(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieConfirmation>,
) -> Result<Response, Erreur> {
    if saisie.successeur.is_empty() {
        return Err(Erreur::Invalide(Erreurs::generale(
            "Choisissez le nouveau gestionnaire principal.",
        )));
    }
    let id: UtilisateurId = saisie.successeur.parse().map_err(|_| Erreur::Introuvable)?;
    match en_transaction!(&app, |tx| rattachements::transferer(tx, &gestion, id).await) {
        Ok(fait) => {
            let vers = Message::succes("Le rôle de gestionnaire principal est transféré.")
                .texte(format!(
                    "{} est gestionnaire principal de {}\u{202F}; vous y êtes utilisateur simple.",
                    fait.successeur, fait.raison_sociale
                ))
                .et_aller(&app, Some(gestion.id()), MES_RATTACHEMENTS)
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = PageConfirmation {
                page,
                structure: gestion.structure().clone(),
                successeur: choix::par_id(&app, id).await?,
                erreurs,
            };
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}
