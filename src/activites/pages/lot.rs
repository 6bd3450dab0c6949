//! Many requests at once, of either kind: a confirmation that says line by line what will happen, then one result per line
//! (ui/README §1.5, spec §8.7, §13).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::bilan;
use super::liste::{PageActivites, Valideurs};
use super::motif::{self, Motif};
use super::{resume, retour};
use crate::App;
use crate::acces::{Page, Portee};
use crate::activites::file;
use crate::activites::genre::{Genre, Mots};
use crate::db::en_transaction;
use crate::decisions;
use crate::structures::{LOT_MAX, Lot, Prevision};
use crate::web::{self, Erreur, Erreurs, Formulaire, texte};

/// Lines the confirmation shows at once; the others are folded.
const MONTREES: usize = 10;

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieLot {
    /// Ticked lines.
    id: Vec<String>,
    /// The same, carried by the confirmation.
    ids: String,
    /// « valider » or « refuser ».
    decision: String,
    confirme: String,
    /// Every request of the filter `q`.
    tout: String,
    q: String,
    modele: String,
    motif: String,
    retour: String,
}

/// What is decided: which requests, and whether some of the filter stay for another time.
struct Selection<D> {
    demandes: Vec<D>,
    /// Requests of the filter beyond the batch.
    reste: i64,
}

impl SaisieLot {
    async fn selection<G: Genre>(
        &self,
        app: &App,
        portee: &Portee<G::Capacite>,
    ) -> Result<Selection<G::Id>, Erreur> {
        if self.tout == "1" && self.ids.is_empty() {
            let recherche = texte::ligne(&self.q, 100).unwrap_or_default();
            let (mut demandes, total) = file::toutes::<G>(app, portee, &recherche).await?;
            demandes.truncate(LOT_MAX);
            let reste = total - i64::try_from(demandes.len()).unwrap_or(total);
            return Ok(Selection { demandes, reste });
        }
        let cochees = self.id.iter().map(String::as_str);
        let portees = self.ids.split(',').filter(|id| !id.is_empty());
        let mut demandes: Vec<G::Id> = Vec::new();
        for id in cochees.chain(portees) {
            let id = id.parse().map_err(|_| {
                Erreur::Invalide(Erreurs::generale(
                    "Une des lignes envoyées n’est pas une demande. Rechargez la page.",
                ))
            })?;
            if !demandes.contains(&id) {
                demandes.push(id);
            }
        }
        if demandes.len() > LOT_MAX {
            return Err(Erreur::Invalide(Erreurs::generale(
                "Un lot compte 500 demandes au plus. Décidez-en 500, puis les suivantes.",
            )));
        }
        Ok(Selection { demandes, reste: 0 })
    }
}

/// A line of the confirmation.
pub struct LignePrevue {
    pub demandeur: String,
    pub structure: String,
    pub objet: String,
    pub effet: String,
    /// False: the line stays as it is, for the reason `effet` gives.
    pub faite: bool,
}

/// The confirmation of a bulk decision, and the window of every refusal.
#[derive(Template)]
#[template(path = "activites/lot.html")]
pub struct PageLot {
    pub page: Page,
    pub mots: &'static Mots,
    pub valide: bool,
    pub titre: String,
    pub bouton: String,
    pub action: String,
    /// Of a bulk decision; empty for one request.
    pub ids: String,
    pub lignes: Vec<LignePrevue>,
    /// « Valider le refus et traiter la suivante »: for one request.
    pub suite: bool,
    pub reserves: Vec<String>,
    pub reste: bool,
    pub motif: Motif,
    pub erreurs: Erreurs,
    pub annuler: String,
    pub retour: String,
}

impl PageLot {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn style(&self) -> &'static str {
        if self.valide { "" } else { "danger" }
    }

    fn montrees(&self) -> &[LignePrevue] {
        &self.lignes[..self.lignes.len().min(MONTREES)]
    }

    fn autres(&self) -> &[LignePrevue] {
        &self.lignes[self.lignes.len().min(MONTREES)..]
    }

    fn autres_en_mots(&self) -> String {
        let autres = self.autres().len();
        format!(
            "et {}",
            texte::accord(autres, "autre demande", "autres demandes")
        )
    }

    fn plusieurs(&self) -> bool {
        self.lignes.len() > 1
    }

    /// 422 when the motif it asks for is missing.
    pub fn repondre(&self) -> Result<Response, Erreur> {
        let statut = if self.erreurs.est_vide() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        web::rendre(statut, self)
    }
}

impl<D> From<Prevision<D>> for LignePrevue {
    fn from(p: Prevision<D>) -> Self {
        let faite = p.effet.is_ok();
        Self {
            demandeur: p.demandeur,
            structure: p.raison_sociale,
            objet: p.objet,
            effet: p.effet.unwrap_or_else(|raison| raison),
            faite,
        }
    }
}

/// What this batch leaves aside, in sentences.
fn reserves(reste: i64, lignes: &[LignePrevue]) -> Vec<String> {
    let mut phrases = Vec::new();
    if reste > 0 {
        let reste = usize::try_from(reste).unwrap_or_default();
        phrases.push(format!(
            "Un lot compte 500 demandes au plus : ce sont les 500 plus anciennes. {} encore {} ensuite.",
            texte::accord(reste, "autre restera", "autres resteront"),
            if reste > 1 { "sélectionnées" } else { "sélectionnée" }
        ));
    }
    let restees = lignes.iter().filter(|l| !l.faite).count();
    if restees > 0 {
        phrases.push(format!(
            "{} comme avant : la raison est à chaque ligne.",
            texte::accord(restees, "demande restera", "demandes resteront")
        ));
    }
    phrases
}

/// The confirmation page; 422 when the motive it asks for is missing.
async fn confirmer<G: Genre>(
    app: &App,
    portee: &Portee<G::Capacite>,
    page: Page,
    saisie: &SaisieLot,
    selection: &Selection<G::Id>,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let valide = saisie.decision == "valider";
    let lot = if valide {
        Lot::Valider
    } else {
        Lot::Refuser {
            motif: String::new(),
        }
    };
    let previsions = en_transaction!(app, |tx| {
        decisions::prevoir_en_lot::<G>(tx, portee, &selection.demandes, &lot).await
    })?;
    let mut structures: Vec<_> = previsions.iter().filter_map(|p| p.structure).collect();
    structures.sort_unstable();
    structures.dedup();
    let motif = if valide {
        Motif::default()
    } else {
        let recents = file::motifs_recents::<G>(app, portee, &structures).await?;
        let par = motif::refus_par(portee.personne());
        Motif::new(
            G::mots().motifs,
            &saisie.motif,
            &saisie.modele,
            recents,
            par,
        )
    };
    let mots = G::mots();
    let combien = texte::accord(selection.demandes.len(), "demande", "demandes");
    let lignes: Vec<LignePrevue> = previsions.into_iter().map(LignePrevue::from).collect();
    let verbe = if valide { "Valider" } else { "Refuser" };
    let ids: Vec<String> = selection.demandes.iter().map(ToString::to_string).collect();
    let retour = retour(&saisie.retour).to_owned();
    let gabarit = PageLot {
        page,
        mots,
        valide,
        titre: if valide {
            format!("Valider {combien} {} ?", mots.de_quoi)
        } else if lignes.len() > 1 {
            mots.confirmation_refus.1.to_owned()
        } else {
            mots.confirmation_refus.0.to_owned()
        },
        bouton: format!("{verbe} {combien}"),
        action: format!("{}/lot", mots.chemin),
        ids: ids.join(","),
        reserves: reserves(selection.reste, &lignes),
        reste: selection.reste > 0,
        lignes,
        suite: false,
        motif,
        erreurs,
        annuler: retour.clone(),
        retour,
    };
    gabarit.repondre()
}

/// POST /activites/{demandes|abonnements}/lot.
pub async fn decider<G: Genre>(
    portee: Portee<G::Capacite>,
    valideurs: Valideurs,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieLot>,
) -> Result<Response, Erreur> {
    let ici = bilan::liste_quittee(&saisie.retour);
    if !matches!(saisie.decision.as_str(), "valider" | "refuser") {
        return Err(Erreur::Invalide(Erreurs::generale(
            "Choisissez « Valider la sélection » ou « Refuser la sélection ».",
        )));
    }
    let selection = saisie.selection::<G>(&app, &portee).await?;
    if selection.demandes.is_empty() {
        let liste = PageActivites::construire(&app, page, &valideurs, &ici).await?;
        return liste.refuser(G::mots().ancre, "Cochez au moins une demande.");
    }
    if saisie.confirme != "1" {
        let erreurs = Erreurs::default();
        return confirmer::<G>(&app, &portee, page, &saisie, &selection, erreurs).await;
    }
    let lot = if saisie.decision == "valider" {
        Lot::Valider
    } else {
        match motif::lire(&saisie.motif, &saisie.modele) {
            Ok(motif) => Lot::Refuser { motif },
            Err(erreurs) => {
                return confirmer::<G>(&app, &portee, page, &saisie, &selection, erreurs).await;
            }
        }
    };
    let decidees = en_transaction!(&app, |tx| {
        decisions::decider_en_lot::<G>(tx, &portee, &selection.demandes, &lot).await
    })?;
    // Beyond 500 the rest stays selected; otherwise the selection is used up.
    let tout = if saisie.tout == "1" { "1" } else { "" };
    let mots = G::mots();
    let vers = ici.avec(&[(&format!("{}.tout", mots.prefixe), tout)]);
    let vers = format!("{vers}#{}", mots.ancre);
    let vers = bilan::decidees(mots, &lot, decidees, retour(&saisie.retour))
        .et_aller(&app, Some(portee.id()), &vers)
        .await?;
    Ok(web::vers(&vers))
}
