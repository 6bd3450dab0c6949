use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sqlx::PgPool;
use tokio::sync::mpsc;

use super::lecture::{self, Telechargeable};
use crate::App;
use crate::web::Erreur;

/// The file itself, under the type its content has: saved, never shown, never kept (security.md IN6). A piece is read at a
/// time: a slow client holds neither a connection of the pool nor the file in memory.
///
/// # Errors
/// A header that cannot be written, which a clean name cannot cause.
pub fn reponse(app: &App, piece: &Telechargeable) -> Result<Response, Erreur> {
    let (envoi, morceaux) = mpsc::channel(2);
    tokio::spawn(lire(app.db.clone(), piece.clone(), envoi));
    let entetes: [(HeaderName, HeaderValue); 6] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(piece.genre.type_mime()),
        ),
        (header::CONTENT_LENGTH, HeaderValue::from(piece.octets)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition(&piece.nom))
                .map_err(|e| Erreur::from(anyhow::anyhow!(e)))?,
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    let corps = tokio_stream::wrappers::ReceiverStream::new(morceaux);
    Ok((entetes, Body::from_stream(corps)).into_response())
}

/// RFC 6266: a name every client reads, then the real one.
fn disposition(nom: &str) -> String {
    let simple: String = nom
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            c if c == ' ' || c.is_ascii_graphic() => c,
            _ => '_',
        })
        .collect();
    let mut entier = String::new();
    for octet in nom.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            entier.push(char::from(octet));
        } else {
            entier.push_str(&format!("%{octet:02X}"));
        }
    }
    format!("attachment; filename=\"{simple}\"; filename*=UTF-8''{entier}")
}

async fn lire(
    db: PgPool,
    piece: Telechargeable,
    envoi: mpsc::Sender<Result<Bytes, std::io::Error>>,
) {
    let mut reste = piece.octets;
    for rang in 0.. {
        match lecture::morceau(&db, piece.id, rang).await {
            Ok(Some(octets)) => {
                reste -= i64::try_from(octets.len()).unwrap_or(i64::MAX);
                if envoi.send(Ok(octets.into())).await.is_err() {
                    return;
                }
            }
            Ok(None) if reste == 0 => return,
            autre => {
                // Broken off, never a short file that looks whole.
                tracing::error!(piece = %piece.id, reste, ?autre, "attachment interrupted");
                let _ = envoi
                    .send(Err(std::io::Error::other("pièce interrompue")))
                    .await;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn le_nom_est_ecrit_de_deux_facons() {
        assert_eq!(
            disposition("certificat signé.pdf"),
            "attachment; filename=\"certificat sign_.pdf\"; filename*=UTF-8''certificat%20sign%C3%A9.pdf"
        );
        assert_eq!(
            disposition("a\"b%20\\c;d.pdf"),
            "attachment; filename=\"a_b_20_c;d.pdf\"; filename*=UTF-8''a%22b%2520%5Cc%3Bd.pdf"
        );
    }
}
