use super::{AUTRE, ZOE, monde};

#[tokio::test]
async fn un_destinataire_ou_une_categorie_impossible_est_refuse() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let privee = portail.structure("Privée", 8, false).await;
    let fermee = portail.structure("Fermée", 9, true).await;
    let deserte = portail.structure("Déserte", 10, true).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(fermee)
        .execute(&portail.db)
        .await
        .expect("a closed structure");
    let avant = portail.empreinte().await;
    for id in [
        privee.to_string(),
        fermee.to_string(),
        uuid::Uuid::nil().to_string(),
    ] {
        zoe.page(&format!("{AUTRE}?destinataire={id}"))
            .await
            .statut(404);
        let champs = [
            ("destinataire", id.as_str()),
            ("objet", "a"),
            ("texte", "b"),
        ];
        zoe.envoyer(AUTRE, &champs, &[]).await.statut(404);
    }
    zoe.page(&format!("{AUTRE}?destinataire=x"))
        .await
        .statut(404);
    // Nobody would read it: said before, and refused.
    let id = deserte.to_string();
    zoe.page(&format!("{AUTRE}?destinataire={id}"))
        .await
        .statut(200)
        .contient("Personne ne lit encore les sollicitations de cette structure");
    let champs = [
        ("destinataire", id.as_str()),
        ("objet", "a"),
        ("texte", "b"),
    ];
    let page = zoe.envoyer(AUTRE, &champs, &[]).await;
    page.statut(422);
    assert!(page.erreur_de("categorie").is_some());
    for categorie in [
        "compte",
        "compte.x",
        "facture.paiement",
        "changement_gestionnaire",
        "\u{202E}",
    ] {
        let champs = [("categorie", categorie), ("objet", "a"), ("texte", "b")];
        let page = zoe.envoyer(AUTRE, &champs, &[]).await;
        page.statut(422);
        assert!(page.erreur_de("categorie").is_some(), "{categorie}");
    }
    let champs = [("destinataire", "x"), ("objet", "a"), ("texte", "b")];
    zoe.envoyer(AUTRE, &champs, &[]).await.statut(422);
    let champs = [("siret", "21200223200017"), ("objet", "a"), ("texte", "b")];
    let page = zoe.envoyer(AUTRE, &champs, &[]).await;
    page.statut(422);
    assert!(page.erreur_de("siret").is_some());
    assert_eq!(
        avant
            .lines()
            .filter(|l| !l.starts_with("messages="))
            .collect::<Vec<_>>(),
        portail
            .empreinte()
            .await
            .lines()
            .filter(|l| !l.starts_with("messages="))
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn la_structure_a_qui_ecrire_se_cherche_parmi_les_publiques_actives() {
    let portail = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    portail.structure("Terneuil plage", 8, false).await;
    let publique = portail.structure("Commune de Terneuil", 9, true).await;
    let page = zoe.page("/sollicitations/saisie").await;
    let page = zoe
        .page(&page.lien("Demande à une structure publique"))
        .await;
    page.statut(200);
    let page = page
        .formulaire("Rechercher")
        .remplir("q", "terneuil")
        .envoyer(&mut zoe)
        .await;
    page.statut(200)
        .contient("Commune de Terneuil")
        .ne_contient_pas("Terneuil plage");
    assert_eq!(
        page.lien("Écrire"),
        format!("{AUTRE}?destinataire={publique}")
    );
    let page = zoe.page("/sollicitations/saisie/structure?q=%25&cp=").await;
    page.statut(422);
    assert!(page.erreur_de("q").is_some());
}

#[tokio::test]
async fn la_liste_se_filtre_et_se_cherche() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    for objet in ["Ma facture", "Mon service", "Éclairage"] {
        portail.sollicitation(zoe, objet).await;
    }
    let mut acteur = portail.connecter(ZOE).await;
    acteur
        .poster(
            &format!(
                "/sollicitations/{}/cloture",
                portail
                    .uuid("select id from sollicitations where objet = 'Mon service'")
                    .await
            ),
            &[],
        )
        .await
        .statut(200);
    for (question, attendu) in [
        ("e.q=eclairage", 1),
        ("e.q=SOL-2020-000001", 1),
        ("e.q=rien+de+tel", 0),
        ("e.etat=close", 1),
        ("e.etat=nouvelle", 2),
        ("e.etat=nouvelle&e.q=facture", 1),
        ("e.etat=inconnu", 3),
    ] {
        let page = acteur.page(&format!("/sollicitations?{question}")).await;
        page.statut(200);
        let lignes = page.tous("#sollicitations tbody tr").len();
        assert_eq!(lignes, attendu, "{question}");
    }
}
