//! The words a person reads, one scenario per obstacle, with the next step.

use crate::support::instructions;
use crate::support::monde::siret;
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};
use vantail::db::StructureId;

struct Cas {
    portail: Portail,
    structure: StructureId,
    acteur: Acteur,
}

/// A public structure with its GP, and somebody signed in who is nothing there yet.
async fn cas() -> Cas {
    let portail = Portail::nouveau().await;
    let structure = portail.structure("CCAS TERNEUIL", 1, true).await;
    let gp = portail.personne("pauline.dufour@terneuil.example").await;
    portail.gp(structure, gp).await;
    portail.personne("julie.bon@terneuil.example").await;
    let acteur = portail.connecter("julie.bon@terneuil.example").await;
    Cas {
        portail,
        structure,
        acteur,
    }
}

impl Cas {
    async fn reponse(&mut self, espace: &str) -> PageLue {
        let identifiant = siret(1);
        self.acteur
            .page(&format!(
                "/mon-compte/acces?structure={identifiant}&espace={espace}"
            ))
            .await
    }

    async fn rattacher(&self, role: &str) {
        let julie = self.portail.id("julie.bon@terneuil.example").await;
        self.portail
            .rattacher(self.structure, julie, role, &[])
            .await;
    }

    async fn changer(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(&self.portail.db)
            .await
            .expect("a change");
    }
}

#[tokio::test]
async fn sans_rattachement_la_suite_est_de_le_demander() {
    let mut cas = cas().await;
    let page = cas.reponse("factures_recues").await;
    page.contient("Vous n’avez pas accès à « Factures reçues » pour CCAS TERNEUIL")
        .contient("Non : Vous n’êtes pas rattaché(e) à cette structure.")
        .ne_contient_pas("Dufour");
    let lien = page.lien("Demander un rattachement");
    assert_eq!(
        lien,
        format!("/mon-compte/rattachements/demande/{}", cas.structure)
    );
    cas.acteur.page(&lien).await.contient("CCAS TERNEUIL");
}

#[tokio::test]
async fn une_demande_en_cours_se_suit_et_un_refus_dit_son_motif() {
    let mut cas = cas().await;
    let julie = cas.portail.id("julie.bon@terneuil.example").await;
    cas.portail.demande(cas.structure, julie, "us", &[]).await;
    cas.reponse("factures_recues")
        .await
        .contient("est en cours de validation")
        .lien("Suivre ma demande");
    cas.changer(
        "update demandes_rattachement set statut = 'refusee', traitee_le = maintenant(), motif = 'Mutation non reçue'",
    )
    .await;
    cas.reponse("factures_recues")
        .await
        .contient("motif : Mutation non reçue")
        .lien("Demander un rattachement");
}

#[tokio::test]
async fn un_espace_jamais_ouvert_se_demande() {
    let mut cas = cas().await;
    cas.rattacher("us").await;
    let page = cas.reponse("factures_de_travaux").await;
    page.contient("Oui : Votre compte est actif.")
        .contient("Oui : Votre rattachement est validé : utilisateur simple")
        .contient("Non : Cet espace ne vous a pas été ouvert.");
    assert!(
        page.lien("Ajouter un espace")
            .contains("factures_de_travaux")
    );
    cas.reponse("activites_du_gestionnaire")
        .await
        .contient("Il vous manque le droit de gérer quelque chose dans cette structure.")
        .contient(
            "Le gestionnaire principal, Pauline Dufour, peut vous nommer gestionnaire secondaire.",
        );
}

#[tokio::test]
async fn un_espace_ouvert_dit_par_qui_et_jusqu_ou() {
    let mut cas = cas().await;
    cas.rattacher("us").await;
    cas.changer(
        "insert into abonnements (id, structure_id, rattachement_id, espace, droit, origine)
         select uuid_v7(), structure_id, id, 'factures_recues', 'consultation', 'defaut' from rattachements where role = 'us'",
    )
    .await;
    let page = cas.reponse("factures_recues").await;
    page.contient("Vous avez accès à « Factures reçues » pour CCAS TERNEUIL, en consultation")
        .contient("Oui : L’espace est donné par votre rôle, en consultation.");
    page.lien("Demander la modification");
    cas.changer("update abonnements set droit = 'modification'")
        .await;
    let page = cas.reponse("factures_recues").await;
    page.contient("Vous avez accès à « Factures reçues » pour CCAS TERNEUIL")
        .ne_contient_pas("Que faire");
}

#[tokio::test]
async fn une_structure_desactivee_ne_se_modifie_plus() {
    let mut cas = cas().await;
    cas.rattacher("us").await;
    cas.changer(
        "insert into abonnements (id, structure_id, rattachement_id, espace, droit, origine)
         select uuid_v7(), structure_id, id, 'factures_emises', 'modification', 'defaut' from rattachements where role = 'us'",
    )
    .await;
    cas.changer("update structures set statut = 'inactive'")
        .await;
    cas.reponse("factures_emises")
        .await
        .contient("en consultation")
        .contient(
            "Non : Cette structure est désactivée : elle se consulte, elle ne se modifie plus.",
        )
        .contient("Pauline Dufour, peut réactiver la structure.");
}

#[tokio::test]
async fn chaque_arret_du_rattachement_a_ses_mots() {
    let mut cas = cas().await;
    cas.rattacher("us").await;
    for (sql, phrase, suite) in [
        (
            "update rattachements set date_debut = maintenant() + interval '3 days' where role = 'us'",
            "Votre rattachement ne commence que le",
            "vos droits s’ouvriront ce jour-là",
        ),
        (
            "update rattachements set date_debut = maintenant() - interval '9 days',
               date_fin = maintenant() - interval '1 second' where role = 'us'",
            "Votre rattachement s’est terminé le",
            "Demandez votre rattachement",
        ),
        (
            "update rattachements set statut = 'desactivee', cause = 'gestionnaire' where role = 'us'",
            "Un gestionnaire a désactivé votre rattachement.",
            "Pauline Dufour, peut le réactiver",
        ),
        (
            "update rattachements set cause = 'compte' where role = 'us'",
            "désactivé avec votre compte",
            "Demandez votre rattachement",
        ),
        (
            "update rattachements set statut = 'supprimee', cause = 'depart' where role = 'us'",
            "Vous n’êtes pas rattaché(e) à cette structure.",
            "Votre rattachement a été supprimé le",
        ),
    ] {
        cas.changer(sql).await;
        cas.reponse("factures_recues")
            .await
            .contient(phrase)
            .contient(suite);
    }
}

#[tokio::test]
async fn un_espace_de_structure_publique_n_existe_pas_ailleurs() {
    let mut cas = cas().await;
    cas.rattacher("us").await;
    cas.changer("update structures set publique = false").await;
    cas.reponse("sollicitations_recues")
        .await
        .contient("Cet espace n’existe que pour les structures publiques.")
        .ne_contient_pas("Que faire");
}

#[tokio::test]
async fn un_identifiant_inconnu_ou_un_espace_invente_se_dit_au_champ() {
    let mut cas = cas().await;
    let page = cas
        .acteur
        .lire("/mon-compte/acces?identifiant=123&espace=")
        .await;
    page.statut(422);
    assert!(
        page.erreur_de("identifiant")
            .is_some_and(|e| e.contains("Aucune structure"))
    );
    let page = cas
        .acteur
        .lire(&format!(
            "/mon-compte/acces?structure={}&espace=zzz",
            siret(1)
        ))
        .await;
    page.statut(422);
    assert!(page.erreur_de("espace").is_some());
}

#[tokio::test]
async fn la_page_reste_en_huit_instructions() {
    let mut cas = cas().await;
    cas.rattacher("gs").await;
    let (_, nombre) = instructions::compter(cas.reponse("factures_recues")).await;
    assert!(nombre <= 8, "{nombre} statements");
}

#[tokio::test]
async fn une_porte_fermee_mene_a_l_explication() {
    let mut cas = cas().await;
    let fiche = format!("/structures/{}", cas.structure);
    let page = cas.acteur.lire(&fiche).await;
    page.statut(404);
    assert_eq!(
        page.lien("Pourquoi n’ai-je pas accès ?"),
        "/mon-compte/acces"
    );
    cas.rattacher("us").await;
    let page = cas.acteur.lire(&format!("{fiche}/rattachement")).await;
    page.statut(403).lien("Pourquoi n’ai-je pas accès ?");
}
