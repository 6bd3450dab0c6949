//! A référent is a recipient of sollicitations: « Création d'un compte PIGP », « Modification de mes données ».

use super::{
    AGENT, ANNE, GP, MARTINE, SABINE, SIRET_GRENOBLE, SIRET_LYON, executer, gabarits, monde,
};

const COMPTE: &str = "/sollicitations/saisie/compte-pigp";
const DONNEES: &str = "/sollicitations/saisie/mes-donnees";

#[tokio::test]
async fn un_gestionnaire_demande_un_compte_et_le_referent_le_cree() {
    let mut m = monde().await;
    let mut gp = m.portail.connecter(GP).await;
    let choix = gp.page("/sollicitations/saisie").await;
    let page = gp.page(&choix.lien("Création d’un compte PIGP")).await;
    let fil = page
        .formulaire("Envoyer la sollicitation")
        .remplir("siret", SIRET_LYON)
        .remplir("prenom", "Anne")
        .remplir("nom", "Royer")
        .remplir("adresse_connexion", ANNE)
        .remplir("texte", "Elle arrive le 1er septembre.")
        .envoyer(&mut gp)
        .await;
    fil.contient("Le référent (Académie de Lyon) en est averti.")
        .contient("Le référent (Académie de Lyon)");
    assert_eq!(
        gabarits(&m.portail, MARTINE).await,
        ["sollicitation_nouvelle"]
    );
    assert!(m.portail.courriers_pour(SABINE).await.is_empty());
    let file = m.martine.page("/referent").await;
    file.contient("Bernard Delmas")
        .contient("Création d’un compte PIGP");
    let dossier = m.martine.page(&file.lien("Ouvrir")).await;
    dossier.contient("Elle arrive le 1er septembre.");
    // A question first.
    dossier
        .formulaire("Répondre")
        .remplir("texte", "Quelle fonction\u{202f}?")
        .cocher("attendue", "oui")
        .envoyer(&mut m.martine)
        .await
        .contient("Votre réponse est envoyée.");
    gp.page(&fil.adresse)
        .await
        .contient("référent")
        .formulaire("Répondre")
        .remplir("texte", "Proviseure.")
        .envoyer(&mut gp)
        .await;
    let dossier = m.martine.page(&dossier.adresse).await;
    let creation = m.martine.page(&dossier.lien("Créer le compte")).await;
    creation
        .formulaire("Créer le compte")
        .envoyer(&mut m.martine)
        .await
        .contient("Le compte de Anne Royer est créé.");
    gp.page(&fil.adresse).await.contient("Résolue");
    assert_eq!(gabarits(&m.portail, ANNE).await, ["activation"]);
    assert!(
        gabarits(&m.portail, GP)
            .await
            .contains(&"sollicitation_resolue".to_owned())
    );
}

#[tokio::test]
async fn un_compte_pigp_fait_corriger_ses_donnees_et_peut_rouvrir() {
    let mut m = monde().await;
    let mut agent = m.portail.connecter(AGENT).await;
    let compte = agent.page("/mon-compte/informations").await;
    compte.contient("Martine Ballet");
    let page = agent.page(&compte.lien("le demander ici")).await;
    page.contient("le référent (Académie de Lyon)");
    let page = page
        .formulaire("Envoyer la sollicitation")
        .envoyer(&mut agent)
        .await;
    page.statut(422);
    let fil = page
        .formulaire("Envoyer la sollicitation")
        .remplir("texte", "Je m’appelle désormais Loïc Martin.")
        .envoyer(&mut agent)
        .await;
    let file = m.martine.page("/referent").await;
    let dossier = m.martine.page(&file.lien("Ouvrir")).await;
    assert_eq!(
        dossier.lien("Ouvrir son compte"),
        format!("/referent/comptes/{}", m.agent)
    );
    dossier
        .formulaire("Prendre en charge")
        .envoyer(&mut m.martine)
        .await
        .contient("en charge");
    let dossier = m.martine.page(&dossier.adresse).await;
    dossier
        .formulaire("Traiter avec cette réponse")
        .remplir("texte", "C’est fait.")
        .envoyer(&mut m.martine)
        .await
        .contient("est traitée.");
    agent
        .page(&fil.adresse)
        .await
        .formulaire("Rouvrir")
        .remplir("texte", "Le prénom reste faux.")
        .envoyer(&mut agent)
        .await
        .statut(200);
    m.martine
        .page("/referent")
        .await
        .contient("Modification de mes données");
}

#[tokio::test]
async fn hors_du_perimetre_une_sollicitation_n_existe_pas() {
    let mut m = monde().await;
    let mut agent = m.portail.connecter(AGENT).await;
    agent
        .poster(DONNEES, &[("texte", "Mon nom.")])
        .await
        .statut(200);
    let id: uuid::Uuid = sqlx::query_scalar("select id from sollicitations")
        .fetch_one(&m.portail.db)
        .await
        .expect("one");
    let adresse = format!("/referent/sollicitations/{id}");
    let avant = m.portail.empreinte().await;
    let mut sabine = m.portail.connecter(SABINE).await;
    sabine
        .page(&format!("/support/sollicitations/{id}"))
        .await
        .statut(404);
    sabine
        .poster(
            &format!("/support/sollicitations/{id}/prise-en-charge"),
            &[],
        )
        .await
        .statut(404);
    for acteur in [&mut m.philippe, &mut sabine] {
        acteur.page(&adresse).await.statut(404);
        acteur
            .poster(&format!("{adresse}/prise-en-charge"), &[])
            .await
            .statut(404);
        for acte in ["reponse", "resolution"] {
            acteur
                .envoyer(&format!("{adresse}/{acte}"), &[("texte", "x")], &[])
                .await
                .statut(404);
        }
    }
    m.philippe
        .page(&format!("/referent/comptes/nouveau?sollicitation={id}"))
        .await
        .statut(404);
    let (grenoble, id) = (m.grenoble.to_string(), id.to_string());
    m.philippe
        .poster(
            "/referent/comptes/nouveau",
            &[
                ("perimetre", grenoble.as_str()),
                ("sollicitation", id.as_str()),
                ("prenom", "Anne"),
                ("nom", "Royer"),
                ("adresse_connexion", ANNE),
                ("motif", "x"),
                ("confirme", "oui"),
            ],
        )
        .await
        .statut(404);
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn la_demande_suit_la_structure_et_sans_referent_va_au_support() {
    let m = monde().await;
    let mut gp = m.portail.connecter(GP).await;
    let champs = |siret: &'static str| {
        [
            ("siret", siret),
            ("prenom", "Anne"),
            ("nom", "Royer"),
            ("adresse_connexion", ANNE),
        ]
    };
    gp.poster(COMPTE, &champs(SIRET_GRENOBLE))
        .await
        .contient("Académie de Grenoble");
    executer(&m.portail, "delete from perimetre_referents").await;
    gp.poster(COMPTE, &champs(SIRET_LYON))
        .await
        .contient("Le support en est averti.");
    assert_eq!(
        gabarits(&m.portail, SABINE).await,
        ["sollicitation_nouvelle"]
    );
}

#[tokio::test]
async fn une_saisie_fausse_ou_un_compte_ordinaire_n_envoient_rien() {
    let m = monde().await;
    m.portail.personne("jules.martin@example.test").await;
    let mut jules = m.portail.connecter("jules.martin@example.test").await;
    let avant = m.portail.empreinte().await;
    jules
        .page(DONNEES)
        .await
        .contient("Votre compte ne vient pas du PIGP");
    jules.poster(DONNEES, &[("texte", "x")]).await.statut(409);
    let bon = [
        ("siret", SIRET_LYON),
        ("prenom", "Anne"),
        ("nom", "Royer"),
        ("adresse_connexion", ANNE),
    ];
    for (champ, valeur) in [
        ("siret", "1"),
        ("siret", "55208131766522"),
        ("prenom", ""),
        ("nom", ""),
        ("adresse_connexion", "x"),
    ] {
        let champs: Vec<_> = bon
            .iter()
            .map(|(c, v)| (*c, if *c == champ { valeur } else { v }))
            .collect();
        let page = jules.poster(COMPTE, &champs).await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ} {valeur}");
    }
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}
