//! Passed on to another périmètre, at the same time as it is answered.

use super::{SIRET_LYON, gabarits, monde};
use crate::mon_compte::historique_vrai;
use crate::support::courses::poster_ensemble;
use crate::support::rondes;

/// Resolved and passed on at once: one of the two, never both.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transmise_et_resolue_ensemble_une_seule_l_emporte() {
    let m = monde().await;
    let grenoble: &'static str = Box::leak(m.grenoble.to_string().into_boxed_str());
    for n in std::iter::repeat_n(2, rondes(3)).chain([20]) {
        let adresse = m.sollicitee().await;
        let gestes = (0..n)
            .map(|rang| {
                if rang % 2 == 0 {
                    (
                        m.martine.clone(),
                        format!("{adresse}/transmission"),
                        vec![("perimetre", grenoble), ("motif", "Là-bas.")],
                    )
                } else {
                    (
                        m.martine.clone(),
                        format!("{adresse}/resolution"),
                        vec![("texte", "C’est fait.")],
                    )
                }
            })
            .collect();
        let statuts = poster_ensemble(gestes).await;
        assert_eq!(statuts[0], 303, "{statuts:?}");
        assert!(
            statuts[1..].iter().all(|s| [404, 409].contains(s)),
            "{statuts:?}"
        );
        let issues: Vec<String> = sqlx::query_scalar(
            "select m.acte from sollicitation_messages m
             where m.sollicitation_id = (select id from sollicitations order by creee_le desc, id desc limit 1)
               and m.acte in ('transmission', 'resolution')",
        )
        .fetch_all(&m.portail.db)
        .await
        .expect("the thread");
        assert_eq!(issues.len(), 1, "{issues:?}");
    }
    historique_vrai(&m.portail).await;
}

/// The same of a request without account: passed on, refused, its account created.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn une_demande_transmise_et_traitee_ensemble_n_a_qu_une_issue() {
    let m = monde().await;
    let grenoble: &'static str = Box::leak(m.grenoble.to_string().into_boxed_str());
    for (rang, n) in (b'a'..=b'z').zip(std::iter::repeat_n(2, rondes(3)).chain([20])) {
        m.portail.oublier_les_compteurs().await;
        let adresse = format!("anne.royer{}@ac-lyon.test", char::from(rang));
        let id = m.demande_confirmee(&adresse, SIRET_LYON).await;
        let racine = format!("/referent/demandes-de-compte/{id}");
        let gestes = (0..n)
            .map(|i| {
                let champs = if i % 2 == 0 {
                    vec![("perimetre", grenoble), ("motif", "Là-bas.")]
                } else {
                    vec![("motif", "Non.")]
                };
                let acte = if i % 2 == 0 { "transmission" } else { "refus" };
                (m.martine.clone(), format!("{racine}/{acte}"), champs)
            })
            .collect();
        let statuts = poster_ensemble(gestes).await;
        assert_eq!(statuts[0], 303, "{statuts:?}");
        assert!(
            statuts[1..].iter().all(|s| [404, 409].contains(s)),
            "{statuts:?}"
        );
        let traites = gabarits(&m.portail, &adresse)
            .await
            .into_iter()
            .filter(|g| g.ends_with("_traitee") || g.ends_with("_transmise"))
            .count();
        assert_eq!(traites, 1);
    }
}
