//! The kernel itself: the support works, errors are dressed, statements are counted.

use crate::support::{Portail, instructions};

#[tokio::test]
async fn une_adresse_inconnue_repond_404_avec_sa_reference() {
    let portail = Portail::nouveau().await;
    let page = portail.anonyme().page("/nulle-part").await;
    page.statut(404)
        .contient("Page introuvable")
        .contient("référence");
}

#[tokio::test]
async fn une_personne_connectee_a_son_nom_dans_la_page() {
    let portail = Portail::nouveau().await;
    portail.personne("zahra.hamou@example.org").await;
    let mut zahra = portail.connecter("zahra.hamou@example.org").await;
    let (page, instructions) = instructions::compter(zahra.page("/nulle-part")).await;
    page.statut(404).contient("Zahra Hamou");
    assert_eq!(
        instructions, 2,
        "one statement for the session, one for the person"
    );
}

#[tokio::test]
async fn la_base_refuse_un_utilisateur_valide_sans_gestionnaire_principal() {
    let portail = Portail::nouveau().await;
    let structure = portail.structure("Mairie", 1, true).await;
    let personne = portail.personne("seule.ici@example.org").await;
    let refus = sqlx::query(
        "insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, date_debut)
         values (uuid_v7(), $1, $2, 'us', 'validee', true, maintenant())",
    )
    .bind(structure)
    .bind(personne)
    .execute(&portail.db)
    .await
    .expect_err("nobody without a GP");
    assert_eq!(
        vantail::db::contrainte(&refus),
        Some("rattachements_exige_gp")
    );
}
