//! « Sélectionner un gestionnaire principal »: the second step of a GP's departure (seeds 000 §3, 001 §10), and of the deactivation of
//! his account (seed 001 §10 B).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::but::But;
use super::transfert::designer;
use super::{MES_RATTACHEMENTS, adresse, decouper, joindre, paires, valeurs};
use crate::App;
use crate::acces::{Connecte, Page};
use crate::db::{StructureId, en_transaction};
use crate::mon_compte::choix::{self, Candidat, Candidats, LigneQuittee};
use crate::rattachements::{self, Ligne, Succession};
use crate::web::{self, Erreur, Erreurs, Formulaire, MotDePasse, Requete};

/// A structure that needs a successor, with what is chosen for it.
struct Geree {
    id: StructureId,
    identifiant: String,
    raison_sociale: String,
    active: bool,
    pigp: bool,
    candidats: Candidats,
    choix: String,
    identifiant_saisi: String,
}

impl Geree {
    fn ancre(&self) -> String {
        format!("structure-{}", self.id)
    }

    pub(super) fn champ_choix(&self) -> String {
        champ_choix(self.id)
    }

    fn champ_identifiant(&self) -> String {
        champ_identifiant(self.id)
    }

    fn aide_identifiant(&self) -> &'static str {
        choix::aide_identifiant(self.pigp)
    }

    fn choisit(&self, candidat: &Candidat) -> bool {
        self.choix == candidat.id.to_string()
    }
}

pub(super) fn champ_choix(structure: StructureId) -> String {
    format!("c-{structure}")
}

fn champ_identifiant(structure: StructureId) -> String {
    format!("s-{structure}")
}

/// The form as typed. Its fields are named after structures: `mode`, `s`, then `c-{structure}` and `s-{structure}`.
#[derive(Default)]
pub(super) struct SaisieSuccession {
    but: But,
    mode: String,
    commun: String,
    pub lignes: Vec<Ligne>,
    /// Of a deactivation.
    pub mot_de_passe: MotDePasse,
    /// Structures the page showed.
    structures: Vec<StructureId>,
    parametres: HashMap<String, String>,
}

impl SaisieSuccession {
    pub fn lire(but: But, champs: Vec<(String, String)>) -> Result<Self, Erreur> {
        let mut saisie = Self {
            but,
            ..Self::default()
        };
        let mut vus = BTreeSet::new();
        for (cle, valeur) in champs {
            if !vus.insert(cle.clone()) {
                return Err(inattendu());
            }
            match cle.as_str() {
                "mode" => saisie.mode = valeur,
                "s" => saisie.commun = valeur,
                "l" => saisie.lignes = decouper(&valeur)?,
                "g" => saisie.structures = decouper(&valeur)?,
                "mot_de_passe" if but == But::Desactivation => {
                    saisie.mot_de_passe = MotDePasse::new(&valeur);
                }
                autre if autre.starts_with("c-") || autre.starts_with("s-") => {
                    saisie.parametres.insert(cle, valeur);
                }
                _ => return Err(inattendu()),
            }
        }
        Ok(saisie)
    }

    /// From the address: what the search brought back.
    pub fn de_la_requete(but: But, requete: &Requete, lignes: Vec<Ligne>) -> Self {
        Self {
            but,
            mode: requete.valeur("mode").to_owned(),
            commun: requete.valeur("s").to_owned(),
            lignes,
            parametres: requete.autres(&["l", "mode", "s"]).into_iter().collect(),
            ..Self::default()
        }
    }

    fn valeur(&self, cle: &str) -> &str {
        self.parametres.get(cle).map_or("", String::as_str)
    }

    /// One field for all: that is where the person looks.
    pub fn au_champ_commun(&self, erreur: Erreur) -> Erreur {
        match erreur {
            Erreur::Invalide(erreurs) if self.meme() => {
                Erreur::champ("s", &erreurs.phrases().join(" "))
            }
            autre => autre,
        }
    }

    fn meme(&self) -> bool {
        self.structures.len() > 1 && self.mode != "chacune"
    }
}

pub(super) fn inattendu() -> Erreur {
    Erreur::Invalide(Erreurs::generale(
        "Le formulaire envoyé n’est pas celui de cette page. Rechargez la page et recommencez.",
    ))
}

#[derive(Template)]
#[template(path = "mon_compte/succession.html")]
struct PageSuccession {
    page: Page,
    gerees: Vec<Geree>,
    /// Other lines left at the same time, in one sentence.
    autres: String,
    lignes: String,
    saisie: SaisieSuccession,
    erreurs: Erreurs,
}

impl PageSuccession {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }

    fn erreur(&self, champ: impl AsRef<str>) -> Option<&str> {
        self.erreurs.pour(champ.as_ref())
    }

    fn structures(&self) -> String {
        joindre(&self.gerees.iter().map(|g| g.id).collect::<Vec<_>>())
    }

    /// The search brings back what is already chosen.
    fn vers_la_recherche(&self, structure: StructureId, pour: String) -> String {
        let mut portees = match self.saisie.but {
            But::Depart => paires("l", &self.saisie.lignes),
            But::Desactivation => vec![(But::CLE.to_owned(), "desactivation".to_owned())],
        };
        if !self.saisie.mode.is_empty() {
            portees.push(("mode".to_owned(), self.saisie.mode.clone()));
        }
        if !self.saisie.commun.is_empty() {
            portees.push(("s".to_owned(), self.saisie.commun.clone()));
        }
        for g in &self.gerees {
            if !g.choix.is_empty() {
                portees.push((g.champ_choix(), g.choix.clone()));
            }
            if !g.identifiant_saisi.is_empty() {
                portees.push((g.champ_identifiant(), g.identifiant_saisi.clone()));
            }
        }
        portees.push(("pour".to_owned(), pour));
        adresse(
            &format!("/structures/{structure}/transfert/recherche"),
            &portees,
        )
    }

    fn desactivation(&self) -> bool {
        self.saisie.but == But::Desactivation
    }

    fn recherche(&self, geree: &Geree) -> String {
        self.vers_la_recherche(geree.id, geree.champ_identifiant())
    }

    fn recherche_commune(&self) -> String {
        let premiere = self.gerees.first().map(|g| g.id);
        premiere.map_or_else(String::new, |id| self.vers_la_recherche(id, "s".to_owned()))
    }
}

/// `None` when nothing of it is mine to hand over any more.
async fn construire(
    app: &App,
    connecte: &Connecte,
    page: Page,
    saisie: SaisieSuccession,
) -> Result<Option<PageSuccession>, Erreur> {
    let ids = saisie.lignes.iter().map(|l| l.rattachement).collect();
    let lues: Vec<LigneQuittee> = choix::lignes_a_quitter(app, connecte, &ids)
        .await?
        .into_iter()
        .filter(|l| l.est_gp || saisie.lignes.contains(&l.ligne))
        .collect();
    let (gerees, autres): (Vec<_>, Vec<_>) = lues.into_iter().partition(|l| l.est_gp);
    if gerees.is_empty() {
        return Ok(None);
    }
    let mut structures = Vec::with_capacity(gerees.len());
    for l in gerees {
        let candidats = choix::candidats(app, connecte, l.structure).await?;
        structures.push(Geree {
            id: l.structure,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            active: l.structure_active,
            pigp: l.passe_par_pigp,
            candidats,
            choix: saisie.valeur(&champ_choix(l.structure)).to_owned(),
            identifiant_saisi: saisie.valeur(&champ_identifiant(l.structure)).to_owned(),
        });
    }
    Ok(Some(PageSuccession {
        page,
        gerees: structures,
        autres: autres
            .iter()
            .map(LigneQuittee::objet)
            .collect::<Vec<_>>()
            .join("\u{202F}; "),
        lignes: joindre(&saisie.lignes),
        saisie,
        erreurs: Erreurs::default(),
    }))
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let lignes: Vec<Ligne> = decouper(&valeurs(&requete, "l"))?;
    if lignes.is_empty() {
        return Ok(web::vers(MES_RATTACHEMENTS));
    }
    let saisie = SaisieSuccession::de_la_requete(But::Depart, &requete, lignes);
    montrer(&app, &connecte, page, saisie).await
}

/// The page as it opens; 404 when nothing of it is mine to hand over.
pub(super) async fn montrer(
    app: &App,
    connecte: &Connecte,
    page: Page,
    saisie: SaisieSuccession,
) -> Result<Response, Erreur> {
    match construire(app, connecte, page, saisie).await? {
        Some(gabarit) => web::page(&gabarit),
        None => Err(Erreur::Introuvable),
    }
}

/// The page with its messages, everything typed kept.
pub(super) async fn remontrer(
    app: &App,
    connecte: &Connecte,
    page: Page,
    saisie: SaisieSuccession,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let abandon = saisie.but.abandon();
    match construire(app, connecte, page, saisie).await? {
        Some(mut gabarit) => {
            gabarit.erreurs = erreurs;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        None => Ok(web::vers(abandon)),
    }
}

pub async fn valider(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Formulaire(champs): Formulaire<Vec<(String, String)>>,
) -> Result<Response, Erreur> {
    let saisie = SaisieSuccession::lire(But::Depart, champs)?;
    match essayer(&app, &connecte, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => remontrer(&app, &connecte, page, saisie, erreurs).await,
        Err(autre) => Err(autre),
    }
}

/// Everything is checked here, and again by the act: then to the confirmation window.
async fn essayer(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieSuccession,
) -> Result<String, Erreur> {
    let successions = successions(app, connecte, saisie).await?;
    let structures: Vec<StructureId> = successions.keys().copied().collect();
    en_transaction!(app, |tx| rattachements::verifier_principal(
        tx,
        connecte,
        &structures
    )
    .await)?;
    let mut question = paires("l", &saisie.lignes);
    let unique = successions.values().next().copied();
    match unique {
        // One pair however many structures: the query has so many places.
        Some(Succession::Successeur(id)) if saisie.meme() => {
            question.push(("meme".to_owned(), id.to_string()));
        }
        _ => question.extend(successions.iter().map(|(structure, succession)| {
            let choix = match succession {
                Succession::Successeur(id) => id.to_string(),
                Succession::Desactiver => "desactiver".to_owned(),
            };
            (champ_choix(*structure), choix)
        })),
    }
    Ok(adresse(
        "/mon-compte/rattachements/succession/confirmation",
        &question,
    ))
}

/// What the form says of each structure, every message at its field.
pub(super) async fn successions(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieSuccession,
) -> Result<BTreeMap<StructureId, Succession>, Erreur> {
    let mut successions = BTreeMap::new();
    if saisie.structures.is_empty() || saisie.lignes.is_empty() {
        return Err(inattendu());
    }
    if saisie.meme() {
        let id = designer(app, connecte, ("s", "autre"), ("s", &saisie.commun)).await?;
        for structure in &saisie.structures {
            successions.insert(*structure, Succession::Successeur(id));
        }
        return Ok(successions);
    }
    let mut erreurs = Erreurs::default();
    for structure in &saisie.structures {
        let (c, s) = (champ_choix(*structure), champ_identifiant(*structure));
        let choix = saisie.valeur(&c);
        let succession = if choix == "desactiver" {
            Succession::Desactiver
        } else {
            match designer(app, connecte, (&c, choix), (&s, saisie.valeur(&s))).await {
                Ok(id) => Succession::Successeur(id),
                Err(Erreur::Invalide(autres)) => {
                    for (champ, phrase) in autres.champs() {
                        erreurs.ajouter(champ, phrase);
                    }
                    continue;
                }
                Err(autre) => return Err(autre),
            }
        };
        successions.insert(*structure, succession);
    }
    erreurs.verdict()?;
    Ok(successions)
}
