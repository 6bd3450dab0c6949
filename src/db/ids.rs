use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares an identifier that cannot be passed for another one. Keys are UUIDv7 (decisions 1).
macro_rules! identifiant {
    ($($nom:ident: $doc:literal),* $(,)?) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $nom(pub Uuid);

        impl $nom {
            /// A new identifier, ordered by time of creation.
            pub fn nouveau() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $nom {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $nom {
            type Err = uuid::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }

        impl From<$nom> for Uuid {
            fn from(id: $nom) -> Self {
                id.0
            }
        }
    )*};
}

identifiant! {
    UtilisateurId: "A person with an account.",
    StructureId: "An organisation.",
    ServiceId: "A sub-unit of a structure.",
    RattachementId: "The right of a person to act for a structure.",
    DemandeId: "A demande de rattachement.",
    PassationId: "A handover of the role of gestionnaire principal on a date.",
    SollicitationId: "A sollicitation, to the support or to a structure.",
    CertificatId: "A certificat administratif, sent to be signed.",
    BrouillonId: "A sollicitation not sent yet.",
    PieceId: "An attachment.",
    AssistanceId: "A support session that its person consented to.",
    ReponsePrepareeId: "An answer the desk begins from.",
    DemandeAbonnementId: "A demande d’abonnement.",
    LigneAbonnementId: "A line of a demande d’abonnement.",
    AbonnementId: "Access to an espace, through a rattachement.",
    CourrierId: "A mail of the outbox.",
    CoordonneeId: "A bank account of a structure.",
    MandatId: "A mandat de facturation.",
    TechniqueId: "A technical account of a structure.",
    ArticleId: "An article of the aide en ligne.",
    ActualiteId: "An actualité.",
    PerimetreId: "What a référent answers for.",
    DemandeDeCompteId: "What a person without account asks of a référent.",
    SessionRef: "Public name of a session, which opens nothing.",
}
