//! Three structures with everybody a test of rights needs, and one person in two of them (spec §11).

use super::super::monde::{Maille, Monde, P, Personne, S, Structure, jours};
use crate::acces::Role::{Gs, Us};

/// What changes from one structure to the next: logins and names, in the order of [`peupler`].
struct Gens {
    gp: (&'static str, &'static str, &'static str, &'static str),
    gs: (&'static str, &'static str, &'static str, &'static str),
    gs_service: (&'static str, &'static str, &'static str, &'static str),
    us: (&'static str, &'static str, &'static str, &'static str),
    us_service: (&'static str, &'static str, &'static str),
    attente: (&'static str, &'static str, &'static str),
    refuse: (&'static str, &'static str, &'static str),
    desactive: (&'static str, &'static str, &'static str),
    echu: (&'static str, &'static str, &'static str),
    bientot: (&'static str, &'static str, &'static str),
    jamais: (&'static str, &'static str, &'static str),
    dix: (&'static str, &'static str, &'static str),
    cinquante_neuf: (&'static str, &'static str, &'static str),
}

pub(super) fn ajouter(m: &mut Monde) {
    let a = m.structure(
        Structure::new("26381207500012", "ASILE DE L’AUBERIVE", "a").a(
            "6 rue de l’Aube",
            "38200",
            "VIENNE",
        ),
    );
    let gp_a = peupler(m, a, &A);
    let b = m.structure(
        Structure::new("82147703100016", "BRUNOY MÉCANIQUE", "b")
            .privee()
            .a("27 rue du Laminoir", "91800", "BRUNOY"),
    );
    let gp_b = peupler(m, b, &B);
    let c = m.structure(
        Structure::new("20009876200012", "CÔTE CENDRÉE COMMUNAUTÉ", "c").a(
            "1 esplanade du Port",
            "14510",
            "HOULGATE",
        ),
    );
    peupler(m, c, &C);
    let double = m.personne(
        Personne::new("deux.structures@example.org", "Dominique", "Deschamps")
            .a("69003", "Lyon")
            .qui("GS de ASILE DE L’AUBERIVE (A), US de BRUNOY MÉCANIQUE (B)"),
    );
    m.rattache(a, gp_a, double, Gs, Maille::Structure, jours(88));
    m.rattache(b, gp_b, double, Us, Maille::Structure, jours(66));
}

/// Answers the gestionnaire principal.
fn peupler(m: &mut Monde, s: S, gens: &Gens) -> P {
    let accueil = m.service(s, "ACC", "Accueil");
    let compta = m.service(s, "CPT", "Comptabilité");
    let travaux = m.service(s, "TVX", "Travaux");
    let connu = |m: &mut Monde, (login, prenom, nom, qui)| {
        m.personne(Personne::new(login, prenom, nom).qui(qui))
    };
    let autre = |m: &mut Monde, (login, prenom, nom)| m.personne(Personne::new(login, prenom, nom));

    let gp = connu(m, gens.gp);
    m.gp(s, gp, jours(180));
    let gs = connu(m, gens.gs);
    m.rattache(s, gp, gs, Gs, Maille::Structure, jours(170));
    let limite = connu(m, gens.gs_service);
    m.rattache(
        s,
        gp,
        limite,
        Gs,
        Maille::Services(vec![compta]),
        jours(160),
    );
    let us = connu(m, gens.us);
    let d = m.demande(
        s,
        us,
        Us,
        Maille::Structure,
        jours(131),
        "Suivi des factures de toute la maison.",
    );
    m.valide(d, gs, jours(130));
    let us_service = autre(m, gens.us_service);
    m.rattache(
        s,
        limite,
        us_service,
        Us,
        Maille::Services(vec![compta]),
        jours(110),
    );

    let p = autre(m, gens.attente);
    m.demande(
        s,
        p,
        Us,
        Maille::Services(vec![compta]),
        jours(7),
        "J’arrive à la comptabilité.",
    );
    let p = autre(m, gens.refuse);
    let d = m.demande(
        s,
        p,
        Gs,
        Maille::Services(vec![accueil, travaux]),
        jours(26),
        "Je voudrais gérer deux services.",
    );
    m.refuse(d, gp, jours(25), "Ces services ont déjà leur gestionnaire.");
    let p = autre(m, gens.desactive);
    let r = m.rattache(s, gs, p, Us, Maille::Services(vec![travaux]), jours(95));
    m.desactive(r, gs, jours(15));
    let p = autre(m, gens.echu);
    let r = m.rattache(s, gs, p, Us, Maille::Services(vec![accueil]), jours(92));
    m.echu(r, jours(2));
    let p = autre(m, gens.bientot);
    let r = m.rattache(
        s,
        gs,
        p,
        Us,
        Maille::Services(vec![accueil, compta]),
        jours(85),
    );
    m.rattachements[r.0].fin = Some(jours(-12));

    let (login, prenom, nom) = gens.jamais;
    let p = m.personne(Personne::new(login, prenom, nom).jamais_activee(jours(3)));
    m.rattache(s, gp, p, Us, Maille::Services(vec![compta]), jours(3));
    for ((login, prenom, nom), depuis) in [(gens.dix, 10), (gens.cinquante_neuf, 59)] {
        let p = m.personne(Personne::new(login, prenom, nom).inactive(jours(depuis)));
        let r = m.rattache(s, gp, p, Us, Maille::Structure, jours(140 - depuis));
        m.compte_desactive(r, jours(depuis));
    }
    gp
}

const A: Gens = Gens {
    gp: (
        "gp@a.example",
        "Alice",
        "Abadie",
        "GP de ASILE DE L’AUBERIVE (A)",
    ),
    gs: (
        "gs@a.example",
        "Adrien",
        "Allard",
        "GS de A, toute la structure",
    ),
    gs_service: (
        "gs.service@a.example",
        "Amélie",
        "Aubert",
        "GS de A, service Comptabilité seulement",
    ),
    us: ("us@a.example", "Arthur", "Andrieu", "US de A"),
    us_service: ("us.service@a.example", "Awa", "Ariel"),
    attente: ("attente@a.example", "Axel", "Astier"),
    refuse: ("refuse@a.example", "Agnès", "Alary"),
    desactive: ("desactive@a.example", "Aurélien", "Auger"),
    echu: ("echu@a.example", "Anouk", "Arnaud"),
    bientot: ("bientot@a.example", "Albane", "Armand"),
    jamais: ("jamais.active@a.example", "Alban", "Aymard"),
    dix: ("inactif10@a.example", "Ahmed", "Azzouz"),
    cinquante_neuf: ("inactif59@a.example", "Ariane", "Avril"),
};

const B: Gens = Gens {
    gp: (
        "gp@b.example",
        "Bastien",
        "Blanchet",
        "GP de BRUNOY MÉCANIQUE (B, privée)",
    ),
    gs: (
        "gs@b.example",
        "Bérénice",
        "Besson",
        "GS de B, toute la structure",
    ),
    gs_service: (
        "gs.service@b.example",
        "Boris",
        "Bataille",
        "GS de B, service Comptabilité seulement",
    ),
    us: ("us@b.example", "Brigitte", "Buisson", "US de B"),
    us_service: ("us.service@b.example", "Basile", "Bonnin"),
    attente: ("attente@b.example", "Bintou", "Barry"),
    refuse: ("refuse@b.example", "Benoît", "Brunel"),
    desactive: ("desactive@b.example", "Blandine", "Boyer"),
    echu: ("echu@b.example", "Brice", "Bertin"),
    bientot: ("bientot@b.example", "Belinda", "Baron"),
    jamais: ("jamais.active@b.example", "Baptiste", "Bazin"),
    dix: ("inactif10@b.example", "Béatrice", "Bouvet"),
    cinquante_neuf: ("inactif59@b.example", "Bruno", "Bellanger"),
};

const C: Gens = Gens {
    gp: (
        "gp@c.example",
        "Camille",
        "Chevallier",
        "GP de CÔTE CENDRÉE COMMUNAUTÉ (C)",
    ),
    gs: (
        "gs@c.example",
        "Cédric",
        "Carpentier",
        "GS de C, toute la structure",
    ),
    gs_service: (
        "gs.service@c.example",
        "Coralie",
        "Collet",
        "GS de C, service Comptabilité seulement",
    ),
    us: ("us@c.example", "Cyril", "Charrier", "US de C"),
    us_service: ("us.service@c.example", "Chloé", "Caron"),
    attente: ("attente@c.example", "Clément", "Cordier"),
    refuse: ("refuse@c.example", "Cécile", "Coulon"),
    desactive: ("desactive@c.example", "Corentin", "Chauvin"),
    echu: ("echu@c.example", "Célia", "Camus"),
    bientot: ("bientot@c.example", "Cheick", "Coulibaly"),
    jamais: ("jamais.active@c.example", "Constance", "Cousin"),
    dix: ("inactif10@c.example", "Charles", "Clerc"),
    cinquante_neuf: ("inactif59@c.example", "Clotilde", "Combes"),
};
