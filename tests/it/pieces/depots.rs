use super::{SAISIE, ZOE, joint, monde, pieces, seule};
use crate::support::Acteur;
use crate::support::page::Joint;
use crate::support::sollicitations::{PDF, pdf_de};

async fn page_vierge(acteur: &mut Acteur) -> crate::support::page::Formulaire {
    acteur
        .page(SAISIE)
        .await
        .formulaire("Envoyer la sollicitation")
        .remplir("objet", "Ma preuve")
        .remplir("texte", "La voici.")
}

#[tokio::test]
async fn un_fichier_part_avec_la_sollicitation_et_se_retrouve_entier() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let document = pdf_de(700_000);
    let page = page_vierge(&mut zoe)
        .await
        .joindre("fichier", "certificat signé.pdf", &document)
        .envoyer(&mut zoe)
        .await;
    page.statut(200)
        .contient("est enregistrée")
        .contient("certificat signé.pdf")
        .contient("PDF, 700 Ko");
    // Kept in pieces, with its digest.
    assert_eq!(
        portail.nombre("select count(*) from piece_morceaux").await,
        3
    );
    assert_eq!(
        portail
            .nombre("select count(*) from pieces_jointes where empreinte = (select sha256(string_agg(contenu, ''::bytea order by rang)) from piece_morceaux)")
            .await,
        1
    );
    let lu = zoe.lire(&page.lien("certificat signé.pdf")).await;
    lu.statut(200);
    assert!(lu.octets == document, "the same bytes");
}

#[tokio::test]
async fn un_fichier_se_joint_au_brouillon_puis_se_retire_sans_rien_perdre() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let page = zoe
        .page(SAISIE)
        .await
        .formulaire("Joindre le fichier")
        .remplir("objet", "Ma preuve")
        .remplir("texte", "Pas fini")
        .joindre("fichier", "a.pdf", PDF)
        .envoyer(&mut zoe)
        .await;
    page.statut(200).contient("Le fichier est joint.");
    assert!(page.adresse.starts_with("/sollicitations/brouillons/"));
    let formulaire = page.formulaire("Envoyer la sollicitation");
    assert_eq!(formulaire.valeur("objet"), Some("Ma preuve"));
    assert_eq!(formulaire.valeur("texte"), Some("Pas fini"));
    let page = page
        .formulaire("Retirer")
        .remplir("texte", "Presque fini")
        .envoyer(&mut zoe)
        .await;
    page.statut(200)
        .contient("Le fichier est retiré.")
        .ne_contient_pas("a.pdf");
    assert_eq!(pieces(&portail).await, 0);
    assert_eq!(
        portail.nombre("select count(*) from piece_morceaux").await,
        0
    );
    let formulaire = page.formulaire("Envoyer la sollicitation");
    assert_eq!(formulaire.valeur("texte"), Some("Presque fini"));
}

#[tokio::test]
async fn ce_qui_n_est_pas_un_document_est_refuse_au_champ_et_rien_ne_change() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let mut page_cachee = PDF.to_vec();
    page_cachee.extend_from_slice(b"<script>alert(1)</script>");
    let mut archive = PDF.to_vec();
    archive.extend_from_slice(b"PK\x05\x06");
    archive.extend_from_slice(&[0; 16]);
    archive.extend_from_slice(&[6, 0]);
    archive.extend_from_slice(b"%%EOF\n");
    let onze = pdf_de(11 * 1024 * 1024);
    let avant = portail.empreinte().await;
    let cas: [(&str, &str, &[u8], &str); 13] = [
        ("vide.pdf", "application/pdf", b"", "vide"),
        ("a.pdf", "application/pdf", b"MZ\x90\0\x03", "ni un PDF"),
        (
            "a.png",
            "image/png",
            b"<svg xmlns=\"x\"></svg>",
            "ni un PDF",
        ),
        ("a.pdf", "application/pdf", b"<!doctype html>", "ni un PDF"),
        ("a.gif", "image/gif", b"GIF89a", "ni un PDF"),
        ("a.zip", "application/zip", b"PK\x03\x04", "ni un PDF"),
        (
            "a.pdf",
            "application/pdf",
            b"  %PDF-1.4\n%%EOF",
            "ni un PDF",
        ),
        ("a.pdf", "application/pdf", b"%PDF-1.4\n", "abîmé"),
        ("a.pdf", "application/pdf", &page_cachee, "abîmé"),
        ("a.pdf", "application/pdf", &archive, "abîmé"),
        ("a.pdf.html", "application/pdf", PDF, "nom de ce fichier"),
        ("a.png", "image/png", PDF, "nom de ce fichier"),
        ("gros.pdf", "application/pdf", &onze, "dépasse 10 Mo"),
    ];
    for (nom, genre, octets, phrase) in cas {
        for adresse in [
            SAISIE,
            "/sollicitations/saisie/pieces",
            "/sollicitations/saisie/brouillon",
        ] {
            let page = zoe
                .envoyer(
                    adresse,
                    &[("objet", "Ma preuve"), ("texte", "La voici.")],
                    &[joint(nom, genre, octets)],
                )
                .await;
            page.statut(422);
            let dit = page.erreur_de("fichier").unwrap_or_default();
            assert!(dit.contains(phrase), "{nom}: {dit}");
            let formulaire = page.formulaire("Envoyer la sollicitation");
            assert_eq!(formulaire.valeur("texte"), Some("La voici."), "{nom}");
        }
    }
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn dix_mo_passent_et_plus_de_trente_deux_sont_coupes() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let champs = [("objet", "Ma preuve"), ("texte", "La voici.")];
    let plein = joint("plein.pdf", "application/pdf", &pdf_de(10 * 1024 * 1024));
    zoe.envoyer(SAISIE, &champs, &[plein]).await.statut(200);
    let avant = portail.empreinte().await;
    let trop = joint("trop.pdf", "application/pdf", &pdf_de(33 * 1024 * 1024));
    zoe.envoyer_sans_suivre(SAISIE, &champs, &[trop])
        .await
        .statut(413);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn un_type_declare_faux_ne_compte_pas_le_contenu_decide() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let page = zoe
        .envoyer(
            SAISIE,
            &[("objet", "Ma preuve"), ("texte", "La voici.")],
            &[joint("a.pdf", "text/html", PDF)],
        )
        .await;
    page.statut(200);
    let lu = zoe.lire(&page.lien("a.pdf")).await;
    assert_eq!(lu.entete("content-type"), Some("application/pdf"));
}

#[tokio::test]
async fn un_nom_de_fichier_n_est_ni_un_chemin_ni_un_piege() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let long = format!("{}.pdf", "n".repeat(300));
    for (rang, (nom, attendu)) in [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Temp\\b.pdf", "b.pdf"),
        ("facture\u{202E}fdp.pdf", "facturefdp.pdf"),
        (long.as_str(), &*format!("{}.pdf", "n".repeat(116))),
    ]
    .into_iter()
    .enumerate()
    {
        let objet = format!("Ma preuve {rang}");
        let page = zoe
            .envoyer(
                SAISIE,
                &[("objet", &objet), ("texte", "La voici.")],
                &[joint(nom, "application/pdf", PDF)],
            )
            .await;
        page.statut(200);
        let pieces = page.tous("#demande .pieces a");
        assert_eq!(pieces, [attendu], "{nom}");
    }
}

#[tokio::test]
async fn une_saisie_fausse_demande_de_choisir_de_nouveau_le_fichier() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let avant = portail.empreinte().await;
    let page = zoe
        .envoyer(
            SAISIE,
            &[("objet", ""), ("texte", "La voici.")],
            &[joint("a.pdf", "application/pdf", PDF)],
        )
        .await;
    page.statut(422);
    assert!(page.erreur_de("objet").is_some());
    assert!(
        page.erreur_de("fichier")
            .is_some_and(|e| e.contains("Choisissez de nouveau"))
    );
    // Other fields than those of the page, two files, a file elsewhere.
    for (champs, fichiers) in [
        (vec![("statut", "close")], vec![]),
        (vec![("objet", "a"), ("objet", "b")], vec![]),
        (
            vec![("objet", "a")],
            vec![joint("a.pdf", "x/y", PDF), joint("b.pdf", "x/y", PDF)],
        ),
        (
            vec![("objet", "a")],
            vec![Joint {
                champ: "objet".to_owned(),
                ..joint("a.pdf", "x/y", PDF)
            }],
        ),
    ] {
        zoe.envoyer(SAISIE, &champs, &fichiers).await.statut(422);
    }
    let enorme = "x".repeat(80_000);
    zoe.envoyer(SAISIE, &[("texte", enorme.as_str())], &[])
        .await
        .statut(422);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn les_quotas_sont_dits_au_champ() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    let id = portail.brouillon(portail.id(ZOE).await, "Ma preuve").await;
    let adresse = format!("/sollicitations/brouillons/{id}");
    for rang in 0..6u8 {
        let mut document = PDF.to_vec();
        document.splice(9..9, [b'0' + rang, b'\n']);
        let page = zoe
            .page(&adresse)
            .await
            .formulaire("Joindre le fichier")
            .joindre("fichier", "a.pdf", &document)
            .envoyer(&mut zoe)
            .await;
        if rang < 5 {
            page.statut(200);
        } else {
            page.statut(422);
            let dit = page.erreur_de("fichier").unwrap_or_default();
            assert!(dit.contains("5 pièces jointes au maximum"), "{dit}");
        }
    }
    assert_eq!(pieces(&portail).await, 5);
    // 200 Mo in 30 days; the next month begins afresh.
    sqlx::query("update pieces_jointes set octets = 10485760")
        .execute(&portail.db)
        .await
        .expect("large files");
    let autre = portail.sollicitation(portail.id(ZOE).await, "Autre").await;
    sqlx::query(
        "insert into pieces_jointes (id, deposant_id, sollicitation_id, nom, genre, octets, empreinte, antivirus)
         select uuid_v7(), p.deposant_id, $1, p.nom, p.genre, p.octets, p.empreinte, p.antivirus
         from pieces_jointes p, generate_series(1, 3) where p.brouillon_id is not null",
    )
    .bind(autre)
    .execute(&portail.db)
    .await
    .expect("200 Mo");
    let champs = [("objet", "Encore"), ("texte", "Une autre.")];
    let page = zoe
        .envoyer(SAISIE, &champs, &[joint("a.pdf", "x/y", PDF)])
        .await;
    page.statut(422);
    assert!(
        page.erreur_de("fichier")
            .is_some_and(|e| e.contains("beaucoup de fichiers"))
    );
    portail.avancer("31 days").await;
    let mut zoe = portail.connecter(ZOE).await;
    zoe.envoyer(SAISIE, &champs, &[joint("a.pdf", "x/y", PDF)])
        .await
        .statut(200);
}

#[tokio::test]
async fn les_depots_de_fichiers_sont_freines() {
    let (portail, _) = monde().await;
    let mut zoe = portail.connecter(ZOE).await;
    zoe.envoyer(
        SAISIE,
        &[("objet", "Ma preuve"), ("texte", "La voici.")],
        &[joint("a.pdf", "x/y", PDF)],
    )
    .await
    .statut(200);
    sqlx::query("update compteurs set compte = 60 where cle like 'pieces:%'")
        .execute(&portail.db)
        .await
        .expect("a counter");
    let id = seule(&portail).await;
    let adresse = format!("/sollicitations/{id}/reponse");
    zoe.envoyer(
        &adresse,
        &[("texte", "Encore")],
        &[joint("b.pdf", "x/y", PDF)],
    )
    .await
    .statut(429);
    // Words alone still pass.
    zoe.envoyer(&adresse, &[("texte", "Encore")], &[])
        .await
        .statut(200);
}
