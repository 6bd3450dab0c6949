use super::services;
use crate::activites::{PAULINE, Terneuil, ailleurs};

#[tokio::test]
async fn creer_un_service_dit_la_phrase_du_guide() {
    let mut t = Terneuil::nouveau().await;
    let page = t
        .pauline
        .page(&format!("/structures/{}/services/nouveau", t.structure))
        .await;
    page.statut(200)
        .contient("Informations générales")
        .contient("Paramètres")
        .contient("CCAS Terneuil");
    let formulaire = page.formulaire("Soumettre");
    let pre_rempli = formulaire
        .valeur("date_debut")
        .unwrap_or_default()
        .to_owned();
    let maintenant: String = sqlx::query_scalar(
        "select to_char(maintenant() at time zone 'Europe/Paris', 'YYYY-MM-DD\"T\"HH24')",
    )
    .fetch_one(&t.portail.db)
    .await
    .expect("the hour");
    assert!(pre_rempli.starts_with(&maintenant[..10]), "{pre_rempli}");
    let fait = formulaire
        .remplir("code", "FI_SGPI")
        .remplir("libelle", "Service financier SGPI")
        .remplir("description", "Paie les factures.")
        .remplir("date_debut", "10/03/2022 15:01:32")
        .remplir("date_fin", "2100-12-31")
        .cocher("engagement_obligatoire", "oui")
        .envoyer(&mut t.pauline)
        .await;
    fait.statut(200);
    assert!(
        fait.corps.contains(
            "L’envoi des données pour «\u{202F}Créer un service\u{202F}» a bien été effectué"
        ),
        "{}",
        fait.texte()
    );
    assert_eq!(services(&fait), ["ACH", "FI_SGPI", "JUR"]);
    fait.contient("10/03/2022").contient("31/12/2100");
    let ecrit: (String, bool, String) = sqlx::query_as(
        "select description, engagement_obligatoire, temps(date_debut) || ' ' || temps(date_fin)
         from services where code = 'FI_SGPI'",
    )
    .fetch_one(&t.portail.db)
    .await
    .expect("the service");
    assert_eq!(
        ecrit,
        (
            "Paie les factures.".to_owned(),
            true,
            "2022-03-10T15:01:32+01:00 2101-01-01T00:00:00+01:00".to_owned()
        )
    );
    t.pauline
        .page("/activites?h.action=service_cree")
        .await
        .contient("Service créé");
}

#[tokio::test]
async fn depuis_les_activites_la_structure_se_choisit() {
    let mut t = Terneuil::nouveau().await;
    let seconde = t.portail.structure("EHPAD de Terneuil", 2, false).await;
    let pauline = t.portail.id(PAULINE).await;
    t.portail.gp(seconde, pauline).await;
    let (etrangere, ..) = ailleurs(&t.portail).await;
    let activites = t.pauline.page("/activites").await;
    let page = t.pauline.page(&activites.lien("Créer un service")).await;
    page.contient("Choisir la structure")
        .contient("EHPAD de Terneuil")
        .ne_contient_pas("Ailleurs");
    let formulaire = page
        .formulaire("Soumettre")
        .remplir("code", "SOINS")
        .remplir("libelle", "Soins");
    // None chosen, then somebody else's.
    let refus = formulaire
        .clone()
        .remplir("structure", "")
        .envoyer(&mut t.pauline)
        .await;
    refus.statut(422).contient("Choisissez la structure.");
    assert_eq!(refus.formulaire("Soumettre").valeur("code"), Some("SOINS"));
    let avant = t.portail.empreinte().await;
    formulaire
        .clone()
        .remplir("structure", &etrangere.to_string())
        .envoyer(&mut t.pauline)
        .await
        .statut(404);
    // A private structure asks for no engagement.
    formulaire
        .clone()
        .remplir("structure", &seconde.to_string())
        .cocher("engagement_obligatoire", "oui")
        .envoyer(&mut t.pauline)
        .await
        .statut(422)
        .contient("Seule une structure publique peut exiger un numéro d’engagement.")
        .contient("Raison sociale EHPAD de Terneuil");
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
    formulaire
        .remplir("structure", &seconde.to_string())
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("Le service Soins (SOINS) de EHPAD de Terneuil est créé.");
}

#[tokio::test]
async fn une_mauvaise_saisie_garde_tout_et_ne_change_rien() {
    let mut t = Terneuil::nouveau().await;
    let adresse = format!("/structures/{}/services/nouveau", t.structure);
    let avant = t.portail.empreinte().await;
    let long = "é".repeat(101);
    for (champ, valeur, phrase) in [
        ("code", "", "Saisissez le code du service."),
        (
            "code",
            long.as_str(),
            "Ce texte est limité à 100 caractères.",
        ),
        (
            "code",
            "ACH",
            "Un service de cette structure a déjà ce code.",
        ),
        ("libelle", " ", "Saisissez le libellé du service."),
        ("date_debut", "", "Saisissez une date et une heure"),
        (
            "date_debut",
            "2022-02-30T10:00",
            "Cette date n’existe pas au calendrier.",
        ),
        (
            "date_debut",
            "2022-02-03T25:00",
            "Saisissez une date et une heure",
        ),
        (
            "date_fin",
            "31/02/2022",
            "Cette date n’existe pas au calendrier.",
        ),
        (
            "date_fin",
            "09/03/2022",
            "La date de fin est avant la date de début",
        ),
        ("libelle", "a\u{202E}b", "caractère invisible"),
    ] {
        let page = t
            .pauline
            .page(&adresse)
            .await
            .formulaire("Soumettre")
            .remplir("code", "NEUF")
            .remplir("libelle", "Neuf")
            .remplir("date_debut", "10/03/2022 15:01")
            .remplir(champ, valeur)
            .envoyer(&mut t.pauline)
            .await;
        page.statut(422).contient(phrase);
        let relu = page.formulaire("Soumettre");
        assert_eq!(
            relu.valeur(champ).map(str::trim),
            Some(valeur.trim()),
            "{champ}"
        );
    }
    let poste = t
        .pauline
        .poster_sans_suivre(&adresse, &[("code", "X"), ("pirate", "1")])
        .await;
    poste.statut(422);
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn modifier_note_l_avant_et_l_apres() {
    let mut t = Terneuil::nouveau().await;
    let adresse = format!(
        "/structures/{}/services/{}/modification",
        t.structure, t.achats
    );
    let page = t.pauline.page(&adresse).await;
    page.contient("Le code ne change pas");
    page.formulaire("Enregistrer")
        .envoyer(&mut t.pauline)
        .await
        .contient("Rien n’a changé.");
    assert_eq!(
        t.portail
            .nombre("select count(*) from historique where action = 'service_modifie'")
            .await,
        0
    );
    page.formulaire("Enregistrer")
        .remplir("libelle", "Service des achats")
        .remplir("date_fin", "31/12/2100")
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("Service des achats (ACH) est à jour.");
    let activites = t.pauline.page("/activites").await;
    let detail = t.pauline.page(&activites.lien("Détail")).await;
    detail
        .contient("Service modifié")
        .contient("Service achats")
        .contient("Service des achats")
        .contient("31/12/2100");
    // The seconds of the beginning, that no field shows, are kept.
    assert_eq!(
        t.portail
            .nombre("select count(*) from services where code = 'ACH' and extract(microseconds from date_debut) % 1000000 <> 0")
            .await,
        1
    );
}

#[tokio::test]
async fn desactiver_dit_d_abord_ce_que_cela_touche() {
    let mut t = Terneuil::nouveau().await;
    let anne = t.portail.personne("anne.achats@example.org").await;
    let rattachement = t
        .portail
        .rattacher(t.structure, anne, "us", &[t.achats])
        .await;
    t.portail
        .abonnement(
            rattachement,
            Some(t.achats),
            "factures_a_valider",
            "consultation",
        )
        .await;
    t.demande("jean.attend@example.org", &[t.achats]).await;
    let liste = t
        .pauline
        .page(&format!("/structures/{}/services", t.structure))
        .await;
    let page = t
        .pauline
        .page(&liste.lien("Désactiver le service Service achats"))
        .await;
    page.statut(200)
        .contient("1 utilisateur")
        .contient("1 abonnement")
        .contient("1 demande")
        .contient("ce service ne pourra pas être accordé");
    let effectifs = "select count(*) from abonnements_effectifs";
    assert_eq!(t.portail.nombre(effectifs).await, 1);
    let fait = page
        .formulaire("Désactiver le service")
        .envoyer(&mut t.pauline)
        .await;
    fait.statut(200).contient("Le service est désactivé.");
    assert_eq!(t.portail.nombre(effectifs).await, 0, "the right is gone");
    assert_eq!(
        t.portail
            .nombre(
                "select count(*) from demandes_rattachement where statut = 'en_cours_de_validation'"
            )
            .await,
        1,
        "the request waits"
    );
    // The same click again, then back.
    page.formulaire("Désactiver le service")
        .envoyer(&mut t.pauline)
        .await
        .contient("était déjà désactivé");
    let page = t
        .pauline
        .page(&fait.lien("Activer le service Service achats"))
        .await;
    page.formulaire("Activer le service")
        .envoyer(&mut t.pauline)
        .await
        .contient("Le service est activé.");
    assert_eq!(t.portail.nombre(effectifs).await, 1, "and comes back");
    assert_eq!(
        t.portail
            .nombre("select count(*) from historique where action in ('service_active', 'service_desactive')")
            .await,
        2
    );
}

#[tokio::test]
async fn le_dernier_service_d_une_structure_qui_l_exige_previent() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query("update structures set gestion_service = true")
        .execute(&t.portail.db)
        .await
        .expect("a parameter");
    let suite = |service| {
        format!(
            "/structures/{}/services/{service}/desactivation",
            t.structure
        )
    };
    let (achats, juridique) = (suite(t.achats), suite(t.juridique));
    let page = t.pauline.page(&achats).await;
    page.ne_contient_pas("dernier service actif");
    page.formulaire("Désactiver le service")
        .envoyer(&mut t.pauline)
        .await;
    t.pauline
        .page(&juridique)
        .await
        .contient("C’est le dernier service actif");
}

#[tokio::test]
async fn un_service_termine_ne_se_reactive_pas_sans_nouvelle_fin() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query("update services set actif = false, date_fin = maintenant() - interval '1 day' where id = $1")
        .bind(t.achats)
        .execute(&t.portail.db)
        .await
        .expect("an end");
    let avant = t.portail.empreinte().await;
    t.pauline
        .poster_sans_suivre(
            &format!(
                "/structures/{}/services/{}/activation",
                t.structure, t.achats
            ),
            &[],
        )
        .await
        .statut(409)
        .contient("changez d’abord sa date de fin");
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn une_structure_desactivee_ne_change_plus_ses_services() {
    let mut t = Terneuil::nouveau().await;
    sqlx::query("update structures set statut = 'inactive'")
        .execute(&t.portail.db)
        .await
        .expect("a deactivation");
    let base = format!("/structures/{}/services", t.structure);
    t.pauline
        .page(&base)
        .await
        .statut(200)
        .ne_contient_pas("Créer un service");
    t.pauline
        .poster_sans_suivre(&format!("{base}/{}/desactivation", t.achats), &[])
        .await
        .statut(409);
}
