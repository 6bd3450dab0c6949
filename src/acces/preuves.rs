//! Proofs: values that only this module builds. A store function asks for one, never for a bare structure id
//! (architecture §1.2, decisions 11). The proof owns the id: a handler that takes one never reads it from the path again.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::{Method, request::Parts};

use super::droits::{Capacite, Droits, Exigence};
use super::identite::{self, Personne};
use super::permission::Permission;
use super::regard::Regard;
use super::situation::{Obstacle, Situation, Usage};
use crate::App;
use crate::db::{RattachementId, StructureId, Tx, UtilisateurId};
use crate::web::{Chemin, Erreur};

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
        let personne = identite::lire(parts, app).await?;
        admettre(app, parts, personne.as_deref())?;
        Ok(Self { personne })
    }
}

/// The one place that holds a staff account to its second factor, and a support session to reading: `Visiteur` and
/// `Connecte` ask here, and every other proof of a person is built on `Connecte`.
fn admettre(app: &App, parts: &Parts, personne: Option<&Personne>) -> Result<(), Erreur> {
    let Some(personne) = personne else {
        return Ok(());
    };
    if personne.facteur_manque(app) {
        return Err(Erreur::SecondFacteurRequis);
    }
    match &personne.regard {
        Some(regard) => regard.admettre(&parts.method),
        None => Ok(()),
    }
}

/// This person gave the right password, and the code if the account has a second factor. Only the pages that set one up
/// are content with it, and the way out.
pub struct Identifie {
    personne: Arc<Personne>,
}

impl Identifie {
    pub fn id(&self) -> UtilisateurId {
        self.personne.id
    }

    pub fn personne(&self) -> &Personne {
        &self.personne
    }
}

impl Preuve for Identifie {
    const PERMISSION: Permission = Permission::Identifie;
}

impl FromRequestParts<App> for Identifie {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        let personne = identite::lire(parts, app)
            .await?
            .ok_or(Erreur::ConnexionRequise)?;
        // The second factor of somebody else is not even shown.
        if personne.regard.is_some() {
            return Err(Regard::refus());
        }
        Ok(Self { personne })
    }
}

/// Anybody may leave.
impl Preuve for Option<Identifie> {
    const PERMISSION: Permission = Permission::Visiteur;
}

impl OptionalFromRequestParts<App> for Identifie {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Erreur> {
        let personne = identite::lire(parts, app).await?;
        // An agent who leaves from inside a support session leaves under his own name, which is not known here.
        Ok(personne
            .filter(|p| p.regard.is_none())
            .map(|personne| Self { personne }))
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

    /// The person whose account this very transaction has activated: she holds the link of her mailbox, and pressed the
    /// button. What she asked for while creating the account is carried out as hers (spec §13), by the functions that
    /// take this proof. `None` for any other account.
    pub async fn a_l_activation(tx: &mut Tx, id: UtilisateurId) -> Result<Option<Self>, Erreur> {
        let personne = identite::active_dans(tx, id).await?.map(Arc::new);
        Ok(personne.map(|personne| Self { personne }))
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
        admettre(app, parts, Some(&personne))?;
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

/// Reads the structure of the path and asks the one judgement; `usage` is that of the method, unless one is named.
pub(super) async fn juger(
    parts: &mut Parts,
    app: &App,
    exigence: Exigence,
    usage: Option<Usage>,
) -> Result<Membre, Erreur> {
    let connecte = Connecte::from_request_parts(parts, app).await?;
    let Chemin(mut chemin) =
        Chemin::<HashMap<String, String>>::from_request_parts(parts, app).await?;
    let structure: StructureId = chemin
        .remove("structure")
        .and_then(|id| id.parse().ok())
        .ok_or(Erreur::Introuvable)?;
    let situation = Situation::lire(&app.db, connecte.id(), structure)
        .await?
        .ok_or(Erreur::Introuvable)?;
    let lecture = parts.method == Method::GET || parts.method == Method::HEAD;
    let usage = usage.unwrap_or(if lecture {
        Usage::Consulter
    } else {
        Usage::Modifier
    });
    let lien = situation.juger(exigence, usage)?.clone();
    Ok(Membre {
        connecte,
        structure: situation.structure,
        rattachement: lien.rattachement,
        droits: lien.droits,
    })
}

impl FromRequestParts<App> for Membre {
    type Rejection = Erreur;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Erreur> {
        juger(parts, app, Exigence::Rattachement, None).await
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

fn exigence<C: Capable>() -> Exigence {
    C::CAPACITE.map_or(Exigence::UneCapacite, Exigence::Capacite)
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
        Ok(Self {
            membre: juger(parts, app, exigence::<C>(), None).await?,
            capacite: PhantomData,
        })
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
        Ok(Self {
            membre: juger(parts, app, Exigence::GestionnairePrincipal, None).await?,
        })
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
            Err(Obstacle::Capacite(C::CAPACITE).into())
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
