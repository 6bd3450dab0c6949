//! One mail on the wire: building, connecting, sending, and telling a server's breakdown from a refusal.

use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Message, MultiPart};
use lettre::transport::smtp::Error as ErreurSmtp;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use time::OffsetDateTime;
use tokio::net::TcpStream;
use tokio::time::timeout;
use uuid::Uuid;

use super::expedition::{Chiffrement, Expedition, Serveur, Transport};
use super::texte::{poser_lien, une_ligne};

/// Longest connection and longest conversation: with the wait for a token, below the lease of 60 s, so that two workers never
/// send the same mail while both are alive.
const CONNEXION: Duration = Duration::from_secs(15);
const CONVERSATION: Duration = Duration::from_secs(30);
const POLITESSE: Duration = Duration::from_secs(2);

/// Longest error kept, in characters.
const ERREUR_MAX: usize = 500;

/// A claimed mail, link computed.
pub(super) struct Pret {
    pub(super) id: Uuid,
    pub(super) destinataire: String,
    pub(super) sujet: String,
    pub(super) texte: String,
    pub(super) html: String,
    pub(super) lien: String,
    pub(super) cree_le: OffsetDateTime,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Issue {
    Envoye,
    /// The server cannot be reached, trusted or signed in to: nobody's fault among the mails.
    Panne(String),
    /// 4xx, connection lost, sender refused: again later, for 72 hours.
    Temporaire(String),
    /// The client cannot send this mail through this server: a few tries.
    Inenvoyable(String),
    /// 5xx for this recipient or this content, or an address that is none: never again.
    Refuse(String),
    /// The code panicked on it: never again (F3).
    Panique,
    /// Not tried: its link was replaced or used before it left.
    LienMort,
}

/// An open connection, kept from one mail to the next.
pub(super) type Connexion = Box<AsyncSmtpConnection>;

/// Builds and sends one mail in a task of its own: a panic becomes an [`Issue`], not the end of the worker.
pub(super) async fn expedier(
    expedition: &Expedition,
    connexion: Option<Connexion>,
    pret: Pret,
) -> (Issue, Option<Connexion>) {
    let expedition = expedition.clone();
    let lien = pret.lien.clone();
    let (issue, connexion) =
        isoler(async move { essayer(&expedition, connexion, &pret).await }).await;
    // A server may quote the content it refuses: the link must not reach the table nor the logs (ML6).
    let nettoyer = |e: String| {
        une_ligne(&e.replace(&lien, "…"))
            .chars()
            .take(ERREUR_MAX)
            .collect::<String>()
    };
    let issue = match issue {
        Issue::Panne(e) => Issue::Panne(nettoyer(e)),
        Issue::Temporaire(e) => Issue::Temporaire(nettoyer(e)),
        Issue::Inenvoyable(e) => Issue::Inenvoyable(nettoyer(e)),
        Issue::Refuse(e) => Issue::Refuse(nettoyer(e)),
        autre => autre,
    };
    (issue, connexion)
}

async fn isoler<C: Send + 'static>(
    travail: impl Future<Output = (Issue, Option<C>)> + Send + 'static,
) -> (Issue, Option<C>) {
    match tokio::spawn(travail).await {
        Ok(fait) => fait,
        Err(erreur) if erreur.is_panic() => (Issue::Panique, None),
        Err(_) => (
            Issue::Temporaire(String::from("arrêt en cours d'envoi")),
            None,
        ),
    }
}

async fn essayer(
    expedition: &Expedition,
    connexion: Option<Connexion>,
    pret: &Pret,
) -> (Issue, Option<Connexion>) {
    let message = match construire(expedition, pret) {
        Ok(message) => message,
        Err(erreur) => return (Issue::Refuse(erreur), connexion),
    };
    let Transport::Smtp(serveur) = &expedition.transport else {
        return (Issue::Envoye, None);
    };
    let ouverte = match connexion {
        Some(mut c) => timeout(POLITESSE, c.test_connected())
            .await
            .unwrap_or(false)
            .then_some(c),
        None => None,
    };
    let mut connexion = match ouverte {
        Some(c) => c,
        None => match timeout(CONNEXION, connecter(serveur)).await {
            Ok(Ok(c)) => Box::new(c),
            Ok(Err(erreur)) => return (Issue::Panne(erreur), None),
            Err(_) => {
                return (
                    Issue::Panne(String::from("délai de connexion dépassé")),
                    None,
                );
            }
        },
    };
    match timeout(CONVERSATION, converser(&mut connexion, &message)).await {
        Ok(Ok(())) => (Issue::Envoye, Some(connexion)),
        Ok(Err(issue)) => {
            // The conversation is in an unknown state: leave politely, start the next mail on a new connection.
            let _ = timeout(POLITESSE, connexion.abort()).await;
            (issue, None)
        }
        Err(_) => (
            Issue::Temporaire(String::from("délai d'envoi dépassé")),
            None,
        ),
    }
}

/// One recipient, without display name (F3); no header but these.
fn construire(expedition: &Expedition, pret: &Pret) -> Result<Message, String> {
    let adresse = pret
        .destinataire
        .parse()
        .map_err(|_| String::from("adresse invalide"))?;
    let (texte, html) = poser_lien(&pret.texte, &pret.html, &pret.lien);
    Message::builder()
        .from(expedition.expediteur.clone())
        .to(lettre::message::Mailbox::new(None, adresse))
        .subject(une_ligne(&pret.sujet))
        .date(SystemTime::from(pret.cree_le))
        .message_id(Some(format!("<{}@{}>", pret.id, expedition.hote_public)))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            String::from("auto-generated"),
        ))
        .multipart(MultiPart::alternative_plain_html(texte, html))
        .map_err(|e| e.to_string())
}

async fn connecter(serveur: &Serveur) -> Result<AsyncSmtpConnection, String> {
    let nom = ClientId::default();
    let hote = (serveur.hote.as_str(), serveur.port);
    let texte = |e: ErreurSmtp| e.to_string();
    let mut connexion = if let Chiffrement::Direct(tls) = &serveur.chiffrement {
        AsyncSmtpConnection::connect_tokio1(hote, None, &nom, Some(tls.clone()), None)
            .await
            .map_err(texte)?
    } else {
        let flux = TcpStream::connect(hote).await.map_err(|e| e.to_string())?;
        // lettre writes the body and the final dot apart: under Nagle that is 45 ms per mail.
        flux.set_nodelay(true).map_err(|e| e.to_string())?;
        AsyncSmtpConnection::connect_with_transport(Box::new(flux), &nom)
            .await
            .map_err(texte)?
    };
    match &serveur.chiffrement {
        Chiffrement::StartTls(tls) => connexion.starttls(tls.clone(), &nom).await.map_err(texte)?,
        Chiffrement::Opportuniste(tls) if connexion.can_starttls() => {
            connexion.starttls(tls.clone(), &nom).await.map_err(texte)?;
        }
        _ => {}
    }
    if let Some(identifiants) = &serveur.identifiants {
        connexion
            .auth(&[Mechanism::Plain, Mechanism::Login], identifiants)
            .await
            .map_err(texte)?;
    }
    Ok(connexion)
}

async fn converser(connexion: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Issue> {
    let enveloppe = message.envelope();
    let contenu = message.formatted();
    let ascii = |adresse: &lettre::Address| AsRef::<str>::as_ref(adresse).is_ascii();
    if !enveloppe.to().iter().all(ascii) || !contenu.is_ascii() {
        return Err(Issue::Inenvoyable(String::from(
            "adresse ou contenu hors ASCII",
        )));
    }
    // A refused sender is a wrong setting, not a wrong mail: no dead letter for it before 72 hours.
    connexion
        .command(Mail::new(enveloppe.from().cloned(), vec![]))
        .await
        .map_err(|e| Issue::Temporaire(format!("expéditeur refusé\u{202F}: {e}")))?;
    for adresse in enveloppe.to() {
        connexion
            .command(Rcpt::new(adresse.clone(), vec![]))
            .await
            .map_err(classer)?;
    }
    connexion.command(Data).await.map_err(classer)?;
    connexion.message(&contenu).await.map_err(classer)?;
    Ok(())
}

fn classer(erreur: ErreurSmtp) -> Issue {
    let texte = erreur.to_string();
    if erreur.is_permanent() {
        Issue::Refuse(texte)
    } else if erreur.is_client() {
        Issue::Inenvoyable(texte)
    } else {
        Issue::Temporaire(texte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn une_panique_de_lettre_ne_tue_pas_le_bureau() {
        let hostile = isoler::<()>(async {
            let adresse = "a@b.example".parse().expect("valid");
            let message = Message::builder()
                .from(lettre::message::Mailbox::new(
                    Some("Jean\r\nBcc: x".into()),
                    adresse,
                ))
                .to("c@d.example".parse().expect("valid"))
                .body(String::new());
            (
                message.map_or(Issue::Inenvoyable(String::new()), |_| Issue::Envoye),
                None,
            )
        })
        .await;
        assert_eq!(hostile.0, Issue::Panique);
    }
}
