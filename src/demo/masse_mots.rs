//! Words of the load world: each a function of the rank, so that the world is always the same.

const PRENOMS: [&str; 24] = [
    "Camille", "Louis", "Inès", "Hugo", "Léa", "Gabriel", "Chloé", "Arthur", "Manon", "Jules",
    "Zoé", "Adam", "Élise", "Nathan", "Jeanne", "Théo", "Aïcha", "Paul", "Margaux", "Yanis",
    "Clara", "Noël", "Rose", "Maël",
];
const NOMS: [&str; 30] = [
    "Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau",
    "Laurent", "Simon", "Michel", "Lefèvre", "Leroy", "Roux", "David", "Bertrand", "Morel",
    "Fournier", "Girard", "Bonnet", "Dupont", "Lambert", "Fontaine", "Rousseau", "Vincent",
    "Müller", "Lefebvre", "Faure", "André",
];
const GENRES: [&str; 10] = [
    "COMMUNE DE",
    "SYNDICAT DES EAUX DE",
    "COLLÈGE DE",
    "ATELIERS DE",
    "MAISON MÉDICALE DE",
    "ÉCOLE DE",
    "TRANSPORTS DE",
    "CAISSE DES ÉCOLES DE",
    "BOULANGERIE DE",
    "OFFICE DE TOURISME DE",
];
const LIEUX: [&str; 25] = [
    "BEAULIEU",
    "VILLENEUVE",
    "SAINT-AUBIN",
    "MONTREUIL",
    "LA FERTÉ",
    "CHÂTEAUNEUF",
    "PONT-DE-L’ÂGE",
    "AUBIGNY",
    "MARTIGNY",
    "FONTENAY",
    "ROCHEFORT",
    "BELLEVUE",
    "CLAIREFONTAINE",
    "MIREVAL",
    "HAUTERIVE",
    "GRANDCHAMP",
    "VALMONT",
    "LONGPRÉ",
    "SAINTE-FOY",
    "COURCELLES",
    "BRÉVILLE",
    "ÉPINAY",
    "NOYERS",
    "TRÉMONT",
    "CASTELNAU",
];

fn choisir<'a>(mots: &[&'a str], rang: u64) -> &'a str {
    mots[usize::try_from(rang % mots.len() as u64).unwrap_or(0)]
}

pub(super) fn prenom(u: u64) -> &'static str {
    choisir(&PRENOMS, u.wrapping_mul(7))
}

/// « Martin-Leroy »: 900 names.
pub(super) fn nom(u: u64) -> String {
    format!("{}-{}", choisir(&NOMS, u), choisir(&NOMS, u / 30))
}

pub(super) fn raison_sociale(s: u64) -> String {
    format!("{} {} {s}", choisir(&GENRES, s), choisir(&LIEUX, s / 10))
}

pub(super) fn ville(rang: u64) -> &'static str {
    choisir(&LIEUX, rang / 3)
}

pub(super) fn code_postal(rang: u64) -> String {
    format!("{:05}", 1_000 + (rang * 37) % 94_000)
}

/// A SIRET with both its keys (Luhn), in a range that nobody has, for `s` below ten million.
pub fn siret(s: u64) -> String {
    avec_cle(&format!("{}0001", avec_cle(&format!("9{s:07}"))))
}

fn avec_cle(chiffres: &str) -> String {
    let somme: u32 = chiffres
        .bytes()
        .rev()
        .enumerate()
        .map(|(rang, o)| {
            let chiffre = u32::from(o - b'0') * if rang % 2 == 0 { 2 } else { 1 };
            if chiffre > 9 { chiffre - 9 } else { chiffre }
        })
        .sum();
    format!("{chiffres}{}", (10 - somme % 10) % 10)
}
