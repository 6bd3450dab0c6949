use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::demande::{CheminDemande, apres};
use super::motif::{self, Motif};
use super::{avec_retour, resume, retour};
use crate::App;
use crate::acces::{Gestion, Message, Page, StructureVue, ValiderRattachements};
use crate::db::{DemandeId, en_transaction};
use crate::rattachements::{self, DemandeVue};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete};

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieRefus {
    retour: String,
    suite: String,
    modele: String,
    motif: String,
}

#[derive(Template)]
#[template(path = "activites/refus.html")]
struct PageRefus {
    page: Page,
    structure: StructureVue,
    demande: DemandeVue,
    motif: Motif,
    erreurs: Erreurs,
    retour: String,
}

impl PageRefus {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn adresse(&self, suite: &str) -> String {
        format!(
            "/structures/{}/demandes/{}{suite}",
            self.structure.id, self.demande.id
        )
    }

    fn demande_href(&self) -> String {
        avec_retour(&self.adresse(""), &self.retour)
    }

    /// « 2 services : Achats, Juridique », « toute la structure ».
    fn perimetre(&self) -> String {
        if self.demande.maille_structure {
            return "Toute la structure".to_owned();
        }
        let noms = &self.demande.demandes;
        format!(
            "{} : {}",
            web::texte::accord(noms.len(), "service", "services"),
            noms.join(", ")
        )
    }
}

async fn ecran(
    app: &App,
    gestion: &Gestion<ValiderRattachements>,
    page: Page,
    id: DemandeId,
    saisie: &SaisieRefus,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let demande = rattachements::demande(app, gestion, id).await?;
    if !demande.ouverte() {
        return Err(Erreur::Conflit(demande.conclusion()));
    }
    let structure = gestion.structure();
    let recents = rattachements::motifs_recents(app, gestion, &[structure.id]).await?;
    let par = motif::refus_par(gestion.personne());
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageRefus {
        page,
        structure: structure.clone(),
        demande,
        motif: Motif::new(&saisie.motif, &saisie.modele, recents, par),
        erreurs,
        retour: retour(&saisie.retour).to_owned(),
    };
    web::rendre(statut, &gabarit)
}

/// GET …/refus: « Confirmation du refus de la demande de rattachement » (seed 001 §3).
pub async fn page(
    gestion: Gestion<ValiderRattachements>,
    Chemin(chemin): Chemin<CheminDemande>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieRefus {
        retour: requete.valeur("retour").to_owned(),
        ..SaisieRefus::default()
    };
    let erreurs = Erreurs::default();
    ecran(&app, &gestion, page, chemin.demande, &saisie, erreurs).await
}

/// POST …/refus.
pub async fn refuser(
    gestion: Gestion<ValiderRattachements>,
    Chemin(chemin): Chemin<CheminDemande>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieRefus>,
) -> Result<Response, Erreur> {
    let id = chemin.demande;
    let fait = match motif::lire(&saisie.motif, &saisie.modele) {
        Ok(motif) => en_transaction!(&app, |tx| rattachements::refuser(tx, &gestion, id, &motif)
            .await),
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(nom) => {
            let message = Message::succes(format!("La demande de {nom} est refusée."))
                .texte("Un courriel lui donne le motif.");
            let vers = apres(&gestion, &saisie.suite, id, &saisie.retour);
            let vers = message.et_aller(&app, Some(gestion.id()), &vers).await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => ecran(&app, &gestion, page, id, &saisie, erreurs).await,
        Err(autre) => Err(autre),
    }
}
