//! Between a pool and PostgreSQL: what each statement is, with its parameters, as it travels.
//!
//! The protocol of prepared statements is enough: sqlx sends a statement once (`Parse`), then its parameters each time
//! (`Bind`), always in binary; what has no parameter and no row is sent as text (`Query`).

use std::collections::HashMap;
use std::io;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use url::Url;

/// The round trip that the pool makes before it lends a connection (`db::bassin`): not a statement of the page.
const PRET: &str = "BEGIN READ WRITE; ROLLBACK";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parametre {
    pub oid: u32,
    pub valeur: Option<Vec<u8>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Instruction {
    Simple(String),
    Preparee {
        sql: String,
        /// Kept by the connection, so that the server may keep its plan.
        gardee: bool,
        parametres: Vec<Parametre>,
    },
}

impl Instruction {
    pub fn sql(&self) -> &str {
        match self {
            Self::Simple(sql) | Self::Preparee { sql, .. } => sql,
        }
    }
}

/// What was run on one connection between the moment it was lent and the next.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Emprunt(pub Vec<Instruction>);

#[derive(Default)]
struct Notes {
    emprunts: Vec<Emprunt>,
    /// Set while somebody listens; changes each time, so that an old place in `emprunts` is not used again.
    tour: u64,
    ouvert: bool,
}

#[derive(Clone, Default)]
pub struct Temoin(Arc<Mutex<Notes>>);

impl Temoin {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on everything is kept.
    pub fn debuter(&self) {
        let mut notes = self.notes();
        notes.emprunts.clear();
        notes.tour += 1;
        notes.ouvert = true;
    }

    /// What was run since.
    pub fn finir(&self) -> Vec<Emprunt> {
        let mut notes = self.notes();
        notes.ouvert = false;
        std::mem::take(&mut notes.emprunts)
    }

    /// Listens for connections to this database, and answers the address that leads there through here.
    pub async fn devant(&self, base: &str) -> String {
        let ecoute = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = ecoute.local_addr().expect("an address").port();
        let options = PgConnectOptions::from_str(base).expect("an address");
        let temoin = self.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = ecoute.accept().await {
                let (temoin, options) = (temoin.clone(), options.clone());
                // A connection that ends is nothing to say.
                tokio::spawn(async move { temoin.relayer(client, &options).await });
            }
        });
        let mut url: Url = base.parse().expect("an address");
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(port)).expect("a port");
        url.set_query(Some("sslmode=disable"));
        url.into()
    }

    async fn relayer(&self, client: TcpStream, options: &PgConnectOptions) -> io::Result<()> {
        client.set_nodelay(true)?;
        let dossier = match options.get_socket() {
            Some(dossier) => Some(dossier.display().to_string()),
            None => Some(options.get_host().to_owned()).filter(|hote| hote.starts_with('/')),
        };
        if let Some(dossier) = dossier {
            let prise = format!("{dossier}/.s.PGSQL.{}", options.get_port());
            self.suivre(client, UnixStream::connect(prise).await?).await
        } else {
            let hote = (options.get_host(), options.get_port());
            self.suivre(client, TcpStream::connect(hote).await?).await
        }
    }

    async fn suivre<S>(&self, client: TcpStream, serveur: S) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        let (aller, mut retour) = client.into_split();
        let (mut reponses, mut envois) = tokio::io::split(serveur);
        tokio::spawn(async move { tokio::io::copy(&mut reponses, &mut retour).await });
        let mut aller = BufReader::new(aller);
        let mut connexion = Connexion {
            temoin: self.clone(),
            preparees: HashMap::new(),
            place: None,
        };
        // The first message has no type.
        let longueur = aller.read_u32().await?;
        let mut message = longueur.to_be_bytes().to_vec();
        lire_la_suite(&mut aller, longueur, &mut message).await?;
        envois.write_all(&message).await?;
        loop {
            let genre = aller.read_u8().await?;
            let longueur = aller.read_u32().await?;
            message.clear();
            message.push(genre);
            message.extend_from_slice(&longueur.to_be_bytes());
            lire_la_suite(&mut aller, longueur, &mut message).await?;
            connexion.noter(genre, &message[5..]);
            envois.write_all(&message).await?;
            envois.flush().await?;
        }
    }
}

/// A message counts its own length.
async fn lire_la_suite(
    source: &mut (impl AsyncRead + Unpin),
    longueur: u32,
    message: &mut Vec<u8>,
) -> io::Result<()> {
    let debut = message.len();
    message.resize(debut + longueur as usize - 4, 0);
    source.read_exact(&mut message[debut..]).await?;
    Ok(())
}

struct Connexion {
    temoin: Temoin,
    /// Statement and types of its parameters, by name.
    preparees: HashMap<String, (String, Vec<u32>)>,
    /// Round of the notes, rank of the loan under way.
    place: Option<(u64, usize)>,
}

impl Connexion {
    fn noter(&mut self, genre: u8, corps: &[u8]) {
        let mut corps = Lecture(corps);
        match genre {
            b'Q' => {
                let sql = corps.texte();
                if sql == PRET {
                    self.place = None;
                } else {
                    self.garder(Instruction::Simple(sql));
                }
            }
            b'P' => {
                let (nom, sql) = (corps.texte(), corps.texte());
                let types = (0..corps.u16()).map(|_| corps.u32()).collect();
                self.preparees.insert(nom, (sql, types));
            }
            b'B' => {
                let _portail = corps.texte();
                let nom = corps.texte();
                let binaires = (0..corps.u16()).all(|_| corps.u16() == 1);
                assert!(binaires, "parameters in text");
                let valeurs: Vec<_> = (0..corps.u16()).map(|_| corps.valeur()).collect();
                let Some((sql, types)) = self.preparees.get(&nom) else {
                    panic!("a statement that was not prepared: {nom}")
                };
                let parametres = types
                    .iter()
                    .zip(valeurs)
                    .map(|(oid, valeur)| Parametre { oid: *oid, valeur })
                    .collect();
                let instruction = Instruction::Preparee {
                    sql: sql.clone(),
                    gardee: !nom.is_empty(),
                    parametres,
                };
                self.garder(instruction);
            }
            _ => {}
        }
    }

    fn garder(&mut self, instruction: Instruction) {
        let mut notes = self.temoin.notes();
        if !notes.ouvert {
            return;
        }
        let rang = match self.place {
            Some((tour, rang)) if tour == notes.tour => rang,
            _ => {
                notes.emprunts.push(Emprunt::default());
                notes.emprunts.len() - 1
            }
        };
        self.place = Some((notes.tour, rang));
        notes.emprunts[rang].0.push(instruction);
    }
}

/// The fields of a message, one after another.
struct Lecture<'a>(&'a [u8]);

impl<'a> Lecture<'a> {
    fn prendre(&mut self, nombre: usize) -> &'a [u8] {
        let (lus, reste) = self.0.split_at(nombre);
        self.0 = reste;
        lus
    }

    fn texte(&mut self) -> String {
        let fin = self.0.iter().position(|o| *o == 0).expect("a string");
        let texte = String::from_utf8_lossy(self.prendre(fin)).into_owned();
        self.prendre(1);
        texte
    }

    fn u16(&mut self) -> u16 {
        u16::from_be_bytes(self.prendre(2).try_into().expect("two bytes"))
    }

    fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.prendre(4).try_into().expect("four bytes"))
    }

    /// A length, then as many bytes; no length is no value.
    fn valeur(&mut self) -> Option<Vec<u8>> {
        match self.u32() {
            u32::MAX => None,
            longueur => Some(self.prendre(longueur as usize).to_vec()),
        }
    }
}
