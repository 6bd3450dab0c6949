//! Where mails go: the SMTP server read from `SMTP_URL`, the sender, and the only source of links, `PUBLIC_URL`.

use std::fmt;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use url::{Host, Url};
use uuid::Uuid;

use super::jeton::{self, Usage};
use super::texte::une_ligne;
use crate::secrets::Cles;

/// How mails leave. Made once at start; cheap to clone. `Debug` hides the password.
#[derive(Clone)]
pub struct Expedition {
    pub(super) transport: Transport,
    pub(super) expediteur: Mailbox,
    base: String,
    pub(super) hote_public: String,
}

#[derive(Clone)]
pub(super) enum Transport {
    /// No server (`demo`): mails are only recorded, marked sent, and read at `/demo/courriels`.
    SansSmtp,
    Smtp(Serveur),
}

#[derive(Clone)]
pub(super) struct Serveur {
    pub(super) hote: String,
    pub(super) port: u16,
    pub(super) chiffrement: Chiffrement,
    pub(super) identifiants: Option<Credentials>,
}

#[derive(Clone)]
pub(super) enum Chiffrement {
    Aucun,
    /// STARTTLS when offered: only ever on explicit demand.
    Opportuniste(TlsParameters),
    StartTls(TlsParameters),
    /// TLS from the first byte (`smtps`).
    Direct(TlsParameters),
}

/// Why the mail settings cannot be used. Never quotes `SMTP_URL`, which may hold a password.
#[derive(Debug)]
pub enum ErreurExpedition {
    /// `SMTP_URL`: what is wrong.
    SmtpUrl(&'static str),
    /// `MAIL_FROM` is not `Name <address>` nor an address, or holds a control character.
    MailFrom,
    /// `PUBLIC_URL` is not an http(s) origin, with at most a path.
    PublicUrl,
    /// The trusted certificates cannot be loaded.
    Tls(String),
}

impl fmt::Display for ErreurExpedition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SmtpUrl(quoi) => write!(f, "SMTP_URL: {quoi}"),
            Self::MailFrom => write!(f, "MAIL_FROM: expected an address, or Name <address>"),
            Self::PublicUrl => write!(
                f,
                "PUBLIC_URL: expected http(s)://host, without query nor credentials"
            ),
            Self::Tls(quoi) => write!(f, "SMTP_URL: cannot load the trusted certificates: {quoi}"),
        }
    }
}

impl std::error::Error for ErreurExpedition {}

impl fmt::Debug for Expedition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serveur = match &self.transport {
            Transport::SansSmtp => String::from("sans_smtp"),
            Transport::Smtp(s) => format!("{}:{} ({})", s.hote, s.port, s.chiffrement.nom()),
        };
        f.debug_struct("Expedition")
            .field("serveur", &serveur)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Chiffrement {
    fn nom(&self) -> &'static str {
        match self {
            Self::Aucun => "en clair",
            Self::Opportuniste(_) => "STARTTLS facultatif",
            Self::StartTls(_) => "STARTTLS",
            Self::Direct(_) => "TLS",
        }
    }
}

impl Expedition {
    /// From `SMTP_URL` (none: mails are recorded only), `MAIL_FROM`, `PUBLIC_URL` and the brand, which names the
    /// sender when `MAIL_FROM` does not.
    ///
    /// `SMTP_URL` is `smtp://user:password@host:587?tls=required|opportunistic|none`, `smtp+starttls://…` or
    /// `smtps://…`. Without `tls`, `smtp` requires STARTTLS, except towards a loopback host.
    pub fn lire(
        smtp_url: Option<&str>,
        mail_from: &str,
        public_url: &Url,
        marque: &str,
    ) -> Result<Self, ErreurExpedition> {
        Self::avec_autorite(smtp_url, mail_from, public_url, marque, None)
    }

    /// Same, trusting one more certificate authority (PEM): an internal relay, a test.
    pub fn avec_autorite(
        smtp_url: Option<&str>,
        mail_from: &str,
        public_url: &Url,
        marque: &str,
        autorite: Option<&[u8]>,
    ) -> Result<Self, ErreurExpedition> {
        let transport = match smtp_url {
            None => Transport::SansSmtp,
            Some(url) => Transport::Smtp(lire_serveur(url, autorite)?),
        };
        // A control character in a display name makes lettre panic (security.md F3).
        if mail_from.chars().any(char::is_control) {
            return Err(ErreurExpedition::MailFrom);
        }
        let mut expediteur: Mailbox = mail_from
            .trim()
            .parse()
            .map_err(|_| ErreurExpedition::MailFrom)?;
        expediteur.name.get_or_insert_with(|| une_ligne(marque));

        let convient = matches!(public_url.scheme(), "http" | "https")
            && public_url.query().is_none()
            && public_url.fragment().is_none()
            && public_url.username().is_empty()
            && public_url.password().is_none();
        let hote = public_url
            .host_str()
            .filter(|_| convient)
            .ok_or(ErreurExpedition::PublicUrl)?;
        Ok(Self {
            transport,
            expediteur,
            base: public_url.as_str().trim_end_matches('/').to_owned(),
            hote_public: hote.to_owned(),
        })
    }

    /// Do mails really leave, or are they only recorded?
    pub fn envoie(&self) -> bool {
        matches!(self.transport, Transport::Smtp(_))
    }

    /// The link of a mail: its token's page, or `chemin`; always under `PUBLIC_URL` (ML1).
    pub(super) fn lien(&self, cles: &Cles, jeton: Option<(Uuid, Usage)>, chemin: &str) -> String {
        match jeton {
            Some((id, usage)) => format!(
                "{}{}{}",
                self.base,
                usage.chemin(),
                jeton::secret(cles, id, usage)
            ),
            None => format!("{}{chemin}", self.base),
        }
    }
}

fn lire_serveur(texte: &str, autorite: Option<&[u8]>) -> Result<Serveur, ErreurExpedition> {
    let url = Url::parse(texte).map_err(|_| ErreurExpedition::SmtpUrl("not a URL"))?;
    // The host of a scheme unknown to the URL standard is kept as text: 127.0.0.1 is recognised here.
    let hote = url
        .host_str()
        .and_then(|h| Host::parse(h).ok())
        .ok_or(ErreurExpedition::SmtpUrl("the host is missing or wrong"))?;
    let local = match &hote {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(nom) => nom.eq_ignore_ascii_case("localhost"),
    };
    let hote = match hote {
        Host::Ipv6(ip) => ip.to_string(),
        autre => autre.to_string(),
    };
    if !matches!(url.path(), "" | "/") {
        return Err(ErreurExpedition::SmtpUrl("a path has no meaning here"));
    }
    let mut tls = None;
    for (nom, valeur) in url.query_pairs() {
        if nom != "tls" || tls.is_some() {
            return Err(ErreurExpedition::SmtpUrl("the only parameter is tls, once"));
        }
        tls = Some(valeur.into_owned());
    }
    let parametres = || {
        let mut constructeur = TlsParameters::builder(hote.clone());
        if let Some(pem) = autorite {
            let certificat =
                Certificate::from_pem(pem).map_err(|e| ErreurExpedition::Tls(e.to_string()))?;
            constructeur = constructeur.add_root_certificate(certificat);
        }
        constructeur
            .build()
            .map_err(|e| ErreurExpedition::Tls(e.to_string()))
    };
    let (chiffrement, port) = match (url.scheme(), tls.as_deref()) {
        ("smtps", None | Some("required")) => (Chiffrement::Direct(parametres()?), 465),
        ("smtp+starttls", None | Some("required")) | ("smtp", Some("required")) => {
            (Chiffrement::StartTls(parametres()?), 587)
        }
        ("smtp", None) if local => (Chiffrement::Aucun, 25),
        ("smtp", None) => (Chiffrement::StartTls(parametres()?), 587),
        ("smtp", Some("opportunistic")) => (Chiffrement::Opportuniste(parametres()?), 587),
        ("smtp", Some("none")) => (Chiffrement::Aucun, 25),
        ("smtp" | "smtps" | "smtp+starttls", _) => {
            return Err(ErreurExpedition::SmtpUrl(
                "tls is required, opportunistic or none (smtp only)",
            ));
        }
        _ => {
            return Err(ErreurExpedition::SmtpUrl(
                "the scheme is smtp, smtps or smtp+starttls",
            ));
        }
    };
    let decoder = |brut: &str| {
        decoder_pourcent(brut).ok_or(ErreurExpedition::SmtpUrl("wrong escape in credentials"))
    };
    let identifiants = match (url.username(), url.password()) {
        ("", None) => None,
        (nom, Some(passe)) if !nom.is_empty() => {
            Some(Credentials::new(decoder(nom)?, decoder(passe)?))
        }
        _ => {
            return Err(ErreurExpedition::SmtpUrl(
                "a user and a password come together",
            ));
        }
    };
    Ok(Serveur {
        hote,
        port: url.port().unwrap_or(port),
        chiffrement,
        identifiants,
    })
}

/// Percent-decoding of the credentials (`+` is itself here, unlike in a form).
fn decoder_pourcent(texte: &str) -> Option<String> {
    let mut sortie = Vec::with_capacity(texte.len());
    let mut reste = texte.as_bytes();
    while let Some((&octet, suite)) = reste.split_first() {
        if octet == b'%' {
            let (hexa, apres) = suite.split_at_checked(2)?;
            sortie.push(u8::from_str_radix(std::str::from_utf8(hexa).ok()?, 16).ok()?);
            reste = apres;
        } else {
            sortie.push(octet);
            reste = suite;
        }
    }
    String::from_utf8(sortie).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lire(smtp: &str) -> Result<Expedition, ErreurExpedition> {
        let public = Url::parse("https://portail.example/").expect("valid");
        Expedition::lire(
            Some(smtp),
            "ne-pas-repondre@portail.example",
            &public,
            "Vantail",
        )
    }

    fn chiffrement(smtp: &str) -> &'static str {
        match lire(smtp).expect(smtp).transport {
            Transport::Smtp(s) => s.chiffrement.nom(),
            Transport::SansSmtp => "sans",
        }
    }

    #[test]
    fn le_chiffrement_est_exige_hors_de_la_machine() {
        assert_eq!(chiffrement("smtp://relais.example"), "STARTTLS");
        assert_eq!(
            chiffrement("smtp://relais.example?tls=required"),
            "STARTTLS"
        );
        assert_eq!(chiffrement("smtp+starttls://localhost:2525"), "STARTTLS");
        assert_eq!(chiffrement("smtps://relais.example"), "TLS");
        assert_eq!(chiffrement("smtp://127.0.0.1:2525"), "en clair");
        assert_eq!(chiffrement("smtp://[::1]:2525"), "en clair");
        assert_eq!(chiffrement("smtp://localhost"), "en clair");
        assert_eq!(chiffrement("smtp://127.0.0.1.relais.example"), "STARTTLS");
        assert_eq!(chiffrement("smtp://relais.example?tls=none"), "en clair");
        for faux in [
            "relais",
            "http://relais.example",
            "smtp://",
            "smtps://r.example?tls=none",
            "smtp://r.example/x",
            "smtp://r.example?tls=no",
            "smtp://r.example?tsl=required",
            "smtp://seul@r.example",
        ] {
            let erreur = lire(faux)
                .err()
                .unwrap_or_else(|| panic!("{faux} accepted"));
            assert!(
                matches!(erreur, ErreurExpedition::SmtpUrl(_)),
                "{faux}: {erreur}"
            );
        }
    }

    #[test]
    fn le_mot_de_passe_est_decode_et_ne_se_montre_pas() {
        let expedition = lire("smtps://moi%40x:p%2Bs+s%C3%A9@relais.example").expect("valid");
        let Transport::Smtp(serveur) = &expedition.transport else {
            panic!("no server")
        };
        assert_eq!(
            serveur.identifiants,
            Some(Credentials::new("moi@x".into(), "p+s+sé".into()))
        );
        assert_eq!(serveur.port, 465);
        assert!(!format!("{expedition:?}").contains("s+s"));
    }

    #[test]
    fn un_expediteur_ou_une_origine_douteux_sont_refuses() {
        let public = Url::parse("https://portail.example").expect("valid");
        for faux in ["", "pas une adresse", "A\r\nBcc: x <a@b.example>"] {
            assert!(
                Expedition::lire(None, faux, &public, "V").is_err(),
                "{faux:?}"
            );
        }
        for faux in [
            "ftp://x.example",
            "https://a:b@x.example",
            "https://x.example/?a",
            "https://x.example/#a",
        ] {
            let url = Url::parse(faux).expect("valid");
            assert!(
                Expedition::lire(None, "a@b.example", &url, "V").is_err(),
                "{faux}"
            );
        }
        let nomme =
            Expedition::lire(None, "a@b.example", &public, "Vantail\r\nBcc: x").expect("valid");
        assert_eq!(nomme.expediteur.name.as_deref(), Some("Vantail Bcc: x"));
    }
}
