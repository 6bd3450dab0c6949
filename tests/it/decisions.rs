//! One request at a time: the screen, the decision, its mail, its rights, its line (seed 001 §2 and §3).

use vantail::db::UtilisateurId;

use crate::activites::Terneuil;
use crate::support::page::PageLue;

/// Ids of the boxes ticked.
fn cochees(page: &PageLue) -> usize {
    page.attributs("input[name=services][checked]", "value")
        .len()
}

async fn droits(t: &Terneuil, personne: UtilisateurId) -> Option<(String, bool)> {
    sqlx::query_as(
        "select role, maille_structure from rattachements_effectifs where utilisateur_id = $1 and structure_id = $2",
    )
    .bind(personne)
    .bind(t.structure)
    .fetch_optional(&t.portail.db)
    .await
    .expect("the rights")
}

async fn intacte(t: &Terneuil) {
    let (_, defauts) = vantail::historique::verifier(&t.portail.db, &t.portail.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty(), "{defauts:?}");
}

#[tokio::test]
async fn une_demande_se_valide_et_ouvre_les_droits_aussitot() {
    let mut t = Terneuil::nouveau().await;
    let demande = t
        .demande("zoe.aubert@example.org", &[t.achats, t.juridique])
        .await;
    let zoe_id = t.portail.id("zoe.aubert@example.org").await;
    let mut zoe = t.portail.connecter("zoe.aubert@example.org").await;
    zoe.page(&format!("/structures/{}", t.structure))
        .await
        .statut(404);
    let liste = t.pauline.page("/activites?dr.par=10").await;
    let ecran = t
        .pauline
        .page(&liste.lien("Valider la demande de Zoe Aubert"))
        .await;
    ecran
        .statut(200)
        .contient("SIRET")
        .contient("Structure publique")
        .contient("zoe.aubert@example.org")
        .contient("En cours de validation")
        .contient("Total de 2 services.")
        .contient("Rattacher à la structure")
        .contient("Ce que la décision va ouvrir")
        .contient("Zoe Aubert aura le rôle « Utilisateur simple » sur 2 services")
        .contient("Factures reçues");
    assert_eq!(cochees(&ecran), 2);
    let saisie = ecran.formulaire("Valider");
    assert_eq!(saisie.valeur("commentaire"), Some("Je rejoins le service."));
    let liste = saisie
        .decocher("services", &t.juridique.to_string())
        .envoyer(&mut t.pauline)
        .await;
    liste
        .statut(200)
        .contient("La demande de Zoe Aubert est validée.")
        .contient("Aucune demande en attente");
    assert!(liste.adresse.contains("dr.par=10"), "{}", liste.adresse);
    assert_eq!(
        droits(&t, zoe_id).await,
        Some(("us".to_owned(), false)),
        "at once"
    );
    zoe.page(&format!("/structures/{}", t.structure))
        .await
        .statut(200);
    let courriers = t.portail.courriers_pour("zoe.aubert@example.org").await;
    assert_eq!(courriers.len(), 1);
    assert!(courriers[0].texte.contains("Service achats"));
    assert!(!courriers[0].texte.contains("Service juridique"));
    assert!(courriers[0].sujet.contains("CCAS Terneuil"));
    assert_eq!(
        t.portail
            .nombre("select count(*) from demande_services where statut = 'ecartee'")
            .await,
        1
    );
    liste.contient("Validée par Pauline Dufour");
    let detail = t.pauline.page(&liste.lien("Détail")).await;
    detail
        .statut(200)
        .contient("Validée par Pauline Dufour")
        .contient("Service achats, Service juridique Service achats");
    // Decided, it is only read.
    let ecran = t.pauline.page(&t.ecran(demande)).await;
    ecran.statut(200).contient("Traitée par Pauline Dufour");
    assert!(ecran.formulaire_eventuel("Valider").is_none());
    intacte(&t).await;
}

#[tokio::test]
async fn un_refus_nomme_demande_un_motif_et_previent() {
    let mut t = Terneuil::nouveau().await;
    let demande = t.demande("julie.bon@example.org", &[t.achats]).await;
    let liste = t.pauline.page("/activites").await;
    let fenetre = t
        .pauline
        .page(&liste.lien("Refuser la demande de Julie Bon"))
        .await;
    fenetre
        .statut(200)
        .contient("Confirmation du refus de la demande de rattachement")
        .contient("Bon Julie")
        .contient("1 service : Service achats")
        .contient("Refus par le gestionnaire Dufour Pauline");
    assert_eq!(fenetre.attributs("#confirmation", "id").len(), 1);
    let avant = t.portail.empreinte().await;
    let trop = "é".repeat(256);
    for motif in ["", "   ", trop.as_str(), "nul\0", "sens\u{202E}inverse"] {
        let page = fenetre
            .formulaire("Valider le refus")
            .remplir("motif", motif)
            .envoyer(&mut t.pauline)
            .await;
        page.statut(422);
        assert!(page.erreur_de("motif").is_some(), "{motif:?}");
        assert!(page.titre().starts_with("Erreur :"));
    }
    assert_eq!(avant, t.portail.empreinte().await, "nothing changed");
    let motif = "é".repeat(255);
    fenetre
        .formulaire("Valider le refus")
        .remplir("motif", &motif)
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("La demande de Julie Bon est refusée.");
    let courriers = t.portail.courriers_pour("julie.bon@example.org").await;
    assert_eq!(courriers.len(), 1);
    assert!(courriers[0].texte.contains(&motif));
    let julie = t.portail.id("julie.bon@example.org").await;
    assert_eq!(droits(&t, julie).await, None);
    // A second decision learns who was faster, and when.
    let tard = t
        .pauline
        .poster(
            &format!("{}/refus", t.ecran(demande)),
            &[("motif", "Encore")],
        )
        .await;
    tard.statut(409)
        .contient("Cette demande a déjà été traitée par Pauline Dufour le");
    t.pauline
        .page(&format!("{}/refus", t.ecran(demande)))
        .await
        .statut(409);
    intacte(&t).await;
}

#[tokio::test]
async fn un_motif_deja_donne_se_reprend() {
    let mut t = Terneuil::nouveau().await;
    let premiere = t.demande("une.premiere@example.org", &[]).await;
    let seconde = t.demande("une.seconde@example.org", &[]).await;
    t.pauline
        .poster(
            &format!("{}/refus", t.ecran(premiere)),
            &[("motif", "Adressez-vous à l’accueil.")],
        )
        .await
        .statut(200);
    let fenetre = t.pauline.page(&format!("{}/refus", t.ecran(seconde))).await;
    fenetre
        .formulaire("Valider le refus et traiter la suivante")
        .choisir("modele", "Adressez-vous à l’accueil.")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("La demande de Une Seconde est refusée.")
        .contient("Il ne reste aucune demande à traiter");
    let courriers = t.portail.courriers_pour("une.seconde@example.org").await;
    assert!(courriers[0].texte.contains("Adressez-vous à l’accueil."));
}

#[tokio::test]
async fn les_cases_suivent_le_statut_de_chaque_service() {
    let mut t = Terneuil::nouveau().await;
    let personne = t.portail.personne("cinq.etats@example.org").await;
    let courrier = t.portail.service(t.structure, "COU", "Courrier").await;
    let paie = t.portail.service(t.structure, "PAI", "Paie").await;
    t.portail.service(t.structure, "VID", "Vide").await;
    let rattachement = t
        .portail
        .rattacher(t.structure, personne, "us", &[t.achats, courrier])
        .await;
    sqlx::query("update rattachement_services set statut = 'desactivee' where rattachement_id = $1 and service_id = $2")
        .bind(rattachement)
        .bind(courrier)
        .execute(&t.portail.db)
        .await
        .expect("a deactivated line");
    let refusee = t
        .portail
        .demande(t.structure, personne, "us", &[paie])
        .await;
    t.pauline
        .poster(&format!("{}/refus", t.ecran(refusee)), &[("motif", "Non.")])
        .await
        .statut(200);
    let demande = t
        .portail
        .demande(t.structure, personne, "us", &[t.juridique])
        .await;
    let ecran = t.pauline.page(&t.ecran(demande)).await;
    let statuts: Vec<String> = ecran
        .tous("#services tbody tr")
        .iter()
        .map(|l| {
            [
                "Désactivé",
                "Refusé",
                "En cours de validation",
                "Validé",
                "Aucun",
            ]
            .iter()
            .find(|s| l.contains(**s))
            .map_or_else(String::new, |s| (*s).to_owned())
        })
        .collect();
    assert_eq!(
        statuts,
        [
            "Désactivé",
            "Refusé",
            "Validé",
            "En cours de validation",
            "Aucun"
        ]
    );
    assert_eq!(cochees(&ecran), 2);
    ecran.contient("Cette personne est déjà rattachée à des services");
    // Unticking a validated service withdraws it; the deactivated line stays.
    ecran
        .formulaire("Valider")
        .decocher("services", &t.achats.to_string())
        .envoyer(&mut t.pauline)
        .await
        .statut(200);
    let tenus: Vec<String> = sqlx::query_scalar(
        "select s.libelle || ' ' || rs.statut from rattachement_services rs join services s on s.id = rs.service_id
         where rs.rattachement_id = $1 order by 1",
    )
    .bind(rattachement)
    .fetch_all(&t.portail.db)
    .await
    .expect("the services");
    assert_eq!(tenus, ["Courrier desactivee", "Service juridique validee"]);
}

#[tokio::test]
async fn une_saisie_fausse_revient_au_champ_et_ne_change_rien() {
    let mut t = Terneuil::nouveau().await;
    let demande = t.demande("zoe.aubert@example.org", &[t.achats]).await;
    let ailleurs = t.portail.structure("Ailleurs", 9, true).await;
    let etranger = t.portail.service(ailleurs, "X", "Étranger").await;
    let ferme = t.portail.service(t.structure, "FER", "Fermé").await;
    sqlx::query("update services set actif = false where id = $1")
        .bind(ferme)
        .execute(&t.portail.db)
        .await
        .expect("a closed service");
    let ecran = t.pauline.page(&t.ecran(demande)).await;
    let avant = t.portail.empreinte().await;
    let trop = "x".repeat(256);
    let (etranger, ferme) = (etranger.to_string(), ferme.to_string());
    let inconnu = uuid::Uuid::now_v7().to_string();
    for (champ, valeur, attendu) in [
        ("commentaire", "", "commentaire"),
        ("commentaire", trop.as_str(), "commentaire"),
        ("commentaire", "a\0b", "commentaire"),
        ("role", "gp", "role"),
        ("role", "roi", "role"),
        ("date_debut", "", "date_debut"),
        ("date_debut", "31/02/2027", "date_debut"),
        ("date_debut", "0000-00-00", "date_debut"),
        ("date_fin", "hier", "date_fin"),
        ("date_fin", "2020-01-01", "date_fin"),
        ("services", inconnu.as_str(), "services"),
        ("services", "pas-un-uuid", "services"),
        ("services", etranger.as_str(), "services"),
        ("services", ferme.as_str(), "services"),
        ("structure", "oui", "services"),
    ] {
        let saisie = ecran.formulaire("Valider");
        let saisie = match champ {
            "services" | "structure" => saisie.forcer(champ, valeur),
            _ => saisie.remplir(champ, valeur),
        };
        let page = saisie.envoyer(&mut t.pauline).await;
        page.statut(422);
        assert!(page.erreur_de(attendu).is_some(), "{champ}={valeur:?}");
        assert_eq!(
            page.attributs(".resume-erreurs a", "href"),
            [format!("#{attendu}")]
        );
        assert!(!page.attributs(&format!("[id={attendu}]"), "id").is_empty());
    }
    let rien = ecran
        .formulaire("Valider")
        .decocher("services", &t.achats.to_string())
        .envoyer(&mut t.pauline)
        .await;
    rien.statut(422).contient("Cochez au moins un service");
    assert_eq!(avant, t.portail.empreinte().await, "nothing changed");
    // Both dates typed wrong come back as they were typed.
    let page = ecran
        .formulaire("Valider")
        .remplir("date_debut", "2030-02-01")
        .remplir("date_fin", "2030-01-01")
        .envoyer(&mut t.pauline)
        .await;
    page.statut(422).contient("La date de fin précède");
    assert_eq!(
        page.formulaire("Valider").valeur("date_fin"),
        Some("2030-01-01")
    );
}

#[tokio::test]
async fn les_boutons_menent_a_la_suivante_ou_a_la_recherche() {
    let mut t = Terneuil::nouveau().await;
    let ids = t.demandes(3).await;
    let ecran = t.pauline.page(&t.ecran(ids[0])).await;
    let suivante = ecran
        .formulaire("Valider et traiter la suivante")
        .envoyer(&mut t.pauline)
        .await;
    suivante
        .statut(200)
        .contient("La demande de Personne01 Demande est validée.")
        .contient("Personne02 Demande demande à agir");
    suivante
        .formulaire("Valider et rattacher un autre utilisateur")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("La demande de Personne02 Demande est validée.")
        .contient("Critères de recherche");
    let mut sans = t
        .gs(
            "sans.rattacher@example.org",
            &[],
            &["valider_rattachements"],
        )
        .await;
    let ecran = sans.page(&t.ecran(ids[2])).await;
    assert!(
        ecran
            .formulaire_eventuel("Valider et rattacher un autre utilisateur")
            .is_none()
    );
    assert_eq!(
        ecran.tous("select[name=role] option"),
        ["Utilisateur simple"],
        "whoever cannot name a GS is not offered it"
    );
}
