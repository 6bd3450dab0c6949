//! The worker: claims due mails in one statement, sends them outside of any transaction, marks them in another.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::envoi::{Issue, Pret, expedier};
use super::expedition::Expedition;
use super::jeton::{self, Usage};
use crate::db::bassin::en_temps;
use crate::secrets::Cles;

/// Mails sent at the same time by one instance.
const EN_PARALLELE: usize = 4;
/// Polling, in case a notification is lost and for mails whose delay is over.
const RELEVE: Duration = Duration::from_secs(15);
/// For a connection of the listener.
const ATTENTE: Duration = Duration::from_secs(3);
/// First pause of the whole worker when the server or the database is down; doubles up to one minute.
const PANNE: Duration = Duration::from_secs(5);
const PANNE_MAX: Duration = Duration::from_secs(60);
/// A listener that heard nothing for so long asks the server whether it is there.
const SILENCE: Duration = Duration::from_secs(60);
/// First delay of a mail, in seconds; doubles up to the longest.
const DELAI: f64 = 30.0;
const DELAI_MAX: f64 = 300.0;
/// Tries of a mail which this installation cannot send.
const ESSAIS_INENVOYABLE: i32 = 10;

/// What one pass over the outbox did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bilan {
    /// Accepted by the server.
    pub envoyes: u32,
    /// To be tried again later.
    pub remis: u32,
    /// Given up: refused, panicked, too old, or the link died before leaving.
    pub abandonnes: u32,
    /// The server could not be reached: the pass stopped there, the other mails wait unharmed.
    pub panne: bool,
}

struct Pris {
    id: Uuid,
    gabarit: String,
    essais: i32,
    bail: OffsetDateTime,
    pret: Pret,
}

/// Runs until `arret`: sends what is due, then waits for a notification, a delay or the end. The mails being sent
/// when it ends are finished and marked.
pub async fn lancer(db: PgPool, expedition: Expedition, cles: Arc<Cles>, arret: CancellationToken) {
    let reveil = Arc::new(Notify::new());
    let ecoute = tokio::spawn(ecouter(db.clone(), Arc::clone(&reveil), arret.clone()));
    let mut pannes = 0u32;
    while !arret.is_cancelled() {
        match passer(&db, &expedition, &cles, &arret).await {
            Ok(bilan) if !bilan.panne => pannes = 0,
            Ok(_) => pannes += 1,
            Err(erreur) => {
                pannes += 1;
                tracing::error!(%erreur, "outbox: the database does not answer");
            }
        }
        let pause = match pannes {
            0 => RELEVE,
            n => PANNE.saturating_mul(1 << (n - 1).min(6)).min(PANNE_MAX),
        };
        tokio::select! {
            () = arret.cancelled() => {}
            () = reveil.notified(), if pannes == 0 => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    ecoute.abort();
}

/// Listens on a connection of its own; every (re)connection also wakes the worker, for what was notified meanwhile.
async fn ecouter(db: PgPool, reveil: Arc<Notify>, arret: CancellationToken) {
    while !arret.is_cancelled() {
        let session = async {
            // Of its own: it would hold a place of the requests for ever, and this pool dies with the connection.
            let seule = PgPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(ATTENTE)
                .connect_lazy_with((*db.connect_options()).clone());
            let mut ecoute = en_temps(PgListener::connect_with(&seule)).await?;
            en_temps(ecoute.listen("courriers")).await?;
            reveil.notify_one();
            loop {
                match tokio::time::timeout(SILENCE, ecoute.try_recv()).await {
                    Ok(recu) => {
                        recu?;
                        reveil.notify_one();
                    }
                    Err(_) => {
                        en_temps(sqlx::query("select 1").execute(&mut ecoute)).await?;
                    }
                }
            }
        };
        let erreur: sqlx::Error = tokio::select! {
            () = arret.cancelled() => return,
            fin = session => match fin {
                Err(erreur) => erreur,
                Ok(jamais) => jamais,
            },
        };
        tracing::warn!(%erreur, "outbox: listening again in a moment");
        tokio::select! {
            () = arret.cancelled() => return,
            () = tokio::time::sleep(PANNE) => {}
        }
    }
}

/// One pass: sends everything due now, four at a time, and returns. Stops claiming at the first breakdown of the
/// server, so that a dead server costs one attempt and not one per mail.
pub async fn passer(
    db: &PgPool,
    expedition: &Expedition,
    cles: &Cles,
    arret: &CancellationToken,
) -> sqlx::Result<Bilan> {
    let mut bilan = Bilan::default();
    let mut envois = JoinSet::new();
    let mut connexions = Vec::new();
    let mut echec = None;
    loop {
        if echec.is_none() && !bilan.panne && !arret.is_cancelled() {
            match prendre(db, expedition, cles, EN_PARALLELE - envois.len()).await {
                Ok((pris, morts)) => {
                    bilan.abandonnes += morts;
                    for Pris {
                        id,
                        gabarit,
                        essais,
                        bail,
                        pret,
                    } in pris
                    {
                        let (expedition, connexion) = (expedition.clone(), connexions.pop());
                        envois.spawn(async move {
                            let (issue, connexion) = expedier(&expedition, connexion, pret).await;
                            (id, gabarit, essais, bail, issue, connexion)
                        });
                    }
                }
                Err(erreur) => echec = Some(erreur),
            }
        }
        let Some(fini) = envois.join_next().await else {
            break;
        };
        // `expedier` isolates panics; a join error could only come from the runtime shutting down.
        let Ok((id, gabarit, essais, bail, issue, connexion)) = fini else {
            continue;
        };
        connexions.extend(connexion);
        match insister(db, id, essais, bail, &issue).await {
            Ok(statut) => compter(&mut bilan, id, &gabarit, &issue, statut.as_deref()),
            Err(erreur) => echec = Some(erreur),
        }
    }
    for mut connexion in connexions {
        // Nobody waits for the server's goodbye.
        tokio::spawn(async move { tokio::time::timeout(PANNE, connexion.abort()).await });
    }
    echec.map_or(Ok(bilan), Err)
}

/// Claims at most `combien` due mails under a lease; drops those whose link has died. Returns the claimed, and how
/// many were dropped. Each statement is its own transaction: the worker never holds two row locks, so it cannot
/// deadlock with a business transaction that issues several tokens.
async fn prendre(
    db: &PgPool,
    expedition: &Expedition,
    cles: &Cles,
    combien: usize,
) -> sqlx::Result<(Vec<Pris>, u32)> {
    let (mut pris, mut morts) = (Vec::new(), 0);
    // Dropped mails free their place: ask again until the places are taken or nothing is due.
    while pris.len() < combien {
        let lignes = sqlx::query!(
            r#"update courriers c
                  set bail_jusqu_au = maintenant() + interval '60 seconds', essais = c.essais + 1
                 from (select id from courriers
                        where statut = 'a_envoyer' and prochain_essai_le <= maintenant()
                          and (bail_jusqu_au is null or bail_jusqu_au <= maintenant())
                        order by prochain_essai_le, id
                        limit $1 for update skip locked) as du
                where c.id = du.id
            returning c.id, c.gabarit, c.destinataire, c.sujet, c.texte, c.html, c.lien_chemin, c.jeton_id,
                      c.jeton_usage, c.essais, c.cree_le, c.bail_jusqu_au as "bail!""#,
            i64::try_from(combien - pris.len()).unwrap_or(1),
        );
        let lignes = en_temps(lignes.fetch_all(db)).await?;
        let (rien, mut abandons) = (lignes.is_empty(), 0);
        for l in lignes {
            let jeton = l
                .jeton_id
                .zip(l.jeton_usage.as_deref().and_then(Usage::depuis_code));
            if let Some((id, usage)) = jeton
                && !en_temps(jeton::preparer_envoi(db, id, usage)).await?
            {
                let abandon = sqlx::query!(
                    "update courriers set statut = 'abandonne', bail_jusqu_au = null,
                            derniere_erreur = 'lien remplacé ou déjà utilisé avant le départ' where id = $1",
                    l.id,
                );
                en_temps(abandon.execute(db)).await?;
                abandons += 1;
                continue;
            }
            pris.push(Pris {
                id: l.id,
                gabarit: l.gabarit,
                essais: l.essais,
                bail: l.bail,
                pret: Pret {
                    id: l.id,
                    destinataire: l.destinataire,
                    sujet: l.sujet,
                    texte: l.texte,
                    html: l.html,
                    lien: expedition.lien(cles, jeton, &l.lien_chemin),
                    cree_le: l.cree_le,
                },
            });
        }
        morts += abandons;
        if rien || abandons == 0 {
            break;
        }
    }
    Ok((pris, morts))
}

/// [`marquer`], with some patience for a database that restarts: left unmarked, a mail just sent would go again.
async fn insister(
    db: &PgPool,
    id: Uuid,
    essais: i32,
    bail: OffsetDateTime,
    issue: &Issue,
) -> sqlx::Result<Option<String>> {
    for pause in [200, 1_000, 3_000].map(Duration::from_millis) {
        match en_temps(marquer(db, id, essais, bail, issue)).await {
            Ok(statut) => return Ok(statut),
            Err(_) => tokio::time::sleep(pause).await,
        }
    }
    en_temps(marquer(db, id, essais, bail, issue)).await
}

/// Writes what became of a claimed mail; returns its state. A failure is written only while the lease is ours:
/// afterwards another worker answers for the mail. A success is a fact whoever holds the lease.
async fn marquer(
    db: &PgPool,
    id: Uuid,
    essais: i32,
    bail: OffsetDateTime,
    issue: &Issue,
) -> sqlx::Result<Option<String>> {
    let (erreur, definitif) = match issue {
        Issue::Envoye => {
            return sqlx::query_scalar!(
                "update courriers set statut = 'envoye', envoye_le = maintenant(), bail_jusqu_au = null,
                        derniere_erreur = null
                  where id = $1 and statut <> 'envoye' returning statut",
                id,
            )
            .fetch_optional(db)
            .await;
        }
        Issue::Panne(e) | Issue::Temporaire(e) => (e.as_str(), false),
        Issue::Inenvoyable(e) => (e.as_str(), essais >= ESSAIS_INENVOYABLE),
        Issue::Refuse(e) => (e.as_str(), true),
        Issue::Panique => ("la préparation du message a échoué (panique)", true),
    };
    sqlx::query_scalar!(
        "update courriers
            set statut = case when $4 or (essais >= $6 and cree_le <= maintenant() - interval '72 hours')
                              then 'abandonne' else 'a_envoyer' end,
                bail_jusqu_au = null, derniere_erreur = $3,
                prochain_essai_le = maintenant() + make_interval(secs => $5)
          where id = $1 and statut = 'a_envoyer' and bail_jusqu_au = $2
          returning statut",
        id,
        bail,
        erreur,
        definitif,
        delai(essais),
        ESSAIS_INENVOYABLE,
    )
    .fetch_optional(db)
    .await
}

/// 30 s·2ⁿ, at most 5 minutes. `essais` counts the attempt that failed.
fn delai(essais: i32) -> f64 {
    (DELAI * 2f64.powi(essais.clamp(1, 20) - 1)).min(DELAI_MAX)
}

fn compter(bilan: &mut Bilan, id: Uuid, gabarit: &str, issue: &Issue, statut: Option<&str>) {
    bilan.panne |= matches!(issue, Issue::Panne(_));
    match statut {
        Some("envoye") => {
            bilan.envoyes += 1;
            metrics::counter!("vantail_courriers_total", "issue" => "envoye").increment(1);
            tracing::debug!(courrier = %id, gabarit, "mail sent");
        }
        Some("abandonne") => {
            bilan.abandonnes += 1;
            metrics::counter!("vantail_courriers_total", "issue" => "abandonne").increment(1);
            tracing::error!(courrier = %id, gabarit, ?issue, "mail given up");
        }
        Some(_) => {
            bilan.remis += 1;
            metrics::counter!("vantail_courriers_total", "issue" => "remis").increment(1);
            tracing::warn!(courrier = %id, gabarit, ?issue, "mail to be tried again");
        }
        None => tracing::warn!(courrier = %id, gabarit, "the lease of this mail was lost"),
    }
}

#[cfg(test)]
mod tests {
    use super::delai;

    #[test]
    fn les_delais_doublent_jusqu_a_cinq_minutes() {
        let vus: Vec<f64> = (1..8).map(delai).collect();
        assert_eq!(vus, [30.0, 60.0, 120.0, 240.0, 300.0, 300.0, 300.0]);
        assert_eq!(delai(i32::MAX), 300.0);
    }
}
