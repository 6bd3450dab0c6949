//! Espaces asked for in the demo world, and what was decided.

use super::monde::{Acte, DemandeAbonnement, IlYA, Monde, P, S, V};
use crate::db::DemandeAbonnementId;
use crate::historique::Action;

impl Monde {
    /// A request that waits. Answers its rank, for what follows.
    pub fn demande_espaces(
        &mut self,
        s: S,
        p: P,
        lignes: &[(Option<V>, &'static str, &'static str)],
        quand: IlYA,
        texte: &str,
    ) -> usize {
        let commentaire = self.texte(texte, s, p);
        let rang = self.demandes_abonnement.len();
        let acte = self.acte(quand, s, Some(p), Action::DemandeAbonnementDeposee, p);
        acte.demande_abonnement = Some(rang);
        acte.commentaire.clone_from(&commentaire);
        self.demandes_abonnement.push(DemandeAbonnement {
            id: DemandeAbonnementId::nouveau(),
            structure: s,
            personne: p,
            lignes: lignes.to_vec(),
            statut: "en_cours_de_validation",
            commentaire,
            creee: quand,
            traitee: None,
            par: None,
            motif: None,
        });
        rang
    }

    fn traite_espaces(
        &mut self,
        demande: usize,
        par: P,
        quand: IlYA,
        (statut, action): (&'static str, Action),
    ) -> &mut Acte {
        let d = &mut self.demandes_abonnement[demande];
        d.statut = statut;
        d.traitee = Some(quand);
        d.par = Some(par);
        let (s, p) = (d.structure, d.personne);
        let acte = self.acte(quand, s, Some(par), action, p);
        acte.demande_abonnement = Some(demande);
        acte
    }

    /// Grants what was asked, to its author alone.
    pub fn valide_espaces(&mut self, demande: usize, par: P, quand: IlYA) {
        self.traite_espaces(demande, par, quand, ("validee", Action::AbonnementValide));
    }

    pub fn refuse_espaces(&mut self, demande: usize, par: P, quand: IlYA, motif: &str) {
        let d = &self.demandes_abonnement[demande];
        let motif = self.texte(motif, d.structure, d.personne);
        self.demandes_abonnement[demande].motif = Some(motif.clone());
        self.traite_espaces(demande, par, quand, ("refusee", Action::AbonnementRefuse))
            .motif = motif;
    }
}
