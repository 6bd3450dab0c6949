use super::{GP, JULIE, LEA, LIEN, MAX, Monde, corps, historique_vrai};
use crate::support::{Portail, instructions};

#[tokio::test]
async fn du_bloc_b_a_la_decision_ligne_par_ligne() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let page = m.gp.page("/activites").await;
    page.contient("Les demandes d’abonnement aux espaces")
        .contient("Julie Bon")
        .contient("Factures à valider, Factures de travaux");
    let ecran =
        m.gp.page(&page.lien("Valider la demande d’abonnement de Julie Bon"))
            .await;
    ecran
        .statut(200)
        .contient("Abonnement d’un utilisateur aux espaces")
        .contient("julie.bon@test.example")
        .contient("97500 Terneuil")
        .contient("J’en ai besoin.");
    let lignes = m.lignes(demande).await;
    let formulaire = ecran.formulaire("Valider");
    // What was asked is ticked, for the person alone.
    assert_eq!(formulaire.valeurs("consultation"), [lignes[0].as_str()]);
    assert_eq!(formulaire.valeurs("modification"), [lignes[1].as_str()]);
    assert_eq!(formulaire.valeur("etendue"), Some("utilisateur"));
    // The second line has no box: it is refused. Both boxes are a modification.
    formulaire
        .cocher("modification", &lignes[0])
        .decocher("modification", &lignes[1])
        .remplir("commentaire", "Pour la clôture.")
        .envoyer(&mut m.gp)
        .await
        .statut(200)
        .contient("La demande d’abonnement de Julie Bon est validée.");
    assert_eq!(m.statut(demande).await, "validee");
    assert_eq!(
        m.en_plus(JULIE).await,
        ["factures_a_valider modification *"]
    );
    assert_eq!(m.actions().await, ["abonnement_valide"]);
    historique_vrai(&m.portail).await;
    let courriers = m.portail.courriers().await;
    assert_eq!(courriers.len(), 1);
    assert_eq!(courriers[0].destinataire, JULIE);
    assert_eq!(
        corps(&courriers[0]),
        format!(
            "Bonjour Julie Bon,\n\n\
             Paul Gerant a validé votre demande d’abonnement sur Mairie de Terneuil.\n\n\
             Espaces ouverts\u{202F}:\n- Factures à valider, en modification (Tous les services)\n\n\
             Refusés\u{202F}:\n- Factures de travaux, en modification (Tous les services)\n\n\
             Commentaire\u{202F}: Pour la clôture.\n\n\
             Vos accès sont ouverts dès maintenant\u{202F}:\n{LIEN}"
        )
    );
    // Seen from both sides, afterwards.
    m.gp.page(&m.ecran(demande))
        .await
        .contient("Validée")
        .contient("Refusé")
        .contient("Pour la clôture.");
    let liste = m.julie.page("/mon-compte/abonnements").await;
    liste
        .contient("Sur votre demande")
        .contient("Refusé")
        .contient("Retirer cet abonnement");
    let detail = m.gp.page("/activites").await.lien("Détail");
    m.gp.page(&detail)
        .await
        .contient("Validée par Paul Gerant")
        .contient("Factures de travaux, en modification (Tous les services)")
        .contient("Consulter la demande d’abonnement");
    // Terminal: the database refuses as well.
    let change = sqlx::query("update demandes_abonnement set statut = 'retiree' where id = $1")
        .bind(demande)
        .execute(&m.portail.db)
        .await;
    assert!(change.is_err());
}

#[tokio::test]
async fn refuser_demande_un_motif_et_laisse_tout_en_place() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let page = m.gp.page("/activites").await;
    let fenetre =
        m.gp.page(&page.lien("Refuser la demande d’abonnement de Julie Bon"))
            .await;
    fenetre
        .statut(200)
        .contient("Confirmation du refus de la demande d’abonnement")
        .contient("Bon Julie")
        .contient("Factures à valider, Factures de travaux")
        .contient("Refus par le gestionnaire Gerant Paul");
    let avant = m.portail.empreinte().await;
    for motif in ["", "  ", &"x".repeat(256)] {
        let page = fenetre
            .formulaire("Valider le refus")
            .remplir("motif", motif)
            .envoyer(&mut m.gp)
            .await;
        page.statut(422);
        assert!(page.erreur_de("motif").is_some());
    }
    assert_eq!(m.portail.empreinte().await, avant);
    fenetre
        .formulaire("Valider le refus")
        .remplir("motif", "Votre mission ne le demande pas.")
        .envoyer(&mut m.gp)
        .await
        .contient("La demande d’abonnement de Julie Bon est refusée.");
    assert_eq!(m.statut(demande).await, "refusee");
    assert_eq!(m.actions().await, ["abonnement_refuse"]);
    assert!(m.en_plus(JULIE).await.is_empty());
    let courriers = m.portail.courriers_pour(JULIE).await;
    assert_eq!(
        corps(&courriers[0]),
        format!(
            "Bonjour Julie Bon,\n\n\
             Paul Gerant a refusé votre demande d’abonnement sur Mairie de Terneuil\u{202F}:\n\
             - Factures à valider, en consultation (Tous les services)\n\
             - Factures de travaux, en modification (Tous les services)\n\n\
             Motif\u{202F}: Votre mission ne le demande pas.\n\n\
             Vous pouvez déposer une nouvelle demande après avoir corrigé ce qui l’exige\u{202F}:\n{LIEN}"
        )
    );
    m.gp.page("/activites").await.contient("Désactivée");
    // Told during 30 days, then forgotten; asking again is possible at once (failure-modes R5).
    m.julie
        .page("/mon-compte/abonnements")
        .await
        .contient("Motif : Votre mission ne le demande pas.");
    m.portail.avancer("31 days").await;
    m.portail.connecter(JULIE).await;
    let mut julie = m.portail.connecter(JULIE).await;
    julie
        .page("/mon-compte/abonnements")
        .await
        .ne_contient_pas("Refusé");
    let champs = [
        ("maille", "structure"),
        ("consultation", "factures_a_valider"),
    ];
    julie
        .poster(&m.ajout(), &champs)
        .await
        .contient("Votre demande est envoyée.");
}

#[tokio::test]
async fn ne_rien_cocher_mene_au_motif() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let lignes = m.lignes(demande).await;
    let avant = m.portail.empreinte().await;
    let ecran = m.gp.page(&m.ecran(demande)).await;
    let page = ecran
        .formulaire("Valider")
        .decocher("consultation", &lignes[0])
        .decocher("modification", &lignes[1])
        .envoyer(&mut m.gp)
        .await;
    page.statut(200)
        .contient("Aucune ligne n’était cochée")
        .contient("Confirmation du refus de la demande d’abonnement");
    assert_eq!(m.portail.empreinte().await, avant);
}

#[tokio::test]
async fn deja_traitee_par_qui_et_quand() {
    let mut m = Monde::nouveau().await;
    let demande = m.demande().await;
    let ecran = m.gp.page(&m.ecran(demande)).await;
    let refus = m.gp.page(&format!("{}/refus", m.ecran(demande))).await;
    ecran.formulaire("Valider").envoyer(&mut m.gp).await;
    let apres = m.portail.empreinte().await;
    for page in [
        ecran.formulaire("Valider").envoyer(&mut m.gp).await,
        refus
            .formulaire("Valider le refus")
            .remplir("motif", "Non.")
            .envoyer(&mut m.gp)
            .await,
    ] {
        page.statut(409)
            .contient("Cette demande a déjà été traitée par Paul Gerant le");
    }
    assert_eq!(m.portail.empreinte().await, apres);
    assert_eq!(m.portail.courriers_pour(JULIE).await.len(), 1);
}

#[tokio::test]
async fn un_gestionnaire_de_service_decide_les_demandes_de_ses_services() {
    let mut m = Monde::nouveau().await;
    let pour_tous = m.demande().await;
    let max = m.portail.id(MAX).await;
    sqlx::query("insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut)
                 values ($1, $2, $3, 'validee', maintenant())")
        .bind(m.r_max)
        .bind(m.mairie)
        .bind(m.juridique)
        .execute(&m.portail.db)
        .await
        .expect("a second service");
    let juridique = [(Some(m.juridique), "factures_a_valider", "consultation")];
    let sienne = m
        .portail
        .demande_abonnement(m.mairie, max, &juridique)
        .await;
    let page = m.lea.page("/activites").await;
    page.contient("Max Service").ne_contient_pas("Julie Bon");
    for suite in ["", "/refus"] {
        let adresse = format!("{}{suite}", m.ecran(pour_tous));
        m.lea.page(&adresse).await.statut(404);
    }
    let avant = m.portail.empreinte().await;
    let lignes = m.lignes(pour_tous).await;
    let adresse = format!("{}/validation", m.ecran(pour_tous));
    let champs = [
        ("etendue", "utilisateur"),
        ("consultation", lignes[0].as_str()),
    ];
    m.lea.poster(&adresse, &champs).await.statut(404);
    let adresse = format!("{}/refus", m.ecran(pour_tous));
    m.lea
        .poster(&adresse, &[("motif", "Non.")])
        .await
        .statut(404);
    assert_eq!(m.portail.empreinte().await, avant);
    m.lea
        .page(&m.ecran(sienne))
        .await
        .formulaire("Valider")
        .envoyer(&mut m.lea)
        .await
        .contient("La demande d’abonnement de Max Service est validée.");
    assert_eq!(
        m.en_plus(MAX).await,
        ["factures_a_valider consultation JUR"]
    );
    // Her historique shows what she decided.
    m.lea.page("/activites").await.contient("Validée");
    assert_eq!(m.portail.courriers_pour(LEA).await.len(), 0);
}

#[tokio::test]
async fn le_bloc_b_tient_en_huit_instructions_et_trie_sans_deranger_le_bloc_a() {
    let mut m = Monde::nouveau().await;
    for rang in 1..=7 {
        let adresse = format!("personne{rang:02}.espaces@test.example");
        let personne = m.portail.personne(&adresse).await;
        m.portail.rattacher(m.mairie, personne, "us", &[]).await;
        let ligne = [(None, "factures_a_valider", "consultation")];
        m.portail
            .demande_abonnement(m.mairie, personne, &ligne)
            .await;
    }
    let (page, nombre) = instructions::compter(m.gp.page("/activites?da.par=100&h.par=100")).await;
    page.statut(200).contient("(7 lignes)");
    assert!(nombre <= 8, "{nombre} statements");
    let page =
        m.gp.page("/activites?da.tri=demandeur-desc&dr.page=1&da.page=2")
            .await;
    assert_eq!(page.tous("#demandes-abonnement tbody th").len(), 2);
    let tri = page.attributs("#demandes-abonnement-tri-identifiant", "href");
    assert!(
        tri[0].contains("dr.page=1") && !tri[0].contains("da.page"),
        "{tri:?}"
    );
    let page = m.gp.page("/activites?da.q=personne03").await;
    assert_eq!(page.tous("#demandes-abonnement tbody th").len(), 1);
    page.contient("Aucune demande en attente");
    let (_, nombre) = instructions::compter(m.julie.page("/mon-compte/abonnements")).await;
    assert!(nombre <= 8, "{nombre} statements");
    let ajout = m.ajout();
    let (_, nombre) = instructions::compter(m.julie.page(&ajout)).await;
    assert!(nombre <= 8, "{nombre} statements");
    let demande = m.demande().await;
    let ecran = m.ecran(demande);
    let (_, nombre) = instructions::compter(m.gp.page(&ecran)).await;
    assert!(nombre <= 8, "{nombre} statements");
}

#[tokio::test]
async fn l_accueil_compte_les_deux_sortes_de_demandes() {
    let mut m = Monde::nouveau().await;
    m.demande().await;
    let page = m.gp.page("/").await;
    page.contient("1 demande d’abonnement");
    m.gp.page(&page.lien("Traiter la plus ancienne demande d’abonnement"))
        .await
        .contient("Abonnement d’un utilisateur aux espaces");
    m.julie
        .page("/")
        .await
        .ne_contient_pas("À traiter")
        .contient("Ajouter un espace");
    let _: &Portail = &m.portail;
    assert_eq!(m.portail.courriers_pour(GP).await.len(), 0);
}
