//! Six people, three structures, and what they are before a round.

use std::future::Future;
use std::io::Cursor;
use std::pin::Pin;

use uuid::Uuid;
use vantail::acces::Systeme;
use vantail::db::{ServiceId, StructureId, UtilisateurId, transaction};
use vantail::imports::{self, Options, Source};
use vantail::web::Erreur;
use vantail::{jobs, rattachements};

use super::de::De;
use crate::support::monde::siret;
use crate::support::{Acteur, MOT_DE_PASSE, Portail};

pub const PERSONNES: [&str; 6] = [
    "ana.un@test.example",
    "bob.deux@test.example",
    "cleo.trois@test.example",
    "dan.quatre@test.example",
    "eve.cinq@test.example",
    "fred.six@test.example",
];

pub struct Monde {
    pub portail: Portail,
    pub personnes: Vec<Personne>,
    pub structures: Vec<Structure>,
    /// Today, by the clock of the world.
    jour: time::Date,
}

pub struct Personne {
    pub id: UtilisateurId,
    acteur: Acteur,
}

pub struct Structure {
    pub id: StructureId,
    rang: u32,
    pub services: Vec<ServiceId>,
}

/// One rattachement that is not deleted.
pub struct Membre {
    pub structure: usize,
    pub personne: usize,
    pub rattachement: Uuid,
    pub gp: bool,
    pub valide: bool,
    pub services: Vec<Uuid>,
}

pub struct Ouverte {
    pub id: Uuid,
    pub structure: usize,
    pub auteur: usize,
}

/// What the draws of a round start from.
pub struct Etat {
    pub membres: Vec<Membre>,
    pub demandes: Vec<Ouverte>,
    /// Handover, structure.
    pub passations: Vec<(Uuid, usize)>,
    /// People whose account is deactivated.
    pub absents: Vec<usize>,
}

impl Etat {
    pub fn de(&self, structure: usize) -> impl Iterator<Item = &Membre> {
        self.membres
            .iter()
            .filter(move |m| m.structure == structure)
    }

    pub fn gp(&self, structure: usize) -> Option<&Membre> {
        self.de(structure).find(|m| m.gp && m.valide)
    }
}

/// How an operation ended.
#[derive(Clone, Debug)]
pub enum Issue {
    Faite,
    /// A refusal that says what to do: 401 (signed out meanwhile), 403, 404, 409, 422, or busy (503).
    Refusee(u16),
    /// Anything else: a fault of ours.
    Fautive(String),
}

pub type Suite = Pin<Box<dyn Future<Output = Issue> + Send>>;

/// An operation ready to start, and its words for the report.
pub struct Acte {
    pub texte: String,
    pub suite: Suite,
}

impl Monde {
    pub async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        let mut personnes = Vec::new();
        for adresse in PERSONNES {
            personnes.push(Personne {
                id: portail.personne(adresse).await,
                acteur: portail.anonyme(),
            });
        }
        let mut structures = Vec::new();
        for rang in 1..=3 {
            let nom = format!("Structure {rang}");
            let id = portail.structure(&nom, rang, true).await;
            let mut services = Vec::new();
            for code in ["A", "B"] {
                let libelle = format!("Service {code}{rang}");
                services.push(portail.service(id, code, &libelle).await);
            }
            structures.push(Structure { id, rang, services });
        }
        let (une, deux) = (&structures[0], &structures[1]);
        portail.gp(une.id, personnes[0].id).await;
        portail.rattacher(une.id, personnes[1].id, "gs", &[]).await;
        let services = &une.services[..1];
        portail
            .rattacher(une.id, personnes[2].id, "gs", services)
            .await;
        portail.rattacher(une.id, personnes[3].id, "us", &[]).await;
        portail.gp(deux.id, personnes[1].id).await;
        let mut monde = Self {
            portail,
            personnes,
            structures,
            jour: time::Date::MIN,
        };
        monde.connecter().await;
        monde
    }

    /// A day as a date field sends it.
    pub fn dans(&self, jours: i64) -> String {
        (self.jour + time::Duration::days(jours)).to_string()
    }

    /// Sessions outlive neither the moves of the clock nor a deactivation; nor are limits of attempts what is measured.
    pub async fn connecter(&mut self) {
        for (personne, adresse) in self.personnes.iter_mut().zip(PERSONNES) {
            personne.acteur = self.portail.connecter(adresse).await;
        }
        self.jour = sqlx::query_scalar("select aujourdhui()")
            .fetch_one(&self.portail.db)
            .await
            .expect("a day");
    }

    pub async fn sans_frein(&self) {
        self.portail.oublier_les_compteurs().await;
    }

    pub async fn etat(&self) -> Etat {
        let db = &self.portail.db;
        let structure = |id: Uuid| self.structures.iter().position(|s| s.id.0 == id);
        let personne = |id: Uuid| self.personnes.iter().position(|p| p.id.0 == id);
        let membres: Vec<(Uuid, Uuid, Uuid, bool, bool, Vec<Uuid>)> = sqlx::query_as(
            "select r.structure_id, r.utilisateur_id, r.id, r.role = 'gp', r.statut = 'validee',
                    array(select service_id from rattachement_services s where s.rattachement_id = r.id order by 1)
             from rattachements r where r.statut <> 'supprimee' order by r.structure_id, r.id",
        )
        .fetch_all(db)
        .await
        .expect("the members");
        let demandes: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
            "select id, structure_id, utilisateur_id from demandes_rattachement
             where statut = 'en_cours_de_validation' order by id",
        )
        .fetch_all(db)
        .await
        .expect("the requests");
        let passations: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "select id, structure_id from passations where statut = 'programmee' order by id",
        )
        .fetch_all(db)
        .await
        .expect("the handovers");
        let absents: Vec<Uuid> =
            sqlx::query_scalar("select id from utilisateurs where statut = 'inactif' order by id")
                .fetch_all(db)
                .await
                .expect("the absent");
        Etat {
            absents: absents.into_iter().filter_map(personne).collect(),
            membres: membres
                .into_iter()
                .filter_map(|(s, u, rattachement, gp, valide, services)| {
                    Some(Membre {
                        structure: structure(s)?,
                        personne: personne(u)?,
                        rattachement,
                        gp,
                        valide,
                        services,
                    })
                })
                .collect(),
            demandes: demandes
                .into_iter()
                .filter_map(|(id, s, u)| {
                    Some(Ouverte {
                        id,
                        structure: structure(s)?,
                        auteur: personne(u)?,
                    })
                })
                .collect(),
            passations: passations
                .into_iter()
                .filter_map(|(id, s)| Some((id, structure(s)?)))
                .collect(),
        }
    }

    /// Somebody of the structure most often, anybody sometimes: the rights are part of what is tried.
    pub fn gestionnaire(&self, etat: &Etat, structure: usize, de: &mut De) -> usize {
        let membres: Vec<usize> = etat.de(structure).map(|m| m.personne).collect();
        match etat.gp(structure) {
            Some(gp) if de.une_fois_sur(2) => gp.personne,
            _ if !de.une_fois_sur(4) => de
                .parmi(&membres)
                .copied()
                .unwrap_or_else(|| de.sous(PERSONNES.len())),
            _ => de.sous(PERSONNES.len()),
        }
    }

    /// A form sent by this person, through the whole portal.
    pub fn poster(
        &self,
        personne: usize,
        adresse: impl Into<String>,
        champs: Vec<(String, String)>,
    ) -> Acte {
        let mut acteur = self.personnes[personne].acteur.clone();
        let adresse = adresse.into();
        let texte = format!("{} POST {adresse} {champs:?}", PERSONNES[personne]);
        let suite = Box::pin(async move {
            let champs: Vec<(&str, &str)> = champs
                .iter()
                .map(|(c, v)| (c.as_str(), v.as_str()))
                .collect();
            let page = acteur.poster_sans_suivre(&adresse, &champs).await;
            let vers = page.entete("location").unwrap_or_default().to_owned();
            match page.statut.as_u16() {
                // « Votre compte est désactivé » is said on the sign-in page too.
                303 if vers.starts_with("/connexion") && !vers.contains("m=") => {
                    Issue::Refusee(401)
                }
                303 => Issue::Faite,
                s @ (403 | 404 | 409 | 422 | 503) => Issue::Refusee(s),
                s => Issue::Fautive(format!("{s} {vers} {}", page.texte())),
            }
        });
        Acte { texte, suite }
    }

    /// Comes back after a deactivation: the password, then « Réactiver mon compte ».
    pub fn revenir(&self, personne: usize) -> Acte {
        let mut acteur = self.portail.anonyme();
        let login = PERSONNES[personne];
        let suite = Box::pin(async move {
            let champs = [("adresse", login), ("mot_de_passe", MOT_DE_PASSE)];
            let entree = acteur.poster_sans_suivre("/connexion", &champs).await;
            match (entree.statut.as_u16(), entree.entete("location")) {
                (303, Some(vers)) if vers.starts_with("/reactivation") => {}
                (303, _) => return Issue::Refusee(409),
                (s @ (422 | 429 | 503), _) => return Issue::Refusee(s),
                (s, _) => return Issue::Fautive(format!("{s} {}", entree.texte())),
            }
            let page = acteur.poster_sans_suivre("/reactivation", &[]).await;
            match page.statut.as_u16() {
                303 => Issue::Faite,
                s @ (403 | 404 | 409 | 410 | 422 | 503) => Issue::Refusee(s),
                s => Issue::Fautive(format!("{s} {}", page.texte())),
            }
        });
        Acte {
            texte: format!("{login} comes back"),
            suite,
        }
    }

    /// On a thread of its own: these futures may not change threads.
    fn a_part<F>(texte: String, acte: impl FnOnce() -> F + Send + 'static) -> Acte
    where
        F: Future<Output = Issue>,
    {
        let suite = Box::pin(async move {
            let execution = tokio::runtime::Handle::current();
            tokio::task::spawn_blocking(move || execution.block_on(acte()))
                .await
                .expect("no panic")
        });
        Acte { texte, suite }
    }

    /// `vantail gestionnaire designer`.
    pub fn designer(&self, structure: usize, personne: usize) -> Acte {
        let (app, rang) = (self.portail.app.clone(), self.structures[structure].rang);
        let login = PERSONNES[personne];
        Self::a_part(
            format!("designer {login} {}", siret(rang)),
            move || async move {
                let faite = transaction(&app, async |tx| {
                    let systeme = Systeme::processus();
                    rattachements::designer(tx, &systeme, &siret(rang), login, "Essai").await
                })
                .await;
                match faite {
                    Ok(_) => Issue::Faite,
                    Err(Erreur::Interne(cause)) => Issue::Fautive(format!("{cause:#}")),
                    Err(refus) => Issue::Refusee(refus.statut().as_u16()),
                }
            },
        )
    }

    /// `vantail jobs run`.
    pub fn travaux(&self) -> Acte {
        let app = self.portail.app.clone();
        let suite = Box::pin(async move {
            match jobs::lancer_une_fois(&app, &Systeme::processus()).await {
                Ok(Some(_)) => Issue::Faite,
                Ok(None) => Issue::Refusee(409),
                Err(cause) => Issue::Fautive(format!("{cause:#}")),
            }
        });
        Acte {
            texte: "jobs run".to_owned(),
            suite,
        }
    }

    /// `vantail import structures` of one line.
    pub fn importer(&self, structure: usize, active: bool) -> Acte {
        let (app, rang) = (self.portail.app.clone(), self.structures[structure].rang);
        let texte = format!("import {} {active}", siret(rang));
        Self::a_part(texte, move || async move {
            let fichier = format!(
                "TypeIdentifiant;Identifiant;RaisonSociale;StructureActive\nSIRET;{};Structure {rang};{active}\n",
                siret(rang)
            );
            let source = Source::Flux(Box::new(Cursor::new(fichier)));
            match imports::structures(&app.db, source, Options::default(), |_| {}).await {
                Ok(rapport) if rapport.rejetees == 0 => {}
                Ok(rapport) => return Issue::Fautive(rapport.to_string()),
                Err(e) if e.to_string().contains("un autre import") => return Issue::Refusee(409),
                Err(e) => return Issue::Fautive(format!("{e:#}")),
            }
            match jobs::annoncer_les_imports(&app, &Systeme::processus()).await {
                Ok(_) => Issue::Faite,
                Err(Erreur::Interne(cause)) => Issue::Fautive(format!("{cause:#}")),
                Err(refus) => Issue::Refusee(refus.statut().as_u16()),
            }
        })
    }
}
