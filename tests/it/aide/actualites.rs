//! Actualités: on the accueil of whom they are for, from their first day to their last.

use super::{ADMIN, ZAHRA, actes};
use crate::support::page::PageLue;
use crate::support::{Acteur, instructions};

/// Fills in the form of a new actualité and presses this button.
async fn ecrire(admin: &mut Acteur, champs: &[(&str, &str)], bouton: &str) -> PageLue {
    let page = admin.page("/administration/actualites/nouvelle").await;
    let mut formulaire = page
        .formulaire(bouton)
        .remplir("intitule", "Maintenance dimanche")
        .remplir("corps", "Le portail sera fermé **dimanche** de 8 h à 10 h.");
    for (champ, valeur) in champs {
        formulaire = if *champ == "importance" {
            formulaire.choisir(champ, valeur)
        } else {
            formulaire.remplir(champ, valeur)
        };
    }
    formulaire.envoyer(admin).await
}

#[tokio::test]
async fn une_actualite_publiee_se_lit_sur_l_accueil() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    let mut zahra = portail.connecter(ZAHRA).await;
    zahra
        .page("/")
        .await
        .contient("Aucune actualité pour le moment.");
    ecrire(&mut admin, &[], "Enregistrer le brouillon")
        .await
        .contient("en brouillon");
    zahra
        .page("/")
        .await
        .ne_contient_pas("Maintenance dimanche");
    let liste = admin.page("/administration/actualites").await;
    admin
        .page(&liste.lien("Modifier l’actualité Maintenance"))
        .await
        .formulaire("Publier maintenant")
        .envoyer(&mut admin)
        .await
        .contient("est publiée.");
    let (accueil, compte) = instructions::compter(zahra.page("/")).await;
    accueil
        .contient("Maintenance dimanche")
        .contient("Le portail sera fermé dimanche");
    assert!(compte <= 8, "{compte} statements");
    let page = zahra.page(&accueil.lien("Maintenance dimanche")).await;
    assert_eq!(page.h1(), "Maintenance dimanche");
    assert_eq!(page.tous(".redaction strong"), ["dimanche"]);
    let page = zahra
        .page(&accueil.lien("Voir toutes les actualités"))
        .await;
    page.statut(200).contient("Maintenance dimanche");
    assert_eq!(actes(&portail).await, 2);
    // Signed out it is not for them: the default audience is the signed-in.
    let mut visiteur = portail.anonyme();
    visiteur
        .page("/actualites")
        .await
        .contient("Aucune actualité")
        .ne_contient_pas("Maintenance");
}

#[tokio::test]
async fn elle_parait_le_premier_jour_et_disparait_apres_le_dernier() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    let jours: Vec<String> = sqlx::query_scalar(
        "select (aujourdhui() + n)::text from generate_series(0, 4) n order by n",
    )
    .fetch_all(&portail.db)
    .await
    .expect("days");
    ecrire(
        &mut admin,
        &[("debut", &jours[2]), ("fin", &jours[3])],
        "Publier",
    )
    .await
    .contient("L’actualité est publiée.")
    .contient("À venir");
    for (jour, lue) in [(0, false), (1, false), (2, true), (3, true), (4, false)] {
        let mut zahra = portail.connecter(ZAHRA).await;
        let page = zahra.page("/actualites").await;
        assert_eq!(page.texte().contains("Maintenance"), lue, "day {jour}");
        portail.avancer("1 day").await;
    }
}

#[tokio::test]
async fn chacun_lit_ce_qui_s_adresse_a_lui() {
    let portail = super::portail().await;
    portail.agent("sabine@vantail.example", "support").await;
    let gp = portail.personne("pauline.dufour@terneuil.example").await;
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    portail.gp(ccas, gp).await;
    let mut ids = Vec::new();
    for audience in ["visiteur", "connecte", "gestionnaire", "support"] {
        ids.push(
            portail
                .actualite(&format!("Pour {audience}"), audience)
                .await,
        );
    }
    let mut lecteurs = [
        portail.anonyme(),
        portail.connecter(ZAHRA).await,
        portail.connecter("pauline.dufour@terneuil.example").await,
        portail.connecter("sabine@vantail.example").await,
    ];
    for (rang, lecteur) in lecteurs.iter_mut().enumerate() {
        for (n, id) in ids.iter().enumerate() {
            let code = if n <= rang { 200 } else { 404 };
            lecteur
                .page(&format!("/actualites/{id}"))
                .await
                .statut(code);
        }
        let (page, compte) = instructions::compter(lecteur.page("/actualites")).await;
        assert_eq!(page.tous(".reponses h3").len(), rang + 1);
        assert!(compte <= 8, "{compte} statements");
    }
    lecteurs[1].page("/actualites/nulle-part").await.statut(404);
}

#[tokio::test]
async fn les_importantes_d_abord_et_trois_seulement() {
    let portail = super::portail().await;
    for titre in ["Première", "Deuxième", "Troisième", "Quatrième"] {
        portail.actualite(titre, "connecte").await;
        portail.avancer("1 hour").await;
    }
    sqlx::query("update actualites set importance = 'haute' where titre = 'Première'")
        .execute(&portail.db)
        .await
        .expect("an important one");
    let mut zahra = portail.connecter(ZAHRA).await;
    let page = zahra.page("/").await;
    assert_eq!(
        page.tous("#actualites h3"),
        ["Première", "Quatrième", "Troisième"]
    );
    page.contient("Important");
    assert_eq!(
        zahra.page("/actualites").await.tous(".reponses h3").len(),
        4
    );
}

#[tokio::test]
async fn une_mauvaise_saisie_se_corrige_au_champ() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    let avant = portail.empreinte().await;
    let long = "a".repeat(151);
    for (champ, valeur) in [
        ("intitule", ""),
        ("intitule", long.as_str()),
        ("corps", " "),
        ("debut", "32/13/2026"),
        ("fin", "hier"),
        ("fin", "2000-01-01"),
    ] {
        let page = ecrire(&mut admin, &[(champ, valeur)], "Publier").await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ} = {valeur}");
    }
    let ordre = [("debut", "2099-02-02"), ("fin", "2099-02-01")];
    let page = ecrire(&mut admin, &ordre, "Enregistrer le brouillon").await;
    page.statut(422);
    assert!(page.erreur_de("fin").is_some());
    for champs in [
        vec![
            ("intitule", "T"),
            ("corps", "C"),
            ("audience", "tous"),
            ("importance", "normale"),
        ],
        vec![
            ("intitule", "T"),
            ("corps", "C"),
            ("audience", "connecte"),
            ("importance", "urgente"),
        ],
    ] {
        admin
            .poster("/administration/actualites/nouvelle", &champs)
            .await
            .statut(422);
    }
    assert_eq!(portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn elle_se_modifie_se_depublie_et_se_supprime() {
    let portail = super::portail().await;
    let mut admin = portail.connecter(ADMIN).await;
    let mut zahra = portail.connecter(ZAHRA).await;
    let page = ecrire(&mut admin, &[("importance", "haute")], "Publier").await;
    page.contient("L’actualité est publiée.");
    let page = page
        .formulaire("Enregistrer")
        .remplir("intitule", "Maintenance samedi")
        .envoyer(&mut admin)
        .await;
    page.contient("L’actualité est modifiée.");
    zahra.page("/").await.contient("Maintenance samedi");
    // Its hour of publication stays when its day is not touched.
    let page = page.formulaire("Dépublier").envoyer(&mut admin).await;
    page.contient("n’est plus publiée.");
    zahra.page("/").await.ne_contient_pas("Maintenance samedi");
    let confirmation = admin.page(&page.lien("Supprimer")).await;
    confirmation.contient("Supprimer cette actualité ?");
    confirmation
        .formulaire("Supprimer l’actualité")
        .envoyer(&mut admin)
        .await
        .contient("est supprimée.");
    assert_eq!(portail.nombre("select count(*) from actualites").await, 0);
    assert_eq!(
        actes(&portail).await,
        5,
        "created, published, changed, taken back, deleted"
    );
}
