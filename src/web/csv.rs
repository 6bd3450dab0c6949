use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;

use super::Erreur;

/// A line that can be exported. A list page without CSV is a choice, not an omission.
pub trait EnCsv {
    const ENTETES: &'static [&'static str];

    fn cellules(&self) -> Vec<String>;
}

/// First characters that a spreadsheet would run as a formula (security.md OU4), full-width twins included.
const FORMULES: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A cell no spreadsheet runs.
fn inerte(cellule: String) -> String {
    if cellule.starts_with(FORMULES) {
        format!("'{cellule}")
    } else {
        cellule
    }
}

fn octets(cellules: impl IntoIterator<Item = String>) -> Bytes {
    let mut ecrivain = ::csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(::csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let ecrit = ecrivain
        .write_record(cellules.into_iter().map(inerte))
        .and_then(|()| Ok(ecrivain.flush()?));
    debug_assert!(ecrit.is_ok(), "writing to memory cannot fail");
    Bytes::from(ecrivain.into_inner().unwrap_or_default())
}

/// UTF-8 with BOM, `;`, header line, inert cells, streamed: `source` sends the lines and the browser's pace slows it down.
pub fn reponse_csv<L, F>(nom: &str, source: impl FnOnce(mpsc::Sender<L>) -> F) -> Response
where
    L: EnCsv + Send + 'static,
    F: Future<Output = Result<(), Erreur>> + Send + 'static,
{
    let (envoi, mut lignes) = mpsc::channel::<L>(256);
    let source = source(envoi);
    let (vers_corps, corps) = mpsc::channel::<Result<Bytes, std::io::Error>>(16);
    tokio::spawn(async move {
        let source = tokio::spawn(source);
        // The header leaves at once: the download starts before the first line is read.
        let mut tampon = Vec::from("\u{FEFF}".as_bytes());
        tampon.extend_from_slice(&octets(L::ENTETES.iter().map(|e| (*e).to_owned())));
        if vers_corps
            .send(Ok(std::mem::take(&mut tampon).into()))
            .await
            .is_err()
        {
            return;
        }
        while let Some(ligne) = lignes.recv().await {
            tampon.extend_from_slice(&octets(ligne.cellules()));
            // Send what is ready rather than wait for a full buffer: the first byte counts.
            if (tampon.len() > 16 * 1024 || lignes.is_empty())
                && vers_corps
                    .send(Ok(std::mem::take(&mut tampon).into()))
                    .await
                    .is_err()
            {
                return;
            }
        }
        if !tampon.is_empty() && vers_corps.send(Ok(tampon.into())).await.is_err() {
            return;
        }
        // A broken export ends as a broken download, never as a short file that looks whole.
        if !matches!(source.await, Ok(Ok(()))) {
            tracing::error!("csv export interrupted");
            let _ = vers_corps
                .send(Err(std::io::Error::other("export interrompu")))
                .await;
        }
    });
    let flux = tokio_stream::wrappers::ReceiverStream::new(corps);
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{nom}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    (
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/csv; charset=utf-8"),
            ),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        Body::from_stream(flux),
    )
        .into_response()
}
