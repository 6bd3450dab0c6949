//! Many requests at once: a confirmation that names them, then one result per line (ui/README §1.5, spec §8.7).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::bilan;
use super::liste::{PageActivites, Valideurs};
use super::motif::{self, Motif};
use super::{BLOC_DEMANDES, resume, retour};
use crate::App;
use crate::acces::{
    Message, Page, Portee, ToutGestionnaire, ValiderAbonnements, ValiderRattachements,
};
use crate::db::{DemandeId, en_transaction};
use crate::rattachements::{self, Issue, LOT_MAX, Lot};
use crate::web::{self, Erreur, Erreurs, Formulaire, texte};

/// Names shown by the confirmation; the others are counted.
const NOMS: usize = 10;

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
struct Selection {
    demandes: Vec<DemandeId>,
    /// Requests of the filter beyond the batch.
    reste: i64,
}

impl Selection {
    async fn lire(
        app: &App,
        portee: &Portee<ValiderRattachements>,
        saisie: &SaisieLot,
    ) -> Result<Self, Erreur> {
        if saisie.tout == "1" && saisie.ids.is_empty() {
            let recherche = texte::ligne(&saisie.q, 100).unwrap_or_default();
            let (mut demandes, total) = rattachements::toutes(app, portee, &recherche).await?;
            demandes.truncate(LOT_MAX);
            let reste = total - i64::try_from(demandes.len()).unwrap_or(total);
            return Ok(Self { demandes, reste });
        }
        let cochees = saisie.id.iter().map(String::as_str);
        let portees = saisie.ids.split(',').filter(|id| !id.is_empty());
        let mut demandes: Vec<DemandeId> = Vec::new();
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
        Ok(Self { demandes, reste: 0 })
    }

    fn en_champ(&self) -> String {
        let ids: Vec<String> = self.demandes.iter().map(ToString::to_string).collect();
        ids.join(",")
    }
}

#[derive(Template)]
#[template(path = "activites/lot.html")]
struct PageLot {
    page: Page,
    valide: bool,
    nombre: usize,
    ids: String,
    noms: Vec<String>,
    autres: usize,
    deja: usize,
    introuvables: usize,
    reste: i64,
    motif: Motif,
    erreurs: Erreurs,
    retour: String,
}

impl PageLot {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn combien(&self) -> String {
        texte::accord(self.nombre, "demande", "demandes")
    }

    fn verbe(&self) -> &'static str {
        if self.valide { "Valider" } else { "Refuser" }
    }

    fn style(&self) -> &'static str {
        if self.valide { "" } else { "danger" }
    }

    fn titre(&self) -> String {
        if self.valide {
            format!("Valider {} de rattachement ?", self.combien())
        } else {
            "Confirmation du refus des demandes de rattachement".to_owned()
        }
    }

    /// Sentences that say what this batch leaves aside.
    fn reserves(&self) -> Vec<String> {
        let mut phrases = Vec::new();
        if self.reste > 0 {
            let reste = usize::try_from(self.reste).unwrap_or_default();
            phrases.push(format!(
                "Un lot compte 500 demandes au plus : ce sont les 500 plus anciennes. {} encore {} ensuite.",
                texte::accord(reste, "autre restera", "autres resteront"),
                if reste > 1 { "sélectionnées" } else { "sélectionnée" }
            ));
        }
        if self.deja > 0 {
            phrases.push(format!(
                "{} : rien n’y changera.",
                texte::accord(
                    self.deja,
                    "demande est déjà traitée",
                    "demandes sont déjà traitées"
                )
            ));
        }
        if self.introuvables > 0 {
            phrases.push(format!(
                "{}.",
                texte::accord(
                    self.introuvables,
                    "demande est introuvable",
                    "demandes sont introuvables"
                )
            ));
        }
        phrases
    }
}

/// The confirmation page; 422 when the motive it asks for is missing.
async fn confirmer(
    app: &App,
    portee: &Portee<ValiderRattachements>,
    page: Page,
    saisie: &SaisieLot,
    selection: &Selection,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let choisies = rattachements::choisies(app, portee, &selection.demandes).await?;
    let mut structures: Vec<_> = choisies.iter().map(|c| c.structure).collect();
    structures.sort_unstable();
    structures.dedup();
    let valide = saisie.decision == "valider";
    let motif = if valide {
        Motif::default()
    } else {
        let recents = rattachements::motifs_recents(app, portee, &structures).await?;
        let par = motif::refus_par(portee.personne());
        Motif::new(&saisie.motif, &saisie.modele, recents, par)
    };
    let noms = choisies.iter().take(NOMS);
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageLot {
        page,
        valide,
        nombre: selection.demandes.len(),
        ids: selection.en_champ(),
        noms: noms
            .map(|c| format!("{}, {}", c.demandeur, c.raison_sociale))
            .collect(),
        autres: choisies.len().saturating_sub(NOMS),
        deja: choisies.iter().filter(|c| !c.ouverte).count(),
        introuvables: selection.demandes.len() - choisies.len(),
        reste: selection.reste,
        motif,
        erreurs,
        retour: retour(&saisie.retour).to_owned(),
    };
    web::rendre(statut, &gabarit)
}

/// POST /activites/demandes/lot.
pub async fn decider(
    portee: Portee<ValiderRattachements>,
    gestionnaire: Portee<ToutGestionnaire>,
    abonnements: Option<Portee<ValiderAbonnements>>,
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
    let selection = Selection::lire(&app, &portee, &saisie).await?;
    if selection.demandes.is_empty() {
        let valideurs = Valideurs {
            rattachements: Some(&portee),
            abonnements: abonnements.as_ref(),
        };
        let liste = PageActivites::construire(&app, page, &gestionnaire, valideurs, &ici).await?;
        return liste.refuser(BLOC_DEMANDES, "Cochez au moins une demande.");
    }
    if saisie.confirme != "1" {
        let erreurs = Erreurs::default();
        return confirmer(&app, &portee, page, &saisie, &selection, erreurs).await;
    }
    let lot = if saisie.decision == "valider" {
        Lot::Valider
    } else {
        match motif::lire(&saisie.motif, &saisie.modele) {
            Ok(motif) => Lot::Refuser { motif },
            Err(erreurs) => {
                return confirmer(&app, &portee, page, &saisie, &selection, erreurs).await;
            }
        }
    };
    let issues = en_transaction!(&app, |tx| {
        rattachements::decider_en_lot(tx, &portee, &selection.demandes, &lot).await
    })?;
    // Beyond 500 the rest stays selected; otherwise the selection is used up.
    let tout = if saisie.tout == "1" { "1" } else { "" };
    let vers = format!("{}#{BLOC_DEMANDES}", ici.avec(&[("dr.tout", tout)]));
    let vers = bilan(&lot, issues)
        .et_aller(&app, Some(portee.id()), &vers)
        .await?;
    Ok(web::vers(&vers))
}

fn bilan(lot: &Lot, issues: Vec<Issue>) -> Message {
    let faites = match lot {
        Lot::Valider => ("demande validée", "demandes validées", "validée"),
        Lot::Refuser { .. } => ("demande refusée", "demandes refusées", "refusée"),
    };
    let resultats: Vec<_> = issues.into_iter().map(|i| (i.libelle, i.faite)).collect();
    bilan::bilan(faites, &resultats)
}
