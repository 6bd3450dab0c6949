use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{DUREE_JOURS, GRACE_MAX, Sort, UtilisateurTechnique};
use crate::App;
use crate::acces::{GestionPrincipale, Message, Page, StructureVue};
use crate::db::{TechniqueId, en_transaction};
use crate::identifiants::AdresseElectronique;
use crate::routes::Routes;
use crate::structures::{LienRubrique, Rubrique, rubriques};
use crate::vie_des_structures::resume;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

pub fn routes() -> Routes {
    Routes::new()
        .get("/structures/{structure}/techniques", liste)
        .get("/structures/{structure}/techniques/nouveau", nouveau)
        .post("/structures/{structure}/techniques/nouveau", creer)
        .get(
            "/structures/{structure}/techniques/{technique}/reinitialisation",
            preparer,
        )
        .post(
            "/structures/{structure}/techniques/{technique}/reinitialisation",
            reinitialiser,
        )
        .get(
            "/structures/{structure}/techniques/{technique}/desactivation",
            confirmer_desactivation,
        )
        .post(
            "/structures/{structure}/techniques/{technique}/desactivation",
            desactiver,
        )
        .post(
            "/structures/{structure}/techniques/{technique}/activation",
            activer,
        )
        .get(
            "/structures/{structure}/techniques/{technique}/suppression",
            confirmer_suppression,
        )
        .post(
            "/structures/{structure}/techniques/{technique}/suppression",
            supprimer,
        )
}

/// The parameters of the path; the structure is the proof's.
#[derive(Deserialize)]
pub struct Vers {
    technique: TechniqueId,
}

#[derive(Template)]
#[template(path = "vie_des_structures/techniques.html")]
struct PageListe {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    techniques: Vec<UtilisateurTechnique>,
}

async fn liste(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    web::page(&PageListe {
        page,
        rubriques: rubriques(&gestion, Rubrique::Techniques),
        structure: gestion.structure().clone(),
        techniques: super::liste(&app, &gestion).await?,
    })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieTechnique {
    /// Drawn with the form: sending it twice makes one account.
    id: String,
    adresse_contact: String,
}

#[derive(Template)]
#[template(path = "vie_des_structures/technique_nouveau.html")]
struct PageNouveau {
    page: Page,
    structure: StructureVue,
    saisie: SaisieTechnique,
    erreurs: Erreurs,
}

impl PageNouveau {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn duree(&self) -> i32 {
        DUREE_JOURS
    }
}

async fn nouveau(gestion: GestionPrincipale, page: Page) -> Result<Response, Erreur> {
    web::page(&PageNouveau {
        page,
        structure: gestion.structure().clone(),
        saisie: SaisieTechnique {
            id: TechniqueId::nouveau().to_string(),
            adresse_contact: String::new(),
        },
        erreurs: Erreurs::default(),
    })
}

/// « Exporter les informations de connexion »: the account, and its file at once.
async fn creer(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieTechnique>,
) -> Result<Response, Erreur> {
    let mut erreurs = Erreurs::default();
    let id = saisie.id.parse::<TechniqueId>().ok();
    if id.is_none() {
        erreurs = Erreurs::generale("Ce formulaire n’est pas complet\u{202F}: rechargez la page.");
    }
    let adresse = if saisie.adresse_contact.trim().is_empty() {
        Err("Saisissez l’adresse électronique de contact.")
    } else {
        AdresseElectronique::lire(&saisie.adresse_contact)
    };
    let adresse = erreurs.lire("adresse_contact", adresse.map(Some));
    let (Some(id), Some(adresse)) = (id, adresse) else {
        let gabarit = PageNouveau {
            page,
            structure: gestion.structure().clone(),
            saisie,
            erreurs,
        };
        return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
    };
    let emis = en_transaction!(&app, |tx| super::creer(tx, &gestion, id, &adresse).await)?;
    Ok(emis.reponse(&app.config.marque, &app.config.public_url))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieReinitialisation {
    /// The secret this form was drawn for.
    secret: String,
    grace: String,
}

#[derive(Template)]
#[template(path = "vie_des_structures/technique_reinitialisation.html")]
struct PageReinitialisation {
    page: Page,
    structure: StructureVue,
    technique: UtilisateurTechnique,
    grace: String,
    erreurs: Erreurs,
}

impl PageReinitialisation {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn durees(&self) -> Vec<(i32, String)> {
        (0..=GRACE_MAX)
            .map(|jours| {
                let texte = match jours {
                    0 => "Il cesse d’être accepté tout de suite".to_owned(),
                    1 => "Il reste accepté 1 jour".to_owned(),
                    _ => format!("Il reste accepté {jours} jours"),
                };
                (jours, texte)
            })
            .collect()
    }
}

async fn preparer(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    web::page(&PageReinitialisation {
        page,
        structure: gestion.structure().clone(),
        technique: super::un(&app, &gestion, chemin.technique).await?,
        grace: String::new(),
        erreurs: Erreurs::default(),
    })
}

fn lire_la_grace(saisi: &str) -> Result<i32, &'static str> {
    match saisi.parse::<i32>() {
        Ok(jours) if (0..=GRACE_MAX).contains(&jours) => Ok(jours),
        _ => Err("Choisissez ce que devient l’ancien mot de passe."),
    }
}

/// « Confirmer »: the new secret, and its file at once.
async fn reinitialiser(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
    Formulaire(saisie): Formulaire<SaisieReinitialisation>,
) -> Result<Response, Erreur> {
    let technique = super::un(&app, &gestion, chemin.technique).await?;
    let mut erreurs = Erreurs::default();
    let vu = saisie.secret.parse::<uuid::Uuid>().ok();
    if vu.is_none() {
        erreurs = Erreurs::generale("Ce formulaire n’est pas complet\u{202F}: rechargez la page.");
    }
    let grace = erreurs.lire("grace", lire_la_grace(&saisie.grace).map(Some));
    let (Some(vu), Some(grace)) = (vu, grace) else {
        let gabarit = PageReinitialisation {
            page,
            structure: gestion.structure().clone(),
            technique,
            grace: saisie.grace,
            erreurs,
        };
        return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
    };
    let emis = en_transaction!(&app, |tx| super::reinitialiser(
        tx,
        &gestion,
        chemin.technique,
        vu,
        grace
    )
    .await)?;
    Ok(emis.reponse(&app.config.marque, &app.config.public_url))
}

/// A window about one account: to deactivate it, or to delete it.
#[derive(Template)]
#[template(path = "vie_des_structures/technique_fin.html")]
struct PageFin {
    page: Page,
    structure: StructureVue,
    technique: UtilisateurTechnique,
    suppression: bool,
}

impl PageFin {
    fn titre(&self) -> &'static str {
        if self.suppression {
            "Supprimer cet utilisateur technique\u{202F}?"
        } else {
            "Désactiver cet utilisateur technique\u{202F}?"
        }
    }

    fn bouton(&self) -> &'static str {
        if self.suppression {
            "Supprimer"
        } else {
            "Désactiver"
        }
    }

    fn action(&self) -> String {
        let acte = if self.suppression {
            "suppression"
        } else {
            "desactivation"
        };
        format!(
            "/structures/{}/techniques/{}/{acte}",
            self.structure.id, self.technique.id
        )
    }
}

async fn confirmer_desactivation(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    confirmer(&app, &gestion, page, chemin.technique, false).await
}

async fn confirmer_suppression(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    confirmer(&app, &gestion, page, chemin.technique, true).await
}

async fn confirmer(
    app: &App,
    gestion: &GestionPrincipale,
    page: Page,
    id: TechniqueId,
    suppression: bool,
) -> Result<Response, Erreur> {
    web::page(&PageFin {
        page,
        structure: gestion.structure().clone(),
        technique: super::un(app, gestion, id).await?,
        suppression,
    })
}

async fn desactiver(
    gestion: GestionPrincipale,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    changer(&app, &gestion, chemin.technique, Sort::Desactive).await
}

async fn activer(
    gestion: GestionPrincipale,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    changer(&app, &gestion, chemin.technique, Sort::Active).await
}

async fn supprimer(
    gestion: GestionPrincipale,
    State(app): State<App>,
    Chemin(chemin): Chemin<Vers>,
) -> Result<Response, Erreur> {
    changer(&app, &gestion, chemin.technique, Sort::Supprime).await
}

async fn changer(
    app: &App,
    gestion: &GestionPrincipale,
    id: TechniqueId,
    sort: Sort,
) -> Result<Response, Erreur> {
    let identifiant = en_transaction!(app, |tx| super::changer(tx, gestion, id, sort).await)?;
    let adresse = format!("/structures/{}/techniques", gestion.structure().id);
    let vers = Message::succes(format!("L’utilisateur technique est {}.", sort.fait()))
        .texte(identifiant)
        .et_aller(app, Some(gestion.id()), &adresse)
        .await?;
    Ok(web::vers(&vers))
}
