//! The screen of a demande d'abonnement, its validation and its refusal (seed 001 §5 and §6).

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::abonnement_lot::{LigneRefusee, PageRefus};
use super::motif::{self, Motif};
use super::saisie::LONGUEUR;
use super::{BLOC_ABONNEMENTS, avec_retour, resume, retour, retour_au_bloc};
use crate::App;
use crate::abonnements::{self, DemandeVue, Droit, Etendue, Octroi};
use crate::acces::{Capacite, Gestion, Message, Page, StructureVue, ValiderAbonnements};
use crate::db::{DemandeAbonnementId, LigneAbonnementId, en_transaction};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete, Saisie, texte};

/// The rest of the address: the structure belongs to the proof.
#[derive(Deserialize)]
pub struct CheminDemande {
    demande_abonnement: DemandeAbonnementId,
}

/// What the screen sends: ids of lines, by right.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDecision {
    retour: String,
    consultation: Vec<String>,
    modification: Vec<String>,
    etendue: String,
    commentaire: String,
}

impl Saisie for SaisieDecision {
    type Lu = Octroi;

    fn lire(&self) -> Result<Octroi, Erreurs> {
        let mut erreurs = Erreurs::default();
        let mut droits: BTreeMap<LigneAbonnementId, Droit> = BTreeMap::new();
        // Modification implies Consultation (spec §13): written last, it wins.
        for (ids, droit) in [
            (&self.consultation, Droit::Consultation),
            (&self.modification, Droit::Modification),
        ] {
            for id in ids {
                match id.parse() {
                    Ok(ligne) => {
                        droits.insert(ligne, droit);
                    }
                    Err(_) => erreurs.ajouter(
                        "lignes",
                        "Une des lignes cochées n’existe pas. Rechargez la page.",
                    ),
                }
            }
        }
        let etendue = Etendue::lire(&self.etendue).unwrap_or_else(|| {
            erreurs.ajouter("etendue", "Choisissez à qui les espaces sont ouverts.");
            Etendue::Utilisateur
        });
        let commentaire = erreurs.lire(
            "commentaire",
            texte::paragraphe(&self.commentaire, LONGUEUR),
        );
        erreurs.verdict()?;
        Ok(Octroi {
            droits,
            etendue,
            commentaire: Some(commentaire).filter(|c| !c.is_empty()),
        })
    }
}

#[derive(Template)]
#[template(path = "activites/abonnement.html")]
struct PageAbonnement {
    page: Page,
    structure: StructureVue,
    demande: DemandeVue,
    saisie: SaisieDecision,
    erreurs: Erreurs,
    /// May open the espaces to a service, to the structure.
    aux_services: bool,
    a_la_structure: bool,
}

impl PageAbonnement {
    fn resume(&self) -> Vec<(String, String)> {
        resume(&self.erreurs)
    }

    fn retour(&self) -> &str {
        retour(&self.saisie.retour)
    }

    fn adresse(&self, suite: &str) -> String {
        adresse(&self.structure, self.demande.id, suite)
    }

    fn refus(&self) -> String {
        avec_retour(&self.adresse("/refus"), self.retour())
    }

    fn statut(&self) -> (&'static str, &'static str) {
        match self.demande.statut.as_str() {
            "validee" => ("succes", "Validée"),
            "refusee" => ("erreur", "Refusée"),
            "retiree" => ("neutre", "Retirée"),
            _ => ("attente", "En cours de validation"),
        }
    }

    fn cochee(&self, droit: Droit, id: &LigneAbonnementId) -> bool {
        let coches = match droit {
            Droit::Consultation => &self.saisie.consultation,
            Droit::Modification => &self.saisie.modification,
        };
        coches.contains(&id.to_string())
    }

    fn consulte(&self, id: &LigneAbonnementId) -> bool {
        self.cochee(Droit::Consultation, id)
    }

    fn modifie(&self, id: &LigneAbonnementId) -> bool {
        self.cochee(Droit::Modification, id)
    }

    /// The three reaches of seed 001 §5: value, words, whom it serves.
    fn etendues(&self) -> Vec<(&'static str, &'static str, String)> {
        let d = &self.demande;
        let combien = |n: usize| {
            format!(
                "{} aujourd’hui, et celles qui seront rattachées ensuite.",
                texte::accord(n, "personne", "personnes")
            )
        };
        let mut etendues = vec![(
            Etendue::Utilisateur,
            format!("{} seulement.", d.nom_complet()),
        )];
        if self.aux_services {
            etendues.push((Etendue::Services, combien(d.personnes_services)));
        }
        if self.a_la_structure {
            etendues.push((Etendue::Structure, combien(d.personnes_structure)));
        }
        etendues
            .into_iter()
            .map(|(e, aide)| (e.code(), e.libelle(), aide))
            .collect()
    }

    fn longueur(&self) -> usize {
        LONGUEUR
    }
}

fn adresse(structure: &StructureVue, id: DemandeAbonnementId, suite: &str) -> String {
    format!(
        "/structures/{}/demandes-abonnement/{id}{suite}",
        structure.id
    )
}

/// As first shown: each line with the right it asks.
fn proposee(demande: &DemandeVue, retour: &str) -> SaisieDecision {
    let lignes = |droit: Droit| {
        let siennes = demande.lignes.iter().filter(|l| l.droit == droit);
        siennes.map(|l| l.id.to_string()).collect()
    };
    SaisieDecision {
        retour: retour.to_owned(),
        consultation: lignes(Droit::Consultation),
        modification: lignes(Droit::Modification),
        etendue: Etendue::Utilisateur.code().to_owned(),
        commentaire: String::new(),
    }
}

/// The screen; `saisie` when it comes back.
async fn ecran(
    app: &App,
    gestion: &Gestion<ValiderAbonnements>,
    page: Page,
    id: DemandeAbonnementId,
    retour: &str,
    saisie: Option<(SaisieDecision, Erreurs)>,
) -> Result<Response, Erreur> {
    let demande = abonnements::demande(app, gestion, id).await?;
    let (saisie, erreurs, statut) = match saisie {
        Some(_) if !demande.ouverte() => return Err(Erreur::Conflit(demande.conclusion())),
        Some((saisie, erreurs)) => (saisie, erreurs, StatusCode::UNPROCESSABLE_ENTITY),
        None => (
            proposee(&demande, retour),
            Erreurs::default(),
            StatusCode::OK,
        ),
    };
    let droits = gestion.droits();
    let gere = droits.a(Capacite::GererStructure);
    let gabarit = PageAbonnement {
        page,
        structure: gestion.structure().clone(),
        demande,
        saisie,
        erreurs,
        // Whoever reads this screen covers every line of it.
        aux_services: gere,
        a_la_structure: gere && droits.maille_structure,
    };
    web::rendre(statut, &gabarit)
}

/// GET /structures/{structure}/demandes-abonnement/{demande_abonnement}.
pub async fn page(
    gestion: Gestion<ValiderAbonnements>,
    Chemin(chemin): Chemin<CheminDemande>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let retour = requete.valeur("retour");
    ecran(
        &app,
        &gestion,
        page,
        chemin.demande_abonnement,
        retour,
        None,
    )
    .await
}

/// POST …/validation. Nothing ticked is a refusal, whose motif is then asked (spec §13).
pub async fn valider(
    gestion: Gestion<ValiderAbonnements>,
    Chemin(chemin): Chemin<CheminDemande>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieDecision>,
) -> Result<Response, Erreur> {
    let id = chemin.demande_abonnement;
    let fait = match saisie.lire() {
        Ok(octroi) if octroi.droits.is_empty() => {
            let refus = adresse(gestion.structure(), id, "/refus");
            let vers = Requete::lire(&refus, "")
                .avec(&[("rien", "1"), ("retour", retour(&saisie.retour))]);
            return Ok(web::vers(&vers));
        }
        Ok(octroi) => {
            en_transaction!(&app, |tx| abonnements::valider(tx, &gestion, id, &octroi)
                .await)
        }
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(nom) => {
            let message = Message::succes(format!("La demande d’abonnement de {nom} est validée."))
                .texte("Un courriel l’en informe.");
            let vers = retour_au_bloc(&saisie.retour, BLOC_ABONNEMENTS);
            let vers = message.et_aller(&app, Some(gestion.id()), &vers).await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran(&app, &gestion, page, id, "", Some((saisie, erreurs))).await
        }
        Err(autre) => Err(autre),
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieRefus {
    retour: String,
    modele: String,
    motif: String,
}

async fn ecran_refus(
    app: &App,
    gestion: &Gestion<ValiderAbonnements>,
    page: Page,
    id: DemandeAbonnementId,
    saisie: &SaisieRefus,
    (erreurs, rien): (Erreurs, bool),
) -> Result<Response, Erreur> {
    let demande = abonnements::demande(app, gestion, id).await?;
    if !demande.ouverte() {
        return Err(Erreur::Conflit(demande.conclusion()));
    }
    let structure = gestion.structure();
    let recents = abonnements::motifs_recents(app, gestion, &[structure.id]).await?;
    let par = motif::refus_par(gestion.personne());
    let retour = retour(&saisie.retour);
    let gabarit = PageRefus {
        page,
        lignes: vec![LigneRefusee {
            demandeur: format!("{} {}", demande.nom, demande.prenom),
            structure: structure.raison_sociale.clone(),
            espaces: demande.espaces(),
        }],
        autres: 0,
        reserves: if rien {
            vec![
                "Aucune ligne n’était cochée : c’est un refus, dont le motif est demandé."
                    .to_owned(),
            ]
        } else {
            Vec::new()
        },
        action: adresse(structure, id, "/refus"),
        ids: String::new(),
        motif: Motif::pour_un_abonnement(&saisie.motif, &saisie.modele, recents, par),
        annuler: avec_retour(&adresse(structure, id, ""), retour),
        retour: retour.to_owned(),
        erreurs,
    };
    gabarit.repondre()
}

/// GET …/refus: « Confirmation du refus de la demande d'abonnement » (seed 001 §6).
pub async fn page_refus(
    gestion: Gestion<ValiderAbonnements>,
    Chemin(chemin): Chemin<CheminDemande>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let saisie = SaisieRefus {
        retour: requete.valeur("retour").to_owned(),
        ..SaisieRefus::default()
    };
    let rien = requete.valeur("rien") == "1";
    let id = chemin.demande_abonnement;
    ecran_refus(
        &app,
        &gestion,
        page,
        id,
        &saisie,
        (Erreurs::default(), rien),
    )
    .await
}

/// POST …/refus.
pub async fn refuser(
    gestion: Gestion<ValiderAbonnements>,
    Chemin(chemin): Chemin<CheminDemande>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieRefus>,
) -> Result<Response, Erreur> {
    let id = chemin.demande_abonnement;
    let fait = match motif::lire(&saisie.motif, &saisie.modele) {
        Ok(motif) => {
            en_transaction!(&app, |tx| abonnements::refuser(tx, &gestion, id, &motif)
                .await)
        }
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(nom) => {
            let message = Message::succes(format!("La demande d’abonnement de {nom} est refusée."))
                .texte("Un courriel lui donne le motif.");
            let vers = retour_au_bloc(&saisie.retour, BLOC_ABONNEMENTS);
            let vers = message.et_aller(&app, Some(gestion.id()), &vers).await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran_refus(&app, &gestion, page, id, &saisie, (erreurs, false)).await
        }
        Err(autre) => Err(autre),
    }
}
