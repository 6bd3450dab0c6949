//! The motive of a refusal: mandatory, written or taken again from those that serve often.

use super::saisie::LONGUEUR;
use crate::web::Erreurs;

/// The field, as first shown or as it comes back.
#[derive(Default)]
pub struct Motif {
    pub motif: String,
    pub modele: String,
    /// Pairs (value, text) of the radio buttons; the first is « another ».
    pub modeles: Vec<(String, String)>,
    /// « Refus par le gestionnaire {Nom Prénom} ».
    pub par: String,
}

impl Motif {
    /// `courants`: motives that serve everywhere, after one's own recent ones.
    pub fn new(
        courants: &[&str],
        motif: &str,
        modele: &str,
        recents: Vec<String>,
        par: String,
    ) -> Self {
        let mut modeles = vec![(
            String::new(),
            "Un autre motif, que j’écris ci-dessous".to_owned(),
        )];
        let courants = courants.iter().map(|m| (*m).to_owned());
        for texte in recents.into_iter().chain(courants) {
            if !modeles.iter().any(|(m, _)| *m == texte) {
                modeles.push((texte.clone(), texte));
            }
        }
        Self {
            motif: motif.to_owned(),
            modele: modele.to_owned(),
            modeles,
            par,
        }
    }
}

/// What is written wins over what is chosen.
pub fn lire(motif: &str, modele: &str) -> Result<String, Erreurs> {
    let saisi = if motif.trim().is_empty() {
        modele
    } else {
        motif
    };
    let mut erreurs = Erreurs::default();
    let lu = erreurs.paragraphe(
        "motif",
        saisi,
        LONGUEUR,
        "Écrivez le motif du refus : il est envoyé au demandeur.",
    );
    erreurs.verdict().map(|()| lu)
}

/// « Dufour Pauline »: the order of seed 001 §3.
pub fn refus_par(personne: &crate::acces::Personne) -> String {
    format!(
        "Refus par le gestionnaire {} {}",
        personne.nom, personne.prenom
    )
}
