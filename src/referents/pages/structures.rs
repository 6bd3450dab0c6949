//! « Structures et PIGP »: which public structures have their accounts created by the référent.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{lire_le_motif, lire_le_siret};
use crate::App;
use crate::acces::{Message, Page};
use crate::db::{StructureId, en_transaction};
use crate::identifiants::Siret;
use crate::referents::guichet::Gardien;
use crate::referents::structures::{self, Reglable};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieReglage {
    structure: String,
    siret: String,
    passe: String,
    motif: String,
}

#[derive(Template)]
#[template(path = "referents/structures.html")]
struct PageStructures {
    page: Page,
    saisie: SaisieReglage,
    erreurs: Erreurs,
    /// `Some(None)`: none of his has this SIRET.
    trouvee: Option<Option<Reglable>>,
    chemin: &'static str,
    racine: &'static str,
    nom: &'static str,
    partout: bool,
}

impl PageStructures {
    fn oui(passe: &bool) -> &'static str {
        if *passe { "Oui" } else { "Non" }
    }

    fn statut(active: &bool) -> &'static str {
        if *active { "Active" } else { "Inactive" }
    }

    /// What was typed, else what is.
    fn choisi(&self, passe: &bool) -> &str {
        match (self.saisie.passe.as_str(), passe) {
            ("", true) => "oui",
            ("", false) => "non",
            (saisi, _) => saisi,
        }
    }

    fn absente(&self) -> &'static str {
        if self.partout {
            "Aucune structure publique n’a ce SIRET."
        } else {
            "Aucune structure publique de vos périmètres n’a ce SIRET."
        }
    }

    /// Two fields « siret » on one page have two ids.
    fn prefixe(&self) -> &'static str {
        if self.trouvee.is_some() { "r-" } else { "" }
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn choix(&self) -> [(&'static str, &'static str); 2] {
        [
            ("oui", "Oui\u{202F}: le référent crée les comptes"),
            ("non", "Non\u{202F}: les comptes se créent ici"),
        ]
    }
}

async fn ecran<G: Gardien>(
    app: &App,
    gardien: &G,
    page: Page,
    (saisie, mut erreurs): (SaisieReglage, Erreurs),
) -> Result<Response, Erreur> {
    let trouvee = if saisie.siret.trim().is_empty() {
        None
    } else {
        match lire_le_siret(&mut erreurs, "siret", &saisie.siret) {
            Some(siret) => Some(structures::chercher(app, gardien, &siret).await?),
            None => None,
        }
    };
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageStructures {
        page,
        saisie,
        erreurs,
        trouvee,
        chemin: G::PAGE,
        racine: G::RACINE,
        nom: G::NOM,
        partout: G::PARTOUT,
    };
    web::rendre(statut, &gabarit)
}

/// The search; `?siret=` its answer and the form.
pub async fn page<G: Gardien>(
    gardien: G,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieReglage {
        siret: requete.valeur("siret").chars().take(40).collect(),
        ..SaisieReglage::default()
    };
    ecran(&app, &gardien, page, (saisie, Erreurs::default())).await
}

/// « Enregistrer ».
pub async fn regler<G: Gardien>(
    gardien: G,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieReglage>,
) -> Result<Response, Erreur> {
    match essayer(&app, &gardien, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => ecran(&app, &gardien, page, (saisie, erreurs)).await,
        Err(autre) => Err(autre),
    }
}

async fn essayer<G: Gardien>(
    app: &App,
    gardien: &G,
    saisie: &SaisieReglage,
) -> Result<String, Erreur> {
    let mut erreurs = Erreurs::default();
    let structure: Option<StructureId> = saisie.structure.parse().ok();
    if structure.is_none() {
        erreurs.ajouter("siret", "Cherchez d’abord la structure par son SIRET.");
    }
    let passe = match saisie.passe.as_str() {
        "oui" => Some(true),
        "non" => Some(false),
        _ => {
            erreurs.ajouter("passe", "Choisissez oui ou non.");
            None
        }
    };
    let motif = lire_le_motif(&mut erreurs, &saisie.motif);
    let (Some(structure), Some(passe), true) = (structure, passe, erreurs.est_vide()) else {
        return Err(erreurs.into());
    };
    let raison = en_transaction!(app, |tx| structures::regler(
        tx, gardien, structure, passe, &motif
    )
    .await)?;
    let phrase = if passe {
        format!("{raison} passe par le PIGP.")
    } else {
        format!("{raison} ne passe pas par le PIGP.")
    };
    let retour = match Siret::lire(&saisie.siret) {
        Ok(siret) => format!("{}?siret={}", G::PAGE, siret.as_str()),
        Err(_) => G::PAGE.to_owned(),
    };
    Message::succes(phrase)
        .texte("Son gestionnaire principal, s’il y en a un, en est averti.")
        .et_aller(app, Some(gardien.id()), &retour)
        .await
}
