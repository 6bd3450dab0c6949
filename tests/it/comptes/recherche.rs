//! The account search of R-GEST-RATTACHER (decisions 13), through a route made for it here: its screens come later.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use vantail::App;
use vantail::acces::{Connecte, Membre, sessions};
use vantail::utilisateurs::{Criteres, rechercher};
use vantail::web::{Erreur, Requete};

use super::executer;
use crate::support::{Acteur, Portail};

async fn page(
    qui: Connecte,
    membre: Membre,
    State(app): State<App>,
    requete: Requete,
) -> Result<String, Erreur> {
    let valeur = |cle: &str| requete.valeur(cle).to_owned();
    let criteres = Criteres {
        nom: valeur("nom"),
        prenom: valeur("prenom"),
        code_postal: valeur("code_postal"),
        identifiant: valeur("identifiant"),
        ville: valeur("ville"),
        adresse: valeur("adresse"),
        pays: valeur("pays"),
    };
    let trouves = rechercher(&app, &qui, &membre, &criteres).await?;
    let mut lignes: Vec<String> = trouves
        .comptes
        .iter()
        .map(|c| {
            format!(
                "{} | {} | {} | {} | {}",
                c.nom,
                c.prenom,
                c.identifiant_connexion,
                c.statut.libelle(),
                c.rattache_en_mots()
            )
        })
        .collect();
    if trouves.davantage {
        lignes.push("davantage".to_owned());
    }
    Ok(lignes.join("\n"))
}

struct Monde {
    portail: Portail,
    gestionnaire: Acteur,
    simple: Acteur,
    structure: String,
}

async fn monde() -> Monde {
    let portail = Portail::nouveau().await;
    let structure = portail.structure("Mairie de Terneuil", 1, true).await;
    let autre = portail.structure("Mairie d'Ailleurs", 2, true).await;
    let gp = portail.personne("gp.principal@example.org").await;
    portail.gp(structure, gp).await;
    portail
        .gp(autre, portail.personne("gp.ailleurs@example.org").await)
        .await;
    let simple = portail.personne("us.simple@example.org").await;
    portail.rattacher(structure, simple, "us", &[]).await;
    for adresse in [
        "helene.lefevre@example.org",
        "helene_l%x@example.org",
        "marc.lefevre-noel@example.org",
        "paul.clos@example.org",
        "lea.partie@example.org",
        "yan.attente@example.org",
    ] {
        portail.personne(adresse).await;
    }
    executer(&portail, "
        update utilisateurs set nom = 'Lefèvre', prenom = 'Hélène', code_postal = '69001', ville = 'Saint-Étienne', adresse = '12 rue de la Paix' where adresse_connexion like 'helene.%';
        update utilisateurs set statut = 'clos', desactive_le = maintenant() where adresse_connexion like 'paul%';
        update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'lea%';
        update utilisateurs set statut = 'en_cours_activation', mot_de_passe = null where adresse_connexion like 'yan%';").await;
    let marc = portail.id("marc.lefevre-noel@example.org").await;
    portail.rattacher(autre, marc, "us", &[]).await;
    let routeur = Router::new()
        .route("/structures/{structure}/comptes", get(page))
        .with_state(portail.app.clone())
        .layer(axum::middleware::from_fn_with_state(
            portail.app.clone(),
            vantail::acces::habiller,
        ))
        .layer(sessions::couche(&portail.app));
    let acteur = async |adresse: &str| {
        let mut acteur = Acteur::new(routeur.clone());
        let connecte = portail.connecter(adresse).await;
        acteur.poser_cookie(
            "__Host-sid",
            connecte.cookie("__Host-sid").expect("a cookie"),
        );
        acteur
    };
    Monde {
        gestionnaire: acteur("gp.principal@example.org").await,
        simple: acteur("us.simple@example.org").await,
        structure: structure.to_string(),
        portail,
    }
}

impl Monde {
    async fn chercher(&mut self, criteres: &[(&str, &str)]) -> crate::support::page::PageLue {
        let question = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(criteres)
            .finish();
        self.gestionnaire
            .lire(&format!(
                "/structures/{}/comptes?{question}",
                self.structure
            ))
            .await
    }
}

#[tokio::test]
async fn on_trouve_sans_accents_et_l_on_sait_qui_est_rattache_ici() {
    let mut monde = monde().await;
    const HELENE: &str = "Lefèvre | Hélène | helene.lefevre@example.org | Actif | Non";
    for criteres in [
        vec![("nom", "LEFEVRE"), ("prenom", "hélène")],
        vec![("nom", "fèv"), ("ville", "saint etienne")],
        vec![("code_postal", "69 001")],
        vec![("code_postal", "69")],
        vec![("identifiant", "HELENE.lefevre@")],
        vec![("adresse", "rue de la paix")],
        vec![
            ("nom", "lefevre"),
            ("prenom", "hel"),
            ("pays", "FRANCE"),
            ("code_postal", "69001"),
            ("ville", "Saint-Étienne"),
        ],
    ] {
        let page = monde.chercher(&criteres).await;
        assert_eq!(page.statut(200).corps, HELENE, "{criteres:?}");
    }
    // A rattachement elsewhere is not said here.
    let page = monde.chercher(&[("nom", "noel")]).await;
    assert!(
        page.corps
            .ends_with("marc.lefevre-noel@example.org | Actif | Non"),
        "{}",
        page.corps
    );
    let page = monde.chercher(&[("identifiant", "us.simple")]).await;
    assert!(page.corps.ends_with("| Oui"), "{}", page.corps);
    let page = monde.chercher(&[("identifiant", "yan.")]).await;
    assert!(
        page.corps.contains("| En cours d’activation | Non"),
        "{}",
        page.corps
    );
    for absent in ["paul.clos", "lea.partie"] {
        assert_eq!(
            monde
                .chercher(&[("identifiant", absent)])
                .await
                .statut(200)
                .corps,
            ""
        );
    }
}

#[tokio::test]
async fn les_criteres_trop_courts_et_les_jokers_ne_donnent_pas_tout() {
    let mut monde = monde().await;
    for (criteres, phrase) in [
        (vec![], "au moins un critère"),
        (vec![("nom", "  ")], "au moins un critère"),
        (vec![("nom", "le")], "au moins 3 lettres"),
        (vec![("nom", "%%%")], "au moins 3 lettres"),
        (vec![("prenom", "'--")], "au moins 3 lettres"),
        (vec![("nom", "αβγδ")], "au moins 3 lettres"),
        (vec![("identifiant", "a@")], "au moins 3 caractères"),
        (vec![("code_postal", "%")], "code postal"),
        (vec![("ville", "%")], "lettres ou des chiffres"),
        (vec![("nom", "abc\u{202e}")], "caractère invisible"),
    ] {
        let page = monde.chercher(&criteres).await;
        page.statut(422);
        assert!(
            page.texte().contains("Saisie à corriger"),
            "{criteres:?} {phrase}"
        );
    }
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from recherches_de_comptes")
            .await,
        0
    );
    for joker in ["%%%", "___", "e%e", "h_lene"] {
        assert_eq!(
            monde
                .chercher(&[("identifiant", joker)])
                .await
                .statut(200)
                .corps,
            "",
            "{joker}"
        );
    }
    let page = monde.chercher(&[("identifiant", "_l%x")]).await;
    assert!(
        page.corps.contains("helene_l%x@example.org"),
        "typed as they are, they are found"
    );
}

#[tokio::test]
async fn au_plus_cinquante_resultats_et_l_on_sait_qu_il_y_en_a_d_autres() {
    let mut monde = monde().await;
    executer(&monde.portail, "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom)
        select uuid_v7(), 'clone' || n || '@example.org', 'clone@example.org', 'Clone', 'Numero' || lpad(n::text, 3, '0') from generate_series(1, 51) n").await;
    let page = monde.chercher(&[("prenom", "clone")]).await;
    let lignes: Vec<&str> = page.corps.lines().collect();
    assert_eq!((lignes.len(), lignes[50]), (51, "davantage"));
    assert!(lignes[0].starts_with("Numero001"));
    executer(
        &monde.portail,
        "delete from utilisateurs where adresse_connexion = 'clone1@example.org'",
    )
    .await;
    let page = monde.chercher(&[("prenom", "clone")]).await;
    assert_eq!(page.corps.lines().count(), 50);
    assert!(!page.corps.contains("davantage"));
}

/// However many people match: more than the search compares hold the word elsewhere in their name.
#[tokio::test]
async fn les_noms_qui_commencent_ainsi_viennent_d_abord() {
    let mut monde = monde().await;
    executer(&monde.portail, "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut)
        select uuid_v7(), 'h' || n || '@example.org', 'h@example.org', 'Ève', 'Hémartel', 'en_cours_activation' from generate_series(1, 2100) n
        union all select uuid_v7(), 'm' || n || '@example.org', 'm@example.org', 'Zoé ' || n, 'Martel', 'en_cours_activation' from generate_series(1, 3) n
        union all select uuid_v7(), 'n@example.org', 'n@example.org', 'Alix', 'Martel-Roy', 'en_cours_activation'
        union all select uuid_v7(), 'p@example.org', 'p@example.org', 'Marie Zoé', 'Martel', 'en_cours_activation'
        union all select uuid_v7(), 'i@example.org', 'i@example.org', 'Zoé', 'Martel', 'en_cours_activation'").await;
    executer(
        &monde.portail,
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = 'i@example.org'",
    )
    .await;
    let page = monde.chercher(&[("nom", "martel")]).await;
    let noms: Vec<&str> = page.corps.lines().collect();
    assert_eq!((noms.len(), noms[50]), (51, "davantage"));
    let debut = |n: usize| noms[n].split(" | ").take(2).collect::<Vec<_>>().join(" ");
    assert_eq!(
        [debut(0), debut(1), debut(4), debut(5)],
        [
            "Martel Marie Zoé",
            "Martel Zoé 1",
            "Martel-Roy Alix",
            "Hémartel Ève"
        ]
    );
    let page = monde
        .chercher(&[("nom", "martel"), ("prenom", "zoe")])
        .await;
    let noms: Vec<&str> = page.corps.lines().collect();
    assert_eq!(noms.len(), 4, "no one twice, nobody deactivated");
    assert!(noms[0].starts_with("Martel | Zoé 1") && noms[3].starts_with("Martel | Marie Zoé"));
    // Another criterion narrows the same way.
    let page = monde
        .chercher(&[("nom", "martel"), ("identifiant", "n@exa")])
        .await;
    assert!(
        page.corps.starts_with("Martel-Roy | Alix"),
        "{}",
        page.corps
    );
}

#[tokio::test]
async fn chaque_recherche_est_comptee_et_journalisee() {
    let mut monde = monde().await;
    monde
        .chercher(&[("nom", "lefevre"), ("ville", "Lyon")])
        .await
        .statut(200);
    let (criteres, resultats): (String, i32) =
        sqlx::query_as("select criteres->>'nom' || '/' || (criteres->>'ville'), resultats from recherches_de_comptes")
            .fetch_one(&monde.portail.db)
            .await
            .expect("a line");
    assert_eq!((criteres.as_str(), resultats), ("lefevre/Lyon", 0));
    for _ in 1..60 {
        monde.chercher(&[("nom", "lefevre")]).await.statut(200);
    }
    monde.chercher(&[("nom", "lefevre")]).await.statut(429);
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from recherches_de_comptes")
            .await,
        60
    );
}

#[tokio::test]
async fn un_utilisateur_simple_ne_cherche_pas() {
    let mut monde = monde().await;
    let adresse = format!("/structures/{}/comptes?nom=lefevre", monde.structure);
    monde.simple.lire(&adresse).await.statut(403);
}
