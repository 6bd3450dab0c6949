//! Which structures go through the PIGP.

use super::{ADMIN, GP, SIRET_GRENOBLE, SIRET_LYON, corps, monde};
use crate::support::monde::siret;

#[tokio::test]
async fn le_referent_regle_les_structures_de_son_perimetre_l_administrateur_toutes() {
    let mut m = monde().await;
    let page = m
        .martine
        .page(&format!("/referent/structures?siret={SIRET_LYON}"))
        .await;
    page.contient("Lycée des Trois Fontaines")
        .contient("Académie de Lyon");
    page.formulaire("Enregistrer")
        .choisir("passe", "non")
        .remplir("motif", "Le lycée quitte le PIGP.")
        .envoyer(&mut m.martine)
        .await
        .contient("Lycée des Trois Fontaines ne passe pas par le PIGP.");
    let recu = corps(&m.portail.courriers_pour(GP).await[0]);
    assert!(
        recu.contains(
            "Martine Ballet a indiqué que Lycée des Trois Fontaines ne passe plus par le PIGP"
        ),
        "{recu}"
    );
    assert!(recu.contains("Motif\u{202f}: Le lycée quitte le PIGP."));
    let mut gp = m.portail.connecter(GP).await;
    gp.page("/activites")
        .await
        .contient("Passage par le PIGP modifié");
    let mut admin = m.portail.connecter(ADMIN).await;
    let page = admin
        .page(&format!(
            "/administration/structures?siret={SIRET_GRENOBLE}"
        ))
        .await;
    page.formulaire("Enregistrer")
        .choisir("passe", "non")
        .remplir("motif", "Erreur.")
        .envoyer(&mut admin)
        .await
        .contient("Lycée de Belledonne ne passe pas par le PIGP.");
    assert_eq!(
        m.portail
            .nombre("select count(*) from structures where passe_par_pigp")
            .await,
        0
    );
    assert_eq!(
        m.portail
            .nombre("select count(*) from historique where action = 'structure_pigp' and acteur_genre = 'equipe' and structure_id is not null")
            .await,
        2
    );
}

#[tokio::test]
async fn hors_du_perimetre_ou_privee_rien_ne_change() {
    let mut m = monde().await;
    let privee = m.portail.structure("Privée", 60, false).await;
    m.philippe
        .page(&format!("/referent/structures?siret={SIRET_LYON}"))
        .await
        .contient("Aucune structure publique de vos périmètres n’a ce SIRET.")
        .ne_contient_pas("Trois Fontaines");
    let lycee = m.lycee.to_string();
    let champs = [
        ("structure", lycee.as_str()),
        ("siret", SIRET_LYON),
        ("passe", "non"),
        ("motif", "x"),
    ];
    m.philippe
        .poster("/referent/structures", &champs)
        .await
        .statut(404);
    m.philippe
        .poster("/administration/structures", &champs)
        .await
        .statut(404);
    let mut admin = m.portail.connecter(ADMIN).await;
    let (privee, de_la_privee) = (privee.to_string(), siret(60));
    for (champs, statut) in [
        (
            vec![
                ("structure", privee.as_str()),
                ("passe", "oui"),
                ("motif", "x"),
            ],
            404,
        ),
        (
            vec![("structure", "x"), ("passe", "oui"), ("motif", "x")],
            422,
        ),
        (
            vec![
                ("structure", lycee.as_str()),
                ("siret", SIRET_LYON),
                ("passe", ""),
                ("motif", "x"),
            ],
            422,
        ),
        (
            vec![
                ("structure", lycee.as_str()),
                ("siret", SIRET_LYON),
                ("passe", "non"),
                ("motif", ""),
            ],
            422,
        ),
    ] {
        admin
            .poster("/administration/structures", &champs)
            .await
            .statut(statut);
    }
    admin
        .page(&format!("/administration/structures?siret={de_la_privee}"))
        .await
        .contient("Aucune structure publique n’a ce SIRET.");
    admin
        .page("/administration/structures?siret=12")
        .await
        .statut(422);
    // What is already so writes nothing.
    admin
        .poster(
            "/administration/structures",
            &[
                ("structure", lycee.as_str()),
                ("passe", "oui"),
                ("motif", "x"),
            ],
        )
        .await
        .statut(200);
    assert_eq!(
        m.portail
            .nombre("select count(*) from historique where action = 'structure_pigp'")
            .await,
        0
    );
}
