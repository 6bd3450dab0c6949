//! The first gestionnaire principal of a structure that nobody manages (R-STR-SANS-GP).

use vantail::db::{DemandeId, StructureId};

use super::{LEA, MAX, Monde, PAUL, SABINE, SOFIANE, ZOE, corps, dossier};
use crate::mon_compte::{actions, gp_de};
use crate::support::courses::a_la_fois;
use crate::support::page::PageLue;
use crate::support::{Acteur, rondes};

/// Zoé asks for a commune that nobody manages, by the form; Max waits there too.
async fn orpheline(monde: &Monde, rang: u32) -> (StructureId, DemandeId) {
    monde.portail.oublier_les_compteurs().await;
    let commune = monde
        .portail
        .structure(&format!("Commune {rang}"), rang, true)
        .await;
    for qui in [ZOE, MAX] {
        let champs = [
            ("maille", "structure"),
            ("role", "us"),
            ("commentaire", "Je dirige la commune."),
        ];
        monde
            .connecter(qui)
            .await
            .poster(
                &format!("/mon-compte/rattachements/demande/{commune}"),
                &champs,
            )
            .await
            .statut(200);
    }
    let demande: DemandeId = sqlx::query_scalar(
        "select d.id from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
         where d.structure_id = $1 and u.adresse_connexion = $2",
    )
    .bind(commune)
    .bind(ZOE)
    .fetch_one(&monde.portail.db)
    .await
    .map(DemandeId)
    .expect("her request");
    (commune, demande)
}

fn ecran(demande: DemandeId) -> String {
    format!("/support/demandes/{demande}")
}

async fn proposer(monde: &Monde, demande: DemandeId) -> PageLue {
    let zoe = monde.portail.id(ZOE).await.to_string();
    monde
        .connecter(SABINE)
        .await
        .poster(
            &ecran(demande),
            &[("successeur", &zoe), ("motif", "Maire de la commune.")],
        )
        .await
}

#[tokio::test]
async fn le_support_ouvre_la_demande_et_designe_avec_un_second_agent() {
    let monde = Monde::nouveau().await;
    let (commune, demande) = orpheline(&monde, 50).await;
    // It says so to its author.
    monde
        .connecter(ZOE)
        .await
        .page("/mon-compte/rattachements")
        .await
        .contient("Nous avons averti le support");
    let mut sabine = monde.connecter(SABINE).await;
    let page = sabine.page("/support").await;
    page.statut(200).contient("Personne ne peut décider");
    let page = sabine
        .page(&page.lien("Ouvrir la demande de Zoe Aubert"))
        .await;
    assert_eq!(page.adresse, ecran(demande));
    let zoe = monde.portail.id(ZOE).await.to_string();
    page.statut(200)
        .contient("Cette structure n’a pas de gestionnaire principal")
        .contient("Je dirige la commune.")
        .contient("Max Dehors");
    page.formulaire("Envoyer le certificat administratif")
        .choisir("successeur", &zoe)
        .remplir("motif", "Maire de la commune.")
        .envoyer(&mut sabine)
        .await
        .statut(200)
        .contient("Le certificat administratif est envoyé.")
        .contient("Premier gestionnaire principal de Commune 50")
        .contient("En attente du demandeur");
    let id = monde.derniere().await;
    assert_eq!(gp_de(&monde.portail, commune).await, None);
    let courrier = monde.courrier(ZOE, "sollicitation_en_attente").await;
    assert!(
        corps(&courrier).contains("Commune 50 n’a pas de gestionnaire principal\u{202F}: ce certificat désigne Zoe Aubert."),
        "{}",
        courrier.texte
    );
    // Hers, in her sollicitations: she signs, a second agent approves.
    let piece = monde.signer(ZOE, id).await;
    let avant = monde.portail.empreinte().await;
    monde
        .approuver(SABINE, id, &piece)
        .await
        .statut(409)
        .contient("un second agent doit l’approuver");
    assert_eq!(monde.portail.empreinte().await, avant);
    monde.approuver(SOFIANE, id, &piece).await.statut(200);
    assert_eq!(gp_de(&monde.portail, commune).await.as_deref(), Some(ZOE));
    assert_eq!(monde.statut(id).await, "resolue");
    let faits = actions(&monde.portail, commune).await;
    assert_eq!(
        faits[faits.len() - 3..],
        [
            "certificat_envoye",
            "gestionnaire_designe",
            "certificat_execute"
        ]
    );
    // The other request is hers to decide, and her mail names it.
    let courrier = monde.courrier(ZOE, "gestionnaire_designe").await;
    let texte = corps(&courrier);
    assert!(
        texte.contains("Ces demandes de rattachement attendent votre décision\u{202F}:\n- Max Dehors, depuis le"),
        "{texte}"
    );
    assert!(!texte.contains("Zoe Aubert, depuis"), "{texte}");
    monde
        .connecter(ZOE)
        .await
        .page("/activites")
        .await
        .contient("Max Dehors");
    // The desk does not open it any more.
    let reste: DemandeId = sqlx::query_scalar(
        "select id from demandes_rattachement where structure_id = $1 and statut = 'en_cours_de_validation'",
    )
    .bind(commune)
    .fetch_one(&monde.portail.db)
    .await
    .map(DemandeId)
    .expect("the request of Max");
    sabine.page(&ecran(reste)).await.statut(404);
    sabine.page(&ecran(demande)).await.statut(404);
}

#[tokio::test]
async fn une_designation_fausse_est_dite_au_champ_et_ne_change_rien() {
    let monde = Monde::nouveau().await;
    let (_, demande) = orpheline(&monde, 50).await;
    let (zoe, lea) = (
        monde.portail.id(ZOE).await.to_string(),
        monde.portail.id(LEA).await.to_string(),
    );
    let long = "x".repeat(256);
    let mut sabine = monde.connecter(SABINE).await;
    let avant = monde.portail.empreinte().await;
    for (successeur, motif, champ) in [
        ("", "Un motif.", "successeur"),
        ("personne", "Un motif.", "successeur"),
        // Asked nothing there.
        (lea.as_str(), "Un motif.", "successeur"),
        (zoe.as_str(), "", "motif"),
        (zoe.as_str(), long.as_str(), "motif"),
    ] {
        let page = sabine
            .poster(
                &ecran(demande),
                &[("successeur", successeur), ("motif", motif)],
            )
            .await;
        page.statut(422);
        let dite = match champ {
            "motif" => page.erreur_de(champ).is_some(),
            _ => page.texte().contains("Erreur : Choisissez une personne"),
        };
        assert!(dite, "{champ}: {}", page.texte());
    }
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn elle_n_existe_ni_hors_du_support_ni_pour_ce_que_quelqu_un_decide() {
    let monde = Monde::nouveau().await;
    let (_, demande) = orpheline(&monde, 50).await;
    let max = monde.portail.id(MAX).await;
    let decidable = monde.portail.demande(monde.lycee, max, "us", &[]).await;
    let zoe = monde.portail.id(ZOE).await.to_string();
    let champs = [("successeur", zoe.as_str()), ("motif", "Un motif.")];
    let avant = monde.portail.empreinte().await;
    for (qui, quoi) in [
        (ZOE, demande),
        (PAUL, demande),
        (MAX, demande),
        (SABINE, decidable),
        (SABINE, DemandeId::nouveau()),
    ] {
        let mut acteur = monde.connecter(qui).await;
        acteur.page(&ecran(quoi)).await.statut(404);
        acteur.poster(&ecran(quoi), &champs).await.statut(404);
    }
    assert_eq!(monde.portail.empreinte().await, avant);
    // One that waits too long has somebody to decide it: it is not the desk's to give the role away.
    sqlx::query("update demandes_rattachement set signalee_le = maintenant(), signalee_a = 'support', rappel_jours = 14 where id = $1")
        .bind(decidable)
        .execute(&monde.portail.db)
        .await
        .expect("a request that waits");
    let avant = monde.portail.empreinte().await;
    let mut sabine = monde.connecter(SABINE).await;
    sabine
        .page(&ecran(decidable))
        .await
        .statut(409)
        .contient("a un gestionnaire principal, Paul Gerant");
    sabine.poster(&ecran(decidable), &champs).await.statut(409);
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn un_seul_certificat_attend_et_l_ecran_y_mene() {
    let monde = Monde::nouveau().await;
    let (_, demande) = orpheline(&monde, 50).await;
    proposer(&monde, demande).await.statut(200);
    let id = monde.derniere().await;
    let mut sofiane = monde.connecter(SOFIANE).await;
    let page = sofiane.page(&ecran(demande)).await;
    page.statut(200).contient("Un certificat est déjà envoyé");
    assert_eq!(page.lien("Ouvrir la sollicitation SOL-"), dossier(id));
    let avant = monde.portail.empreinte().await;
    proposer(&monde, demande)
        .await
        .statut(409)
        .contient("Un certificat est déjà envoyé pour cette structure");
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_puis_vingt_agents_designent_une_seule_fois() {
    let monde = Monde::nouveau().await;
    let zoe = monde.portail.id(ZOE).await.to_string();
    for (rang, n) in (200..).zip(std::iter::repeat_n(2, rondes(3)).chain([20])) {
        let (commune, demande) = orpheline(&monde, rang).await;
        let agent: Acteur = monde.connecter(SABINE).await;
        let gestes = (0..n).map(|_| {
            let (mut agent, zoe) = (agent.clone(), zoe.clone());
            async move {
                let champs = [("successeur", zoe.as_str()), ("motif", "Maire.")];
                agent.poster_sans_suivre(&ecran(demande), &champs).await
            }
        });
        let statuts = a_la_fois(gestes).await;
        assert_eq!(statuts[0], 303, "{statuts:?}");
        assert!(statuts[1..].iter().all(|s| *s == 409), "{statuts:?}");
        let ouverts: i64 =
            sqlx::query_scalar("select count(*) from sollicitations where structure_id = $1")
                .bind(commune)
                .fetch_one(&monde.portail.db)
                .await
                .expect("a count");
        assert_eq!(ouverts, 1);
    }
}
