//! A request ends with the rattachement it was made through.

use vantail::db::{RattachementId, transaction};
use vantail::rattachements::{self, Cause};

use super::{GP, JULIE, LIEN, MAX, Monde, corps, historique_vrai};

async fn arreter(m: &Monde, r: RattachementId, cause: Cause) {
    let mairie = m.mairie;
    transaction(&m.portail.app, async |tx| {
        vantail::structures::verrouiller(tx, &[mairie]).await?;
        rattachements::changer_statut(tx, r, Some(cause)).await
    })
    .await
    .expect("an end");
}

#[tokio::test]
async fn partir_clot_la_demande_et_emporte_les_espaces() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    m.portail
        .abonnement(
            m.r_julie,
            Some(m.achats),
            "factures_a_valider",
            "consultation",
        )
        .await;
    let ligne = m.r_julie.to_string();
    m.julie
        .poster(
            "/mon-compte/rattachements/suppression",
            &[("ligne", ligne.as_str())],
        )
        .await
        .statut(200);
    assert_eq!(m.statut(demande).await, "refusee");
    assert_eq!(
        m.actions().await,
        ["abonnement_refuse", "rattachement_supprime"]
    );
    assert!(m.espaces(JULIE).await.is_empty());
    assert_eq!(
        m.portail
            .nombre("select count(*) from demande_abonnement_lignes where statut = 'demandee'")
            .await,
        0
    );
    let clos: Vec<_> = m
        .portail
        .courriers_pour(JULIE)
        .await
        .into_iter()
        .filter(|c| c.gabarit == "abonnement_clos")
        .collect();
    assert_eq!(
        corps(&clos[0]),
        format!(
            "Bonjour Julie Bon,\n\n\
             Votre demande d’abonnement sur Mairie de Terneuil est close sans avoir été décidée\u{202F}:\n\
             - Factures à valider, en consultation (Tous les services)\n\
             - Factures de travaux, en modification (Tous les services)\n\n\
             Motif\u{202F}: Rattachement terminé\n\n\
             Pour revoir vos abonnements\u{202F}:\n{LIEN}"
        )
    );
    historique_vrai(&m.portail).await;
    m.gp.page(&m.ecran(demande))
        .await
        .contient("Rattachement terminé");
}

#[tokio::test]
async fn le_compte_desactive_retire_la_demande_les_autres_fins_la_refusent() {
    for (cause, statut, courriers) in [
        (Cause::Compte, "retiree", 0),
        (Cause::Gestionnaire, "refusee", 1),
        (Cause::Echeance, "refusee", 1),
    ] {
        let m = Monde::nouveau().await;
        let demande = m.demande().await;
        arreter(&m, m.r_julie, cause).await;
        assert_eq!(m.statut(demande).await, statut, "{cause:?}");
        assert_eq!(
            m.portail.courriers_pour(JULIE).await.len(),
            courriers,
            "{cause:?}"
        );
        historique_vrai(&m.portail).await;
    }
}

#[tokio::test]
async fn la_structure_desactivee_clot_toutes_les_demandes() {
    let m = Monde::nouveau().await;
    let demande = m.demande().await;
    let gp = m.portail.connecter(GP).await;
    drop(gp);
    // As the gestionnaire principal alone there does, on his way out.
    let mairie = m.mairie;
    transaction(&m.portail.app, async |tx| {
        vantail::structures::verrouiller(tx, &[mairie]).await?;
        vantail::abonnements::clore_pour_structure(tx, mairie, "Structure désactivée").await
    })
    .await
    .expect("closed");
    assert_eq!(m.statut(demande).await, "refusee");
    let recu = &m.portail.courriers_pour(JULIE).await[0];
    assert!(recu.texte.contains("Structure désactivée"));
}

#[tokio::test]
async fn quitter_un_service_clot_ce_qui_etait_demande_pour_lui() {
    let mut m = Monde::nouveau().await;
    sqlx::query(
        "insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut)
         values ($1, $2, $3, 'validee', maintenant())",
    )
    .bind(m.r_max)
    .bind(m.mairie)
    .bind(m.juridique)
    .execute(&m.portail.db)
    .await
    .expect("a second service");
    let max = m.portail.id(MAX).await;
    let demande = m
        .portail
        .demande_abonnement(
            m.mairie,
            max,
            &[
                (Some(m.achats), "factures_a_valider", "consultation"),
                (Some(m.juridique), "factures_a_valider", "consultation"),
            ],
        )
        .await;
    m.portail
        .abonnement(
            m.r_max,
            Some(m.achats),
            "factures_de_travaux",
            "consultation",
        )
        .await;
    let ligne = format!("{}.{}", m.r_max, m.achats);
    let champs = [("ligne", ligne.as_str())];
    m.max
        .poster("/mon-compte/rattachements/suppression", &champs)
        .await
        .statut(200);
    // The rest still waits; the espace of the service is gone.
    assert_eq!(m.statut(demande).await, "en_cours_de_validation");
    assert!(m.en_plus(MAX).await.is_empty());
    let ecran = m.gp.page(&m.ecran(demande)).await;
    assert_eq!(ecran.tous("#details tbody tr").len(), 1);
    let ligne = format!("{}.{}", m.r_max, m.juridique);
    let champs = [("ligne", ligne.as_str())];
    m.max
        .poster("/mon-compte/rattachements/suppression", &champs)
        .await
        .statut(200);
    assert_eq!(m.statut(demande).await, "refusee");
    historique_vrai(&m.portail).await;
}
