//! Both lists of the desk go on from their lines: to the end and back, whatever leaves them meanwhile.

use super::{PAUL, SABINE, ZOE, monde};
use crate::support::acteur::Acteur;
use crate::support::page::PageLue;
use crate::support::{Portail, instructions};

/// The first word of each line of the list.
fn mots(page: &PageLue, bloc: &str) -> Vec<String> {
    page.tous(&format!("#{bloc} tbody th"))
        .iter()
        .filter_map(|objet| objet.split_whitespace().next().map(str::to_owned))
        .collect()
}

fn voisine(page: &PageLue, bloc: &str, laquelle: &str) -> Option<String> {
    let lien = format!("#{bloc}-{laquelle}");
    page.attributs(&lien, "href").into_iter().next()
}

/// Every line, page after page; going back shows the same pages.
async fn parcourir(acteur: &mut Acteur, bloc: &str, debut: &str) -> Vec<String> {
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut adresse = debut.to_owned();
    let mut page = loop {
        let page = acteur.page(&adresse).await;
        page.statut(200);
        pages.push(mots(&page, bloc));
        match voisine(&page, bloc, "suivante") {
            Some(suivante) => adresse = suivante,
            None => break page,
        }
    };
    assert!(pages.len() > 2, "three pages at least: {debut}");
    for attendue in pages.iter().rev().skip(1) {
        let precedente = voisine(&page, bloc, "precedente").expect("a page before");
        page = acteur.page(&precedente).await;
        assert_eq!(&mots(&page, bloc), attendue, "{precedente}");
    }
    assert_eq!(voisine(&page, bloc, "precedente"), None);
    pages.concat()
}

async fn attendus(portail: &Portail, sql: &str) -> Vec<String> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_all(&portail.db)
        .await
        .expect("the lines in their order")
}

/// `n` sollicitations, in three states and at four instants.
async fn deposer(portail: &Portail, n: i32) {
    sqlx::query(
        "insert into sollicitations (id, reference, emetteur_id, destinataire, categorie, objet, texte, statut, creee_le)
         select uuid_v7(), 'SOL-2021-' || lpad(n::text, 6, '0'), u.id, 'support', case when n % 2 = 0 then 'autre' else 'compte' end,
                'Objet-' || lpad(n::text, 4, '0') || ' du dossier', 'Bonjour.',
                (array['nouvelle', 'en_cours', 'en_attente_du_demandeur'])[1 + n % 3],
                date_trunc('hour', maintenant()) - make_interval(days => n % 4)
         from utilisateurs u, generate_series(1, $2) n where u.adresse_connexion = $1",
    )
    .bind(ZOE)
    .bind(n)
    .execute(&portail.db)
    .await
    .expect("sollicitations");
}

#[tokio::test]
async fn la_file_se_parcourt_jusqu_au_bout_dans_chaque_ordre() {
    let portail = monde().await;
    deposer(&portail, 23).await;
    let mut sabine = portail.connecter(SABINE).await;
    for (question, filtre, ordre) in [
        ("", "true", "rang, creee_le, id"),
        (
            "s.tri=statut-desc",
            "true",
            "rang desc, creee_le desc, id desc",
        ),
        ("s.tri=date-asc", "true", "creee_le, id"),
        ("s.tri=date-desc", "true", "creee_le desc, id desc"),
        (
            "s.tri=statut-desc&s.categorie=compte",
            "categorie = 'compte'",
            "rang desc, creee_le desc, id desc",
        ),
        ("s.q=dossier", "true", "rang, creee_le, id"),
        (
            "s.q=objet-00&s.tri=statut-desc",
            "true",
            "rang desc, creee_le desc, id desc",
        ),
        ("s.q=zoe&s.tri=date-desc", "true", "creee_le desc, id desc"),
    ] {
        let vues = parcourir(
            &mut sabine,
            "sollicitations",
            &format!("/support?s.par=5&{question}"),
        )
        .await;
        let sql = format!(
            "select split_part(objet, ' ', 1) from sollicitations where {filtre} order by {ordre}"
        );
        assert_eq!(vues, attendus(&portail, &sql).await, "{question}");
    }
    // Of one state, both orders are one.
    for (question, ordre) in [
        ("s.tri=statut-asc", "creee_le, id"),
        ("s.tri=statut-desc", "creee_le desc, id desc"),
        ("s.tri=statut-desc&s.q=dossier", "creee_le desc, id desc"),
    ] {
        assez_de_nouvelles(&portail).await;
        let debut = format!("/support?s.par=5&s.etat=nouvelle&{question}");
        let vues = parcourir(&mut sabine, "sollicitations", &debut).await;
        let sql = format!(
            "select split_part(objet, ' ', 1) from sollicitations where statut = 'nouvelle' order by {ordre}"
        );
        assert_eq!(vues, attendus(&portail, &sql).await, "{question}");
    }
}

/// Eleven new ones at least: three pages of five.
async fn assez_de_nouvelles(portail: &Portail) {
    sqlx::query("update sollicitations set statut = 'nouvelle' where objet < 'Objet-0013'")
        .execute(&portail.db)
        .await
        .expect("new ones");
}

/// More than a thousand found are read in order, not gathered: nothing is lost, nothing is out of reach.
#[tokio::test]
async fn au_dela_de_mille_la_file_va_jusqu_au_bout() {
    let portail = monde().await;
    deposer(&portail, 1_007).await;
    let mut sabine = portail.connecter(SABINE).await;
    for (question, ordre) in [
        ("", "rang, creee_le, id"),
        ("s.q=dossier", "rang, creee_le, id"),
        ("s.q=dossier&s.tri=date-desc", "creee_le desc, id desc"),
    ] {
        let debut = format!("/support?s.par=100&{question}");
        let (page, compte) = instructions::compter(sabine.page(&debut)).await;
        page.contient("(plus de 1\u{202F}000 lignes)");
        assert!(compte <= 8, "{compte} statements");
        let vues = parcourir(&mut sabine, "sollicitations", &debut).await;
        let sql = format!("select split_part(objet, ' ', 1) from sollicitations order by {ordre}");
        assert_eq!(vues, attendus(&portail, &sql).await, "{question}");
    }
}

/// What the colleagues resolve while a page is read shifts no line of the next one.
#[tokio::test]
async fn ce_qui_est_resolu_entre_temps_ne_fait_sauter_aucune_ligne() {
    let portail = monde().await;
    deposer(&portail, 14).await;
    let mut sabine = portail.connecter(SABINE).await;
    let debut = "/support?s.par=5&s.tri=date-asc";
    let page = sabine.page(debut).await;
    let vues = mots(&page, "sollicitations");
    let suite = voisine(&page, "sollicitations", "suivante").expect("a page after");
    let resoudre = async |objets: &[String]| {
        sqlx::query(
            "update sollicitations set statut = 'resolue', resolue_le = maintenant()
             where split_part(objet, ' ', 1) = any ($1)",
        )
        .bind(objets)
        .execute(&portail.db)
        .await
        .expect("resolved");
    };
    let ordre = "select split_part(objet, ' ', 1) from sollicitations order by creee_le, id";
    let toutes = attendus(&portail, ordre).await;
    resoudre(&vues).await;
    let page = sabine.page(&suite).await;
    assert_eq!(mots(&page, "sollicitations"), toutes[5..10]);
    // Nothing comes before it any more: back is the first page.
    let avant = voisine(&page, "sollicitations", "precedente").expect("a way back");
    let page = sabine.page(&avant).await;
    assert_eq!(mots(&page, "sollicitations"), toutes[5..10]);
    // Nothing comes after it any more: the first page, not an empty one.
    let apres = voisine(&page, "sollicitations", "suivante").expect("a page after");
    resoudre(&toutes[10..]).await;
    let (page, compte) = instructions::compter(sabine.page(&apres)).await;
    assert_eq!(mots(&page, "sollicitations"), toutes[5..10]);
    assert!(compte <= 8, "{compte} statements");
    assert_eq!(voisine(&page, "sollicitations", "suivante"), None);
}

/// A search, a sort, a view, another number of lines: each begins at the beginning.
#[tokio::test]
async fn changer_de_question_ramene_au_debut() {
    let portail = monde().await;
    deposer(&portail, 14).await;
    let mut sabine = portail.connecter(SABINE).await;
    let page = sabine.page("/support?s.par=5").await;
    let suite = voisine(&page, "sollicitations", "suivante").expect("a page after");
    assert!(suite.contains("s.apres="), "{suite}");
    let page = sabine.page(&suite).await;
    for css in ["#sollicitations .nav a", "#sollicitations thead a"] {
        for href in page.attributs(css, "href") {
            assert!(
                !href.contains("s.apres") && href.contains("s.par=5"),
                "{href}"
            );
        }
    }
    let caches = page.attributs("#sollicitations input[type=hidden]", "name");
    assert!(!caches.iter().any(|c| c == "s.apres"), "{caches:?}");
    // The other list keeps its place.
    let page = sabine
        .page(&format!("{}&d.tri=date-desc", suite.replace('#', "&x=")))
        .await;
    assert_eq!(mots(&page, "sollicitations").len(), 5);
    for faux in [
        "s.apres=x",
        "s.avant=~",
        "s.apres=9999999.0~0",
        "s.apres=1.9223372036854775807~01963f6e-0000-7000-8000-000000000001",
        "s.apres=1.-9223372036854775808~01963f6e-0000-7000-8000-000000000001",
        "s.avant=99999999.0~01963f6e-0000-7000-8000-000000000001",
        "s.avant=é.0~01963f6e-0000-7000-8000-000000000001",
        "d.apres=.253402300799000000~01963f6e-0000-7000-8000-000000000001",
        "d.avant=.-377705116800000000~01963f6e-0000-7000-8000-000000000001",
        "d.tri=structure-desc&d.apres=%27%00.0~01963f6e-0000-7000-8000-000000000001",
    ] {
        let page = sabine.page(&format!("/support?{faux}")).await;
        page.statut(200);
        assert_eq!(mots(&page, "sollicitations").len(), 14, "{faux}");
    }
}

#[tokio::test]
async fn les_demandes_sans_reponse_se_parcourent_jusqu_au_bout() {
    let portail = monde().await;
    let paul = portail.id(PAUL).await;
    for n in 0..4 {
        portail
            .structure(&format!("Orpheline {n}"), n + 1, true)
            .await;
    }
    sqlx::query(
        "with gens as (
           insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut)
           select uuid_v7(), 'd' || n || '@test.example', 'd' || n || '@test.example', 'Demandeur-' || lpad(n::text, 2, '0'), 'Test', 'en_cours_activation'
           from generate_series(1, 13) n returning id, prenom)
         insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire, signalee_le,
                                            signalee_a, creee_le)
         select uuid_v7(), s.id, g.id, 'us', true, 'Bonjour', maintenant(), 'support',
                date_trunc('hour', maintenant()) - make_interval(days => g.rang::int % 3)
         from (select *, row_number() over (order by prenom) as rang from gens) g
         join (select *, row_number() over (order by identifiant) as rang from structures) s on s.rang = 1 + g.rang % 4",
    )
    .execute(&portail.db)
    .await
    .expect("requests that nobody can decide");
    portail
        .gp(portail.structure("Suivie", 9, true).await, paul)
        .await;
    let mut sabine = portail.connecter(SABINE).await;
    for (question, ordre) in [
        ("", "d.creee_le, d.id"),
        ("d.tri=date-desc", "d.creee_le desc, d.id desc"),
        ("d.tri=structure-asc", "s.cle_tri, d.creee_le, d.id"),
        (
            "d.tri=structure-desc",
            "s.cle_tri desc, d.creee_le desc, d.id desc",
        ),
    ] {
        let debut = format!("/support?d.par=5&{question}");
        let (page, compte) = instructions::compter(sabine.page(&debut)).await;
        page.contient("(13 lignes)");
        assert!(compte <= 8, "{compte} statements");
        let vues = parcourir(&mut sabine, "demandes", &debut).await;
        let sql = format!(
            "select u.prenom from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
             join structures s on s.id = d.structure_id order by {ordre}"
        );
        assert_eq!(vues, attendus(&portail, &sql).await, "{question}");
    }
}

/// The order of the structures sorts the oldest: it says so where there may be more.
#[tokio::test]
async fn au_dela_de_mille_l_ordre_des_structures_dit_ce_qu_il_trie() {
    let portail = monde().await;
    portail.structure("Orpheline", 1, true).await;
    sqlx::query(
        "with gens as (
           insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut)
           select uuid_v7(), 'd' || n || '@test.example', 'd' || n || '@test.example', 'Demandeur', 'Test', 'en_cours_activation'
           from generate_series(1, 1001) n returning id)
         insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire, signalee_le, signalee_a)
         select uuid_v7(), s.id, g.id, 'us', true, 'Bonjour', maintenant(), 'support' from gens g, structures s",
    )
    .execute(&portail.db)
    .await
    .expect("requests that nobody can decide");
    let mut sabine = portail.connecter(SABINE).await;
    let bornee = "parmi les 10\u{202F}000 plus anciennes";
    let page = sabine.page("/support?d.tri=structure-asc").await;
    page.contient("(plus de 1\u{202F}000 lignes)")
        .contient(bornee);
    sabine.page("/support").await.ne_contient_pas(bornee);
    sqlx::query("delete from demandes_rattachement where utilisateur_id = (select id from utilisateurs where adresse_connexion = 'd1@test.example')")
        .execute(&portail.db)
        .await
        .expect("one less");
    let page = sabine.page("/support?d.tri=structure-asc").await;
    page.contient("(1\u{202F}000 lignes)")
        .ne_contient_pas(bornee);
}
