//! Races: a double click does nothing twice; two agents, one wins (spec §8.2).

use super::{AUTRE, SABINE, SOFIANE, ZOE, monde};
use crate::support::courses::{ensemble, poster_ensemble};
use crate::support::{Portail, rondes};

async fn vide(portail: &Portail) {
    portail.oublier_les_compteurs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_depot_clique_deux_fois_puis_vingt_n_en_fait_qu_un() {
    let portail = monde().await;
    for (ronde, n) in [2, 20].into_iter().enumerate() {
        vide(&portail).await;
        let zoe = portail.connecter(ZOE).await;
        let objet: &'static str = ["Deux", "Vingt"][ronde];
        let statuts = ensemble(
            vec![zoe; n],
            AUTRE,
            &[("objet", objet), ("texte", "Bonjour")],
        )
        .await;
        assert_eq!(statuts, vec![303; n]);
        assert_eq!(
            portail.nombre("select count(*) from sollicitations").await,
            ronde as i64 + 1
        );
    }
    assert_eq!(portail.courriers_pour(ZOE).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn des_depots_simultanes_ont_chacun_leur_numero() {
    let portail = monde().await;
    let mut acteurs = Vec::new();
    for rang in 0..12 {
        let adresse = format!("p{rang}.test@test.example");
        portail.personne(&adresse).await;
        acteurs.push(portail.connecter(&adresse).await);
    }
    let statuts = ensemble(acteurs, AUTRE, &[("objet", "Objet"), ("texte", "Bonjour")]).await;
    assert_eq!(statuts, vec![303; 12]);
    assert_eq!(
        portail
            .nombre("select count(distinct substr(reference, 10)::integer) from sollicitations where substr(reference, 10)::integer between 1 and 12")
            .await,
        12
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_agents_prennent_en_charge_un_seul_l_a() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    for ronde in 0..rondes(3) {
        let id = portail.sollicitation(zoe, &format!("Objet {ronde}")).await;
        let agents = vec![
            portail.connecter(SABINE).await,
            portail.connecter(SOFIANE).await,
        ];
        let adresse = format!("/support/sollicitations/{id}/prise-en-charge");
        assert_eq!(ensemble(agents, &adresse, &[]).await, [303, 409]);
        let lignes: i64 = sqlx::query_scalar(
            "select count(*) from sollicitation_messages where sollicitation_id = $1 and acte = 'prise_en_charge'",
        )
        .bind(id)
        .fetch_one(&portail.db)
        .await
        .expect("a count");
        assert_eq!(lignes, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn une_reponse_cliquee_vingt_fois_n_est_ecrite_qu_une() {
    let portail = monde().await;
    let id = portail.sollicitation(portail.id(ZOE).await, "Objet").await;
    let zoe = portail.connecter(ZOE).await;
    let adresse = format!("/sollicitations/{id}/reponse");
    let statuts = ensemble(vec![zoe; 20], &adresse, &[("texte", "Merci")]).await;
    assert_eq!(statuts, vec![303; 20]);
    assert_eq!(
        portail
            .nombre("select count(*) from sollicitation_messages")
            .await,
        1
    );
    assert_eq!(portail.courriers_pour(SABINE).await.len(), 1);
}

/// The author closes while the desk resolves: one end, told once, never a 500.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clore_et_resoudre_ensemble_ne_se_marchent_pas_dessus() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    for (ronde, n) in std::iter::repeat_n(2, rondes(3)).chain([20]).enumerate() {
        vide(&portail).await;
        let id = portail.sollicitation(zoe, &format!("Objet {ronde}")).await;
        let (auteur, agent) = (
            portail.connecter(ZOE).await,
            portail.connecter(SABINE).await,
        );
        let gestes = (0..n).map(|rang| {
            if rang % 2 == 0 {
                let adresse = format!("/sollicitations/{id}/cloture");
                (auteur.clone(), adresse, vec![])
            } else {
                let adresse = format!("/support/sollicitations/{id}/resolution");
                (agent.clone(), adresse, vec![("texte", "C’est fait.")])
            }
        });
        let statuts = poster_ensemble(gestes.collect()).await;
        // Closing twice is once; at most one resolution comes before.
        let refusees = statuts.iter().filter(|s| **s == 409).count();
        assert!([n / 2, n / 2 - 1].contains(&refusees), "{statuts:?}");
        assert_eq!(statuts.iter().filter(|s| **s == 303).count(), n - refusees);
        let statut: String = sqlx::query_scalar("select statut from sollicitations where id = $1")
            .bind(id)
            .fetch_one(&portail.db)
            .await
            .expect("a state");
        assert_eq!(statut, "close");
    }
}
