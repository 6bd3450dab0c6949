//! The CSV import of the services of one structure: read, compared, shown, then applied exactly as shown.
//!
//! The file wins over what was entered here, value by value; a service absent from it is left alone; the same file twice
//! changes nothing the second time.

use std::collections::HashMap;

use sqlx::PgExecutor;
use time::Date;

use super::actes::{self, Ecrit};
use super::saisie::Voulu;
use crate::App;
use crate::acces::{Connecte, GererStructure, Gestion, StructureVue};
use crate::db::{ServiceId, StructureId, Tx};
use crate::historique::{self, Action, Changement};
use crate::imports::{self, Rejet, ServiceLu};
use crate::structures::{gerer, structure_entiere};
use crate::web::{self, Erreur};

/// Lines of a file at most, the header apart.
pub const LIGNES_MAX: usize = 500;

/// What becomes of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Issue {
    Creation,
    Modification,
    Inchangee,
    Rejetee,
}

impl Issue {
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Creation => "Création",
            Self::Modification => "Modification",
            Self::Inchangee => "Inchangée",
            Self::Rejetee => "Rejetée",
        }
    }

    pub fn genre(self) -> &'static str {
        match self {
            Self::Creation => "succes",
            Self::Modification => "attente",
            Self::Inchangee => "neutre",
            Self::Rejetee => "erreur",
        }
    }
}

/// A line of the file, and what it does.
#[derive(Debug)]
pub struct Ligne {
    /// Physical line; the header is line 1.
    pub numero: u64,
    pub code: String,
    pub libelle: String,
    pub issue: Issue,
    pub changements: Vec<Changement>,
    /// Of a rejected line.
    pub raison: String,
    effet: Option<Effet>,
}

#[derive(Debug)]
struct Effet {
    avant: Option<Ecrit>,
    voulu: Voulu,
    actif: bool,
}

/// The exact difference between a file and the services of a structure.
#[derive(Debug)]
pub struct Analyse {
    pub lignes: Vec<Ligne>,
}

impl Analyse {
    pub fn compte(&self, issue: Issue) -> usize {
        self.lignes.iter().filter(|l| l.issue == issue).count()
    }

    /// Is there anything to apply?
    pub fn applicable(&self) -> bool {
        self.compte(Issue::Creation) + self.compte(Issue::Modification) > 0
    }

    /// Names this very difference: what is applied is what was shown.
    pub fn empreinte(&self) -> String {
        let lignes = self.lignes.iter();
        web::empreinte(lignes.map(|l| format!("{}|{:?}|{:?}", l.code, l.issue, l.changements)))
    }
}

/// The lines of a file, as uploaded or pasted.
fn lire(texte: &str) -> Result<Vec<Result<ServiceLu, Rejet>>, Erreur> {
    let refus = |phrase: &str| Erreur::champ("texte", phrase);
    if texte.trim().is_empty() {
        return Err(refus("Choisissez un fichier ou collez ses lignes."));
    }
    let lignes =
        imports::lignes_deposees::<ServiceLu>(texte, LIGNES_MAX, false).map_err(|e| refus(&e))?;
    Ok(lignes.into_iter().map(|l| l.map(desamorcer)).collect())
}

/// Our CSV puts an apostrophe before what a spreadsheet would run: a file that comes back says the same as before.
fn desamorcer(mut lu: ServiceLu) -> ServiceLu {
    fn nu(texte: &mut String) {
        let amorce = texte
            .strip_prefix('\'')
            .filter(|reste| reste.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']));
        if let Some(reste) = amorce {
            *texte = reste.to_owned();
        }
    }
    nu(&mut lu.code);
    nu(&mut lu.libelle);
    if let Some(Some(description)) = &mut lu.description {
        nu(description);
    }
    lu
}

/// Compares a file with the services of the structure: nothing is written.
///
/// # Errors
/// `Invalide` at `texte`: not a file that can be read. `Interdit`: a reach of some services only.
pub async fn analyser(
    app: &App,
    gestion: &Gestion<GererStructure>,
    texte: &str,
) -> Result<Analyse, Erreur> {
    structure_entiere(gestion.droits())?;
    let lignes = lire(texte)?;
    comparer(&app.db, gestion.structure(), lignes).await
}

async fn comparer(
    db: impl PgExecutor<'_>,
    structure: &StructureVue,
    lues: Vec<Result<ServiceLu, Rejet>>,
) -> Result<Analyse, Erreur> {
    let codes: Vec<String> = lues.iter().flatten().map(|l| l.code.clone()).collect();
    let existants = sqlx::query!(
        r#"select aujourdhui() as "aujourdhui!", s.id as "id?: ServiceId", s.code as "code?", s.libelle as "libelle?",
                  s.description, s.engagement_obligatoire as "engagement_obligatoire?", s.actif as "actif?",
                  date_trunc('second', s.date_debut at time zone 'Europe/Paris') as debut,
                  ((s.date_fin - interval '1 microsecond') at time zone 'Europe/Paris')::date as dernier_jour
           from (select) unique_ligne left join services s on s.structure_id = $1 and s.code = any ($2)"#,
        structure.id.0,
        &codes
    )
    .fetch_all(db)
    .await?;
    let aujourdhui = existants
        .first()
        .map(|e| e.aujourdhui)
        .ok_or(Erreur::Introuvable)?;
    let mut existants: HashMap<String, Ecrit> = existants
        .into_iter()
        .filter_map(|e| {
            let ecrit = Ecrit {
                id: e.id?,
                code: e.code?,
                libelle: e.libelle?,
                description: e.description,
                engagement_obligatoire: e.engagement_obligatoire?,
                actif: e.actif?,
                debut: e.debut?,
                dernier_jour: e.dernier_jour,
            };
            Some((ecrit.code.clone(), ecrit))
        })
        .collect();
    let mut vues: HashMap<String, u64> = HashMap::new();
    let lignes = lues
        .into_iter()
        .map(|lue| match lue {
            Err(rejet) => rejeter(rejet.ligne, String::new(), String::new(), rejet.raison),
            Ok(lu) => {
                if let Some(premiere) = vues.insert(lu.code.clone(), lu.ligne) {
                    vues.insert(lu.code.clone(), premiere);
                    let raison = format!("Code déjà présent à la ligne {premiere}.");
                    return rejeter(lu.ligne, lu.code, lu.libelle, raison);
                }
                let avant = existants.remove(&lu.code);
                juger(structure, lu, avant, aujourdhui)
            }
        })
        .collect();
    Ok(Analyse { lignes })
}

fn rejeter(numero: u64, code: String, libelle: String, raison: String) -> Ligne {
    Ligne {
        numero,
        code,
        libelle,
        issue: Issue::Rejetee,
        changements: Vec::new(),
        raison,
        effet: None,
    }
}

fn juger(structure: &StructureVue, lu: ServiceLu, avant: Option<Ecrit>, aujourdhui: Date) -> Ligne {
    let minuit = |jour: Date| jour.with_time(time::Time::MIDNIGHT);
    // A file has days only: the hour stays where the day is the same.
    let debut = match (lu.debut, &avant) {
        (Some(jour), Some(a)) if jour == a.debut.date() => a.debut,
        (Some(jour), _) => minuit(jour),
        (None, Some(a)) => a.debut,
        (None, None) => minuit(aujourdhui),
    };
    let voulu = Voulu {
        libelle: lu.libelle.clone(),
        description: lu
            .description
            .unwrap_or_else(|| avant.as_ref().and_then(|a| a.description.clone())),
        debut,
        dernier_jour: lu
            .dernier_jour
            .unwrap_or_else(|| avant.as_ref().and_then(|a| a.dernier_jour)),
        engagement_obligatoire: lu
            .engagement_obligatoire
            .unwrap_or_else(|| avant.as_ref().is_some_and(|a| a.engagement_obligatoire)),
    };
    let actif = lu
        .actif
        .unwrap_or_else(|| avant.as_ref().is_none_or(|a| a.actif));
    if voulu.engagement_obligatoire && !structure.publique {
        let raison =
            "EngagementObligatoire\u{202F}: seule une structure publique peut l’exiger.".to_owned();
        return rejeter(lu.ligne, lu.code, lu.libelle, raison);
    }
    if voulu
        .dernier_jour
        .is_some_and(|fin| fin < voulu.debut.date())
    {
        let raison = "DateFin\u{202F}: avant la date de début.".to_owned();
        return rejeter(lu.ligne, lu.code, lu.libelle, raison);
    }
    let mot = |actif| if actif { "Actif" } else { "Désactivé" };
    let (issue, changements) = match &avant {
        None => {
            let mut changements = actes::en_creant(&voulu);
            if !actif {
                changements.push(Changement::new("Statut", "", mot(actif)));
            }
            (Issue::Creation, changements)
        }
        Some(a) => {
            let mut changements = a.changements(&voulu);
            if a.actif != actif {
                changements.push(Changement::new("Statut", mot(a.actif), mot(actif)));
            }
            let issue = if changements.is_empty() {
                Issue::Inchangee
            } else {
                Issue::Modification
            };
            (issue, changements)
        }
    };
    Ligne {
        numero: lu.ligne,
        code: lu.code,
        libelle: lu.libelle,
        issue,
        changements,
        raison: String::new(),
        effet: Some(Effet {
            avant,
            voulu,
            actif,
        }),
    }
}

/// What the application of a file did.
pub enum Application {
    Faite(Analyse),
    /// The services have changed since the difference was shown: nothing was done.
    Perimee,
}

/// Applies the difference that was shown, named by its `empreinte`: one line of the historique per service created or
/// modified; rejected lines are left out.
///
/// # Errors
/// As [`analyser`], under the lock of the structure.
pub async fn appliquer(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    texte: &str,
    empreinte: &str,
) -> Result<Application, Erreur> {
    let (vue, lien) = gerer(tx, auteur, structure).await?;
    structure_entiere(&lien.droits)?;
    let analyse = comparer(&mut **tx, &vue, lire(texte)?).await?;
    if analyse.empreinte() != empreinte {
        return Ok(Application::Perimee);
    }
    let mut entrees = Vec::new();
    for ligne in &analyse.lignes {
        let Some(effet) = &ligne.effet else { continue };
        let action = match (&effet.avant, ligne.issue) {
            (None, _) => {
                actes::inserer(tx, structure, &ligne.code, &effet.voulu, effet.actif).await?;
                Action::ServiceCree
            }
            (Some(avant), Issue::Modification) => {
                actes::ecrire(tx, avant, &effet.voulu, effet.actif).await?;
                Action::ServiceModifie
            }
            (Some(_), _) => continue,
        };
        let mut entree = actes::entree(
            auteur,
            structure,
            action,
            &ligne.code,
            ligne.changements.clone(),
        );
        entree.details.commentaire.push_str(" (import CSV)");
        entrees.push(entree);
    }
    if !entrees.is_empty() {
        historique::noter_plusieurs(tx, auteur, entrees).await?;
    }
    Ok(Application::Faite(analyse))
}
