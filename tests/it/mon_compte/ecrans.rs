use crate::support::Portail;
use crate::support::instructions::compter;

#[tokio::test]
async fn mon_compte_montre_mes_informations_et_le_nombre_de_mes_rattachements() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne("zoe.aubert@test.example").await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    let gp = portail.personne("gp.mairie@test.example").await;
    portail.gp(mairie, gp).await;
    portail.rattacher(mairie, zoe, "us", &[]).await;
    let mut acteur = portail.connecter("zoe.aubert@test.example").await;
    let page = acteur.page("/mon-compte").await;
    page.statut(200)
        .contient("Informations")
        .contient("Zoe")
        .contient("Aubert")
        .contient("zoe.aubert@test.example")
        .contient("Mes rattachements aux structures")
        .contient("(1 rattachement)")
        .ne_contient_pas("login PIGP");
    assert_eq!(
        page.lien("Modifier mon mot de passe"),
        "/mon-compte/mot-de-passe"
    );
    assert_eq!(page.lien("Mes sessions"), "/mon-compte/sessions");
    assert_eq!(
        page.lien("Voir mes rattachements"),
        "/mon-compte/rattachements"
    );
}

#[tokio::test]
async fn un_compte_pigp_dit_que_son_identite_vient_d_ailleurs() {
    let portail = Portail::nouveau().await;
    portail.personne("cheffe.lycee@test.example").await;
    sqlx::query("update utilisateurs set pigp = true, equipe = 'support'")
        .execute(&portail.db)
        .await
        .expect("an update");
    let mut acteur = portail.connecter("cheffe.lycee@test.example").await;
    acteur
        .page("/mon-compte")
        .await
        .statut(200)
        .contient("Adresse de connexion (login PIGP)")
        .contient("ne sont modifiés que par votre référent");
}

#[tokio::test]
async fn la_liste_dit_le_role_le_statut_et_les_services() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne("zoe.aubert@test.example").await;
    let gp = portail.personne("gp.ailleurs@test.example").await;
    let a = portail.structure("Alpha", 1, true).await;
    let b = portail.structure("Bravo", 2, true).await;
    let c = portail.structure("Charlie", 3, true).await;
    let d = portail.structure("Delta", 4, true).await;
    portail.gp(a, zoe).await;
    for s in [b, c, d] {
        portail.gp(s, gp).await;
    }
    let achats = portail.service(b, "ACH", "Achats").await;
    portail.rattacher(b, zoe, "gs", &[achats]).await;
    let echu = portail.rattacher(c, zoe, "us", &[]).await;
    let desactive = portail.rattacher(d, zoe, "us", &[]).await;
    sqlx::query(
        "update rattachements set date_fin = maintenant() - interval '1 day' where id = $1",
    )
    .bind(echu)
    .execute(&portail.db)
    .await
    .expect("an end");
    sqlx::query(
        "update rattachements set statut = 'desactivee', cause = 'gestionnaire' where id = $1",
    )
    .bind(desactive)
    .execute(&portail.db)
    .await
    .expect("a stop");
    let mut acteur = portail.connecter("zoe.aubert@test.example").await;
    let page = acteur.page("/mon-compte/rattachements").await;
    page.statut(200).contient("4 lignes");
    let lignes = page.tous("#rattachements tbody tr");
    assert!(lignes[0].contains("Alpha") && lignes[0].contains("Gestionnaire principal"));
    assert!(lignes[0].contains("Validé") && lignes[0].contains("Toute la structure"));
    assert!(lignes[0].contains("Transférer le rôle"));
    assert!(lignes[1].contains("Gestionnaire secondaire") && lignes[1].contains("Achats"));
    assert!(!lignes[1].contains("Transférer le rôle"));
    assert!(lignes[2].contains("Terminé"), "{}", lignes[2]);
    assert!(lignes[3].contains("Désactivé"));
    // Only what is in force opens.
    let ouvrir = page.attributs("#rattachements tbody a[href^='/structures/']", "href");
    assert_eq!(
        ouvrir,
        [
            format!("/structures/{a}/transfert"),
            format!("/structures/{a}"),
            format!("/structures/{b}")
        ]
    );
    let triee = acteur
        .page("/mon-compte/rattachements?r.tri=structure-desc&r.par=5")
        .await;
    assert!(triee.tous("#rattachements tbody tr")[0].contains("Delta"));
    assert_eq!(
        triee.attributs("#rattachements th[aria-sort]", "aria-sort"),
        ["descending"]
    );
}

#[tokio::test]
async fn la_page_coute_autant_pour_un_rattachement_que_pour_vingt() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne("zoe.aubert@test.example").await;
    let gp = portail.personne("gp.ailleurs@test.example").await;
    let mut acteur = portail.connecter("zoe.aubert@test.example").await;
    let mesurer = async |acteur: &mut crate::support::Acteur| {
        let (page, instructions) = compter(acteur.page("/mon-compte/rattachements")).await;
        page.statut(200);
        instructions
    };
    let seule = portail.structure("Unique", 1, true).await;
    portail.gp(seule, gp).await;
    portail.rattacher(seule, zoe, "us", &[]).await;
    mesurer(&mut acteur).await;
    let peu = mesurer(&mut acteur).await;
    for rang in 2..12 {
        let s = portail.structure(&format!("S {rang}"), rang, true).await;
        portail.gp(s, gp).await;
        portail.rattacher(s, zoe, "us", &[]).await;
        let s = portail
            .structure(&format!("D {rang}"), rang + 100, true)
            .await;
        portail.demande(s, zoe, "us", &[]).await;
    }
    let beaucoup = mesurer(&mut acteur).await;
    assert_eq!(peu, beaucoup);
    assert!(beaucoup <= 8, "{beaucoup} statements");
}

#[tokio::test]
async fn le_suivi_nomme_les_decideurs_et_le_delai_median() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne("zoe.aubert@test.example").await;
    let gp = portail.personne("paul.gerant@test.example").await;
    let gs = portail.personne("lea.seconde@test.example").await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    let vide = portail.structure("Mairie sans personne", 2, true).await;
    let achats = portail.service(mairie, "ACH", "Achats").await;
    let juridique = portail.service(mairie, "JUR", "Juridique").await;
    portail.gp(mairie, gp).await;
    portail.rattacher(mairie, gs, "gs", &[juridique]).await;
    portail.demande(mairie, zoe, "us", &[achats]).await;
    portail.demande(vide, zoe, "us", &[]).await;
    let mut acteur = portail.connecter("zoe.aubert@test.example").await;
    let page = acteur.page("/mon-compte/rattachements").await;
    let cartes = page.tous("#demandes article");
    assert_eq!(cartes.len(), 2);
    assert!(cartes[0].contains("Elle peut être décidée par Paul Gerant."));
    assert!(!cartes[0].contains("Lea"), "her services are others");
    assert!(cartes[0].contains("Pas encore connu"));
    assert!(cartes[0].contains("Relancer"));
    assert!(cartes[1].contains("n’a pas de gestionnaire qui puisse décider"));
    assert!(!cartes[1].contains("Relancer"), "nobody to remind");
    for heures in [2, 5, 90] {
        sqlx::query(
            "insert into demandes_rattachement (id, structure_id, utilisateur_id, statut, role, maille_structure, commentaire,
               creee_le, traitee_le, traitee_par)
             values (uuid_v7(), $1, $2, 'validee', 'us', true, 'x', maintenant() - interval '10 days',
               maintenant() - interval '10 days' + make_interval(hours => $4), $3)",
        )
        .bind(mairie)
        .bind(gs)
        .bind(gp)
        .bind(heures)
        .execute(&portail.db)
        .await
        .expect("a decision");
    }
    let page = acteur.page("/mon-compte/rattachements").await;
    assert!(
        page.tous("#demandes article")[0]
            .contains("Généralement décidé en 5 heures (médiane de ses 3 dernières décisions)")
    );
}

#[tokio::test]
async fn une_demande_refusee_reste_trente_jours_avec_son_motif() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne("zoe.aubert@test.example").await;
    let gp = portail.personne("paul.gerant@test.example").await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(mairie, gp).await;
    let demande = portail.demande(mairie, zoe, "us", &[]).await;
    sqlx::query(
        "update demandes_rattachement set statut = 'refusee', motif = 'Mauvais service', traitee_le = maintenant(),
           traitee_par = $2 where id = $1",
    )
    .bind(demande)
    .bind(gp)
    .execute(&portail.db)
    .await
    .expect("a refusal");
    let mut acteur = portail.connecter("zoe.aubert@test.example").await;
    let page = acteur.page("/mon-compte/rattachements").await;
    page.contient("Mauvais service").contient("Paul Gerant");
    assert_eq!(
        page.lien("Redemander"),
        format!("/mon-compte/rattachements/demande/{mairie}?reprise={demande}")
    );
    portail.avancer("31 days").await;
    let mut acteur = portail.connecter("zoe.aubert@test.example").await;
    acteur
        .page("/mon-compte/rattachements")
        .await
        .statut(200)
        .ne_contient_pas("Mauvais service");
}
