//! « Créer une structure », signed in (R-STR-CREER): the same fiche and the same function as at the activation.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::compteurs::{self, DEMANDES};
use crate::acces::{Connecte, Message, Page};
use crate::db::en_transaction;
use crate::identifiants::{Identifiant, TypeIdentifiant};
use crate::rattachements::{self, Fondation};
use crate::structures::{self, SaisieFiche, SaisieIdentifiant, Situee, a_l_etranger};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, Saisie as _};

#[derive(Template)]
#[template(path = "inscription/nouvelle.html")]
struct PageNouvelle {
    page: Page,
    saisie: SaisieIdentifiant,
    identifiant: Option<Identifiant>,
    situee: Option<Situee>,
    fiche: SaisieFiche,
    /// By the SIRENE repertory.
    pre_remplie: bool,
    erreurs: Erreurs,
}

impl PageNouvelle {
    fn etranger(&self) -> bool {
        self.identifiant
            .as_ref()
            .is_some_and(|i| a_l_etranger(i.type_identifiant()))
    }

    fn resume(&self) -> Vec<(String, String)> {
        let generales = self.erreurs.generales().iter();
        generales
            .map(|p| (String::new(), p.clone()))
            .chain(self.erreurs.champs().iter().cloned())
            .collect()
    }

    /// The identifier stays in the address: a reload asks nothing again.
    fn action(&self) -> String {
        let mut question = url::form_urlencoded::Serializer::new(String::new());
        question.append_pair("type_identifiant", &self.saisie.type_identifiant);
        question.append_pair("identifiant", &self.saisie.identifiant);
        format!("/structures/nouvelle?{}", question.finish())
    }

    fn caches(&self) -> [(String, String); 0] {
        []
    }
}

async fn construire(
    app: &App,
    page: Page,
    requete: &Requete,
    fiche: SaisieFiche,
    erreurs: Erreurs,
) -> Result<PageNouvelle, Erreur> {
    let mut gabarit = PageNouvelle {
        page,
        saisie: SaisieIdentifiant {
            type_identifiant: requete.valeur("type_identifiant").to_owned(),
            identifiant: requete.valeur("identifiant").to_owned(),
        },
        identifiant: None,
        situee: None,
        fiche,
        pre_remplie: false,
        erreurs,
    };
    if requete.autres(&[]).iter().all(|(c, _)| c != "identifiant") {
        TypeIdentifiant::Siret
            .code()
            .clone_into(&mut gabarit.saisie.type_identifiant);
        return Ok(gabarit);
    }
    match gabarit.saisie.lire() {
        Ok(identifiant) => {
            gabarit.situee = Some(structures::situer(&app.db, &identifiant).await?);
            if gabarit.fiche == SaisieFiche::default() && gabarit.erreurs.est_vide() {
                let connue = structures::pre_remplir(&app.db, &identifiant).await?;
                gabarit.pre_remplie = connue.is_some();
                gabarit.fiche = connue.unwrap_or_default();
            }
            gabarit.identifiant = Some(identifiant);
        }
        Err(erreurs) => gabarit.erreurs = erreurs,
    }
    Ok(gabarit)
}

fn rendre(gabarit: &PageNouvelle) -> Result<Response, Erreur> {
    if gabarit.erreurs.est_vide() {
        web::page(gabarit)
    } else {
        web::rendre(StatusCode::UNPROCESSABLE_ENTITY, gabarit)
    }
}

pub async fn page(
    _: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let fiche = SaisieFiche::default();
    rendre(&construire(&app, page, &requete, fiche, Erreurs::default()).await?)
}

pub async fn creer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
    Formulaire(fiche): Formulaire<SaisieFiche>,
) -> Result<Response, Erreur> {
    match essayer(&app, &connecte, &requete, &fiche).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            rendre(&construire(&app, page, &requete, fiche, erreurs).await?)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    connecte: &Connecte,
    requete: &Requete,
    fiche: &SaisieFiche,
) -> Result<String, Erreur> {
    let identifiant = SaisieIdentifiant {
        type_identifiant: requete.valeur("type_identifiant").to_owned(),
        identifiant: requete.valeur("identifiant").to_owned(),
    }
    .lire()?;
    let nouvelle = fiche.lire(&identifiant)?;
    compteurs::compter(&app.db, &format!("demandes:{}", connecte.id()), DEMANDES).await?;
    let fondation = en_transaction!(app, |tx| rattachements::fonder(tx, connecte, &nouvelle)
        .await)?;
    let (message, vers) = match fondation {
        Fondation::Fondee {
            structure,
            raison_sociale,
        } => (
            Message::succes(format!("La fiche de {raison_sociale} est créée."))
                .texte("Vous en êtes gestionnaire principal\u{202F}: vous décidez qui peut agir pour elle."),
            format!("/structures/{structure}"),
        ),
        Fondation::Existe(structure) => (
            Message::attente("Cette structure est déjà enregistrée.")
                .texte("Rien n’a été créé. Vous pouvez demander votre rattachement\u{202F}: ses gestionnaires décideront."),
            format!("/mon-compte/rattachements/demande/{structure}"),
        ),
    };
    message.et_aller(app, Some(connecte.id()), &vers).await
}
