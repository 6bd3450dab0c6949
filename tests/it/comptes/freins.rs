//! Throttling of the sign-in: counted before hashing, never against the person from elsewhere (security.md AU2, AU3).

use super::{depuis, oublier, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail};

const CAMILLE: &str = "camille.durand@example.org";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cinquante_essais_paralleles_dix_sont_evalues() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    for adresse in [CAMILLE, "jamais.vu@example.org"] {
        portail.oublier_les_compteurs().await;
        let essais: Vec<_> = (0..50)
            .map(|_| {
                let mut acteur = portail.anonyme();
                tokio::spawn(async move {
                    se_connecter(&mut acteur, adresse, "Mauvais-mot-de-passe-1").await
                })
            })
            .collect();
        let (mut evalues, mut refuses) = (0, 0);
        for essai in essais {
            let page = essai.await.expect("an answer");
            match page.statut.as_u16() {
                422 => evalues += 1,
                429 => {
                    refuses += 1;
                    assert!(page.entete("retry-after").is_some());
                }
                _ => panic!("{} {}", page.statut, page.texte()),
            }
        }
        assert_eq!((evalues, refuses), (10, 40), "{adresse}");
    }
}

#[tokio::test]
async fn le_verrou_dit_jusqu_a_quand_et_ne_touche_pas_les_autres_adresses() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut ici = depuis(&portail, "192.0.2.10");
    for essai in 0..60 {
        let page = se_connecter(&mut ici, CAMILLE, "Mauvais-mot-de-passe-1").await;
        page.statut(if essai < 10 { 422 } else { 429 });
    }
    // A neighbour of the attacker does not escape by the last byte of the address.
    let page = se_connecter(&mut depuis(&portail, "192.0.2.99"), CAMILLE, MOT_DE_PASSE).await;
    page.statut(429)
        .contient("Trop d’essais")
        .contient("Réessayez");
    assert!(
        page.texte().contains("(dans 5 minutes)"),
        "{}",
        page.texte()
    );
    assert_eq!(
        page.attributs("[name=adresse]", "value"),
        [CAMILLE],
        "the form is still there"
    );
    let fin: String = sqlx::query_scalar(
        "select to_char(date_trunc('minute', fin_le + interval '59 seconds') at time zone 'Europe/Paris', 'HH24:MI')
         from compteurs where cle like 'connexion:%/24:%'",
    )
    .fetch_one(&portail.db)
    .await
    .expect("the counter");
    page.contient(&fin);
    let mut ailleurs = depuis(&portail, "198.51.100.7");
    se_connecter(&mut ailleurs, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
    portail.avancer("5 minutes").await;
    se_connecter(&mut ici, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(303);
}

#[tokio::test]
async fn une_adresse_ip_essaie_soixante_fois_par_minute() {
    let portail = Portail::nouveau().await;
    let mut ici = depuis(&portail, "192.0.2.10");
    for rang in 0..61 {
        let page = se_connecter(&mut ici, &format!("compte{rang}@example.org"), "x").await;
        page.statut(if rang < 60 { 422 } else { 429 });
    }
    se_connecter(&mut depuis(&portail, "192.0.2.11"), "a@example.org", "x")
        .await
        .statut(422);
}

#[tokio::test]
async fn apres_cent_echecs_la_reinitialisation_par_courriel_rouvre() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    for essai in 0..100 {
        let mut acteur = depuis(&portail, &format!("10.0.{}.1", essai / 10));
        se_connecter(&mut acteur, CAMILLE, "Mauvais-mot-de-passe-1")
            .await
            .statut(422);
    }
    let mut ailleurs = depuis(&portail, "198.51.100.7");
    se_connecter(&mut ailleurs, CAMILLE, MOT_DE_PASSE)
        .await
        .statut(429);
    let lien = oublier(&portail, CAMILLE).await;
    ailleurs
        .poster(&lien, &[("mot_de_passe", super::NEUF)])
        .await
        .statut(200);
    se_connecter(&mut ailleurs, CAMILLE, super::NEUF)
        .await
        .statut(303);
}

#[tokio::test]
async fn un_mot_de_passe_juste_remet_le_compteur_a_zero() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.anonyme();
    for _ in 0..3 {
        for _ in 0..8 {
            se_connecter(&mut camille, CAMILLE, "Mauvais-mot-de-passe-1")
                .await
                .statut(422);
        }
        se_connecter(&mut camille, CAMILLE, MOT_DE_PASSE)
            .await
            .statut(303);
    }
}
