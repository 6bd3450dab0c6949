use super::{LEA, Monde, PAUL, SABINE, SOFIANE, ZOE, corps, dossier};
use crate::mon_compte::{LIEN, historique_vrai};

#[tokio::test]
async fn un_second_agent_approuve_et_le_role_change_a_l_instant() {
    let (monde, id, piece) = Monde::signe().await;
    let transfert = format!("/structures/{}/transfert", monde.lycee);
    let mut paul = monde.connecter(PAUL).await;
    paul.page(&transfert).await.statut(200);
    let mut sofiane = monde.connecter(SOFIANE).await;
    let page = sofiane.page(&dossier(id)).await;
    let page = sofiane.page(&page.lien("Certificat administratif")).await;
    page.statut(200)
        .contient("Envoyé par Sabine Support")
        .contient("Lire certificat signé.pdf");
    page.formulaire("Approuver et exécuter")
        .choisir("piece", &piece)
        .remplir("motif", "Signature vérifiée.")
        .envoyer(&mut sofiane)
        .await
        .statut(200)
        .contient("Zoe Aubert est gestionnaire principal de Lycée du Haut Forez.");
    assert_eq!(monde.gp().await.as_deref(), Some(ZOE));
    assert_eq!(monde.etat(ZOE).await, "gp validee");
    assert_eq!(monde.etat(PAUL).await, "us validee");
    assert_eq!(monde.etat(LEA).await, "gs validee");
    assert_eq!(monde.portail.structures_sans_un_gp().await, 0);
    assert_eq!(monde.statut(id).await, "resolue");
    // At once, in the sessions that were open: he manages nothing any more, she does.
    paul.page(&transfert).await.statut(403);
    paul.page(&format!("/structures/{}", monde.lycee))
        .await
        .statut(200);
    monde
        .connecter(ZOE)
        .await
        .page(&transfert)
        .await
        .statut(200);
    assert_eq!(
        monde.actions().await,
        ["certificat_envoye", "role_transfere", "certificat_execute"]
    );
    historique_vrai(&monde.portail).await;
    let motifs: Vec<(String, String)> = sqlx::query_as(
        "select d.donnees::json ->> 'acteur', d.donnees::json ->> 'motif'
         from historique h join historique_donnees d on d.historique_id = h.id where h.structure_id = $1 order by h.numero",
    )
    .bind(monde.lycee)
    .fetch_all(&monde.portail.db)
    .await
    .expect("the lines");
    assert_eq!(
        motifs[1..],
        [
            (
                "Le support (Sofiane Support)".to_owned(),
                "Signature vérifiée.".to_owned()
            ),
            (
                "Sofiane Support".to_owned(),
                "Signature vérifiée.".to_owned()
            )
        ]
    );
    // The sheet of the certificate tells who did what.
    sofiane
        .page(&format!("{}/certificat", dossier(id)))
        .await
        .statut(200)
        .contient("Exécuté")
        .contient("Décidé par Sofiane Support");
}

#[tokio::test]
async fn chacun_l_apprend_par_courriel() {
    let (monde, _) = Monde::execute().await;
    let courrier = monde.courrier(PAUL, "gestionnaire_remplace").await;
    assert_eq!(
        courrier.sujet,
        "Le support a changé le gestionnaire principal de Lycée du Haut Forez"
    );
    assert_eq!(
        corps(&courrier),
        format!(
            "Bonjour Paul Gerant,\n\nSur un certificat administratif signé, le support a désigné Zoe Aubert (zoe.aubert@test.example) gestionnaire principal de Lycée du Haut Forez, à votre place. Vous restez rattaché(e) à la structure en tant qu’utilisateur simple.\n\nMotif\u{202F}: Signature vérifiée.\n\nSi ce changement n’est pas convenu, vous pouvez le contester pendant 7 jours\u{202F}: un autre agent du support reprendra le dossier. Aucun droit ne change d’ici là.\n\nContester ce changement\u{202F}:\n{LIEN}"
        )
    );
    // « Vous avez transmis » would be a lie.
    assert_eq!(
        monde.gabarits(PAUL).await,
        ["changement_demande", "gestionnaire_remplace"]
    );
    let courrier = monde.courrier(ZOE, "role_recu").await;
    assert!(
        corps(&courrier).contains(
            "Le support (Sofiane Support) vous a transféré le rôle de gestionnaire principal de Lycée du Haut Forez."
        ),
        "{}",
        courrier.texte
    );
    let courrier = monde.courrier(ZOE, "sollicitation_resolue").await;
    assert!(
        corps(&courrier).contains("Le certificat administratif signé est approuvé. Zoe Aubert est gestionnaire principal de Lycée du Haut Forez."),
        "{}",
        courrier.texte
    );
    let courrier = monde.courrier(LEA, "role_change").await;
    assert!(
        corps(&courrier).contains("Le support (Sofiane Support) a transféré à Zoe Aubert (zoe.aubert@test.example) le rôle de gestionnaire principal de Lycée du Haut Forez."),
        "{}",
        courrier.texte
    );
    assert_eq!(monde.gabarits(LEA).await, ["role_change"]);
}

/// The author is not always the one who is named: both are told.
#[tokio::test]
async fn celui_qui_demande_pour_un_autre_l_apprend_aussi() {
    let monde = Monde::nouveau().await;
    let id = monde.demander(LEA, ZOE).await;
    monde.envoyer(SABINE, id).await.statut(200);
    let piece = monde.signer(LEA, id).await;
    monde.approuver(SOFIANE, id, &piece).await.statut(200);
    assert_eq!(monde.gp().await.as_deref(), Some(ZOE));
    assert_eq!(monde.gabarits(ZOE).await, ["role_recu"]);
    assert_eq!(
        monde.gabarits(LEA).await,
        [
            "sollicitation_enregistree",
            "sollicitation_en_attente",
            "role_change",
            "sollicitation_resolue"
        ]
    );
}

#[tokio::test]
async fn un_refus_ne_change_rien_et_se_motive() {
    let (monde, id, _) = Monde::signe().await;
    monde
        .refuser(SOFIANE, id)
        .await
        .statut(200)
        .contient("Le certificat est refusé.");
    assert_eq!(monde.gp().await.as_deref(), Some(PAUL));
    assert_eq!(monde.etat(ZOE).await, "-");
    assert_eq!(monde.statut(id).await, "en_cours");
    assert_eq!(
        monde.actions().await,
        ["certificat_envoye", "certificat_refuse"]
    );
    let courrier = monde.courrier(ZOE, "certificat_refuse").await;
    assert!(
        corps(&courrier).contains(
            "Le certificat administratif qui change le gestionnaire principal de Lycée du Haut Forez est refusé.\n\nMotif\u{202F}: La signature manque."
        ),
        "{}",
        courrier.texte
    );
    let courrier = monde.courrier(PAUL, "changement_abandonne").await;
    assert!(
        corps(&courrier).contains("Rien ne change\u{202F}: vous restez gestionnaire principal."),
        "{}",
        courrier.texte
    );
    // Refused once: the second says so. Another may leave, and be approved.
    monde
        .refuser(SABINE, id)
        .await
        .statut(409)
        .contient("déjà refusé par Sofiane Support");
    monde.envoyer(SOFIANE, id).await.statut(200);
    let piece = monde.signer_encore(id).await;
    monde.approuver(SABINE, id, &piece).await.statut(200);
    assert_eq!(monde.gp().await.as_deref(), Some(ZOE));
}

impl Monde {
    /// With other words: the same twice would be one message.
    async fn signer_encore(&self, id: vantail::db::SollicitationId) -> String {
        self.connecter(ZOE)
            .await
            .poster(
                &format!("/sollicitations/{id}/reponse"),
                &[("texte", "J’ai fait compléter le document.")],
            )
            .await
            .statut(200);
        self.signer(ZOE, id).await
    }
}
