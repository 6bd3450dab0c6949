//! The tracker: asking again what was refused, asking for other services, « Mon gestionnaire est parti ».

use crate::support::Portail;

const ZOE: &str = "zoe.aubert@test.example";
const LEA: &str = "lea.seconde@test.example";
const PAUL: &str = "paul.gerant@test.example";

#[tokio::test]
async fn redemander_reprend_ce_qui_avait_ete_demande() {
    let portail = Portail::nouveau().await;
    let zoe = portail.personne(ZOE).await;
    let lea = portail.personne(LEA).await;
    let paul = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    let achats = portail.service(mairie, "ACH", "Achats").await;
    let juridique = portail.service(mairie, "JUR", "Juridique").await;
    let ferme = portail.service(mairie, "FER", "Fermé depuis").await;
    portail.gp(mairie, paul).await;
    let demande = portail.demande(mairie, zoe, "gs", &[achats, ferme]).await;
    let autre = portail.demande(mairie, lea, "gs", &[juridique]).await;
    sqlx::query(
        "update demandes_rattachement set statut = 'refusee', motif = 'Précisez', commentaire = 'Je reprends les marchés.',
           traitee_le = maintenant(), traitee_par = $1",
    )
    .bind(paul)
    .execute(&portail.db)
    .await
    .expect("refusals");
    sqlx::query("update services set actif = false where id = $1")
        .bind(ferme)
        .execute(&portail.db)
        .await
        .expect("a closed service");
    let mut acteur = portail.connecter(ZOE).await;
    let page = acteur.page("/mon-compte/rattachements").await;
    page.contient("Précisez").contient("Paul Gerant");
    let adresse = page.lien("Redemander");
    assert_eq!(
        adresse,
        format!("/mon-compte/rattachements/demande/{mairie}?reprise={demande}")
    );
    let formulaire = acteur.page(&adresse).await.formulaire("Envoyer la demande");
    assert_eq!(formulaire.valeur("maille"), Some("services"));
    assert_eq!(formulaire.valeurs("services"), [achats.to_string()]);
    assert_eq!(formulaire.valeur("role"), Some("gs"));
    assert_eq!(
        formulaire.valeur("commentaire"),
        Some("Je reprends les marchés.")
    );
    formulaire
        .remplir("commentaire", "Je reprends les marchés du CCAS.")
        .envoyer(&mut acteur)
        .await
        .statut(200)
        .contient("Votre demande est envoyée.");
    // Somebody else's refusal, or nonsense, gives the ordinary form.
    for reprise in [
        autre.to_string(),
        uuid::Uuid::nil().to_string(),
        "x".to_owned(),
    ] {
        let mut max = {
            if sqlx::query_scalar::<_, i64>(
                "select count(*) from utilisateurs where adresse_connexion like 'max%'",
            )
            .fetch_one(&portail.db)
            .await
            .expect("a count")
                == 0
            {
                portail.personne("max.second@test.example").await;
            }
            portail.connecter("max.second@test.example").await
        };
        let formulaire = max
            .page(&format!(
                "/mon-compte/rattachements/demande/{mairie}?reprise={reprise}"
            ))
            .await
            .formulaire("Envoyer la demande");
        assert_eq!(formulaire.valeur("commentaire"), Some(""));
        assert!(formulaire.valeurs("services").is_empty());
    }
}

/// From the row of my rattachement to the screen of the gestionnaire, and back.
#[tokio::test]
async fn demander_d_autres_services_va_jusqu_a_la_decision() {
    let portail = Portail::nouveau().await;
    let lea = portail.personne(LEA).await;
    let paul = portail.personne(PAUL).await;
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    let tenu = portail.service(mairie, "A", "Accueil").await;
    let demande = portail.service(mairie, "B", "Budget").await;
    let desactive = portail.service(mairie, "C", "Culture").await;
    let refuse = portail.service(mairie, "D", "Droit").await;
    portail.service(mairie, "E", "Ecoles").await;
    portail.gp(mairie, paul).await;
    let r = portail
        .rattacher(mairie, lea, "us", &[tenu, desactive])
        .await;
    sqlx::query("update rattachement_services set statut = 'desactivee' where rattachement_id = $1 and service_id = $2")
        .bind(r)
        .bind(desactive)
        .execute(&portail.db)
        .await
        .expect("a withdrawn service");
    let ancienne = portail.demande(mairie, lea, "us", &[refuse]).await;
    sqlx::query(
        "update demandes_rattachement set statut = 'refusee', motif = 'Non', traitee_le = maintenant(), traitee_par = $2
         where id = $1",
    )
    .bind(ancienne)
    .bind(paul)
    .execute(&portail.db)
    .await
    .expect("a refusal");

    let mut acteur = portail.connecter(LEA).await;
    let page = acteur.page("/mon-compte/rattachements").await;
    let formulaire = acteur.page(&page.lien("Demander d’autres services")).await;
    formulaire.contient("vous y êtes déjà rattaché(e)");
    assert_eq!(
        formulaire.tous("input[disabled][checked] + span"),
        ["Accueil A, vous y êtes déjà rattaché(e)"]
    );
    let formulaire = formulaire.formulaire("Envoyer la demande");
    assert_eq!(formulaire.valeur("maille"), Some("services"));
    formulaire
        .cocher("services", &demande.to_string())
        .remplir("commentaire", "Le budget aussi.")
        .envoyer(&mut acteur)
        .await
        .statut(200)
        .contient("Votre demande est envoyée.");
    // One open request at a time: the action is gone.
    let page = acteur.page("/mon-compte/rattachements").await;
    assert!(page.lien_eventuel("Demander d’autres services").is_none());

    let mut gp = portail.connecter(PAUL).await;
    let page = gp.page("/activites").await;
    let ecran = gp.page(&page.lien("Valider")).await;
    let statuts: Vec<String> = ecran.tous("#services tbody tr td:nth-child(7)");
    assert_eq!(
        statuts,
        [
            "Validé",
            "En cours de validation",
            "Désactivé",
            "Refusé",
            "Aucun"
        ]
    );
    let decision = ecran.formulaire("Valider");
    assert_eq!(
        decision.valeurs("services"),
        [tenu.to_string(), demande.to_string()],
        "held and asked are ticked"
    );
    decision
        .envoyer(&mut gp)
        .await
        .statut(200)
        .contient("est validée");
    assert_eq!(
        portail
            .nombre("select count(*) from rattachement_services where statut = 'validee'")
            .await,
        2
    );
}

#[tokio::test]
async fn d_autres_services_ne_se_demandent_que_s_il_en_reste() {
    let portail = Portail::nouveau().await;
    let lea = portail.personne(LEA).await;
    let paul = portail.personne(PAUL).await;
    let tout = portail.structure("Alpha", 1, true).await;
    let complete = portail.structure("Bravo", 2, true).await;
    let inactive = portail.structure("Charlie", 3, true).await;
    for s in [tout, complete, inactive] {
        portail.gp(s, paul).await;
    }
    portail.service(tout, "A", "Achats").await;
    let b = portail.service(complete, "B", "Budget").await;
    let c = portail.service(inactive, "C", "Culture").await;
    portail.service(inactive, "D", "Droit").await;
    portail.rattacher(tout, lea, "us", &[]).await;
    portail.rattacher(complete, lea, "us", &[b]).await;
    portail.rattacher(inactive, lea, "us", &[c]).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(inactive)
        .execute(&portail.db)
        .await
        .expect("a closed structure");
    let mut acteur = portail.connecter(LEA).await;
    let page = acteur.page("/mon-compte/rattachements").await;
    assert!(page.lien_eventuel("Demander d’autres services").is_none());
}

#[tokio::test]
async fn mon_gestionnaire_est_parti_se_dit_de_chaque_ecran() {
    let portail = Portail::nouveau().await;
    let lea = portail.personne(LEA).await;
    let paul = portail.personne(PAUL).await;
    let attachee = portail.structure("Alpha", 1, true).await;
    let attendue = portail.structure("Bravo", 2, true).await;
    portail.gp(attachee, paul).await;
    portail.gp(attendue, paul).await;
    portail.rattacher(attachee, lea, "us", &[]).await;
    portail.demande(attendue, lea, "us", &[]).await;
    let mut acteur = portail.connecter(LEA).await;
    let page = acteur.page("/mon-compte/rattachements").await;
    let vers = |s| format!("/sollicitations/saisie/changement-gestionnaire?structure={s}");
    let css = "a[href^='/sollicitations/saisie/changement-gestionnaire']";
    assert_eq!(
        page.attributs(&format!("#rattachements {css}"), "href"),
        [vers(attachee)]
    );
    assert_eq!(
        page.attributs(&format!("#demandes {css}"), "href"),
        [vers(attendue)]
    );
    assert_eq!(
        acteur
            .page(&format!("/structures/{attachee}"))
            .await
            .lien("Mon gestionnaire est parti"),
        vers(attachee)
    );
    // The gestionnaire himself hands over.
    let mut gp = portail.connecter(PAUL).await;
    for adresse in [
        "/mon-compte/rattachements".to_owned(),
        format!("/structures/{attachee}"),
    ] {
        let page = gp.page(&adresse).await;
        assert!(page.lien_eventuel("Mon gestionnaire est parti").is_none());
    }
}
