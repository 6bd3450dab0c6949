//! One user of the structure: who, what he holds, and what may be done about it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{CheminMembre, adresse, adresse_de, retour};
use crate::App;
use crate::acces::{Action, Capacite, Gestion, Page, Role, StructureVue, ToutGestionnaire};
use crate::activites::pages::saisie::jour_iso;
use crate::activites::pages::{avec_retour, resume};
use crate::db::RattachementId;
use crate::rattachements::Statut;
use crate::rattachements::membres::{self, FicheMembre};
use crate::structures::{LienRubrique, Rubrique, rubriques};
use crate::web::{self, Chemin, Erreur, Erreurs, Requete};

#[derive(Template)]
#[template(path = "activites/utilisateurs/fiche.html")]
struct PageFiche {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    fiche: FicheMembre,
    /// May change it: the right, the reach, and not his own nor the gestionnaire principal's.
    agit: bool,
    principal: bool,
    moi: bool,
    date_fin: String,
    erreurs: Erreurs,
    retour: String,
}

impl PageFiche {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn ici(&self) -> String {
        adresse_de(&self.structure, self.fiche.id)
    }

    fn suite(&self, suite: &str) -> String {
        format!("{}/{suite}", self.ici())
    }

    fn lot(&self) -> String {
        format!("{}/lot", adresse(&self.structure))
    }

    fn modification(&self) -> String {
        let ecran = format!(
            "/structures/{}/rattachement/{}",
            self.structure.id, self.fiche.personne
        );
        avec_retour(&ecran, &self.ici())
    }

    fn compte(&self) -> String {
        let compte = format!("/activites/utilisateurs/{}", self.fiche.personne);
        avec_retour(&compte, &self.ici())
    }

    fn demande(&self) -> Option<String> {
        let demande = self.fiche.demande?;
        let ecran = format!("/structures/{}/demandes/{demande}", self.structure.id);
        Some(avec_retour(&ecran, &self.ici()))
    }

    fn est_gp(&self) -> bool {
        self.fiche.role == Role::Gp && self.fiche.statut == Statut::Valide
    }

    fn desactivable(&self) -> bool {
        matches!(self.fiche.statut, Statut::Valide | Statut::AVenir)
    }

    fn reactivable(&self) -> bool {
        self.fiche.statut == Statut::Desactive
            || self
                .fiche
                .services
                .iter()
                .any(|s| s.statut == Statut::Desactive)
    }

    fn prolongeable(&self) -> bool {
        self.fiche.dernier_jour.is_some()
    }

    fn perimetre(&self) -> &'static str {
        if self.fiche.maille_structure {
            "Toute la structure"
        } else if self.fiche.entiere {
            "Des services"
        } else {
            "Des services, dont certains ne sont pas les vôtres"
        }
    }

    fn droits(&self) -> Vec<&'static str> {
        self.fiche.capacites.iter().map(|c| c.libelle()).collect()
    }

    /// « Gérer les droits » of a gestionnaire secondaire, by the gestionnaire principal only.
    fn reglable(&self) -> bool {
        self.principal && self.structure.active && self.fiche.role == Role::Gs
    }

    fn titre_prolongation(&self) -> &'static str {
        if self.fiche.bientot {
            "Se termine bientôt"
        } else {
            "Prolonger"
        }
    }
}

/// The screen; 422 when « Prolonger » comes back.
pub async fn ecran<C>(
    app: &App,
    gestion: &Gestion<C>,
    page: Page,
    rattachement: RattachementId,
    retour: String,
    saisie: Option<(String, Erreurs)>,
) -> Result<Response, Erreur> {
    let fiche = membres::fiche(app, gestion, rattachement).await?;
    let droits = gestion.droits();
    let moi = fiche.personne == gestion.id();
    let est_gp = fiche.role == Role::Gp && fiche.statut == Statut::Valide;
    let nomme = droits.a(Capacite::NommerGestionnairesSecondaires);
    let agit = gestion.structure().active
        && droits.peut(Action::RattacherUtilisateur)
        && !moi
        && !est_gp
        && (fiche.role != Role::Gs || nomme);
    let statut = match &saisie {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let (date_fin, erreurs) = saisie.unwrap_or_else(|| {
        let propose = fiche.dernier_jour.map(dans_un_an).map(jour_iso);
        (propose.unwrap_or_default(), Erreurs::default())
    });
    let gabarit = PageFiche {
        page,
        rubriques: rubriques(gestion, Rubrique::Utilisateurs),
        structure: gestion.structure().clone(),
        principal: droits.role == Role::Gp,
        agit,
        moi,
        fiche,
        date_fin,
        erreurs,
        retour,
    };
    web::rendre(statut, &gabarit)
}

/// What « Prolonger » proposes: the same day of the next year.
fn dans_un_an(jour: time::Date) -> time::Date {
    jour.replace_year(jour.year() + 1)
        .unwrap_or(jour + time::Duration::days(365))
}

/// GET /structures/{structure}/utilisateurs/{rattachement}.
pub async fn page(
    gestion: Gestion<ToutGestionnaire>,
    Chemin(chemin): Chemin<CheminMembre>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let retour = retour(gestion.structure(), requete.valeur("retour"));
    ecran(&app, &gestion, page, chemin.rattachement, retour, None).await
}
