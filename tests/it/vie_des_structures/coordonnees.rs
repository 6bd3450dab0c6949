use super::{AILLEURS, GP, GS, GS_SERVICE, Monde, US, tout_ce_qui_est_ecrit};
use crate::mon_compte::{actions, corps, historique_vrai};
use crate::support::instructions;

const IBAN: &str = "FR1420041010050500013M02606";
const ESPACE: &str = "FR14 2004 1010 0505 0001 3M02 606";

#[tokio::test]
async fn une_coordonnee_se_cree_et_les_autres_gestionnaires_le_savent() {
    let mut monde = Monde::nouveau().await;
    let page = monde.gp.page(&monde.adresse("coordonnees-bancaires")).await;
    page.statut(200).contient("Aucune coordonnée bancaire");
    let page = monde
        .gp
        .page(&page.lien("Créer une coordonnée bancaire"))
        .await;
    let page = page
        .formulaire("Créer la coordonnée bancaire")
        .remplir("libelle", "Compte principal")
        .remplir("iban", ESPACE)
        .remplir("bic", "psstfrpppar")
        .envoyer(&mut monde.gp)
        .await;
    page.statut(200)
        .contient("La coordonnée bancaire est créée.")
        .contient("FR •••• 2606")
        .contient("PSSTFRPPPAR")
        .contient("Active")
        .ne_contient_pas(ESPACE);
    assert!(!page.corps.contains(IBAN), "masked in the list");
    let portail = &monde.portail;
    assert_eq!(actions(portail, monde.mairie).await, ["coordonnee_ajoutee"]);
    historique_vrai(portail).await;
    // The other who manages the whole structure; neither the author, nor a GS of one service, nor a simple user.
    assert_eq!(monde.prevenus("coordonnee_changee").await, [GS]);
    let courrier = &portail.courriers_pour(GS).await[0];
    assert!(
        corps(courrier)
            .contains("Paul Gerant a créé une coordonnée bancaire de Mairie de Terneuil")
    );
    assert!(corps(courrier).contains("FR •••• 2606"));
    let ecrit = tout_ce_qui_est_ecrit(portail).await;
    assert!(ecrit.contains("2606"));
    for secret in [IBAN, ESPACE, "20041010050500013M02606", "2004 1010"] {
        assert!(!ecrit.contains(secret), "{secret} is nowhere in clear");
    }
}

#[tokio::test]
async fn le_principal_apprend_ce_que_fait_un_secondaire() {
    let monde = Monde::nouveau().await;
    let mut gs = monde.portail.connecter(GS).await;
    gs.poster(
        &monde.adresse("coordonnees-bancaires/nouvelle"),
        &[("libelle", "Régie"), ("iban", IBAN), ("bic", "BNPAFRPP")],
    )
    .await
    .statut(200);
    assert_eq!(monde.prevenus("coordonnee_changee").await, [GP]);
}

#[tokio::test]
async fn une_coordonnee_se_gere() {
    let mut monde = Monde::nouveau().await;
    let id = monde
        .portail
        .coordonnee(monde.mairie, "Ancien nom", IBAN)
        .await;
    let liste = monde.gp.page(&monde.adresse("coordonnees-bancaires")).await;
    let page = monde.gp.page(&liste.lien("Gérer la coordonnée")).await;
    page.statut(200).contient(ESPACE);
    let page = page
        .formulaire("Enregistrer")
        .remplir("libelle", "Nouveau nom")
        .envoyer(&mut monde.gp)
        .await;
    page.statut(200)
        .contient("Nouveau nom")
        .ne_contient_pas("Ancien nom");
    let une = monde.adresse(&format!("coordonnees-bancaires/{id}"));
    let page = monde.gp.page(&une).await;
    let fenetre = monde.gp.page(&page.lien("Désactiver")).await;
    fenetre
        .statut(200)
        .contient("Désactiver cette coordonnée bancaire ?");
    fenetre
        .formulaire("Désactiver")
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .contient("La coordonnée bancaire est désactivée.");
    let page = monde.gp.page(&une).await;
    page.formulaire("Activer")
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .contient("La coordonnée bancaire est activée.");
    assert_eq!(
        actions(&monde.portail, monde.mairie).await,
        [
            "coordonnee_modifiee",
            "coordonnee_modifiee",
            "coordonnee_modifiee"
        ]
    );
    // The same again changes nothing and tells nobody.
    let avant = monde.portail.empreinte().await;
    monde
        .gp
        .poster_sans_suivre(&une, &[("libelle", "Nouveau nom")])
        .await
        .statut(303);
    let apres = monde.portail.empreinte().await;
    let sans_message = |e: &str| -> Vec<String> {
        e.lines()
            .filter(|l| !l.starts_with("messages="))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(sans_message(&apres), sans_message(&avant));
}

#[tokio::test]
async fn une_mauvaise_saisie_est_refusee_au_champ() {
    let mut monde = Monde::nouveau().await;
    monde.portail.coordonnee(monde.mairie, "Compte", IBAN).await;
    let adresse = monde.adresse("coordonnees-bancaires/nouvelle");
    let long = "x".repeat(81);
    let avant = monde.portail.empreinte().await;
    for (champ, libelle, iban, bic) in [
        ("libelle", "", "DE89370400440532013000", "BNPAFRPP"),
        ("libelle", &long, "DE89370400440532013000", "BNPAFRPP"),
        ("iban", "Autre", "", "BNPAFRPP"),
        ("iban", "Autre", "FR1420041010050500013M02607", "BNPAFRPP"),
        ("iban", "Autre", "DE8937040044053201300", "BNPAFRPP"),
        ("iban", "Autre", "XX", "BNPAFRPP"),
        ("iban", "Autre", IBAN, "BNPAFRPP"),
        ("bic", "Autre", "DE89370400440532013000", ""),
        ("bic", "Autre", "DE89370400440532013000", "BNP"),
    ] {
        let champs = [("libelle", libelle), ("iban", iban), ("bic", bic)];
        let page = monde.gp.poster(&adresse, &champs).await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champs:?}");
        assert_eq!(
            page.formulaire("Créer la coordonnée bancaire")
                .valeur("iban"),
            Some(iban),
            "what was typed is there"
        );
    }
    monde.gp.poster(&adresse, &[("x", "y")]).await.statut(422);
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
    // The same account, as it is: a second click.
    let memes = [("libelle", "Compte"), ("iban", ESPACE), ("bic", "BNPAFRPP")];
    monde.gp.poster(&adresse, &memes).await.statut(200);
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from coordonnees_bancaires")
            .await,
        1
    );
    // The same IBAN may be of another structure.
    let mut aude = monde.portail.connecter(AILLEURS).await;
    let adresse = format!(
        "/structures/{}/coordonnees-bancaires/nouvelle",
        monde.ailleurs
    );
    aude.poster(&adresse, &memes).await.statut(200);
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from coordonnees_bancaires")
            .await,
        2
    );
}

#[tokio::test]
async fn seul_qui_gere_toute_la_structure_voit_ses_comptes() {
    let monde = Monde::nouveau().await;
    let id = monde.portail.coordonnee(monde.mairie, "Compte", IBAN).await;
    for suite in [
        "",
        "/nouvelle",
        &format!("/{id}"),
        &format!("/{id}/desactivation"),
    ] {
        let adresse = monde.adresse(&format!("coordonnees-bancaires{suite}"));
        for (qui, statut) in [(GS, 200), (GS_SERVICE, 403), (US, 403), (AILLEURS, 404)] {
            let mut acteur = monde.portail.connecter(qui).await;
            let page = acteur.page(&adresse).await;
            page.statut(statut);
            assert_eq!(
                page.corps.contains("606"),
                statut == 200 && suite != "/nouvelle"
            );
        }
    }
    let avant = monde.portail.empreinte().await;
    for qui in [GS_SERVICE, US, AILLEURS] {
        let mut acteur = monde.portail.connecter(qui).await;
        for suite in [
            "/nouvelle".to_owned(),
            format!("/{id}"),
            format!("/{id}/desactivation"),
            format!("/{id}/activation"),
        ] {
            let adresse = monde.adresse(&format!("coordonnees-bancaires{suite}"));
            let champs: &[(&str, &str)] = match suite.as_str() {
                "/nouvelle" => &[
                    ("libelle", "A"),
                    ("iban", "DE89370400440532013000"),
                    ("bic", "BNPAFRPP"),
                ],
                s if s.ends_with("activation") => &[],
                _ => &[("libelle", "Pris")],
            };
            let statut = acteur
                .poster_sans_suivre(&adresse, champs)
                .await
                .statut
                .as_u16();
            assert!([403, 404].contains(&statut), "{qui} {suite}: {statut}");
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
    // The line of links shows the screen to those who may open it.
    let mut gs = monde.portail.connecter(GS).await;
    let fiche = format!("/structures/{}", monde.mairie);
    gs.page(&fiche)
        .await
        .statut(200)
        .lien("Coordonnées bancaires");
    for qui in [GS_SERVICE, US] {
        let mut acteur = monde.portail.connecter(qui).await;
        assert!(
            acteur
                .page(&fiche)
                .await
                .lien_eventuel("Coordonnées bancaires")
                .is_none()
        );
    }
}

#[tokio::test]
async fn la_liste_se_cherche_se_trie_et_se_page_en_peu_d_instructions() {
    let mut monde = Monde::nouveau().await;
    for (rang, iban) in [
        "DE89370400440532013000",
        "BE68539007547034",
        "GB82WEST12345698765432",
    ]
    .iter()
    .enumerate()
    {
        let libelle = format!("Élan {rang}");
        monde.portail.coordonnee(monde.mairie, &libelle, iban).await;
    }
    let adresse = monde.adresse("coordonnees-bancaires");
    let (page, instructions) = instructions::compter(monde.gp.page(&adresse)).await;
    page.statut(200).contient("(3 lignes)");
    assert!(instructions <= 8, "{instructions}");
    let page = monde.gp.page(&format!("{adresse}?cb.q=elan+1")).await;
    page.contient("Élan 1").ne_contient_pas("Élan 0");
    let page = monde
        .gp
        .page(&format!("{adresse}?cb.q=BE68+5390+0754+7034"))
        .await;
    page.contient("Élan 1").ne_contient_pas("Élan 2");
    let page = monde.gp.page(&format!("{adresse}?cb.q=5432")).await;
    page.contient("Élan 2").ne_contient_pas("Élan 1");
    let page = monde
        .gp
        .page(&format!("{adresse}?cb.tri=libelle-desc&cb.par=5"))
        .await;
    assert_eq!(page.tous("tbody th")[0], "Élan 2");
    monde
        .gp
        .page(&format!("{adresse}?cb.q=zzz"))
        .await
        .contient("Aucune coordonnée bancaire trouvée");
}

#[tokio::test]
async fn une_structure_desactivee_se_lit_et_ne_se_modifie_plus() {
    let mut monde = Monde::nouveau().await;
    let id = monde.portail.coordonnee(monde.mairie, "Compte", IBAN).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(monde.mairie)
        .execute(&monde.portail.db)
        .await
        .expect("closed");
    monde
        .gp
        .page(&monde.adresse("coordonnees-bancaires"))
        .await
        .statut(200)
        .contient("2606");
    let avant = monde.portail.empreinte().await;
    let adresse = monde.adresse(&format!("coordonnees-bancaires/{id}"));
    monde
        .gp
        .poster(&adresse, &[("libelle", "Autre")])
        .await
        .statut(409);
    assert_eq!(monde.portail.empreinte().await, avant);
}
