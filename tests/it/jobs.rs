//! What ends by its date, what is erased by its age.

use sqlx::PgPool;
use vantail::acces::Systeme;
use vantail::jobs::{self, Bilan};

use crate::support::{Portail, rondes};

async fn executer(db: &PgPool, sql: &'static str) {
    sqlx::raw_sql(sql)
        .execute(db)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

async fn monde() -> Portail {
    let portail = Portail::nouveau().await;
    let structure = portail.structure("CCAS TERNEUIL", 1, true).await;
    let pauline = portail.personne("pauline.dufour@terneuil.example").await;
    portail.gp(structure, pauline).await;
    for login in [
        "julie.bon@terneuil.example",
        "thomas.mostkowsy@terneuil.example",
    ] {
        let personne = portail.personne(login).await;
        portail.rattacher(structure, personne, "us", &[]).await;
    }
    portail
}

async fn tourner(portail: &Portail) -> Option<Bilan> {
    jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run")
}

#[tokio::test]
async fn un_rattachement_finit_avec_son_dernier_jour() {
    let portail = monde().await;
    // Julie's last day is today: the right ends at midnight in Paris, not before.
    executer(
        &portail.db,
        "update rattachements set date_fin = debut_du_jour(aujourdhui() + 1)
         where utilisateur_id = (select id from utilisateurs where adresse_connexion like 'julie%')",
    )
    .await;
    let a_minuit = "update horloge set decalage = decalage + (select max(date_fin) from rattachements) - maintenant()";
    executer(&portail.db, a_minuit).await;
    portail.avancer("-30 seconds").await;
    assert_eq!(
        tourner(&portail).await.map(|b| b.rattachements_echus),
        Some(0)
    );
    portail.avancer("30 seconds").await;
    assert_eq!(
        tourner(&portail).await.map(|b| b.rattachements_echus),
        Some(1)
    );
    assert_eq!(
        portail
            .nombre("select count(*) from rattachements r join utilisateurs u on u.id = r.utilisateur_id where r.statut = 'desactivee' and r.cause = 'echeance' and u.adresse_connexion like 'julie%'")
            .await,
        1
    );
    assert_eq!(portail.nombre("select count(*) from abonnements a join rattachements r on r.id = a.rattachement_id where r.statut <> 'validee'").await, 0);
    assert_eq!(
        portail
            .nombre("select count(*) from historique where action = 'rattachement_desactive' and acteur_genre = 'systeme'")
            .await,
        1
    );
    let (_, defauts) = vantail::historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty(), "{defauts:?}");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    // Nothing is left to do.
    assert_eq!(tourner(&portail).await, Some(Bilan::default()));
}

#[tokio::test]
async fn deux_instances_font_le_travail_une_fois() {
    for _ in 0..rondes(3) {
        let portail = monde().await;
        executer(&portail.db, "update rattachements set date_fin = maintenant() + interval '1 hour' where role = 'us'").await;
        portail.avancer("2 hours").await;
        let (une, autre) = tokio::join!(tourner(&portail), tourner(&portail));
        let total: u64 = [une, autre]
            .iter()
            .flatten()
            .map(|b| b.rattachements_echus)
            .sum();
        assert_eq!(total, 2, "{une:?} {autre:?}");
        assert_eq!(
            portail
                .nombre("select count(*) from historique where action = 'rattachement_desactive'")
                .await,
            2
        );
    }
}

#[tokio::test]
async fn une_seule_instance_travaille_a_la_fois() {
    let portail = monde().await;
    let mut autre = portail.db.begin().await.expect("a transaction");
    sqlx::query("select pg_advisory_xact_lock($1)")
        .bind(jobs::VERROU)
        .execute(&mut *autre)
        .await
        .expect("the lock");
    assert_eq!(tourner(&portail).await, None);
    autre.rollback().await.expect("the end");
    assert!(tourner(&portail).await.is_some());
}

#[tokio::test]
async fn ce_qui_est_vieux_s_efface_et_le_reste_demeure() {
    let portail = monde().await;
    let pauline = "(select id from utilisateurs where adresse_connexion like 'pauline%')";
    let semer = async |age: &str| {
        let sql = format!(
            "insert into messages (id, utilisateur_id, contenu, cree_le) values (uuid_v7(), {pauline}, '{{}}', maintenant() - {age});
             insert into compteurs (cle, compte, fin_le) values (gen_random_uuid()::text, 1, maintenant() + interval '1 hour' - {age});
             insert into sessions (id_hache, utilisateur_id, donnees, creee_le, vue_le, expire_le)
             values (uuid_send(uuid_v7()), {pauline}, '{{}}', maintenant() - {age}, maintenant() - {age}, maintenant() + interval '12 hours' - {age})"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&portail.db)
            .await
            .expect("seeds");
    };
    semer("interval '1 minute'").await;
    semer("interval '25 hours'").await;
    semer("interval '31 days'").await;
    let bilan = tourner(&portail).await.expect("a run");
    assert_eq!(
        bilan,
        Bilan {
            messages_effaces: 2,
            compteurs_effaces: 2,
            sessions_effacees: 1,
            ..Bilan::default()
        }
    );
    assert_eq!(portail.nombre("select count(*) from messages").await, 1);
    assert_eq!(portail.nombre("select count(*) from compteurs").await, 1);
    assert_eq!(portail.nombre("select count(*) from sessions").await, 2);
}
