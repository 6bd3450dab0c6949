use super::saisie::{LONGUEUR, SaisieOctroi, jour_iso};
use super::services::{ListeServices, Ouverture, ouvertures};
use super::{apres, avec_retour, bilan, resume, retour, roles, statut_utilisateur};
use crate::App;
use crate::acces::{Capacite, Gestion, Page, Role, StructureVue, ValiderRattachements};
use crate::activites::genre::{CheminDemande, Genre, Rattachement, demande_du_chemin};
use crate::db::{DemandeId, en_transaction};
use crate::decisions::{self, Decision};
use crate::identifiants::TypeIdentifiant;
use crate::rattachements::{self, Carte, DemandeVue};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete, Saisie};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "activites/demande.html")]
struct PageDemande {
    page: Page,
    structure: StructureVue,
    demande: DemandeVue,
    saisie: SaisieOctroi,
    services: ListeServices,
    roles: Vec<(String, String)>,
    ouvertures: Vec<Ouverture>,
    carte: Carte,
    /// « Traiter la suivante » without deciding this one.
    suivante: String,
    erreurs: Erreurs,
    /// May attach somebody himself: « Valider et rattacher un autre utilisateur ».
    rattache: bool,
    /// The account still allows a validation.
    validable: bool,
}

impl PageDemande {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn retour(&self) -> &str {
        retour(&self.saisie.retour)
    }

    fn adresse(&self, suite: &str) -> String {
        Rattachement::ecran_de(&self.structure, self.demande.id, suite)
    }

    fn refus(&self) -> String {
        avec_retour(&self.adresse("/refus"), self.retour())
    }

    fn type_identifiant(&self) -> &'static str {
        type_identifiant(&self.structure)
    }

    fn statut_utilisateur(&self) -> (&'static str, &'static str) {
        statut_utilisateur(&self.demande.statut_utilisateur)
    }

    /// Genre and words of the badge of the request.
    fn statut(&self) -> (&'static str, &'static str) {
        match self.demande.statut.as_str() {
            "validee" => ("succes", "Validée"),
            "refusee" => ("erreur", "Refusée"),
            "retiree" => ("neutre", "Retirée par son auteur"),
            _ => ("attente", "En cours de validation"),
        }
    }

    fn demande_en_mots(&self) -> String {
        if self.demande.maille_structure {
            "Toute la structure".to_owned()
        } else {
            self.demande.demandes.join(", ")
        }
    }

    fn accorde_en_mots(&self) -> String {
        match (self.demande.statut.as_str(), self.demande.maille_structure) {
            ("validee", true) => String::new(),
            ("validee", false) => self.demande.accordes.join(", "),
            _ => String::new(),
        }
    }

    /// « Zoé Aubert devient utilisatrice… » written before the decision, as the form stands now.
    fn consequence(&self) -> String {
        let role = Role::accordable(&self.saisie.role).unwrap_or(self.demande.role);
        format!(
            "Si vous validez sans rien changer, {} aura le rôle « {} » sur {}.",
            self.demande.nom_complet(),
            role.libelle(),
            self.services.perimetre()
        )
    }

    /// What the person holds already, when there is something.
    fn deja(&self) -> Option<String> {
        let role = self.demande.role_tenu?;
        let fin = self
            .demande
            .fin_tenue
            .map(|f| format!(" jusqu’au {}", jour(f)))
            .unwrap_or_default();
        let ou = if self.demande.structure_tenue {
            " à toute la structure"
        } else {
            " à des services"
        };
        Some(format!(
            "Cette personne est déjà rattachée{ou}{fin}, avec le rôle « {} ».",
            role.libelle()
        ))
    }
}

pub fn type_identifiant(structure: &StructureVue) -> &'static str {
    structure
        .type_identifiant
        .parse()
        .map_or("Identifiant", TypeIdentifiant::libelle)
}

/// JJ/MM/AAAA.
pub fn jour(date: time::Date) -> String {
    format!(
        "{:02}/{:02}/{}",
        date.day(),
        u8::from(date.month()),
        date.year()
    )
}

/// First display: what was asked, unless the person already holds more.
fn proposee(demande: &DemandeVue, gestion: &Gestion<ValiderRattachements>) -> SaisieOctroi {
    let nomme = gestion.droits().a(Capacite::NommerGestionnairesSecondaires);
    let gs = demande.role == Role::Gs || demande.role_tenu == Some(Role::Gs);
    let role = if gs && nomme { Role::Gs } else { Role::Us };
    SaisieOctroi {
        role: role.code().to_owned(),
        date_debut: jour_iso(demande.aujourd_hui),
        date_fin: demande.fin_tenue.map(jour_iso).unwrap_or_default(),
        commentaire: demande.commentaire.clone(),
        ..SaisieOctroi::default()
    }
}

/// The screen; `saisie` when it comes back.
async fn ecran(
    app: &App,
    gestion: &Gestion<ValiderRattachements>,
    page: Page,
    id: DemandeId,
    retour: &str,
    saisie: Option<(SaisieOctroi, Erreurs)>,
) -> Result<Response, Erreur> {
    let mut demande = rattachements::demande(app, gestion, id).await?;
    let droits = gestion.droits();
    let carte = rattachements::carte(app, gestion, demande.personne, id.0).await?;
    let lignes = std::mem::take(&mut demande.services);
    let (saisie, erreurs, services, statut) = match saisie {
        Some((saisie, erreurs)) => {
            if !demande.ouverte() {
                return Err(Erreur::Conflit(demande.conclusion()));
            }
            let coches = &saisie.services;
            let services = ListeServices::saisie(lignes, droits, saisie.structure_cochee(), coches);
            (saisie, erreurs, services, StatusCode::UNPROCESSABLE_ENTITY)
        }
        None => {
            let structure = demande.maille_structure || demande.structure_tenue;
            let mut saisie = proposee(&demande, gestion);
            retour.clone_into(&mut saisie.retour);
            (
                saisie,
                Erreurs::default(),
                ListeServices::par_defaut(lignes, droits, structure),
                StatusCode::OK,
            )
        }
    };
    let gabarit = PageDemande {
        page,
        structure: gestion.structure().clone(),
        roles: roles(droits),
        carte,
        suivante: apres::<Rattachement>(gestion, "suivante", id, &saisie.retour),
        ouvertures: ouvertures(droits, &demande.espaces_gs, &demande.espaces_us),
        rattache: droits.a(Capacite::RattacherUtilisateurs),
        validable: gestion.structure().active
            && matches!(
                demande.statut_utilisateur.as_str(),
                "actif" | "en_cours_activation"
            ),
        demande,
        saisie,
        services,
        erreurs,
    };
    web::rendre(statut, &gabarit)
}

/// GET /structures/{structure}/demandes/{demande} (seed 001 §2).
pub async fn page(
    gestion: Gestion<ValiderRattachements>,
    chemin: Chemin<CheminDemande>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let retour = requete.valeur("retour");
    let id = demande_du_chemin::<Rattachement>(chemin);
    ecran(&app, &gestion, page, id, retour, None).await
}

/// POST …/validation.
pub async fn valider(
    gestion: Gestion<ValiderRattachements>,
    chemin: Chemin<CheminDemande>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieOctroi>,
) -> Result<Response, Erreur> {
    let id = demande_du_chemin::<Rattachement>(chemin);
    let fait = match saisie.lire() {
        Ok(octroi) => en_transaction!(&app, |tx| {
            let validation = Decision::Valider(octroi.clone());
            decisions::decider::<Rattachement>(tx, &gestion, id, validation).await
        }),
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(decidee) => {
            let message = bilan::validee::<Rattachement>(&decidee, retour(&saisie.retour));
            let vers = apres::<Rattachement>(&gestion, &saisie.suite, id, &saisie.retour);
            let vers = message.et_aller(&app, Some(gestion.id()), &vers).await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran(&app, &gestion, page, id, "", Some((saisie, erreurs))).await
        }
        Err(autre) => Err(autre),
    }
}

impl PageDemande {
    /// Limit shown beside the commentaire.
    fn longueur(&self) -> usize {
        LONGUEUR
    }
}
