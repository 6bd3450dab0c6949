//! Who answers a person without account, and who may say that a structure goes through the PIGP: one code for both teams.

use std::ops::Deref;

use axum::extract::FromRequestParts;

use crate::App;
use crate::acces::{Administration, Connecte, Preuve, Referent, Support};
use crate::historique::Auteur;
use crate::sollicitations::Traitant;
use crate::web::Erreur;

/// Who answers the demandes de compte: a référent those of his périmètres, the support those that no référent receives.
pub trait Guichet:
    Preuve
    + Deref<Target = Connecte>
    + FromRequestParts<App, Rejection = Erreur>
    + Send
    + Sync
    + 'static
{
    /// Where its pages are.
    const RACINE: &'static str;
    /// The link above its pages.
    const NOM: &'static str;
    const SUPPORT: bool;

    fn auteur(&self) -> Auteur;

    fn traitant(&self) -> Traitant<'_>;

    /// Where he names the first gestionnaire principal of structures of his périmètres; the support has its own list.
    fn referent(&self) -> Option<&Referent>;

    /// As its mails name it.
    fn signature(&self) -> String {
        let nom = self.personne().nom_complet();
        if Self::SUPPORT {
            format!("{nom}, support")
        } else {
            format!("{nom}, référent")
        }
    }
}

impl Guichet for Referent {
    const RACINE: &'static str = "/referent";
    const NOM: &'static str = "Référent";
    const SUPPORT: bool = false;

    fn auteur(&self) -> Auteur {
        self.into()
    }

    fn traitant(&self) -> Traitant<'_> {
        self.into()
    }

    fn referent(&self) -> Option<&Referent> {
        Some(self)
    }
}

impl Guichet for Support {
    const RACINE: &'static str = "/support";
    const NOM: &'static str = "Bureau du support";
    const SUPPORT: bool = true;

    fn auteur(&self) -> Auteur {
        self.into()
    }

    fn traitant(&self) -> Traitant<'_> {
        self.into()
    }

    fn referent(&self) -> Option<&Referent> {
        None
    }
}

/// Who sets `passe_par_pigp`: a référent in his périmètres, the administrateur everywhere (spec §13).
pub trait Gardien:
    Preuve
    + Deref<Target = Connecte>
    + FromRequestParts<App, Rejection = Erreur>
    + Send
    + Sync
    + 'static
{
    const PAGE: &'static str;
    const RACINE: &'static str;
    const NOM: &'static str;
    const PARTOUT: bool;

    fn auteur(&self) -> Auteur;
}

impl Gardien for Referent {
    const PAGE: &'static str = "/referent/structures";
    const RACINE: &'static str = "/referent";
    const NOM: &'static str = "Référent";
    const PARTOUT: bool = false;

    fn auteur(&self) -> Auteur {
        self.into()
    }
}

impl Gardien for Administration {
    const PAGE: &'static str = "/administration/structures";
    const RACINE: &'static str = "/administration";
    const NOM: &'static str = "Administration";
    const PARTOUT: bool = true;

    fn auteur(&self) -> Auteur {
        self.into()
    }
}
