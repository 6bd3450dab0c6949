//! The screens of the référents, and of who looks for one.

use super::visites::{ADMIN, Groupe, PERSONNE, SORTANT, SUPPORT};
use Groupe::{Compte, Gestion, Ouvert};

pub const REFERENT: &str = "referent@ac-lyon.example";

pub const REFERENTS: &[(Groupe, &str, &str, &str)] = &[
    (Ouvert, "/trouver-mon-referent", PERSONNE, ""),
    (
        Ouvert,
        "/trouver-mon-referent",
        PERSONNE,
        "?siret=19690199500015",
    ),
    (Ouvert, "/trouver-mon-referent", PERSONNE, "?departement=69"),
    (
        Ouvert,
        "/demande-de-compte",
        PERSONNE,
        "?siret=19690199500015",
    ),
    (Ouvert, "/demande-de-compte/{secret}", PERSONNE, ""),
    (
        Compte,
        "/sollicitations/saisie/compte-pigp",
        SORTANT,
        "?siret=19690199500015",
    ),
    (Compte, "/sollicitations/saisie/mes-donnees", SORTANT, ""),
    (Gestion, "/referent", REFERENT, ""),
    (Gestion, "/referent", REFERENT, "?f.etat=traitees"),
    (
        Gestion,
        "/referent/demandes-de-compte/{demande_de_compte}",
        REFERENT,
        "",
    ),
    (
        Gestion,
        "/referent/demandes-de-compte/{demande_de_compte}/compte",
        REFERENT,
        "",
    ),
    (
        Gestion,
        "/referent/demandes-de-compte/{demande_de_compte}/refus",
        REFERENT,
        "",
    ),
    (
        Gestion,
        "/referent/sollicitations/{sollicitation}",
        "referent@ac-grenoble.example",
        "",
    ),
    (
        Gestion,
        "/referent/sollicitations/{sollicitation}/transmission",
        "referent@ac-grenoble.example",
        "",
    ),
    (
        Gestion,
        "/referent/demandes-de-compte/{demande_de_compte}/transmission",
        REFERENT,
        "",
    ),
    (Gestion, "/referent/demandes/{demande}", REFERENT, ""),
    (Gestion, "/referent/comptes", REFERENT, ""),
    (Gestion, "/referent/comptes/nouveau", REFERENT, ""),
    (Gestion, "/referent/comptes/{compte}", REFERENT, ""),
    (Gestion, "/referent/comptes/{compte}/identite", REFERENT, ""),
    (
        Gestion,
        "/referent/comptes/{compte}/perimetre",
        REFERENT,
        "",
    ),
    (
        Gestion,
        "/referent/comptes/{compte}/desactivation",
        REFERENT,
        "",
    ),
    (
        Gestion,
        "/referent/comptes/{compte}/reactivation",
        REFERENT,
        "",
    ),
    (Gestion, "/referent/arrivees", REFERENT, ""),
    (
        Gestion,
        "/referent/arrivees/{perimetre}/{arrivee}",
        REFERENT,
        "",
    ),
    (
        Gestion,
        "/referent/structures",
        REFERENT,
        "?siret=19690199500015",
    ),
    (Gestion, "/support/demandes-de-compte", SUPPORT, ""),
    (
        Gestion,
        "/support/demandes-de-compte/{demande_de_compte}",
        SUPPORT,
        "",
    ),
    (
        Gestion,
        "/support/demandes-de-compte/{demande_de_compte}/compte",
        SUPPORT,
        "",
    ),
    (
        Gestion,
        "/support/demandes-de-compte/{demande_de_compte}/refus",
        SUPPORT,
        "",
    ),
    (
        Gestion,
        "/support/demandes-de-compte/{demande_de_compte}/transmission",
        SUPPORT,
        "",
    ),
    (Gestion, "/administration/perimetres", ADMIN, ""),
    (Gestion, "/administration/perimetres/nouveau", ADMIN, ""),
    (Gestion, "/administration/perimetres/{perimetre}", ADMIN, ""),
    (
        Gestion,
        "/administration/perimetres/{perimetre}/suppression",
        ADMIN,
        "",
    ),
    (
        Gestion,
        "/administration/perimetres/{perimetre}/referents/{referent}/retrait",
        ADMIN,
        "",
    ),
    (
        Gestion,
        "/administration/structures",
        ADMIN,
        "?siret=21200223200016",
    ),
];
