//! The lists: what they hold, in how many statements.

use super::{AGENT, SIRET_LYON, monde, pigp};
use crate::support::instructions::compter;

#[tokio::test]
async fn les_listes_coutent_autant_pour_dix_lignes_que_pour_une() {
    let mut m = monde().await;
    let mut couts = Vec::new();
    for tour in 0..2 {
        for n in 0..(1 + 9 * tour) {
            pigp(
                &m.portail,
                &format!("p{tour}{n}.liste@ac-lyon.test"),
                m.lyon,
            )
            .await;
            sqlx::query(
                "insert into demandes_de_compte (id, prenom, nom, adresse, structure_id, perimetre_id, statut, confirmee_le)
                 values (gen_random_uuid(), 'A', $1, $2, $3, $4, 'ouverte', maintenant())",
            )
            .bind(format!("Nom {tour}{n}"))
            .bind(format!("a{tour}{n}@ac-lyon.test"))
            .bind(m.lycee)
            .bind(m.lyon)
            .execute(&m.portail.db)
            .await
            .expect("a request");
        }
        let mut cout = Vec::new();
        for adresse in [
            "/referent",
            "/referent/comptes?c.par=50",
            "/referent/comptes?c.q=liste",
        ] {
            let (page, n) = compter(m.martine.page(adresse)).await;
            page.statut(200);
            assert!(n <= 8, "{adresse}: {n} statements");
            cout.push(n);
        }
        couts.push(cout);
    }
    assert_eq!(couts[0], couts[1]);
}

#[tokio::test]
async fn la_recherche_le_tri_et_le_statut_gardent_au_perimetre() {
    let mut m = monde().await;
    pigp(&m.portail, "zoe.ailleurs@ac-grenoble.test", m.grenoble).await;
    let page = m.martine.page("/referent/comptes?c.q=tessier").await;
    page.contient(AGENT).ne_contient_pas("bernard.delmas");
    m.martine
        .page("/referent/comptes?c.q=ailleurs")
        .await
        .contient("Aucun compte");
    for tri in ["nom-desc", "statut-asc", "statut-desc", "x"] {
        m.martine
            .page(&format!("/referent/comptes?c.tri={tri}&c.page=99"))
            .await
            .contient(AGENT);
    }
    m.martine
        .page("/referent/comptes?c.statut=inactif")
        .await
        .contient("Aucun compte");
    m.demande_confirmee("anne.royer@ac-lyon.test", SIRET_LYON)
        .await;
    for question in [
        "f.q=royer",
        "f.tri=demandeur-desc",
        "f.tri=date-desc&f.page=9",
    ] {
        m.martine
            .page(&format!("/referent?{question}"))
            .await
            .contient("anne royer");
    }
    m.martine
        .page("/referent?f.q=personne")
        .await
        .contient("Aucune demande");
}
