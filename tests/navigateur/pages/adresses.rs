//! Every GET route of the table, at an address that exists, by somebody who may read it.

use anyhow::{Result, bail};

use super::Revue;
use super::visites::{
    ANNE, AUTRES, ENTRANT, Groupe, JULIE, MATTHIEU, PAULINE, SORTANT, SUPPORT, ZAHRA, visites,
};
use super::visites_referents::REFERENT;
use crate::gestes::Visite;

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
    let remplacements: [(&str, &'static str, &str); 30] = [
        (
            "{assistance}",
            "select a.id::text from assistances a join utilisateurs u on u.id = a.utilisateur_id where u.adresse_connexion = $1",
            login,
        ),
        (
            "{agent}",
            "select id::text from utilisateurs where adresse_connexion = $1",
            SUPPORT,
        ),
        ("{geste}", "select $1::text", "desactivation"),
        (
            "{espace}",
            "select code from espaces where code = $1",
            "factures_de_travaux",
        ),
        (
            "{sollicitation}",
            "select s.id::text from sollicitations s join utilisateurs u on u.id = s.emetteur_id where u.adresse_connexion = $1",
            match login {
                SUPPORT => ANNE,
                "referent@ac-grenoble.example" => "cheffe.grenoble@ac-grenoble.example",
                _ => login,
            },
        ),
        (
            "{demande_de_compte}",
            "select id::text from demandes_de_compte where adresse = $1",
            if login == SUPPORT {
                "sans.referent@ac-nice.example"
            } else {
                "camille.berger@ac-lyon.example"
            },
        ),
        (
            "{compte}",
            "select id::text from utilisateurs where adresse_connexion = $1",
            "agent.fontaines@ac-lyon.example",
        ),
        (
            "{referent}",
            "select id::text from utilisateurs where adresse_connexion = $1",
            REFERENT,
        ),
        (
            "{perimetre}",
            "select id::text from perimetres where nom = $1",
            "Académie de Lyon",
        ),
        (
            "{arrivee}",
            "select f.id::text from fichiers_deposes f join utilisateurs u on u.id = f.utilisateur_id where u.adresse_connexion = $1 limit 1",
            REFERENT,
        ),
        (
            "{certificat}",
            "select c.id::text from certificats c join utilisateurs u on u.id = c.ancien_id where u.adresse_connexion = $1",
            login,
        ),
        (
            "{recue}",
            "select r.id::text from sollicitations r join structures s on s.id = r.destinataire_structure_id where s.identifiant = $1 limit 1",
            structure,
        ),
        (
            "{brouillon}",
            "select b.id::text from sollicitation_brouillons b join utilisateurs u on u.id = b.auteur_id where u.adresse_connexion = $1 limit 1",
            login,
        ),
        (
            "{reponse}",
            "select id::text from reponses_preparees where titre = $1",
            "Lien d’activation expiré",
        ),
        (
            "{slug}",
            "select slug from articles_aide where slug = $1",
            "creer-un-compte",
        ),
        (
            "{actualite}",
            "select id::text from actualites where audience = $1 order by id limit 1",
            "connecte",
        ),
        (
            "{coordonnee}",
            "select c.id::text from coordonnees_bancaires c join structures s on s.id = c.structure_id where s.identifiant = $1 and c.active",
            structure,
        ),
        (
            "{mandat}",
            "select m.id::text from mandats m join structures s on s.id = m.structure_id where s.identifiant = $1",
            structure,
        ),
        (
            "{technique}",
            "select c.id::text from comptes_techniques c join structures s on s.id = c.structure_id where s.identifiant = $1",
            structure,
        ),
        (
            "{structure}",
            "select id::text from structures where identifiant = $1",
            structure,
        ),
        (
            "{service}",
            "select v.id::text from services v join structures s on s.id = v.structure_id where s.identifiant = $1 order by v.code limit 1",
            structure,
        ),
        (
            "{rattachement}",
            "select r.id::text from rattachements r join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = $1 limit 1",
            // A gestionnaire reads the fiche of the gestionnaire secondaire.
            if login == PAULINE { MATTHIEU } else { login },
        ),
        (
            "{utilisateur}",
            "select id::text from utilisateurs where adresse_connexion = $1",
            if route.starts_with("/activites/utilisateurs/") {
                MATTHIEU
            } else {
                "jules.martin@example.org"
            },
        ),
        (
            "{fichier}",
            "select f.id::text from fichiers_deposes f join utilisateurs u on u.id = f.utilisateur_id where u.adresse_connexion = $1 limit 1",
            PAULINE,
        ),
        (
            "{gs}",
            "select id::text from utilisateurs where adresse_connexion = $1",
            MATTHIEU,
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
            match login {
                ZAHRA => login,
                // On a commune that nobody manages.
                SUPPORT => "toussaint.leca@example.org",
                // On a collège of Lyon, the same.
                REFERENT => "principale.rivieres@ac-lyon.example",
                _ => "sophie.lambert@terneuil.example",
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
    } else if route.starts_with("/demande-de-compte/") {
        v.aller("/demande-de-compte?siret=19690199500015").await?;
        v.remplir("Prénom", "Paule").await?;
        v.remplir("Nom", "Attente").await?;
        v.remplir(
            "Adresse électronique nominative",
            "paule.attente@ac-lyon.example",
        )
        .await?;
        v.clic("Envoyer la demande").await?;
        v.lire("presque envoyée").await?;
        v.suivre_le_courriel("paule.attente@ac-lyon.example").await
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

/// A file between its dry run and its application.
async fn deposer_un_fichier(v: &Visite) -> Result<()> {
    sqlx::raw_sql(
        "insert into fichiers_deposes (id, utilisateur_id, structure_id, genre, nom, contenu, plan)
         select uuid_v7(), p.id, s.id, 'rattachements', 'equipe.csv', 'x',
                '{\"lignes\": [{\"numero\": 2, \"nom\": \"Jules Martin\", \"adresse\": \"jules.martin@example.org\",
                  \"issue\": \"rattachement\", \"details\": [\"Services : toute la structure\"], \"autre\": true},
                 {\"numero\": 3, \"nom\": \"\", \"adresse\": \"\", \"issue\": \"rejetee\", \"details\": [\"3 colonnes au lieu de 5.\"]}]}'
         from utilisateurs p, structures s
         where p.adresse_connexion = 'pauline.dufour@terneuil.example' and s.identifiant = '14700985600138';
         insert into fichiers_deposes (id, utilisateur_id, perimetre_id, genre, nom, contenu, plan)
         select uuid_v7(), u.id, p.id, 'arrivees', 'rentree.csv', 'x',
                '{\"lignes\": [{\"numero\": 2, \"nom\": \"Anne Laval\", \"adresse\": \"anne.laval@ac-lyon.example\",
                  \"issue\": \"creation\", \"details\": [\"Demandera son rattachement à LYCÉE DES TROIS FONTAINES.\"], \"autre\": true},
                 {\"numero\": 3, \"nom\": \"\", \"adresse\": \"\", \"issue\": \"rejetee\", \"details\": [\"3 colonnes au lieu de 4.\"]}]}'
         from utilisateurs u, perimetres p where u.adresse_connexion = 'referent@ac-lyon.example' and p.nom = 'Académie de Lyon';
         insert into demandes_de_compte (id, prenom, nom, adresse, structure_id, statut, message, confirmee_le)
         select uuid_v7(), 'Sans', 'Référent', 'sans.referent@ac-nice.example', s.id, 'ouverte', 'Personne ne répond.', maintenant()
         from structures s where s.identifiant = '19690199500015'",
    )
    .execute(&v.site.app().db)
    .await?;
    Ok(())
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
    deposer_un_fichier(&v).await?;
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
    revue(v, Groupe::Ouvert, "ouvertes").await
}

pub async fn du_compte(v: Visite) -> Result<()> {
    revue(v, Groupe::Compte, "compte").await
}

pub async fn de_gestion(v: Visite) -> Result<()> {
    revue(v, Groupe::Gestion, "gestion").await
}
