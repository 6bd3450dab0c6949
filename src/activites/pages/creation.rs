//! « Créer le compte utilisateur » (R-GEST-CREER, seed 001 §8).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::saisie::{LONGUEUR, SaisieOctroi, jour_iso};
use super::services::ListeServices;
use super::{avec_retour, resume, retour, roles};
use crate::App;
use crate::acces::{Gestion, Message, Page, RattacherUtilisateurs, Role, StructureVue};
use crate::db::{UtilisateurId, en_transaction};
use crate::rattachements::{self, Creation, Octroi};
use crate::structures;
use crate::utilisateurs::NouveauCompte;
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, Saisie, texte};

/// The services of the structure to somebody who holds none of them.
pub(super) async fn services(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
) -> Result<Vec<rattachements::ServiceDemande>, Erreur> {
    rattachements::services(app, gestion, UtilisateurId(Uuid::nil()), None).await
}

pub(super) fn recherche(structure: &StructureVue, retour: &str) -> String {
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
    /// What the form by address knows of the person.
    pub(super) fn a_completer(
        adresse: &str,
        retour: String,
        structure: String,
        services: Vec<String>,
    ) -> Self {
        Self {
            retour,
            adresse_connexion: adresse.to_owned(),
            structure,
            services,
            ..Self::default()
        }
    }

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
    /// Whose référents create the accounts of a PIGP structure.
    perimetre: Option<String>,
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

    /// « au référent du périmètre Académie de Lyon ».
    fn referent(&self) -> String {
        match &self.perimetre {
            Some(nom) => format!("au référent du périmètre {nom}"),
            None => "au référent".to_owned(),
        }
    }

    /// The request to the référent, pre-filled: the accounts of a PIGP structure are his (spec §13).
    fn demande_au_referent(&self) -> String {
        let question = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("siret", &self.structure.identifiant)
            .append_pair("prenom", &self.saisie.prenom)
            .append_pair("nom", &self.saisie.nom)
            .append_pair("adresse", &self.saisie.adresse_connexion)
            .finish();
        format!("/sollicitations/saisie/compte-pigp?{question}")
    }
}

/// The form again for an address nobody has: what was typed fills it.
pub(super) async fn pour_une_inconnue(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    page: Page,
    saisie: SaisieCreation,
) -> Result<Response, Erreur> {
    let rien = (Erreurs::default(), None, true);
    ecran(app, gestion, page, saisie, rien).await
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
    let perimetre = match gestion.structure() {
        s if s.passe_par_pigp => structures::perimetre(&app.db, s.id).await?.map(|p| p.nom),
        _ => None,
    };
    let gabarit = PageCreation {
        perimetre,
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
    rattachements::ouverte(gestion.structure().active)?;
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
