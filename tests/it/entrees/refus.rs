//! Who may, where, and nothing changed otherwise.

use super::{adresse_de_l_import, adresse_du_compte, rattachement};
use crate::activites::{Terneuil, ailleurs};

#[tokio::test]
async fn les_entrees_exigent_leur_droit_et_restent_dans_leur_structure() {
    let mut t = Terneuil::nouveau().await;
    let (etrangere, _, mut omar) = ailleurs(&t.portail).await;
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    let mut ulla = t.portail.connecter("ulla.simple@example.org").await;
    let mut sans = t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    let mut anonyme = t.portail.anonyme();
    let adresses = [
        format!("{}/adresse", rattachement(&t)),
        adresse_du_compte(&t),
        adresse_de_l_import(&t),
    ];
    let champs = [
        ("adresse", "line@example.org"),
        ("adresse_connexion", "line@example.org"),
        ("structure", "oui"),
    ];
    let avant = t.portail.empreinte().await;
    for (acteur, statut) in [
        (&mut ulla, 403),
        (&mut sans, 403),
        (&mut omar, 404),
        (&mut anonyme, 303),
    ] {
        for adresse in &adresses {
            assert_eq!(
                acteur.lire(adresse).await.statut.as_u16(),
                statut,
                "{adresse}"
            );
            let page = acteur.poster_sans_suivre(adresse, &champs).await;
            assert_eq!(page.statut.as_u16(), statut, "{adresse}");
        }
        let page = acteur
            .deposer_sans_suivre(&adresse_de_l_import(&t), "x.csv", b"Nom;Adresse\n")
            .await;
        assert_eq!(page.statut.as_u16(), statut);
    }
    for fin in ["adresse", "compte", "import"] {
        let adresse = format!("/structures/{etrangere}/rattachement/{fin}");
        t.pauline.lire(&adresse).await.statut(404);
        t.pauline
            .poster_sans_suivre(&adresse, &champs)
            .await
            .statut(404);
    }
    ulla.lire("/activites/rattachement").await.statut(403);
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn les_recherches_par_adresse_comptent_avec_les_autres() {
    let mut t = Terneuil::nouveau().await;
    let champs = [("adresse", "line@example.org"), ("structure", "oui")];
    let adresse = format!("{}/adresse", rattachement(&t));
    let mut statuts = Vec::new();
    for _ in 0..61 {
        statuts.push(
            t.pauline
                .poster_sans_suivre(&adresse, &champs)
                .await
                .statut
                .as_u16(),
        );
    }
    assert!(statuts[..60].iter().all(|s| *s == 303), "{statuts:?}");
    assert_eq!(statuts[60], 429);
}

#[tokio::test]
async fn une_structure_desactivee_ne_laisse_entrer_personne() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(t.structure)
        .execute(&t.portail.db)
        .await
        .expect("a closed structure");
    for adresse in [
        format!("{}/adresse", rattachement(&t)),
        adresse_du_compte(&t),
        adresse_de_l_import(&t),
    ] {
        t.pauline.lire(&adresse).await.statut(409);
    }
}
