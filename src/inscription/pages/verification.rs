//! Step 3: check the answers and validate. Step 4: « Consultez votre messagerie », the same for every address.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tower_sessions::Session;

use super::{DEMANDE, FICHE, MESSAGERIE, STRUCTURE, VERIFICATION, au_debut, en_cours};
use crate::App;
use crate::acces::{Message, Page, Visiteur};
use crate::inscription::brouillon::Brouillon;
use crate::inscription::inscrire::{Inscription, inscrire};
use crate::inscription::intention::{self, Intention};
use crate::structures::Situee;
use crate::utilisateurs::{Client, Retour};
use crate::web::{self, Erreur};

/// A question, its answer, and where it is changed.
struct Reponse {
    terme: &'static str,
    valeur: String,
    href: &'static str,
}

fn reponse(terme: &'static str, valeur: impl Into<String>, href: &'static str) -> Reponse {
    Reponse {
        terme,
        valeur: valeur.into(),
        href,
    }
}

#[derive(Template)]
#[template(path = "inscription/verification.html")]
struct PageVerification {
    page: Page,
    brouillon: Brouillon,
    personne: Vec<Reponse>,
    structure: Vec<Reponse>,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl PageVerification {
    fn titre_personne(&self) -> &'static str {
        if self.brouillon.pour_autrui {
            "La personne"
        } else {
            "Vous"
        }
    }

    fn bouton(&self) -> &'static str {
        if self.brouillon.pour_autrui {
            "Valider la création du compte"
        } else {
            "Valider la création de mon compte"
        }
    }
}

fn reponses_de_la_personne(brouillon: &Brouillon, connecte: bool) -> Vec<Reponse> {
    let saisie = &brouillon.personne;
    let ici = if brouillon.pour_autrui {
        super::AUTRE
    } else {
        super::DEBUT
    };
    let mut reponses = vec![
        reponse(
            "Adresse électronique de connexion",
            saisie.adresse_connexion.trim(),
            ici,
        ),
        reponse("Prénom", saisie.prenom.trim(), ici),
        reponse("Nom", saisie.nom.trim(), ici),
    ];
    if !brouillon.pour_autrui {
        let contact = match saisie.adresse_contact.trim() {
            "" => "La même que l’adresse de connexion",
            autre => autre,
        };
        reponses.push(reponse("Adresse de contact", contact, ici));
    } else if !connecte {
        reponses.push(reponse("Demandé par", saisie.demandeur.trim(), ici));
    }
    reponses
}

async fn reponses_de_la_structure(
    app: &App,
    intention: &Intention,
    situee: Option<&Situee>,
) -> Result<Vec<Reponse>, Erreur> {
    Ok(match (intention, situee) {
        (Intention::Demande { demandee, .. }, Some(Situee::Connue(s))) => {
            let perimetre = if demandee.maille_structure {
                "Toute la structure".to_owned()
            } else {
                intention::nommer(app, s.id, &demandee.services)
                    .await?
                    .map(|n| n.services.join(", "))
                    .unwrap_or_default()
            };
            vec![
                reponse("Structure", &*s.raison_sociale, STRUCTURE),
                reponse("Identifiant structure", s.identifiant.affiche(), STRUCTURE),
                reponse("Périmètre demandé", perimetre, DEMANDE),
                reponse("Rôle demandé", demandee.role.libelle(), DEMANDE),
                reponse("Commentaire", &*demandee.commentaire, DEMANDE),
            ]
        }
        (Intention::Fondation(fiche), _) => vec![
            reponse("Structure à créer", &*fiche.raison_sociale, FICHE),
            reponse(
                "Identifiant structure",
                format!(
                    "{} {}",
                    fiche.identifiant.type_identifiant().libelle(),
                    fiche.identifiant
                ),
                STRUCTURE,
            ),
            reponse("Adresse", fiche.adresse_complete(), FICHE),
            reponse("Rôle", "Gestionnaire principal", FICHE),
        ],
        _ => vec![reponse("Structure", "Aucune pour le moment", STRUCTURE)],
    })
}

async fn construire(
    app: &App,
    page: Page,
    brouillon: Brouillon,
    (intention, situee): (&Intention, Option<&Situee>),
    connecte: bool,
    retour: Retour,
) -> Result<PageVerification, Erreur> {
    Ok(PageVerification {
        page,
        personne: reponses_de_la_personne(&brouillon, connecte),
        structure: reponses_de_la_structure(app, intention, situee).await?,
        brouillon,
        resume: retour.resume(),
        retour,
    })
}

pub async fn page(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
) -> Result<Response, Erreur> {
    let Some((brouillon, situee)) = en_cours(&app, &visiteur, &session).await? else {
        return Ok(au_debut());
    };
    let Some(intention) = brouillon.intention(situee.as_ref()) else {
        return Ok(web::vers(STRUCTURE));
    };
    let connecte = visiteur.personne().is_some();
    let lu = (&intention, situee.as_ref());
    let gabarit = construire(&app, page, brouillon, lu, connecte, Retour::default()).await?;
    web::page(&gabarit)
}

pub async fn envoyer(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    client: Client,
    session: Session,
) -> Result<Response, Erreur> {
    let Some((mut brouillon, situee)) = en_cours(&app, &visiteur, &session).await? else {
        return Ok(au_debut());
    };
    if brouillon.envoye {
        return Ok(web::vers(MESSAGERIE));
    }
    // The structure may have changed since the answer: step 2 says how.
    let Some(intention) = brouillon.intention(situee.as_ref()) else {
        return Ok(web::vers(STRUCTURE));
    };
    let Ok(compte) = brouillon
        .personne
        .lire(brouillon.pour_autrui, visiteur.personne())
    else {
        return Ok(au_debut());
    };
    let inscription = Inscription {
        cle: brouillon.cle,
        compte,
        intention,
    };
    if let Err(erreur) = inscrire(&app, &client, &inscription).await {
        let retour = Retour::de(&app, erreur).await?;
        let connecte = visiteur.personne().is_some();
        let lu = (&inscription.intention, situee.as_ref());
        let gabarit = construire(&app, page, brouillon, lu, connecte, retour).await?;
        return gabarit.retour.rendre(&gabarit);
    }
    brouillon.noter_l_envoi(&session).await?;
    Ok(web::vers(MESSAGERIE))
}

#[derive(Template)]
#[template(path = "inscription/messagerie.html")]
struct PageMessagerie {
    page: Page,
    brouillon: Brouillon,
    adresse: String,
}

pub async fn messagerie(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
) -> Result<Response, Erreur> {
    let Some((brouillon, _)) = en_cours(&app, &visiteur, &session).await? else {
        return Ok(au_debut());
    };
    if !brouillon.envoye {
        return Ok(web::vers(VERIFICATION));
    }
    web::page(&PageMessagerie {
        page,
        adresse: brouillon.personne.adresse_connexion.trim().to_lowercase(),
        brouillon,
    })
}

/// Forgets every answer of this session.
pub async fn abandonner(
    visiteur: Visiteur,
    State(app): State<App>,
    session: Session,
) -> Result<Response, Erreur> {
    let vers = if Brouillon::lire(&session).await?.is_some() {
        Brouillon::effacer(&session).await?;
        Message::succes("Vos réponses sont effacées.")
            .texte("Ce navigateur n’en garde rien.")
            .et_aller(&app, visiteur.personne().map(|p| p.id), "/")
            .await?
    } else {
        "/".to_owned()
    };
    Ok(web::vers(&vers))
}
