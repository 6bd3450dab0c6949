use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Bic, Coordonnee, Iban, LIBELLE_MAX, Nouvelle, TRIS};
use crate::App;
use crate::acces::{GererStructure, Gestion, Message, Page, StructureVue};
use crate::db::{CoordonneeId, en_transaction};
use crate::routes::Routes;
use crate::structures::{LienRubrique, Rubrique, rubriques};
use crate::vie_des_structures::{entiere, refus, resume};
use crate::web::{
    self, Chemin, Erreur, Erreurs, Fenetre, Formulaire, Liste, Requete, Saisie, Sens,
};

pub fn routes() -> Routes {
    Routes::new()
        .get("/structures/{structure}/coordonnees-bancaires", liste)
        .get(
            "/structures/{structure}/coordonnees-bancaires/nouvelle",
            nouvelle,
        )
        .post(
            "/structures/{structure}/coordonnees-bancaires/nouvelle",
            creer,
        )
        .get(
            "/structures/{structure}/coordonnees-bancaires/{coordonnee}",
            une,
        )
        .post(
            "/structures/{structure}/coordonnees-bancaires/{coordonnee}",
            modifier,
        )
        .get(
            "/structures/{structure}/coordonnees-bancaires/{coordonnee}/desactivation",
            confirmer,
        )
        .post(
            "/structures/{structure}/coordonnees-bancaires/{coordonnee}/desactivation",
            desactiver,
        )
        .post(
            "/structures/{structure}/coordonnees-bancaires/{coordonnee}/activation",
            activer,
        )
}

/// The parameters of the path; the structure is the proof's.
#[derive(Deserialize)]
pub struct Vers {
    coordonnee: CoordonneeId,
}

fn adresse(structure: &StructureVue) -> String {
    format!("/structures/{}/coordonnees-bancaires", structure.id)
}

#[derive(Template)]
#[template(path = "vie_des_structures/coordonnees.html")]
struct PageListe {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    liste: Liste<Coordonnee>,
}

impl PageListe {
    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "bic" => "BIC",
            "statut" => "statut",
            "date" => "date de création",
            _ => "libellé",
        };
        self.liste.legende("Coordonnées bancaires", colonne)
    }
}

async fn liste(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    entiere(gestion.droits())?;
    let fenetre = Fenetre::lire(&requete, "cb", &TRIS, ("libelle", Sens::Croissant), 25);
    web::page(&PageListe {
        page,
        rubriques: rubriques(&gestion, Rubrique::Coordonnees),
        structure: gestion.structure().clone(),
        liste: super::liste(&app, &gestion, fenetre).await?,
    })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieNouvelle {
    libelle: String,
    iban: String,
    bic: String,
}

impl Saisie for SaisieNouvelle {
    type Lu = Nouvelle;

    fn lire(&self) -> Result<Nouvelle, Erreurs> {
        let mut erreurs = Erreurs::default();
        let libelle = lire_le_libelle(&mut erreurs, &self.libelle);
        let iban = erreurs.lire("iban", Iban::lire(&self.iban).map(Some));
        let bic = erreurs.lire("bic", Bic::lire(&self.bic).map(Some));
        match (iban, bic) {
            (Some(iban), Some(bic)) if erreurs.est_vide() => Ok(Nouvelle { libelle, iban, bic }),
            _ => Err(erreurs),
        }
    }
}

fn lire_le_libelle(erreurs: &mut Erreurs, saisi: &str) -> String {
    erreurs.ligne("libelle", saisi, LIBELLE_MAX, "Saisissez un libellé.")
}

#[derive(Template)]
#[template(path = "vie_des_structures/coordonnee_nouvelle.html")]
struct PageNouvelle {
    page: Page,
    structure: StructureVue,
    saisie: SaisieNouvelle,
    erreurs: Erreurs,
}

impl PageNouvelle {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }
}

async fn nouvelle(gestion: Gestion<GererStructure>, page: Page) -> Result<Response, Erreur> {
    entiere(gestion.droits())?;
    web::page(&PageNouvelle {
        page,
        structure: gestion.structure().clone(),
        saisie: SaisieNouvelle::default(),
        erreurs: Erreurs::default(),
    })
}

async fn creer(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieNouvelle>,
) -> Result<Response, Erreur> {
    let issue = match saisie.lire() {
        Ok(lue) => refus(en_transaction!(&app, |tx| super::ajouter(
            tx, &gestion, &lue
        )
        .await))?,
        Err(erreurs) => Err(erreurs),
    };
    if let Err(erreurs) = issue {
        let gabarit = PageNouvelle {
            page,
            structure: gestion.structure().clone(),
            saisie,
            erreurs,
        };
        return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
    }
    let vers = Message::succes("La coordonnée bancaire est créée.")
        .texte("Les autres gestionnaires de la structure en sont prévenus par courriel.")
        .et_aller(&app, Some(gestion.id()), &adresse(gestion.structure()))
        .await?;
    Ok(web::vers(&vers))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieLibelle {
    libelle: String,
}

#[derive(Template)]
#[template(path = "vie_des_structures/coordonnee.html")]
struct PageUne {
    page: Page,
    structure: StructureVue,
    coordonnee: Coordonnee,
    saisie: SaisieLibelle,
    erreurs: Erreurs,
}

impl PageUne {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }
}

async fn une(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    entiere(gestion.droits())?;
    let coordonnee = super::une(&app, &gestion, chemin.coordonnee).await?;
    web::page(&PageUne {
        page,
        structure: gestion.structure().clone(),
        saisie: SaisieLibelle {
            libelle: coordonnee.libelle.clone(),
        },
        coordonnee,
        erreurs: Erreurs::default(),
    })
}

async fn modifier(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
    Formulaire(saisie): Formulaire<SaisieLibelle>,
) -> Result<Response, Erreur> {
    let mut erreurs = Erreurs::default();
    let libelle = lire_le_libelle(&mut erreurs, &saisie.libelle);
    if !erreurs.est_vide() {
        entiere(gestion.droits())?;
        let gabarit = PageUne {
            page,
            structure: gestion.structure().clone(),
            coordonnee: super::une(&app, &gestion, chemin.coordonnee).await?,
            saisie,
            erreurs,
        };
        return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
    }
    en_transaction!(&app, |tx| super::renommer(
        tx,
        &gestion,
        chemin.coordonnee,
        &libelle
    )
    .await)?;
    let vers = Message::succes("La coordonnée bancaire est modifiée.")
        .et_aller(&app, Some(gestion.id()), &adresse(gestion.structure()))
        .await?;
    Ok(web::vers(&vers))
}

#[derive(Template)]
#[template(path = "vie_des_structures/coordonnee_desactivation.html")]
struct PageDesactivation {
    page: Page,
    structure: StructureVue,
    coordonnee: Coordonnee,
}

async fn confirmer(
    gestion: Gestion<GererStructure>,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    entiere(gestion.droits())?;
    let coordonnee = super::une(&app, &gestion, chemin.coordonnee).await?;
    web::page(&PageDesactivation {
        page,
        structure: gestion.structure().clone(),
        coordonnee,
    })
}

async fn desactiver(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    changer(&app, &gestion, chemin.coordonnee, false).await
}

async fn activer(
    gestion: Gestion<GererStructure>,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    changer(&app, &gestion, chemin.coordonnee, true).await
}

async fn changer(
    app: &App,
    gestion: &Gestion<GererStructure>,
    id: CoordonneeId,
    active: bool,
) -> Result<Response, Erreur> {
    let libelle = en_transaction!(app, |tx| super::activer(tx, gestion, id, active).await)?;
    let etat = if active { "activée" } else { "désactivée" };
    let vers = Message::succes(format!("La coordonnée bancaire est {etat}."))
        .texte(libelle)
        .et_aller(app, Some(gestion.id()), &adresse(gestion.structure()))
        .await?;
    Ok(web::vers(&vers))
}
