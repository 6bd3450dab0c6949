//! 4 ROUES SOUS UN PARAPLUIE (seed 003), COMMUNE DE PIETRALBA (seed 001), a commune without gestionnaire, the staff.

use super::super::monde::{Maille, Monde, Personne, S, Structure, heures, jours};
use crate::acces::Role::{Gs, Us};

pub(super) fn ajouter(m: &mut Monde) {
    quatre_roues(m);
    pietralba(m);
    sans_gestionnaire(m);
    m.personne(
        Personne::new("jules.martin@example.org", "Jules", "Martin")
            .a("44000", "Nantes")
            .qui("compte actif, rattaché à rien")
            .creee(jours(1)),
    );
    for (login, prenom, nom, equipe, qui) in [
        (
            "support.un@vantail.example",
            "Sabine",
            "Arnoult",
            "support",
            "support",
        ),
        (
            "support.deux@vantail.example",
            "Sofiane",
            "Brahimi",
            "support",
            "support",
        ),
        (
            "admin@vantail.example",
            "Agathe",
            "Colin",
            "administrateur",
            "administratrice de l’instance",
        ),
    ] {
        m.personne(Personne::new(login, prenom, nom).equipe(equipe).qui(qui));
    }
}

fn quatre_roues(m: &mut Monde) {
    let roues = m.structure(
        Structure::new("50161285700018", "4 ROUES SOUS UN PARAPLUIE", "4roues")
            .privee()
            .a("8 quai de la Gironde", "75019", "PARIS"),
    );
    let atelier = m.service(roues, "ATELIER", "Atelier");
    let location = m.service(roues, "LOC", "Location");
    m.service_desactive(roues, "OCC", "Vente d’occasion");
    let claire = m.personne(
        Personne::new("claire.petit@4roues.example", "Claire", "Petit")
            .qui("GP de 4 ROUES SOUS UN PARAPLUIE")
            .creee(jours(300)),
    );
    m.gp(roues, claire, jours(299));
    let paul = m.personne(Personne::new(
        "paul.renard@4roues.example",
        "Paul",
        "Renard",
    ));
    m.rattache(
        roues,
        claire,
        paul,
        Us,
        Maille::Services(vec![atelier, location]),
        jours(70),
    );
    let helo = m.personne(
        Personne::new("helo.dy@example.org", "Hélo", "Dy")
            .qui("demande en attente sur 4 ROUES SOUS UN PARAPLUIE")
            .creee(jours(12)),
    );
    m.demande(
        roues,
        helo,
        Us,
        Maille::Structure,
        jours(3),
        "Comptable des 4 ROUES depuis le 1er du mois.",
    );
}

fn pietralba(m: &mut Monde) {
    let commune = m.structure(
        Structure::new("21200223200016", "COMMUNE DE PIETRALBA", "pietralba").a(
            "MAIRIE",
            "20218",
            "PIETRALBA",
        ),
    );
    let marc = m.personne(
        Personne::new("marc.orsini@pietralba.example", "Marc", "Orsini")
            .a("20218", "Pietralba")
            .qui("GP de COMMUNE DE PIETRALBA (aucun service)")
            .creee(jours(500)),
    );
    m.gp(commune, marc, jours(480));
    let ange = m.personne(
        Personne::new("ange.casanova@pietralba.example", "Ange", "Casanova")
            .a("20218", "Pietralba"),
    );
    m.rattache(commune, marc, ange, Gs, Maille::Structure, jours(45));
    let zahra = m.personne(
        Personne::new("zahra.hamou@example.org", "Zahra", "Hamou")
            .qui("compte actif, demande en attente sur COMMUNE DE PIETRALBA")
            .creee(jours(9)),
    );
    m.demande(
        commune,
        zahra,
        Us,
        Maille::Structure,
        jours(4) + heures(2),
        "Je suis secrétaire de mairie à mi-temps.",
    );
    a_activer(m, commune);
}

/// An account that somebody else asked for: the mail and the activation page say what will happen.
fn a_activer(m: &mut Monde, commune: S) {
    let lucie = m.personne(
        Personne::new("lucie.moreau@pietralba.example", "Lucie", "Moreau")
            .a("20218", "Pietralba")
            .qui("compte à activer, demandé par Ange Casanova, avec une demande sur COMMUNE DE PIETRALBA")
            .jamais_activee(heures(20)),
    );
    m.inscription(
        commune,
        lucie,
        "Ange Casanova",
        "Je remplace la secrétaire de mairie.",
    );
}

/// A request on a structure that nobody manages: it waits for `vantail gestionnaire designer`.
fn sans_gestionnaire(m: &mut Monde) {
    let lama = m.structure(
        Structure::new("21200136600013", "COMMUNE DE LAMA", "lama").a("MAIRIE", "20218", "LAMA"),
    );
    let toussaint = m.personne(
        Personne::new("toussaint.leca@example.org", "Toussaint", "Leca")
            .a("20218", "Lama")
            .qui("demande en attente sur COMMUNE DE LAMA, que personne ne gère")
            .creee(jours(16)),
    );
    m.demande(
        lama,
        toussaint,
        Us,
        Maille::Structure,
        jours(14),
        "Je suis adjoint aux finances.",
    );
}
