//! Users by the hundred: stopped, brought back, removed, and brought in by a file.

use super::Charge;
use crate::support::instructions;

/// `n` users of one structure: the whole of it, one service, or one of its services.
async fn charge(n: i32) -> (Charge, String) {
    let charge = Charge::nouvelle(1).await;
    let personnes = charge.personnes(n).await;
    charge
        .executer(
            "insert into rattachements (id, structure_id, utilisateur_id, role, statut, cause, maille_structure, date_debut)
             select uuid_v7(), p.structure, p.id, 'us', 'validee', null, p.n % 2 = 0, maintenant() - interval '1 day'
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)",
            &personnes,
        )
        .await;
    charge
        .executer(
            "insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut)
             select r.id, r.structure_id, p.service, 'validee', r.date_debut
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)
             join rattachements r on r.utilisateur_id = p.id where not r.maille_structure",
            &personnes,
        )
        .await;
    let ids = charge
        .ids("select id from rattachements where role = 'us' order by id")
        .await;
    (charge, ids)
}

/// Statements of the confirmation and of the act.
async fn agir(charge: &mut Charge, ids: &str, acte: &str) -> (usize, usize) {
    let lot = format!("/structures/{}/utilisateurs/lot", charge.structures[0]);
    let mut champs = vec![("ids", ids), ("acte", acte)];
    let (page, prevue) = instructions::compter(charge.gp.poster(&lot, &champs)).await;
    page.statut(200);
    champs.push(("confirme", "1"));
    let (page, faite) = instructions::compter(charge.gp.poster_sans_suivre(&lot, &champs)).await;
    page.statut(303);
    (prevue, faite)
}

/// Each of them has one line of the historique and one mail for each act.
async fn un_chacun(charge: &Charge, actes: i64, n: i64) {
    for sql in [
        "select count(*) from historique",
        "select count(*) from courriers",
    ] {
        assert_eq!(charge.portail.nombre(sql).await, actes * n, "{sql}");
    }
    let deux_fois =
        "select count(*) from (select evenement from courriers group by 1 having count(*) > 1) d";
    assert_eq!(charge.portail.nombre(deux_fois).await, 0);
    charge.entier().await;
}

#[tokio::test]
async fn agir_sur_cinq_cents_utilisateurs_ne_coute_pas_plus_d_instructions_que_sur_dix() {
    let mut mesures = Vec::new();
    for n in [10, 500] {
        let (mut charge, ids) = charge(n).await;
        let n = i64::from(n);
        let ouverts = "select count(*) from rattachements_effectifs where role = 'us'";
        let mut couts = Vec::new();
        for (rang, (acte, reste)) in [("desactiver", 0), ("reactiver", n), ("supprimer", 0)]
            .into_iter()
            .enumerate()
        {
            couts.push(agir(&mut charge, &ids, acte).await);
            assert_eq!(charge.portail.nombre(ouverts).await, reste, "{acte}");
            un_chacun(&charge, i64::try_from(rang + 1).expect("three"), n).await;
        }
        eprintln!("users, {n}: {couts:?} statements");
        mesures.push(couts);
    }
    assert_eq!(mesures[0], mesures[1]);
    assert!(mesures[1].iter().all(|(_, faite)| *faite <= 30));
}

/// `n` lines: known accounts, users to change, unknown addresses, by turns.
async fn fichier(charge: &Charge, n: usize) -> String {
    let personnes = charge
        .personnes(i32::try_from(n).expect("a few") * 2 / 3)
        .await;
    charge
        .executer(
            "insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, date_debut)
             select uuid_v7(), p.structure, p.id, 'us', 'validee', true, maintenant() - interval '1 day'
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service) where p.n % 2 = 0",
            &personnes,
        )
        .await;
    charge
        .executer(
            "insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire)
             select uuid_v7(), p.structure, p.id, 'us', true, 'Bonjour'
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service) where p.n % 2 = 1",
            &personnes,
        )
        .await;
    let lignes = (1..=n).map(|n| format!("Nom{n};Prenom;p{n}@example.org;us;ACH\n"));
    std::iter::once("nom;prenom;adresse;role;services\n".to_owned())
        .chain(lignes)
        .collect()
}

#[tokio::test]
async fn importer_cinq_cents_lignes_ne_coute_pas_plus_d_instructions_que_douze() {
    let mut mesures = Vec::new();
    for n in [12, 498] {
        let mut charge = Charge::nouvelle(1).await;
        let fichier = fichier(&charge, n).await;
        let adresse = format!("/structures/{}/rattachement/import", charge.structures[0]);
        let deposer = charge
            .gp
            .deposer(&adresse, "equipe.csv", fichier.as_bytes());
        let (page, deposee) = instructions::compter(deposer).await;
        let tiers = n / 3;
        page.statut(200)
            .contient(&format!("{tiers} rattachements"))
            .contient(&format!("{tiers} modifications"))
            .contient(&format!("{tiers} comptes à créer"));
        let formulaire = page.formulaire("Appliquer");
        let appliquer = formulaire.envoyer(&mut charge.gp);
        let (page, appliquee) = instructions::compter(appliquer).await;
        page.contient("L’import est appliqué.");
        eprintln!("import of {n}: {deposee} and {appliquee} statements");
        let n = i64::try_from(n).expect("a few");
        for (sql, attendu) in [
            ("select count(*) from historique", n),
            ("select count(*) from courriers", n),
            ("select count(*) from inscriptions", n / 3),
            ("select count(*) from jetons", n / 3),
            (
                "select count(*) from demandes_rattachement where statut = 'validee' and acte = 'rattachement direct'",
                n / 3,
            ),
            (
                "select count(*) from rattachements where role = 'us' and not maille_structure",
                2 * n / 3,
            ),
        ] {
            assert_eq!(charge.portail.nombre(sql).await, attendu, "{sql}");
        }
        charge.entier().await;
        mesures.push((deposee, appliquee));
    }
    assert_eq!(mesures[0], mesures[1]);
}
