//! The pages. All work without script: lists swap in place and confirmations open as windows where there is one.

mod abonnement;
mod adresse;
mod annulation;
mod bilan;
mod choix;
mod comptes;
mod creation;
mod demande;
mod detail;
mod import;
mod liste;
mod lot;
mod motif;
mod rattacher;
mod refus;
mod saisie;
mod services;
mod utilisateurs;

use super::genre::{Abonnement, Genre, Rattachement};
use crate::acces::{Capacite, Droits, Gestion, Role};
use crate::routes::Routes;
use crate::web::{Erreurs, Liste, Requete, texte};

pub fn routes() -> Routes {
    Routes::new()
        .get("/activites", liste::page)
        .get(
            "/activites/demandes/suivante",
            liste::suivante::<Rattachement>,
        )
        .post("/activites/demandes/lot", lot::decider::<Rattachement>)
        .get(
            "/activites/demandes/annulation/{acte}",
            annulation::page::<Rattachement>,
        )
        .post(
            "/activites/demandes/annulation/{acte}",
            annulation::annuler::<Rattachement>,
        )
        .get(
            "/activites/abonnements/suivante",
            liste::suivante::<Abonnement>,
        )
        .post("/activites/abonnements/lot", lot::decider::<Abonnement>)
        .get(
            "/activites/abonnements/annulation/{acte}",
            annulation::page::<Abonnement>,
        )
        .post(
            "/activites/abonnements/annulation/{acte}",
            annulation::annuler::<Abonnement>,
        )
        .get("/activites/historique.csv", detail::csv)
        .get("/activites/historique/{ligne}", detail::page)
        .get("/structures/{structure}/demandes/{demande}", demande::page)
        .post(
            "/structures/{structure}/demandes/{demande}/validation",
            demande::valider,
        )
        .get(
            "/structures/{structure}/demandes/{demande}/refus",
            refus::page::<Rattachement>,
        )
        .post(
            "/structures/{structure}/demandes/{demande}/refus",
            refus::refuser::<Rattachement>,
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
            refus::page::<Abonnement>,
        )
        .post(
            "/structures/{structure}/demandes-abonnement/{demande_abonnement}/refus",
            refus::refuser::<Abonnement>,
        )
        .get("/activites/rattachement", choix::page)
        .get("/structures/{structure}/rattachement", rattacher::recherche)
        .et(import::routes())
        .get(
            "/structures/{structure}/rattachement/adresse",
            adresse::page,
        )
        .post(
            "/structures/{structure}/rattachement/adresse",
            adresse::par_adresse,
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

/// Where an act returns to: the list as it was left, filters included.
fn retour(saisi: &str) -> &str {
    texte::retour(saisi, ACTIVITES)
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

/// Where a decision leads: the list as it was left, the next request, or the search of the same structure.
fn apres<G: Genre>(
    gestion: &Gestion<G::Capacite>,
    suite: &str,
    demande: G::Id,
    saisi: &str,
) -> String {
    let mots = G::mots();
    match suite {
        "suivante" => Requete::lire(&format!("{}/suivante", mots.chemin), "")
            .avec(&[("apres", &demande.to_string()), ("retour", retour(saisi))]),
        "autre" if gestion.droits().a(Capacite::RattacherUtilisateurs) => avec_retour(
            &format!("/structures/{}/rattachement", gestion.structure().id),
            retour(saisi),
        ),
        _ => retour_au_bloc(saisi, mots.ancre),
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
