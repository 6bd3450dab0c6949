//! A person without account asks, confirms by mail, and is answered.

use super::{
    ADMIN, AGENT, ANNE, MARTINE, SABINE, SIRET_LYON, corps, executer, gabarits, monde, travaux,
};
use crate::support::monde::siret;

#[tokio::test]
async fn une_personne_sans_compte_demande_confirme_et_le_referent_cree_son_compte() {
    let mut m = monde().await;
    let page = m.demander(ANNE, SIRET_LYON).await;
    page.contient("Votre demande est presque envoyée.");
    assert_eq!(
        gabarits(&m.portail, ANNE).await,
        ["demande_de_compte_a_confirmer"]
    );
    assert!(
        m.portail.courriers_pour(MARTINE).await.is_empty(),
        "nothing before the confirmation"
    );
    m.martine.page("/referent").await.contient("Aucune demande");
    let lien = m.lien(ANNE).await;
    assert!(lien.starts_with("/demande-de-compte/"), "{lien}");
    let mut anne = m.portail.anonyme();
    let page = anne.page(&lien).await;
    page.contient("Lycée des Trois Fontaines")
        .contient("J’arrive en septembre.");
    page.formulaire("Confirmer ma demande")
        .envoyer(&mut anne)
        .await
        .contient("Le référent (Académie de Lyon) en est averti.");
    anne.page(&lien).await.statut(410);
    let recue = &m.portail.courriers_pour(ANNE).await[1];
    assert_eq!(
        corps(recue),
        "Bonjour anne royer,\n\nLe référent (Académie de Lyon) a reçu votre demande de compte pour Lycée des Trois Fontaines. La réponse vous parviendra par courriel, à cette adresse."
    );
    let nouvelle = &m.portail.courriers_pour(MARTINE).await[0];
    assert_eq!(nouvelle.gabarit, "demande_de_compte_nouvelle");
    assert!(
        corps(nouvelle).contains("anne royer (anne.royer@ac-lyon.test) demande un compte PIGP")
    );
    let file = m.martine.page("/referent").await;
    file.contient("anne royer")
        .contient("Lycée des Trois Fontaines");
    let dossier = m.martine.page(&file.lien("Ouvrir")).await;
    let creation = m.martine.page(&dossier.lien("Créer le compte")).await;
    let fait = creation
        .formulaire("Créer le compte")
        .envoyer(&mut m.martine)
        .await;
    fait.contient("Le compte de anne royer est créé.");
    assert_eq!(
        gabarits(&m.portail, ANNE).await[2..],
        ["activation", "demande_de_compte_traitee"]
    );
    let activation = &m.portail.courriers_pour(ANNE).await[2];
    assert!(
        corps(activation).contains("Martine Ballet, référent (Académie de Lyon)"),
        "{}",
        corps(activation)
    );
    // She activates, and her request leaves for the gestionnaire.
    let activer = m.lien_d_activation(ANNE).await;
    let page = anne.page(&activer).await;
    page.contient("Lycée des Trois Fontaines");
    page.formulaire("Activer mon compte")
        .remplir("mot_de_passe", "Tortue-argentee-57?")
        .envoyer(&mut anne)
        .await
        .statut(200);
    assert_eq!(
        m.portail
            .nombre("select count(*) from utilisateurs where adresse_connexion = 'anne.royer@ac-lyon.test' and pigp and statut = 'actif' and perimetre_id is not null")
            .await,
        1
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id where u.adresse_connexion = 'anne.royer@ac-lyon.test' and d.statut = 'en_cours_de_validation'")
            .await,
        1
    );
    // The historique of the structure tells each act, and its reason.
    assert_eq!(
        m.portail
            .nombre("select count(*) from historique h join structures s on s.id = h.structure_id where s.identifiant = '19690199500015' and h.action in ('demande_de_compte_deposee', 'demande_de_compte_traitee', 'compte_pigp_cree')")
            .await,
        3
    );
    m.martine
        .page("/referent?f.etat=traitees")
        .await
        .contient("Compte créé");
}

impl super::Monde {
    async fn lien_d_activation(&self, adresse: &str) -> String {
        crate::comptes::liens(&self.portail, adresse)
            .await
            .into_iter()
            .find(|l| l.starts_with("/activation/"))
            .expect("an activation link")
    }
}

#[tokio::test]
async fn la_meme_reponse_et_un_seul_courriel_que_l_adresse_soit_connue_ou_non() {
    let m = monde().await;
    executer(
        &m.portail,
        "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom)
           values (gen_random_uuid(), 'attend.activation@ac-lyon.test', 'attend.activation@ac-lyon.test', 'A', 'B');
         delete from courriers",
    )
    .await;
    m.portail.personne("partie.loin@ac-lyon.test").await;
    executer(&m.portail, "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'partie%'").await;
    let mut reponses = Vec::new();
    let adresses = [
        ANNE,
        AGENT,
        MARTINE,
        "attend.activation@ac-lyon.test",
        "partie.loin@ac-lyon.test",
    ];
    for adresse in adresses {
        let debut = std::time::Instant::now();
        let page = m.demander(adresse, SIRET_LYON).await;
        assert!(debut.elapsed().as_millis() >= 150, "the same time for all");
        reponses.push((page.statut, page.texte()));
    }
    assert!(reponses.iter().all(|r| *r == reponses[0]), "{reponses:#?}");
    let recus: Vec<_> = m
        .portail
        .courriers()
        .await
        .into_iter()
        .map(|c| (c.destinataire, c.gabarit))
        .collect();
    let attendus = [
        (ANNE, "demande_de_compte_a_confirmer"),
        (AGENT, "demande_de_compte_inutile"),
        (MARTINE, "demande_de_compte_inutile"),
        ("attend.activation@ac-lyon.test", "activation"),
        ("partie.loin@ac-lyon.test", "demande_de_compte_inutile"),
    ]
    .map(|(a, g)| (a.to_owned(), g.to_owned()));
    assert_eq!(recus, attendus);
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_de_compte")
            .await,
        1
    );
}

#[tokio::test]
async fn la_derniere_saisie_compte_et_une_demande_deja_recue_le_redit() {
    let m = monde().await;
    m.demander(ANNE, SIRET_LYON).await;
    let premier = m.lien(ANNE).await;
    m.demander(ANNE, SIRET_LYON).await;
    let mut anne = m.portail.anonyme();
    anne.page(&premier).await.statut(410);
    let second = m.lien(ANNE).await;
    anne.page(&second)
        .await
        .formulaire("Confirmer ma demande")
        .envoyer(&mut anne)
        .await;
    m.demander(ANNE, SIRET_LYON).await;
    assert_eq!(
        gabarits(&m.portail, ANNE).await,
        [
            "demande_de_compte_a_confirmer",
            "demande_de_compte_a_confirmer",
            "demande_de_compte_recue",
            "demande_de_compte_recue"
        ]
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_de_compte")
            .await,
        1
    );
}

#[tokio::test]
async fn trop_de_demandes_attendent_que_l_adresse_soit_connue_ou_non() {
    let m = monde().await;
    for adresse in [ANNE, AGENT] {
        for _ in 0..5 {
            m.demander(adresse, SIRET_LYON).await.statut(200);
        }
        let avant = m.portail.courriers_pour(adresse).await.len();
        m.demander(adresse, SIRET_LYON)
            .await
            .statut(429)
            .contient("Trop de demandes");
        assert_eq!(m.portail.courriers_pour(adresse).await.len(), avant);
    }
}

#[tokio::test]
async fn une_saisie_fausse_ne_garde_rien() {
    let m = monde().await;
    m.portail.structure("Mairie ordinaire", 40, true).await;
    let ordinaire = siret(40);
    let avant = m.portail.empreinte().await;
    let bon = [
        ("siret", SIRET_LYON),
        ("prenom", "Anne"),
        ("nom", "Royer"),
        ("adresse_connexion", ANNE),
        ("message", ""),
    ];
    let long = "x".repeat(1_001);
    for (champ, valeur) in [
        ("siret", "123"),
        ("siret", ""),
        ("siret", "55208131766522"),
        ("siret", ordinaire.as_str()),
        ("prenom", ""),
        ("nom", "\u{202e}"),
        ("adresse_connexion", "anne"),
        ("adresse_connexion", ""),
        ("message", long.as_str()),
    ] {
        let champs: Vec<_> = bon
            .iter()
            .map(|(c, v)| (*c, if *c == champ { valeur } else { v }))
            .collect();
        let page = m
            .portail
            .anonyme()
            .poster("/demande-de-compte", &champs)
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ} {valeur}");
    }
    for lien in ["/demande-de-compte/x", "/demande-de-compte/%00"] {
        let page = m.portail.anonyme().page(lien).await;
        assert!([404, 410].contains(&page.statut.as_u16()), "{lien}");
    }
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn un_lien_expire_ne_confirme_rien_et_la_demande_disparait() {
    let m = monde().await;
    m.demander(ANNE, SIRET_LYON).await;
    let lien = m.lien(ANNE).await;
    m.portail.avancer("8 days").await;
    let mut anne = m.portail.anonyme();
    anne.page(&lien).await.statut(410);
    anne.poster(&lien, &[]).await.statut(410);
    travaux(&m.portail).await;
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_de_compte")
            .await,
        0
    );
}

#[tokio::test]
async fn un_refus_dit_son_motif_et_ne_se_dit_qu_une_fois() {
    let mut m = monde().await;
    let id = m.demande_confirmee(ANNE, SIRET_LYON).await;
    let adresse = format!("/referent/demandes-de-compte/{id}/refus");
    let page = m.martine.page(&adresse).await;
    let page = page
        .formulaire("Refuser la demande")
        .envoyer(&mut m.martine)
        .await;
    page.statut(422);
    assert!(page.erreur_de("motif").is_some());
    page.formulaire("Refuser la demande")
        .remplir("motif", "Vous n’êtes pas affectée à ce lycée.")
        .envoyer(&mut m.martine)
        .await
        .contient("La demande de anne royer est refusée.");
    let traitee = m.portail.courriers_pour(ANNE).await.pop().expect("a mail");
    assert_eq!(
        corps(&traitee),
        "Bonjour anne royer,\n\nMartine Ballet, référent a refusé votre demande de compte pour Lycée des Trois Fontaines. Motif\u{202f}: Vous n’êtes pas affectée à ce lycée."
    );
    let encore = m.martine.poster(&adresse, &[("motif", "Encore.")]).await;
    encore
        .statut(409)
        .contient("déjà été traitée par Martine Ballet");
    // Refused, she may ask again.
    m.demander(ANNE, SIRET_LYON).await.statut(200);
}

#[tokio::test]
async fn sans_referent_la_demande_va_au_support_qui_cree_le_compte() {
    let m = monde().await;
    executer(
        &m.portail,
        "delete from perimetre_referents r using perimetres p where p.id = r.perimetre_id and p.nom like '%Lyon'",
    )
    .await;
    let id = m.demande_confirmee(ANNE, SIRET_LYON).await;
    assert_eq!(
        gabarits(&m.portail, SABINE).await,
        ["demande_de_compte_nouvelle"]
    );
    let mut sabine = m.portail.connecter(SABINE).await;
    let bureau = sabine.page("/support").await;
    let file = sabine.page(&bureau.lien("Demandes de compte PIGP")).await;
    file.contient("anne royer");
    let creation = sabine
        .page(&format!("/support/demandes-de-compte/{id}/compte"))
        .await;
    creation
        .formulaire("Créer le compte")
        .envoyer(&mut sabine)
        .await
        .contient("Le compte de anne royer est créé.");
    assert_eq!(
        m.portail
            .nombre("select count(*) from utilisateurs u join perimetres p on p.id = u.perimetre_id where u.adresse_connexion = 'anne.royer@ac-lyon.test' and u.pigp")
            .await,
        1
    );
}

#[tokio::test]
async fn une_demande_d_un_referent_desactive_passe_au_support() {
    let m = monde().await;
    m.demande_confirmee(ANNE, SIRET_LYON).await;
    executer(&m.portail, "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'martine%'").await;
    let bilan = travaux(&m.portail).await;
    assert_eq!(bilan.demandes_passees, 1);
    let mut sabine = m.portail.connecter(SABINE).await;
    sabine
        .page("/support/demandes-de-compte")
        .await
        .contient("anne royer");
    let encore = travaux(&m.portail).await;
    assert_eq!(encore.demandes_passees, 0, "once");
}

#[tokio::test]
async fn hors_du_perimetre_rien_n_existe() {
    let mut m = monde().await;
    let id = m.demande_confirmee(ANNE, SIRET_LYON).await;
    let avant = m.portail.empreinte().await;
    let mut sabine = m.portail.connecter(SABINE).await;
    let mut admin = m.portail.connecter(ADMIN).await;
    let mut gp = m.portail.connecter(super::GP).await;
    for fin in ["", "/compte", "/refus"] {
        let adresse = format!("/referent/demandes-de-compte/{id}{fin}");
        for acteur in [&mut m.philippe, &mut sabine, &mut admin, &mut gp] {
            acteur.page(&adresse).await.statut(404);
            if !fin.is_empty() {
                acteur.poster(&adresse, &[("motif", "x")]).await.statut(404);
            }
        }
        sabine
            .page(&format!("/support/demandes-de-compte/{id}{fin}"))
            .await
            .statut(404);
    }
    m.philippe
        .page("/referent")
        .await
        .ne_contient_pas("anne royer");
    sabine
        .page("/support/demandes-de-compte")
        .await
        .ne_contient_pas("anne royer");
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}
