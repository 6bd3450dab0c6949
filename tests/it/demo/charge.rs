//! `DEMO_SIZE`: the world of the load tests.

use vantail::acces::Systeme;
use vantail::demo::{marque, masse};
use vantail::historique;
use vantail::identifiants::Siret;

use super::monde;

#[tokio::test]
async fn le_monde_de_charge_tient_et_se_repete() {
    let portail = monde().await;
    let systeme = Systeme::processus();
    let rattachements = masse::charger(&portail.app, &systeme, 200)
        .await
        .expect("the load world");
    // 1.5 N, and the large structure.
    assert_eq!(rattachements, 305);
    assert_eq!(
        portail
            .nombre(
                "select count(*) from historique_donnees where donnees like '%Monde de charge%'"
            )
            .await,
        1_025,
        "five lines per structure, and the large one"
    );
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    let (_, defauts) = historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty(), "{defauts:?}");
    assert_eq!(
        portail
            .nombre(
                "select count(*) from utilisateurs where adresse_connexion like '%@charge.example'"
            )
            .await,
        240
    );
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement d join rattachements r using (structure_id, utilisateur_id) where d.commentaire like 'Monde%'")
            .await,
        0,
        "nobody asks for what he has"
    );
    let sirets: Vec<String> = sqlx::query_scalar("select identifiant from structures")
        .fetch_all(&portail.db)
        .await
        .expect("SIRETs");
    assert!(sirets.iter().all(|s| Siret::lire(s).is_ok()));
    assert_eq!(
        marque::taille(&portail.db).await.expect("a size"),
        Some(200)
    );

    let autre = monde().await;
    masse::charger(&autre.app, &systeme, 200)
        .await
        .expect("the same world");
    let compter = "select coalesce(sum(hashtext(h.id::text || encode(d.sel, 'hex') || d.donnees))::bigint, 0)
                   from historique h join historique_donnees d on d.historique_id = h.id where d.donnees like '%Monde de charge%'";
    assert_eq!(portail.nombre(compter).await, autre.nombre(compter).await);
}

/// The large structure is whole from a thousand structures on: its people are two days of acts.
#[tokio::test]
async fn l_historique_de_la_grande_structure_avance_dans_le_temps() {
    let portail = monde().await;
    masse::charger(&portail.app, &Systeme::processus(), 1_000)
        .await
        .expect("the load world");
    let reculs = "select count(*) from (select survenu_le < lag(survenu_le) over (partition by chaine order by numero) as recule
                  from historique) x where recule";
    assert_eq!(portail.nombre(reculs).await, 0);
    assert_eq!(
        portail
            .nombre("select max(n) from (select count(*) as n from historique group by chaine) x")
            .await,
        12_006,
        "five lines for each of its 2,401 people, and one of its own"
    );
}

/// A search of block D has an end: the page says where it stopped, dates go further, the file has everything.
#[tokio::test]
async fn une_recherche_lit_les_dix_mille_actions_les_plus_recentes_et_le_dit() {
    let portail = monde().await;
    masse::charger(&portail.app, &Systeme::processus(), 1_000)
        .await
        .expect("the load world");
    let ancienne = portail
        .uuid(
            "update utilisateurs set nom = 'Ancienne' where id = (
               select concerne_id from historique where numero = 60
               and structure_id = (select structure_id from historique group by 1 order by count(*) desc limit 1))
             returning id",
        )
        .await;
    let (lignes, rang, jour): (i64, i64, String) = sqlx::query_as(
        "select count(*), min(l.rang), to_char(max(l.survenu_le at time zone 'Europe/Paris'), 'YYYY-MM-DD')
         from (select h.concerne_id, h.survenu_le, row_number() over (order by h.survenu_le desc, h.id desc) as rang
               from historique h
               where h.structure_id = (select structure_id from historique group by 1 order by count(*) desc limit 1)) l
         where l.concerne_id = $1",
    )
    .bind(ancienne)
    .fetch_one(&portail.db)
    .await
    .expect("her lines");
    assert!(
        lignes > 1 && rang > 10_001,
        "{lignes} lines from the {rang}th"
    );
    let borne = "Seules les 10\u{202F}000 actions les plus récentes sont lues ici";
    let mut gp = portail.connecter("gp@charge.example").await;
    gp.page("/activites").await.ne_contient_pas(borne);
    for tri in ["", "&h.tri=structure-asc"] {
        let page = gp.page(&format!("/activites?h.q=ancienne{tri}")).await;
        page.statut(200).contient(borne);
        assert_eq!(page.tous("#historique tbody tr").len(), 0);
    }
    gp.page("/activites?h.tri=date-asc").await.contient(borne);
    let page = gp
        .page(&format!("/activites?h.q=ancienne&h.au={jour}&h.par=100"))
        .await;
    page.ne_contient_pas(borne);
    assert_eq!(
        i64::try_from(page.tous("#historique tbody tr").len()),
        Ok(lignes)
    );
    let csv = gp.lire("/activites/historique.csv?h.q=ancienne").await;
    csv.statut(200);
    assert_eq!(
        i64::try_from(csv.corps.trim_end().split("\r\n").count()),
        Ok(lignes + 1)
    );
}
