use vantail::acces::Systeme;

use super::{ADELE, BRUNO, monde};
use crate::support::courses::ensemble;
use crate::support::{Portail, rondes};

const LISTE: &str = "/administration/espaces";
const TRAVAUX: &str = "/administration/espaces/factures_de_travaux";
const US: &str = "us@test.example";
const GP: &str = "gp@test.example";

async fn jobs(portail: &Portail) {
    vantail::jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run");
}

/// Two structures with a gestionnaire principal and a utilisateur simple; the first is public.
async fn monde_rattache() -> Portail {
    let portail = monde().await;
    for (rang, publique) in [(1, true), (2, false)] {
        let structure = portail
            .structure(&format!("Structure {rang}"), rang, publique)
            .await;
        for (adresse, role) in [(GP, "gp"), (US, "us")] {
            let adresse = format!("{rang}.{adresse}");
            let personne = portail.personne(&adresse).await;
            if role == "gp" {
                portail.gp(structure, personne).await;
            } else {
                portail.rattacher(structure, personne, role, &[]).await;
            }
        }
    }
    portail
}

async fn ont_l_espace(portail: &Portail) -> Vec<String> {
    sqlx::query_scalar(
        "select u.adresse_connexion from abonnements_effectifs a join utilisateurs u on u.id = a.utilisateur_id
         where a.espace = 'factures_de_travaux' order by 1",
    )
    .fetch_all(&portail.db)
    .await
    .expect("people")
}

#[tokio::test]
async fn un_espace_donne_par_defaut_arrive_aux_rattachements_en_vigueur_et_s_en_va() {
    let portail = monde_rattache().await;
    let mut adele = portail.connecter(ADELE).await;
    let page = adele.page(LISTE).await;
    page.statut(200).contient("Sur demande");
    let page = adele.page(TRAVAUX).await;
    let page = page
        .formulaire("Enregistrer")
        .cocher("us", "oui")
        .remplir("motif", "Décidé par le comité.")
        .envoyer(&mut adele)
        .await;
    // First what it touches; nothing has changed yet.
    page.statut(200)
        .contient("2 rattachements\u{202F}: recevront cet espace sans le demander.");
    assert_eq!(
        portail
            .nombre("select count(*) from catalogue_a_appliquer")
            .await,
        0
    );
    page.formulaire("Confirmer")
        .envoyer(&mut adele)
        .await
        .statut(200)
        .contient("En cours d’application");
    assert!(ont_l_espace(&portail).await.is_empty());
    jobs(&portail).await;
    assert_eq!(
        ont_l_espace(&portail).await,
        ["1.us@test.example", "2.us@test.example"]
    );
    adele
        .page(LISTE)
        .await
        .ne_contient_pas("En cours d’application");
    // Each structure reads why.
    let lignes: Vec<(String, String, String)> = sqlx::query_as(
        "select h.acteur_genre, d.donnees::json ->> 'commentaire', d.donnees::json ->> 'motif' from historique h
         join historique_donnees d on d.historique_id = h.id where h.action = 'espaces_regles' and h.structure_id is not null",
    )
    .fetch_all(&portail.db)
    .await
    .expect("lines");
    assert_eq!(lignes.len(), 2);
    for (genre, commentaire, motif) in lignes {
        assert_eq!(genre, "systeme");
        assert!(commentaire.contains("Factures de travaux"), "{commentaire}");
        assert_eq!(motif, "Décidé par le comité.");
    }
    // A second run has nothing to do.
    jobs(&portail).await;
    assert_eq!(
        portail
            .nombre("select count(*) from historique where action = 'espaces_regles'")
            .await,
        2
    );

    let page = adele.page(TRAVAUX).await;
    let page = page
        .formulaire("Enregistrer")
        .decocher("us", "oui")
        .remplir("motif", "Le comité revient.")
        .envoyer(&mut adele)
        .await;
    page.contient("ne l’auront plus sans le demander");
    page.formulaire("Confirmer").envoyer(&mut adele).await;
    jobs(&portail).await;
    assert!(ont_l_espace(&portail).await.is_empty());
}

#[tokio::test]
async fn un_espace_cree_s_obtient_sur_demande_et_son_adresse_le_met_au_menu() {
    let portail = monde_rattache().await;
    let mut adele = portail.connecter(ADELE).await;
    let page = adele.page(LISTE).await;
    let page = adele.page(&page.lien("Créer un espace")).await;
    page.formulaire("Enregistrer")
        .remplir("intitule", "Marchés signés")
        .remplir("adresse", "https://marches.example/")
        .remplir("motif", "Nouvelle application.")
        .envoyer(&mut adele)
        .await
        .statut(200)
        .contient("L’espace est créé. Il s’obtient sur demande.");
    let code: String = sqlx::query_scalar("select code from espaces where nom = 'Marchés signés'")
        .fetch_one(&portail.db)
        .await
        .expect("the espace");
    assert_eq!(code, "marches_signes");
    let mut us = portail.connecter("1.us@test.example").await;
    let accueil = us.page("/").await;
    assert!(accueil.lien_eventuel("Marchés signés").is_none());
    us.page("/mon-compte/abonnements/ajout")
        .await
        .contient("Marchés signés");
    let rattachement = sqlx::query_scalar::<_, vantail::db::RattachementId>(
        "select r.id from rattachements r join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = $1",
    )
    .bind("1.us@test.example")
    .fetch_one(&portail.db)
    .await
    .expect("his");
    portail
        .abonnement(rattachement, None, "marches_signes", "consultation")
        .await;
    let accueil = us.page("/").await;
    assert_eq!(accueil.lien("Marchés signés"), "https://marches.example/");
}

#[tokio::test]
async fn un_espace_faux_est_dit_au_champ_et_ne_change_rien() {
    let portail = monde_rattache().await;
    let mut adele = portail.connecter(ADELE).await;
    let avant = portail.empreinte().await;
    let (long, tres_long) = ("x".repeat(61), "x".repeat(256));
    let bon = [
        ("intitule", "Marchés"),
        ("description", ""),
        ("ordre", "80"),
        ("adresse", ""),
        ("motif", "Nouvelle application."),
    ];
    for (champ, valeur) in [
        ("intitule", ""),
        ("intitule", "???"),
        ("intitule", long.as_str()),
        ("intitule", "factures REÇUES"),
        ("description", tres_long.as_str()),
        ("ordre", "-1"),
        ("ordre", "premier"),
        ("adresse", "marches.example"),
        ("adresse", "javascript:alert(1)"),
        ("motif", ""),
    ] {
        let champs = bon.map(|(c, v)| (c, if c == champ { valeur } else { v }));
        let page = adele
            .poster(&format!("{LISTE}/nouvel-espace"), &champs)
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ}: {valeur}");
    }
    // A part of the portal lives nowhere else, an espace that does not exist is not changed.
    let champs = bon.map(|(c, v)| {
        let valeur = if c == "adresse" {
            "https://x.example/"
        } else {
            v
        };
        (c, valeur)
    });
    adele
        .poster(&format!("{LISTE}/sollicitations_emises"), &champs)
        .await
        .statut(422)
        .contient("il n’a pas d’adresse");
    adele
        .poster(&format!("{LISTE}/inconnu"), &bon)
        .await
        .statut(404);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn celui_qui_modifie_un_espace_en_second_relit_d_abord() {
    let portail = monde().await;
    let mut adele = portail.connecter(ADELE).await;
    let mut bruno = portail.connecter(BRUNO).await;
    let vue = adele.page(TRAVAUX).await;
    let page = bruno.page(TRAVAUX).await;
    page.formulaire("Enregistrer")
        .remplir("description", "De Bruno")
        .remplir("motif", "Bruno.")
        .envoyer(&mut bruno)
        .await
        .statut(200);
    let avant = portail.empreinte().await;
    let refus = vue
        .formulaire("Enregistrer")
        .remplir("description", "D’Adèle")
        .remplir("motif", "Adèle.")
        .envoyer(&mut adele)
        .await;
    refus
        .statut(422)
        .contient("Cet espace a changé depuis que vous avez ouvert cette page.");
    assert_eq!(portail.empreinte().await, avant);
    let formulaire = refus.formulaire("Enregistrer");
    assert_eq!(formulaire.valeur("description"), Some("D’Adèle"));
    formulaire
        .envoyer(&mut adele)
        .await
        .contient("L’espace est enregistré.");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pendant_que_le_catalogue_s_applique_les_rattachements_restent_d_accord() {
    for _ in 0..rondes(3) {
        let portail = monde_rattache().await;
        let structure = portail.structure("Structure 3", 3, true).await;
        let gp = portail.personne("3.gp@test.example").await;
        portail.gp(structure, gp).await;
        let mut demandes = Vec::new();
        for n in 0..8 {
            let qui = portail.personne(&format!("d{n}@test.example")).await;
            demandes.push(portail.demande(structure, qui, "us", &[]).await);
        }
        let mut adele = portail.connecter(ADELE).await;
        let page = adele.page(TRAVAUX).await;
        let page = page
            .formulaire("Enregistrer")
            .cocher("us", "oui")
            .remplir("motif", "Course.")
            .envoyer(&mut adele)
            .await;
        page.formulaire("Confirmer")
            .envoyer(&mut adele)
            .await
            .statut(200);
        let mut gp = portail.connecter("3.gp@test.example").await;
        let systeme = Systeme::processus();
        let (bilan, ()) = tokio::join!(
            vantail::jobs::lancer_une_fois(&portail.app, &systeme),
            async {
                for demande in &demandes {
                    let adresse = format!("/structures/{structure}/demandes/{demande}/validation");
                    gp.poster_sans_suivre(&adresse, &[]).await;
                }
            }
        );
        bilan.expect("a run");
        jobs(&portail).await;
        let ecarts = portail
            .nombre(
                "with dus as (select rattachement_id, service_id, origine, droit from abonnements_dus
                              where espace = 'factures_de_travaux'),
                   tenus as (select rattachement_id, service_id, origine, droit from abonnements
                             where espace = 'factures_de_travaux' and origine <> 'demande')
                 select count(*) from ((table dus except table tenus) union all (table tenus except table dus)) x",
            )
            .await;
        assert_eq!(ecarts, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_espace_cree_a_plusieurs_n_existe_qu_une_fois() {
    let portail = monde().await;
    for (ronde, n) in std::iter::repeat_n(2, rondes(3)).chain([20]).enumerate() {
        portail.oublier_les_compteurs().await;
        let nom: &'static str = format!("Espace {ronde}").leak();
        let mut acteurs = Vec::new();
        for rang in 0..n {
            acteurs.push(portail.connecter([ADELE, BRUNO][rang % 2]).await);
        }
        let champs = [("intitule", nom), ("ordre", "90"), ("motif", "Ensemble.")];
        let statuts = ensemble(acteurs, &format!("{LISTE}/nouvel-espace"), &champs).await;
        assert_eq!(statuts.iter().filter(|s| **s == 303).count(), 1);
        assert!(
            statuts.iter().all(|s| [303, 422].contains(s)),
            "{statuts:?}"
        );
    }
}
