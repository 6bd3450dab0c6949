use super::{GP, JULIE, LIEN, MAX, Monde, corps, historique_vrai};

#[tokio::test]
async fn je_demande_deux_espaces_et_seuls_les_decideurs_sont_prevenus() {
    let mut m = Monde::nouveau().await;
    let liste = m.julie.page("/mon-compte/abonnements").await;
    liste
        .statut(200)
        .contient("Mes abonnements aux espaces")
        .contient("Factures émises")
        .contient("Donné par votre rôle");
    // One structure: straight to the form.
    let page = m.julie.page(&liste.lien("Ajouter un espace")).await;
    page.statut(200)
        .contient("Étape 2 sur 2")
        .contient("Mairie de Terneuil")
        .contient("En modification (Tous les services)");
    // On request first; what every account has, or follows the capabilities, is not asked for.
    assert_eq!(
        page.tous("#choix-espaces tbody th"),
        [
            "Factures à valider",
            "Factures de travaux",
            "Factures reçues",
            "Factures émises",
            "Sollicitations reçues"
        ]
    );
    // What is held already is shown as held, and not offered.
    assert_eq!(
        page.attributs("input[name=modification]", "value"),
        ["factures_a_valider", "factures_de_travaux"]
    );
    let suite = page
        .formulaire("Envoyer la demande")
        .cocher("consultation", "factures_a_valider")
        .cocher("consultation", "factures_de_travaux")
        .cocher("modification", "factures_de_travaux")
        .remplir("commentaire", "Je remplace Zoé.")
        .envoyer(&mut m.julie)
        .await;
    suite
        .statut(200)
        .contient("Votre demande est envoyée.")
        .contient("Elle peut être décidée par Paul Gerant.")
        .contient("En cours de validation");
    assert_eq!(m.actions().await, ["demande_abonnement_deposee"]);
    historique_vrai(&m.portail).await;
    // Léa manages one service only: a request for all of them is not hers.
    let mut adresses: Vec<_> = m
        .portail
        .courriers()
        .await
        .into_iter()
        .map(|c| (c.gabarit, c.destinataire))
        .collect();
    adresses.sort();
    assert_eq!(
        adresses,
        [
            ("abonnement_a_decider".to_owned(), GP.to_owned()),
            ("abonnement_enregistre".to_owned(), JULIE.to_owned())
        ]
    );
    let recu = &m.portail.courriers_pour(GP).await[0];
    assert_eq!(
        recu.sujet,
        "Julie Bon demande des espaces sur Mairie de Terneuil"
    );
    assert_eq!(
        corps(recu),
        format!(
            "Bonjour Paul Gerant,\n\n\
             Julie Bon (julie.bon@test.example) demande des espaces sur Mairie de Terneuil\u{202F}:\n\
             - Factures à valider, en consultation (Tous les services)\n\
             - Factures de travaux, en modification (Tous les services)\n\n\
             Commentaire\u{202F}: Je remplace Zoé.\n\n\
             Pour consulter la demande, la valider ou la refuser\u{202F}:\n{LIEN}"
        )
    );
    assert!(recu.html.contains("Consulter la demande"));
    assert_eq!(
        corps(&m.portail.courriers_pour(JULIE).await[0]),
        format!(
            "Bonjour Julie Bon,\n\n\
             Votre demande d’abonnement aux espaces de Mairie de Terneuil est enregistrée\u{202F}:\n\
             - Factures à valider, en consultation (Tous les services)\n\
             - Factures de travaux, en modification (Tous les services)\n\n\
             Elle peut être décidée par Paul Gerant.\n\n\
             Pour la suivre ou la retirer\u{202F}:\n{LIEN}"
        )
    );
    let acces = m.espaces(JULIE).await;
    assert!(
        !acces.iter().any(|e| e.starts_with("factures_a_valider")),
        "a request is not a right: {acces:?}"
    );
}

#[tokio::test]
async fn qui_est_rattache_a_un_service_demande_pour_ce_service() {
    let mut m = Monde::nouveau().await;
    let page = m.max.page(&m.ajout()).await;
    page.ne_contient_pas("Tous les services présents")
        .ne_contient_pas("Juridique");
    // His only service is ticked already.
    let envoi = page
        .formulaire("Envoyer la demande")
        .cocher("consultation", "factures_a_valider");
    envoi
        .envoyer(&mut m.max)
        .await
        .statut(200)
        .contient("Votre demande est envoyée.");
    let service = m
        .portail
        .uuid("select service_id from demande_abonnement_lignes")
        .await;
    assert_eq!(service, m.achats.0);
    // Neither the whole structure nor another service, whatever is sent; the form comes back with what was typed.
    let avant = m.portail.empreinte().await;
    for (maille, service) in [("structure", None), ("services", Some(m.juridique))] {
        let mut champs = vec![
            ("maille", maille.to_owned()),
            ("modification", "factures_de_travaux".to_owned()),
            ("commentaire", "Gardé".to_owned()),
        ];
        champs.extend(service.map(|s| ("services", s.to_string())));
        let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
        let page = m.max.poster(&m.ajout(), &champs).await;
        page.statut(422).contient("Gardé");
        assert!(page.erreur_de("services").is_some(), "{maille}");
    }
    m.portail.oublier_les_compteurs().await;
    assert_eq!(m.portail.empreinte().await, avant);
    assert!(m.portail.courriers_pour(MAX).await.len() == 1);
}

#[tokio::test]
async fn un_double_clic_ne_fait_qu_une_demande_et_demander_plus_reste_possible() {
    let mut m = Monde::nouveau().await;
    let champs = [
        ("maille", "structure"),
        ("consultation", "factures_a_valider"),
    ];
    m.julie.poster(&m.ajout(), &champs).await.statut(200);
    m.julie
        .poster(&m.ajout(), &champs)
        .await
        .statut(200)
        .contient("Votre demande est déjà en cours de validation.");
    // A service is covered by the request for all of them.
    let achats = m.achats.to_string();
    let champs = [
        ("maille", "services"),
        ("services", achats.as_str()),
        ("consultation", "factures_a_valider"),
    ];
    m.julie
        .poster(&m.ajout(), &champs)
        .await
        .contient("Votre demande est déjà en cours de validation.");
    // The same line, wider: withdraw first.
    let champs = [
        ("maille", "structure"),
        ("modification", "factures_a_valider"),
    ];
    let page = m.julie.poster(&m.ajout(), &champs).await;
    page.statut(422);
    assert_eq!(
        page.erreur_de("espaces").as_deref(),
        Some(
            "Erreur : « Factures à valider » (Tous les services) est déjà demandé en consultation : retirez d’abord cette demande pour demander la modification."
        )
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_abonnement")
            .await,
        1
    );
    // Consultation held: Modification may be asked, Consultation is not offered again.
    m.portail
        .abonnement(m.r_julie, None, "factures_de_travaux", "consultation")
        .await;
    let page = m.julie.page(&m.ajout()).await;
    assert_eq!(
        page.attributs("input[name=consultation]", "value"),
        Vec::<String>::new()
    );
    page.contient("En consultation (Tous les services)")
        .formulaire("Envoyer la demande")
        .cocher("modification", "factures_de_travaux")
        .envoyer(&mut m.julie)
        .await
        .contient("Votre demande est envoyée.");
}

#[tokio::test]
async fn ce_qui_est_deja_tenu_est_laisse_de_cote_et_dit() {
    let mut m = Monde::nouveau().await;
    m.portail
        .abonnement(
            m.r_julie,
            Some(m.achats),
            "factures_a_valider",
            "modification",
        )
        .await;
    let (achats, juridique) = (m.achats.to_string(), m.juridique.to_string());
    let champs = [
        ("maille", "services"),
        ("services", achats.as_str()),
        ("services", juridique.as_str()),
        ("modification", "factures_a_valider"),
    ];
    m.julie
        .poster(&m.ajout(), &champs)
        .await
        .contient("Votre demande est envoyée.")
        .contient("Vous avez déjà « Factures à valider » en modification (Achats).");
    assert_eq!(
        m.portail
            .nombre("select count(*) from demande_abonnement_lignes")
            .await,
        1
    );
    let champs = [
        ("maille", "services"),
        ("services", achats.as_str()),
        ("consultation", "factures_a_valider"),
    ];
    let page = m.julie.poster(&m.ajout(), &champs).await;
    page.statut(422);
    assert!(
        page.erreur_de("espaces")
            .is_some_and(|e| e.contains("Vous avez déjà"))
    );
}

#[tokio::test]
async fn une_structure_privee_n_offre_pas_les_espaces_publics() {
    let mut m = Monde::nouveau().await;
    let privee = m.portail.structure("Secret et fils", 9, false).await;
    let omar = m.portail.personne("omar.prive@test.example").await;
    let r = m.portail.gp(privee, omar).await;
    transaction_recalculer(&m, privee, r).await;
    let julie = m.portail.id(JULIE).await;
    m.portail.rattacher(privee, julie, "us", &[]).await;
    // Two structures: which one is asked first.
    let choix = m.julie.page("/mon-compte/abonnements/ajout").await;
    choix
        .statut(200)
        .contient("Étape 1 sur 2")
        .contient("Mairie de Terneuil")
        .contient("Secret et fils");
    let adresse = format!("/mon-compte/abonnements/ajout/{privee}");
    // The menu has what her other structure opens.
    let offre = m.julie.page(&adresse).await.tous("main").concat();
    assert!(offre.contains("Factures émises"), "{offre}");
    for publique in ["Factures reçues", "Sollicitations reçues"] {
        assert!(!offre.contains(publique), "{offre}");
    }
    for espace in ["factures_recues", "activites_du_gestionnaire", "inconnu"] {
        let champs = [("maille", "structure"), ("consultation", espace)];
        let page = m.julie.poster(&adresse, &champs).await;
        page.statut(422);
        assert!(page.erreur_de("espaces").is_some(), "{espace}");
    }
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_abonnement")
            .await,
        0
    );
}

async fn transaction_recalculer(
    m: &Monde,
    structure: vantail::db::StructureId,
    r: vantail::db::RattachementId,
) {
    vantail::db::transaction(&m.portail.app, async |tx| {
        vantail::structures::verrouiller(tx, &[structure]).await?;
        vantail::abonnements::recalculer(tx, r).await
    })
    .await
    .expect("espaces");
}

#[tokio::test]
async fn le_gestionnaire_principal_demande_et_decide_pour_lui_meme() {
    let mut m = Monde::nouveau().await;
    let champs = [
        ("maille", "structure"),
        ("modification", "factures_a_valider"),
    ];
    m.gp.poster(&m.ajout(), &champs)
        .await
        .contient("Votre demande est envoyée.")
        .contient("Elle peut être décidée par Paul Gerant.");
    // He knows what he asked: only the acknowledgement is sent.
    let courriers = m.portail.courriers().await;
    assert_eq!(courriers.len(), 1);
    assert_eq!(courriers[0].gabarit, "abonnement_enregistre");
    let page = m.gp.page("/activites").await;
    let ecran =
        m.gp.page(&page.lien("Valider la demande d’abonnement"))
            .await;
    ecran
        .formulaire("Valider")
        .envoyer(&mut m.gp)
        .await
        .contient("La demande d’abonnement de Paul Gerant est validée.");
    assert_eq!(m.en_plus(GP).await, ["factures_a_valider modification *"]);
}
