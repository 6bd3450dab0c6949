//! Deactivation against a transfer to the same person, against itself, and a return against the erasure (failure-modes O2, O3): no
//! structure ever has an inactive gestionnaire principal.

use super::{LEA, PAUL, ZOE, executer, gp_inactifs, statut, tourner};
use crate::comptes::lien;
use crate::mon_compte::{gp_de, historique_vrai};
use crate::support::courses::{attendent, lancer};
use crate::support::monde::siret;
use crate::support::{MOT_DE_PASSE, Portail, rondes};
use vantail::db::StructureId;

async fn ronde(portail: &Portail, rang: u32) -> StructureId {
    portail.oublier_les_compteurs().await;
    let structure = portail
        .structure(&format!("Ronde {rang}"), rang, true)
        .await;
    portail.gp(structure, portail.id(PAUL).await).await;
    structure
}

async fn reveiller(portail: &Portail) {
    executer(
        portail,
        "update utilisateurs set statut = 'actif', desactive_le = null where statut = 'inactif'",
    )
    .await;
}

/// Attached or not to the structure that is handed over: both orders of the locks.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn se_desactiver_pendant_qu_on_me_nomme_gestionnaire_principal() {
    let portail = Portail::nouveau().await;
    for adresse in [PAUL, ZOE] {
        portail.personne(adresse).await;
    }
    let zoe_id = portail.id(ZOE).await;
    let paul = portail.connecter(PAUL).await;
    let (mut nommee, mut partie) = (0, 0);
    for rang in 1..=u32::try_from(rondes(20)).expect("a few") {
        let structure = ronde(&portail, rang).await;
        if rang % 2 == 0 {
            portail.rattacher(structure, zoe_id, "us", &[]).await;
        }
        let zoe = portail.connecter(ZOE).await;
        let transfert = lancer(
            &paul,
            &format!("/structures/{structure}/transfert/confirmation"),
            &[("successeur", &zoe_id.to_string())],
        );
        let depart = lancer(
            &zoe,
            "/mon-compte/desactivation",
            &[("mot_de_passe", MOT_DE_PASSE)],
        );
        let (transfert, depart) = (transfert.await.expect("a"), depart.await.expect("b"));
        for page in [&transfert, &depart] {
            assert!(page.statut.as_u16() < 500, "{}", page.texte());
        }
        assert_eq!(portail.structures_sans_un_gp().await, 0, "ronde {rang}");
        assert_eq!(gp_inactifs(&portail).await, 0, "ronde {rang}");
        if statut(&portail, ZOE).await == "inactif" {
            partie += 1;
            assert_eq!(gp_de(&portail, structure).await.as_deref(), Some(PAUL));
        } else {
            nommee += 1;
            assert_eq!(gp_de(&portail, structure).await.as_deref(), Some(ZOE));
        }
        // Room for the next round.
        executer(
            &portail,
            "begin; set constraints all deferred;
             update structures set gp_id = null where gp_id is not null;
             update rattachements set statut = 'supprimee', cause = 'depart' where statut <> 'supprimee'; commit",
        )
        .await;
        reveiller(&portail).await;
    }
    assert_eq!(nommee + partie, rondes(20));
    historique_vrai(&portail).await;
}

/// Two gestionnaires each name the other and leave: at most one does.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deux_gestionnaires_se_designent_l_un_l_autre() {
    let portail = Portail::nouveau().await;
    for adresse in [PAUL, LEA] {
        portail.personne(adresse).await;
    }
    let (paul_id, lea_id) = (portail.id(PAUL).await, portail.id(LEA).await);
    for rang in 1..=u32::try_from(rondes(10)).expect("a few") {
        let de_paul = ronde(&portail, rang).await;
        let de_lea = portail
            .structure(&format!("Autre {rang}"), 1_000 + rang, true)
            .await;
        portail.gp(de_lea, lea_id).await;
        let (paul, lea) = (portail.connecter(PAUL).await, portail.connecter(LEA).await);
        let page = "/mon-compte/desactivation/succession";
        let a = lancer(
            &paul,
            page,
            &[
                ("g", &de_paul.to_string()),
                (&format!("c-{de_paul}"), &lea_id.to_string()),
                ("mot_de_passe", MOT_DE_PASSE),
            ],
        );
        let b = lancer(
            &lea,
            page,
            &[
                ("g", &de_lea.to_string()),
                (&format!("c-{de_lea}"), &paul_id.to_string()),
                ("mot_de_passe", MOT_DE_PASSE),
            ],
        );
        for page in [a.await.expect("a"), b.await.expect("b")] {
            assert!(page.statut.as_u16() < 500, "{}", page.texte());
        }
        assert_eq!(portail.structures_sans_un_gp().await, 0, "ronde {rang}");
        assert_eq!(gp_inactifs(&portail).await, 0, "ronde {rang}");
        let partis = portail
            .nombre("select count(*) from utilisateurs where statut = 'inactif'")
            .await;
        assert!(partis <= 1, "somebody manages: ronde {rang}");
        executer(
            &portail,
            "begin; set constraints all deferred;
             update structures set gp_id = null where gp_id is not null;
             update rattachements set statut = 'supprimee', cause = 'depart' where statut <> 'supprimee'; commit",
        )
        .await;
        reveiller(&portail).await;
    }
    historique_vrai(&portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn un_double_clic_desactive_une_fois_et_reactive_une_fois() {
    let portail = Portail::nouveau().await;
    for adresse in [PAUL, ZOE] {
        portail.personne(adresse).await;
    }
    let zoe_id = portail.id(ZOE).await;
    for rang in 1..=u32::try_from(rondes(4)).expect("a few") {
        let structure = ronde(&portail, rang).await;
        portail.rattacher(structure, zoe_id, "us", &[]).await;
        let zoe = portail.connecter(ZOE).await;
        let envois: Vec<_> = (0..5)
            .map(|_| {
                lancer(
                    &zoe,
                    "/mon-compte/desactivation",
                    &[("mot_de_passe", MOT_DE_PASSE)],
                )
            })
            .collect();
        for envoi in envois {
            let page = envoi.await.expect("an answer");
            assert!(page.statut.as_u16() < 500, "{}", page.texte());
        }
        let adresse = lien(&portail, ZOE).await;
        let retours: Vec<_> = (0..5)
            .map(|_| lancer(&portail.anonyme(), &adresse, &[]))
            .collect();
        let mut passes = 0;
        for retour in retours {
            match retour.await.expect("an answer").statut.as_u16() {
                303 => passes += 1,
                statut => assert_eq!(statut, 410),
            }
        }
        assert_eq!(passes, 1, "one of the five clicks");
        assert_eq!(statut(&portail, ZOE).await, "actif");
    }
    // Each round has one structure more.
    let attendu = rondes(4) * (rondes(4) + 1) / 2;
    for action in ["rattachement_desactive", "rattachement_reactive"] {
        let lignes: i64 = sqlx::query_scalar("select count(*) from historique where action = $1")
            .bind(action)
            .fetch_one(&portail.db)
            .await
            .expect("a count");
        assert_eq!(usize::try_from(lignes).ok(), Some(attendu), "{action}");
    }
    assert_eq!(tourner(&portail).await.comptes_effaces, 0);
}

const FOURNIL: [(&str, &str); 5] = [
    ("raison_sociale", "Fournil"),
    ("adresse", "1 place Haute"),
    ("code_postal", "69001"),
    ("ville", "Lyon"),
    ("privee", "oui"),
];

fn fondation(rang: u32) -> String {
    let identifiant = siret(rang);
    format!("/structures/nouvelle?type_identifiant=SIRET&identifiant={identifiant}")
}

/// The account is closing in another window: the founding waits for it, then creates nothing.
#[tokio::test(flavor = "multi_thread")]
async fn fonder_attend_la_desactivation_et_ne_cree_rien() {
    let portail = Portail::nouveau().await;
    portail.personne(ZOE).await;
    let zoe = portail.connecter(ZOE).await;
    let mut fermeture = portail.db.begin().await.expect("a transaction");
    sqlx::query("update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = $1")
        .bind(ZOE)
        .execute(&mut *fermeture)
        .await
        .expect("an account that closes");
    let fonder = lancer(&zoe, &fondation(1), &FOURNIL);
    attendent(&portail, 1, &[&fonder]).await;
    fermeture.commit().await.expect("a closed account");
    fonder
        .await
        .expect("an answer")
        .statut(409)
        .contient("Votre compte n’est plus actif. La structure n’est pas créée.");
    assert_eq!(portail.nombre("select count(*) from structures").await, 0);
    assert_eq!(gp_inactifs(&portail).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fonder_et_se_desactiver_en_meme_temps_ne_laisse_pas_de_gp_absent() {
    let portail = Portail::nouveau().await;
    portail.personne(ZOE).await;
    for rang in 1..=u32::try_from(rondes(10)).expect("a few") {
        portail.oublier_les_compteurs().await;
        let zoe = portail.connecter(ZOE).await;
        let fonder = lancer(&zoe, &fondation(rang), &FOURNIL);
        let mot = [("mot_de_passe", MOT_DE_PASSE)];
        let depart = lancer(&zoe, "/mon-compte/desactivation", &mot);
        for envoi in [fonder, depart] {
            let page = envoi.await.expect("an answer");
            assert!(page.statut.as_u16() < 500, "{}", page.texte());
        }
        assert_eq!(gp_inactifs(&portail).await, 0, "ronde {rang}");
        assert_eq!(portail.structures_sans_un_gp().await, 0, "ronde {rang}");
        // Room for the next round: nobody manages anything.
        executer(
            &portail,
            "begin; set constraints all deferred;
             update structures set gp_id = null where gp_id is not null;
             update rattachements set statut = 'supprimee', cause = 'depart' where statut <> 'supprimee'; commit",
        )
        .await;
        reveiller(&portail).await;
    }
}
