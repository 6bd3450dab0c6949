//! An SMTP server inside the test: it keeps what it receives and fails on demand.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine as _;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What the server does next. Everything is accepted by default.
#[derive(Debug, Clone, Default)]
pub struct Humeur {
    /// Accepts the connection and closes it before the greeting.
    pub en_panne: bool,
    /// 450 to every recipient.
    pub differer: bool,
    /// 550 to these recipients.
    pub refuser: HashSet<String>,
    /// 553 to every sender.
    pub refuser_expediteur: bool,
    /// Wants AUTH PLAIN with this user and password, once encrypted.
    pub identifiants: Option<(String, String)>,
    /// Receives this many messages whole, then closes without answering.
    pub couper_apres_data: u32,
}

/// A message as received.
#[derive(Debug, Clone)]
pub struct Recu {
    pub expediteur: String,
    pub destinataires: Vec<String>,
    pub brut: String,
    pub chiffre: bool,
}

#[derive(Default)]
struct Etat {
    humeur: Humeur,
    recus: Vec<Recu>,
    connexions: u32,
}

/// The server; closed with the test's runtime.
pub struct Puits {
    port: u16,
    etat: Arc<Mutex<Etat>>,
    arrivee: Arc<Notify>,
    certificat: Option<String>,
}

impl Puits {
    /// In clear, without STARTTLS.
    pub async fn demarrer() -> Self {
        Self::ouvrir(None, false).await
    }

    /// TLS from the first byte (`smtps`), with a certificate as in [`Puits::demarrer_starttls`].
    pub async fn demarrer_tls() -> Self {
        Self::ouvrir(Some(Self::certifier()), true).await
    }

    /// Offers STARTTLS with a certificate made for `localhost`, which only [`Puits::certificat`] makes trusted.
    pub async fn demarrer_starttls() -> Self {
        Self::ouvrir(Some(Self::certifier()), false).await
    }

    fn certifier() -> (TlsAcceptor, String) {
        let cle =
            rcgen::generate_simple_self_signed(vec!["localhost".into()]).expect("certificate");
        let prive = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(cle.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(
            tokio_rustls::rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_no_client_auth()
        .with_single_cert(vec![cle.cert.der().clone()], prive)
        .expect("server certificate");
        (TlsAcceptor::from(Arc::new(config)), cle.cert.pem())
    }

    async fn ouvrir(tls: Option<(TlsAcceptor, String)>, direct: bool) -> Self {
        let ecoute = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let port = ecoute.local_addr().expect("bound").port();
        let etat = Arc::new(Mutex::new(Etat::default()));
        let arrivee = Arc::new(Notify::new());
        let (accepteur, certificat) = tls.unzip();
        let puits = Self {
            port,
            etat: Arc::clone(&etat),
            arrivee: Arc::clone(&arrivee),
            certificat,
        };
        tokio::spawn(async move {
            while let Ok((flux, _)) = ecoute.accept().await {
                let session = Session {
                    etat: Arc::clone(&etat),
                    arrivee: Arc::clone(&arrivee),
                };
                tokio::spawn(session.tenir(flux, accepteur.clone(), direct));
            }
        });
        puits
    }

    /// `smtp://localhost:port`, to be followed by a parameter.
    pub fn url(&self) -> String {
        format!("smtp://localhost:{}", self.port)
    }

    /// PEM of the server's certificate.
    pub fn certificat(&self) -> &str {
        self.certificat.as_deref().expect("started with STARTTLS")
    }

    fn etat(&self) -> MutexGuard<'_, Etat> {
        self.etat.lock().expect("no panic while locked")
    }

    /// Changes the mood for what comes next.
    pub fn regler(&self, reglage: impl FnOnce(&mut Humeur)) {
        reglage(&mut self.etat().humeur);
    }

    /// Messages received so far, oldest first.
    pub fn recus(&self) -> Vec<Recu> {
        self.etat().recus.clone()
    }

    /// Connections accepted so far.
    pub fn connexions(&self) -> u32 {
        self.etat().connexions
    }

    /// Waits until `nombre` messages have come; fails after 10 s, sooner than the worker's polling.
    pub async fn attendre(&self, nombre: usize) -> Vec<Recu> {
        let attente = async {
            loop {
                let arrivee = self.arrivee.notified();
                let recus = self.recus();
                if recus.len() >= nombre {
                    return recus;
                }
                arrivee.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), attente)
            .await
            .unwrap_or_else(|_| panic!("{} of {nombre} messages came", self.recus().len()))
    }
}

struct Session {
    etat: Arc<Mutex<Etat>>,
    arrivee: Arc<Notify>,
}

impl Session {
    fn humeur(&self) -> Humeur {
        self.etat
            .lock()
            .expect("no panic while locked")
            .humeur
            .clone()
    }

    async fn tenir(self, flux: TcpStream, tls: Option<TlsAcceptor>, direct: bool) {
        self.etat.lock().expect("no panic while locked").connexions += 1;
        if self.humeur().en_panne {
            return;
        }
        let _ = flux.set_nodelay(true);
        if let (true, Some(accepteur)) = (direct, &tls) {
            if let Ok(chiffre) = accepteur.accept(flux).await {
                let mut chiffre = BufReader::new(chiffre);
                if chiffre.write_all(b"220 puits\r\n").await.is_ok() {
                    self.dialoguer(&mut chiffre, false, true).await;
                }
            }
            return;
        }
        let mut flux = BufReader::new(flux);
        if flux.write_all(b"220 puits\r\n").await.is_err() {
            return;
        }
        if self.dialoguer(&mut flux, tls.is_some(), false).await
            && let Some(accepteur) = tls
            && let Ok(chiffre) = accepteur.accept(flux.into_inner()).await
        {
            self.dialoguer(&mut BufReader::new(chiffre), false, true)
                .await;
        }
    }

    /// True when the client asked for STARTTLS.
    async fn dialoguer<F>(&self, flux: &mut BufReader<F>, starttls: bool, chiffre: bool) -> bool
    where
        F: AsyncRead + AsyncWrite + Unpin,
    {
        let mut courant = Recu {
            expediteur: String::new(),
            destinataires: Vec::new(),
            brut: String::new(),
            chiffre,
        };
        let (mut ligne, mut connu) = (String::new(), false);
        loop {
            ligne.clear();
            if flux.read_line(&mut ligne).await.unwrap_or(0) == 0 {
                return false;
            }
            let commande = ligne.trim_end();
            let humeur = self.humeur();
            let entre = |c: &str| c.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let reponse = match commande.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" if starttls => "250-puits\r\n250 STARTTLS".to_owned(),
                "EHLO" if humeur.identifiants.is_some() => "250-puits\r\n250 AUTH PLAIN".to_owned(),
                "EHLO" => "250 puits".to_owned(),
                "AUTH" => {
                    let attendu = humeur.identifiants.map(|(nom, passe)| {
                        base64::engine::general_purpose::STANDARD
                            .encode(format!("\0{nom}\0{passe}"))
                    });
                    connu = commande.split(' ').nth(2) == attendu.as_deref();
                    if connu {
                        "235 welcome".to_owned()
                    } else {
                        "535 who".to_owned()
                    }
                }
                "MAIL" if humeur.identifiants.is_some() && !connu => "530 sign in".to_owned(),
                "STARTTLS" if starttls => {
                    return flux.write_all(b"220 ok\r\n").await.is_ok();
                }
                "MAIL" if humeur.refuser_expediteur => "553 sender refused".to_owned(),
                "MAIL" => {
                    courant.expediteur = entre(commande);
                    courant.destinataires.clear();
                    "250 ok".to_owned()
                }
                "RCPT" if humeur.differer => "450 later".to_owned(),
                "RCPT" if humeur.refuser.contains(&entre(commande)) => "550 unknown".to_owned(),
                "RCPT" => {
                    courant.destinataires.push(entre(commande));
                    "250 ok".to_owned()
                }
                "DATA" => {
                    if flux.write_all(b"354 go\r\n").await.is_err() {
                        return false;
                    }
                    let Some(brut) = lire_message(flux).await else {
                        return false;
                    };
                    courant.brut = brut;
                    let coupe = {
                        let mut etat = self.etat.lock().expect("no panic while locked");
                        etat.recus.push(courant.clone());
                        let coupe = etat.humeur.couper_apres_data > 0;
                        etat.humeur.couper_apres_data =
                            etat.humeur.couper_apres_data.saturating_sub(1);
                        coupe
                    };
                    self.arrivee.notify_waiters();
                    if coupe {
                        return false;
                    }
                    "250 taken".to_owned()
                }
                "NOOP" | "RSET" => "250 ok".to_owned(),
                "QUIT" => {
                    let _ = flux.write_all(b"221 bye\r\n").await;
                    return false;
                }
                _ => "502 what".to_owned(),
            };
            if flux
                .write_all(format!("{reponse}\r\n").as_bytes())
                .await
                .is_err()
            {
                return false;
            }
        }
    }
}

async fn lire_message(flux: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    let mut brut = String::new();
    loop {
        let debut = brut.len();
        if flux.read_line(&mut brut).await.ok()? == 0 {
            return None;
        }
        match &brut[debut..] {
            ".\r\n" => {
                brut.truncate(debut);
                return Some(brut);
            }
            ligne if ligne.starts_with('.') => {
                brut.remove(debut);
            }
            _ => {}
        }
    }
}

impl Recu {
    fn deplier(entetes: &str) -> Vec<(String, String)> {
        let mut sortie: Vec<(String, String)> = Vec::new();
        for ligne in entetes.lines() {
            if let (true, Some((_, valeur))) = (ligne.starts_with([' ', '\t']), sortie.last_mut()) {
                valeur.push_str(ligne);
            } else if let Some((nom, valeur)) = ligne.split_once(':') {
                sortie.push((nom.to_owned(), valeur.trim().to_owned()));
            }
        }
        sortie
    }

    fn couper(brut: &str) -> (Vec<(String, String)>, &str) {
        let (entetes, corps) = brut.split_once("\r\n\r\n").unwrap_or((brut, ""));
        (Self::deplier(entetes), corps)
    }

    /// Headers of the message in order, unfolded, still encoded.
    pub fn entetes(&self) -> Vec<(String, String)> {
        Self::couper(&self.brut).0
    }

    /// The one header of this name.
    pub fn entete(&self, nom: &str) -> String {
        let trouves: Vec<_> = self
            .entetes()
            .into_iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(nom))
            .collect();
        assert_eq!(trouves.len(), 1, "{nom} in {}", self.brut);
        trouves[0].1.clone()
    }

    /// Decoded body of the part of this type, such as `text/plain`.
    pub fn partie(&self, genre: &str) -> String {
        let nature = self.entete("Content-Type");
        let borne = nature
            .split("boundary=\"")
            .nth(1)
            .and_then(|b| b.split('"').next())
            .expect("a boundary");
        for partie in self.brut.split(&format!("--{borne}")).skip(1) {
            let (entetes, corps) = Self::couper(partie.trim_start_matches("\r\n"));
            let cherche = |nom: &str| {
                let trouve = entetes.iter().find(|(n, _)| n.eq_ignore_ascii_case(nom));
                trouve
                    .map(|(_, v)| v.to_ascii_lowercase())
                    .unwrap_or_default()
            };
            if cherche("Content-Type").starts_with(genre) {
                return match cherche("Content-Transfer-Encoding").as_str() {
                    "quoted-printable" => quoted_printable(corps),
                    "base64" => {
                        let serre: String = corps.split_whitespace().collect();
                        let octets = base64::engine::general_purpose::STANDARD
                            .decode(serre)
                            .expect("base64");
                        String::from_utf8(octets).expect("UTF-8")
                    }
                    _ => corps.to_owned(),
                };
            }
        }
        panic!("no {genre} in {}", self.brut);
    }
}

fn quoted_printable(texte: &str) -> String {
    let lie = texte.replace("=\r\n", "");
    let mut octets = Vec::new();
    let mut morceaux = lie.split('=');
    octets.extend_from_slice(morceaux.next().unwrap_or_default().as_bytes());
    for morceau in morceaux {
        octets.push(u8::from_str_radix(&morceau[..2], 16).expect("hexadecimal"));
        octets.extend_from_slice(&morceau.as_bytes()[2..]);
    }
    String::from_utf8(octets).expect("UTF-8")
}
