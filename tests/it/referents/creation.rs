//! « Créer un compte PIGP » and the screens that lead to it.

use super::{ANNE, GP, SIRET_GRENOBLE, SIRET_LYON, executer, gabarits, monde};

#[tokio::test]
async fn un_compte_se_cree_sans_demande_ni_structure() {
    let mut m = monde().await;
    let page = m.martine.page("/referent/comptes/nouveau").await;
    page.formulaire("Créer le compte")
        .remplir("prenom", "Anne")
        .remplir("nom", "Royer")
        .remplir("adresse_connexion", ANNE)
        .remplir("motif", "Nouvelle proviseure.")
        .envoyer(&mut m.martine)
        .await
        .contient("Le compte de Anne Royer est créé.");
    assert_eq!(gabarits(&m.portail, ANNE).await, ["activation"]);
    assert_eq!(
        m.portail.nombre("select count(*) from inscriptions").await,
        0
    );
}

#[tokio::test]
async fn une_saisie_fausse_ne_cree_rien() {
    let mut m = monde().await;
    let avant = m.portail.empreinte().await;
    let bon = [
        ("perimetre", ""),
        ("sollicitation", ""),
        ("prenom", "Anne"),
        ("nom", "Royer"),
        ("adresse_connexion", ANNE),
        ("adresse_contact", ""),
        ("siret", ""),
        ("motif", "Arrivée."),
    ];
    let grenoble = m.grenoble.to_string();
    for (champ, valeur) in [
        ("perimetre", grenoble.as_str()),
        ("perimetre", "x"),
        ("prenom", ""),
        ("nom", ""),
        ("adresse_connexion", GP),
        ("adresse_connexion", "a b"),
        ("siret", "12"),
        ("siret", SIRET_GRENOBLE),
        ("motif", ""),
    ] {
        let champs: Vec<_> = bon
            .iter()
            .map(|(c, v)| (*c, if *c == champ { valeur } else { v }))
            .chain([("confirme", "oui")])
            .collect();
        let page = m.martine.poster("/referent/comptes/nouveau", &champs).await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ} {valeur}");
    }
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn un_visiteur_ne_reecrit_pas_un_compte_cree_par_le_referent() {
    let mut m = monde().await;
    m.martine
        .poster(
            "/referent/comptes/nouveau",
            &[
                ("prenom", "Anne"),
                ("nom", "Royer"),
                ("adresse_connexion", ANNE),
                ("siret", SIRET_LYON),
                ("motif", "Arrivée."),
            ],
        )
        .await
        .statut(200);
    let mut visiteur = m.portail.anonyme();
    let page = visiteur.page("/inscription").await;
    let page = page
        .formulaire("Continuer")
        .remplir("adresse_connexion", ANNE)
        .remplir("prenom", "Mallory")
        .remplir("nom", "Intrus")
        .envoyer(&mut visiteur)
        .await;
    let page = page
        .formulaire("Continuer sans structure")
        .envoyer(&mut visiteur)
        .await;
    page.formulaire("Valider la création")
        .envoyer(&mut visiteur)
        .await
        .statut(200);
    assert_eq!(
        m.portail
            .nombre("select count(*) from utilisateurs where adresse_connexion = 'anne.royer@ac-lyon.test' and nom = 'Royer' and pigp")
            .await,
        1
    );
}

#[tokio::test]
async fn les_ecrans_de_creation_nomment_le_perimetre_et_menent_a_la_demande() {
    let m = monde().await;
    let mut gp = m.portail.connecter(GP).await;
    let page = gp
        .page(&format!("/structures/{}/rattachement/creation", m.lycee))
        .await;
    page.contient("Il se demande au référent du périmètre Académie de Lyon");
    let saisie = gp.page(&page.lien("Demander la création du compte")).await;
    saisie.contient("Périmètre : Académie de Lyon");
    assert_eq!(
        saisie
            .formulaire("Envoyer la sollicitation")
            .valeur("siret"),
        Some(SIRET_LYON)
    );
    let mut visiteur = m.portail.anonyme();
    let page = visiteur.page("/inscription").await;
    let page = page
        .formulaire("Continuer")
        .remplir("adresse_connexion", ANNE)
        .remplir("prenom", "Anne")
        .remplir("nom", "Royer")
        .envoyer(&mut visiteur)
        .await;
    let page = page
        .formulaire("Vérifier l’identifiant")
        .remplir("identifiant", SIRET_LYON)
        .envoyer(&mut visiteur)
        .await;
    page.contient("Académie de Lyon");
    let demande = visiteur
        .page(&page.lien("Demander le compte au référent"))
        .await;
    demande.statut(200).contient("Académie de Lyon");
    // Without a périmètre the screens still lead somewhere.
    executer(&m.portail, "update structures set code_postal = '75001'").await;
    gp.page(&format!("/structures/{}/rattachement/creation", m.lycee))
        .await
        .contient("Il se demande au référent");
}

#[tokio::test]
async fn trouver_mon_referent_ne_montre_personne() {
    let m = monde().await;
    let mut visiteur = m.portail.anonyme();
    let page = visiteur
        .page(&format!("/trouver-mon-referent?siret={SIRET_LYON}"))
        .await;
    page.contient("Académie de Lyon")
        .contient("Demander un compte");
    let departement = visiteur.page("/trouver-mon-referent?departement=69").await;
    departement
        .contient("Académie de Lyon")
        .contient("Le référent");
    for page in [&page, &departement] {
        page.ne_contient_pas("Martine")
            .ne_contient_pas("martine.ballet");
    }
    visiteur
        .page("/trouver-mon-referent?departement=75")
        .await
        .contient("Aucun référent ne couvre ce département");
    for faux in ["siret=12", "departement=zz"] {
        visiteur
            .page(&format!("/trouver-mon-referent?{faux}"))
            .await
            .statut(422);
    }
}
