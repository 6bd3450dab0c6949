use super::api::{appeler, cle};
use super::{GP, Monde, tout_ce_qui_est_ecrit};
use crate::mon_compte::{actions, corps, historique_vrai};
use crate::support::page::PageLue;

/// Login and secret, as the file gives them.
pub(super) fn lire_le_fichier(page: &PageLue) -> (String, String) {
    page.statut(200);
    let disposition = page.entete("content-disposition").expect("a download");
    assert!(
        disposition.starts_with("attachment; filename=\"technique-"),
        "{disposition}"
    );
    assert_eq!(page.entete("cache-control"), Some("no-store"));
    assert!(
        page.entete("content-type")
            .is_some_and(|t| t.starts_with("text/plain"))
    );
    let valeur = |nom: &str| {
        page.corps
            .lines()
            .find_map(|l| l.strip_prefix(nom))
            .unwrap_or_else(|| panic!("{nom} in {}", page.corps))
            .trim()
            .to_owned()
    };
    (valeur("Identifiant : "), valeur("Mot de passe : "))
}

pub(super) async fn creer(monde: &mut Monde) -> (String, String) {
    let page = monde.gp.page(&monde.adresse("techniques/nouveau")).await;
    let fichier = page
        .formulaire("Exporter les informations de connexion")
        .remplir("adresse_contact", "SI@Editeur.example")
        .envoyer(&mut monde.gp)
        .await;
    lire_le_fichier(&fichier)
}

#[tokio::test]
async fn le_fichier_cree_le_compte_et_le_secret_ne_se_montre_qu_une_fois() {
    let mut monde = Monde::nouveau().await;
    let page = monde.gp.page(&monde.adresse("techniques")).await;
    page.statut(200).contient("Aucun utilisateur technique");
    let page = monde
        .gp
        .page(&page.lien("Créer un utilisateur technique"))
        .await;
    page.contient("Contactez votre éditeur de solution informatique");
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from comptes_techniques")
            .await,
        0,
        "nothing before the button"
    );
    let formulaire = page
        .formulaire("Exporter les informations de connexion")
        .remplir("adresse_contact", "SI@Editeur.example");
    let (identifiant, secret) = lire_le_fichier(&formulaire.envoyer(&mut monde.gp).await);
    assert!(
        secret.starts_with("vtl_") && secret.len() == 47,
        "256 bits behind a prefix"
    );
    // The form again: one account, and no secret.
    let encore = formulaire.envoyer(&mut monde.gp).await;
    encore.statut(409).contient("déjà créé");
    assert!(!encore.corps.contains("vtl_"));
    let portail = &monde.portail;
    assert_eq!(
        portail
            .nombre("select count(*) from comptes_techniques")
            .await,
        1
    );
    assert_eq!(
        portail
            .nombre("select count(*) from secrets_techniques")
            .await,
        1
    );
    assert_eq!(actions(portail, monde.mairie).await, ["technique_cree"]);
    historique_vrai(portail).await;
    assert_eq!(
        monde.prevenus("technique_cree").await,
        [GP, "si@editeur.example"]
    );
    let courrier = &portail.courriers_pour("si@editeur.example").await[0];
    assert!(corps(courrier).starts_with("Bonjour,\n"));
    assert!(corps(courrier).contains(&identifiant.replace('.', "")));
    // No table, mail, line or page holds it.
    let ecrit = tout_ce_qui_est_ecrit(portail).await;
    assert!(!ecrit.contains(&secret) && !ecrit.contains("vtl_"));
    let ligne: String = sqlx::query_scalar(
        "select t::text || x::text from comptes_techniques t, secrets_techniques x",
    )
    .fetch_one(&portail.db)
    .await
    .expect("the rows");
    assert!(!ligne.contains(&secret));
    let liste = monde.gp.page(&monde.adresse("techniques")).await;
    liste
        .contient(&identifiant)
        .contient("Utilisateur technique")
        .contient("Jamais")
        .ne_contient_pas(&secret);
    assert_eq!(
        appeler(portail, "/api/v1/moi", &cle(&identifiant, &secret))
            .await
            .statut
            .as_u16(),
        200
    );
    monde
        .gp
        .page(&monde.adresse("techniques"))
        .await
        .ne_contient_pas("Jamais");
}

#[tokio::test]
async fn une_mauvaise_adresse_ne_cree_rien() {
    let mut monde = Monde::nouveau().await;
    let adresse = monde.adresse("techniques/nouveau");
    let page = monde.gp.page(&adresse).await;
    let id = page
        .formulaire("Exporter les informations de connexion")
        .valeur("id")
        .expect("an id")
        .to_owned();
    let avant = monde.portail.empreinte().await;
    for faux in [
        "",
        "pas une adresse",
        "a@b",
        "a@b.example\r\nBcc: x@y.example",
    ] {
        let page = monde
            .gp
            .poster(&adresse, &[("id", &id), ("adresse_contact", faux)])
            .await;
        page.statut(422);
        assert!(page.erreur_de("adresse_contact").is_some(), "{faux}");
    }
    monde
        .gp
        .poster(&adresse, &[("adresse_contact", "a@b.example")])
        .await
        .statut(422);
    monde
        .gp
        .poster(&adresse, &[("id", "x"), ("adresse_contact", "a@b.example")])
        .await
        .statut(422);
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn la_reinitialisation_garde_l_ancien_le_temps_choisi() {
    let mut monde = Monde::nouveau().await;
    let (identifiant, ancien) = creer(&mut monde).await;
    let liste = monde.gp.page(&monde.adresse("techniques")).await;
    let page = monde
        .gp
        .page(&liste.lien("Réinitialiser le mot de passe de l’utilisateur technique"))
        .await;
    page.statut(200)
        .contient("Prévenez d’abord votre système d’information");
    for faux in ["", "-1", "8", "x"] {
        let refus = page
            .formulaire("Confirmer")
            .remplir("grace", faux)
            .envoyer(&mut monde.gp)
            .await;
        refus.statut(422);
        assert!(refus.erreur_de("grace").is_some(), "{faux}");
    }
    let formulaire = page.formulaire("Confirmer").remplir("grace", "3");
    let (meme, nouveau) = lire_le_fichier(&formulaire.envoyer(&mut monde.gp).await);
    assert_eq!(meme, identifiant);
    assert_ne!(ancien, nouveau);
    // Once more the same form: nothing, and nothing shown.
    let encore = formulaire.envoyer(&mut monde.gp).await;
    encore.statut(409);
    assert!(!encore.corps.contains("vtl_"));
    let portail = monde.portail.clone();
    let ouvre = async |secret: &str| {
        appeler(&portail, "/api/v1/moi", &cle(&identifiant, secret))
            .await
            .statut
            .as_u16()
    };
    assert_eq!(
        (ouvre(&ancien).await, ouvre(&nouveau).await),
        (200, 200),
        "the grace period"
    );
    monde.avancer("3 days 1 minute").await;
    assert_eq!((ouvre(&ancien).await, ouvre(&nouveau).await), (401, 200));
    // Without grace: at once, and what an earlier reset kept alive ends too.
    let reinitialiser = async |monde: &mut Monde, grace: &str| {
        let liste = monde.gp.page(&monde.adresse("techniques")).await;
        let page = monde.gp.page(&liste.lien("Réinitialiser")).await;
        let page = page
            .formulaire("Confirmer")
            .remplir("grace", grace)
            .envoyer(&mut monde.gp)
            .await;
        lire_le_fichier(&page).1
    };
    let troisieme = reinitialiser(&mut monde, "7").await;
    assert_eq!(ouvre(&nouveau).await, 200);
    let quatrieme = reinitialiser(&mut monde, "0").await;
    assert_eq!(
        (
            ouvre(&nouveau).await,
            ouvre(&troisieme).await,
            ouvre(&quatrieme).await
        ),
        (401, 401, 200)
    );
    assert_eq!(
        actions(&portail, monde.mairie).await,
        [
            "technique_cree",
            "technique_reinitialise",
            "technique_reinitialise",
            "technique_reinitialise"
        ]
    );
    assert_eq!(
        monde.prevenus("technique_reinitialise").await.len(),
        6,
        "both sides, three times"
    );
    assert!(!tout_ce_qui_est_ecrit(&portail).await.contains("vtl_"));
}

#[tokio::test]
async fn le_secret_vaut_424_jours_et_previent_avant_sa_fin() {
    let mut monde = Monde::nouveau().await;
    let (identifiant, secret) = creer(&mut monde).await;
    let portail = monde.portail.clone();
    let systeme = vantail::acces::Systeme::processus();
    let travaux = async || {
        vantail::jobs::lancer_une_fois(&portail.app, &systeme)
            .await
            .expect("a run")
            .expect("alone")
            .secrets_rappeles
    };
    assert_eq!(travaux().await, 0);
    let mut passes = 0;
    for (jours, attendus) in [(363, 0), (364, 1), (365, 0), (394, 1), (409, 1), (423, 1)] {
        portail.avancer(&format!("{} days", jours - passes)).await;
        portail.avancer("1 minute").await;
        passes = jours;
        assert_eq!(travaux().await, attendus, "day {jours}");
        assert_eq!(travaux().await, 0, "each once");
    }
    let prevenus = monde.prevenus("technique_expire").await;
    assert_eq!(prevenus.iter().filter(|p| *p == GP).count(), 4);
    assert_eq!(
        prevenus
            .iter()
            .filter(|p| *p == "si@editeur.example")
            .count(),
        4
    );
    let courriers = portail.courriers_pour(GP).await;
    let dernier = courriers
        .iter()
        .rfind(|c| c.gabarit == "technique_expire")
        .expect("a warning");
    assert!(corps(dernier).contains("préparez d’abord le système d’information"));
    assert_eq!(
        appeler(&portail, "/api/v1/moi", &cle(&identifiant, &secret))
            .await
            .statut
            .as_u16(),
        200
    );
    monde.avancer("1 day").await;
    assert_eq!(
        appeler(&portail, "/api/v1/moi", &cle(&identifiant, &secret))
            .await
            .statut
            .as_u16(),
        401
    );
    assert_eq!(travaux().await, 0, "nothing after the end");
    monde
        .gp
        .page(&monde.adresse("techniques"))
        .await
        .contient("Expiré");
}

#[tokio::test]
async fn un_long_arret_ne_donne_qu_un_rappel() {
    let mut monde = Monde::nouveau().await;
    creer(&mut monde).await;
    monde.portail.avancer("420 days").await;
    let systeme = vantail::acces::Systeme::processus();
    let bilan = vantail::jobs::lancer_une_fois(&monde.portail.app, &systeme)
        .await
        .expect("a run")
        .expect("alone");
    assert_eq!(bilan.secrets_rappeles, 1, "the latest due only");
    assert_eq!(monde.prevenus("technique_expire").await.len(), 2);
}
