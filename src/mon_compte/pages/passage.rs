//! The confirmation window of a succession: what it changes in each structure, before anything changes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::succession::{champ_choix, inattendu};
use super::{MES_RATTACHEMENTS, adresse, decouper, joindre, paires};
use crate::App;
use crate::acces::{Connecte, Page};
use crate::db::{StructureId, UtilisateurId, en_transaction};
use crate::mon_compte::choix::{self, LigneQuittee};
use crate::mon_compte::consequences::{Consequences, consequences};
use crate::rattachements::{self, Ligne, Succession};
use crate::web::{self, Erreur, Erreurs, Formulaire, Requete};

/// What the step before chose: the lines left, then `meme`, or `c-{structure}` for each.
#[derive(Default)]
struct Choix {
    lignes: Vec<Ligne>,
    meme: Option<UtilisateurId>,
    par_structure: BTreeMap<StructureId, Succession>,
}

impl Choix {
    fn lire(champs: Vec<(String, String)>) -> Result<Self, Erreur> {
        let mut choix = Self::default();
        for (cle, valeur) in champs {
            match (cle.as_str(), cle.strip_prefix("c-")) {
                ("l", _) => choix.lignes.extend(decouper::<Ligne>(&valeur)?),
                ("meme", _) => {
                    choix.meme = Some(valeur.parse().map_err(|_| Erreur::Introuvable)?);
                }
                (_, Some(structure)) => {
                    let structure = structure.parse().map_err(|_| Erreur::Introuvable)?;
                    let succession = if valeur == "desactiver" {
                        Succession::Desactiver
                    } else {
                        let id = valeur.parse().map_err(|_| Erreur::Introuvable)?;
                        Succession::Successeur(id)
                    };
                    if choix.par_structure.insert(structure, succession).is_some() {
                        return Err(inattendu());
                    }
                }
                _ => return Err(inattendu()),
            }
        }
        Ok(choix)
    }
}

#[derive(Template)]
#[template(path = "mon_compte/passage.html")]
struct PagePassage {
    page: Page,
    consequences: Vec<Consequences>,
    /// Other lines left at the same time, in one sentence.
    autres: String,
    lignes: String,
    /// Back to the step before, as it was.
    retour: String,
    erreurs: Erreurs,
}

impl PagePassage {
    fn resume(&self) -> Vec<(String, String)> {
        // The page has no field to mend: the way out is « Modifier ».
        let phrases = self.erreurs.phrases().into_iter();
        phrases.map(|p| (String::new(), p.to_owned())).collect()
    }

    fn champ(consequence: &Consequences) -> String {
        champ_choix(consequence.structure)
    }

    fn choix(consequence: &Consequences) -> String {
        consequence
            .successeur
            .as_ref()
            .map_or("desactiver".to_owned(), |s| s.id.to_string())
    }
}

async fn construire(
    app: &App,
    connecte: &Connecte,
    page: Page,
    choix: &Choix,
) -> Result<PagePassage, Erreur> {
    let ids = choix.lignes.iter().map(|l| l.rattachement).collect();
    let lues: Vec<LigneQuittee> = choix::lignes_a_quitter(app, connecte, &ids)
        .await?
        .into_iter()
        .filter(|l| l.est_gp || choix.lignes.contains(&l.ligne))
        .collect();
    let (gerees, autres): (Vec<_>, Vec<_>) = lues.into_iter().partition(|l| l.est_gp);
    let mut successions = BTreeMap::new();
    for l in &gerees {
        let commune = choix.meme.map(Succession::Successeur);
        let succession = choix.par_structure.get(&l.structure).copied().or(commune);
        successions.insert(l.structure, succession.ok_or(Erreur::Introuvable)?);
    }
    let lues = consequences(app, connecte, &successions).await?;
    // Lost since the step before, or somebody who is nobody.
    if lues.is_empty() || lues.len() != successions.len() {
        return Err(Erreur::Introuvable);
    }
    let mut retour = paires("l", &choix.lignes);
    if let Some(id) = choix.meme {
        let candidat = choix::par_id(app, id).await?;
        retour.push(("mode".to_owned(), "meme".to_owned()));
        retour.push(("s".to_owned(), candidat.adresse_connexion));
    } else {
        retour.push(("mode".to_owned(), "chacune".to_owned()));
        retour.extend(lues.iter().map(|c| {
            let choix = PagePassage::choix(c);
            (PagePassage::champ(c), choix)
        }));
    }
    Ok(PagePassage {
        page,
        consequences: lues,
        autres: autres
            .iter()
            .map(LigneQuittee::objet)
            .collect::<Vec<_>>()
            .join("\u{202F}; "),
        lignes: joindre(&choix.lignes),
        retour: adresse("/mon-compte/rattachements/succession", &retour),
        erreurs: Erreurs::default(),
    })
}

pub async fn page(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let choix = Choix::lire(requete.autres(&[])).map_err(|_| Erreur::Introuvable)?;
    if choix.lignes.is_empty() {
        return Ok(web::vers(MES_RATTACHEMENTS));
    }
    web::page(&construire(&app, &connecte, page, &choix).await?)
}

/// « Confirmer »: all of it or nothing.
pub async fn confirmer(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Formulaire(champs): Formulaire<Vec<(String, String)>>,
) -> Result<Response, Erreur> {
    let choix = Choix::lire(champs)?;
    if choix.lignes.is_empty() || choix.par_structure.is_empty() {
        return Err(inattendu());
    }
    let faits = en_transaction!(&app, |tx| rattachements::quitter(
        tx,
        &connecte,
        &choix.lignes,
        &choix.par_structure
    )
    .await);
    match faits {
        Ok(faits) => {
            let vers = super::depart::rendre_compte(&app, &connecte, faits).await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            let mut gabarit = construire(&app, &connecte, page, &choix).await?;
            gabarit.erreurs = erreurs;
            web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit)
        }
        Err(autre) => Err(autre),
    }
}
