//! The portal as a process: mails, jobs, metrics, the accept loop, and their orderly end.

use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{ouverture, schema};
use crate::App;
use crate::config::{Config, Source};
use crate::courrier::{self, Expedition};
use crate::db::bassin::Usage;
use crate::jobs;
use crate::parametres;
use crate::pieces;
use crate::portail;
use crate::serveur::{self, Limites, ReglagesHttp};

/// Time left to the balancer, after `/ready` said 503, to send people elsewhere.
const DRAINAGE: Duration = Duration::from_secs(5);
/// Time left to a mail being sent when everything else has ended (its own limit is 45 s; its lease protects it).
const FIN_DES_COURRIERS: Duration = Duration::from_secs(10);
const UPKEEP: Duration = Duration::from_secs(5);

/// `vantail serve`.
pub(super) async fn serve(source: Source<'_>) -> Result<()> {
    let config = Config::lire(source)?;
    let url = ouverture::adresse(source)?;
    serveur::journaux();
    let db = ouverture::bassin(&url, Usage::Pages).await?;
    schema::exiger(&db).await?;
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
    app.relire_les_parametres().await?;
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
    let mesures = match config.metrics_addr {
        Some(adresse) => Some((
            ecouter(adresse, "METRICS_ADDR").await?,
            mesures(app.db.clone(), &arret)?,
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
    if let Some((ecoute, routeur)) = mesures {
        adresse_mesures = ecoute.local_addr()?.to_string();
        let routeur = sante.clone().merge(routeur);
        tokio::spawn(serveur::servir(
            ecoute,
            routeur,
            Limites::default(),
            arret.clone(),
        ));
    }
    tracing::info!(adresse = %ecoute.local_addr()?, mesures = adresse_mesures, public = %config.public_url, "ready");
    let routeur = sante.merge(portail::portail(app, &reglages));
    let (issue, (), (), ()) = tokio::join!(
        serveur::servir(ecoute, routeur, reglages.limites, arret.clone()),
        jobs::chaque_minute(app, &arret),
        pieces::surveiller(app, &arret),
        parametres::suivre(app, &arret)
    );
    issue?;
    arret.cancel();
    signaux.await.context("signals")??;
    if tokio::time::timeout(FIN_DES_COURRIERS, courriers)
        .await
        .is_err()
    {
        tracing::warn!(
            "stopped while a mail was being sent; it will be sent again after its lease"
        );
    }
    app.db.close().await;
    Ok(())
}

/// `/metrics`, in the text form of Prometheus; what is a state is read when it is asked for.
fn mesures(db: PgPool, arret: &CancellationToken) -> Result<Router> {
    let recueil = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|e| anyhow!("metrics cannot be collected: {e}"))?;
    let (entretien, arret) = (recueil.clone(), arret.clone());
    tokio::spawn(async move {
        while tokio::time::timeout(UPKEEP, arret.cancelled())
            .await
            .is_err()
        {
            entretien.run_upkeep();
        }
    });
    Ok(Router::new().route(
        "/metrics",
        get(async move || page_de_mesures(&db, &recueil).await),
    ))
}

async fn page_de_mesures(db: &PgPool, recueil: &PrometheusHandle) -> String {
    metrics::gauge!("vantail_connexions").set(f64::from(db.size()));
    metrics::gauge!("vantail_connexions_libres")
        .set(f64::from(u32::try_from(db.num_idle()).unwrap_or(u32::MAX)));
    if let Ok(file) = courrier::etat(db).await {
        metrics::gauge!("vantail_courriers_en_attente").set(compte(file.en_attente));
        metrics::gauge!("vantail_courriers_abandonnes").set(compte(file.abandonnes));
    }
    recueil.render()
}

fn compte(n: i64) -> f64 {
    i32::try_from(n).map_or(f64::from(i32::MAX), f64::from)
}
