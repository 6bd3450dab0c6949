//! The end of a request without its client, and the end of the server.

use std::pin::pin;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::{any, get};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use vantail::App;
use vantail::courrier::{self, Expedition};
use vantail::db::bassin::{Usage, ouvrir};
use vantail::jobs;
use vantail::serveur::{Delais, Limites, attendre_arret, finir, habiller};

use super::outils::{HOTE, PATIENCE, Serveur, reglages, statut, url_de_test};
use crate::support::config;
use crate::support::relais::Relais;

/// A handler that says it has begun, waits at a gate, then says it has ended.
#[derive(Clone, Default)]
struct Etape {
    commence: Arc<Notify>,
    porte: Arc<Notify>,
    fini: Arc<AtomicBool>,
}

impl Etape {
    fn router(&self) -> Router {
        let etape = self.clone();
        let lent = any(async move || {
            etape.commence.notify_one();
            etape.porte.notified().await;
            etape.fini.store(true, Ordering::SeqCst);
            "fini"
        });
        Router::new()
            .route("/lent", lent)
            .route("/", get(async || "bonjour"))
    }

    async fn commencee(&self) {
        timeout(PATIENCE, self.commence.notified())
            .await
            .expect("the handler begins");
    }
}

fn envoi(methode: &str) -> Vec<u8> {
    format!("{methode} /lent HTTP/1.1\r\nHost: {HOTE}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

/// Serves `etape`; the token is cancelled once the server has dropped the request of a client that left.
async fn serveur_temoin(etape: &Etape) -> (Serveur, CancellationToken) {
    let parti = CancellationToken::new();
    let temoin = parti.clone();
    let router = habiller(etape.router(), &reglages()).layer(from_fn(
        move |requete: Request, suite: Next| {
            let garde: DropGuard = temoin.clone().drop_guard();
            async move {
                let reponse = suite.run(requete).await;
                garde.disarm();
                reponse
            }
        },
    ));
    (Serveur::tel_quel(router, Limites::default()).await, parti)
}

#[tokio::test]
async fn un_client_qui_raccroche_n_interrompt_pas_une_ecriture() {
    let etape = Etape::default();
    let (serveur, parti) = serveur_temoin(&etape).await;
    let mut client = serveur.joindre().await;
    client.envoyer(&envoi("POST")).await;
    etape.commencee().await;
    drop(client);
    timeout(PATIENCE, parti.cancelled())
        .await
        .expect("the server sees that the client left");
    assert!(!etape.fini.load(Ordering::SeqCst));
    etape.porte.notify_one();
    // The stop waits for work that has no client any more.
    serveur.arret.cancel();
    serveur.finir().await;
    assert!(etape.fini.load(Ordering::SeqCst));
}

#[tokio::test]
async fn l_arret_attend_une_ecriture_sans_client() {
    let etape = Etape::default();
    let (serveur, parti) = serveur_temoin(&etape).await;
    let mut client = serveur.joindre().await;
    client.envoyer(&envoi("POST")).await;
    etape.commencee().await;
    drop(client);
    timeout(PATIENCE, parti.cancelled())
        .await
        .expect("the server sees that the client left");
    serveur.arret.cancel();
    ne_repond_plus(&serveur).await;
    assert!(!serveur.tache.is_finished());
    etape.porte.notify_one();
    serveur.finir().await;
    assert!(etape.fini.load(Ordering::SeqCst));
}

/// Control of the two tests above: reads, which change nothing, end with their client.
#[tokio::test]
async fn un_client_qui_raccroche_interrompt_une_lecture() {
    let etape = Etape::default();
    let (serveur, parti) = serveur_temoin(&etape).await;
    let mut client = serveur.joindre().await;
    client.envoyer(&envoi("GET")).await;
    etape.commencee().await;
    drop(client);
    timeout(PATIENCE, parti.cancelled())
        .await
        .expect("the server sees that the client left");
    etape.porte.notify_one();
    serveur.arret.cancel();
    serveur.finir().await;
    assert!(!etape.fini.load(Ordering::SeqCst));
}

async fn ne_repond_plus(serveur: &Serveur) {
    timeout(PATIENCE, async {
        while TcpStream::connect(serveur.adresse).await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("new connections are refused");
}

#[tokio::test]
async fn l_arret_laisse_finir_les_requetes_en_cours() {
    let etape = Etape::default();
    let serveur = Serveur::lancer(etape.router(), Limites::default()).await;
    let (mut en_cours, mut inactif) = (serveur.joindre().await, serveur.joindre().await);
    assert_eq!(statut(&inactif.get("/").await), "200");
    en_cours.envoyer(&envoi("GET")).await;
    etape.commencee().await;
    serveur.arret.cancel();
    ne_repond_plus(&serveur).await;
    assert_eq!(inactif.lire_tout().await, "");
    assert!(!serveur.tache.is_finished());
    etape.porte.notify_one();
    let recu = en_cours.lire_tout().await;
    assert_eq!(statut(&recu), "200");
    assert!(
        recu.contains("connection: close") && recu.ends_with("fini"),
        "{recu}"
    );
    serveur.finir().await;
}

#[tokio::test]
async fn l_arret_finit_toujours() {
    let etape = Etape::default();
    let limites = Limites {
        delai_arret: Duration::from_millis(100),
        ..Limites::default()
    };
    let serveur = Serveur::lancer(etape.router(), limites).await;
    let (mut sans_fin, mut a_moitie) = (serveur.joindre().await, serveur.joindre().await);
    assert_eq!(statut(&a_moitie.get("/").await), "200");
    a_moitie.envoyer(b"GET / HTTP/1.1\r\nHo").await;
    sans_fin.envoyer(&envoi("GET")).await;
    etape.commencee().await;
    serveur.arret.cancel();
    serveur.finir().await;
    assert_eq!(sans_fin.lire_tout().await, "");
    assert_eq!(a_moitie.lire_tout().await, "");
}

#[tokio::test]
async fn sigterm_retire_d_abord_du_service_puis_arrete() {
    let (pret, etat) = watch::channel(true);
    let arret = CancellationToken::new();
    let mut attente = Box::pin(attendre_arret(
        pret,
        Duration::from_secs(3600),
        arret.clone(),
    ));
    let mut suite = etat.clone();
    let signaler = || {
        let issue = Command::new("kill")
            .args(["-TERM", &std::process::id().to_string()])
            .status();
        assert!(issue.expect("kill runs").success());
    };
    // The handlers of signals are in place once the future has been polled.
    tokio::select! {
        biased;
        _ = &mut attente => panic!("nothing was asked"),
        () = std::future::ready(()) => {}
    }
    assert!(*etat.borrow());
    signaler();
    tokio::select! {
        _ = &mut attente => panic!("the balancer has an hour"),
        changement = timeout(PATIENCE, suite.changed()) => changement.expect("in time").expect("sender alive"),
    }
    assert!(!*etat.borrow() && !arret.is_cancelled());
    signaler();
    timeout(PATIENCE, attente)
        .await
        .expect("a second signal does not wait")
        .expect("handlers installed");
    assert!(arret.is_cancelled());
}

/// No client, no answer, no end: it would keep its connection to the database as long as the process lives.
#[tokio::test]
async fn une_ecriture_sans_fin_est_abandonnee() {
    let etape = Etape::default();
    let limites = Limites {
        delai_travail: Duration::from_millis(100),
        ..Limites::default()
    };
    let serveur = Serveur::lancer(etape.router(), limites).await;
    let mut client = serveur.joindre().await;
    client.envoyer(&envoi("POST")).await;
    etape.commencee().await;
    assert_eq!(statut(&client.lire_reponse().await), "503");
    // The stop would wait for it longer than this test does.
    serveur.arret.cancel();
    serveur.finir().await;
    assert!(!etape.fini.load(Ordering::SeqCst));
}

/// Packets vanish under the jobs and under the mails at the same time; the stop waits for neither.
#[tokio::test]
async fn l_arret_n_attend_pas_une_base_qui_se_tait() {
    let url = url_de_test().await;
    let relais = Relais::devant(&url).await;
    let config = config();
    let expedition = Expedition::lire(
        config.smtp_url.as_deref(),
        &config.mail_from,
        &config.public_url,
        &config.marque,
    )
    .expect("mail settings");
    let db = ouvrir(&relais.url(&url), Usage::Pages)
        .await
        .expect("a database");
    let app = App::new(db, config);
    // The first statement of the jobs after their `begin`, and the one that takes mails.
    relais.taire_a(&["pg_try_advisory_xact_lock", "bail_jusqu_au is null"]);
    let arret = CancellationToken::new();
    let courriers = tokio::spawn(courrier::lancer(
        app.db.clone(),
        expedition,
        Arc::clone(&app.cles),
        arret.clone(),
    ));
    let mut travaux = pin!(jobs::chaque_minute(&app, &arret));
    tokio::select! {
        () = &mut travaux => panic!("the jobs wait for their answer"),
        () = relais.muettes(2) => {}
    }
    arret.cancel();
    let court = Duration::from_millis(100);
    let delais = Delais {
        travaux: court,
        courriers: court,
        bassin: court,
    };
    timeout(PATIENCE, finir(Some(travaux), courriers, &app.db, delais))
        .await
        .expect("the stop ends");
}
