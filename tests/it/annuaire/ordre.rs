//! In what order a search answers: what begins with what was typed, then the rest, each by its name.

use sqlx::PgPool;
use uuid::Uuid;

use super::{ZAHRA, noms, question};
use crate::support::Portail;
use crate::support::monde::siret;
use crate::support::page::PageLue;

const LIEUX: [&str; 9] = [
    "Aubigny",
    "Bréville",
    "Comines",
    "Communay",
    "Épinay",
    "Lyon",
    "Noyers",
    "Saint-Denis",
    "Zuydcoote",
];

/// Forty-five public structures; « commune » begins some of their names, and is elsewhere in others.
async fn monde() -> Portail {
    let portail = Portail::nouveau().await;
    let mut rang = 0;
    for lieu in LIEUX {
        for nom in [
            format!("Commune de {lieu}"),
            format!("COMMUNE-DE-{lieu}"),
            format!("Caisse de la commune {lieu}"),
            format!("{lieu}, maison commune"),
            format!("Lycée {lieu}"),
        ] {
            rang += 1;
            portail.structure(&nom, rang, true).await;
        }
    }
    portail
}

type Ligne = (String, Uuid);

/// How lines are read: as the page does, or as it and the CSV do where there are few or many.
#[derive(Clone, Copy, Debug)]
enum Lecture {
    Page,
    Rassemblee,
    EnOrdre,
}

/// A page after or before a line, by the function of the database.
async fn page(
    db: &PgPool,
    recule: bool,
    mots: &[&str],
    lecture: Lecture,
    repere: Option<&Ligne>,
) -> Vec<Ligne> {
    let sens = if recule { "avant" } else { "apres" };
    let lue = match lecture {
        Lecture::Page => {
            format!("annuaire_page($1, $2, null, null, null, {recule}, $3, $4, 7) l (total, n, id)")
        }
        Lecture::Rassemblee | Lecture::EnOrdre => {
            let rare = matches!(lecture, Lecture::Rassemblee);
            format!(
                "annuaire_{sens}($1, $2, null, null, null, {rare}, $3, $4, 7) with ordinality l (id, cle, n)"
            )
        }
    };
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "select s.cle_tri, s.id from {lue} join structures s on s.id = l.id order by l.n"
    )))
    .bind(mots)
    .bind((mots.len() > 1).then(|| mots.concat()))
    .bind(repere.map(|r| &r.0))
    .bind(repere.map(|r| r.1))
    .fetch_all(db)
    .await
    .expect("a page")
}

/// What the search finds, in its order.
async fn attendues(db: &PgPool, mots: &[&str]) -> Vec<Ligne> {
    sqlx::query_as(
        "select s.cle_tri, s.id from chercher_structures_publiques($1, $2, null, null, null) s
         order by case when $3 <> '' and starts_with(s.cle_tri, $3) then 0 else 1 end, s.cle_tri, s.id",
    )
    .bind(mots)
    .bind((mots.len() > 1).then(|| mots.concat()))
    .bind(mots.join(" "))
    .fetch_all(db)
    .await
    .expect("the expected order")
}

#[tokio::test]
async fn peu_ou_beaucoup_de_lignes_vont_dans_le_meme_ordre_en_avant_et_en_arriere() {
    let portail = monde().await;
    for mots in [
        &["commune"][..],
        &["de"],
        &["commune", "de"],
        &["saint", "denis"],
        &["com"],
        &[],
    ] {
        let attendues = attendues(&portail.db, mots).await;
        assert!(attendues.len() > 4, "{mots:?}");
        for lecture in [Lecture::Page, Lecture::Rassemblee, Lecture::EnOrdre] {
            let mut lues: Vec<Ligne> = Vec::new();
            loop {
                let suite = page(&portail.db, false, mots, lecture, lues.last()).await;
                if suite.is_empty() {
                    break;
                }
                lues.extend(suite);
            }
            assert_eq!(lues, attendues, "{mots:?}, forwards, {lecture:?}");
            for (rang, ligne) in attendues.iter().enumerate() {
                let mut precedentes = page(&portail.db, true, mots, lecture, Some(ligne)).await;
                precedentes.reverse();
                assert_eq!(
                    precedentes,
                    attendues[rang.saturating_sub(7)..rang],
                    "{mots:?}, before {ligne:?}, {lecture:?}"
                );
            }
        }
    }
}

/// Too many to be gathered: by one beginning, by words that stand elsewhere, or all.
#[tokio::test]
async fn au_dela_de_dix_mille_la_page_est_lue_dans_le_meme_ordre() {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    let sirets: Vec<String> = (0..10_020).map(siret).collect();
    sqlx::query(
        "insert into structures (id, type_identifiant, identifiant, raison_sociale, publique, code_postal, ville)
         select uuid_v7(), 'SIRET', x.siret, case when x.n <= 10010 then 'Commune de ' else 'Caisse de la commune ' end || x.n || ' annexe',
                true, '97500', 'Terneuil'
         from unnest($1::text[]) with ordinality x (siret, n)",
    )
    .bind(&sirets)
    .execute(&portail.db)
    .await
    .expect("structures");
    for mots in [&["commune"][..], &["annexe"], &[]] {
        let attendues = attendues(&portail.db, mots).await;
        assert_eq!(attendues.len(), 10_020, "{mots:?}");
        let debut = page(&portail.db, false, mots, Lecture::Page, None).await;
        assert_eq!(debut, attendues[..7], "{mots:?}");
        // Around the end of what begins so, and elsewhere.
        for rang in [3, 5_000, 10_005, 10_009, 10_010, 10_019] {
            let place = Some(&attendues[rang]);
            let apres = page(&portail.db, false, mots, Lecture::Page, place).await;
            let fin = (rang + 8).min(attendues.len());
            assert_eq!(apres, attendues[rang + 1..fin], "{mots:?}, after {rang}");
            let mut avant = page(&portail.db, true, mots, Lecture::Page, place).await;
            avant.reverse();
            let premiere = rang.saturating_sub(7);
            assert_eq!(avant, attendues[premiere..rang], "{mots:?}, before {rang}");
        }
    }
    let mut zahra = portail.connecter(ZAHRA).await;
    for adresse in ["/annuaire", "/annuaire?q=annexe"] {
        zahra
            .page(adresse)
            .await
            .contient("(plus de 10\u{202F}000 lignes)");
    }
}

#[tokio::test]
async fn ce_qui_commence_par_les_mots_saisis_vient_d_abord() {
    let portail = monde().await;
    portail.personne(ZAHRA).await;
    let mut zahra = portail.connecter(ZAHRA).await;
    let page = zahra
        .page(&format!("/annuaire?{}", question("Commune de", "")))
        .await;
    let noms = noms(&page);
    let rang = |nom: &str| noms.iter().position(|n| n == nom);
    assert_eq!(
        rang("Commune de Aubigny").min(rang("COMMUNE-DE-Aubigny")),
        Some(0)
    );
    assert!(
        rang("COMMUNE-DE-Zuydcoote") < rang("Caisse de la commune Aubigny"),
        "{noms:?}"
    );
}

/// A word without a letter finds nothing, whatever the others begin.
#[tokio::test]
async fn un_mot_sans_lettre_n_a_pas_de_debut() {
    let portail = Portail::nouveau().await;
    let debut: Vec<Option<String>> = sqlx::query_scalar(
        "select debut_annuaire(m) from (values (array['Commune', 'É']), (array['commune', '–']), ('{}')) v (m)",
    )
    .fetch_all(&portail.db)
    .await
    .expect("beginnings");
    assert_eq!(debut, [Some("commune e".to_owned()), None, None]);
}

#[tokio::test]
async fn suivante_et_precedente_parcourent_tout_sans_doublon() {
    let portail = Portail::nouveau().await;
    portail.personne(ZAHRA).await;
    // Homonyms: the id decides between them.
    for rang in 0..23 {
        let nom = format!(
            "Commune {}",
            char::from(b'A' + u8::try_from(rang / 5).expect("small"))
        );
        portail.structure(&nom, rang, true).await;
    }
    let mut zahra = portail.connecter(ZAHRA).await;
    let adresses = |page: &PageLue| page.attributs("#annuaire tbody th a", "href");
    let mut page = zahra.page("/annuaire?par=5&q=commune").await;
    page.contient("(23 lignes)");
    assert!(page.lien_eventuel("Précédente").is_none());
    let mut vues = adresses(&page);
    let mut titres = vec![page.titre()];
    while let Some(suivante) = page.lien_eventuel("Suivante") {
        page = zahra.page(&suivante).await;
        page.statut(200);
        vues.extend(adresses(&page));
        titres.push(page.titre());
    }
    assert_eq!(vues.len(), 23);
    let mut uniques = vues.clone();
    uniques.sort();
    uniques.dedup();
    assert_eq!(uniques.len(), 23);
    // Back to the first page, the same lines.
    let mut retour = adresses(&page);
    while let Some(precedente) = page.lien_eventuel("Précédente") {
        page = zahra.page(&precedente).await;
        let mut avant = adresses(&page);
        avant.extend(retour);
        retour = avant;
    }
    assert_eq!(retour, vues);
}

/// The structure to join: its identifier, then the names in the order of the directory, one that is closed after the open ones.
#[tokio::test]
async fn la_structure_a_rejoindre_se_cherche_dans_l_ordre_de_l_annuaire() {
    let portail = monde().await;
    portail.personne(ZAHRA).await;
    sqlx::query(
        "update structures set statut = 'inactive' where raison_sociale = 'Lyon, maison commune'",
    )
    .execute(&portail.db)
    .await
    .expect("a closed structure");
    portail.structure("Lyon Parc Auto", 90, true).await;
    let mut zahra = portail.connecter(ZAHRA).await;
    let mut trouvees = async |q: &str| {
        let adresse = format!("/mon-compte/rattachements/demande?{}", question(q, ""));
        let page = zahra.page(&adresse).await;
        page.statut(200);
        page.tous("tbody th")
    };
    let lyon = trouvees("lyon").await;
    assert_eq!(lyon.len(), 6, "{lyon:?}");
    assert!(lyon[0].starts_with("Lyon Parc Auto"), "{lyon:?}");
    assert!(lyon[1].starts_with("Caisse de la commune Lyon"), "{lyon:?}");
    assert!(lyon[5].starts_with("Lyon, maison commune"), "{lyon:?}");
    let commune = trouvees("commune de").await;
    let rang = |nom: &str| commune.iter().position(|n| n.starts_with(nom));
    assert!(
        rang("COMMUNE-DE-Zuydcoote").expect("begins so")
            < rang("Caisse de la commune Aubigny").expect("holds it"),
        "{commune:?}"
    );
    let seule = trouvees(&siret(90)).await;
    assert_eq!(seule.len(), 1);
    assert!(seule[0].starts_with("Lyon Parc Auto"));
}
