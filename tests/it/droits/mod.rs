//! Permission × tenant × route, generated from the route table: a new route is covered the day it is declared.

mod adresses;
mod equipe;
mod espaces;
mod matrice;
mod monde;
mod motifs;
mod regard;

use vantail::acces::Permission;
use vantail::routes::Route;

use self::monde::{CAPACITES, Monde, Objets};
use crate::support::{Acteur, Portail};

/// What the permission alone decides.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Verdict {
    Connexion,
    Interdit,
    Introuvable,
    Passe,
}

async fn essayer(acteur: &mut Acteur, route: &Route, adresse: &str) -> Verdict {
    let page = if route.methode == "GET" {
        acteur.lire(adresse).await
    } else {
        acteur.poster_sans_suivre(adresse, &[]).await
    };
    assert!(
        page.statut.as_u16() < 500,
        "{} {adresse} : {}",
        route.methode,
        page.texte()
    );
    match page.statut.as_u16() {
        303 if page
            .entete("location")
            .is_some_and(|l| l.starts_with("/connexion"))
            && route.chemin != "/deconnexion" =>
        {
            Verdict::Connexion
        }
        // The door of the API: no sign-in page, a challenge.
        401 => Verdict::Connexion,
        403 => Verdict::Interdit,
        404 => Verdict::Introuvable,
        _ => Verdict::Passe,
    }
}

fn table(portail: &Portail) -> Vec<Route> {
    vantail::routes(&portail.app).table().to_vec()
}

fn sur_une_structure(permission: Permission) -> bool {
    matches!(
        permission,
        Permission::Membre | Permission::Gestion(_) | Permission::GestionPrincipale
    )
}

#[tokio::test]
async fn sans_connexion_seules_les_pages_de_visiteur_s_ouvrent() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    for route in table(&monde.portail) {
        let verdict = essayer(
            &mut monde.portail.anonyme(),
            &route,
            &monde.a.adresse(&route),
        )
        .await;
        if route.permission == Permission::Visiteur {
            assert_ne!(
                verdict,
                Verdict::Connexion,
                "{} {}",
                route.methode,
                route.chemin
            );
        } else {
            assert_eq!(
                verdict,
                Verdict::Connexion,
                "{} {}",
                route.methode,
                route.chemin
            );
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn la_structure_d_un_autre_n_existe_pas() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    for adresse in [
        "gp@b.example",
        "en.attente@a.example",
        "desactivee@a.example",
        "supprimee@a.example",
        "terminee@a.example",
        "future@a.example",
    ] {
        let mut acteur = monde.acteur(adresse).await;
        for route in table(&monde.portail)
            .into_iter()
            .filter(|r| sur_une_structure(r.permission))
        {
            let verdict = essayer(&mut acteur, &route, &monde.a.adresse(&route)).await;
            assert_eq!(
                verdict,
                Verdict::Introuvable,
                "{adresse} {} {}",
                route.methode,
                route.chemin
            );
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn l_enfant_d_une_autre_structure_n_existe_pas() {
    let monde = Monde::nouveau().await;
    let mut gp = monde.acteur("gp@a.example").await;
    for route in table(&monde.portail) {
        if route.methode != "GET"
            || !route.chemin.contains("{structure}/")
            || !route.chemin.contains("{demande}")
        {
            continue;
        }
        let melangee = Objets {
            structure: monde.a.structure,
            ..monde.b
        };
        let melangee = Objets {
            demande: monde.b.demande,
            ..melangee
        };
        let verdict = essayer(&mut gp, &route, &melangee.adresse(&route)).await;
        assert_eq!(
            verdict,
            Verdict::Introuvable,
            "{} {}",
            route.methode,
            route.chemin
        );
    }
    // The bank account, the mandat, the technical account of B, under the structure of A.
    for route in table(&monde.portail) {
        let de_b = ["{coordonnee}", "{mandat}", "{technique}"];
        if !de_b.iter().any(|p| route.chemin.contains(p)) {
            continue;
        }
        let melangee = Objets {
            structure: monde.a.structure,
            ..monde.b
        };
        let avant = monde.portail.empreinte().await;
        let page = if route.methode == "GET" {
            gp.lire(&melangee.adresse(&route)).await
        } else {
            let champs = [("libelle", "Autre"), ("fin", "2099-12-31")];
            gp.poster_sans_suivre(&melangee.adresse(&route), &champs)
                .await
        };
        assert!(
            [404, 422].contains(&page.statut.as_u16()),
            "{} {} : {}",
            route.methode,
            route.chemin,
            page.statut
        );
        assert_eq!(monde.portail.empreinte().await, avant, "{}", route.chemin);
    }
    // A line of the historique of B, asked for by A's GP.
    for route in table(&monde.portail)
        .into_iter()
        .filter(|r| r.chemin.contains("{ligne}"))
    {
        let verdict = essayer(&mut gp, &route, &monde.b.adresse(&route)).await;
        assert_eq!(
            verdict,
            Verdict::Introuvable,
            "{} {}",
            route.methode,
            route.chemin
        );
    }
}

#[tokio::test]
async fn un_membre_sans_le_droit_lit_403_et_ne_change_rien() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    let mut us = monde.acteur("us@a.example").await;
    let mut gs = monde.acteur("gs@a.example").await;
    for route in table(&monde.portail) {
        let adresse = monde.a.adresse(&route);
        match route.permission {
            Permission::Gestion(capacite) => {
                assert_eq!(
                    essayer(&mut us, &route, &adresse).await,
                    Verdict::Interdit,
                    "US {} {}",
                    route.methode,
                    route.chemin
                );
                if CAPACITES.contains(&capacite) {
                    let mut sans = monde.acteur(&format!("sans.{capacite}@a.example")).await;
                    let verdict = essayer(&mut sans, &route, &adresse).await;
                    assert_eq!(
                        verdict,
                        Verdict::Interdit,
                        "sans {capacite} {} {}",
                        route.methode,
                        route.chemin
                    );
                }
            }
            Permission::Portee(_) => {
                assert_eq!(
                    essayer(&mut us, &route, &adresse).await,
                    Verdict::Interdit,
                    "US {} {}",
                    route.methode,
                    route.chemin
                );
            }
            Permission::GestionPrincipale => {
                assert_eq!(
                    essayer(&mut gs, &route, &adresse).await,
                    Verdict::Interdit,
                    "GS {} {}",
                    route.methode,
                    route.chemin
                );
            }
            _ => {}
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn celui_qui_a_le_droit_passe() {
    let monde = Monde::nouveau().await;
    let mut gp = monde.acteur("gp@a.example").await;
    let mut demandeur = monde.acteur("demandeur@a.example").await;
    let mut us = monde.acteur("us@a.example").await;
    let mut support = monde.acteur("support@vantail.example").await;
    let mut administrateur = monde.acteur("administrateur@vantail.example").await;
    let mut referent = monde.acteur("referent@vantail.example").await;
    for route in table(&monde.portail) {
        // Its own objects only exist for their owner; signing out would end the walk.
        let personnelle = [
            "{session}",
            "{secret}",
            "{courrier}",
            "{acte}",
            "{assistance}",
        ]
        .iter()
        .any(|m| route.chemin.contains(m));
        if personnelle
            || route.chemin == "/deconnexion"
            || matches!(route.permission, Permission::Technique | Permission::Regard)
        {
            continue;
        }
        // A request is its author's under « Mon compte », its deciders' under the structure.
        let acteur = if route.permission == Permission::Support {
            &mut support
        } else if route.permission == Permission::Referent {
            &mut referent
        } else if route.permission == Permission::Administration {
            &mut administrateur
        } else if route.chemin.starts_with("/mon-compte/demandes/")
            || route.chemin.starts_with("/sollicitations/{")
        {
            &mut demandeur
        } else if [
            "/mon-compte/demandes-abonnement/",
            "/mon-compte/abonnements/retrait/",
        ]
        .iter()
        .any(|debut| route.chemin.starts_with(debut))
        {
            &mut us
        } else {
            &mut gp
        };
        let verdict = essayer(acteur, &route, &monde.a.adresse(&route)).await;
        assert_eq!(
            verdict,
            Verdict::Passe,
            "{} {}",
            route.methode,
            route.chemin
        );
    }
}

#[tokio::test]
async fn un_formulaire_venu_d_ailleurs_est_refuse_partout() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    for (nom, valeur) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://ailleurs.example"),
    ] {
        let mut gp = monde.acteur("gp@a.example").await;
        if nom == "Origin" {
            gp.entetes
                .push(("Sec-Fetch-Site".to_owned(), String::new()));
        }
        gp.entetes.push((nom.to_owned(), valeur.to_owned()));
        for route in table(&monde.portail)
            .into_iter()
            .filter(|r| r.change_l_etat)
        {
            let page = gp.poster_sans_suivre(&monde.a.adresse(&route), &[]).await;
            assert_eq!(
                page.statut.as_u16(),
                403,
                "{nom}: {valeur} {}",
                route.chemin
            );
        }
    }
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}

#[tokio::test]
async fn lire_ne_change_rien() {
    let monde = Monde::nouveau().await;
    let avant = monde.portail.empreinte().await;
    for adresse in [
        "gp@a.example",
        "gs@a.example",
        "us@a.example",
        "en.attente@a.example",
        "demandeur@a.example",
        "lecteur@a.example",
        "support@vantail.example",
        "administrateur@vantail.example",
    ] {
        let mut acteur = monde.acteur(adresse).await;
        for route in table(&monde.portail)
            .into_iter()
            .filter(|r| r.methode == "GET")
        {
            acteur.lire(&monde.a.adresse(&route)).await;
        }
    }
    assert_eq!(
        monde.portail.empreinte().await,
        avant,
        "GET never changes state (decisions 17)"
    );
}
