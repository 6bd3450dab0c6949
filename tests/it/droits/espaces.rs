//! The pages that an espace opens.

use vantail::acces::Permission;

use super::monde::Monde;
use super::{Verdict, essayer, table};

/// The espace « Sollicitations reçues »: without it its pages do not exist; in A, what was sent to B does not exist.
#[tokio::test]
async fn les_sollicitations_recues_n_existent_que_pour_leurs_lecteurs() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    let recues: Vec<_> = table(&monde.portail)
        .into_iter()
        .filter(|r| matches!(r.permission, Permission::Espace(_)))
        .collect();
    assert!(recues.len() >= 8, "{recues:?}");
    for adresse in [
        "us@a.example",
        "gs@a.example",
        "demandeur@a.example",
        "desactivee@a.example",
        "terminee@a.example",
        "support@vantail.example",
        "administrateur@vantail.example",
    ] {
        let mut acteur = monde.acteur(adresse).await;
        for route in &recues {
            let verdict = essayer(&mut acteur, route, &monde.a.adresse(route)).await;
            let (methode, chemin) = (route.methode, route.chemin);
            assert_eq!(
                verdict,
                Verdict::Introuvable,
                "{adresse} {methode} {chemin}"
            );
        }
        let accueil = acteur.page("/").await;
        assert!(accueil.lien_eventuel("Sollicitations reçues").is_none());
    }
    let mut gp = monde.acteur("gp@a.example").await;
    let mut lecteur = monde.acteur("lecteur@a.example").await;
    for route in recues.iter().filter(|r| r.chemin.contains("{recue}")) {
        let (methode, chemin) = (route.methode, route.chemin);
        let champs = [("texte", "Bonjour"), ("motif", "Bonjour")];
        let champs = if chemin.ends_with("transfert") {
            &champs[1..]
        } else {
            &champs[..1]
        };
        let champs = if chemin.ends_with("prise-en-charge") {
            &[]
        } else {
            champs
        };
        let chez_b = monde.b.adresse(route);
        let page = if methode == "GET" {
            gp.lire(&chez_b).await
        } else {
            gp.poster_sans_suivre(&chez_b, champs).await
        };
        assert_eq!(page.statut.as_u16(), 404, "{methode} {chemin} of B");
        // In consultation: read, not answered.
        let chez_a = monde.a.adresse(route);
        let page = if methode == "GET" {
            lecteur.lire(&chez_a).await
        } else {
            lecteur.poster_sans_suivre(&chez_a, champs).await
        };
        let attendu = if methode == "GET" { 200 } else { 403 };
        assert_eq!(
            page.statut.as_u16(),
            attendu,
            "{methode} {chemin} read only"
        );
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}
