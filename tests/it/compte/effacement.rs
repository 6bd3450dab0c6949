//! Day 60 (failure-modes T7, security.md RG3 and RG4).

use sqlx::AssertSqlSafe;

use super::{
    LEA, PAUL, a_l_instant, connexion, desactiver, executer, mairie, partis_a, statut, tourner,
};
use crate::comptes::lien;
use crate::mon_compte::historique_vrai;
use crate::support::{MOT_DE_PASSE, Portail};

const XENIA: &str = "xenia.quetzalcoatl@canari.example";
/// Nothing of these may be left anywhere, in any case.
const CANARIS: [&str; 5] = [
    "quetzalcoatl",
    "xenia",
    "canari.example",
    "06 11 22 33 44",
    "impasse du canari",
];

/// Somebody who left traces everywhere: she signed, was decided upon, was searched, written about and mailed.
async fn vie_bien_remplie(portail: &Portail) -> uuid::Uuid {
    a_l_instant(portail, "2026-09-01 11:40:00").await;
    let mairie = mairie(portail).await;
    let xenia = portail.personne(XENIA).await;
    portail.rattacher(mairie, xenia, "gs", &[]).await;
    let ecole = portail.structure("École de Terneuil", 2, true).await;
    portail.gp(ecole, xenia).await;
    let lea = portail.personne(LEA).await;
    portail.rattacher(ecole, lea, "us", &[]).await;
    let mut acteur = portail.connecter(XENIA).await;
    acteur
        .page("/mon-compte/informations")
        .await
        .formulaire("Enregistrer")
        .remplir("adresse_contact", "contact@canari.example")
        .remplir("telephone", "06 11 22 33 44")
        .remplir("adresse", "3 impasse du Canari")
        .envoyer(&mut acteur)
        .await
        .statut(200);
    // Léa asks, naming her; she refuses.
    let mut a_lea = portail.connecter(LEA).await;
    a_lea
        .poster(
            &format!("/mon-compte/rattachements/demande/{mairie}"),
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", "Je remplace Xenia Quetzalcoatl au guichet."),
            ],
        )
        .await
        .statut(200);
    let demande = portail
        .uuid("select id from demandes_rattachement limit 1")
        .await;
    acteur
        .poster(
            &format!("/structures/{mairie}/demandes/{demande}/refus"),
            &[("motif", "Refus signé Mme Quetzalcoatl")],
        )
        .await
        .statut(200);
    // Her own request, and Paul searching for her.
    let office = portail.structure("Office de Terneuil", 3, true).await;
    acteur
        .poster(
            &format!("/mon-compte/rattachements/demande/{office}"),
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", "Xenia, poste 12"),
            ],
        )
        .await
        .statut(200);
    let mut paul = portail.connecter(PAUL).await;
    paul.page(&format!(
        "/structures/{mairie}/transfert/recherche?nom=quetzalcoatl"
    ))
    .await
    .statut(200);
    // What other rooms keep: a known browser, a sollicitation, a handover that came to nothing.
    for sql in [
        "insert into appareils (utilisateur_id, hache, agent)
           select id, 'x', 'Navigateur de Xenia' from utilisateurs where adresse_connexion like 'xenia%'",
        "insert into sollicitations (id, reference, emetteur_id, destinataire, categorie, objet, texte)
           select uuid_v7(), 'SOL-2026-000001', id, 'support', 'autre', 'De Xenia', 'Xenia Quetzalcoatl demande' from utilisateurs
           where adresse_connexion like 'xenia%'",
        "insert into sollicitation_messages (id, sollicitation_id, auteur_id, cote, texte)
           select uuid_v7(), s.id, u.id, 'support', 'Bonjour Mme Quetzalcoatl' from sollicitations s, utilisateurs u
           where u.adresse_connexion like 'paul%'",
        "insert into sollicitation_brouillons (id, auteur_id, categorie, objet, modifie_le)
           select uuid_v7(), id, 'autre', 'À propos de Xenia Quetzalcoatl', maintenant() + interval '50 days' from utilisateurs
           where adresse_connexion like 'xenia%' or adresse_connexion like 'paul%'",
        "insert into pieces_jointes (id, deposant_id, sollicitation_id, nom, genre, octets, empreinte, antivirus)
           select uuid_v7(), u.id, s.id, 'certificat de Xenia Quetzalcoatl.pdf', 'pdf', 1, sha256('x'), 'aucune'
           from sollicitations s, utilisateurs u where u.adresse_connexion like 'xenia%' or u.adresse_connexion like 'paul%'",
        "insert into passations (id, structure_id, rattachement_id, cedant_id, successeur_id, le, statut, close_le, motif)
           select uuid_v7(), r.structure_id, r.id, p.id, x.id, aujourdhui(), 'caduque', maintenant(), 'Xenia Quetzalcoatl a refusé.'
           from utilisateurs p join rattachements r on r.utilisateur_id = p.id and r.role = 'gp', utilisateurs x
           where p.adresse_connexion like 'paul%' and x.adresse_connexion like 'xenia%'",
        "insert into certificats (id, sollicitation_id, structure_id, successeur_id, motif, envoye_par)
           select uuid_v7(), s.id, r.structure_id, x.id, 'Xenia Quetzalcoatl est mutée.', p.id
           from sollicitations s, utilisateurs p join rattachements r on r.utilisateur_id = p.id and r.role = 'gp', utilisateurs x
           where p.adresse_connexion like 'paul%' and x.adresse_connexion like 'xenia%' limit 1",
    ] {
        executer(portail, sql).await;
    }
    // A wrong password leaves a counter with her address.
    connexion(&mut portail.anonyme(), XENIA, "x-Faux-mot-1").await;
    let page = acteur.page("/mon-compte/desactivation/succession").await;
    page.formulaire("Désactiver mon compte")
        .choisir(&format!("c-{ecole}"), &lea.to_string())
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(&mut acteur)
        .await
        .statut(200)
        .contient("Votre compte est désactivé.");
    partis_a(portail, "2026-09-01 12:00:00").await;
    xenia.0
}

/// Every place, in every text, JSON or array column of every table, that holds one of the canaries.
async fn traces(portail: &Portail) -> Vec<String> {
    let colonnes: Vec<(String, String)> = sqlx::query_as(
        "select c.table_name::text, c.column_name::text from information_schema.columns c
         join information_schema.tables t using (table_schema, table_name)
         where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
           and (c.data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY') or c.udt_name = 'citext')
         order by 1, 2",
    )
    .fetch_all(&portail.db)
    .await
    .expect("the columns");
    assert!(colonnes.len() > 60, "{} columns", colonnes.len());
    let mut traces = Vec::new();
    for (table, colonne) in colonnes {
        for canari in CANARIS {
            let nombre: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
                "select count(*) from {table} where position($1 in lower({colonne}::text)) > 0"
            )))
            .bind(canari)
            .fetch_one(&portail.db)
            .await
            .unwrap_or_else(|e| panic!("{table}.{colonne}: {e}"));
            if nombre > 0 {
                traces.push(format!("{table}.{colonne}: {canari} × {nombre}"));
            }
        }
    }
    traces
}

#[tokio::test]
async fn au_soixantieme_jour_il_ne_reste_qu_un_pseudonyme() {
    let portail = Portail::nouveau().await;
    let xenia = vie_bien_remplie(&portail).await;
    assert!(
        traces(&portail).await.len() > 8,
        "she left traces: the scan sees them"
    );
    let lignes = historique_vrai(&portail).await;

    // Warned once, seven days before.
    a_l_instant(&portail, "2026-10-24 11:55:00").await;
    assert_eq!(tourner(&portail).await.comptes_avertis, 0);
    a_l_instant(&portail, "2026-10-24 12:00:01").await;
    assert_eq!(tourner(&portail).await.comptes_avertis, 1);
    assert_eq!(tourner(&portail).await.comptes_avertis, 0);
    let avis = portail.courriers_pour(XENIA).await.pop().expect("a mail");
    assert_eq!(
        avis.sujet,
        "Vantail\u{202F}: votre compte sera effacé le 31/10/2026 à 12:00"
    );
    assert!(lien(&portail, XENIA).await.starts_with("/reactivation/"));

    // Not a moment before the end, though the clocks went back meanwhile.
    a_l_instant(&portail, "2026-10-31 11:55:00").await;
    assert_eq!(tourner(&portail).await.comptes_effaces, 0);
    a_l_instant(&portail, "2026-10-31 12:00:01").await;
    let ancien = lien(&portail, XENIA).await;
    assert_eq!(tourner(&portail).await.comptes_effaces, 1);
    assert_eq!(tourner(&portail).await.comptes_effaces, 0);

    assert_eq!(traces(&portail).await, Vec::<String>::new());
    assert!(
        historique_vrai(&portail).await > lignes,
        "the chains hold, and say what happened"
    );
    let (statut, prenom): (String, String) =
        sqlx::query_as("select statut, prenom from utilisateurs where id = $1")
            .bind(xenia)
            .fetch_one(&portail.db)
            .await
            .expect("the row stays");
    assert_eq!(
        (statut.as_str(), prenom.as_str()),
        ("clos", "Compte effacé")
    );
    for sql in [
        "select count(*) from rattachements r join utilisateurs u on u.id = r.utilisateur_id where u.statut = 'clos' and r.statut <> 'supprimee'",
        "select count(*) from sessions s join utilisateurs u on u.id = s.utilisateur_id where u.statut = 'clos'",
        "select count(*) from jetons j join utilisateurs u on u.id = j.utilisateur_id where u.statut = 'clos'",
    ] {
        assert_eq!(portail.nombre(sql).await, 0, "{sql}");
    }
    // No link, no password, no fresh link.
    let mut visiteur = portail.anonyme();
    visiteur.lire(&ancien).await.statut(410);
    connexion(&mut visiteur, XENIA, MOT_DE_PASSE)
        .await
        .statut(422);
    let avant = portail.courriers().await.len();
    visiteur
        .poster("/reactivation/lien", &[("adresse", XENIA)])
        .await
        .statut(200);
    assert_eq!(portail.courriers().await.len(), avant);
}

#[tokio::test]
async fn la_meme_adresse_recree_n_herite_de_rien() {
    let portail = Portail::nouveau().await;
    vie_bien_remplie(&portail).await;
    a_l_instant(&portail, "2026-10-31 12:00:01").await;
    assert_eq!(tourner(&portail).await.comptes_effaces, 1);
    let neuve = portail.personne(XENIA).await;
    let mut acteur = portail.connecter(XENIA).await;
    acteur
        .page("/mon-compte/rattachements")
        .await
        .contient("Vous n’êtes rattaché(e) à aucune structure");
    acteur.page("/activites").await.statut(403);
    let json = acteur.lire("/mon-compte/donnees.json").await;
    let donnees: serde_json::Value = serde_json::from_str(&json.corps).expect("JSON");
    for partie in [
        "rattachements",
        "demandes_de_rattachement",
        "historique",
        "courriels_recus",
    ] {
        assert_eq!(donnees[partie], serde_json::json!([]), "{partie}");
    }
    for sql in [
        "select count(*) from rattachements where utilisateur_id = (select id from utilisateurs where adresse_connexion like 'xenia%')",
        "select count(*) from historique where concerne_id = (select id from utilisateurs where adresse_connexion like 'xenia%')",
    ] {
        assert_eq!(portail.nombre(sql).await, 0, "{sql} {neuve}");
    }
}

#[tokio::test]
async fn les_ecrans_des_autres_montrent_le_pseudonyme() {
    let portail = Portail::nouveau().await;
    vie_bien_remplie(&portail).await;
    a_l_instant(&portail, "2026-10-31 12:00:01").await;
    assert_eq!(tourner(&portail).await.comptes_effaces, 1);
    let mut paul = portail.connecter(PAUL).await;
    let page = paul.page("/activites").await;
    page.statut(200).contient("Compte effacé");
    for lien in page.attributs("a[href^='/activites/historique/']", "href") {
        paul.page(&lien)
            .await
            .statut(200)
            .ne_contient_pas("Quetzalcoatl");
    }
    paul.lire("/activites/historique.csv").await.statut(200);
    paul.page("/")
        .await
        .statut(200)
        .ne_contient_pas("Quetzalcoatl");
    let mut lea = portail.connecter(LEA).await;
    for adresse in [
        "/",
        "/activites",
        "/mon-compte/rattachements",
        "/mon-compte/donnees.json",
    ] {
        let page = lea.page(adresse).await;
        page.statut(200).ne_contient_pas("Quetzalcoatl");
    }
}

#[tokio::test]
async fn un_compte_encore_gestionnaire_principal_n_est_pas_efface() {
    let portail = Portail::nouveau().await;
    mairie(&portail).await;
    executer(
        &portail,
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() - interval '70 days' where adresse_connexion like 'paul%'",
    )
    .await;
    let zoe = portail.personne("zoe.aubert@test.example").await;
    let _ = zoe;
    executer(
        &portail,
        "update utilisateurs set statut = 'inactif', desactive_le = maintenant() - interval '61 days' where adresse_connexion like 'zoe%'",
    )
    .await;
    assert_eq!(
        tourner(&portail).await.comptes_effaces,
        1,
        "one that cannot be erased does not stop the others"
    );
    assert_eq!(statut(&portail, PAUL).await, "inactif");
}

#[tokio::test]
async fn un_retour_avant_la_fin_arrete_l_effacement() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    super::zoe(&portail, mairie).await;
    let mut acteur = portail.connecter(super::ZOE).await;
    desactiver(&mut acteur).await.statut(200);
    portail.avancer("54 days").await;
    assert_eq!(tourner(&portail).await.comptes_avertis, 1);
    let adresse = lien(&portail, super::ZOE).await;
    let mut visiteur = portail.anonyme();
    visiteur
        .page(&adresse)
        .await
        .formulaire("Réactiver mon compte")
        .envoyer(&mut visiteur)
        .await
        .statut(200);
    portail.avancer("30 days").await;
    assert_eq!(tourner(&portail).await.comptes_effaces, 0);
    assert_eq!(statut(&portail, super::ZOE).await, "actif");
}
