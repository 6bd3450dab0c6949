//! « Créer un compte PIGP »: alone, for a sollicitation, or for the request of a person without account.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::dossier::{adresse as adresse_de_la_demande, file};
use super::{lire_le_motif, lire_le_siret};
use crate::App;
use crate::acces::{Message, Page, Referent};
use crate::db::{DemandeDeCompteId, PerimetreId, SollicitationId, en_transaction};
use crate::referents::adresse::avertissements;
use crate::referents::comptes::{self, Creation, Origine, Rattachement};
use crate::referents::demandes;
use crate::referents::guichet::Guichet;
use crate::referents::perimetres::{self, de_la_structure};
use crate::utilisateurs::NouveauCompte;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieCreation {
    perimetre: String,
    /// The sollicitation it answers; empty: none.
    sollicitation: String,
    prenom: String,
    nom: String,
    adresse_connexion: String,
    adresse_contact: String,
    /// SIRET of the structure she will ask to join; empty: none.
    siret: String,
    motif: String,
    /// The unusual address was read again.
    confirme: String,
}

struct Lue {
    compte: NouveauCompte,
    siret: Option<crate::identifiants::Siret>,
    motif: String,
}

impl SaisieCreation {
    fn lire(&self) -> Result<Lue, Erreurs> {
        let compte = NouveauCompte::lire(
            &self.adresse_connexion,
            &self.adresse_contact,
            &self.prenom,
            &self.nom,
        );
        let (compte, mut erreurs) = match compte {
            Ok(compte) => (Some(compte), Erreurs::default()),
            Err(erreurs) => (None, erreurs),
        };
        let siret = if self.siret.trim().is_empty() {
            None
        } else {
            lire_le_siret(&mut erreurs, "siret", &self.siret)
        };
        let motif = lire_le_motif(&mut erreurs, &self.motif);
        match compte {
            Some(compte) if erreurs.est_vide() => Ok(Lue {
                compte,
                siret,
                motif,
            }),
            _ => Err(erreurs),
        }
    }
}

/// An unusual address is confirmed by its box (spec §13: a warning, not a refusal).
pub(super) fn confirmee(
    compte: &NouveauCompte,
    domaines: &[String],
    confirme: &str,
) -> Result<(), Erreurs> {
    let contact = compte
        .adresse_contact
        .as_ref()
        .filter(|c| **c != compte.adresse_connexion);
    let mut phrases = avertissements(&compte.adresse_connexion, &compte.nom, domaines);
    if let Some(contact) = contact {
        phrases.extend(avertissements(contact, &compte.nom, domaines));
    }
    if phrases.is_empty() || confirme == "oui" {
        return Ok(());
    }
    phrases.push("Vérifiez, puis cochez pour continuer.".to_owned());
    Err(Erreurs::une("confirme", &phrases.join(" ")))
}

#[derive(Template)]
#[template(path = "referents/creation.html")]
struct PageCreation {
    page: Page,
    saisie: SaisieCreation,
    erreurs: Erreurs,
    /// Value and name of each périmètre to choose from; empty: it follows from the request.
    perimetres: Vec<(String, String)>,
    action: String,
    retour: String,
    nom: &'static str,
    file: &'static str,
    /// The confirmation box is shown.
    a_confirmer: bool,
}

impl PageCreation {
    /// One périmètre is no choice.
    fn invite(&self) -> &'static str {
        if self.perimetres.len() > 1 {
            "Choisissez"
        } else {
            ""
        }
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }
}

fn options(miens: &[perimetres::Mien]) -> Vec<(String, String)> {
    miens
        .iter()
        .map(|m| (m.id.to_string(), m.nom.clone()))
        .collect()
}

async fn ecran(
    app: &App,
    referent: &Referent,
    page: Page,
    (saisie, erreurs): (SaisieCreation, Erreurs),
) -> Result<PageCreation, Erreur> {
    let miens = perimetres::miens(app, referent).await?;
    let retour = match saisie.sollicitation.parse::<SollicitationId>() {
        Ok(id) => format!("/referent/sollicitations/{id}"),
        Err(_) => "/referent/comptes".to_owned(),
    };
    Ok(PageCreation {
        page,
        a_confirmer: erreurs.pour("confirme").is_some() || saisie.confirme == "oui",
        saisie,
        erreurs,
        perimetres: options(&miens),
        action: "/referent/comptes/nouveau".to_owned(),
        retour,
        nom: Referent::NOM,
        file: "/referent",
    })
}

/// The form; `?sollicitation=` what asked for it fills it.
pub async fn page(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let mut saisie = SaisieCreation::default();
    if let Ok(id) = requete.valeur("sollicitation").parse() {
        let s = demandes::sollicitation(&app, &referent, id).await?;
        saisie = SaisieCreation {
            perimetre: s.perimetre.to_string(),
            sollicitation: id.to_string(),
            prenom: s.donnee("prenom").to_owned(),
            nom: s.donnee("nom").to_owned(),
            adresse_connexion: s.donnee("adresse").to_owned(),
            siret: s.donnee("siret").to_owned(),
            motif: format!("Sollicitation {}", s.reference),
            ..saisie
        };
    }
    web::page(&ecran(&app, &referent, page, (saisie, Erreurs::default())).await?)
}

pub async fn creer(
    referent: Referent,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieCreation>,
) -> Result<Response, Erreur> {
    match essayer(&app, &referent, &saisie).await {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = ecran(&app, &referent, page, (saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    referent: &Referent,
    saisie: &SaisieCreation,
) -> Result<String, Erreur> {
    let lue = saisie.lire()?;
    let miens = perimetres::miens(app, referent).await?;
    let perimetre = match (saisie.perimetre.parse::<PerimetreId>(), miens.as_slice()) {
        (Ok(id), _) => miens.iter().find(|m| m.id == id),
        (Err(_), [seul]) if saisie.perimetre.is_empty() => Some(seul),
        _ => None,
    }
    .ok_or_else(|| Erreur::champ("perimetre", "Choisissez un de vos périmètres."))?;
    let origine = match saisie.sollicitation.as_str() {
        "" => Origine::Aucune,
        id => Origine::Sollicitation(id.parse().map_err(|_| Erreur::Introuvable)?),
    };
    let rattachement = match &lue.siret {
        None => None,
        Some(siret) => Some(rejointe(app, siret, Some(&perimetre.nom)).await?),
    };
    confirmee(&lue.compte, &perimetre.domaines, &saisie.confirme)?;
    let creation = Creation {
        compte: lue.compte,
        perimetre: Some(perimetre.id),
        rattachement,
        motif: lue.motif,
        origine,
    };
    let id = en_transaction!(app, |tx| comptes::creer(tx, referent, &creation).await)?;
    let vers = format!("/referent/comptes/{id}");
    creee(app, referent, &creation, &vers).await
}

/// The structure to join: public, active, through the PIGP; of this périmètre, where one is named.
async fn rejointe(
    app: &App,
    siret: &crate::identifiants::Siret,
    perimetre: Option<&str>,
) -> Result<Rattachement, Erreur> {
    de_la_structure(app, siret)
        .await?
        .filter(|s| {
            s.active && s.passe && (perimetre.is_none() || s.perimetre.as_deref() == perimetre)
        })
        .map(|s| Rattachement {
            structure: s.id,
            raison_sociale: s.raison_sociale,
        })
        .ok_or_else(|| {
            Erreur::champ(
                "siret",
                "Aucune structure active de ce périmètre qui passe par le PIGP n’a ce SIRET.",
            )
        })
}

async fn creee<G: Guichet>(
    app: &App,
    guichet: &G,
    creation: &Creation,
    vers: &str,
) -> Result<String, Erreur> {
    let suite = match &creation.rattachement {
        Some(r) => format!(
            " En l’activant, cette personne pourra envoyer sa demande de rattachement à {}\u{202F}: un gestionnaire la décidera.",
            r.raison_sociale
        ),
        None => String::new(),
    };
    Message::succes(format!(
        "Le compte de {} est créé.",
        creation.compte.nom_complet()
    ))
    .texte(format!("Un courriel d’activation lui est envoyé.{suite}"))
    .et_aller(app, Some(guichet.id()), vers)
    .await
}

async fn ecran_de_la_demande<G: Guichet>(
    page: Page,
    id: DemandeDeCompteId,
    (saisie, erreurs): (SaisieCreation, Erreurs),
) -> Result<PageCreation, Erreur> {
    Ok(PageCreation {
        page,
        a_confirmer: erreurs.pour("confirme").is_some() || saisie.confirme == "oui",
        saisie,
        erreurs,
        perimetres: Vec::new(),
        action: format!("{}/compte", adresse_de_la_demande::<G>(id)),
        retour: adresse_de_la_demande::<G>(id),
        nom: G::NOM,
        file: file::<G>(),
    })
}

/// The form filled by the request.
pub async fn pour_une_demande<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeDeCompteId>,
) -> Result<Response, Erreur> {
    let demande = demandes::demande(&app, &guichet, id).await?;
    if !demande.ouverte() {
        return Ok(web::vers(&adresse_de_la_demande::<G>(id)));
    }
    let saisie = SaisieCreation {
        prenom: demande.prenom,
        nom: demande.nom,
        adresse_connexion: demande.adresse,
        siret: if demande.passe && demande.couverte {
            demande.identifiant
        } else {
            String::new()
        },
        motif: format!("Demande du {}", demande.confirmee_le.jour()),
        ..SaisieCreation::default()
    };
    web::page(&ecran_de_la_demande::<G>(page, id, (saisie, Erreurs::default())).await?)
}

/// « Créer le compte »: and the request is answered.
pub async fn creer_pour_une_demande<G: Guichet>(
    guichet: G,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<DemandeDeCompteId>,
    Formulaire(saisie): Formulaire<SaisieCreation>,
) -> Result<Response, Erreur> {
    // Not his: 404 whatever was typed.
    let demande = demandes::demande(&app, &guichet, id).await?;
    let issue = async {
        let lue = saisie.lire()?;
        let perimetre = match demande.perimetre {
            Some(perimetre) => Some(perimetre),
            None => crate::structures::perimetre(&app.db, demande.structure)
                .await?
                .map(|p| p.id),
        };
        let domaines = match perimetre {
            Some(perimetre) => comptes::domaines(&app.db, perimetre).await?,
            None => Vec::new(),
        };
        let rattachement = match &lue.siret {
            None => None,
            Some(siret) => Some(rejointe(&app, siret, demande.perimetre_nom.as_deref()).await?),
        };
        confirmee(&lue.compte, &domaines, &saisie.confirme)?;
        let creation = Creation {
            compte: lue.compte,
            perimetre,
            rattachement,
            motif: lue.motif,
            origine: Origine::Demande(id),
        };
        en_transaction!(&app, |tx| comptes::creer(tx, &guichet, &creation).await)?;
        creee(&app, &guichet, &creation, file::<G>()).await
    }
    .await;
    match issue {
        Ok(vers) => Ok(web::vers(&vers)),
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit = ecran_de_la_demande::<G>(page, id, (saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}
