//! What happens in the demo world: each sentence leaves the rows and the lines of the historique that the portal would.

use super::monde::{
    Acte, Demande, IlYA, Inscription, Maille, Monde, P, Passation, Personne, R, Rattachement, S,
    Service, Structure, V, jours,
};
use crate::acces::{Capacite, Role};
use crate::db::{DemandeId, PassationId, RattachementId, ServiceId};
use crate::historique::Action;

impl Monde {
    pub fn personne(&mut self, personne: Personne) -> P {
        self.personnes.push(personne);
        P(self.personnes.len() - 1)
    }

    pub fn structure(&mut self, structure: Structure) -> S {
        self.structures.push(structure);
        S(self.structures.len() - 1)
    }

    pub fn service(&mut self, structure: S, code: &'static str, libelle: &'static str) -> V {
        let description = format!(
            "{libelle}, ouvert au public le matin. {}",
            self.structures[structure.0].marque()
        );
        self.services.push(Service {
            id: ServiceId::nouveau(),
            structure,
            code,
            libelle,
            description,
            actif: true,
        });
        V(self.services.len() - 1)
    }

    /// A service deactivated by hand.
    pub fn service_desactive(&mut self, structure: S, code: &'static str, libelle: &'static str) {
        let service = self.service(structure, code, libelle);
        self.services[service.0].actif = false;
    }

    /// The text, then the markers of the structure and of the person.
    pub(super) fn texte(&self, texte: &str, s: S, p: P) -> String {
        format!(
            "{texte} {} {}",
            self.structures[s.0].marque(),
            self.personnes[p.0].marque()
        )
    }

    pub(super) fn acte(
        &mut self,
        quand: IlYA,
        structure: S,
        par: Option<P>,
        action: Action,
        concerne: P,
    ) -> &mut Acte {
        self.actes.push(Acte {
            quand,
            structure,
            par,
            action,
            concerne: Some(concerne),
            demande: None,
            demande_abonnement: None,
            commentaire: String::new(),
            motif: String::new(),
            changements: Vec::new(),
        });
        let dernier = self.actes.len() - 1;
        &mut self.actes[dernier]
    }

    fn attache(
        &mut self,
        structure: S,
        personne: P,
        role: Role,
        maille: Maille,
        debut: IlYA,
        commentaire: String,
    ) -> R {
        let capacites = match role {
            Role::Gs => Capacite::TOUTES.map(Capacite::code).to_vec(),
            Role::Gp | Role::Us => Vec::new(),
        };
        self.rattachements.push(Rattachement {
            id: RattachementId::nouveau(),
            structure,
            personne,
            role,
            capacites,
            maille,
            services_desactives: Vec::new(),
            statut: "validee",
            cause: None,
            debut,
            fin: None,
            commentaire,
            modifie: debut,
            reactive: None,
        });
        R(self.rattachements.len() - 1)
    }

    /// The first gestionnaire principal, named when the structure joined the portal.
    pub fn gp(&mut self, s: S, p: P, quand: IlYA) -> R {
        let commentaire = self.texte("Première désignation du gestionnaire principal.", s, p);
        self.acte(quand, s, None, Action::GestionnaireDesigne, p)
            .motif
            .clone_from(&commentaire);
        self.attache(s, p, Role::Gp, Maille::Structure, quand, commentaire)
    }

    /// The GP of this rattachement will hand the role over, so many days from now.
    pub fn passation(&mut self, rattachement: R, successeur: P, dans: i32, creee: IlYA) {
        let (s, p) = (
            self.rattachements[rattachement.0].structure,
            self.rattachements[rattachement.0].personne,
        );
        let (avant, apres) = (
            self.personnes[p.0].entier(),
            self.personnes[successeur.0].entier(),
        );
        self.acte(creee, s, Some(p), Action::PassationProgrammee, successeur)
            .changements
            .push(("Gestionnaire principal", avant, apres));
        self.passations.push(Passation {
            id: PassationId::nouveau(),
            rattachement,
            successeur,
            dans,
            creee,
        });
    }

    /// A gestionnaire attaches somebody himself.
    pub fn rattache(&mut self, s: S, par: P, p: P, role: Role, maille: Maille, quand: IlYA) -> R {
        let commentaire = self.texte(
            &format!("Rattachement par {}.", self.personnes[par.0].entier()),
            s,
            p,
        );
        let acte = self.acte(quand, s, Some(par), Action::RattachementCree, p);
        acte.commentaire.clone_from(&commentaire);
        acte.changements
            .push(("Rôle", String::new(), role.libelle().to_owned()));
        self.attache(s, p, role, maille, quand, commentaire)
    }

    /// A request that waits. Answers its rank, for what follows.
    pub fn demande(
        &mut self,
        s: S,
        p: P,
        role: Role,
        maille: Maille,
        quand: IlYA,
        texte: &str,
    ) -> usize {
        let commentaire = self.texte(texte, s, p);
        let rang = self.demandes.len();
        let acte = self.acte(quand, s, Some(p), Action::DemandeDeposee, p);
        acte.demande = Some(rang);
        acte.commentaire.clone_from(&commentaire);
        self.demandes.push(Demande {
            id: DemandeId::nouveau(),
            structure: s,
            personne: p,
            role,
            maille,
            accordes: Vec::new(),
            statut: "en_cours_de_validation",
            commentaire,
            creee: quand,
            relancee: None,
            signalee: None,
            traitee: None,
            par: None,
            motif: None,
            acte: None,
            rattachement: None,
        });
        rang
    }

    /// Told to the support: at once where nobody manages, after 14 days elsewhere.
    pub fn signalements(&mut self) {
        for rang in 0..self.demandes.len() {
            let d = &self.demandes[rang];
            let (s, p, creee, commentaire) =
                (d.structure, d.personne, d.creee, d.commentaire.clone());
            let geree = self
                .rattachements
                .iter()
                .any(|r| r.structure == s && r.role == Role::Gp && r.statut == "validee");
            let (quand, par) = match (d.ouverte(), geree) {
                (true, false) => (creee, Some(p)),
                (true, true) if creee >= jours(14) => (creee - jours(14), None),
                _ => continue,
            };
            self.demandes[rang].signalee = Some(quand);
            let acte = self.acte(quand, s, par, Action::DemandeSignalee, p);
            acte.demande = Some(rang);
            acte.commentaire = commentaire;
        }
    }

    /// A request that will leave with the activation of an account somebody else asked for (R-COMPTE-TIERS).
    pub fn inscription(&mut self, s: S, p: P, demandeur: &'static str, texte: &str) {
        let commentaire = self.texte(texte, s, p);
        self.inscriptions.push(Inscription {
            personne: p,
            structure: s,
            commentaire,
            demandeur,
        });
    }

    pub fn relance(&mut self, demande: usize, quand: IlYA) {
        let (s, p) = (
            self.demandes[demande].structure,
            self.demandes[demande].personne,
        );
        self.demandes[demande].relancee = Some(quand);
        self.acte(quand, s, Some(p), Action::DemandeRelancee, p)
            .demande = Some(demande);
    }

    fn traite(
        &mut self,
        demande: usize,
        par: P,
        quand: IlYA,
        statut: &'static str,
        action: Action,
    ) -> &mut Acte {
        let d = &mut self.demandes[demande];
        d.statut = statut;
        d.traitee = Some(quand);
        d.par = Some(par);
        let (s, p, commentaire) = (d.structure, d.personne, d.commentaire.clone());
        let acte = self.acte(quand, s, Some(par), action, p);
        acte.demande = Some(demande);
        acte.commentaire = commentaire;
        acte
    }

    /// Grants everything that was asked.
    pub fn valide(&mut self, demande: usize, par: P, quand: IlYA) -> R {
        let d = &mut self.demandes[demande];
        d.accordes = d.maille.services().to_vec();
        let (s, p, role, maille, commentaire) = (
            d.structure,
            d.personne,
            d.role,
            d.maille.clone(),
            d.commentaire.clone(),
        );
        self.traite(demande, par, quand, "validee", Action::DemandeValidee)
            .changements
            .push(("Rôle", String::new(), role.libelle().to_owned()));
        let r = self.attache(s, p, role, maille, quand, commentaire);
        self.demandes[demande].rattachement = Some(r);
        r
    }

    pub fn refuse(&mut self, demande: usize, par: P, quand: IlYA, motif: &str) {
        let motif = self.texte(
            motif,
            self.demandes[demande].structure,
            self.demandes[demande].personne,
        );
        self.demandes[demande].motif = Some(motif.clone());
        self.traite(demande, par, quand, "refusee", Action::DemandeRefusee)
            .motif = motif;
    }

    pub fn retire(&mut self, demande: usize, quand: IlYA) {
        let p = self.demandes[demande].personne;
        self.traite(demande, p, quand, "retiree", Action::DemandeRetiree);
    }

    fn ferme(&mut self, r: R, par: Option<P>, quand: IlYA, cause: &'static str, commentaire: &str) {
        let (s, p) = (
            self.rattachements[r.0].structure,
            self.rattachements[r.0].personne,
        );
        let commentaire = self.texte(commentaire, s, p);
        let rattachement = &mut self.rattachements[r.0];
        rattachement.statut = "desactivee";
        rattachement.cause = Some(cause);
        rattachement.modifie = quand;
        let acte = self.acte(quand, s, par, Action::RattachementDesactive, p);
        acte.commentaire = commentaire;
        acte.changements.push((
            "Statut du rattachement",
            "Validé".to_owned(),
            "Désactivé".to_owned(),
        ));
    }

    pub fn desactive(&mut self, r: R, par: P, quand: IlYA) {
        self.ferme(r, Some(par), quand, "gestionnaire", "Départ du service.");
    }

    /// The account was deactivated by its owner, and this right with it (decisions 4).
    pub fn compte_desactive(&mut self, r: R, quand: IlYA) {
        let p = self.rattachements[r.0].personne;
        self.ferme(
            r,
            Some(p),
            quand,
            "compte",
            "Compte désactivé par son titulaire.",
        );
    }

    /// Over since its date.
    pub fn echu(&mut self, r: R, fin: IlYA) {
        self.rattachements[r.0].fin = Some(fin);
        self.ferme(r, None, fin, "echeance", "Fin de validité atteinte.");
    }

    /// Still in force, with an end to come: « Se termine bientôt ».
    pub fn finit(&mut self, r: R, dans: IlYA) {
        self.rattachements[r.0].fin = Some(-dans);
    }

    /// Deactivated, then given back.
    pub fn reactive(&mut self, r: R, par: P, desactive: IlYA, quand: IlYA) {
        self.desactive(r, par, desactive);
        let (s, p) = (
            self.rattachements[r.0].structure,
            self.rattachements[r.0].personne,
        );
        let rattachement = &mut self.rattachements[r.0];
        rattachement.statut = "validee";
        rattachement.cause = None;
        rattachement.modifie = quand;
        rattachement.reactive = Some(quand);
        self.acte(quand, s, Some(par), Action::RattachementReactive, p)
            .changements
            .push((
                "Statut du rattachement",
                "Désactivé".to_owned(),
                "Validé".to_owned(),
            ));
    }

    /// One service of a rattachement is withdrawn.
    pub fn retire_service(&mut self, r: R, service: V, par: P, quand: IlYA) {
        let (s, p) = (
            self.rattachements[r.0].structure,
            self.rattachements[r.0].personne,
        );
        self.rattachements[r.0].services_desactives.push(service);
        self.rattachements[r.0].modifie = quand;
        let libelle = self.services[service.0].libelle;
        self.acte(quand, s, Some(par), Action::RattachementModifie, p)
            .changements
            .push((
                "Service",
                format!("{libelle} : Validé"),
                format!("{libelle} : Désactivé"),
            ));
    }

    pub fn supprime(&mut self, r: R, par: P, quand: IlYA) {
        let (s, p) = (
            self.rattachements[r.0].structure,
            self.rattachements[r.0].personne,
        );
        let rattachement = &mut self.rattachements[r.0];
        rattachement.statut = "supprimee";
        rattachement.cause = Some("depart");
        rattachement.modifie = quand;
        self.acte(quand, s, Some(par), Action::RattachementSupprime, p);
    }
}
