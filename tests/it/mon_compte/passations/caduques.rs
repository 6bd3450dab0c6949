//! A handover that cannot take place any more, bad days, and the races of a programmed handover.

use vantail::acces::Systeme;
use vantail::jobs;

use super::{GP, LEA, MAX, Monde};
use crate::mon_compte::{actions, gp_de, historique_vrai};
use crate::support::courses::poster_ensemble;
use crate::support::rondes;

/// The reason given, to whom.
async fn motif(monde: &Monde) -> (String, Vec<String>) {
    let motif: String = sqlx::query_scalar(
        "select d.donnees::json ->> 'motif' from historique h join historique_donnees d on d.historique_id = h.id
         join passations p on p.structure_id = h.structure_id and p.statut = 'caduque'
         where h.action = 'passation_caduque'",
    )
    .fetch_one(&monde.portail.db)
    .await
    .expect("a void handover");
    let prevenus = monde
        .portail
        .courriers()
        .await
        .into_iter()
        .filter(|c| c.gabarit == "passation_caduque")
        .map(|c| {
            assert!(c.texte.contains("Motif\u{202F}: "), "{}", c.texte);
            c.destinataire
        })
        .collect();
    (motif, prevenus)
}

#[tokio::test]
async fn un_transfert_une_succession_ou_une_fermeture_la_rendent_caduque() {
    // A transfer to somebody else.
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 5).await.statut(200);
    let max = monde.portail.id(MAX).await;
    let adresse = monde.adresse("/confirmation");
    monde
        .gp
        .page(&format!("{adresse}?successeur={max}"))
        .await
        .contient("n’aura pas lieu")
        .formulaire("Transférer le rôle")
        .envoyer(&mut monde.gp)
        .await
        .statut(200);
    assert_eq!(
        motif(&monde).await,
        (
            "Max Second est désormais gestionnaire principal.".to_owned(),
            vec![GP.to_owned(), LEA.to_owned()]
        )
    );
    assert_eq!(
        actions(&monde.portail, monde.mairie).await,
        [
            "passation_programmee",
            "role_transfere",
            "passation_caduque"
        ]
    );
    historique_vrai(&monde.portail).await;

    // To the very successor, before the day: the mails of the transfer are enough.
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 5).await.statut(200);
    let (lea, adresse) = (monde.portail.id(LEA).await, monde.adresse("/confirmation"));
    let champs = [("successeur", &*lea.to_string())];
    monde.gp.poster(&adresse, &champs).await.statut(200);
    assert_eq!(motif(&monde).await.1, Vec::<String>::new());

    // The GP leaves through the succession.
    let mut monde = Monde::nouveau().await;
    monde.programmer(LEA, 5).await.statut(200);
    let (r, max) = (
        monde.r_gp.to_string(),
        monde.portail.id(MAX).await.to_string(),
    );
    let champ = format!("c-{}", monde.mairie);
    let champs = [("l", r.as_str()), (champ.as_str(), max.as_str())];
    monde
        .gp
        .poster("/mon-compte/rattachements/succession/confirmation", &champs)
        .await
        .statut(200);
    assert_eq!(motif(&monde).await.1, [GP, LEA]);

    // Alone, he deactivates the structure and leaves.
    let mut monde = Monde::nouveau().await;
    let jules = "jules.martin@test.example";
    monde.programmer(jules, 5).await.statut(200);
    sqlx::query(
        "update rattachements set statut = 'supprimee', cause = 'depart' where role <> 'gp'",
    )
    .execute(&monde.portail.db)
    .await
    .expect("alone");
    let r = monde.r_gp.to_string();
    let champ = format!("c-{}", monde.mairie);
    let champs = [("l", r.as_str()), (champ.as_str(), "desactiver")];
    monde
        .gp
        .poster("/mon-compte/rattachements/succession/confirmation", &champs)
        .await
        .statut(200);
    assert_eq!(
        motif(&monde).await,
        (
            "Mairie de Terneuil est désactivée.".to_owned(),
            vec![GP.to_owned(), jules.to_owned()]
        )
    );
}

#[tokio::test]
async fn un_compte_ferme_la_rend_caduque_des_le_passage_suivant() {
    for (sql, phrase, prevenus) in [
        (
            "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'lea%'",
            "Le compte de Lea Seconde ne permet plus",
            vec![GP, LEA],
        ),
        (
            "update utilisateurs set statut = 'clos', desactive_le = maintenant() where adresse_connexion like 'lea%'",
            "Le compte de Lea Seconde ne permet plus",
            vec![GP],
        ),
        (
            "update utilisateurs set equipe = 'support' where adresse_connexion like 'lea%'",
            "Le compte de Lea Seconde ne permet plus",
            vec![GP, LEA],
        ),
        (
            "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'paul%'",
            "Le compte de Paul Gerant n’est plus actif.",
            vec![GP, LEA],
        ),
    ] {
        let mut monde = Monde::nouveau().await;
        monde.programmer(LEA, 5).await.statut(200);
        sqlx::query(sql)
            .execute(&monde.portail.db)
            .await
            .expect("an account");
        // Even after its day: the rights are read again at the execution.
        monde.portail.avancer("6 days").await;
        let bilan = jobs::lancer_une_fois(&monde.portail.app, &Systeme::processus())
            .await
            .expect("a run")
            .expect("nobody else");
        assert_eq!(
            (bilan.passations_executees, bilan.passations_caduques),
            (0, 1)
        );
        let (motif, lus) = motif(&monde).await;
        assert!(motif.starts_with(phrase), "{motif}");
        assert_eq!(lus, prevenus);
        assert_eq!(
            gp_de(&monde.portail, monde.mairie).await.as_deref(),
            Some(GP)
        );
    }
}

#[tokio::test]
async fn un_mauvais_jour_est_refuse_au_champ_et_rien_ne_change() {
    let mut monde = Monde::nouveau().await;
    let lea = monde.portail.id(LEA).await.to_string();
    let (aujourd_hui, trop_loin) = (monde.dans(0).await, monde.dans(367).await);
    let adresse = monde.adresse("");
    let page = monde.gp.page(&adresse).await;
    let avant = monde.portail.empreinte().await;
    for (le, phrase) in [
        ("", "Choisissez le jour de la passation."),
        ("demain", "JJ/MM/AAAA"),
        ("31/02/2027", "Cette date n’existe pas au calendrier."),
        (aujourd_hui.as_str(), "à partir de demain"),
        ("01/01/2001", "à partir de demain"),
        (trop_loin.as_str(), "dans l’année qui vient"),
    ] {
        let refus = page
            .formulaire("Valider")
            .choisir("choix", &lea)
            .choisir("quand", "date")
            .remplir("le", le)
            .envoyer(&mut monde.gp)
            .await;
        refus.statut(422);
        let erreur = refus.erreur_de("le").expect("at the field");
        assert!(erreur.contains(phrase), "{le}: {erreur}");
        let repris = refus.formulaire("Valider");
        assert_eq!(repris.valeur("quand"), Some("date"), "kept");
        assert_eq!(repris.valeur("choix"), Some(lea.as_str()));
        assert_eq!(repris.valeur("le"), Some(le));
    }
    // Both messages at once.
    let refus = page
        .formulaire("Valider")
        .choisir("quand", "date")
        .envoyer(&mut monde.gp)
        .await;
    refus.statut(422);
    assert!(refus.erreur_de("le").is_some() && refus.erreur_de("choix").is_some());
    // Straight to the last step.
    let confirmation = monde.adresse("/confirmation");
    for (le, statut) in [
        (aujourd_hui.as_str(), 422),
        (trop_loin.as_str(), 422),
        ("x", 404),
    ] {
        let champs = [("successeur", lea.as_str()), ("le", le)];
        monde.gp.poster(&confirmation, &champs).await.statut(statut);
    }
    let moi = monde.portail.id(GP).await.to_string();
    let demain = monde.dans(1).await;
    let champs = [("successeur", moi.as_str()), ("le", demain.as_str())];
    monde.gp.poster(&confirmation, &champs).await.statut(422);
    assert_eq!(monde.portail.empreinte().await, avant);
    // Tomorrow and the last day of the year are taken.
    monde.programmer(LEA, 1).await.statut(200);
    let limite: String =
        sqlx::query_scalar("select (aujourdhui() + interval '1 year')::date::text")
            .fetch_one(&monde.portail.db)
            .await
            .expect("a day");
    let champs = [("successeur", lea.as_str()), ("le", limite.as_str())];
    monde.gp.poster(&confirmation, &champs).await.statut(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deux_puis_vingt_passations_au_meme_instant_n_en_laissent_qu_une() {
    for n in [2, 20] {
        for _ in 0..rondes(2) {
            let monde = Monde::nouveau().await;
            let mut actes = Vec::new();
            for rang in 0..n {
                let vers = if rang % 2 == 0 { LEA } else { MAX };
                let vers = monde.portail.id(vers).await.to_string();
                let jours = 2 + rang / 4;
                let le = monde.dans(jours).await;
                let champs = vec![("successeur", vers), ("le", le)];
                actes.push((monde.gp.clone(), monde.adresse("/confirmation"), champs));
            }
            let statuts = poster_ensemble(actes).await;
            assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
            let p = &monde.portail;
            assert_eq!(
                p.nombre("select count(*) from passations where statut = 'programmee'")
                    .await,
                1
            );
            assert_eq!(p.structures_sans_un_gp().await, 0);
            historique_vrai(p).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn executer_annuler_et_transferer_a_la_fois_ne_font_qu_un_changement() {
    for _ in 0..rondes(6) {
        let mut monde = Monde::nouveau().await;
        monde.programmer(LEA, 1).await.statut(200);
        sqlx::query("update passations set le = aujourdhui()")
            .execute(&monde.portail.db)
            .await
            .expect("due");
        let p = monde.portail.clone();
        let id = p.uuid("select id from passations").await.to_string();
        let max = p.id(MAX).await.to_string();
        let lancer = |adresse: String, champs: Vec<(&'static str, String)>| {
            let mut gp = monde.gp.clone();
            tokio::spawn(async move {
                let champs: Vec<(&str, &str)> =
                    champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
                gp.poster_sans_suivre(&adresse, &champs)
                    .await
                    .statut
                    .as_u16()
            })
        };
        let annuler = lancer(monde.adresse("/annulation"), vec![("passation", id)]);
        let transferer = lancer(monde.adresse("/confirmation"), vec![("successeur", max)]);
        let app = p.app.clone();
        let travaux = tokio::spawn(async move {
            jobs::lancer_une_fois(&app, &Systeme::processus())
                .await
                .expect("a run")
        });
        let (a, t, j) = tokio::join!(annuler, transferer, travaux);
        let (a, t) = (a.expect("a"), t.expect("t"));
        j.expect("the jobs");
        assert!([303, 403, 409].contains(&a), "{a}");
        assert!([303, 403, 409].contains(&t), "{t}");
        let gp = gp_de(&p, monde.mairie).await.expect("a GP");
        let transferts = p
            .nombre("select count(*) from historique where action = 'role_transfere'")
            .await;
        assert_eq!(transferts, 1, "{gp}");
        let statut: String = sqlx::query_scalar("select statut from passations")
            .fetch_one(&p.db)
            .await
            .expect("one");
        assert_eq!(statut == "executee", gp == LEA, "{statut} {gp}");
        assert_ne!(statut, "programmee");
        assert_eq!(p.structures_sans_un_gp().await, 0);
        historique_vrai(&p).await;
    }
}
