use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Permission, Personne, Visiteur};
use crate::routes::Route;
use crate::web::{self, Erreur};

/// Every page that has an address of its own, by part of the site. The table of routes says who reaches it; a page
/// that no route serves is not shown.
pub const PARTIES: [(&str, &[(&str, &str)]); 8] = [
    (
        "Accueil et connexion",
        &[
            ("/", "Accueil"),
            ("/connexion", "Connexion"),
            ("/inscription", "Créer un compte"),
            (
                "/inscription/autre-personne",
                "Créer le compte d’une autre personne",
            ),
            ("/mot-de-passe-oublie", "Mot de passe oublié"),
            (
                "/activation/renvoi",
                "Recevoir un nouveau lien d’activation",
            ),
            ("/reactivation/lien", "Réactiver un compte désactivé"),
            ("/trouver-mon-referent", "Trouver mon référent"),
            ("/demande-de-compte", "Demander un compte au référent"),
            ("/annuaire", "Rechercher structure publique"),
            ("/domaines", "Les domaines"),
            ("/domaines/organisation", "Organisation"),
            ("/actualites", "Actualités"),
        ],
    ),
    (
        "Mon compte",
        &[
            ("/mon-compte", "Mon compte"),
            ("/mon-compte/informations", "Modifier mes informations"),
            ("/mon-compte/mot-de-passe", "Modifier mon mot de passe"),
            (
                "/mon-compte/acces",
                "Pourquoi ai-je, ou n’ai-je pas, accès\u{202F}?",
            ),
            ("/mon-compte/sessions", "Mes sessions"),
            ("/mon-compte/assistance", "Session d’assistance"),
            ("/mon-compte/courriels", "Mes courriels"),
            ("/mon-compte/donnees", "Mes données"),
            (
                "/mon-compte/double-authentification",
                "Double authentification",
            ),
            ("/mon-compte/adresse", "Modifier mon adresse de connexion"),
            (
                "/mon-compte/rattachements",
                "Mes rattachements aux structures",
            ),
            (
                "/mon-compte/rattachements/demande",
                "Demander un rattachement",
            ),
            ("/structures/nouvelle", "Créer une structure"),
            ("/mon-compte/abonnements", "Mes abonnements aux espaces"),
            ("/mon-compte/abonnements/ajout", "Ajouter un espace"),
        ],
    ),
    (
        "Activités du gestionnaire",
        &[
            ("/activites", "Activités du gestionnaire"),
            ("/services/nouveau", "Créer un service"),
            ("/activites/rattachement", "Rattacher un utilisateur"),
            ("/activites/utilisateurs", "Rechercher Utilisateur"),
        ],
    ),
    (
        "Sollicitations",
        &[
            ("/sollicitations", "Sollicitations émises"),
            ("/sollicitations/saisie", "Saisir sollicitation"),
            (
                "/sollicitations/saisie/changement-gestionnaire",
                "Changement de gestionnaire principal",
            ),
            ("/sollicitations/saisie/autre", "Autre demande au support"),
            (
                "/sollicitations/saisie/structure",
                "Demande à une structure publique",
            ),
            ("/sollicitations/brouillons", "Brouillons"),
            ("/sollicitations-recues", "Sollicitations reçues"),
            (
                "/sollicitations/saisie/compte-pigp",
                "Création d’un compte PIGP",
            ),
            (
                "/sollicitations/saisie/mes-donnees",
                "Modification de mes données",
            ),
            ("/support", "Bureau du support"),
            ("/support/demandes-de-compte", "Demandes de compte PIGP"),
            ("/support/assistance", "Ouvrir une session d’assistance"),
            ("/administration/reponses", "Réponses préparées"),
            (
                "/administration/reponses/nouvelle",
                "Créer une réponse préparée",
            ),
        ],
    ),
    (
        "Référent",
        &[
            ("/referent", "Mes demandes"),
            ("/referent/comptes", "Comptes"),
            ("/referent/comptes/nouveau", "Créer un compte PIGP"),
            ("/referent/arrivees", "Arrivées"),
            ("/referent/structures", "Structures et PIGP (référent)"),
        ],
    ),
    (
        "Aide",
        &[
            ("/aide", "Aide en ligne"),
            ("/aide/question", "Posez-moi vos questions"),
        ],
    ),
    (
        "Administration",
        &[
            ("/administration", "Administration"),
            ("/administration/equipe", "Comptes de l’équipe"),
            (
                "/administration/equipe/nouveau-compte",
                "Créer un compte de l’équipe",
            ),
            ("/administration/espaces", "Catalogue des espaces"),
            ("/administration/espaces/nouvel-espace", "Créer un espace"),
            ("/administration/parametres", "Paramètres du portail"),
            ("/administration/journal", "Journal de l’administration"),
            ("/administration/aide", "Articles de l’aide"),
            ("/administration/aide/nouvel-article", "Créer un article"),
            ("/administration/perimetres", "Périmètres des référents"),
            ("/administration/perimetres/nouveau", "Créer un périmètre"),
            ("/administration/structures", "Structures et PIGP"),
            ("/administration/actualites", "Gérer les actualités"),
            ("/administration/actualites/nouvelle", "Créer une actualité"),
        ],
    ),
    (
        "Informations sur le site",
        &[
            ("/accessibilite", "Accessibilité"),
            ("/mentions-legales", "Mentions légales"),
            ("/donnees-personnelles", "Données personnelles"),
            ("/plan-du-site", "Plan du site"),
            ("/parametres-affichage", "Paramètres d’affichage"),
            ("/api/documentation", "Documentation de l’API"),
        ],
    ),
];

/// The name of the screen at this address, where the address is its own.
pub fn libelle_de_la_page(chemin: &str) -> Option<&'static str> {
    let pages = PARTIES.iter().flat_map(|(_, pages)| pages.iter());
    pages
        .filter(|(adresse, _)| *adresse == chemin)
        .map(|(_, libelle)| *libelle)
        .next()
}

/// Whether this visitor may open a page with this permission. Pages of one structure are reached from their lists.
fn accessible(permission: Permission, personne: Option<&Personne>) -> bool {
    match permission {
        Permission::Visiteur => true,
        Permission::Identifie | Permission::Connecte | Permission::EnPersonne => personne.is_some(),
        Permission::Espace(espace) => personne.is_some_and(|p| p.a_l_espace(espace)),
        Permission::Support => personne.is_some_and(Personne::support),
        Permission::Referent => personne.is_some_and(Personne::referent),
        Permission::Administration => personne.is_some_and(Personne::administrateur),
        Permission::Portee(_) => personne.is_some_and(|p| p.gestionnaire),
        Permission::Membre
        | Permission::Gestion(_)
        | Permission::GestionPrincipale
        | Permission::Regard
        | Permission::Technique => false,
    }
}

struct Partie {
    titre: &'static str,
    pages: Vec<(&'static str, &'static str)>,
}

/// The parts of the site as this visitor may walk them.
fn parties(table: &[Route], personne: Option<&Personne>) -> Vec<Partie> {
    PARTIES
        .into_iter()
        .map(|(titre, pages)| Partie {
            titre,
            pages: pages
                .iter()
                .copied()
                // Signed in already: nothing to do on the sign-in page.
                .filter(|(chemin, _)| {
                    personne.is_none() || !["/connexion", "/inscription"].contains(chemin)
                })
                .filter(|(chemin, _)| {
                    table.iter().any(|r| {
                        r.methode == "GET"
                            && r.chemin == *chemin
                            && accessible(r.permission, personne)
                    })
                })
                .collect(),
        })
        .filter(|p| !p.pages.is_empty())
        .collect()
}

#[derive(Template)]
#[template(path = "informations/plan_du_site.html")]
struct PlanDuSite {
    page: Page,
    parties: Vec<Partie>,
}

pub async fn page(
    visiteur: Visiteur,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let parties = parties(crate::routes(&app).table(), visiteur.personne());
    web::page(&PlanDuSite { page, parties })
}
