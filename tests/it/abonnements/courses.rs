//! Races (failure-modes R1, R2, R3, R12): many clicks at the same instant, one effect.

use vantail::db::{DemandeAbonnementId, RattachementId};

use super::{GP, Monde, historique_vrai};
use crate::support::courses::{champs, pages_ensemble, poster_ensemble};
use crate::support::{Acteur, rondes};

/// Somebody new with a request, her session and her rattachement.
async fn demandeuse(m: &Monde, nom: &str) -> (DemandeAbonnementId, Acteur, RattachementId) {
    let adresse = format!("{nom}@test.example");
    let personne = m.portail.personne(&adresse).await;
    let r = m.portail.rattacher(m.mairie, personne, "us", &[]).await;
    let lignes = [(None, "factures_a_valider", "modification")];
    let demande = m
        .portail
        .demande_abonnement(m.mairie, personne, &lignes)
        .await;
    (demande, m.portail.connecter(&adresse).await, r)
}

/// Gestionnaires of the whole structure.
async fn gestionnaires(m: &Monde, n: usize) -> Vec<Acteur> {
    let mut acteurs = vec![m.gp.clone()];
    for rang in 1..n {
        let adresse = format!("gs{rang:02}.mairie@test.example");
        let id = m.portail.personne(&adresse).await;
        m.portail.rattacher(m.mairie, id, "gs", &[]).await;
        acteurs.push(m.portail.connecter(&adresse).await);
    }
    acteurs
}

/// An espace if and only if the request was accepted, one line and one mail per decision.
async fn coherent(m: &Monde) {
    let faux = m
        .portail
        .nombre(
            "select count(*) from demandes_abonnement d
             where (d.statut = 'validee') <> exists (
               select from abonnements a join rattachements r on r.id = a.rattachement_id
               where r.utilisateur_id = d.utilisateur_id and r.structure_id = d.structure_id and a.origine = 'demande')
               and not exists (select from rattachements r where r.utilisateur_id = d.utilisateur_id and r.statut = 'supprimee')",
        )
        .await;
    assert_eq!(faux, 0);
    let lignes = m
        .portail
        .nombre("select count(*) from historique where action in ('abonnement_valide', 'abonnement_refuse', 'demande_abonnement_retiree')")
        .await;
    let closes = m
        .portail
        .nombre("select count(*) from demandes_abonnement where statut <> 'en_cours_de_validation'")
        .await;
    assert_eq!(lignes, closes);
    historique_vrai(&m.portail).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vingt_gestionnaires_valident_ou_refusent_une_seule_fois() {
    let m = Monde::nouveau().await;
    let acteurs = gestionnaires(&m, 20).await;
    for tour in 0..rondes(2) {
        for nombre in [2, 20] {
            let (demande, ..) = demandeuse(&m, &format!("d{tour}x{nombre}.demande")).await;
            let ligne = m.lignes(demande).await.remove(0);
            let actes = acteurs[..nombre]
                .iter()
                .enumerate()
                .map(|(rang, acteur)| {
                    if rang % 2 == 0 {
                        (
                            acteur.clone(),
                            format!("{}/validation", m.ecran(demande)),
                            champs(&[("etendue", "utilisateur"), ("consultation", &ligne)]),
                        )
                    } else {
                        (
                            acteur.clone(),
                            format!("{}/refus", m.ecran(demande)),
                            champs(&[("motif", "Non.")]),
                        )
                    }
                })
                .collect();
            let statuts = poster_ensemble(actes).await;
            assert_eq!(statuts[0], 303);
            assert!(statuts[1..].iter().all(|s| *s == 409), "{statuts:?}");
            coherent(&m).await;
        }
    }
    let courriers = m.portail.courriers().await.len();
    assert_eq!(courriers, 2 * rondes(2), "one mail per decision");
}

#[tokio::test(flavor = "multi_thread")]
async fn valider_pendant_que_la_personne_retire_ou_s_en_va() {
    let m = Monde::nouveau().await;
    for tour in 0..rondes(8) {
        let (demande, acteur, r) = demandeuse(&m, &format!("d{tour}.partante")).await;
        let ligne = m.lignes(demande).await.remove(0);
        let validation = (
            m.gp.clone(),
            format!("{}/validation", m.ecran(demande)),
            champs(&[("etendue", "utilisateur"), ("consultation", &ligne)]),
        );
        let depart = tour % 2 == 0;
        let autre = if depart {
            (
                acteur,
                "/mon-compte/rattachements/suppression".to_owned(),
                champs(&[("ligne", &r.to_string())]),
            )
        } else {
            (
                acteur,
                format!("/mon-compte/demandes-abonnement/{demande}/retrait"),
                Vec::new(),
            )
        };
        let pages = pages_ensemble(vec![validation, autre]).await;
        let statuts: Vec<u16> = pages.iter().map(|p| p.statut.as_u16()).collect();
        if depart {
            assert_eq!(statuts[1], 303, "leaving always works");
            let reste: i64 =
                sqlx::query_scalar("select count(*) from abonnements where rattachement_id = $1")
                    .bind(r)
                    .fetch_one(&m.portail.db)
                    .await
                    .expect("a count");
            assert_eq!(reste, 0, "nothing of a rattachement that ended stays open");
        } else {
            let mut tries = statuts.clone();
            tries.sort_unstable();
            assert_eq!(tries, [303, 409], "one of them, {statuts:?}");
        }
        coherent(&m).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cinq_envois_simultanes_ne_font_qu_une_demande() {
    let m = Monde::nouveau().await;
    let envoi = champs(&[
        ("maille", "structure"),
        ("consultation", "factures_a_valider"),
    ]);
    let actes = vec![(m.julie.clone(), m.ajout(), envoi); 5];
    let statuts = poster_ensemble(actes).await;
    assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_abonnement")
            .await,
        1
    );
    assert_eq!(m.portail.courriers_pour(GP).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn deux_lots_en_sens_contraires_ne_se_bloquent_pas() {
    let m = Monde::nouveau().await;
    let acteurs = gestionnaires(&m, 2).await;
    let mut ids = Vec::new();
    for rang in 0..12 {
        let (demande, ..) = demandeuse(&m, &format!("d{rang}.lot")).await;
        ids.push(demande.to_string());
    }
    let lot = |ids: Vec<String>| {
        champs(&[
            ("ids", &ids.join(",")),
            ("decision", "valider"),
            ("confirme", "1"),
        ])
    };
    let inverse: Vec<String> = ids.iter().rev().cloned().collect();
    let adresse = "/activites/abonnements/lot".to_owned();
    let statuts = poster_ensemble(vec![
        (acteurs[0].clone(), adresse.clone(), lot(ids)),
        (acteurs[1].clone(), adresse, lot(inverse)),
    ])
    .await;
    assert_eq!(statuts, [303, 303]);
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_abonnement where statut = 'validee'")
            .await,
        12
    );
    assert_eq!(m.portail.courriers().await.len(), 12);
    coherent(&m).await;
}
