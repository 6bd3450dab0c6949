use super::{BUREAU, MIENNE, SABINE, SOFIANE, ZOE, code_de, monde};
use crate::support::courses::{ensemble, poster_ensemble};
use crate::support::rondes;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_code_essaye_a_plusieurs_ouvre_une_seule_session() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    for n in std::iter::repeat_n(2, rondes(3)).chain([20]) {
        portail.oublier_les_compteurs().await;
        let code: &'static str = code_de(&mut zoe).await.leak();
        let mut gestes = Vec::new();
        for rang in 0..n {
            let agent = portail.connecter([SABINE, SOFIANE][rang % 2]).await;
            let champs = vec![("code", code), ("motif", "Ensemble")];
            gestes.push((agent, BUREAU.to_owned(), champs));
        }
        let statuts = poster_ensemble(gestes).await;
        assert_eq!(statuts.iter().filter(|s| **s == 303).count(), 1);
        assert!(
            statuts.iter().all(|s| [303, 422].contains(s)),
            "{statuts:?}"
        );
        assert_eq!(
            portail
                .nombre("select count(*) from assistances where close_le is null and ouverte_le is not null")
                .await,
            1
        );
        zoe.poster(&format!("{MIENNE}/fin"), &[]).await.statut(200);
    }
    // One mail when it opens and one when it ends, one line, for each round.
    let rondes = portail
        .nombre("select count(*) from assistances where ouverte_le is not null")
        .await;
    assert_eq!(
        portail.nombre("select count(*) from courriers").await,
        2 * rondes
    );
    assert_eq!(
        portail
            .nombre("select count(*) from historique where action = 'assistance_ouverte'")
            .await,
        rondes
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mettre_fin_a_plusieurs_n_envoie_qu_un_releve() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    for n in std::iter::repeat_n(2, rondes(3)).chain([20]) {
        portail.oublier_les_compteurs().await;
        let code = code_de(&mut zoe).await;
        let mut sabine = portail.connecter(SABINE).await;
        super::ouvrir(&mut sabine, &code).await.statut(200);
        let avant = portail
            .nombre("select count(*) from courriers where gabarit = 'assistance_releve'")
            .await;
        let mut acteurs = Vec::new();
        for _ in 0..n {
            acteurs.push(portail.connecter(ZOE).await);
        }
        let statuts = ensemble(acteurs, &format!("{MIENNE}/fin"), &[]).await;
        assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
        let apres = portail
            .nombre("select count(*) from courriers where gabarit = 'assistance_releve'")
            .await;
        assert_eq!(apres - avant, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plusieurs_codes_ensemble_un_seul_reste() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    for n in std::iter::repeat_n(2, rondes(3)).chain([20]) {
        portail.oublier_les_compteurs().await;
        let mut acteurs = Vec::new();
        for _ in 0..n {
            acteurs.push(portail.connecter(ZOE).await);
        }
        let statuts = ensemble(acteurs, &format!("{MIENNE}/code"), &[]).await;
        assert!(statuts.iter().all(|s| *s == 200), "{statuts:?}");
        assert_eq!(
            portail
                .nombre("select count(*) from assistances where close_le is null")
                .await,
            1
        );
    }
    zoe.poster(&format!("{MIENNE}/fin"), &[]).await.statut(200);
}
