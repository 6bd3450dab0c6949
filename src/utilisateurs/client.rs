use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};

use crate::serveur::AdresseClient;

/// Where a request comes from: for throttling, the log and « Mes sessions ».
#[derive(Clone)]
pub struct Client {
    pub adresse: IpAddr,
    pub agent: String,
    /// Cookies as sent, name and value; only `appareils` reads them.
    pub(super) cookies: Vec<(String, String)>,
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let adresse = parts
            .extensions
            .get::<AdresseClient>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |a| a.0);
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let cookies = parts
            .headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|c| c.to_str().ok())
            .flat_map(|c| c.split(';'))
            .filter_map(|c| c.trim().split_once('='))
            .map(|(nom, valeur)| (nom.to_owned(), valeur.to_owned()))
            .collect();
        Ok(Self {
            adresse,
            agent,
            cookies,
        })
    }
}

impl Client {
    /// The neighbourhood one account is tried from: /24, or /64 (security.md AU2).
    pub fn prefixe(&self) -> String {
        match self.adresse {
            IpAddr::V4(a) => format!("{}/24", Ipv4Addr::from_bits(a.to_bits() & 0xFFFF_FF00)),
            IpAddr::V6(_) => self.hote(),
        }
    }

    /// One subscriber: an IPv4 address, or the /64 an IPv6 one is free to roam in.
    pub fn hote(&self) -> String {
        match self.adresse {
            IpAddr::V4(a) => a.to_string(),
            IpAddr::V6(a) => {
                format!(
                    "{}/64",
                    Ipv6Addr::from_bits(a.to_bits() & (u128::MAX << 64))
                )
            }
        }
    }
}

/// A browser in words: « Firefox sur Windows ». Only a help to recognise one's own sessions.
pub fn appareil(agent: &str) -> String {
    // Order matters: Edge and Opera call themselves Chrome, Chrome calls itself Safari.
    let navigateur = trouver(
        agent,
        &[
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("CriOS/", "Chrome"),
            ("Safari/", "Safari"),
        ],
    );
    let systeme = trouver(
        agent,
        &[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS X", "macOS"),
            ("CrOS", "ChromeOS"),
            ("Linux", "Linux"),
        ],
    );
    match (navigateur, systeme) {
        (Some(n), Some(s)) => format!("{n} sur {s}"),
        (Some(seul), None) | (None, Some(seul)) => seul.to_owned(),
        (None, None) => "Navigateur inconnu".to_owned(),
    }
}

fn trouver(agent: &str, signes: &[(&str, &'static str)]) -> Option<&'static str> {
    signes
        .iter()
        .find(|(signe, _)| agent.contains(signe))
        .map(|(_, nom)| *nom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(adresse: &str) -> Client {
        Client {
            adresse: adresse.parse().expect("an address"),
            agent: String::new(),
            cookies: Vec::new(),
        }
    }

    #[test]
    fn un_prefixe_est_un_24_ou_un_64() {
        assert_eq!(client("192.0.2.77").prefixe(), "192.0.2.0/24");
        assert_eq!(client("192.0.2.77").hote(), "192.0.2.77");
        assert_eq!(
            client("2001:db8:1:2:3:4:5:6").prefixe(),
            "2001:db8:1:2::/64"
        );
        assert_eq!(client("2001:db8:1:2:3:4:5:6").hote(), "2001:db8:1:2::/64");
    }

    #[test]
    fn un_navigateur_se_lit_en_mots() {
        for (agent, attendu) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox sur Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                "Edge sur Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari sur iPhone",
            ),
            ("curl/8", "Navigateur inconnu"),
        ] {
            assert_eq!(appareil(agent), attendu);
        }
    }
}
