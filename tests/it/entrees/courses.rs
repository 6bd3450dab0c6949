//! Races: one button many times, imports and direct acts at once, two structures that want the same addresses.

use super::{intacte, verifier};
use crate::activites::Terneuil;
use crate::support::courses::{Envoi, envoi, poster_ensemble};
use crate::support::rondes;

async fn comptes(t: &Terneuil) -> (i64, i64, i64) {
    (
        t.portail
            .nombre("select count(*) from utilisateurs where nom = 'Neuve'")
            .await,
        t.portail
            .nombre("select count(*) from inscriptions where genre = 'rattachement'")
            .await,
        t.portail
            .nombre("select count(*) from historique where action = 'compte_cree'")
            .await,
    )
}

#[tokio::test]
async fn deux_puis_vingt_applications_du_meme_fichier_n_en_font_qu_une() {
    let t = Terneuil::nouveau().await;
    let mut attendus = 0;
    for nombre in [2, 20] {
        for ronde in 0..rondes(1) {
            t.portail.oublier_les_compteurs().await;
            let ligne = format!("Neuve;Line;line{nombre}.r{ronde}@example.org;us;ACH");
            let fichier = format!("Nom;Prenom;Adresse;Role;Services\n{ligne}\n");
            let mut pauline = t.pauline.clone();
            let page = verifier(&t, &mut pauline, fichier).await;
            let action = page.statut(200).formulaire("Appliquer").action;
            let envois: Vec<Envoi> = (0..nombre)
                .map(|_| envoi(&pauline, action.clone(), Vec::new()))
                .collect();
            let statuts = poster_ensemble(envois).await;
            assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
            attendus += 1;
            assert_eq!(comptes(&t).await, (attendus, attendus, attendus));
        }
    }
    intacte(&t.portail).await;
}

#[tokio::test]
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
            let mut lignes = [
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
            actes.push(envoi(&acteur, action.clone(), Vec::new()));
            actes.push(envoi(&acteur, action, Vec::new()));
        }
        let direct = [
            ("role", "us"),
            ("date_debut", "2026-01-01"),
            ("commentaire", "Oui."),
            ("structure", "oui"),
        ]
        .map(|(c, v)| (c, v.to_owned()))
        .to_vec();
        let ecran = format!("/structures/{}/rattachement/{jules}", t.structure);
        actes.push(envoi(&t.pauline, ecran, direct));
        let statuts = poster_ensemble(actes).await;
        assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
        let (nouveaux, attentes, prevues) = comptes(&t).await;
        let n = i64::try_from(ronde + 1).expect("rounds") * 2;
        assert_eq!((nouveaux, attentes, prevues), (n, n, n));
    }
    intacte(&t.portail).await;
}

#[tokio::test]
async fn deux_imports_de_deux_structures_avec_les_memes_adresses_ne_se_bloquent_pas() {
    let t = Terneuil::nouveau().await;
    let (etrangere, _, omar) = crate::activites::ailleurs(&t.portail).await;
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
        let statuts = poster_ensemble(vec![
            envoi(&pauline, ici, Vec::new()),
            envoi(&omar, la, Vec::new()),
        ])
        .await;
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
