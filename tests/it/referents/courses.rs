//! Races: two référents on one request, the same address twice, one file twice, one link twice.

use super::{ANNE, SIRET_LYON, gabarits, monde, referent};
use crate::support::courses::{a_la_fois, ensemble, poster_ensemble};
use crate::support::rondes;

const SECONDE: &str = "sylvie.seconde@ac-lyon.test";

async fn une_ronde(nombre: usize) {
    let m = monde().await;
    let seconde = referent(&m.portail, SECONDE, m.lyon).await;
    let id = m.demande_confirmee(ANNE, SIRET_LYON).await;
    let racine = format!("/referent/demandes-de-compte/{id}");
    let creation = vec![
        ("prenom", "Anne"),
        ("nom", "Royer"),
        ("adresse_connexion", ANNE),
        ("siret", SIRET_LYON),
        ("motif", "Demande."),
    ];
    let gestes = (0..nombre)
        .map(|n| {
            let acteur = if n % 2 == 0 {
                m.martine.clone()
            } else {
                seconde.clone()
            };
            if n % 4 == 1 {
                (acteur, format!("{racine}/refus"), vec![("motif", "Non.")])
            } else {
                (acteur, format!("{racine}/compte"), creation.clone())
            }
        })
        .collect();
    let statuts = poster_ensemble(gestes).await;
    assert_eq!(
        statuts.iter().filter(|s| **s == 303).count(),
        1,
        "{statuts:?}"
    );
    assert!(
        statuts.iter().all(|s| [303, 409, 422].contains(s)),
        "{statuts:?}"
    );
    assert_eq!(
        gabarits(&m.portail, ANNE)
            .await
            .iter()
            .filter(|g| *g == "demande_de_compte_traitee")
            .count(),
        1
    );
}

#[tokio::test]
async fn deux_referents_traitent_la_meme_demande_un_seul_gagne() {
    for _ in 0..rondes(1) {
        une_ronde(2).await;
    }
}

#[tokio::test]
async fn vingt_traitements_de_la_meme_demande_un_seul_gagne() {
    une_ronde(20).await;
}

#[tokio::test]
async fn la_meme_adresse_creee_vingt_fois_ne_fait_qu_un_compte() {
    let m = monde().await;
    let champs = [
        ("prenom", "Anne"),
        ("nom", "Royer"),
        ("adresse_connexion", ANNE),
        ("motif", "Arrivée."),
    ];
    let acteurs = (0..20).map(|_| m.martine.clone()).collect();
    let statuts = ensemble(acteurs, "/referent/comptes/nouveau", &champs).await;
    assert_eq!(
        statuts.iter().filter(|s| **s == 303).count(),
        1,
        "{statuts:?}"
    );
    assert!(
        statuts.iter().all(|s| [303, 422].contains(s)),
        "{statuts:?}"
    );
    assert_eq!(gabarits(&m.portail, ANNE).await, ["activation"]);
}

#[tokio::test]
async fn vingt_confirmations_du_meme_lien_ouvrent_une_demande() {
    let m = monde().await;
    m.demander(ANNE, SIRET_LYON).await;
    let lien = m.lien(ANNE).await;
    let acteurs = (0..20).map(|_| m.portail.anonyme()).collect();
    let statuts = ensemble(acteurs, &lien, &[]).await;
    assert_eq!(
        statuts.iter().filter(|s| **s == 303).count(),
        1,
        "{statuts:?}"
    );
    assert!(
        statuts.iter().all(|s| [303, 410].contains(s)),
        "{statuts:?}"
    );
    assert_eq!(
        gabarits(&m.portail, ANNE).await,
        ["demande_de_compte_a_confirmer", "demande_de_compte_recue"]
    );
}

#[tokio::test]
async fn vingt_demandes_de_la_meme_adresse_n_en_font_qu_une() {
    let m = monde().await;
    let gestes = (0..20).map(|_| {
        let mut acteur = m.portail.anonyme();
        async move {
            acteur
                .poster_sans_suivre(
                    "/demande-de-compte",
                    &[
                        ("siret", SIRET_LYON),
                        ("prenom", "Anne"),
                        ("nom", "Royer"),
                        ("adresse_connexion", ANNE),
                    ],
                )
                .await
        }
    });
    let statuts = a_la_fois(gestes).await;
    assert_eq!(
        statuts.iter().filter(|s| **s == 303).count(),
        5,
        "{statuts:?}"
    );
    assert!(
        statuts.iter().all(|s| [303, 429].contains(s)),
        "{statuts:?}"
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from demandes_de_compte")
            .await,
        1
    );
}

#[tokio::test]
async fn un_fichier_applique_vingt_fois_l_est_une() {
    let mut m = monde().await;
    let contenu = format!("Nom;Prénom;Adresse;Structure\nRoyer;Anne;{ANNE};{SIRET_LYON}\n");
    let action = format!("/referent/arrivees?perimetre={}", m.lyon);
    let page = m
        .martine
        .deposer(&action, "a.csv", contenu.as_bytes())
        .await;
    let ici = page.formulaire("Créer ces comptes").action;
    let acteurs = (0..20).map(|_| m.martine.clone()).collect();
    let statuts = ensemble(acteurs, &ici, &[("motif", "Rentrée.")]).await;
    assert!(statuts.iter().all(|s| *s == 303), "{statuts:?}");
    assert_eq!(gabarits(&m.portail, ANNE).await, ["activation"]);
}

#[tokio::test]
async fn desactiver_et_corriger_a_la_fois_laissent_un_etat_vrai() {
    let m = monde().await;
    let racine = format!("/referent/comptes/{}", m.agent);
    let gestes = (0..20)
        .map(|n| {
            let acteur = m.martine.clone();
            if n % 2 == 0 {
                (
                    acteur,
                    format!("{racine}/desactivation"),
                    vec![("motif", "Départ.")],
                )
            } else {
                let champs = vec![
                    ("prenom", "Loïc"),
                    ("nom", "Tessier"),
                    ("adresse_connexion", "loic.tessier3@ac-lyon.test"),
                    ("motif", "Homonyme."),
                ];
                (acteur, format!("{racine}/identite"), champs)
            }
        })
        .collect();
    let statuts = poster_ensemble(gestes).await;
    assert!(
        statuts.iter().all(|s| [303, 409].contains(s)),
        "{statuts:?}"
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from utilisateurs u join rattachements r on r.utilisateur_id = u.id where u.nom = 'Tessier' and u.statut = 'inactif' and r.statut = 'desactivee' and r.cause = 'compte'")
            .await,
        1
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from historique where action = 'compte_pigp_desactive'")
            .await,
        1
    );
}
