//! The kill loop of `.exploitation/pannes`, in short: two instances, people who act, faults between their acts, then what
//! the portal confirmed is counted (security.md §4). Faults follow the number of acts, never the clock.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::commandes::{CLE, vantail};
use crate::proprietes::invariants;
use crate::support::smtp::Puits;
use crate::support::{HOTE, Portail, config};

const GP: &str = "paul.gerant@test.example";
/// People who ask, then wait for a decision; each asks once.
const DEMANDEURS: u32 = 12;
/// Acts between two faults.
const REPIT: usize = 3;

/// In this order; each instance dies both ways, the mails are cut in between so that a new worker takes them up.
#[derive(Clone, Copy, Debug)]
enum Panne {
    Tuer(usize),
    Arreter(usize),
    CouperLaBase,
    SmtpMuet,
    SmtpRevient,
}

const PANNES: [Panne; 8] = [
    Panne::Tuer(0),
    Panne::SmtpMuet,
    Panne::CouperLaBase,
    Panne::Arreter(1),
    Panne::SmtpRevient,
    Panne::Tuer(1),
    Panne::CouperLaBase,
    Panne::Tuer(0),
];

/// What the portal said of an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Issue {
    Confirme,
    Refuse,
    /// No answer, or a 5xx: done or not.
    Inconnue,
}

/// A running instance; killed with the value. Its log is read to the end, so that it never waits for a reader.
struct Instance(Child, String);

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn demarrer(base: String, smtp: String) -> Instance {
    tokio::task::spawn_blocking(move || {
        let publique = format!("https://{HOTE}");
        let mut commande = vantail(
            &["serve"],
            &[
                ("SECRET_KEY", CLE),
                ("PUBLIC_URL", &publique),
                ("SMTP_URL", &smtp),
                ("DATABASE_URL", &base),
                ("LISTEN_ADDR", "127.0.0.1:0"),
                ("SECOND_FACTOR_REQUIRED", "nobody"),
            ],
        );
        commande.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut enfant = commande.spawn().expect("the binary");
        let mut journal = BufReader::new(enfant.stderr.take().expect("a pipe"));
        let adresse = loop {
            let mut ligne = String::new();
            assert!(
                journal.read_line(&mut ligne).expect("a line") > 0,
                "ended before it was ready"
            );
            let lue: serde_json::Value = serde_json::from_str(&ligne).expect("JSON lines");
            if lue["message"] == "ready" {
                break lue["adresse"].as_str().expect("an address").to_owned();
            }
        };
        std::thread::spawn(move || std::io::copy(&mut journal, &mut std::io::sink()));
        Instance(enfant, adresse)
    })
    .await
    .expect("a thread")
}

/// One of the people: a session, and both addresses as they are now.
#[derive(Clone)]
struct Personne {
    cookie: String,
    adresses: Arc<Mutex<[String; 2]>>,
    rang: usize,
}

impl Personne {
    async fn poster(&self, chemin: &str, champs: &[(&str, &str)]) -> Issue {
        // A connection of its own: nothing tells whether a form sent on a dying one was taken.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(40))
            .build()
            .expect("a client");
        let mut tour = self.rang;
        let limite = Instant::now() + Duration::from_secs(60);
        loop {
            tour += 1;
            let adresse = self.adresses.lock().expect("not poisoned")[tour % 2].clone();
            let envoi = client
                .post(format!("http://{adresse}{chemin}"))
                .header("Host", HOTE)
                .header("Cookie", format!("__Host-sid={}", self.cookie))
                .header("Sec-Fetch-Site", "same-origin")
                .header("Origin", format!("https://{HOTE}"))
                .form(champs);
            match envoi.send().await {
                // Nobody listened: nothing was sent, the other instance is asked.
                Err(erreur) if erreur.is_connect() => {
                    assert!(Instant::now() < limite, "no instance listens");
                    tokio::task::yield_now().await;
                }
                Err(_) => return Issue::Inconnue,
                Ok(reponse) if reponse.status().is_server_error() => return Issue::Inconnue,
                Ok(reponse) => {
                    let vers = reponse.headers().get("Location");
                    let sortie =
                        vers.is_some_and(|v| v.to_str().is_ok_and(|v| v.starts_with("/connexion")));
                    return if reponse.status().as_u16() == 303 && !sortie {
                        Issue::Confirme
                    } else {
                        Issue::Refuse
                    };
                }
            }
        }
    }
}

struct Acte {
    genre: &'static str,
    marque: String,
    issue: Issue,
}

/// Somebody asks; the gestionnaire creates a service named after the request, then refuses it with a motive that marks it.
async fn agir(
    demandeurs: Vec<Personne>,
    gp: Personne,
    url: String,
    structure: String,
    dits: mpsc::UnboundedSender<Acte>,
) {
    let mut db = PgConnection::connect(&url).await.expect("connected");
    for demandeur in demandeurs {
        let marque = format!("M{:02}", demandeur.rang);
        let dire = |genre: &'static str, issue| {
            let acte = Acte {
                genre,
                marque: marque.clone(),
                issue,
            };
            dits.send(acte).expect("the test reads");
        };
        let issue = demandeur
            .poster(
                &format!("/mon-compte/rattachements/demande/{structure}"),
                &[
                    ("maille", "structure"),
                    ("role", "us"),
                    ("commentaire", &marque),
                ],
            )
            .await;
        dire("demande", issue);
        let service = [
            ("code", marque.as_str()),
            ("libelle", marque.as_str()),
            ("date_debut", "10/03/2022 15:01:32"),
        ];
        let issue = gp
            .poster(
                &format!("/structures/{structure}/services/nouveau"),
                &service,
            )
            .await;
        dire("service", issue);
        // The connection of the test dies with the others: read again until there is an answer.
        let demande: Option<Uuid> = loop {
            let lue = sqlx::query_scalar(
                "select id from demandes_rattachement where commentaire = $1 and statut = 'en_cours_de_validation'",
            )
            .bind(&marque)
            .fetch_optional(&mut db)
            .await;
            match lue {
                Ok(lue) => break lue,
                Err(_) => db = PgConnection::connect(&url).await.expect("connected"),
            }
        };
        if let Some(demande) = demande {
            let chemin = format!("/structures/{structure}/demandes/{demande}/refus");
            dire("refus", gp.poster(&chemin, &[("motif", &marque)]).await);
        }
    }
}

/// What the acts say must be in the database, found there.
async fn compter(portail: &Portail, actes: &[Acte]) -> Vec<String> {
    let mut fautes = Vec::new();
    let requetes = [
        (
            "demande",
            "select commentaire from demandes_rattachement where commentaire like 'M%'",
        ),
        ("service", "select code from services where code like 'M%'"),
        (
            "refus",
            "select motif from demandes_rattachement where motif like 'M%' and statut = 'refusee'",
        ),
    ];
    for (genre, requete) in requetes {
        let presents: Vec<String> = sqlx::query_scalar(requete)
            .fetch_all(&portail.db)
            .await
            .expect("the marks");
        for acte in actes.iter().filter(|a| a.genre == genre) {
            let combien = presents.iter().filter(|m| **m == acte.marque).count();
            let admis = match acte.issue {
                Issue::Confirme => combien == 1,
                Issue::Refuse => combien == 0,
                Issue::Inconnue => combien <= 1,
            };
            if !admis {
                fautes.push(format!(
                    "{genre} {}: {:?}, {combien}",
                    acte.marque, acte.issue
                ));
            }
        }
    }
    fautes
}

/// Every mail leaves; the clock of the database moves past leases and delays, the workers are woken. Answers the copies
/// in excess, by Message-ID.
async fn vider_la_file(portail: &Portail, puits: &Puits) -> usize {
    portail.avancer("10 minutes").await;
    let limite = Instant::now() + Duration::from_secs(90);
    while portail
        .nombre(
            "select count(*) from courriers, pg_notify('courriers', '') where statut = 'a_envoyer'",
        )
        .await
        > 0
    {
        assert!(Instant::now() < limite, "mails still wait");
        tokio::task::yield_now().await;
    }
    let mut arrives: BTreeMap<String, usize> = BTreeMap::new();
    for recu in puits.recus() {
        let message = recu.entete("Message-ID");
        let id = message.trim_matches(['<', '>']).split('@').next();
        *arrives
            .entry(id.unwrap_or_default().to_owned())
            .or_default() += 1;
    }
    let lignes: Vec<(Uuid, String)> = sqlx::query_as("select id, statut from courriers")
        .fetch_all(&portail.db)
        .await
        .expect("the outbox");
    assert!(!lignes.is_empty());
    for (id, statut) in &lignes {
        assert_eq!(statut, "envoye");
        assert!(arrives.contains_key(&id.to_string()), "mail {id} is lost");
    }
    assert_eq!(arrives.len(), lignes.len(), "a mail is of no row");
    arrives.values().map(|n| n - 1).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn des_instances_meurent_et_rien_de_confirme_ne_se_perd() {
    let portail = Portail::nouveau().await;
    let puits = Puits::demarrer().await;
    let gerant = portail.personne(GP).await;
    let structure = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(structure, gerant).await;
    let base = portail.url_de_la_base().to_owned();
    let smtp = format!("{}?tls=none", puits.url());
    let mut instances = [
        demarrer(base.clone(), smtp.clone()).await,
        demarrer(base.clone(), smtp.clone()).await,
    ];
    let adresses = Arc::new(Mutex::new([instances[0].1.clone(), instances[1].1.clone()]));
    let mut gens = Vec::new();
    for rang in 0..=DEMANDEURS {
        let login = match rang {
            0 => GP.to_owned(),
            n => format!("demandeur{n}@test.example"),
        };
        if rang > 0 {
            portail.personne(&login).await;
        }
        let acteur = portail.connecter(&login).await;
        gens.push(Personne {
            cookie: acteur.cookie("__Host-sid").expect("signed in").to_owned(),
            adresses: Arc::clone(&adresses),
            rang: rang as usize,
        });
    }
    let gp = gens.remove(0);
    let (dits, mut entendus) = mpsc::unbounded_channel();
    let mut taches = Vec::new();
    for part in gens.chunks(gens.len().div_ceil(3)) {
        taches.push(tokio::spawn(agir(
            part.to_vec(),
            gp.clone(),
            base.clone(),
            structure.to_string(),
            dits.clone(),
        )));
    }
    drop(dits);

    let mut actes = Vec::new();
    let mut pannes = PANNES.into_iter();
    while let Some(acte) = entendus.recv().await {
        actes.push(acte);
        if !actes.len().is_multiple_of(REPIT) {
            continue;
        }
        match pannes.next() {
            Some(Panne::Tuer(n)) => {
                instances[n].0.kill().expect("killed");
                instances[n].0.wait().expect("ended");
                instances[n] = demarrer(base.clone(), smtp.clone()).await;
                adresses.lock().expect("not poisoned")[n] = instances[n].1.clone();
            }
            Some(Panne::Arreter(n)) => {
                // Twice: the second signal does not wait for a balancer.
                for _ in 0..2 {
                    let pid = instances[n].0.id().to_string();
                    let fait = std::process::Command::new("kill")
                        .args(["-TERM", &pid])
                        .status();
                    assert!(fait.expect("kill").success());
                }
                instances[n] = demarrer(base.clone(), smtp.clone()).await;
                adresses.lock().expect("not poisoned")[n] = instances[n].1.clone();
            }
            Some(Panne::CouperLaBase) => {
                let mut db = PgConnection::connect(&base).await.expect("connected");
                sqlx::query(
                    "select pg_terminate_backend(pid) from pg_stat_activity
                     where datname = current_database() and pid <> pg_backend_pid()",
                )
                .execute(&mut db)
                .await
                .expect("cut");
            }
            Some(Panne::SmtpMuet) => puits.regler(|h| h.en_panne = true),
            Some(Panne::SmtpRevient) => puits.regler(|h| h.en_panne = false),
            None => {}
        }
    }
    for tache in taches {
        tache.await.expect("nobody panicked");
    }
    assert!(pannes.next().is_none(), "every fault had its turn");
    let confirmes = |genre: &str| {
        let vus = actes.iter().filter(|a| a.genre == genre);
        vus.filter(|a| a.issue == Issue::Confirme).count()
    };
    for genre in ["demande", "service", "refus"] {
        assert!(confirmes(genre) > 0, "nobody managed « {genre} »");
    }
    let copies = vider_la_file(&portail, &puits).await;
    assert!(copies <= 4 * PANNES.len(), "{copies} copies in excess");
    assert_eq!(compter(&portail, &actes).await, Vec::<String>::new());
    assert_eq!(invariants::violes(&portail).await, Vec::<&str>::new());
    let (lues, defauts) = vantail::historique::verifier(&portail.db, &config().cles)
        .await
        .expect("the chains");
    assert!(lues > 0 && defauts.is_empty(), "{} defects", defauts.len());
}
