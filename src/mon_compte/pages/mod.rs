//! The pages of « Mon compte ». Each works without script; each confirmation window is a page of its own.

mod abonnements;
mod accueil;
mod ajout;
mod but;
mod comptes;
mod demande;
mod depart;
mod desactivation;
mod donnees;
mod explication;
mod informations;
mod passage;
mod passation;
mod preferences;
mod rattachements;
mod reactivation;
mod recherche;
mod succession;
mod transfert;

use crate::routes::Routes;
use crate::web::{self, Erreur, Erreurs};

pub fn routes() -> Routes {
    Routes::new()
        .get("/mon-compte", accueil::page)
        .get("/mon-compte/informations", informations::page)
        .post("/mon-compte/informations", informations::enregistrer)
        .get("/mon-compte/courriels", preferences::page)
        .post("/mon-compte/courriels", preferences::enregistrer)
        .get("/mon-compte/donnees", donnees::page)
        .get("/mon-compte/donnees.json", donnees::telecharger)
        .get("/mon-compte/desactivation", desactivation::page)
        .post("/mon-compte/desactivation", desactivation::desactiver)
        .get(
            "/mon-compte/desactivation/succession",
            desactivation::page_succession,
        )
        .post(
            "/mon-compte/desactivation/succession",
            desactivation::designer,
        )
        .get("/reactivation", reactivation::page)
        .post("/reactivation", reactivation::reactiver)
        .get("/reactivation/lien", reactivation::page_lien)
        .post("/reactivation/lien", reactivation::demander_lien)
        .get("/reactivation/{secret}", reactivation::page_du_lien)
        .post("/reactivation/{secret}", reactivation::suivre_le_lien)
        .get("/mon-compte/acces", explication::page)
        .get("/mon-compte/rattachements", rattachements::liste)
        .post(
            "/mon-compte/rattachements/selection",
            rattachements::selectionner,
        )
        .post(
            "/mon-compte/demandes/{demande}/relance",
            rattachements::relancer,
        )
        .get(
            "/mon-compte/demandes/{demande}/retrait",
            rattachements::confirmer_retrait,
        )
        .post(
            "/mon-compte/demandes/{demande}/retrait",
            rattachements::retirer,
        )
        .get("/mon-compte/rattachements/demande", recherche::page)
        .get(
            "/mon-compte/rattachements/demande/{structure}",
            demande::page,
        )
        .post(
            "/mon-compte/rattachements/demande/{structure}",
            demande::envoyer,
        )
        .get("/mon-compte/abonnements", abonnements::liste)
        .get("/mon-compte/abonnements/ajout", ajout::structures)
        .get("/mon-compte/abonnements/ajout/{structure}", ajout::page)
        .post("/mon-compte/abonnements/ajout/{structure}", ajout::envoyer)
        .get(
            "/mon-compte/abonnements/retrait/{abonnement}",
            abonnements::confirmer_retrait,
        )
        .post(
            "/mon-compte/abonnements/retrait/{abonnement}",
            abonnements::retirer,
        )
        .get(
            "/mon-compte/demandes-abonnement/{demande_abonnement}/retrait",
            abonnements::confirmer_retrait_demande,
        )
        .post(
            "/mon-compte/demandes-abonnement/{demande_abonnement}/retrait",
            abonnements::retirer_demande,
        )
        .get("/mon-compte/rattachements/suppression", depart::page)
        .post("/mon-compte/rattachements/suppression", depart::valider)
        .get("/mon-compte/rattachements/succession", succession::page)
        .post("/mon-compte/rattachements/succession", succession::valider)
        .get(
            "/mon-compte/rattachements/succession/confirmation",
            passage::page,
        )
        .post(
            "/mon-compte/rattachements/succession/confirmation",
            passage::confirmer,
        )
        .get("/structures/{structure}/transfert", transfert::page)
        .post("/structures/{structure}/transfert", transfert::choisir)
        .get("/structures/{structure}/transfert/recherche", comptes::page)
        .get(
            "/structures/{structure}/transfert/confirmation",
            transfert::confirmation,
        )
        .post(
            "/structures/{structure}/transfert/confirmation",
            transfert::confirmer,
        )
        .get(
            "/structures/{structure}/transfert/annulation",
            passation::page,
        )
        .post(
            "/structures/{structure}/transfert/annulation",
            passation::annuler,
        )
}

/// Where every act of this feature comes back to.
const MES_RATTACHEMENTS: &str = "/mon-compte/rattachements";
/// The same for the espaces.
const MES_ABONNEMENTS: &str = "/mon-compte/abonnements";
/// « Ajouter un espace ».
const AJOUT: &str = "/mon-compte/abonnements/ajout";

/// For the summary above a form: pairs (field, sentence), the field "" for the whole.
fn resume(erreurs: &Erreurs) -> Vec<(String, String)> {
    let generales = erreurs.generales().iter();
    generales
        .map(|p| (String::new(), p.clone()))
        .chain(erreurs.champs().iter().cloned())
        .collect()
}

/// Ids separated by commas, as one hidden field carries them.
fn decouper<T: std::str::FromStr>(valeurs: &str) -> Result<Vec<T>, Erreur> {
    valeurs
        .split(',')
        .filter(|v| !v.is_empty())
        .map(|v| v.parse().map_err(|_| Erreur::Introuvable))
        .collect()
}

fn joindre<T: ToString>(ids: &[T]) -> String {
    ids.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

/// Every value of a key of the query that may repeat.
fn valeurs(requete: &web::Requete, cle: &str) -> String {
    requete
        .autres(&[])
        .into_iter()
        .filter(|(c, _)| c == cle)
        .map(|(_, v)| v)
        .collect::<Vec<_>>()
        .join(",")
}

/// Pairs of a query for many ids, each value short enough for `Requete`.
fn paires<T: ToString>(cle: &str, ids: &[T]) -> Vec<(String, String)> {
    ids.chunks(6)
        .map(|groupe| (cle.to_owned(), joindre(groupe)))
        .collect()
}

fn adresse(chemin: &str, paires: &[(String, String)]) -> String {
    if paires.is_empty() {
        return chemin.to_owned();
    }
    let mut question = url::form_urlencoded::Serializer::new(String::new());
    question.extend_pairs(paires);
    format!("{chemin}?{}", question.finish())
}
