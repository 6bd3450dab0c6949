//! Races against real PostgreSQL: 2, then 20 at once, from one barrier.

use super::api::{appeler, cle};
use super::identifiant::nouvelle;
use super::techniques::lire_le_fichier;
use super::{AILLEURS, GP, GS, Monde, US};
use crate::mon_compte::{historique_vrai, statut_de_la_structure};
use crate::support::courses::{champs, pages_ensemble, statuts};
use crate::support::monde::siret;
use crate::support::page::PageLue;
use crate::support::rondes;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn le_meme_iban_en_meme_temps_fait_une_coordonnee() {
    let monde = Monde::nouveau().await;
    let gs = monde.portail.connecter(GS).await;
    for nombre in [2, 20] {
        let iban = if nombre == 2 {
            "DE89370400440532013000"
        } else {
            "BE68539007547034"
        };
        let actes = (0..nombre)
            .map(|rang| {
                let acteur = if rang % 2 == 0 {
                    monde.gp.clone()
                } else {
                    gs.clone()
                };
                let saisie = [("libelle", "Compte"), ("iban", iban), ("bic", "BNPAFRPP")];
                (
                    acteur,
                    monde.adresse("coordonnees-bancaires/nouvelle"),
                    champs(&saisie),
                )
            })
            .collect();
        let pages = pages_ensemble(actes).await;
        assert!(
            statuts(&pages).iter().all(|s| *s == 303),
            "{:?}",
            statuts(&pages)
        );
    }
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from coordonnees_bancaires")
            .await,
        2
    );
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from historique")
            .await,
        2
    );
    historique_vrai(&monde.portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn des_mandats_croises_ne_se_chevauchent_jamais() {
    let monde = Monde::nouveau().await;
    let aude = monde.portail.connecter(AILLEURS).await;
    for nombre in [2, 20] {
        monde.portail.oublier_les_compteurs().await;
        let actes = (0..nombre)
            .map(|rang| {
                let debut = format!("20{}-0{}-01", 30 + nombre, 1 + rang % 9);
                let (acteur, structure, autre) = if rang % 2 == 0 {
                    (monde.gp.clone(), monde.mairie, siret(2))
                } else {
                    (aude.clone(), monde.ailleurs, siret(1))
                };
                let saisie = [
                    ("type_identifiant", "SIRET"),
                    ("identifiant", &*autre),
                    ("debut", &*debut),
                    ("fin", "2099-12-31"),
                ];
                (
                    acteur,
                    format!("/structures/{structure}/mandats/confirmation"),
                    champs(&saisie),
                )
            })
            .collect();
        let pages = pages_ensemble(actes).await;
        assert!(
            statuts(&pages).iter().all(|s| [303, 422].contains(s)),
            "{:?}",
            statuts(&pages)
        );
    }
    assert_eq!(
        monde.portail.nombre("select count(*) from mandats").await,
        2,
        "one each way: every other one overlaps it"
    );
    historique_vrai(&monde.portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn un_double_clic_ne_cree_ni_ne_reinitialise_deux_fois() {
    let mut monde = Monde::nouveau().await;
    for (tour, nombre) in [2, 20].into_iter().enumerate() {
        let id = vantail::db::TechniqueId::nouveau().to_string();
        let saisie = champs(&[("id", &id), ("adresse_contact", "si@editeur.example")]);
        let adresse = monde.adresse("techniques/nouveau");
        let pages = pages_ensemble(
            (0..nombre)
                .map(|_| (monde.gp.clone(), adresse.clone(), saisie.clone()))
                .collect(),
        )
        .await;
        let fichiers: Vec<&PageLue> = pages.iter().filter(|p| p.statut == 200).collect();
        assert_eq!(fichiers.len(), 1, "{:?}", statuts(&pages));
        assert!(statuts(&pages).iter().all(|s| [200, 409].contains(s)));
        let (identifiant, ancien) = lire_le_fichier(fichiers[0]);
        let page = monde
            .gp
            .page(&monde.adresse(&format!("techniques/{id}/reinitialisation")))
            .await;
        let formulaire = page.formulaire("Confirmer").remplir("grace", "0");
        let saisie = champs(&[
            ("secret", formulaire.valeur("secret").expect("a secret")),
            ("grace", "0"),
        ]);
        let adresse = monde.adresse(&format!("techniques/{id}/reinitialisation"));
        let pages = pages_ensemble(
            (0..nombre)
                .map(|_| (monde.gp.clone(), adresse.clone(), saisie.clone()))
                .collect(),
        )
        .await;
        let fichiers: Vec<&PageLue> = pages.iter().filter(|p| p.statut == 200).collect();
        assert_eq!(fichiers.len(), 1, "{:?}", statuts(&pages));
        let (_, nouveau) = lire_le_fichier(fichiers[0]);
        for (secret, statut) in [(&ancien, 401), (&nouveau, 200)] {
            appeler(&monde.portail, "/api/v1/moi", &cle(&identifiant, secret))
                .await
                .statut(statut);
        }
        let attendus = i64::try_from(tour + 1).expect("few");
        assert_eq!(
            monde
                .portail
                .nombre("select count(*) from comptes_techniques")
                .await,
            attendus
        );
        assert_eq!(
            monde
                .portail
                .nombre("select count(*) from secrets_techniques")
                .await,
            2 * attendus
        );
    }
    historique_vrai(&monde.portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn une_confirmation_double_fait_un_seul_changement() {
    for nombre in [2, 20] {
        let monde = Monde::nouveau().await;
        monde.remplir().await;
        let saisie = champs(&[("type_identifiant", "SIRET"), ("identifiant", &siret(7))]);
        let adresse = monde.adresse("identifiant/confirmation");
        let pages = pages_ensemble(
            (0..nombre)
                .map(|_| (monde.gp.clone(), adresse.clone(), saisie.clone()))
                .collect(),
        )
        .await;
        assert!(
            statuts(&pages).iter().all(|s| [303, 409].contains(s)),
            "{:?}",
            statuts(&pages)
        );
        assert!(statuts(&pages).contains(&303));
        assert_eq!(
            monde
                .portail
                .nombre("select count(*) from changements_identifiant")
                .await,
            1
        );
        assert_eq!(
            monde
                .portail
                .nombre("select count(*) from structures")
                .await,
            3
        );
        assert_eq!(monde.portail.structures_sans_un_gp().await, 0);
        historique_vrai(&monde.portail).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deux_structures_ne_prennent_pas_le_meme_identifiant() {
    for _ in 0..rondes(2) {
        let monde = Monde::nouveau().await;
        let aude = monde.portail.connecter(AILLEURS).await;
        let saisie = champs(&[("type_identifiant", "SIRET"), ("identifiant", &siret(7))]);
        let pages = pages_ensemble(vec![
            (
                monde.gp.clone(),
                monde.adresse("identifiant/confirmation"),
                saisie.clone(),
            ),
            (
                aude,
                format!("/structures/{}/identifiant/confirmation", monde.ailleurs),
                saisie,
            ),
        ])
        .await;
        assert_eq!(statuts(&pages), [303, 422]);
        assert_eq!(
            monde
                .portail
                .nombre("select count(*) from changements_identifiant")
                .await,
            1
        );
        assert_eq!(monde.portail.structures_sans_un_gp().await, 0);
    }
}

/// Whatever happens at the same time, nobody is lost: each act is done before the copy, and copied, or refused after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn un_changement_croise_demande_decision_transfert_et_depart() {
    for ronde in 0..rondes(3) {
        let monde = Monde::nouveau().await;
        monde.remplir().await;
        let p = &monde.portail;
        let (gs, us) = (p.id(GS).await, p.connecter(US).await);
        let zoe = p.uuid("select id from demandes_rattachement").await;
        p.personne("jules.martin@test.example").await;
        let jules = p.connecter("jules.martin@test.example").await;
        let depart = p
            .uuid("select r.id from rattachements r join utilisateurs u on u.id = r.utilisateur_id where u.adresse_connexion = 'ugo.simple@test.example'")
            .await
            .to_string();
        let mut actes = vec![
            (
                monde.gp.clone(),
                monde.adresse("identifiant/confirmation"),
                champs(&[("type_identifiant", "SIRET"), ("identifiant", &siret(7))]),
            ),
            (
                jules,
                format!("/mon-compte/rattachements/demande/{}", monde.mairie),
                champs(&[
                    ("role", "us"),
                    ("maille", "structure"),
                    ("commentaire", "Bonjour"),
                ]),
            ),
            (
                p.connecter(GS).await,
                monde.adresse(&format!("demandes/{zoe}/validation")),
                champs(&[
                    ("role", "us"),
                    ("date_debut", "2026-01-01"),
                    ("commentaire", "Oui."),
                    ("structure", "oui"),
                ]),
            ),
            (
                us,
                "/mon-compte/rattachements/suppression".to_owned(),
                champs(&[("ligne", &depart)]),
            ),
            (
                monde.gp.clone(),
                monde.adresse("transfert/confirmation"),
                champs(&[("successeur", &gs.to_string())]),
            ),
        ];
        let tourne = ronde % actes.len();
        actes.rotate_left(tourne);
        let pages = pages_ensemble(actes).await;
        for page in &pages {
            assert!(
                [303, 403, 404, 409, 422].contains(&page.statut.as_u16()),
                "{} {}",
                page.adresse,
                page.statut
            );
        }
        assert_eq!(p.structures_sans_un_gp().await, 0);
        historique_vrai(p).await;
        let change = p
            .nombre("select count(*) from changements_identifiant")
            .await;
        if change == 1 {
            let neuve = nouvelle(p).await;
            assert_eq!(statut_de_la_structure(p, monde.mairie).await, "inactive");
            assert_eq!(p.nombre("select count(*) from demandes_rattachement d join structures s on s.id = d.structure_id
                                 where d.statut = 'en_cours_de_validation' and s.statut = 'inactive'").await, 0);
            // The same people hold the same things on both sides.
            let ecarts: i64 = sqlx::query_scalar(
                "select count(*) from (
                   (select utilisateur_id, role, statut from rattachements where structure_id = $1 and statut <> 'supprimee'
                    except select utilisateur_id, role, statut from rattachements where structure_id = $2)
                   union all
                   (select utilisateur_id, role, statut from rattachements where structure_id = $2
                    except select utilisateur_id, role, statut from rattachements where structure_id = $1 and statut <> 'supprimee')) x",
            )
            .bind(monde.mairie)
            .bind(neuve)
            .fetch_one(&p.db)
            .await
            .expect("the differences");
            // After the copy the US may leave the old one (1), and the GP hand it over (2 people, each on both sides).
            assert!(ecarts <= 5, "{ecarts}");
        } else {
            assert_ne!(
                crate::mon_compte::gp_de(p, monde.mairie).await.as_deref(),
                Some(GP),
                "he was no longer GP"
            );
        }
    }
}
