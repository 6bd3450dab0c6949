use std::sync::Arc;
use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use vantail::acces::Systeme;
use vantail::jobs;

use super::{SABINE, SAISIE, ZOE, peupler, seule};
use crate::support::sollicitations::{PDF, pdf_de};
use crate::support::{Portail, config_avec};

/// What the false clamd says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Humeur {
    /// FOUND where the content says « EICAR », OK elsewhere.
    Juge,
    Muet,
    Erreur,
}

struct FauxClamd {
    adresse: String,
    humeur: Arc<Mutex<Humeur>>,
    recus: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl FauxClamd {
    async fn demarrer() -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let faux = Self {
            adresse: ecoute.local_addr().expect("an address").to_string(),
            humeur: Arc::new(Mutex::new(Humeur::Juge)),
            recus: Arc::default(),
        };
        let (humeur, recus) = (Arc::clone(&faux.humeur), Arc::clone(&faux.recus));
        tokio::spawn(async move {
            while let Ok((mut flux, _)) = ecoute.accept().await {
                let mut commande = [0; 10];
                if flux.read_exact(&mut commande).await.is_err() || &commande != b"zINSTREAM\0" {
                    continue;
                }
                let mut contenu = Vec::new();
                while let Ok(longueur) = flux.read_u32().await {
                    if longueur == 0 {
                        break;
                    }
                    let mut morceau = vec![0; longueur as usize];
                    if flux.read_exact(&mut morceau).await.is_err() {
                        break;
                    }
                    contenu.extend(morceau);
                }
                let dit = *humeur.lock().expect("a mood");
                let eicar = contenu.windows(5).any(|f| f == b"EICAR");
                recus.lock().expect("a list").push(contenu);
                let reponse: &[u8] = match (dit, eicar) {
                    (Humeur::Juge, true) => b"stream: Win.Test.EICAR_HDB-1 FOUND\0",
                    (Humeur::Juge, false) => b"stream: OK\0",
                    (Humeur::Muet, _) => b"",
                    (Humeur::Erreur, _) => b"INSTREAM size limit exceeded. ERROR\0",
                };
                let _ = flux.write_all(reponse).await;
            }
        });
        faux
    }

    fn devenir(&self, humeur: Humeur) {
        *self.humeur.lock().expect("a mood") = humeur;
    }
}

async fn monde(clamd: &FauxClamd) -> Portail {
    let config = config_avec(&[("CLAMD_ADDRESS", clamd.adresse.as_str())]);
    peupler(Portail::avec(config).await).await.0
}

async fn tourner(portail: &Portail) -> u64 {
    jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run")
        .expect("nobody else runs")
        .pieces_analysees
}

async fn envoyer(portail: &Portail, nom: &str, document: &[u8]) -> String {
    let mut zoe = portail.connecter(ZOE).await;
    let page = zoe
        .page(SAISIE)
        .await
        .formulaire("Envoyer la sollicitation")
        .remplir("objet", nom)
        .remplir("texte", "La voici.")
        .joindre("fichier", nom, document)
        .envoyer(&mut zoe)
        .await;
    page.statut(200).contient("En cours d’analyse");
    page.lien(nom)
}

#[tokio::test]
async fn un_fichier_attend_son_verdict_et_seul_son_auteur_le_lit() {
    let clamd = FauxClamd::demarrer().await;
    let portail = monde(&clamd).await;
    let document = pdf_de(600_000);
    let lien = envoyer(&portail, "a.pdf", &document).await;
    let id = seule(&portail).await;
    let mut zoe = portail.connecter(ZOE).await;
    zoe.lire(&lien).await.statut(200);
    let mut sabine = portail.connecter(SABINE).await;
    let page = sabine.page(&format!("/support/sollicitations/{id}")).await;
    page.contient("a.pdf").contient("En cours d’analyse");
    assert!(page.lien_eventuel("a.pdf").is_none());
    let direct = lien.replace("/sollicitations/", "/support/sollicitations/");
    sabine
        .lire(&direct)
        .await
        .statut(409)
        .contient("en cours d’analyse");
    assert_eq!(tourner(&portail).await, 1);
    assert_eq!(tourner(&portail).await, 0);
    assert!(
        clamd.recus.lock().expect("a list")[..] == [document],
        "the whole file was scanned, once"
    );
    let page = sabine.page(&format!("/support/sollicitations/{id}")).await;
    page.ne_contient_pas("En cours d’analyse");
    sabine.lire(&page.lien("a.pdf")).await.statut(200);
}

#[tokio::test]
async fn un_fichier_infecte_est_refuse_et_son_contenu_efface() {
    let clamd = FauxClamd::demarrer().await;
    let portail = monde(&clamd).await;
    let mut document = PDF.to_vec();
    document.splice(9..9, *b"EICAR\n");
    let lien = envoyer(&portail, "virus.pdf", &document).await;
    assert_eq!(tourner(&portail).await, 1);
    assert_eq!(
        portail.nombre("select count(*) from piece_morceaux").await,
        0
    );
    let mut zoe = portail.connecter(ZOE).await;
    let id = seule(&portail).await;
    let page = zoe.page(&format!("/sollicitations/{id}")).await;
    page.contient("Refusée par l’antivirus");
    assert!(page.lien_eventuel("virus.pdf").is_none());
    zoe.lire(&lien)
        .await
        .statut(409)
        .contient("L’antivirus a refusé");
}

#[tokio::test]
async fn un_clamd_en_panne_fait_attendre_et_ne_perd_rien() {
    let clamd = FauxClamd::demarrer().await;
    let portail = monde(&clamd).await;
    envoyer(&portail, "a.pdf", PDF).await;
    for humeur in [Humeur::Muet, Humeur::Erreur] {
        clamd.devenir(humeur);
        assert_eq!(tourner(&portail).await, 0);
        assert_eq!(
            portail
                .nombre("select count(*) from pieces_jointes where antivirus = 'en_cours'")
                .await,
            1
        );
        // The lease of the one that failed is two minutes.
        clamd.devenir(Humeur::Juge);
        assert_eq!(tourner(&portail).await, 0);
        portail.avancer("2 minutes").await;
        clamd.devenir(humeur);
    }
    clamd.devenir(Humeur::Juge);
    assert_eq!(tourner(&portail).await, 1);
}

#[tokio::test]
async fn un_clamd_absent_fait_attendre_et_personne_d_autre_ne_lit() {
    let ecoute = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let adresse = ecoute.local_addr().expect("an address").to_string();
    drop(ecoute);
    let config = config_avec(&[("CLAMD_ADDRESS", adresse.as_str())]);
    let portail = peupler(Portail::avec(config).await).await.0;
    let lien = envoyer(&portail, "a.pdf", PDF).await;
    assert_eq!(tourner(&portail).await, 0);
    let mut sabine = portail.connecter(SABINE).await;
    let direct = lien.replace("/sollicitations/", "/support/sollicitations/");
    sabine.lire(&direct).await.statut(409);
    let mut zoe = portail.connecter(ZOE).await;
    zoe.lire(&lien).await.statut(200);
}

/// Two instances at once: each file is scanned by one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_instances_ne_se_disputent_pas_un_fichier() {
    let clamd = FauxClamd::demarrer().await;
    let portail = monde(&clamd).await;
    for rang in 0..6 {
        envoyer(&portail, &format!("{rang}.pdf"), PDF).await;
    }
    let taches: Vec<_> = (0..4)
        .map(|_| {
            let app = portail.app.clone();
            tokio::spawn(async move { vantail::pieces::analyser(&app).await.expect("a run") })
        })
        .collect();
    let mut jugees = 0;
    for tache in taches {
        jugees += tache.await.expect("a run");
    }
    assert_eq!(jugees, 6);
    assert_eq!(clamd.recus.lock().expect("a list").len(), 6);
}

#[test]
fn une_adresse_de_clamd_fausse_empeche_de_demarrer() {
    let lire = |nom: &str| match nom {
        "SECRET_KEY" => Some("v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
        "CLAMD_ADDRESS" => Some("localhost".to_owned()),
        _ => None,
    };
    let erreur = vantail::config::Config::commande(&lire).expect_err("a wrong address");
    assert!(format!("{erreur:#}").contains("CLAMD_ADDRESS"));
}
