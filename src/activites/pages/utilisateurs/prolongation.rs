use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::{CheminMembre, adresse_de, fiche, retour};
use crate::App;
use crate::acces::{Gestion, Message, Page, RattacherUtilisateurs};
use crate::db::en_transaction;
use crate::rattachements::membres;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Saisie, texte};

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieProlongation {
    date_fin: String,
    retour: String,
}

impl Saisie for SaisieProlongation {
    type Lu = time::Date;

    fn lire(&self) -> Result<time::Date, Erreurs> {
        let absente = || "Saisissez le nouveau dernier jour.".to_owned();
        let lue = if self.date_fin.trim().is_empty() {
            Err(absente())
        } else {
            texte::jour(&self.date_fin)
        };
        lue.map_err(|phrase| Erreurs::une("date_fin", &phrase))
    }
}

/// POST …/{rattachement}/prolongation: « Prolonger », in one step.
pub async fn prolonger(
    gestion: Gestion<RattacherUtilisateurs>,
    Chemin(chemin): Chemin<CheminMembre>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieProlongation>,
) -> Result<Response, Erreur> {
    let id = chemin.rattachement;
    let fait = match saisie.lire() {
        Ok(fin) => en_transaction!(&app, |tx| membres::prolonger(tx, &gestion, id, Some(fin))
            .await)
        .map(|nom| (nom, fin)),
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok((nom, fin)) => {
            let titre = format!(
                "Le rattachement de {nom} est prolongé jusqu’au {}.",
                texte::date(fin)
            );
            let vers = Message::succes(titre)
                .texte("Un courriel l’en informe.")
                .et_aller(
                    &app,
                    Some(gestion.id()),
                    &adresse_de(gestion.structure(), id),
                )
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let retour = retour(gestion.structure(), &saisie.retour);
            let saisie = Some((saisie.date_fin, erreurs));
            fiche::ecran(&app, &gestion, page, id, retour, saisie).await
        }
        Err(autre) => Err(autre),
    }
}
