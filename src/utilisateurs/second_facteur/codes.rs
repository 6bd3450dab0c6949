//! A code as typed, and its proof: counted before it is looked at, used once (security.md AU8).

use super::secours;
use super::secret::Graine;
use crate::App;
use crate::acces::compteurs::{self, CODE, CODE_ECHECS};
use crate::db::{UtilisateurId, en_transaction};
use crate::web::Erreur;

/// What a person may type when a code is asked. Never logged.
pub(in crate::utilisateurs) enum Code {
    /// Six digits of the application.
    Application(String),
    /// A recovery code, normalised.
    Secours(String),
}

/// What opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::utilisateurs) enum Preuve {
    Application,
    Secours,
}

/// Sentence for a code that proves nothing: wrong, used, or of another time.
pub(in crate::utilisateurs) const FAUX: &str = "Ce code n’est pas valable. Saisissez celui que l’application affiche maintenant\u{202F}; un code ne sert qu’une fois.";

impl Code {
    /// Reads six digits or a recovery code, however spaced; the sentence to show otherwise.
    pub fn lire(saisi: &str) -> Result<Self, &'static str> {
        let serre: String = saisi
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2011}'))
            .take(64)
            .collect();
        if serre.is_empty() {
            return Err("Saisissez le code.");
        }
        if serre.len() == 6 && serre.bytes().all(|o| o.is_ascii_digit()) {
            return Ok(Self::Application(serre));
        }
        secours::lire(&serre).map(Self::Secours).ok_or(
            "Saisissez les six chiffres de l’application, ou l’un de vos codes de secours (seize caractères).",
        )
    }
}

fn cles(id: UtilisateurId) -> (String, String) {
    (format!("code:{id}"), format!("code:echecs:{id}"))
}

/// Counts one try of a code; every page that takes one does it first.
///
/// # Errors
/// `TropDeRequetes`.
pub(super) async fn compter(app: &App, id: UtilisateurId) -> Result<(), Erreur> {
    let (cle, cle_echecs) = cles(id);
    compteurs::compter(&app.db, &cle, CODE).await?;
    compteurs::compter(&app.db, &cle_echecs, CODE_ECHECS).await
}

pub(super) async fn oublier_les_echecs(app: &App, id: UtilisateurId) -> Result<(), Erreur> {
    let (cle, cle_echecs) = cles(id);
    compteurs::remettre(&app.db, &cle).await?;
    compteurs::remettre(&app.db, &cle_echecs).await
}

/// Does this code prove that the person holds the factor? It is used up: of any number of parallel calls one is
/// answered. `None`: wrong, used already, or no factor.
///
/// # Errors
/// `TropDeRequetes`, before the code is looked at.
pub(in crate::utilisateurs) async fn verifier(
    app: &App,
    id: UtilisateurId,
    code: &Code,
) -> Result<Option<Preuve>, Erreur> {
    compter(app, id).await?;
    let preuve = match code {
        Code::Application(chiffres) => par_application(app, id, chiffres)
            .await?
            .then_some(Preuve::Application),
        Code::Secours(code) => en_transaction!(app, |tx| secours::utiliser(tx, id, code).await)?
            .then_some(Preuve::Secours),
    };
    if preuve.is_some() {
        oublier_les_echecs(app, id).await?;
    } else {
        tracing::warn!(evenement = "code_refuse", utilisateur = %id, "connexion");
    }
    Ok(preuve)
}

async fn par_application(app: &App, id: UtilisateurId, chiffres: &str) -> Result<bool, Erreur> {
    let Some(facteur) = sqlx::query!(
        r#"select adresse_connexion, facteur_sel as "sel!", facteur_version as "version!",
                  extract(epoch from maintenant())::bigint as "instant!"
           from utilisateurs where id = $1 and statut = 'actif' and facteur_le is not null"#,
        id.0
    )
    .fetch_optional(&app.db)
    .await?
    else {
        return Ok(false);
    };
    let graine = Graine {
        sel: facteur.sel,
        version: facteur.version,
    };
    let secret = graine.secret(app, id, &facteur.adresse_connexion)?;
    let Some(pas) = secret.pas(chiffres, facteur.instant) else {
        return Ok(false);
    };
    // Guarded by the last step used: the same code, however typed, and every earlier one are refused.
    let servi = sqlx::query!(
        "update utilisateurs set facteur_pas = $2
         where id = $1 and statut = 'actif' and facteur_sel = $3 and facteur_pas < $2",
        id.0,
        pas,
        graine.sel
    )
    .execute(&app.db)
    .await?;
    Ok(servi.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_code_se_lit_avec_ou_sans_espaces() {
        for saisi in ["123456", " 123 456 ", "12\u{202F}34-56"] {
            assert!(matches!(Code::lire(saisi), Ok(Code::Application(c)) if c == "123456"));
        }
        for saisi in ["abcd-efgh-jkmn-pqrs", "ABCD EFGH JKMN PQRS"] {
            assert!(matches!(Code::lire(saisi), Ok(Code::Secours(c)) if c == "abcdefghjkmnpqrs"));
        }
        for saisi in [
            "",
            "12345",
            "1234567",
            "１２３４５６",
            "abcd-efgh-jkmn",
            "abcd-efgh-jkmn-pqru",
        ] {
            assert!(Code::lire(saisi).is_err(), "{saisi}");
        }
    }
}
