use super::{JULIE, MAX, Monde, espaces};

const CHAMPS: [(&str, &str); 2] = [
    ("maille", "structure"),
    ("consultation", "factures_a_valider"),
];

#[tokio::test]
async fn ce_qui_est_a_un_autre_n_existe_pas() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let abonnement = m
        .portail
        .abonnement(m.r_julie, None, "factures_de_travaux", "consultation")
        .await;
    m.portail.personne("zoe.aubert@test.example").await;
    let mut zoe = m.portail.connecter("zoe.aubert@test.example").await;
    let avant = m.portail.empreinte().await;
    for adresse in [
        format!("/mon-compte/demandes-abonnement/{demande}/retrait"),
        format!("/mon-compte/abonnements/retrait/{abonnement}"),
    ] {
        for acteur in [&mut m.max, &mut m.gp] {
            acteur.lire(&adresse).await.statut(404);
            acteur.poster(&adresse, &[]).await.statut(404);
        }
    }
    // Not attached: the structure does not exist here, whatever the state of the rattachement.
    zoe.lire(&m.ajout()).await.statut(404);
    zoe.page("/mon-compte/abonnements/ajout")
        .await
        .contient("Aucune structure où demander un espace");
    assert_eq!(m.portail.empreinte().await, avant);
    zoe.poster(&m.ajout(), &CHAMPS).await.statut(404);
    sqlx::query("update rattachements set date_fin = maintenant() where id = $1")
        .bind(m.r_julie)
        .execute(&m.portail.db)
        .await
        .expect("an end");
    m.julie.poster(&m.ajout(), &CHAMPS).await.statut(404);
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_abonnement")
            .await,
        1
    );
    assert!(
        espaces(&m.portail, JULIE).await.is_empty(),
        "past its date: no espace"
    );
}

#[tokio::test]
async fn le_gestionnaire_d_ailleurs_ne_voit_rien_et_ne_decide_rien() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let lignes = m.lignes(demande).await;
    let (ailleurs, _, mut omar) = crate::activites::ailleurs(&m.portail).await;
    let avant = m.portail.empreinte().await;
    omar.page("/activites").await.ne_contient_pas("Julie Bon");
    // By the address of the right structure, and by his own with the id of another (failure-modes T1).
    for structure in [m.mairie, ailleurs] {
        let ecran = format!("/structures/{structure}/demandes-abonnement/{demande}");
        omar.page(&ecran).await.statut(404);
        omar.page(&format!("{ecran}/refus")).await.statut(404);
        let champs = [("etendue", "utilisateur"), ("consultation", &lignes[0])];
        omar.poster(&format!("{ecran}/validation"), &champs)
            .await
            .statut(404);
        omar.poster(&format!("{ecran}/refus"), &[("motif", "Non.")])
            .await
            .statut(404);
    }
    assert_eq!(m.portail.empreinte().await, avant);
    let id = demande.to_string();
    omar.poster(
        "/activites/abonnements/lot",
        &[("id", &id), ("decision", "valider"), ("confirme", "1")],
    )
    .await
    .contient("Demande introuvable.");
    assert_eq!(m.statut(demande).await, "en_cours_de_validation");
    m.gp.page("/activites").await.contient("Julie Bon");
}

#[tokio::test]
async fn sans_le_droit_de_valider_les_abonnements_le_bloc_b_n_est_pas_la() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    sqlx::query("update rattachements set maille_structure = true, capacites = array['valider_rattachements', 'gerer_structure'] where role = 'gs'")
        .execute(&m.portail.db)
        .await
        .expect("other capabilities");
    m.lea
        .page("/activites")
        .await
        .statut(200)
        .contient("Les demandes de rattachement")
        .ne_contient_pas("demandes d’abonnement");
    m.lea.page(&m.ecran(demande)).await.statut(403);
    m.lea
        .page("/activites/abonnements/suivante")
        .await
        .statut(403);
    // The other way round: block B alone, and the accueil says what waits.
    sqlx::query(
        "update rattachements set capacites = array['valider_abonnements'] where role = 'gs'",
    )
    .execute(&m.portail.db)
    .await
    .expect("other capabilities");
    m.lea
        .page("/activites")
        .await
        .contient("Les demandes d’abonnement aux espaces")
        .ne_contient_pas("Les demandes de rattachement");
    m.lea.page("/").await.contient("1 demande d’abonnement");
    let ecran = m.lea.page(&m.ecran(demande)).await;
    // Without « gerer_structure » the two wide reaches are not offered, nor taken.
    assert_eq!(
        ecran.attributs("input[name=etendue]", "value"),
        ["utilisateur"]
    );
    let avant = m.portail.empreinte().await;
    for etendue in ["services", "structure"] {
        let page = ecran
            .formulaire("Valider")
            .remplir("etendue", etendue)
            .envoyer(&mut m.lea)
            .await;
        page.statut(422);
        assert!(page.erreur_de("etendue").is_some(), "{etendue}");
    }
    assert_eq!(m.portail.empreinte().await, avant);
    ecran
        .formulaire("Valider")
        .envoyer(&mut m.lea)
        .await
        .statut(200);
    assert_eq!(m.statut(demande).await, "validee");
    assert!(m.en_plus(MAX).await.is_empty());
}
