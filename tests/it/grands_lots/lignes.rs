//! What stays, line by line, and what closes with it.

use std::collections::BTreeSet;

use super::{Charge, Demandeur};
use crate::support::page::PageLue;

/// The names of the lines that stayed, in the summary.
fn restees(page: &PageLue) -> BTreeSet<String> {
    let lignes = page.tous(".resultats li");
    let restees = lignes.into_iter().filter(|l| !l.ends_with(": validée"));
    restees.collect()
}

/// Closing what somebody had asked for the services she loses is part of the act, for many as for one.
#[tokio::test]
async fn un_lot_ferme_ce_qui_sort_du_perimetre_et_laisse_ce_qui_a_change() {
    let mut charge = Charge::nouvelle(3).await;
    let ids = charge.rattachements(24).await;
    // Attached to the whole structure, they also wait for espaces; their requests are decided by somebody else meanwhile.
    charge
        .portail
        .uuid(
            "with prises as (
               update demandes_rattachement set statut = 'retiree', traitee_le = maintenant()
               where utilisateur_id in (select id from utilisateurs where adresse_connexion in ('p3@example.org', 'p7@example.org'))
               returning id)
             select id from prises limit 1",
        )
        .await;
    let champs = [
        ("ids", ids.as_str()),
        ("decision", "valider"),
        ("confirme", "1"),
    ];
    let bilan = charge.gp.poster("/activites/demandes/lot", &champs).await;
    bilan.statut(200).contient("22 demandes validées.");
    let restees = restees(&bilan);
    assert_eq!(restees.len(), 2, "{restees:?}");
    assert!(
        restees.iter().all(|l| l.contains("retirée par son auteur")),
        "{restees:?}"
    );
    charge.entier().await;
    // One of the twenty-two changes: the undo leaves it, and says so.
    sqlx::query(
        "update rattachements r set commentaire = 'Autre', modifie_le = maintenant() from utilisateurs u
         where u.id = r.utilisateur_id and u.adresse_connexion = 'p5@example.org'",
    )
    .execute(&charge.portail.db)
    .await
    .expect("a change");
    let acte = charge.acte().await;
    let adresse = format!("/activites/demandes/annulation/{acte}");
    charge
        .gp
        .page(&adresse)
        .await
        .contient("Annuler 21 décisions ?");
    let bilan = charge.gp.poster(&adresse, &[]).await;
    bilan.statut(200).contient("21 décisions annulées.");
    let lignes = bilan.tous(".resultats li");
    let changees: Vec<_> = lignes
        .iter()
        .filter(|l| l.contains("a changé depuis"))
        .collect();
    assert_eq!(changees.len(), 1, "{changees:?}");
    assert!(changees[0].contains("N5"), "{changees:?}");
    charge.entier().await;
}

/// Those who leave in one act: what they had asked is closed, by the portal, in each structure.
#[tokio::test]
async fn un_lot_annule_ferme_les_demandes_d_espaces_ouvertes_depuis() {
    let mut charge = Charge::nouvelle(2).await;
    let ids = charge.rattachements(8).await;
    let champs = [
        ("ids", ids.as_str()),
        ("decision", "valider"),
        ("confirme", "1"),
    ];
    charge
        .gp
        .poster("/activites/demandes/lot", &champs)
        .await
        .statut(200);
    let personnes: Vec<Demandeur> = sqlx::query_as(
        "select r.utilisateur_id, 0, r.structure_id, r.id from rattachements r where r.role <> 'gp' order by r.id",
    )
    .fetch_all(&charge.portail.db)
    .await
    .expect("the members");
    assert_eq!(personnes.len(), 8);
    charge
        .executer(
            "with demandes as (
               insert into demandes_abonnement (id, structure_id, utilisateur_id)
               select uuid_v7(), p.structure, p.id from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)
               returning *)
             insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, espace, droit)
             select uuid_v7(), d.id, d.structure_id, d.utilisateur_id, 'factures_a_valider', 'consultation' from demandes d",
            &personnes,
        )
        .await;
    let acte = charge.acte().await;
    let adresse = format!("/activites/demandes/annulation/{acte}");
    charge
        .gp
        .poster(&adresse, &[])
        .await
        .statut(200)
        .contient("8 décisions annulées.");
    // Those of the persons whose rattachement was there before stay, the others are refused by the portal.
    let fermees = charge
        .portail
        .nombre("select count(*) from demandes_abonnement where statut = 'refusee' and motif = 'Rattachement terminé'")
        .await;
    let tenus = charge
        .portail
        .nombre("select count(*) from rattachements where role <> 'gp' and statut = 'validee'")
        .await;
    assert_eq!((fermees, tenus), (6, 2));
    assert_eq!(
        charge
            .portail
            .nombre("select count(*) from courriers where gabarit = 'abonnement_clos'")
            .await,
        6
    );
    assert_eq!(
        charge
            .portail
            .nombre("select count(*) from historique where action = 'abonnement_refuse' and acteur_genre = 'systeme'")
            .await,
        6
    );
    charge.entier().await;
}
