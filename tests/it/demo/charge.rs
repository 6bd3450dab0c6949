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
