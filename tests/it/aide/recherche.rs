//! « Posez-moi vos questions »: real questions find their article, misspelt ones too, and nonsense is admitted.

use vantail::aide::Audience;
use vantail::aide::recherche::chercher;

use super::ZAHRA;
use crate::support::{Portail, instructions};

const C: Audience = Audience::Connecte;
const G: Audience = Audience::Gestionnaire;
const V: Audience = Audience::Visiteur;

/// A question as people ask it, and the article that must be among the first three.
const QUESTIONS: [(&str, Audience, &str); 28] = [
    (
        "Comment transférer mon rôle de gestionnaire principal ?",
        C,
        "transferer-le-role",
    ),
    (
        "transferer le role de gestionaire principale",
        C,
        "transferer-le-role",
    ),
    (
        "Je n'ai pas reçu le mail d'activation",
        V,
        "activer-mon-compte",
    ),
    ("j'ai oublié mon mot de passe", V, "mot-de-passe-oublie"),
    (
        "mon gestionnaire est parti à la retraite, que faire ?",
        C,
        "mon-gestionnaire-est-parti",
    ),
    ("comment refuser une demande", G, "refuser-une-demande"),
    (
        "je veux déposer une facture mais je n'ai pas le bouton",
        C,
        "deposer-une-facture",
    ),
    ("notre SIRET a changé", C, "changer-de-siret"),
    ("ajouter un RIB", G, "coordonnees-bancaires"),
    (
        "comment rattacher un collègue qui n'a pas de compte",
        G,
        "rattacher-sans-compte",
    ),
    (
        "un utilisateur est parti, comment lui retirer ses accès",
        G,
        "utilisateurs-d-une-structure",
    ),
    (
        "pourquoi activités du gestionnaire n'apparaît pas dans mon menu",
        C,
        "verifier-mon-role",
    ),
    (
        "combien de temps pour valider ma demande, personne ne répond",
        C,
        "suivre-ma-demande",
    ),
    (
        "j’arrive d’une autre académie",
        V,
        "arriver-d-une-autre-academie",
    ),
    (
        "le nouveau proviseur arrive à la rentrée",
        V,
        "chef-d-etablissement-meme-academie",
    ),
    (
        "raccorder notre logiciel par API",
        C,
        "utilisateur-technique",
    ),
    ("donner accès à un nouvel agent", V, "nouveau-personnel"),
    ("supprimer mon compte", C, "desactiver-mon-compte"),
    ("demander un ratachement", C, "demander-un-rattachement"),
    (
        "quelle différence entre gestionnaire principal et secondaire",
        V,
        "types-d-utilisateurs",
    ),
    (
        "ouvrir un espace à tout un service",
        G,
        "ouvrir-des-espaces",
    ),
    (
        "changer mon adresse mail",
        C,
        "changer-d-adresse-de-connexion",
    ),
    ("créer un service", G, "creer-un-service"),
    ("contacter le support", C, "saisir-une-sollicitation"),
    (
        "quitter mon ancien établissement",
        C,
        "quitter-une-structure",
    ),
    (
        "retirer à un gestionnaire secondaire le droit de valider",
        G,
        "gerer-les-droits",
    ),
    (
        "annuler une validation faite par erreur",
        G,
        "annuler-une-decision",
    ),
    (
        "valider plusieurs demandes en même temps",
        G,
        "gerer-les-demandes-de-rattachement",
    ),
];

#[tokio::test]
async fn les_vraies_questions_trouvent_leur_article() {
    let portail = Portail::nouveau().await;
    let mut manquees = Vec::new();
    for (question, audience, attendu) in QUESTIONS {
        let reponses = chercher(&portail.app, audience, question)
            .await
            .expect("a search");
        let premiers: Vec<&str> = reponses
            .trouvees
            .iter()
            .take(3)
            .map(|r| r.slug.as_str())
            .collect();
        if !premiers.contains(&attendu) || !reponses.convient {
            manquees.push((question, attendu, premiers.join(", ")));
        }
    }
    assert!(manquees.is_empty(), "{manquees:#?}");
}

#[tokio::test]
async fn une_question_sans_reponse_le_dit_et_se_pose_au_support() {
    let portail = super::portail().await;
    let mut zahra = portail.connecter(ZAHRA).await;
    for question in [
        "recette de la tarte aux pommes",
        "quel temps fera-t-il demain à Brest",
        "horaires de la piscine municipale",
        "qsdfghjklm",
        "???",
        "le la les",
    ] {
        let q = url::form_urlencoded::byte_serialize(question.as_bytes()).collect::<String>();
        let page = zahra.page(&format!("/aide/question?q={q}")).await;
        page.statut(200)
            .contient("Aucun article ne répond vraiment à cette question");
        let saisie = zahra.page(&page.lien("Saisir sollicitation")).await;
        saisie.statut(200);
        assert_eq!(saisie.attributs("#objet", "value"), [question]);
    }
}

#[tokio::test]
async fn un_visiteur_se_connecte_puis_retrouve_sa_question() {
    let portail = super::portail().await;
    let mut visiteur = portail.anonyme();
    let page = visiteur.page("/aide/question?q=tarte+aux+pommes").await;
    page.statut(200)
        .contient("Vous devrez d’abord vous connecter");
    let connexion = visiteur.page(&page.lien("Saisir sollicitation")).await;
    assert!(
        connexion.adresse.starts_with("/connexion?retour="),
        "{}",
        connexion.adresse
    );
    assert!(connexion.adresse.contains("objet"), "{}", connexion.adresse);
}

#[tokio::test]
async fn un_mot_mal_ecrit_est_lu_comme_le_plus_proche() {
    let portail = super::portail().await;
    let mut zahra = portail.connecter(ZAHRA).await;
    let (page, compte) =
        instructions::compter(zahra.page("/aide/question?q=demander+un+ratachement")).await;
    page.statut(200)
        .contient("Réponses pour « demander un rattachement »");
    // An excerpt never begins in the middle of a sentence without saying so.
    for extrait in page.tous(".reponses h3 + p") {
        let premier = extrait.chars().next().expect("words");
        assert!(!premier.is_lowercase(), "{extrait}");
    }
    assert_eq!(
        page.attributs(".reponses a", "href")
            .first()
            .map(String::as_str),
        Some("/aide/demander-un-rattachement")
    );
    assert!(compte <= 8, "{compte} statements");
    // With its accents or without, in capitals or not: the same answers.
    let ordres: Vec<Vec<String>> = {
        let mut ordres = Vec::new();
        for q in [
            "transférer+le+rôle",
            "TRANSFERER+LE+ROLE",
            "transfere+roles",
        ] {
            let page = zahra.page(&format!("/aide/question?q={q}")).await;
            ordres.push(page.attributs(".reponses a", "href"));
        }
        ordres
    };
    assert_eq!(ordres[0], ordres[1]);
    assert_eq!(ordres[0].first(), ordres[2].first());
}

#[tokio::test]
async fn ce_que_l_on_tape_reste_du_texte() {
    let portail = super::portail().await;
    let mut zahra = portail.connecter(ZAHRA).await;
    for (tape, code) in [
        ("<script>alert(1)</script> rattachement", 200),
        ("\"><img src=x onerror=alert(1)> rattachement", 200),
        ("rattachement' ) | & ! :* <->", 200),
        ("\u{E000}rattachement\u{E001}", 422),
        ("rattachement\u{202E}", 422),
    ] {
        let question = url::form_urlencoded::byte_serialize(tape.as_bytes()).collect::<String>();
        let page = zahra.page(&format!("/aide/question?q={question}")).await;
        page.statut(code);
        assert!(!page.corps.contains("<script>alert"), "{tape}");
        assert!(!page.corps.contains("<img"), "{tape}");
        if code == 422 {
            assert!(page.erreur_de("q").is_some(), "{tape}");
        }
    }
    let longue = "rattachement+".repeat(30);
    zahra
        .page(&format!("/aide/question?q={longue}"))
        .await
        .statut(422);
}

#[tokio::test]
async fn un_article_d_une_autre_audience_ne_se_trouve_pas() {
    let portail = super::portail().await;
    let question = "prendre en charge une sollicitation au bureau du support";
    for (audience, attendu) in [
        (Audience::Visiteur, false),
        (Audience::Connecte, false),
        (Audience::Gestionnaire, false),
        (Audience::Support, true),
    ] {
        let reponses = chercher(&portail.app, audience, question)
            .await
            .expect("a search");
        let trouve = reponses
            .trouvees
            .iter()
            .any(|r| r.slug == "bureau-du-support");
        assert_eq!(trouve, attendu, "{audience:?}");
    }
}
