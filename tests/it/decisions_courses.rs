//! Races (failure-modes R1, R2, R12): many clicks at the same instant, one effect.

use std::collections::BTreeSet;

use crate::activites::{PAULINE, Terneuil};
use crate::support::courses::{champs, pages_ensemble, statuts};
use crate::support::{Acteur, rondes};

const VALIDER: [(&str, &str); 4] = [
    ("role", "us"),
    ("date_debut", "2026-01-01"),
    ("commentaire", "Oui."),
    ("structure", "oui"),
];

/// So many gestionnaires of the whole structure, signed in.
async fn gestionnaires(t: &Terneuil, n: usize) -> Vec<Acteur> {
    let mut acteurs = vec![t.pauline.clone()];
    for rang in 1..n {
        let adresse = format!("gs{rang:02}.terneuil@example.org");
        acteurs.push(t.gs(&adresse, &[], &["valider_rattachements"]).await);
    }
    acteurs
}

/// Exactly one decision, one line, one mail each, and a rattachement if and only if it was accepted.
async fn coherent(t: &Terneuil, demandes: i64) {
    let p = &t.portail;
    let decidees = p
        .nombre("select count(*) from demandes_rattachement where statut in ('validee', 'refusee')")
        .await;
    assert_eq!(decidees, demandes);
    let lignes = p
        .nombre("select count(*) from historique where action in ('demande_validee', 'demande_refusee')")
        .await;
    assert_eq!(lignes, demandes);
    let courriers = p.nombre("select count(*) from courriers").await;
    assert_eq!(courriers, demandes);
    let orphelins = p
        .nombre(
            "select count(*) from demandes_rattachement d
             where (d.statut = 'validee') <> exists (
               select from rattachements r where r.utilisateur_id = d.utilisateur_id and r.structure_id = d.structure_id)",
        )
        .await;
    assert_eq!(orphelins, 0);
    let (_, defauts) = vantail::historique::verifier(&p.db, &p.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty(), "{defauts:?}");
}

/// All at once; the statuses, sorted. Who comes too late is told who came first.
async fn ensemble(acteurs: &[Acteur], actes: Vec<(String, Vec<(String, String)>)>) -> Vec<u16> {
    let gestes = acteurs.iter().cloned().zip(actes);
    let pages = pages_ensemble(
        gestes
            .map(|(a, (adresse, champs))| (a, adresse, champs))
            .collect(),
    )
    .await;
    for page in pages.iter().filter(|p| p.statut == 409) {
        page.contient("Cette demande a déjà été traitée par");
    }
    statuts(&pages)
}

#[tokio::test(flavor = "multi_thread")]
async fn cinquante_gestionnaires_acceptent_la_meme_demande_une_seule_fois() {
    let t = Terneuil::nouveau().await;
    let gestionnaires = gestionnaires(&t, 50).await;
    let tours = rondes(2);
    for tour in 0..tours {
        let demande = t
            .demande(&format!("tour{tour:03}.demande@example.org"), &[])
            .await;
        let acte = format!("{}/validation", t.ecran(demande));
        let actes = vec![(acte, champs(&VALIDER)); gestionnaires.len()];
        let statuts = ensemble(&gestionnaires, actes).await;
        assert_eq!(statuts[0], 303, "round {tour}");
        assert_eq!(statuts[1..], [409; 49], "round {tour}");
    }
    coherent(&t, i64::try_from(tours).expect("rounds")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accepter_et_refuser_en_meme_temps_ne_fait_qu_une_decision() {
    let t = Terneuil::nouveau().await;
    let gestionnaires = gestionnaires(&t, 4).await;
    let tours = rondes(10);
    for tour in 0..tours {
        let demande = t
            .demande(&format!("tour{tour:03}.demande@example.org"), &[])
            .await;
        let ecran = t.ecran(demande);
        let actes = (0..4)
            .map(|rang| {
                if rang % 2 == 0 {
                    (format!("{ecran}/validation"), champs(&VALIDER))
                } else {
                    (format!("{ecran}/refus"), champs(&[("motif", "Non.")]))
                }
            })
            .collect();
        let statuts = ensemble(&gestionnaires, actes).await;
        assert_eq!(statuts, [303, 409, 409, 409], "round {tour}");
    }
    coherent(&t, i64::try_from(tours).expect("rounds")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deux_lots_en_ordre_inverse_ne_se_bloquent_pas() {
    let t = Terneuil::nouveau().await;
    // Two structures of the same two gestionnaires, so that the locks could cross.
    let autre = t.portail.structure("Syndicat des eaux", 2, true).await;
    let pauline = t.portail.id(PAULINE).await;
    t.portail.gp(autre, pauline).await;
    let acteurs = gestionnaires(&t, 2).await;
    let second = t.portail.id("gs01.terneuil@example.org").await;
    t.portail.rattacher(autre, second, "gs", &[]).await;
    let tours = rondes(3);
    for tour in 0..tours {
        let mut ids = Vec::new();
        for rang in 0..6 {
            let adresse = format!("lot{tour:03}.{rang}@example.org");
            let personne = t.portail.personne(&adresse).await;
            let structure = if rang % 2 == 0 { t.structure } else { autre };
            let demande = t.portail.demande(structure, personne, "us", &[]).await;
            ids.push(demande.to_string());
        }
        let mut envers = ids.clone();
        envers.reverse();
        let lot = |ids: &[String]| {
            let mut lot = champs(&[("decision", "valider"), ("confirme", "1")]);
            lot.push(("ids".to_owned(), ids.join(",")));
            ("/activites/demandes/lot".to_owned(), lot)
        };
        let statuts = ensemble(&acteurs, vec![lot(&ids), lot(&envers)]).await;
        assert_eq!(statuts, [303, 303], "round {tour}");
        let uniques: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(uniques.len(), 6);
    }
    coherent(&t, 6 * i64::try_from(tours).expect("rounds")).await;
}
