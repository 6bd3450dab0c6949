//! Optional mails: refused per structure and event, honoured by the outbox; never silent (failure-modes R15).

use super::{LEA, PAUL, ZOE, mairie};
use crate::support::{Acteur, Portail};
use vantail::courrier::Categorie;
use vantail::db::StructureId;

const PAGE: &str = "/mon-compte/courriels";

/// Unticks an event of a structure.
async fn refuser(acteur: &mut Acteur, structure: StructureId, categories: &[Categorie]) {
    let page = acteur.page(PAGE).await;
    let mut formulaire = page.formulaire("Enregistrer");
    for c in categories {
        formulaire = formulaire.decocher("voulu", &format!("{structure}.{}", c.code()));
    }
    formulaire
        .envoyer(acteur)
        .await
        .statut(200)
        .contient("Vos choix sont enregistrés.");
}

async fn demander(portail: &Portail, adresse: &str, structure: StructureId) {
    portail
        .connecter(adresse)
        .await
        .poster(
            &format!("/mon-compte/rattachements/demande/{structure}"),
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", "Bonjour"),
            ],
        )
        .await
        .statut(200);
}

async fn recus(portail: &Portail, adresse: &str, gabarit: &str) -> usize {
    portail
        .courriers_pour(adresse)
        .await
        .into_iter()
        .filter(|c| c.gabarit == gabarit)
        .count()
}

#[tokio::test]
async fn un_courriel_refuse_ne_part_pas_les_autres_si() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    let lea = portail.personne(LEA).await;
    portail.rattacher(mairie, lea, "gs", &[]).await;
    let ecole = portail.structure("École de Terneuil", 2, true).await;
    let paul_id = portail.id(PAUL).await;
    portail.gp(ecole, paul_id).await;
    portail.personne(ZOE).await;
    let mut paul = portail.connecter(PAUL).await;
    let page = paul.page(PAGE).await;
    page.statut(200)
        .contient("Mairie de Terneuil")
        .contient("École de Terneuil")
        .contient("Ils ne se désactivent pas.");
    assert_eq!(
        page.formulaire("Enregistrer").valeurs("voulu").len(),
        8,
        "everything is wanted at first"
    );
    refuser(
        &mut paul,
        mairie,
        &[Categorie::NouvelleDemande, Categorie::DemandeRetiree],
    )
    .await;
    let page = paul.page(PAGE).await;
    assert_eq!(page.formulaire("Enregistrer").valeurs("voulu").len(), 6);
    demander(&portail, ZOE, mairie).await;
    demander(&portail, ZOE, ecole).await;
    assert_eq!(
        recus(&portail, PAUL, "demande_a_decider").await,
        1,
        "École only"
    );
    assert_eq!(recus(&portail, LEA, "demande_a_decider").await, 1);
    // The reminder was not refused.
    let demande = portail
        .uuid("select d.id from demandes_rattachement d join structures s on s.id = d.structure_id where s.raison_sociale like 'Mairie%'")
        .await;
    portail.avancer("2 days").await;
    let mut zoe = portail.connecter(ZOE).await;
    zoe.poster(&format!("/mon-compte/demandes/{demande}/relance"), &[])
        .await
        .statut(200);
    assert_eq!(recus(&portail, PAUL, "demande_relancee").await, 1);
    // Withdrawn: refused, and nobody has anything to do: silence is right.
    refuser(
        &mut portail.connecter(LEA).await,
        mairie,
        &[Categorie::DemandeRetiree],
    )
    .await;
    zoe.poster(&format!("/mon-compte/demandes/{demande}/retrait"), &[])
        .await
        .statut(200);
    assert_eq!(recus(&portail, PAUL, "demande_retiree").await, 0);
    assert_eq!(recus(&portail, LEA, "demande_retiree").await, 0);
}

#[tokio::test]
async fn si_personne_n_en_veut_le_gestionnaire_principal_le_recoit() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    let lea = portail.personne(LEA).await;
    portail.rattacher(mairie, lea, "gs", &[]).await;
    portail.personne(ZOE).await;
    for adresse in [PAUL, LEA] {
        let mut acteur = portail.connecter(adresse).await;
        refuser(
            &mut acteur,
            mairie,
            &[Categorie::NouvelleDemande, Categorie::Relance],
        )
        .await;
    }
    demander(&portail, ZOE, mairie).await;
    assert_eq!(recus(&portail, PAUL, "demande_a_decider").await, 1);
    assert_eq!(recus(&portail, LEA, "demande_a_decider").await, 0);
    let demande = portail.uuid("select id from demandes_rattachement").await;
    portail.avancer("2 days").await;
    portail
        .connecter(ZOE)
        .await
        .poster(&format!("/mon-compte/demandes/{demande}/relance"), &[])
        .await
        .statut(200);
    assert_eq!(recus(&portail, PAUL, "demande_relancee").await, 1);
    assert_eq!(recus(&portail, LEA, "demande_relancee").await, 0);
}

#[tokio::test]
async fn on_ne_choisit_que_pour_les_structures_qu_on_gere() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    let zoe = portail.personne(ZOE).await;
    portail.rattacher(mairie, zoe, "us", &[]).await;
    let ecole = portail.structure("École de Terneuil", 2, true).await;
    let lea = portail.personne(LEA).await;
    portail.gp(ecole, lea).await;
    let avant = portail.empreinte().await;
    let mut zoe = portail.connecter(ZOE).await;
    let page = zoe.page(PAGE).await;
    page.contient("Vous n’en recevez aucun");
    let mut paul = portail.connecter(PAUL).await;
    let (m, e) = (mairie.to_string(), ecole.to_string());
    let deux = format!("{m},{e}");
    let voulu = format!("{e}.relance");
    let inconnu = format!("{m}.activation");
    for champs in [
        vec![("montrees", e.as_str())],
        vec![("montrees", deux.as_str())],
        vec![("montrees", m.as_str()), ("voulu", voulu.as_str())],
        vec![("montrees", m.as_str()), ("voulu", inconnu.as_str())],
        vec![("montrees", "x")],
    ] {
        paul.poster(PAGE, &champs).await.statut(404);
        zoe.poster(PAGE, &champs).await.statut(404);
    }
    assert_eq!(portail.empreinte().await, avant);
}

/// Only these may be refused: whoever adds one thinks of spec §13.
#[test]
fn les_courriels_obligatoires_le_restent() {
    use vantail::courrier::Courrier;
    use vantail::rattachements::courriers as r;
    fn obligatoire<C: Courrier>() {
        assert_eq!(C::CATEGORIE, None, "{}", C::GABARIT);
    }
    obligatoire::<r::RattachementValide>();
    obligatoire::<r::RattachementRefuse>();
    obligatoire::<r::RattachementParGestionnaire>();
    obligatoire::<r::RattachementSupprime>();
    obligatoire::<r::DemandeEnregistree>();
    obligatoire::<r::DemandeClose>();
    obligatoire::<r::RoleRecu>();
    obligatoire::<r::RoleTransmis>();
    obligatoire::<r::RoleChange>();
    obligatoire::<vantail::rattachements::courriers_structures::StructureDesactivee>();
    obligatoire::<r::GestionnaireDesigne>();
    obligatoire::<vantail::utilisateurs::courriers::Activation>();
    obligatoire::<vantail::utilisateurs::courriers::MotDePasseOublie>();
    obligatoire::<vantail::utilisateurs::courriers::MotDePasseModifie>();
    assert_eq!(
        r::DemandeADecider::CATEGORIE,
        Some(Categorie::NouvelleDemande)
    );
    assert_eq!(r::DemandeRelancee::CATEGORIE, Some(Categorie::Relance));
    for categorie in Categorie::TOUTES {
        assert_eq!(Categorie::lire(categorie.code()), Some(categorie));
    }
}
