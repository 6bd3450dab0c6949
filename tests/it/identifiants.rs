//! Identifiers, addresses and post codes: what is accepted, in which spelling, and what is refused.

use proptest::prelude::*;
use vantail::identifiants::{
    AdresseElectronique, CodePostal, Identifiant, Siret, TypeIdentifiant, est_interdit,
    sur_une_ligne,
};

const FAUX: &str =
    "Ce SIRET est faux\u{202f}: vérifiez la saisie, sa clé de contrôle ne correspond pas.";
const FORME: &str = "Saisissez un SIRET de 14 chiffres.";

/// Sum of Luhn written the other way round from the code under test (table of doubled digits, left to right).
fn somme_de_luhn(chiffres: &str) -> u32 {
    const DOUBLE: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let pair = chiffres.len() % 2;
    chiffres
        .chars()
        .enumerate()
        .map(|(i, c)| {
            let n = c.to_digit(10).expect("a digit");
            if i % 2 == pair { DOUBLE[n as usize] } else { n }
        })
        .sum()
}

fn avec_cle(debut: &str) -> String {
    (0..10)
        .map(|cle| format!("{debut}{cle}"))
        .find(|s| somme_de_luhn(s).is_multiple_of(10))
        .expect("one key in ten is right")
}

prop_compose! {
    fn siret_juste()(siren in 1_u32..100_000_000, nic in 0_u32..10_000) -> String {
        avec_cle(&format!("{}{nic:04}", avec_cle(&format!("{siren:08}"))))
    }
}

proptest! {
    #[test]
    fn un_siret_juste_est_lu_et_relu(siret in siret_juste().prop_filter("La Poste a sa règle", |s| !s.starts_with("356000000"))) {
        let lu = Siret::lire(&siret).expect("valid");
        prop_assert_eq!(lu.as_str(), &siret);
        prop_assert_eq!(lu.siren(), &siret[..9]);
        prop_assert_eq!(Siret::lire(&lu.affiche()), Ok(lu));
        prop_assert_eq!(lu.affiche().chars().filter(|c| *c == '\u{a0}').count(), 3);
        let json = serde_json::to_string(&lu).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<Siret>(&json).expect("reads back"), lu);
    }

    #[test]
    fn un_chiffre_change_est_refuse(siret in siret_juste(), place in 0_usize..14, ecart in 1_u8..10) {
        let mut octets = siret.into_bytes();
        octets[place] = b'0' + (octets[place] - b'0' + ecart) % 10;
        let faux = String::from_utf8(octets).expect("digits");
        prop_assert_eq!(Siret::lire(&faux), Err(FAUX));
    }

    #[test]
    fn les_espaces_sont_acceptes_partout(siret in siret_juste().prop_filter("La Poste", |s| !s.starts_with("356000000")), places in prop::collection::vec((0_usize..=14, 0_usize..4), 0..6)) {
        let mut saisie: Vec<char> = siret.chars().collect();
        for (place, sorte) in places {
            saisie.insert(place, [' ', '\u{a0}', '\u{202f}', '\u{2009}'][sorte]);
        }
        let lu = Siret::lire(&saisie.into_iter().collect::<String>()).expect("spaces do not count");
        prop_assert_eq!(lu.as_str(), &siret);
    }

    #[test]
    fn aucune_saisie_ne_fait_tomber_la_lecture(saisie in "(?s).{0,40}|[\\x00-\\x{ff}]{0,40}|[A-Z]{2}[0-9A-Z .-]{0,100}") {
        for t in TypeIdentifiant::TOUS {
            if let Ok(lu) = Identifiant::lire(t, &saisie) {
                // What was accepted is canonical: reading it again changes nothing, and it fits its column.
                prop_assert_eq!(Identifiant::lire(t, lu.valeur()), Ok(lu.clone()));
                prop_assert!(lu.valeur().chars().count() <= Identifiant::LONGUEUR_MAX);
                prop_assert!(!lu.valeur().is_empty() && !lu.valeur().contains(est_interdit));
            }
        }
        if let Ok(adresse) = AdresseElectronique::lire(&saisie) {
            prop_assert_eq!(AdresseElectronique::lire(adresse.as_str()), Ok(adresse));
        }
        if let Ok(code) = CodePostal::lire(&saisie) {
            code.departement();
            prop_assert_eq!(CodePostal::lire(code.as_str()), Ok(code));
        }
        if let Some(ligne) = sur_une_ligne(&saisie) {
            prop_assert_eq!(sur_une_ligne(&ligne), Some(ligne));
        }
    }

    #[test]
    fn une_adresse_ordinaire_est_mise_en_minuscules(nom in "[A-Za-z0-9_+-]{1,20}(\\.[A-Za-z0-9]{1,10})?", domaine in "[A-Za-z0-9]{1,20}\\.(fr|COM|example)") {
        let adresse = AdresseElectronique::lire(&format!(" {nom}@{domaine} ")).expect("valid");
        prop_assert_eq!(adresse.as_str(), format!("{nom}@{domaine}").to_lowercase());
        prop_assert_eq!(adresse.domaine(), domaine.to_lowercase());
    }
}

#[test]
fn les_siret_de_la_demonstration_sont_justes() {
    for siret in [
        "14700985600138",
        "21200223200016",
        "50161285700018",
        "19690199500015",
    ] {
        assert!(Siret::lire(siret).is_ok(), "{siret}");
    }
    // As printed in the guides: one digit off, or missing.
    assert_eq!(Siret::lire("14700985600135"), Err(FAUX));
    assert_eq!(Siret::lire("2120023200016"), Err(FORME));
    assert_eq!(Siret::lire("212002232000160"), Err(FORME));
    assert_eq!(Siret::lire("2120022320001A"), Err(FORME));
    assert_eq!(Siret::lire(""), Err(FORME));
    assert_eq!(
        Siret::lire("２１２００２２３２０００１６"),
        Err(FORME),
        "full-width digits"
    );
    assert_eq!(Siret::lire("00000000000000"), Err(FAUX));
}

#[test]
fn la_poste_suit_sa_propre_regle() {
    assert!(Siret::lire("35600000000048").is_ok(), "head office, Luhn");
    assert!(Siret::lire("35600000049837").is_ok(), "sum of digits 45");
    assert_eq!(Siret::lire("35600000049838"), Err(FAUX));
    // Right by Luhn, yet no establishment of La Poste.
    let luhn = avec_cle("3560000000012");
    assert!(
        !luhn
            .bytes()
            .map(|o| u32::from(o - b'0'))
            .sum::<u32>()
            .is_multiple_of(5)
    );
    assert_eq!(Siret::lire(&luhn), Err(FAUX));
}

#[test]
fn chaque_type_a_sa_forme() {
    use TypeIdentifiant::{Autre, HorsUe, Particulier, Ridet, Tahiti, UeHorsFrance};
    let bons = [
        (UeHorsFrance, "be 0123.456.789", "BE0123456789"),
        (UeHorsFrance, "ATU12345678", "ATU12345678"),
        (UeHorsFrance, "NL123456789B01", "NL123456789B01"),
        (UeHorsFrance, "GR 123456789", "EL123456789"),
        (UeHorsFrance, "IE1A23456B", "IE1A23456B"),
        (UeHorsFrance, "ESX1234567X", "ESX1234567X"),
        (HorsUe, "us  Acme Tools Co", "US ACME TOOLS CO"),
        (HorsUe, "CHABCDEFGHIJKLMNOP", "CHABCDEFGHIJKLMNOP"),
        (Ridet, "0 123 456.001", "0123456001"),
        (Ridet, "123456001", "123456001"),
        (Tahiti, "a12345-001", "A12345001"),
        (Autre, " en cours  42 ", "EN COURS 42"),
        (Particulier, "e\u{301}lise petit", "ÉLISE PETIT"),
    ];
    for (t, saisie, valeur) in bons {
        let lu = Identifiant::lire(t, saisie).unwrap_or_else(|e| panic!("{t:?} {saisie}: {e}"));
        assert_eq!((lu.type_identifiant(), lu.valeur()), (t, valeur));
        assert!(lu.siret().is_none());
    }
    let long = "A".repeat(81);
    let mauvais = [
        (
            UeHorsFrance,
            "FR12345678901",
            "Pour une structure française, choisissez le type SIRET.",
        ),
        (
            UeHorsFrance,
            "XX123",
            "Saisissez le numéro de TVA intracommunautaire, commençant par les 2 lettres d'un pays de l'Union européenne.",
        ),
        (
            UeHorsFrance,
            "DE12345678",
            "Ce numéro de TVA n'a pas la forme attendue pour son pays\u{202f}: vérifiez la saisie.",
        ),
        (
            HorsUe,
            "CHABCDEFGHIJKLMNOPQ",
            "Saisissez le code du pays en 2 lettres suivi des 16 premiers caractères de la raison sociale, sans accent.",
        ),
        (Ridet, "12345678", "Saisissez un RIDET de 9 ou 10 chiffres."),
        (
            Tahiti,
            "A1234500",
            "Saisissez un numéro Tahiti de 9 lettres ou chiffres.",
        ),
        (Autre, "  ", "Saisissez l'identifiant de la structure."),
        (
            Autre,
            &long,
            "Cet identifiant est trop long\u{202f}: 80 caractères au plus.",
        ),
        (
            Particulier,
            "a\u{202e}b",
            "Retirez les caractères invisibles ou de mise en forme de cet identifiant.",
        ),
    ];
    for (t, saisie, raison) in mauvais {
        assert_eq!(Identifiant::lire(t, saisie), Err(raison), "{t:?} {saisie}");
    }
}

#[test]
fn les_types_gardent_leur_orthographe() {
    for t in TypeIdentifiant::TOUS {
        assert_eq!(t.code().to_lowercase().parse(), Ok(t));
        assert_eq!(
            serde_json::to_string(&t).expect("serialises"),
            format!("\"{}\"", t.code())
        );
    }
    assert!("SIREN".parse::<TypeIdentifiant>().is_err());
    let siret = Identifiant::lire(TypeIdentifiant::Siret, "212 002 232 00016").expect("valid");
    assert_eq!(siret.to_string(), "212\u{a0}002\u{a0}232\u{a0}00016");
}

#[test]
fn une_adresse_trompeuse_est_refusee() {
    let longue = format!(
        "{}@{}.fr",
        "a".repeat(64),
        ["b".repeat(63), "c".repeat(63), "d".repeat(60)].join(".")
    );
    assert!(longue.len() > 254);
    let nom_long = format!("{}@exemple.fr", "a".repeat(65));
    for adresse in [
        "",
        "mike",
        "mike@",
        "@exemple.fr",
        "mike@exemple",
        "m\u{131}ke@exemple.fr",
        "mike@ex\u{e4}mple.fr",
        "mi\u{212a}e@exemple.fr",
        "mike\u{ff20}exemple.fr",
        "mike@@exemple.fr",
        "mike@exemple.fr@autre.fr",
        "mi ke@exemple.fr",
        "mike@exemple.fr\r\nBcc: x@y.fr",
        "mike@exemple.fr\n",
        "mike\0@exemple.fr",
        "mike@exemple..fr",
        "mike@.exemple.fr",
        "mike@exemple.fr.",
        "mike@-exemple.fr",
        "mike@exemple-.fr",
        ".mike@exemple.fr",
        "mi..ke@exemple.fr",
        "\"mi ke\"@exemple.fr",
        "mike@127.0.0.1",
        "mike@[127.0.0.1]",
        "Mike <mike@exemple.fr>",
        "mike,jo@exemple.fr",
        "mike\u{200b}@exemple.fr",
        &longue,
        &nom_long,
    ] {
        assert_eq!(
            AdresseElectronique::lire(adresse),
            Err("Saisissez une adresse électronique au format nom@domaine.fr."),
            "{adresse:?}"
        );
    }
    assert_eq!(
        AdresseElectronique::lire("\u{a0}MIKE@Exemple.FR ")
            .map(String::from)
            .as_deref(),
        Ok("mike@exemple.fr")
    );
}

#[test]
fn un_code_postal_se_cherche_comme_il_s_ecrit() {
    for (saisie, code, departement) in [
        ("69001", "69001", Some("69")),
        (" 69 001 ", "69001", Some("69")),
        ("F-69001", "69001", Some("69")),
        ("20167", "20167", Some("2A")),
        ("20218", "20218", Some("2B")),
        ("97400", "97400", Some("974")),
        ("98800", "98800", Some("988")),
        ("69", "69", None),
        ("sw1a 1aa", "SW1A1AA", None),
    ] {
        let lu = CodePostal::lire(saisie).expect("valid");
        assert_eq!((lu.as_str(), lu.departement()), (code, departement));
    }
    for saisie in ["", " - ", "69001;", "é", "12345678901"] {
        assert!(CodePostal::lire(saisie).is_err(), "{saisie}");
    }
}
