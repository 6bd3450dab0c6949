use std::collections::BTreeMap;

use vantail::db::{DemandeAbonnementId, transaction};

use super::{GP, JULIE, LEA, LIEN, MAX, Monde, corps, espaces, historique_vrai};

/// Everything everybody has.
async fn tous(m: &Monde) -> BTreeMap<&'static str, Vec<String>> {
    let mut tous = BTreeMap::new();
    for adresse in [GP, LEA, JULIE, MAX] {
        tous.insert(adresse, m.espaces(adresse).await);
    }
    tous
}

async fn valider(m: &mut Monde, demande: DemandeAbonnementId, etendue: &str) {
    m.gp.page(&m.ecran(demande))
        .await
        .formulaire("Valider")
        .choisir("etendue", etendue)
        .envoyer(&mut m.gp)
        .await
        .statut(200)
        .contient("est validée");
}

/// A request of Max for his service.
async fn demande_de_max(m: &Monde) -> DemandeAbonnementId {
    let max = m.portail.id(MAX).await;
    let lignes = [(Some(m.achats), "factures_a_valider", "consultation")];
    m.portail.demande_abonnement(m.mairie, max, &lignes).await
}

#[tokio::test]
async fn accorder_a_l_un_ne_change_rien_aux_autres() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let mut avant = tous(&m).await;
    valider(&mut m, demande, "utilisateur").await;
    let mut apres = tous(&m).await;
    assert_ne!(apres.remove(JULIE), avant.remove(JULIE));
    assert_eq!(apres, avant);
    assert_eq!(
        m.portail
            .nombre("select count(*) from parametrage_espaces")
            .await,
        0
    );
}

#[tokio::test]
async fn au_niveau_de_la_structure_vaut_pour_tous_presents_et_a_venir() {
    let mut m = Monde::nouveau().await;
    let demande = demande_de_max(&m).await;
    m.gp.page(&m.ecran(demande))
        .await
        // Everybody attached to the structure; those who reach « Achats ».
        .contient("Rattacher les espaces sélectionnés au niveau de la structure 4 personnes aujourd’hui")
        .contient("Rattacher les espaces sélectionnés au niveau de tous les services concernés 3 personnes aujourd’hui");
    valider(&mut m, demande, "structure").await;
    assert_eq!(
        m.en_plus(JULIE).await,
        ["factures_a_valider consultation *"]
    );
    assert_eq!(
        m.en_plus(MAX).await,
        ["factures_a_valider consultation ACH"]
    );
    assert_eq!(
        m.en_plus(LEA).await,
        ["factures_a_valider consultation JUR"]
    );
    assert_eq!(
        m.actions().await,
        ["abonnement_valide", "abonnement_cree"],
        "« Création d'abonnement » is recorded too"
    );
    historique_vrai(&m.portail).await;
    m.gp.page("/activites")
        .await
        .contient("Création d’abonnement");
    // Everybody whose rights grew is told once; the author by the decision.
    assert_eq!(
        m.portail.courriers_pour(MAX).await[0].gabarit,
        "abonnement_valide"
    );
    let recu = m.portail.courriers_pour(JULIE).await;
    assert_eq!(recu.len(), 1);
    assert_eq!(
        corps(&recu[0]),
        format!(
            "Bonjour Julie Bon,\n\n\
             Paul Gerant vous ouvre ces espaces de Mairie de Terneuil\u{202F}:\n\
             - Factures à valider, en consultation (toute la structure)\n\n\
             Vos accès sont ouverts dès maintenant\u{202F}:\n{LIEN}"
        )
    );
    // Whoever is attached later has it too.
    let zoe = m.portail.personne("zoe.aubert@test.example").await;
    let juridique = m.juridique.to_string();
    m.gp.poster(
        &format!("/structures/{}/rattachement/{zoe}", m.mairie),
        &[
            ("role", "us"),
            ("date_debut", "2026-01-01"),
            ("commentaire", "Bienvenue."),
            ("services", juridique.as_str()),
        ],
    )
    .await
    .statut(200);
    let siens = espaces(&m.portail, "zoe.aubert@test.example").await;
    assert!(
        siens.contains(&"factures_a_valider consultation JUR".to_owned()),
        "{siens:?}"
    );
    // Seen in words, and not to be withdrawn alone.
    m.julie
        .page("/mon-compte/abonnements")
        .await
        .contient("Donné par la structure")
        .ne_contient_pas("Retirer cet abonnement");
    // Asking for more remains possible, and only for oneself.
    let champs = [
        ("maille", "structure"),
        ("modification", "factures_a_valider"),
    ];
    m.julie
        .poster(&m.ajout(), &champs)
        .await
        .contient("Votre demande est envoyée.");
}

#[tokio::test]
async fn au_niveau_des_services_vaut_pour_ceux_du_service_seulement() {
    let mut m = Monde::nouveau().await;
    let demande = demande_de_max(&m).await;
    valider(&mut m, demande, "services").await;
    assert_eq!(
        m.en_plus(MAX).await,
        ["factures_a_valider consultation ACH"]
    );
    assert_eq!(
        m.en_plus(JULIE).await,
        ["factures_a_valider consultation ACH"]
    );
    assert!(m.en_plus(LEA).await.is_empty());
    let (mairie, achats) = (m.mairie, m.achats);
    // A wider setting stays: nobody loses by a second decision.
    let reglage = |droit| vantail::abonnements::Reglage {
        service: Some(achats),
        espace: "factures_a_valider".to_owned(),
        droit,
    };
    for (droit, gagnants) in [
        (vantail::abonnements::Droit::Modification, 3),
        (vantail::abonnements::Droit::Consultation, 0),
    ] {
        let par = m.portail.id(GP).await;
        let servis = transaction(&m.portail.app, async |tx| {
            vantail::structures::verrouiller(tx, &[mairie]).await?;
            vantail::abonnements::regler(tx, mairie, par, &[reglage(droit)]).await
        })
        .await
        .expect("a setting");
        assert_eq!(servis.len(), gagnants);
        assert_eq!(
            m.en_plus(MAX).await,
            ["factures_a_valider modification ACH"]
        );
    }
}

#[tokio::test]
async fn un_changement_de_role_ou_de_maille_garde_chaque_origine_a_sa_place() {
    let mut m = Monde::nouveau().await;
    let demande = demande_de_max(&m).await;
    valider(&mut m, demande, "services").await;
    let demande = m.demande().await;
    valider(&mut m, demande, "utilisateur").await;
    let avant = m.en_plus(JULIE).await;
    // Role: only what the role gives changes.
    let r = m.r_julie;
    let mairie = m.mairie;
    transaction(&m.portail.app, async |tx| {
        vantail::structures::verrouiller(tx, &[mairie]).await?;
        vantail::rattachements::changer_role(tx, r, vantail::acces::Role::Gs).await
    })
    .await
    .expect("a role");
    assert_eq!(m.en_plus(JULIE).await, avant);
    assert!(
        m.espaces(JULIE)
            .await
            .contains(&"activites_du_gestionnaire modification *".to_owned())
    );
    // Reach: « tous les services » becomes the services that are left, and what the service gave goes with it.
    let juridique = m.juridique;
    let attribution = vantail::rattachements::Attribution {
        role: vantail::acces::Role::Us,
        capacites: Vec::new(),
        maille_structure: false,
        services: vec![juridique],
        debut: None,
        fin: None,
        commentaire: "Recentrée.".to_owned(),
    };
    let julie = m.portail.id(JULIE).await;
    transaction(&m.portail.app, async |tx| {
        vantail::structures::verrouiller(tx, &[mairie]).await?;
        vantail::rattachements::attacher(tx, mairie, julie, &attribution).await
    })
    .await
    .expect("a reach");
    assert_eq!(
        m.en_plus(JULIE).await,
        [
            "factures_a_valider consultation JUR",
            "factures_de_travaux modification JUR"
        ]
    );
}
