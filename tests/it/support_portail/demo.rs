//! What the demo world shows of it (spec §11, §13 « Demo »).

use vantail::acces::Systeme;
use vantail::demo::{self, marque};

use crate::support::Portail;

async fn monde() -> Portail {
    let portail = Portail::nouveau().await;
    marque::poser(&portail.app).await.expect("the mark");
    demo::charger(&portail.app, &Systeme::processus())
        .await
        .expect("the demo world");
    portail
}

#[tokio::test]
async fn la_gestionnaire_voit_ces_cinq_statuts_sur_un_ecran() {
    let portail = monde().await;
    let adresse: String = sqlx::query_scalar(
        "select '/structures/' || d.structure_id || '/demandes/' || d.id from demandes_rattachement d
         join utilisateurs u on u.id = d.utilisateur_id
         where u.adresse_connexion = 'sophie.lambert@terneuil.example' and d.statut = 'en_cours_de_validation'",
    )
    .fetch_one(&portail.db)
    .await
    .expect("her request");
    let mut pauline = portail.connecter("pauline.dufour@terneuil.example").await;
    let page = pauline.page(&adresse).await;
    let mut statuts: Vec<String> = page
        .tous("#services tbody tr td:nth-child(7)")
        .into_iter()
        .collect();
    statuts.sort();
    assert_eq!(
        statuts,
        [
            "Aucun",
            "Désactivé",
            "En cours de validation",
            "Refusé",
            "Validé"
        ]
    );
}

#[tokio::test]
async fn une_sollicitation_dans_chaque_etat_et_des_demandes_sans_reponse() {
    let portail = monde().await;
    assert_eq!(
        portail
            .nombre("select count(distinct statut) from sollicitations")
            .await,
        5
    );
    let mut sabine = portail.connecter("support.un@vantail.example").await;
    let page = sabine.page("/support").await;
    page.statut(200)
        .contient("Changement de gestionnaire principal de LYCÉE DU HAUT FOREZ")
        .contient("Toussaint Leca")
        .contient("Personne ne peut décider")
        .contient("Gérard Pommier");
    // The next one follows the numbers of the world.
    let mut jules = portail.connecter("jules.martin@example.org").await;
    let champs = [("objet", "Une question"), ("texte", "Bonjour")];
    let numero = portail
        .nombre("select max(dernier) from sollicitation_numeros")
        .await
        + 1;
    jules
        .poster("/sollicitations/saisie/autre", &champs)
        .await
        .statut(200)
        .contient(&format!("-{numero:06} est enregistrée"));
}
