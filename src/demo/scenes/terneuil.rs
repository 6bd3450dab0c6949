//! CCAS Terneuil sur Seine (seeds 001 and 003): five services, twelve requests waiting, a past of decisions.

use super::super::monde::{Maille, Monde, P, Personne, S, Structure, V, heures, jours};
use crate::acces::Role::{Gs, Us};

fn habitant(login: &'static str, prenom: &'static str, nom: &'static str) -> Personne {
    Personne::new(login, prenom, nom).a("97500", "Terneuil sur Seine")
}

/// Login, names, comment, ranks of the services asked (none: the whole structure), days of waiting.
type Attente = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [usize],
    i32,
);

pub(super) fn ajouter(m: &mut Monde) {
    let ccas = m.structure(
        Structure::new("14700985600138", "CCAS TERNEUIL SUR SEINE", "terneuil").a(
            "12 rue des Jardins",
            "97500",
            "TERNEUIL SUR SEINE",
        ),
    );
    let sav = m.service(ccas, "SAV", "Service après-vente");
    let administration = m.service(ccas, "ADM", "Service Administration");
    let juridique = m.service(ccas, "JUR", "Service juridique");
    let achats = m.service(ccas, "ACH", "Service achats");
    let commercial = m.service(ccas, "COM", "Service commercial");

    let pauline = m.personne(
        habitant("pauline.dufour@terneuil.example", "Pauline", "Dufour")
            .qui("GP de CCAS TERNEUIL SUR SEINE : 5 services, 12 demandes de rattachement et 4 d’abonnement en attente")
            .creee(jours(420))
            .vue(heures(20)),
    );
    m.gp(ccas, pauline, jours(400));
    let matthieu = m.personne(
        habitant("matthieu.cardan@terneuil.example", "Matthieu", "Cardan")
            .qui("GS de CCAS TERNEUIL SUR SEINE"),
    );
    m.rattache(ccas, pauline, matthieu, Gs, Maille::Structure, jours(190));
    let thomas = m.personne(
        habitant("thomas.mostkowsy@terneuil.example", "Thomas", "Mostkowsy")
            .qui("US de CCAS TERNEUIL SUR SEINE, 2 services"),
    );
    let d = m.demande(
        ccas,
        thomas,
        Us,
        Maille::Services(vec![achats, juridique]),
        jours(150),
        "Je traite les marchés du CCAS.",
    );
    let r = m.valide(d, matthieu, jours(148));
    m.reactive(r, pauline, jours(90), jours(60));
    let julie = m.personne(
        habitant("julie.bon@terneuil.example", "Julie", "Bon")
            .qui("US de CCAS TERNEUIL SUR SEINE, toute la structure")
            .vue(heures(3)),
    );
    let d = m.demande(
        ccas,
        julie,
        Us,
        Maille::Structure,
        jours(121),
        "J’assure l’accueil de tous les services.",
    );
    m.valide(d, pauline, jours(120));

    // « Se termine bientôt » has somebody in it.
    let odile = m.personne(habitant("odile.renard@terneuil.example", "Odile", "Renard"));
    let r = m.rattache(
        ccas,
        pauline,
        odile,
        Us,
        Maille::Services(vec![achats]),
        jours(160),
    );
    m.finit(r, jours(20));

    espaces(
        m,
        ccas,
        [pauline, matthieu, thomas, julie],
        [juridique, achats],
    );

    // One request shows Validé, En cours de validation, Désactivé, Refusé and no status at once (spec §13 Demo).
    let sophie = m.personne(
        habitant("sophie.lambert@terneuil.example", "Sophie", "Lambert")
            .qui("demande où les cinq statuts de service se voient ensemble"),
    );
    let d = m.demande(
        ccas,
        sophie,
        Us,
        Maille::Services(vec![sav, commercial]),
        jours(80),
        "Renfort à l’après-vente et au commercial.",
    );
    let r = m.valide(d, pauline, jours(79));
    m.retire_service(r, commercial, matthieu, jours(40));
    let d = m.demande(
        ccas,
        sophie,
        Us,
        Maille::Services(vec![juridique]),
        jours(30),
        "Je suis aussi les contentieux.",
    );
    m.refuse(
        d,
        pauline,
        jours(28),
        "Les contentieux restent au service juridique.",
    );
    let d = m.demande(
        ccas,
        sophie,
        Us,
        Maille::Services(vec![achats]),
        jours(6),
        "Je reprends les commandes de fournitures.",
    );
    m.relance(d, jours(2));

    // Eleven more wait, the oldest for twenty days.
    let tous = [sav, administration, juridique, achats, commercial];
    let attendent: [Attente; 11] = [
        (
            "karim.benali@terneuil.example",
            "Karim",
            "Benali",
            "J’arrive au service achats lundi.",
            &[3],
            20,
        ),
        (
            "elodie.marchand@terneuil.example",
            "Élodie",
            "Marchand",
            "Je remplace Mme Roux pendant son congé.",
            &[1],
            17,
        ),
        (
            "antoine.lefevre@terneuil.example",
            "Antoine",
            "Lefèvre",
            "Suivi des factures de l’aide à domicile.",
            &[1, 3],
            15,
        ),
        (
            "nadia.cherif@terneuil.example",
            "Nadia",
            "Chérif",
            "Je coordonne les cinq services.",
            &[],
            13,
        ),
        (
            "gregoire.dupin@terneuil.example",
            "Grégoire",
            "Dupin",
            "Mise en place du portage de repas.",
            &[0, 4],
            11,
        ),
        (
            "maelys.le-goff@terneuil.example",
            "Maëlys",
            "Le Goff",
            "Stage de six mois au juridique.",
            &[2],
            9,
        ),
        (
            "olivier.n-guessan@terneuil.example",
            "Olivier",
            "N’Guessan",
            "Contrôle des engagements.",
            &[3],
            8,
        ),
        (
            "francoise.aubry@terneuil.example",
            "Françoise",
            "Aubry",
            "Reprise à mi-temps après mon congé.",
            &[1],
            5,
        ),
        (
            "samuel.weiss@terneuil.example",
            "Samuel",
            "Weiss",
            "Gestion des stocks de l’épicerie sociale.",
            &[0, 3, 4],
            4,
        ),
        (
            "ines.da-costa@terneuil.example",
            "Inès",
            "Da Costa",
            "Je seconde Matthieu Cardan.",
            &[],
            2,
        ),
        (
            "hugo.perrin@terneuil.example",
            "Hugo",
            "Perrin",
            "Nouvelle affectation au commercial.",
            &[4],
            1,
        ),
    ];
    for (rang, (login, prenom, nom, texte, services, depuis)) in attendent.into_iter().enumerate() {
        let p = m.personne(habitant(login, prenom, nom).creee(jours(depuis + 3)));
        let maille = match services {
            [] => Maille::Structure,
            _ => Maille::Services(services.iter().map(|i| tous[*i]).collect()),
        };
        let role = if login.starts_with("ines") { Gs } else { Us };
        let d = m.demande(
            ccas,
            p,
            role,
            maille,
            jours(depuis) - heures(rang as i32),
            texte,
        );
        if depuis > 10 {
            m.relance(d, jours(depuis - 7));
        }
    }

    // The past: refused, withdrawn, deactivated, deleted.
    let passe: [(&str, &str, &str); 4] = [
        ("denis.moreau@terneuil.example", "Denis", "Moreau"),
        ("carole.petitjean@terneuil.example", "Carole", "Petitjean"),
        ("yann.kerbrat@terneuil.example", "Yann", "Kerbrat"),
        ("lea.fontaine@terneuil.example", "Léa", "Fontaine"),
    ];
    let [denis, carole, yann, lea] =
        passe.map(|(login, prenom, nom)| m.personne(habitant(login, prenom, nom)));
    let d = m.demande(
        ccas,
        denis,
        Gs,
        Maille::Structure,
        jours(60),
        "Je souhaite gérer les accès.",
    );
    m.refuse(
        d,
        pauline,
        jours(57),
        "Le CCAS a déjà deux gestionnaires : demandez le rôle d’utilisateur simple.",
    );
    let d = m.demande(
        ccas,
        carole,
        Us,
        Maille::Services(vec![sav]),
        jours(50),
        "Erreur de structure, pardon.",
    );
    m.retire(d, jours(49));
    let d = m.demande(
        ccas,
        yann,
        Us,
        Maille::Services(vec![commercial]),
        jours(100),
        "Contrat de trois mois.",
    );
    let r = m.valide(d, matthieu, jours(99));
    m.desactive(r, matthieu, jours(10));
    let r = m.rattache(
        ccas,
        pauline,
        lea,
        Us,
        Maille::Services(vec![administration]),
        jours(140),
    );
    m.supprime(r, pauline, jours(21));
}

/// Four demandes d'abonnement wait, Julie's among them; some were decided before (seed 001 §5).
fn espaces(
    m: &mut Monde,
    ccas: S,
    [pauline, matthieu, thomas, julie]: [P; 4],
    [juridique, achats]: [V; 2],
) {
    let d = m.demande_espaces(
        ccas,
        julie,
        &[(Some(achats), "factures_a_valider", "consultation")],
        jours(70),
        "Je réponds aux fournisseurs au guichet.",
    );
    m.valide_espaces(d, pauline, jours(69));
    let d = m.demande_espaces(
        ccas,
        julie,
        &[(Some(juridique), "factures_a_valider", "modification")],
        jours(15),
        "Pour dépanner le juridique.",
    );
    m.refuse_espaces(
        d,
        matthieu,
        jours(12),
        "Le service juridique valide lui-même ses factures.",
    );
    m.demande_espaces(
        ccas,
        julie,
        &[
            (None, "factures_de_travaux", "consultation"),
            (Some(achats), "factures_a_valider", "modification"),
        ],
        jours(7),
        "Suivi du chantier de l’accueil.",
    );
    m.demande_espaces(
        ccas,
        thomas,
        &[
            (Some(achats), "factures_a_valider", "modification"),
            (Some(juridique), "factures_a_valider", "consultation"),
        ],
        jours(5),
        "Je valide désormais les factures des marchés.",
    );
    m.demande_espaces(
        ccas,
        matthieu,
        &[(None, "factures_a_valider", "modification")],
        jours(3),
        "En l’absence de Pauline Dufour.",
    );
    m.demande_espaces(
        ccas,
        pauline,
        &[(None, "factures_de_travaux", "modification")],
        heures(9),
        "Réception des travaux de la cuisine centrale.",
    );
}
