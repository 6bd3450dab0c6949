//! Undo against undo, against another change, against the person who leaves.

use super::{adresse, droits};
use crate::activites::Terneuil;
use crate::support::courses::{envoi, poster_ensemble};
use crate::support::rondes;

const ZOE: &str = "zoe.aubert@example.org";

async fn validee(t: &mut Terneuil) -> String {
    let demande = t.demande(ZOE, &[t.achats]).await;
    let page = t.pauline.page(&t.ecran(demande)).await;
    page.formulaire("Valider")
        .envoyer(&mut t.pauline)
        .await
        .statut(200);
    adresse(&t.portail).await
}

#[tokio::test]
async fn annuler_deux_fois_ou_vingt_n_annule_qu_une_fois() {
    for ensembles in [2, 20] {
        for _ in 0..rondes(1) {
            let mut t = Terneuil::nouveau().await;
            let adresse = validee(&mut t).await;
            let actes = (0..ensembles).map(|_| envoi(&t.pauline, adresse.clone(), Vec::new()));
            let statuts = poster_ensemble(actes.collect()).await;
            let faites = statuts.iter().filter(|s| **s == 303).count();
            assert_eq!(faites, 1, "{statuts:?}");
            assert!(
                statuts.iter().all(|s| matches!(s, 303 | 409)),
                "{statuts:?}"
            );
            assert_eq!(
                t.portail
                    .nombre("select count(*) from demandes_rattachement where reprend is not null")
                    .await,
                1
            );
            assert_eq!(
                t.portail
                    .nombre("select count(*) from historique where action = 'decision_annulee'")
                    .await,
                1
            );
        }
    }
}

#[tokio::test]
async fn annuler_pendant_que_la_personne_part_ou_que_son_rattachement_change() {
    for _ in 0..rondes(3) {
        let mut t = Terneuil::nouveau().await;
        let adresse = validee(&mut t).await;
        let zoe = t.portail.id(ZOE).await;
        let rattachement: uuid::Uuid =
            sqlx::query_scalar("select id from rattachements where utilisateur_id = $1")
                .bind(zoe)
                .fetch_one(&t.portail.db)
                .await
                .expect("a rattachement");
        let elle = t.portail.connecter(ZOE).await;
        let mut gs = t
            .gs("gil.autre@example.org", &[], &["rattacher_utilisateurs"])
            .await;
        let fiche = format!("/structures/{}/rattachement/{zoe}", t.structure);
        gs.page(&fiche).await.statut(200);
        let octroi = vec![
            ("role", "us".to_owned()),
            ("date_debut", "2026-01-01".to_owned()),
            ("commentaire", "Oui.".to_owned()),
            ("structure", "oui".to_owned()),
        ];
        let depart = vec![("ligne", rattachement.to_string())];
        let statuts = poster_ensemble(vec![
            (t.pauline.clone(), adresse, Vec::new()),
            (
                elle,
                "/mon-compte/rattachements/suppression".to_owned(),
                depart,
            ),
            (gs, fiche, octroi),
        ])
        .await;
        assert!(
            statuts.iter().all(|s| matches!(s, 303 | 404 | 409 | 422)),
            "{statuts:?}"
        );
        // Undone: no right is left of the decision, unless the other gestionnaire gave some again after it.
        let ouvertes = t
            .portail
            .nombre("select count(*) from demandes_rattachement where statut = 'en_cours_de_validation'")
            .await;
        let siens = droits(&t.portail, t.structure, zoe).await;
        if ouvertes == 1 {
            assert!(siens.is_empty(), "{statuts:?} {siens:?}");
        }
        assert_eq!(t.portail.structures_sans_un_gp().await, 0);
        let (_, defauts) = vantail::historique::verifier(&t.portail.db, &t.portail.app.cles)
            .await
            .expect("a verification");
        assert!(defauts.is_empty());
    }
}
