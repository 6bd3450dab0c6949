//! « Certificat administratif » of a change of gestionnaire principal: sent by one agent, approved by another.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::App;
use crate::acces::{Message, Page, Support};
use crate::db::{PieceId, SollicitationId, en_transaction};
use crate::pieces;
use crate::sollicitations::certificat::{self, Certificat, Faits, Signee, Statut};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

#[derive(Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieCertificat {
    motif: String,
    /// The signed document, among those received.
    piece: String,
}

#[derive(Template)]
#[template(path = "support/certificat.html")]
struct PageCertificat {
    page: Page,
    sollicitation: SollicitationId,
    /// The last one sent.
    certificat: Option<Certificat>,
    signees: Vec<Signee>,
    /// What another would say, or why it cannot be sent; `None` while one waits.
    faits: Option<Result<Faits, String>>,
    /// The reader sent the one that waits: somebody else approves it.
    le_mien: bool,
    saisie: SaisieCertificat,
    erreurs: Erreurs,
}

impl PageCertificat {
    async fn construire(
        app: &App,
        support: &Support,
        page: Page,
        sollicitation: SollicitationId,
        (saisie, erreurs): (SaisieCertificat, Erreurs),
    ) -> Result<Self, Erreur> {
        let (faits, certificat, signees) = en_transaction!(app, |tx| {
            let certificat = certificat::lire(tx, support, sollicitation).await?;
            if let Some(c) = &certificat
                && c.statut == Statut::Envoye
            {
                let signees = certificat::signees(tx, c).await?;
                return Ok((None, certificat, signees));
            }
            let faits = match certificat::faits(tx, support, sollicitation).await {
                Ok(faits) => Ok(faits),
                Err(Erreur::Conflit(phrase)) => Err(phrase),
                Err(autre) => return Err(autre),
            };
            Ok((Some(faits), certificat, Vec::new()))
        })?;
        let le_mien = certificat
            .as_ref()
            .is_some_and(|c| c.envoye_par == support.id());
        Ok(Self {
            page,
            sollicitation,
            certificat,
            signees,
            faits,
            le_mien,
            saisie,
            erreurs,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn racine(&self) -> String {
        format!("/support/sollicitations/{}", self.sollicitation)
    }

    fn reference(&self) -> &str {
        match (&self.certificat, &self.faits) {
            (Some(c), _) => &c.reference,
            (None, Some(Ok(faits))) => &faits.reference,
            _ => "Sollicitation",
        }
    }

    fn raison_sociale(&self) -> &str {
        match (&self.certificat, &self.faits) {
            (Some(c), _) => &c.raison_sociale,
            (None, Some(Ok(faits))) => &faits.raison_sociale,
            _ => "",
        }
    }

    /// One waits for its decision.
    fn attend(&self) -> bool {
        self.certificat
            .as_ref()
            .is_some_and(|c| c.statut == Statut::Envoye)
    }

    /// Value and words of each file that came back.
    fn choix(&self) -> Vec<(String, String)> {
        let choix = self.signees.iter().map(|s| {
            let mots = format!("{}, reçu le {}", s.nom, s.deposee_le.jour_heure());
            (s.id.to_string(), mots)
        });
        choix.collect()
    }
}

pub async fn page(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
) -> Result<Response, Erreur> {
    let vierge = (SaisieCertificat::default(), Erreurs::default());
    web::page(&PageCertificat::construire(&app, &support, page, id, vierge).await?)
}

/// What the button does.
#[derive(Clone, Copy)]
enum Bouton {
    Envoyer,
    Approuver,
    Refuser,
}

async fn agir(
    app: &App,
    support: &Support,
    page: Page,
    (id, saisie, bouton): (SollicitationId, SaisieCertificat, Bouton),
) -> Result<Response, Erreur> {
    match essayer(app, support, id, &saisie, bouton).await {
        Ok(message) => {
            pieces::annoncer(app);
            let vers = message
                .et_aller(
                    app,
                    Some(support.id()),
                    &format!("/support/sollicitations/{id}"),
                )
                .await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let gabarit =
                PageCertificat::construire(app, support, page, id, (saisie, erreurs)).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    app: &App,
    support: &Support,
    id: SollicitationId,
    saisie: &SaisieCertificat,
    bouton: Bouton,
) -> Result<Message, Erreur> {
    let motif = certificat::motif(&saisie.motif)?;
    Ok(match bouton {
        Bouton::Envoyer => {
            en_transaction!(app, |tx| certificat::envoyer(tx, support, id, &motif).await)?;
            Message::succes("Le certificat administratif est envoyé.").texte(
                "Le demandeur le lit dans le fil et par courriel. Le gestionnaire principal actuel, s’il y en a un, est averti.",
            )
        }
        Bouton::Approuver => {
            let piece: PieceId = saisie
                .piece
                .parse()
                .map_err(|_| Erreur::champ("piece", "Choisissez le document signé."))?;
            let phrase = en_transaction!(app, |tx| certificat::approuver(
                tx, support, id, piece, &motif
            )
            .await)?;
            Message::succes(phrase)
                .texte("Chaque personne concernée en est avertie. La sollicitation est résolue.")
        }
        Bouton::Refuser => {
            en_transaction!(app, |tx| certificat::refuser(tx, support, id, &motif).await)?;
            Message::succes("Le certificat est refusé.")
                .texte("Le demandeur lit le motif dans le fil et par courriel.")
        }
    })
}

pub async fn envoyer(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieCertificat>,
) -> Result<Response, Erreur> {
    agir(&app, &support, page, (id, saisie, Bouton::Envoyer)).await
}

pub async fn approuver(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieCertificat>,
) -> Result<Response, Erreur> {
    agir(&app, &support, page, (id, saisie, Bouton::Approuver)).await
}

pub async fn refuser(
    support: Support,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<SollicitationId>,
    Formulaire(saisie): Formulaire<SaisieCertificat>,
) -> Result<Response, Erreur> {
    agir(&app, &support, page, (id, saisie, Bouton::Refuser)).await
}
