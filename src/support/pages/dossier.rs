use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::{Message as Resultat, Page, Support};
use crate::db::{SollicitationId, en_transaction};
use crate::sollicitations::{
    ChangementGestionnaire, Message, Reponse, TEXTE_MAX, fil, prendre_en_charge,
    repondre_du_support, resoudre,
};
use crate::support::store::{self, Dossier, Verification};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

#[derive(Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieReponse {
    texte: String,
    attendue: String,
}

impl SaisieReponse {
    fn lire(&self, absent: &str) -> Result<String, Erreurs> {
        let mut erreurs = Erreurs::default();
        let texte = erreurs.paragraphe("texte", &self.texte, TEXTE_MAX, absent);
        erreurs.verdict()?;
        Ok(texte)
    }

    fn attendue(&self) -> bool {
        self.attendue == "oui"
    }
}

#[derive(Template)]
#[template(path = "support/dossier.html")]
struct PageDossier {
    page: Page,
    dossier: Dossier,
    changement: Option<(ChangementGestionnaire, Verification)>,
    messages: Vec<Message>,
    saisie: SaisieReponse,
    erreurs: Erreurs,
    max: usize,
}

impl PageDossier {
    async fn construire(
        app: &App,
        support: &Support,
        page: Page,
        id: SollicitationId,
        (saisie, erreurs): (SaisieReponse, Erreurs),
    ) -> Result<Self, Erreur> {
        let dossier = store::dossier(app, support, id).await?;
        let changement = match dossier.changement() {
            Some(c) => {
                let verification = store::verifier(app, support, &c).await?;
                Some((c, verification))
            }
            None => None,
        };
        Ok(Self {
            page,
            changement,
            messages: fil(app, id, true).await?,
            dossier,
            saisie,
            erreurs,
            max: TEXTE_MAX,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.champs().to_vec()
    }

    fn charge(&self) -> String {
        match (&self.dossier.agent, &self.dossier.prise_en_charge_le) {
            (Some(agent), Some(quand)) => format!("{agent}, le {}", quand.jour_heure()),
            _ => "Personne pour le moment".to_owned(),
        }
    }

    fn attendue(&self) -> bool {
        self.saisie.attendue()
    }

    /// « CCAS … », or that the portal does not know this SIRET.
    fn structure(v: &Verification) -> String {
        match &v.structure {
            None => "Aucune structure n’a ce SIRET".to_owned(),
            Some(raison) if v.structure_active => raison.clone(),
            Some(raison) => format!("{raison} (désactivée)"),
        }
    }

    fn gp(v: &Verification) -> String {
        v.gp.as_ref()
            .map_or_else(|| "Aucun".to_owned(), store::CompteCite::phrase)
    }

    fn gp_cite(c: &ChangementGestionnaire, v: &Verification) -> String {
        match &v.gp_cite {
            Some(compte) => compte.phrase(),
            None if c.gp.login.is_empty() => "Identifiant non donné".to_owned(),
            None => "Aucun compte n’a cet identifiant".to_owned(),
        }
    }

    fn cible(v: &Verification) -> String {
        v.cible.as_ref().map_or_else(
            || "Aucun compte n’a cet identifiant".to_owned(),
            store::CompteCite::phrase,
        )
    }
}

pub async fn page(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieReponse::default(), Erreurs::default());
    web::page(&PageDossier::construire(&app, &support, page, id, vierge).await?)
}

fn adresse(id: SollicitationId) -> String {
    format!("/support/sollicitations/{id}")
}

async fn refuser(
    app: &App,
    support: &Support,
    page: Page,
    id: SollicitationId,
    saisie: (SaisieReponse, Erreurs),
) -> Result<Response, Erreur> {
    let gabarit = PageDossier::construire(app, support, page, id, saisie).await?;
    web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
}

pub async fn prendre(
    support: Support,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let reference = en_transaction!(&app, |tx| prendre_en_charge(tx, &support, id).await)?;
    let vers = Resultat::succes(format!("Vous avez pris {reference} en charge."))
        .et_aller(&app, Some(support.id()), &adresse(id))
        .await?;
    Ok(web::vers(&vers))
}

/// The answer, or the note, then the thread again.
async fn ecrire(
    app: &App,
    support: &Support,
    id: SollicitationId,
    (reponse, texte): (Reponse, &str),
) -> Result<Response, Erreur> {
    en_transaction!(app, |tx| repondre_du_support(
        tx, support, id, reponse, texte
    )
    .await)?;
    let (titre, suite) = match reponse {
        Reponse::Simple => (
            "Votre réponse est envoyée.",
            "Son auteur la lit dans le fil et par courriel.",
        ),
        Reponse::Attendue => (
            "Votre réponse est envoyée.",
            "La sollicitation attend maintenant son auteur.",
        ),
        Reponse::Interne => ("Votre note est enregistrée.", "Seul le support la lit."),
    };
    let vers = Resultat::succes(titre)
        .texte(suite)
        .et_aller(app, Some(support.id()), &adresse(id))
        .await?;
    Ok(web::vers(&vers))
}

pub async fn repondre(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieReponse>,
) -> Result<Response, Erreur> {
    let reponse = if saisie.attendue() {
        Reponse::Attendue
    } else {
        Reponse::Simple
    };
    match saisie.lire("Écrivez votre réponse.") {
        Ok(texte) => ecrire(&app, &support, id, (reponse, &texte)).await,
        Err(erreurs) => refuser(&app, &support, page, id, (saisie, erreurs)).await,
    }
}

pub async fn noter(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieReponse>,
) -> Result<Response, Erreur> {
    match saisie.lire("Écrivez votre note.") {
        Ok(texte) => ecrire(&app, &support, id, (Reponse::Interne, &texte)).await,
        Err(erreurs) => refuser(&app, &support, page, id, (saisie, erreurs)).await,
    }
}

/// « Résoudre », with the words that its author will read.
pub async fn clore(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieReponse>,
) -> Result<Response, Erreur> {
    let texte = match saisie.lire("Dites à son auteur comment la sollicitation est résolue.") {
        Ok(texte) => texte,
        Err(erreurs) => return refuser(&app, &support, page, id, (saisie, erreurs)).await,
    };
    let reference = en_transaction!(&app, |tx| resoudre(tx, &support, id, &texte).await)?;
    let vers = Resultat::succes(format!("La sollicitation {reference} est résolue."))
        .texte("Son auteur en est averti et peut la rouvrir pendant 30 jours.")
        .et_aller(&app, Some(support.id()), "/support")
        .await?;
    Ok(web::vers(&vers))
}
