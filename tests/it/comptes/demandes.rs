//! Asking for a link: the same answer to all, a few mails at most, the link of PUBLIC_URL (security.md AU1, ML1).

use super::{a_activer, executer, liens, oublier};
use crate::support::Portail;

const INES: &str = "ines.faure@example.org";
const CAMILLE: &str = "camille.durand@example.org";

#[tokio::test]
async fn redemander_un_lien_tue_les_precedents() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, INES).await;
    portail.personne(CAMILLE).await;
    for _ in 0..2 {
        portail
            .anonyme()
            .poster("/activation/renvoi", &[("adresse", INES)])
            .await
            .statut(200);
        oublier(&portail, CAMILLE).await;
    }
    for adresse in [INES, CAMILLE] {
        let tous = liens(&portail, adresse).await;
        let mut differents = tous.clone();
        differents.sort();
        differents.dedup();
        // Mails of a replaced token show a dead link or none; the newest opens.
        for ancien in &tous[1..] {
            portail.anonyme().lire(ancien).await.statut(410);
        }
        assert_eq!(differents.len(), tous.len());
        portail.anonyme().lire(&tous[0]).await.statut(200);
    }
}

#[tokio::test]
async fn la_demande_repond_pareil_a_tous_et_n_ecrit_qu_au_titulaire() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    portail.personne("partie.loin@example.org").await;
    a_activer(&portail, INES).await;
    executer(&portail, "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'partie%'").await;
    executer(&portail, "delete from courriers").await;
    for (formulaire, ecrits) in [
        (
            "/mot-de-passe-oublie",
            vec![(CAMILLE, "mot_de_passe_oublie"), (INES, "activation")],
        ),
        ("/activation/renvoi", vec![(INES, "activation")]),
    ] {
        executer(&portail, "delete from courriers; delete from compteurs").await;
        let mut reponses = Vec::new();
        for adresse in [
            CAMILLE,
            "CAMILLE.durand@example.org",
            INES,
            "partie.loin@example.org",
            "jamais.vu@example.org",
        ] {
            let debut = std::time::Instant::now();
            let page = portail
                .anonyme()
                .poster(formulaire, &[("adresse", adresse)])
                .await;
            page.statut(200);
            assert!(debut.elapsed().as_millis() >= 150, "the same time for all");
            reponses.push(page.texte());
        }
        assert!(reponses.iter().all(|r| *r == reponses[0]), "{reponses:#?}");
        let mut recus: Vec<_> = portail
            .courriers()
            .await
            .into_iter()
            .map(|c| (c.destinataire, c.gabarit))
            .collect();
        recus.sort();
        recus.dedup();
        let attendus: Vec<_> = ecrits
            .into_iter()
            .map(|(a, g)| (a.to_owned(), g.to_owned()))
            .collect();
        assert_eq!(recus, attendus);
    }
}

#[tokio::test]
async fn cinq_envois_par_quart_d_heure_connu_ou_non() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    for adresse in [CAMILLE, "jamais.vu@example.org"] {
        for envoi in 0..7 {
            let formulaire = if envoi % 2 == 0 {
                "/mot-de-passe-oublie"
            } else {
                "/activation/renvoi"
            };
            let page = portail
                .anonyme()
                .poster(formulaire, &[("adresse", adresse)])
                .await;
            if envoi < 5 {
                page.statut(200);
            } else {
                page.statut(429)
                    .contient("Trop de demandes")
                    .contient("Réessayez")
                    .contient("15 minutes");
            }
        }
    }
    assert!(portail.courriers_pour(CAMILLE).await.len() <= 5);
    portail.avancer("15 minutes").await;
    oublier(&portail, CAMILLE).await;
}

#[tokio::test]
async fn une_adresse_mal_formee_a_son_message() {
    let portail = Portail::nouveau().await;
    for formulaire in ["/mot-de-passe-oublie", "/activation/renvoi"] {
        for saisie in [
            "",
            "x",
            "m\u{131}ke@example.org",
            "a@b.fr\r\nBcc: c@d.fr",
            "a@b.fr, c@d.fr",
        ] {
            let page = portail
                .anonyme()
                .poster(formulaire, &[("adresse", saisie)])
                .await;
            page.statut(422);
            assert!(page.erreur_de("adresse").is_some(), "{saisie:?}");
        }
        let deux = [("adresse", CAMILLE), ("adresse", "evil@example.com")];
        portail
            .anonyme()
            .poster(formulaire, &deux)
            .await
            .statut(422);
    }
    assert!(portail.courriers().await.is_empty());
}

#[tokio::test]
async fn le_lien_ne_suit_pas_l_hote_de_la_requete() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    for (nom, valeur) in [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("Forwarded", "host=evil.example;proto=http"),
        ("X-Original-Host", "evil.example"),
        ("X-Host", "evil.example"),
        ("Origin", "https://vantail.test"),
    ] {
        portail.oublier_les_compteurs().await;
        let mut acteur = portail.anonyme();
        acteur.entetes.push((nom.to_owned(), valeur.to_owned()));
        acteur
            .poster("/mot-de-passe-oublie", &[("adresse", CAMILLE)])
            .await
            .statut(200);
    }
    let avant = portail.courriers().await.len();
    let mut acteur = portail.anonyme();
    acteur
        .entetes
        .push(("Host".to_owned(), "evil.example".to_owned()));
    acteur
        .poster("/mot-de-passe-oublie", &[("adresse", CAMILLE)])
        .await
        .statut(400);
    acteur.entetes.clear();
    acteur
        .poster(
            "https://evil.example/mot-de-passe-oublie",
            &[("adresse", CAMILLE)],
        )
        .await
        .statut(400);
    let courriers = portail.courriers().await;
    assert_eq!(courriers.len(), avant);
    assert!(
        courriers
            .iter()
            .all(|c| !c.texte.contains("evil") && !c.html.contains("evil"))
    );
    // `liens` keeps those of PUBLIC_URL only.
    assert_eq!(liens(&portail, CAMILLE).await.len(), courriers.len());
}
