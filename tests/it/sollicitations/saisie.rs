use super::{AUTRE, CHANGEMENT, LEA, PAUL, SABINE, SOFIANE, ZOE, actions, corps, monde};
use crate::support::monde::siret;
use crate::support::{Acteur, Portail, instructions};

/// What the form of the change of gestionnaire shows, field by field.
async fn champs(acteur: &mut Acteur, adresse: &str) -> Vec<String> {
    let formulaire = acteur
        .page(adresse)
        .await
        .statut(200)
        .formulaire("Envoyer la sollicitation");
    [
        "siret",
        "raison_sociale",
        "gp_login",
        "gp_nom",
        "gp_prenom",
        "cible_login",
        "cible_nom",
        "cible_prenom",
    ]
    .map(|c| formulaire.valeur(c).unwrap_or_default().to_owned())
    .to_vec()
}

const MOI: [&str; 3] = [LEA, "Seconde", "Lea"];

#[tokio::test]
async fn le_formulaire_n_est_pre_rempli_que_de_ce_que_la_personne_voit_deja() {
    let portail = monde().await;
    let (lea, paul) = (portail.id(LEA).await, portail.id(PAUL).await);
    let attachee = portail.structure("Alpha", 1, true).await;
    let attendue = portail.structure("Bravo", 2, true).await;
    let desactivee = portail.structure("Charlie", 3, true).await;
    let etrangere = portail.structure("Delta", 4, true).await;
    for s in [attachee, attendue, desactivee, etrangere] {
        portail.gp(s, paul).await;
    }
    portail.rattacher(attachee, lea, "us", &[]).await;
    portail.demande(attendue, lea, "us", &[]).await;
    let r = portail.rattacher(desactivee, lea, "us", &[]).await;
    sqlx::query(
        "update rattachements set statut = 'desactivee', cause = 'gestionnaire' where id = $1",
    )
    .bind(r)
    .execute(&portail.db)
    .await
    .expect("a stop");
    let mut acteur = portail.connecter(LEA).await;
    let vers = |s: String| format!("{CHANGEMENT}?structure={s}");
    let gp = [PAUL, "Gerant", "Paul"];
    // Attached: everything. Pending, or no longer in force: what her own pages show. Anything else: nothing.
    let attendus: [(String, String, &str, [&str; 3]); 6] = [
        (attachee.to_string(), siret(1), "Alpha", gp),
        (attendue.to_string(), siret(2), "Bravo", ["", "", ""]),
        (desactivee.to_string(), siret(3), "Charlie", ["", "", ""]),
        (etrangere.to_string(), String::new(), "", ["", "", ""]),
        (
            uuid::Uuid::now_v7().to_string(),
            String::new(),
            "",
            ["", "", ""],
        ),
        ("x".to_owned(), String::new(), "", ["", "", ""]),
    ];
    for (structure, numero, raison, actuel) in attendus {
        let lus = champs(&mut acteur, &vers(structure.clone())).await;
        let mut voulus = vec![numero, raison.to_owned()];
        voulus.extend(actuel.map(str::to_owned));
        voulus.extend(MOI.map(str::to_owned));
        assert_eq!(lus, voulus, "{structure}");
    }
    // The gestionnaire himself does not ask for himself.
    let mut paul = portail.connecter(PAUL).await;
    let lus = champs(&mut paul, &vers(attachee.to_string())).await;
    assert_eq!(lus[5], "");
}

#[tokio::test]
async fn une_structure_sans_siret_mene_a_la_demande_libre() {
    let portail = monde().await;
    let lea = portail.id(LEA).await;
    let tahiti = portail.structure("Société de Papeete", 1, false).await;
    sqlx::query(
        "update structures set type_identifiant = 'TAHITI', identifiant = 'A12345' where id = $1",
    )
    .bind(tahiti)
    .execute(&portail.db)
    .await
    .expect("another type");
    portail.demande(tahiti, lea, "us", &[]).await;
    let mut acteur = portail.connecter(LEA).await;
    let page = acteur
        .page(&format!("{CHANGEMENT}?structure={tahiti}"))
        .await;
    assert_eq!(page.h1(), "Autre demande au support");
    assert_eq!(
        page.formulaire("Envoyer la sollicitation").valeur("objet"),
        Some("Changement de gestionnaire principal de Société de Papeete")
    );
}

#[tokio::test]
async fn un_changement_de_gestionnaire_se_depose_et_se_lit() {
    let portail = monde().await;
    let (lea, paul) = (portail.id(LEA).await, portail.id(PAUL).await);
    let lycee = portail.structure("Lycée du Haut Forez", 1, true).await;
    portail.gp(lycee, paul).await;
    portail.demande(lycee, lea, "gs", &[]).await;
    let mut acteur = portail.connecter(LEA).await;
    let page = acteur
        .page(&format!("{CHANGEMENT}?structure={lycee}"))
        .await
        .formulaire("Envoyer la sollicitation")
        .cocher("gp_inconnu", "oui")
        .remplir("gp_nom", "Gérant")
        .envoyer(&mut acteur)
        .await;
    let annee = portail
        .nombre("select extract(year from aujourdhui())::bigint")
        .await;
    let reference = format!("SOL-{annee}-000001");
    page.statut(200)
        .contient(&format!("Votre sollicitation {reference} est enregistrée."))
        .contient("Inconnu ; peut-être Gérant")
        .contient("Lea Seconde (lea.seconde@test.example)");
    let donnees: serde_json::Value = sqlx::query_scalar("select donnees from sollicitations")
        .fetch_one(&portail.db)
        .await
        .expect("the fields");
    assert_eq!(
        donnees,
        serde_json::json!({
            "siret": siret(1), "raison_sociale": "Lycée du Haut Forez", "gp_inconnu": true,
            "gp": {"login": "", "nom": "Gérant", "prenom": ""},
            "cible": {"login": LEA, "nom": "Seconde", "prenom": "Lea"}
        })
    );
    assert_eq!(
        portail
            .nombre("select count(*) from sollicitations where structure_id is not null and statut = 'nouvelle' and destinataire = 'support'")
            .await,
        1
    );
    let moi = portail.courriers_pour(LEA).await;
    assert_eq!(moi.len(), 1);
    assert_eq!(
        moi[0].sujet,
        format!("{reference}\u{202F}: votre sollicitation est enregistrée")
    );
    assert_eq!(
        corps(&moi[0]),
        format!(
            "Bonjour Lea Seconde,\n\n\
             Votre sollicitation est enregistrée. Le support vous répondra dans ce fil.\n\n\
             Référence\u{202F}: {reference}\n\
             Objet\u{202F}: Changement de gestionnaire principal de Lycée du Haut Forez\n\n\
             Pour la suivre, la compléter ou la clore\u{202F}:\n{}",
            vantail::courrier::LIEN
        )
    );
    for agent in [SABINE, SOFIANE] {
        let recus = portail.courriers_pour(agent).await;
        assert_eq!(recus.len(), 1);
        assert_eq!(recus[0].gabarit, "sollicitation_nouvelle");
        assert!(
            corps(&recus[0])
                .contains("Lea Seconde (lea.seconde@test.example) a déposé une sollicitation.")
        );
    }
    // The gestionnaire who may be gone is not told.
    assert!(portail.courriers_pour(PAUL).await.is_empty());
    assert_eq!(actions(&portail).await, ["sollicitation_deposee"]);
    acteur
        .page("/sollicitations")
        .await
        .contient(&reference)
        .contient("Nouvelle")
        .contient("(1 ligne)");
}

/// The answer says nothing of what the portal knows (spec §13 « Support »).
#[tokio::test]
async fn les_controles_ne_disent_rien_des_donnees() {
    let portail = monde().await;
    portail.structure("Secret et fils", 1, false).await;
    let mut acteur = portail.connecter(ZOE).await;
    let mut textes = Vec::new();
    for (rang, cible) in [(1, PAUL), (2, "personne@nulle-part.example")] {
        let numero = siret(rang);
        let champs = [
            ("siret", numero.as_str()),
            ("raison_sociale", "Une raison"),
            ("gp_inconnu", "oui"),
            ("cible_login", cible),
            ("cible_nom", "Nom"),
            ("cible_prenom", "Prénom"),
        ];
        let page = acteur.poster(CHANGEMENT, &champs).await;
        page.statut(200).ne_contient_pas("Secret et fils");
        textes.push(
            page.texte()
                .replace(cible, "")
                .chars()
                .filter(|c| !c.is_ascii_digit() && !c.is_whitespace())
                .collect::<String>(),
        );
    }
    assert_eq!(textes[0], textes[1]);
}

async fn refusee(acteur: &mut Acteur, portail: &Portail, changes: &[(&str, &str)], champ: &str) {
    let avant = portail.empreinte().await;
    let mut champs = vec![
        ("siret", "21200223200016"),
        ("raison_sociale", "Commune"),
        ("gp_login", "ancien@test.example"),
        ("gp_nom", "Ancien"),
        ("gp_prenom", "Jean"),
        ("cible_login", "cible@test.example"),
        ("cible_nom", "Cible"),
        ("cible_prenom", "Anne"),
    ];
    champs.retain(|(c, _)| !changes.iter().any(|(n, _)| n == c));
    champs.extend(changes);
    let page = acteur.poster(CHANGEMENT, &champs).await;
    page.statut(422);
    assert!(page.erreur_de(champ).is_some(), "{champ}: {}", page.texte());
    assert!(page.titre().starts_with("Erreur"));
    // Nothing typed is lost.
    let formulaire = page.formulaire("Envoyer la sollicitation");
    for (nom, valeur) in changes.iter().filter(|(n, _)| *n != "gp_inconnu") {
        assert_eq!(formulaire.valeur(nom), Some(*valeur), "{nom}");
    }
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn une_saisie_fausse_est_dite_au_champ_et_ne_change_rien() {
    let portail = monde().await;
    let mut acteur = portail.connecter(ZOE).await;
    let long = "x".repeat(201);
    for (changes, champ) in [
        (vec![("siret", "21200223200017")], "siret"),
        (vec![("siret", "")], "siret"),
        (vec![("raison_sociale", " ")], "raison_sociale"),
        (vec![("raison_sociale", long.as_str())], "raison_sociale"),
        (vec![("gp_login", "")], "gp_login"),
        (vec![("gp_login", "pas une adresse")], "gp_login"),
        (vec![("gp_nom", "")], "gp_nom"),
        (vec![("gp_prenom", "\u{202E}")], "gp_prenom"),
        (
            vec![("gp_inconnu", "oui"), ("gp_login", "faux")],
            "gp_login",
        ),
        (vec![("cible_login", "")], "cible_login"),
        (vec![("cible_login", "ANCIEN@test.example")], "cible_login"),
        (vec![("cible_nom", "")], "cible_nom"),
        (vec![("cible_prenom", "")], "cible_prenom"),
    ] {
        refusee(&mut acteur, &portail, &changes, champ).await;
    }
    let avant = portail.empreinte().await;
    let trop = "é".repeat(4_001);
    for (objet, texte, champ) in [
        ("", "Bonjour", "objet"),
        (&*"x".repeat(256), "Bonjour", "objet"),
        ("Objet", "  ", "texte"),
        ("Objet", trop.as_str(), "texte"),
    ] {
        let page = acteur
            .poster(AUTRE, &[("objet", objet), ("texte", texte)])
            .await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champ}");
    }
    acteur
        .poster(
            AUTRE,
            &[("objet", "x"), ("texte", "y"), ("statut", "close")],
        )
        .await
        .statut(422);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn la_liste_ne_montre_que_les_miennes_et_se_trie() {
    let portail = monde().await;
    let (zoe, lea) = (portail.id(ZOE).await, portail.id(LEA).await);
    for objet in ["Bravo", "Alpha", "Éclair"] {
        portail.sollicitation(zoe, objet).await;
    }
    portail.sollicitation(lea, "De Léa").await;
    let mut acteur = portail.connecter(ZOE).await;
    let (page, instructions) =
        instructions::compter(acteur.page("/sollicitations?e.tri=objet-asc")).await;
    page.statut(200)
        .contient("(3 lignes)")
        .ne_contient_pas("De Léa");
    assert!(instructions <= 8, "{instructions} statements");
    let objets: Vec<String> = page
        .tous("#sollicitations tbody th")
        .into_iter()
        .map(|t| t.split(' ').next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(objets, ["Alpha", "Bravo", "Éclair"]);
    let page = acteur.page("/sollicitations?e.page=99&e.par=5").await;
    page.statut(200).contient("(3 lignes)");
    // Every active account has the entry, staff too.
    for adresse in [ZOE, SABINE] {
        let mut acteur = portail.connecter(adresse).await;
        assert_eq!(
            acteur.page("/").await.lien("Sollicitations émises"),
            "/sollicitations"
        );
    }
}

#[tokio::test]
async fn trop_de_sollicitations_font_attendre() {
    let portail = monde().await;
    let mut acteur = portail.connecter(ZOE).await;
    for rang in 0..30 {
        let objet = format!("Objet {rang}");
        acteur
            .poster_sans_suivre(AUTRE, &[("objet", &objet), ("texte", "Bonjour")])
            .await
            .statut(303);
    }
    acteur
        .poster_sans_suivre(AUTRE, &[("objet", "Encore"), ("texte", "Bonjour")])
        .await
        .statut(429);
    assert_eq!(
        portail.nombre("select count(*) from sollicitations").await,
        30
    );
}
