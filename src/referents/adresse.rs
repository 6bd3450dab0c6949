//! « Les adresses étant académiques »: what is unusual in an address is said, and confirmed, never refused (spec §13).

use unicode_normalization::UnicodeNormalization;

use crate::identifiants::AdresseElectronique;

/// Letters only, without accents, in lower case.
fn lettres(texte: &str) -> String {
    texte
        .nfd()
        .flat_map(char::to_lowercase)
        .filter(char::is_ascii_alphabetic)
        .collect()
}

/// The name is in it: « prenom.nom », « p.nom », « nom.p », or one word of a double name.
fn nominative(adresse: &str, nom: &str) -> bool {
    let locale = lettres(adresse.split('@').next().unwrap_or_default());
    let entier = lettres(nom);
    (entier.len() > 1 && locale.contains(&entier))
        || nom
            .split([' ', '-', '\'', '’'])
            .map(lettres)
            .any(|mot| mot.len() > 2 && locale.contains(&mot))
}

/// What whoever writes this address should read again; nothing for an address as expected.
pub fn avertissements(
    adresse: &AdresseElectronique,
    nom: &str,
    domaines: &[String],
) -> Vec<String> {
    let mut avertissements = Vec::new();
    if !domaines.is_empty() && !domaines.iter().any(|d| d == adresse.domaine()) {
        avertissements.push(format!(
            "{adresse} n’est pas d’un domaine du périmètre ({}).",
            domaines.join(", ")
        ));
    }
    if !nominative(adresse.as_str(), nom) {
        avertissements.push(format!(
            "{adresse} ne porte pas le nom de la personne\u{202F}: une adresse nominative est attendue (prenom.nom@…)."
        ));
    }
    avertissements
}

#[cfg(test)]
mod tests {
    use super::avertissements;
    use crate::identifiants::AdresseElectronique;

    fn nombre(adresse: &str, nom: &str, domaines: &[&str]) -> usize {
        let adresse = AdresseElectronique::lire(adresse).expect("an address");
        let domaines: Vec<String> = domaines.iter().map(|d| (*d).to_owned()).collect();
        avertissements(&adresse, nom, &domaines).len()
    }

    #[test]
    fn une_adresse_nominative_du_domaine_ne_dit_rien() {
        for (adresse, nom) in [
            ("helene.levy@ac-lyon.fr", "Lévy"),
            ("h.levy2@ac-lyon.fr", "LEVY"),
            ("anne.dupont-durand@ac-lyon.fr", "Dupont Durand"),
            ("anne.durand@ac-lyon.fr", "Dupont-Durand"),
            ("jean.o@ac-lyon.fr", "Jean O"),
        ] {
            assert_eq!(nombre(adresse, nom, &["ac-lyon.fr"]), 0, "{adresse}");
        }
    }

    #[test]
    fn une_adresse_de_fonction_ou_d_ailleurs_est_signalee() {
        assert_eq!(nombre("ce.0690001@ac-lyon.fr", "Levy", &["ac-lyon.fr"]), 1);
        assert_eq!(nombre("helene.levy@gmail.com", "Levy", &["ac-lyon.fr"]), 1);
        assert_eq!(nombre("direction@gmail.com", "Levy", &["ac-lyon.fr"]), 2);
        assert_eq!(nombre("helene.levy@gmail.com", "Levy", &[]), 0);
    }
}
