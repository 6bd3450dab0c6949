//! A withdrawal at the very moment of a decision, without luck: the locks are held by hand, the others are seen waiting.

use sqlx::{PgConnection, Postgres, Transaction};

use crate::activites::Terneuil;
use crate::support::Portail;
use crate::support::courses::{attendent, lancer};

const VALIDER: [(&str, &str); 4] = [
    ("role", "us"),
    ("date_debut", "2026-01-01"),
    ("commentaire", "Oui."),
    ("structure", "oui"),
];

async fn verrou<'a>(portail: &Portail, sql: &'static str) -> Transaction<'a, Postgres> {
    let mut tx = portail.db.begin().await.expect("a transaction");
    let connexion: &mut PgConnection = &mut tx;
    sqlx::query(sql).execute(connexion).await.expect("the lock");
    tx
}

#[tokio::test(flavor = "multi_thread")]
async fn retirer_et_valider_attendent_la_structure_et_un_seul_aboutit() {
    // Both orders of arrival.
    for retrait_d_abord in [true, false] {
        let t = Terneuil::nouveau().await;
        let demande = t.demande("zoe.aubert@example.org", &[]).await;
        let zoe = t.portail.connecter("zoe.aubert@example.org").await;
        let tenue = verrou(&t.portail, "select from structures for update").await;
        let retrait = format!("/mon-compte/demandes/{demande}/retrait");
        let validation = format!("{}/validation", t.ecran(demande));
        let (retirer, valider) = if retrait_d_abord {
            let retirer = lancer(&zoe, &retrait, &[]);
            attendent(&t.portail, 1, &[&retirer]).await;
            (retirer, lancer(&t.pauline, &validation, &VALIDER))
        } else {
            let valider = lancer(&t.pauline, &validation, &VALIDER);
            attendent(&t.portail, 1, &[&valider]).await;
            (lancer(&zoe, &retrait, &[]), valider)
        };
        attendent(&t.portail, 2, &[&retirer, &valider]).await;
        tenue.rollback().await.expect("released");
        let (retirer, valider) = tokio::try_join!(retirer, valider).expect("both");
        let statuts = (retirer.statut.as_u16(), valider.statut.as_u16());
        // PostgreSQL serves the waiting in their order.
        let attendus = if retrait_d_abord {
            valider.contient("retirée par son auteur");
            (303, 409)
        } else {
            retirer.contient("déjà été traitée par");
            (409, 303)
        };
        assert_eq!(statuts, attendus);
        let p = &t.portail;
        let lignes = p
            .nombre(
                "select count(*) from historique where action in ('demande_validee', 'demande_retiree')",
            )
            .await;
        assert_eq!(lignes, 1, "one terminal state, said once");
        let rattachements = p.nombre("select count(*) from rattachements").await;
        assert_eq!(rattachements, if retrait_d_abord { 1 } else { 2 });
    }
}

/// The row of the request is locked too: what takes no lock of the structure, as the closing of an account, must not slip
/// between the reading of a batch and its writing.
#[tokio::test(flavor = "multi_thread")]
async fn un_retrait_sans_le_verrou_de_la_structure_est_attendu_par_le_lot() {
    let t = Terneuil::nouveau().await;
    let demande = t.demande("zoe.aubert@example.org", &[]).await;
    let retrait = verrou(
        &t.portail,
        "update demandes_rattachement set statut = 'retiree', traitee_le = maintenant()",
    )
    .await;
    let id = demande.to_string();
    let champs = [
        ("ids", id.as_str()),
        ("decision", "valider"),
        ("confirme", "1"),
    ];
    let lot = lancer(&t.pauline, "/activites/demandes/lot", &champs);
    attendent(&t.portail, 1, &[&lot]).await;
    retrait.commit().await.expect("withdrawn");
    assert_eq!(lot.await.expect("an answer").statut.as_u16(), 303);
    let p = &t.portail;
    let rattachements = p.nombre("select count(*) from rattachements").await;
    assert_eq!(rattachements, 1, "the GP alone: no right without decision");
    assert_eq!(p.nombre("select count(*) from courriers").await, 0);
    assert_eq!(p.nombre("select count(*) from historique").await, 0);
}

/// The account of the author is locked with its request: closing it waits for the decision, or comes first.
#[tokio::test(flavor = "multi_thread")]
async fn un_compte_qui_se_ferme_pendant_la_decision_n_obtient_rien() {
    let t = Terneuil::nouveau().await;
    let demande = t.demande("zoe.aubert@example.org", &[]).await;
    let fermeture = verrou(
        &t.portail,
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion like 'zoe%'",
    )
    .await;
    let validation = format!("{}/validation", t.ecran(demande));
    let valider = lancer(&t.pauline, &validation, &VALIDER);
    attendent(&t.portail, 1, &[&valider]).await;
    fermeture.commit().await.expect("closed");
    let page = valider.await.expect("an answer");
    page.statut(409).contient("n’est plus actif");
    let p = &t.portail;
    assert_eq!(p.nombre("select count(*) from rattachements").await, 1);
}
