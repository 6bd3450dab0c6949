use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{MES_RATTACHEMENTS, adresse};
use crate::App;
use crate::acces::{Connecte, GestionPrincipale, Message, Page, StructureVue};
use crate::db::{UtilisateurId, en_transaction};
use crate::mon_compte::choix::{self, Candidat, Candidats};
use crate::mon_compte::consequences::{Consequences, consequences};
use crate::rattachements::passations::{self, PassationVue};
use crate::rattachements::{self, Succession};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete, texte};

#[derive(Template)]
#[template(path = "mon_compte/transfert.html")]
struct PageTransfert {
    page: Page,
    structure: StructureVue,
    candidats: Candidats,
    saisie: SaisieTransfert,
    /// The one already programmed.
    passation: Option<PassationVue>,
    erreurs: Erreurs,
}

impl PageTransfert {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }

    fn choisit(&self, candidat: &Candidat) -> bool {
        self.saisie.choix == candidat.id.to_string()
    }

    fn aide_identifiant(&self) -> &'static str {
        choix::aide_identifiant(self.structure.passe_par_pigp)
    }
}

async fn construire(
    app: &App,
    gestion: &GestionPrincipale,
    page: Page,
    saisie: SaisieTransfert,
) -> Result<PageTransfert, Erreur> {
    Ok(PageTransfert {
        page,
        structure: gestion.structure().clone(),
        candidats: choix::candidats(app, gestion, gestion.structure().id).await?,
        saisie,
        passation: passations::de_la_structure(app, gestion).await?,
        erreurs: Erreurs::default(),
    })
}

pub async fn page(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieTransfert {
        identifiant: requete.valeur("identifiant").to_owned(),
        ..SaisieTransfert::default()
    };
    let mut gabarit = construire(&app, &gestion, page, saisie).await?;
    if !gabarit.saisie.identifiant.is_empty() || gabarit.candidats.personnes.is_empty() {
        "autre".clone_into(&mut gabarit.saisie.choix);
    }
    web::page(&gabarit)
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieTransfert {
    choix: String,
    identifiant: String,
    /// « date »: on the day `le`; anything else: at once.
    quand: String,
    le: String,
}

impl SaisieTransfert {
    fn programmee(&self) -> bool {
        self.quand == "date"
    }
}

/// The day of a programmed handover; `None`: at once.
async fn jour(app: &App, saisie: &SaisieTransfert) -> Result<Option<time::Date>, Erreur> {
    if !saisie.programmee() {
        return Ok(None);
    }
    if saisie.le.trim().is_empty() {
        return Err(Erreur::champ("le", "Choisissez le jour de la passation."));
    }
    let le = texte::jour(&saisie.le).map_err(|phrase| Erreur::champ("le", &phrase))?;
    en_transaction!(app, |tx| passations::verifier_jour(tx, le).await)?;
    Ok(Some(le))
}

/// The person chosen, or typed: who may be one is checked here, and again by the transfer.
pub(super) async fn designer(
    app: &App,
    auteur: &Connecte,
    (champ_choix, choix): (&str, &str),
    (champ_identifiant, identifiant): (&str, &str),
) -> Result<UtilisateurId, Erreur> {
    let (champ, id) = if choix == "autre" || (choix.is_empty() && !identifiant.trim().is_empty()) {
        let candidat = choix::par_identifiant(app, auteur, champ_identifiant, identifiant).await?;
        (champ_identifiant, candidat.id)
    } else {
        let id = choix.parse().map_err(|_| {
            Erreur::champ(champ_choix, "Choisissez le nouveau gestionnaire principal.")
        })?;
        (champ_choix, id)
    };
    en_transaction!(app, |tx| rattachements::verifier_successeur(tx, auteur, id)
        .await)
    .map_err(|e| match e {
        Erreur::Invalide(erreurs) => Erreur::champ(champ, &erreurs.phrases().join(" ")),
        autre => autre,
    })?;
    Ok(id)
}

/// « Valider »: to the confirmation window.
pub async fn choisir(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieTransfert>,
) -> Result<Response, Erreur> {
    let designe = designer(
        &app,
        &gestion,
        ("choix", &saisie.choix),
        ("identifiant", &saisie.identifiant),
    )
    .await;
    let jour = jour(&app, &saisie).await;
    // Both are read before either is refused: every message at once.
    let mut erreurs = Erreurs::default();
    let (mut successeur, mut le) = (None, None);
    match designe {
        Ok(id) => successeur = Some(id),
        Err(Erreur::Invalide(fautes)) => fautes
            .champs()
            .iter()
            .for_each(|(c, p)| erreurs.ajouter(c, p)),
        Err(autre) => return Err(autre),
    }
    match jour {
        Ok(date) => le = date,
        Err(Erreur::Invalide(fautes)) => fautes
            .champs()
            .iter()
            .for_each(|(c, p)| erreurs.ajouter(c, p)),
        Err(autre) => return Err(autre),
    }
    let Some(successeur) = successeur.filter(|_| erreurs.est_vide()) else {
        let mut gabarit = construire(&app, &gestion, page, saisie).await?;
        gabarit.erreurs = erreurs;
        return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
    };
    let mut question = vec![("successeur".to_owned(), successeur.to_string())];
    if let Some(le) = le {
        question.push(("le".to_owned(), le.to_string()));
    }
    Ok(web::vers(&adresse(
        &format!(
            "/structures/{}/transfert/confirmation",
            gestion.structure().id
        ),
        &question,
    )))
}

#[derive(Template)]
#[template(path = "mon_compte/confirmation.html")]
struct PageConfirmation {
    page: Page,
    structure: StructureVue,
    consequences: Consequences,
    successeur: Candidat,
    /// JJ/MM/AAAA; empty: at once.
    jour: String,
    /// AAAA-MM-JJ, as the form carries it.
    le: String,
    erreurs: Erreurs,
}

impl PageConfirmation {
    fn bouton(&self) -> &'static str {
        if self.jour.is_empty() {
            "Transférer le rôle"
        } else {
            "Programmer la passation"
        }
    }

    fn resume(&self) -> Vec<(String, String)> {
        // The page has no field to mend: the way out is « Annuler ».
        super::resume(&self.erreurs)
            .into_iter()
            .map(|(_, phrase)| (String::new(), phrase))
            .collect()
    }
}

async fn confirmation_de(
    app: &App,
    gestion: &GestionPrincipale,
    page: Page,
    successeur: UtilisateurId,
    le: Option<time::Date>,
) -> Result<PageConfirmation, Erreur> {
    let structure = gestion.structure().clone();
    let succession = BTreeMap::from([(structure.id, Succession::Successeur(successeur))]);
    let lues = consequences(app, gestion, &succession).await?;
    let consequences = lues.into_iter().next().ok_or(Erreur::Introuvable)?;
    let candidat = consequences.successeur.clone().ok_or(Erreur::Introuvable)?;
    Ok(PageConfirmation {
        page,
        structure,
        consequences,
        successeur: candidat,
        jour: le.map(texte::date).unwrap_or_default(),
        le: le.map(|d| d.to_string()).unwrap_or_default(),
        erreurs: Erreurs::default(),
    })
}

/// The day carried by the address or by the form; what is none does not exist.
fn lire_le(saisi: &str) -> Result<Option<time::Date>, Erreur> {
    if saisi.is_empty() {
        return Ok(None);
    }
    texte::jour(saisi)
        .map(Some)
        .map_err(|_| Erreur::Introuvable)
}

pub async fn confirmation(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    if requete.valeur("successeur").is_empty() {
        return Ok(web::vers(&format!(
            "/structures/{}/transfert",
            gestion.structure().id
        )));
    }
    let id = requete
        .valeur("successeur")
        .parse()
        .map_err(|_| Erreur::Introuvable)?;
    let le = lire_le(requete.valeur("le"))?;
    web::page(&confirmation_de(&app, &gestion, page, id, le).await?)
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieConfirmation {
    successeur: String,
    le: String,
}

pub async fn confirmer(
    gestion: GestionPrincipale,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieConfirmation>,
) -> Result<Response, Erreur> {
    if saisie.successeur.is_empty() {
        return Err(Erreur::Invalide(Erreurs::generale(
            "Choisissez le nouveau gestionnaire principal.",
        )));
    }
    let id: UtilisateurId = saisie.successeur.parse().map_err(|_| Erreur::Introuvable)?;
    let le = lire_le(&saisie.le)?;
    let fait = match le {
        None => transferer(&app, &gestion, id).await,
        Some(le) => programmer(&app, &gestion, id, le).await,
    };
    match fait {
        Ok(message) => {
            let vers = message
                .et_aller(&app, Some(gestion.id()), MES_RATTACHEMENTS)
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let mut gabarit = confirmation_de(&app, &gestion, page, id, le).await?;
            gabarit.erreurs = erreurs;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn transferer(
    app: &App,
    gestion: &GestionPrincipale,
    successeur: UtilisateurId,
) -> Result<Message, Erreur> {
    let fait = en_transaction!(app, |tx| rattachements::transferer(tx, gestion, successeur)
        .await)?;
    Ok(
        Message::succes("Le rôle de gestionnaire principal est transféré.").texte(format!(
            "{} est gestionnaire principal de {}\u{202F}; vous y êtes utilisateur simple.",
            fait.successeur, fait.raison_sociale
        )),
    )
}

async fn programmer(
    app: &App,
    gestion: &GestionPrincipale,
    successeur: UtilisateurId,
    le: time::Date,
) -> Result<Message, Erreur> {
    let fait = en_transaction!(app, |tx| passations::programmer(
        tx, gestion, successeur, le
    )
    .await)?;
    Ok(Message::succes("La passation est programmée.").texte(format!(
        "{} deviendra gestionnaire principal de {} le {}. Jusque-là vous gardez ce rôle et vous pouvez annuler.",
        fait.successeur, fait.raison_sociale, fait.jour
    )))
}
