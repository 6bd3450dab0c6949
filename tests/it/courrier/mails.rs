//! What a mail says, and what a hostile name cannot make it say (ML4, failure-modes I21).

use vantail::courrier::{self, Courrier, LIEN};
use vantail::utilisateurs::courriers::{
    Activation, AdresseDejaConnue, MotDePasseModifie, MotDePasseOublie,
};

use vantail::utilisateurs::courriers_securite as securite;

use super::banc::{Banc, PUBLIQUE, a};

fn activation(prenom: &str) -> Activation {
    Activation {
        prenom: prenom.into(),
        nom: "Bon".into(),
        demandeur: None,
        marque: "Vantail".into(),
    }
}

#[test]
fn le_courriel_d_activation_se_lit() {
    let courriel = activation("Julie");
    assert_eq!(courriel.sujet(), "Vantail\u{202F}: activez votre compte");
    let attendu = format!(
        "Bonjour Julie Bon,\n\n\
         Un compte a été créé à votre nom sur Vantail.\n\n\
         Pour l’activer et choisir votre mot de passe, ouvrez cette page\u{202F}:\n{LIEN}\n\n\
         Ce lien est valable 7 jours et ne sert qu’une fois. S’il a expiré, la page vous en proposera un nouveau.\n\n\
         Si vous ne vous attendiez pas à ce courriel, vous n’avez rien à faire\u{202F}: le compte ne sera pas activé.\n\n\
         --\n\
         Ce courriel vous est adressé par Vantail. Il est envoyé automatiquement\u{202F}: merci de ne pas y répondre.\n\
         Si vous pensez l’avoir reçu par erreur, ne tenez pas compte de son contenu et ne le transférez pas."
    );
    assert_eq!(courriel.texte().trim_end(), attendu);
    let html = courriel.html();
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"fr\">"));
    assert!(html.contains("<h1>Activez votre compte</h1>"));
}

#[test]
fn chaque_courriel_a_ses_deux_formes_et_son_lien() {
    fn verifier(courriel: &impl Courrier) {
        for corps in [courriel.texte(), courriel.html()] {
            assert!(corps.contains(LIEN), "{corps}");
            assert!(corps.contains("Bonjour Julie Bon,"), "{corps}");
            assert!(
                corps.contains("Ce courriel vous est adressé par Vantail"),
                "{corps}"
            );
            assert!(!corps.contains("://"), "no link but the marker: {corps}");
        }
    }
    let (prenom, nom, marque) = ("Julie".to_owned(), "Bon".to_owned(), "Vantail".to_owned());
    verifier(&activation("Julie"));
    verifier(&MotDePasseOublie {
        prenom: prenom.clone(),
        nom: nom.clone(),
        marque: marque.clone(),
    });
    verifier(&MotDePasseModifie {
        prenom: prenom.clone(),
        nom: nom.clone(),
        marque: marque.clone(),
    });
    verifier(&AdresseDejaConnue {
        prenom: prenom.clone(),
        nom: nom.clone(),
        marque: marque.clone(),
    });
    macro_rules! verifier_de_securite {
        ($($type:ident { $($champ:ident: $valeur:expr),* }),* $(,)?) => {$(
            verifier(&securite::$type {
                prenom: prenom.clone(),
                nom: nom.clone(),
                marque: marque.clone(),
                $($champ: $valeur,)*
            });
        )*};
    }
    let nouvelle = || "julie.bon@mairie.example".to_owned();
    verifier_de_securite![
        ConfirmationAdresse {},
        AdresseDemandee {
            nouvelle: nouvelle()
        },
        AdresseModifiee {
            nouvelle: nouvelle()
        },
        AdresseDejaPrise {},
        NouvelleConnexion {
            quand: "21/11/2026 à 23:57".to_owned(),
            appareil: "Firefox sur Linux".to_owned()
        },
        FacteurActive {},
        FacteurRetire {},
        CodeSecoursUtilise { restants: 0 },
        CodesRenouveles {},
    ];
}

#[tokio::test]
async fn un_nom_hostile_reste_du_texte() {
    let banc = Banc::nouveau().await;
    let hostile = "{{ 7*7 }} <a href=\"http://evil.example\">ici</a>\r\nBcc: pirate@evil.example\r\n\r\n.\r\nQUIT\u{202E}";
    let mut courriel = activation(&format!("{hostile}{LIEN}"));
    courriel.marque = format!("Vantail\r\nBcc: pirate@evil.example {}", "x".repeat(300));
    let mut tx = banc.db.begin().await.expect("begun");
    courrier::deposer(
        &mut tx,
        uuid::Uuid::now_v7(),
        &a("julie@x.example"),
        &courriel,
    )
    .await
    .expect("deposited");
    tx.commit().await.expect("committed");
    assert_eq!(banc.passer().await.envoyes, 1);

    let recu = &banc.puits.recus()[0];
    assert_eq!(recu.destinataires, ["julie@x.example"]);
    let noms: Vec<String> = recu.entetes().into_iter().map(|(nom, _)| nom).collect();
    assert_eq!(
        noms,
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "MIME-Version",
            "Content-Type"
        ]
    );
    assert_eq!(recu.entete("To"), "julie@x.example");
    for corps in [recu.partie("text/plain"), recu.partie("text/html")] {
        assert!(corps.contains("{{ 7*7 }}"), "{corps}");
        assert!(
            !corps.contains("http://evil") && !corps.contains("evil.example"),
            "auto-linkable: {corps}"
        );
        assert!(
            !corps.contains("pirate@evil") && !corps.contains('\u{202E}'),
            "{corps}"
        );
        assert!(
            corps.matches(PUBLIQUE).count() <= 2,
            "the marker typed by a person is no link: {corps}"
        );
    }
    let html = recu.partie("text/html");
    assert!(!html.contains("<a href=\"http:"), "{html}");
    assert!(html.contains("&#60;a href=&#34;"), "{html}");
    assert_eq!(html.matches("<a ").count(), 1);
}

/// Every value written in a mail template goes through `inerte`; the only exception is the link.
#[test]
fn les_gabarits_rendent_inerte_tout_ce_qu_ils_citent() {
    let dossier = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/courriers");
    let mut lus = 0;
    for fichier in std::fs::read_dir(dossier).expect("templates") {
        let chemin = fichier.expect("readable").path();
        let contenu = std::fs::read_to_string(&chemin).expect("readable");
        for morceau in contenu.split("{{").skip(1) {
            let expression = morceau.split("}}").next().unwrap_or_default().trim();
            assert!(
                expression == "crate::courrier::LIEN" || expression.ends_with("|inerte"),
                "{}: {{{{ {expression} }}}} needs the filter inerte",
                chemin.display()
            );
        }
        assert!(
            !contenu.contains("http") && !contenu.contains("|safe"),
            "{}",
            chemin.display()
        );
        lus += 1;
    }
    assert!(lus >= 10, "{lus} templates");
}
