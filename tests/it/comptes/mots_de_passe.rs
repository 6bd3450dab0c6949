use vantail::courrier::{Usage, jeton};

use super::{NEUF, a_activer, connecte, executer, lien, oublier, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail};

const CAMILLE: &str = "camille.durand@example.org";

/// Random-looking characters, without a repetition that a strength estimator would see.
fn melange(longueur: usize) -> String {
    let signes: Vec<char> = ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .chain("!?*+-=%".chars())
        .collect();
    let mut etat = 20_260_101_u64;
    (0..longueur)
        .map(|_| {
            etat = etat
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            signes[(etat >> 33) as usize % signes.len()]
        })
        .collect()
}

fn table() -> Vec<(String, bool)> {
    [
        ("", false),
        ("court", false),
        ("Rt7!kq-Zw2.", false),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", false),
        ("Azertyuiop12!", false),
        ("ChorusPro2026!", false),
        ("Camille-a-la-plage-1987!", false),
        ("xx-DURAND-8-zebres-verts", false),
        ("Vantail-et-girafes-42!", false),
        ("motdepassemotdepasse", false),
        ("123456789012345678901234", false),
        ("qwertyuiopasdfghjklzxcvbnm", false),
        ("t7Kpx2Zq9LaW", false),
        ("kzqmvwtrbxnplfgj", false),
        (NEUF, true),
        ("t7Kp!x2Zq@9L", true),
        ("t7Kpx2Zq9LaWmB", true),
        ("kzqmvwtrbxnplfgjd", true),
        ("  phrase entre des espaces, quatorze  ", true),
        ("🦒 girafe violette et 42 arbres", true),
    ]
    .into_iter()
    .map(|(mot, accepte)| (mot.to_owned(), accepte))
    .chain([
        (melange(128), true),
        (melange(129), false),
        ("é".repeat(600), false),
    ])
    .collect()
}

#[tokio::test]
async fn la_meme_regle_vaut_sur_les_trois_formulaires() {
    let portail = Portail::nouveau().await;
    let id = portail.personne(CAMILLE).await;
    for (mot, accepte) in table() {
        for usage in [Some(Usage::Activation), Some(Usage::MotDePasse), None] {
            portail.oublier_les_compteurs().await;
            let adresse = if usage == Some(Usage::Activation) {
                executer(
                    &portail,
                    "update utilisateurs set statut = 'en_cours_activation'",
                )
                .await;
                "/activation/"
            } else {
                executer(&portail, "update utilisateurs set statut = 'actif'").await;
                "/mot-de-passe/"
            };
            let page = match usage {
                Some(usage) => {
                    let mut db = portail.db.acquire().await.expect("a connection");
                    let jeton = jeton::emettre(&mut db, id.0, usage, CAMILLE)
                        .await
                        .expect("a token");
                    drop(db);
                    let secret = jeton::secret(&portail.app.cles, jeton.id, usage);
                    portail
                        .anonyme()
                        .poster_sans_suivre(
                            &format!("{adresse}{secret}"),
                            &[("mot_de_passe", &mot)],
                        )
                        .await
                }
                None => {
                    let hache = vantail::acces::mot_de_passe::hacher_maintenant(
                        portail.app.config.argon2,
                        &vantail::web::MotDePasse::new(MOT_DE_PASSE),
                    )
                    .expect("a hash");
                    sqlx::query("update utilisateurs set mot_de_passe = $1")
                        .bind(hache)
                        .execute(&portail.db)
                        .await
                        .expect("a password");
                    portail
                        .connecter(CAMILLE)
                        .await
                        .poster_sans_suivre(
                            "/mon-compte/mot-de-passe",
                            &[("actuel", MOT_DE_PASSE), ("mot_de_passe", &mot)],
                        )
                        .await
                }
            };
            let attendu = if accepte { 303 } else { 422 };
            assert_eq!(
                page.statut.as_u16(),
                attendu,
                "{usage:?} {mot:?}\n{}",
                page.texte()
            );
            if !accepte {
                assert!(page.erreur_de("mot_de_passe").is_some(), "{mot:?}");
                assert!(
                    mot.len() < 8 || !page.corps.contains(&mot),
                    "never sent back"
                );
            }
        }
    }
}

#[tokio::test]
async fn le_refus_dit_pourquoi() {
    let portail = Portail::nouveau().await;
    a_activer(&portail, "ines.faure@example.org").await;
    let lien = lien(&portail, "ines.faure@example.org").await;
    for (mot, raison) in [
        ("", "Saisissez un mot de passe"),
        ("t7Kp!x2Zq@9", "au moins 12 caractères"),
        ("kzqmvwtrbxnplfgj", "trop facile à deviner"),
        ("ChorusPro2026!", "chorus"),
        ("Faure-et-6-girafes", "faure"),
        ("Azertyuiop12!", "mot de passe courant"),
    ] {
        let page = portail
            .anonyme()
            .poster(&lien, &[("mot_de_passe", mot)])
            .await;
        page.statut(422);
        let erreur = page.erreur_de("mot_de_passe").unwrap_or_default();
        assert!(erreur.contains(raison), "{mot}: {erreur}");
    }
}

#[tokio::test]
async fn un_mot_de_passe_n_est_ni_coupe_ni_ebarbe_ni_mis_en_minuscules() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let long = melange(128);
    for mot in [
        " Girafe violette, 42 arbres ",
        long.as_str(),
        "🦒 girafe violette et 42 arbres",
    ] {
        portail.oublier_les_compteurs().await;
        let lien = oublier(&portail, CAMILLE).await;
        portail
            .anonyme()
            .poster(&lien, &[("mot_de_passe", mot)])
            .await
            .statut(200);
        let coupe: String = mot.chars().take(mot.chars().count() - 1).collect();
        for variante in [
            format!("{mot} "),
            format!(" {mot}"),
            mot.trim().to_owned() + "x",
            mot.to_lowercase() + "",
            coupe,
            format!("{mot}{}", "x".repeat(2_000)),
        ] {
            if variante != mot {
                se_connecter(&mut portail.anonyme(), CAMILLE, &variante)
                    .await
                    .statut(422);
            }
        }
        se_connecter(&mut portail.anonyme(), CAMILLE, mot)
            .await
            .statut(303);
    }
}

#[tokio::test]
async fn on_change_son_mot_de_passe_en_donnant_l_actuel() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.connecter(CAMILLE).await;
    let mut ailleurs = portail.connecter(CAMILLE).await;
    let lien = oublier(&portail, CAMILLE).await;
    let avant = camille.cookie("__Host-sid").map(str::to_owned);
    let page = camille.page("/mon-compte/mot-de-passe").await;
    assert_eq!(
        page.attributs("input[type=password]", "autocomplete"),
        ["current-password", "new-password"]
    );
    let page = page
        .formulaire("Enregistrer")
        .remplir("actuel", "Mauvais-mot-de-passe-1")
        .remplir("mot_de_passe", NEUF)
        .envoyer(&mut camille)
        .await;
    page.statut(422);
    assert!(
        page.erreur_de("actuel")
            .is_some_and(|e| e.contains("pas votre mot de passe actuel"))
    );
    let page = page
        .formulaire("Enregistrer")
        .remplir("actuel", MOT_DE_PASSE)
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(&mut camille)
        .await;
    assert!(
        page.statut(422)
            .erreur_de("mot_de_passe")
            .is_some_and(|e| e.contains("différent"))
    );
    assert!(connecte(&mut ailleurs).await);
    let page = page
        .formulaire("Enregistrer")
        .remplir("actuel", MOT_DE_PASSE)
        .remplir("mot_de_passe", NEUF)
        .envoyer(&mut camille)
        .await;
    page.statut(200).contient("Votre mot de passe est modifié.");
    assert_eq!(page.h1(), "Mes sessions");
    assert_eq!(page.tous("tbody tr").len(), 1, "this session only");
    assert!(!connecte(&mut ailleurs).await);
    let apres = camille.cookie("__Host-sid").map(str::to_owned);
    assert_ne!(avant, apres, "under a new id");
    let mut vieux = portail.anonyme();
    vieux.poser_cookie("__Host-sid", &avant.expect("a cookie"));
    assert!(!connecte(&mut vieux).await);
    portail.anonyme().lire(&lien).await.statut(410);
    let courrier = portail.courriers_pour(CAMILLE).await.pop().expect("a mail");
    assert_eq!(courrier.gabarit, "mot_de_passe_modifie");
    se_connecter(&mut portail.anonyme(), CAMILLE, MOT_DE_PASSE)
        .await
        .statut(422);
    se_connecter(&mut portail.anonyme(), CAMILLE, NEUF)
        .await
        .statut(303);
}

#[tokio::test]
async fn deviner_l_actuel_est_freine() {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut camille = portail.connecter(CAMILLE).await;
    let champs = [("actuel", "Mauvais-mot-de-passe-1"), ("mot_de_passe", NEUF)];
    for essai in 0..12 {
        let page = camille.poster("/mon-compte/mot-de-passe", &champs).await;
        page.statut(if essai < 10 { 422 } else { 429 });
    }
    camille
        .poster(
            "/mon-compte/mot-de-passe",
            &[("actuel", MOT_DE_PASSE), ("mot_de_passe", NEUF)],
        )
        .await
        .statut(429)
        .contient("Réessayez à");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn une_connexion_croisee_avec_une_reinitialisation_ne_lui_survit_pas() {
    for _ in 0..crate::support::rondes(6) {
        let portail = Portail::nouveau().await;
        portail.personne(CAMILLE).await;
        let lien = oublier(&portail, CAMILLE).await;
        let entrees: Vec<_> = (0..8)
            .map(|_| {
                let mut acteur = portail.anonyme();
                tokio::spawn(async move {
                    se_connecter(&mut acteur, CAMILLE, MOT_DE_PASSE).await;
                    acteur
                })
            })
            .collect();
        let mut quelqu_un = portail.anonyme();
        let choix =
            tokio::spawn(async move { quelqu_un.poster(&lien, &[("mot_de_passe", NEUF)]).await });
        choix.await.expect("an answer").statut(200);
        for entree in entrees {
            let mut acteur = entree.await.expect("an answer");
            assert!(!connecte(&mut acteur).await, "opened with the old password");
        }
    }
}
