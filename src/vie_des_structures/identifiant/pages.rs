use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Apercu, COLLECTIVITE, Lien};
use crate::App;
use crate::acces::{
    Action, Gestion, GestionPrincipale, Message, Page, StructureVue, ToutGestionnaire, compteurs,
};
use crate::db::en_transaction;
use crate::identifiants::{Identifiant, TypeIdentifiant};
use crate::routes::Routes;
use crate::structures::{LienRubrique, Rubrique, SaisieIdentifiant, rubriques};
use crate::vie_des_structures::{refus, resume};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, Saisie};

pub fn routes() -> Routes {
    Routes::new()
        .get("/structures/{structure}/identifiant", page)
        .get(
            "/structures/{structure}/identifiant/modification",
            avertissement,
        )
        .get("/structures/{structure}/identifiant/saisie", saisir)
        .post("/structures/{structure}/identifiant/saisie", verifier)
        .get(
            "/structures/{structure}/identifiant/confirmation",
            confirmation,
        )
        .post(
            "/structures/{structure}/identifiant/confirmation",
            confirmer,
        )
}

fn adresse(structure: &StructureVue) -> String {
    format!("/structures/{}/identifiant", structure.id)
}

/// « SIRET », « RIDET »… in words.
fn type_en_mots(code: &str) -> &'static str {
    code.parse::<TypeIdentifiant>()
        .map_or("Identifiant", TypeIdentifiant::libelle)
}

#[derive(Template)]
#[template(path = "vie_des_structures/identifiant.html")]
struct PageIdentifiant {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    lien: Lien,
    /// The gestionnaire principal, on an active structure.
    peut: bool,
}

impl PageIdentifiant {
    fn genre(&self, code: &str) -> &'static str {
        type_en_mots(code)
    }

    /// Why this person has no button.
    fn reserve(&self) -> String {
        format!(
            "Seul le gestionnaire principal modifie l’identifiant de la structure\u{202F}: {}.",
            self.lien
                .gestionnaire_principal
                .as_deref()
                .unwrap_or("aucun pour le moment")
        )
    }

    fn collectivite(&self) -> &'static str {
        COLLECTIVITE
    }

    fn sollicitation(&self) -> String {
        let objet = format!("Changement de SIRET de {}", self.structure.raison_sociale);
        let question = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("objet", &objet)
            .finish();
        format!("/sollicitations/saisie/autre?{question}")
    }
}

async fn page(
    gestion: Gestion<ToutGestionnaire>,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let structure = gestion.structure().clone();
    web::page(&PageIdentifiant {
        page,
        rubriques: rubriques(&gestion, Rubrique::Identifiant),
        lien: super::lien(&app, &gestion).await?,
        peut: structure.active && gestion.droits().peut(Action::ModifierIdentifiant),
        structure,
    })
}

#[derive(Template)]
#[template(path = "vie_des_structures/identifiant_modification.html")]
struct PageAvertissement {
    page: Page,
    structure: StructureVue,
}

/// The window « Continuer » of seed 001 §11.
async fn avertissement(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    permis(&app, &gestion).await?;
    web::page(&PageAvertissement {
        page,
        structure: gestion.structure().clone(),
    })
}

/// A collectivité locale reads why it does not change its own; a closed structure too.
async fn permis(app: &App, gestion: &GestionPrincipale) -> Result<(), Erreur> {
    if !gestion.structure().active {
        return Err(crate::acces::Obstacle::StructureDesactivee.into());
    }
    if super::lien(app, gestion).await?.collectivite {
        return Err(Erreur::Interdit(COLLECTIVITE.to_owned()));
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "vie_des_structures/identifiant_saisie.html")]
struct PageSaisie {
    page: Page,
    structure: StructureVue,
    saisie: SaisieIdentifiant,
    erreurs: Erreurs,
}

impl PageSaisie {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn types(&self) -> [(&'static str, &'static str); 7] {
        TypeIdentifiant::TOUS.map(|t| (t.code(), t.libelle()))
    }
}

fn montrer(
    statut: StatusCode,
    gestion: &GestionPrincipale,
    page: Page,
    saisie: SaisieIdentifiant,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let gabarit = PageSaisie {
        page,
        structure: gestion.structure().clone(),
        saisie,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

fn de(requete: &Requete) -> SaisieIdentifiant {
    SaisieIdentifiant {
        type_identifiant: requete.valeur("type_identifiant").to_owned(),
        identifiant: requete.valeur("identifiant").to_owned(),
    }
}

fn question(saisie: &SaisieIdentifiant) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("type_identifiant", &saisie.type_identifiant)
        .append_pair("identifiant", &saisie.identifiant)
        .finish()
}

async fn saisir(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    permis(&app, &gestion).await?;
    let mut saisie = de(&requete);
    if saisie.type_identifiant.is_empty() {
        saisie
            .type_identifiant
            .clone_from(&gestion.structure().type_identifiant);
    }
    montrer(StatusCode::OK, &gestion, page, saisie, Erreurs::default())
}

/// What was typed, where the structure may take it. Throttled: it says whether a structure exists.
async fn controler(
    app: &App,
    gestion: &GestionPrincipale,
    saisie: &SaisieIdentifiant,
) -> Result<Result<Identifiant, Erreurs>, Erreur> {
    permis(app, gestion).await?;
    let nouveau = match saisie.lire() {
        Ok(nouveau) => nouveau,
        Err(erreurs) => return Ok(Err(erreurs)),
    };
    let cle = format!("identifiant:{}", gestion.id());
    compteurs::compter(&app.db, &cle, compteurs::RECHERCHE_COMPTES).await?;
    let verifie = super::verifier(&app.db, gestion.structure().publique, &nouveau).await;
    refus(verifie.map(|()| nouveau))
}

async fn verifier(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieIdentifiant>,
) -> Result<Response, Erreur> {
    match controler(&app, &gestion, &saisie).await? {
        Ok(_) => Ok(web::vers(&format!(
            "{}/confirmation?{}",
            adresse(gestion.structure()),
            question(&saisie)
        ))),
        Err(erreurs) => montrer(
            StatusCode::UNPROCESSABLE_ENTITY,
            &gestion,
            page,
            saisie,
            erreurs,
        ),
    }
}

#[derive(Template)]
#[template(path = "vie_des_structures/identifiant_confirmation.html")]
struct PageConfirmation {
    page: Page,
    structure: StructureVue,
    apercu: Apercu,
    nouveau: Identifiant,
    saisie: SaisieIdentifiant,
}

impl PageConfirmation {
    fn retour(&self) -> String {
        format!(
            "{}/saisie?{}",
            adresse(&self.structure),
            question(&self.saisie)
        )
    }

    fn genre(&self, code: &str) -> &'static str {
        type_en_mots(code)
    }
}

/// Everything that moves, with counts, before anything does.
async fn confirmation(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = de(&requete);
    match controler(&app, &gestion, &saisie).await? {
        Ok(nouveau) => web::page(&PageConfirmation {
            page,
            structure: gestion.structure().clone(),
            apercu: super::apercu(&app, &gestion).await?,
            nouveau,
            saisie,
        }),
        // Typed by hand, or true no more: back to the form.
        Err(_) => Ok(web::vers(&format!(
            "{}/saisie?{}",
            adresse(gestion.structure()),
            question(&saisie)
        ))),
    }
}

async fn confirmer(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieIdentifiant>,
) -> Result<Response, Erreur> {
    let issue = match saisie.lire() {
        Ok(lu) => refus(en_transaction!(&app, |tx| super::changer(
            tx, &gestion, &lu
        )
        .await))?,
        Err(erreurs) => Err(erreurs),
    };
    let fait = match issue {
        Ok(fait) => fait,
        Err(erreurs) => {
            return montrer(
                StatusCode::UNPROCESSABLE_ENTITY,
                &gestion,
                page,
                saisie,
                erreurs,
            );
        }
    };
    let vers = Message::succes("L’identifiant est modifié.")
        .texte(format!(
            "Voici {} sous son nouvel identifiant. Tous ses utilisateurs en sont prévenus par courriel.",
            fait.raison_sociale
        ))
        .et_aller(&app, Some(gestion.id()), &format!("/structures/{}", fait.nouvelle))
        .await?;
    Ok(web::vers(&vers))
}
