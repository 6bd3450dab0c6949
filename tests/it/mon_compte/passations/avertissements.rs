use vantail::jobs::Bilan;

use super::{LEA, Monde, bilan};

#[tokio::test]
async fn les_avertissements_partent_une_fois_meme_apres_une_panne() {
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 10).await.statut(200);
    monde.avancer("2 days").await;
    assert_eq!(monde.tourner().await, Bilan::default(), "8 days before");
    monde.avancer("1 day").await;
    assert_eq!(monde.tourner().await, bilan(0, 0, 1), "7 days before");
    assert_eq!(monde.tourner().await, Bilan::default(), "once");
    monde.avancer("6 days").await;
    assert_eq!(monde.tourner().await, bilan(0, 0, 1), "the day before");
    assert_eq!(monde.tourner().await, Bilan::default());
    let sujets: Vec<_> = monde
        .courriers("passation_approche")
        .await
        .into_iter()
        .map(|c| (c.destinataire, c.sujet))
        .collect();
    assert_eq!(sujets.len(), 4);
    assert_eq!(sujets[3].0, LEA);
    assert_eq!(
        sujets[3].1,
        "Demain, vous devenez gestionnaire principal de Mairie de Terneuil"
    );
    monde.avancer("1 day").await;
    assert_eq!(monde.tourner().await, bilan(1, 0, 0));
}

#[tokio::test]
async fn un_avertissement_dont_le_moment_est_passe_ne_part_pas() {
    // The job slept from the programming to three days before: late, with the days truly left.
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 20).await.statut(200);
    monde.avancer("17 days").await;
    assert_eq!(monde.tourner().await, bilan(0, 0, 1));
    let tard = monde.courriers("passation_approche").await;
    assert!(
        tard[0].sujet.starts_with("Dans 3 jours, "),
        "{}",
        tard[0].sujet
    );
    // … to the day before: one warning, not two.
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 20).await.statut(200);
    monde.avancer("19 days").await;
    assert_eq!(monde.tourner().await, bilan(0, 0, 1));
    assert_eq!(monde.tourner().await, Bilan::default());
    assert_eq!(monde.courriers("passation_approche").await.len(), 2);
    // … to after the day: none, and the role changes hands.
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 20).await.statut(200);
    monde.avancer("25 days").await;
    assert_eq!(monde.tourner().await, bilan(1, 0, 0));
    assert!(monde.courriers("passation_approche").await.is_empty());
    // Programmed inside the last days: the mail of the programming was the warning.
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 1).await.statut(200);
    assert_eq!(monde.tourner().await, Bilan::default());
    monde.avancer("1 day").await;
    assert_eq!(monde.tourner().await, bilan(1, 0, 0));
}
