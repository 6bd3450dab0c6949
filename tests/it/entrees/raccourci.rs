//! The short form: an address, a structure, a maille (seed 004 §3).

use super::rattachement;
use crate::activites::{PAULINE, Terneuil, ailleurs};

async fn soumettre(
    t: &mut Terneuil,
    adresse: &str,
    service: Option<String>,
) -> crate::support::page::PageLue {
    let page = t
        .pauline
        .page(&format!("{}/adresse", rattachement(t)))
        .await;
    let saisie = page
        .statut(200)
        .formulaire("Soumettre")
        .remplir("adresse", adresse);
    let saisie = match &service {
        Some(service) => saisie.cocher("services", service),
        None => saisie.cocher("structure", "oui"),
    };
    saisie.envoyer(&mut t.pauline).await
}

#[tokio::test]
async fn une_adresse_connue_est_rattachee_comme_utilisateur_simple_des_aujourd_hui() {
    let mut t = Terneuil::nouveau().await;
    t.portail.personne("jules.martin@example.org").await;
    let demande = t.demande("zoe.aubert@example.org", &[t.achats]).await;
    let achats = t.achats.to_string();
    soumettre(&mut t, " Jules.Martin@Example.org ", Some(achats.clone()))
        .await
        .statut(200)
        .contient("L’envoi des données pour « Rattacher un utilisateur » a bien été effectué")
        .contient("Jules Martin est rattaché(e) à CCAS Terneuil, comme utilisateur simple.");
    let tenu: (String, bool, String, bool) = sqlx::query_as(
        "select role, maille_structure, commentaire, date_debut <= maintenant() from rattachements r
         join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = 'jules.martin@example.org'",
    )
    .fetch_one(&t.portail.db)
    .await
    .expect("a rattachement");
    let attendu = (
        "us".to_owned(),
        false,
        "Rattachement par Pauline Dufour".to_owned(),
        true,
    );
    assert_eq!(tenu, attendu);
    let courriers = t.portail.courriers_pour("jules.martin@example.org").await;
    assert_eq!(courriers[0].gabarit, "rattachement_par_gestionnaire");
    // The same act as the long screen: the request that waited is answered.
    soumettre(&mut t, "zoe.aubert@example.org", Some(achats))
        .await
        .statut(200);
    t.pauline
        .page(&t.ecran(demande))
        .await
        .contient("rattachement direct");
    let recherches = t
        .portail
        .nombre("select count(*) from recherches_de_comptes where criteres->>'identifiant' like '%@example.org'")
        .await;
    assert_eq!(recherches, 2, "journalled like a search");
    super::intacte(&t.portail).await;
}

#[tokio::test]
async fn une_adresse_inconnue_mene_a_la_creation_du_compte_deja_remplie() {
    let mut t = Terneuil::nouveau().await;
    let avant = t.portail.empreinte().await;
    let achats = t.achats.to_string();
    let page = soumettre(&mut t, "nadia.neuve@example.org", Some(achats.clone())).await;
    page.statut(200)
        .contient("Aucun compte n’a cette adresse.")
        .contient("Créer le compte utilisateur");
    let saisie = page.formulaire("Créer le compte utilisateur");
    assert_eq!(
        saisie.valeur("adresse_connexion"),
        Some("nadia.neuve@example.org")
    );
    assert_eq!(saisie.valeurs("services"), [achats]);
    assert_eq!(saisie.valeur("structure"), None);
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn qui_est_deja_rattache_se_voit_avant_de_changer() {
    let mut t = Terneuil::nouveau().await;
    t.gs("guy.second@example.org", &[], &["gerer_structure"])
        .await;
    let avant = t.portail.empreinte().await;
    soumettre(&mut t, "guy.second@example.org", None)
        .await
        .statut(200)
        .contient("Guy Second a déjà un rattachement à cette structure.")
        .contient("Valider remplace ce rattachement");
    assert_eq!(
        t.portail.empreinte().await,
        avant,
        "nobody is demoted by the way"
    );
}

#[tokio::test]
async fn une_saisie_fausse_revient_au_champ() {
    let mut t = Terneuil::nouveau().await;
    t.portail.personne("jules.martin@example.org").await;
    let parti = t.portail.personne("paul.parti@example.org").await;
    sqlx::query(
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where id = $1",
    )
    .bind(parti)
    .execute(&t.portail.db)
    .await
    .expect("a closed account");
    let formulaire = t
        .pauline
        .page(&format!("{}/adresse", rattachement(&t)))
        .await
        .formulaire("Soumettre");
    let avant = t.portail.empreinte().await;
    let achats = t.achats.to_string();
    for (adresse, structure, services, champ) in [
        ("", "oui", None, "adresse"),
        ("pas une adresse", "oui", None, "adresse"),
        (PAULINE, "oui", None, "adresse"),
        ("paul.parti@example.org", "oui", None, "adresse"),
        ("jules.martin@example.org", "", None, "services"),
        (
            "jules.martin@example.org",
            "oui",
            Some(achats.as_str()),
            "services",
        ),
        ("jules.martin@example.org", "", Some("x"), "services"),
    ] {
        let mut saisie = formulaire.clone().remplir("adresse", adresse);
        if !structure.is_empty() {
            saisie = saisie.cocher("structure", structure);
        }
        if let Some(service) = services {
            saisie = saisie.forcer("services", service);
        }
        let page = saisie.envoyer(&mut t.pauline).await;
        page.statut(422);
        assert!(
            page.erreur_de(champ).is_some(),
            "{adresse} {structure} {services:?}"
        );
        assert_eq!(
            page.formulaire("Soumettre").valeur("adresse"),
            Some(adresse)
        );
    }
    assert_eq!(t.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn la_structure_se_choisit_quand_il_y_en_a_plusieurs() {
    let mut t = Terneuil::nouveau().await;
    // One structure: nothing to choose.
    t.pauline
        .page("/activites/rattachement")
        .await
        .statut(200)
        .contient("Rattacher par adresse électronique");
    let seconde = t.portail.structure("École Terneuil", 2, true).await;
    let pauline = t.portail.id(PAULINE).await;
    t.portail.rattacher(seconde, pauline, "gs", &[]).await;
    let (etrangere, _, _) = ailleurs(&t.portail).await;
    let page = t.pauline.page("/activites/rattachement").await;
    page.statut(200)
        .contient("Choisir la structure")
        .contient("École Terneuil")
        .ne_contient_pas("Mairie d’Ailleurs");
    let page = page.formulaire("Continuer").envoyer(&mut t.pauline).await;
    page.statut(422);
    assert!(page.erreur_de("structure").is_some());
    page.formulaire("Continuer")
        .remplir("structure", &seconde.to_string())
        .envoyer(&mut t.pauline)
        .await
        .statut(200)
        .contient("École Terneuil")
        .contient("Adresse électronique de l’utilisateur");
    t.pauline
        .lire(&format!("/activites/rattachement?structure={etrangere}"))
        .await
        .statut(200)
        .ne_contient_pas("Mairie d’Ailleurs");
}
