//! Reading the historique: block D of « Activités du gestionnaire », its detail and its export (R-GEST-HISTORIQUE).
//!
//! The rule of who sees which line, written once in the view `historique_visible`: the lines of the structures where I hold a capability.
//! Where my rattachement is limited to services, only those I signed, and those about a request or a person that lie
//! wholly within my services: neither the request nor the rattachement of the person names another service or the whole
//! structure. A line about the structure itself is for its structure-wide gestionnaires.

mod detail;
mod fichier;
mod liste;

use uuid::Uuid;

pub use detail::{DetailHistorique, detail};
pub use fichier::tranche;
pub use liste::{Actions, lignes};

use super::{Action, Details};
use crate::App;
use crate::acces::{Portee, ToutGestionnaire};
use crate::db::Temps;
use crate::web::{EnCsv, Erreur, Requete, texte};

/// Columns that block D sorts by.
pub const TRIS: [&str; 3] = ["date", "demandeur", "structure"];

/// Filters besides the search: what was done, and when.
#[derive(Clone, Default, Debug)]
pub struct Filtre {
    pub recherche: String,
    pub action: Option<Action>,
    /// First and last day, in Paris, both included.
    pub du: Option<time::Date>,
    pub au: Option<time::Date>,
}

impl Filtre {
    /// From the keys of the block (`h.q`, `h.action`, `h.du`, `h.au`); what makes no sense filters nothing.
    pub fn lire(requete: &Requete, prefixe: &str) -> Self {
        let valeur = |cle: &str| requete.valeur(&format!("{prefixe}.{cle}"));
        Self {
            recherche: texte::ligne(valeur("q"), 100).unwrap_or_default(),
            action: Action::lire(valeur("action")),
            du: texte::jour(valeur("du")).ok(),
            au: texte::jour(valeur("au")).ok(),
        }
    }

    pub fn est_vide(&self) -> bool {
        self.recherche.is_empty() && self.action.is_none() && self.du.is_none() && self.au.is_none()
    }
}

/// The structures and the persons that the search names, among those of the reader's lines; `None` without a search.
#[derive(Default)]
pub struct Trouves {
    structures: Option<Vec<Uuid>>,
    personnes: Option<Vec<Uuid>>,
}

impl Filtre {
    /// Read once for an export: its slices are then found by their ids, without their names. The same rule as
    /// `page_historique`, which reads the newest lines once.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn trouves(
        &self,
        app: &App,
        portee: &Portee<ToutGestionnaire>,
    ) -> Result<Trouves, Erreur> {
        if self.recherche.is_empty() {
            return Ok(Trouves::default());
        }
        let trouves = sqlx::query!(
            r#"with lecteur as materialized (
                 select r.structure_id, r.maille_structure from rattachements_effectifs r
                 where r.utilisateur_id = $1 and r.capacites <> '{}'),
               lues as materialized (
                 select h.concerne_id, h.acteur_id from lecteur g join historique h on h.structure_id = g.structure_id
                 where g.maille_structure
                 union
                 select h.concerne_id, h.acteur_id from historique_visible h
                 where h.lecteur_id = $1
                   and h.structure_id = any (array(select g.structure_id from lecteur g where not g.maille_structure)))
               select array(select s.id from lecteur g join structures s on s.id = g.structure_id
                            where s.identifiant = replace($2, ' ', '')
                               or s.cle_recherche like '%' || nullif((select cle_recherche($2)), '') || '%') as "structures!",
                      array(select u.id from utilisateurs u
                            where u.id in (select l.concerne_id from lues l union select l.acteur_id from lues l)
                              and repond_au_nom(u.cle_recherche, (select cle_recherche($2)))) as "personnes!""#,
            portee.id().0,
            self.recherche
        )
        .fetch_one(&app.db)
        .await?;
        Ok(Trouves {
            structures: Some(trouves.structures),
            personnes: Some(trouves.personnes),
        })
    }
}

/// A line of « Historique ».
pub struct LigneHistorique {
    pub id: Uuid,
    pub date: Temps,
    /// The person concerned; of an act on the structure itself, its author.
    pub demandeur: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub action: Action,
    /// Who did it: a person, or « Système ».
    pub acteur: String,
    pub motif: String,
    pub commentaire: String,
}

impl LigneHistorique {
    /// Column « Commentaires »: what was done, and who decided (seed 001 §12).
    pub fn par(&self) -> String {
        format!("par {}", self.acteur)
    }
}

impl EnCsv for LigneHistorique {
    const ENTETES: &'static [&'static str] = &[
        "Date",
        "Demandeur",
        "Identifiant structure",
        "Raison sociale",
        "Commentaires",
        "Par",
        "Motif",
        "Commentaire",
    ];

    fn cellules(&self) -> Vec<String> {
        vec![
            self.date.iso().to_owned(),
            self.demandeur.clone(),
            self.identifiant.clone(),
            self.raison_sociale.clone(),
            self.action.libelle().to_owned(),
            self.acteur.clone(),
            self.motif.clone(),
            self.commentaire.clone(),
        ]
    }
}

/// A line whose action this version does not know is left out rather than shown wrong.
struct Brute {
    id: Uuid,
    date: Temps,
    action: String,
    concerne: Option<String>,
    acteur: Option<String>,
    acteur_genre: String,
    identifiant: String,
    raison_sociale: String,
    donnees: Option<String>,
}

/// Data blanked by an erasure read as empty.
fn details(donnees: Option<&str>) -> Details {
    donnees
        .and_then(|d| serde_json::from_str(d).ok())
        .unwrap_or_default()
}

/// The name at the time, else the one the account has now.
fn nom(alors: String, maintenant: Option<String>) -> String {
    if alors.is_empty() {
        maintenant.unwrap_or_default()
    } else {
        alors
    }
}

fn signataire(details: &Details, genre: &str, maintenant: Option<String>) -> String {
    let nom = nom(details.acteur.clone(), maintenant);
    match (genre, nom.is_empty()) {
        ("systeme", _) => "Système".to_owned(),
        (_, true) => "un compte effacé".to_owned(),
        (_, false) => nom,
    }
}

impl Brute {
    fn lire(self) -> Option<LigneHistorique> {
        let details = details(self.donnees.as_deref());
        let acteur = signataire(&details, &self.acteur_genre, self.acteur);
        let concerne = nom(details.concerne, self.concerne);
        Some(LigneHistorique {
            id: self.id,
            date: self.date,
            demandeur: if concerne.is_empty() {
                acteur.clone()
            } else {
                concerne
            },
            identifiant: self.identifiant,
            raison_sociale: self.raison_sociale,
            action: Action::lire(&self.action)?,
            acteur,
            motif: details.motif,
            commentaire: details.commentaire,
        })
    }
}
