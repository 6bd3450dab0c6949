use askama::Template;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

use super::{ACTIVITES, avec_retour, bilan, retour, sens};
use crate::App;
use crate::acces::{
    Capable, Page, Portee, ToutGestionnaire, ValiderAbonnements, ValiderRattachements,
};
use crate::activites::file::{self, LigneADecider};
use crate::activites::genre::{Abonnement, Genre, Mots, Rattachement};
use crate::historique::Action;
use crate::historique::lecture::{self, Filtre, LigneHistorique};
use crate::structures::{self, MaStructure};
use crate::web::{self, Erreur, Erreurs, Fenetre, Liste, Requete, Sens, texte};

/// Lines per page of both blocks, at first (spec §13).
const PAR_DEFAUT: u32 = 5;
/// Services or espaces named in a line; the others are counted.
const OBJETS_NOMMES: usize = 3;

/// What the reader of the page may read and decide; both kinds of request are parts of it.
pub struct Valideurs {
    gestionnaire: Portee<ToutGestionnaire>,
    rattachements: Option<Portee<ValiderRattachements>>,
    abonnements: Option<Portee<ValiderAbonnements>>,
}

impl FromRequestParts<App> for Valideurs {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        Ok(Self {
            gestionnaire: <Portee<_> as FromRequestParts<App>>::from_request_parts(parts, app)
                .await?,
            rattachements: eventuelle(parts, app).await?,
            abonnements: eventuelle(parts, app).await?,
        })
    }
}

/// A capability that only some readers of the page have.
async fn eventuelle<C: Capable>(parts: &mut Parts, app: &App) -> Result<Option<Portee<C>>, Erreur> {
    <Portee<C> as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await
}

/// Block A or block B.
struct Bloc {
    mots: &'static Mots,
    liste: Liste<LigneADecider>,
    /// Every request of the filter is selected, not only those of the page.
    tout: bool,
    /// Addresses of the two steps of « Sélectionner les N demandes du filtre ».
    lien_tout: String,
    lien_lignes: String,
}

#[derive(Template)]
#[template(path = "activites/liste.html")]
pub struct PageActivites {
    page: Page,
    /// Those of the kinds this person can decide.
    blocs: Vec<Bloc>,
    /// Block C.
    structures: Liste<MaStructure>,
    cree_services: bool,
    /// « Rattacher un utilisateur »: there is a structure where this person may.
    rattache: bool,
    /// Nothing was ticked: the block and the sentence.
    erreur_lot: Option<(&'static str, String)>,
    /// The person has just treated the last one.
    fini: bool,
    historique: Liste<LigneHistorique>,
    /// Older lines were not looked at.
    historique_borne: bool,
    filtre: FiltreSaisi,
    csv: String,
    /// This very page, filters included.
    ici: String,
}

fn fenetre<G: Genre>(requete: &Requete) -> Fenetre {
    let prefixe = G::mots().prefixe;
    let tri = ("date", Sens::Croissant);
    Fenetre::lire(requete, prefixe, &file::TRIS, tri, PAR_DEFAUT)
}

impl Bloc {
    async fn lire<G: Genre>(
        app: &App,
        portee: &Portee<G::Capacite>,
        requete: &Requete,
    ) -> Result<Self, Erreur> {
        let mots = G::mots();
        let liste = file::a_decider::<G>(app, portee, fenetre::<G>(requete)).await?;
        let cle = format!("{}.tout", mots.prefixe);
        let ancrer = |adresse: String| format!("{adresse}#{}", mots.ancre);
        Ok(Self {
            tout: liste.derniere() > 1 && requete.valeur(&cle) == "1",
            lien_tout: ancrer(requete.avec(&[(&cle, "1")])),
            lien_lignes: ancrer(requete.avec(&[(&cle, "")])),
            mots,
            liste,
        })
    }

    fn note(&self) -> String {
        format!("({})", self.liste.total.phrase())
    }

    fn legende(&self) -> String {
        let fenetre = &self.liste.fenetre;
        let colonne = match fenetre.colonne {
            "demandeur" => "demandeur",
            "identifiant" => "identifiant de la structure",
            "structure" => "raison sociale",
            _ => "date",
        };
        format!(
            "Demandes en attente, triées par {colonne} ({})",
            fenetre.sens.libelle()
        )
    }

    fn sens(&self, colonne: &str) -> &'static str {
        sens(&self.liste, colonne)
    }

    /// « S1, S2, S3 », the others counted apart.
    fn objets(&self, ligne: &LigneADecider) -> String {
        let nommes = ligne.objets.len().min(OBJETS_NOMMES);
        ligne.objets[..nommes].join(", ")
    }

    fn objets_en_plus(&self, ligne: &LigneADecider) -> String {
        match ligne.objets.len().saturating_sub(OBJETS_NOMMES) {
            0 => String::new(),
            reste => format!("et {}", texte::accord(reste, "autre", "autres")),
        }
    }

    fn ecran(&self, ligne: &LigneADecider, suite: &str, ici: &str) -> String {
        let (structure, ecran) = (ligne.structure, self.mots.ecran);
        let adresse = format!("/structures/{structure}/{ecran}/{}{suite}", ligne.id);
        avec_retour(&adresse, ici)
    }

    /// What the bar says where no box is ticked.
    fn aucune(&self) -> String {
        if self.tout {
            format!(
                "{} demandes du filtre sélectionnées",
                self.liste.total.nombre()
            )
        } else {
            "Aucune demande sélectionnée".to_owned()
        }
    }

    fn effacer(&self) -> Option<String> {
        let liste = &self.liste;
        liste.filtree().then(|| liste.lien_sans_recherche())
    }

    /// The first of the list as it is shown: where the keyboard begins.
    fn suivante(&self, ici: &str) -> String {
        avec_retour(&format!("{}/suivante", self.mots.chemin), ici)
    }
}

/// The filters of block D as typed.
struct FiltreSaisi {
    lu: Filtre,
    action: String,
    du: String,
    au: String,
    erreurs: Erreurs,
}

impl FiltreSaisi {
    fn lire(requete: &Requete) -> Self {
        let mut erreurs = Erreurs::default();
        for cle in ["h.du", "h.au"] {
            let saisi = requete.valeur(cle);
            if let Err(phrase) = texte::jour(saisi)
                && !saisi.is_empty()
            {
                erreurs.ajouter(cle, &phrase);
            }
        }
        Self {
            lu: Filtre::lire(requete, "h"),
            action: requete.valeur("h.action").to_owned(),
            du: requete.valeur("h.du").to_owned(),
            au: requete.valeur("h.au").to_owned(),
            erreurs,
        }
    }
}

impl PageActivites {
    /// Everything the page shows, in at most eight statements whatever the number of lines.
    pub async fn construire(
        app: &App,
        page: Page,
        valideurs: &Valideurs,
        requete: &Requete,
    ) -> Result<Self, Erreur> {
        let mut blocs = Vec::new();
        if let Some(portee) = &valideurs.rattachements {
            blocs.push(Bloc::lire::<Rattachement>(app, portee, requete).await?);
        }
        if let Some(portee) = &valideurs.abonnements {
            blocs.push(Bloc::lire::<Abonnement>(app, portee, requete).await?);
        }
        let fenetre = Fenetre::lire(
            requete,
            "ms",
            &structures::TRIS_MIENNES,
            ("structure", Sens::Croissant),
            PAR_DEFAUT,
        );
        let miennes = structures::miennes(app, &valideurs.gestionnaire, fenetre).await?;
        let fenetre = Fenetre::lire(
            requete,
            "h",
            &lecture::TRIS,
            ("date", Sens::Decroissant),
            PAR_DEFAUT,
        );
        let filtre = FiltreSaisi::lire(requete);
        let historique = lecture::lignes(app, &valideurs.gestionnaire, &filtre.lu, fenetre).await?;
        Ok(Self {
            page,
            blocs,
            structures: miennes.liste,
            cree_services: miennes.cree_des_services,
            rattache: miennes.rattache,
            erreur_lot: None,
            fini: requete.valeur("fini") == "1",
            historique: historique.liste,
            historique_borne: historique.bornee,
            csv: Requete::lire("/activites/historique.csv", "").avec(&[
                ("h.q", filtre.lu.recherche.as_str()),
                ("h.action", filtre.action.as_str()),
                ("h.du", filtre.du.as_str()),
                ("h.au", filtre.au.as_str()),
            ]),
            filtre,
            ici: requete.avec(&[("fini", "")]),
        })
    }

    /// 422: the bulk buttons were pressed with nothing ticked.
    pub fn refuser(mut self, bloc: &'static str, phrase: &str) -> Result<Response, Erreur> {
        self.erreur_lot = Some((bloc, phrase.to_owned()));
        web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &self)
    }

    fn titre(&self) -> String {
        fn pages<L>(bloc: &str, liste: &Liste<L>) -> String {
            if liste.fenetre.page > 1 {
                let (page, derniere) = (liste.fenetre.page, liste.derniere());
                format!(" – {bloc} (page {page} sur {derniere})")
            } else {
                String::new()
            }
        }
        let mut titre = "Activités du gestionnaire".to_owned();
        for bloc in &self.blocs {
            titre.push_str(&pages(bloc.mots.titre_court, &bloc.liste));
        }
        titre.push_str(&pages("Structures", &self.structures));
        titre.push_str(&pages("Historique", &self.historique));
        titre
    }

    fn resume(&self) -> Vec<(String, String)> {
        let lot = self.erreur_lot.iter();
        lot.map(|(bloc, p)| ((*bloc).to_owned(), p.clone()))
            .collect()
    }

    fn sens<L>(&self, liste: &Liste<L>, colonne: &str) -> &'static str {
        sens(liste, colonne)
    }

    fn legende_structures(&self) -> String {
        let colonne = match self.structures.fenetre.colonne {
            "identifiant" => "identifiant de la structure",
            "creation" => "date de création",
            "statut" => "statut",
            _ => "raison sociale",
        };
        format!(
            "Mes structures, triées par {colonne} ({})",
            self.structures.fenetre.sens.libelle()
        )
    }

    fn legende_historique(&self) -> String {
        let colonne = match self.historique.fenetre.colonne {
            "demandeur" => "demandeur",
            "structure" => "structure",
            _ => "date",
        };
        format!(
            "Actions sur vos structures, triées par {colonne} ({})",
            self.historique.fenetre.sens.libelle()
        )
    }

    fn detail(&self, ligne: &LigneHistorique) -> String {
        avec_retour(
            &format!("/activites/historique/{}", ligne.id),
            &format!("{}#historique", self.ici),
        )
    }

    fn tout_traite(&self) -> bool {
        let vide = |b: &Bloc| b.liste.total.0 == 0 && !b.liste.filtree();
        self.blocs.iter().all(vide)
    }

    fn effacer_structures(&self) -> Option<String> {
        self.structures
            .filtree()
            .then(|| self.structures.lien_sans_recherche())
    }

    fn effacer_historique(&self) -> Option<String> {
        (!self.filtre.lu.est_vide() || !self.filtre.erreurs.est_vide()).then(|| {
            let requete = Requete::lire(ACTIVITES, self.ici.split_once('?').map_or("", |(_, q)| q));
            let vides = ["h.q", "h.action", "h.du", "h.au", "h.page"].map(|c| (c, ""));
            format!("{}#historique", requete.avec(&vides))
        })
    }

    fn actions(&self) -> Vec<(String, String)> {
        let offre = |a: &Action| (a.code().to_owned(), a.libelle_distinct().to_owned());
        // Imports are acts of the instance: they are on no structure's chain.
        let siennes = Action::TOUTES.iter().filter(|a| a.d_une_structure());
        siennes.map(offre).collect()
    }

    fn csv_libelle(&self) -> String {
        if self.historique_borne {
            return "Export CSV de toutes les actions trouvées".to_owned();
        }
        format!("Export CSV ({})", self.historique.total.phrase())
    }
}

/// GET /activites.
pub async fn page(
    _gestionnaire: Portee<ToutGestionnaire>,
    valideurs: Valideurs,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let gabarit = PageActivites::construire(&app, page, &valideurs, &requete).await?;
    web::page(&gabarit)
}

/// GET /activites/{demandes|abonnements}/suivante: the request that follows `apres` in the list as it was left. The message
/// of the last act goes along.
pub async fn suivante<G: Genre>(
    portee: Portee<G::Capacite>,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let apres = requete.valeur("apres").parse().ok();
    let quittee = retour(requete.valeur("retour"));
    let liste = bilan::liste_quittee(quittee);
    let suivante = file::suivante::<G>(&app, &portee, &fenetre::<G>(&liste), apres).await?;
    let m = requete.valeur("m");
    let vers = match suivante {
        Some((structure, demande)) => Requete::lire(&G::ecran(structure, demande, ""), "")
            .avec(&[("retour", quittee), ("m", m)]),
        None => format!(
            "{}#{}",
            liste.avec(&[("fini", "1"), ("m", m)]),
            G::mots().ancre
        ),
    };
    Ok(web::vers(&vers))
}
