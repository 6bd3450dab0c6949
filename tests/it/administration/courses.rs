use super::{ADELE, BRUNO, LISTE, SABINE, monde};
use crate::support::courses::{ensemble, poster_ensemble};
use crate::support::rondes;

const ADMINISTRATEURS: &str =
    "select count(*) from utilisateurs where equipe = 'administrateur' and statut = 'actif'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_administrateurs_qui_se_desactivent_en_laissent_un() {
    for n in std::iter::repeat_n(1, rondes(3)).chain([10]) {
        let portail = monde().await;
        let (adele, bruno) = (portail.id(ADELE).await, portail.id(BRUNO).await);
        let mut gestes = Vec::new();
        for _ in 0..n {
            for (qui, cible) in [(ADELE, bruno), (BRUNO, adele)] {
                let acteur = portail.connecter(qui).await;
                let adresse = format!("{LISTE}/{cible}/desactivation");
                gestes.push((acteur, adresse, vec![("motif", "L’un ou l’autre.")]));
            }
        }
        let statuts = poster_ensemble(gestes).await;
        assert!(statuts.iter().all(|s| *s < 500), "{statuts:?}");
        assert_eq!(portail.nombre(ADMINISTRATEURS).await, 1, "{statuts:?}");
        assert_eq!(
            portail
                .nombre("select count(*) from historique where action = 'equipe_modifiee'")
                .await,
            1
        );
        assert_eq!(portail.nombre("select count(*) from courriers").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn la_meme_adresse_creee_a_plusieurs_n_est_qu_un_compte() {
    let portail = monde().await;
    for (ronde, n) in std::iter::repeat_n(2, rondes(3)).chain([20]).enumerate() {
        portail.oublier_les_compteurs().await;
        let adresse: &'static str = format!("nouveau{ronde}@test.example").leak();
        let mut acteurs = Vec::new();
        for rang in 0..n {
            acteurs.push(portail.connecter([ADELE, BRUNO][rang % 2]).await);
        }
        let champs = [
            ("prenom", "Simon"),
            ("nom", "Nouvel"),
            ("adresse_connexion", adresse),
            ("equipe", "support"),
            ("motif", "Renfort."),
        ];
        let statuts = ensemble(acteurs, &format!("{LISTE}/nouveau-compte"), &champs).await;
        assert_eq!(statuts.iter().filter(|s| **s == 303).count(), 1);
        assert!(
            statuts.iter().all(|s| [303, 422].contains(s)),
            "{statuts:?}"
        );
        assert_eq!(portail.courriers_pour(adresse).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn desactiver_a_plusieurs_ne_se_dit_qu_une_fois() {
    for n in std::iter::repeat_n(2, rondes(3)).chain([20]) {
        let portail = monde().await;
        let cible = portail.id(SABINE).await;
        let mut acteurs = Vec::new();
        for rang in 0..n {
            acteurs.push(portail.connecter([ADELE, BRUNO][rang % 2]).await);
        }
        let adresse = format!("{LISTE}/{cible}/desactivation");
        let statuts = ensemble(acteurs, &adresse, &[("motif", "Départ.")]).await;
        assert_eq!(statuts.iter().filter(|s| **s == 303).count(), 1);
        assert!(
            statuts.iter().all(|s| [303, 409].contains(s)),
            "{statuts:?}"
        );
        assert_eq!(portail.courriers_pour(SABINE).await.len(), 1);
    }
}
