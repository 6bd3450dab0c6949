use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Support};
use crate::db::{PieceId, SollicitationId};
use crate::pieces::{self, ACCEPTE};
use crate::sollicitations::guichet::{self, Bouton};
use crate::sollicitations::{ChangementGestionnaire, Fil, SaisieTexte, TEXTE_MAX, fil};
use crate::support::dossier::{self, Dossier, Titre};
use crate::support::reponses::{self, Mots};
use crate::support::store::{self, Verification};
use crate::web::{self, Chemin, Envoi, Erreur, Erreurs, Requete, texte};

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
        let d = &self.dossier;
        guichet::charge(d.agent.as_deref(), d.prise_en_charge_le.as_ref())
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
    guichet::prendre(&app, (&support).into(), id).await
}

async fn agir(
    app: &App,
    support: &Support,
    page: Page,
    id: SollicitationId,
    acte: (Envoi<SaisieTexte>, Bouton),
) -> Result<Response, Erreur> {
    guichet::agir(app, support.into(), id, acte, async |saisie, erreurs| {
        PageDossier::construire(app, support, page, id, (saisie, erreurs)).await
    })
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
