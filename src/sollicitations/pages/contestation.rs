//! « Contester » a change of gestionnaire principal: for the one it replaces, from the link of his mail.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::SaisieTexte;
use crate::App;
use crate::acces::{Connecte, Message, Page};
use crate::db::{CertificatId, en_transaction};
use crate::sollicitations::TEXTE_MAX;
use crate::sollicitations::certificat::{self, Contestable};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

#[derive(Template)]
#[template(path = "sollicitations/contestation.html")]
struct PageContestation {
    page: Page,
    certificat: CertificatId,
    change: Contestable,
    saisie: SaisieTexte,
    erreurs: Erreurs,
    max: usize,
}

impl PageContestation {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    /// What it does, and what it does not.
    fn chapeau(&self) -> &'static str {
        if self.change.execute_le.is_some() {
            "Un agent du support qui n’a ni envoyé ni approuvé le certificat reprend le dossier. Contester ne change aucun droit par lui-même."
        } else {
            "Le certificat ne sera pas exécuté tant que le support n’aura pas traité votre contestation."
        }
    }

    fn etat(&self) -> String {
        self.change.execute_le.as_ref().map_or_else(
            || "Demandé, pas encore exécuté".to_owned(),
            |quand| format!("Exécuté le {}", quand.jour_heure()),
        )
    }
}

/// The form, or the thread of what was sent already.
pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<CertificatId>,
) -> Result<Response, Erreur> {
    let change = en_transaction!(&app, |tx| certificat::contestable(tx, &connecte, id).await)?;
    if let Some(contestation) = change.contestation {
        return Ok(web::vers(&format!("/sollicitations/{contestation}")));
    }
    web::page(&PageContestation {
        page,
        certificat: id,
        change,
        saisie: SaisieTexte::default(),
        erreurs: Erreurs::default(),
        max: TEXTE_MAX,
    })
}

pub async fn contester(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<CertificatId>,
    Formulaire(saisie): Formulaire<SaisieTexte>,
) -> Result<Response, Erreur> {
    let issue = async {
        let texte = saisie.lire("Dites pourquoi vous contestez ce changement.")?;
        en_transaction!(&app, |tx| certificat::contester(tx, &connecte, id, &texte)
            .await)
    }
    .await;
    match issue {
        Ok(contestation) => {
            let vers = Message::succes("Votre contestation est enregistrée.")
                .texte("Le support en est averti. La réponse s’affichera ici et vous recevrez un courriel.")
                .et_aller(
                    &app,
                    Some(connecte.id()),
                    &format!("/sollicitations/{contestation}"),
                )
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let change =
                en_transaction!(&app, |tx| certificat::contestable(tx, &connecte, id).await)?;
            web::rendre(
                StatusCode::UNPROCESSABLE_ENTITY,
                &PageContestation {
                    page,
                    certificat: id,
                    change,
                    saisie,
                    erreurs,
                    max: TEXTE_MAX,
                },
            )
        }
        Err(autre) => Err(autre),
    }
}
