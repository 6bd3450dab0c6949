//! Successions that are refused, and forms that came too late.

use super::successions::Monde;

const GP: &str = "proviseur.sortant@test.example";
const LEA: &str = "lea.seconde@test.example";
const JULES: &str = "jules.martin@test.example";

#[tokio::test]
async fn un_mauvais_successeur_est_refuse_au_champ_et_rien_ne_bouge() {
    let mut monde = Monde::nouveau().await;
    for (adresse, sql) in [
        (
            "agent.support@test.example",
            "update utilisateurs set equipe = 'support' where adresse_connexion = $1",
        ),
        (
            "compte.inactif@test.example",
            "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = $1",
        ),
        (
            "compte.neuf@test.example",
            "update utilisateurs set statut = 'en_cours_activation' where adresse_connexion = $1",
        ),
    ] {
        monde.portail.personne(adresse).await;
        sqlx::query(sql)
            .bind(adresse)
            .execute(&monde.portail.db)
            .await
            .expect("an account");
    }
    let l = monde.r_lycee;
    let page = monde.seconde_etape(&[l]).await;
    let (c, s) = (format!("c-{}", monde.lycee), format!("s-{}", monde.lycee));
    let avant = monde.portail.empreinte().await;
    for (saisi, phrase) in [
        ("", "Renseignez l’identifiant de connexion"),
        ("personne@nulle.part", "Aucun compte n’a cet identifiant"),
        (GP, "Vous êtes déjà gestionnaire principal"),
        ("agent.support@test.example", "agent du portail"),
        ("compte.inactif@test.example", "n’est plus actif"),
        ("compte.neuf@test.example", "n’est pas encore activé"),
    ] {
        let refus = page
            .formulaire("Valider")
            .choisir(&c, "autre")
            .remplir(&s, saisi)
            .envoyer(&mut monde.gp)
            .await;
        refus.statut(422);
        let erreur = refus
            .erreur_de(&s)
            .unwrap_or_else(|| panic!("{saisi}: {}", refus.texte()));
        assert!(erreur.contains(phrase), "{saisi}: {erreur}");
        assert_eq!(refus.formulaire("Valider").valeur(&s), Some(saisi));
    }
    let refus = page.formulaire("Valider").envoyer(&mut monde.gp).await;
    refus.statut(422);
    assert!(refus.erreur_de(&c).is_some(), "nobody chosen");
    let refus = page
        .formulaire("Valider")
        .forcer(&c, &uuid::Uuid::now_v7().to_string())
        .envoyer(&mut monde.gp)
        .await;
    assert!(refus.statut(422).erreur_de(&c).is_some());
    page.formulaire("Valider")
        .forcer("role", "gp")
        .envoyer(&mut monde.gp)
        .await
        .statut(422);
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn accompagne_le_gp_ne_peut_pas_desactiver_pour_partir() {
    let mut monde = Monde::nouveau().await;
    let l = monde.r_lycee;
    let page = monde.seconde_etape(&[l]).await;
    let champ = format!("c-{}", monde.lycee);
    assert!(page.attributs("input[value=desactiver]", "name").is_empty());
    let avant = monde.portail.empreinte().await;
    page.formulaire("Valider")
        .forcer(&champ, "desactiver")
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .formulaire("Confirmer")
        .envoyer(&mut monde.gp)
        .await
        .statut(409)
        .contient("D’autres personnes sont rattachées à Lycée de Lyon");
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn un_formulaire_perime_dit_ce_qui_s_est_passe() {
    let mut monde = Monde::nouveau().await;
    let l = monde.r_lycee;
    let page = monde.seconde_etape(&[l]).await;
    let lea = monde.portail.id(LEA).await;
    // Meanwhile, in another tab, the role goes to Léa.
    monde
        .gp
        .poster(
            &format!("/structures/{}/transfert/confirmation", monde.lycee),
            &[("successeur", &lea.to_string())],
        )
        .await
        .statut(200);
    let avant = monde.portail.empreinte().await;
    let c = format!("c-{}", monde.lycee);
    page.formulaire("Valider")
        .choisir(&c, "autre")
        .remplir(&format!("s-{}", monde.lycee), JULES)
        .envoyer(&mut monde.gp)
        .await
        .statut(409)
        .contient("Vous n’êtes plus gestionnaire principal de Lycée de Lyon")
        .contient("Lea Seconde l’est désormais");
    page.formulaire("Valider")
        .forcer(&c, "desactiver")
        .envoyer(&mut monde.gp)
        .await
        .statut(409);
    assert_eq!(monde.portail.empreinte().await, avant);
    // Léa's page was made when she was a GS: leaving now asks for a successor, nothing is lost.
    let mut acteur = monde.portail.connecter(LEA).await;
    let r: uuid::Uuid = sqlx::query_scalar(
        "select r.id from rattachements r where r.structure_id = $1 and r.utilisateur_id = $2",
    )
    .bind(monde.lycee)
    .bind(lea)
    .fetch_one(&monde.portail.db)
    .await
    .expect("a row");
    acteur
        .poster(
            "/mon-compte/rattachements/suppression",
            &[("ligne", &r.to_string())],
        )
        .await
        .statut(200)
        .contient("Sélectionner un gestionnaire principal");
    assert_eq!(monde.portail.structures_sans_un_gp().await, 0);
}
