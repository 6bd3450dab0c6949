//! R-ANNUAIRE: every active public structure, and nothing else.

mod ordre;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use vantail::App;
use vantail::acces::{Connecte, sessions};
use vantail::db::StructureId;
use vantail::structures::{Recherche, rechercher_pour_rattachement};
use vantail::web::Requete;

use crate::support::monde::siret;
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail, instructions};

const ZAHRA: &str = "zahra.hamou@example.org";

async fn lieu(portail: &Portail, structure: StructureId, code_postal: &str, ville: &str) {
    sqlx::query("update structures set code_postal = $2, ville = $3 where id = $1")
        .bind(structure)
        .bind(code_postal)
        .bind(ville)
        .execute(&portail.db)
        .await
        .expect("a place");
}

async fn statut(portail: &Portail, structure: StructureId, statut: &str) {
    sqlx::query("update structures set statut = $2 where id = $1")
        .bind(structure)
        .bind(statut)
        .execute(&portail.db)
        .await
        .expect("a state");
}

/// Five public structures, one of them inactive, and a private one with a name that all searches would find.
async fn monde() -> (Portail, Acteur) {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    for (rang, nom, cp, ville) in [
        (1, "COMMUNE DE PIÉTRALBA", "20218", "PIETRALBA"),
        (2, "CA DE LA ROCHELLE", "17000", "LA ROCHELLE"),
        (3, "CCAS – L’HAŸ-LES-ROSES", "94240", "L'HAY LES ROSES"),
        (4, "Lycée Saint-Exupéry", "69004", "LYON"),
    ] {
        let id = portail.structure(nom, rang, true).await;
        lieu(&portail, id, cp, ville).await;
    }
    let fermee = portail.structure("COMMUNE FERMÉE DE LYON", 5, true).await;
    statut(&portail, fermee, "inactive").await;
    portail
        .structure("SECRET PIETRALBA LYON ROCHELLE SARL", 6, false)
        .await;
    let zahra = portail.connecter(ZAHRA).await;
    (portail, zahra)
}

fn question(q: &str, cp: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .append_pair("cp", cp)
        .finish()
}

fn noms(page: &PageLue) -> Vec<String> {
    page.tous("#annuaire tbody th")
}

#[tokio::test]
async fn accents_casse_espaces_et_ordre_des_mots_ne_comptent_pas() {
    let (_portail, mut zahra) = monde().await;
    let (pietralba, rochelle, hay, lycee) = (
        "COMMUNE DE PIÉTRALBA",
        "CA DE LA ROCHELLE",
        "CCAS – L’HAŸ-LES-ROSES",
        "Lycée Saint-Exupéry",
    );
    let siret_1 = siret(1);
    let espace: String = format!("{} {} {}", &siret_1[..3], &siret_1[3..9], &siret_1[9..]);
    let cas: Vec<(&str, &str, Vec<&str>)> = vec![
        ("pietralba", "", vec![pietralba]),
        ("Piétralba", "", vec![pietralba]),
        ("PIÉTRALBA commune", "", vec![pietralba]),
        ("larochelle", "", vec![rochelle]),
        ("rochelle la", "", vec![rochelle]),
        ("ro chelle", "", vec![rochelle]),
        ("l'hay les roses", "", vec![hay]),
        ("hay", "", vec![hay]),
        ("saint exupery", "", vec![lycee]),
        ("exupéry-saint", "", vec![lycee]),
        ("lyon", "", vec![lycee]),
        ("lycee", "69", vec![lycee]),
        ("", "69", vec![lycee]),
        ("", "69004", vec![lycee]),
        ("", "6 9004", vec![lycee]),
        ("lycee", "20", vec![]),
        (&siret_1, "", vec![pietralba]),
        (&espace, "", vec![pietralba]),
        (&siret_1[..9], "", vec![pietralba]),
        ("", "", vec![rochelle, hay, pietralba, lycee]),
        ("inconnue", "", vec![]),
        ("pietralba lyon", "", vec![]),
        ("ccas %", "", vec![hay]),
        ("r%e", "", vec![]),
        ("r_e", "", vec![]),
        ("' or 1=1 --", "", vec![]),
    ];
    for (q, cp, attendus) in cas {
        let page = zahra.page(&format!("/annuaire?{}", question(q, cp))).await;
        page.statut(200);
        assert_eq!(
            noms(&page),
            attendus,
            "recherche « {q} », code postal « {cp} »"
        );
    }
}

#[tokio::test]
async fn un_joker_seul_ou_un_code_postal_faux_se_corrige() {
    let (_portail, mut zahra) = monde().await;
    let page = zahra.page("/annuaire?q=%25").await;
    page.statut(422)
        .contient("Saisissez au moins une lettre ou un chiffre.");
    assert!(page.titre().starts_with("Erreur :"), "{}", page.titre());
    assert!(noms(&page).is_empty());
    let page = zahra
        .page(&format!("/annuaire?{}", question("lyon", "7%")))
        .await;
    page.statut(422).contient("Saisissez un code postal");
    assert_eq!(page.formulaire("Rechercher").valeur("q"), Some("lyon"));
    zahra
        .page("/annuaire?q=%00%01&apres=x&par=7")
        .await
        .statut(200);
}

#[tokio::test]
async fn une_structure_privee_n_est_nulle_part_dans_l_annuaire() {
    let (portail, mut zahra) = monde().await;
    for adresse in [
        "/annuaire",
        "/annuaire?par=100",
        "/annuaire?q=secret",
        "/annuaire?q=rochelle",
        "/annuaire.csv",
        "/annuaire.csv?q=secret",
    ] {
        let page = zahra.page(adresse).await;
        page.statut(200);
        assert!(!page.corps.contains("SARL"), "{adresse}");
        assert!(!page.corps.contains(&siret(6)), "{adresse}");
    }
    let page = zahra.page(&format!("/annuaire?q={}", siret(6))).await;
    assert!(noms(&page).is_empty());
    for nom in ["SECRET%", "COMMUNE FERM%"] {
        let id: uuid::Uuid =
            sqlx::query_scalar("select id from structures where raison_sociale like $1")
                .bind(nom)
                .fetch_one(&portail.db)
                .await
                .expect("a structure");
        zahra.page(&format!("/annuaire/{id}")).await.statut(404);
    }
    zahra.page("/annuaire/pas-un-id").await.statut(404);
    assert_eq!(
        portail
            .nombre(
                "select count(*) from structures where not publique and cle_annuaire is not null"
            )
            .await,
        0
    );
}

#[tokio::test]
async fn l_annuaire_demande_d_etre_connecte() {
    let (portail, _) = monde().await;
    for adresse in ["/annuaire", "/annuaire.csv"] {
        let page = portail.anonyme().lire(adresse).await;
        page.statut(303);
        assert!(
            page.entete("location")
                .is_some_and(|l| l.starts_with("/connexion"))
        );
    }
}

#[tokio::test]
async fn le_csv_a_les_lignes_du_filtre_et_des_cellules_inertes() {
    let (portail, mut zahra) = monde().await;
    let id = portail.structure("=CMD()|'/C calc'!A0", 7, true).await;
    portail.service(id, "+SVC;1", "Service \"achats\"").await;
    let page = zahra.page("/annuaire.csv").await;
    page.statut(200);
    assert!(page.octets.starts_with(b"\xEF\xBB\xBF"));
    assert_eq!(page.entete("content-type"), Some("text/csv; charset=utf-8"));
    let lignes: Vec<&str> = page.corps.trim_start_matches('\u{FEFF}').lines().collect();
    assert_eq!(lignes.len(), 1 + 5);
    assert!(lignes[0].starts_with("Type d’identifiant;Identifiant;Raison sociale;"));
    let piegee = lignes
        .iter()
        .find(|l| l.contains("CMD"))
        .expect("the trapped line");
    assert!(piegee.contains(";'=CMD()|'/C calc'!A0;"), "{piegee}");
    assert!(piegee.ends_with(";1;\"'+SVC;1\""), "{piegee}");
    let page = zahra.page("/annuaire.csv?q=lycee&cp=69").await;
    assert_eq!(page.corps.lines().count(), 2);
    // The link of the page carries the filter, and nothing else.
    let page = zahra.page("/annuaire?q=lycee&cp=69&par=5").await;
    assert_eq!(page.lien("Export CSV"), "/annuaire.csv?q=lycee&cp=69");
    zahra.page("/annuaire.csv?q=%25").await.statut(422);
}

#[tokio::test]
async fn le_detail_montre_les_obligations_et_les_services_actifs() {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    let id = portail.structure("CCAS Terneuil", 1, true).await;
    sqlx::query(
        "update structures set gestion_engagement = true, gestion_service = true where id = $1",
    )
    .bind(id)
    .execute(&portail.db)
    .await
    .expect("obligations");
    portail.service(id, "ACH", "Service achats").await;
    let ferme = portail.service(id, "OLD", "Service fermé").await;
    sqlx::query("update services set actif = false where id = $1")
        .bind(ferme)
        .execute(&portail.db)
        .await
        .expect("an inactive service");
    let mut zahra = portail.connecter(ZAHRA).await;
    let (page, compte) = instructions::compter(zahra.page(&format!("/annuaire/{id}"))).await;
    page.statut(200)
        .contient("Indiquez le numéro d’engagement et le code du service destinataire.")
        .contient("Service achats")
        .contient("(1 ligne)")
        .ne_contient_pas("Service fermé");
    assert!(compte <= 8, "{compte} statements");
    // Fourteen digits without a space, for a copy.
    assert!(
        page.tous("#identite dd")
            .iter()
            .any(|t| t.replace(' ', "") == siret(1))
    );
    assert!(
        !page
            .corps
            .contains(&format!("{} {}", &siret(1)[..3], &siret(1)[3..6]))
    );
    let (page, compte) = instructions::compter(zahra.page("/annuaire?q=terneuil")).await;
    page.statut(200).contient("Engagement et service");
    assert!(compte <= 8, "{compte} statements");
}

/// The search of « Demander un rattachement », through a route of its own: its screen lives elsewhere.
fn guichet(portail: &Portail) -> Acteur {
    async fn chercher(connecte: Connecte, State(app): State<App>, requete: Requete) -> String {
        let recherche = match Recherche::lire(requete.valeur("q"), requete.valeur("cp")) {
            Ok(recherche) => recherche,
            Err(erreurs) => return erreurs.phrases().join(" "),
        };
        let resultats = rechercher_pour_rattachement(&app, &connecte, &recherche)
            .await
            .expect("results");
        let mut lignes: Vec<String> = resultats
            .trouvees
            .iter()
            .map(|t| {
                format!(
                    "{} {:?}{}",
                    t.raison_sociale,
                    t.situation,
                    if t.sans_gestionnaire { " sans GP" } else { "" }
                )
            })
            .collect();
        if resultats.davantage {
            lignes.push("davantage".to_owned());
        }
        lignes.join("\n")
    }
    let routeur = Router::new()
        .route("/essai", get(chercher))
        .with_state(portail.app.clone())
        .layer(sessions::couche(&portail.app));
    Acteur::new(routeur)
}

async fn guichet_de(portail: &Portail, adresse: &str) -> Acteur {
    let connecte = portail.connecter(adresse).await;
    let mut guichet = guichet(portail);
    guichet.poser_cookie(
        "__Host-sid",
        connecte.cookie("__Host-sid").expect("a session"),
    );
    guichet
}

#[tokio::test]
async fn la_recherche_pour_un_rattachement_dit_ce_qui_est_possible() {
    let portail = Portail::nouveau().await;
    let zahra_id = portail.personne(ZAHRA).await;
    let gp = portail.personne("claire.petit@example.org").await;
    let libre = portail.structure("Mairie libre", 1, true).await;
    let demandee = portail.structure("Mairie demandée", 2, true).await;
    let mienne = portail.structure("Mairie mienne", 3, true).await;
    let fermee = portail.structure("Mairie fermée", 4, true).await;
    let privee = portail.structure("Mairie privée SARL", 5, false).await;
    for structure in [demandee, mienne, fermee, privee] {
        portail.gp(structure, gp).await;
    }
    portail.demande(demandee, zahra_id, "us", &[]).await;
    portail.rattacher(mienne, zahra_id, "us", &[]).await;
    statut(&portail, fermee, "inactive").await;
    let mut guichet = guichet_de(&portail, ZAHRA).await;
    let (page, compte) = instructions::compter(guichet.page("/essai?q=mairie")).await;
    assert_eq!(
        page.corps,
        "Mairie demandée DemandeEnCours\nMairie libre Existe sans GP\nMairie mienne DejaRattache\nMairie fermée Inactive"
    );
    assert_eq!(compte, 3, "session, person, search");
    // A private structure: by its exact full identifier, spaces allowed, and by nothing less.
    let entier = siret(5);
    let page = guichet.page(&format!("/essai?q={entier}")).await;
    assert_eq!(page.corps, "Mairie privée SARL Existe");
    let page = guichet
        .page(&format!("/essai?q={}+{}", &entier[..9], &entier[9..]))
        .await;
    assert_eq!(page.corps, "Mairie privée SARL Existe");
    for moins in [&entier[..13], &entier[..9], "mairie+privee", "sarl"] {
        let page = guichet.page(&format!("/essai?q={moins}")).await;
        assert_eq!(page.corps, "", "« {moins} »");
    }
    let page = guichet.page("/essai").await;
    assert!(page.corps.starts_with("Saisissez un identifiant"));
    assert_eq!(
        guichet.page(&format!("/essai?q={}", siret(1))).await.corps,
        "Mairie libre Existe sans GP"
    );
    let _ = libre;
}

#[tokio::test]
async fn la_recherche_pour_un_rattachement_s_arrete_a_cinquante() {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    for rang in 0..51 {
        portail.structure("Commune", rang, true).await;
    }
    let mut guichet = guichet_de(&portail, ZAHRA).await;
    let page = guichet.page("/essai?q=commune").await;
    assert_eq!(page.corps.lines().count(), 51);
    assert!(page.corps.ends_with("davantage"));
}
