//! Logs of the process, on the error output (the audit trail is `historique`, not this).

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// Structured logs: text on a terminal, JSON lines otherwise (which encode CR and LF, security.md LG4). `RUST_LOG` is
/// respected, `info` by default. Panics become a log line as well. A second call changes nothing.
pub fn journaux() {
    let filtre = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let registre = tracing_subscriber::registry().with(filtre);
    let issue: Result<(), TryInitError> = if stderr().is_terminal() {
        registre
            .with(
                tracing_subscriber::fmt::layer()
                    .with_writer(stderr)
                    .with_target(false),
            )
            .try_init()
    } else {
        let json = tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(false);
        registre.with(json.with_writer(stderr)).try_init()
    };
    if issue.is_ok() {
        std::panic::set_hook(Box::new(|panique| {
            let lieu = panique
                .location()
                .map(ToString::to_string)
                .unwrap_or_default();
            tracing::error!(
                lieu,
                message_panique = panique.payload_as_str().unwrap_or_default(),
                "panique"
            );
        }));
    }
}
