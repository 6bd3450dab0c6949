//! Recovery codes: ten, each opens one session. Only their SHA-256 is kept: 80 random bits are beyond any search.

use rand::Rng;
use sha2::{Digest, Sha256};
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::courrier::{self, Destinataire};
use crate::db::{Tx, UtilisateurId};
use crate::utilisateurs::courriers_securite::CodeSecoursUtilise;
use crate::web::Erreur;

/// How many are given at a time.
pub(in crate::utilisateurs) const NOMBRE: usize = 10;
/// Characters of a code: 5 bits each.
const LONGUEUR: usize = 16;
/// Digits and letters, without i, l, o and u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A code as typed, spaces and hyphens already gone: one spelling for each; i, l and o are read as the digits they look
/// like.
pub(super) fn lire(serre: &str) -> Option<String> {
    let code: String = serre
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect();
    let bon = code.len() == LONGUEUR && code.bytes().all(|o| ALPHABET.contains(&o));
    bon.then_some(code)
}

fn hacher(id: UtilisateurId, code: &str) -> Vec<u8> {
    Sha256::new()
        .chain_update(b"code de secours\0")
        .chain_update(id.0.as_bytes())
        .chain_update(code.as_bytes())
        .finalize()
        .to_vec()
}

/// `abcd-efgh-jkmn-pqrs`
fn nouveau() -> String {
    let mut octets = [0u8; LONGUEUR];
    rand::rng().fill_bytes(&mut octets);
    let lettres: Vec<char> = octets
        .iter()
        .map(|o| char::from(ALPHABET[usize::from(o % 32)]))
        .collect();
    lettres
        .chunks(4)
        .map(|g| g.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("-")
}

/// Replaces every code of this person; the only time they are readable.
pub(super) async fn poser(tx: &mut Tx, id: UtilisateurId) -> Result<Vec<String>, Erreur> {
    retirer(tx, id).await?;
    let codes: Vec<String> = (0..NOMBRE).map(|_| nouveau()).collect();
    let haches: Vec<Vec<u8>> = codes
        .iter()
        .map(|c| hacher(id, &c.replace('-', "")))
        .collect();
    sqlx::query!(
        "insert into codes_secours (utilisateur_id, hache) select $1, h from unnest($2::bytea[]) h",
        id.0,
        &haches
    )
    .execute(&mut **tx)
    .await?;
    Ok(codes)
}

pub(super) async fn retirer(tx: &mut Tx, id: UtilisateurId) -> Result<(), Erreur> {
    sqlx::query!("delete from codes_secours where utilisateur_id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Uses a code up and tells the owner; of any number of parallel calls one answers `true`.
pub(super) async fn utiliser(tx: &mut Tx, id: UtilisateurId, code: &str) -> Result<bool, Erreur> {
    let Some(p) = sqlx::query!(
        "select prenom, nom, adresse_connexion from utilisateurs
         where id = $1 and statut = 'actif' and facteur_le is not null for no key update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Ok(false);
    };
    let servi = sqlx::query!(
        "update codes_secours set utilise_le = maintenant()
         where utilisateur_id = $1 and hache = $2 and utilise_le is null",
        id.0,
        hacher(id, code)
    )
    .execute(&mut **tx)
    .await?;
    if servi.rows_affected() == 0 {
        return Ok(false);
    }
    let courrier = CodeSecoursUtilise {
        prenom: p.prenom,
        nom: p.nom,
        marque: tx.marque.to_string(),
        restants: restants(&mut **tx, id).await?,
    };
    let destinataire = Destinataire {
        utilisateur: Some(id.0),
        adresse: p.adresse_connexion,
    };
    courrier::deposer(tx, Uuid::now_v7(), &destinataire, &courrier).await?;
    tracing::info!(evenement = "code_de_secours", utilisateur = %id, "connexion");
    Ok(true)
}

/// How many still serve.
pub(super) async fn restants(db: impl PgExecutor<'_>, id: UtilisateurId) -> Result<usize, Erreur> {
    let n = sqlx::query_scalar!(
        r#"select count(*) as "n!" from codes_secours where utilisateur_id = $1 and utilise_le is null"#,
        id.0
    )
    .fetch_one(db)
    .await?;
    Ok(usize::try_from(n).unwrap_or(0))
}

/// The codes sent back by the page that just showed them, if they are all this person's: a file is made of nothing else.
pub(in crate::utilisateurs) async fn siens(
    db: impl PgExecutor<'_>,
    id: UtilisateurId,
    saisis: &str,
) -> Result<Option<Vec<String>>, Erreur> {
    let codes: Vec<String> = saisis.split_whitespace().map(str::to_owned).collect();
    if codes.len() != NOMBRE {
        return Ok(None);
    }
    let haches: Vec<Vec<u8>> = codes
        .iter()
        .map(|c| hacher(id, &c.replace('-', "")))
        .collect();
    let connus = sqlx::query_scalar!(
        r#"select count(*) as "n!" from codes_secours where utilisateur_id = $1 and hache = any ($2)"#,
        id.0,
        &haches
    )
    .fetch_one(db)
    .await?;
    Ok((usize::try_from(connus) == Ok(NOMBRE)).then_some(codes))
}

/// The text to keep.
pub(in crate::utilisateurs) fn fichier(marque: &str, compte: &str, codes: &[String]) -> String {
    format!(
        "{marque}\u{202F}: codes de secours de {compte}\r\n\r\n\
         Chaque code remplace une fois celui de l’application. Gardez-les hors de votre téléphone.\r\n\r\n{}\r\n",
        codes.join("\r\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_code_de_secours_se_relit_et_change_a_chaque_fois() {
        let (un, autre) = (nouveau(), nouveau());
        assert_ne!(un, autre);
        assert_eq!(un.len(), 19);
        let serre = un.replace('-', "");
        assert_eq!(lire(&serre.to_uppercase()).as_deref(), Some(serre.as_str()));
        assert_eq!(
            lire("OIL0000000000000").as_deref(),
            Some("0110000000000000")
        );
        assert_eq!(lire("é000000000000000"), None);
    }
}
