use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{LISTE, SaisieSelection, retour};
use crate::App;
use crate::acces::{Page, Portee, RattacherUtilisateurs, ToutGestionnaire};
use crate::activites::pages::{avec_retour, sens};
use crate::activites::utilisateurs::{self, Criteres, LignePersonne, PORTION, TOUS, TRIS};
use crate::rattachements::Statut;
use crate::utilisateurs::Statut as StatutCompte;
use crate::web::{self, Erreur, Fenetre, Formulaire, Liste, PLAFOND, Requete, Sens, reponse_csv};

const PAR_DEFAUT: u32 = 25;

#[derive(Template)]
#[template(path = "activites/comptes/liste.html")]
pub struct PageComptes {
    page: Page,
    criteres: Criteres,
    /// `None` before a search.
    liste: Option<Liste<LignePersonne>>,
    /// May send activation mails again.
    relance: bool,
    erreur: Option<String>,
    csv: String,
    ici: String,
    caches: Vec<(String, String)>,
}

impl PageComptes {
    async fn construire(
        app: &App,
        page: Page,
        portee: &Portee<ToutGestionnaire>,
        relance: bool,
        requete: &Requete,
    ) -> Result<Self, Erreur> {
        let criteres = Criteres::lire(requete);
        let paires = criteres.paires();
        let lancee = requete.valeur("u.recherche") == "1" || !paires.is_empty();
        let fenetre = Fenetre::lire(
            requete,
            "u",
            &TRIS,
            ("utilisateur", Sens::Croissant),
            PAR_DEFAUT,
        );
        let caches = fenetre.autres(&[
            "nom",
            "prenom",
            "adresse",
            "statut",
            "ville",
            "pays",
            "structure",
            "service",
            "lien",
            "recherche",
            "page",
        ]);
        let liste = if lancee {
            let bornes = (fenetre.par, fenetre.page, PLAFOND + 1);
            let (lignes, total) =
                utilisateurs::rechercher(app, portee, &criteres, &[], &fenetre.tri(), bornes)
                    .await?;
            Some(Liste::new(lignes, total, fenetre, "resultats"))
        } else {
            None
        };
        let paires: Vec<(&str, &str)> = paires
            .iter()
            .map(|(c, v)| (c.as_str(), v.as_str()))
            .collect();
        Ok(Self {
            page,
            csv: Requete::lire("/activites/utilisateurs.csv", "").avec(&paires),
            criteres,
            liste,
            relance,
            erreur: None,
            ici: requete.ici(),
            caches,
        })
    }

    fn refuser(mut self, phrase: &str) -> Result<Response, Erreur> {
        self.erreur = Some(phrase.to_owned());
        web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &self)
    }

    fn resume(&self) -> Vec<(String, String)> {
        let erreur = self.erreur.iter();
        erreur
            .map(|p| ("resultats".to_owned(), p.clone()))
            .collect()
    }

    fn sens(&self, liste: &Liste<LignePersonne>, colonne: &str) -> &'static str {
        sens(liste, colonne)
    }

    fn legende(&self, liste: &Liste<LignePersonne>) -> String {
        let colonne = match liste.fenetre.colonne {
            "adresse" => "adresse de connexion",
            "date" => "date de création",
            "compte" => "statut utilisateur",
            _ => "nom",
        };
        format!(
            "Utilisateurs de vos structures, triés par {colonne} ({})",
            liste.fenetre.sens.libelle()
        )
    }

    fn statuts(&self) -> [(&'static str, &'static str); 3] {
        [
            ("actif", StatutCompte::Actif.libelle()),
            (
                "en_cours_activation",
                StatutCompte::EnCoursActivation.libelle(),
            ),
            ("inactif", StatutCompte::Inactif.libelle()),
        ]
    }

    fn liens(&self) -> Vec<(&'static str, &'static str)> {
        Statut::TOUS
            .into_iter()
            .map(|s| (s.code(), s.libelle()))
            .chain([("bientot", "Se termine bientôt (30 jours)")])
            .collect()
    }

    fn fiche(&self, ligne: &LignePersonne, ancre: &str) -> String {
        let adresse = avec_retour(&format!("{LISTE}/{}", ligne.id), &self.ici);
        format!("{adresse}{ancre}")
    }

    /// Where the habilitations are changed.
    fn habilitations(&self, ligne: &LignePersonne) -> Option<String> {
        let id = ligne.rattachement?;
        let fiche = format!("/structures/{}/utilisateurs/{id}", ligne.structure);
        Some(avec_retour(&fiche, &self.ici))
    }

    fn demande(&self, ligne: &LignePersonne) -> Option<String> {
        let (structure, demande) = ligne.demande?;
        let ecran = format!("/structures/{structure}/demandes/{demande}");
        Some(avec_retour(&ecran, &self.ici))
    }
}

/// GET /activites/utilisateurs: the criteria, then the results.
pub async fn page(
    portee: Portee<ToutGestionnaire>,
    relance: Option<Portee<RattacherUtilisateurs>>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let relance = relance.is_some();
    web::page(&PageComptes::construire(&app, page, &portee, relance, &requete).await?)
}

/// 422: a button under the results was pressed with nothing ticked.
pub async fn rien_de_coche(
    app: &App,
    page: Page,
    portee: &Portee<ToutGestionnaire>,
    relance: bool,
    saisi: &str,
) -> Result<Response, Erreur> {
    let quittee = retour(saisi);
    let quittee = quittee.split('#').next().unwrap_or_default();
    let question = quittee.split_once('?').map_or("u.recherche=1", |(_, q)| q);
    let ici = Requete::lire(LISTE, question);
    let liste = PageComptes::construire(app, page, portee, relance, &ici).await?;
    liste.refuser("Cochez au moins un utilisateur.")
}

fn fichier(
    app: App,
    portee: Portee<ToutGestionnaire>,
    criteres: Criteres,
    parmi: Vec<uuid::Uuid>,
) -> Response {
    reponse_csv("utilisateurs.csv", |lignes| async move {
        let mut page = 1;
        loop {
            let bornes = (PORTION, page, TOUS);
            let (lot, total) = utilisateurs::rechercher(
                &app,
                &portee,
                &criteres,
                &parmi,
                "utilisateur-asc",
                bornes,
            )
            .await?;
            for ligne in lot {
                if lignes.send(ligne).await.is_err() {
                    return Ok(());
                }
            }
            if page * PORTION >= total {
                return Ok(());
            }
            page += 1;
        }
    })
}

/// GET /activites/utilisateurs.csv: everybody the criteria find.
pub async fn csv(
    portee: Portee<ToutGestionnaire>,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    Ok(fichier(app, portee, Criteres::lire(&requete), Vec::new()))
}

/// POST /activites/utilisateurs/export: the ticked ones.
pub async fn exporter(
    portee: Portee<ToutGestionnaire>,
    relance: Option<Portee<RattacherUtilisateurs>>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieSelection>,
) -> Result<Response, Erreur> {
    let ids = saisie.ids()?;
    if ids.is_empty() {
        return rien_de_coche(&app, page, &portee, relance.is_some(), &saisie.retour).await;
    }
    Ok(fichier(app, portee, Criteres::default(), ids))
}
