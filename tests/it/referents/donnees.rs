//! « Mes données » of a PIGP account, of a person who asked for one, of a référent: theirs, and nothing of the others.

use serde_json::Value;

use super::{AGENT, ANNE, GP, MARTINE, Monde, PHILIPPE, SIRET_LYON, executer, monde};
use crate::support::Acteur;

async fn siennes(acteur: &mut Acteur) -> Value {
    let page = acteur.lire("/mon-compte/donnees.json").await;
    page.statut(200);
    serde_json::from_str(&page.corps).unwrap_or_else(|e| panic!("{e}: {}", page.corps))
}

/// Anne and Léo asked; Anne has her account.
async fn deux_demandes() -> Monde {
    let mut m = monde().await;
    let leo = m
        .demande_confirmee("leo.marin@ac-lyon.test", SIRET_LYON)
        .await;
    let anne = m.demande_confirmee(ANNE, SIRET_LYON).await;
    let page = m
        .martine
        .page(&format!("/referent/demandes-de-compte/{anne}/compte"))
        .await;
    page.formulaire("Créer le compte")
        .remplir("motif", "Arrivée.")
        .envoyer(&mut m.martine)
        .await
        .statut(200);
    m.martine
        .poster(
            &format!("/referent/demandes-de-compte/{leo}/refus"),
            &[("motif", "Léo Marin a déjà un compte ailleurs.")],
        )
        .await
        .statut(200);
    executer(
        &m.portail,
        "update utilisateurs u set statut = 'actif', mot_de_passe = t.mot_de_passe, active_le = maintenant()
         from utilisateurs t where u.adresse_connexion = 'anne.royer@ac-lyon.test'
           and t.adresse_connexion = 'loic.tessier@ac-lyon.test'",
    )
    .await;
    m
}

#[tokio::test]
async fn le_perimetre_et_la_demande_de_compte_sont_dans_mes_donnees() {
    let m = deux_demandes().await;
    let donnees = siennes(&mut m.portail.connecter(ANNE).await).await;
    assert_eq!(donnees["perimetres"][0]["perimetre"], "Académie de Lyon");
    assert_eq!(donnees["perimetres"][0]["a_titre_de"], "compte");
    let demandes = donnees["demandes_de_compte"].as_array().expect("a list");
    assert_eq!(demandes.len(), 1);
    assert_eq!(demandes[0]["adresse"], ANNE);
    assert_eq!(demandes[0]["structure"], "Lycée des Trois Fontaines");
    assert_eq!(demandes[0]["message"], "J’arrive en septembre.");
    assert_eq!(demandes[0]["statut"], "acceptee");
    assert_eq!(demandes[0]["traitee_par"], "Martine Ballet");
    assert!(!donnees.to_string().contains("Marin"), "{donnees}");
}

/// The same address, an account that came another way: what she asked is hers all the same; what nobody confirmed is not.
#[tokio::test]
async fn une_demande_confirmee_par_mon_adresse_est_la_mienne_pas_les_autres() {
    let m = deux_demandes().await;
    executer(&m.portail, "update demandes_de_compte set compte_id = null").await;
    let mut anne = m.portail.connecter(ANNE).await;
    let donnees = siennes(&mut anne).await;
    assert_eq!(
        donnees["demandes_de_compte"][0]["adresse"], ANNE,
        "{donnees}"
    );
    executer(
        &m.portail,
        "update demandes_de_compte set statut = 'a_confirmer', confirmee_le = null, traitee_le = null, traitee_par = null,
           motif = null",
    )
    .await;
    let donnees = siennes(&mut anne).await;
    assert_eq!(donnees["demandes_de_compte"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn un_referent_a_ses_perimetres_et_pas_les_demandes_qu_il_traite() {
    let mut m = deux_demandes().await;
    let donnees = siennes(&mut m.martine).await;
    assert_eq!(donnees["perimetres"][0]["perimetre"], "Académie de Lyon");
    assert_eq!(donnees["perimetres"][0]["a_titre_de"], "référent");
    assert!(donnees["perimetres"][0]["depuis"].is_string());
    assert_eq!(donnees["demandes_de_compte"], Value::Array(Vec::new()));
    let texte = donnees.to_string();
    for autre in ["Grenoble", "J’arrive en septembre.", "ailleurs"] {
        assert!(!texte.contains(autre), "{autre}: {texte}");
    }
    let donnees = siennes(&mut m.philippe).await;
    assert_eq!(
        donnees["perimetres"][0]["perimetre"],
        "Académie de Grenoble"
    );
    assert!(!donnees.to_string().contains("Lyon"), "{donnees}");
    for adresse in [GP, AGENT] {
        let donnees = siennes(&mut m.portail.connecter(adresse).await).await;
        assert_eq!(donnees["perimetres"].as_array().expect("a list").len(), 1);
        let texte = donnees.to_string();
        for autre in [ANNE, MARTINE, PHILIPPE, "Grenoble"] {
            assert!(!texte.contains(autre), "{autre}: {texte}");
        }
    }
}
