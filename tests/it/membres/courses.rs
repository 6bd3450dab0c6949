//! Races: two, then twenty at the same instant (failure-modes O3, O4, R12).

use super::{JULIE, Monde, lot};
use crate::support::courses::{envoi, poster_ensemble};
use crate::support::{MOT_DE_PASSE, rondes};

async fn sain(monde: &Monde) {
    let p = &monde.t.portail;
    assert_eq!(
        p.nombre(
            "select count(*) from structures s where s.statut = 'active'
               and exists (select from rattachements r where r.structure_id = s.id and r.statut = 'validee')
               and (select count(*) from rattachements r where r.structure_id = s.id and r.role = 'gp' and r.statut = 'validee') <> 1"
        )
        .await,
        0,
        "exactly one gestionnaire principal"
    );
    let (_, defauts) = vantail::historique::verifier(&p.db, &p.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty(), "{defauts:?}");
}

#[tokio::test]
async fn vingt_desactivations_font_une_ligne_et_un_courriel() {
    for n in [2, 20] {
        for _ in 0..rondes(1) {
            let monde = Monde::nouveau().await;
            monde.t.portail.oublier_les_compteurs().await;
            let adresse = format!("{}/lot", monde.liste());
            let envois = (0..n)
                .map(|rang| {
                    // Overlapping batches in opposite orders.
                    let ids = if rang % 2 == 0 {
                        [monde.julie, monde.thomas]
                    } else {
                        [monde.thomas, monde.julie]
                    };
                    envoi(&monde.t.pauline, adresse.clone(), lot("desactiver", &ids))
                })
                .collect();
            let statuts = poster_ensemble(envois).await;
            assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
            assert_eq!(monde.t.portail.courriers_pour(JULIE).await.len(), 1);
            assert_eq!(
                monde
                    .t
                    .portail
                    .nombre(
                        "select count(*) from historique where action = 'rattachement_desactive'"
                    )
                    .await,
                2
            );
            sain(&monde).await;
        }
    }
}

#[tokio::test]
async fn desactiver_pendant_un_transfert_ou_un_depart_laisse_un_principal() {
    for _ in 0..rondes(3) {
        let monde = Monde::nouveau().await;
        monde.t.portail.oublier_les_compteurs().await;
        let mut second = monde.t.portail.connecter(JULIE).await;
        second.page("/mon-compte").await.statut(200);
        let guy = monde
            .t
            .gs(
                "guy.second@example.org",
                &[],
                &["rattacher_utilisateurs", "nommer_gestionnaires_secondaires"],
            )
            .await;
        let julie = monde.t.portail.id(JULIE).await;
        let liste = format!("{}/lot", monde.liste());
        let envois = vec![
            // Julie becomes gestionnaire principale, is deactivated, and leaves.
            envoi(
                &monde.t.pauline,
                format!("/structures/{}/transfert/confirmation", monde.t.structure),
                vec![("successeur", julie.to_string())],
            ),
            envoi(&guy, liste.clone(), lot("desactiver", &[monde.julie])),
            envoi(&guy, liste, lot("supprimer", &[monde.julie, monde.thomas])),
            envoi(
                &second,
                "/mon-compte/rattachements/suppression".to_owned(),
                vec![("ligne", monde.julie.to_string())],
            ),
            envoi(
                &second,
                "/mon-compte/desactivation".to_owned(),
                vec![("mot_de_passe", MOT_DE_PASSE.to_owned())],
            ),
        ];
        let statuts = poster_ensemble(envois).await;
        assert!(statuts.iter().all(|s| *s < 500), "{statuts:?}");
        sain(&monde).await;
    }
}

#[tokio::test]
async fn deux_creations_de_la_meme_adresse_font_un_compte() {
    for n in [2, 20] {
        let monde = Monde::nouveau().await;
        monde.t.portail.oublier_les_compteurs().await;
        let champs = || {
            [
                ("adresse_connexion", "louis.neuf@example.org"),
                ("prenom", "Louis"),
                ("nom", "Neuf"),
                ("role", "us"),
                ("date_debut", "2026-01-01"),
                ("commentaire", "Oui."),
                ("structure", "oui"),
            ]
            .map(|(c, v)| (c, v.to_owned()))
            .to_vec()
        };
        let adresse = format!("/structures/{}/rattachement/creation", monde.t.structure);
        let envois = (0..n)
            .map(|_| envoi(&monde.t.pauline, adresse.clone(), champs()))
            .collect();
        let statuts = poster_ensemble(envois).await;
        assert_eq!(statuts[0], 303);
        assert!(statuts[1..].iter().all(|s| *s == 422), "{statuts:?}");
        assert_eq!(
            monde
                .t
                .portail
                .courriers_pour("louis.neuf@example.org")
                .await
                .len(),
            1
        );
        assert_eq!(
            monde
                .t
                .portail
                .nombre("select count(*) from inscriptions")
                .await,
            1
        );
    }
}
