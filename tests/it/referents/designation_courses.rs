//! The first gestionnaire principal of a PIGP structure, at the same time: proposed, approved, refused.

use super::designation::{MOTIF, ecran, orphelin};
use super::{MARTINE, SABINE, gabarits, monde};
use crate::mon_compte::gp_de;
use crate::support::courses::{a_la_fois, ensemble, poster_ensemble};
use crate::support::rondes;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_puis_vingt_propositions_n_envoient_qu_un_certificat() {
    let m = monde().await;
    let agent: &'static str = Box::leak(m.agent.to_string().into_boxed_str());
    for (rang, n) in (200..).zip(std::iter::repeat_n(2, rondes(3)).chain([20])) {
        let (structure, demande, _) = orphelin(&m, rang).await;
        let acteurs = vec![m.martine.clone(); n];
        let statuts = ensemble(acteurs, &ecran(demande), &[("successeur", agent), MOTIF]).await;
        assert_eq!(statuts[0], 303, "{statuts:?}");
        assert!(statuts[1..].iter().all(|s| *s == 409), "{statuts:?}");
        let envoyes: i64 =
            sqlx::query_scalar("select count(*) from certificats where structure_id = $1")
                .bind(structure)
                .fetch_one(&m.portail.db)
                .await
                .expect("a count");
        assert_eq!(envoyes, 1);
    }
}

/// The référent and the desk open the same structure at once: one file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn le_referent_et_le_support_ensemble_un_seul_certificat() {
    let m = monde().await;
    let agent: &'static str = Box::leak(m.agent.to_string().into_boxed_str());
    let gp: &'static str = Box::leak(m.gp.to_string().into_boxed_str());
    let sabine = m.portail.connecter(SABINE).await;
    for rang in (300..).take(rondes(3)) {
        let (_, demande, autre) = orphelin(&m, rang).await;
        let statuts = poster_ensemble(vec![
            (
                m.martine.clone(),
                ecran(demande),
                vec![("successeur", agent), MOTIF],
            ),
            (
                sabine.clone(),
                format!("/support/demandes/{autre}"),
                vec![("successeur", gp), MOTIF],
            ),
        ])
        .await;
        assert_eq!(statuts, [303, 409]);
    }
}

/// Twenty agents of the desk approve and refuse what the référent prepared: one decides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vingt_agents_decident_ce_que_le_referent_a_prepare_une_fois() {
    let mut m = monde().await;
    let (structure, demande, _) = orphelin(&m, 30).await;
    m.proposer(demande).await.statut(200);
    let (id, piece) = m.signer().await;
    let mut agents = Vec::new();
    for rang in 0..20 {
        let adresse = format!("agent{rang}.support@vantail.test");
        m.portail.agent(&adresse, "support").await;
        agents.push(m.portail.connecter(&adresse).await);
    }
    let gestes = agents.into_iter().enumerate().map(|(rang, mut agent)| {
        let piece = piece.clone();
        async move {
            let racine = format!("/support/sollicitations/{id}/certificat");
            if rang % 2 == 0 {
                let champs = [("piece", piece.as_str()), ("motif", "Bon.")];
                agent
                    .poster_sans_suivre(&format!("{racine}/approbation"), &champs)
                    .await
            } else {
                agent
                    .poster_sans_suivre(&format!("{racine}/refus"), &[("motif", "Non.")])
                    .await
            }
        }
    });
    let statuts = a_la_fois(gestes).await;
    assert_eq!(statuts[0], 303, "{statuts:?}");
    assert!(statuts[1..].iter().all(|s| *s == 409), "{statuts:?}");
    assert_eq!(
        gabarits(&m.portail, MARTINE)
            .await
            .iter()
            .filter(|g| *g == "designation_tranchee")
            .count(),
        1
    );
    let nomme = gp_de(&m.portail, structure).await;
    let execute = m
        .portail
        .nombre("select count(*) from certificats where statut = 'execute'")
        .await;
    assert_eq!(nomme.is_some(), execute == 1);
    assert_eq!(m.portail.structures_sans_un_gp().await, 0);
}
