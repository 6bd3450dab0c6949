//! Single-use links: issued in the transaction of the request, consumed by one `delete … returning` (ML2, ML3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::secrets::Cles;

/// What a link may do. One token is alive per person and purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// First sign-in: choose a password. 7 days.
    Activation,
    /// Forgotten password. 1 hour.
    MotDePasse,
    /// Confirm a new login address. 24 hours.
    Adresse,
    /// Come back to a deactivated account. Until the 60th day: [`emettre_jusqu_a`].
    Reactivation,
    /// Confirm what a person without account asks of a référent; « person » is that request. 7 days.
    DemandeDeCompte,
}

impl Usage {
    /// Every purpose.
    pub const TOUS: [Self; 5] = [
        Self::Activation,
        Self::MotDePasse,
        Self::Adresse,
        Self::Reactivation,
        Self::DemandeDeCompte,
    ];

    /// As stored, and as signed.
    pub fn code(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::MotDePasse => "mot_de_passe",
            Self::Adresse => "adresse",
            Self::Reactivation => "reactivation",
            Self::DemandeDeCompte => "demande_de_compte",
        }
    }

    pub(super) fn depuis_code(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|usage| usage.code() == code)
    }

    /// Lifetime in seconds (decision 21).
    pub fn duree_secondes(self) -> f64 {
        match self {
            Self::Activation | Self::DemandeDeCompte => 7.0 * 86_400.0,
            Self::MotDePasse => 3_600.0,
            Self::Adresse => 86_400.0,
            Self::Reactivation => 60.0 * 86_400.0,
        }
    }

    /// The same lifetime, as mails and pages say it.
    pub fn validite(self) -> &'static str {
        match self {
            Self::Activation | Self::DemandeDeCompte => "7 jours",
            Self::MotDePasse => "1 heure",
            Self::Adresse => "24 heures",
            Self::Reactivation => "60 jours",
        }
    }

    /// Path of the link's page, the secret excepted.
    pub fn chemin(self) -> &'static str {
        match self {
            Self::Activation => "/activation/",
            Self::MotDePasse => "/mot-de-passe/",
            Self::Adresse => "/adresse/",
            Self::Reactivation => "/reactivation/",
            Self::DemandeDeCompte => "/demande-de-compte/",
        }
    }

    /// Its end is a date of its own, which a late mail does not move.
    fn fin_fixe(self) -> bool {
        self == Self::Reactivation
    }
}

/// A token just issued. Its id opens nothing without the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jeton {
    /// Row of `jetons`.
    pub id: Uuid,
    /// Person it was issued for.
    pub utilisateur: Uuid,
    /// What it may do.
    pub usage: Usage,
    /// Address it is mailed to, and the only one it proves.
    pub adresse: String,
}

/// Whose token it was, and the address it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JetonConsomme {
    /// Person it was issued for.
    pub utilisateur: Uuid,
    /// Address it was mailed to.
    pub adresse: String,
}

/// What a page may know of a link before the button is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Apercu {
    /// Can be consumed now.
    Vivant(JetonConsomme),
    /// Too old: offer a new link (R-COMPTE-ACTIVER).
    Expire(JetonConsomme),
    /// Consumed, replaced, revoked, or never issued.
    Inconnu,
}

/// Issues a token; an older one of the same person and purpose dies in the same statement.
pub async fn emettre(
    tx: &mut PgConnection,
    utilisateur: Uuid,
    usage: Usage,
    adresse: &str,
) -> sqlx::Result<Jeton> {
    emettre_jusqu_a(tx, utilisateur, usage, adresse, usage.duree_secondes()).await
}

/// The same with an end of its own, in seconds from now.
pub async fn emettre_jusqu_a(
    tx: &mut PgConnection,
    utilisateur: Uuid,
    usage: Usage,
    adresse: &str,
    secondes: f64,
) -> sqlx::Result<Jeton> {
    let jeton = Jeton::nouveau(utilisateur, usage, adresse);
    inserer(tx, usage, std::slice::from_ref(&jeton), secondes).await?;
    Ok(jeton)
}

/// Issues a token to each of these persons, at her address, in one statement; in the order given.
pub async fn emettre_plusieurs<'a>(
    tx: &mut PgConnection,
    usage: Usage,
    personnes: impl Iterator<Item = (Uuid, &'a str)>,
) -> sqlx::Result<Vec<Jeton>> {
    let jetons = personnes.map(|(qui, adresse)| Jeton::nouveau(qui, usage, adresse));
    let jetons: Vec<_> = jetons.collect();
    inserer(tx, usage, &jetons, usage.duree_secondes()).await?;
    Ok(jetons)
}

impl Jeton {
    fn nouveau(utilisateur: Uuid, usage: Usage, adresse: &str) -> Self {
        Self {
            id: Uuid::new_v4(),
            utilisateur,
            usage,
            adresse: adresse.to_owned(),
        }
    }
}

async fn inserer(
    tx: &mut PgConnection,
    usage: Usage,
    jetons: &[Jeton],
    secondes: f64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into jetons (id, utilisateur_id, usage, adresse, expire_le)
         select j.id, j.utilisateur, $3, j.adresse, maintenant() + make_interval(secs => $5)
         from unnest($1::uuid[], $2::uuid[], $4::text[]) as j (id, utilisateur, adresse)
         on conflict on constraint jetons_un_par_usage do update
         set id = excluded.id, adresse = excluded.adresse, expire_le = excluded.expire_le, cree_le = excluded.cree_le",
        &jetons.iter().map(|j| j.id).collect::<Vec<_>>(),
        &jetons.iter().map(|j| j.utilisateur).collect::<Vec<_>>(),
        usage.code(),
        &jetons.iter().map(|j| j.adresse.clone()).collect::<Vec<_>>(),
        secondes,
    )
    .execute(tx)
    .await?;
    Ok(())
}

const BUT: &str = "jeton";
const LONGUEUR: usize = 16 + 32;

fn signe(id: Uuid, usage: Usage) -> Vec<u8> {
    [id.as_bytes().as_slice(), usage.code().as_bytes()].concat()
}

/// The secret of a link: `base64url(id ‖ HMAC(id ‖ purpose))`, 64 characters. Never stored, never logged.
pub fn secret(cles: &Cles, id: Uuid, usage: Usage) -> String {
    let (_, code) = cles.mac(None, BUT, &signe(id, usage));
    URL_SAFE_NO_PAD.encode([id.as_bytes().as_slice(), &code].concat())
}

/// Reads a link's secret; `None` for anything but what [`secret`] wrote with one of the keys.
pub fn lire(cles: &Cles, texte: &str, usage: Usage) -> Option<Uuid> {
    if texte.len() != LONGUEUR / 3 * 4 {
        return None;
    }
    let octets = URL_SAFE_NO_PAD.decode(texte).ok()?;
    let (id, code) = octets.split_at_checked(16)?;
    let id = Uuid::from_slice(id).ok()?;
    cles.verifier(BUT, &signe(id, usage), code).then_some(id)
}

/// Uses the token up. `None`: expired, replaced, or somebody was faster; of any number of parallel calls one wins.
pub async fn consommer(
    tx: &mut PgConnection,
    id: Uuid,
    usage: Usage,
) -> sqlx::Result<Option<JetonConsomme>> {
    sqlx::query_as!(
        JetonConsomme,
        "delete from jetons where id = $1 and usage = $2 and expire_le > maintenant()
         returning utilisateur_id as utilisateur, adresse",
        id,
        usage.code(),
    )
    .fetch_optional(tx)
    .await
}

/// Looks without consuming, for GET pages (ML3).
pub async fn vivant(db: impl PgExecutor<'_>, id: Uuid, usage: Usage) -> sqlx::Result<Apercu> {
    let ligne = sqlx::query!(
        r#"select utilisateur_id, adresse, expire_le > maintenant() as "vivant!"
             from jetons where id = $1 and usage = $2"#,
        id,
        usage.code(),
    )
    .fetch_optional(db)
    .await?;
    Ok(match ligne {
        None => Apercu::Inconnu,
        Some(l) => {
            let jeton = JetonConsomme {
                utilisateur: l.utilisateur_id,
                adresse: l.adresse,
            };
            if l.vivant {
                Apercu::Vivant(jeton)
            } else {
                Apercu::Expire(jeton)
            }
        }
    })
}

/// Kills every link of a person: change of password or address, deactivation (failure-modes I20).
pub async fn revoquer_tous(tx: &mut PgConnection, utilisateur: Uuid) -> sqlx::Result<()> {
    sqlx::query!("delete from jetons where utilisateur_id = $1", utilisateur)
        .execute(tx)
        .await?;
    Ok(())
}

/// Before a mail leaves: is its token still the live one? If sending took more than half of its life, the life
/// starts again, so that nobody receives a dead link after an outage (security.md §3.5).
pub(super) async fn preparer_envoi(
    db: impl PgExecutor<'_>,
    id: Uuid,
    usage: Usage,
) -> sqlx::Result<bool> {
    let existe = sqlx::query_scalar!(
        "update jetons
            set expire_le = case when not $4 and expire_le < maintenant() + make_interval(secs => $3::float8 / 2)
                                 then maintenant() + make_interval(secs => $3::float8) else expire_le end
          where id = $1 and usage = $2 returning id",
        id,
        usage.code(),
        usage.duree_secondes(),
        usage.fin_fixe(),
    )
    .fetch_optional(db)
    .await?;
    Ok(existe.is_some())
}
