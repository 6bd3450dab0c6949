//! The link of the activation mail (R-COMPTE-ACTIVER), and another one when it is dead.

use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Message, Page, Visiteur};
use crate::inscription::activation::{self, Issue};
use crate::rattachements::{Deposee, Tenue, suite};
use crate::utilisateurs::par_lien::{ACTIVATION, SaisieAdresse, SaisieMotDePasse, sans_referent};
use crate::utilisateurs::{Client, Retour};
use crate::web::{self, Chemin, Erreur, Formulaire};

pub async fn page(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    let Some(titulaire) = ACTIVATION.titulaire(&app, &secret).await? else {
        return ACTIVATION.lien_mort(page);
    };
    let annonce = activation::annoncer(&app, &titulaire).await?;
    ACTIVATION.page_choix(page, &secret, &titulaire, annonce, Retour::default())
}

pub async fn activer(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    Chemin(secret): Chemin<String>,
    Formulaire(saisie): Formulaire<SaisieMotDePasse>,
) -> Result<Response, Erreur> {
    let Some(titulaire) = ACTIVATION.titulaire(&app, &secret).await? else {
        return ACTIVATION.lien_mort(page);
    };
    match activation::activer(&app, &titulaire, saisie.mot(), saisie.avec_la_suite()).await {
        Ok(Some((issue, tenues))) => {
            let (message, vers) = avec_les_rattachements(compte_rendu(issue), &tenues);
            let vers = message.et_aller(&app, None, &vers).await?;
            Ok(sans_referent(web::vers(&vers)))
        }
        Ok(None) => ACTIVATION.lien_mort(page),
        Err(erreur) => {
            let retour = Retour::de(&app, erreur).await?;
            let mut annonce = activation::annoncer(&app, &titulaire).await?;
            if let Some(annonce) = &mut annonce {
                annonce.cochee = saisie.avec_la_suite();
            }
            ACTIVATION.page_choix(page, &secret, &titulaire, annonce, retour)
        }
    }
}

const ENTREE: &str =
    "Connectez-vous avec votre adresse électronique et le mot de passe que vous venez de choisir.";
const MES_RATTACHEMENTS: &str = "/connexion?retour=%2Fmon-compte%2Frattachements";

fn demandee(deposee: &Deposee) -> String {
    format!(
        "Votre demande de rattachement à {} est envoyée. {}",
        deposee.raison_sociale,
        suite(&deposee.decideurs, deposee.signalee)
    )
}

/// The same, with what a gestionnaire had prepared.
fn avec_les_rattachements(
    (mut message, vers): (Message, String),
    tenues: &[Tenue],
) -> (Message, String) {
    if tenues.is_empty() {
        return (message, vers);
    }
    let phrases: Vec<String> = tenues
        .iter()
        .map(|tenue| match tenue {
            Tenue::Rattachee(structure) => format!("Vous êtes rattaché(e) à {structure}."),
            Tenue::Demandee(structure) => format!(
                "Le gestionnaire qui avait préparé votre rattachement à {structure} ne peut plus vous rattacher\u{202F}: votre demande est envoyée à ceux qui le peuvent."
            ),
            Tenue::Empechee(structure, raison) => {
                format!("Votre rattachement à {structure} n’a pas pu se faire\u{202F}: {raison}")
            }
        })
        .collect();
    message.texte = format!("{} {}", phrases.join(" "), message.texte);
    (message, MES_RATTACHEMENTS.to_owned())
}

/// What the first page says, and where the sign-in leads.
fn compte_rendu(issue: Issue) -> (Message, String) {
    let actif = || Message::succes("Votre compte est actif.");
    match issue {
        Issue::Rien => (actif().texte(ENTREE), "/connexion".to_owned()),
        Issue::Ecartee => (
            actif().texte(format!(
                "Comme vous l’avez choisi, rien n’a été demandé en votre nom. {ENTREE}"
            )),
            "/connexion".to_owned(),
        ),
        Issue::Demandee(deposee) => (
            actif().texte(format!("{} {ENTREE}", demandee(&deposee))),
            MES_RATTACHEMENTS.to_owned(),
        ),
        Issue::Fondee {
            structure,
            raison_sociale,
        } => (
            actif().texte(format!(
                "La fiche de {raison_sociale} est créée\u{202F}: vous en êtes gestionnaire principal. {ENTREE}"
            )),
            format!("/connexion?retour=%2Fstructures%2F{structure}"),
        ),
        Issue::FondeeParUnAutre(deposee) => (
            Message::attente("Votre compte est actif, mais la structure venait d’être créée.").texte(
                format!(
                    "Quelqu’un d’autre a créé la fiche de cette structure avant vous. {} {ENTREE}",
                    demandee(&deposee)
                ),
            ),
            MES_RATTACHEMENTS.to_owned(),
        ),
        Issue::Empechee(raison) => (
            Message::attente("Votre compte est actif, mais votre demande n’a pas pu être envoyée.")
                .texte(format!(
                    "{raison} Une fois connecté(e), vous pourrez demander un autre rattachement. {ENTREE}"
                )),
            "/connexion".to_owned(),
        ),
    }
}

pub async fn page_renvoi(_: Visiteur, page: Page) -> Result<Response, Erreur> {
    ACTIVATION.page_demande(page)
}

pub async fn renvoyer(
    _: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    Formulaire(saisie): Formulaire<SaisieAdresse>,
) -> Result<Response, Erreur> {
    ACTIVATION.demander(&app, page, &client, &saisie).await
}
