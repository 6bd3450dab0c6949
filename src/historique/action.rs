/// Everything that is recorded. Adding one is a compile error until it has its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    DemandeDeposee,
    DemandeRelancee,
    DemandeRetiree,
    DemandeValidee,
    DemandeRefusee,
    RattachementCree,
    RattachementModifie,
    RattachementDesactive,
    RattachementReactive,
    RattachementSupprime,
    ServicesQuittes,
    RoleTransfere,
    PassationProgrammee,
    PassationAnnulee,
    PassationCaduque,
    GestionnaireDesigne,
    CertificatEnvoye,
    CertificatExecute,
    CertificatRefuse,
    StructureDesactivee,
    StructureReactivee,
    CompteCree,
    CompteModifie,
    CompteDesactive,
    CompteReactive,
    CompteEfface,
    StructureCreee,
    StructureModifiee,
    ServiceCree,
    ServiceModifie,
    ServiceActive,
    ServiceDesactive,
    DemandeSignalee,
    SollicitationDeposee,
    SollicitationPriseEnCharge,
    SollicitationRepondue,
    SollicitationResolue,
    SollicitationClose,
    SollicitationRouverte,
    SollicitationAttribuee,
    SollicitationTransferee,
    ReponsePrepareeModifiee,
    DemandeAbonnementDeposee,
    DemandeAbonnementRetiree,
    AbonnementValide,
    AbonnementRefuse,
    AbonnementCree,
    AbonnementRetire,
    DecisionAnnulee,
    AbonnementsRegles,
    EspacesRegles,
    CoordonneeAjoutee,
    CoordonneeModifiee,
    MandatDonne,
    MandatTermine,
    TechniqueCree,
    TechniqueReinitialise,
    TechniqueModifie,
    TechniqueSupprime,
    IdentifiantModifie,
    Import,
}

impl Action {
    pub const TOUTES: &[Self] = &[
        Self::DemandeDeposee,
        Self::DemandeRelancee,
        Self::DemandeRetiree,
        Self::DemandeValidee,
        Self::DemandeRefusee,
        Self::RattachementCree,
        Self::RattachementModifie,
        Self::RattachementDesactive,
        Self::RattachementReactive,
        Self::RattachementSupprime,
        Self::ServicesQuittes,
        Self::RoleTransfere,
        Self::PassationProgrammee,
        Self::PassationAnnulee,
        Self::PassationCaduque,
        Self::GestionnaireDesigne,
        Self::CertificatEnvoye,
        Self::CertificatExecute,
        Self::CertificatRefuse,
        Self::StructureDesactivee,
        Self::StructureReactivee,
        Self::CompteCree,
        Self::CompteModifie,
        Self::CompteDesactive,
        Self::CompteReactive,
        Self::CompteEfface,
        Self::StructureCreee,
        Self::StructureModifiee,
        Self::ServiceCree,
        Self::ServiceModifie,
        Self::ServiceActive,
        Self::ServiceDesactive,
        Self::DemandeSignalee,
        Self::SollicitationDeposee,
        Self::SollicitationPriseEnCharge,
        Self::SollicitationRepondue,
        Self::SollicitationResolue,
        Self::SollicitationClose,
        Self::SollicitationRouverte,
        Self::SollicitationAttribuee,
        Self::SollicitationTransferee,
        Self::ReponsePrepareeModifiee,
        Self::DemandeAbonnementDeposee,
        Self::DemandeAbonnementRetiree,
        Self::AbonnementValide,
        Self::AbonnementRefuse,
        Self::AbonnementCree,
        Self::AbonnementRetire,
        Self::DecisionAnnulee,
        Self::AbonnementsRegles,
        Self::EspacesRegles,
        Self::CoordonneeAjoutee,
        Self::CoordonneeModifiee,
        Self::MandatDonne,
        Self::MandatTermine,
        Self::TechniqueCree,
        Self::TechniqueReinitialise,
        Self::TechniqueModifie,
        Self::TechniqueSupprime,
        Self::IdentifiantModifie,
        Self::Import,
    ];

    /// As the database spells it; part of the chain, so it never changes.
    pub fn code(self) -> &'static str {
        match self {
            Self::DemandeDeposee => "demande_deposee",
            Self::DemandeRelancee => "demande_relancee",
            Self::DemandeRetiree => "demande_retiree",
            Self::DemandeValidee => "demande_validee",
            Self::DemandeRefusee => "demande_refusee",
            Self::RattachementCree => "rattachement_cree",
            Self::RattachementModifie => "rattachement_modifie",
            Self::RattachementDesactive => "rattachement_desactive",
            Self::RattachementReactive => "rattachement_reactive",
            Self::RattachementSupprime => "rattachement_supprime",
            Self::ServicesQuittes => "services_quittes",
            Self::RoleTransfere => "role_transfere",
            Self::PassationProgrammee => "passation_programmee",
            Self::PassationAnnulee => "passation_annulee",
            Self::PassationCaduque => "passation_caduque",
            Self::GestionnaireDesigne => "gestionnaire_designe",
            Self::CertificatEnvoye => "certificat_envoye",
            Self::CertificatExecute => "certificat_execute",
            Self::CertificatRefuse => "certificat_refuse",
            Self::StructureDesactivee => "structure_desactivee",
            Self::StructureReactivee => "structure_reactivee",
            Self::CompteCree => "compte_cree",
            Self::CompteModifie => "compte_modifie",
            Self::CompteDesactive => "compte_desactive",
            Self::CompteReactive => "compte_reactive",
            Self::CompteEfface => "compte_efface",
            Self::StructureCreee => "structure_creee",
            Self::StructureModifiee => "structure_modifiee",
            Self::ServiceCree => "service_cree",
            Self::ServiceModifie => "service_modifie",
            Self::ServiceActive => "service_active",
            Self::ServiceDesactive => "service_desactive",
            Self::DemandeSignalee => "demande_signalee",
            Self::SollicitationDeposee => "sollicitation_deposee",
            Self::SollicitationPriseEnCharge => "sollicitation_prise_en_charge",
            Self::SollicitationRepondue => "sollicitation_repondue",
            Self::SollicitationResolue => "sollicitation_resolue",
            Self::SollicitationClose => "sollicitation_close",
            Self::SollicitationRouverte => "sollicitation_rouverte",
            Self::SollicitationAttribuee => "sollicitation_attribuee",
            Self::SollicitationTransferee => "sollicitation_transferee",
            Self::ReponsePrepareeModifiee => "reponse_preparee_modifiee",
            Self::DemandeAbonnementDeposee => "demande_abonnement_deposee",
            Self::DemandeAbonnementRetiree => "demande_abonnement_retiree",
            Self::AbonnementValide => "abonnement_valide",
            Self::AbonnementRefuse => "abonnement_refuse",
            Self::AbonnementCree => "abonnement_cree",
            Self::AbonnementRetire => "abonnement_retire",
            Self::DecisionAnnulee => "decision_annulee",
            Self::AbonnementsRegles => "abonnements_regles",
            Self::EspacesRegles => "espaces_regles",
            Self::CoordonneeAjoutee => "coordonnee_ajoutee",
            Self::CoordonneeModifiee => "coordonnee_modifiee",
            Self::MandatDonne => "mandat_donne",
            Self::MandatTermine => "mandat_termine",
            Self::TechniqueCree => "technique_cree",
            Self::TechniqueReinitialise => "technique_reinitialise",
            Self::TechniqueModifie => "technique_modifie",
            Self::TechniqueSupprime => "technique_supprime",
            Self::IdentifiantModifie => "identifiant_modifie",
            Self::Import => "import",
        }
    }

    /// Column « Commentaires » (seed 001 §12, spec §13 Historique).
    pub fn libelle(self) -> &'static str {
        match self {
            Self::DemandeDeposee => "Demande déposée",
            Self::DemandeRelancee => "Demande relancée",
            Self::DemandeRetiree => "Demande retirée",
            Self::DemandeValidee => "Validée",
            Self::DemandeRefusee => "Refusée",
            Self::RattachementCree => "Rattachement par le gestionnaire",
            Self::RattachementModifie => "Rattachement modifié",
            Self::RattachementDesactive => "Rattachement désactivé",
            Self::RattachementReactive => "Rattachement réactivé",
            Self::RattachementSupprime => "Supprimé",
            Self::ServicesQuittes => "Services quittés",
            Self::RoleTransfere => "Rôle de gestionnaire principal transféré",
            Self::PassationProgrammee => "Passation programmée",
            Self::PassationAnnulee => "Passation annulée",
            Self::PassationCaduque => "Passation devenue sans objet",
            Self::GestionnaireDesigne => "Gestionnaire principal désigné",
            Self::CertificatEnvoye => "Certificat administratif envoyé",
            Self::CertificatExecute => "Certificat administratif approuvé",
            Self::CertificatRefuse => "Certificat administratif refusé",
            Self::StructureDesactivee => "Structure désactivée",
            Self::StructureReactivee => "Structure réactivée",
            Self::CompteCree => "Compte créé par le gestionnaire",
            Self::CompteModifie => "Compte modifié",
            Self::CompteDesactive => "Compte désactivé",
            Self::CompteReactive => "Compte réactivé",
            Self::CompteEfface => "Compte effacé",
            Self::StructureCreee => "Structure créée",
            Self::StructureModifiee => "Structure modifiée",
            Self::ServiceCree => "Service créé",
            Self::ServiceModifie => "Service modifié",
            Self::ServiceActive => "Service activé",
            Self::ServiceDesactive => "Service désactivé",
            Self::DemandeSignalee => "Demande signalée faute de réponse",
            Self::SollicitationDeposee => "Sollicitation déposée",
            Self::SollicitationPriseEnCharge => "Sollicitation prise en charge",
            Self::SollicitationRepondue => "Réponse à une sollicitation",
            Self::SollicitationResolue => "Sollicitation résolue",
            Self::SollicitationClose => "Sollicitation close",
            Self::SollicitationRouverte => "Sollicitation rouverte",
            Self::SollicitationAttribuee => "Sollicitation attribuée",
            Self::SollicitationTransferee => "Sollicitation transférée au support",
            Self::ReponsePrepareeModifiee => "Réponse préparée modifiée",
            Self::DemandeAbonnementDeposee => "Demande d’abonnement déposée",
            Self::DemandeAbonnementRetiree => "Demande d’abonnement retirée",
            Self::AbonnementValide => "Validée",
            Self::AbonnementRefuse => "Désactivée",
            Self::AbonnementCree => "Création d’abonnement",
            Self::AbonnementRetire => "Abonnement retiré",
            Self::DecisionAnnulee => "Décision annulée",
            Self::AbonnementsRegles => "Abonnements modifiés",
            Self::EspacesRegles => "Espaces de la structure modifiés",
            Self::CoordonneeAjoutee => "Coordonnée bancaire créée",
            Self::CoordonneeModifiee => "Coordonnée bancaire modifiée",
            Self::MandatDonne => "Mandat de facturation créé",
            Self::MandatTermine => "Mandat de facturation terminé",
            Self::TechniqueCree => "Utilisateur technique créé",
            Self::TechniqueReinitialise => "Mot de passe de l’utilisateur technique réinitialisé",
            Self::TechniqueModifie => "Utilisateur technique modifié",
            Self::TechniqueSupprime => "Utilisateur technique supprimé",
            Self::IdentifiantModifie => "Identifiant modifié",
            Self::Import => "Import",
        }
    }

    /// The same where both kinds of request stand in one list to choose from: a filter.
    pub fn libelle_distinct(self) -> &'static str {
        match self {
            Self::AbonnementValide => "Validée (abonnement)",
            Self::AbonnementRefuse => "Désactivée (abonnement refusé)",
            autre => autre.libelle(),
        }
    }

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
            Self::CertificatEnvoye => {
                format!("Le support a envoyé un certificat qui désigne {qui} gestionnaire principal de {structure}.")
            }
            Self::CertificatExecute => {
                format!("Le support a approuvé le certificat qui désigne {qui} gestionnaire principal de {structure}.")
            }
            Self::CertificatRefuse => {
                format!("Le support a refusé le certificat qui désignait {qui} gestionnaire principal de {structure}.")
            }
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
            Self::Import => "L’annuaire est mis à jour.".to_owned(),
        }
    }

    /// An act on a structure: it stands in the chain of that structure. The others are acts of the instance.
    pub fn d_une_structure(self) -> bool {
        let code = self.code();
        self != Self::Import
            && !["sollicitation_", "reponse_"]
                .iter()
                .any(|d| code.starts_with(d))
    }

    pub fn lire(code: &str) -> Option<Self> {
        Self::TOUTES.iter().copied().find(|a| a.code() == code)
    }
}
