//! R-GEST-IMPORT: the dry run, its application, and what is no file.

use super::{LINE, adresse_de_l_import, appliquer, intacte, resultats, verifier};
use crate::activites::{PAULINE, Terneuil, ailleurs};

const FICHIER: &str = "Services;Rôle;Adresse;Prénom;Nom;Ancienne colonne\r\n\
    Toute la structure;Utilisateur simple;jules.martin@example.org;Jules;Martin;x\r\n\
    ACH|JUR;GESTIONNAIRE_SECONDAIRE;guy.simple@example.org;Guy;Simple;\r\n\
    ACH;us;line.neuve@example.org;Line;Neuve;\r\n\
    Toute la structure;Utilisateur simple;ulla.rattachee@example.org;Ulla;Rattachee;\r\n\
    XXX;us;autre@example.org;Autre;Personne;\r\n\
    ACH;chef;encore@example.org;Encore;Personne;\r\n\
    ACH;us;JULES.martin@example.org;Jules;Martin;\r\n\
    ACH;us;pauline.dufour@terneuil.example;Pauline;Dufour;\r\n\
    ACH;us;pas une adresse;X;Y;\r\n\
    ACH;us;=cmd@example.org;=CMD();@X;\r\n";

async fn monde() -> Terneuil {
    let t = Terneuil::nouveau().await;
    t.portail.personne("jules.martin@example.org").await;
    let guy = t.portail.personne("guy.simple@example.org").await;
    t.portail
        .rattacher(t.structure, guy, "us", &[t.achats])
        .await;
    let ulla = t.portail.personne("ulla.rattachee@example.org").await;
    t.portail.rattacher(t.structure, ulla, "us", &[]).await;
    t
}

#[tokio::test]
async fn l_essai_dit_le_resultat_de_chaque_ligne_puis_l_applique_une_fois() {
    let t = monde().await;
    let mut pauline = t.pauline.clone();
    let page = verifier(&t, &mut pauline, FICHIER).await;
    page.statut(200)
        .contient("Ce que l’import va faire")
        .contient("1 rattachement,")
        .contient("1 modification, 1 ligne inchangée,")
        .contient("Rôle : Utilisateur simple → Gestionnaire secondaire")
        .contient("Services : Service achats → Service achats, Service juridique")
        .contient("« XXX » n’est pas le code d’un service actif.")
        .contient("n’est pas un rôle")
        .contient("Adresse déjà présente à la ligne 2.")
        .contient("C’est votre propre compte.");
    let lues = resultats(&page);
    assert_eq!(
        lues[..9],
        [
            "Sera rattaché",
            "Sera modifié",
            "Compte à créer",
            "Déjà rattaché",
            "Rejeté",
            "Rejeté",
            "Rejeté",
            "Rejeté",
            "Rejeté"
        ]
    );
    let actes = "select count(*) from historique";
    assert_eq!(t.portail.nombre(actes).await, 0, "a dry run");
    let fait = appliquer(&mut pauline, &page).await;
    fait.statut(200)
        .contient("L’import est appliqué.")
        .contient("Ce que l’import a fait");
    assert_eq!(
        resultats(&fait)[..4],
        ["Rattaché", "Modifié", "Compte créé", "Déjà rattaché"]
    );
    // As one by one: a line of the historique and a mail each.
    let jules = t.portail.courriers_pour("jules.martin@example.org").await;
    assert_eq!(jules[0].gabarit, "rattachement_par_gestionnaire");
    assert_eq!(
        t.portail.courriers_pour(LINE).await[0].gabarit,
        "activation"
    );
    assert!(
        t.portail
            .courriers_pour("ulla.rattachee@example.org")
            .await
            .is_empty()
    );
    intacte(&t.portail).await;
    // A second click, then the same file again: nothing more.
    let avant = t.portail.nombre(actes).await;
    pauline
        .poster(&page.formulaire("Appliquer").action, &[])
        .await
        .statut(200)
        .contient("Cet import est déjà appliqué.");
    let page = verifier(&t, &mut pauline, FICHIER).await;
    page.contient("0 rattachement, 0 compte à créer, 0 modification,")
        .contient("Il n’y a rien à appliquer.")
        .contient("En cours d’activation");
    assert_eq!(t.portail.nombre(actes).await, avant);
    // What a spreadsheet would run comes out inert.
    let csv = pauline.page(&page.lien("Télécharger ces lignes")).await;
    assert!(
        csv.corps.starts_with('\u{FEFF}') && !csv.corps.contains(";=") && !csv.corps.contains(";@"),
        "{}",
        csv.corps
    );
}

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
        (&b""[..], "Ce fichier est vide."),
        (b"  \n \n", "Ce fichier est vide."),
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
async fn les_virgules_windows_et_les_guillemets_se_lisent() {
    let t = Terneuil::nouveau().await;
    let mut pauline = t.pauline.clone();
    let mut fichier = b"Nom,Pr\xE9nom,Adresse,R\xF4le,Services\r\n".to_vec();
    fichier.extend_from_slice(b"L\xE9ger,H\xE9l\xE8ne,helene.leger@example.org,us,\"ACH,JUR\"\r\n");
    let page = verifier(&t, &mut pauline, fichier).await;
    page.statut(200)
        .contient("Hélène Léger")
        .contient("1 compte à créer");
    appliquer(&mut pauline, &page).await.statut(200);
    let bien = t
        .portail
        .nombre("select count(*) from inscriptions i join utilisateurs u on u.id = i.utilisateur_id where u.nom = 'Léger' and cardinality(i.services) = 2")
        .await;
    assert_eq!(bien, 1);
}

#[tokio::test]
async fn ce_qui_a_change_depuis_l_essai_est_marque_et_rien_n_est_fait() {
    let t = monde().await;
    let mut pauline = t.pauline.clone();
    let page = verifier(&t, &mut pauline, FICHIER).await;
    let jules = t.portail.id("jules.martin@example.org").await;
    t.portail
        .rattacher(t.structure, jules, "us", &[t.juridique])
        .await;
    let avant = t.portail.nombre("select count(*) from courriers").await;
    let relu = appliquer(&mut pauline, &page).await;
    relu.statut(200)
        .contient("Rien n’a été écrit.")
        .contient("Quelque chose a changé depuis votre vérification")
        .contient("Ligne 2 : le résultat n’est plus le même.");
    assert_eq!(resultats(&relu)[0], "Sera modifié A changé");
    assert_eq!(
        t.portail.nombre("select count(*) from courriers").await,
        avant
    );
    appliquer(&mut pauline, &relu)
        .await
        .contient("L’import est appliqué.");
    intacte(&t.portail).await;
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

#[tokio::test]
async fn le_modele_se_depose_tel_quel() {
    let t = Terneuil::nouveau().await;
    let mut pauline = t.pauline.clone();
    let page = pauline.page(&adresse_de_l_import(&t)).await;
    let modele = pauline.page(&page.lien("Télécharger un modèle")).await;
    let page = verifier(&t, &mut pauline, &modele.octets).await;
    assert_eq!(
        resultats(&page),
        ["Compte à créer", "Rejeté"],
        "its codes are examples"
    );
}

#[tokio::test]
async fn cinq_cents_lignes_passent() {
    let t = Terneuil::nouveau().await;
    let mut pauline = t.pauline.clone();
    let fichier: String = std::iter::once("Nom;Prenom;Adresse;Role;Services\n".to_owned())
        .chain((0..500).map(|n| format!("Nom{n};Prenom;p{n:03}@example.org;us;ACH\n")))
        .collect();
    let page = verifier(&t, &mut pauline, fichier).await;
    page.statut(200).contient("500 comptes à créer");
    appliquer(&mut pauline, &page)
        .await
        .contient("L’import est appliqué.");
    assert_eq!(
        t.portail.nombre("select count(*) from inscriptions").await,
        500
    );
}
