//! Background work: what ends by its date, what is erased by its age. `serve` runs it every minute, `jobs run` once.
//!
//! Rights never wait for it: they are read with their dates (spec §2). One instance at a time does it.

mod echeances;
mod fins;
mod imports;
mod menage;
mod passations;
mod rappels;

use std::fmt;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, anyhow};
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::abonnements;
use crate::acces::Systeme;
use crate::assistance;
use crate::courrier;
use crate::inscription;
use crate::mon_compte;
use crate::pieces;
use crate::referents;
use crate::sollicitations;

pub use imports::annoncer as annoncer_les_imports;

/// Key of the advisory lock that makes one instance work at a time.
pub const VERROU: i64 = 0x7661_6e74_0002;
const MINUTE: Duration = Duration::from_secs(60);
/// A run that takes longer waits for a database that vanished, most likely: it is cut, and the next one does the rest.
const LIMITE: Duration = Duration::from_secs(10 * 60);

/// What one run did.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Bilan {
    /// Rattachements past their date, now `desactivee`.
    pub rattachements_echus: u64,
    /// Ends of validity told to the person and to who can extend it.
    pub fins_annoncees: u64,
    /// Deactivated accounts told that they are erased in 7 days.
    pub comptes_avertis: u64,
    /// Accounts deactivated for 60 days, now a pseudonym.
    pub comptes_effaces: u64,
    /// Programmed handovers that took place.
    pub passations_executees: u64,
    /// Programmed handovers that became void.
    pub passations_caduques: u64,
    /// Programmed handovers whose people were warned.
    pub passations_annoncees: u64,
    /// Structures whose change of state by an import was carried through.
    pub structures_annoncees: u64,
    /// Requests whose deciders, or the support, were reminded.
    pub demandes_rappelees: u64,
    /// Secrets of technical accounts whose people were warned of their end.
    pub secrets_rappeles: u64,
    /// Sollicitations resolved for 30 days, now closed.
    pub sollicitations_closes: u64,
    /// Requests to référents who left, now the support's.
    pub demandes_passees: u64,
    /// Rattachements that a change of the catalogue of espaces reached.
    pub rattachements_du_catalogue: u64,
    /// Support sessions and codes that are over.
    pub assistances_closes: u64,
    /// Drafts of sollicitations that nobody changed for 30 days.
    pub brouillons_effaces: u64,
    /// Attachments that got a verdict of the antivirus.
    pub pieces_analysees: u64,
    /// Attachments of sollicitations closed for a year, erased.
    pub pieces_effacees: u64,
    /// Mails whose bodies were blanked.
    pub courriers_purges: u64,
    /// Messages shown after a redirect, older than a day.
    pub messages_effaces: u64,
    /// Sessions ended for 30 days.
    pub sessions_effacees: u64,
    /// Intents of accounts that were not activated within 30 days.
    pub inscriptions_oubliees: u64,
    /// Throttling counters past their end.
    pub compteurs_effaces: u64,
}

impl fmt::Display for Bilan {
    /// What was done, and nothing of what was not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faits = [
            (self.rattachements_echus, "rattachements ended"),
            (self.fins_annoncees, "ends announced"),
            (self.demandes_rappelees, "requests reminded"),
            (self.secrets_rappeles, "technical secrets announced"),
            (self.passations_executees, "handovers done"),
            (self.passations_caduques, "handovers void"),
            (self.passations_annoncees, "handovers announced"),
            (self.structures_annoncees, "structures announced"),
            (self.comptes_avertis, "accounts warned"),
            (self.comptes_effaces, "accounts erased"),
            (self.sollicitations_closes, "sollicitations closed"),
            (self.demandes_passees, "requests passed to the support"),
            (
                self.rattachements_du_catalogue,
                "rattachements reached by the catalogue",
            ),
            (self.assistances_closes, "support sessions ended"),
            (self.brouillons_effaces, "drafts erased"),
            (self.pieces_analysees, "attachments scanned"),
            (self.pieces_effacees, "attachments erased"),
            (self.courriers_purges, "mails blanked"),
            (self.inscriptions_oubliees, "sign-up intents erased"),
            (self.messages_effaces, "messages erased"),
            (self.sessions_effacees, "sessions erased"),
            (self.compteurs_effaces, "counters erased"),
        ];
        let mut premier = true;
        for (nombre, quoi) in faits.into_iter().filter(|(nombre, _)| *nombre > 0) {
            write!(f, "{}{nombre} {quoi}", if premier { "" } else { ", " })?;
            premier = false;
        }
        if premier {
            f.write_str("nothing to do")?;
        }
        Ok(())
    }
}

/// One run; `None` when another instance is at it.
///
/// # Errors
/// The database does not answer. What was done before stays done, the next run does the rest.
pub async fn lancer_une_fois(app: &App, systeme: &Systeme) -> Result<Option<Bilan>> {
    let mut verrou = app.db.begin().await?;
    // The lock waits while others work: it must outlive the limit of the pages.
    sqlx::query!("set local idle_in_transaction_session_timeout = 0")
        .execute(&mut *verrou)
        .await?;
    let pris = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock($1) as "pris!""#, VERROU)
        .fetch_one(&mut *verrou)
        .await?;
    if !pris {
        return Ok(None);
    }
    let rattachements_echus = echeances::toutes(app, systeme)
        .await
        .map_err(|e| anyhow!("rattachements past their date: {e:?}"))?;
    let fins_annoncees = fins::annoncer(app, systeme)
        .await
        .map_err(|e| anyhow!("ends of validity: {e:?}"))?;
    let passations = passations::suivre(app, systeme)
        .await
        .map_err(|e| anyhow!("programmed handovers: {e:?}"))?;
    let structures_annoncees = imports::annoncer(app, systeme)
        .await
        .map_err(|e| anyhow!("structures changed by an import: {e:?}"))?;
    let demandes_rappelees = rappels::tous(app, systeme)
        .await
        .map_err(|e| anyhow!("reminders of requests: {e:?}"))?;
    let secrets_rappeles = rappels::des_secrets(app, systeme)
        .await
        .map_err(|e| anyhow!("warnings of technical secrets: {e:?}"))?;
    let comptes_avertis = mon_compte::avertir(app, systeme)
        .await
        .map_err(|e| anyhow!("warnings before an erasure: {e:?}"))?;
    let comptes_effaces = mon_compte::effacer_echus(app, systeme)
        .await
        .map_err(|e| anyhow!("erasures: {e:?}"))?;
    let sollicitations_closes = sollicitations::clore_les_resolues(app, systeme)
        .await
        .map_err(|e| anyhow!("sollicitations resolved long ago: {e:?}"))?;
    let demandes_passees = referents::passer_les_orphelines(app, systeme)
        .await
        .map_err(|e| anyhow!("requests that no référent receives any more: {e:?}"))?;
    let rattachements_du_catalogue = abonnements::appliquer_le_catalogue(app, systeme)
        .await
        .map_err(|e| anyhow!("catalogue of espaces: {e:?}"))?;
    let assistances_closes = assistance::clore_les_finies(app, systeme)
        .await
        .map_err(|e| anyhow!("support sessions: {e:?}"))?;
    let pieces_analysees = pieces::analyser(app)
        .await
        .map_err(|e| anyhow!("scan of the attachments: {e:?}"))?;
    let courriers_purges = courrier::purger(&app.db).await?;
    let bilan = Bilan {
        demandes_passees,
        rattachements_echus,
        fins_annoncees,
        demandes_rappelees,
        secrets_rappeles,
        comptes_avertis,
        comptes_effaces,
        courriers_purges,
        passations_executees: passations.executees,
        passations_caduques: passations.caduques,
        passations_annoncees: passations.annoncees,
        structures_annoncees,
        sollicitations_closes,
        assistances_closes,
        rattachements_du_catalogue,
        pieces_analysees,
        pieces_effacees: pieces::effacer_les_anciennes(&app.db).await?,
        brouillons_effaces: sollicitations::effacer_les_brouillons(&app.db).await?,
        inscriptions_oubliees: inscription::oublier_les_anciennes(&app.db).await?,
        ..menage::effacer(&app.db).await?
    };
    verrou.commit().await?;
    Ok(Some(bilan))
}

/// Runs every minute until `arret`; a failure is logged and the next minute tries again.
pub async fn chaque_minute(app: &App, arret: &CancellationToken) {
    let systeme = Systeme::processus();
    while !arret.is_cancelled() {
        let debut = Instant::now();
        let issue = tokio::time::timeout(LIMITE, lancer_une_fois(app, &systeme))
            .await
            .unwrap_or_else(|_| Err(anyhow!("cut after {} s", LIMITE.as_secs())));
        mesurer(debut, &issue);
        match issue {
            Ok(Some(bilan)) if bilan != Bilan::default() => tracing::info!(%bilan, "jobs"),
            Ok(_) => {}
            Err(erreur) => tracing::error!(erreur = format!("{erreur:#}"), "jobs"),
        }
        tokio::select! {
            () = arret.cancelled() => {}
            () = tokio::time::sleep(MINUTE) => {}
        }
    }
}

/// For the metrics: a failure leaves the instant of the last success, so that its age is what to watch.
fn mesurer(debut: Instant, issue: &Result<Option<Bilan>>) {
    let mot = match issue {
        Ok(Some(_)) => "fait",
        Ok(None) => "ailleurs",
        Err(_) => "echec",
    };
    metrics::counter!("vantail_travaux_total", "issue" => mot).increment(1);
    if issue.is_ok() {
        let instant = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        metrics::gauge!("vantail_travaux_dernier").set(instant.as_secs_f64());
        metrics::gauge!("vantail_travaux_secondes").set(debut.elapsed().as_secs_f64());
    }
}
