//! The statements of an act, counted.

use super::Charge;
use crate::support::instructions;

/// How many statements an act of so many lines takes: the preview, the decision, the undo.
struct Mesure {
    prevue: usize,
    faite: usize,
    annulee: usize,
}

/// Decides these requests of block « demandes » or « abonnements », then undoes it.
async fn mesurer(charge: &mut Charge, bloc: &str, ids: &str, refuser: bool) -> Mesure {
    let n = ids.split(',').count();
    let lot = format!("/activites/{bloc}/lot");
    let avant = charge.droits().await;
    let decision = if refuser { "refuser" } else { "valider" };
    let mut champs = vec![("ids", ids), ("decision", decision), ("motif", "Non.")];
    let (confirmation, prevue) = instructions::compter(charge.gp.poster(&lot, &champs)).await;
    confirmation.statut(200);
    champs.push(("confirme", "1"));
    let debut = std::time::Instant::now();
    let (page, faite) = instructions::compter(charge.gp.poster_sans_suivre(&lot, &champs)).await;
    eprintln!(
        "{bloc}, {decision} {n}: {faite} statements, {:?}",
        debut.elapsed()
    );
    page.statut(303);
    let restees = charge
        .portail
        .nombre(
            "select (select count(*) from demandes_rattachement where statut = 'en_cours_de_validation')
                    + (select count(*) from demandes_abonnement where statut = 'en_cours_de_validation')",
        )
        .await;
    assert_eq!(restees, 0, "all are decided");
    assert_eq!(refuser, avant == charge.droits().await);
    let acte = charge.acte().await;
    let adresse = format!("/activites/{bloc}/annulation/{acte}");
    let page = charge.gp.page(&adresse).await;
    page.statut(200);
    let debut = std::time::Instant::now();
    let (page, annulee) = instructions::compter(charge.gp.poster_sans_suivre(&adresse, &[])).await;
    eprintln!(
        "{bloc}, undo of {n}: {annulee} statements, {:?}",
        debut.elapsed()
    );
    page.statut(303);
    assert_eq!(
        avant,
        charge.droits().await,
        "the rights are what they were"
    );
    mails_et_lignes(charge, n).await;
    charge.entier().await;
    Mesure {
        prevue,
        faite,
        annulee,
    }
}

/// One mail and one line per decision, one of each per undo.
async fn mails_et_lignes(charge: &Charge, n: usize) {
    let n = i64::try_from(n).expect("a few");
    for table in [
        "select count(*) from courriers",
        "select count(*) from historique",
        "select count(distinct destinataire) * 2 from courriers",
        "select count(*) * 2 from decisions where annulee_le is not null",
    ] {
        assert_eq!(charge.portail.nombre(table).await, 2 * n, "{table}");
    }
}

/// The same world with ten requests on one structure, and with five hundred on twenty.
async fn ni_le_nombre_ni_les_structures(bloc: &str, refuser: bool) {
    let mut mesures = Vec::new();
    for (structures, n) in [(1, 10), (20, 500)] {
        let mut charge = Charge::nouvelle(structures).await;
        let ids = if bloc == "demandes" {
            charge.rattachements(n).await
        } else {
            charge.abonnements(n).await
        };
        mesures.push(mesurer(&mut charge, bloc, &ids, refuser).await);
    }
    let [dix, cinq_cents] = mesures.as_slice() else {
        panic!("two measures")
    };
    assert_eq!(dix.prevue, cinq_cents.prevue, "the preview");
    assert_eq!(dix.faite, cinq_cents.faite, "the decision");
    assert_eq!(dix.annulee, cinq_cents.annulee, "the undo");
    assert!(cinq_cents.faite <= 40 && cinq_cents.annulee <= 40);
}

#[tokio::test]
async fn valider_cinq_cents_rattachements_ne_coute_pas_plus_d_instructions_que_dix() {
    ni_le_nombre_ni_les_structures("demandes", false).await;
}

#[tokio::test]
async fn refuser_cinq_cents_rattachements_ne_coute_pas_plus_d_instructions_que_dix() {
    ni_le_nombre_ni_les_structures("demandes", true).await;
}

#[tokio::test]
async fn valider_cinq_cents_abonnements_ne_coute_pas_plus_d_instructions_que_dix() {
    ni_le_nombre_ni_les_structures("abonnements", false).await;
}

#[tokio::test]
async fn refuser_cinq_cents_abonnements_ne_coute_pas_plus_d_instructions_que_dix() {
    ni_le_nombre_ni_les_structures("abonnements", true).await;
}
