//! The free form: written, kept as a draft with its files, sent. One form for all, so that nothing typed is lost when a
//! file is added or taken away, with or without script.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::changement::envoyee;
use super::saisie::SaisieDemande;
use super::{freiner, guichet};
use crate::App;
use crate::acces::{Connecte, Message, Page};
use crate::db::{BrouillonId, PieceId, en_transaction};
use crate::pieces::{self, ACCEPTE, Nouvelle, Piece};
use crate::sollicitations::brouillons::{self, Brouillon};
use crate::sollicitations::depot::{self, Choisie};
use crate::sollicitations::{Destinataire, TEXTE_MAX};
use crate::web::{self, Chemin, Envoi, Erreur, Erreurs, FichierRecu, Requete, texte};

#[derive(Template)]
#[template(path = "sollicitations/autre.html")]
struct PageDemande {
    page: Page,
    saisie: SaisieDemande,
    choisie: Option<Choisie>,
    brouillon: Option<Brouillon>,
    pieces: Vec<Piece>,
    erreurs: Erreurs,
    max: usize,
    accepte: &'static str,
}

impl PageDemande {
    /// The recipient and the draft are read again: a structure that closed is 404, a draft that went is no draft any more.
    async fn construire(
        app: &App,
        connecte: &Connecte,
        page: Page,
        mut saisie: SaisieDemande,
        erreurs: Erreurs,
    ) -> Result<Self, Erreur> {
        let choisie = match saisie.structure() {
            Some(id) => Some(depot::choisie(app, connecte, id).await?),
            None => None,
        };
        let brouillon = match saisie.brouillon() {
            Some(id) => match brouillons::le_mien(app, connecte, id).await {
                Ok(brouillon) => Some(brouillon),
                Err(Erreur::Introuvable) => None,
                Err(autre) => return Err(autre),
            },
            None => None,
        };
        let pieces = match &brouillon {
            Some(brouillon) => pieces::du_brouillon(&app.db, brouillon.id).await?,
            None => Vec::new(),
        };
        if brouillon.is_none() {
            saisie.brouillon.clear();
        }
        Ok(Self {
            page,
            saisie,
            choisie,
            brouillon,
            pieces,
            erreurs,
            max: TEXTE_MAX,
            accepte: ACCEPTE,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn titre(&self) -> String {
        match &self.choisie {
            Some(choisie) => format!("Demande à {}", choisie.raison_sociale),
            None => "Autre demande au support".to_owned(),
        }
    }

    fn categories(&self) -> Vec<(String, String)> {
        Destinataire::de(self.saisie.structure()).choix()
    }

    /// Nobody of the structure would read it.
    fn muette(&self) -> bool {
        self.choisie.as_ref().is_some_and(|c| !c.repond)
    }

    fn racine(&self) -> String {
        format!("/sollicitations/brouillons/{}", self.saisie.brouillon)
    }
}

/// The empty form; `?destinataire=` a structure of the directory, `?objet=` and `?categorie=` what is proposed.
pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieDemande {
        destinataire: requete.valeur("destinataire").to_owned(),
        categorie: requete.valeur("categorie").to_owned(),
        objet: texte::ligne(requete.valeur("objet"), 255).unwrap_or_default(),
        ..SaisieDemande::default()
    };
    if saisie.structure().is_none() && !saisie.destinataire.is_empty() {
        return Err(Erreur::Introuvable);
    }
    let sans_erreur = Erreurs::default();
    web::page(&PageDemande::construire(&app, &connecte, page, saisie, sans_erreur).await?)
}

/// A draft found again.
pub async fn reprendre(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<BrouillonId>,
) -> Result<Response, Erreur> {
    let saisie = brouillons::le_mien(&app, &connecte, id).await?.into();
    let sans_erreur = Erreurs::default();
    web::page(&PageDemande::construire(&app, &connecte, page, saisie, sans_erreur).await?)
}

/// To this address, or the form again with what is wrong; a file that came with it must be chosen anew.
async fn repondre(
    app: &App,
    connecte: &Connecte,
    page: Page,
    (saisie, avec_fichier): (SaisieDemande, bool),
    issue: Result<String, Erreur>,
) -> Result<Response, Erreur> {
    guichet::suivre(app, issue, avec_fichier, async |erreurs| {
        PageDemande::construire(app, connecte, page, saisie, erreurs).await
    })
    .await
}

/// « Envoyer la sollicitation ».
pub async fn envoyer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    envoi: Envoi<SaisieDemande>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    let issue = essayer(&app, &connecte, &saisie, fichier).await;
    repondre(&app, &connecte, page, (saisie, avec_fichier), issue).await
}

async fn essayer(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieDemande,
    fichier: Option<FichierRecu>,
) -> Result<String, Erreur> {
    let mut demandee = saisie.lire()?;
    demandee.piece = freiner(app, connecte, fichier).await?;
    envoyee(app, connecte, &demandee).await
}

/// Saves what was typed, with the file that came along, or without the one taken away.
async fn enregistrer(
    app: &App,
    connecte: &Connecte,
    saisie: &SaisieDemande,
    piece: Option<&Nouvelle>,
    retiree: Option<PieceId>,
) -> Result<BrouillonId, Erreur> {
    let (id, tape) = saisie.taper()?;
    en_transaction!(app, |tx| {
        let id = brouillons::enregistrer(tx, connecte, id, &tape).await?;
        if let Some(piece) = piece {
            brouillons::joindre(tx, connecte, id, piece).await?;
        }
        if let Some(retiree) = retiree {
            brouillons::retirer(tx, id, retiree).await?;
        }
        Ok::<_, Erreur>(id)
    })
}

async fn vers_le_brouillon(
    app: &App,
    connecte: &Connecte,
    id: BrouillonId,
    titre: &str,
) -> Result<String, Erreur> {
    Message::succes(titre)
        .texte("Votre brouillon est enregistré.")
        .et_aller(
            app,
            Some(connecte.id()),
            &format!("/sollicitations/brouillons/{id}"),
        )
        .await
}

/// « Enregistrer le brouillon »: nothing is mandatory, the file chosen is kept with it.
pub async fn garder(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    envoi: Envoi<SaisieDemande>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    let issue = async {
        let piece = Nouvelle::eventuelle(&app, connecte.id(), fichier).await?;
        enregistrer(&app, &connecte, &saisie, piece.as_ref(), None).await?;
        Message::succes("Votre brouillon est enregistré.")
            .texte("Vous le retrouvez ici pendant 30 jours.")
            .et_aller(&app, Some(connecte.id()), "/sollicitations/brouillons")
            .await
    }
    .await;
    repondre(&app, &connecte, page, (saisie, avec_fichier), issue).await
}

/// « Joindre le fichier »: what was typed is kept as a draft with it.
pub async fn joindre(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    envoi: Envoi<SaisieDemande>,
) -> Result<Response, Erreur> {
    let Envoi { saisie, fichier } = envoi;
    let avec_fichier = fichier.is_some();
    let issue = async {
        let piece = Nouvelle::eventuelle(&app, connecte.id(), fichier)
            .await?
            .ok_or_else(|| Erreur::champ("fichier", "Choisissez un fichier."))?;
        let id = enregistrer(&app, &connecte, &saisie, Some(&piece), None).await?;
        vers_le_brouillon(&app, &connecte, id, "Le fichier est joint.").await
    }
    .await;
    repondre(&app, &connecte, page, (saisie, avec_fichier), issue).await
}

/// « Retirer » a file of the draft; what was typed is kept.
pub async fn retirer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(piece): Chemin<PieceId>,
    envoi: Envoi<SaisieDemande>,
) -> Result<Response, Erreur> {
    let saisie = envoi.saisie;
    let issue = async {
        if saisie.brouillon().is_none() {
            return Err(Erreur::Invalide(Erreurs::generale(
                "Cette pièce jointe n’est plus dans ce brouillon.",
            )));
        }
        let id = enregistrer(&app, &connecte, &saisie, None, Some(piece)).await?;
        vers_le_brouillon(&app, &connecte, id, "Le fichier est retiré.").await
    }
    .await;
    repondre(&app, &connecte, page, (saisie, false), issue).await
}
