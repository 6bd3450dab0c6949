use crate::db::{PerimetreId, StructureId};

/// State of a sollicitation (spec §2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Statut {
    Nouvelle,
    EnCours,
    EnAttenteDuDemandeur,
    Resolue,
    Close,
}

impl Statut {
    pub const TOUS: [Self; 5] = [
        Self::Nouvelle,
        Self::EnCours,
        Self::EnAttenteDuDemandeur,
        Self::Resolue,
        Self::Close,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Nouvelle => "nouvelle",
            Self::EnCours => "en_cours",
            Self::EnAttenteDuDemandeur => "en_attente_du_demandeur",
            Self::Resolue => "resolue",
            Self::Close => "close",
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|s| s.code() == code)
    }

    /// Its place in the queue, from 1 (as the column `rang`).
    pub fn rang(self) -> i16 {
        match self {
            Self::Nouvelle => 1,
            Self::EnCours => 2,
            Self::EnAttenteDuDemandeur => 3,
            Self::Resolue => 4,
            Self::Close => 5,
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::Nouvelle => "Nouvelle",
            Self::EnCours => "En cours",
            Self::EnAttenteDuDemandeur => "En attente du demandeur",
            Self::Resolue => "Résolue",
            Self::Close => "Close",
        }
    }

    /// As its author reads it: what waits for him says so.
    pub fn pour_son_auteur(self) -> &'static str {
        match self {
            Self::EnAttenteDuDemandeur => "En attente de votre réponse",
            autre => autre.libelle(),
        }
    }

    /// Several of them, above a list.
    pub fn pluriel(self) -> &'static str {
        match self {
            Self::Nouvelle => "Nouvelles",
            Self::EnCours => "En cours",
            Self::EnAttenteDuDemandeur => "En attente du demandeur",
            Self::Resolue => "Résolues",
            Self::Close => "Closes",
        }
    }

    /// The same, above the list of their author.
    pub fn pluriel_de_l_auteur(self) -> &'static str {
        match self {
            Self::EnAttenteDuDemandeur => self.pour_son_auteur(),
            autre => autre.pluriel(),
        }
    }

    /// Genre of its badge.
    pub fn genre(self) -> &'static str {
        match self {
            Self::Nouvelle | Self::EnAttenteDuDemandeur => "attente",
            Self::EnCours => "info",
            Self::Resolue => "succes",
            Self::Close => "neutre",
        }
    }

    /// Somebody still has something to do.
    pub fn ouverte(self) -> bool {
        !matches!(self, Self::Resolue | Self::Close)
    }
}

/// Whom a sollicitation is sent to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Destinataire {
    Support,
    /// A public structure: its users with « Sollicitations reçues ».
    Structure(StructureId),
    /// The référents of a périmètre (R-REF-DEMANDE).
    Referent(PerimetreId),
}

impl Destinataire {
    /// From the column that names the structure.
    pub fn de(structure: Option<StructureId>) -> Self {
        structure.map_or(Self::Support, Self::Structure)
    }

    /// As the database spells it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Structure(_) => "structure",
            Self::Referent(_) => "referent",
        }
    }

    pub fn structure(self) -> Option<StructureId> {
        match self {
            Self::Support | Self::Referent(_) => None,
            Self::Structure(id) => Some(id),
        }
    }

    pub fn perimetre(self) -> Option<PerimetreId> {
        match self {
            Self::Referent(id) => Some(id),
            Self::Support | Self::Structure(_) => None,
        }
    }

    /// Categories of its form; the first is the one of whoever does not choose.
    pub fn categories(self) -> &'static [Categorie] {
        match self {
            Self::Support => &[
                Categorie::Autre,
                Categorie::Compte,
                Categorie::Rattachements,
                Categorie::Structure,
                Categorie::Anomalie,
            ],
            Self::Structure(_) => &[
                Categorie::AutreStructure,
                Categorie::Facture,
                Categorie::Commande,
            ],
            Self::Referent(_) => &[Categorie::ComptePigp, Categorie::MesDonnees],
        }
    }

    /// Value and words of each choice of a category and of its sub-category: one list, which needs no script.
    pub fn choix(self) -> Vec<(String, String)> {
        let mut choix = Vec::new();
        for categorie in self.categories() {
            if categorie.sous_categories().is_empty() {
                choix.push((categorie.code().to_owned(), categorie.libelle().to_owned()));
            }
            for (code, _) in categorie.sous_categories() {
                choix.push((
                    format!("{}.{code}", categorie.code()),
                    categorie.en_mots(code),
                ));
            }
        }
        choix
    }

    /// The category and sub-category of a choice; an empty one is the first.
    pub fn lire_choix(self, valeur: &str) -> Option<(Categorie, &'static str)> {
        if valeur.is_empty() {
            return self.categories().first().map(|c| (*c, ""));
        }
        let (code, sous) = valeur.split_once('.').unwrap_or((valeur, ""));
        let categorie = *self.categories().iter().find(|c| c.code() == code)?;
        if sous.is_empty() {
            return categorie
                .sous_categories()
                .is_empty()
                .then_some((categorie, ""));
        }
        let (sous, _) = categorie
            .sous_categories()
            .iter()
            .find(|(code, _)| *code == sous)?;
        Some((categorie, sous))
    }
}

/// What a sollicitation is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Categorie {
    /// Seed 000 §3: the gestionnaire principal is unknown, or left without handing over.
    ChangementGestionnaire,
    /// Against a change of gestionnaire principal (R-SUP-CONTESTATION): sent from its own page only.
    Contestation,
    Compte,
    Rattachements,
    Structure,
    Anomalie,
    Autre,
    /// To a structure: an invoice sent to it.
    Facture,
    /// To a structure: what an invoice sent to it must carry.
    Commande,
    AutreStructure,
    /// To a référent: the account of somebody who has none.
    ComptePigp,
    /// To a référent: name, login or contact address of its author.
    MesDonnees,
}

impl Categorie {
    pub const TOUTES: [Self; 12] = [
        Self::ChangementGestionnaire,
        Self::Contestation,
        Self::Compte,
        Self::Rattachements,
        Self::Structure,
        Self::Anomalie,
        Self::Autre,
        Self::Facture,
        Self::Commande,
        Self::AutreStructure,
        Self::ComptePigp,
        Self::MesDonnees,
    ];

    /// As the database spells it.
    pub fn code(self) -> &'static str {
        match self {
            Self::ChangementGestionnaire => "changement_gestionnaire",
            Self::Contestation => "contestation",
            Self::Compte => "compte",
            Self::Rattachements => "rattachements",
            Self::Structure => "structure",
            Self::Anomalie => "anomalie",
            Self::Autre => "autre",
            Self::Facture => "facture",
            Self::Commande => "commande",
            Self::AutreStructure => "autre_structure",
            Self::ComptePigp => "compte_pigp",
            Self::MesDonnees => "mes_donnees",
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::ChangementGestionnaire => "Changement de gestionnaire principal",
            Self::Contestation => "Contestation d’un changement de gestionnaire principal",
            Self::Compte => "Mon compte et ma connexion",
            Self::Rattachements => "Rattachements, rôles et espaces",
            Self::Structure => "Structure et services",
            Self::Anomalie => "Fonctionnement du portail",
            Self::Autre => "Autre demande au support",
            Self::Facture => "Facture envoyée à la structure",
            Self::Commande => "Commande et engagement",
            Self::AutreStructure => "Autre demande à la structure",
            Self::ComptePigp => "Création d’un compte PIGP",
            Self::MesDonnees => "Modification de mes données",
        }
    }

    /// Code and words of each sub-category; most categories have some.
    pub fn sous_categories(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::ChangementGestionnaire
            | Self::Contestation
            | Self::Autre
            | Self::AutreStructure
            | Self::ComptePigp
            | Self::MesDonnees => &[],
            Self::Compte => &[
                ("activation", "activation"),
                ("mot_de_passe", "mot de passe et identifiant de connexion"),
                ("double_authentification", "double authentification"),
                ("donnees", "données personnelles"),
            ],
            Self::Rattachements => &[
                ("demande", "demande sans réponse"),
                ("role", "rôle et droits"),
                ("espace", "abonnement à un espace"),
            ],
            Self::Structure => &[
                ("fiche", "fiche de la structure"),
                ("services", "services"),
                ("identifiant", "changement d’identifiant"),
                ("ouverture", "désactivation et réactivation"),
            ],
            Self::Anomalie => &[
                ("erreur", "message d’erreur"),
                ("accessibilite", "accessibilité"),
                ("suggestion", "suggestion"),
            ],
            Self::Facture => &[
                ("paiement", "paiement attendu"),
                ("rejet", "rejet ou suspension"),
                ("piece", "pièce à transmettre"),
            ],
            Self::Commande => &[
                ("engagement", "numéro d’engagement"),
                ("service", "service destinataire"),
            ],
        }
    }

    /// « Mon compte et ma connexion : activation ».
    pub fn en_mots(self, sous: &str) -> String {
        let trouvee = self
            .sous_categories()
            .iter()
            .find(|(code, _)| *code == sous);
        match trouvee {
            Some((_, mots)) => format!("{}\u{202F}: {mots}", self.libelle()),
            None => self.libelle().to_owned(),
        }
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|c| c.code() == code)
    }
}

/// The category of a line, as the screens say it.
pub fn categorie_en_mots(code: &str, sous: Option<&str>) -> String {
    Categorie::lire(code).map_or_else(
        || "Autre catégorie".to_owned(),
        |c| c.en_mots(sous.unwrap_or_default()),
    )
}

#[cfg(test)]
mod tests {
    use super::{Categorie, Destinataire};
    use crate::db::StructureId;

    #[test]
    fn chaque_choix_se_relit_et_rien_d_autre() {
        let structure = Destinataire::Structure(StructureId::nouveau());
        for destinataire in [Destinataire::Support, structure] {
            for (valeur, mots) in destinataire.choix() {
                let (categorie, sous) = destinataire.lire_choix(&valeur).expect("a choice");
                assert_eq!(categorie.en_mots(sous), mots);
            }
            for faux in ["compte", "compte.x", "changement_gestionnaire", "x", "."] {
                assert_eq!(destinataire.lire_choix(faux), None, "{faux}");
            }
        }
        assert_eq!(structure.lire_choix("compte.activation"), None);
        assert_eq!(
            Destinataire::Support.lire_choix(""),
            Some((Categorie::Autre, ""))
        );
    }
}
