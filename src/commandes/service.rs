//! The portal as a process: mails, jobs, metrics, the accept loop, and their orderly end.

use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{mesures, ouverture, schema};
use crate::App;
use crate::config::{Config, Source};
use crate::courrier::{self, Expedition};
use crate::db::bassin::Usage;
use crate::jobs;
use crate::parametres;
use crate::pieces;
use crate::portail;
use crate::serveur::{self, Delais, Limites, ReglagesHttp};

/// Time left to the balancer, after `/ready` said 503, to send people elsewhere.
const DRAINAGE: Duration = Duration::from_secs(5);

/// `vantail serve`.
pub(super) async fn serve(source: Source<'_>) -> Result<()> {
    let config = Config::lire(source)?;
    let url = ouverture::adresse(source)?;
    serveur::journaux();
    let db = ouverture::bassin(&url, Usage::Pages).await?;
    schema::exiger(&db).await?;
    schema::avertir_de_la_langue(&db).await?;
    let ecoute = ecouter(config.listen_addr, "LISTEN_ADDR").await?;
    let app = App::new(db, config);
    tourner(
        &app,
        ecoute,
        ReglagesHttp::pour(&app.config.public_url)?,
        DRAINAGE,
    )
    .await
}

pub(super) async fn ecouter(adresse: std::net::SocketAddr, variable: &str) -> Result<TcpListener> {
    TcpListener::bind(adresse)
        .await
        .with_context(|| format!("{variable}: {adresse} cannot be listened on"))
}

/// Serves until SIGTERM or SIGINT, then ends in order: `/ready` at 503, requests in flight, mails being sent, pool.
pub(super) async fn tourner(
    app: &App,
    ecoute: TcpListener,
    mut reglages: ReglagesHttp,
    drainage: Duration,
) -> Result<()> {
    app.relire_les_parametres().await.context(schema::MUETTE)?;
    let config = &app.config;
    reglages.proxies.clone_from(&config.trusted_proxies);
    let expedition = Expedition::lire(
        config.smtp_url.as_deref(),
        &config.mail_from,
        &config.public_url,
        &config.marque,
    )?;
    let arret = CancellationToken::new();
    let (pret, est_pret) = watch::channel(true);
    let sante = serveur::sante(app.db.clone(), est_pret);
    let mesurees = match config.metrics_addr {
        Some(adresse) => Some((
            ecouter(adresse, "METRICS_ADDR").await?,
            mesures::routeur(app.db.clone(), &arret)?,
        )),
        None => None,
    };
    let signaux = tokio::spawn(serveur::attendre_arret(pret, drainage, arret.clone()));
    let courriers = tokio::spawn(courrier::lancer(
        app.db.clone(),
        expedition,
        app.cles.clone(),
        arret.clone(),
    ));
    let mut adresse_mesures = String::new();
    if let Some((ecoute, routeur)) = mesurees {
        adresse_mesures = ecoute.local_addr()?.to_string();
        let routeur = sante.clone().merge(routeur);
        tokio::spawn(serveur::servir(
            ecoute,
            routeur,
            Limites::default(),
            arret.clone(),
        ));
    }
    tracing::info!(adresse = %ecoute.local_addr()?, mesures = adresse_mesures, public = %config.public_url, cle = app.cles.courante(), "ready");
    let routeur = sante.merge(portail::portail(app, &reglages));
    let mut service = pin!(serveur::servir(
        ecoute,
        routeur,
        reglages.limites,
        arret.clone()
    ));
    let mut travaux = pin!(async {
        tokio::join!(
            jobs::chaque_minute(app, &arret),
            pieces::surveiller(app, &arret),
            parametres::suivre(app, &arret)
        )
    });
    let mut finis = false;
    let issue = loop {
        tokio::select! {
            issue = &mut service => break issue,
            _ = &mut travaux, if !finis => finis = true,
        }
    };
    issue?;
    arret.cancel();
    signaux.await.context("signals")??;
    let travaux = (!finis).then_some(travaux);
    serveur::finir(travaux, courriers, &app.db, Delais::default()).await;
    Ok(())
}
