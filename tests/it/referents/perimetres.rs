//! The périmètres: which covers what, and what the administrateur does with them.

use super::{ADMIN, MARTINE, PHILIPPE, SABINE, executer, monde};

#[tokio::test]
async fn une_structure_a_un_perimetre_au_plus_le_plus_precis() {
    let m = monde().await;
    executer(
        &m.portail,
        "insert into perimetres (id, nom, departements, genres) values
           (gen_random_uuid(), 'Rhône', '{69}', '{}'), (gen_random_uuid(), 'Tout l’enseignement', '{}', '{enseignement}'),
           (gen_random_uuid(), 'Collectivités', '{}', '{collectivite_locale}'), (gen_random_uuid(), 'Corse du Sud', '{2A}', '{}'),
           (gen_random_uuid(), 'La Réunion', '{974}', '{}');
         update structures set categorie = 'autre_entite_publique'",
    )
    .await;
    let mut rang = 100;
    for (identifiant, categorie, code_postal, attendu) in [
        (
            "19690199500023",
            "autre_entite_publique",
            "69001",
            "Académie de Lyon",
        ),
        (
            "19750001800017",
            "autre_entite_publique",
            "75001",
            "Tout l’enseignement",
        ),
        ("21690123100011", "collectivite_locale", "69001", "Rhône"),
        (
            "21750001600019",
            "collectivite_locale",
            "75001",
            "Collectivités",
        ),
        (
            "18009202500015",
            "autre_entite_publique",
            "20137",
            "Corse du Sud",
        ),
        ("18009202500023", "autre_entite_publique", "20200", ""),
        (
            "18009202500031",
            "autre_entite_publique",
            "97400",
            "La Réunion",
        ),
        ("18009202500049", "autre_entite_publique", "75001", ""),
        ("18009202500056", "autre_entite_publique", "B1000", ""),
    ] {
        rang += 1;
        let id = m.portail.structure(identifiant, rang, true).await;
        let vu: Option<String> = sqlx::query_scalar(
            "with s as (update structures set identifiant = $2, categorie = $3, code_postal = $4 where id = $1 returning id) select null from s",
        )
        .bind(id)
        .bind(identifiant)
        .bind(categorie)
        .bind(code_postal)
        .fetch_one(&m.portail.db)
        .await
        .expect("a structure");
        assert_eq!(vu, None);
        let vu: Option<String> =
            sqlx::query_scalar("select nom from structures_des_perimetres where structure_id = $1")
                .bind(id)
                .fetch_optional(&m.portail.db)
                .await
                .expect("a périmètre");
        assert_eq!(
            vu.unwrap_or_default(),
            attendu,
            "{identifiant} {code_postal}"
        );
    }
    let privee = m.portail.structure("Privée", 300, false).await;
    let vu: Option<String> =
        sqlx::query_scalar("select nom from structures_des_perimetres where structure_id = $1")
            .bind(privee)
            .fetch_optional(&m.portail.db)
            .await
            .expect("none");
    assert_eq!(vu, None);
}

#[tokio::test]
async fn l_administrateur_cree_modifie_affecte_retire_et_supprime() {
    let m = monde().await;
    m.portail.personne("orphelin.dupont@ac-nice.test").await;
    executer(
        &m.portail,
        "update utilisateurs set pigp = true where adresse_connexion like 'orphelin%'",
    )
    .await;
    let mut admin = m.portail.connecter(ADMIN).await;
    let accueil = admin.page("/administration").await;
    let liste = admin.page(&accueil.lien("Périmètres des référents")).await;
    liste
        .contient("Académie de Lyon")
        .contient("Martine Ballet");
    let page = admin.page(&liste.lien("Créer un périmètre")).await;
    let page = page
        .formulaire("Enregistrer")
        .remplir("nom", "Académie de Nice")
        .remplir("departements", "06, 83")
        .cocher("genres", "enseignement")
        .remplir("domaines", "@AC-Nice.test")
        .remplir("motif", "Ouverture de l’académie.")
        .envoyer(&mut admin)
        .await;
    page.contient("Le périmètre Académie de Nice est créé.")
        .contient("1 compte");
    let page = page
        .formulaire("Affecter ce référent")
        .remplir("referent", &m.portail.id(MARTINE).await.to_string())
        .remplir("motif_affectation", "Intérim.")
        .envoyer(&mut admin)
        .await;
    page.contient("Martine Ballet est référent de ce périmètre.");
    let mut martine = m.portail.connecter(MARTINE).await;
    martine
        .page("/referent/comptes")
        .await
        .contient("orphelin.dupont@ac-nice.test");
    let page = page
        .formulaire("Enregistrer")
        .remplir("nom", "Académie de Nice et Toulon")
        .remplir("motif", "Nouveau nom.")
        .envoyer(&mut admin)
        .await;
    page.contient("Le périmètre est enregistré.");
    let retrait = admin.page(&page.lien("Retirer")).await;
    retrait.contient("C’est le dernier référent");
    retrait
        .formulaire("Retirer le référent")
        .remplir("motif", "Fin de l’intérim.")
        .envoyer(&mut admin)
        .await
        .contient("Martine Ballet n’est plus référent");
    executer(
        &m.portail,
        "update utilisateurs set perimetre_id = null where adresse_connexion like 'orphelin%'",
    )
    .await;
    let page = admin.page(&retrait.lien("Annuler")).await;
    let suppression = admin.page(&page.lien("Supprimer")).await;
    suppression
        .formulaire("Supprimer le périmètre")
        .remplir("motif", "Doublon.")
        .envoyer(&mut admin)
        .await
        .contient("est supprimé.");
    assert_eq!(
        m.portail
            .nombre("select count(*) from historique where action = 'perimetre_modifie' and structure_id is null and acteur_genre = 'equipe'")
            .await,
        5
    );
}

#[tokio::test]
async fn un_perimetre_occupe_ne_se_supprime_pas() {
    let m = monde().await;
    let mut admin = m.portail.connecter(ADMIN).await;
    let adresse = format!("/administration/perimetres/{}", m.lyon);
    let page = admin.page(&adresse).await;
    assert!(page.lien_eventuel("Supprimer").is_none());
    let avant = m.portail.empreinte().await;
    admin
        .poster(&format!("{adresse}/suppression"), &[("motif", "x")])
        .await
        .statut(409)
        .contient("n’est pas vide");
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn une_saisie_fausse_ou_depassee_ne_change_rien() {
    let m = monde().await;
    let mut admin = m.portail.connecter(ADMIN).await;
    let adresse = format!("/administration/perimetres/{}", m.lyon);
    let avant = m.portail.empreinte().await;
    let bon = [
        ("nom", "Académie de Lyon"),
        ("departements", "69"),
        ("genres", "enseignement"),
        ("domaines", "ac-lyon.test"),
        ("motif", "x"),
        ("version", "1"),
    ];
    for (champ, valeur) in [
        ("nom", ""),
        ("nom", "académie de GRENOBLE"),
        ("departements", "69, 20"),
        ("departements", "Rhône"),
        ("genres", "lycée"),
        ("domaines", "ac lyon"),
        ("motif", ""),
    ] {
        let champs: Vec<_> = bon
            .iter()
            .map(|(c, v)| (*c, if *c == champ { valeur } else { v }))
            .collect();
        let page = admin.poster(&adresse, &champs).await;
        page.statut(422);
        if champ != "genres" {
            assert!(page.erreur_de(champ).is_some(), "{champ} {valeur}");
        }
    }
    let champs: Vec<_> = bon
        .iter()
        .map(|(c, v)| (*c, if *c == "version" { "0" } else { v }))
        .collect();
    admin.poster(&adresse, &champs).await.statut(409);
    let vide = [("referent", ""), ("motif_affectation", "")];
    let page = admin.poster(&format!("{adresse}/referents"), &vide).await;
    page.statut(422);
    assert!(page.erreur_de("referent").is_some() && page.erreur_de("motif_affectation").is_some());
    let sabine = m.portail.id(SABINE).await.to_string();
    admin
        .poster(
            &format!("{adresse}/referents"),
            &[("referent", sabine.as_str()), ("motif_affectation", "x")],
        )
        .await
        .statut(422);
    let philippe = m.portail.id(PHILIPPE).await;
    admin
        .poster(
            &format!("{adresse}/referents/{philippe}/retrait"),
            &[("motif", "x")],
        )
        .await
        .statut(404);
    assert_eq!(m.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn retirer_le_dernier_referent_passe_ses_demandes_au_support() {
    let m = monde().await;
    m.demande_confirmee(super::ANNE, super::SIRET_LYON).await;
    let mut agent = m.portail.connecter(super::AGENT).await;
    agent
        .poster(
            "/sollicitations/saisie/mes-donnees",
            &[("texte", "Mon nom a changé.")],
        )
        .await
        .statut(200);
    let mut admin = m.portail.connecter(ADMIN).await;
    let martine = m.portail.id(MARTINE).await;
    admin
        .poster(
            &format!(
                "/administration/perimetres/{}/referents/{martine}/retrait",
                m.lyon
            ),
            &[("motif", "Départ.")],
        )
        .await
        .contient("2 demandes en cours passent au support.");
    let mut sabine = m.portail.connecter(SABINE).await;
    sabine
        .page("/support")
        .await
        .contient("Modification de mes données");
    sabine
        .page("/support/demandes-de-compte")
        .await
        .contient("anne royer");
    let mut ancienne = m.portail.connecter(MARTINE).await;
    ancienne
        .page(&format!("/referent/comptes/{}", m.agent))
        .await
        .statut(404);
}
