//! Block C « Mes structures » of « Activités du gestionnaire » (R-GEST-STRUCTURES).

use crate::activites::{PAULINE, Terneuil, ailleurs};
use crate::support::instructions;
use crate::support::page::PageLue;

fn structures(page: &PageLue) -> Vec<String> {
    page.tous("#mes-structures tbody th")
}

#[tokio::test]
async fn le_bloc_a_les_colonnes_du_guide_et_huit_instructions_suffisent() {
    let mut t = Terneuil::nouveau().await;
    let (page, compte) = instructions::compter(t.pauline.page("/activites")).await;
    assert!(compte <= 8, "{compte} statements");
    assert_eq!(
        page.tous("#mes-structures thead th"),
        [
            "Identifiant",
            "Raison sociale",
            "Date de création",
            "Services",
            "Statut",
            "Actions"
        ]
    );
    assert_eq!(structures(&page), ["CCAS Terneuil"]);
    let base = format!("/structures/{}", t.structure);
    assert_eq!(page.lien("Liste"), format!("{base}/services"));
    assert_eq!(page.lien("Consulter CCAS"), base);
    assert_eq!(page.lien("Modifier CCAS"), format!("{base}/modification"));
}

#[tokio::test]
async fn il_se_cherche_et_se_trie_sans_toucher_aux_autres() {
    let mut t = Terneuil::nouveau().await;
    let pauline = t.portail.id(PAULINE).await;
    for rang in 2..=8 {
        let id = t
            .portail
            .structure(&format!("École n° {rang}"), rang, true)
            .await;
        t.portail.gp(id, pauline).await;
    }
    ailleurs(&t.portail).await;
    let page = t.pauline.page("/activites?dr.q=zzz").await;
    assert_eq!(structures(&page).len(), 5);
    let page = t
        .pauline
        .page("/activites?ms.page=2&h.par=10&ms.tri=structure-desc")
        .await;
    assert_eq!(
        structures(&page).last().map(String::as_str),
        Some("CCAS Terneuil")
    );
    assert!(page.titre().contains("Structures (page 2 sur 2)"));
    let page = t.pauline.page("/activites?ms.q=ecole+n+3").await;
    assert_eq!(structures(&page), ["École n° 3"]);
    let page = t
        .pauline
        .page(&format!(
            "/activites?ms.q={}",
            crate::support::monde::siret(1)
        ))
        .await;
    assert_eq!(structures(&page), ["CCAS Terneuil"]);
    t.pauline
        .page("/activites?ms.q=ailleurs")
        .await
        .contient("Aucune structure trouvée");
}

#[tokio::test]
async fn modifier_n_est_offert_qu_a_qui_le_peut() {
    let t = Terneuil::nouveau().await;
    for (login, services, capacites, offert) in [
        (
            "gerard.gere@example.org",
            vec![],
            vec!["gerer_structure"],
            true,
        ),
        (
            "val.valide@example.org",
            vec![],
            vec!["valider_rattachements"],
            false,
        ),
        (
            "lise.limite@example.org",
            vec![t.achats],
            vec!["gerer_structure"],
            false,
        ),
    ] {
        let mut acteur = t.gs(login, &services, &capacites).await;
        let page = acteur.page("/activites").await;
        assert_eq!(structures(&page), ["CCAS Terneuil"], "{login}");
        assert_eq!(
            page.lien_eventuel("Modifier CCAS").is_some(),
            offert,
            "{login}"
        );
    }
    sqlx::query("update structures set statut = 'inactive'")
        .execute(&t.portail.db)
        .await
        .expect("a deactivation");
    let mut gerard = t.portail.connecter("gerard.gere@example.org").await;
    let page = gerard.page("/activites").await;
    page.contient("Inactif");
    assert!(page.lien_eventuel("Modifier CCAS").is_none());
}
