//! A request that waits: reminders at 3, 7 and 14 days, each once, then the support (spec §9, R-STR-SANS-GP, R15).

use sqlx::Row;
use vantail::acces::Systeme;
use vantail::db::{DemandeId, StructureId};
use vantail::jobs;

use super::{LIEN, actions, corps, historique_vrai};
use crate::support::{Portail, rondes};

const ZOE: &str = "zoe.aubert@test.example";
const PAUL: &str = "paul.gerant@test.example";
const SABINE: &str = "sabine.support@test.example";
const MARTINE: &str = "martine.referente@test.example";

async fn tourner(portail: &Portail) -> u64 {
    jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run")
        .map_or(0, |b| b.demandes_rappelees)
}

/// Zoé asks, Paul can decide; Sabine is the support.
async fn monde() -> (Portail, StructureId, DemandeId) {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let paul = portail.personne(PAUL).await;
    portail.agent(SABINE, "support").await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, paul).await;
    let demande = portail.demande(mairie, zoe, "us", &[]).await;
    (portail, mairie, demande)
}

async fn sujets(portail: &Portail, adresse: &str) -> Vec<String> {
    portail
        .courriers_pour(adresse)
        .await
        .into_iter()
        .map(|c| c.sujet)
        .collect()
}

#[tokio::test]
async fn les_rappels_partent_a_3_7_et_14_jours_une_fois_chacun() {
    let (portail, mairie, demande) = monde().await;
    assert_eq!(tourner(&portail).await, 0);
    portail.avancer("71 hours 59 minutes").await;
    assert_eq!(tourner(&portail).await, 0);
    portail.avancer("1 minute").await;
    assert_eq!(tourner(&portail).await, 1);
    assert_eq!(tourner(&portail).await, 0, "once");
    let recus = portail.courriers_pour(PAUL).await;
    assert_eq!(recus.len(), 1);
    assert_eq!(
        recus[0].sujet,
        "Rappel\u{202F}: Zoe Aubert attend votre décision sur Mairie de Terneuil depuis 3 jours"
    );
    let lue = sqlx::query(
        "select to_char(creee_le at time zone 'Europe/Paris', 'DD/MM/YYYY'), lien_chemin
         from demandes_rattachement, courriers where gabarit = 'demande_rappelee'",
    )
    .fetch_one(&portail.db)
    .await
    .expect("a mail");
    assert_eq!(
        lue.get::<String, _>(1),
        format!("/structures/{mairie}/demandes/{demande}")
    );
    assert_eq!(
        corps(&recus[0]).replace('\u{2060}', ""),
        format!(
            "Bonjour Paul Gerant,\n\n\
             Zoe Aubert (zoe.aubert@test.example) a demandé son rattachement à Mairie de Terneuil le {} et attend depuis 3 jours.\n\n\
             Rôle demandé\u{202F}: Utilisateur simple\n\
             Périmètre\u{202F}: toute la structure\n\
             Commentaire\u{202F}: Je rejoins le service.\n\n\
             Pour consulter la demande, la valider ou la refuser\u{202F}:\n{LIEN}",
            lue.get::<String, _>(0)
        )
    );
    portail.avancer("4 days").await;
    assert_eq!(tourner(&portail).await, 1);
    assert!(portail.courriers_pour(SABINE).await.is_empty());
    portail.avancer("7 days").await;
    assert_eq!(tourner(&portail).await, 1);
    let rappels = sujets(&portail, PAUL).await;
    assert_eq!(rappels.len(), 3);
    assert!(rappels[2].ends_with("depuis 14 jours"));
    // At 14 days the support too, and the historique keeps it.
    let recus = portail.courriers_pour(SABINE).await;
    assert_eq!(recus.len(), 1);
    assert_eq!(
        recus[0].sujet,
        "Demande de rattachement sans réponse\u{202F}: Mairie de Terneuil"
    );
    assert!(
        recus[0]
            .texte
            .contains("Peuvent la décider\u{202F}: Paul Gerant.")
    );
    assert_eq!(actions(&portail, mairie).await, ["demande_signalee"]);
    historique_vrai(&portail).await;
    portail.avancer("60 days").await;
    assert_eq!(tourner(&portail).await, 0);
    assert_eq!(portail.courriers().await.len(), 4);
    // Its author reads it.
    let mut zoe = portail.connecter(ZOE).await;
    zoe.page("/mon-compte/rattachements")
        .await
        .contient("Nous avons averti le support le")
        .contient("Envoyé après 14 jours, le dernier");
}

#[tokio::test]
async fn apres_une_longue_panne_seul_le_dernier_rappel_part() {
    let (portail, _, _) = monde().await;
    portail.avancer("40 days").await;
    assert_eq!(tourner(&portail).await, 1);
    let rappels = sujets(&portail, PAUL).await;
    assert_eq!(rappels.len(), 1);
    assert!(rappels[0].ends_with("depuis 14 jours"), "{rappels:?}");
    assert_eq!(portail.courriers_pour(SABINE).await.len(), 1);
    assert_eq!(tourner(&portail).await, 0);
}

#[tokio::test]
async fn deux_instances_ne_rappellent_qu_une_fois() {
    for _ in 0..rondes(3) {
        let (portail, mairie, demande) = monde().await;
        portail.avancer("8 days").await;
        // Past the lock of the job: the row itself says that it is done.
        let rappeler = || async {
            vantail::db::transaction(&portail.app, async |tx| {
                vantail::rattachements::rappeler(tx, &Systeme::processus(), mairie, demande).await
            })
            .await
            .expect("a reminder")
        };
        let (a, b, c, d) = tokio::join!(rappeler(), rappeler(), rappeler(), rappeler());
        let partis = [a, b, c, d].into_iter().filter(|p| *p).count();
        assert_eq!(partis, 1);
        assert_eq!(sujets(&portail, PAUL).await.len(), 1);
    }
}

#[tokio::test]
async fn une_demande_decidee_n_est_plus_rappelee() {
    let (portail, mairie, demande) = monde().await;
    portail.avancer("8 days").await;
    let mut zoe = portail.connecter(ZOE).await;
    zoe.poster(&format!("/mon-compte/demandes/{demande}/retrait"), &[])
        .await
        .statut(200);
    let avant = portail.empreinte().await;
    assert_eq!(tourner(&portail).await, 0);
    let fait = vantail::db::transaction(&portail.app, async |tx| {
        vantail::rattachements::rappeler(tx, &Systeme::processus(), mairie, demande).await
    })
    .await
    .expect("a run");
    assert!(!fait);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn un_rappel_automatique_ne_consomme_pas_la_relance_du_jour() {
    let (portail, _, demande) = monde().await;
    portail.avancer("3 days").await;
    assert_eq!(tourner(&portail).await, 1);
    let mut zoe = portail.connecter(ZOE).await;
    let adresse = format!("/mon-compte/demandes/{demande}/relance");
    zoe.poster(&adresse, &[])
        .await
        .statut(200)
        .contient("Votre demande est relancée.");
    zoe.poster(&adresse, &[]).await.statut(409);
    // Nor the other way: the reminder of the portal leaves in spite of hers.
    portail.avancer("4 days").await;
    assert_eq!(tourner(&portail).await, 1);
    assert_eq!(sujets(&portail, PAUL).await.len(), 3);
}

#[tokio::test]
async fn sans_gestionnaire_le_support_est_averti_au_depot() {
    let portail = Portail::nouveau().await;
    portail.personne(ZOE).await;
    portail.agent(SABINE, "support").await;
    portail.agent(MARTINE, "referent").await;
    let vide = portail.structure("Commune sans personne", 1, true).await;
    let mut zoe = portail.connecter(ZOE).await;
    let adresse = format!("/mon-compte/rattachements/demande/{vide}");
    let page = zoe.page(&adresse).await;
    page.formulaire("Envoyer la demande")
        .remplir("commentaire", "Bonjour")
        .envoyer(&mut zoe)
        .await
        .statut(200)
        .contient("Votre demande est enregistrée et attend un gestionnaire.")
        .contient("Nous avons averti le support.");
    let recus = portail.courriers_pour(SABINE).await;
    assert_eq!(recus.len(), 1);
    assert!(recus[0].texte.contains("Personne ne peut la décider"));
    assert!(portail.courriers_pour(MARTINE).await.is_empty());
    let moi = portail.courriers_pour(ZOE).await;
    assert!(moi[0].texte.contains("Nous avons averti le support."));
    assert_eq!(
        actions(&portail, vide).await,
        ["demande_deposee", "demande_signalee"]
    );
    zoe.page("/mon-compte/rattachements")
        .await
        .contient("Nous avons averti le support le")
        .ne_contient_pas("Rappel automatique");
    // At 3 and 7 days nobody is left to remind; at 14 the support is told again, the date of the first time stays.
    for duree in ["3 days", "4 days"] {
        portail.avancer(duree).await;
        assert_eq!(tourner(&portail).await, 1);
        assert_eq!(portail.courriers_pour(SABINE).await.len(), 1);
    }
    portail.avancer("7 days").await;
    assert_eq!(tourner(&portail).await, 1);
    assert_eq!(portail.courriers_pour(SABINE).await.len(), 2);
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement where signalee_le < creee_le + interval '1 minute'")
            .await,
        1
    );
    historique_vrai(&portail).await;
}

#[tokio::test]
async fn une_structure_pigp_signale_a_ses_referents() {
    let portail = Portail::nouveau().await;
    portail.personne(ZOE).await;
    portail.agent(SABINE, "support").await;
    let martine = portail.agent(MARTINE, "referent").await;
    let lycee = portail.structure("Lycée sans personne", 1, true).await;
    sqlx::query(
        "with p as (insert into perimetres (id, nom, genres) values (uuid_v7(), 'Académie', '{enseignement,autre_entite_publique}') returning id),
           r as (insert into perimetre_referents (perimetre_id, utilisateur_id) select id, $2 from p)
         update structures set passe_par_pigp = true where id = $1",
    )
    .bind(lycee)
    .bind(martine)
    .execute(&portail.db)
    .await
    .expect("a périmètre, a flag");
    let mut zoe = portail.connecter(ZOE).await;
    let champs = [
        ("maille", "structure"),
        ("role", "us"),
        ("commentaire", "Bonjour"),
    ];
    let adresse = format!("/mon-compte/rattachements/demande/{lycee}");
    zoe.poster(&adresse, &champs)
        .await
        .statut(200)
        .contient("Nous avons averti le référent.");
    let recus = portail.courriers_pour(MARTINE).await;
    assert_eq!(recus.len(), 1);
    assert!(
        recus[0]
            .texte
            .contains("Désigner un gestionnaire principal"),
        "{}",
        recus[0].texte
    );
    assert_eq!(
        portail
            .nombre("select count(*) from courriers where gabarit = 'demande_signalee' and lien_chemin like '/referent/demandes/%'")
            .await,
        1
    );
    assert!(portail.courriers_pour(SABINE).await.is_empty());
}

#[tokio::test]
async fn sans_referent_le_support_est_averti_jamais_personne() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    portail.agent(SABINE, "support").await;
    let parti = portail.agent(MARTINE, "referent").await;
    sqlx::query(
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where id = $1",
    )
    .bind(parti)
    .execute(&portail.db)
    .await
    .expect("a departure");
    let lycee = portail.structure("Lycée sans personne", 1, true).await;
    sqlx::query("update structures set passe_par_pigp = true where id = $1")
        .bind(lycee)
        .execute(&portail.db)
        .await
        .expect("a flag");
    portail.demande(lycee, zoe, "us", &[]).await;
    portail.avancer("3 days").await;
    assert_eq!(tourner(&portail).await, 1);
    assert_eq!(portail.courriers_pour(SABINE).await.len(), 1);
    assert!(portail.courriers_pour(MARTINE).await.is_empty());
}

/// The gestionnaire's account is deactivated while the request waits: the next reminder finds nobody, the support is told.
#[tokio::test]
async fn un_gestionnaire_disparu_en_route_fait_avertir_le_support() {
    let (portail, _, _) = monde().await;
    sqlx::query("update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = $1")
        .bind(PAUL)
        .execute(&portail.db)
        .await
        .expect("a departure");
    portail.avancer("3 days").await;
    assert_eq!(tourner(&portail).await, 1);
    assert!(portail.courriers_pour(PAUL).await.is_empty());
    assert_eq!(portail.courriers_pour(SABINE).await.len(), 1);
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_sans_reponse where sans_decideur")
            .await,
        1
    );
}
