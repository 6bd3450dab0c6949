use super::{JULIE, MAX, Monde, historique_vrai};

#[tokio::test]
async fn un_lot_melange_rend_un_resultat_par_ligne() {
    let mut m = Monde::nouveau().await;
    let julie = m.demande().await;
    let max = m.portail.id(MAX).await;
    let ligne = [(Some(m.achats), "factures_a_valider", "consultation")];
    let max = m.portail.demande_abonnement(m.mairie, max, &ligne).await;
    let (ailleurs, _, _) = crate::activites::ailleurs(&m.portail).await;
    let omar = m.portail.id("omar.ailleurs@ailleurs.example").await;
    let etrangere = m
        .portail
        .demande_abonnement(
            ailleurs,
            omar,
            &[(None, "factures_a_valider", "consultation")],
        )
        .await;
    // Max's was decided meanwhile.
    m.gp.poster(
        &format!("{}/refus", m.ecran(max)),
        &[("motif", "Pas encore.")],
    )
    .await
    .statut(200);
    let ids = [julie, etrangere, max, julie]
        .map(|d| d.to_string())
        .to_vec();
    let mut champs: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    champs.push(("decision", "valider"));
    champs.push(("retour", "/activites?da.par=25"));
    let confirmation = m.gp.poster("/activites/abonnements/lot", &champs).await;
    confirmation
        .statut(200)
        .contient("Valider 3 demandes d’abonnement ?")
        .contient("Julie Bon")
        .contient("Factures à valider, en consultation (Tous les services)")
        .contient("2 demandes resteront comme avant")
        .contient("Rien ne change : Demande introuvable.")
        .ne_contient_pas("Ailleurs");
    let bilan = confirmation
        .formulaire("Valider 3 demandes")
        .envoyer(&mut m.gp)
        .await;
    bilan
        .statut(200)
        .contient("1 demande d’abonnement validée.")
        .contient("Julie Bon, Mairie de Terneuil : validée")
        .contient("Ligne 2 : Demande introuvable.")
        .contient("déjà été traitée par Paul Gerant");
    assert!(bilan.adresse.contains("da.par=25"));
    assert_eq!(
        m.en_plus(JULIE).await,
        [
            "factures_a_valider consultation *",
            "factures_de_travaux modification *"
        ]
    );
    assert_eq!(m.statut(max).await, "refusee");
    assert_eq!(m.statut(etrangere).await, "en_cours_de_validation");
    historique_vrai(&m.portail).await;
}

#[tokio::test]
async fn refuser_en_lot_demande_un_motif_pour_tous() {
    let mut m = Monde::nouveau().await;
    let julie = m.demande().await;
    let page = m.gp.page("/activites").await;
    let rien = page
        .formulaire("Refuser la sélection")
        .envoyer(&mut m.gp)
        .await;
    assert!(rien.statut.as_u16() == 422 || rien.statut.as_u16() == 200);
    let avant = m.portail.empreinte().await;
    m.gp.poster("/activites/abonnements/lot", &[("decision", "refuser")])
        .await
        .statut(422)
        .contient("Cochez au moins une demande.");
    m.gp.poster("/activites/abonnements/lot", &[("decision", "")])
        .await
        .statut(422);
    m.gp.poster(
        "/activites/abonnements/lot",
        &[("decision", "refuser"), ("id", "x")],
    )
    .await
    .statut(422);
    let id = julie.to_string();
    let fenetre =
        m.gp.poster(
            "/activites/abonnements/lot",
            &[("decision", "refuser"), ("id", &id)],
        )
        .await;
    fenetre
        .statut(200)
        .contient("Confirmation du refus de la demande d’abonnement")
        .contient("Refus par le gestionnaire Gerant Paul");
    fenetre
        .formulaire("Valider le refus")
        .envoyer(&mut m.gp)
        .await
        .statut(422);
    assert_eq!(m.portail.empreinte().await, avant);
    fenetre
        .formulaire("Valider le refus")
        .remplir("motif", "Revenez après votre formation.")
        .envoyer(&mut m.gp)
        .await
        .statut(200)
        .contient("1 demande d’abonnement refusée.");
    assert_eq!(m.statut(julie).await, "refusee");
    // The motive can be used again; 501 lines are too many.
    let max = m.portail.id(MAX).await;
    let ligne = [(Some(m.achats), "factures_a_valider", "consultation")];
    let max = m.portail.demande_abonnement(m.mairie, max, &ligne).await;
    m.gp.page(&format!("{}/refus", m.ecran(max)))
        .await
        .contient("Revenez après votre formation.");
    let ids: Vec<String> = (0..501).map(|_| uuid::Uuid::now_v7().to_string()).collect();
    let mut champs: Vec<(&str, &str)> = ids.iter().map(|id| ("id", id.as_str())).collect();
    champs.push(("decision", "valider"));
    m.gp.poster("/activites/abonnements/lot", &champs)
        .await
        .statut(422)
        .contient("500 demandes au plus");
}
