//! The hub of « Mon compte ». A feature adds its door by one line in [`SECURITE`], [`DONNEES`], or by one link in its block of the
//! template.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Connecte, Page};
use crate::db::StructureId;
use crate::mon_compte::absence;
use crate::mon_compte::informations;
use crate::mon_compte::lecture::{self, Informations};
use crate::web::{self, Erreur, texte};

/// A door: address, words, what is behind.
type Porte = (&'static str, &'static str, &'static str);

/// The login of a PIGP account belongs to the référent.
const ADRESSE: &str = "/mon-compte/adresse";

const SECURITE: [Porte; 5] = [
    (
        "/mon-compte/mot-de-passe",
        "Modifier mon mot de passe",
        "Vos autres connexions ouvertes seront fermées.",
    ),
    (
        ADRESSE,
        "Modifier mon adresse de connexion",
        "Elle est confirmée par un courriel à la nouvelle adresse.",
    ),
    (
        "/mon-compte/double-authentification",
        "Double authentification",
        "Un code de votre téléphone protège votre compte, même si votre mot de passe est connu.",
    ),
    (
        "/mon-compte/sessions",
        "Mes sessions",
        "Les appareils connectés à votre compte, et comment les déconnecter.",
    ),
    (
        "/mon-compte/assistance",
        "Session d’assistance",
        "Laissez un agent du support voir vos écrans, avec un code, et lisez ce qu’il a vu.",
    ),
];

const DONNEES: [Porte; 2] = [
    (
        "/mon-compte/courriels",
        "Mes courriels",
        "Choisissez ceux que vous recevez, structure par structure.",
    ),
    (
        "/mon-compte/donnees",
        "Mes données",
        "Téléchargez tout ce que le portail conserve sur vous.",
    ),
];

#[derive(Template)]
#[template(path = "mon_compte/compte.html")]
struct PageCompte {
    page: Page,
    infos: Informations,
    referents: Vec<(String, String)>,
    empechement: Option<&'static str>,
}

impl PageCompte {
    fn libelle_connexion(&self) -> &'static str {
        if self.infos.pigp {
            "Adresse de connexion (login PIGP)"
        } else {
            "Adresse de connexion"
        }
    }

    fn telephone(&self) -> &str {
        self.infos.telephone.as_deref().unwrap_or_default()
    }

    /// The postal address, line by line.
    fn lignes_adresse(&self) -> Vec<String> {
        let i = &self.infos;
        let ville = [i.code_postal.as_deref(), i.ville.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let mut lignes: Vec<String> = [
            i.adresse.clone(),
            i.complement_adresse.clone(),
            Some(ville).filter(|v| !v.is_empty()),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !lignes.is_empty() {
            lignes.push(i.pays.clone());
        }
        lignes
    }

    fn affichage(&self) -> String {
        let theme = match self.infos.theme.as_str() {
            "clair" => "thème clair",
            "sombre" => "thème sombre",
            _ => "thème du système",
        };
        let densite = match self.infos.densite.as_str() {
            "aeree" => "tableaux aérés",
            _ => "tableaux compacts",
        };
        format!("{theme}, {densite}")
    }

    fn note(&self) -> String {
        let nombre = usize::try_from(self.infos.rattachements).unwrap_or_default();
        format!(
            "({})",
            texte::accord(nombre, "rattachement", "rattachements")
        )
    }

    fn situation(&self) -> String {
        let demandes = usize::try_from(self.infos.demandes).unwrap_or_default();
        match (self.infos.rattachements, demandes) {
            (0, 0) => "Vous n’êtes rattaché(e) à aucune structure.".to_owned(),
            (_, 0) => "Aucune de vos demandes n’est en attente.".to_owned(),
            _ => format!(
                "{} en cours de validation.",
                texte::accord(demandes, "demande", "demandes")
            ),
        }
    }

    fn note_espaces(&self) -> String {
        format!(
            "({})",
            texte::accord(self.infos.espaces.len(), "espace", "espaces")
        )
    }

    fn espaces(&self) -> String {
        self.infos.espaces.join(", ")
    }

    fn securite(&self) -> Vec<Porte> {
        let mut portes = SECURITE.to_vec();
        portes.retain(|(href, ..)| !(self.infos.pigp && *href == ADRESSE));
        portes
    }

    /// Structures of which the reader is gestionnaire principal.
    fn principales(&self) -> impl Iterator<Item = (&StructureId, &String)> {
        let noms = &self.infos.principales_noms;
        self.infos.principales.iter().zip(noms)
    }

    fn donnees(&self) -> &'static [Porte] {
        &DONNEES
    }
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    let infos = lecture::informations(&app, &connecte).await?;
    let referents = if infos.pigp {
        informations::referents(&app, &connecte).await?
    } else {
        Vec::new()
    };
    web::page(&PageCompte {
        page,
        infos,
        referents,
        empechement: absence::empechement(connecte.personne()),
    })
}
