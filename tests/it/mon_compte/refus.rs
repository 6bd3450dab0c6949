//! Requests that are refused at the form, told, and change nothing.

use super::demandes::Monde;

#[tokio::test]
async fn une_saisie_fausse_est_refusee_au_champ_et_ne_change_rien() {
    let mut monde = Monde::nouveau().await;
    let ailleurs = monde.portail.structure("Ailleurs", 2, true).await;
    let etranger = monde
        .portail
        .service(ailleurs, "ETR", "Étranger")
        .await
        .to_string();
    let ferme = monde.portail.service(monde.mairie, "FER", "Fermé").await;
    sqlx::query("update services set actif = false where id = $1")
        .bind(ferme)
        .execute(&monde.portail.db)
        .await
        .expect("a closed service");
    let (achats, ferme) = (monde.achats.to_string(), ferme.to_string());
    let long = "é".repeat(256);
    let bon = "Bonjour";
    let cas: &[(&str, &[(&str, &str)])] = &[
        ("maille", &[("role", "us"), ("commentaire", bon)]),
        (
            "services",
            &[("maille", "services"), ("role", "us"), ("commentaire", bon)],
        ),
        (
            "services",
            &[
                ("maille", "services"),
                ("services", &etranger),
                ("role", "us"),
                ("commentaire", bon),
            ],
        ),
        (
            "services",
            &[
                ("maille", "services"),
                ("services", &ferme),
                ("role", "us"),
                ("commentaire", bon),
            ],
        ),
        (
            "services",
            &[
                ("maille", "services"),
                ("services", "x"),
                ("role", "us"),
                ("commentaire", bon),
            ],
        ),
        (
            "services",
            &[
                ("maille", "structure"),
                ("services", &achats),
                ("role", "us"),
                ("commentaire", bon),
            ],
        ),
        ("role", &[("maille", "structure"), ("commentaire", bon)]),
        (
            "role",
            &[
                ("maille", "structure"),
                ("role", "gp"),
                ("commentaire", bon),
            ],
        ),
        ("commentaire", &[("maille", "structure"), ("role", "us")]),
        (
            "commentaire",
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", "  \r\n "),
            ],
        ),
        (
            "commentaire",
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", &long),
            ],
        ),
        (
            "commentaire",
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", "a\u{202E}b"),
            ],
        ),
    ];
    let avant = monde.portail.empreinte().await;
    let adresse = monde.adresse();
    for (champ, champs) in cas {
        let page = monde.zoe.poster(&adresse, champs).await;
        page.statut(422);
        assert!(page.titre().starts_with("Erreur : "), "{champs:?}");
        let erreur = page.erreur_de(champ);
        assert!(erreur.is_some(), "{champ}: {champs:?}");
        assert_eq!(page.tous("[data-resume] li").len(), 1, "{champs:?}");
    }
    // Kept as typed.
    let page = monde.zoe.poster(&adresse, cas[10].1).await;
    assert_eq!(
        page.formulaire("Envoyer la demande").valeur("commentaire"),
        Some(long.as_str())
    );
    monde
        .zoe
        .poster(&adresse, &[("maille", "structure"), ("statut", "validee")])
        .await
        .statut(422);
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn deja_rattache_deja_demande_desactivee_sont_dits_et_refuses() {
    let mut monde = Monde::nouveau().await;
    monde.demander().await.statut(200);
    // Another request while one is open.
    let avant = monde.portail.empreinte().await;
    monde
        .formulaire()
        .await
        .contient("est en cours de validation");
    let adresse = monde.adresse();
    let autre = [
        ("maille", "structure"),
        ("role", "gs"),
        ("commentaire", "Autre"),
    ];
    monde
        .zoe
        .poster(&adresse, &autre)
        .await
        .statut(409)
        .contient("Vous avez déjà une demande en cours de validation sur Mairie de Terneuil");
    // Someone of the whole structure.
    let mut gp = monde.portail.connecter("paul.gerant@test.example").await;
    gp.page(&adresse)
        .await
        .contient("Vous êtes déjà rattaché(e) à toute la structure");
    gp.poster(&adresse, &autre).await.statut(409);
    // A service she has: refused at the field; the other one is possible.
    let mut lea = monde.portail.connecter("lea.seconde@test.example").await;
    let page = lea.page(&adresse).await;
    page.contient("Juridique JUR, vous y êtes déjà rattaché(e)");
    let juridique = monde.juridique.to_string();
    let champs = [
        ("maille", "services"),
        ("services", juridique.as_str()),
        ("role", "us"),
        ("commentaire", "x"),
    ];
    let page = lea.poster(&adresse, &champs).await;
    page.statut(422);
    assert!(
        page.erreur_de("services")
            .is_some_and(|e| e.contains("Juridique"))
    );
    // Inactive.
    let fermee = monde.portail.structure("Mairie fermée", 5, true).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(fermee)
        .execute(&monde.portail.db)
        .await
        .expect("a closed structure");
    let apres = monde.portail.empreinte().await;
    assert_ne!(avant, apres);
    let adresse = format!("/mon-compte/rattachements/demande/{fermee}");
    monde.zoe.page(&adresse).await.contient("désactivée");
    monde.zoe.poster(&adresse, &autre).await.statut(409);
    assert_eq!(monde.portail.empreinte().await, apres);
}

#[tokio::test]
async fn trop_de_demandes_est_suspendu_avec_le_temps_d_attente() {
    let mut monde = Monde::nouveau().await;
    let adresse = monde.adresse();
    let mut statuts = Vec::new();
    for essai in 0..31 {
        let commentaire = format!("Essai {essai}");
        let champs = [
            ("maille", "structure"),
            ("role", "us"),
            ("commentaire", commentaire.as_str()),
        ];
        let page = monde.zoe.poster_sans_suivre(&adresse, &champs).await;
        statuts.push(page.statut.as_u16());
    }
    assert_eq!(statuts[0], 303);
    assert!(statuts[1..30].iter().all(|s| *s == 409), "{statuts:?}");
    assert_eq!(statuts[30], 429);
}
