//! Block E « Rechercher Utilisateur »: criteria, results, personal data, identity, activation mails, CSV.

use super::{JULIE, Monde, THOMAS};
use crate::activites::ailleurs;
use crate::comptes::lien;
use crate::support::instructions;

const E: &str = "/activites/utilisateurs";
const LOUIS: &str = "louis.neuf@example.org";

async fn creer_louis(monde: &mut Monde) {
    let adresse = format!("/structures/{}/rattachement/creation", monde.t.structure);
    monde
        .t
        .pauline
        .poster(
            &adresse,
            &[
                ("adresse_connexion", LOUIS),
                ("prenom", "Louis"),
                ("nom", "Neuf"),
                ("role", "us"),
                ("date_debut", "2026-01-01"),
                ("commentaire", "Bienvenue."),
                ("structure", "oui"),
            ],
        )
        .await
        .statut(200);
}

#[tokio::test]
async fn la_recherche_trouve_dans_mes_structures_en_huit_instructions_au_plus() {
    let mut monde = Monde::nouveau().await;
    ailleurs(&monde.t.portail).await;
    monde.t.demande("zoe.aubert@example.org", &[]).await;
    let page = monde.t.pauline.page("/activites").await;
    let vide = page
        .formulaire("Rechercher Utilisateur")
        .envoyer(&mut monde.t.pauline)
        .await;
    vide.statut(200)
        .contient("(4 lignes)")
        .contient("Zoe Aubert")
        .contient("En cours de validation")
        .ne_contient_pas("Canari")
        .ne_contient_pas("Omar");
    let (_, instructions) =
        instructions::compter(monde.t.pauline.page(&format!("{E}?u.recherche=1"))).await;
    assert!(instructions <= 8, "{instructions} statements");
    let (_, instructions) = instructions::compter(monde.t.pauline.page("/activites")).await;
    assert!(instructions <= 8, "{instructions} statements");
    assert_eq!(
        vide.tous("#resultats thead th")[1..],
        [
            "Utilisateur",
            "Adresse de connexion",
            "Date de création",
            "Structure",
            "Statut utilisateur",
            "Statut du rattachement",
            "Actions"
        ]
    );
    for (question, attendus) in [
        ("u.nom=bôn", vec!["Julie Bon"]),
        ("u.prenom=thom", vec!["Thomas Mostkowsy"]),
        ("u.adresse=mostkowsy@", vec!["Thomas Mostkowsy"]),
        ("u.service=juridique", vec!["Thomas Mostkowsy"]),
        ("u.structure=ailleurs", vec![]),
        ("u.nom=%25", vec![]),
        ("u.lien=en_cours_validation", vec!["Zoe Aubert"]),
        ("u.statut=inactif", vec![]),
        ("u.statut=x'", vec![]),
    ] {
        let page = monde.t.pauline.page(&format!("{E}?{question}")).await;
        page.statut(200);
        assert_eq!(page.tous("#resultats tbody th"), attendus, "{question}");
    }
    // The pending request is one click away.
    let page = monde.t.pauline.page(&format!("{E}?u.nom=aubert")).await;
    let demande = monde.t.pauline.page(&page.lien("Traiter la demande")).await;
    demande.statut(200).contient("Zoe Aubert demande à agir");
    // A deactivated structure of mine is still mine; an outsider has nothing.
    let mut julie = monde.t.portail.connecter(JULIE).await;
    julie.page(&format!("{E}?u.recherche=1")).await.statut(403);
}

#[tokio::test]
async fn ce_que_je_lis_d_une_personne_ne_dit_rien_des_autres_structures() {
    let mut monde = Monde::nouveau().await;
    let (etrangere, _, mut omar) = ailleurs(&monde.t.portail).await;
    let julie = monde.t.portail.id(JULIE).await;
    let thomas = monde.t.portail.id(THOMAS).await;
    monde.t.portail.rattacher(etrangere, julie, "us", &[]).await;
    let page = monde.t.pauline.page(&format!("{E}/{julie}")).await;
    page.statut(200)
        .contient("Julie Bon")
        .contient("CCAS Terneuil")
        .contient("Adresse postale")
        .ne_contient_pas("Ailleurs");
    let vu = omar.page(&format!("{E}/{julie}")).await;
    vu.statut(200).ne_contient_pas("CCAS Terneuil");
    omar.page(&format!("{E}/{thomas}")).await.statut(404);
    omar.page(&format!("{E}/{thomas}/identite"))
        .await
        .statut(404);
    // One line, « Liste » where there are several.
    let sienne = monde.t.portail.structure("Régie", 9, true).await;
    let pauline = monde.t.portail.id(crate::activites::PAULINE).await;
    monde.t.portail.gp(sienne, pauline).await;
    monde.t.portail.rattacher(sienne, julie, "us", &[]).await;
    let page = monde.t.pauline.page(&format!("{E}?u.nom=bon")).await;
    page.contient("Liste des structures de Julie Bon");
    let fiche = monde.t.pauline.page(&page.lien("Liste")).await;
    fiche.contient("Régie").contient("CCAS Terneuil");
    // Somebody who only asks: her postal address is not ours to read.
    monde.t.demande("zoe.aubert@example.org", &[]).await;
    let zoe = monde.t.portail.id("zoe.aubert@example.org").await;
    monde
        .t
        .pauline
        .page(&format!("{E}/{zoe}"))
        .await
        .statut(200)
        .contient("quand la personne est rattachée");
}

#[tokio::test]
async fn le_courriel_d_activation_se_renvoie_a_un_ou_a_plusieurs() {
    let mut monde = Monde::nouveau().await;
    creer_louis(&mut monde).await;
    let louis = monde.t.portail.id(LOUIS).await;
    let julie = monde.t.portail.id(JULIE).await;
    let page = monde
        .t
        .pauline
        .page(&format!("{E}?u.recherche=1&u.par=50"))
        .await;
    page.formulaire("Renvoyer mails d’activation")
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(422)
        .contient("Cochez au moins un utilisateur.");
    let premier = lien(&monde.t.portail, LOUIS).await;
    page.formulaire("Renvoyer mails d’activation")
        .cocher("id", &louis.to_string())
        .cocher("id", &julie.to_string())
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(200)
        .contient("1 courriel d’activation renvoyé.")
        .contient("son compte n’attend pas d’activation");
    assert_eq!(monde.t.portail.courriers_pour(LOUIS).await.len(), 2);
    let second = lien(&monde.t.portail, LOUIS).await;
    assert_ne!(premier, second);
    let mut anonyme = monde.t.portail.anonyme();
    anonyme.page(&premier).await.statut(410);
    anonyme.page(&second).await.statut(200);
    // Nobody is flooded.
    let mut derniere = None;
    for _ in 0..6 {
        let page = monde
            .t
            .pauline
            .poster(
                "/activites/utilisateurs/activation",
                &[("id", &louis.to_string())],
            )
            .await;
        derniere = Some(page);
    }
    derniere
        .expect("a page")
        .contient("plusieurs courriels viennent de partir");
    assert!(monde.t.portail.courriers_pour(LOUIS).await.len() <= 7);
    let (_, _, mut omar) = ailleurs(&monde.t.portail).await;
    let n = monde.t.portail.courriers_pour(LOUIS).await.len();
    omar.poster(
        "/activites/utilisateurs/activation",
        &[("id", &louis.to_string())],
    )
    .await
    .contient("utilisateur introuvable");
    assert_eq!(monde.t.portail.courriers_pour(LOUIS).await.len(), n);
}

#[tokio::test]
async fn l_identite_se_corrige_avant_l_activation_seulement() {
    let mut monde = Monde::nouveau().await;
    creer_louis(&mut monde).await;
    let louis = monde.t.portail.id(LOUIS).await;
    let julie = monde.t.portail.id(JULIE).await;
    let adresse = format!("{E}/{louis}/identite");
    let ancien = lien(&monde.t.portail, LOUIS).await;
    let page = monde.t.pauline.page(&adresse).await;
    let avant = monde.t.portail.empreinte().await;
    for (champ, valeur) in [
        ("nom", ""),
        ("adresse_connexion", "x"),
        ("adresse_connexion", JULIE),
    ] {
        let refus = page
            .statut(200)
            .formulaire("Enregistrer")
            .remplir(champ, valeur)
            .envoyer(&mut monde.t.pauline)
            .await;
        refus.statut(422);
        assert!(refus.erreur_de(champ).is_some(), "{champ} {valeur}");
    }
    // An active account is never edited by a gestionnaire.
    let active = format!("{E}/{julie}/identite");
    monde.t.pauline.page(&active).await.statut(409);
    monde
        .t
        .pauline
        .poster(
            &active,
            &[
                ("nom", "Volée"),
                ("prenom", "Julie"),
                ("adresse_connexion", "pirate@example.org"),
            ],
        )
        .await
        .statut(409);
    assert_eq!(avant, monde.t.portail.empreinte().await, "nothing changed");
    page.formulaire("Enregistrer")
        .remplir("nom", "Neuf-Martin")
        .remplir("adresse_connexion", "louis.martin@example.org")
        .envoyer(&mut monde.t.pauline)
        .await
        .statut(200)
        .contient("Louis Neuf-Martin");
    let mut anonyme = monde.t.portail.anonyme();
    anonyme.page(&ancien).await.statut(410);
    let nouveau = lien(&monde.t.portail, "louis.martin@example.org").await;
    anonyme
        .page(&nouveau)
        .await
        .statut(200)
        .contient("Louis Neuf-Martin");
    // Another structure attaches that account: its address is nobody's to change any more.
    let (etrangere, _, _) = ailleurs(&monde.t.portail).await;
    monde.t.portail.rattacher(etrangere, louis, "us", &[]).await;
    monde.t.pauline.page(&adresse).await.statut(409);
}

#[tokio::test]
async fn le_csv_donne_tout_ou_la_selection() {
    let mut monde = Monde::nouveau().await;
    sqlx::query("update utilisateurs set prenom = '+1' where adresse_connexion = $1")
        .bind(THOMAS)
        .execute(&monde.t.portail.db)
        .await
        .expect("a hostile name");
    let tout = monde.t.pauline.page(&format!("{E}.csv")).await;
    tout.statut(200);
    assert_eq!(tout.corps.lines().count(), 4);
    assert!(tout.corps.contains("'+1 Mostkowsy"));
    let julie = monde.t.portail.id(JULIE).await;
    let page = monde
        .t
        .pauline
        .page(&format!("{E}?u.recherche=1&u.par=50"))
        .await;
    let choisis = page
        .formulaire("Exporter la sélection en CSV")
        .cocher("id", &julie.to_string())
        .envoyer(&mut monde.t.pauline)
        .await;
    choisis.statut(200);
    assert_eq!(choisis.corps.lines().count(), 2);
    assert!(choisis.corps.contains(JULIE));
    let (_, _, mut omar) = ailleurs(&monde.t.portail).await;
    let ailleurs = omar
        .poster(
            "/activites/utilisateurs/export",
            &[("id", &julie.to_string())],
        )
        .await;
    assert!(!ailleurs.corps.contains(JULIE));
    omar.poster("/activites/utilisateurs/export", &[("id", "x")])
        .await
        .statut(422);
}
