//! Races on what a structure received: one answers, one transfers, a double click does nothing twice.

use super::{LEA, PAUL, ZOE, monde};
use crate::support::courses::{Geste, poster_ensemble};
use crate::support::{Portail, rondes};

async fn mairie(portail: &Portail) -> vantail::db::StructureId {
    let mairie = portail.structure("Commune de Terneuil", 1, true).await;
    let (paul, lea) = (portail.id(PAUL).await, portail.id(LEA).await);
    portail.gp(mairie, paul).await;
    portail.rattacher(mairie, lea, "us", &[]).await;
    portail.lecteur(mairie, paul, "modification").await;
    portail.lecteur(mairie, lea, "modification").await;
    mairie
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_collegues_prennent_en_charge_un_seul_l_a() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let zoe = portail.id(ZOE).await;
    for ronde in 0..rondes(3) {
        portail.oublier_les_compteurs().await;
        let id = portail.recue(zoe, mairie, &format!("Objet {ronde}")).await;
        let adresse = format!("/sollicitations-recues/{id}/prise-en-charge");
        let gestes: Vec<Geste> = vec![
            (portail.connecter(PAUL).await, adresse.clone(), vec![]),
            (portail.connecter(LEA).await, adresse, vec![]),
        ];
        assert_eq!(poster_ensemble(gestes).await, [303, 409]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_transfert_clique_deux_puis_vingt_fois_n_en_fait_qu_un() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let zoe = portail.id(ZOE).await;
    for (ronde, n) in [2, 20].into_iter().enumerate() {
        portail.oublier_les_compteurs().await;
        let id = portail.recue(zoe, mairie, &format!("Objet {ronde}")).await;
        let paul = portail.connecter(PAUL).await;
        let adresse = format!("/sollicitations-recues/{id}/transfert");
        let geste = (paul, adresse, vec![("motif", "Au support.")]);
        let statuts = poster_ensemble(vec![geste; n]).await;
        // The others find that it has left the structure.
        assert_eq!(statuts.iter().filter(|s| **s == 303).count(), 1);
        assert!(
            statuts.iter().all(|s| [303, 404].contains(s)),
            "{statuts:?}"
        );
        assert_eq!(
            portail
                .nombre("select count(*) from sollicitation_messages where acte = 'transfert'")
                .await,
            ronde as i64 + 1
        );
    }
}

/// A transfer and an answer at once: the answer is before it, or finds nothing to answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transferer_et_repondre_ensemble_ne_se_marchent_pas_dessus() {
    let portail = monde().await;
    let mairie = mairie(&portail).await;
    let zoe = portail.id(ZOE).await;
    for ronde in 0..rondes(3) {
        portail.oublier_les_compteurs().await;
        let id = portail.recue(zoe, mairie, &format!("Objet {ronde}")).await;
        let racine = format!("/sollicitations-recues/{id}");
        let gestes = vec![
            (
                portail.connecter(PAUL).await,
                format!("{racine}/transfert"),
                vec![("motif", "Au support.")],
            ),
            (
                portail.connecter(LEA).await,
                format!("{racine}/reponse"),
                vec![("texte", "Bonjour")],
            ),
        ];
        let statuts = poster_ensemble(gestes).await;
        assert!(
            [vec![303, 303], vec![303, 404]].contains(&statuts),
            "{statuts:?}"
        );
        let (destinataire, statut): (String, String) =
            sqlx::query_as("select destinataire, statut from sollicitations where id = $1")
                .bind(id)
                .fetch_one(&portail.db)
                .await
                .expect("a state");
        assert_eq!(
            (destinataire.as_str(), statut.as_str()),
            ("support", "nouvelle")
        );
    }
}

/// A draft sent and deleted at once: sent with its words, or gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn envoyer_et_supprimer_un_brouillon_ensemble() {
    let portail = monde().await;
    let zoe = portail.id(ZOE).await;
    for ronde in 0..rondes(3) {
        portail.oublier_les_compteurs().await;
        let id = portail.brouillon(zoe, "Commencée").await;
        let brouillon: &'static str = Box::leak(id.to_string().into_boxed_str());
        let objet: &'static str = Box::leak(format!("Objet {ronde}").into_boxed_str());
        let gestes = vec![
            (
                portail.connecter(ZOE).await,
                super::AUTRE.to_owned(),
                vec![("brouillon", brouillon), ("objet", objet), ("texte", "x")],
            ),
            (
                portail.connecter(ZOE).await,
                format!("/sollicitations/brouillons/{id}/suppression"),
                vec![],
            ),
        ];
        let statuts = poster_ensemble(gestes).await;
        assert!(
            [vec![303, 303], vec![303, 409]].contains(&statuts),
            "{statuts:?}"
        );
        assert_eq!(
            portail
                .nombre("select count(*) from sollicitation_brouillons")
                .await,
            0
        );
    }
}
