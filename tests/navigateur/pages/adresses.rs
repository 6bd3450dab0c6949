//! Every GET route of the table, at an address that exists, by somebody who may read it.

use anyhow::{Result, bail};

use super::Revue;
use crate::gestes::Visite;

const PERSONNE: &str = "";
const ZAHRA: &str = "zahra.hamou@example.org";
const PAULINE: &str = "pauline.dufour@terneuil.example";
/// Given a second factor for the visit.
const JULIE: &str = "julie.bon@terneuil.example";
const ANNE: &str = "nouvelle.proviseure@ac-lyon.example";
const SUPPORT: &str = "support.un@vantail.example";
const SORTANT: &str = "proviseur.sortant@ac-lyon.example";
const ENTRANT: &str = "proviseur.entrant@ac-lyon.example";

/// What is not a page: read by its own tests.
const AUTRES: &[&str] = &[
    "/activites/abonnements/suivante",
    // steps of a journey, seen in its states (`etats::inscription`)
    "/inscription/demande",
    "/inscription/fiche",
    "/inscription/messagerie",
    "/inscription/structure",
    "/inscription/verification",
    "/annuaire.csv",
    "/activites/historique.csv",
    // answers by a redirection, followed by the journeys
    "/activites/demandes/suivante",
    // answers by a redirection to the page of the link
    "/reactivation",
    "/mon-compte/donnees.json",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Groupe {
    Ouvert,
    Compte,
    Gestion,
}
use Groupe::{Compte, Gestion, Ouvert};

/// Route, who reads it, and the query that fills it. `{…}` are taken from the demo world.
const VISITES: &[(Groupe, &str, &str, &str)] = &[
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
    (Ouvert, "/demo/courriels", PERSONNE, ""),
    (Ouvert, "/demo/courriels/{courrier}", PERSONNE, ""),
    (Compte, "/", ZAHRA, ""),
    (Compte, "/", "jules.martin@example.org", ""),
    (Compte, "/annuaire", ZAHRA, "?q=commune"),
    (Compte, "/annuaire/{structure}", ZAHRA, ""),
    (Compte, "/mon-compte", ZAHRA, ""),
    (Compte, "/mon-compte", SORTANT, ""),
    (Compte, "/mon-compte/mot-de-passe", ZAHRA, ""),
    (Compte, "/mon-compte/sessions", ZAHRA, ""),
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
    (Compte, "/sollicitations", ANNE, ""),
    (Compte, "/sollicitations/saisie", ANNE, ""),
    (
        Compte,
        "/sollicitations/saisie/changement-gestionnaire",
        ANNE,
        "",
    ),
    (Compte, "/sollicitations/saisie/autre", ANNE, ""),
    (Compte, "/sollicitations/{sollicitation}", ANNE, ""),
    (Compte, "/sollicitations/{sollicitation}", JULIE, ""),
    (Compte, "/sollicitations/{sollicitation}/cloture", ANNE, ""),
    (Compte, "/mon-compte/rattachements", ANNE, ""),
    (Gestion, "/", SUPPORT, ""),
    (Gestion, "/support", SUPPORT, ""),
    (
        Gestion,
        "/support/sollicitations/{sollicitation}",
        SUPPORT,
        "",
    ),
    (Gestion, "/", PAULINE, ""),
    (Gestion, "/mon-compte/courriels", PAULINE, ""),
    (Gestion, "/mon-compte/desactivation", PAULINE, ""),
    (Gestion, "/mon-compte/desactivation/succession", PAULINE, ""),
    (Gestion, "/activites", PAULINE, ""),
    (Gestion, "/activites/historique/{ligne}", PAULINE, ""),
    (
        Gestion,
        "/structures/{structure}/demandes/{demande}",
        PAULINE,
        "",
    ),
    (
        Gestion,
        "/structures/{structure}/demandes/{demande}/refus",
        PAULINE,
        "",
    ),
    (
        Gestion,
        "/structures/{structure}/rattachement",
        PAULINE,
        "?recherche=1&nom=martin",
    ),
    (
        Gestion,
        "/structures/{structure}/rattachement/{utilisateur}",
        PAULINE,
        "",
    ),
    (
        Gestion,
        "/structures/{structure}/demandes-abonnement/{demande_abonnement}",
        PAULINE,
        "",
    ),
    (
        Gestion,
        "/structures/{structure}/demandes-abonnement/{demande_abonnement}/refus",
        PAULINE,
        "",
    ),
    (Gestion, "/structures/{structure}/transfert", PAULINE, ""),
    (Gestion, "/structures/{structure}/transfert", ENTRANT, ""),
];

/// The same with a query of their own.
const AVEC_QUESTION: [(Groupe, &str, &str, &str); 4] = [
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

fn visites() -> impl Iterator<Item = &'static (Groupe, &'static str, &'static str, &'static str)> {
    VISITES.iter().chain(&AVEC_QUESTION)
}

/// A new page cannot be forgotten: its route must be in the lists above.
fn toutes_les_routes(v: &Visite) -> Result<()> {
    let routes = vantail::routes(v.site.app());
    let oubliees: Vec<&str> = routes
        .table()
        .iter()
        .filter(|r| r.methode == "GET" && !AUTRES.contains(&r.chemin))
        .map(|r| r.chemin)
        .filter(|chemin| !visites().any(|(_, route, ..)| route == chemin))
        .collect();
    if !oubliees.is_empty() {
        bail!("pages that nobody looks at: {oubliees:?}");
    }
    Ok(())
}

/// The concrete address of a route for this person.
async fn adresse(v: &Visite, route: &str, login: &str, question: &str) -> Result<String> {
    let mut adresse = format!("{route}{question}");
    let structure = match (route, login) {
        (r, ZAHRA) if r.starts_with("/mon-compte/rattachements/demande/") => "14700985600138",
        (_, ZAHRA) => "21200223200016",
        (_, SORTANT) => "19690199500015",
        (_, ENTRANT) => "19690201900013",
        _ => "14700985600138",
    };
    let remplacements: [(&str, &'static str, &str); 10] = [
        (
            "{sollicitation}",
            "select s.id::text from sollicitations s join utilisateurs u on u.id = s.emetteur_id where u.adresse_connexion = $1",
            if login == SUPPORT { ANNE } else { login },
        ),
        (
            "{structure}",
            "select id::text from structures where identifiant = $1",
            structure,
        ),
        (
            "{rattachement}",
            "select r.id::text from rattachements r join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = $1 limit 1",
            login,
        ),
        (
            "{utilisateur}",
            "select id::text from utilisateurs where adresse_connexion = $1",
            "jules.martin@example.org",
        ),
        (
            "{gs}",
            "select id::text from utilisateurs where adresse_connexion = $1",
            "matthieu.cardan@terneuil.example",
        ),
        (
            "{ligne}",
            "select h.id::text from historique h join structures s on s.id = h.structure_id where s.identifiant = $1 order by h.id desc limit 1",
            structure,
        ),
        (
            "{courrier}",
            "select id::text from courriers where gabarit = $1 order by id limit 1",
            "activation",
        ),
        (
            "{abonnement}",
            "select a.id::text from abonnements a join rattachements r on r.id = a.rattachement_id join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = $1 and a.origine = 'demande' limit 1",
            JULIE,
        ),
        (
            "{demande_abonnement}",
            "select d.id::text from demandes_abonnement d join utilisateurs u on u.id = d.utilisateur_id where u.adresse_connexion = $1 and d.statut = 'en_cours_de_validation'",
            JULIE,
        ),
        (
            "{demande}",
            if login == ZAHRA {
                "select d.id::text from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id where u.adresse_connexion = $1 and d.statut = 'en_cours_de_validation'"
            } else {
                "select d.id::text from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id where u.adresse_connexion = $1 and d.statut = 'en_cours_de_validation' limit 1"
            },
            if login == ZAHRA {
                login
            } else {
                "sophie.lambert@terneuil.example"
            },
        ),
    ];
    for (signe, sql, parametre) in remplacements {
        if adresse.contains(signe) {
            adresse = adresse.replace(signe, &v.site.valeur(sql, parametre).await?);
        }
    }
    Ok(adresse)
}

/// The page behind the link of a mail.
async fn par_courriel(v: &Visite, route: &str) -> Result<()> {
    if route.starts_with("/adresse/") {
        v.devenir(ZAHRA).await?;
        v.aller("/mon-compte/adresse").await?;
        v.remplir("Nouvelle adresse", "z.hamou@mairie.example")
            .await?;
        v.remplir("Mot de passe", vantail::demo::MOT_DE_PASSE)
            .await?;
        v.clic("Recevoir le lien").await?;
        v.lire("Changement en attente").await?;
        v.deconnecte().await?;
        v.suivre_le_courriel("z.hamou@mairie.example").await
    } else if route.starts_with("/mot-de-passe/") {
        v.aller("/mot-de-passe-oublie").await?;
        v.remplir("Adresse électronique", ZAHRA).await?;
        v.clic("Recevoir le lien").await?;
        v.lire("Consultez votre messagerie").await?;
        v.suivre_le_courriel(ZAHRA).await
    } else {
        // With a request that waits for the activation.
        v.suivre_le_courriel("lucie.moreau@pietralba.example").await
    }
}

async fn revue(v: Visite, groupe: Groupe, nom: &str) -> Result<()> {
    toutes_les_routes(&v)?;
    let mut revue = Revue::nouvelle(&v, nom)?;
    sqlx::query(
        "update utilisateurs set facteur_le = maintenant(), facteur_sel = decode(repeat('00', 32), 'hex'),
                facteur_version = 1, facteur_pas = 0 where adresse_connexion = $1",
    )
    .bind(JULIE)
    .execute(&v.site.app().db)
    .await?;
    for (_, route, login, question) in visites().filter(|(g, ..)| *g == groupe) {
        v.deconnecte().await?;
        if !login.is_empty() {
            v.devenir(login).await?;
        }
        let nom = format!("{route} {login}");
        if route.contains("{secret}") {
            par_courriel(&v, route).await?;
        } else {
            let chemin = adresse(&v, route, login, question).await?;
            v.aller(&chemin).await?;
            let vu = v.chemin().await?;
            if vu.split('?').next() != chemin.split('?').next() {
                bail!("{chemin} leads to {vu}");
            }
        }
        if v.pilote().title().await?.contains("Erreur") {
            bail!("{nom} is an error page");
        }
        revue.voir(&nom).await?;
    }
    revue.conclure().await
}

pub async fn ouvertes(v: Visite) -> Result<()> {
    revue(v, Ouvert, "ouvertes").await
}

pub async fn du_compte(v: Visite) -> Result<()> {
    revue(v, Compte, "compte").await
}

pub async fn de_gestion(v: Visite) -> Result<()> {
    revue(v, Gestion, "gestion").await
}
