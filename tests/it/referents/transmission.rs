//! « Transmettre à un autre référent »: a sollicitation, or the request of a person without account, goes to another périmètre.

use super::{
    AGENT, ANNE, GP, MARTINE, Monde, PHILIPPE, SABINE, SIRET_LYON, corps, executer, gabarits, monde,
};
use crate::mon_compte::historique_vrai;
use crate::support::page::Joint;
use crate::support::sollicitations::PDF;

const DONNEES: &str = "/sollicitations/saisie/mes-donnees";

impl Monde {
    /// The agent's, with a file; its page at the référent's.
    pub(super) async fn sollicitee(&self) -> String {
        self.portail.oublier_les_compteurs().await;
        let texte = format!("Mon nom a changé, {}.", uuid::Uuid::now_v7());
        let fichier = Joint {
            champ: "fichier".to_owned(),
            nom: "arrete.pdf".to_owned(),
            genre: "application/pdf".to_owned(),
            octets: PDF.to_vec(),
        };
        self.portail
            .connecter(AGENT)
            .await
            .envoyer(DONNEES, &[("texte", &texte)], &[fichier])
            .await
            .statut(200);
        let id = self
            .portail
            .uuid("select id from sollicitations order by creee_le desc, id desc limit 1")
            .await;
        format!("/referent/sollicitations/{id}")
    }
}

#[tokio::test]
async fn une_sollicitation_passe_a_un_autre_perimetre_et_chacun_le_lit() {
    let mut m = monde().await;
    let adresse = m.sollicitee().await;
    m.martine
        .poster(&format!("{adresse}/prise-en-charge"), &[])
        .await
        .statut(200);
    let page = m.martine.page(&adresse).await;
    let page = m
        .martine
        .page(&page.lien("Transmettre à un autre référent"))
        .await;
    page.statut(200)
        .contient("Académie de Lyon")
        .contient("Loic Tessier");
    page.formulaire("Transmettre")
        .remplir("perimetre", &m.grenoble.to_string())
        .remplir("motif", "Cette personne a rejoint Grenoble.")
        .envoyer(&mut m.martine)
        .await
        .statut(200)
        .contient("est transmise au périmètre Académie de Grenoble.");
    // Hers no more; his, new, with its file and its thread.
    m.martine.page(&adresse).await.statut(404);
    m.martine
        .page("/referent")
        .await
        .ne_contient_pas("Loic Tessier");
    let piece = m.portail.uuid("select id from pieces_jointes").await;
    m.martine
        .lire(&format!("{adresse}/pieces/{piece}"))
        .await
        .statut(404);
    m.philippe
        .page(&adresse)
        .await
        .statut(200)
        .contient("Nouvelle")
        .contient("Personne pour le moment")
        .contient("a transmis la sollicitation à un autre référent")
        .contient("Cette personne a rejoint Grenoble.");
    m.philippe
        .lire(&format!("{adresse}/pieces/{piece}"))
        .await
        .statut(200);
    let recus = m.portail.courriers_pour(PHILIPPE).await;
    assert_eq!(recus.len(), 1);
    assert!(
        recus[0]
            .sujet
            .ends_with("Sollicitation transmise à votre périmètre"),
        "{}",
        recus[0].sujet
    );
    let texte = corps(&recus[0]);
    assert!(
        texte.contains("Le référent (Académie de Lyon)")
            && texte.contains("Cette personne a rejoint Grenoble."),
        "{texte}"
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from courriers where gabarit = 'sollicitation_suivie' and lien_chemin like '/referent/sollicitations/%'")
            .await,
        1
    );
    let recus = m.portail.courriers_pour(AGENT).await;
    let dernier = recus.last().expect("a mail");
    assert!(
        dernier
            .sujet
            .ends_with("votre sollicitation passe au référent (Académie de Grenoble)"),
        "{}",
        dernier.sujet
    );
    assert!(
        corps(dernier).contains(
            "Le référent (Académie de Lyon) a transféré votre sollicitation au référent (Académie de Grenoble), qui vous répondra dans le même fil."
        ),
        "{}",
        dernier.texte
    );
    let noms = "select count(*) from historique h join historique_donnees d on d.historique_id = h.id
                where h.action = 'sollicitation_transmise' and d.donnees::json ->> 'motif' = 'Cette personne a rejoint Grenoble.'";
    assert_eq!(m.portail.nombre(noms).await, 1);
    // Its author goes on with the new one.
    let fil = adresse.replace("/referent", "");
    m.portail
        .connecter(AGENT)
        .await
        .page(&fil)
        .await
        .contient("Le référent (Académie de Grenoble)");
    m.philippe
        .envoyer(
            &format!("{adresse}/resolution"),
            &[("texte", "C’est fait.")],
            &[],
        )
        .await
        .statut(200);
    historique_vrai(&m.portail).await;
}

#[tokio::test]
async fn une_demande_de_compte_passe_a_un_autre_perimetre_qui_y_repond() {
    let mut m = monde().await;
    let id = m.demande_confirmee(ANNE, SIRET_LYON).await;
    let adresse = format!("/referent/demandes-de-compte/{id}");
    let page = m.martine.page(&adresse).await;
    let page = m
        .martine
        .page(&page.lien("Transmettre à un autre référent"))
        .await;
    page.formulaire("Transmettre")
        .remplir("perimetre", &m.grenoble.to_string())
        .remplir("motif", "Elle arrive en Isère.")
        .envoyer(&mut m.martine)
        .await
        .statut(200)
        .contient("La demande de anne royer est transmise au périmètre Académie de Grenoble.");
    m.martine.page(&adresse).await.statut(404);
    let recus = m.portail.courriers_pour(PHILIPPE).await;
    assert_eq!(recus.len(), 1);
    let texte = corps(&recus[0]);
    assert!(
        texte.contains("demande un compte PIGP pour Lycée des Trois Fontaines.")
            && texte.contains(
                "Le référent (Académie de Lyon) vous la transmet\u{202F}: Elle arrive en Isère."
            ),
        "{texte}"
    );
    let recus = m.portail.courriers_pour(ANNE).await;
    let texte = corps(recus.last().expect("a mail"));
    assert!(
        texte.contains("Votre demande de compte pour Lycée des Trois Fontaines est transmise. Le référent (Académie de Grenoble) vous répondra, à cette adresse.")
            && texte.contains("Motif\u{202F}: Elle arrive en Isère."),
        "{texte}"
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from historique where action = 'demande_de_compte_transmise' and structure_id is not null")
            .await,
        1
    );
    // The structure is not of his périmètre: the form does not name it.
    let page = m.philippe.page(&format!("{adresse}/compte")).await;
    let formulaire = page.formulaire("Créer le compte");
    assert_eq!(formulaire.valeur("siret"), Some(""));
    let page = formulaire.envoyer(&mut m.philippe).await;
    // Her address is of another académie: he reads it, and goes on.
    page.statut(422)
        .formulaire("Créer le compte")
        .cocher("confirme", "oui")
        .envoyer(&mut m.philippe)
        .await
        .contient("est créé.");
    historique_vrai(&m.portail).await;
}

/// A request that no référent received goes from the support to one.
#[tokio::test]
async fn le_support_transmet_a_un_referent() {
    let mut m = monde().await;
    executer(
        &m.portail,
        "create table gardes as select * from perimetre_referents; delete from perimetre_referents",
    )
    .await;
    let id = m.demande_confirmee(ANNE, SIRET_LYON).await;
    executer(
        &m.portail,
        "insert into perimetre_referents select * from gardes; drop table gardes",
    )
    .await;
    let adresse = format!("/support/demandes-de-compte/{id}");
    let lyon = m.lyon.to_string();
    m.portail
        .connecter(SABINE)
        .await
        .poster(
            &format!("{adresse}/transmission"),
            &[("perimetre", &lyon), ("motif", "Un référent est revenu.")],
        )
        .await
        .statut(200);
    m.martine
        .page(&format!("/referent/demandes-de-compte/{id}"))
        .await
        .statut(200);
    assert!(
        gabarits(&m.portail, MARTINE)
            .await
            .contains(&"demande_de_compte_nouvelle".to_owned())
    );
}

#[tokio::test]
async fn une_transmission_fausse_est_dite_au_champ_et_ne_change_rien() {
    let mut m = monde().await;
    let sollicitation = m.sollicitee().await;
    let demande = m.demande_confirmee(ANNE, SIRET_LYON).await;
    executer(
        &m.portail,
        "insert into perimetres (id, nom, departements) values (uuid_v7(), 'Sans référent', '{75}')",
    )
    .await;
    let vide = m
        .portail
        .uuid("select id from perimetres where nom = 'Sans référent'")
        .await
        .to_string();
    let (lyon, grenoble) = (m.lyon.to_string(), m.grenoble.to_string());
    let long = "x".repeat(256);
    let avant = m.portail.empreinte().await;
    for adresse in [
        sollicitation,
        format!("/referent/demandes-de-compte/{demande}"),
    ] {
        let page = m.martine.page(&format!("{adresse}/transmission")).await;
        page.ne_contient_pas("Sans référent");
        for (perimetre, motif, champ) in [
            ("", "Un motif.", "perimetre"),
            ("ailleurs", "Un motif.", "perimetre"),
            // Where it is; where nobody answers; nowhere.
            (lyon.as_str(), "Un motif.", "perimetre"),
            (vide.as_str(), "Un motif.", "perimetre"),
            (
                "00000000-0000-0000-0000-000000000001",
                "Un motif.",
                "perimetre",
            ),
            (grenoble.as_str(), " ", "motif"),
            (grenoble.as_str(), long.as_str(), "motif"),
        ] {
            let page = m
                .martine
                .poster(
                    &format!("{adresse}/transmission"),
                    &[("perimetre", perimetre), ("motif", motif)],
                )
                .await;
            page.statut(422);
            assert!(page.erreur_de(champ).is_some(), "{champ} {perimetre}");
        }
    }
    assert_eq!(m.portail.empreinte().await, avant);
}

#[tokio::test]
async fn ce_qui_n_est_pas_le_sien_ou_est_traite_ne_se_transmet_pas() {
    let mut m = monde().await;
    let sollicitation = format!("{}/transmission", m.sollicitee().await);
    let demande = m.demande_confirmee(ANNE, SIRET_LYON).await;
    let demande = format!("/referent/demandes-de-compte/{demande}");
    let transmission = format!("{demande}/transmission");
    let lyon = m.lyon.to_string();
    let champs = [("perimetre", lyon.as_str()), ("motif", "À moi.")];
    let avant = m.portail.empreinte().await;
    for qui in [PHILIPPE, GP, AGENT, SABINE] {
        let mut acteur = m.portail.connecter(qui).await;
        for adresse in [&sollicitation, &transmission] {
            acteur.page(adresse).await.statut(404);
            acteur.poster(adresse, &champs).await.statut(404);
        }
    }
    assert_eq!(m.portail.empreinte().await, avant);
    m.martine
        .poster(&format!("{demande}/refus"), &[("motif", "Non.")])
        .await
        .statut(200);
    m.martine
        .envoyer(
            &sollicitation.replace("transmission", "resolution"),
            &[("texte", "Fait.")],
            &[],
        )
        .await
        .statut(200);
    let grenoble = m.grenoble.to_string();
    let champs = [("perimetre", grenoble.as_str()), ("motif", "Trop tard.")];
    let avant = m.portail.empreinte().await;
    for adresse in [&sollicitation, &transmission] {
        m.martine.page(adresse).await.statut(409);
        m.martine.poster(adresse, &champs).await.statut(409);
    }
    assert_eq!(m.portail.empreinte().await, avant);
}
