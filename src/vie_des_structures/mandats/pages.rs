use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Cote, Mandat, Mandataire, Nouveau, Statut};
use crate::App;
use crate::acces::{GererStructure, Gestion, Message, Page, StructureVue, compteurs};
use crate::db::{MandatId, en_transaction};
use crate::identifiants::{Identifiant, TypeIdentifiant};
use crate::routes::Routes;
use crate::structures::{LienRubrique, Rubrique, SaisieIdentifiant, rubriques};
use crate::vie_des_structures::{entiere, refus, resume};
use crate::web::{
    self, Chemin, Erreur, Erreurs, Fenetre, Formulaire, Liste, Requete, Saisie, Sens, texte,
};

pub fn routes() -> Routes {
    Routes::new()
        .get("/structures/{structure}/mandats", liste)
        .get("/structures/{structure}/mandats/nouveau", nouveau)
        .post("/structures/{structure}/mandats/nouveau", verifier)
        .get("/structures/{structure}/mandats/confirmation", confirmation)
        .post("/structures/{structure}/mandats/confirmation", confirmer)
        .get("/structures/{structure}/mandats/{mandat}/fin", fin)
        .post("/structures/{structure}/mandats/{mandat}/fin", terminer)
}

/// The parameters of the path; the structure is the proof's.
#[derive(Deserialize)]
pub struct Vers {
    mandat: MandatId,
}

fn adresse(structure: &StructureVue) -> String {
    format!("/structures/{}/mandats", structure.id)
}

const TRIS: [&str; 3] = ["structure", "identifiant", "debut"];

#[derive(Template)]
#[template(path = "vie_des_structures/mandats.html")]
struct PageListe {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    donnes: Liste<Mandat>,
    recus: Liste<Mandat>,
}

impl PageListe {
    fn legende(&self, quoi: &str, liste: &Liste<Mandat>) -> String {
        let colonne = match liste.fenetre.colonne {
            "structure" => "structure",
            "identifiant" => "identifiant",
            _ => "premier jour",
        };
        liste.legende_au_masculin(quoi, colonne)
    }
}

async fn liste(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    entiere(gestion.droits())?;
    let fenetre =
        |prefixe| Fenetre::lire(&requete, prefixe, &TRIS, ("debut", Sens::Decroissant), 10);
    web::page(&PageListe {
        page,
        rubriques: rubriques(&gestion, Rubrique::Mandats),
        structure: gestion.structure().clone(),
        donnes: super::liste(&app, &gestion, Cote::Donnes, fenetre("md"), "donnes").await?,
        recus: super::liste(&app, &gestion, Cote::Recus, fenetre("mr"), "recus").await?,
    })
}

/// The mandat as typed, then as carried by the address of the confirmation.
#[derive(Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieMandat {
    type_identifiant: String,
    identifiant: String,
    debut: String,
    fin: String,
}

impl SaisieMandat {
    fn de(requete: &Requete) -> Self {
        let valeur = |cle| requete.valeur(cle).to_owned();
        Self {
            type_identifiant: valeur("type_identifiant"),
            identifiant: valeur("identifiant"),
            debut: valeur("debut"),
            fin: valeur("fin"),
        }
    }

    fn question(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("type_identifiant", &self.type_identifiant)
            .append_pair("identifiant", &self.identifiant)
            .append_pair("debut", &self.debut)
            .append_pair("fin", &self.fin)
            .finish()
    }
}

impl Saisie for SaisieMandat {
    type Lu = Nouveau;

    fn lire(&self) -> Result<Nouveau, Erreurs> {
        let mut erreurs = Erreurs::default();
        let identifiant = SaisieIdentifiant {
            type_identifiant: self.type_identifiant.clone(),
            identifiant: self.identifiant.clone(),
        };
        let mandataire: Option<Identifiant> = match identifiant.lire() {
            Ok(lu) => Some(lu),
            Err(fautes) => {
                fautes
                    .champs()
                    .iter()
                    .for_each(|(c, p)| erreurs.ajouter(c, p));
                None
            }
        };
        let debut = if self.debut.trim().is_empty() {
            Err("Saisissez le premier jour du mandat.".to_owned())
        } else {
            texte::jour(&self.debut)
        };
        let debut = erreurs.lire("debut", debut.map(Some));
        let fin = if self.fin.trim().is_empty() {
            None
        } else {
            erreurs.lire("fin", texte::jour(&self.fin).map(Some))
        };
        if let (Some(debut), Some(fin)) = (debut, fin)
            && fin < debut
        {
            erreurs.ajouter("fin", "Le dernier jour ne peut pas précéder le premier.");
        }
        match (mandataire, debut) {
            (Some(mandataire), Some(debut)) if erreurs.est_vide() => Ok(Nouveau {
                mandataire,
                debut,
                fin,
            }),
            _ => Err(erreurs),
        }
    }
}

#[derive(Template)]
#[template(path = "vie_des_structures/mandat_nouveau.html")]
struct PageNouveau {
    page: Page,
    structure: StructureVue,
    saisie: SaisieMandat,
    erreurs: Erreurs,
}

impl PageNouveau {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn types(&self) -> [(&'static str, &'static str); 7] {
        TypeIdentifiant::TOUS.map(|t| (t.code(), t.libelle()))
    }
}

async fn nouveau(
    gestion: Gestion<GererStructure>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    entiere(gestion.droits())?;
    let mut saisie = SaisieMandat::de(&requete);
    if saisie.type_identifiant.is_empty() {
        saisie.type_identifiant = "SIRET".to_owned();
    }
    web::page(&PageNouveau {
        page,
        structure: gestion.structure().clone(),
        saisie,
        erreurs: Erreurs::default(),
    })
}

/// What was typed, and the structure it names. Looked up at each step, and throttled: an identifier may be anybody's.
async fn controler(
    app: &App,
    gestion: &Gestion<GererStructure>,
    saisie: &SaisieMandat,
) -> Result<Result<(Nouveau, Mandataire), Erreurs>, Erreur> {
    entiere(gestion.droits())?;
    let nouveau = match saisie.lire() {
        Ok(nouveau) => nouveau,
        Err(erreurs) => return Ok(Err(erreurs)),
    };
    let cle = format!("mandat:{}", gestion.id());
    compteurs::compter(&app.db, &cle, compteurs::RECHERCHE_COMPTES).await?;
    let trouve = super::trouver(&app.db, gestion.structure().id, &nouveau.mandataire).await;
    refus(trouve.map(|mandataire| (nouveau, mandataire)))
}

/// « Continuer »: to the confirmation window.
async fn verifier(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieMandat>,
) -> Result<Response, Erreur> {
    match controler(&app, &gestion, &saisie).await? {
        Ok(_) => Ok(web::vers(&format!(
            "{}/confirmation?{}",
            adresse(gestion.structure()),
            saisie.question()
        ))),
        Err(erreurs) => montrer(&gestion, page, saisie, erreurs),
    }
}

fn montrer(
    gestion: &Gestion<GererStructure>,
    page: Page,
    saisie: SaisieMandat,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let gabarit = PageNouveau {
        page,
        structure: gestion.structure().clone(),
        saisie,
        erreurs,
    };
    web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
}

#[derive(Template)]
#[template(path = "vie_des_structures/mandat_confirmation.html")]
struct PageConfirmation {
    page: Page,
    structure: StructureVue,
    mandataire: Mandataire,
    saisie: SaisieMandat,
    debut: String,
    fin: String,
}

impl PageConfirmation {
    fn retour(&self) -> String {
        format!(
            "{}/nouveau?{}",
            adresse(&self.structure),
            self.saisie.question()
        )
    }
}

async fn confirmation(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieMandat::de(&requete);
    match controler(&app, &gestion, &saisie).await? {
        Ok((nouveau, mandataire)) => web::page(&PageConfirmation {
            page,
            structure: gestion.structure().clone(),
            mandataire,
            saisie,
            debut: texte::date(nouveau.debut),
            fin: nouveau.fin.map(texte::date).unwrap_or_default(),
        }),
        // Typed by hand, or true no more: back to the form.
        Err(_) => Ok(web::vers(&format!(
            "{}/nouveau?{}",
            adresse(gestion.structure()),
            saisie.question()
        ))),
    }
}

async fn confirmer(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieMandat>,
) -> Result<Response, Erreur> {
    let issue = match saisie.lire() {
        Ok(lu) => refus(en_transaction!(&app, |tx| super::donner(tx, &gestion, &lu).await))?,
        Err(erreurs) => Err(erreurs),
    };
    let mandataire = match issue {
        Ok(mandataire) => mandataire,
        Err(erreurs) => return montrer(&gestion, page, saisie, erreurs),
    };
    let vers = Message::succes("Le mandat de facturation est créé.")
        .texte(format!(
            "{} émet les factures de {}. Les gestionnaires principaux des deux structures en sont prévenus par courriel.",
            mandataire.raison_sociale,
            gestion.structure().raison_sociale
        ))
        .et_aller(&app, Some(gestion.id()), &adresse(gestion.structure()))
        .await?;
    Ok(web::vers(&vers))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieFin {
    fin: String,
}

#[derive(Template)]
#[template(path = "vie_des_structures/mandat_fin.html")]
struct PageFin {
    page: Page,
    structure: StructureVue,
    mandat: Mandat,
    saisie: SaisieFin,
    erreurs: Erreurs,
}

impl PageFin {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn a_venir(&self) -> bool {
        self.mandat.statut == Statut::AVenir
    }
}

async fn fin(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    entiere(gestion.droits())?;
    web::page(&PageFin {
        page,
        structure: gestion.structure().clone(),
        mandat: super::un(&app, &gestion, chemin.mandat).await?,
        saisie: SaisieFin::default(),
        erreurs: Erreurs::default(),
    })
}

async fn terminer(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
    Formulaire(saisie): Formulaire<SaisieFin>,
) -> Result<Response, Erreur> {
    entiere(gestion.droits())?;
    let mandat = super::un(&app, &gestion, chemin.mandat).await?;
    let jour = if saisie.fin.trim().is_empty() {
        Ok(None)
    } else {
        texte::jour(&saisie.fin).map(Some)
    };
    let issue = match jour {
        Ok(jour) => refus(en_transaction!(&app, |tx| super::terminer(
            tx,
            &gestion,
            chemin.mandat,
            jour
        )
        .await))?,
        Err(phrase) => Err(Erreurs::une("fin", &phrase)),
    };
    if let Err(erreurs) = issue {
        let gabarit = PageFin {
            page,
            structure: gestion.structure().clone(),
            mandat,
            saisie,
            erreurs,
        };
        return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
    }
    let vers = Message::succes("La fin du mandat est enregistrée.")
        .texte("Les gestionnaires principaux des deux structures en sont prévenus par courriel.")
        .et_aller(&app, Some(gestion.id()), &adresse(gestion.structure()))
        .await?;
    Ok(web::vers(&vers))
}
