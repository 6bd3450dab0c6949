//! The explanation, the doors, the views and an independent model say the same of every person, structure and espace.

use super::tirage::{self, CAPACITES, ESPACES, Hasard, Monde, Personne};
use crate::support::{Acteur, Portail, config_avec, rondes};

/// What the explanation says of each espace: « Oui » or « Non », and the detail.
async fn dit(acteur: &mut Acteur, identifiant: &str) -> Vec<(String, String)> {
    let page = acteur
        .lire(&format!("/mon-compte/acces?structure={identifiant}"))
        .await;
    page.statut(200);
    let acces = page.tous("#espaces tbody td:nth-of-type(1)");
    let detail = page.tous("#espaces tbody td:nth-of-type(2)");
    assert_eq!(acces.len(), ESPACES.len(), "{}", page.texte());
    acces.into_iter().zip(detail).collect()
}

/// 100 % agreement for one signed-in person on every structure of the world.
async fn comparer(portail: &Portail, monde: &Monde, personne: &Personne, graine: u64) {
    let mut acteur = portail.connecter(&personne.adresse).await;
    let ou = |quoi: &str| format!("seed {graine}, {}, {quoi}", personne.adresse);
    let mut menu_attendu: Vec<&str> = Vec::new();
    for (rang, structure) in monde.structures.iter().enumerate() {
        let dits = dit(&mut acteur, &structure.identifiant).await;
        for ((espace, _), (oui, detail)) in ESPACES.into_iter().zip(&dits) {
            let attendu = personne.espace(rang, structure, espace);
            let cas = ou(&format!("{} {espace}: {detail}", structure.identifiant));
            assert_eq!(oui == "Oui", attendu.is_some(), "{cas}");
            if let Some(droit) = attendu {
                menu_attendu.push(espace);
                let fige = !structure.active && espace != "sollicitations_emises";
                let mots = if fige { "Consultation seule" } else { droit };
                assert!(detail.starts_with(mots), "{cas}");
            }
        }
        portes(&mut acteur, monde, personne, rang, &ou).await;
    }
    // The menu opens what some structure opens, and nothing else.
    let accueil = acteur.lire("/").await;
    for (espace, _) in ESPACES
        .into_iter()
        .filter(|(e, _)| *e != "sollicitations_emises")
    {
        let adresse = match espace {
            "activites_du_gestionnaire" => "/activites".to_owned(),
            "sollicitations_recues" => "/sollicitations-recues".to_owned(),
            autre => format!("https://factures.example/{autre}"),
        };
        let ouvert = accueil.attributs("header nav a", "href").contains(&adresse);
        assert_eq!(ouvert, menu_attendu.contains(&espace), "{}", ou(espace));
    }
    let recues = acteur.lire("/sollicitations-recues").await.statut.as_u16();
    let ouvertes = menu_attendu.contains(&"sollicitations_recues");
    assert_eq!(recues == 200, ouvertes, "{}", ou("/sollicitations-recues"));
    let activites = acteur.lire("/activites").await.statut.as_u16();
    let gestionnaire = (0..monde.structures.len()).any(|r| personne.gestionnaire(r));
    assert_eq!(activites == 200, gestionnaire, "{}", ou("/activites"));
}

/// The routes themselves, in consultation and in modification.
async fn portes(
    acteur: &mut Acteur,
    monde: &Monde,
    personne: &Personne,
    rang: usize,
    ou: &impl Fn(&str) -> String,
) {
    let structure = &monde.structures[rang];
    let base = format!("/structures/{}", structure.id);
    let membre = personne.membre(rang).is_some();
    let fiche = acteur.lire(&base).await.statut.as_u16();
    assert_eq!(fiche == 200, membre, "{}", ou(&base));
    let rattache = personne.capacite(rang, "rattacher_utilisateurs");
    let recherche = acteur.lire(&format!("{base}/rattachement")).await;
    let attendu = match (membre, rattache) {
        (false, _) => 404,
        (true, false) => 403,
        // Behind the door, nobody is attached to a deactivated structure.
        (true, true) if !structure.active => 409,
        (true, true) => 200,
    };
    assert_eq!(recherche.statut.as_u16(), attendu, "{}", ou("recherche"));
    let ecriture = acteur
        .poster_sans_suivre(&format!("{base}/rattachement/{}", monde.temoin), &[])
        .await;
    let attendu = match (membre, structure.active, rattache) {
        (false, ..) => 404,
        (true, false, _) => 409,
        (true, true, false) => 403,
        // The door is open: the empty form is what is refused.
        (true, true, true) => 422,
    };
    assert_eq!(ecriture.statut.as_u16(), attendu, "{}", ou("écriture"));
}

/// The views, for everybody, those who cannot sign in included.
async fn vues(portail: &Portail, monde: &Monde, graine: u64) {
    for personne in &monde.personnes {
        for (rang, structure) in monde.structures.iter().enumerate() {
            let capacites: Option<Vec<String>> = sqlx::query_scalar(
                "select capacites from rattachements_effectifs where utilisateur_id = $1 and structure_id = $2",
            )
            .bind(personne.id)
            .bind(structure.id)
            .fetch_optional(&portail.db)
            .await
            .expect("the view");
            let cas = format!("seed {graine}, {}, {rang}", personne.adresse);
            assert_eq!(
                capacites.is_some(),
                personne.membre(rang).is_some(),
                "{cas}"
            );
            for capacite in CAPACITES {
                let tenue = capacites
                    .as_ref()
                    .is_some_and(|c| c.iter().any(|c| c == capacite));
                assert_eq!(tenue, personne.capacite(rang, capacite), "{cas} {capacite}");
            }
        }
    }
}

#[tokio::test]
async fn l_explication_et_les_portes_disent_la_meme_chose() {
    let adresses: Vec<(String, String)> = ESPACES
        .into_iter()
        .map(|(e, _)| {
            (
                format!("ESPACES_{}", e.to_uppercase()),
                format!("https://factures.example/{e}"),
            )
        })
        .filter(|(nom, _)| nom != "ESPACES_ACTIVITES_DU_GESTIONNAIRE")
        .collect();
    let changees: Vec<(&str, &str)> = adresses
        .iter()
        .map(|(nom, valeur)| (nom.as_str(), valeur.as_str()))
        .collect();
    let portail = Portail::avec(config_avec(&changees)).await;
    // A world costs some forty races: an eighth of the rounds.
    for ronde in 0..rondes(40).div_ceil(8) {
        let graine = u64::try_from(ronde).expect("small") + 1;
        let mut hasard = Hasard::new(graine);
        let rang = u32::try_from(ronde).expect("small") + 1;
        let monde = tirage::monde(&portail, &mut hasard, rang).await;
        for personne in monde.personnes.iter().filter(|p| p.active) {
            comparer(&portail, &monde, personne, graine).await;
        }
        for personne in monde.personnes.iter().filter(|p| !p.active) {
            // Signed in, then deactivated: every door is shut at the next click.
            let mut acteur = portail.connecter(&personne.adresse).await;
            sqlx::query("update utilisateurs set statut = 'inactif', desactive_le = maintenant() where id = $1")
                .bind(personne.id)
                .execute(&portail.db)
                .await
                .expect("an account");
            let page = acteur.lire("/mon-compte/acces").await;
            assert_eq!(page.statut.as_u16(), 303, "seed {graine}");
        }
        vues(&portail, &monde, graine).await;
    }
}
