//! The proof of an information system: the login and the secret of a technical account, at each call, by HTTP Basic. A session
//! cookie is never read here, and this header is read nowhere else.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

use super::compteurs::{self, API, API_ECHECS};
use super::permission::Permission;
use super::preuves::{Preuve, StructureVue};
use crate::App;
use crate::db::{StructureId, TechniqueId, Temps};
use crate::serveur::AdresseClient;
use crate::web::Erreur;

/// Bytes of the header at most: a login, a secret, and room.
const ENTETE_MAX: usize = 512;

/// An information system, and the one structure whose data it reads (security.md AP2).
pub struct Technique {
    id: TechniqueId,
    identifiant: String,
    structure: StructureVue,
    expire_le: Temps,
}

impl Technique {
    pub fn id(&self) -> TechniqueId {
        self.id
    }

    /// Login.
    pub fn identifiant(&self) -> &str {
        &self.identifiant
    }

    pub fn structure(&self) -> &StructureVue {
        &self.structure
    }

    /// End of the secret that was given.
    pub fn expire_le(&self) -> &Temps {
        &self.expire_le
    }
}

impl Preuve for Technique {
    const PERMISSION: Permission = Permission::Technique;
}

/// What the table keeps of a secret. One round of SHA-256 is enough: a secret is 256 bits drawn by chance, so that trying
/// them all is out of reach whatever the speed; a slow function only protects what people choose.
pub fn empreinte_du_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Login and secret, where the header holds exactly one pair.
fn lire(parts: &Parts) -> Option<(String, String)> {
    let mut valeurs = parts.headers.get_all(AUTHORIZATION).iter();
    let (Some(valeur), None) = (valeurs.next(), valeurs.next()) else {
        return None;
    };
    let valeur = valeur.to_str().ok().filter(|v| v.len() <= ENTETE_MAX)?;
    let (schema, reste) = valeur.split_once(' ')?;
    if !schema.eq_ignore_ascii_case("basic") {
        return None;
    }
    let paire = String::from_utf8(STANDARD.decode(reste.trim()).ok()?).ok()?;
    let (identifiant, secret) = paire.split_once(':')?;
    Some((identifiant.to_owned(), secret.to_owned()))
}

/// The account that this pair opens now: one row per secret in force, two during a grace period.
async fn ouvrir(app: &App, identifiant: &str, secret: &str) -> Result<Option<Technique>, Erreur> {
    let lignes = sqlx::query!(
        r#"select c.id as "id!: TechniqueId", c.empreinte as "empreinte!", temps(c.expire_le) as "expire_le!: Temps",
                  s.id as "structure: StructureId", s.type_identifiant, s.identifiant, s.raison_sociale, s.publique,
                  s.statut = 'active' as "active!", s.passe_par_pigp
           from comptes_techniques_effectifs c join structures s on s.id = c.structure_id
           where c.identifiant = $1"#,
        identifiant
    )
    .fetch_all(&app.db)
    .await?;
    let donnee = empreinte_du_secret(secret);
    let mut ouvert = None;
    // All of them are compared, each in constant time.
    for ligne in lignes {
        if bool::from(ligne.empreinte.as_slice().ct_eq(&donnee)) {
            ouvert = Some(Technique {
                id: ligne.id,
                identifiant: identifiant.to_owned(),
                structure: StructureVue {
                    id: ligne.structure,
                    type_identifiant: ligne.type_identifiant,
                    identifiant: ligne.identifiant,
                    raison_sociale: ligne.raison_sociale,
                    publique: ligne.publique,
                    active: ligne.active,
                    passe_par_pigp: ligne.passe_par_pigp,
                },
                expire_le: ligne.expire_le,
            });
        }
    }
    Ok(ouvert)
}

impl FromRequestParts<App> for Technique {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let ouvert = match lire(parts) {
            Some((identifiant, secret)) => ouvrir(app, &identifiant, &secret).await?,
            None => None,
        };
        let Some(technique) = ouvert else {
            let adresse = parts
                .extensions
                .get::<AdresseClient>()
                .map_or_else(String::new, |a| a.0.to_string());
            compteurs::compter(&app.db, &format!("api-echecs:{adresse}"), API_ECHECS).await?;
            return Err(Erreur::ConnexionRequise);
        };
        compteurs::compter(&app.db, &format!("api:{}", technique.id), API).await?;
        if !technique.structure.active {
            return Err(Erreur::Interdit(
                "Cette structure est désactivée\u{202F}: son utilisateur technique ne lit plus rien. Il reprendra si elle est réactivée."
                    .to_owned(),
            ));
        }
        noter_l_usage(app, technique.id).await?;
        Ok(technique)
    }
}

/// « Dernière utilisation », to the minute: one write a minute whatever the traffic.
async fn noter_l_usage(app: &App, id: TechniqueId) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into usages_techniques as u (compte_id, dernier_le) values ($1, maintenant())
         on conflict (compte_id) do update set dernier_le = excluded.dernier_le
           where u.dernier_le < maintenant() - interval '1 minute'",
        id.0
    )
    .execute(&app.db)
    .await?;
    Ok(())
}
