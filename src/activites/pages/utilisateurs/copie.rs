//! « Copier ses droits »: choose to whom, see what changes, confirm.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{CheminMembre, adresse, adresse_de};
use crate::App;
use crate::acces::{Gestion, Message, Page, RattacherUtilisateurs, StructureVue};
use crate::activites::pages::resume;
use crate::db::{RattachementId, en_transaction};
use crate::rattachements::membres::{self, Apercu, Copiable, FicheMembre};
use crate::utilisateurs::MAXIMUM;
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete, texte};

#[derive(Template)]
#[template(path = "activites/utilisateurs/copie.html")]
struct PageChoix {
    page: Page,
    structure: StructureVue,
    fiche: FicheMembre,
    q: String,
    candidats: Vec<Copiable>,
    erreurs: Erreurs,
}

impl PageChoix {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn liste(&self) -> String {
        adresse(&self.structure)
    }

    fn fiche(&self) -> String {
        adresse_de(&self.structure, self.fiche.id)
    }

    fn action(&self) -> String {
        format!("{}/copie", self.fiche())
    }

    fn options(&self) -> Vec<(String, String)> {
        let options = self.candidats.iter();
        options
            .map(|c| {
                let texte = format!("{} {}, {}", c.prenom, c.nom, c.role.libelle());
                (c.id.to_string(), texte)
            })
            .collect()
    }

    fn limite(&self) -> String {
        if self.candidats.len() < MAXIMUM {
            String::new()
        } else {
            format!(
                "Les {MAXIMUM} premiers utilisateurs\u{202F}: précisez le nom pour voir les autres."
            )
        }
    }
}

#[derive(Template)]
#[template(path = "activites/utilisateurs/copie_apercu.html")]
struct PageApercu {
    page: Page,
    structure: StructureVue,
    apercu: Apercu,
    de: RattachementId,
    vers: RattachementId,
}

impl PageApercu {
    fn liste(&self) -> String {
        adresse(&self.structure)
    }

    fn fiche(&self) -> String {
        adresse_de(&self.structure, self.de)
    }

    fn action(&self) -> String {
        format!("{}/copie", self.fiche())
    }

    fn identique(&self) -> bool {
        self.apercu.changements.iter().all(|c| c.avant == c.apres)
    }
}

async fn choisir(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    page: Page,
    de: RattachementId,
    requete: &Requete,
    erreurs: Erreurs,
) -> Result<Response, Erreur> {
    let fiche = membres::fiche(app, gestion, de).await?;
    let q = texte::ligne(requete.valeur("q"), 100).unwrap_or_default();
    let statut = if erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let gabarit = PageChoix {
        page,
        structure: gestion.structure().clone(),
        candidats: membres::copiables(app, gestion, de, &q).await?,
        fiche,
        q,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET …/{rattachement}/copie: the choice, then with `vers` what would change.
pub async fn page(
    gestion: Gestion<RattacherUtilisateurs>,
    Chemin(chemin): Chemin<CheminMembre>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let de = chemin.rattachement;
    let choisi = requete.valeur("vers");
    if choisi.is_empty() {
        let mut erreurs = Erreurs::default();
        if requete.valeur("choix") == "1" {
            erreurs.ajouter("vers", "Choisissez à qui donner ces droits.");
        }
        return choisir(&app, &gestion, page, de, &requete, erreurs).await;
    }
    let vers: RattachementId = choisi.parse().map_err(|_| Erreur::Introuvable)?;
    let apercu = en_transaction!(&app, |tx| membres::apercu(tx, &gestion, de, vers).await)?;
    web::page(&PageApercu {
        page,
        structure: gestion.structure().clone(),
        apercu,
        de,
        vers,
    })
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieCopie {
    vers: String,
}

/// POST …/{rattachement}/copie.
pub async fn copier(
    gestion: Gestion<RattacherUtilisateurs>,
    Chemin(chemin): Chemin<CheminMembre>,
    State(app): State<App>,
    Formulaire(saisie): Formulaire<SaisieCopie>,
) -> Result<Response, Erreur> {
    let (de, structure) = (chemin.rattachement, gestion.structure());
    let vers: RattachementId = saisie
        .vers
        .parse()
        .map_err(|_| Erreur::champ("vers", "Choisissez à qui donner ces droits."))?;
    let (source, cible) =
        en_transaction!(&app, |tx| membres::copier(tx, &gestion, de, vers).await)?;
    let adresse = Message::succes(format!("Les droits de {source} sont donnés à {cible}."))
        .texte("Un courriel l’en informe.")
        .et_aller(&app, Some(gestion.id()), &adresse_de(structure, vers))
        .await?;
    Ok(web::vers(&adresse))
}
