//! The sentence of an act, as the feed says it.

use super::Action;

impl Action {
    /// The sentence of the « Fil d'événements », after the date; `qui` is the person concerned.
    pub fn phrase(self, qui: &str, structure: &str) -> String {
        match self {
            Self::DemandeDeposee => format!("{qui} demande son rattachement à {structure}."),
            Self::DemandeRelancee => {
                format!("{qui} relance sa demande de rattachement à {structure}.")
            }
            Self::DemandeRetiree => {
                format!("{qui} retire sa demande de rattachement à {structure}.")
            }
            Self::DemandeValidee => format!("La demande de {qui} sur {structure} est validée."),
            Self::DemandeRefusee => format!("La demande de {qui} sur {structure} est refusée."),
            Self::RattachementCree => format!("{qui} est rattaché(e) à {structure}."),
            Self::RattachementModifie => {
                format!("Le rattachement de {qui} à {structure} est modifié.")
            }
            Self::RattachementDesactive => {
                format!("Le rattachement de {qui} à {structure} est désactivé.")
            }
            Self::RattachementReactive => {
                format!("Le rattachement de {qui} à {structure} est réactivé.")
            }
            Self::RattachementSupprime => format!("{qui} n’est plus rattaché(e) à {structure}."),
            Self::ServicesQuittes => format!("{qui} quitte des services de {structure}."),
            Self::RoleTransfere => format!("{qui} devient gestionnaire principal de {structure}."),
            Self::PassationProgrammee => {
                format!("Le rôle de gestionnaire principal de {structure} passera à {qui}.")
            }
            Self::PassationAnnulee => {
                format!("La passation de {structure} à {qui} est annulée.")
            }
            Self::PassationCaduque => {
                format!("La passation de {structure} à {qui} n’aura pas lieu.")
            }
            Self::CertificatEnvoye => format!(
                "Le support a envoyé un certificat qui désigne {qui} gestionnaire principal de {structure}."
            ),
            Self::CertificatExecute => format!(
                "Le support a approuvé le certificat qui désigne {qui} gestionnaire principal de {structure}."
            ),
            Self::CertificatRefuse => format!(
                "Le support a refusé le certificat qui désignait {qui} gestionnaire principal de {structure}."
            ),
            Self::GestionnaireDesigne => {
                format!("{qui} est désigné(e) gestionnaire principal de {structure}.")
            }
            Self::StructureDesactivee => format!("{structure} est désactivée."),
            Self::StructureReactivee => format!("{structure} est réactivée."),
            Self::CompteCree => format!(
                "Un compte est créé pour {qui}, qui sera rattaché(e) à {structure} à son activation."
            ),
            Self::CompteModifie => format!("Les informations de {qui} sont modifiées."),
            Self::CompteDesactive => format!("{qui} désactive son compte."),
            Self::CompteReactive => format!("{qui} réactive son compte."),
            Self::CompteEfface => format!("Les données de {qui} sont effacées."),
            Self::StructureCreee => {
                format!("{qui} crée {structure} et en est gestionnaire principal.")
            }
            Self::StructureModifiee => format!("La fiche de {structure} est modifiée."),
            Self::ServiceCree => format!("Un service de {structure} est créé."),
            Self::ServiceModifie => format!("Un service de {structure} est modifié."),
            Self::ServiceActive => format!("Un service de {structure} est activé."),
            Self::ServiceDesactive => format!("Un service de {structure} est désactivé."),
            Self::DemandeSignalee => {
                format!("La demande de {qui} sur {structure} est signalée, faute de réponse.")
            }
            Self::SollicitationDeposee => format!("{qui} dépose une sollicitation."),
            Self::SollicitationPriseEnCharge => {
                format!("La sollicitation de {qui} est prise en charge.")
            }
            Self::SollicitationRepondue => format!("La sollicitation de {qui} a une réponse."),
            Self::SollicitationResolue => format!("La sollicitation de {qui} est résolue."),
            Self::SollicitationClose => format!("La sollicitation de {qui} est close."),
            Self::SollicitationRouverte => format!("{qui} rouvre sa sollicitation."),
            Self::SollicitationAttribuee => format!("La sollicitation de {qui} change d’agent."),
            Self::SollicitationTransferee => format!("La sollicitation de {qui} passe au support."),
            Self::SollicitationTransmise => {
                format!("La sollicitation de {qui} passe à un autre référent.")
            }
            Self::ParametresModifies => "Les paramètres du portail sont modifiés.".to_owned(),
            Self::CatalogueModifie => "Le catalogue des espaces est modifié.".to_owned(),
            Self::EquipeModifiee => {
                format!("Le compte de {qui}, de l’équipe du portail, est modifié.")
            }
            Self::AssistanceOuverte => {
                format!("Le support voit les écrans de {qui}, à sa demande.")
            }
            Self::ReponsePrepareeModifiee => "Une réponse préparée est modifiée.".to_owned(),
            Self::DemandeAbonnementDeposee => {
                format!("{qui} demande des espaces sur {structure}.")
            }
            Self::DemandeAbonnementRetiree => {
                format!(
                    "{qui} n’attend plus d’espaces sur {structure}\u{202F}: sa demande est retirée."
                )
            }
            Self::AbonnementValide => {
                format!("La demande d’abonnement de {qui} sur {structure} est validée.")
            }
            Self::AbonnementRefuse => {
                format!("La demande d’abonnement de {qui} sur {structure} est refusée.")
            }
            Self::AbonnementCree => {
                format!(
                    "Des espaces de {structure} sont ouverts à tous ses utilisateurs concernés."
                )
            }
            Self::AbonnementRetire => {
                format!("{qui} retire un de ses abonnements sur {structure}.")
            }
            Self::DecisionAnnulee => format!(
                "La décision sur la demande de {qui} pour {structure} est annulée\u{202F}: la demande attend de nouveau."
            ),
            Self::AbonnementsRegles => {
                format!("Les abonnements de {qui} sur {structure} sont modifiés.")
            }
            Self::EspacesRegles => {
                format!("Les espaces que {structure} ouvre à ses utilisateurs sont modifiés.")
            }
            Self::CoordonneeAjoutee => format!("Une coordonnée bancaire de {structure} est créée."),
            Self::CoordonneeModifiee => {
                format!("Une coordonnée bancaire de {structure} est modifiée.")
            }
            Self::MandatDonne => format!("Un mandat de facturation de {structure} est créé."),
            Self::MandatTermine => format!("Un mandat de facturation de {structure} prend fin."),
            Self::TechniqueCree => format!("Un utilisateur technique de {structure} est créé."),
            Self::TechniqueReinitialise => format!(
                "Le mot de passe d’un utilisateur technique de {structure} est réinitialisé."
            ),
            Self::TechniqueModifie => {
                format!("Un utilisateur technique de {structure} est modifié.")
            }
            Self::TechniqueSupprime => {
                format!("Un utilisateur technique de {structure} est supprimé.")
            }
            Self::IdentifiantModifie => format!("{structure} change d’identifiant."),
            Self::AideModifiee => "L’aide en ligne est modifiée.".to_owned(),
            Self::ActualiteModifiee => "Les actualités sont modifiées.".to_owned(),
            Self::ComptePigpCree => format!("Un compte PIGP est créé pour {qui}."),
            Self::ComptePigpModifie => {
                format!("L’identité de {qui} est modifiée par l’équipe du portail.")
            }
            Self::ComptePigpDeplace => format!("Le compte PIGP de {qui} change de périmètre."),
            Self::ComptePigpDesactive => format!("Le compte PIGP de {qui} est désactivé."),
            Self::ComptePigpReactive => format!("Le compte PIGP de {qui} est réactivé."),
            Self::StructurePigp => {
                format!("{structure} change de manière de créer ses comptes (PIGP).")
            }
            Self::PerimetreModifie => "Un périmètre de référents est modifié.".to_owned(),
            Self::DemandeDeCompteDeposee => {
                format!("Un compte PIGP est demandé pour {structure}.")
            }
            Self::DemandeDeCompteTraitee => {
                format!("Une demande de compte PIGP pour {structure} est traitée.")
            }
            Self::DemandeDeCompteTransmise => {
                format!("Une demande de compte PIGP pour {structure} passe à un autre référent.")
            }
            Self::ArriveesImportees => "Un fichier d’arrivées est lu.".to_owned(),
            Self::Import => "L’annuaire est mis à jour.".to_owned(),
        }
    }
}
