use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::App;
use crate::acces::{Message as Resultat, Page, Support};
use crate::db::{PieceId, SollicitationId, en_transaction};
use crate::pieces::{self, ACCEPTE, Nouvelle};
use crate::sollicitations::{
    ChangementGestionnaire, Ecrit, Fil, Reponse, SaisieTexte, TEXTE_MAX, fil, prendre_en_charge,
    repondre_a, resoudre,
};
use crate::support::dossier::{self, Dossier, Titre};
use crate::support::reponses::{self, Mots};
use crate::support::store::{self, Verification};
use crate::web::{self, Chemin, Envoi, Erreur, Erreurs, FichierRecu, Requete, texte};

#[derive(Template)]
#[template(path = "support/dossier.html")]
struct PageDossier {
    page: Page,
    dossier: Dossier,
    changement: Option<(ChangementGestionnaire, Verification)>,
    fil: Fil,
    saisie: SaisieTexte,
    erreurs: Erreurs,
    max: usize,
    accepte: &'static str,
}

impl PageDossier {
    async fn construire(
        app: &App,
        support: &Support,
        page: Page,
        id: SollicitationId,
        (saisie, erreurs): (SaisieTexte, Erreurs),
    ) -> Result<Self, Erreur> {
        let dossier = dossier::lire(app, support, id).await?;
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
            fil: fil(app, support, id, true).await?,
            dossier,
            saisie,
            erreurs,
            max: TEXTE_MAX,
            accepte: ACCEPTE,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn charge(&self) -> String {
        match (&self.dossier.agent, &self.dossier.prise_en_charge_le) {
            (Some(agent), Some(quand)) => format!("{agent}, le {}", quand.jour_heure()),
            _ => "Personne pour le moment".to_owned(),
        }
    }

    /// A contested change, and its contestation.
    fn liee(&self) -> Option<(SollicitationId, &str)> {
        self.dossier
            .liee
            .zip(self.dossier.liee_reference.as_deref())
    }

    fn lien_avec(&self) -> &'static str {
        if self.changement.is_some() {
            "Contestation"
        } else {
            "Changement contesté"
        }
    }

    /// The reader may answer.
    fn a_repondre(&self) -> bool {
        self.dossier.statut.ouverte() && !self.dossier.ecarte
    }

    fn racine(&self) -> String {
        adresse(self.dossier.id)
    }

    /// Value and words of each prepared answer.
    fn preparees(&self) -> Vec<(String, String)> {
        let paire = |t: &Titre| (t.id.to_string(), t.titre.clone());
        self.dossier.reponses.iter().map(paire).collect()
    }

    /// The other sollicitations of the same person, in the queue.
    fn autres(&self) -> String {
        let mut question = url::form_urlencoded::Serializer::new(String::new());
        question.append_pair("s.q", &self.dossier.emetteur_adresse);
        format!("/support?{}#sollicitations", question.finish())
    }

    /// « 2 autres en cours ».
    fn autres_en_mots(&self) -> String {
        let n = usize::try_from(self.dossier.autres).unwrap_or_default();
        texte::accord(n, "autre en cours", "autres en cours")
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

/// The file; `?reponse=` begins the answer with a prepared one.
pub async fn page(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let vierge = (SaisieTexte::default(), Erreurs::default());
    let mut gabarit = PageDossier::construire(&app, &support, page, id, vierge).await?;
    if let Ok(reponse) = requete.valeur("reponse").parse()
        && let Some(texte) = reponses::texte(&app, &support, reponse).await?
    {
        let mots = Mots {
            prenom: &gabarit.dossier.emetteur_prenom,
            reference: &gabarit.dossier.reference,
            agent: &support.personne().nom_complet(),
        };
        gabarit.saisie.texte = reponses::en_clair(&texte, &mots);
    }
    web::page(&gabarit)
}

/// A file of the thread.
pub async fn telecharger(
    support: Support,
    State(app): State<App>,
    Chemin((id, piece)): Chemin<(SollicitationId, PieceId)>,
) -> Result<Response, Erreur> {
    let piece = dossier::piece(&app, &support, id, piece).await?;
    pieces::reponse(&app, &piece)
}

fn adresse(id: SollicitationId) -> String {
    format!("/support/sollicitations/{id}")
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

/// What one button of the form does.
#[derive(Clone, Copy)]
enum Bouton {
    Repondre,
    Noter,
    Resoudre,
}

impl Bouton {
    fn absent(self) -> &'static str {
        match self {
            Self::Repondre => "Écrivez votre réponse.",
            Self::Noter => "Écrivez votre note.",
            Self::Resoudre => "Dites à son auteur comment la sollicitation est résolue.",
        }
    }
}

/// The act, or the page again with what is wrong; a file that came along must be chosen anew.
async fn agir(
    app: &App,
    support: &Support,
    page: Page,
    id: SollicitationId,
    (envoi, bouton): (Envoi<SaisieTexte>, Bouton),
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    match essayer(app, support, id, (&saisie, fichier, bouton)).await {
        Ok(vers) => {
            pieces::annoncer(app);
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let saisie = (saisie, erreurs.fichier_a_rechoisir(avec_fichier));
            let gabarit = PageDossier::construire(app, support, page, id, saisie).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    support: &Support,
    id: SollicitationId,
    (saisie, fichier, bouton): (&SaisieTexte, Option<FichierRecu>, Bouton),
) -> Result<String, Erreur> {
    let texte = saisie.lire(bouton.absent())?;
    let piece = Nouvelle::eventuelle(app, support.id(), fichier).await?;
    let ecrit = Ecrit {
        texte: &texte,
        piece: piece.as_ref(),
    };
    let reponse = match bouton {
        Bouton::Noter => Reponse::Interne,
        Bouton::Repondre if saisie.attendue() => Reponse::Attendue,
        Bouton::Repondre => Reponse::Simple,
        Bouton::Resoudre => {
            let reference = en_transaction!(app, |tx| resoudre(tx, support, id, ecrit).await)?;
            return Resultat::succes(format!("La sollicitation {reference} est résolue."))
                .texte("Son auteur en est averti et peut la rouvrir pendant 30 jours.")
                .et_aller(app, Some(support.id()), "/support")
                .await;
        }
    };
    en_transaction!(app, |tx| repondre_a(tx, support, id, reponse, ecrit).await)?;
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
    Resultat::succes(titre)
        .texte(suite)
        .et_aller(app, Some(support.id()), &adresse(id))
        .await
}

pub async fn repondre(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &support, page, id, (envoi, Bouton::Repondre)).await
}

pub async fn noter(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &support, page, id, (envoi, Bouton::Noter)).await
}

/// « Résoudre », with the words that its author will read.
pub async fn clore(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    envoi: Envoi<SaisieTexte>,
) -> Result<Response, Erreur> {
    agir(&app, &support, page, id, (envoi, Bouton::Resoudre)).await
}
