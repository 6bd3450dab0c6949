//! What the administrateur may set while the portal runs (R-ADM). A value that is not set is the one that the operator
//! configured at start. Kept in memory: pages read it without asking the database; every process reads it again within
//! [`FRAICHEUR`].

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::config::{AIDE, Config, DOMAINES, LienExterieur};
use crate::db::bassin::en_temps;

/// How long another process may show what was set before.
pub const FRAICHEUR: Duration = Duration::from_secs(10);

/// What a parameter holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Genre {
    /// A text of so many characters at most.
    Texte(usize),
    /// An address, `http` or `https`.
    Adresse,
}

/// A parameter that exists.
pub struct Cle {
    /// Of the table, and of the field.
    pub code: String,
    pub libelle: &'static str,
    pub aide: &'static str,
    pub genre: Genre,
}

/// A block of the screen.
pub struct Groupe {
    pub ancre: &'static str,
    pub titre: &'static str,
    pub cles: Vec<Cle>,
}

/// Every parameter, by block.
pub fn groupes() -> Vec<Groupe> {
    let texte = |code: &str, libelle, aide, max| Cle {
        code: code.to_owned(),
        libelle,
        aide,
        genre: Genre::Texte(max),
    };
    let liens = |connus: &[(&'static str, &'static str, &'static str)]| {
        connus
            .iter()
            .map(|&(variable, libelle, aide)| Cle {
                code: variable.to_lowercase(),
                libelle,
                aide,
                genre: Genre::Adresse,
            })
            .collect()
    };
    vec![
        Groupe {
            ancre: "message-a-tous",
            titre: "Bandeau",
            cles: vec![texte(
                BANDEAU,
                "Message à tous",
                "En tête de chaque page, pour un incident ou une interruption. Vide\u{202F}: pas de bandeau.",
                300,
            )],
        },
        Groupe {
            ancre: "mentions",
            titre: "Mentions légales",
            cles: vec![
                texte(
                    "publication_director",
                    "Directeur de la publication",
                    "",
                    200,
                ),
                texte("hosting_provider", "Hébergeur", "", 300),
                texte(
                    "operator_contact",
                    "Contact de l’exploitant",
                    "Une adresse ou un téléphone, tels qu’ils seront montrés.",
                    200,
                ),
            ],
        },
        Groupe {
            ancre: "liens",
            titre: "Aide hors du portail",
            cles: liens(&AIDE),
        },
        Groupe {
            ancre: "domaines",
            titre: "Autres domaines",
            cles: liens(&DOMAINES),
        },
    ]
}

const BANDEAU: &str = "bandeau";

/// An espace that lives in another application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EspaceExterieur {
    pub code: String,
    pub nom: String,
    pub adresse: String,
}

/// The values in force.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Parametres {
    pub bandeau: Option<String>,
    pub directeur_publication: Option<String>,
    pub hebergeur: Option<String>,
    pub contact: Option<String>,
    pub aide: Vec<LienExterieur>,
    pub domaines: Vec<LienExterieur>,
    /// In the order of the menu.
    pub espaces: Vec<EspaceExterieur>,
}

impl Parametres {
    /// Before the database was read: what the operator configured.
    pub fn de_depart(config: &Config) -> Self {
        Self::avec(config, &BTreeMap::new(), Vec::new())
    }

    fn avec(
        config: &Config,
        valeurs: &BTreeMap<String, String>,
        espaces: Vec<EspaceExterieur>,
    ) -> Self {
        let texte = |cle: &str, depart: &Option<String>| {
            valeurs.get(cle).cloned().or_else(|| depart.clone())
        };
        let liens = |connus: &[(&'static str, &'static str, &'static str)],
                     depart: &[LienExterieur]| {
            connus
                .iter()
                .filter_map(|&(variable, libelle, objet)| {
                    let pose = valeurs.get(&variable.to_lowercase()).cloned();
                    let configure = depart.iter().find(|l| l.libelle == libelle);
                    let href = pose.or_else(|| configure.map(|l| l.href.clone()))?;
                    Some(LienExterieur {
                        libelle,
                        objet,
                        href,
                    })
                })
                .collect()
        };
        Self {
            bandeau: valeurs.get(BANDEAU).cloned(),
            directeur_publication: texte("publication_director", &config.directeur_publication),
            hebergeur: texte("hosting_provider", &config.hebergeur),
            contact: texte("operator_contact", &config.contact),
            aide: liens(&AIDE, &config.aide),
            domaines: liens(&DOMAINES, &config.domaines),
            espaces,
        }
    }

    /// Reads those of the database over those of the configuration.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn lire(db: &PgPool, config: &Config) -> sqlx::Result<Self> {
        let valeurs = sqlx::query!("select cle, valeur from parametres")
            .fetch_all(db)
            .await?
            .into_iter()
            .map(|l| (l.cle, l.valeur))
            .collect();
        let espaces = sqlx::query!("select code, nom, adresse from espaces order by ordre, code")
            .fetch_all(db)
            .await?
            .into_iter()
            .filter_map(|l| {
                let adresse = l
                    .adresse
                    .or_else(|| config.espaces.get(l.code.as_str()).cloned())?;
                Some(EspaceExterieur {
                    code: l.code,
                    nom: l.nom,
                    adresse,
                })
            })
            .collect();
        Ok(Self::avec(config, &valeurs, espaces))
    }

    /// Where this espace lives, when it lives elsewhere.
    pub fn adresse_de(&self, espace: &str) -> Option<&str> {
        self.espaces
            .iter()
            .find(|e| e.code == espace)
            .map(|e| e.adresse.as_str())
    }
}

/// Reads them again every [`FRAICHEUR`] until `arret`; a failure is logged, and what was known stays.
pub async fn suivre(app: &App, arret: &CancellationToken) {
    while !arret.is_cancelled() {
        if let Err(erreur) = en_temps(app.relire_les_parametres()).await {
            tracing::warn!(%erreur, "parameters");
        }
        tokio::select! {
            () = arret.cancelled() => {}
            () = tokio::time::sleep(FRAICHEUR) => {}
        }
    }
}
