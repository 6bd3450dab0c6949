//! No act of the staff without a reason (spec §7): read from the route table, so that a new act is asked for its own the day it
//! is declared.

use vantail::acces::Permission;

use super::monde::Monde;
use super::table;

/// Acts of the staff that change nobody's data: each is its own trace.
const SANS_MOTIF: &[(&str, &str)] = &[
    ("/administration/aide/", "the texts of the portal"),
    ("/administration/actualites/", "the texts of the portal"),
    ("/administration/reponses/", "the texts of the desk"),
    (
        "/administration/equipe/{agent}/activation",
        "the same link once more, to who waits for it",
    ),
    (
        "/support/sollicitations/{sollicitation}/prise-en-charge",
        "written in the thread",
    ),
    (
        "/support/sollicitations/{sollicitation}/reponse",
        "written in the thread",
    ),
    (
        "/support/sollicitations/{sollicitation}/note",
        "written in the thread",
    ),
    (
        "/support/sollicitations/{sollicitation}/resolution",
        "written in the thread",
    ),
    ("/referent/sollicitations/", "written in the thread"),
    (
        "/referent/comptes/{compte}/activation",
        "the same link once more, to who waits for it",
    ),
];

/// A file is read, and shown before anything is written: what writes it asks for the reason.
const A_BLANC: &str = "/referent/arrivees";

/// Where two forms stand on one page, the field has a name of its own.
const AUTRE_NOM: (&str, &str) = (
    "/administration/perimetres/{perimetre}/referents",
    "motif_affectation",
);

#[tokio::test]
async fn l_equipe_n_agit_pas_sans_motif() {
    let monde = Monde::nouveau().await;
    let mut support = monde.acteur("support@vantail.example").await;
    let mut administrateur = monde.acteur("administrateur@vantail.example").await;
    let mut referent = monde.acteur("referent@vantail.example").await;
    let avant = monde.portail.empreinte().await;
    let mut motives = 0;
    for route in table(&monde.portail) {
        let acteur = match route.permission {
            Permission::Support => &mut support,
            Permission::Administration => &mut administrateur,
            Permission::Referent => &mut referent,
            _ => continue,
        };
        let dispense = SANS_MOTIF
            .iter()
            .any(|(debut, _)| route.chemin.starts_with(debut));
        if dispense || !route.change_l_etat || route.chemin == A_BLANC {
            continue;
        }
        let champ = if route.chemin == AUTRE_NOM.0 {
            AUTRE_NOM.1
        } else {
            "motif"
        };
        let page = acteur
            .poster_sans_suivre(&monde.a.adresse(&route), &[(champ, " ")])
            .await;
        assert_eq!(page.statut.as_u16(), 422, "{}", route.chemin);
        assert!(
            // At the field, or in the summary where the field comes with the structure that was not named.
            page.erreur_de(champ).is_some() || page.texte().contains("Saisissez le motif."),
            "{}: no message at the reason",
            route.chemin
        );
        motives += 1;
    }
    assert!(motives >= 20, "{motives}");
    assert_eq!(monde.portail.empreinte().await, avant, "nothing changed");
}
