//! Who may, where, and nothing changed otherwise.

use super::adresse_de_l_import;
use crate::activites::{Terneuil, ailleurs};

#[tokio::test]
async fn importer_exige_son_droit_et_reste_dans_sa_structure() {
    let mut t = Terneuil::nouveau().await;
    let (etrangere, _, mut omar) = ailleurs(&t.portail).await;
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    let mut ulla = t.portail.connecter("ulla.simple@example.org").await;
    let mut sans = t
        .gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    let mut anonyme = t.portail.anonyme();
    let fichier = b"Nom;Prenom;Adresse;Role;Services\nNeuve;Line;line@example.org;us;ACH\n";
    let avant = t.portail.empreinte().await;
    let adresse = adresse_de_l_import(&t);
    for (acteur, statut) in [
        (&mut ulla, 403),
        (&mut sans, 403),
        (&mut omar, 404),
        (&mut anonyme, 303),
    ] {
        for page in [adresse.clone(), format!("{adresse}/modele.csv")] {
            acteur.lire(&page).await.statut(statut);
        }
        acteur
            .deposer_sans_suivre(&adresse, "x.csv", fichier)
            .await
            .statut(statut);
    }
    let ailleurs = format!("/structures/{etrangere}/rattachement/import");
    t.pauline.lire(&ailleurs).await.statut(404);
    t.pauline
        .deposer_sans_suivre(&ailleurs, "x.csv", fichier)
        .await
        .statut(404);
    // From another site (security.md CS1).
    t.pauline
        .entetes
        .push(("Sec-Fetch-Site".to_owned(), "cross-site".to_owned()));
    t.pauline
        .deposer_sans_suivre(&adresse, "x.csv", fichier)
        .await
        .statut(403);
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn les_fichiers_se_comptent_et_se_journalisent() {
    let mut t = Terneuil::nouveau().await;
    let adresse = adresse_de_l_import(&t);
    let fichier = b"Nom;Prenom;Adresse;Role;Services\nNeuve;Line;line@example.org;us;ACH\n";
    for rang in 0..21 {
        let page = t
            .pauline
            .deposer_sans_suivre(&adresse, "x.csv", fichier)
            .await;
        page.statut(if rang < 20 { 303 } else { 429 });
    }
    let journal = "select count(*) from recherches_de_comptes where criteres->>'identifiant' = 'import de 1 lignes'";
    assert_eq!(t.portail.nombre(journal).await, 20);
}

#[tokio::test]
async fn une_structure_desactivee_ne_laisse_entrer_personne() {
    let mut t = Terneuil::nouveau().await;
    let adresse = adresse_de_l_import(&t);
    let fichier = b"Nom;Prenom;Adresse;Role;Services\nNeuve;Line;line@example.org;us;ACH\n";
    let page = t.pauline.deposer(&adresse, "x.csv", fichier).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(t.structure)
        .execute(&t.portail.db)
        .await
        .expect("a closed structure");
    let avant = t.portail.empreinte().await;
    t.pauline.lire(&adresse).await.statut(409);
    t.pauline
        .lire(&format!("/structures/{}/rattachement/adresse", t.structure))
        .await
        .statut(409);
    let tard = page.formulaire("Appliquer").envoyer(&mut t.pauline).await;
    assert!(matches!(tard.statut.as_u16(), 403 | 409), "{}", tard.statut);
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}
