//! « Créer le compte utilisateur » (R-GEST-CREER, seed 001 §8), and the shortcut of seed 004 §3: by address.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::choix::CHOISIR;
use super::saisie::{LONGUEUR, SaisieOctroi, jour_iso};
use super::services::ListeServices;
use super::{avec_retour, resume, retour, roles};
use crate::App;
use crate::acces::{Gestion, Message, Page, RattacherUtilisateurs, Role, StructureVue};
use crate::db::{UtilisateurId, en_transaction};
use crate::rattachements::{self, Creation, Octroi};
use crate::utilisateurs::{self, Criteres, NouveauCompte};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, Saisie, texte};

/// The services of the structure to somebody who holds none of them.
async fn services(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
) -> Result<Vec<rattachements::ServiceDemande>, Erreur> {
    rattachements::services(app, gestion, UtilisateurId(Uuid::nil()), None).await
}

fn recherche(structure: &StructureVue, retour: &str) -> String {
    avec_retour(
        &format!("/structures/{}/rattachement", structure.id),
        retour,
    )
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieCreation {
    retour: String,
    adresse_connexion: String,
    prenom: String,
    nom: String,
    role: String,
    date_debut: String,
    date_fin: String,
    commentaire: String,
    structure: String,
    services: Vec<String>,
}

impl SaisieCreation {
    fn octroi(&self) -> SaisieOctroi {
        SaisieOctroi {
            role: self.role.clone(),
            date_debut: self.date_debut.clone(),
            date_fin: self.date_fin.clone(),
            commentaire: self.commentaire.clone(),
            structure: self.structure.clone(),
            services: self.services.clone(),
            ..SaisieOctroi::default()
        }
    }
}

impl Saisie for SaisieCreation {
    type Lu = (NouveauCompte, Octroi);

    fn lire(&self) -> Result<Self::Lu, Erreurs> {
        let compte = NouveauCompte::lire(&self.adresse_connexion, "", &self.prenom, &self.nom);
        match (compte, self.octroi().lire()) {
            (Ok(compte), Ok(octroi)) => Ok((compte, octroi)),
            (Err(mut erreurs), Err(autres)) => {
                for (champ, phrase) in autres.champs() {
                    erreurs.ajouter(champ, phrase);
                }
                Err(erreurs)
            }
            (Err(erreurs), _) | (_, Err(erreurs)) => Err(erreurs),
        }
    }
}

#[derive(Template)]
#[template(path = "activites/creation.html")]
struct PageCreation {
    page: Page,
    structure: StructureVue,
    saisie: SaisieCreation,
    services: ListeServices,
    roles: Vec<(String, String)>,
    erreurs: Erreurs,
    /// Somebody has this address: his name, and where to attach him.
    existant: Option<(String, String)>,
    /// Why this form came up by itself.
    inconnue: bool,
}

impl PageCreation {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn adresse(&self) -> String {
        format!("/structures/{}/rattachement/creation", self.structure.id)
    }

    fn retour(&self) -> &str {
        retour(&self.saisie.retour)
    }

    fn recherche(&self) -> String {
        recherche(&self.structure, self.retour())
    }

    fn longueur(&self) -> usize {
        LONGUEUR
    }

    /// The request to the référent, pre-filled: the accounts of a PIGP structure are his (spec §13).
    fn demande_au_referent(&self) -> String {
        let objet = format!(
            "Création d’un compte PIGP\u{202F}: {} ({})",
            self.structure.raison_sociale, self.structure.identifiant
        );
        let question = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("objet", &objet)
            .finish();
        format!("/sollicitations/saisie/autre?{question}")
    }
}

async fn ecran(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    page: Page,
    saisie: SaisieCreation,
    (erreurs, existant, inconnue): (Erreurs, Option<(String, String)>, bool),
) -> Result<Response, Erreur> {
    let lignes = services(app, gestion).await?;
    let droits = gestion.droits();
    let vierge = saisie.role.is_empty();
    let services = if vierge && saisie.services.is_empty() && saisie.structure.is_empty() {
        ListeServices::par_defaut(lignes, droits, false)
    } else {
        let structure = !saisie.structure.is_empty();
        ListeServices::saisie(lignes, droits, structure, &saisie.services)
    };
    let saisie = if vierge {
        let aujourd_hui = rattachements::aujourd_hui(app).await?;
        SaisieCreation {
            role: Role::Us.code().to_owned(),
            date_debut: jour_iso(aujourd_hui),
            commentaire: format!("Rattachement par {}", gestion.personne().nom_complet()),
            ..saisie
        }
    } else {
        saisie
    };
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageCreation {
        page,
        structure: gestion.structure().clone(),
        saisie,
        services,
        roles: roles(droits),
        erreurs,
        existant,
        inconnue,
    };
    web::rendre(statut, &gabarit)
}

/// GET …/rattachement/creation; what was searched fills the form.
pub async fn page(
    gestion: Gestion<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    gestion.structure_ouverte()?;
    let valeur = |cle: &str| texte::ligne(requete.valeur(cle), 254).unwrap_or_default();
    let saisie = SaisieCreation {
        retour: requete.valeur("retour").to_owned(),
        adresse_connexion: valeur("adresse_connexion"),
        prenom: valeur("prenom"),
        nom: valeur("nom"),
        ..SaisieCreation::default()
    };
    let rien = (Erreurs::default(), None, false);
    ecran(&app, &gestion, page, saisie, rien).await
}

/// POST …/rattachement/creation.
pub async fn creer(
    gestion: Gestion<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieCreation>,
) -> Result<Response, Erreur> {
    let fait = match saisie.lire() {
        Ok((compte, octroi)) => en_transaction!(&app, |tx| rattachements::creer(
            tx, &gestion, &compte, &octroi
        )
        .await),
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(Creation::Creee { nom_complet }) => {
            let vers = Message::succes(format!("Le compte de {nom_complet} est créé."))
                .texte("Un courriel d’activation lui est envoyé. Cette personne sera rattachée quand elle aura activé son compte.")
                .et_aller(&app, Some(gestion.id()), retour(&saisie.retour))
                .await?;
            Ok(web::vers(&vers))
        }
        Ok(Creation::Existe(compte)) => {
            let ecran_rattacher = format!(
                "/structures/{}/rattachement/{}",
                gestion.structure().id,
                compte.id
            );
            let existant = Some((
                compte.nom_complet(),
                avec_retour(&ecran_rattacher, retour(&saisie.retour)),
            ));
            let erreurs = Erreurs::une(
                "adresse_connexion",
                "Un compte existe déjà avec cette adresse\u{202F}: rattachez-le au lieu d’en créer un autre.",
            );
            ecran(&app, &gestion, page, saisie, (erreurs, existant, false)).await
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran(&app, &gestion, page, saisie, (erreurs, None, false)).await
        }
        Err(autre) => Err(autre),
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAdresse {
    retour: String,
    /// « 1 »: the structure was chosen among several.
    choix: String,
    adresse: String,
    structure: String,
    services: Vec<String>,
}

#[derive(Template)]
#[template(path = "activites/adresse.html")]
struct PageAdresse {
    page: Page,
    structure: StructureVue,
    saisie: SaisieAdresse,
    services: ListeServices,
    erreurs: Erreurs,
}

impl PageAdresse {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn adresse(&self) -> String {
        format!("/structures/{}/rattachement/adresse", self.structure.id)
    }

    fn retour(&self) -> &str {
        retour(&self.saisie.retour)
    }

    fn recherche(&self) -> String {
        recherche(&self.structure, self.retour())
    }

    /// « Choisir une autre structure », where there are several.
    fn choisir(&self) -> Option<&'static str> {
        (self.saisie.choix == "1").then_some(CHOISIR)
    }
}

async fn ecran_adresse(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    page: Page,
    saisie: SaisieAdresse,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let lignes = services(app, gestion).await?;
    let (services, statut) = if erreurs.est_vide() {
        let services = ListeServices::par_defaut(lignes, gestion.droits(), false);
        (services, StatusCode::OK)
    } else {
        let structure = !saisie.structure.is_empty();
        let coches = &saisie.services;
        let services = ListeServices::saisie(lignes, gestion.droits(), structure, coches);
        (services, StatusCode::UNPROCESSABLE_ENTITY)
    };
    let gabarit = PageAdresse {
        page,
        structure: gestion.structure().clone(),
        saisie,
        services,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET …/rattachement/adresse: address, structure, maille (seed 004 §3).
pub async fn page_adresse(
    gestion: Gestion<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    gestion.structure_ouverte()?;
    let saisie = SaisieAdresse {
        retour: requete.valeur("retour").to_owned(),
        choix: requete.valeur("choix").to_owned(),
        ..SaisieAdresse::default()
    };
    ecran_adresse(&app, &gestion, page, saisie, Erreurs::default()).await
}

/// POST …/rattachement/adresse: attached at once as utilisateur simple; an unknown address leads to its account.
pub async fn par_adresse(
    gestion: Gestion<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieAdresse>,
) -> Result<Response, Erreur> {
    let mut erreurs = Erreurs::default();
    let adresse = utilisateurs::lire_adresse(&mut erreurs, "adresse", &saisie.adresse);
    let Some(adresse) = adresse else {
        return ecran_adresse(&app, &gestion, page, saisie, erreurs).await;
    };
    // The same search as by criteria: counted, journalled.
    let criteres = Criteres {
        identifiant: adresse.as_str().to_owned(),
        ..Criteres::default()
    };
    let trouves = utilisateurs::rechercher(&app, &gestion, &gestion, &criteres).await?;
    let trouve = trouves
        .comptes
        .into_iter()
        .find(|c| c.identifiant_connexion == adresse.as_str());
    let Some(compte) = trouve else {
        let creation = SaisieCreation {
            retour: saisie.retour,
            adresse_connexion: adresse.as_str().to_owned(),
            structure: saisie.structure,
            services: saisie.services,
            ..SaisieCreation::default()
        };
        let rien = (Erreurs::default(), None, true);
        return ecran(&app, &gestion, page, creation, rien).await;
    };
    let maille_structure = !saisie.structure.is_empty();
    let services: Result<Vec<_>, _> = saisie.services.iter().map(|s| s.parse()).collect();
    let fait = match services {
        Ok(services) => en_transaction!(&app, |tx| {
            rattachements::rattacher_simplement(
                tx,
                &gestion,
                compte.id,
                maille_structure,
                &services,
            )
            .await
        }),
        Err(_) => Err(Erreur::champ(
            "services",
            "Un des services cochés n’existe pas. Rechargez la page.",
        )),
    };
    match fait {
        Ok(nom) => {
            let titre = format!(
                "{nom} est rattaché(e) à {}.",
                gestion.structure().raison_sociale
            );
            let vers = Message::succes(titre)
                .texte("Un courriel l’en informe.")
                .et_aller(&app, Some(gestion.id()), retour(&saisie.retour))
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(refus)) => {
            for (champ, phrase) in refus.champs() {
                let champ = if champ == "services" {
                    "services"
                } else {
                    "adresse"
                };
                erreurs.ajouter(champ, phrase);
            }
            ecran_adresse(&app, &gestion, page, saisie, erreurs).await
        }
        Err(autre) => Err(autre),
    }
}
