//! « Transmettre à un autre référent »: a sollicitation, or the request of a person without account, goes to another périmètre.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::actes::SaisiePerimetre;
use super::dossier;
use crate::App;
use crate::acces::{Message, Page, Referent};
use crate::db::{DemandeDeCompteId, SollicitationId, en_transaction};
use crate::referents::demandes;
use crate::referents::guichet::Guichet;
use crate::referents::perimetres::transmissibles;
use crate::sollicitations;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

#[derive(Template)]
#[template(path = "referents/transmission.html")]
struct PageTransmission {
    page: Page,
    /// Reference, or name of the person: the link back.
    titre: String,
    demandeur: String,
    objet: String,
    /// Who has it now.
    actuel: String,
    perimetres: Vec<(String, String)>,
    saisie: SaisiePerimetre,
    erreurs: Erreurs,
    /// Of what is passed on.
    adresse: String,
    file: &'static str,
    nom: &'static str,
}

impl PageTransmission {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

/// What was done, or the page again.
fn issue(
    faite: Result<String, Erreur>,
    ecran: PageTransmission,
    saisie: SaisiePerimetre,
) -> Result<Response, Erreur> {
    match faite {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = PageTransmission {
                saisie,
                erreurs,
                ..ecran
            };
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn d_une_sollicitation(
    app: &App,
    referent: &Referent,
    page: Page,
    id: SollicitationId,
) -> Result<PageTransmission, Erreur> {
    let vue = demandes::sollicitation(app, referent, id).await?;
    vue.encore_ouverte()?;
    Ok(PageTransmission {
        page,
        titre: vue.reference,
        demandeur: format!("{} ({})", vue.emetteur, vue.emetteur_adresse),
        objet: vue.objet,
        actuel: vue.perimetre_nom,
        perimetres: transmissibles(app, referent, Some(vue.perimetre)).await?,
        saisie: SaisiePerimetre::default(),
        erreurs: Erreurs::default(),
        adresse: format!("/referent/sollicitations/{id}"),
        file: "/referent",
        nom: Referent::NOM,
    })
}

pub async fn sollicitation(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    web::page(&d_une_sollicitation(&app, &referent, page, id).await?)
}

pub async fn transmettre_la_sollicitation(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisiePerimetre>,
) -> Result<Response, Erreur> {
    let ecran = d_une_sollicitation(&app, &referent, page, id).await?;
    let faite = async {
        let (vers, motif) = saisie.lire()?;
        let (reference, perimetre) = en_transaction!(&app, |tx| {
            sollicitations::transmettre(tx, &referent, id, vers, &motif).await
        })?;
        Message::succes(format!(
            "{reference} est transmise au périmètre {perimetre}."
        ))
        .texte("Ses référents et le demandeur en sont avertis.")
        .et_aller(&app, Some(referent.id()), "/referent")
        .await
    }
    .await;
    issue(faite, ecran, saisie)
}

async fn d_une_demande<G: Guichet>(
    app: &App,
    guichet: &G,
    page: Page,
    id: DemandeDeCompteId,
) -> Result<PageTransmission, Erreur> {
    let vue = demandes::demande(app, guichet, id).await?;
    vue.encore_ouverte()?;
    Ok(PageTransmission {
        page,
        titre: vue.nom_complet(),
        demandeur: format!("{} ({})", vue.nom_complet(), vue.adresse),
        objet: format!("Compte PIGP pour {}", vue.raison_sociale),
        perimetres: transmissibles(app, guichet, vue.perimetre).await?,
        actuel: vue
            .perimetre_nom
            .unwrap_or_else(|| "Aucun\u{202F}: le support répond".to_owned()),
        saisie: SaisiePerimetre::default(),
        erreurs: Erreurs::default(),
        adresse: dossier::adresse::<G>(id),
        file: dossier::file::<G>(),
        nom: G::NOM,
    })
}

pub async fn demande<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeDeCompteId>,
) -> Result<Response, Erreur> {
    web::page(&d_une_demande(&app, &guichet, page, id).await?)
}

pub async fn transmettre_la_demande<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeDeCompteId>,
    Formulaire(saisie): Formulaire<SaisiePerimetre>,
) -> Result<Response, Erreur> {
    let ecran = d_une_demande(&app, &guichet, page, id).await?;
    let faite = async {
        let (vers, motif) = saisie.lire()?;
        let (nom, perimetre) = en_transaction!(&app, |tx| {
            demandes::transmettre(tx, &guichet, id, (vers, &motif)).await
        })?;
        Message::succes(format!(
            "La demande de {nom} est transmise au périmètre {perimetre}."
        ))
        .texte("Ses référents et la personne en sont avertis.")
        .et_aller(&app, Some(guichet.id()), dossier::file::<G>())
        .await
    }
    .await;
    issue(faite, ecran, saisie)
}
