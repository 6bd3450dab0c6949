use crate::activites::{PAULINE, Terneuil, ailleurs};

fn adresse(t: &Terneuil) -> String {
    format!("/structures/{}/modification", t.structure)
}

#[tokio::test]
async fn modifier_la_fiche_d_une_structure_publique_se_note_avant_et_apres() {
    let mut t = Terneuil::nouveau().await;
    let fiche = t
        .pauline
        .page(&format!("/structures/{}", t.structure))
        .await;
    let page = t.pauline.page(&fiche.lien("Modifier la fiche")).await;
    page.statut(200)
        .contient("L’identité d’une structure publique vient de l’annuaire");
    assert!(
        page.formulaire("Enregistrer")
            .valeur("raison_sociale")
            .is_none()
    );
    page.formulaire("Enregistrer")
        .envoyer(&mut t.pauline)
        .await
        .contient("Rien n’a changé.");
    page.formulaire("Enregistrer")
        .remplir("telephone", "01 49 96 10 12")
        .remplir("adresse", "124 avenue de la République")
        .cocher("gestion_service", "oui")
        .choisir("moa", "uniquement")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("La fiche est modifiée.")
        .contient("124 avenue de la République")
        .contient("01 49 96 10 12")
        .contient("Code service obligatoire Oui")
        .contient("Maître d’ouvrage (MOA) Oui, uniquement");
    let activites = t
        .pauline
        .page("/activites?h.action=structure_modifiee")
        .await;
    let detail = t.pauline.page(&activites.lien("Détail")).await;
    detail
        .contient("Structure modifiée")
        .contient("Téléphone")
        .contient("01 49 96 10 12")
        .contient("Oui, uniquement");
    assert_eq!(
        t.portail
            .nombre("select count(*) from historique where action = 'structure_modifiee'")
            .await,
        1
    );
}

#[tokio::test]
async fn la_raison_sociale_ne_se_modifie_que_chez_une_structure_privee() {
    let mut t = Terneuil::nouveau().await;
    let privee = t.portail.structure("4 ROUES", 2, false).await;
    let pauline = t.portail.id(PAULINE).await;
    t.portail.gp(privee, pauline).await;
    let page = t
        .pauline
        .page(&format!("/structures/{privee}/modification"))
        .await;
    page.ne_contient_pas("Paramètres d’une structure publique");
    page.formulaire("Enregistrer")
        .remplir("raison_sociale", "4 ROUES SOUS UN PARAPLUIE")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("4 ROUES SOUS UN PARAPLUIE");
    let avant = t.portail.empreinte().await;
    // Sent by hand, each is refused.
    t.pauline
        .page(&adresse(&t))
        .await
        .formulaire("Enregistrer")
        .forcer("raison_sociale", "CCAS de Pirates")
        .envoyer(&mut t.pauline)
        .await
        .statut(422)
        .contient("vient de l’annuaire");
    t.pauline
        .page(&format!("/structures/{privee}/modification"))
        .await
        .formulaire("Enregistrer")
        .forcer("gestion_service", "oui")
        .envoyer(&mut t.pauline)
        .await
        .statut(422)
        .contient("Une structure privée n’a pas les paramètres");
    t.pauline
        .page(&format!("/structures/{privee}/modification"))
        .await
        .formulaire("Enregistrer")
        .remplir("raison_sociale", " ")
        .remplir("ville", "")
        .envoyer(&mut t.pauline)
        .await
        .statut(422)
        .contient("Saisissez la raison sociale.")
        .contient("Saisissez la ville.");
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn les_parametres_se_combinent_de_facon_coherente() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query("update services set actif = false")
        .execute(&t.portail.db)
        .await
        .expect("no active service");
    let avant = t.portail.empreinte().await;
    let page = t.pauline.page(&adresse(&t)).await;
    let refus = page
        .formulaire("Enregistrer")
        .cocher("gestion_engagement", "oui")
        .cocher("gestion_service_engagement", "oui")
        .cocher("gestion_service", "oui")
        .remplir("telephone", "pas un numéro")
        .remplir("courriel", "pas une adresse")
        .remplir("code_postal", "123")
        .envoyer(&mut t.pauline)
        .await;
    refus
        .statut(422)
        .contient("ne se combine pas avec un code service")
        .contient("Cette structure n’a aucun service actif")
        .contient("Saisissez un numéro de téléphone")
        .contient("Saisissez une adresse électronique")
        .contient("Saisissez un code postal de 5 chiffres");
    assert_eq!(
        refus.formulaire("Enregistrer").valeur("telephone"),
        Some("pas un numéro")
    );
    page.formulaire("Enregistrer")
        .remplir("adresse", &"x".repeat(256))
        .envoyer(&mut t.pauline)
        .await
        .statut(422)
        .contient("Ce texte est limité à 255 caractères.");
    t.pauline
        .poster_sans_suivre(&adresse(&t), &[("statut", "inactive")])
        .await
        .statut(422);
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
    page.formulaire("Enregistrer")
        .cocher("gestion_service_engagement", "oui")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("Numéro d’engagement ou code service obligatoire Oui");
}

#[tokio::test]
async fn ce_que_l_import_a_apporte_sous_une_autre_forme_ne_gene_pas() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query("update structures set telephone = 'standard : 3939', courriel = 'a@x.fr ; b@x.fr', code_postal = '2A'")
        .execute(&t.portail.db)
        .await
        .expect("the directory");
    t.pauline
        .page(&adresse(&t))
        .await
        .formulaire("Enregistrer")
        .remplir("ville", "Terneuil-sur-Seine")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("La fiche est modifiée.")
        .contient("a@x.fr ; b@x.fr");
}

#[tokio::test]
async fn une_fiche_perimee_se_compare_avant_de_s_enregistrer() {
    let mut t = Terneuil::nouveau().await;
    let page = t.pauline.page(&adresse(&t)).await;
    sqlx::query("update structures set telephone = '01 02 03 04 05'")
        .execute(&t.portail.db)
        .await
        .expect("somebody else");
    let avant = t.portail.empreinte().await;
    let relue = page
        .formulaire("Enregistrer")
        .remplir("ville", "Ternay")
        .envoyer(&mut t.pauline)
        .await;
    relue
        .statut(422)
        .contient("La fiche a été modifiée depuis que vous l’avez ouverte")
        .contient("Téléphone 01 02 03 04 05");
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
    relue
        .formulaire("Enregistrer")
        .remplir("telephone", "01 02 03 04 05")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("Ternay");
}

#[tokio::test]
async fn seul_qui_gere_toute_la_structure_modifie_la_fiche() {
    let t = Terneuil::nouveau().await;
    let us = t.portail.personne("ulla.simple@example.org").await;
    t.portail.rattacher(t.structure, us, "us", &[]).await;
    t.gs("val.valide@example.org", &[], &["valider_rattachements"])
        .await;
    t.gs("lise.limite@example.org", &[t.achats], &["gerer_structure"])
        .await;
    ailleurs(&t.portail).await;
    let adresse = adresse(&t);
    let avant = t.portail.empreinte().await;
    for (login, statut) in [
        ("ulla.simple@example.org", 403),
        ("val.valide@example.org", 403),
        ("lise.limite@example.org", 403),
        ("omar.ailleurs@ailleurs.example", 404),
    ] {
        let mut acteur = t.portail.connecter(login).await;
        acteur.page(&adresse).await.statut(statut);
        acteur
            .poster_sans_suivre(&adresse, &[("ville", "Pris"), ("moa", "non")])
            .await
            .statut(statut);
        assert!(
            acteur
                .page(&format!("/structures/{}", t.structure))
                .await
                .lien_eventuel("Modifier la fiche")
                .is_none(),
            "{login}"
        );
    }
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
    let mut gere = t
        .gs("guy.gere@example.org", &[], &["gerer_structure"])
        .await;
    gere.page(&adresse)
        .await
        .formulaire("Enregistrer")
        .remplir("ville", "Ternay")
        .envoyer(&mut gere)
        .await
        .statut(200)
        .contient("La fiche est modifiée.");
}
