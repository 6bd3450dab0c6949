//! The window of the refusal of one request, of either kind (seed 001 §3, §6).

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::lot::{LignePrevue, PageLot};
use super::motif::{self, Motif};
use super::{apres, avec_retour, bilan, retour};
use crate::App;
use crate::acces::{Gestion, Page};
use crate::activites::file;
use crate::activites::genre::{Genre, demande_du_chemin};
use crate::db::en_transaction;
use crate::decisions::{self, Decision};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete};

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieRefus {
    retour: String,
    suite: String,
    modele: String,
    motif: String,
    /// Nothing was ticked on the screen of a demande d'abonnement: that is a refusal (spec §13).
    rien: String,
}

async fn ecran<G: Genre>(
    app: &App,
    gestion: &Gestion<G::Capacite>,
    page: Page,
    id: G::Id,
    saisie: &SaisieRefus,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let demande = G::au_refus(app, gestion, id).await?;
    let structure = gestion.structure();
    let recents = file::motifs_recents::<G>(app, gestion, &[structure.id]).await?;
    let par = motif::refus_par(gestion.personne());
    let mots = G::mots();
    let retour = retour(&saisie.retour).to_owned();
    let rien = "Aucune ligne n’était cochée : c’est un refus, dont le motif est demandé.";
    let gabarit = PageLot {
        page,
        mots,
        valide: false,
        titre: mots.confirmation_refus.0.to_owned(),
        bouton: "Valider le refus".to_owned(),
        action: G::ecran_de(structure, id, "/refus"),
        ids: String::new(),
        lignes: vec![LignePrevue {
            demandeur: demande.demandeur,
            structure: structure.raison_sociale.clone(),
            objet: demande.objet,
            effet: "Refusée".to_owned(),
            faite: true,
        }],
        suite: true,
        reserves: if saisie.rien == "1" {
            vec![rien.to_owned()]
        } else {
            Vec::new()
        },
        reste: false,
        motif: Motif::new(mots.motifs, &saisie.motif, &saisie.modele, recents, par),
        erreurs,
        annuler: avec_retour(&G::ecran_de(structure, id, ""), &retour),
        retour,
    };
    gabarit.repondre()
}

/// GET …/refus.
pub async fn page<G: Genre>(
    gestion: Gestion<G::Capacite>,
    chemin: Chemin<G::Reste>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieRefus {
        retour: requete.valeur("retour").to_owned(),
        rien: requete.valeur("rien").to_owned(),
        ..SaisieRefus::default()
    };
    let id = demande_du_chemin::<G>(chemin);
    ecran::<G>(&app, &gestion, page, id, &saisie, Erreurs::default()).await
}

/// POST …/refus.
pub async fn refuser<G: Genre>(
    gestion: Gestion<G::Capacite>,
    chemin: Chemin<G::Reste>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieRefus>,
) -> Result<Response, Erreur> {
    let id = demande_du_chemin::<G>(chemin);
    let fait = match motif::lire(&saisie.motif, &saisie.modele) {
        Ok(motif) => en_transaction!(&app, |tx| {
            let refus = Decision::Refuser(motif.clone());
            decisions::decider::<G>(tx, &gestion, id, refus).await
        }),
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(decidee) => {
            let message = bilan::refusee::<G>(&decidee, retour(&saisie.retour));
            let vers = apres::<G>(&gestion, &saisie.suite, id, &saisie.retour);
            let vers = message.et_aller(&app, Some(gestion.id()), &vers).await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran::<G>(&app, &gestion, page, id, &saisie, erreurs).await
        }
        Err(autre) => Err(autre),
    }
}
