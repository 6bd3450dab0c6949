//! The pages of the référents, of who looks for one, and what the administrateur sets for them. Each works without script; every
//! confirmation window is a page of its own.

mod actes;
mod arrivees;
mod bureau;
mod comptes;
mod creation;
mod demande;
mod designation;
mod dossier;
mod perimetre_fin;
mod perimetres;
mod publique;
mod saisie;
mod sollicitation;
mod structures;
mod transmission;

use serde::Deserialize;

use super::MOTIF_MAX;
use crate::acces::{Administration, Referent, Support};
use crate::routes::Routes;
use crate::web::Erreurs;

pub fn routes() -> Routes {
    publiques()
        .et(bureau_du_referent())
        .et(comptes())
        .et(au_support())
        .et(de_l_administrateur())
}

fn publiques() -> Routes {
    Routes::new()
        .get("/trouver-mon-referent", publique::page)
        .get("/demande-de-compte", demande::page)
        .post("/demande-de-compte", demande::deposer)
        .get("/demande-de-compte/{secret}", demande::lien)
        .post("/demande-de-compte/{secret}", demande::confirmer)
        .get("/sollicitations/saisie/compte-pigp", saisie::compte)
        .post_envoi("/sollicitations/saisie/compte-pigp", saisie::demander)
        .get("/sollicitations/saisie/mes-donnees", saisie::donnees)
        .post_envoi("/sollicitations/saisie/mes-donnees", saisie::corriger)
}

fn bureau_du_referent() -> Routes {
    Routes::new()
        .get("/referent", bureau::page::<Referent>)
        .get(
            "/referent/demandes-de-compte/{demande_de_compte}",
            dossier::page::<Referent>,
        )
        .get(
            "/referent/demandes-de-compte/{demande_de_compte}/compte",
            creation::pour_une_demande::<Referent>,
        )
        .post(
            "/referent/demandes-de-compte/{demande_de_compte}/compte",
            creation::creer_pour_une_demande::<Referent>,
        )
        .get(
            "/referent/demandes-de-compte/{demande_de_compte}/refus",
            dossier::confirmer::<Referent>,
        )
        .post(
            "/referent/demandes-de-compte/{demande_de_compte}/refus",
            dossier::refuser::<Referent>,
        )
        .get(
            "/referent/demandes-de-compte/{demande_de_compte}/transmission",
            transmission::demande::<Referent>,
        )
        .post(
            "/referent/demandes-de-compte/{demande_de_compte}/transmission",
            transmission::transmettre_la_demande::<Referent>,
        )
        .get(
            "/referent/sollicitations/{sollicitation}",
            sollicitation::page,
        )
        .post(
            "/referent/sollicitations/{sollicitation}/prise-en-charge",
            sollicitation::prendre,
        )
        .post_envoi(
            "/referent/sollicitations/{sollicitation}/reponse",
            sollicitation::repondre,
        )
        .post_envoi(
            "/referent/sollicitations/{sollicitation}/resolution",
            sollicitation::clore,
        )
        .get(
            "/referent/sollicitations/{sollicitation}/transmission",
            transmission::sollicitation,
        )
        .post(
            "/referent/sollicitations/{sollicitation}/transmission",
            transmission::transmettre_la_sollicitation,
        )
        .get(
            "/referent/sollicitations/{sollicitation}/pieces/{piece}",
            sollicitation::telecharger,
        )
        .get(
            "/referent/demandes/{demande}",
            designation::page::<Referent>,
        )
        .post(
            "/referent/demandes/{demande}",
            designation::proposer::<Referent>,
        )
        .get("/referent/structures", structures::page::<Referent>)
        .post("/referent/structures", structures::regler::<Referent>)
}

fn comptes() -> Routes {
    Routes::new()
        .get("/referent/comptes", comptes::liste)
        .get("/referent/comptes/nouveau", creation::page)
        .post("/referent/comptes/nouveau", creation::creer)
        .get("/referent/comptes/{compte}", comptes::fiche)
        .post("/referent/comptes/{compte}/activation", actes::activer)
        .get("/referent/comptes/{compte}/identite", actes::identite)
        .post("/referent/comptes/{compte}/identite", actes::modifier)
        .get("/referent/comptes/{compte}/perimetre", actes::perimetre)
        .post("/referent/comptes/{compte}/perimetre", actes::deplacer)
        .get(
            "/referent/comptes/{compte}/desactivation",
            actes::desactivation,
        )
        .post(
            "/referent/comptes/{compte}/desactivation",
            actes::desactiver,
        )
        .get(
            "/referent/comptes/{compte}/reactivation",
            actes::reactivation,
        )
        .post("/referent/comptes/{compte}/reactivation", actes::reactiver)
        .get("/referent/arrivees", arrivees::page)
        .post_ample("/referent/arrivees", arrivees::verifier)
        .get("/referent/arrivees/modele.csv", arrivees::modele)
        .get("/referent/arrivees/{perimetre}/{arrivee}", arrivees::plan)
        .post(
            "/referent/arrivees/{perimetre}/{arrivee}",
            arrivees::appliquer,
        )
        .get(
            "/referent/arrivees/{perimetre}/{arrivee}/resultat.csv",
            arrivees::resultat,
        )
}

fn au_support() -> Routes {
    Routes::new()
        .get("/support/demandes/{demande}", designation::page::<Support>)
        .post(
            "/support/demandes/{demande}",
            designation::proposer::<Support>,
        )
        .get("/support/demandes-de-compte", bureau::page::<Support>)
        .get(
            "/support/demandes-de-compte/{demande_de_compte}",
            dossier::page::<Support>,
        )
        .get(
            "/support/demandes-de-compte/{demande_de_compte}/compte",
            creation::pour_une_demande::<Support>,
        )
        .post(
            "/support/demandes-de-compte/{demande_de_compte}/compte",
            creation::creer_pour_une_demande::<Support>,
        )
        .get(
            "/support/demandes-de-compte/{demande_de_compte}/refus",
            dossier::confirmer::<Support>,
        )
        .post(
            "/support/demandes-de-compte/{demande_de_compte}/refus",
            dossier::refuser::<Support>,
        )
        .get(
            "/support/demandes-de-compte/{demande_de_compte}/transmission",
            transmission::demande::<Support>,
        )
        .post(
            "/support/demandes-de-compte/{demande_de_compte}/transmission",
            transmission::transmettre_la_demande::<Support>,
        )
}

fn de_l_administrateur() -> Routes {
    Routes::new()
        .get("/administration/perimetres", perimetres::liste)
        .get("/administration/perimetres/nouveau", perimetres::nouveau)
        .post("/administration/perimetres/nouveau", perimetres::creer)
        .get("/administration/perimetres/{perimetre}", perimetres::page)
        .post(
            "/administration/perimetres/{perimetre}",
            perimetres::modifier,
        )
        .post(
            "/administration/perimetres/{perimetre}/referents",
            perimetres::affecter,
        )
        .get(
            "/administration/perimetres/{perimetre}/referents/{referent}/retrait",
            perimetre_fin::confirmer_le_retrait,
        )
        .post(
            "/administration/perimetres/{perimetre}/referents/{referent}/retrait",
            perimetre_fin::retirer,
        )
        .get(
            "/administration/perimetres/{perimetre}/suppression",
            perimetre_fin::confirmer,
        )
        .post(
            "/administration/perimetres/{perimetre}/suppression",
            perimetre_fin::supprimer,
        )
        .get(
            "/administration/structures",
            structures::page::<Administration>,
        )
        .post(
            "/administration/structures",
            structures::regler::<Administration>,
        )
}

/// A reason alone.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieMotif {
    pub motif: String,
}

impl SaisieMotif {
    fn lire(&self) -> Result<String, Erreurs> {
        let mut erreurs = Erreurs::default();
        let motif = lire_le_motif(&mut erreurs, &self.motif);
        erreurs.verdict()?;
        Ok(motif)
    }
}

/// Every act on what belongs to somebody else has one (spec §7).
fn lire_le_motif(erreurs: &mut Erreurs, saisi: &str) -> String {
    erreurs.paragraphe("motif", saisi, MOTIF_MAX, "Saisissez le motif.")
}

/// A SIRET as typed; the message is at `champ`.
fn lire_le_siret(
    erreurs: &mut Erreurs,
    champ: &str,
    saisi: &str,
) -> Option<crate::identifiants::Siret> {
    match crate::identifiants::Siret::lire(saisi) {
        Ok(siret) => Some(siret),
        Err(phrase) => {
            erreurs.ajouter(champ, phrase);
            None
        }
    }
}
