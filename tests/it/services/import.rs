use crate::activites::Terneuil;
use crate::support::page::PageLue;

fn adresse(t: &Terneuil) -> String {
    format!("/structures/{}/services/import", t.structure)
}

async fn verifier(t: &mut Terneuil, texte: &str) -> PageLue {
    let page = t.pauline.page(&adresse(t)).await;
    page.formulaire("Vérifier le fichier")
        .remplir("texte", texte)
        .envoyer(&mut t.pauline)
        .await
}

fn resultats(page: &PageLue) -> Vec<String> {
    page.tous("#import tbody td:nth-of-type(3)")
}

const FICHIER: &str = "Libelle;Code;DateDebut;DateFin;Actif;Inconnue\r\n\
    Service des achats;ACH;;31/12/2100;;x\r\n\
    Service juridique;JUR;;;;\r\n\
    Espaces verts;VERT;01/02/2024;;non;\r\n\
    ;VIDE;;;;\r\n\
    Encore;VERT;;;;\r\n\
    Fini;FINI;02/02/2024;01/02/2024;;\r\n";

#[tokio::test]
async fn l_essai_montre_la_difference_exacte_puis_l_applique_une_fois() {
    let mut t = Terneuil::nouveau().await;
    let avant = t.portail.empreinte().await;
    let page = verifier(&mut t, FICHIER).await;
    page.statut(200)
        .contient("1 création, 1 modification, 1 ligne inchangée, 3 lignes rejetées")
        .contient("Libellé : Service achats → Service des achats")
        .contient("Fin d’activation : 31/12/2100")
        .contient("Libelle : valeur absente.")
        .contient("Code déjà présent à la ligne 4.")
        .contient("DateFin : avant la date de début.");
    assert_eq!(
        resultats(&page),
        [
            "Modification",
            "Inchangée",
            "Création",
            "Rejetée",
            "Rejetée",
            "Rejetée"
        ]
    );
    assert_eq!(t.portail.empreinte().await, avant, "a dry run");
    let fait = page.formulaire("Appliquer").envoyer(&mut t.pauline).await;
    fait.statut(200)
        .contient("L’import est appliqué.")
        .contient("Ligne 4, VERT : service créé")
        .contient("Ligne 7 : DateFin : avant la date de début.");
    assert_eq!(
        t.portail
            .nombre("select count(*) from services where code = 'VERT' and not actif or libelle = 'Service des achats'")
            .await,
        2
    );
    assert_eq!(
        t.portail
            .nombre("select count(*) from historique where action in ('service_cree', 'service_modifie')")
            .await,
        2
    );
    // The same file again: nothing to do.
    let page = verifier(&mut t, FICHIER).await;
    page.contient("0 création, 0 modification, 3 lignes inchangées")
        .contient("Il n’y a rien à appliquer.");
}

#[tokio::test]
async fn l_export_revient_sans_rien_changer() {
    let mut t = Terneuil::nouveau().await;
    for (code, libelle) in [("=CMD()", "+33 1"), ("A;B", "Un « guillemet\" »")] {
        t.portail.service(t.structure, code, libelle).await;
    }
    let csv = t
        .pauline
        .page(&format!("/structures/{}/services.csv", t.structure))
        .await;
    assert!(csv.corps.contains("'=CMD();'+33 1"), "inert: {}", csv.corps);
    let page = verifier(&mut t, &csv.corps).await;
    page.statut(200)
        .contient("0 création, 0 modification, 4 lignes inchangées, 0 ligne rejetée");
}

#[tokio::test]
async fn ce_qui_n_est_pas_un_fichier_se_dit_au_champ() {
    let mut t = Terneuil::nouveau().await;
    let avant = t.portail.empreinte().await;
    let trop: String = std::iter::once("Code;Libelle\n".to_owned())
        .chain((0..501).map(|n| format!("C{n};Service {n}\n")))
        .collect();
    for (texte, phrase) in [
        ("", "Choisissez un fichier ou collez ses lignes."),
        ("Code;Libelle\n", "Le fichier n’a que sa première ligne."),
        ("Libelle;Autre\nx;y\n", "il manque la colonne « Code »"),
        ("Code,Libelle\nx,y\n", "points-virgules"),
        (trop.as_str(), "Le fichier a plus de 500 lignes"),
    ] {
        let page = verifier(&mut t, texte).await;
        page.statut(422).contient(phrase);
        assert_eq!(
            page.formulaire("Vérifier le fichier").valeur("texte"),
            Some(texte)
        );
    }
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn cinq_cents_lignes_passent() {
    let mut t = Terneuil::nouveau().await;
    let texte: String = std::iter::once("Code;Libelle;Description\n".to_owned())
        .chain((0..500).map(|n| {
            format!("C{n:03};Service numéro {n};« Une description d’une longueur ordinaire, avec des accents »\n")
        }))
        .collect();
    let page = verifier(&mut t, &texte).await;
    page.statut(200).contient("500 créations");
    page.formulaire("Appliquer")
        .envoyer(&mut t.pauline)
        .await
        .statut(200);
    assert_eq!(t.portail.nombre("select count(*) from services").await, 502);
}

#[tokio::test]
async fn ce_qui_a_change_entre_temps_se_montre_avant_d_etre_applique() {
    let mut t = Terneuil::nouveau().await;
    let page = verifier(&mut t, "Code;Libelle\nACH;Achats\n").await;
    sqlx::query("update services set libelle = 'Achats publics' where code = 'ACH'")
        .execute(&t.portail.db)
        .await
        .expect("somebody else");
    let avant = t.portail.empreinte().await;
    let relu = page.formulaire("Appliquer").envoyer(&mut t.pauline).await;
    relu.statut(409)
        .contient("Les services ont changé depuis votre vérification")
        .contient("Achats publics → Achats");
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
    relu.formulaire("Appliquer")
        .envoyer(&mut t.pauline)
        .await
        .contient("L’import est appliqué.");
}

#[tokio::test]
async fn une_structure_privee_n_exige_pas_d_engagement_par_fichier() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query("update structures set publique = false")
        .execute(&t.portail.db)
        .await
        .expect("private");
    verifier(&mut t, "Code;Libelle;EngagementObligatoire\nN;Neuf;oui\n")
        .await
        .contient("seule une structure publique peut l’exiger")
        .contient("1 ligne rejetée");
}
