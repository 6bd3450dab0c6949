//! The screen of a demande d'abonnement and its validation (seed 001 §5).

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::saisie::LONGUEUR;
use super::{apres, avec_retour, bilan, resume, retour};
use crate::App;
use crate::abonnements::{self, DemandeVue, Droit, Etendue, Octroi};
use crate::acces::{Capacite, Gestion, Page, StructureVue, ValiderAbonnements};
use crate::activites::genre::{Abonnement, CheminAbonnement, Genre, demande_du_chemin};
use crate::db::{DemandeAbonnementId, LigneAbonnementId, en_transaction};
use crate::decisions::{self, Decision};
use crate::rattachements::{self, Carte};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire, Requete, Saisie, texte};

/// What the screen sends: ids of lines, by right.
#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieDecision {
    retour: String,
    /// What comes next: "" back to the list, « suivante ».
    suite: String,
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
    carte: Carte,
    /// « Traiter la suivante » without deciding this one.
    suivante: String,
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
        Abonnement::ecran_de(&self.structure, self.demande.id, suite)
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

/// As first shown: each line with the right it asks.
fn proposee(demande: &DemandeVue, retour: &str) -> SaisieDecision {
    let lignes = |droit: Droit| {
        let siennes = demande.lignes.iter().filter(|l| l.droit == droit);
        siennes.map(|l| l.id.to_string()).collect()
    };
    SaisieDecision {
        retour: retour.to_owned(),
        suite: String::new(),
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
    let carte = rattachements::carte(app, gestion, demande.personne, id.0).await?;
    let droits = gestion.droits();
    let gere = droits.a(Capacite::GererStructure);
    let gabarit = PageAbonnement {
        page,
        structure: gestion.structure().clone(),
        carte,
        suivante: apres::<Abonnement>(gestion, "suivante", id, &saisie.retour),
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
    chemin: Chemin<CheminAbonnement>,
    State(app): State<App>,
    page: Page,
    requete: Requete,
) -> Result<Response, Erreur> {
    let retour = requete.valeur("retour");
    let id = demande_du_chemin::<Abonnement>(chemin);
    ecran(&app, &gestion, page, id, retour, None).await
}

/// POST …/validation. Nothing ticked is a refusal, whose motif is then asked (spec §13).
pub async fn valider(
    gestion: Gestion<ValiderAbonnements>,
    chemin: Chemin<CheminAbonnement>,
    State(app): State<App>,
    page: Page,
    Formulaire(saisie): Formulaire<SaisieDecision>,
) -> Result<Response, Erreur> {
    let id = demande_du_chemin::<Abonnement>(chemin);
    let fait = match saisie.lire() {
        Ok(octroi) if octroi.droits.is_empty() => {
            let refus = Abonnement::ecran_de(gestion.structure(), id, "/refus");
            let vers = Requete::lire(&refus, "")
                .avec(&[("rien", "1"), ("retour", retour(&saisie.retour))]);
            return Ok(web::vers(&vers));
        }
        Ok(octroi) => {
            en_transaction!(&app, |tx| {
                let validation = Decision::Valider(octroi.clone());
                decisions::decider::<Abonnement>(tx, &gestion, id, validation).await
            })
        }
        Err(erreurs) => Err(erreurs.into()),
    };
    match fait {
        Ok(decidee) => {
            let message = bilan::validee::<Abonnement>(&decidee, retour(&saisie.retour));
            let vers = apres::<Abonnement>(&gestion, &saisie.suite, id, &saisie.retour);
            let vers = message.et_aller(&app, Some(gestion.id()), &vers).await?;
            Ok(web::vers(&vers))
        }
        Err(Erreur::Invalide(erreurs)) => {
            ecran(&app, &gestion, page, id, "", Some((saisie, erreurs))).await
        }
        Err(autre) => Err(autre),
    }
}
