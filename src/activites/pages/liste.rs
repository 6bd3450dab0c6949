use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{ACTIVITES, BLOC_ABONNEMENTS, BLOC_DEMANDES, avec_retour, retour, sens};
use crate::App;
use crate::abonnements;
use crate::acces::{Page, Portee, ToutGestionnaire, ValiderAbonnements, ValiderRattachements};
use crate::historique::Action;
use crate::historique::lecture::{self, Filtre, LigneHistorique};
use crate::rattachements::{self, LigneDemande};
use crate::structures::{self, MaStructure};
use crate::web::{self, Erreur, Erreurs, Fenetre, Liste, Requete, Sens, texte};

/// Lines per page of both blocks, at first (spec §13).
const PAR_DEFAUT: u32 = 5;
/// Services named in a line; the others are counted.
const SERVICES_NOMMES: usize = 3;

/// Which of the two kinds of request this person decides.
#[derive(Clone, Copy)]
pub struct Valideurs<'a> {
    pub rattachements: Option<&'a Portee<ValiderRattachements>>,
    pub abonnements: Option<&'a Portee<ValiderAbonnements>>,
}

#[derive(Template)]
#[template(path = "activites/liste.html")]
pub struct PageActivites {
    page: Page,
    /// `None` for whoever cannot decide requests.
    demandes: Option<Liste<LigneDemande>>,
    /// The same of the espaces: block B.
    abonnements: Option<Liste<abonnements::LigneDemande>>,
    /// Block C.
    structures: Liste<MaStructure>,
    cree_services: bool,
    /// Every request of the filter is selected, not only those of the page.
    tout: bool,
    /// Addresses of the two steps of « Sélectionner les N demandes du filtre ».
    lien_tout: String,
    lien_lignes: String,
    /// Nothing was ticked: the block and the sentence.
    erreur_lot: Option<(&'static str, String)>,
    /// The person has just treated the last one.
    fini: bool,
    historique: Liste<LigneHistorique>,
    filtre: FiltreSaisi,
    csv: String,
    /// This very page, filters included.
    ici: String,
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
        gestionnaire: &Portee<ToutGestionnaire>,
        valideurs: Valideurs<'_>,
        requete: &Requete,
    ) -> Result<Self, Erreur> {
        let fenetre = Fenetre::lire(
            requete,
            "dr",
            &rattachements::TRIS,
            ("date", Sens::Croissant),
            PAR_DEFAUT,
        );
        let demandes = match valideurs.rattachements {
            Some(portee) => Some(rattachements::a_decider(app, portee, fenetre).await?),
            None => None,
        };
        let fenetre = Fenetre::lire(
            requete,
            "da",
            &abonnements::TRIS,
            ("date", Sens::Croissant),
            PAR_DEFAUT,
        );
        let abonnements = match valideurs.abonnements {
            Some(portee) => Some(abonnements::a_decider(app, portee, fenetre).await?),
            None => None,
        };
        let fenetre = Fenetre::lire(
            requete,
            "ms",
            &structures::TRIS_MIENNES,
            ("structure", Sens::Croissant),
            PAR_DEFAUT,
        );
        let miennes = structures::miennes(app, gestionnaire, fenetre).await?;
        let fenetre = Fenetre::lire(
            requete,
            "h",
            &lecture::TRIS,
            ("date", Sens::Decroissant),
            PAR_DEFAUT,
        );
        let filtre = FiltreSaisi::lire(requete);
        let historique = lecture::lignes(app, gestionnaire, &filtre.lu, fenetre).await?;
        let plusieurs_pages = demandes.as_ref().is_some_and(|l| l.derniere() > 1);
        let ancrer = |adresse: String| format!("{adresse}#{BLOC_DEMANDES}");
        Ok(Self {
            page,
            tout: plusieurs_pages && requete.valeur("dr.tout") == "1",
            lien_tout: ancrer(requete.avec(&[("dr.tout", "1")])),
            lien_lignes: ancrer(requete.avec(&[("dr.tout", "")])),
            demandes,
            abonnements,
            structures: miennes.liste,
            cree_services: miennes.cree_des_services,
            erreur_lot: None,
            fini: requete.valeur("fini") == "1",
            historique,
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
                format!(
                    " – {bloc} (page {} sur {})",
                    liste.fenetre.page,
                    liste.derniere()
                )
            } else {
                String::new()
            }
        }
        let mut titre = "Activités du gestionnaire".to_owned();
        if let Some(demandes) = &self.demandes {
            titre.push_str(&pages("Demandes", demandes));
        }
        if let Some(abonnements) = &self.abonnements {
            titre.push_str(&pages("Abonnements", abonnements));
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

    fn legende_demandes<L>(&self, liste: &Liste<L>) -> String {
        let colonne = match liste.fenetre.colonne {
            "demandeur" => "demandeur",
            "identifiant" => "identifiant de la structure",
            "structure" => "raison sociale",
            _ => "date",
        };
        format!(
            "Demandes en attente, triées par {colonne} ({})",
            liste.fenetre.sens.libelle()
        )
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

    /// « S1, S2, S3 », the others counted apart.
    fn services(&self, ligne: &LigneDemande) -> String {
        if ligne.maille_structure || ligne.services.len() <= SERVICES_NOMMES {
            ligne.perimetre()
        } else {
            ligne.services[..SERVICES_NOMMES].join(", ")
        }
    }

    fn services_en_plus(&self, ligne: &LigneDemande) -> String {
        let reste = ligne.services.len().saturating_sub(SERVICES_NOMMES);
        if ligne.maille_structure || reste == 0 {
            String::new()
        } else {
            format!("et {}", texte::accord(reste, "autre", "autres"))
        }
    }

    fn ecran(&self, ligne: &LigneDemande, suite: &str) -> String {
        avec_retour(
            &format!(
                "/structures/{}/demandes/{}{suite}",
                ligne.structure, ligne.id
            ),
            &self.ici,
        )
    }

    fn ecran_abonnement(&self, ligne: &abonnements::LigneDemande, suite: &str) -> String {
        avec_retour(
            &format!(
                "/structures/{}/demandes-abonnement/{}{suite}",
                ligne.structure, ligne.id
            ),
            &self.ici,
        )
    }

    fn detail(&self, ligne: &LigneHistorique) -> String {
        avec_retour(
            &format!("/activites/historique/{}", ligne.id),
            &format!("{}#historique", self.ici),
        )
    }

    fn compte(&self, total: &web::Total) -> String {
        if total.plafonne() {
            "plus de 10\u{202F}000".to_owned()
        } else {
            total.0.to_string()
        }
    }

    /// What the bar says where no box is ticked.
    fn aucune(&self, liste: &Liste<LigneDemande>) -> String {
        if self.tout {
            format!(
                "{} demandes du filtre sélectionnées",
                self.compte(&liste.total)
            )
        } else {
            "Aucune demande sélectionnée".to_owned()
        }
    }

    fn effacer<L>(&self, liste: &Liste<L>) -> Option<String> {
        liste.filtree().then(|| liste.lien_sans_recherche())
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
        let total = self.historique.total;
        format!("Export CSV ({})", total.phrase())
    }
}

/// GET /activites.
pub async fn page(
    gestionnaire: Portee<ToutGestionnaire>,
    rattachements: Option<Portee<ValiderRattachements>>,
    abonnements: Option<Portee<ValiderAbonnements>>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let valideurs = Valideurs {
        rattachements: rattachements.as_ref(),
        abonnements: abonnements.as_ref(),
    };
    let gabarit = PageActivites::construire(&app, page, &gestionnaire, valideurs, &requete).await?;
    web::page(&gabarit)
}

/// GET /activites/demandes/suivante: the oldest request that waits, after the one just treated. The message of the last
/// act goes along.
pub async fn suivante(
    portee: Portee<ValiderRattachements>,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let apres = requete.valeur("apres").parse().ok();
    let suivante = rattachements::suivante(&app, &portee, apres).await?;
    let m = requete.valeur("m");
    let vers = match suivante {
        Some((structure, demande)) => {
            Requete::lire(&format!("/structures/{structure}/demandes/{demande}"), "")
                .avec(&[("retour", retour(requete.valeur("retour"))), ("m", m)])
        }
        None => {
            let adresse = retour(requete.valeur("retour"));
            let (chemin, question) = adresse.split_once('?').unwrap_or((adresse, ""));
            let ici = Requete::lire(chemin, question.split('#').next().unwrap_or_default());
            format!("{}#{BLOC_DEMANDES}", ici.avec(&[("fini", "1"), ("m", m)]))
        }
    };
    Ok(web::vers(&vers))
}

/// GET /activites/abonnements/suivante: the oldest demande d'abonnement that waits, or the list.
pub async fn suivant_abonnement(
    portee: Portee<ValiderAbonnements>,
    State(app): State<App>,
) -> Result<Response, Erreur> {
    Ok(web::vers(
        &match abonnements::suivante(&app, &portee).await? {
            Some((structure, demande)) => {
                format!("/structures/{structure}/demandes-abonnement/{demande}")
            }
            None => format!("{ACTIVITES}#{BLOC_ABONNEMENTS}"),
        },
    ))
}
