//! The pages. All work without script: lists swap in place and confirmations open as windows where there is one.

mod abonnement;
mod abonnement_lot;
mod bilan;
mod comptes;
mod creation;
mod demande;
mod detail;
mod liste;
mod lot;
mod motif;
mod rattacher;
mod refus;
mod saisie;
mod services;
mod utilisateurs;

use crate::acces::{Capacite, Droits, Role};
use crate::routes::Routes;
use crate::web::{Erreurs, Liste, texte};

pub fn routes() -> Routes {
    Routes::new()
        .get("/activites", liste::page)
        .get("/activites/demandes/suivante", liste::suivante)
        .post("/activites/demandes/lot", lot::decider)
        .get("/activites/abonnements/suivante", liste::suivant_abonnement)
        .post("/activites/abonnements/lot", abonnement_lot::decider)
        .get("/activites/historique.csv", detail::csv)
        .get("/activites/historique/{ligne}", detail::page)
        .get("/structures/{structure}/demandes/{demande}", demande::page)
        .post(
            "/structures/{structure}/demandes/{demande}/validation",
            demande::valider,
        )
        .get(
            "/structures/{structure}/demandes/{demande}/refus",
            refus::page,
        )
        .post(
            "/structures/{structure}/demandes/{demande}/refus",
            refus::refuser,
        )
        .get(
            "/structures/{structure}/demandes-abonnement/{demande_abonnement}",
            abonnement::page,
        )
        .post(
            "/structures/{structure}/demandes-abonnement/{demande_abonnement}/validation",
            abonnement::valider,
        )
        .get(
            "/structures/{structure}/demandes-abonnement/{demande_abonnement}/refus",
            abonnement::page_refus,
        )
        .post(
            "/structures/{structure}/demandes-abonnement/{demande_abonnement}/refus",
            abonnement::refuser,
        )
        .get("/structures/{structure}/rattachement", rattacher::recherche)
        .get(
            "/structures/{structure}/rattachement/adresse",
            creation::page_adresse,
        )
        .post(
            "/structures/{structure}/rattachement/adresse",
            creation::par_adresse,
        )
        .get(
            "/structures/{structure}/rattachement/creation",
            creation::page,
        )
        .post(
            "/structures/{structure}/rattachement/creation",
            creation::creer,
        )
        .get(
            "/structures/{structure}/rattachement/{utilisateur}",
            rattacher::page,
        )
        .post(
            "/structures/{structure}/rattachement/{utilisateur}",
            rattacher::rattacher,
        )
        .et(comptes::routes())
        .et(utilisateurs::routes())
}

/// The list, where nothing else was asked for.
const ACTIVITES: &str = "/activites";
/// Anchors of the blocks.
const BLOC_DEMANDES: &str = "demandes-rattachement";
const BLOC_ABONNEMENTS: &str = "demandes-abonnement";

/// Where an act returns to: the list as it was left, filters included.
fn retour(saisi: &str) -> &str {
    texte::retour(saisi, ACTIVITES)
}

/// The list on the block of requests.
fn retour_aux_demandes(saisi: &str) -> String {
    retour_au_bloc(saisi, BLOC_DEMANDES)
}

/// The list on one of its blocks.
fn retour_au_bloc(saisi: &str, bloc: &str) -> String {
    let adresse = retour(saisi);
    if adresse.contains('#') || !adresse.starts_with(ACTIVITES) {
        adresse.to_owned()
    } else {
        format!("{adresse}#{bloc}")
    }
}

/// An address that carries where it returns to.
fn avec_retour(adresse: &str, retour: &str) -> String {
    let question = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("retour", retour)
        .finish();
    format!("{adresse}?{question}")
}

/// For the summary above the form: pairs (field, sentence), the field "" for the whole.
fn resume(erreurs: &Erreurs) -> Vec<(String, String)> {
    let champs = erreurs.champs().iter().cloned();
    let generales = erreurs.generales().iter();
    champs
        .chain(generales.map(|p| (String::new(), p.clone())))
        .collect()
}

/// What the headings of a sorted column say.
fn sens<L>(liste: &Liste<L>, colonne: &str) -> &'static str {
    match liste.sens_de(colonne) {
        "ascending" => "asc",
        "descending" => "desc",
        _ => "",
    }
}

/// Roles this person may give: GS is not offered to whoever cannot name one.
fn roles(droits: &Droits) -> Vec<(String, String)> {
    let offre = |role: Role| (role.code().to_owned(), role.libelle().to_owned());
    if droits.a(Capacite::NommerGestionnairesSecondaires) {
        vec![offre(Role::Gs), offre(Role::Us)]
    } else {
        vec![offre(Role::Us)]
    }
}

/// « Actif »: the state of an account, as screens write it, with the genre of its badge.
fn statut_utilisateur(code: &str) -> (&'static str, &'static str) {
    match code {
        "actif" => ("succes", "Actif"),
        "en_cours_activation" => ("attente", "En cours d’activation"),
        "clos" => ("neutre", "Clos"),
        _ => ("neutre", "Inactif"),
    }
}
