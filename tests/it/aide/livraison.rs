//! The shipped articles: delivered again without effect, never over what an administrateur did.

use vantail::aide::livraison::{livrer, livres};

use super::ADMIN;
use crate::support::Portail;

async fn relivrer(portail: &Portail) {
    let mut connexion = portail.db.acquire().await.expect("a connection");
    livrer(&mut connexion).await.expect("a delivery");
}

#[tokio::test]
async fn livrer_deux_fois_ne_change_rien() {
    let portail = super::portail().await;
    let avant = portail.empreinte().await;
    relivrer(&portail).await;
    assert_eq!(portail.empreinte().await, avant);
    let livres = livres().expect("the articles");
    assert!(livres.len() >= 40, "{}", livres.len());
    assert_eq!(
        portail
            .nombre("select count(*) from articles_aide where statut = 'publie'")
            .await,
        i64::try_from(livres.len()).expect("few articles")
    );
}

#[tokio::test]
async fn ce_qu_un_administrateur_a_fait_reste() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    // One changed, one unpublished, one deleted, one written here.
    let page = admin.page("/administration/aide/se-connecter").await;
    page.formulaire("Enregistrer")
        .remplir("intitule", "Entrer dans le portail")
        .envoyer(&mut admin)
        .await
        .contient("L’article est modifié.");
    admin
        .page("/administration/aide/notions")
        .await
        .formulaire("Dépublier")
        .envoyer(&mut admin)
        .await;
    admin
        .page("/administration/aide/actualites/suppression")
        .await
        .formulaire("Supprimer l’article")
        .envoyer(&mut admin)
        .await
        .contient("est supprimé.");
    admin
        .page("/administration/aide/nouvel-article")
        .await
        .formulaire("Enregistrer")
        .remplir("intitule", "Le parking")
        .remplir("theme", "demarrer")
        .remplir("resume", "Il est derrière.")
        .remplir("corps", "Derrière la mairie.")
        .envoyer(&mut admin)
        .await
        .contient("L’article est créé");
    // As if a new version shipped other words for all of them, and no longer shipped one.
    sqlx::query("update articles_aide set livraison = 'ancienne' where livraison is not null")
        .execute(&portail.db)
        .await
        .expect("an old delivery");
    sqlx::query(
        "insert into articles_aide (id, slug, theme, titre, resume, corps, texte, audience, statut, livraison)
         values (uuid_v7(), 'disparu', 'compte', 'T', 'R', 'C', 'C', 'visiteur', 'publie', 'ancienne')",
    )
    .execute(&portail.db)
    .await
    .expect("an article of an older version");
    sqlx::query("update articles_aide set titre = 'Ancien titre' where slug = 'mes-donnees'")
        .execute(&portail.db)
        .await
        .expect("an old title");
    relivrer(&portail).await;
    let mut lecteur = portail.connecter(super::ZAHRA).await;
    assert_eq!(
        lecteur.page("/aide/se-connecter").await.h1(),
        "Entrer dans le portail"
    );
    lecteur.page("/aide/notions").await.statut(404);
    lecteur.page("/aide/actualites").await.statut(404);
    lecteur.page("/aide/disparu").await.statut(404);
    assert_eq!(
        lecteur.page("/aide/mes-donnees").await.h1(),
        "Télécharger mes données"
    );
    admin
        .page("/administration/aide/le-parking")
        .await
        .statut(200);
    admin
        .page("/administration/aide/actualites")
        .await
        .statut(404);
}

/// Two processes that start at once.
#[tokio::test(flavor = "multi_thread")]
async fn deux_livraisons_a_la_fois_s_attendent() {
    let portail = super::portail().await;
    for _ in 0..crate::support::rondes(2) {
        sqlx::query("delete from articles_aide")
            .execute(&portail.db)
            .await
            .expect("an empty aide");
        let depart = std::sync::Arc::new(tokio::sync::Barrier::new(4));
        let mut taches = Vec::new();
        for _ in 0..4 {
            let (portail, depart) = (portail.clone(), std::sync::Arc::clone(&depart));
            taches.push(tokio::spawn(async move {
                depart.wait().await;
                relivrer(&portail).await;
            }));
        }
        for tache in taches {
            tache.await.expect("a delivery");
        }
        assert_eq!(
            portail.nombre("select count(*) from articles_aide").await,
            i64::try_from(livres().expect("the articles").len()).expect("few articles")
        );
    }
}
