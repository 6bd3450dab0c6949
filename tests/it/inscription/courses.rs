//! Races: two founders, two sign-ups of one address, two presses of one button (failure-modes I5, O7, R3).

use super::{LUCIE, NEUF, decrire, demander, lien, valider};
use crate::support::{Portail, rondes};

async fn fondateurs(portail: &Portail, nombre: usize, rang: u32) -> Vec<String> {
    portail.oublier_les_compteurs().await;
    let mut liens = Vec::new();
    for n in 0..nombre {
        let adresse = format!("fondateur{n}.r{rang}@example.org");
        let mut acteur = portail.anonyme();
        let page = decrire(&mut acteur, &adresse, rang).await;
        valider(&page, &mut acteur).await.statut(200);
        liens.push(lien(portail, &adresse).await);
    }
    liens
}

async fn activer_ensemble(portail: &Portail, liens: Vec<String>) -> Vec<String> {
    let depart = std::sync::Arc::new(tokio::sync::Barrier::new(liens.len()));
    let envois: Vec<_> = liens
        .into_iter()
        .map(|adresse| {
            let (mut acteur, depart) = (portail.anonyme(), depart.clone());
            tokio::spawn(async move {
                depart.wait().await;
                let champs = [("mot_de_passe", NEUF), ("suite", "oui")];
                let page = acteur.poster(&adresse, &champs).await;
                page.statut(200);
                page.texte()
            })
        })
        .collect();
    let mut textes = Vec::new();
    for envoi in envois {
        textes.push(envoi.await.expect("an answer"));
    }
    textes
}

async fn verifier_une_fondation(portail: &Portail, textes: &[String], rang: u32) {
    let fondes = textes
        .iter()
        .filter(|t| t.contains("vous en êtes gestionnaire principal"))
        .count();
    let demandes = textes
        .iter()
        .filter(|t| t.contains("Quelqu’un d’autre a créé la fiche"))
        .count();
    assert_eq!((fondes, demandes), (1, textes.len() - 1), "{textes:#?}");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    let siret = crate::support::monde::siret(rang);
    let (structures, gp, ouvertes): (i64, i64, i64) = sqlx::query_as(
        "select count(*), count(gp_id),
                (select count(*) from demandes_rattachement d join structures s on s.id = d.structure_id where s.identifiant = $1)
         from structures where identifiant = $1",
    )
    .bind(&siret)
    .fetch_one(&portail.db)
    .await
    .expect("a count");
    assert_eq!((structures, gp), (1, 1));
    assert_eq!(
        usize::try_from(ouvertes).expect("a count"),
        textes.len() - 1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deux_fondateurs_du_meme_siret_un_seul_fonde() {
    let portail = Portail::nouveau().await;
    for ronde in 0..rondes(4) {
        let rang = 100 + u32::try_from(ronde).expect("a rank");
        let liens = fondateurs(&portail, 2, rang).await;
        let textes = activer_ensemble(&portail, liens).await;
        verifier_une_fondation(&portail, &textes, rang).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn vingt_fondateurs_du_meme_siret_un_seul_fonde() {
    let portail = Portail::nouveau().await;
    let liens = fondateurs(&portail, 20, 99).await;
    let textes = activer_ensemble(&portail, liens).await;
    verifier_une_fondation(&portail, &textes, 99).await;
    let (lues, defauts) = vantail::historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a reading");
    assert!(defauts.is_empty(), "{defauts:?}");
    assert_eq!(lues, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn un_double_clic_envoie_un_courriel() {
    let portail = Portail::nouveau().await;
    portail.structure("Mairie de Terneuil", 1, true).await;
    for ronde in 0..rondes(3) {
        portail.oublier_les_compteurs().await;
        let adresse = format!("clic{ronde}.double@example.org");
        let mut lucie = portail.anonyme();
        demander(&mut lucie, &adresse, 1).await.statut(200);
        let envois: Vec<_> = (0..5)
            .map(|_| {
                let mut onglet = lucie.clone();
                tokio::spawn(async move {
                    onglet
                        .poster("/inscription/verification", &[])
                        .await
                        .statut(200)
                        .h1()
                })
            })
            .collect();
        for envoi in envois {
            assert_eq!(
                envoi.await.expect("an answer"),
                "Consultez votre messagerie"
            );
        }
        assert_eq!(portail.courriers_pour(&adresse).await.len(), 1);
        portail
            .anonyme()
            .lire(&lien(&portail, &adresse).await)
            .await
            .statut(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deux_inscriptions_de_la_meme_adresse_font_un_compte() {
    let portail = Portail::nouveau().await;
    portail.structure("Mairie de Terneuil", 1, true).await;
    for _ in 0..rondes(3) {
        portail.oublier_les_compteurs().await;
        let mut pretes = Vec::new();
        for _ in 0..4 {
            let mut acteur = portail.anonyme();
            demander(&mut acteur, LUCIE, 1).await.statut(200);
            pretes.push(acteur);
        }
        let envois: Vec<_> = pretes
            .into_iter()
            .map(|mut acteur| {
                tokio::spawn(async move {
                    acteur
                        .poster("/inscription/verification", &[])
                        .await
                        .statut(200)
                        .h1()
                })
            })
            .collect();
        for envoi in envois {
            assert_eq!(
                envoi.await.expect("an answer"),
                "Consultez votre messagerie"
            );
        }
        assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 1);
        assert_eq!(portail.nombre("select count(*) from inscriptions").await, 1);
        portail
            .anonyme()
            .lire(&lien(&portail, LUCIE).await)
            .await
            .statut(200);
    }
}
