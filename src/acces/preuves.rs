//! Proofs: values that only this module builds. A store function asks for one, never for a bare structure id
//! (architecture §1.2, decisions 11). The proof owns the id: a handler that takes one never reads it from the path again.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::{Method, request::Parts};
use serde::{Serialize, Serializer};

use super::droits::{Capacite, Droits, Role};
use super::identite::{self, Personne};
use crate::App;
use crate::db::{RattachementId, StructureId, UtilisateurId};
use crate::web::{Chemin, Erreur};

/// The permission of a route, as printed by `vantail routes --json`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Permission {
    Visiteur,
    Connecte,
    Membre,
    Gestion(&'static str),
    Portee(&'static str),
    GestionPrincipale,
    Support,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Visiteur => f.write_str("visiteur"),
            Self::Connecte => f.write_str("connecte"),
            Self::Membre => f.write_str("membre"),
            Self::Gestion(c) => write!(f, "gestion:{c}"),
            Self::Portee(c) => write!(f, "portee:{c}"),
            Self::GestionPrincipale => f.write_str("gestion_principale"),
            Self::Support => f.write_str("support"),
        }
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// The first argument of every handler.
pub trait Preuve {
    const PERMISSION: Permission;
}

/// Anybody; says who, when somebody is signed in.
pub struct Visiteur {
    personne: Option<Arc<Personne>>,
}

impl Visiteur {
    pub fn personne(&self) -> Option<&Personne> {
        self.personne.as_deref()
    }
}

impl Preuve for Visiteur {
    const PERMISSION: Permission = Permission::Visiteur;
}

impl FromRequestParts<App> for Visiteur {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        Ok(Self {
            personne: identite::lire(parts, app).await?,
        })
    }
}

/// This person is signed in and the account is active.
pub struct Connecte {
    personne: Arc<Personne>,
}

impl Connecte {
    pub fn id(&self) -> UtilisateurId {
        self.personne.id
    }

    pub fn personne(&self) -> &Personne {
        &self.personne
    }
}

impl Preuve for Connecte {
    const PERMISSION: Permission = Permission::Connecte;
}

impl FromRequestParts<App> for Connecte {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let personne = identite::lire(parts, app)
            .await?
            .ok_or(Erreur::ConnexionRequise)?;
        Ok(Self { personne })
    }
}

/// What the screens of a structure show of it everywhere.
#[derive(Clone, Debug)]
pub struct StructureVue {
    pub id: StructureId,
    pub type_identifiant: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub publique: bool,
    pub active: bool,
    pub passe_par_pigp: bool,
}

/// … and has a rattachement in force on the structure of the path.
pub struct Membre {
    connecte: Connecte,
    structure: StructureVue,
    rattachement: RattachementId,
    droits: Droits,
}

impl Membre {
    pub fn structure(&self) -> &StructureVue {
        &self.structure
    }

    pub fn rattachement(&self) -> RattachementId {
        self.rattachement
    }

    /// Buttons ask here what the action asks: one table.
    pub fn droits(&self) -> &Droits {
        &self.droits
    }
}

impl Deref for Membre {
    type Target = Connecte;

    fn deref(&self) -> &Connecte {
        &self.connecte
    }
}

impl Preuve for Membre {
    const PERMISSION: Permission = Permission::Membre;
}

impl FromRequestParts<App> for Membre {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let connecte = Connecte::from_request_parts(parts, app).await?;
        let Chemin(mut chemin) =
            Chemin::<HashMap<String, String>>::from_request_parts(parts, app).await?;
        let structure: StructureId = chemin
            .remove("structure")
            .and_then(|id| id.parse().ok())
            .ok_or(Erreur::Introuvable)?;
        let ligne = sqlx::query!(
            r#"select s.id as "id: StructureId", s.type_identifiant, s.identifiant, s.raison_sociale, s.publique,
                      s.statut = 'active' as "active!", s.passe_par_pigp,
                      r.id as "rattachement!: RattachementId", r.role as "role!: Role", r.capacites as "capacites!",
                      r.maille_structure as "maille_structure!"
               from rattachements_effectifs r join structures s on s.id = r.structure_id
               where r.utilisateur_id = $1 and s.id = $2"#,
            connecte.id().0,
            structure.0
        )
        .fetch_optional(&app.db)
        .await?
        .ok_or(Erreur::Introuvable)?;
        // Decisions 3: on a deactivated structure rights become read-only.
        if !ligne.active && parts.method != Method::GET && parts.method != Method::HEAD {
            return Err(Erreur::Conflit(
                "Cette structure est désactivée : elle se consulte, elle ne se modifie plus."
                    .to_owned(),
            ));
        }
        Ok(Self {
            connecte,
            structure: StructureVue {
                id: ligne.id,
                type_identifiant: ligne.type_identifiant,
                identifiant: ligne.identifiant,
                raison_sociale: ligne.raison_sociale,
                publique: ligne.publique,
                active: ligne.active,
                passe_par_pigp: ligne.passe_par_pigp,
            },
            rattachement: ligne.rattachement,
            droits: Droits::lire(ligne.role, &ligne.capacites, ligne.maille_structure),
        })
    }
}

/// A capability as a type.
pub trait Capable: Send + Sync + 'static {
    const NOM: &'static str;
    /// `None`: any capability will do (decisions 10: block E, lists, historique and CSV).
    const CAPACITE: Option<Capacite>;
}

macro_rules! capacites {
    ($($nom:ident = $capacite:expr, $texte:literal);* $(;)?) => {$(
        #[doc = concat!("Capability `", $texte, "` as a type.")]
        pub struct $nom;

        impl Capable for $nom {
            const NOM: &'static str = $texte;
            const CAPACITE: Option<Capacite> = $capacite;
        }
    )*};
}

capacites! {
    ValiderRattachements = Some(Capacite::ValiderRattachements), "valider_rattachements";
    RattacherUtilisateurs = Some(Capacite::RattacherUtilisateurs), "rattacher_utilisateurs";
    ValiderAbonnements = Some(Capacite::ValiderAbonnements), "valider_abonnements";
    GererStructure = Some(Capacite::GererStructure), "gerer_structure";
    DesignerDesGestionnaires = Some(Capacite::NommerGestionnairesSecondaires), "nommer_gestionnaires_secondaires";
    ToutGestionnaire = None, "une_capacite";
}

fn manque<C: Capable>() -> Erreur {
    let droit = C::CAPACITE.map_or(
        "gérer quelque chose dans cette structure",
        Capacite::libelle,
    );
    Erreur::Interdit(format!(
        "Il vous manque le droit de {droit}. Le gestionnaire principal de la structure peut vous le donner."
    ))
}

/// … and holds capability C on it.
pub struct Gestion<C> {
    membre: Membre,
    capacite: PhantomData<C>,
}

impl<C> Deref for Gestion<C> {
    type Target = Membre;

    fn deref(&self) -> &Membre {
        &self.membre
    }
}

impl<C: Capable> Preuve for Gestion<C> {
    const PERMISSION: Permission = Permission::Gestion(C::NOM);
}

impl<C: Capable> FromRequestParts<App> for Gestion<C> {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let membre = Membre::from_request_parts(parts, app).await?;
        let tient = C::CAPACITE.map_or(!membre.droits.capacites.is_empty(), |c| membre.droits.a(c));
        if tient {
            Ok(Self {
                membre,
                capacite: PhantomData,
            })
        } else {
            Err(manque::<C>())
        }
    }
}

/// Is the gestionnaire principal of the structure of the path.
pub struct GestionPrincipale {
    membre: Membre,
}

impl Deref for GestionPrincipale {
    type Target = Membre;

    fn deref(&self) -> &Membre {
        &self.membre
    }
}

impl Preuve for GestionPrincipale {
    const PERMISSION: Permission = Permission::GestionPrincipale;
}

impl FromRequestParts<App> for GestionPrincipale {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let membre = Membre::from_request_parts(parts, app).await?;
        if membre.droits.role == Role::Gp {
            Ok(Self { membre })
        } else {
            Err(Erreur::Interdit(
                "Cette action est réservée au gestionnaire principal de la structure.".to_owned(),
            ))
        }
    }
}

/// Holds capability C somewhere: for pages and bulk over several structures. The store joins
/// `rattachements_effectifs` on this person and this capability, so that nothing outside the reach is seen.
pub struct Portee<C> {
    connecte: Connecte,
    capacite: PhantomData<C>,
}

impl<C> Deref for Portee<C> {
    type Target = Connecte;

    fn deref(&self) -> &Connecte {
        &self.connecte
    }
}

impl<C: Capable> Preuve for Portee<C> {
    const PERMISSION: Permission = Permission::Portee(C::NOM);
}

impl<C: Capable> FromRequestParts<App> for Portee<C> {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let connecte = Connecte::from_request_parts(parts, app).await?;
        let tient = match C::CAPACITE {
            None => connecte.personne.gestionnaire,
            Some(capacite) => {
                sqlx::query_scalar!(
                    r#"select exists (select from rattachements_effectifs
                                  where utilisateur_id = $1 and $2 = any (capacites)) as "tient!""#,
                    connecte.id().0,
                    capacite.code()
                )
                .fetch_one(&app.db)
                .await?
            }
        };
        if tient {
            Ok(Self {
                connecte,
                capacite: PhantomData,
            })
        } else {
            Err(manque::<C>())
        }
    }
}

/// A part of a page that only some of its readers have: `None` where the capability is missing, nothing is refused.
impl<C: Capable> OptionalFromRequestParts<App> for Portee<C> {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Erreur> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(portee) => Ok(Some(portee)),
            Err(Erreur::Interdit(_)) => Ok(None),
            Err(autre) => Err(autre),
        }
    }
}

/// The process itself: jobs, imports, the command line. It reads everything and signs as « Système ».
pub struct Systeme {
    _prive: (),
}

impl Systeme {
    /// Built by the commands and the jobs, never from a request: no extractor exists for it.
    pub fn processus() -> Self {
        Self { _prive: () }
    }
}
