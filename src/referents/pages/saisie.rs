//! The two categories of a sollicitation to a référent, for whoever has an account (R-REF-DEMANDE).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::lire_le_siret;
use crate::App;
use crate::acces::{Connecte, Page};
use crate::identifiants::Siret;
use crate::pieces::{self, ACCEPTE};
use crate::referents::perimetres::{self, de_la_structure};
use crate::sollicitations::{self, Categorie, Demandee, Destinataire, TEXTE_MAX};
use crate::utilisateurs::NouveauCompte;
use crate::web::{self, Envoi, Erreur, Erreurs, FichierRecu, Requete, texte};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieCompte {
    siret: String,
    prenom: String,
    nom: String,
    adresse_connexion: String,
    texte: String,
}

impl SaisieCompte {
    fn lire(&self) -> Result<(NouveauCompte, Siret, String), Erreurs> {
        let compte = NouveauCompte::lire(&self.adresse_connexion, "", &self.prenom, &self.nom);
        let (compte, mut erreurs) = match compte {
            Ok(compte) => (Some(compte), Erreurs::default()),
            Err(erreurs) => (None, erreurs),
        };
        let siret = lire_le_siret(&mut erreurs, "siret", &self.siret);
        let texte = erreurs.lire("texte", texte::paragraphe(&self.texte, TEXTE_MAX - 500));
        match (compte, siret) {
            (Some(compte), Some(siret)) if erreurs.est_vide() => Ok((compte, siret, texte)),
            _ => Err(erreurs),
        }
    }
}

#[derive(Template)]
#[template(path = "referents/saisie_compte.html")]
struct PageCompte {
    page: Page,
    saisie: SaisieCompte,
    /// The périmètre of a structure that came with the address.
    perimetre: Option<String>,
    erreurs: Erreurs,
    max: usize,
    accepte: &'static str,
}

impl PageCompte {
    async fn construire(
        app: &App,
        page: Page,
        (saisie, erreurs): (SaisieCompte, Erreurs),
    ) -> Result<Self, Erreur> {
        let perimetre = match Siret::lire(&saisie.siret) {
            Ok(siret) => de_la_structure(app, &siret)
                .await?
                .and_then(|s| s.perimetre),
            Err(_) => None,
        };
        Ok(Self {
            page,
            saisie,
            perimetre,
            erreurs,
            max: TEXTE_MAX - 500,
            accepte: ACCEPTE,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

/// « Création d'un compte PIGP »; `?siret=`, `?prenom=`, `?nom=`, `?adresse=` fill the form.
pub async fn compte(
    _: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let valeur = |cle: &str| texte::ligne(requete.valeur(cle), 254).unwrap_or_default();
    let saisie = SaisieCompte {
        siret: valeur("siret"),
        prenom: valeur("prenom"),
        nom: valeur("nom"),
        adresse_connexion: valeur("adresse"),
        texte: String::new(),
    };
    let sans_erreur = Erreurs::default();
    web::page(&PageCompte::construire(&app, page, (saisie, sans_erreur)).await?)
}

pub async fn demander(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    envoi: Envoi<SaisieCompte>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    match demander_un_compte(&app, &connecte, &saisie, fichier).await {
        Ok(vers) => Ok(envoyee(&app, &vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let erreurs = erreurs.fichier_a_rechoisir(avec_fichier);
            let gabarit = PageCompte::construire(&app, page, (saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

/// To the page of the thread; what came with it is scanned.
fn envoyee(app: &App, vers: &str) -> Response {
    pieces::annoncer(app);
    web::vers(vers)
}

async fn demander_un_compte(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieCompte,
    fichier: Option<FichierRecu>,
) -> Result<String, Erreur> {
    let (compte, siret, texte) = saisie.lire()?;
    let Some(structure) = de_la_structure(app, &siret)
        .await?
        .filter(|s| s.active && s.passe)
    else {
        return Err(Erreur::champ(
            "siret",
            "Aucune structure publique active qui passe par le PIGP n’a ce SIRET.",
        ));
    };
    let piece = sollicitations::freiner(app, connecte, fichier).await?;
    let destinataire = perimetres::destinataire_pour(app, structure.id).await?;
    let adresse = compte.adresse_connexion.as_str();
    let demandee = Demandee {
        destinataire,
        categorie: Categorie::ComptePigp,
        sous_categorie: "",
        objet: format!("Création d’un compte PIGP pour {}", compte.nom_complet()),
        texte: format!(
            "Compte demandé pour {} ({adresse}), qui agira pour {} ({}).\n{texte}",
            compte.nom_complet(),
            structure.raison_sociale,
            structure.identifiant
        )
        .trim_end()
        .to_owned(),
        donnees: json!({
            "prenom": compte.prenom, "nom": compte.nom, "adresse": adresse, "siret": siret.as_str(),
        }),
        siret: Some(siret),
        brouillon: None,
        piece,
    };
    sollicitations::envoyee(app, connecte, &demandee).await
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDonnees {
    texte: String,
}

#[derive(Template)]
#[template(path = "referents/saisie_donnees.html")]
struct PageDonnees {
    page: Page,
    saisie: SaisieDonnees,
    erreurs: Erreurs,
    pigp: bool,
    /// Who will answer.
    qui: String,
    max: usize,
    accepte: &'static str,
}

impl PageDonnees {
    async fn construire(
        app: &App,
        connecte: &Connecte,
        page: Page,
        (saisie, erreurs): (SaisieDonnees, Erreurs),
    ) -> Result<Self, Erreur> {
        let (_, qui) = perimetres::destinataire_du_compte(app, connecte).await?;
        Ok(Self {
            page,
            saisie,
            erreurs,
            pigp: connecte.personne().pigp,
            qui,
            max: TEXTE_MAX,
            accepte: ACCEPTE,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

/// « Modification de mes données »: of a PIGP account; the others are told where they do it themselves.
pub async fn donnees(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieDonnees::default(), Erreurs::default());
    web::page(&PageDonnees::construire(&app, &connecte, page, vierge).await?)
}

pub async fn corriger(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    envoi: Envoi<SaisieDonnees>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    match demander_une_correction(&app, &connecte, &saisie, fichier).await {
        Ok(vers) => Ok(envoyee(&app, &vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let erreurs = erreurs.fichier_a_rechoisir(avec_fichier);
            let gabarit = PageDonnees::construire(&app, &connecte, page, (saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn demander_une_correction(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieDonnees,
    fichier: Option<FichierRecu>,
) -> Result<String, Erreur> {
    if !connecte.personne().pigp {
        return Err(Erreur::Conflit(
            "Votre compte ne vient pas du PIGP\u{202F}: vous modifiez vous-même vos données dans «\u{202F}Mon compte\u{202F}».".to_owned(),
        ));
    }
    let mut erreurs = Erreurs::default();
    let texte = erreurs.paragraphe(
        "texte",
        &saisie.texte,
        TEXTE_MAX,
        "Dites ce qui doit changer\u{202F}: l’ancienne valeur et la nouvelle.",
    );
    erreurs.verdict()?;
    let piece = sollicitations::freiner(app, connecte, fichier).await?;
    let (destinataire, _): (Destinataire, String) =
        perimetres::destinataire_du_compte(app, connecte).await?;
    let demandee = Demandee {
        destinataire,
        categorie: Categorie::MesDonnees,
        sous_categorie: "",
        objet: format!(
            "Modification des données de {}",
            connecte.personne().nom_complet()
        ),
        texte,
        donnees: json!({}),
        siret: None,
        brouillon: None,
        piece,
    };
    sollicitations::envoyee(app, connecte, &demandee).await
}
