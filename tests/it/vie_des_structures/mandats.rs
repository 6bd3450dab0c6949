use super::{AILLEURS, GP, GS, GS_SERVICE, Monde, US};
use crate::mon_compte::{actions, corps, historique_vrai};
use crate::support::monde::siret;

/// So many days from today, as a date field sends it.
async fn dans(monde: &Monde, jours: i32) -> String {
    sqlx::query_scalar("select (aujourdhui() + $1)::text")
        .bind(jours)
        .fetch_one(&monde.portail.db)
        .await
        .expect("a day")
}

async fn donner(monde: &mut Monde, debut: i32, fin: Option<i32>) -> crate::support::page::PageLue {
    let debut = dans(monde, debut).await;
    let fin = match fin {
        Some(fin) => dans(monde, fin).await,
        None => String::new(),
    };
    let champs = [
        ("type_identifiant", "SIRET"),
        ("identifiant", &*siret(2)),
        ("debut", &*debut),
        ("fin", &*fin),
    ];
    let adresse = monde.adresse("mandats/confirmation");
    monde.gp.poster(&adresse, &champs).await
}

#[tokio::test]
async fn un_mandat_se_donne_et_les_deux_structures_le_savent() {
    let mut monde = Monde::nouveau().await;
    let page = monde.gp.page(&monde.adresse("mandats")).await;
    page.statut(200)
        .contient("Aucun mandat donné")
        .contient("Aucun mandat reçu");
    let page = monde.gp.page(&page.lien("Donner un mandat")).await;
    let (debut, fin) = (dans(&monde, 1).await, dans(&monde, 30).await);
    let page = page
        .formulaire("Continuer")
        .remplir("identifiant", &siret(2))
        .remplir("debut", &debut)
        .remplir("fin", &fin)
        .envoyer(&mut monde.gp)
        .await;
    page.statut(200)
        .contient("Donner ce mandat de facturation ?")
        .contient("Fournil d’Ailleurs");
    assert_eq!(
        monde.portail.nombre("select count(*) from mandats").await,
        0,
        "not yet"
    );
    page.formulaire("Confirmer")
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .contient("Le mandat de facturation est créé.")
        .contient("Fournil d’Ailleurs")
        .contient("À venir");
    let portail = &monde.portail;
    assert_eq!(actions(portail, monde.mairie).await, ["mandat_donne"]);
    assert_eq!(actions(portail, monde.ailleurs).await, ["mandat_donne"]);
    historique_vrai(portail).await;
    assert_eq!(monde.prevenus("mandat_donne").await, [AILLEURS, GS, GP]);
    let courrier = &portail.courriers_pour(AILLEURS).await[0];
    assert_eq!(
        courrier.sujet,
        "Fournil d’Ailleurs facture pour Mairie de Terneuil"
    );
    assert!(corps(courrier).contains("Paul Gerant a donné mandat à Fournil d’Ailleurs d’émettre les factures de Mairie de Terneuil, du "));
    // The other side reads it, without a button.
    let mut aude = portail.connecter(AILLEURS).await;
    let page = aude
        .page(&format!("/structures/{}/mandats", monde.ailleurs))
        .await;
    page.statut(200)
        .contient("Mairie de Terneuil")
        .contient("Aucun mandat donné");
    assert!(page.lien_eventuel("Terminer").is_none(), "read only");
    let id = portail.uuid("select id from mandats").await;
    let adresse = format!("/structures/{}/mandats/{id}/fin", monde.ailleurs);
    aude.page(&adresse).await.statut(404);
    aude.poster(&adresse, &[("fin", &debut)]).await.statut(404);
}

#[tokio::test]
async fn un_mandat_se_termine() {
    let mut monde = Monde::nouveau().await;
    monde.portail.mandat(monde.mairie, monde.ailleurs).await;
    let page = monde.gp.page(&monde.adresse("mandats")).await;
    page.contient("En cours");
    let fenetre = monde.gp.page(&page.lien("Terminer le mandat")).await;
    let hier = dans(&monde, -1).await;
    for faux in ["", "32/13/2026", &hier] {
        let refus = fenetre
            .formulaire("Terminer le mandat")
            .remplir("fin", faux)
            .envoyer(&mut monde.gp)
            .await;
        refus.statut(422);
        assert!(refus.erreur_de("fin").is_some(), "{faux}");
    }
    let jour = dans(&monde, 5).await;
    fenetre
        .formulaire("Terminer le mandat")
        .remplir("fin", &jour)
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .contient("La fin du mandat est enregistrée.")
        .contient("En cours");
    assert_eq!(
        actions(&monde.portail, monde.ailleurs).await,
        ["mandat_termine"]
    );
    assert_eq!(monde.prevenus("mandat_termine").await, [AILLEURS, GS, GP]);
    // Later than its end: refused, and its end is said.
    let tard = dans(&monde, 9).await;
    fenetre
        .formulaire("Terminer le mandat")
        .remplir("fin", &tard)
        .envoyer(&mut monde.gp)
        .await
        .statut(422)
        .contient("se termine déjà le");
    // The last day is included, then it is over, and a new one may be given.
    monde.avancer("5 days").await;
    monde
        .gp
        .page(&monde.adresse("mandats"))
        .await
        .contient("En cours");
    monde.avancer("1 day").await;
    monde
        .gp
        .page(&monde.adresse("mandats"))
        .await
        .contient("Terminé");
    donner(&mut monde, 0, None)
        .await
        .statut(200)
        .contient("En cours");
}

#[tokio::test]
async fn un_mandat_a_venir_s_annule_et_laisse_la_place() {
    let mut monde = Monde::nouveau().await;
    donner(&mut monde, 10, None).await.statut(200);
    let page = monde.gp.page(&monde.adresse("mandats")).await;
    let fenetre = monde.gp.page(&page.lien("Terminer le mandat")).await;
    fenetre.contient("Ce mandat n’a pas commencé");
    fenetre
        .formulaire("Terminer le mandat")
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .contient("Annulé");
    donner(&mut monde, 10, None)
        .await
        .statut(200)
        .contient("À venir");
}

#[tokio::test]
async fn deux_mandats_ne_se_chevauchent_pas() {
    let mut monde = Monde::nouveau().await;
    donner(&mut monde, 0, Some(10)).await.statut(200);
    let avant = monde.portail.empreinte().await;
    for (debut, fin) in [(10, None), (-5, Some(0)), (3, Some(4)), (-5, Some(50))] {
        let page = donner(&mut monde, debut, fin).await;
        page.statut(422);
        assert!(page.erreur_de("debut").is_some(), "{debut} {fin:?}");
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
    donner(&mut monde, 11, None).await.statut(200);
    assert_eq!(
        monde.portail.nombre("select count(*) from mandats").await,
        2
    );
    // The same twice is one.
    donner(&mut monde, 11, None).await.statut(200);
    assert_eq!(
        monde.portail.nombre("select count(*) from mandats").await,
        2
    );
}

#[tokio::test]
async fn un_mauvais_mandataire_est_refuse_au_champ() {
    let mut monde = Monde::nouveau().await;
    let fermee = monde.portail.structure("Fermée", 3, false).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(fermee)
        .execute(&monde.portail.db)
        .await
        .expect("closed");
    let jour = dans(&monde, 1).await;
    let avant = monde.portail.empreinte().await;
    for chemin in ["mandats/nouveau", "mandats/confirmation"] {
        let adresse = monde.adresse(chemin);
        let trois = siret(3);
        let (un, deux, neuf) = (siret(1), siret(2), siret(9));
        let cas: [(&str, &str, &str, &str, &str); 9] = [
            ("type_identifiant", "", &deux, &jour, ""),
            ("identifiant", "SIRET", "", &jour, ""),
            ("identifiant", "SIRET", "12345678901234", &jour, ""),
            ("identifiant", "SIRET", &un, &jour, ""),
            ("identifiant", "SIRET", &neuf, &jour, ""),
            ("identifiant", "SIRET", &trois, &jour, ""),
            ("debut", "SIRET", &deux, "", ""),
            ("debut", "SIRET", &deux, "31/02/2027", ""),
            ("fin", "SIRET", &deux, &jour, "2001-01-01"),
        ];
        for (champ, genre, identifiant, debut, fin) in cas {
            let champs = [
                ("type_identifiant", genre),
                ("identifiant", identifiant),
                ("debut", debut),
                ("fin", fin),
            ];
            let page = monde.gp.poster(&adresse, &champs).await;
            page.statut(422);
            assert!(page.erreur_de(champ).is_some(), "{chemin} {champs:?}");
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn seul_qui_gere_toute_la_structure_donne_un_mandat() {
    let monde = Monde::nouveau().await;
    let id = monde.portail.mandat(monde.mairie, monde.ailleurs).await;
    for suite in ["", "/nouveau", &format!("/{id}/fin")] {
        for (qui, statut) in [(GS, 200), (GS_SERVICE, 403), (US, 403), (AILLEURS, 404)] {
            let mut acteur = monde.portail.connecter(qui).await;
            acteur
                .page(&monde.adresse(&format!("mandats{suite}")))
                .await
                .statut(statut);
        }
    }
    let jour = dans(&monde, 1).await;
    let avant = monde.portail.empreinte().await;
    for (qui, statut) in [(GS_SERVICE, 403), (US, 403), (AILLEURS, 404)] {
        let mut acteur = monde.portail.connecter(qui).await;
        let champs = [
            ("type_identifiant", "SIRET"),
            ("identifiant", &siret(2)),
            ("debut", &jour),
        ];
        acteur
            .poster(&monde.adresse("mandats/confirmation"), &champs)
            .await
            .statut(statut);
        acteur
            .poster(
                &monde.adresse(&format!("mandats/{id}/fin")),
                &[("fin", &jour)],
            )
            .await
            .statut(statut);
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}
