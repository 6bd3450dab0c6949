//! « Modifier mes informations » (R-COMPTE-INFOS).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::{Connecte, Message, Page};
use crate::db::en_transaction;
use crate::identifiants::{CodePostal, telephone};
use crate::mon_compte::informations::{self, Identite, Modification};
use crate::mon_compte::lecture::{self, Informations};
use crate::utilisateurs::lire_adresse;
use crate::web::{self, Erreur, Erreurs, Formulaire, Saisie};

/// Longest first or last name, in characters (as the table).
const NOM_MAX: usize = 80;
/// Longest line of an address, in characters.
const LIGNE_MAX: usize = 120;

/// The identity is absent from the form of a PIGP account; sent all the same, it is refused.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieInformations {
    prenom: Option<String>,
    nom: Option<String>,
    adresse_contact: Option<String>,
    telephone: String,
    adresse: String,
    complement_adresse: String,
    code_postal: String,
    ville: String,
    pays: String,
}

impl SaisieInformations {
    fn de(infos: &Informations) -> Self {
        let texte = |v: &Option<String>| v.clone().unwrap_or_default();
        Self {
            prenom: Some(infos.prenom.clone()),
            nom: Some(infos.nom.clone()),
            adresse_contact: Some(infos.adresse_contact.clone()),
            telephone: texte(&infos.telephone),
            adresse: texte(&infos.adresse),
            complement_adresse: texte(&infos.complement_adresse),
            code_postal: texte(&infos.code_postal),
            ville: texte(&infos.ville),
            pays: infos.pays.clone(),
        }
    }

    fn identite(&self, erreurs: &mut Erreurs) -> Option<Identite> {
        if self.prenom.is_none() && self.nom.is_none() && self.adresse_contact.is_none() {
            return None;
        }
        let texte = |v: &Option<String>| v.clone().unwrap_or_default();
        let prenom = erreurs.ligne(
            "prenom",
            &texte(&self.prenom),
            NOM_MAX,
            "Saisissez votre prénom.",
        );
        let nom = erreurs.ligne("nom", &texte(&self.nom), NOM_MAX, "Saisissez votre nom.");
        let adresse_contact =
            lire_adresse(erreurs, "adresse_contact", &texte(&self.adresse_contact))?;
        Some(Identite {
            prenom,
            nom,
            adresse_contact,
        })
    }
}

impl Saisie for SaisieInformations {
    type Lu = Modification;

    fn lire(&self) -> Result<Modification, Erreurs> {
        let mut erreurs = Erreurs::default();
        let identite = self.identite(&mut erreurs);
        let telephone = erreurs.lire("telephone", telephone(&self.telephone));
        let code_postal = if self.code_postal.trim().is_empty() {
            None
        } else {
            CodePostal::lire(&self.code_postal)
                .map_err(|phrase| erreurs.ajouter("code_postal", phrase))
                .ok()
                .map(|c| c.as_str().to_owned())
        };
        let lu = Modification {
            identite,
            telephone,
            adresse: erreurs.ligne_facultative("adresse", &self.adresse, LIGNE_MAX),
            complement_adresse: erreurs.ligne_facultative(
                "complement_adresse",
                &self.complement_adresse,
                LIGNE_MAX,
            ),
            code_postal,
            ville: erreurs.ligne_facultative("ville", &self.ville, LIGNE_MAX),
            pays: erreurs
                .ligne_facultative("pays", &self.pays, 80)
                .unwrap_or_else(|| "France".to_owned()),
        };
        erreurs.verdict()?;
        Ok(lu)
    }
}

#[derive(Template)]
#[template(path = "mon_compte/informations.html")]
struct PageInformations {
    page: Page,
    infos: Informations,
    referents: Vec<(String, String)>,
    saisie: SaisieInformations,
    erreurs: Erreurs,
}

impl PageInformations {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }

    fn prenom(&self) -> &str {
        self.saisie.prenom.as_deref().unwrap_or_default()
    }

    fn nom(&self) -> &str {
        self.saisie.nom.as_deref().unwrap_or_default()
    }

    fn adresse_contact(&self) -> &str {
        self.saisie.adresse_contact.as_deref().unwrap_or_default()
    }
}

async fn construire(
    app: &App,
    connecte: &Connecte,
    page: Page,
    saisie: Option<SaisieInformations>,
    erreurs: Erreurs,
) -> Result<PageInformations, Erreur> {
    let infos = lecture::informations(app, connecte).await?;
    let referents = if infos.pigp {
        informations::referents(app, connecte).await?
    } else {
        Vec::new()
    };
    Ok(PageInformations {
        page,
        saisie: saisie.unwrap_or_else(|| SaisieInformations::de(&infos)),
        infos,
        referents,
        erreurs,
    })
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    web::page(&construire(&app, &connecte, page, None, Erreurs::default()).await?)
}

pub async fn enregistrer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieInformations>,
) -> Result<Response, Erreur> {
    match essayer(&app, &connecte, &saisie).await {
        Ok(change) => {
            let message = if change {
                Message::succes("Vos informations sont enregistrées.")
            } else {
                Message::info("Rien n’a changé.")
            };
            let vers = message
                .et_aller(&app, Some(connecte.id()), "/mon-compte")
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = construire(&app, &connecte, page, Some(saisie), erreurs).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieInformations,
) -> Result<bool, Erreur> {
    let voulu = saisie.lire()?;
    if voulu.identite.is_none() && !connecte.personne().pigp {
        return Err(Erreur::champ("prenom", "Saisissez votre prénom."));
    }
    informations::compter(app, connecte, &voulu).await?;
    en_transaction!(app, |tx| informations::modifier(tx, connecte, &voulu).await)
}

#[cfg(test)]
mod tests {
    use super::telephone;

    #[test]
    fn un_telephone_garde_sa_forme_et_se_verifie() {
        assert_eq!(telephone("  "), Ok(None));
        for juste in ["01 23 45 67 89", "+33 (0)1.23-45", "3639 12"] {
            assert_eq!(telephone(juste), Ok(Some(juste.to_owned())));
        }
        for faux in [
            "12345",
            "01 23 45 67 89 01 23 45 67",
            "demain matin",
            "01+23456789",
            "0123456789\u{0}",
        ] {
            assert!(telephone(faux).is_err(), "{faux}");
        }
    }
}
