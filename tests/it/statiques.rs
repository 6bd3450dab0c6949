//! The three static files: exact names, cached for ever, nothing else served.

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use vantail::web::statiques;

async fn demander(chemin: &str) -> (StatusCode, http::HeaderMap, String) {
    let service: Router = statiques::routes();
    let requete = Request::get(chemin)
        .body(Body::empty())
        .expect("a valid request");
    let reponse = service
        .oneshot(requete)
        .await
        .expect("the router is infallible");
    let (tete, corps) = reponse.into_parts();
    let corps = corps.collect().await.expect("a body in memory").to_bytes();
    (
        tete.status,
        tete.headers,
        String::from_utf8(corps.to_vec()).expect("text"),
    )
}

#[tokio::test]
async fn les_fichiers_sont_servis_sous_leur_nom_exact_et_gardes_pour_toujours() {
    for (url, mime) in [
        (statiques::css(), "text/css; charset=utf-8"),
        (statiques::js(), "text/javascript; charset=utf-8"),
        (statiques::icone(), "image/svg+xml"),
    ] {
        let (statut, tetes, corps) = demander(url).await;
        assert_eq!(statut, StatusCode::OK, "{url}");
        assert_eq!(tetes[header::CONTENT_TYPE], mime);
        assert_eq!(
            tetes[header::CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
        assert!(!corps.is_empty());
    }
}

#[tokio::test]
async fn un_autre_nom_n_existe_pas() {
    for chemin in [
        "/statique/vantail.css",
        "/statique/vantail.000000000000.css",
        "/statique/css/01-reset.css",
        "/statique/..%2fCargo.toml",
    ] {
        let (statut, tetes, _) = demander(chemin).await;
        assert_eq!(statut, StatusCode::NOT_FOUND, "{chemin}");
        assert!(!tetes.contains_key(header::CACHE_CONTROL), "{chemin}");
    }
}

#[tokio::test]
async fn la_feuille_de_style_est_une_seule_et_allegee() {
    let (_, _, css) = demander(statiques::css()).await;
    assert!(css.starts_with("@layer reset,jetons,base,composants,utilitaires,impression;"));
    assert!(!css.contains("/*") && !css.contains('\n') && !css.contains("  "));
    assert_eq!(css.matches('{').count(), css.matches('}').count());
    // what carries meaning is untouched: strings, the space of a descendant, the operators of calc()
    assert!(css.contains(r#"content: "\a0↕" / """#));
    assert!(css.contains("calc(-1 * var(--e3))"));
    assert!(css.contains("[aria-sort=\"ascending\"] &::after"));
    assert!(
        !css.contains("url("),
        "a style sheet that downloads nothing"
    );
    assert!(
        !css.contains(";}"),
        "the last one of a block has no semicolon"
    );
}

#[tokio::test]
async fn le_script_reste_petit_et_chez_nous() {
    use std::io::Write;
    let (_, _, js) = demander(statiques::js()).await;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(js.as_bytes()).expect("in memory");
    assert!(gz.finish().expect("in memory").len() <= 6 * 1024);
    assert!(!js.contains("http"), "same-origin addresses only");
    assert!(!js.contains("innerHTML") && !js.contains(".style"));
}
