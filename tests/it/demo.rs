//! The demo world: complete, coherent, loaded once, never in a real database (spec §11, security.md AU7).

use std::collections::BTreeSet;

use vantail::acces::{Systeme, mot_de_passe};
use vantail::demo::{self, manifeste, marque, masse};
use vantail::historique;
use vantail::identifiants::Siret;
use vantail::jobs::{self, Bilan};
use vantail::web::MotDePasse;

use crate::support::Portail;

async fn monde() -> Portail {
    let portail = Portail::nouveau().await;
    marque::poser(&portail.app).await.expect("the mark");
    assert!(
        demo::charger(&portail.app, &Systeme::processus())
            .await
            .expect("the demo world")
    );
    portail
}

#[tokio::test]
async fn tous_les_comptes_de_la_table_sont_la() {
    let portail = monde().await;
    let manifeste = manifeste::lire(&portail.app).await.expect("the manifest");
    for login in [
        "pauline.dufour@terneuil.example",
        "matthieu.cardan@terneuil.example",
        "thomas.mostkowsy@terneuil.example",
        "julie.bon@terneuil.example",
        "zahra.hamou@example.org",
        "marc.orsini@pietralba.example",
        "helo.dy@example.org",
        "claire.petit@4roues.example",
        "jules.martin@example.org",
        "proviseur.sortant@ac-lyon.example",
        "proviseur.entrant@ac-lyon.example",
        "cheffe.grenoble@ac-grenoble.example",
        "referent@ac-grenoble.example",
        "support.un@vantail.example",
        "support.deux@vantail.example",
        "referent@ac-lyon.example",
        "admin@vantail.example",
    ] {
        let compte = manifeste
            .comptes
            .iter()
            .find(|c| c.login == login)
            .unwrap_or_else(|| panic!("{login}"));
        assert_eq!(compte.statut, "actif", "{login}");
        assert!(!compte.qui.is_empty(), "{login} is in the printed table");
    }
    for a_voir in ["inactif", "en_cours_activation"] {
        assert!(
            manifeste
                .comptes
                .iter()
                .filter(|c| c.statut == a_voir)
                .count()
                >= 3,
            "{a_voir}"
        );
    }
    let hache: String = sqlx::query_scalar(
        "select distinct mot_de_passe from utilisateurs where mot_de_passe is not null",
    )
    .fetch_one(&portail.db)
    .await
    .expect("one hash for all");
    let juste = mot_de_passe::verifier(
        &portail.app,
        &MotDePasse::new(demo::MOT_DE_PASSE),
        Some(hache),
    )
    .await;
    assert!(juste.expect("a verification"));

    let terneuil = manifeste
        .structures
        .iter()
        .find(|s| s.identifiant == "14700985600138")
        .expect("Terneuil");
    assert_eq!(terneuil.services.len(), 5);
    let ouvertes = manifeste
        .demandes
        .iter()
        .filter(|d| d.structure == terneuil.id && d.statut == "en_cours_de_validation");
    assert_eq!(ouvertes.count(), 12);
    let espaces = manifeste
        .demandes_abonnement
        .iter()
        .filter(|d| d.structure == terneuil.id && d.statut == "en_cours_de_validation");
    assert!(espaces.clone().any(|d| d.login.starts_with("julie.bon")));
    assert_eq!(espaces.count(), 4);
    let julie = portail
        .nombre("select count(*) from abonnements_effectifs a join utilisateurs u on u.id = a.utilisateur_id where u.adresse_connexion = 'julie.bon@terneuil.example' and a.origine = 'demande'")
        .await;
    assert_eq!(julie, 1);
    let mut table = Vec::new();
    manifeste::ecrire_comptes(&mut table).expect("a table");
    assert!(
        String::from_utf8(table)
            .expect("UTF-8")
            .contains(demo::MOT_DE_PASSE)
    );
    serde_json::to_string(&manifeste).expect("JSON");
}

#[tokio::test]
async fn une_demande_montre_les_cinq_statuts_de_service() {
    let portail = monde().await;
    let statuts: Vec<String> = sqlx::query_scalar(
        "select coalesce(
                  (select case when d.statut = 'en_cours_de_validation' then 'en cours' end
                   from demande_services ds join demandes_rattachement d on d.id = ds.demande_id
                   where ds.service_id = v.id and d.utilisateur_id = u.id and d.statut = 'en_cours_de_validation'),
                  (select rs.statut from rattachement_services rs join rattachements r on r.id = rs.rattachement_id
                   where rs.service_id = v.id and r.utilisateur_id = u.id),
                  (select ds.statut from demande_services ds join demandes_rattachement d on d.id = ds.demande_id
                   where ds.service_id = v.id and d.utilisateur_id = u.id), 'aucun')
         from services v join structures s on s.id = v.structure_id
         cross join (select id from utilisateurs where adresse_connexion = 'sophie.lambert@terneuil.example') u
         where s.identifiant = '14700985600138' order by 1",
    )
    .fetch_all(&portail.db)
    .await
    .expect("statuses");
    assert_eq!(
        statuts,
        ["aucun", "desactivee", "ecartee", "en cours", "validee"]
    );
}

#[tokio::test]
async fn charger_deux_fois_ne_change_rien() {
    let portail = monde().await;
    let avant = portail.empreinte().await;
    assert!(
        !demo::charger(&portail.app, &Systeme::processus())
            .await
            .expect("nothing to do")
    );
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn le_monde_tient_debout() {
    let portail = monde().await;
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    // Nothing is left for the jobs: what the screens show at first is what the manifest says.
    let bilan = jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run");
    assert_eq!(bilan, Some(Bilan::default()));
    assert_eq!(
        portail
            .nombre("select count(*) from historique where survenu_le > maintenant()")
            .await,
        0
    );
    assert_eq!(
        portail
            .nombre("select count(*) from (select survenu_le < lag(survenu_le) over (partition by chaine order by numero) as recule from historique) x where recule")
            .await,
        0,
        "the historique goes forward"
    );
    assert_eq!(
        portail
            .nombre("select extract(epoch from decalage)::bigint from horloge")
            .await,
        0,
        "the clock is back"
    );
    // Every decision of the tables is in the historique.
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement d where statut in ('validee', 'refusee', 'retiree') and not exists (select from historique h where h.demande_id = d.id and h.action = 'demande_' || d.statut)")
            .await,
        0
    );
    for capacite in ["gp", "gs", "us"] {
        assert!(
            sqlx::query_scalar::<_, bool>(
                "select count(distinct structure_id) >= 3 from rattachements_effectifs where role = $1"
            )
            .bind(capacite)
            .fetch_one(&portail.db)
            .await
            .expect("a count")
        );
    }
}

/// A text without its markers could leak unseen.
#[tokio::test]
async fn chaque_texte_libre_porte_un_repere_unique() {
    let portail = monde().await;
    let manifeste = manifeste::lire(&portail.app).await.expect("the manifest");
    let reperes: Vec<&str> = manifeste
        .comptes
        .iter()
        .map(|c| c.repere.as_str())
        .chain(manifeste.structures.iter().map(|s| s.repere.as_str()))
        .collect();
    assert_eq!(reperes.iter().collect::<BTreeSet<_>>().len(), reperes.len());
    for repere in &reperes {
        let autres = reperes
            .iter()
            .filter(|autre| *autre != repere && autre.contains(repere));
        assert_eq!(autres.count(), 0, "{repere} is inside another");
    }
    assert_eq!(
        portail
            .nombre(
                "select count(*) from (
                   select adresse as texte from utilisateurs union all select adresse from structures
                   union all select description from services union all select commentaire from rattachements
                   union all select commentaire from rattachement_services
                   union all select commentaire from demandes_rattachement
                   union all select commentaire from demande_abonnement_lignes
                   union all select motif from demandes_abonnement where motif is not null
                   union all select commentaire from inscriptions
                   union all select motif from demandes_rattachement where motif is not null
                   union all select texte from sollicitations union all select texte from sollicitation_messages where texte <> ''
                   union all select objet from sollicitations where categorie = 'autre') x
                 where texte is null or texte !~ '\\[[^]]+\\]'"
            )
            .await,
        0
    );
}

#[tokio::test]
async fn le_journal_du_monde_tient_et_voit_une_alteration() {
    let portail = monde().await;
    let verifier = async || {
        historique::verifier(&portail.db, &portail.app.cles)
            .await
            .expect("a verification")
    };
    let (lues, defauts) = verifier().await;
    assert!(lues > 100 && defauts.is_empty(), "{lues} {defauts:?}");

    let alterer = async |sql: &'static str| {
        sqlx::raw_sql(sql)
            .execute(&portail.db)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
    };
    // The database itself refuses first.
    assert!(
        sqlx::raw_sql("delete from historique")
            .execute(&portail.db)
            .await
            .is_err()
    );
    alterer("alter table historique disable trigger all; alter table historique_donnees disable trigger all").await;

    // One byte of the data.
    alterer("create table gardee as select * from historique_donnees").await;
    alterer(
        "update historique_donnees set donnees = overlay(donnees placing '?' from 5 for 1)
         where historique_id = (select id from historique where numero = 2 limit 1)",
    )
    .await;
    let (_, defauts) = verifier().await;
    assert_eq!(defauts.len(), 1, "{defauts:?}");
    alterer("update historique_donnees d set donnees = g.donnees from gardee g where g.historique_id = d.historique_id").await;
    assert!(verifier().await.1.is_empty());

    // The tail of a chain.
    alterer(
        "with derniere as (select h.id from historique h join historique_tetes t on t.chaine = h.chaine and t.numero = h.numero limit 1),
              d as (delete from historique_donnees where historique_id in (select id from derniere))
         delete from historique where id in (select id from derniere)",
    )
    .await;
    let (_, defauts) = verifier().await;
    assert_eq!(defauts.len(), 1, "{defauts:?}");
    assert!(defauts[0].raison.contains("head"), "{defauts:?}");
}

#[tokio::test]
async fn une_vraie_base_est_refusee() {
    let portail = Portail::nouveau().await;
    marque::admettre(&portail.db)
        .await
        .expect("migrated and empty");
    portail.personne("alice@mairie.example").await;
    let erreur = marque::admettre(&portail.db)
        .await
        .expect_err("somebody lives here");
    assert!(erreur.to_string().contains("DATABASE_URL"), "{erreur}");
    sqlx::raw_sql("drop table instance")
        .execute(&portail.db)
        .await
        .expect("a table less");
    marque::admettre(&portail.db)
        .await
        .expect_err("something else lives here");

    let portail = monde().await;
    marque::admettre(&portail.db).await.expect("marked");
    sqlx::raw_sql("update instance set valeur = 'autre' where cle = 'demo_cle'")
        .execute(&portail.db)
        .await
        .expect("another key");
    marque::poser(&portail.app)
        .await
        .expect_err("signed with another secret");
}

#[tokio::test]
async fn sans_demonstration_aucun_compte_connu() {
    let portail = Portail::nouveau().await;
    assert_eq!(portail.nombre("select count(*) from utilisateurs").await, 0);
    assert_eq!(portail.nombre("select count(*) from instance").await, 0);
}

#[test]
fn le_secret_se_garde_et_ne_se_lit_que_par_son_proprietaire() {
    use std::os::unix::fs::PermissionsExt;
    let dossier = tempfile::tempdir().expect("a folder");
    let donnees = dossier.path().join("donnees");
    let premier = demo::secret::du_dossier(&donnees).expect("made");
    let second = demo::secret::du_dossier(&donnees).expect("read again");
    assert_eq!(
        premier.mac(None, "essai", b"a"),
        second.mac(None, "essai", b"a")
    );
    let droits = std::fs::metadata(donnees.join("secret"))
        .expect("the file")
        .permissions();
    assert_eq!(droits.mode() & 0o777, 0o600);
    std::fs::write(donnees.join("secret"), "v1:court").expect("damaged");
    let erreur = format!(
        "{:#}",
        demo::secret::du_dossier(&donnees).expect_err("damaged")
    );
    assert!(
        erreur.contains("secret") && !erreur.contains("court"),
        "{erreur}"
    );
}

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
