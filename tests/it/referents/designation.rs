//! The first gestionnaire principal of a structure that goes through the PIGP (R-STR-SANS-GP): the référent proposes, a support
//! agent approves the signed certificate.

use vantail::db::{DemandeId, StructureId};

use super::{AGENT, GP, MARTINE, Monde, PHILIPPE, SABINE, corps, executer, gabarits, lycee, monde};
use crate::mon_compte::{actions, gp_de, historique_vrai};
use crate::support::instructions;
use crate::support::page::{Joint, PageLue};
use crate::support::sollicitations::PDF;

pub(super) const MOTIF: (&str, &str) = ("motif", "Proviseur nommé au 1er septembre.");

/// A lycée of Lyon that nobody manages, where the agent asked, then the GP of the other one; both requests.
pub(super) async fn orphelin(m: &Monde, rang: u32) -> (StructureId, DemandeId, DemandeId) {
    m.portail.oublier_les_compteurs().await;
    let siret = format!("19{rang:012}");
    let structure = lycee(
        &m.portail,
        &format!("Lycée sans tête {rang}"),
        rang,
        &siret,
        "69003",
    )
    .await;
    let mut demandes = Vec::new();
    for qui in [AGENT, GP] {
        let champs = [
            ("maille", "structure"),
            ("role", "us"),
            ("commentaire", "Je dirige ce lycée."),
        ];
        m.portail
            .connecter(qui)
            .await
            .poster(
                &format!("/mon-compte/rattachements/demande/{structure}"),
                &champs,
            )
            .await
            .statut(200)
            .contient("Nous avons averti le référent");
        let id: uuid::Uuid = sqlx::query_scalar(
            "select d.id from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
             where d.structure_id = $1 and u.adresse_connexion = $2",
        )
        .bind(structure)
        .bind(qui)
        .fetch_one(&m.portail.db)
        .await
        .expect("a request");
        demandes.push(DemandeId(id));
    }
    (structure, demandes[0], demandes[1])
}

pub(super) fn ecran(demande: DemandeId) -> String {
    format!("/referent/demandes/{demande}")
}

impl Monde {
    pub(super) async fn proposer(&mut self, demande: DemandeId) -> PageLue {
        let agent = self.agent.to_string();
        self.martine
            .poster(&ecran(demande), &[("successeur", &agent), MOTIF])
            .await
    }

    /// The agent signs in his thread; the id of the sollicitation, the one of the file.
    pub(super) async fn signer(&self) -> (uuid::Uuid, String) {
        let id = self
            .portail
            .uuid("select id from sollicitations order by creee_le desc, id desc limit 1")
            .await;
        let joint = Joint {
            champ: "fichier".to_owned(),
            nom: "certificat signé.pdf".to_owned(),
            genre: "application/pdf".to_owned(),
            octets: PDF.to_vec(),
        };
        self.portail
            .connecter(AGENT)
            .await
            .envoyer(
                &format!("/sollicitations/{id}/reponse"),
                &[("texte", "Voici le certificat signé.")],
                &[joint],
            )
            .await
            .statut(200);
        let piece = self
            .portail
            .uuid("select id from pieces_jointes where nom = 'certificat signé.pdf' order by deposee_le desc, id desc limit 1")
            .await;
        (id, piece.to_string())
    }
}

#[tokio::test]
async fn le_referent_propose_un_agent_du_support_approuve() {
    let mut m = monde().await;
    let (structure, demande, autre) = orphelin(&m, 30).await;
    // The mail leads there; the support is not told: the référent is.
    let recus = m.portail.courriers_pour(MARTINE).await;
    let signalee = recus.last().expect("a mail");
    assert_eq!(signalee.gabarit, "demande_signalee");
    let texte = corps(signalee);
    assert!(
        texte.contains("Personne ne peut la décider")
            && texte.contains("Désigner un gestionnaire principal\u{202F}:\n"),
        "{texte}"
    );
    let menent: Vec<String> = sqlx::query_scalar(
        "select lien_chemin from courriers where gabarit = 'demande_signalee' order by cree_le, id",
    )
    .fetch_all(&m.portail.db)
    .await
    .expect("links");
    assert_eq!(menent, [ecran(demande), ecran(autre)]);
    assert!(m.portail.courriers_pour(SABINE).await.is_empty());
    let bureau = m.martine.page("/referent").await;
    bureau
        .contient("2 demandes sans gestionnaire")
        .contient("Lycée sans tête 30")
        .contient("Personne ne peut décider");
    let page = m
        .martine
        .page(&bureau.lien("Désigner un gestionnaire principal, demande de Loic Tessier"))
        .await;
    assert_eq!(page.adresse, ecran(demande));
    page.statut(200)
        .contient("un agent du support l’approuve")
        .contient("Je dirige ce lycée.")
        .contient("Bernard Delmas");
    page.formulaire("Envoyer le certificat administratif")
        .choisir("successeur", &m.agent.to_string())
        .remplir(MOTIF.0, MOTIF.1)
        .envoyer(&mut m.martine)
        .await
        .statut(200)
        .contient("Le certificat administratif est envoyé.")
        .contient("Un agent du support l’approuvera une fois signé.")
        .contient("Certificat envoyé");
    assert_eq!(gp_de(&m.portail, structure).await, None);
    let recus = m.portail.courriers_pour(AGENT).await;
    let attend = recus.last().expect("a mail");
    assert_eq!(attend.gabarit, "sollicitation_en_attente");
    let texte = corps(attend);
    for phrase in [
        "Le référent (Académie de Lyon) a besoin d’une réponse de votre part pour continuer.",
        "Objet\u{202F}: Premier gestionnaire principal de Lycée sans tête 30",
        "Lycée sans tête 30 n’a pas de gestionnaire principal\u{202F}: ce certificat désigne Loic Tessier.",
        "Un agent du support l’examinera\u{202F}; le changement prendra effet à ce moment-là.",
    ] {
        assert!(texte.contains(phrase), "{phrase}: {texte}");
    }
    // The thread: the référent speaks once, and does not read it.
    let (id, piece) = m.signer().await;
    m.portail
        .connecter(AGENT)
        .await
        .page(&format!("/sollicitations/{id}"))
        .await
        .contient("Martine Ballet")
        .contient("référent");
    for chemin in [
        format!("/referent/sollicitations/{id}"),
        format!("/referent/sollicitations/{id}/pieces/{piece}"),
        format!("/support/sollicitations/{id}/certificat"),
    ] {
        m.martine.page(&chemin).await.statut(404);
    }
    // The file that nobody has yet goes to the whole desk when it comes back signed.
    assert_eq!(gabarits(&m.portail, SABINE).await, ["sollicitation_suivie"]);
    let mut sabine = m.portail.connecter(SABINE).await;
    let certificat = format!("/support/sollicitations/{id}/certificat");
    sabine
        .page(&certificat)
        .await
        .contient("Martine Ballet (référent)");
    // He who sent it has not the desk: approving is another's.
    m.martine
        .poster(
            &format!("{certificat}/approbation"),
            &[("piece", &piece), ("motif", "x")],
        )
        .await
        .statut(404);
    assert_eq!(gp_de(&m.portail, structure).await, None);
    sabine
        .poster(
            &format!("{certificat}/approbation"),
            &[("piece", &piece), ("motif", "Signature vérifiée.")],
        )
        .await
        .statut(200);
    assert_eq!(gp_de(&m.portail, structure).await.as_deref(), Some(AGENT));
    let faits = actions(&m.portail, structure).await;
    assert_eq!(
        faits[faits.len() - 3..],
        [
            "certificat_envoye",
            "gestionnaire_designe",
            "certificat_execute"
        ]
    );
    let recus = m.portail.courriers_pour(MARTINE).await;
    let issue = recus.last().expect("a mail");
    assert_eq!(issue.gabarit, "designation_tranchee");
    assert_eq!(
        issue.sujet,
        "Lycée sans tête 30 a un gestionnaire principal"
    );
    let texte = corps(issue);
    assert!(
        texte.contains("Sabine Support, du support, a approuvé le certificat administratif signé")
            && texte.contains("est gestionnaire principal de Lycée sans tête 30.")
            && texte.contains("Motif\u{202F}: Signature vérifiée."),
        "{texte}"
    );
    // The other request is his to decide, and no référent's any more.
    m.portail
        .connecter(AGENT)
        .await
        .page("/activites")
        .await
        .contient("Bernard Delmas");
    m.martine.page(&ecran(autre)).await.statut(404);
    m.martine
        .page("/referent")
        .await
        .contient("Aucune structure sans gestionnaire");
    historique_vrai(&m.portail).await;
}

#[tokio::test]
async fn refuse_par_le_support_le_referent_en_propose_un_autre() {
    let mut m = monde().await;
    let (structure, demande, _) = orphelin(&m, 30).await;
    m.proposer(demande).await.statut(200);
    let page = m.martine.page(&ecran(demande)).await;
    page.statut(200).contient("Un certificat est déjà envoyé");
    assert!(
        page.formulaire_eventuel("Envoyer le certificat administratif")
            .is_none()
    );
    let avant = m.portail.empreinte().await;
    m.proposer(demande)
        .await
        .statut(409)
        .contient("Un certificat est déjà envoyé pour cette structure");
    assert_eq!(m.portail.empreinte().await, avant);
    let (id, _) = m.signer().await;
    m.portail
        .connecter(SABINE)
        .await
        .poster(
            &format!("/support/sollicitations/{id}/certificat/refus"),
            &[("motif", "La signature manque.")],
        )
        .await
        .statut(200);
    let recus = m.portail.courriers_pour(MARTINE).await;
    let issue = recus.last().expect("a mail");
    assert_eq!(
        issue.sujet,
        "Lycée sans tête 30\u{202F}: le certificat administratif est refusé"
    );
    assert!(
        corps(issue)
            .contains("vous pouvez en proposer un autre.\n\nMotif\u{202F}: La signature manque."),
        "{}",
        issue.texte
    );
    // Said where he proposes again, until he does.
    m.martine
        .page("/referent")
        .await
        .contient("Certificat refusé");
    m.martine
        .page(&ecran(demande))
        .await
        .contient("Le dernier certificat a été refusé")
        .contient("La signature manque.");
    m.proposer(demande).await.statut(200);
    m.martine
        .page("/referent")
        .await
        .contient("Certificat envoyé")
        .ne_contient_pas("Certificat refusé");
    assert_eq!(gp_de(&m.portail, structure).await, None);
}

#[tokio::test]
async fn une_proposition_fausse_est_dite_au_champ_et_ne_change_rien() {
    let mut m = monde().await;
    let (_, demande, _) = orphelin(&m, 30).await;
    let (agent, martine) = (m.agent.to_string(), m.portail.id(MARTINE).await.to_string());
    let long = "x".repeat(256);
    let avant = m.portail.empreinte().await;
    for (successeur, motif) in [
        ("", "Un motif."),
        ("personne", "Un motif."),
        // Asked nothing there.
        (martine.as_str(), "Un motif."),
        (agent.as_str(), ""),
        (agent.as_str(), long.as_str()),
    ] {
        m.martine
            .poster(
                &ecran(demande),
                &[("successeur", successeur), ("motif", motif)],
            )
            .await
            .statut(422)
            .contient("Erreur");
    }
    assert_eq!(m.portail.empreinte().await, avant);
}

/// Another périmètre, a structure that does not go through the PIGP, one that somebody manages, a person: nothing there.
#[tokio::test]
async fn hors_du_perimetre_ou_sans_pigp_elle_n_existe_pas() {
    let mut m = monde().await;
    let (structure, demande, _) = orphelin(&m, 30).await;
    let agent = m.agent.to_string();
    let champs = [("successeur", agent.as_str()), MOTIF];
    let avant = m.portail.empreinte().await;
    m.philippe
        .page("/referent")
        .await
        .ne_contient_pas("Lycée sans tête");
    for adresse in [PHILIPPE, GP, AGENT, SABINE] {
        let mut acteur = m.portail.connecter(adresse).await;
        acteur.page(&ecran(demande)).await.statut(404);
        acteur.poster(&ecran(demande), &champs).await.statut(404);
    }
    assert_eq!(m.portail.empreinte().await, avant);
    sqlx::query("update structures set passe_par_pigp = false where id = $1")
        .bind(structure)
        .execute(&m.portail.db)
        .await
        .expect("a flag");
    m.martine.page(&ecran(demande)).await.statut(404);
    m.martine.poster(&ecran(demande), &champs).await.statut(404);
    m.martine
        .page("/referent")
        .await
        .contient("Aucune structure sans gestionnaire");
    executer(
        &m.portail,
        "update structures set passe_par_pigp = true; delete from perimetre_referents",
    )
    .await;
    m.martine.page(&ecran(demande)).await.statut(404);
    m.martine.poster(&ecran(demande), &champs).await.statut(404);
}

/// An account of the staff that asked for itself is nobody's to name.
#[tokio::test]
async fn un_referent_ne_se_designe_pas_lui_meme() {
    let mut m = monde().await;
    let (_, demande, _) = orphelin(&m, 30).await;
    let martine = m.portail.id(MARTINE).await;
    sqlx::query("update demandes_rattachement set utilisateur_id = $1 where id = $2")
        .bind(martine)
        .bind(demande)
        .execute(&m.portail.db)
        .await
        .expect("her own request");
    let id = martine.to_string();
    let avant = m.portail.empreinte().await;
    m.martine
        .poster(&ecran(demande), &[("successeur", &id), MOTIF])
        .await
        .statut(422)
        .contient("Choisissez une personne dont la demande attend.");
    assert_eq!(m.portail.empreinte().await, avant);
}

#[tokio::test]
async fn le_bureau_du_referent_ne_coute_pas_plus_avec_dix_structures() {
    let mut m = monde().await;
    orphelin(&m, 30).await;
    // What a process rereads from time to time (parameters, session) is read here, not while it is counted.
    m.martine.page("/referent").await.statut(200);
    let (page, un) = instructions::compter(m.martine.page("/referent")).await;
    page.contient("Lycée sans tête 30");
    for rang in 31..40 {
        orphelin(&m, rang).await;
    }
    m.martine.page("/referent").await.statut(200);
    let (page, dix) = instructions::compter(m.martine.page("/referent?d.tri=structure-desc")).await;
    page.contient("Lycée sans tête 39");
    assert_eq!(un, dix);
    assert!(dix <= 8, "{dix}");
}
