use super::{adresse, annuler, droits};
use crate::abonnements::{JULIE, MAX, Monde};

#[tokio::test]
async fn une_validation_d_espaces_s_annule() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let julie = m.portail.id(JULIE).await;
    let avant = droits(&m.portail, m.mairie, julie).await;
    let page = m.gp.page(&m.ecran(demande)).await;
    let fait = page.formulaire("Valider").envoyer(&mut m.gp).await;
    fait.statut(200)
        .contient("La demande d’abonnement de Julie Bon est validée.");
    assert_ne!(avant, droits(&m.portail, m.mairie, julie).await);
    let confirmation = m.gp.page(&fait.lien("Annuler cette décision")).await;
    confirmation
        .formulaire("Annuler la décision")
        .envoyer(&mut m.gp)
        .await
        .contient("1 décision annulée.");
    assert_eq!(avant, droits(&m.portail, m.mairie, julie).await);
    assert_eq!(m.statut(demande).await, "validee");
    assert_eq!(
        m.portail
            .nombre(
                "select count(*) from demandes_abonnement d join demande_abonnement_lignes l on l.demande_id = d.id
                 where d.reprend is not null and d.statut = 'en_cours_de_validation' and l.statut = 'demandee'"
            )
            .await,
        2
    );
    let courriers = m.portail.courriers_pour(JULIE).await;
    let dernier = courriers.last().expect("a mail");
    assert!(
        dernier
            .sujet
            .starts_with("Décision annulée : votre demande d’abonnement")
    );
    assert!(
        dernier
            .texte
            .contains("Factures à valider, en consultation (Tous les services)")
    );
    assert_eq!(
        m.actions().await.last().map(String::as_str),
        Some("decision_annulee")
    );
}

#[tokio::test]
async fn une_ouverture_a_tous_s_annule_pour_tous() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let (julie, max) = (m.portail.id(JULIE).await, m.portail.id(MAX).await);
    // A narrower setting was there before: it must come back, neither lost nor left wide.
    sqlx::query(
        "insert into parametrage_espaces (id, structure_id, espace, droit) values (uuid_v7(), $1, 'factures_de_travaux', 'consultation')",
    )
    .bind(m.mairie)
    .execute(&m.portail.db)
    .await
    .expect("a setting");
    for r in [m.r_julie, m.r_max] {
        m.recalculer(r).await;
    }
    let avant = (
        droits(&m.portail, m.mairie, julie).await,
        droits(&m.portail, m.mairie, max).await,
    );
    let page = m.gp.page(&m.ecran(demande)).await;
    page.formulaire("Valider")
        .choisir("etendue", "structure")
        .envoyer(&mut m.gp)
        .await
        .statut(200);
    assert_ne!(avant.1, droits(&m.portail, m.mairie, max).await);
    let adresse = adresse(&m.portail).await;
    assert_eq!(annuler(&mut m.gp, &adresse).await, 303);
    assert_eq!(avant.0, droits(&m.portail, m.mairie, julie).await);
    assert_eq!(avant.1, droits(&m.portail, m.mairie, max).await);
    let courriers = m.portail.courriers_pour(MAX).await;
    let dernier = courriers.last().expect("a mail");
    assert_eq!(dernier.sujet, "Vos espaces sur Mairie de Terneuil changent");
}

#[tokio::test]
async fn un_reglage_pose_entre_temps_empeche_l_annulation() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let page = m.gp.page(&m.ecran(demande)).await;
    page.formulaire("Valider")
        .choisir("etendue", "structure")
        .envoyer(&mut m.gp)
        .await
        .statut(200);
    sqlx::query("update parametrage_espaces set droit = 'modification', regle_le = maintenant()")
        .execute(&m.portail.db)
        .await
        .expect("a change");
    let adresse = adresse(&m.portail).await;
    let avant = m.portail.empreinte().await;
    m.gp.poster(&adresse, &[])
        .await
        .statut(409)
        .contient("ont changé depuis");
    assert_eq!(avant, m.portail.empreinte().await);
}

#[tokio::test]
async fn qui_est_parti_ne_redevient_pas_demandeur() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    m.gp.poster(&format!("{}/refus", m.ecran(demande)), &[("motif", "Non.")])
        .await
        .statut(200);
    let ligne = m.r_julie.to_string();
    m.julie
        .poster(
            "/mon-compte/rattachements/suppression",
            &[("ligne", ligne.as_str())],
        )
        .await
        .statut(200);
    let adresse = adresse(&m.portail).await;
    m.gp.poster(&adresse, &[])
        .await
        .statut(409)
        .contient("n’est plus rattachée");
}
