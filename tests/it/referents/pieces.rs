//! A file joined to what is asked of a référent: its sender and the référents of that périmètre download it, nobody else.

use super::{AGENT, ANNE, GP, MARTINE, Monde, PHILIPPE, SABINE, SIRET_LYON, monde};
use crate::support::page::Joint;
use crate::support::sollicitations::{PDF, pdf_de};

const COMPTE: &str = "/sollicitations/saisie/compte-pigp";
const DONNEES: &str = "/sollicitations/saisie/mes-donnees";

fn joint(nom: &str, octets: &[u8]) -> Joint {
    Joint {
        champ: "fichier".to_owned(),
        nom: nom.to_owned(),
        genre: "application/pdf".to_owned(),
        octets: octets.to_vec(),
    }
}

impl Monde {
    /// The sollicitation and its file.
    async fn seules(&self) -> (uuid::Uuid, uuid::Uuid) {
        let p = &self.portail;
        (
            p.uuid("select id from sollicitations").await,
            p.uuid("select id from pieces_jointes").await,
        )
    }
}

#[tokio::test]
async fn un_document_accompagne_la_demande_de_correction() {
    let mut m = monde().await;
    let mut agent = m.portail.connecter(AGENT).await;
    let page = agent.page(DONNEES).await;
    page.formulaire("Envoyer la sollicitation")
        .remplir("texte", "Voici mon arrêté de mutation.")
        .joindre("fichier", "arrêté.pdf", PDF)
        .envoyer(&mut agent)
        .await
        .statut(200)
        .contient("arrêté.pdf");
    let (id, piece) = m.seules().await;
    let chez_elle = format!("/referent/sollicitations/{id}/pieces/{piece}");
    let dossier = m
        .martine
        .page(&format!("/referent/sollicitations/{id}"))
        .await;
    assert_eq!(dossier.lien("arrêté.pdf"), chez_elle);
    let lue = m.martine.lire(&chez_elle).await;
    lue.statut(200);
    assert!(
        lue.entete("content-disposition")
            .is_some_and(|d| d.starts_with("attachment")),
        "{:?}",
        lue.entete("content-disposition")
    );
    agent
        .lire(&format!("/sollicitations/{id}/pieces/{piece}"))
        .await
        .statut(200);
    // Nobody else, by no door.
    for qui in [GP, PHILIPPE, SABINE] {
        let mut autre = m.portail.connecter(qui).await;
        for chemin in [
            &chez_elle,
            &format!("/sollicitations/{id}/pieces/{piece}"),
            &format!("/support/sollicitations/{id}/pieces/{piece}"),
            &format!("/sollicitations-recues/{id}/pieces/{piece}"),
        ] {
            autre.lire(chemin).await.statut(404);
        }
    }
    m.portail.anonyme().lire(&chez_elle).await.statut(303);
    // Taken from the périmètre, she reads it no more.
    super::executer(&m.portail, "delete from perimetre_referents").await;
    m.martine.lire(&chez_elle).await.statut(404);
}

#[tokio::test]
async fn un_document_accompagne_la_demande_d_un_compte() {
    let mut m = monde().await;
    let mut gp = m.portail.connecter(GP).await;
    gp.page(COMPTE)
        .await
        .formulaire("Envoyer la sollicitation")
        .remplir("siret", SIRET_LYON)
        .remplir("prenom", "Anne")
        .remplir("nom", "Royer")
        .remplir("adresse_connexion", ANNE)
        .joindre("fichier", "nomination.pdf", PDF)
        .envoyer(&mut gp)
        .await
        .statut(200)
        .contient("nomination.pdf");
    let (id, piece) = m.seules().await;
    m.martine
        .lire(&format!("/referent/sollicitations/{id}/pieces/{piece}"))
        .await
        .statut(200);
    m.philippe
        .lire(&format!("/referent/sollicitations/{id}/pieces/{piece}"))
        .await
        .statut(404);
}

/// By its content, by its size; and a form that is wrong elsewhere says that the file must be chosen again.
#[tokio::test]
async fn un_mauvais_fichier_est_dit_au_champ_et_rien_n_est_garde() {
    let m = monde().await;
    let mut agent = m.portail.connecter(AGENT).await;
    let mut gp = m.portail.connecter(GP).await;
    let avant = m.portail.empreinte().await;
    let compte = [
        ("siret", SIRET_LYON),
        ("prenom", "Anne"),
        ("nom", "Royer"),
        ("adresse_connexion", ANNE),
    ];
    let gros = pdf_de(10 * 1024 * 1024 + 1);
    for octets in [&b"MZ\x90\x00 un programme"[..], b"", &gros] {
        let page = agent
            .envoyer(
                DONNEES,
                &[("texte", "Mon nom.")],
                &[joint("arrete.pdf", octets)],
            )
            .await;
        page.statut(422).contient("Mon nom.");
        assert!(page.erreur_de("fichier").is_some(), "{}", octets.len());
        let page = gp
            .envoyer(COMPTE, &compte, &[joint("arrete.pdf", octets)])
            .await;
        page.statut(422);
        assert!(page.erreur_de("fichier").is_some(), "{}", octets.len());
    }
    let page = agent
        .envoyer(DONNEES, &[("texte", "")], &[joint("arrete.pdf", PDF)])
        .await;
    page.statut(422);
    assert!(page.erreur_de("fichier").is_some(), "{}", page.texte());
    assert_eq!(m.portail.empreinte().await, avant);
    assert!(m.portail.courriers_pour(MARTINE).await.is_empty());
}
