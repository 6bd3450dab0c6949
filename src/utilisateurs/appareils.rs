//! Browsers a person has signed in from: a signed cookie names the browser, the table says for which accounts. A known
//! browser is not shut out by the failures of others (security.md AU3), and an unknown one is told to the owner.

use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::client::Client;
use crate::App;
use crate::db::UtilisateurId;
use crate::web::Erreur;

/// How long a browser stays known after its last sign-in, in days; also the life of the cookie.
const JOURS: u32 = 180;
const BUT: &str = "appareil";

/// A browser, by the random id in its cookie.
#[derive(Clone, Copy)]
pub(super) struct Appareil(Uuid);

/// `__Host-appareil` over https, `appareil` over plain http, like the session's (decisions 17).
pub(super) fn nom_du_cookie(https: bool) -> &'static str {
    if https { "__Host-appareil" } else { "appareil" }
}

impl Appareil {
    /// The browser of this request, if its cookie is one that we signed.
    pub fn presente(app: &App, client: &Client) -> Option<Self> {
        let nom = nom_du_cookie(app.config.https());
        let valeur = client.cookies.iter().find(|(n, _)| n == nom)?.1.as_str();
        if valeur.len() > 100 {
            return None;
        }
        let octets = URL_SAFE_NO_PAD.decode(valeur).ok()?;
        let (id, code) = octets.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        app.cles
            .verifier(BUT, id.as_bytes(), code)
            .then_some(Self(id))
    }

    /// A browser seen for the first time.
    pub fn nouveau() -> Self {
        Self(Uuid::new_v4())
    }

    fn hache(self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// `Set-Cookie`, at each sign-in.
    pub fn pose(self, app: &App) -> anyhow::Result<HeaderValue> {
        let (_, code) = app.cles.mac(None, BUT, self.0.as_bytes());
        let valeur = URL_SAFE_NO_PAD.encode([self.0.as_bytes().as_slice(), &code].concat());
        let https = app.config.https();
        let nom = nom_du_cookie(https);
        let fermeture = if https { "; Secure" } else { "" };
        let duree = JOURS * 86_400;
        Ok(HeaderValue::from_str(&format!(
            "{nom}={valeur}; Path=/; Max-Age={duree}; HttpOnly; SameSite=Strict{fermeture}"
        ))?)
    }

    /// Did this browser sign in to the account of this address, its password being still the same?
    pub async fn de_confiance(self, app: &App, adresse: &str) -> Result<bool, Erreur> {
        Ok(sqlx::query_scalar!(
            r#"select exists (
                 select from appareils a join utilisateurs u on u.id = a.utilisateur_id
                 where u.adresse_connexion = $1 and a.hache = $2 and a.revoque_le is null
                   and a.vu_le > maintenant() - make_interval(days => $3)) as "connu!""#,
            adresse,
            self.hache(),
            i32::try_from(JOURS).unwrap_or(i32::MAX)
        )
        .fetch_one(&app.db)
        .await?)
    }

    /// Names this browser in the key of a counter.
    pub fn cle(self) -> String {
        URL_SAFE_NO_PAD.encode(self.hache())
    }

    /// Notes a sign-in. `true`: this account was not known from this browser.
    pub async fn noter(
        self,
        tx: &mut PgConnection,
        id: UtilisateurId,
        agent: &str,
    ) -> Result<bool, Erreur> {
        Ok(sqlx::query_scalar!(
            r#"insert into appareils (utilisateur_id, hache, agent) values ($1, $2, left($3, 200))
               on conflict (utilisateur_id, hache) do update
               set vu_le = maintenant(), agent = excluded.agent, revoque_le = null
               returning xmax = 0 as "nouveau!""#,
            id.0,
            self.hache(),
            agent.replace(char::is_control, "")
        )
        .fetch_one(tx)
        .await?)
    }
}

/// After a change of password or of address every browser loses its privilege; they stay known for the notices.
pub(super) async fn revoquer(tx: &mut PgConnection, id: UtilisateurId) -> Result<(), Erreur> {
    sqlx::query!(
        "update appareils set revoque_le = maintenant() where utilisateur_id = $1 and revoque_le is null",
        id.0
    )
    .execute(tx)
    .await?;
    Ok(())
}
