//! R-GEST-RATTACHER: find an existing account, then attach it (seed 001 §7).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::demande::{jour, type_identifiant};
use super::saisie::{LONGUEUR, SaisieOctroi, jour_iso};
use super::services::{ListeServices, Ouverture, ouvertures};
use super::{avec_retour, resume, retour, roles, statut_utilisateur};
use crate::App;
use crate::acces::{Capacite, Gestion, Message, Page, RattacherUtilisateurs, Role, StructureVue};
use crate::db::{UtilisateurId, en_transaction};
use crate::rattachements::{self, FicheRattachement};
use crate::utilisateurs::{self, Criteres, MAXIMUM, Resultats};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete, Saisie, texte};

#[derive(Template)]
#[template(path = "activites/recherche.html")]
struct PageRecherche {
    page: Page,
    structure: StructureVue,
    criteres: Criteres,
    /// `None` before a search.
    resultats: Option<Resultats>,
    /// Nobody was chosen among the results.
    sans_choix: bool,
    erreurs: Erreurs,
    retour: String,
}

impl PageRecherche {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn adresse(&self) -> String {
        format!("/structures/{}/rattachement", self.structure.id)
    }

    fn vierge(&self) -> String {
        avec_retour(&self.adresse(), &self.retour)
    }

    fn par_adresse(&self) -> String {
        avec_retour(&format!("{}/adresse", self.adresse()), &self.retour)
    }

    fn import(&self) -> String {
        format!("{}/import", self.adresse())
    }

    /// « Créer le compte utilisateur », with what was searched.
    fn creation(&self) -> String {
        let c = &self.criteres;
        let adresse = if c.identifiant.contains('@') {
            c.identifiant.as_str()
        } else {
            ""
        };
        Requete::lire(&format!("{}/creation", self.adresse()), "").avec(&[
            ("retour", self.retour.as_str()),
            ("nom", c.nom.as_str()),
            ("prenom", c.prenom.as_str()),
            ("adresse_connexion", adresse),
        ])
    }

    /// What the form of the results carries, so that the page can come back.
    fn caches(&self) -> Vec<(String, String)> {
        let c = &self.criteres;
        let paires = [
            ("nom", &c.nom),
            ("prenom", &c.prenom),
            ("code_postal", &c.code_postal),
            ("identifiant", &c.identifiant),
            ("ville", &c.ville),
            ("adresse", &c.adresse),
            ("pays", &c.pays),
            ("retour", &self.retour),
        ];
        let remplies = paires.into_iter().filter(|(_, v)| !v.is_empty());
        remplies
            .map(|(c, v)| (c.to_owned(), v.clone()))
            .chain([("choix".to_owned(), "1".to_owned())])
            .collect()
    }

    fn note(&self, resultats: &Resultats) -> String {
        let n = resultats.comptes.len();
        format!("({})", texte::accord(n, "ligne", "lignes"))
    }

    /// The summary of errors leads to the first choice.
    fn ancre(&self, premier: &bool) -> &'static str {
        if *premier { "utilisateur" } else { "" }
    }

    fn legende(&self, resultats: &Resultats) -> String {
        let n = resultats.comptes.len();
        let trouves = texte::accord(n, "compte trouvé", "comptes trouvés");
        if resultats.davantage {
            format!(
                "Les {MAXIMUM} premiers comptes, ceux dont le nom commence ainsi d’abord, triés par nom : précisez vos critères pour voir les autres"
            )
        } else {
            format!("{trouves}, ceux dont le nom commence ainsi d’abord, triés par nom")
        }
    }
}

/// GET /structures/{structure}/rattachement: the criteria, the results, and the choice of one person.
pub async fn recherche(
    gestion: Gestion<RattacherUtilisateurs>,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    rattachements::ouverte(gestion.structure().active)?;
    let retour = retour(requete.valeur("retour")).to_owned();
    if let Ok(personne) = requete.valeur("utilisateur").parse::<UtilisateurId>() {
        let fiche = format!("{}/{personne}", requete.chemin);
        return Ok(web::vers(&avec_retour(&fiche, &retour)));
    }
    let valeur = |cle: &str| requete.valeur(cle).trim().to_owned();
    let criteres = Criteres {
        nom: valeur("nom"),
        prenom: valeur("prenom"),
        code_postal: valeur("code_postal"),
        identifiant: valeur("identifiant"),
        ville: valeur("ville"),
        adresse: valeur("adresse"),
        pays: valeur("pays"),
    };
    let sans_choix = requete.valeur("choix") == "1";
    let lancee = sans_choix || requete.valeur("recherche") == "1" || !criteres.est_vide();
    let mut gabarit = PageRecherche {
        page,
        structure: gestion.structure().clone(),
        criteres,
        resultats: None,
        sans_choix: false,
        erreurs: Erreurs::default(),
        retour,
    };
    if !lancee {
        return web::page(&gabarit);
    }
    match utilisateurs::rechercher(&app, &gestion, &gestion, &gabarit.criteres).await {
        Ok(resultats) => {
            if sans_choix && !resultats.comptes.is_empty() {
                gabarit.sans_choix = true;
                gabarit.erreurs.ajouter(
                    "utilisateur",
                    "Choisissez la personne à rattacher dans les résultats.",
                );
            }
            gabarit.resultats = Some(resultats);
        }
        Err(Erreur::Invalide(erreurs)) => gabarit.erreurs = erreurs,
        Err(autre) => return Err(autre),
    }
    let statut = if gabarit.erreurs.est_vide() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    web::rendre(statut, &gabarit)
}

/// The rest of the address: the structure belongs to the proof.
#[derive(Deserialize)]
pub struct CheminPersonne {
    utilisateur: UtilisateurId,
}

#[derive(Template)]
#[template(path = "activites/rattacher.html")]
struct PageRattacher {
    page: Page,
    structure: StructureVue,
    fiche: FicheRattachement,
    saisie: SaisieOctroi,
    services: ListeServices,
    roles: Vec<(String, String)>,
    ouvertures: Vec<Ouverture>,
    erreurs: Erreurs,
}

impl PageRattacher {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn retour(&self) -> &str {
        retour(&self.saisie.retour)
    }

    fn adresse(&self) -> String {
        format!(
            "/structures/{}/rattachement/{}",
            self.structure.id, self.fiche.personne
        )
    }

    fn recherche(&self) -> String {
        avec_retour(
            &format!("/structures/{}/rattachement", self.structure.id),
            self.retour(),
        )
    }

    fn type_identifiant(&self) -> &'static str {
        type_identifiant(&self.structure)
    }

    fn statut_utilisateur(&self) -> (&'static str, &'static str) {
        statut_utilisateur(&self.fiche.statut)
    }

    fn titre(&self) -> String {
        let nom = self.fiche.nom_complet();
        if self.fiche.role_tenu.is_some() && !self.est_gp() {
            format!("Modifier le rattachement de {nom}")
        } else {
            format!("Rattacher {nom}")
        }
    }

    /// The gestionnaire principal changes by a transfer only: nothing to fill in.
    fn est_gp(&self) -> bool {
        self.fiche.role_tenu == Some(Role::Gp)
    }

    fn deja(&self) -> Option<String> {
        let role = self.fiche.role_tenu?;
        let ou = if self.fiche.structure_tenue {
            "à toute la structure"
        } else {
            "à des services"
        };
        let fin = self.fiche.fin_tenue.map(jour);
        let fin = fin.map(|f| format!(" jusqu’au {f}")).unwrap_or_default();
        Some(format!(
            "Cette personne est déjà rattachée {ou}{fin}, avec le rôle « {} ». Valider remplace ce rattachement.",
            role.libelle()
        ))
    }

    fn longueur(&self) -> usize {
        LONGUEUR
    }
}

async fn ecran(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    page: Page,
    personne: UtilisateurId,
    retour: &str,
    saisie: Option<(SaisieOctroi, Erreurs)>,
) -> Result<Response, Erreur> {
    let fiche = rattachements::fiche(app, gestion, personne).await?;
    let lignes = rattachements::services(app, gestion, personne, None).await?;
    let droits = gestion.droits();
    let (saisie, erreurs, services, statut) = match saisie {
        Some((saisie, erreurs)) => {
            let coches = &saisie.services;
            let services = ListeServices::saisie(lignes, droits, saisie.structure_cochee(), coches);
            (saisie, erreurs, services, StatusCode::UNPROCESSABLE_ENTITY)
        }
        None => {
            let gs = fiche.role_tenu == Some(Role::Gs)
                && droits.a(Capacite::NommerGestionnairesSecondaires);
            let role = if gs { Role::Gs } else { Role::Us };
            let saisie = SaisieOctroi {
                retour: retour.to_owned(),
                role: role.code().to_owned(),
                date_debut: jour_iso(fiche.debut_tenu.unwrap_or(fiche.aujourd_hui)),
                date_fin: fiche.fin_tenue.map(jour_iso).unwrap_or_default(),
                commentaire: match &fiche.commentaire_tenu {
                    Some(commentaire) if !commentaire.is_empty() => commentaire.clone(),
                    _ => format!("Rattachement par {}", gestion.personne().nom_complet()),
                },
                ..SaisieOctroi::default()
            };
            let services = ListeServices::par_defaut(lignes, droits, fiche.structure_tenue);
            (saisie, Erreurs::default(), services, StatusCode::OK)
        }
    };
    let gabarit = PageRattacher {
        page,
        structure: gestion.structure().clone(),
        roles: roles(droits),
        ouvertures: ouvertures(droits, &fiche.espaces_gs, &fiche.espaces_us),
        fiche,
        saisie,
        services,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET …/rattachement/{utilisateur}.
pub async fn page(
    gestion: Gestion<RattacherUtilisateurs>,
    Chemin(chemin): Chemin<CheminPersonne>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let retour = requete.valeur("retour");
    ecran(&app, &gestion, page, chemin.utilisateur, retour, None).await
}

/// POST …/rattachement/{utilisateur}.
pub async fn rattacher(
    gestion: Gestion<RattacherUtilisateurs>,
    Chemin(chemin): Chemin<CheminPersonne>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieOctroi>,
) -> Result<Response, Erreur> {
    let personne = chemin.utilisateur;
    let fait = match saisie.lire() {
        Ok(octroi) => en_transaction!(&app, |tx| rattachements::rattacher(
            tx, &gestion, personne, &octroi
        )
        .await),
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(nom) => {
            let structure = gestion.structure();
            let message = Message::succes(format!(
                "{nom} est rattaché(e) à {}.",
                structure.raison_sociale
            ))
            .texte("Un courriel l’en informe.");
            let vers = if saisie.suite == "autre" {
                let recherche = format!("/structures/{}/rattachement", structure.id);
                avec_retour(&recherche, retour(&saisie.retour))
            } else {
                retour(&saisie.retour).to_owned()
            };
            let vers = message.et_aller(&app, Some(gestion.id()), &vers).await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran(&app, &gestion, page, personne, "", Some((saisie, erreurs))).await
        }
        Err(autre) => Err(autre),
    }
}
