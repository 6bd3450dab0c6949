//! `SECRET_KEY` is replaced while instances serve (docs/EXPLOITATION.md, « Secrets »).

use vantail::historique;

use super::{CAMILLE, activer, donner};
use crate::comptes::{NEUF, connecte, oublier, se_connecter};
use crate::support::{MOT_DE_PASSE, Portail, config_avec};

pub(super) const V1: &str = "v1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
pub(super) const V2: &str = "v2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

/// The instances restart one after the other, twice: two settings are in force at once, and whatever one of them signs the
/// other understands. Sessions, links, second factors, chains of the historique.
#[tokio::test]
async fn une_rotation_des_cles_se_fait_instance_par_instance() {
    let portail = Portail::nouveau().await;
    let gerante = portail.personne(CAMILLE).await;
    let structure = portail.structure("Mairie de Terneuil", 1, true).await;
    portail.gp(structure, gerante).await;
    let reglages = [V1.to_owned(), format!("{V1},{V2}"), format!("{V2},{V1}")];
    let instance = |etape: usize| portail.voisin(config_avec(&[("SECRET_KEY", &reglages[etape])]));
    for (rang, (une, autre)) in [(0, 1), (1, 0), (1, 2), (2, 1)].into_iter().enumerate() {
        let (ici, la) = (instance(une), instance(autre));

        let mut acteur = ici.connecter(CAMILLE).await;
        let mut ailleurs = la.anonyme();
        let cookie = acteur.cookie("__Host-sid").expect("signed in").to_owned();
        ailleurs.poser_cookie("__Host-sid", &cookie);
        assert!(connecte(&mut ailleurs).await, "session, {une} to {autre}");

        for (par, code) in [(&mut acteur, "ICI"), (&mut ailleurs, "LA")] {
            let code = format!("{code}{rang}");
            par.poster_sans_suivre(
                &format!("/structures/{structure}/services/nouveau"),
                &[
                    ("code", &code),
                    ("libelle", &code),
                    ("date_debut", "10/03/2022 15:01:32"),
                ],
            )
            .await
            .statut(303);
        }
        for verificateur in [&ici, &la] {
            let (lues, defauts) = historique::verifier(&portail.db, &verificateur.app.cles)
                .await
                .expect("a verification");
            assert!(lues > 0);
            assert_eq!(defauts, [], "chains, {une} and {autre}");
        }

        let adresse = format!("personne{rang}@example.org");
        portail.personne(&adresse).await;
        let lien = oublier(&ici, &adresse).await;
        la.anonyme()
            .poster_sans_suivre(&lien, &[("mot_de_passe", NEUF)])
            .await
            .statut(303);

        let adresse = format!("prudente{rang}@example.org");
        portail.personne(&adresse).await;
        let facteur = activer(&ici, &mut ici.connecter(&adresse).await).await;
        portail.avancer("30 seconds").await;
        let mut ailleurs = la.anonyme();
        se_connecter(&mut ailleurs, &adresse, MOT_DE_PASSE)
            .await
            .statut(303);
        donner(&mut ailleurs, &facteur.code(&portail, 0).await)
            .await
            .statut(303);
    }
    let versions = "select count(distinct cle_version) from historique";
    assert_eq!(portail.nombre(versions).await, 2, "both keys signed");
}
