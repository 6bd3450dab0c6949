//! The first page: a door for visitors, what waits for the others.

use vantail::db::{StructureId, UtilisateurId};

use crate::support::{Portail, config_avec, instructions};

const PAULINE: &str = "pauline.dufour@terneuil.example";
const ZAHRA: &str = "zahra.hamou@example.org";

/// A line of the historique, without its chain: only reading is tested here.
async fn evenement(
    portail: &Portail,
    structure: StructureId,
    action: &str,
    concerne: UtilisateurId,
    qui: &str,
    demande: Option<vantail::db::DemandeId>,
) {
    let id: uuid::Uuid = sqlx::query_scalar(
        "insert into historique (id, chaine, structure_id, numero, action, acteur_genre, concerne_id, demande_id, survenu_le,
                                 engagement, precedente, cle_version, empreinte)
         select uuid_v7(), $1, $1, coalesce(max(numero), 0) + 1, $2, 'systeme', $3, $4,
                maintenant() + coalesce(max(numero), 0) * interval '1 minute', '', '', 1, ''
         from historique where chaine = $1 returning id",
    )
    .bind(structure)
    .bind(action)
    .bind(concerne)
    .bind(demande)
    .fetch_one(&portail.db)
    .await
    .expect("a line");
    sqlx::query("insert into historique_donnees (historique_id, sel, donnees) values ($1, '', $2)")
        .bind(id)
        .bind(format!("{{\"concerne\":\"{qui}\"}}"))
        .execute(&portail.db)
        .await
        .expect("its data");
}

#[tokio::test]
async fn un_visiteur_trouve_la_connexion() {
    let portail = Portail::nouveau().await;
    let page = portail.anonyme().page("/").await;
    page.statut(200).contient("Vos structures, vos accès");
    assert_eq!(page.lien("Mot de passe oublié"), "/mot-de-passe-oublie");
    assert_eq!(page.lien("Connexion"), "/connexion");
}

#[tokio::test]
async fn une_personne_sans_rattachement_sait_par_ou_commencer() {
    let portail = Portail::nouveau().await;
    let zahra_id = portail.personne(ZAHRA).await;
    let mut zahra = portail.connecter(ZAHRA).await;
    let page = zahra.page("/").await;
    page.statut(200)
        .contient("Vous n’êtes rattaché à aucune structure")
        .ne_contient_pas("À traiter");
    assert_eq!(
        page.lien("Demander un rattachement"),
        "/mon-compte/rattachements/demande"
    );
    assert_eq!(page.lien("Rechercher structure publique"), "/annuaire");
    // Her request waits: she reads since when, and that nobody can decide yet.
    let mairie = portail.structure("Mairie de Pietralba", 1, true).await;
    portail.demande(mairie, zahra_id, "us", &[]).await;
    portail.avancer("3 days").await;
    let mut zahra = portail.connecter(ZAHRA).await;
    zahra
        .page("/")
        .await
        .contient("En attente d’un autre")
        .contient("Mairie de Pietralba")
        .contient("depuis 3 jours")
        .contient("pas encore de gestionnaire");
}

#[tokio::test]
async fn un_gestionnaire_voit_ce_qui_l_attend_et_l_ouvre_d_un_clic() {
    let portail = Portail::nouveau().await;
    let pauline = portail.personne(PAULINE).await;
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    portail.gp(ccas, pauline).await;
    let mut actrice = portail.connecter(PAULINE).await;
    actrice
        .page("/")
        .await
        .contient("Aucune demande n’attend votre décision.");
    for rang in 0..2 {
        let personne = portail
            .personne(&format!("demandeur.{rang}@example.org"))
            .await;
        portail.demande(ccas, personne, "us", &[]).await;
        portail.avancer("1 day").await;
    }
    // The demande of another structure does not count.
    let autre = portail.structure("Autre", 2, true).await;
    let personne = portail.personne("demandeur.ailleurs@example.org").await;
    portail.demande(autre, personne, "us", &[]).await;
    let mut actrice = portail.connecter(PAULINE).await;
    let (page, compte) = instructions::compter(actrice.page("/")).await;
    page.statut(200)
        .contient("À traiter 2")
        .contient("La plus ancienne attend depuis 2 jours.");
    assert_eq!(
        page.lien("Traiter la plus ancienne"),
        "/activites/demandes/suivante"
    );
    assert!(compte <= 8, "{compte} statements");
    // On a deactivated structure nothing can be decided.
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(ccas)
        .execute(&portail.db)
        .await
        .expect("a deactivation");
    actrice.page("/").await.ne_contient_pas("À traiter");
}

#[tokio::test]
async fn le_fil_raconte_ce_qui_me_concerne_et_mes_structures() {
    let portail = Portail::nouveau().await;
    let pauline = portail.personne(PAULINE).await;
    let zahra = portail.personne(ZAHRA).await;
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    let autre = portail.structure("Structure Étrangère", 2, true).await;
    portail.gp(ccas, pauline).await;
    evenement(
        &portail,
        ccas,
        "demande_deposee",
        zahra,
        "Zahra Hamou",
        None,
    )
    .await;
    evenement(
        &portail,
        autre,
        "demande_validee",
        zahra,
        "Zahra Hamou",
        None,
    )
    .await;
    evenement(
        &portail,
        autre,
        "structure_desactivee",
        pauline,
        "Quelqu’un",
        None,
    )
    .await;
    let mut actrice = portail.connecter(ZAHRA).await;
    let page = actrice.page("/").await;
    page.contient("Zahra Hamou demande son rattachement à CCAS Terneuil.")
        .contient("La demande de Zahra Hamou sur Structure Étrangère est validée.");
    let mut actrice = portail.connecter(PAULINE).await;
    let page = actrice.page("/").await;
    page.contient("Zahra Hamou demande son rattachement à CCAS Terneuil.")
        .ne_contient_pas("est validée");
    for _ in 0..12 {
        evenement(
            &portail,
            ccas,
            "rattachement_modifie",
            zahra,
            "Zahra Hamou",
            None,
        )
        .await;
    }
    let page = actrice.page("/").await;
    assert_eq!(page.tous("#fil dd").len(), 10);
}

#[tokio::test]
async fn un_gestionnaire_de_services_ne_lit_rien_des_autres_services() {
    let portail = Portail::nouveau().await;
    let pauline = portail.personne(PAULINE).await;
    let gs = portail.personne("matthieu.cardan@terneuil.example").await;
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    let achats = portail.service(ccas, "ACH", "Achats").await;
    let juridique = portail.service(ccas, "JUR", "Juridique").await;
    portail.gp(ccas, pauline).await;
    portail.rattacher(ccas, gs, "gs", &[achats]).await;
    let mut voulus = Vec::new();
    for (rang, services, mienne) in [
        (0, vec![achats], true),
        (1, vec![juridique], false),
        (2, vec![achats, juridique], false),
        (3, vec![], false),
    ] {
        let login = format!("demandeur.numero{rang}@example.org");
        let personne = portail.personne(&login).await;
        let demande = portail.demande(ccas, personne, "us", &services).await;
        let qui = format!("Demandeur Numero{rang}");
        evenement(
            &portail,
            ccas,
            "demande_deposee",
            personne,
            &qui,
            Some(demande),
        )
        .await;
        voulus.push((qui, mienne));
    }
    for (rang, services, mienne) in [
        (4, vec![achats], true),
        (5, vec![achats, juridique], false),
        (6, vec![juridique], false),
        (7, vec![], false),
    ] {
        let login = format!("rattache.numero{rang}@example.org");
        let personne = portail.personne(&login).await;
        portail.rattacher(ccas, personne, "us", &services).await;
        let qui = format!("Rattache Numero{rang}");
        evenement(&portail, ccas, "rattachement_modifie", personne, &qui, None).await;
        voulus.push((qui, mienne));
    }
    let page = portail
        .connecter("matthieu.cardan@terneuil.example")
        .await
        .page("/")
        .await;
    for (qui, mienne) in &voulus {
        if *mienne {
            page.contient(qui);
        } else {
            page.ne_contient_pas(qui);
        }
    }
    let page = portail.connecter(PAULINE).await.page("/").await;
    for (qui, _) in &voulus {
        page.contient(qui);
    }
}

/// « Déposer une facture »: with the espace in modification, and where the application of the invoices is known.
#[tokio::test]
async fn l_acces_rapide_n_offre_que_ce_qui_sert() {
    let portail = Portail::avec(config_avec(&[(
        "ESPACES_FACTURES_EMISES",
        "https://factures.example/emises",
    )]))
    .await;
    let zahra = portail.personne(ZAHRA).await;
    let mairie = portail.structure("Mairie", 1, true).await;
    let gp = portail.personne(PAULINE).await;
    portail.gp(mairie, gp).await;
    let mut actrice = portail.connecter(ZAHRA).await;
    let liens = |page: &crate::support::page::PageLue| page.tous("#acces-rapide a");
    let page = actrice.page("/").await;
    assert_eq!(
        liens(&page),
        [
            "Rechercher structure publique",
            "Demander un rattachement",
            "Les domaines"
        ]
    );
    let rattachement = portail.rattacher(mairie, zahra, "us", &[]).await;
    let abonnement = portail
        .abonnement(rattachement, None, "factures_emises", "consultation")
        .await;
    let page = actrice.page("/").await;
    assert!(liens(&page).contains(&"Ajouter un espace".to_owned()));
    assert!(page.lien_eventuel("Déposer une facture").is_none());
    sqlx::query("update abonnements set droit = 'modification' where id = $1")
        .bind(abonnement)
        .execute(&portail.db)
        .await
        .expect("an update");
    let page = actrice.page("/").await;
    assert_eq!(
        page.lien("Déposer une facture"),
        "https://factures.example/emises"
    );
}
