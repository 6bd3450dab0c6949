//! Deadlines of one connection that hyper does not have: headers apart from idleness, and a client that never reads.
//!
//! hyper's `header_read_timeout` also runs between two requests, so it is set to the idle limit; the shorter limit of
//! headers is enforced here, where the bytes come in.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use super::Limites;

/// Whether the connection is between the end of a request's headers and the end of its answer, and how many requests it
/// has begun.
#[derive(Clone, Default)]
pub(super) struct Occupation(Arc<(AtomicBool, AtomicUsize)>);

impl Occupation {
    /// To be called when the headers are complete; the connection is free again when the guard is dropped.
    pub(super) fn prendre(&self) -> EnCours {
        self.0.1.fetch_add(1, Ordering::AcqRel);
        self.0.0.store(true, Ordering::Release);
        EnCours(self.clone())
    }

    fn occupee(&self) -> bool {
        self.0.0.load(Ordering::Acquire)
    }

    fn requetes(&self) -> usize {
        self.0.1.load(Ordering::Acquire)
    }
}

pub(super) struct EnCours(Occupation);

impl Drop for EnCours {
    fn drop(&mut self) {
        self.0.0.0.store(false, Ordering::Release);
    }
}

/// The socket, with its two deadlines.
pub(super) struct Flux {
    socket: TcpStream,
    occupation: Occupation,
    delai_entetes: Duration,
    delai_ecriture: Duration,
    /// Deadline of the headers being read, for the request of rank `rang`.
    lecture: Option<Pin<Box<Sleep>>>,
    rang: usize,
    ecriture: Option<Pin<Box<Sleep>>>,
}

impl Flux {
    /// The clock of the first headers starts now: a client that connects and says nothing is not idle, it is silent.
    pub(super) fn new(socket: TcpStream, occupation: Occupation, limites: &Limites) -> Self {
        Self {
            socket,
            occupation,
            delai_entetes: limites.delai_entetes,
            delai_ecriture: limites.delai_ecriture,
            lecture: Some(Box::pin(sleep(limites.delai_entetes))),
            rang: 0,
            ecriture: None,
        }
    }

    fn ecrire<T>(
        &mut self,
        cx: &mut Context<'_>,
        ecrire: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let etape = ecrire(Pin::new(&mut self.socket), cx);
        if etape.is_ready() {
            self.ecriture = None;
            return etape;
        }
        let delai = self.delai_ecriture;
        let echeance = self.ecriture.get_or_insert_with(|| Box::pin(sleep(delai)));
        echeance
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Flux {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        tampon: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let requetes = this.occupation.requetes();
        if this.rang != requetes {
            // The headers this deadline was for are complete.
            this.rang = requetes;
            this.lecture = None;
        }
        if this.occupation.occupee() {
            return Pin::new(&mut this.socket).poll_read(cx, tampon);
        }
        if let Some(echeance) = &mut this.lecture
            && echeance.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let etape = Pin::new(&mut this.socket).poll_read(cx, tampon);
        if etape.is_ready() && this.lecture.is_none() {
            let mut echeance = Box::pin(sleep(this.delai_entetes));
            // Registers the task: the rest of the headers may never come, and nothing else would wake us.
            if echeance.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            this.lecture = Some(echeance);
        }
        etape
    }
}

impl AsyncWrite for Flux {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut()
            .ecrire(cx, |socket, cx| socket.poll_write(cx, octets))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        tranches: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut()
            .ecrire(cx, |socket, cx| socket.poll_write_vectored(cx, tranches))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(cx)
    }
}

/// A response body that keeps its connection occupied until it is sent or given up.
pub(super) struct CorpsReponse {
    pub(super) corps: Body,
    pub(super) _en_cours: EnCours,
}

impl HttpBody for CorpsReponse {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.corps).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.corps.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.corps.size_hint()
    }
}
