//! The CSV of arrivals: one result per line, applied as shown.

use super::{ADMIN, AGENT, ANNE, SIRET_GRENOBLE, SIRET_LYON, executer, gabarits, monde};

fn fichier(lignes: &[&str]) -> Vec<u8> {
    format!("Nom;Prénom;Adresse;Structure\n{}\n", lignes.join("\n")).into_bytes()
}

#[tokio::test]
async fn un_fichier_est_lu_montre_puis_applique() {
    let mut m = monde().await;
    let contenu = fichier(&[
        &format!("Royer;Anne;{ANNE};{SIRET_LYON}"),
        "Vial;Sandrine;direction@gmail.test;",
        &format!("Tessier;Loïc;{AGENT};"),
        &format!("Double;Anne;{ANNE};"),
        &format!("Ailleurs;Zoé;zoe.ailleurs@ac-lyon.test;{SIRET_GRENOBLE}"),
        "Faux;Jean;pas une adresse;",
        "Faux;Jean;jean.faux@ac-lyon.test;123",
        ";Jean;jean.seul@ac-lyon.test;",
    ]);
    let accueil = m.martine.page("/referent/arrivees").await;
    let action = accueil.formulaire("Vérifier le fichier").action;
    let page = m.martine.deposer(&action, "arrivees.csv", &contenu).await;
    page.statut(200)
        .contient("2 comptes à créer, 1 compte existant, 5 lignes rejetées")
        .contient("Demandera son rattachement à Lycée des Trois Fontaines.")
        .contient("n’est pas d’un domaine du périmètre")
        .contient("Cette adresse est déjà plus haut dans le fichier.")
        .contient("Un compte a déjà cette adresse.")
        .contient("Aucune structure de ce périmètre qui passe par le PIGP n’a ce SIRET.");
    assert!(m.portail.courriers().await.is_empty(), "a dry run");
    let sans_motif = page
        .formulaire("Créer ces comptes")
        .envoyer(&mut m.martine)
        .await;
    sans_motif.statut(422);
    let fait = sans_motif
        .formulaire("Créer ces comptes")
        .remplir("motif", "Mouvement de rentrée.")
        .envoyer(&mut m.martine)
        .await;
    fait.contient("Les comptes sont créés.");
    assert_eq!(gabarits(&m.portail, ANNE).await, ["activation"]);
    assert_eq!(m.portail.courriers().await.len(), 2);
    assert_eq!(
        m.portail
            .nombre("select count(*) from utilisateurs where pigp and statut = 'en_cours_activation' and perimetre_id is not null")
            .await,
        2
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from historique where action = 'compte_pigp_cree'")
            .await,
        2
    );
    let csv = m.martine.lire(&fait.lien("Télécharger le résultat")).await;
    assert!(csv.corps.contains("Compte créé") && csv.corps.contains("Compte existant"));
    // Again: nothing to do, nothing done.
    let page = m.martine.deposer(&action, "arrivees.csv", &contenu).await;
    page.contient("0 compte à créer");
    assert!(page.formulaire_eventuel("Créer ces comptes").is_none());
}

#[tokio::test]
async fn ce_qui_a_change_depuis_la_lecture_est_montre_et_rien_n_est_ecrit() {
    let mut m = monde().await;
    let contenu = fichier(&[&format!("Royer;Anne;{ANNE};{SIRET_LYON}")]);
    let action = format!("/referent/arrivees?perimetre={}", m.lyon);
    let page = m.martine.deposer(&action, "a.csv", &contenu).await;
    executer(&m.portail, "update structures set passe_par_pigp = false").await;
    page.formulaire("Créer ces comptes")
        .remplir("motif", "x")
        .envoyer(&mut m.martine)
        .await
        .contient("Rien n’a été écrit.")
        .contient("A changé");
    assert!(m.portail.courriers().await.is_empty());
}

#[tokio::test]
async fn un_fichier_d_ailleurs_ou_illisible_est_refuse() {
    let mut m = monde().await;
    let contenu = fichier(&[&format!("Royer;Anne;{ANNE};")]);
    let action = format!("/referent/arrivees?perimetre={}", m.lyon);
    let page = m.martine.deposer(&action, "a.csv", &contenu).await;
    let ici = page.adresse.clone();
    let avant = m.portail.empreinte().await;
    m.philippe
        .deposer(&action, "a.csv", &contenu)
        .await
        .statut(404);
    m.philippe.page(&ici).await.statut(404);
    m.philippe.poster(&ici, &[("motif", "x")]).await.statut(404);
    let ailleurs = ici.replace(&m.lyon.to_string(), &m.grenoble.to_string());
    m.martine.page(&ailleurs).await.statut(404);
    for faux in [
        &b""[..],
        b"Nom;Prenom\n",
        b"Nom;Adresse\nx;y\n",
        &[0xff, 0xfe, 0x00][..],
    ] {
        m.martine.deposer(&action, "x.csv", faux).await.statut(422);
    }
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

/// What R-ADM reads: who gave which file, for which périmètre, how many lines, why; none of the addresses.
#[tokio::test]
async fn les_arrivees_par_fichier_sont_au_journal_de_l_administration() {
    let mut m = monde().await;
    let contenu = fichier(&[&format!("Royer;Anne;{ANNE};{SIRET_LYON}")]);
    let action = format!("/referent/arrivees?perimetre={}", m.lyon);
    let page = m.martine.deposer(&action, "a.csv", &contenu).await;
    let mut admin = m.portail.connecter(ADMIN).await;
    admin
        .page("/administration/journal")
        .await
        .contient("Fichier d’arrivées vérifié")
        .contient("Martine Ballet")
        .contient("Académie de Lyon")
        .ne_contient_pas("Arrivées par fichier");
    page.formulaire("Créer ces comptes")
        .remplir("motif", "Mouvement de rentrée.")
        .envoyer(&mut m.martine)
        .await
        .statut(200);
    admin
        .page("/administration/journal?j.q=arrivées")
        .await
        .contient("Arrivées par fichier")
        .contient("Motif\u{202F}: Mouvement de rentrée.")
        .contient("Comptes créés")
        .ne_contient_pas(ANNE)
        .ne_contient_pas("Royer");
    // Refused for its form, or somebody else's: nothing is written.
    let lignes = "select count(*) from historique where action = 'arrivees_importees'";
    assert_eq!(m.portail.nombre(lignes).await, 2);
    m.martine.deposer(&action, "x.csv", b"").await.statut(422);
    m.philippe
        .deposer(&action, "a.csv", &contenu)
        .await
        .statut(404);
    assert_eq!(m.portail.nombre(lignes).await, 2);
    crate::mon_compte::historique_vrai(&m.portail).await;
}
