use super::adresse;
use crate::abonnements::{JULIE, MAX, Monde};
use crate::support::instructions;

#[tokio::test]
async fn ouvrir_un_espace_a_tous_montre_d_abord_qui_est_concerne() {
    let mut m = Monde::nouveau().await;
    let (page, instructions) = instructions::compter(m.gp.page(&adresse(&m, ""))).await;
    page.statut(200)
        .contient("Aucun espace ouvert à tous")
        .contient("Espaces donnés par le rôle");
    assert!(instructions <= 8, "{instructions} statements");
    let ajout = m.gp.page(&page.lien("Ajouter des espaces")).await;
    let avant = m.portail.empreinte().await;
    let confirmation = ajout
        .formulaire("Continuer")
        .choisir("maille", "structure")
        .cocher("modification", "factures_a_valider")
        .envoyer(&mut m.gp)
        .await;
    confirmation
        .statut(200)
        .contient("Ouvrir ces espaces ?")
        .contient("personnes concernées aujourd’hui")
        .contient("Julie Bon")
        .contient("Factures à valider\u{202f}: aucun accès → modification");
    assert_eq!(
        avant,
        m.portail.empreinte().await,
        "nothing before the confirmation"
    );
    let fait = confirmation
        .formulaire("Ouvrir les espaces")
        .envoyer(&mut m.gp)
        .await;
    fait.statut(200)
        .contient("Les espaces sont ouverts.")
        .contient("Factures à valider")
        .contient("Tous les services");
    assert_eq!(
        m.en_plus(JULIE).await,
        ["factures_a_valider modification *"]
    );
    // Recorded as validated, for each, and never shown in block B.
    let siens = m
        .portail
        .nombre(
            "select count(*) from demandes_abonnement where origine = 'parametrage' and statut = 'validee' and etendue = 'structure'",
        )
        .await;
    assert_eq!(
        siens,
        m.portail
            .nombre("select count(*) from rattachements where statut = 'validee'")
            .await
    );
    m.gp.page("/activites")
        .await
        .contient("Aucune demande d’abonnement en attente");
    let courriers = m.portail.courriers_pour(JULIE).await;
    let dernier = courriers.last().expect("a mail");
    assert_eq!(
        dernier.sujet,
        "Des espaces de Mairie de Terneuil vous sont ouverts"
    );
    assert!(
        dernier
            .texte
            .contains("Factures à valider\u{202f}: aucun accès → modification")
    );
    // Whoever is attached later has it too.
    let nina = m.portail.personne("nina.neuve@test.example").await;
    let r = m.portail.rattacher(m.mairie, nina, "us", &[]).await;
    m.recalculer(r).await;
    assert_eq!(
        m.en_plus("nina.neuve@test.example").await,
        ["factures_a_valider modification *"]
    );
}

#[tokio::test]
async fn retirer_ne_prend_que_ce_que_le_reglage_donnait() {
    let mut m = Monde::nouveau().await;
    m.portail
        .abonnement(m.r_julie, None, "factures_a_valider", "consultation")
        .await;
    let champs = [
        ("maille", "structure"),
        ("modification", "factures_a_valider"),
        ("confirme", "1"),
    ];
    m.gp.poster(&adresse(&m, "/ajout"), &champs)
        .await
        .statut(200);
    let page = m.gp.page(&adresse(&m, "")).await;
    let confirmation = page
        .formulaire("Retirer")
        .cocher("reglage", "factures_a_valider")
        .envoyer(&mut m.gp)
        .await;
    confirmation
        .statut(200)
        .contient("Retirer ces espaces ?")
        .contient("Factures à valider : modification → consultation")
        .contient("Factures à valider : modification → aucun accès");
    confirmation
        .formulaire("Retirer")
        .envoyer(&mut m.gp)
        .await
        .statut(200)
        .contient("Les espaces sont retirés.");
    assert_eq!(
        m.en_plus(JULIE).await,
        ["factures_a_valider consultation *"]
    );
    assert!(m.en_plus(MAX).await.is_empty());
    let sujets = |adresse: &'static str| {
        let portail = &m.portail;
        async move {
            let courriers = portail.courriers_pour(adresse).await;
            courriers
                .last()
                .map(|c| c.sujet.clone())
                .unwrap_or_default()
        }
    };
    assert_eq!(
        sujets(JULIE).await,
        "Vos espaces sur Mairie de Terneuil changent"
    );
    assert_eq!(
        sujets(MAX).await,
        "Des espaces de Mairie de Terneuil vous sont retirés"
    );
    assert_eq!(m.actions().await, ["abonnement_cree", "espaces_regles"]);
}

#[tokio::test]
async fn le_niveau_des_espaces_par_defaut_se_regle() {
    let mut m = Monde::nouveau().await;
    let page = m.gp.page(&adresse(&m, "")).await;
    let confirmation = page
        .formulaire("Enregistrer")
        .remplir("niveau", "factures_recues.consultation")
        .envoyer(&mut m.gp)
        .await;
    confirmation
        .statut(200)
        .contient("modification → consultation");
    confirmation
        .formulaire("Enregistrer")
        .envoyer(&mut m.gp)
        .await
        .statut(200);
    let julie = m.espaces(JULIE).await;
    assert!(
        julie.contains(&"factures_recues consultation *".to_owned()),
        "{julie:?}"
    );
    // It is the level of the role, not a loss: an act on the rattachement keeps it.
    m.recalculer(m.r_julie).await;
    assert_eq!(julie, m.espaces(JULIE).await);
}

/// What is sent, the field and the sentence that answer.
type Cas<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

#[tokio::test]
async fn un_mauvais_reglage_revient_avec_son_message() {
    let mut m = Monde::nouveau().await;
    let (ailleurs, _, _) = crate::activites::ailleurs(&m.portail).await;
    let etranger = m.portail.service(ailleurs, "X", "Service étranger").await;
    let avant = m.portail.empreinte().await;
    let etranger = etranger.to_string();
    let cas: [Cas<'_>; 6] = [
        (
            &[("consultation", "factures_a_valider")],
            "maille",
            "Choisissez",
        ),
        (
            &[("maille", "structure")],
            "espaces",
            "Cochez au moins un espace",
        ),
        (
            &[
                ("maille", "services"),
                ("consultation", "factures_a_valider"),
            ],
            "services",
            "Cochez au moins un service",
        ),
        (
            &[
                ("maille", "services"),
                ("services", "12"),
                ("consultation", "factures_a_valider"),
            ],
            "services",
            "n’existe pas",
        ),
        (
            &[
                ("maille", "services"),
                ("services", etranger.as_str()),
                ("consultation", "factures_a_valider"),
                ("confirme", "1"),
            ],
            "services",
            "n’est plus actif",
        ),
        (
            &[
                ("maille", "structure"),
                ("consultation", "activites_du_gestionnaire"),
                ("confirme", "1"),
            ],
            "espaces",
            "n’existe pas ici",
        ),
    ];
    for (champs, champ, phrase) in cas {
        let page = m.gp.poster(&adresse(&m, "/ajout"), champs).await;
        page.statut(422).contient(phrase);
        assert!(page.titre().starts_with("Erreur"), "{champ}");
    }
    for (suite, champs) in [
        ("/retrait", vec![]),
        ("/retrait", vec![("reglage", "factures_a_valider.12")]),
        ("/niveaux", vec![("niveau", "factures_recues.tout")]),
    ] {
        m.gp.poster(&adresse(&m, suite), &champs).await.statut(422);
    }
    assert_eq!(avant, m.portail.empreinte().await, "nothing changed");
}
