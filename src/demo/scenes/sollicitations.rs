//! One sollicitation in each state, among them the one of seed 000 §3: the gestionnaire of a lycée left.

use super::super::monde::{Monde, heures, jours};

pub(super) fn ajouter(m: &mut Monde) {
    let (sabine, sofiane) = (
        m.qui("support.un@vantail.example"),
        m.qui("support.deux@vantail.example"),
    );

    let anne = m.qui("nouvelle.proviseure@ac-lyon.example");
    let parti = m.qui("ancien.proviseur@ac-lyon.example");
    let lycee = m.ou("19420017600015");
    m.demande_un_gestionnaire(anne, lycee, parti, jours(2));

    // The same further on: the certificate is back, signed; a second agent decides.
    let cheffe = m.qui("cheffe.grenoble@ac-grenoble.example");
    let adjoint = m.qui("adjoint.belledonne@ac-grenoble.example");
    let belledonne = m.ou("19380033100012");
    let s = m.demande_un_gestionnaire(adjoint, belledonne, cheffe, jours(6));
    m.prend_en_charge(s, sofiane, jours(5));
    m.certificat(
        s,
        (cheffe, sofiane),
        "La proviseure a été mutée sans transférer son rôle.",
        jours(5) - heures(1),
    );
    m.certificat_signe(s, "Voici le certificat, signé par l’ordonnateur.", jours(1));

    let toussaint = m.qui("toussaint.leca@example.org");
    let s = m.sollicite(
        toussaint,
        "Personne ne gère ma commune",
        "Ma demande attend depuis deux semaines\u{202F}: à qui dois-je m’adresser\u{202F}?",
        jours(5),
    );
    m.prend_en_charge(s, sabine, jours(4));
    m.support_repond(
        s,
        "Votre commune n’a pas encore de gestionnaire. Nous écrivons à la mairie.",
        false,
        jours(4) - heures(1),
    );
    m.support_note(s, sofiane, "La mairie rappelle jeudi.", jours(1));

    let julie = m.qui("julie.bon@terneuil.example");
    let s = m.sollicite(
        julie,
        "Les courriels n’arrivent plus",
        "Je ne reçois plus les courriels du portail depuis lundi.",
        jours(3),
    );
    m.prend_en_charge(s, sofiane, jours(3) - heures(2));
    m.support_repond(
        s,
        "Votre adresse de contact est-elle toujours la bonne\u{202F}? Regardez dans Mon compte.",
        true,
        jours(2),
    );

    let thomas = m.qui("thomas.mostkowsy@terneuil.example");
    let s = m.sollicite(
        thomas,
        "Nom mal orthographié",
        "Mon nom s’écrit Mostkowsy, avec un y.",
        jours(9),
    );
    m.prend_en_charge(s, sabine, jours(8));
    m.support_repond(
        s,
        "Où le voyez-vous mal écrit\u{202F}?",
        true,
        jours(8) - heures(1),
    );
    m.auteur_repond(s, "Sur un courriel de 2024 seulement.", jours(7));
    m.support_resout(
        s,
        "Votre compte porte le bon nom, les prochains courriels aussi.",
        jours(6),
    );

    let marc = m.qui("marc.orsini@pietralba.example");
    let s = m.sollicite(
        marc,
        "Ajouter un service à la commune",
        "Comment créer un service pour l’école\u{202F}?",
        jours(40),
    );
    m.prend_en_charge(s, sofiane, jours(39));
    m.support_resout(
        s,
        "Un service se crée depuis l’écran de la structure.",
        jours(38),
    );
    m.auteur_clot(s, jours(37));

    // To a public structure: « Sollicitations reçues » of the CCAS has one, with its document.
    let ccas = m.ou("14700985600138");
    m.sollicite_une_structure(
        (toussaint, ccas),
        (
            "Facture 2026-117\u{202F}: paiement attendu",
            "Bonjour, cette facture est à échéance depuis le début du mois. Pouvez-vous me dire où elle en est\u{202F}?",
        ),
        (
            "Facture 2026-117.pdf",
            &["Facture 2026-117", "Toussaint Leca, menuisier", "Réparation de deux fenêtres : 480,00 euros"],
        ),
        jours(1),
    );
}
