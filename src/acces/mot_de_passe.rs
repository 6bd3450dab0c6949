//! Passwords: one rule (decisions 22), one hash (argon2id), never more hashes at once than cores.

use std::collections::BTreeMap;
use std::sync::Mutex;

use anyhow::Context;
use argon2::password_hash::PasswordVerifier;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

use crate::App;
use crate::config::CoutArgon2;
use crate::web::{Erreur, MotDePasse};

/// Shortest and longest password, in characters.
const LONGUEURS: std::ops::RangeInclusive<usize> = 12..=128;
/// Beyond this many bytes nothing is hashed (security.md PW3).
const OCTETS: usize = 1_024;
/// CNIL deliberation 2022-100: L · log2(alphabet).
const BITS: f64 = 79.5;

fn argon2(cout: CoutArgon2) -> anyhow::Result<Argon2<'static>> {
    let params = Params::new(cout.memoire_kio, cout.passes, 1, None)
        .map_err(|e| anyhow::anyhow!("argon2: {e}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string to keep.
pub async fn hacher(app: &App, mot: &MotDePasse) -> Result<String, Erreur> {
    tracing::debug!(target: "vantail::hachage", "argon2");
    let _permis = app.hachages.acquire().await.context("semaphore closed")?;
    let (cout, mot) = (app.config.argon2, mot.clone());
    let hache = tokio::task::spawn_blocking(move || hacher_maintenant(cout, &mot))
        .await
        .context("hash interrupted")??;
    Ok(hache)
}

/// The same, on the present thread: for the command line and the demo world.
pub fn hacher_maintenant(cout: CoutArgon2, mot: &MotDePasse) -> anyhow::Result<String> {
    let hache = argon2(cout)?
        .hash_password(mot.exposer().as_bytes())
        .map_err(|e| anyhow::anyhow!("argon2: {e}"))?;
    Ok(hache.to_string())
}

/// Does the password match? An absent account costs the same time as a wrong password (security.md AU1).
pub async fn verifier(app: &App, mot: &MotDePasse, hache: Option<String>) -> Result<bool, Erreur> {
    if mot.exposer().len() > OCTETS {
        return Ok(false);
    }
    tracing::debug!(target: "vantail::hachage", "argon2");
    let _permis = app.hachages.acquire().await.context("semaphore closed")?;
    let (cout, mot) = (app.config.argon2, mot.clone());
    let issue = tokio::task::spawn_blocking(move || -> anyhow::Result<bool> {
        let connu = hache.is_some();
        let hache = match hache {
            Some(hache) => hache,
            None => leurre(cout)?,
        };
        let juste = argon2(cout)?
            .verify_password(mot.exposer().as_bytes(), hache.as_str())
            .is_ok();
        Ok(juste && connu)
    })
    .await
    .context("verification interrupted")??;
    Ok(issue)
}

/// Was it made with other parameters than the present ones? Then the next sign-in makes it again (security.md PW4).
pub fn perime(app: &App, hache: &str) -> bool {
    let CoutArgon2 {
        memoire_kio,
        passes,
    } = app.config.argon2;
    !hache.starts_with(&format!("$argon2id$v=19$m={memoire_kio},t={passes},p=1$"))
}

/// A hash of nothing anybody knows, one for each cost in use.
fn leurre(cout: CoutArgon2) -> anyhow::Result<String> {
    static LEURRES: Mutex<BTreeMap<(u32, u32), String>> = Mutex::new(BTreeMap::new());
    let cle = (cout.memoire_kio, cout.passes);
    let mut leurres = LEURRES
        .lock()
        .map_err(|_| anyhow::anyhow!("poisoned lock"))?;
    if let Some(leurre) = leurres.get(&cle) {
        return Ok(leurre.clone());
    }
    let inconnu = MotDePasse::new(&uuid::Uuid::new_v4().to_string());
    let leurre = hacher_maintenant(cout, &inconnu)?;
    leurres.insert(cle, leurre.clone());
    Ok(leurre)
}

/// Size of the alphabet the characters are drawn from.
fn alphabet(mot: &str) -> u32 {
    type Classe = fn(char) -> bool;
    let classes: [(Classe, u32); 5] = [
        (|c| c.is_ascii_lowercase(), 26),
        (|c| c.is_ascii_uppercase(), 26),
        (|c| c.is_ascii_digit(), 10),
        (|c| c.is_ascii() && !c.is_ascii_alphanumeric(), 37),
        (|c| !c.is_ascii(), 100),
    ];
    classes
        .iter()
        .filter(|(classe, _)| mot.chars().any(classe))
        .map(|(_, taille)| taille)
        .sum()
}

/// The rule, the same at activation, reset and change. `contexte`: words a password must not be made of
/// (names, login, brand). Answers the sentence to show.
pub fn juger(mot: &MotDePasse, contexte: &[&str]) -> Result<(), String> {
    let clair = mot.exposer();
    let longueur = clair.chars().count();
    if longueur < *LONGUEURS.start() {
        return Err(format!(
            "Choisissez un mot de passe d’au moins {} caractères.",
            LONGUEURS.start()
        ));
    }
    if longueur > *LONGUEURS.end() || clair.len() > OCTETS {
        return Err(format!(
            "Choisissez un mot de passe de {} caractères au plus.",
            LONGUEURS.end()
        ));
    }
    let bits =
        f64::from(u32::try_from(longueur).unwrap_or(u32::MAX)) * f64::from(alphabet(clair)).log2();
    if bits < BITS {
        return Err("Ce mot de passe est trop facile à deviner\u{202F}: allongez-le, ou mêlez majuscules, chiffres et signes.".to_owned());
    }
    let bas = clair.to_lowercase();
    let mot_du_contexte = contexte
        .iter()
        .map(|m| m.to_lowercase())
        .find(|m| m.chars().count() >= 4 && bas.contains(m.as_str()));
    if let Some(mot) = mot_du_contexte {
        return Err(format!(
            "Ce mot de passe contient «\u{202F}{mot}\u{202F}», facile à deviner\u{202F}: choisissez-en un autre."
        ));
    }
    // zxcvbn serves as the list of common passwords and their variants.
    if zxcvbn::zxcvbn(clair, contexte).score() < zxcvbn::Score::Four {
        return Err(
            "Ce mot de passe ressemble à un mot de passe courant\u{202F}: choisissez-en un autre."
                .to_owned(),
        );
    }
    Ok(())
}

/// Words of the person and of the portal that a password must not contain (security.md PW2).
pub fn contexte<'a>(
    marque: &'a str,
    prenom: &'a str,
    nom: &'a str,
    adresse: &'a str,
) -> Vec<&'a str> {
    let locale = adresse.split('@').next().unwrap_or_default();
    let mut mots = vec![marque, prenom, nom, locale, "chorus", "vantail"];
    mots.extend(locale.split(['.', '-', '_', '+']));
    mots
}
