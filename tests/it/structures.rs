//! R-STR-FICHE and R-STR-SERVICES, as read by a member, and by nobody else.

use crate::support::monde::siret;
use crate::support::{Portail, instructions};

#[tokio::test]
async fn la_fiche_dit_tout_de_la_structure_et_de_mes_droits() {
    let portail = Portail::nouveau().await;
    let pauline = portail.personne("pauline.dufour@terneuil.example").await;
    let matthieu = portail.personne("matthieu.cardan@terneuil.example").await;
    let ccas = portail.structure("CCAS Terneuil sur Seine", 1, true).await;
    let achats = portail.service(ccas, "ACH", "Service achats").await;
    portail.service(ccas, "JUR", "Service juridique").await;
    portail.gp(ccas, pauline).await;
    portail.rattacher(ccas, matthieu, "gs", &[achats]).await;
    let mut matthieu = portail.connecter("matthieu.cardan@terneuil.example").await;
    let (page, compte) = instructions::compter(matthieu.page(&format!("/structures/{ccas}"))).await;
    page.statut(200)
        .contient("Structure publique")
        .contient("Paramètres d’une structure publique")
        .contient("Code service obligatoire Non")
        .contient("Mon rôle Gestionnaire secondaire")
        .contient("Mon rattachement Service achats")
        .contient("Valider les demandes de rattachement")
        .contient("Gestionnaire principal Pauline Dufour");
    assert!(compte <= 8, "{compte} statements");
    assert!(
        page.tous("#identite dd")
            .iter()
            .any(|t| t.replace(' ', "") == siret(1))
    );
}

#[tokio::test]
async fn une_structure_privee_n_a_pas_de_parametres_publics() {
    let portail = Portail::nouveau().await;
    let claire = portail.personne("claire.petit@4roues.example").await;
    let roues = portail
        .structure("4 ROUES SOUS UN PARAPLUIE", 1, false)
        .await;
    portail.gp(roues, claire).await;
    let mut claire = portail.connecter("claire.petit@4roues.example").await;
    claire
        .page(&format!("/structures/{roues}"))
        .await
        .statut(200)
        .contient("Structure privée")
        .ne_contient_pas("Paramètres d’une structure publique");
    // What the structure is, deactivated, can still be read by its members.
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(roues)
        .execute(&portail.db)
        .await
        .expect("a deactivation");
    claire
        .page(&format!("/structures/{roues}"))
        .await
        .statut(200)
        .contient("Cette structure est désactivée");
}

#[tokio::test]
async fn seul_un_rattachement_en_vigueur_ouvre_la_fiche() {
    let portail = Portail::nouveau().await;
    let gp = portail.personne("pauline.dufour@terneuil.example").await;
    let ccas = portail.structure("CCAS Terneuil", 1, true).await;
    portail.gp(ccas, gp).await;
    let adresse = format!("/structures/{ccas}");
    // Of another structure.
    let claire = portail.personne("claire.petit@4roues.example").await;
    let roues = portail.structure("4 ROUES", 2, false).await;
    portail.gp(roues, claire).await;
    // Waiting, refused, withdrawn: a request is not a right.
    for (rang, statut) in ["en_cours_de_validation", "refusee", "retiree"]
        .into_iter()
        .enumerate()
    {
        let login = format!("demande.{rang}@example.org");
        let personne = portail.personne(&login).await;
        let demande = portail.demande(ccas, personne, "us", &[]).await;
        if statut != "en_cours_de_validation" {
            sqlx::query("update demandes_rattachement set statut = $2, motif = 'Non', traitee_le = maintenant() where id = $1")
                .bind(demande)
                .bind(statut)
                .execute(&portail.db)
                .await
                .expect("a decision");
        }
    }
    // Deactivated, deleted, expired, not yet begun, closed account.
    for (rang, effet) in [
        "update rattachements set statut = 'desactivee', cause = 'gestionnaire' where id = $1",
        "update rattachements set statut = 'supprimee', cause = 'gestionnaire' where id = $1",
        "update rattachements set date_fin = maintenant() - interval '1 second' where id = $1",
        "update rattachements set date_debut = maintenant() + interval '1 day' where id = $1",
    ]
    .into_iter()
    .enumerate()
    {
        let login = format!("rattache.{rang}@example.org");
        let personne = portail.personne(&login).await;
        let rattachement = portail.rattacher(ccas, personne, "gs", &[]).await;
        portail
            .connecter(&login)
            .await
            .page(&adresse)
            .await
            .statut(200);
        sqlx::query(effet)
            .bind(rattachement)
            .execute(&portail.db)
            .await
            .expect("an end");
    }
    for login in [
        "claire.petit@4roues.example",
        "demande.0@example.org",
        "demande.1@example.org",
        "demande.2@example.org",
        "rattache.0@example.org",
        "rattache.1@example.org",
        "rattache.2@example.org",
        "rattache.3@example.org",
    ] {
        let page = portail.connecter(login).await.page(&adresse).await;
        page.statut(404);
        assert!(!page.corps.contains("Terneuil"), "{login}");
    }
    let page = portail.anonyme().lire(&adresse).await;
    page.statut(303);
}

#[tokio::test]
async fn la_fiche_n_offre_que_les_actions_permises() {
    let portail = Portail::nouveau().await;
    let structure = portail.structure("Mairie de Ternay", 1, true).await;
    let gp = portail.personne("gp@ternay.example").await;
    portail.gp(structure, gp).await;
    let gs = portail.personne("gs@ternay.example").await;
    portail.rattacher(structure, gs, "gs", &[]).await;
    let us = portail.personne("us@ternay.example").await;
    portail.rattacher(structure, us, "us", &[]).await;
    let adresse = format!("/structures/{structure}");
    for (qui, rattacher, transferer) in [
        ("gp@ternay.example", true, true),
        ("gs@ternay.example", true, false),
        ("us@ternay.example", false, false),
    ] {
        let mut acteur = portail.connecter(qui).await;
        let page = acteur.page(&adresse).await;
        for (libelle, offerte) in [
            ("Rattacher un utilisateur", rattacher),
            ("Transférer le rôle de gestionnaire principal", transferer),
        ] {
            let lien = page.lien_eventuel(libelle);
            assert_eq!(lien.is_some(), offerte, "{qui} : {libelle}");
            if let Some(lien) = lien {
                acteur.page(&lien).await.statut(200);
            }
        }
    }
}
