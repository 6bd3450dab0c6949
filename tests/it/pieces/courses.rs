//! Races: a file sent many times is one.

use super::{SAISIE, ZOE, joint, monde, pieces};
use crate::support::courses::a_la_fois;
use crate::support::sollicitations::PDF;
use crate::support::{Acteur, Portail};

async fn ensemble(
    acteurs: Vec<Acteur>,
    adresse: &str,
    champs: &[(&'static str, &'static str)],
) -> Vec<u16> {
    a_la_fois(acteurs.into_iter().map(|mut acteur| {
        let (adresse, champs) = (adresse.to_owned(), champs.to_vec());
        async move {
            let fichier = [joint("a.pdf", "x/y", PDF)];
            acteur
                .envoyer_sans_suivre(&adresse, &champs, &fichier)
                .await
        }
    }))
    .await
}

async fn vide(portail: &Portail) {
    portail.oublier_les_compteurs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_envoi_clique_deux_puis_vingt_fois_ne_garde_qu_un_fichier() {
    let (portail, _) = monde().await;
    for (ronde, n) in [2, 20].into_iter().enumerate() {
        vide(&portail).await;
        let zoe = portail.connecter(ZOE).await;
        let objet: &'static str = ["Deux", "Vingt"][ronde];
        let champs = [("objet", objet), ("texte", "La voici.")];
        let statuts = ensemble(vec![zoe; n], SAISIE, &champs).await;
        assert_eq!(statuts, vec![303; n]);
        assert_eq!(pieces(&portail).await, ronde as i64 + 1);
    }
    vide(&portail).await;
    // The same with an answer.
    sqlx::query("delete from piece_morceaux")
        .execute(&portail.db)
        .await
        .expect("none");
    sqlx::query("delete from pieces_jointes")
        .execute(&portail.db)
        .await
        .expect("none");
    let id = portail.sollicitation(portail.id(ZOE).await, "Fil").await;
    let zoe = portail.connecter(ZOE).await;
    let adresse = format!("/sollicitations/{id}/reponse");
    let statuts = ensemble(vec![zoe; 20], &adresse, &[("texte", "La voici.")]).await;
    assert_eq!(statuts, vec![303; 20]);
    assert_eq!(pieces(&portail).await, 1);
    assert_eq!(
        portail.nombre("select count(*) from pieces_jointes p join sollicitation_messages m on m.id = p.message_id").await,
        1
    );
}
