use super::api::{appeler, cle};
use super::techniques::creer;
use super::{AILLEURS, GS, Monde, US};
use crate::mon_compte::actions;

#[tokio::test]
async fn desactiver_et_supprimer_ferment_la_porte_aussitot() {
    let mut monde = Monde::nouveau().await;
    let (identifiant, secret) = creer(&mut monde).await;
    let portail = monde.portail.clone();
    let ouvre = async || {
        appeler(&portail, "/api/v1/moi", &cle(&identifiant, &secret))
            .await
            .statut
            .as_u16()
    };
    let liste = monde.gp.page(&monde.adresse("techniques")).await;
    let fenetre = monde.gp.page(&liste.lien("Désactiver")).await;
    let page = fenetre
        .formulaire("Désactiver")
        .envoyer(&mut monde.gp)
        .await;
    page.statut(200)
        .contient("L’utilisateur technique est désactivé.")
        .contient("Inactif");
    assert_eq!(ouvre().await, 401);
    page.formulaire("Activer")
        .envoyer(&mut monde.gp)
        .await
        .contient("est activé");
    assert_eq!(ouvre().await, 200);
    let liste = monde.gp.page(&monde.adresse("techniques")).await;
    let fenetre = monde.gp.page(&liste.lien("Supprimer")).await;
    fenetre
        .formulaire("Supprimer")
        .envoyer(&mut monde.gp)
        .await
        .contient("est supprimé")
        .contient("Aucun utilisateur technique");
    assert_eq!(ouvre().await, 401);
    assert_eq!(
        actions(&portail, monde.mairie).await,
        [
            "technique_cree",
            "technique_modifie",
            "technique_modifie",
            "technique_supprime"
        ]
    );
    assert_eq!(monde.prevenus("technique_modifie").await.len(), 6);
    assert_eq!(
        portail
            .nombre("select count(*) from utilisateurs_techniques")
            .await,
        0
    );
}

#[tokio::test]
async fn l_utilisateur_technique_est_au_gestionnaire_principal() {
    let mut monde = Monde::nouveau().await;
    creer(&mut monde).await;
    let id = monde
        .portail
        .uuid("select id from comptes_techniques")
        .await;
    let avant = monde.portail.empreinte().await;
    for (qui, statut) in [(GS, 403), (US, 403), (AILLEURS, 404)] {
        let mut acteur = monde.portail.connecter(qui).await;
        for suite in [
            "",
            "/nouveau",
            &format!("/{id}/reinitialisation"),
            &format!("/{id}/suppression"),
        ] {
            acteur
                .page(&monde.adresse(&format!("techniques{suite}")))
                .await
                .statut(statut);
        }
        for suite in [
            "nouveau",
            &format!("{id}/reinitialisation"),
            &format!("{id}/desactivation"),
            &format!("{id}/suppression"),
        ] {
            acteur
                .poster(&monde.adresse(&format!("techniques/{suite}")), &[])
                .await
                .statut(statut);
        }
    }
    // Another GP, under his own structure, with an id that is not his: neither taken over nor told.
    let mut aude = monde.portail.connecter(AILLEURS).await;
    for suite in ["desactivation", "suppression"] {
        let adresse = format!("/structures/{}/techniques/{id}/{suite}", monde.ailleurs);
        aude.poster(&adresse, &[]).await.statut(404);
    }
    let adresse = format!("/structures/{}/techniques/nouveau", monde.ailleurs);
    let champs = [
        ("id", id.to_string()),
        ("adresse_contact", "a@b.example".to_owned()),
    ];
    let champs: Vec<(&str, &str)> = champs.iter().map(|(n, v)| (*n, v.as_str())).collect();
    aude.poster(&adresse, &champs).await.statut(409);
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}
