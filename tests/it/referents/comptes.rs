//! « Comptes »: corrected, moved, deactivated and back; each act has its reason, its line and its mail.

use super::{ADMIN, AGENT, GP, MARTINE, PHILIPPE, corps, executer, monde};

fn identite<'a>(connexion: &'a str, motif: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("prenom", "Loïc"),
        ("nom", "Tessier"),
        ("adresse_connexion", connexion),
        ("adresse_contact", ""),
        ("motif", motif),
    ]
}

#[tokio::test]
async fn le_referent_corrige_l_identite_et_les_adresses() {
    let mut m = monde().await;
    let mut agent = m.portail.connecter(AGENT).await;
    let liste = m.martine.page("/referent/comptes").await;
    liste.contient("Loic Tessier").contient("Bernard Delmas");
    let adresse = format!("/referent/comptes/{}", m.agent);
    let fiche = m.martine.page(&adresse).await;
    fiche
        .contient("Lycée des Trois Fontaines")
        .contient("Utilisateur simple");
    let page = m.martine.page(&fiche.lien("Corriger l’identité")).await;
    page.formulaire("Enregistrer")
        .remplir("prenom", "Loïc")
        .remplir("adresse_connexion", "loic.tessier2@ac-lyon.test")
        .remplir("motif", "Homonyme arrivé à la rentrée.")
        .envoyer(&mut m.martine)
        .await
        .contient("Le compte de Loïc Tessier est modifié.");
    // Both addresses are told; the sessions end; the new login opens.
    let ancienne = m.portail.courriers_pour(AGENT).await;
    let nouvelle = m.portail.courriers_pour("loic.tessier2@ac-lyon.test").await;
    assert_eq!((ancienne.len(), nouvelle.len()), (1, 1));
    let texte = corps(&nouvelle[0]);
    for vu in [
        "Martine Ballet, référent (Académie de Lyon), a modifié votre compte.",
        "Prénom\u{202f}: Loic → Loïc",
        "loic.tessier@ac-lyon.test → loic.tessier2@ac-lyon.test",
        "Motif\u{202f}: Homonyme arrivé à la rentrée.",
    ] {
        assert!(texte.contains(vu), "{vu}\n{texte}");
    }
    agent.page("/mon-compte").await.contient("Connexion");
    m.portail.connecter("loic.tessier2@ac-lyon.test").await;
    assert_eq!(
        m.portail
            .nombre("select count(*) from historique h join historique_donnees d on d.historique_id = h.id where h.action = 'compte_pigp_modifie' and h.structure_id is not null and h.acteur_genre = 'equipe' and d.donnees like '%Homonyme%'")
            .await,
        1
    );
    // The GP reads it in the historique of his structure.
    let mut gp = m.portail.connecter(GP).await;
    gp.page("/activites").await.contient("Compte PIGP modifié");
    let encore = m
        .martine
        .poster(
            &format!("{adresse}/identite"),
            &identite("loic.tessier2@ac-lyon.test", "Rien."),
        )
        .await;
    encore.contient("Rien n’a changé.");
}

#[tokio::test]
async fn une_adresse_inhabituelle_se_confirme() {
    let mut m = monde().await;
    let adresse = format!("/referent/comptes/{}/identite", m.agent);
    let page = m
        .martine
        .poster(&adresse, &identite("ce.0690001@gmail.test", "Motif."))
        .await;
    page.statut(422);
    let erreur = page.erreur_de("confirme").expect("a warning");
    assert!(
        erreur.contains("n’est pas d’un domaine du périmètre"),
        "{erreur}"
    );
    assert!(erreur.contains("ne porte pas le nom"), "{erreur}");
    page.formulaire("Enregistrer")
        .cocher("confirme", "oui")
        .envoyer(&mut m.martine)
        .await
        .contient("est modifié.");
}

#[tokio::test]
async fn une_saisie_fausse_ne_change_rien() {
    let mut m = monde().await;
    let racine = format!("/referent/comptes/{}", m.agent);
    let avant = m.portail.empreinte().await;
    let long = "x".repeat(256);
    let bon = identite(AGENT, "Motif.");
    for (champ, valeur) in [
        ("prenom", ""),
        ("nom", ""),
        ("adresse_connexion", "x"),
        ("adresse_connexion", GP),
        ("adresse_contact", "x@"),
        ("motif", ""),
        ("motif", long.as_str()),
    ] {
        let champs: Vec<_> = bon
            .iter()
            .map(|(c, v)| (*c, if *c == champ { valeur } else { v }))
            .collect();
        let champs: Vec<_> = champs.into_iter().chain([("confirme", "oui")]).collect();
        let page = m
            .martine
            .poster(&format!("{racine}/identite"), &champs)
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ} {valeur}");
    }
    for (acte, champs, champ) in [
        (
            "perimetre",
            vec![("perimetre", ""), ("motif", "x")],
            "perimetre",
        ),
        (
            "perimetre",
            vec![
                ("perimetre", "00000000-0000-0000-0000-000000000000"),
                ("motif", "x"),
            ],
            "perimetre",
        ),
        ("desactivation", vec![("motif", "")], "motif"),
    ] {
        let page = m.martine.poster(&format!("{racine}/{acte}"), &champs).await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{acte}");
    }
    m.martine
        .poster(&format!("{racine}/reactivation"), &[("motif", "x")])
        .await
        .statut(409);
    m.martine
        .poster(&format!("{racine}/activation"), &[])
        .await
        .statut(409);
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn un_compte_change_de_perimetre_et_de_referent() {
    let mut m = monde().await;
    let adresse = format!("/referent/comptes/{}", m.gp);
    let page = m.martine.page(&format!("{adresse}/perimetre")).await;
    page.formulaire("Confier le compte")
        .remplir("perimetre", &m.grenoble.to_string())
        .remplir("motif", "Mutation à Grenoble.")
        .envoyer(&mut m.martine)
        .await
        .contient("passe au périmètre Académie de Grenoble");
    m.martine.page(&adresse).await.statut(404);
    m.philippe.page(&adresse).await.statut(200);
    let personne = corps(&m.portail.courriers_pour(GP).await[0]);
    assert!(
        personne.contains("aux référents du périmètre Académie de Grenoble"),
        "{personne}"
    );
    let accueil = corps(&m.portail.courriers_pour(PHILIPPE).await[0]);
    assert!(
        accueil.contains("vous confie le compte de Bernard Delmas (bernard.delmas@ac-lyon.test)"),
        "{accueil}"
    );
    // Still the GP of his lycée: nothing else moved.
    assert_eq!(
        m.portail
            .nombre("select count(*) from rattachements where role = 'gp' and statut = 'validee'")
            .await,
        1
    );
}

#[tokio::test]
async fn desactiver_arrete_tout_et_reactiver_le_rend() {
    let mut m = monde().await;
    let mut agent = m.portail.connecter(AGENT).await;
    let autre = m.portail.structure("Mairie", 30, true).await;
    let demande = m.portail.demande(autre, m.agent, "us", &[]).await;
    let adresse = format!("/referent/comptes/{}", m.agent);
    let fiche = m.martine.page(&adresse).await;
    let page = m.martine.page(&fiche.lien("Désactiver")).await;
    page.formulaire("Désactiver le compte")
        .remplir("motif", "Départ en retraite.")
        .envoyer(&mut m.martine)
        .await
        .contient("Le compte de Loic Tessier est désactivé.");
    agent.page("/mon-compte").await.contient("Connexion");
    let recu = corps(&m.portail.courriers_pour(AGENT).await[0]);
    assert!(
        recu.contains("a désactivé votre compte") && recu.contains("Départ en retraite."),
        "{recu}"
    );
    assert_eq!(
        m.portail.courriers_pour(GP).await[0].gabarit,
        "compte_absent"
    );
    let etat: (String, String, String) = sqlx::query_as(
        "select r.statut, r.cause, d.statut from rattachements r, demandes_rattachement d where r.utilisateur_id = $1 and d.id = $2",
    )
    .bind(m.agent)
    .bind(demande)
    .fetch_one(&m.portail.db)
    .await
    .expect("the states");
    assert_eq!(
        etat,
        ("desactivee".into(), "compte".into(), "retiree".into())
    );
    let fiche = m.martine.page(&adresse).await;
    let page = m.martine.page(&fiche.lien("Réactiver")).await;
    page.formulaire("Réactiver le compte")
        .remplir("motif", "Reprise d’activité.")
        .envoyer(&mut m.martine)
        .await
        .contient("Le compte de Loic Tessier est réactivé.");
    agent = m.portail.connecter(AGENT).await;
    agent
        .page("/mon-compte/rattachements")
        .await
        .contient("Lycée des Trois Fontaines");
    m.portail.avancer("1 minute").await;
    m.martine
        .poster(&format!("{adresse}/desactivation"), &[("motif", "Encore.")])
        .await
        .statut(200);
    m.portail.avancer("61 days").await;
    let mut martine = m.portail.connecter(MARTINE).await;
    martine
        .poster(
            &format!("{adresse}/reactivation"),
            &[("motif", "Trop tard.")],
        )
        .await
        .statut(409);
}

#[tokio::test]
async fn un_gestionnaire_principal_transfere_d_abord() {
    let mut m = monde().await;
    let adresse = format!("/referent/comptes/{}/desactivation", m.gp);
    let page = m.martine.page(&adresse).await;
    page.contient("gestionnaire principal de Lycée des Trois Fontaines");
    assert!(page.formulaire_eventuel("Désactiver le compte").is_none());
    assert_eq!(
        page.lien("Solliciter le support"),
        "/sollicitations/saisie/changement-gestionnaire"
    );
    let avant = m.portail.empreinte().await;
    m.martine
        .poster(&adresse, &[("motif", "Parti.")])
        .await
        .statut(409)
        .contient("le rôle se transfère d’abord");
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn un_compte_jamais_active_se_desactive_et_revient_a_activer() {
    let mut m = monde().await;
    executer(
        &m.portail,
        "update utilisateurs set statut = 'en_cours_activation', mot_de_passe = null where adresse_connexion = 'loic.tessier@ac-lyon.test'",
    )
    .await;
    let adresse = format!("/referent/comptes/{}", m.agent);
    let fiche = m.martine.page(&adresse).await;
    fiche
        .formulaire("Renvoyer le courriel d’activation")
        .envoyer(&mut m.martine)
        .await
        .contient("Un nouveau courriel d’activation est envoyé");
    for acte in ["desactivation", "reactivation"] {
        m.martine
            .poster(&format!("{adresse}/{acte}"), &[("motif", "x")])
            .await
            .statut(200);
    }
    assert_eq!(
        m.portail
            .nombre("select count(*) from utilisateurs where adresse_connexion = 'loic.tessier@ac-lyon.test' and statut = 'en_cours_activation'")
            .await,
        1
    );
    let liens = crate::comptes::liens(&m.portail, AGENT).await;
    let activations: Vec<_> = liens
        .iter()
        .filter(|l| l.starts_with("/activation/"))
        .collect();
    assert_eq!(activations.len(), 2, "{liens:?}");
    let mut agent = m.portail.anonyme();
    agent.page(activations[0]).await.statut(200);
    // The older link is dead.
    agent.page(activations[1]).await.statut(410);
}

#[tokio::test]
async fn hors_du_perimetre_un_compte_n_existe_pas() {
    let mut m = monde().await;
    let ordinaire = m.portail.personne("jules.martin@example.test").await;
    let avant = m.portail.empreinte().await;
    let mut admin = m.portail.connecter(ADMIN).await;
    for id in [m.agent, ordinaire] {
        for fin in [
            "",
            "/identite",
            "/perimetre",
            "/desactivation",
            "/reactivation",
        ] {
            let adresse = format!("/referent/comptes/{id}{fin}");
            for acteur in [&mut m.philippe, &mut admin] {
                acteur.page(&adresse).await.statut(404);
                if !fin.is_empty() {
                    let champs = identite("loic.tessier9@ac-lyon.test", "x");
                    let mut motif = vec![("motif", "x")];
                    let lyon = m.lyon.to_string();
                    let champs = match fin {
                        "/identite" => champs,
                        "/perimetre" => vec![("perimetre", lyon.as_str()), ("motif", "x")],
                        _ => std::mem::take(&mut motif),
                    };
                    acteur.poster(&adresse, &champs).await.statut(404);
                }
            }
        }
    }
    // Not a PIGP account: nobody's, his own référent's included.
    m.martine
        .page(&format!("/referent/comptes/{ordinaire}"))
        .await
        .statut(404);
    m.philippe
        .page("/referent/comptes?c.q=tessier")
        .await
        .ne_contient_pas("Tessier");
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn un_compte_de_l_equipe_ou_desactive_ne_se_corrige_pas() {
    let mut m = monde().await;
    let adresse = format!("/referent/comptes/{}", m.agent);
    let grenoble = m.grenoble.to_string();
    executer(
        &m.portail,
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where pigp",
    )
    .await;
    let corrigee = identite("loic.tessier9@ac-lyon.test", "Faute de frappe.");
    let avant = m.portail.empreinte().await;
    m.martine
        .poster(&format!("{adresse}/identite"), &corrigee)
        .await
        .statut(409)
        .contient("réactivez-le avant de le corriger");
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
    executer(
        &m.portail,
        "update utilisateurs set statut = 'actif', desactive_le = null, equipe = 'support' where pigp",
    )
    .await;
    let avant = m.portail.empreinte().await;
    m.martine.page(&adresse).await.statut(404);
    for (fin, champs) in [
        ("/identite", corrigee),
        (
            "/perimetre",
            vec![("perimetre", grenoble.as_str()), ("motif", "x")],
        ),
        ("/desactivation", vec![("motif", "x")]),
    ] {
        m.martine
            .poster(&format!("{adresse}{fin}"), &champs)
            .await
            .statut(404);
    }
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}
