use vantail::acces::Systeme;
use vantail::db::transaction;
use vantail::identifiants::AdresseElectronique;
use vantail::utilisateurs::{self, NouveauCompte, Statut};
use vantail::web::Erreur;

use super::{a_activer, lien};
use crate::support::Portail;

#[tokio::test]
async fn une_adresse_ne_fait_qu_un_compte_quelle_que_soit_son_ecriture() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, "Ines.Faure@Example.org").await;
    for adresse in ["ines.faure@example.org", " INES.FAURE@EXAMPLE.ORG "] {
        let refus = utilisateurs::creer_equipe(
            &portail.app,
            &Systeme::processus(),
            adresse,
            "A",
            "B",
            "support",
        )
        .await;
        let Err(Erreur::Invalide(erreurs)) = refus else {
            panic!("{refus:?}")
        };
        assert!(
            erreurs
                .pour("adresse_connexion")
                .is_some_and(|e| e.contains("existe déjà"))
        );
    }
    assert_eq!(
        portail.courriers().await.len(),
        1,
        "nobody is mailed for a refusal"
    );
    let compte = utilisateurs::par_adresse(
        &portail.db,
        &AdresseElectronique::lire("INES.faure@example.org").expect("valid"),
    )
    .await
    .expect("an answer")
    .expect("an account");
    assert_eq!(
        (compte.nom_complet().as_str(), compte.statut),
        ("Ines Faure", Statut::EnCoursActivation)
    );
}

#[tokio::test]
async fn un_compte_mal_rempli_n_est_pas_cree() {
    let portail = Portail::nouveau().await;
    let long = "x".repeat(81);
    for (adresse, prenom, nom, equipe, champ) in [
        ("pas une adresse", "A", "B", "support", "adresse_connexion"),
        ("a@example.org", "", "B", "support", "prenom"),
        ("a@example.org", "A", "  ", "support", "nom"),
        ("a@example.org", "A\r\nBcc: x", "B", "support", "prenom"),
        ("a@example.org", "A", long.as_str(), "support", "nom"),
        ("a@example.org", "A", "B", "dieu", "equipe"),
    ] {
        let refus = utilisateurs::creer_equipe(
            &portail.app,
            &Systeme::processus(),
            adresse,
            prenom,
            nom,
            equipe,
        )
        .await;
        let Err(Erreur::Invalide(erreurs)) = refus else {
            panic!("{champ}: {refus:?}")
        };
        assert!(erreurs.pour(champ).is_some(), "{champ}");
    }
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 0);
}

#[tokio::test]
async fn un_gestionnaire_renvoie_un_lien_et_l_ancien_meurt() {
    let portail = Portail::nouveau().await;
    let id = a_activer(&portail, "ines.faure@example.org").await;
    let ancien = lien(&portail, "ines.faure@example.org").await;
    let renvoye = transaction(&portail.app, async |tx| {
        utilisateurs::envoyer_activation(tx, id).await
    })
    .await;
    assert!(matches!(renvoye, Ok(true)));
    portail.anonyme().lire(&ancien).await.statut(410);
    portail
        .anonyme()
        .lire(&lien(&portail, "ines.faure@example.org").await)
        .await
        .statut(200);
    let active = portail.personne("deja.active@example.org").await;
    let renvoye = transaction(&portail.app, async |tx| {
        utilisateurs::envoyer_activation(tx, active).await
    })
    .await;
    assert!(matches!(renvoye, Ok(false)), "nothing to activate");
    assert!(
        portail
            .courriers_pour("deja.active@example.org")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn une_transaction_defaite_ne_laisse_ni_compte_ni_courriel() {
    let portail = Portail::nouveau().await;
    let compte =
        NouveauCompte::lire("a@example.org", "b@example.org", "Ada", "Morel").expect("valid");
    let issue: Result<(), Erreur> = transaction(&portail.app, async |tx| {
        utilisateurs::creer(tx, &compte).await?;
        Err(Erreur::Introuvable)
    })
    .await;
    assert!(matches!(issue, Err(Erreur::Introuvable)));
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 0);
    assert!(portail.courriers().await.is_empty());
}
