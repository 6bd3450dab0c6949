use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::curseur::Repere;
use super::export::{self, Recherche};
use super::store::{self, Ligne, Publique};
use crate::App;
use crate::acces::{Connecte, Page};
use crate::db::StructureId;
use crate::identifiants::TypeIdentifiant;
use crate::structures::{
    Criteres, Obligations, Service, fenetre_des_services, legende_des_services, lignes_d_adresse,
};
use crate::web::{
    self, Chemin, Curseur, Erreur, Erreurs, LienPage, Liste, Requete, Total, reponse_csv,
};

/// Lines per page, out of those that may be chosen (spec §5).
const PAR_PAGE: [i64; 5] = [5, 10, 25, 50, 100];
const PAR_DEFAUT: i64 = 25;

#[derive(Template)]
#[template(path = "annuaire/liste.html")]
struct PageListe {
    page: Page,
    q: String,
    cp: String,
    par: i64,
    erreurs: Erreurs,
    lignes: Vec<Ligne>,
    total: Total,
    /// First line of a page that is not the first: it makes the title of the page its own.
    depuis: Option<String>,
    precedente: Option<String>,
    suivante: Option<String>,
    csv: String,
    caches: Vec<(String, String)>,
}

impl PageListe {
    fn titre(&self) -> String {
        let mut titre = "Rechercher structure publique".to_owned();
        if !self.q.is_empty() {
            titre.push_str(&format!(" – «\u{202F}{}\u{202F}»", self.q));
        }
        if !self.cp.is_empty() {
            titre.push_str(&format!(" – code postal {}", self.cp));
        }
        if let Some(depuis) = &self.depuis {
            titre.push_str(&format!(", à partir de {depuis}"));
        }
        titre
    }

    fn filtree(&self) -> bool {
        !self.q.is_empty() || !self.cp.is_empty()
    }

    fn legende(&self) -> &'static str {
        if self.q.is_empty() {
            "Structures publiques actives, triées par raison sociale (croissant)"
        } else {
            "Structures publiques actives, celles dont le nom commence ainsi d’abord, triées par raison sociale (croissant)"
        }
    }

    fn effacer(&self) -> Option<&'static str> {
        self.filtree().then_some("/annuaire")
    }

    /// A new search keeps the lines per page, and begins at the beginning.
    fn caches_de_recherche(&self) -> Vec<(String, String)> {
        if self.par == PAR_DEFAUT {
            Vec::new()
        } else {
            vec![("par".to_owned(), self.par.to_string())]
        }
    }

    /// Keyset pages have no number: « Précédente » and « Suivante » only.
    fn pages(&self) -> Vec<LienPage> {
        Vec::new()
    }
}

pub async fn liste(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let (q, cp) = (
        requete.valeur("q").trim().to_owned(),
        requete.valeur("cp").trim().to_owned(),
    );
    let par = requete
        .valeur("par")
        .parse()
        .ok()
        .filter(|p| PAR_PAGE.contains(p))
        .unwrap_or(PAR_DEFAUT);
    let mut gabarit = PageListe {
        page,
        csv: adresse_csv(&q, &cp),
        q,
        cp,
        par,
        erreurs: Erreurs::default(),
        lignes: Vec::new(),
        total: Total(0),
        depuis: None,
        precedente: None,
        suivante: None,
        caches: requete.autres(&["par", "apres", "avant"]),
    };
    let criteres = match Criteres::lire(&gabarit.q, &gabarit.cp) {
        Ok(criteres) => criteres,
        Err(erreurs) => {
            gabarit.erreurs = erreurs;
            return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
        }
    };
    let curseur = Curseur::lire(requete.valeur("apres"), requete.valeur("avant"));
    let tranche = store::tranche(&app, &connecte, &criteres, curseur, par).await?;
    gabarit.total = Total(tranche.total);
    let lien = |cle: &'static str, autre: &'static str, repere: Option<String>| {
        repere.map(|r| format!("{}#annuaire", requete.avec(&[(cle, &r), (autre, "")])))
    };
    if tranche.precedente.is_some() {
        gabarit.depuis = tranche.lignes.first().map(|l| l.raison_sociale.clone());
    }
    gabarit.precedente = lien("avant", "apres", tranche.precedente);
    gabarit.suivante = lien("apres", "avant", tranche.suivante);
    gabarit.lignes = tranche.lignes;
    web::page(&gabarit)
}

/// The CSV of the same filter: its link carries the criteria and nothing else.
fn adresse_csv(q: &str, cp: &str) -> String {
    Requete::lire("/annuaire.csv", "").avec(&[("q", q), ("cp", cp)])
}

pub async fn csv(
    connecte: Connecte,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let criteres = Criteres::lire(requete.valeur("q").trim(), requete.valeur("cp").trim())?;
    Ok(reponse_csv(
        "structures-publiques.csv",
        |envoi| async move {
            let mut depuis: Option<Repere> = None;
            let recherche = Recherche::lire(&app, &connecte, &criteres).await?;
            loop {
                let lot = export::lot_csv(&app, &connecte, &recherche, depuis.as_ref()).await?;
                let Some(derniere) = lot.last() else {
                    return Ok(());
                };
                depuis = Some(derniere.repere().clone());
                for ligne in lot {
                    if envoi.send(ligne).await.is_err() {
                        // Nobody downloads any more.
                        return Ok(());
                    }
                }
            }
        },
    ))
}

#[derive(Template)]
#[template(path = "annuaire/detail.html")]
struct PageDetail {
    page: Page,
    structure: Publique,
    obligations: Obligations,
    services: Liste<Service>,
}

impl PageDetail {
    fn type_identifiant(&self) -> &'static str {
        self.structure
            .type_identifiant
            .parse::<TypeIdentifiant>()
            .map_or("Identifiant", TypeIdentifiant::libelle)
    }

    fn adresse(&self) -> Vec<String> {
        let s = &self.structure;
        let mut lignes = lignes_d_adresse(
            [&s.adresse, &s.complement_1, &s.complement_2],
            [&s.code_postal, &s.ville],
        );
        lignes.push(s.pays.clone());
        lignes
    }

    /// The rule as a sentence, for the person who writes the invoice.
    fn consigne(&self) -> &'static str {
        let o = self.obligations;
        match (o.engagement, o.service, o.l_un_ou_l_autre) {
            (true, true, _) => {
                "Indiquez le numéro d’engagement et le code du service destinataire."
            }
            (true, false, _) => "Indiquez le numéro d’engagement.",
            (false, true, _) => "Indiquez le code du service destinataire.",
            (false, false, true) => {
                "Indiquez le numéro d’engagement ou le code du service destinataire\u{202F}: l’un des deux suffit."
            }
            (false, false, false) => {
                "Rien n’est obligatoire pour la structure elle-même. Un service peut demander un numéro d’engagement."
            }
        }
    }

    fn oui_non(&self, vrai: &bool) -> &'static str {
        if *vrai { "Oui" } else { "Non" }
    }

    fn sens(&self, colonne: &str) -> &'static str {
        match self.services.sens_de(colonne) {
            "ascending" => "asc",
            "descending" => "desc",
            _ => "",
        }
    }

    fn legende(&self) -> String {
        legende_des_services("Services actifs", &self.services)
    }

    fn effacer(&self) -> Option<String> {
        self.services
            .filtree()
            .then(|| self.services.lien_sans_recherche())
    }
}

pub async fn detail(
    connecte: Connecte,
    page: Page,
    State(app): State<App>,
    Chemin(structure): Chemin<StructureId>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let structure = store::publique(&app, &connecte, structure).await?;
    let services = store::services(&app, &structure, fenetre_des_services(&requete)).await?;
    web::page(&PageDetail {
        page,
        obligations: Obligations {
            engagement: structure.gestion_engagement,
            service: structure.gestion_service,
            l_un_ou_l_autre: structure.gestion_service_engagement,
        },
        structure,
        services,
    })
}
