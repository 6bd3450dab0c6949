//! The two kinds of request, as the screens of « Activités du gestionnaire » see them: block A and block B are one machine.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::DeserializeOwned;

pub use crate::abonnements::Demandes as Abonnement;
use crate::acces::{Gestion, StructureVue, ValiderAbonnements, ValiderRattachements};
use crate::db::{DemandeAbonnementId, DemandeId, StructureId};
use crate::decisions::Decidable;
pub use crate::rattachements::Demandes as Rattachement;
use crate::web::{Chemin, Erreur, texte};
use crate::{App, abonnements, rattachements};

/// The words and addresses of a kind.
pub struct Mots {
    /// As `rangs_a_decider` spells it.
    pub code: &'static str,
    /// Keys of the block in the URL.
    pub prefixe: &'static str,
    /// Anchor of the block.
    pub ancre: &'static str,
    /// Below `/activites`.
    pub chemin: &'static str,
    /// Below `/structures/{structure}`.
    pub ecran: &'static str,
    pub titre: &'static str,
    pub titre_court: &'static str,
    /// « demande de rattachement »: completes the short words of the buttons.
    pub demande: &'static str,
    /// « de rattachement »: after « 2 demandes ».
    pub de_quoi: &'static str,
    /// Heading of what is asked.
    pub objet: &'static str,
    pub vide: (&'static str, &'static str),
    pub recherche: &'static str,
    pub aucune_trouvee: &'static str,
    /// Before a bulk validation.
    pub consequence: &'static str,
    /// « demande validée », « demandes validées ».
    pub validees: (&'static str, &'static str),
    pub refusees: (&'static str, &'static str),
    pub confirmation_refus: (&'static str, &'static str),
    /// Motives that serve everywhere, after one's own recent ones.
    pub motifs: &'static [&'static str],
}

static RATTACHEMENT: Mots = Mots {
    code: "rattachement",
    prefixe: "dr",
    ancre: "demandes-rattachement",
    chemin: "/activites/demandes",
    ecran: "demandes",
    titre: "Les demandes de rattachement à une structure",
    titre_court: "Les demandes de rattachement",
    demande: "la demande",
    de_quoi: "de rattachement",
    objet: "Services",
    vide: (
        "Aucune demande en attente",
        "Vous avez tout traité. Les prochaines demandes vous seront annoncées par courriel.",
    ),
    recherche: "Rechercher un demandeur ou une structure",
    aucune_trouvee: "Aucune demande en attente ne correspond à votre recherche\u{202F}: essayez un nom, un identifiant de structure ou une raison sociale.",
    consequence: "Chaque personne reçoit le rôle et les services qu’elle a demandés, dès aujourd’hui, et un courriel l’en informe.",
    validees: ("demande validée", "demandes validées"),
    refusees: ("demande refusée", "demandes refusées"),
    confirmation_refus: (
        "Confirmation du refus de la demande de rattachement",
        "Confirmation du refus des demandes de rattachement",
    ),
    motifs: &[
        "Nous ne vous connaissons pas dans cette structure.",
        "Votre demande ne vise pas la bonne structure.",
        "Votre demande ne vise pas le bon service : refaites-la sur le vôtre.",
        "Un collègue assure déjà cette mission.",
    ],
};

static ABONNEMENT: Mots = Mots {
    code: "abonnement",
    prefixe: "da",
    ancre: "demandes-abonnement",
    chemin: "/activites/abonnements",
    ecran: "demandes-abonnement",
    titre: "Les demandes d’abonnement aux espaces",
    titre_court: "Les demandes d’abonnement",
    demande: "la demande d’abonnement",
    de_quoi: "d’abonnement",
    objet: "Espaces",
    vide: (
        "Aucune demande d’abonnement en attente",
        "Quand une personne demandera un espace, vous la trouverez ici et un courriel vous l’annoncera.",
    ),
    recherche: "Rechercher un demandeur ou une structure dans les demandes d’abonnement",
    aucune_trouvee: "Aucune demande d’abonnement en attente ne correspond à votre recherche\u{202F}: essayez un nom, un identifiant de structure ou une raison sociale.",
    consequence: "Chaque personne reçoit les espaces et les droits qu’elle a demandés, pour elle seule, et un courriel l’en informe.",
    validees: (
        "demande d’abonnement validée",
        "demandes d’abonnement validées",
    ),
    refusees: (
        "demande d’abonnement refusée",
        "demandes d’abonnement refusées",
    ),
    confirmation_refus: (
        "Confirmation du refus de la demande d’abonnement",
        "Confirmation du refus des demandes d’abonnement",
    ),
    motifs: &[
        "Votre mission ne demande pas cet espace.",
        "Votre demande ne vise pas le bon service : refaites-la sur le vôtre.",
        "Un collègue assure déjà cette mission.",
    ],
};

/// A request on its window of refusal, as seed 001 §3 and §6 name it.
pub struct AuRefus {
    pub demandeur: String,
    pub objet: String,
}

/// A kind of request, as the screens reach it; the rules are those of its room, the act is that of `decisions`.
pub trait Genre: Decidable<Id: Display + FromStr> {
    /// The rest of the address of its screen.
    type Reste: DeserializeOwned + Into<Self::Id> + Send;

    fn mots() -> &'static Mots;

    /// The request still to be decided; `Conflit` once it is.
    fn au_refus(
        app: &App,
        gestion: &Gestion<Self::Capacite>,
        id: Self::Id,
    ) -> impl Future<Output = Result<AuRefus, Erreur>> + Send;

    /// The screen of a request.
    fn ecran(structure: StructureId, id: Self::Id, suite: &str) -> String {
        format!("/structures/{structure}/{}/{id}{suite}", Self::mots().ecran)
    }

    /// The same, for the structure of a proof.
    fn ecran_de(structure: &StructureVue, id: Self::Id, suite: &str) -> String {
        Self::ecran(structure.id, id, suite)
    }
}

/// The rest of the address of a demande de rattachement: the structure belongs to the proof.
#[derive(serde::Deserialize)]
pub struct CheminDemande {
    demande: DemandeId,
}

impl From<CheminDemande> for DemandeId {
    fn from(chemin: CheminDemande) -> Self {
        chemin.demande
    }
}

/// The same of a demande d'abonnement.
#[derive(serde::Deserialize)]
pub struct CheminAbonnement {
    demande_abonnement: DemandeAbonnementId,
}

impl From<CheminAbonnement> for DemandeAbonnementId {
    fn from(chemin: CheminAbonnement) -> Self {
        chemin.demande_abonnement
    }
}

/// Reads it from the address of a screen.
pub fn demande_du_chemin<G: Genre>(chemin: Chemin<G::Reste>) -> G::Id {
    chemin.0.into()
}

impl Genre for Rattachement {
    type Reste = CheminDemande;

    fn mots() -> &'static Mots {
        &RATTACHEMENT
    }

    async fn au_refus(
        app: &App,
        gestion: &Gestion<ValiderRattachements>,
        id: DemandeId,
    ) -> Result<AuRefus, Erreur> {
        let demande = rattachements::demande(app, gestion, id).await?;
        if !demande.ouverte() {
            return Err(Erreur::Conflit(demande.conclusion()));
        }
        Ok(AuRefus {
            demandeur: format!("{} {}", demande.nom, demande.prenom),
            objet: if demande.maille_structure {
                "Toute la structure".to_owned()
            } else {
                let noms = &demande.demandes;
                let combien = texte::accord(noms.len(), "service", "services");
                format!("{combien}\u{202F}: {}", noms.join(", "))
            },
        })
    }
}

impl Genre for Abonnement {
    type Reste = CheminAbonnement;

    fn mots() -> &'static Mots {
        &ABONNEMENT
    }

    async fn au_refus(
        app: &App,
        gestion: &Gestion<ValiderAbonnements>,
        id: DemandeAbonnementId,
    ) -> Result<AuRefus, Erreur> {
        let demande = abonnements::demande(app, gestion, id).await?;
        if !demande.ouverte() {
            return Err(Erreur::Conflit(demande.conclusion()));
        }
        Ok(AuRefus {
            demandeur: format!("{} {}", demande.nom, demande.prenom),
            objet: demande.espaces(),
        })
    }
}
