//! The worker: claims due mails in one statement; each is then sent, outside of any transaction, and marked by a task of its own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::envoi::{Connexion, Issue, Pret, expedier};
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
/// A claim ends by itself. Longer than a token, a connection and a conversation may take, each at its limit.
const BAIL: Duration = Duration::from_secs(60);
/// Between two tries to write what became of a mail.
const RAPPEL: Duration = Duration::from_millis(250);
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
    gabarit: String,
    essais: i32,
    bail: OffsetDateTime,
    jeton: Option<(Uuid, Usage)>,
    pret: Pret,
}

/// A claimed mail after its attempt.
struct Tentative {
    id: Uuid,
    gabarit: String,
    essais: i32,
    bail: OffsetDateTime,
    issue: Issue,
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
                Ok(pris) => {
                    for pris in pris {
                        let (db, expedition) = (db.clone(), expedition.clone());
                        let connexion = connexions.pop();
                        envois
                            .spawn(async move { traiter(&db, &expedition, connexion, pris).await });
                    }
                }
                Err(erreur) => echec = Some(erreur),
            }
        }
        let Some(fini) = envois.join_next().await else {
            break;
        };
        // `expedier` isolates panics; a join error could only come from the runtime shutting down.
        let Ok((fait, connexion)) = fini else {
            continue;
        };
        connexions.extend(connexion);
        match fait {
            Ok((tentative, statut)) => compter(&mut bilan, &tentative, statut.as_deref()),
            Err(erreur) => echec = Some(erreur),
        }
    }
    for mut connexion in connexions {
        // Nobody waits for the server's goodbye.
        tokio::spawn(async move { tokio::time::timeout(PANNE, connexion.abort()).await });
    }
    echec.map_or(Ok(bilan), Err)
}

/// Claims at most `combien` due mails under a lease.
async fn prendre(
    db: &PgPool,
    expedition: &Expedition,
    cles: &Cles,
    combien: usize,
) -> sqlx::Result<Vec<Pris>> {
    let lignes = sqlx::query!(
        r#"update courriers c
              set bail_jusqu_au = maintenant() + make_interval(secs => $2), essais = c.essais + 1
             from (select id from courriers
                    where statut = 'a_envoyer' and prochain_essai_le <= maintenant()
                      and (bail_jusqu_au is null or bail_jusqu_au <= maintenant())
                    order by prochain_essai_le, id
                    limit $1 for update skip locked) as du
            where c.id = du.id
        returning c.id, c.gabarit, c.destinataire, c.sujet, c.texte, c.html, c.lien_chemin, c.jeton_id,
                  c.jeton_usage, c.essais, c.cree_le, c.bail_jusqu_au as "bail!""#,
        i64::try_from(combien).unwrap_or(1),
        BAIL.as_secs_f64(),
    );
    let pris = en_temps(lignes.fetch_all(db)).await?.into_iter().map(|l| {
        let jeton = l
            .jeton_id
            .zip(l.jeton_usage.as_deref().and_then(Usage::depuis_code));
        Pris {
            gabarit: l.gabarit,
            essais: l.essais,
            bail: l.bail,
            jeton,
            pret: Pret {
                id: l.id,
                destinataire: l.destinataire,
                sujet: l.sujet,
                texte: l.texte,
                html: l.html,
                lien: expedition.lien(cles, jeton, &l.lien_chemin),
                cree_le: l.cree_le,
            },
        }
    });
    Ok(pris.collect())
}

/// One mail from its claim to its mark, waiting for no other: a kill between the server's yes and the mark costs a copy. Each
/// statement is its own transaction: the worker never holds two row locks, so it cannot deadlock with a business transaction that
/// issues several tokens.
async fn traiter(
    db: &PgPool,
    expedition: &Expedition,
    connexion: Option<Connexion>,
    pris: Pris,
) -> (sqlx::Result<(Tentative, Option<String>)>, Option<Connexion>) {
    let vivant = match pris.jeton {
        Some((id, usage)) => en_temps(jeton::preparer_envoi(db, id, usage)).await,
        None => Ok(true),
    };
    let id = pris.pret.id;
    let (issue, connexion) = match vivant {
        Ok(true) => expedier(expedition, connexion, pris.pret).await,
        Ok(false) => (Issue::LienMort, connexion),
        // Nothing left: its lease gives it back.
        Err(erreur) => return (Err(erreur), connexion),
    };
    let tentative = Tentative {
        id,
        gabarit: pris.gabarit,
        essais: pris.essais,
        bail: pris.bail,
        issue,
    };
    let ecrit = inscrire(db, &tentative).await;
    (ecrit.map(|statut| (tentative, statut)), connexion)
}

/// [`marquer`] until the database takes it: forgotten, a mail just sent would go again. Only a database that answers and refuses is
/// left alone in the end, or one row would hold a place of the worker for ever.
async fn inscrire(db: &PgPool, tentative: &Tentative) -> sqlx::Result<Option<String>> {
    let debut = Instant::now();
    let mut dit = false;
    loop {
        let erreur = match en_temps(marquer(db, tentative)).await {
            Ok(statut) => return Ok(statut),
            Err(erreur) => erreur,
        };
        let refus = matches!(erreur, sqlx::Error::Database(_)) && debut.elapsed() > BAIL;
        if refus || matches!(erreur, sqlx::Error::PoolClosed) {
            return Err(erreur);
        }
        if !std::mem::replace(&mut dit, true) {
            tracing::warn!(courrier = %tentative.id, %erreur, "what became of this mail cannot be written yet");
        }
        tokio::time::sleep(RAPPEL).await;
    }
}

/// Writes what became of a claimed mail; returns its state. A failure is written only while the lease is ours:
/// afterwards another worker answers for the mail. A success is a fact whoever holds the lease.
async fn marquer(db: &PgPool, t: &Tentative) -> sqlx::Result<Option<String>> {
    let (erreur, definitif) = match &t.issue {
        Issue::Envoye => {
            return sqlx::query_scalar!(
                "update courriers set statut = 'envoye', envoye_le = maintenant(), bail_jusqu_au = null,
                        derniere_erreur = null
                  where id = $1 and statut <> 'envoye' returning statut",
                t.id,
            )
            .fetch_optional(db)
            .await;
        }
        Issue::Panne(e) | Issue::Temporaire(e) => (e.as_str(), false),
        Issue::Inenvoyable(e) => (e.as_str(), t.essais >= ESSAIS_INENVOYABLE),
        Issue::Refuse(e) => (e.as_str(), true),
        Issue::Panique => ("la préparation du message a échoué (panique)", true),
        Issue::LienMort => ("lien remplacé ou déjà utilisé avant le départ", true),
    };
    sqlx::query_scalar!(
        "update courriers
            set statut = case when $4 or (essais >= $6 and cree_le <= maintenant() - interval '72 hours')
                              then 'abandonne' else 'a_envoyer' end,
                bail_jusqu_au = null, derniere_erreur = $3,
                prochain_essai_le = maintenant() + make_interval(secs => $5)
          where id = $1 and statut = 'a_envoyer' and bail_jusqu_au = $2
          returning statut",
        t.id,
        t.bail,
        erreur,
        definitif,
        delai(t.essais),
        ESSAIS_INENVOYABLE,
    )
    .fetch_optional(db)
    .await
}

/// 30 s·2ⁿ, at most 5 minutes. `essais` counts the attempt that failed.
fn delai(essais: i32) -> f64 {
    (DELAI * 2f64.powi(essais.clamp(1, 20) - 1)).min(DELAI_MAX)
}

fn compter(bilan: &mut Bilan, t: &Tentative, statut: Option<&str>) {
    let Tentative {
        id, gabarit, issue, ..
    } = t;
    bilan.panne |= matches!(issue, Issue::Panne(_));
    match (statut, issue) {
        (Some("envoye"), _) => {
            bilan.envoyes += 1;
            metrics::counter!("vantail_courriers_total", "issue" => "envoye").increment(1);
            tracing::debug!(courrier = %id, gabarit, "mail sent");
        }
        (Some("abandonne"), Issue::LienMort) => bilan.abandonnes += 1,
        (Some("abandonne"), _) => {
            bilan.abandonnes += 1;
            metrics::counter!("vantail_courriers_total", "issue" => "abandonne").increment(1);
            tracing::error!(courrier = %id, gabarit, ?issue, "mail given up");
        }
        (Some(_), _) => {
            bilan.remis += 1;
            metrics::counter!("vantail_courriers_total", "issue" => "remis").increment(1);
            tracing::warn!(courrier = %id, gabarit, ?issue, "mail to be tried again");
        }
        // Marked by another worker, or by a try of ours whose answer was lost.
        (None, Issue::Envoye) => tracing::info!(courrier = %id, gabarit, "mail marked already"),
        (None, _) => tracing::warn!(courrier = %id, gabarit, "the lease of this mail was lost"),
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
