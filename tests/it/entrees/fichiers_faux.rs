//! R-GEST-IMPORT: what is no file, whose file it is, and what nobody may grant by file.

use super::fichiers::{FICHIER, monde};
use super::{adresse_de_l_import, resultats, verifier};
use crate::activites::{PAULINE, Terneuil, ailleurs};

#[tokio::test]
async fn ce_qui_n_est_pas_un_fichier_se_dit_au_champ() {
    let t = Terneuil::nouveau().await;
    let mut pauline = t.pauline.clone();
    let trop: String = std::iter::once("Nom;Prenom;Adresse;Role;Services\n".to_owned())
        .chain((0..501).map(|n| format!("N{n};P;p{n}@example.org;us;ACH\n")))
        .collect();
    let gros = format!(
        "Nom;Prenom;Adresse;Role;Services\n{}",
        "x".repeat(300 * 1024)
    );
    for (contenu, phrase) in [
        (&b""[..], "Le fichier est vide."),
        (b"  \n \n", "Le fichier est vide."),
        (
            b"Nom;Prenom;Adresse;Role;Services\n",
            "n’a que sa première ligne",
        ),
        (
            b"Nom;Prenom;Courriel;Role;Services\na;b;c;us;ACH\n",
            "il manque la colonne « Adresse »",
        ),
        (
            b"Nom;Nom;Adresse;Role;Services\na;b;c;us;ACH\n",
            "figure deux fois",
        ),
        (
            b"Nom;Prenom\0;Adresse;Role;Services\na;b;c;us;ACH\n",
            "n’est pas du texte",
        ),
        (b"\xFF\xFEN\0o\0m\0", "UTF-16"),
        (b"PK\x03\x04 classeur", "classeur"),
        (trop.as_bytes(), "plus de 500 lignes"),
        (gros.as_bytes(), "trop gros"),
    ] {
        let page = verifier(&t, &mut pauline, contenu).await;
        page.statut(422).contient(phrase);
        assert!(page.erreur_de("fichier").is_some(), "{phrase}");
    }
    // Not a file at all, and another form.
    pauline
        .poster(&adresse_de_l_import(&t), &[("fichier", "x")])
        .await
        .statut(422);
    assert_eq!(
        t.portail
            .nombre("select count(*) from fichiers_deposes")
            .await,
        0
    );
}

#[tokio::test]
async fn le_fichier_n_est_lu_que_par_qui_l_a_depose_et_un_jour_seulement() {
    let t = monde().await;
    let mut pauline = t.pauline.clone();
    let mut guy = t
        .gs("guy.second@example.org", &[], &["rattacher_utilisateurs"])
        .await;
    let (etrangere, _, mut omar) = ailleurs(&t.portail).await;
    let page = verifier(&t, &mut pauline, FICHIER).await;
    let ici = page.adresse.clone();
    let chez_omar = ici.replace(&t.structure.to_string(), &etrangere.to_string());
    let avant = t.portail.empreinte().await;
    for (acteur, adresses) in [(&mut guy, vec![&ici]), (&mut omar, vec![&ici, &chez_omar])] {
        for adresse in adresses {
            acteur.lire(adresse).await.statut(404);
            let csv = format!("{adresse}/resultat.csv");
            acteur.lire(&csv).await.statut(404);
            acteur.poster_sans_suivre(adresse, &[]).await.statut(404);
        }
    }
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
    t.portail.avancer("25 hours").await;
    pauline = t.portail.connecter(PAULINE).await;
    pauline.lire(&ici).await.statut(404);
    vantail::jobs::lancer_une_fois(&t.portail.app, &vantail::acces::Systeme::processus())
        .await
        .expect("jobs");
    assert_eq!(
        t.portail
            .nombre("select count(*) from fichiers_deposes")
            .await,
        0
    );
}

#[tokio::test]
async fn nul_n_importe_plus_qu_il_ne_tient() {
    let t = monde().await;
    let mut lise = t
        .gs(
            "lise.limite@example.org",
            &[t.achats],
            &["rattacher_utilisateurs"],
        )
        .await;
    let page = verifier(
        &t,
        &mut lise,
        "Nom;Prenom;Adresse;Role;Services\n\
         Martin;Jules;jules.martin@example.org;us;Toute la structure\n\
         Martin;Jules;autre@example.org;us;JUR\n\
         Martin;Jules;encore@example.org;gs;ACH\n\
         Martin;Jules;bien@example.org;us;ACH\n",
    )
    .await;
    assert_eq!(
        resultats(&page),
        ["Rejeté", "Rejeté", "Rejeté", "Compte à créer"]
    );
}

#[tokio::test]
async fn une_structure_pigp_ne_cree_pas_de_compte_par_fichier() {
    let t = monde().await;
    sqlx::query("update structures set passe_par_pigp = true")
        .execute(&t.portail.db)
        .await
        .expect("a PIGP structure");
    let mut pauline = t.pauline.clone();
    let page = verifier(&t, &mut pauline, FICHIER).await;
    page.contient("le référent crée ceux de cette structure (PIGP)");
    assert_eq!(
        resultats(&page)[..3],
        ["Sera rattaché", "Sera modifié", "Rejeté"]
    );
}
