//! The handover of seed 000: établissements whose accounts come from the PIGP, their référents.

use super::super::monde::{IlYA, Maille, Monde, P, Personne, R, S, Structure, jours};
use crate::acces::Role::{Gs, Us};

fn lyonnais(login: &'static str, prenom: &'static str, nom: &'static str) -> Personne {
    Personne::new(login, prenom, nom)
        .pigp()
        .a("69007", "Lyon")
        .creee(jours(700))
}

fn etablissement(m: &mut Monde, s: Structure, chef: Personne, depuis: IlYA) -> (S, P, R) {
    let (s, chef) = (m.structure(s.pigp()), m.personne(chef));
    let r = m.gp(s, chef, depuis);
    (s, chef, r)
}

pub(super) fn ajouter(m: &mut Monde) {
    let (lycee, sortant, _) = etablissement(
        m,
        Structure::new(
            "19690199500015",
            "LYCÉE DES TROIS FONTAINES",
            "trois-fontaines",
        )
        .a("40 avenue des Frères", "69007", "LYON"),
        lyonnais("proviseur.sortant@ac-lyon.example", "Bernard", "Delmas")
            .qui("GP sortant du LYCÉE DES TROIS FONTAINES (PIGP)"),
        jours(690),
    );
    let intendance = m.service(lycee, "INT", "Intendance");
    let adjointe = m.personne(lyonnais(
        "gestionnaire.fontaines@ac-lyon.example",
        "Mireille",
        "Sauvage",
    ));
    m.rattache(lycee, sortant, adjointe, Gs, Maille::Structure, jours(330));
    let agent = m.personne(lyonnais(
        "agent.fontaines@ac-lyon.example",
        "Loïc",
        "Tessier",
    ));
    m.rattache(
        lycee,
        adjointe,
        agent,
        Us,
        Maille::Services(vec![intendance]),
        jours(200),
    );

    let (college, entrant, gp) = etablissement(
        m,
        Structure::new("19690201900013", "COLLÈGE DES CORDELIERS", "cordeliers").a(
            "3 montée des Cordeliers",
            "69005",
            "LYON",
        ),
        lyonnais("proviseur.entrant@ac-lyon.example", "Hélène", "Vasseur")
            .qui("arrive au LYCÉE DES TROIS FONTAINES, encore GP du COLLÈGE DES CORDELIERS"),
        jours(600),
    );
    let second = m.personne(lyonnais(
        "adjoint.cordeliers@ac-lyon.example",
        "Rémi",
        "Chauvet",
    ));
    m.rattache(college, entrant, second, Gs, Maille::Structure, jours(300));
    // She leaves: the role passes to her deputy in twelve days.
    m.passation(gp, second, 12, jours(2));

    // A lycée whose gestionnaire principal left without transfer (spec §13 Demo): nobody can decide the GP's share.
    let (orphelin, parti, _) = etablissement(
        m,
        Structure::new("19420017600015", "LYCÉE DU HAUT FOREZ", "haut-forez").a(
            "2 rue de l’Étang",
            "42600",
            "MONTBRISON",
        ),
        lyonnais("ancien.proviseur@ac-lyon.example", "Gérard", "Pommier")
            .a("42600", "Montbrison")
            .vue(jours(310))
            .qui("GP du LYCÉE DU HAUT FOREZ, parti sans transférer son rôle"),
        jours(650),
    );
    let agent = m.personne(
        lyonnais("agent.forez@ac-lyon.example", "Sandrine", "Vial").a("42600", "Montbrison"),
    );
    m.rattache(orphelin, parti, agent, Us, Maille::Structure, jours(500));
    let nouvelle = m.personne(
        lyonnais("nouvelle.proviseure@ac-lyon.example", "Anne", "Royer")
            .a("42600", "Montbrison")
            .creee(jours(40))
            .qui("attend d’entrer au LYCÉE DU HAUT FOREZ : son gestionnaire est parti"),
    );
    let d = m.demande(
        orphelin,
        nouvelle,
        Gs,
        Maille::Structure,
        jours(34),
        "Je dirige le lycée depuis la rentrée.",
    );
    m.relance(d, jours(6));

    let (belledonne, cheffe, _) = etablissement(
        m,
        Structure::new(
            "19380033100012",
            "LYCÉE DES BALCONS DE BELLEDONNE",
            "belledonne",
        )
        .a("15 chemin du Grand Pré", "38420", "DOMÈNE"),
        Personne::new("cheffe.grenoble@ac-grenoble.example", "Nathalie", "Roche")
            .pigp()
            .a("38420", "Domène")
            .creee(jours(640))
            .qui("GP d’un lycée de l’académie de Grenoble (PIGP), mutée vers celle de Lyon"),
        jours(630),
    );
    // Her deputy asks the support for the role she left without a word.
    let adjoint = m.personne(
        Personne::new("adjoint.belledonne@ac-grenoble.example", "Olivier", "Berne")
            .pigp()
            .a("38420", "Domène")
            .creee(jours(400)),
    );
    m.rattache(
        belledonne,
        cheffe,
        adjoint,
        Gs,
        Maille::Structure,
        jours(390),
    );
    // A collège that opens: nobody manages it, its référent names the first gestionnaire principal (R-STR-SANS-GP).
    let rivieres = m.structure(
        Structure::new(
            "19690300900013",
            "COLLÈGE DES TROIS RIVIÈRES",
            "trois-rivieres",
        )
        .a("8 allée des Lavoirs", "69009", "LYON")
        .pigp(),
    );
    let principale = m.personne(
        lyonnais("principale.rivieres@ac-lyon.example", "Claire", "Fontanel")
            .creee(jours(20))
            .qui(
                "demande en attente sur le COLLÈGE DES TROIS RIVIÈRES (PIGP), que personne ne gère",
            ),
    );
    m.demande(
        rivieres,
        principale,
        Us,
        Maille::Structure,
        jours(4),
        "Je dirige ce nouveau collège.",
    );
    m.personne(
        Personne::new("referent@ac-grenoble.example", "Philippe", "Garcin")
            .equipe("referent")
            .a("38000", "Grenoble")
            .qui("référent de l’académie de Grenoble"),
    );
    m.personne(
        Personne::new("referent@ac-lyon.example", "Martine", "Ballet")
            .equipe("referent")
            .a("69007", "Lyon")
            .qui("référente de l’académie de Lyon"),
    );
}
