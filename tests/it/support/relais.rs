//! A relay before PostgreSQL, for what a network does: another server behind the same address, packets that vanish.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use url::Url;

/// A wait that only ends a test that has failed.
const PATIENCE: Duration = Duration::from_secs(20);

trait Flux: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Flux for T {}

/// Where a server is reached.
#[derive(Clone)]
enum Cible {
    Prise(PathBuf),
    Reseau(String),
}

impl Cible {
    fn de(url: &str) -> Self {
        let url = Url::parse(url).expect("the address of a database");
        let port = url.port().unwrap_or(5432);
        match url.query_pairs().find(|(nom, _)| nom == "host") {
            Some((_, dossier)) => {
                Self::Prise(PathBuf::from(dossier.as_ref()).join(format!(".s.PGSQL.{port}")))
            }
            None => Self::Reseau(format!("{}:{port}", url.host_str().expect("a host"))),
        }
    }

    async fn joindre(&self) -> std::io::Result<Box<dyn Flux>> {
        Ok(match self {
            Self::Prise(chemin) => Box::new(UnixStream::connect(chemin).await?),
            Self::Reseau(adresse) => Box::new(TcpStream::connect(adresse).await?),
        })
    }
}

struct Etat {
    cible: Mutex<Cible>,
    mots: Mutex<Vec<&'static str>>,
    muettes: watch::Sender<usize>,
}

impl Etat {
    /// Does what goes by hold one of the words?
    fn perdu(&self, octets: &[u8]) -> bool {
        let mots = self.mots.lock().expect("not poisoned");
        mots.iter()
            .any(|mot| octets.windows(mot.len()).any(|f| f == mot.as_bytes()))
    }
}

/// The relay; closed with the test's runtime.
pub struct Relais {
    port: u16,
    etat: Arc<Etat>,
}

impl Relais {
    pub async fn devant(url: &str) -> Self {
        let ecoute = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = ecoute.local_addr().expect("an address").port();
        let etat = Arc::new(Etat {
            cible: Mutex::new(Cible::de(url)),
            mots: Mutex::default(),
            muettes: watch::Sender::new(0),
        });
        let accueil = Arc::clone(&etat);
        tokio::spawn(async move {
            while let Ok((client, _)) = ecoute.accept().await {
                let etat = Arc::clone(&accueil);
                tokio::spawn(async move {
                    let cible = etat.cible.lock().expect("not poisoned").clone();
                    if let Ok(serveur) = cible.joindre().await {
                        relayer(client, serveur, &etat).await;
                    }
                });
            }
        });
        Self { port, etat }
    }

    /// The same account and base, through the relay.
    pub fn url(&self, url: &str) -> String {
        let mut url = Url::parse(url).expect("the address of a database");
        url.set_host(Some("127.0.0.1")).expect("an address");
        url.set_port(Some(self.port)).expect("a port");
        url.set_query(Some("sslmode=disable"));
        url.into()
    }

    /// New connections lead there; the others stay where they are.
    pub fn vers(&self, url: &str) {
        *self.etat.cible.lock().expect("not poisoned") = Cible::de(url);
    }

    /// From the first message that holds one of these words, nothing passes on its connection any more, in either direction,
    /// and nobody is told: half-open.
    pub fn taire_a(&self, mots: &[&'static str]) {
        *self.etat.mots.lock().expect("not poisoned") = mots.to_vec();
    }

    /// Waits until so many connections have gone mute since the start.
    pub async fn muettes(&self, combien: usize) {
        let mut vues = self.etat.muettes.subscribe();
        let attente = vues.wait_for(|n| *n >= combien);
        tokio::time::timeout(PATIENCE, attente)
            .await
            .expect("connections go mute")
            .expect("the relay lives");
    }
}

async fn relayer(client: TcpStream, serveur: Box<dyn Flux>, etat: &Etat) {
    let muet = AtomicBool::new(false);
    let (mut du_client, mut au_client) = client.into_split();
    let (mut du_serveur, mut au_serveur) = tokio::io::split(serveur);
    let aller = async {
        let mut tampon = vec![0; 64 * 1024];
        while let Ok(n @ 1..) = du_client.read(&mut tampon).await {
            if !muet.load(Ordering::SeqCst) && etat.perdu(&tampon[..n]) {
                muet.store(true, Ordering::SeqCst);
                etat.muettes.send_modify(|n| *n += 1);
            }
            if !muet.load(Ordering::SeqCst) && au_serveur.write_all(&tampon[..n]).await.is_err() {
                break;
            }
        }
    };
    let retour = async {
        let mut tampon = vec![0; 64 * 1024];
        while let Ok(n @ 1..) = du_serveur.read(&mut tampon).await {
            if !muet.load(Ordering::SeqCst) && au_client.write_all(&tampon[..n]).await.is_err() {
                break;
            }
        }
        if muet.load(Ordering::SeqCst) {
            // The end is a packet like the others.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = aller => {}
        () = retour => {}
    }
}
