//! A password chosen behind a mailed link: activation and forgotten password are one journey with other words. Opening a
//! link changes nothing: mail scanners open it too (security.md ML3); only the button does.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::Retour;
pub use super::sans_referent;
use crate::App;
use crate::acces::{Message, Page};
use crate::courrier::Usage;
use crate::utilisateurs::client::Client;
use crate::utilisateurs::compte::lire_adresse;
use crate::utilisateurs::lien_demande::{self, Demande};
use crate::utilisateurs::mots_de_passe::{self, Titulaire};
use crate::web::{self, Erreur, Erreurs, MotDePasse};

/// The words of one of the journeys.
pub struct Parcours {
    usage: Usage,
    demande: Demande,
    /// Where a link is asked for.
    envoi: &'static str,
    titre_demande: &'static str,
    chapeau_demande: &'static str,
    bouton_demande: &'static str,
    demandee: &'static str,
    titre_mort: &'static str,
    chapeau_mort: &'static str,
    titre_choix: &'static str,
    h1_choix: &'static str,
    chapeau_choix: &'static str,
    etiquette: &'static str,
    bouton_choix: &'static str,
}

/// R-COMPTE-ACTIVER.
pub const ACTIVATION: Parcours = Parcours {
    usage: Usage::Activation,
    demande: Demande::Activation,
    envoi: "/activation/renvoi",
    titre_demande: "Recevoir un nouveau lien d’activation",
    chapeau_demande: "Le lien est envoyé à l’adresse de connexion du compte. Les liens reçus auparavant ne serviront plus.",
    bouton_demande: "Recevoir un nouveau lien",
    demandee: "Si un compte attend son activation à cette adresse, un nouveau lien vient d’y être envoyé\u{202f}; les liens reçus auparavant ne servent plus. Si votre compte est déjà actif, connectez-vous.",
    titre_mort: "Lien d’activation périmé",
    chapeau_mort: "Il a déjà servi, a été remplacé par un plus récent, ou a plus de 7 jours. Si votre compte est déjà actif, connectez-vous. Sinon, demandez un nouveau lien.",
    titre_choix: "Activation de votre compte",
    h1_choix: "Activez votre compte",
    chapeau_choix: "Choisissez le mot de passe de votre compte pour l’activer.",
    etiquette: "Mot de passe",
    bouton_choix: "Activer mon compte",
};

/// « Mot de passe oublié » (R-COMPTE-CONNEXION).
pub const OUBLI: Parcours = Parcours {
    usage: Usage::MotDePasse,
    demande: Demande::MotDePasse,
    envoi: "/mot-de-passe-oublie",
    titre_demande: "Mot de passe oublié",
    chapeau_demande: "Un lien pour choisir un nouveau mot de passe sera envoyé à votre adresse de connexion.",
    bouton_demande: "Recevoir le lien",
    demandee: "Si un compte existe à cette adresse, un lien pour choisir un nouveau mot de passe vient d’y être envoyé. Il est valable 1\u{a0}heure.",
    titre_mort: "Lien périmé",
    chapeau_mort: "Il a déjà servi, a été remplacé par un plus récent, ou a plus d’une heure. Votre mot de passe n’a pas changé. Vous pouvez demander un nouveau lien.",
    titre_choix: "Nouveau mot de passe",
    h1_choix: "Choisissez un nouveau mot de passe",
    chapeau_choix: "Toutes vos connexions ouvertes seront fermées.",
    etiquette: "Nouveau mot de passe",
    bouton_choix: "Enregistrer",
};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieAdresse {
    pub adresse: String,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieMotDePasse {
    mot_de_passe: MotDePasse,
    /// The box of the [`Annonce`].
    suite: String,
}

impl SaisieMotDePasse {
    pub fn mot(&self) -> &MotDePasse {
        &self.mot_de_passe
    }

    pub fn avec_la_suite(&self) -> bool {
        self.suite == "oui"
    }
}

/// What the button will do besides, told before; a box refuses it.
pub struct Annonce {
    pub titre: &'static str,
    pub lignes: Vec<(&'static str, String)>,
    /// Label of the box, ticked at first.
    pub case: &'static str,
    pub cochee: bool,
}

#[derive(Template)]
#[template(path = "utilisateurs/demande_de_lien.html")]
struct PageDemande<'p> {
    page: Page,
    parcours: &'p Parcours,
    adresse: String,
    /// The link that led here is dead.
    mort: bool,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl<'p> PageDemande<'p> {
    fn new(page: Page, parcours: &'p Parcours, adresse: &str, mort: bool, retour: Retour) -> Self {
        Self {
            page,
            parcours,
            adresse: adresse.to_owned(),
            mort,
            resume: retour.resume(),
            retour,
        }
    }
}

#[derive(Template)]
#[template(path = "utilisateurs/choix_par_lien.html")]
struct PageChoix<'p> {
    page: Page,
    parcours: &'p Parcours,
    secret: &'p str,
    titulaire: &'p Titulaire,
    annonce: Option<Annonce>,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl Parcours {
    /// The form that asks for a link.
    pub fn page_demande(&self, page: Page) -> Result<Response, Erreur> {
        web::page(&PageDemande::new(page, self, "", false, Retour::default()))
    }

    /// Used, replaced, too old, forged: one neutral page, which offers the way on (failure-modes I9, I13).
    pub fn lien_mort(&self, page: Page) -> Result<Response, Erreur> {
        let gabarit = PageDemande::new(page, self, "", true, Retour::default());
        web::rendre(StatusCode::GONE, &gabarit).map(sans_referent)
    }

    /// Asks for the link; the same answer whoever the address belongs to (security.md AU1).
    pub async fn demander(
        &self,
        app: &App,
        page: Page,
        client: &Client,
        saisie: &SaisieAdresse,
    ) -> Result<Response, Erreur> {
        let mut erreurs = Erreurs::default();
        let issue = match lire_adresse(&mut erreurs, "adresse", &saisie.adresse) {
            Some(adresse) => lien_demande::demander_lien(app, client, &adresse, self.demande).await,
            None => Err(Erreur::Invalide(erreurs)),
        };
        if let Err(erreur) = issue {
            let retour = Retour::de(app, erreur).await?;
            let gabarit = PageDemande::new(page, self, &saisie.adresse, false, retour);
            return gabarit.retour.rendre(&gabarit);
        }
        let vers = Message::info("Consultez votre messagerie.")
            .texte(self.demandee)
            .et_aller(app, None, "/connexion")
            .await?;
        Ok(web::vers(&vers))
    }

    /// The form behind a live link.
    pub fn page_choix(
        &self,
        page: Page,
        secret: &str,
        titulaire: &Titulaire,
        annonce: Option<Annonce>,
        retour: Retour,
    ) -> Result<Response, Erreur> {
        let gabarit = PageChoix {
            page,
            parcours: self,
            secret,
            titulaire,
            annonce,
            resume: retour.resume(),
            retour,
        };
        gabarit.retour.rendre(&gabarit).map(sans_referent)
    }

    /// Who holds this link: [`mots_de_passe::titulaire`].
    pub async fn titulaire(&self, app: &App, secret: &str) -> Result<Option<Titulaire>, Erreur> {
        mots_de_passe::titulaire(app, secret, self.usage).await
    }
}
