//! « Comptes de l’équipe »: the list, a new one, the fiche of one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::articles::aller;
use crate::App;
use crate::acces::{Administration, Page};
use crate::administration::equipe::{self as acts, CompteEquipe, MOTIF_MAX, TRIS};
use crate::db::{UtilisateurId, en_transaction};
use crate::utilisateurs::{Equipe, NouveauCompte, Statut};
use crate::web::{
    self, Chemin, Erreur, Erreurs, Fenetre, Formulaire, Liste, Pastille, Requete, Sens,
};

const LISTE: &str = "/administration/equipe";

pub(super) fn adresse(id: UtilisateurId) -> String {
    format!("{LISTE}/{id}")
}

fn equipes() -> [(&'static str, &'static str); 3] {
    Equipe::TOUTES.map(|e| (e.code(), e.libelle()))
}

pub(super) fn lire_motif(erreurs: &mut Erreurs, motif: &str) -> String {
    erreurs.paragraphe("motif", motif, MOTIF_MAX, "Saisissez le motif.")
}

#[derive(Template)]
#[template(path = "administration/equipe.html")]
struct PageListe {
    page: Page,
    liste: Liste<CompteEquipe>,
}

impl PageListe {
    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "equipe" => "équipe",
            "statut" => "statut",
            "connexion" => "dernière connexion",
            _ => "nom",
        };
        self.liste
            .legende_au_masculin("Comptes de l’équipe", colonne)
    }
}

pub async fn liste(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let fenetre = Fenetre::lire(&requete, "e", &TRIS, ("nom", Sens::Croissant), 25);
    let liste = acts::tous(&app, &administration, fenetre).await?;
    web::page(&PageListe { page, liste })
}

/// A new account as typed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieCompte {
    prenom: String,
    nom: String,
    adresse_connexion: String,
    equipe: String,
    motif: String,
}

impl SaisieCompte {
    fn lire(&self) -> Result<(NouveauCompte, String), Erreurs> {
        let mut erreurs = Erreurs::default();
        let compte = NouveauCompte::lire(&self.adresse_connexion, "", &self.prenom, &self.nom);
        if let Err(siennes) = &compte {
            erreurs = siennes.clone();
        }
        let equipe = Equipe::lire(&self.equipe);
        if equipe.is_none() {
            erreurs.ajouter("equipe", "Choisissez une équipe.");
        }
        let motif = lire_motif(&mut erreurs, &self.motif);
        erreurs.verdict()?;
        Ok((NouveauCompte { equipe, ..compte? }, motif))
    }
}

#[derive(Template)]
#[template(path = "administration/equipe_compte.html")]
struct PageNouveau {
    page: Page,
    saisie: SaisieCompte,
    erreurs: Erreurs,
}

impl PageNouveau {
    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn equipes() -> [(&'static str, &'static str); 3] {
        equipes()
    }
}

pub async fn nouveau(_: Administration, page: Page) -> Result<Response, Erreur> {
    web::page(&PageNouveau {
        page,
        saisie: SaisieCompte::default(),
        erreurs: Erreurs::default(),
    })
}

pub async fn creer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieCompte>,
) -> Result<Response, Erreur> {
    let issue = async {
        let (compte, motif) = saisie.lire()?;
        en_transaction!(&app, |tx| acts::creer(tx, &administration, &compte, &motif)
            .await)
    }
    .await;
    match issue {
        Ok(id) => {
            let phrase = "Le compte est créé. Son lien d’activation part par courriel.";
            aller(&app, &administration, phrase, &adresse(id)).await
        }
        Err(Erreur::Invalide(erreurs)) => web::rendre(
            StatusCode::UNPROCESSABLE_ENTITY,
            &PageNouveau {
                page,
                saisie,
                erreurs,
            },
        ),
        Err(autre) => Err(autre),
    }
}

/// Another team, as typed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieEquipe {
    equipe: String,
    motif: String,
}

#[derive(Template)]
#[template(path = "administration/equipe_fiche.html")]
struct PageFiche {
    page: Page,
    compte: CompteEquipe,
    en_charge: Pastille,
    /// One's own account is for somebody else to change.
    moi: bool,
    saisie: SaisieEquipe,
    erreurs: Erreurs,
}

impl PageFiche {
    /// `saisie`: what was typed, refused by `erreurs`.
    async fn lire(
        app: &App,
        administration: &Administration,
        page: Page,
        id: UtilisateurId,
        (saisie, erreurs): (Option<SaisieEquipe>, Erreurs),
    ) -> Result<Self, Erreur> {
        let compte = acts::lire(&app.db, administration, id).await?;
        let saisie = saisie.unwrap_or_else(|| SaisieEquipe {
            equipe: compte.equipe.code().to_owned(),
            motif: String::new(),
        });
        Ok(Self {
            page,
            en_charge: acts::en_charge(&app.db, administration, id).await?,
            moi: compte.id == administration.id(),
            compte,
            saisie,
            erreurs,
        })
    }

    fn resume(&self) -> Vec<(String, String)> {
        self.erreurs.resume()
    }

    fn equipes() -> [(&'static str, &'static str); 3] {
        equipes()
    }

    fn facteur(&self) -> &'static str {
        if self.compte.facteur {
            "Active"
        } else {
            "À activer à la prochaine connexion"
        }
    }

    fn actif(&self) -> bool {
        self.compte.statut == Statut::Actif
    }

    fn attendu(&self) -> bool {
        self.compte.statut == Statut::EnCoursActivation
    }

    fn inactif(&self) -> bool {
        self.compte.statut == Statut::Inactif
    }
}

pub async fn fiche(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
) -> Result<Response, Erreur> {
    let saisie = (None, Erreurs::default());
    web::page(&PageFiche::lire(&app, &administration, page, id, saisie).await?)
}

pub async fn changer(
    administration: Administration,
    page: Page,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
    Formulaire(saisie): Formulaire<SaisieEquipe>,
) -> Result<Response, Erreur> {
    let issue = async {
        let mut erreurs = Erreurs::default();
        let equipe = Equipe::lire(&saisie.equipe);
        if equipe.is_none() {
            erreurs.ajouter("equipe", "Choisissez une équipe.");
        }
        let motif = lire_motif(&mut erreurs, &saisie.motif);
        erreurs.verdict()?;
        let equipe = equipe.ok_or_else(|| Erreur::champ("equipe", "Choisissez une équipe."))?;
        en_transaction!(&app, |tx| acts::changer_d_equipe(
            tx,
            &administration,
            id,
            equipe,
            &motif
        )
        .await)
    }
    .await;
    match issue {
        Ok(compte) => {
            let phrase = format!("{} change d’équipe.", compte.nom_complet());
            aller(&app, &administration, &phrase, &adresse(id)).await
        }
        Err(Erreur::Invalide(erreurs)) => {
            let saisie = (Some(saisie), erreurs);
            let gabarit = PageFiche::lire(&app, &administration, page, id, saisie).await?;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}

pub async fn renvoyer(
    administration: Administration,
    State(app): State<App>,
    Chemin(id): Chemin<UtilisateurId>,
) -> Result<Response, Erreur> {
    en_transaction!(&app, |tx| acts::renvoyer(tx, &administration, id).await)?;
    let phrase = "Un nouveau lien d’activation part par courriel. Les précédents ne servent plus.";
    aller(&app, &administration, phrase, &adresse(id)).await
}
