//! R-GEST-IMPORT: the dry run, its application, and what is no file.

use super::{LINE, adresse_de_l_import, appliquer, intacte, resultats, verifier};
use crate::activites::Terneuil;
use crate::comptes::lien;
use crate::support::instructions;

pub const FICHIER: &str = "Services;Rôle;Adresse;Prénom;Nom;Ancienne colonne\r\n\
    Toute la structure;Utilisateur simple;jules.martin@example.org;Jules;Martin;x\r\n\
    ACH|JUR;GESTIONNAIRE_SECONDAIRE;guy.simple@example.org;Guy;Simple;\r\n\
    ACH;us;line.neuve@example.org;Line;Neuve;\r\n\
    Toute la structure;Utilisateur simple;ulla.rattachee@example.org;Ulla;Rattachee;\r\n\
    NUL;us;autre@example.org;Autre;Personne;\r\n\
    ACH;chef;encore@example.org;Encore;Personne;\r\n\
    ACH;us;JULES.martin@example.org;Jules;Martin;\r\n\
    ACH;us;pauline.dufour@terneuil.example;Pauline;Dufour;\r\n\
    ACH;us;pas une adresse;X;Y;\r\n\
    ACH;us;=cmd@example.org;=CMD();@X;\r\n";

pub async fn monde() -> Terneuil {
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
        .contient("« NUL » n’est pas le code d’un service actif.")
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

#[tokio::test]
async fn les_pages_de_l_import_tiennent_en_huit_instructions() {
    let t = monde().await;
    let mut pauline = t.pauline.clone();
    let page = verifier(&t, &mut pauline, FICHIER).await;
    for adresse in [adresse_de_l_import(&t), page.adresse.clone()] {
        let (lue, instructions) = instructions::compter(pauline.page(&adresse)).await;
        lue.statut(200);
        assert!(instructions <= 8, "{adresse}: {instructions} statements");
    }
}

#[tokio::test]
async fn le_compte_d_une_ligne_s_active_et_se_rattache_comme_prevu() {
    let t = Terneuil::nouveau().await;
    let mut pauline = t.pauline.clone();
    let page = verifier(
        &t,
        &mut pauline,
        "Nom;Prénom;Adresse;Rôle;Services\nNeuve;Line;line.neuve@example.org;Gestionnaire secondaire;ACH\n",
    )
    .await;
    page.contient("Rôle : Gestionnaire secondaire")
        .contient("Services : Service achats");
    appliquer(&mut pauline, &page).await.statut(200);
    let courriers = t.portail.courriers_pour(LINE).await;
    assert_eq!(courriers.len(), 1);
    assert!(courriers[0].texte.contains("Pauline Dufour"));
    let mut line = t.portail.anonyme();
    let page = line.page(&lien(&t.portail, LINE).await).await;
    page.contient("Votre rattachement")
        .contient("CCAS Terneuil")
        .contient("Service achats")
        .formulaire("Activer mon compte")
        .remplir("mot_de_passe", crate::support::MOT_DE_PASSE)
        .envoyer(&mut line)
        .await
        .contient("Vous êtes rattaché(e) à CCAS Terneuil.");
    let tenu: (String, bool) = sqlx::query_as(
        "select r.role, r.maille_structure from rattachements r join utilisateurs u on u.id = r.utilisateur_id
         where u.adresse_connexion = $1 and r.statut = 'validee'",
    )
    .bind(LINE)
    .fetch_one(&t.portail.db)
    .await
    .expect("attached");
    assert_eq!(tenu, ("gs".to_owned(), false));
    intacte(&t.portail).await;
}

#[tokio::test]
async fn ce_qui_etait_promis_ne_revient_pas_a_l_activation() {
    let t = Terneuil::nouveau().await;
    let mut pauline = t.pauline.clone();
    let mut activation = None;
    for (services, phrase) in [
        ("ACH", "Compte à créer"),
        ("JUR", "Remplace le rattachement prévu à l’activation."),
    ] {
        let fichier = format!(
            "Nom;Prénom;Adresse;Rôle;Services\nNeuve;Line;line.neuve@example.org;us;{services}\n"
        );
        let page = verifier(&t, &mut pauline, fichier).await;
        page.contient(phrase);
        appliquer(&mut pauline, &page).await.statut(200);
        if activation.is_none() {
            activation = Some(lien(&t.portail, LINE).await);
        }
    }
    let mut line = t.portail.anonyme();
    line.page(&activation.expect("the mail of the first file"))
        .await
        .formulaire("Activer mon compte")
        .remplir("mot_de_passe", crate::support::MOT_DE_PASSE)
        .envoyer(&mut line)
        .await
        .statut(200);
    let services: Vec<String> = sqlx::query_scalar(
        "select s.code from rattachement_services rs join services s on s.id = rs.service_id
         join rattachements r on r.id = rs.rattachement_id join utilisateurs u on u.id = r.utilisateur_id
         where u.adresse_connexion = $1 and rs.statut = 'validee'",
    )
    .bind(LINE)
    .fetch_all(&t.portail.db)
    .await
    .expect("services");
    assert_eq!(services, ["JUR"]);
}
