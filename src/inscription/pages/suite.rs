//! Step 2, continued: what is asked of a known structure, or the fiche of a private one that nobody knew.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tower_sessions::Session;

use super::{REPRISE, STRUCTURE, VERIFICATION, au_debut, en_cours};
use crate::App;
use crate::acces::{Page, Role, Visiteur};
use crate::identifiants::Identifiant;
use crate::inscription::brouillon::{Brouillon, Suite};
use crate::inscription::intention;
use crate::rattachements::{SaisieDemande, ServiceDemandable};
use crate::structures::{Connue, SaisieFiche, Situee, a_l_etranger, pre_remplir};
use crate::utilisateurs::Retour;
use crate::web::{self, Erreur, Erreurs, Formulaire, Saisie as _};

#[derive(Template)]
#[template(path = "inscription/demande.html")]
struct PageDemande {
    page: Page,
    brouillon: Brouillon,
    structure: Connue,
    services: Vec<ServiceDemandable>,
    saisie: SaisieDemande,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl PageDemande {
    fn titre(&self) -> &'static str {
        if self.brouillon.pour_autrui {
            "Sa demande de rattachement"
        } else {
            "Votre demande de rattachement"
        }
    }

    fn conseil(&self) -> &'static str {
        if self.brouillon.pour_autrui {
            "Dites au gestionnaire qui est cette personne et pourquoi elle demande."
        } else {
            "Dites au gestionnaire qui vous êtes et pourquoi."
        }
    }

    fn genre(&self) -> &'static str {
        if self.structure.publique {
            "Structure publique"
        } else {
            "Structure privée"
        }
    }
}

pub async fn page_demande(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
) -> Result<Response, Erreur> {
    let (brouillon, structure) = match en_cours(&app, &visiteur, &session).await? {
        None => return Ok(au_debut()),
        Some((brouillon, Some(Situee::Connue(structure)))) => (brouillon, structure),
        Some(_) => return Ok(web::vers(STRUCTURE)),
    };
    let services = intention::services(&app, structure.id).await?;
    let saisie = brouillon
        .demande()
        .cloned()
        .unwrap_or_else(|| SaisieDemande::vierge(Role::Us, &services));
    web::page(&PageDemande {
        page,
        brouillon,
        structure,
        services,
        saisie,
        retour: Retour::default(),
        resume: Vec::new(),
    })
}

pub async fn garder_demande(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieDemande>,
) -> Result<Response, Erreur> {
    let (mut brouillon, structure) = match en_cours(&app, &visiteur, &session).await? {
        None => return Ok(au_debut()),
        Some((brouillon, Some(Situee::Connue(structure)))) => (brouillon, structure),
        Some(_) => return Ok(web::vers(STRUCTURE)),
    };
    let services = intention::services(&app, structure.id).await?;
    if let Err(erreurs) = controler(&saisie, &services) {
        let retour = Retour::from(erreurs);
        let gabarit = PageDemande {
            page,
            brouillon,
            structure,
            services,
            saisie,
            resume: retour.resume(),
            retour,
        };
        return gabarit.retour.rendre(&gabarit);
    }
    brouillon.suite = Some(Suite::Demande(saisie));
    brouillon.garder(&session).await?;
    Ok(web::vers(VERIFICATION))
}

fn controler(saisie: &SaisieDemande, services: &[ServiceDemandable]) -> Result<(), Erreurs> {
    let demandee = saisie.lire()?;
    let offert = |id| services.iter().any(|s| s.id == id);
    if demandee.services.iter().all(|id| offert(*id)) {
        Ok(())
    } else {
        Err(Erreurs::une(
            "services",
            "Un des services cochés n’est plus actif. Rechargez la page.",
        ))
    }
}

#[derive(Template)]
#[template(path = "inscription/fiche.html")]
struct PageFiche {
    page: Page,
    brouillon: Brouillon,
    identifiant: Identifiant,
    etranger: bool,
    saisie: SaisieFiche,
    /// By the SIRENE repertory.
    pre_remplie: bool,
    retour: Retour,
    resume: Vec<(String, String)>,
}

impl PageFiche {
    fn new(
        page: Page,
        brouillon: Brouillon,
        identifiant: Identifiant,
        saisie: SaisieFiche,
        retour: Retour,
    ) -> Self {
        Self {
            page,
            brouillon,
            etranger: a_l_etranger(identifiant.type_identifiant()),
            identifiant,
            saisie,
            pre_remplie: false,
            resume: retour.resume(),
            retour,
        }
    }

    fn titre(&self) -> &'static str {
        if self.brouillon.pour_autrui {
            "La fiche de sa structure"
        } else {
            "La fiche de votre structure"
        }
    }
}

/// The answers, while nobody has the identifier; otherwise where to go.
fn libre(
    lu: Option<(Brouillon, Option<Situee>)>,
) -> Result<(Brouillon, Identifiant), &'static str> {
    let (brouillon, situee) = lu.ok_or(REPRISE)?;
    match (situee, brouillon.identifiant.as_ref().map(|i| i.lire())) {
        (Some(Situee::Libre), Some(Ok(identifiant))) => Ok((brouillon, identifiant)),
        _ => Err(STRUCTURE),
    }
}

pub async fn page_fiche(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
) -> Result<Response, Erreur> {
    let (brouillon, identifiant) = match libre(en_cours(&app, &visiteur, &session).await?) {
        Ok(lu) => lu,
        Err(ailleurs) => return Ok(web::vers(ailleurs)),
    };
    let typee = match &brouillon.suite {
        Some(Suite::Fiche(saisie)) => Some(saisie.clone()),
        _ => None,
    };
    let connue = match typee {
        None => pre_remplir(&app.db, &identifiant).await?,
        Some(_) => None,
    };
    let pre_remplie = connue.is_some();
    let saisie = typee.or(connue).unwrap_or_default();
    let mut gabarit = PageFiche::new(page, brouillon, identifiant, saisie, Retour::default());
    gabarit.pre_remplie = pre_remplie;
    web::page(&gabarit)
}

pub async fn garder_fiche(
    visiteur: Visiteur,
    State(app): State<App>,
    page: Page,
    session: Session,
    Formulaire(saisie): Formulaire<SaisieFiche>,
) -> Result<Response, Erreur> {
    let (mut brouillon, identifiant) = match libre(en_cours(&app, &visiteur, &session).await?) {
        Ok(lu) => lu,
        Err(ailleurs) => return Ok(web::vers(ailleurs)),
    };
    if let Err(erreurs) = saisie.lire(&identifiant) {
        let gabarit = PageFiche::new(page, brouillon, identifiant, saisie, erreurs.into());
        return gabarit.retour.rendre(&gabarit);
    }
    brouillon.suite = Some(Suite::Fiche(saisie));
    brouillon.garder(&session).await?;
    Ok(web::vers(VERIFICATION))
}
