//! Races: many creations of one address, sign-up and creation, imports and direct acts at once.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{adresse_du_compte, intacte, rattachement, verifier};
use crate::activites::Terneuil;
use crate::support::{Acteur, rondes};

type Champs = Vec<(&'static str, String)>;

/// All at once; the statuses, sorted.
async fn ensemble(actes: Vec<(Acteur, String, Champs)>) -> Vec<u16> {
    let barriere = Arc::new(Barrier::new(actes.len()));
    let mut courses = JoinSet::new();
    for (mut acteur, adresse, champs) in actes {
        let barriere = barriere.clone();
        courses.spawn(async move {
            barriere.wait().await;
            let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
            acteur
                .poster_sans_suivre(&adresse, &champs)
                .await
                .statut
                .as_u16()
        });
    }
    let mut statuts = courses.join_all().await;
    statuts.sort_unstable();
    statuts
}

fn compte(adresse: &str) -> Champs {
    [
        ("nom", "Neuve"),
        ("prenom", "Line"),
        ("adresse_connexion", adresse),
        ("role", "us"),
        ("date_debut", "2026-01-01"),
        ("commentaire", "Bienvenue."),
        ("structure", "oui"),
    ]
    .map(|(c, v)| (c, v.to_owned()))
    .to_vec()
}

async fn comptes(t: &Terneuil) -> (i64, i64, i64) {
    (
        t.portail
            .nombre("select count(*) from utilisateurs where nom = 'Neuve'")
            .await,
        t.portail
            .nombre("select count(*) from inscriptions where genre = 'rattachement'")
            .await,
        t.portail
            .nombre("select count(*) from historique where action = 'entree_prevue'")
            .await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn deux_puis_vingt_creations_de_la_meme_adresse_font_un_compte() {
    let t = Terneuil::nouveau().await;
    let mut attendus = 0;
    for nombre in [2, 20] {
        for ronde in 0..rondes(1) {
            t.portail.oublier_les_compteurs().await;
            let champs = compte(&format!("line{nombre}.r{ronde}@example.org"));
            let acte = (t.pauline.clone(), adresse_du_compte(&t), champs);
            let statuts = ensemble(vec![acte; nombre]).await;
            assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
            attendus += 1;
            assert_eq!(comptes(&t).await, (attendus, attendus, attendus));
        }
    }
    intacte(&t.portail).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn creer_un_compte_et_s_inscrire_avec_la_meme_adresse_ne_font_qu_un_compte() {
    let t = Terneuil::nouveau().await;
    for ronde in 0..rondes(2) {
        t.portail.oublier_les_compteurs().await;
        let adresse = format!("line.r{ronde}@example.org");
        let mut visiteur = t.portail.anonyme();
        crate::inscription::jusqu_a_la_verification(&mut visiteur, &adresse).await;
        let actes = vec![
            (t.pauline.clone(), adresse_du_compte(&t), compte(&adresse)),
            (visiteur, "/inscription/verification".to_owned(), Vec::new()),
        ];
        let statuts = ensemble(actes).await;
        assert_eq!(statuts, [303, 303]);
        let n: i64 =
            sqlx::query_scalar("select count(*) from utilisateurs where adresse_connexion = $1")
                .bind(&adresse)
                .fetch_one(&t.portail.db)
                .await
                .expect("a count");
        assert_eq!(n, 1);
        let intentions: i64 = sqlx::query_scalar(
            "select count(*) from inscriptions i join utilisateurs u on u.id = i.utilisateur_id where u.adresse_connexion = $1",
        )
        .bind(&adresse)
        .fetch_one(&t.portail.db)
        .await
        .expect("a count");
        assert_eq!(intentions, 1, "one of the two, whole");
    }
    intacte(&t.portail).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_et_rattachements_directs_en_meme_temps_restent_coherents() {
    let t = Terneuil::nouveau().await;
    let gs = t
        .gs("guy.second@example.org", &[], &["rattacher_utilisateurs"])
        .await;
    for ronde in 0..rondes(2) {
        t.portail.oublier_les_compteurs().await;
        let jules = t
            .portail
            .personne(&format!("jules.r{ronde}@example.org"))
            .await;
        let fichier = |ordre: bool| {
            let mut lignes = vec![
                format!("Martin;Jules;jules.r{ronde}@example.org;us;ACH"),
                format!("Neuve;Line;a.r{ronde}@example.org;us;JUR"),
                format!("Neuve;Line;b.r{ronde}@example.org;us;ACH|JUR"),
            ];
            if ordre {
                lignes.reverse();
            }
            format!("Nom;Prenom;Adresse;Role;Services\n{}\n", lignes.join("\n"))
        };
        let mut actes = Vec::new();
        for (rang, acteur) in [&t.pauline, &gs].into_iter().enumerate() {
            let mut acteur = acteur.clone();
            let page = verifier(&t, &mut acteur, fichier(rang == 1)).await;
            let action = page.statut(200).formulaire("Appliquer").action;
            // Twice the same button, too.
            actes.push((acteur.clone(), action.clone(), Vec::new()));
            actes.push((acteur, action, Vec::new()));
        }
        let direct = [
            ("role", "us"),
            ("date_debut", "2026-01-01"),
            ("commentaire", "Oui."),
            ("structure", "oui"),
        ]
        .map(|(c, v)| (c, v.to_owned()))
        .to_vec();
        actes.push((
            t.pauline.clone(),
            format!("{}/{jules}", rattachement(&t)),
            direct,
        ));
        let statuts = ensemble(actes).await;
        assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
        let (nouveaux, attentes, prevues) = comptes(&t).await;
        let n = i64::try_from(ronde + 1).expect("rounds") * 2;
        assert_eq!((nouveaux, attentes, prevues), (n, n, n));
    }
    intacte(&t.portail).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deux_imports_de_deux_structures_avec_les_memes_adresses_ne_se_bloquent_pas() {
    let t = Terneuil::nouveau().await;
    let (_, _, omar) = crate::activites::ailleurs(&t.portail).await;
    let etrangere = t.portail.uuid("select structure_id from rattachements r join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion like 'omar%'").await;
    for ronde in 0..rondes(2) {
        t.portail.oublier_les_compteurs().await;
        let lignes: Vec<String> = (0..20)
            .map(|n| format!("Neuve;Line;c{n:02}.r{ronde}@example.org;us;Toute la structure"))
            .collect();
        let entete = "Nom;Prenom;Adresse;Role;Services\n";
        let endroit = format!("{entete}{}\n", lignes.join("\n"));
        let envers: Vec<String> = lignes.into_iter().rev().collect();
        let envers = format!("{entete}{}\n", envers.join("\n"));
        let mut pauline = t.pauline.clone();
        let ici = verifier(&t, &mut pauline, endroit)
            .await
            .formulaire("Appliquer")
            .action;
        let mut omar = omar.clone();
        let la = omar
            .deposer(
                &format!("/structures/{etrangere}/rattachement/import"),
                "x.csv",
                envers.as_bytes(),
            )
            .await
            .formulaire("Appliquer")
            .action;
        let statuts = ensemble(vec![(pauline, ici, Vec::new()), (omar, la, Vec::new())]).await;
        assert_eq!(statuts, [303, 303]);
        let n: i64 =
            sqlx::query_scalar("select count(*) from utilisateurs where adresse_connexion like $1")
                .bind(format!("c%.r{ronde}@example.org"))
                .fetch_one(&t.portail.db)
                .await
                .expect("a count");
        assert_eq!(
            n, 20,
            "the first one creates them all, the second one says what changed"
        );
    }
    intacte(&t.portail).await;
}
