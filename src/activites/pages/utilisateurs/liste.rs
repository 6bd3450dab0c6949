use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::adresse;
use crate::App;
use crate::acces::{Action, Gestion, Page, Role, StructureVue, ToutGestionnaire};
use crate::activites::pages::{avec_retour, sens};
use crate::activites::utilisateurs::{PORTION, TOUS};
use crate::db::RattachementId;
use crate::rattachements::Statut;
use crate::rattachements::membres::{self, Filtre, LigneMembre, TRIS};
use crate::structures::{LOT_MAX, LienRubrique, Rubrique, rubriques};
use crate::web::{self, Erreur, Fenetre, Liste, PLAFOND, Requete, Sens, reponse_csv};

const PAR_DEFAUT: u32 = 25;
/// Key of the bulk on everybody the filter finds.
const TOUT: &str = "u.tout";
/// Keys of the criteria, besides the page.
const CRITERES: [&str; 4] = ["q", "role", "statut", "page"];

#[derive(Template)]
#[template(path = "activites/utilisateurs/liste.html")]
pub struct PageUtilisateurs {
    page: Page,
    rubriques: Vec<LienRubrique>,
    structure: StructureVue,
    liste: Liste<LigneMembre>,
    filtre: Filtre,
    /// The criterion « Statut du rattachement » as chosen.
    statut: String,
    /// May attach, deactivate, reactivate, delete: the boxes are there.
    agit: bool,
    /// May open the technical accounts.
    principal: bool,
    /// « Sélectionner tous les utilisateurs du filtre »: there are no boxes.
    tout: bool,
    lien_tout: String,
    lien_lignes: String,
    erreur: Option<String>,
    csv: String,
    ici: String,
}

impl PageUtilisateurs {
    /// # Errors
    /// Those of the database.
    pub async fn construire<C>(
        app: &App,
        page: Page,
        gestion: &Gestion<C>,
        requete: &Requete,
    ) -> Result<Self, Erreur> {
        let fenetre = Fenetre::lire(requete, "u", &TRIS, ("nom", Sens::Croissant), PAR_DEFAUT);
        let filtre = Filtre::lire(requete, &fenetre.recherche);
        let structure = gestion.structure().clone();
        let statut = match filtre.statut {
            Some(statut) => statut.code().to_owned(),
            None if filtre.bientot => "bientot".to_owned(),
            None => String::new(),
        };
        let liste = membres::membres(app, gestion, &filtre, fenetre, PLAFOND + 1).await?;
        let agit = structure.active && gestion.droits().peut(Action::RattacherUtilisateur);
        let ancrer = |adresse: String| format!("{adresse}#utilisateurs");
        Ok(Self {
            page,
            rubriques: rubriques(gestion, Rubrique::Utilisateurs),
            principal: gestion.droits().peut(Action::GererTechnique),
            tout: agit && liste.derniere() > 1 && requete.valeur(TOUT) == "1",
            lien_tout: ancrer(requete.avec(&[(TOUT, "1")])),
            lien_lignes: ancrer(requete.avec(&[(TOUT, "")])),
            agit,
            liste,
            erreur: None,
            csv: Requete::lire(&format!("{}.csv", adresse(&structure)), "").avec(&[
                ("u.q", filtre.recherche.as_str()),
                ("u.role", filtre.code_du_role()),
                ("u.statut", statut.as_str()),
            ]),
            statut,
            filtre,
            ici: requete.avec(&[(TOUT, "")]),
            structure,
        })
    }

    fn aucun(&self) -> &'static str {
        if self.tout {
            "Tous les utilisateurs du filtre sélectionnés"
        } else {
            "Aucun utilisateur sélectionné"
        }
    }

    /// 422: a button was pressed with nothing ticked.
    pub fn refuser(mut self, phrase: &str) -> Result<Response, Erreur> {
        self.erreur = Some(phrase.to_owned());
        web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &self)
    }

    fn resume(&self) -> Vec<(String, String)> {
        let erreur = self.erreur.iter();
        erreur
            .map(|p| ("utilisateurs".to_owned(), p.clone()))
            .collect()
    }

    fn sens(&self, colonne: &str) -> &'static str {
        sens(&self.liste, colonne)
    }

    fn legende(&self) -> String {
        let colonne = match self.liste.fenetre.colonne {
            "prenom" => "prénom",
            "adresse" => "adresse de contact",
            "role" => "rôle",
            "compte" => "statut utilisateur",
            "reactivation" => "date de réactivation",
            "connexion" => "date de dernière connexion",
            "statut" => "statut du rattachement",
            _ => "nom",
        };
        format!(
            "Utilisateurs de {}, triés par {colonne} ({})",
            self.structure.raison_sociale,
            self.liste.fenetre.sens.libelle()
        )
    }

    fn lot(&self) -> String {
        format!("{}/lot", adresse(&self.structure))
    }

    fn rattacher(&self) -> String {
        avec_retour(
            &format!("/structures/{}/rattachement", self.structure.id),
            &self.ici,
        )
    }

    fn importer(&self) -> String {
        format!("/structures/{}/rattachement/import", self.structure.id)
    }

    /// The fiche of a user; of somebody whose account waits, what is known of it.
    /// `None`: the technical accounts are the gestionnaire principal's.
    fn fiche(&self, ligne: &LigneMembre) -> Option<String> {
        if ligne.technique {
            let techniques = format!("/structures/{}/techniques", self.structure.id);
            return self.principal.then_some(techniques);
        }
        let adresse = if ligne.promesse {
            format!("/activites/utilisateurs/{}", ligne.personne)
        } else {
            super::adresse_de(&self.structure, RattachementId(ligne.id))
        };
        Some(avec_retour(&adresse, &self.ici))
    }

    fn note(&self, ligne: &LigneMembre) -> &'static str {
        if ligne.moi { "vous" } else { "" }
    }

    /// Under the state: what it rests on.
    fn precision(&self, ligne: &LigneMembre) -> String {
        match &ligne.fin {
            Some(fin) if ligne.bientot => format!("se termine le {}", fin.jour()),
            Some(fin) if ligne.statut == Statut::Valide => format!("jusqu’au {}", fin.jour()),
            _ => String::new(),
        }
    }

    fn filtree(&self) -> bool {
        !self.filtre.est_vide()
    }

    fn effacer(&self) -> Option<String> {
        self.filtree().then(|| {
            let question = self.ici.split_once('?').map_or("", |(_, q)| q);
            let vides = CRITERES.map(|c| self.liste.fenetre.cle(c));
            let vides: Vec<(&str, &str)> = vides.iter().map(|c| (c.as_str(), "")).collect();
            let ici = Requete::lire(&adresse(&self.structure), question);
            format!("{}#utilisateurs", ici.avec(&vides))
        })
    }

    fn criteres(&self) -> Vec<(String, String)> {
        self.liste.fenetre.autres(&CRITERES)
    }

    fn role(&self) -> &'static str {
        self.filtre.code_du_role()
    }

    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        let roles = [Role::Gp, Role::Gs, Role::Us].map(|r| (r.code(), r.libelle()));
        roles.into_iter().chain([membres::ROLE_TECHNIQUE]).collect()
    }

    fn statuts(&self) -> Vec<(&'static str, &'static str)> {
        Statut::TOUS
            .into_iter()
            .filter(|s| *s != Statut::EnCoursValidation)
            .map(|s| (s.code(), s.libelle()))
            .chain([("bientot", "Se termine bientôt (30 jours)")])
            .collect()
    }
}

/// GET /structures/{structure}/utilisateurs.
pub async fn page(
    gestion: Gestion<ToutGestionnaire>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    web::page(&PageUtilisateurs::construire(&app, page, &gestion, &requete).await?)
}

/// The first 500 users of the filter of this address, in the order of the list, and how many are left for another time.
///
/// # Errors
/// Those of the database.
pub async fn du_filtre<C>(
    app: &App,
    gestion: &Gestion<C>,
    requete: &Requete,
) -> Result<(Vec<Uuid>, usize), Erreur> {
    let mut fenetre = Fenetre::lire(requete, "u", &TRIS, ("nom", Sens::Croissant), PAR_DEFAUT);
    let filtre = Filtre::lire(requete, &fenetre.recherche);
    let portion = u32::try_from(LOT_MAX).unwrap_or(u32::MAX);
    (fenetre.par, fenetre.page) = (portion.into(), 1);
    let liste = membres::membres(app, gestion, &filtre, fenetre, PLAFOND + 1).await?;
    let reste = usize::try_from(liste.total.0)
        .unwrap_or_default()
        .saturating_sub(liste.lignes.len());
    let personnes = liste.lignes.iter().filter(|l| !l.technique);
    Ok((personnes.map(|l| l.id).collect(), reste))
}

/// GET /structures/{structure}/utilisateurs.csv: the filter of the list, every page of it.
pub async fn csv(
    gestion: Gestion<ToutGestionnaire>,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let recherche = web::texte::ligne(requete.valeur("u.q"), 100).unwrap_or_default();
    let filtre = Filtre::lire(&requete, &recherche);
    let mut fenetre = Fenetre::lire(&requete, "u", &[], ("nom", Sens::Croissant), PAR_DEFAUT);
    fenetre.par = PORTION;
    fenetre.page = 1;
    Ok(reponse_csv("utilisateurs.csv", |lignes| async move {
        loop {
            // Each portion reads the rights of its moment.
            let lot = membres::membres(&app, &gestion, &filtre, fenetre.clone(), TOUS).await?;
            for ligne in lot.lignes {
                if lignes.send(ligne).await.is_err() {
                    return Ok(());
                }
            }
            if fenetre.page * PORTION >= lot.total.0 {
                return Ok(());
            }
            fenetre.page += 1;
        }
    }))
}
