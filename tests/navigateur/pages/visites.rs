//! The list of the visits: each GET route, who reads it, with what in its query.

pub const PERSONNE: &str = "";
pub const ZAHRA: &str = "zahra.hamou@example.org";
pub const PAULINE: &str = "pauline.dufour@terneuil.example";
pub const MATTHIEU: &str = "matthieu.cardan@terneuil.example";
/// Given a second factor for the visit.
pub const JULIE: &str = "julie.bon@terneuil.example";
pub const ANNE: &str = "nouvelle.proviseure@ac-lyon.example";
pub const ADMIN: &str = "admin@vantail.example";
pub const SUPPORT: &str = "support.un@vantail.example";
/// A certificate names somebody else in her place.
pub const REMPLACEE: &str = "cheffe.grenoble@ac-grenoble.example";
pub const SORTANT: &str = "proviseur.sortant@ac-lyon.example";
pub const ENTRANT: &str = "proviseur.entrant@ac-lyon.example";

/// What is not a page: read by its own tests.
pub const AUTRES: &[&str] = &[
    "/activites/abonnements/suivante",
    // steps of a journey, seen in its states (`etats::inscription`)
    "/inscription/demande",
    "/inscription/fiche",
    "/inscription/messagerie",
    "/inscription/structure",
    "/inscription/verification",
    "/annuaire.csv",
    "/structures/{structure}/rattachement/import/modele.csv",
    "/structures/{structure}/rattachement/import/{fichier}/resultat.csv",
    // for programs
    "/api/v1/openapi.json",
    "/api/v1/moi",
    "/api/v1/services",
    "/api/v1/utilisateurs",
    "/api/v1/espaces",
    "/activites/historique.csv",
    "/structures/{structure}/services.csv",
    "/structures/{structure}/espaces/utilisateurs.csv",
    // a decision of the last ten minutes: seen by its journey
    "/activites/demandes/annulation/{acte}",
    "/activites/abonnements/annulation/{acte}",
    "/activites/utilisateurs.csv",
    "/structures/{structure}/utilisateurs.csv",
    // only while an account waits: read by its own tests
    "/activites/utilisateurs/{utilisateur}/identite",
    // answers by a redirection, followed by the journeys
    "/activites/rattachement",
    "/activites/demandes/suivante",
    // answers by a redirection, or by a choice among structures: seen by its journey
    "/domaines/organisation/{application}",
    "/aide/ecran",
    // answers by a redirection to the page of the link
    "/reactivation",
    "/mon-compte/donnees.json",
    // files, downloaded by the journeys
    "/sollicitations/{sollicitation}/pieces/{piece}",
    "/sollicitations/brouillons/{brouillon}/pieces/{piece}",
    "/sollicitations-recues/{recue}/pieces/{piece}",
    "/support/sollicitations/{sollicitation}/pieces/{piece}",
    "/referent/sollicitations/{sollicitation}/pieces/{piece}",
    "/referent/arrivees/modele.csv",
    "/referent/arrivees/{perimetre}/{arrivee}/resultat.csv",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Groupe {
    Ouvert,
    Compte,
    Gestion,
}
use Groupe::{Compte, Gestion, Ouvert};

use super::visites_gestion::GESTIONS;
use super::visites_referents::REFERENTS;

/// Route, who reads it, and the query that fills it. `{…}` are taken from the demo world.
pub const VISITES: &[(Groupe, &str, &str, &str)] = &[
    (Ouvert, "/", PERSONNE, ""),
    (Ouvert, "/connexion", PERSONNE, "?retour=%2Fmon-compte"),
    (Ouvert, "/inscription", PERSONNE, ""),
    (Ouvert, "/inscription/autre-personne", PERSONNE, ""),
    (Ouvert, "/connexion/code", PERSONNE, ""),
    (Ouvert, "/adresse/{secret}", PERSONNE, ""),
    (Ouvert, "/activation/renvoi", PERSONNE, ""),
    (Ouvert, "/activation/{secret}", PERSONNE, ""),
    (Ouvert, "/reactivation/lien", PERSONNE, ""),
    (Ouvert, "/reactivation/{secret}", PERSONNE, ""),
    (Ouvert, "/mot-de-passe-oublie", PERSONNE, ""),
    (Ouvert, "/mot-de-passe/{secret}", PERSONNE, ""),
    (Ouvert, "/mentions-legales", PERSONNE, ""),
    (Ouvert, "/donnees-personnelles", PERSONNE, ""),
    (Ouvert, "/accessibilite", PERSONNE, ""),
    (Ouvert, "/plan-du-site", PERSONNE, ""),
    (Ouvert, "/plan-du-site", PAULINE, ""),
    (Ouvert, "/parametres-affichage", PERSONNE, ""),
    (Ouvert, "/api/documentation", PERSONNE, ""),
    (Ouvert, "/demo/courriels", PERSONNE, ""),
    (Ouvert, "/demo/courriels/{courrier}", PERSONNE, ""),
    (Ouvert, "/aide", PERSONNE, ""),
    (Ouvert, "/aide/{slug}", PERSONNE, ""),
    (Ouvert, "/aide/question", PERSONNE, "?q=transferer+mon+role"),
    (Ouvert, "/aide/question", ZAHRA, "?q=tarte+aux+pommes"),
    (Ouvert, "/actualites", PERSONNE, ""),
    (Compte, "/aide", SUPPORT, ""),
    (Compte, "/aide/{slug}", PAULINE, ""),
    (Compte, "/actualites", PAULINE, ""),
    (Compte, "/actualites/{actualite}", ZAHRA, ""),
    (Compte, "/domaines", PAULINE, ""),
    (Compte, "/domaines/organisation", PAULINE, ""),
    (Compte, "/domaines/organisation", ZAHRA, ""),
    (Compte, "/administration", ADMIN, ""),
    (Compte, "/administration/equipe", ADMIN, ""),
    (Compte, "/administration/equipe/nouveau-compte", ADMIN, ""),
    (Compte, "/administration/equipe/{agent}", ADMIN, ""),
    (Compte, "/administration/equipe/{agent}/{geste}", ADMIN, ""),
    (Compte, "/administration/espaces", ADMIN, ""),
    (Compte, "/administration/espaces/nouvel-espace", ADMIN, ""),
    (Compte, "/administration/espaces/{espace}", ADMIN, ""),
    (Compte, "/administration/parametres", ADMIN, ""),
    (Compte, "/administration/journal", ADMIN, ""),
    (Compte, "/administration/aide", ADMIN, ""),
    (Compte, "/administration/aide/nouvel-article", ADMIN, ""),
    (Compte, "/administration/aide/{slug}", ADMIN, ""),
    (Compte, "/administration/aide/{slug}/suppression", ADMIN, ""),
    (Compte, "/administration/actualites", ADMIN, ""),
    (Compte, "/administration/actualites/nouvelle", ADMIN, ""),
    (Compte, "/administration/actualites/{actualite}", ADMIN, ""),
    (
        Compte,
        "/administration/actualites/{actualite}/suppression",
        ADMIN,
        "",
    ),
    (Compte, "/", ZAHRA, ""),
    (Compte, "/", PAULINE, ""),
    (Compte, "/", "jules.martin@example.org", ""),
    (Compte, "/annuaire", ZAHRA, "?q=commune"),
    (Compte, "/annuaire/{structure}", ZAHRA, ""),
    (Compte, "/mon-compte", ZAHRA, ""),
    (Compte, "/mon-compte", SORTANT, ""),
    (Compte, "/mon-compte/mot-de-passe", ZAHRA, ""),
    (Compte, "/mon-compte/sessions", ZAHRA, ""),
    (Compte, "/mon-compte/assistance", ZAHRA, ""),
    (Compte, "/mon-compte/assistance/{assistance}", ZAHRA, ""),
    (Compte, "/support/assistance", SUPPORT, ""),
    (Compte, "/mon-compte/informations", ZAHRA, ""),
    (Compte, "/mon-compte/informations", SORTANT, ""),
    (Compte, "/mon-compte/courriels", ZAHRA, ""),
    (Compte, "/mon-compte/donnees", ZAHRA, ""),
    (Compte, "/mon-compte/desactivation", ZAHRA, ""),
    (Compte, "/mon-compte/acces", ZAHRA, ""),
    (
        Compte,
        "/mon-compte/acces",
        ZAHRA,
        "?structure=14700985600138&espace=factures_recues",
    ),
    (
        Compte,
        "/mon-compte/acces",
        PAULINE,
        "?structure=14700985600138&espace=factures_de_travaux",
    ),
    (Compte, "/mon-compte/adresse", ZAHRA, ""),
    (Compte, "/mon-compte/adresse", SORTANT, ""),
    (Compte, "/mon-compte/double-authentification", ZAHRA, ""),
    (
        Compte,
        "/mon-compte/double-authentification/activation",
        ZAHRA,
        "",
    ),
    (
        Compte,
        "/mon-compte/double-authentification/codes",
        JULIE,
        "",
    ),
    (
        Compte,
        "/mon-compte/double-authentification/retrait",
        JULIE,
        "",
    ),
    (Compte, "/mon-compte/rattachements", ZAHRA, ""),
    (Compte, "/mon-compte/rattachements", SORTANT, ""),
    (Compte, "/mon-compte/rattachements", ENTRANT, ""),
    (Compte, "/mon-compte/demandes/{demande}/retrait", ZAHRA, ""),
    (
        Compte,
        "/mon-compte/rattachements/demande",
        ZAHRA,
        "?q=Terneuil",
    ),
    (
        Compte,
        "/mon-compte/rattachements/demande/{structure}",
        ZAHRA,
        "",
    ),
    (
        Compte,
        "/mon-compte/rattachements/suppression",
        SORTANT,
        "?r={rattachement}",
    ),
    (
        Compte,
        "/mon-compte/rattachements/succession",
        SORTANT,
        "?l={rattachement}",
    ),
    (Compte, "/mon-compte/abonnements", JULIE, ""),
    (
        Compte,
        "/mon-compte/abonnements",
        "jules.martin@example.org",
        "",
    ),
    (
        Compte,
        "/mon-compte/abonnements/ajout",
        "deux.structures@example.org",
        "",
    ),
    (
        Compte,
        "/mon-compte/abonnements/ajout/{structure}",
        JULIE,
        "",
    ),
    (
        Compte,
        "/mon-compte/abonnements/retrait/{abonnement}",
        JULIE,
        "",
    ),
    (
        Compte,
        "/mon-compte/demandes-abonnement/{demande_abonnement}/retrait",
        JULIE,
        "",
    ),
    (Compte, "/structures/{structure}", PAULINE, ""),
    (
        Compte,
        "/structures/nouvelle",
        ZAHRA,
        "?type_identifiant=SIRET&identifiant=73282932000074",
    ),
    (
        Compte,
        "/structures/nouvelle",
        ZAHRA,
        "?type_identifiant=SIRET&identifiant=99900001100018",
    ),
    (
        Compte,
        "/structures/nouvelle",
        ZAHRA,
        "?type_identifiant=SIRET&identifiant=99900002900010",
    ),
    (Compte, "/sollicitations", ANNE, ""),
    (Compte, "/sollicitations/saisie", ANNE, ""),
    (
        Compte,
        "/sollicitations/saisie/changement-gestionnaire",
        ANNE,
        "",
    ),
    (Compte, "/sollicitations/saisie/autre", ANNE, ""),
    (
        Compte,
        "/sollicitations/saisie/structure",
        ANNE,
        "?q=terneuil",
    ),
    (Compte, "/sollicitations/brouillons", ANNE, ""),
    (Compte, "/sollicitations/brouillons/{brouillon}", ANNE, ""),
    (
        Compte,
        "/sollicitations/brouillons/{brouillon}/suppression",
        ANNE,
        "",
    ),
    (Gestion, "/sollicitations-recues", PAULINE, ""),
    (Gestion, "/sollicitations-recues/{recue}", PAULINE, ""),
    (
        Gestion,
        "/sollicitations-recues/{recue}/transfert",
        PAULINE,
        "",
    ),
    (
        Gestion,
        "/support/sollicitations/{sollicitation}/attribution",
        SUPPORT,
        "",
    ),
    (Gestion, "/administration/reponses", ADMIN, ""),
    (Gestion, "/administration/reponses/nouvelle", ADMIN, ""),
    (Gestion, "/administration/reponses/{reponse}", ADMIN, ""),
    (
        Gestion,
        "/administration/reponses/{reponse}/suppression",
        ADMIN,
        "",
    ),
    (Compte, "/sollicitations/{sollicitation}", ANNE, ""),
    (Compte, "/sollicitations/{sollicitation}", JULIE, ""),
    (Compte, "/sollicitations/{sollicitation}/cloture", ANNE, ""),
    (Compte, "/mon-compte/rattachements", ANNE, ""),
];

/// The same with a query of their own.
pub const AVEC_QUESTION: [(Groupe, &str, &str, &str); 4] = [
    (
        Compte,
        "/mon-compte/rattachements/succession/confirmation",
        SORTANT,
        "?l={rattachement}&meme={gs}",
    ),
    (
        Compte,
        "/structures/{structure}/transfert/annulation",
        ENTRANT,
        "",
    ),
    (
        Gestion,
        "/structures/{structure}/transfert/recherche",
        PAULINE,
        "?nom=cardan",
    ),
    (
        Gestion,
        "/structures/{structure}/transfert/confirmation",
        PAULINE,
        "?successeur={gs}",
    ),
];

pub fn visites() -> impl Iterator<Item = &'static (Groupe, &'static str, &'static str, &'static str)>
{
    VISITES
        .iter()
        .chain(GESTIONS)
        .chain(REFERENTS)
        .chain(&AVEC_QUESTION)
}
