//! Throttling shared by every instance: one atomic increment *before* the work it protects
//! (security.md F5, AU2, AU3; decisions 27).

use std::time::Duration;

use sqlx::PgPool;

use crate::web::Erreur;

/// So many per window.
#[derive(Clone, Copy)]
pub struct Limite {
    pub max: i32,
    pub fenetre: Duration,
}

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

/// Password attempts for one account from one address prefix.
pub const CONNEXION_COMPTE: Limite = Limite {
    max: 10,
    fenetre: minutes(5),
};
/// Password attempts from one address, whatever the account.
pub const CONNEXION_ADRESSE: Limite = Limite {
    max: 60,
    fenetre: minutes(1),
};
/// Failures in a row for one account, from anywhere (security.md AU2); a success or a reset by mail forgets them.
pub const CONNEXION_ECHECS: Limite = Limite {
    max: 100,
    fenetre: minutes(24 * 60),
};
/// Codes of a second factor tried for one account (security.md AU8).
pub const CODE: Limite = Limite {
    max: 5,
    fenetre: minutes(15),
};
/// Wrong codes in a row for one account, from anywhere: six digits must not be guessed by patience.
pub const CODE_ECHECS: Limite = Limite {
    max: 50,
    fenetre: minutes(24 * 60),
};
/// Mails of reset or activation to one recipient.
pub const ENVOI: Limite = Limite {
    max: 5,
    fenetre: minutes(15),
};
/// Account searches of one person (decisions 13).
pub const RECHERCHE_COMPTES: Limite = Limite {
    max: 60,
    fenetre: minutes(10),
};
/// Requests for a rattachement by one person.
pub const DEMANDES: Limite = Limite {
    max: 30,
    fenetre: minutes(60),
};
/// Downloads of one's own data.
pub const DONNEES: Limite = Limite {
    max: 5,
    fenetre: minutes(60),
};

/// Answers sent to the pages of « Créer un compte » from one address: a whole office signs up behind one of them.
pub const INSCRIPTION: Limite = Limite {
    max: 120,
    fenetre: minutes(10),
};

/// Files of people to attach, of one person: each tells which of its addresses have an account.
pub const IMPORTS: Limite = Limite {
    max: 20,
    fenetre: minutes(60),
};

/// Sollicitations of one person, answers included.
pub const SOLLICITATIONS: Limite = Limite {
    max: 30,
    fenetre: minutes(60),
};

/// Attachments sent by one person.
pub const PIECES: Limite = Limite {
    max: 60,
    fenetre: minutes(60),
};

/// Codes of support sessions, given by one person or tried by one agent.
pub const ASSISTANCE: Limite = Limite {
    max: 20,
    fenetre: minutes(15),
};

/// Calls of one technical account (security.md AP4).
pub const API: Limite = Limite {
    max: 300,
    fenetre: minutes(1),
};
/// Calls from one address that no secret opened: they say 401, then 429.
pub const API_ECHECS: Limite = Limite {
    max: 60,
    fenetre: minutes(1),
};

/// Counts one more; beyond the limit, refuses until the end of the window. A refused attempt is not counted.
pub async fn compter(db: &PgPool, cle: &str, limite: Limite) -> Result<(), Erreur> {
    let ligne = sqlx::query!(
        r#"insert into compteurs (cle, compte, fin_le) values ($1, 1, maintenant() + make_interval(secs => $3))
           on conflict (cle) do update set
             compte = case when compteurs.fin_le <= maintenant() then 1
                           else least(compteurs.compte + 1, $2 + 1) end,
             fin_le = case when compteurs.fin_le <= maintenant() then excluded.fin_le else compteurs.fin_le end
           returning compte, extract(epoch from fin_le - maintenant())::float8 as "reste!""#,
        cle,
        limite.max,
        limite.fenetre.as_secs_f64()
    )
    .fetch_one(db)
    .await?;
    if ligne.compte > limite.max {
        return Err(Erreur::TropDeRequetes(Duration::from_secs_f64(
            ligne.reste.max(1.0).ceil(),
        )));
    }
    Ok(())
}

/// `true` for the first caller of the window, in the caller's transaction: a double click waits for the first, then
/// answers `false`; after a rollback the key is free again.
pub async fn une_fois(
    tx: &mut sqlx::PgConnection,
    cle: &str,
    fenetre: Duration,
) -> Result<bool, Erreur> {
    let pris = sqlx::query!(
        "insert into compteurs (cle, compte, fin_le) values ($1, 1, maintenant() + make_interval(secs => $2))
         on conflict (cle) do update set compte = 1, fin_le = excluded.fin_le where compteurs.fin_le <= maintenant()",
        cle,
        fenetre.as_secs_f64()
    )
    .execute(tx)
    .await?;
    Ok(pris.rows_affected() == 1)
}

/// After a success the account's own counter starts afresh.
pub async fn remettre(db: &PgPool, cle: &str) -> Result<(), Erreur> {
    sqlx::query!("delete from compteurs where cle = $1", cle)
        .execute(db)
        .await?;
    Ok(())
}
