//! The activation and what was asked before it: one transaction, in which the account is active whatever became of the
//! structure meanwhile.

use super::intention::{self, Intention};
use crate::App;
use crate::acces::{Connecte, Role};
use crate::courrier::Usage;
use crate::db::{StructureId, Tx, en_transaction};
use crate::rattachements::{self, Demandee, Deposee, Fondation, Promesse, Tenue};
use crate::structures::{self, Situee};
use crate::utilisateurs::mots_de_passe::{self, Titulaire};
use crate::utilisateurs::par_lien::Annonce;
use crate::web::{Erreur, MotDePasse};

/// What became of what was asked.
pub enum Issue {
    /// Nothing was asked.
    Rien,
    /// The box was unticked.
    Ecartee,
    Demandee(Deposee),
    Fondee {
        structure: StructureId,
        raison_sociale: String,
    },
    /// Somebody had created the fiche meanwhile: a request was sent instead.
    FondeeParUnAutre(Deposee),
    /// Why it could not be done.
    Empechee(String),
}

/// Activates the account and carries out what it asked for. `None`: the link is dead.
///
/// # Errors
/// `Invalide` at `mot_de_passe`; the link is still good.
pub async fn activer(
    app: &App,
    titulaire: &Titulaire,
    mot: &MotDePasse,
    avec_la_suite: bool,
) -> Result<Option<(Issue, Vec<Tenue>)>, Erreur> {
    let hache = mots_de_passe::preparer(app, titulaire, mot).await?;
    let issue = en_transaction!(app, |tx| {
        // Structures before accounts (decisions 16). A fiche to create has no row to lock yet; its insert may wait for
        // another founder, who never waits for this account.
        let vise = intention::lire(&mut **tx, titulaire.id).await?;
        let visee = structure_visee(tx, vise.as_ref()).await?;
        let promises = rattachements::promesses_de(&mut **tx, titulaire.id).await?;
        let structures: Vec<StructureId> = visee
            .into_iter()
            .chain(promises.iter().map(|p| p.structure))
            .collect();
        rattachements::verrouiller(tx, &structures).await?;
        if !mots_de_passe::poser(tx, titulaire, Usage::Activation, &hache).await? {
            return Ok(None);
        }
        let intention = intention::reprendre(tx, titulaire.id).await?;
        // Promised meanwhile, on a structure that is not locked: still there for the next time it is read.
        let promises: Vec<Promesse> = rattachements::promesses_de(&mut **tx, titulaire.id)
            .await?
            .into_iter()
            .filter(|p| structures.contains(&p.structure))
            .collect();
        rattachements::oublier_les_promesses(tx, titulaire.id).await?;
        if intention.is_none() && promises.is_empty() {
            return Ok(Some((Issue::Rien, Vec::new())));
        }
        if !avec_la_suite {
            return Ok(Some((Issue::Ecartee, Vec::new())));
        }
        let Some(connecte) = Connecte::a_l_activation(tx, titulaire.id).await? else {
            return Ok(Some((Issue::Rien, Vec::new())));
        };
        let mut tenues = Vec::with_capacity(promises.len());
        for promesse in &promises {
            tenues.push(rattachements::tenir(tx, &connecte, promesse).await?);
        }
        let issue = match intention {
            Some(intention) => accomplir(tx, &connecte, &intention).await?,
            None => Issue::Rien,
        };
        Ok(Some((issue, tenues)))
    })?;
    if issue.is_some() {
        mots_de_passe::constater(app, titulaire, Usage::Activation).await?;
    }
    Ok(issue)
}

async fn structure_visee(
    tx: &mut Tx,
    intention: Option<&Intention>,
) -> Result<Option<StructureId>, Erreur> {
    Ok(match intention {
        Some(Intention::Demande { structure, .. }) => Some(*structure),
        Some(Intention::Fondation(fiche)) => {
            match structures::situer(&mut **tx, &fiche.identifiant).await? {
                Situee::Connue(s) | Situee::Fermee(s) | Situee::ParPigp(s) => Some(s.id),
                Situee::PubliqueInconnue | Situee::Radiee | Situee::Libre => None,
            }
        }
        Some(Intention::Rien) | None => None,
    })
}

/// A refusal undoes what the intent began, and nothing of the activation.
async fn accomplir(
    tx: &mut Tx,
    connecte: &Connecte,
    intention: &Intention,
) -> Result<Issue, Erreur> {
    sqlx::raw_sql("savepoint intention")
        .execute(&mut **tx)
        .await?;
    let raison = match essayer(tx, connecte, intention).await {
        Ok(issue) => return Ok(issue),
        Err(Erreur::Conflit(phrase) | Erreur::Interdit(phrase)) => phrase,
        Err(Erreur::Invalide(_)) => {
            "La structure a changé\u{202F}: un des services demandés n’est plus actif.".to_owned()
        }
        Err(Erreur::Introuvable) => "Cette structure n’existe plus.".to_owned(),
        Err(autre) => return Err(autre),
    };
    sqlx::raw_sql("rollback to savepoint intention")
        .execute(&mut **tx)
        .await?;
    Ok(Issue::Empechee(raison))
}

async fn essayer(tx: &mut Tx, connecte: &Connecte, intention: &Intention) -> Result<Issue, Erreur> {
    match intention {
        Intention::Rien => Ok(Issue::Rien),
        Intention::Demande {
            structure,
            demandee,
        } => rattachements::deposer(tx, connecte, *structure, demandee)
            .await
            .map(Issue::Demandee),
        Intention::Fondation(fiche) => match rattachements::fonder(tx, connecte, fiche).await? {
            Fondation::Fondee {
                structure,
                raison_sociale,
            } => Ok(Issue::Fondee {
                structure,
                raison_sociale,
            }),
            Fondation::Existe(structure) => {
                let demandee = Demandee {
                    role: Role::Us,
                    maille_structure: true,
                    services: Vec::new(),
                    commentaire: "Je voulais créer la fiche de cette structure\u{202F}: elle venait de l’être."
                        .to_owned(),
                };
                rattachements::deposer(tx, connecte, structure, &demandee)
                    .await
                    .map(Issue::FondeeParUnAutre)
            }
        },
    }
}

/// What the activation page says the button will do (failure-modes I5: read from the account of the link only).
pub async fn annoncer(app: &App, titulaire: &Titulaire) -> Result<Option<Annonce>, Erreur> {
    let demandee = annoncer_la_demande(app, titulaire).await?;
    let promises = rattachements::promesses_de(&app.db, titulaire.id).await?;
    if promises.is_empty() {
        return Ok(demandee);
    }
    let lignes = promises.into_iter().flat_map(|p| {
        let periode = p.periode();
        [
            ("Structure", p.raison_sociale),
            ("Identifiant structure", p.identifiant),
            ("Périmètre", p.perimetre),
            ("Rôle", p.role.libelle().to_owned()),
            ("Période", periode),
            ("Rattachement par", p.par_nom),
        ]
    });
    Ok(Some(match demandee {
        // Both in one box: the person accepts what waits for her, or none of it.
        Some(mut annonce) => {
            annonce.lignes.extend(lignes);
            annonce
        }
        None => Annonce {
            titre: "Votre rattachement",
            lignes: lignes.collect(),
            case: "Accepter ce rattachement dès l’activation",
            cochee: true,
        },
    }))
}

async fn annoncer_la_demande(app: &App, titulaire: &Titulaire) -> Result<Option<Annonce>, Erreur> {
    Ok(match intention::lire(&app.db, titulaire.id).await? {
        Some(Intention::Demande {
            structure,
            demandee,
        }) => intention::nommer(app, structure, &demandee.services)
            .await?
            .map(|nommee| Annonce {
                titre: "Demande de rattachement",
                lignes: vec![
                    ("Structure", nommee.raison_sociale),
                    ("Identifiant structure", nommee.identifiant),
                    (
                        "Périmètre demandé",
                        if demandee.maille_structure {
                            "Toute la structure".to_owned()
                        } else {
                            nommee.services.join(", ")
                        },
                    ),
                    ("Rôle demandé", demandee.role.libelle().to_owned()),
                    ("Commentaire", demandee.commentaire),
                ],
                case: "Envoyer cette demande en mon nom dès l’activation",
                cochee: true,
            }),
        Some(Intention::Fondation(fiche)) => Some(Annonce {
            titre: "Structure à créer",
            lignes: vec![
                ("Raison sociale", fiche.raison_sociale.clone()),
                (
                    "Identifiant structure",
                    format!(
                        "{} {}",
                        fiche.identifiant.type_identifiant().libelle(),
                        fiche.identifiant
                    ),
                ),
                ("Adresse", fiche.adresse_complete()),
                (
                    "Votre rôle",
                    "Gestionnaire principal\u{202F}: vous déciderez qui peut agir pour elle"
                        .to_owned(),
                ),
            ],
            case: "Créer la fiche de cette structure dès l’activation",
            cochee: true,
        }),
        Some(Intention::Rien) | None => None,
    })
}
