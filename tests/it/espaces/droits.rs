use std::sync::Arc;

use tokio::sync::Barrier;

use super::adresse;
use crate::abonnements::{JULIE, MAX, Monde};
use crate::support::rondes;

/// A GS of « Achats » alone, who may set its espaces.
async fn limite(m: &Monde) -> crate::support::Acteur {
    let id = m.portail.personne("sam.service@test.example").await;
    let r = m.portail.rattacher(m.mairie, id, "gs", &[m.achats]).await;
    m.recalculer(r).await;
    m.portail.connecter("sam.service@test.example").await
}

#[tokio::test]
async fn un_gestionnaire_de_services_ne_regle_que_les_siens() {
    let m = Monde::nouveau().await;
    let mut sam = limite(&m).await;
    let page = sam.page(&adresse(&m, "/ajout")).await;
    page.ne_contient_pas("Tous les services")
        .contient("Achats")
        .ne_contient_pas("Juridique");
    let avant = m.portail.empreinte().await;
    let juridique = m.juridique.to_string();
    for champs in [
        vec![("maille", "structure")],
        vec![("maille", "services"), ("services", juridique.as_str())],
    ] {
        let mut champs = champs;
        champs.extend([("consultation", "factures_a_valider"), ("confirme", "1")]);
        sam.poster(&adresse(&m, "/ajout"), &champs)
            .await
            .statut(422);
    }
    sam.poster(
        &adresse(&m, "/niveaux"),
        &[
            ("niveau", "factures_recues.consultation"),
            ("confirme", "1"),
        ],
    )
    .await
    .statut(422);
    assert_eq!(avant, m.portail.empreinte().await);
    let achats = m.achats.to_string();
    sam.poster(
        &adresse(&m, "/ajout"),
        &[
            ("maille", "services"),
            ("services", achats.as_str()),
            ("consultation", "factures_a_valider"),
            ("confirme", "1"),
        ],
    )
    .await
    .statut(200);
    assert_eq!(
        m.en_plus(MAX).await,
        ["factures_a_valider consultation ACH"]
    );
}

#[tokio::test]
async fn les_autres_ne_reglent_rien() {
    let mut m = Monde::nouveau().await;
    let (_, _, mut omar) = crate::activites::ailleurs(&m.portail).await;
    let champs = [
        ("maille", "structure"),
        ("consultation", "factures_a_valider"),
        ("confirme", "1"),
    ];
    let pages = ["", "/ajout", "/utilisateurs", "/utilisateurs.csv"];
    for page in pages {
        omar.lire(&adresse(&m, page)).await.statut(404);
        let interdite = m.julie.lire(&adresse(&m, page)).await;
        interdite.statut(403);
    }
    let avant = m.portail.empreinte().await;
    omar.poster(&adresse(&m, "/ajout"), &champs)
        .await
        .statut(404);
    m.julie
        .poster(&adresse(&m, "/ajout"), &champs)
        .await
        .statut(403);
    assert_eq!(avant, m.portail.empreinte().await);
}

#[tokio::test]
async fn ouvrir_et_retirer_en_meme_temps_laissent_des_espaces_d_accord() {
    for n in [2, 20] {
        for _ in 0..rondes(1) {
            let m = Monde::nouveau().await;
            let barriere = Arc::new(Barrier::new(n));
            let taches: Vec<_> = (0..n)
                .map(|rang| {
                    let (mut gp, barriere) = (m.gp.clone(), Arc::clone(&barriere));
                    let (ajout, retrait) = (adresse(&m, "/ajout"), adresse(&m, "/retrait"));
                    tokio::spawn(async move {
                        barriere.wait().await;
                        let page = if rang % 2 == 0 {
                            let champs = [
                                ("maille", "structure"),
                                ("modification", "factures_a_valider"),
                                ("confirme", "1"),
                            ];
                            gp.poster_sans_suivre(&ajout, &champs).await
                        } else {
                            let champs = [("reglage", "factures_a_valider"), ("confirme", "1")];
                            gp.poster_sans_suivre(&retrait, &champs).await
                        };
                        page.statut.as_u16()
                    })
                })
                .collect();
            for tache in taches {
                assert_eq!(tache.await.expect("no panic"), 303);
            }
            let desaccords = m
                .portail
                .nombre(
                    "select count(*) from (
                       (select rattachement_id, service_id, espace, origine, droit from abonnements_dus
                        except select rattachement_id, service_id, espace, origine, droit from abonnements)
                       union all
                       (select rattachement_id, service_id, espace, origine, droit from abonnements where origine <> 'demande'
                        except select rattachement_id, service_id, espace, origine, droit from abonnements_dus)) x",
                )
                .await;
            assert_eq!(desaccords, 0);
        }
    }
}

#[tokio::test]
async fn julie_ne_voit_que_ses_propres_espaces() {
    let mut m = Monde::nouveau().await;
    let page = m.gp.page(&adresse(&m, "/utilisateurs?u.q=julie")).await;
    page.contient(JULIE).contient("(1 ligne)");
    m.julie
        .lire(&adresse(&m, "/utilisateurs"))
        .await
        .statut(403)
        .ne_contient_pas(MAX);
}
