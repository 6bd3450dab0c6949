//! « Se termine bientôt »: told 30 and 7 days before, once, to the person and to whoever can extend (R-GEST-ECHEANCES).

use vantail::acces::Systeme;
use vantail::jobs;

use super::{JULIE, Monde};
use crate::activites::PAULINE;
use crate::support::rondes;

async fn tourner(monde: &Monde) -> u64 {
    jobs::lancer_une_fois(&monde.t.portail.app, &Systeme::processus())
        .await
        .expect("a run")
        .map_or(0, |b| b.fins_annoncees)
}

/// So long before the threshold of so many days.
async fn avant(monde: &Monde, jours: i32, duree: &str) {
    sqlx::query(
        "update horloge set decalage = decalage
           + (select jours_avant(date_fin, $1) from rattachements where id = $2) - maintenant() - $3::interval",
    )
    .bind(jours)
    .bind(monde.julie)
    .bind(duree)
    .execute(&monde.t.portail.db)
    .await
    .expect("a moved clock");
}

#[tokio::test]
async fn la_fin_est_annoncee_a_30_puis_a_7_jours_une_seule_fois() {
    let monde = Monde::nouveau().await;
    monde
        .t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    monde
        .finir(monde.julie, "debut_du_jour(aujourdhui() + 101)")
        .await;
    for (jours, attendus) in [(30, 1), (7, 2)] {
        avant(&monde, jours, "1 second").await;
        assert_eq!(tourner(&monde).await, 0, "a second before {jours} days");
        monde.t.portail.avancer("1 second").await;
        assert_eq!(tourner(&monde).await, 1, "{jours} days");
        assert_eq!(tourner(&monde).await, 0, "once");
        let courriers = monde.t.portail.courriers_pour(JULIE).await;
        assert_eq!(courriers.len(), attendus);
        let dernier = courriers.last().expect("a mail");
        assert_eq!(dernier.gabarit, "fin_proche");
        assert!(
            dernier.texte.contains(&format!("Dans {jours} jours")),
            "{}",
            dernier.texte
        );
        assert!(dernier.texte.contains("Pauline Dufour"));
        assert!(!dernier.texte.contains("Val Valide"), "she cannot extend");
        let principale = monde.t.portail.courriers_pour(PAULINE).await;
        assert_eq!(principale.len(), attendus);
        assert!(principale[0].texte.contains("Julie Bon"));
    }
    assert!(
        monde
            .t
            .portail
            .courriers_pour("val.valide@example.org")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn une_fin_choisie_de_pres_ou_sans_objet_ne_s_annonce_pas() {
    let mut monde = Monde::nouveau().await;
    // Chosen inside the last week: the mail of the act said it.
    monde
        .finir(monde.julie, "debut_du_jour(aujourdhui() + 4)")
        .await;
    assert_eq!(tourner(&monde).await, 0);
    // Deactivated meanwhile, then extended: a new end is told again.
    monde
        .finir(monde.julie, "debut_du_jour(aujourdhui() + 60)")
        .await;
    avant(&monde, 30, "-1 hour").await;
    monde.t.pauline = monde.t.portail.connecter(PAULINE).await;
    monde.agir("desactiver", &[monde.julie]).await;
    assert_eq!(tourner(&monde).await, 0);
    monde.agir("reactiver", &[monde.julie]).await;
    assert_eq!(tourner(&monde).await, 0, "changed after the threshold");
    avant(&monde, 7, "-1 hour").await;
    assert_eq!(tourner(&monde).await, 1);
    monde
        .finir(monde.julie, "date_fin + interval '60 days'")
        .await;
    avant(&monde, 30, "-1 hour").await;
    assert_eq!(tourner(&monde).await, 1, "the new end");
}

#[tokio::test]
async fn deux_instances_n_annoncent_qu_une_fois() {
    for _ in 0..rondes(2) {
        let monde = Monde::nouveau().await;
        monde
            .finir(monde.julie, "debut_du_jour(aujourdhui() + 101)")
            .await;
        avant(&monde, 30, "-1 hour").await;
        let (un, deux) = tokio::join!(tourner(&monde), tourner(&monde));
        assert_eq!(un + deux, 1);
        assert_eq!(monde.t.portail.courriers_pour(JULIE).await.len(), 1);
    }
}
