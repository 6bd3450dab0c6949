use axum::extract::State;
use axum::response::Response;

use super::liste::rien_de_coche;
use super::{SaisieSelection, retour};
use crate::App;
use crate::acces::{Page, Portee, RattacherUtilisateurs, ToutGestionnaire};
use crate::activites::pages::bilan::{MotsDuBilan, bilan_de};
use crate::activites::utilisateurs;
use crate::web::{self, Erreur, Formulaire};

/// POST /activites/utilisateurs/activation: « Renvoyer mails d'activation », one result per person.
pub async fn renvoyer(
    portee: Portee<RattacherUtilisateurs>,
    gestionnaire: Portee<ToutGestionnaire>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieSelection>,
) -> Result<Response, Erreur> {
    let ids = saisie.ids()?;
    if ids.is_empty() {
        return rien_de_coche(&app, page, &gestionnaire, true, &saisie.retour).await;
    }
    let envois = utilisateurs::activables(&app, &portee, &ids).await?;
    let introuvables = ids.len() - envois.len();
    let mut resultats = Vec::with_capacity(ids.len());
    for envoi in envois {
        let issue = utilisateurs::renvoyer(&app, &portee, &envoi).await?;
        resultats.push((envoi.nom_complet, issue));
    }
    let introuvable = || (String::new(), Err("utilisateur introuvable.".to_owned()));
    resultats.extend((0..introuvables).map(|_| introuvable()));
    let mots = MotsDuBilan {
        un: "courriel d’activation renvoyé",
        des: "courriels d’activation renvoyés",
        fait: "courriel d’activation renvoyé",
        reste: ("compte reste", "comptes restent"),
        annonce: "Les liens reçus auparavant ne servent plus.",
    };
    let vers = bilan_de(&mots, &resultats)
        .et_aller(&app, Some(portee.id()), &retour(&saisie.retour))
        .await?;
    Ok(web::vers(&vers))
}
