//! Bad input: 422, the message at the field, what was typed kept, nothing changed (spec §8.6, security.md IN1–IN4).

use super::{LUCIE, chercher, se_presenter};
use crate::support::Portail;
use crate::support::monde::siret;

#[tokio::test]
async fn une_personne_mal_decrite_reste_a_la_premiere_etape() {
    let portail = Portail::nouveau().await;
    let avant = portail.empreinte().await;
    let bonne = [
        ("adresse_connexion", LUCIE),
        ("prenom", "Lucie"),
        ("nom", "Moreau"),
        ("adresse_contact", ""),
    ];
    let long = "x".repeat(81);
    for (champ, valeur) in [
        ("adresse_connexion", ""),
        ("adresse_connexion", "lucie"),
        ("adresse_connexion", "l\u{131}cie@example.org"),
        ("adresse_connexion", "lucie@exämple.org"),
        ("adresse_connexion", "a@b.fr\r\nBcc: c@d.fr"),
        ("adresse_connexion", "a@b.fr,c@d.fr"),
        ("adresse_contact", "pas une adresse"),
        ("prenom", " "),
        ("prenom", "Lu\u{0}cie"),
        ("prenom", "Lucie\r\nBcc: x"),
        ("nom", ""),
        ("nom", &*long),
        ("nom", "Mo\u{202e}reau"),
    ] {
        for page in ["/inscription", "/inscription/autre-personne"] {
            if champ == "adresse_contact" && page != "/inscription" {
                continue;
            }
            let champs = bonne.map(|(c, v)| (c, if c == champ { valeur } else { v }));
            let mut acteur = portail.anonyme();
            let refus = acteur.poster(page, &champs).await;
            refus.statut(422);
            assert!(refus.erreur_de(champ).is_some(), "{champ} = {valeur:?}");
            assert!(refus.titre().starts_with("Erreur"));
            assert_eq!(acteur.cookie("__Host-sid"), None, "nothing is kept");
        }
    }
    let deux = [
        ("adresse_connexion", LUCIE),
        ("adresse_connexion", "x@y.fr"),
    ];
    portail
        .anonyme()
        .poster("/inscription", &deux)
        .await
        .statut(422);
    let en_trop = [("adresse_connexion", LUCIE), ("statut", "actif")];
    portail
        .anonyme()
        .poster("/inscription", &en_trop)
        .await
        .statut(422);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn un_identifiant_faux_garde_ce_qui_est_tape() {
    let portail = Portail::nouveau().await;
    let mut lucie = portail.anonyme();
    let debut = se_presenter(&mut lucie, LUCIE).await;
    for (genre, identifiant, champ) in [
        ("SIRET", "", "identifiant"),
        ("SIRET", "123", "identifiant"),
        ("SIRET", "12345678901234", "identifiant"),
        ("SIRET", "%27 or 1=1", "identifiant"),
        ("UE_HORS_FRANCE", "FR12345678901", "identifiant"),
        ("HORS_UE", "U", "identifiant"),
        ("AUTRE", "\u{0}", "identifiant"),
        ("SIREN", "123456789", "type_identifiant"),
        ("", "", "type_identifiant"),
    ] {
        let refus = lucie
            .poster(
                "/inscription/structure",
                &[("type_identifiant", genre), ("identifiant", identifiant)],
            )
            .await;
        refus.statut(422);
        assert!(refus.erreur_de(champ).is_some(), "{genre} {identifiant:?}");
    }
    let refus = chercher(&debut, &mut lucie, "732 829 320 00075").await;
    refus.statut(422);
    assert_eq!(
        refus
            .formulaire("Vérifier l’identifiant")
            .valeur("identifiant"),
        Some("732 829 320 00075")
    );
}

#[tokio::test]
async fn une_demande_mal_remplie_reste_a_l_ecran() {
    let portail = Portail::nouveau().await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.service(mairie, "ACHATS", "Service achats").await;
    let autre = portail.structure("Mairie de Pietralba", 2, true).await;
    let ailleurs = portail
        .service(autre, "VOIRIE", "Service voirie")
        .await
        .to_string();
    let mut lucie = portail.anonyme();
    let page = se_presenter(&mut lucie, LUCIE).await;
    chercher(&page, &mut lucie, &siret(1)).await.statut(200);
    let long = "x".repeat(256);
    for (champs, champ) in [
        (
            vec![("maille", ""), ("role", "us"), ("commentaire", "x")],
            "maille",
        ),
        (
            vec![("maille", "services"), ("role", "us"), ("commentaire", "x")],
            "services",
        ),
        (
            vec![
                ("maille", "services"),
                ("services", &*ailleurs),
                ("role", "us"),
                ("commentaire", "x"),
            ],
            "services",
        ),
        (
            vec![
                ("maille", "structure"),
                ("role", "gp"),
                ("commentaire", "x"),
            ],
            "role",
        ),
        (
            vec![("maille", "structure"), ("role", "us"), ("commentaire", "")],
            "commentaire",
        ),
        (
            vec![
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", &*long),
            ],
            "commentaire",
        ),
    ] {
        let refus = lucie.poster("/inscription/demande", &champs).await;
        refus.statut(422);
        assert!(
            refus.erreur_de(champ).is_some()
                || refus.corps.contains(&format!("id=\"{champ}-erreur\"")),
            "{champs:?}"
        );
    }
    assert_eq!(
        lucie.page("/inscription/verification").await.h1(),
        "Votre structure"
    );
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 0);
}
