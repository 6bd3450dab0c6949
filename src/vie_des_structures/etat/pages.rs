//! The two confirmation pages. Both are windows where there is script.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::lecture::{self, Touches};
use crate::App;
use crate::acces::{GestionPrincipale, Membre, Message, Page, Reouverture, StructureVue};
use crate::db::en_transaction;
use crate::rattachements;
use crate::web::{self, Erreur, texte};

#[derive(Template)]
#[template(path = "vie_des_structures/etat.html")]
struct PageEtat {
    page: Page,
    structure: StructureVue,
    touches: Touches,
    /// Towards « active ».
    reactive: bool,
}

impl PageEtat {
    fn question(&self) -> String {
        format!(
            "{} {}\u{202F}?",
            if self.reactive {
                "Réactiver"
            } else {
                "Désactiver"
            },
            self.structure.raison_sociale
        )
    }

    fn bouton(&self) -> &'static str {
        if self.reactive {
            "Réactiver la structure"
        } else {
            "Désactiver la structure"
        }
    }

    fn suite(&self) -> &'static str {
        if self.reactive {
            "reactivation"
        } else {
            "desactivation"
        }
    }

    /// Already in that state: nothing to confirm.
    fn deja(&self) -> bool {
        self.structure.active == self.reactive
    }

    fn compte(&self, n: &i64, singulier: &str, pluriel: &str) -> String {
        texte::accord(usize::try_from(*n).unwrap_or_default(), singulier, pluriel)
    }
}

async fn confirmer(
    app: &App,
    membre: &Membre,
    page: Page,
    reactive: bool,
) -> Result<Response, Erreur> {
    web::page(&PageEtat {
        page,
        structure: membre.structure().clone(),
        touches: lecture::touches(app, membre).await?,
        reactive,
    })
}

pub async fn page_desactivation(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    confirmer(&app, &gestion, page, false).await
}

pub async fn page_reactivation(
    gestion: Reouverture,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    confirmer(&app, &gestion, page, true).await
}

pub async fn desactiver(
    gestion: GestionPrincipale,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let structure = gestion.structure().id;
    let faite = en_transaction!(&app, |tx| {
        rattachements::verrouiller(tx, &[structure]).await?;
        rattachements::verifier_principal(tx, &gestion, &[structure]).await?;
        rattachements::desactiver(tx, &gestion, structure).await
    })?;
    let message = if faite {
        Message::succes("La structure est désactivée.").texte(
            "Ses demandes en cours sont closes et ses utilisateurs prévenus par courriel. Vous pouvez la réactiver.",
        )
    } else {
        Message::info("La structure était déjà désactivée.")
    };
    retour(&app, &gestion, message).await
}

pub async fn reactiver(gestion: Reouverture, State(app): State<App>) -> Result<Response, Erreur> {
    let structure = gestion.structure().id;
    let faite = en_transaction!(&app, |tx| {
        rattachements::verrouiller(tx, &[structure]).await?;
        rattachements::verifier_principal(tx, &gestion, &[structure]).await?;
        rattachements::reactiver(tx, &gestion, structure).await
    })?;
    let message = if faite {
        Message::succes("La structure est réactivée.")
            .texte("Les droits de ses utilisateurs sont ce qu’ils étaient\u{202F}; ils sont prévenus par courriel.")
    } else {
        Message::info("La structure était déjà active.")
    };
    retour(&app, &gestion, message).await
}

async fn retour(app: &App, membre: &Membre, message: Message) -> Result<Response, Erreur> {
    let fiche = format!("/structures/{}", membre.structure().id);
    let vers = message.et_aller(app, Some(membre.id()), &fiche).await?;
    Ok(web::vers(&vers))
}
