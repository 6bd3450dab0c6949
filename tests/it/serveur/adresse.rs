//! The client's address and the public address.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::Extension;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use http::HeaderMap;
use vantail::serveur::{AdresseClient, Pair, ReglagesHttp, Reseau};

use super::outils::{reglages, repondre, requete, texte};

fn portail() -> Router {
    Router::new().route(
        "/",
        get(
            async |Extension(adresse): Extension<AdresseClient>, entetes: HeaderMap| {
                let fuite = entetes.keys().any(|nom| nom.as_str().contains("forwarded"));
                format!("{}{}", adresse.0, if fuite { " fuite" } else { "" }).into_response()
            },
        ),
    )
}

async fn vue(pair: Option<&str>, transmis: &[&str]) -> String {
    let proxies =
        ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"].map(|proxy| proxy.parse().expect("a network"));
    let reglages = ReglagesHttp {
        proxies: proxies.to_vec(),
        ..reglages()
    };
    let mut construite = requete("GET", "/")
        .header("forwarded", "for=203.0.113.99")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "pirate.test");
    for ligne in transmis {
        construite = construite.header("x-forwarded-for", *ligne);
    }
    let mut requete = construite.body(Body::empty()).expect("a valid request");
    if let Some(pair) = pair {
        let pair: IpAddr = pair.parse().expect("an address");
        requete
            .extensions_mut()
            .insert(Pair(SocketAddr::new(pair, 4000)));
    }
    texte(repondre(portail(), &reglages, requete).await).await
}

#[tokio::test]
async fn seul_un_proxy_declare_dit_l_adresse_du_client() {
    let cas: [(Option<&str>, &[&str], &str); 15] = [
        (None, &[], "127.0.0.1"),
        (None, &["203.0.113.1"], "127.0.0.1"),
        (Some("203.0.113.5"), &[], "203.0.113.5"),
        (Some("203.0.113.5"), &["198.51.100.1"], "203.0.113.5"),
        (Some("10.1.2.3"), &[], "10.1.2.3"),
        (Some("10.1.2.3"), &["198.51.100.1"], "198.51.100.1"),
        (Some("10.1.2.3"), &["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        (
            Some("10.1.2.3"),
            &["1.2.3.4, 198.51.100.1, 192.0.2.7"],
            "198.51.100.1",
        ),
        (
            Some("10.1.2.3"),
            &["1.2.3.4", "198.51.100.1 , 10.9.9.9"],
            "198.51.100.1",
        ),
        (Some("10.1.2.3"), &["10.0.0.1, 10.0.0.2"], "10.0.0.1"),
        (
            Some("10.1.2.3"),
            &["198.51.100.1, n'importe quoi"],
            "10.1.2.3",
        ),
        (Some("10.1.2.3"), &["198.51.100.1:5555"], "198.51.100.1"),
        (Some("2001:db8::1"), &["[2001:db9::5]:80"], "2001:db9::5"),
        (
            Some("::ffff:192.0.2.7"),
            &["::ffff:198.51.100.1"],
            "198.51.100.1",
        ),
        (Some("192.0.2.8"), &["198.51.100.1"], "192.0.2.8"),
    ];
    for (pair, transmis, attendu) in cas {
        assert_eq!(vue(pair, transmis).await, attendu, "{pair:?} {transmis:?}");
    }
}

#[test]
fn un_reseau_contient_ses_adresses() {
    let cas = [
        ("10.0.0.0/8", "10.255.255.255", true),
        ("10.0.0.0/8", "11.0.0.0", false),
        ("10.9.9.9/8", "10.0.0.1", true),
        ("0.0.0.0/0", "203.0.113.1", true),
        ("0.0.0.0/0", "::1", false),
        ("::/0", "2001:db8::1", true),
        ("192.0.2.0/31", "192.0.2.1", true),
        ("192.0.2.0/31", "192.0.2.2", false),
        ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::1", false),
    ];
    for (reseau, adresse, attendu) in cas {
        let lu: Reseau = reseau.parse().expect("a network");
        assert_eq!(
            lu.contient(adresse.parse().expect("an address")),
            attendu,
            "{reseau} {adresse}"
        );
    }
    for faux in [
        "",
        "10.0.0.0/33",
        "::/129",
        "10.0.0/8",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "proxy.test",
    ] {
        assert!(faux.parse::<Reseau>().is_err(), "{faux}");
    }
}

#[test]
fn l_adresse_publique_donne_hote_origine_et_https() {
    let lire = |url: &str| ReglagesHttp::pour(&url.parse().expect("a URL"));
    let reglages = lire("https://Portail.test/").expect("valid");
    assert_eq!(
        (reglages.hotes, reglages.https),
        (vec!["portail.test".to_owned()], true)
    );
    assert_eq!(reglages.origines, ["https://portail.test"]);
    let reglages = lire("http://127.0.0.1:8080").expect("valid");
    assert_eq!(
        (reglages.hotes, reglages.https),
        (vec!["127.0.0.1:8080".to_owned()], false)
    );
    assert_eq!(reglages.origines, ["http://127.0.0.1:8080"]);
    for faux in [
        "ftp://portail.test",
        "https://portail.test/sous/",
        "https://portail.test/?a=1",
        "https://moi@portail.test",
    ] {
        assert!(lire(faux).is_err(), "{faux}");
    }
}
