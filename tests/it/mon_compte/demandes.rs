use vantail::db::transaction;
use vantail::web::Erreur;

use super::{LIEN, actions, corps, historique_vrai};
use crate::support::monde::siret;
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

const ZOE: &str = "zoe.aubert@test.example";

/// A town with two services, its GP, a GS of one service, and Zoé who is attached to nothing.
pub struct Monde {
    pub portail: Portail,
    pub mairie: vantail::db::StructureId,
    pub achats: vantail::db::ServiceId,
    pub juridique: vantail::db::ServiceId,
    pub zoe: Acteur,
}

impl Monde {
    pub async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        portail.personne(ZOE).await;
        let gp = portail.personne("paul.gerant@test.example").await;
        let gs = portail.personne("lea.seconde@test.example").await;
        let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
        let achats = portail.service(mairie, "ACH", "Achats").await;
        let juridique = portail.service(mairie, "JUR", "Juridique").await;
        portail.gp(mairie, gp).await;
        portail.rattacher(mairie, gs, "gs", &[juridique]).await;
        let zoe = portail.connecter(ZOE).await;
        Self {
            portail,
            mairie,
            achats,
            juridique,
            zoe,
        }
    }

    pub fn adresse(&self) -> String {
        format!("/mon-compte/rattachements/demande/{}", self.mairie)
    }

    pub async fn formulaire(&mut self) -> PageLue {
        let adresse = self.adresse();
        self.zoe.page(&adresse).await
    }

    /// Sends a whole-structure request.
    pub async fn demander(&mut self) -> PageLue {
        let adresse = self.adresse();
        self.zoe
            .poster(
                &adresse,
                &[
                    ("maille", "structure"),
                    ("role", "us"),
                    ("commentaire", "Je rejoins la mairie."),
                ],
            )
            .await
    }
}

#[tokio::test]
async fn je_cherche_je_choisis_un_service_et_seuls_les_decideurs_sont_prevenus() {
    let mut monde = Monde::nouveau().await;
    let recherche = monde.zoe.page("/mon-compte/rattachements/demande").await;
    let trouvee = recherche
        .statut(200)
        .formulaire("Rechercher")
        .remplir("q", "terneuil mairie")
        .envoyer(&mut monde.zoe)
        .await;
    trouvee.contient("Vous pouvez demander votre rattachement.");
    let formulaire = monde.zoe.page(&trouvee.lien("Choisir")).await;
    formulaire.statut(200).contient("Mairie de Terneuil");
    let page = formulaire
        .formulaire("Envoyer la demande")
        .choisir("maille", "services")
        .cocher("services", &monde.achats.to_string())
        .choisir("role", "us")
        .remplir("commentaire", "J’arrive au service achats lundi.")
        .envoyer(&mut monde.zoe)
        .await;
    page.statut(200)
        .contient("Votre demande est envoyée.")
        .contient("Elle peut être décidée par Paul Gerant.");
    let portail = &monde.portail;
    assert_eq!(actions(portail, monde.mairie).await, ["demande_deposee"]);
    assert_eq!(historique_vrai(portail).await, 1);
    let courriers = portail.courriers().await;
    let mut adresses: Vec<_> = courriers
        .iter()
        .map(|c| (c.gabarit.as_str(), c.destinataire.as_str()))
        .collect();
    adresses.sort_unstable();
    // Léa manages another service: nothing for her.
    assert_eq!(
        adresses,
        [
            ("demande_a_decider", "paul.gerant@test.example"),
            ("demande_enregistree", ZOE)
        ]
    );
    let recu = &portail.courriers_pour("paul.gerant@test.example").await[0];
    assert_eq!(
        recu.sujet,
        "Zoe Aubert demande son rattachement à Mairie de Terneuil"
    );
    assert_eq!(
        corps(recu).replace('\u{2060}', ""),
        format!(
            "Bonjour Paul Gerant,\n\n\
             Zoe Aubert (zoe.aubert@test.example) demande son rattachement à Mairie de Terneuil.\n\n\
             Rôle demandé\u{202F}: Utilisateur simple\n\
             Périmètre\u{202F}: Achats\n\
             Commentaire\u{202F}: J’arrive au service achats lundi.\n\n\
             Pour consulter la demande, la valider ou la refuser\u{202F}:\n{LIEN}"
        )
    );
    let confirme = &portail.courriers_pour(ZOE).await[0];
    assert_eq!(
        corps(confirme),
        format!(
            "Bonjour Zoe Aubert,\n\n\
             Votre demande de rattachement à Mairie de Terneuil est enregistrée.\n\n\
             Rôle demandé\u{202F}: Utilisateur simple\n\
             Périmètre\u{202F}: Achats\n\n\
             Elle peut être décidée par Paul Gerant.\n\n\
             Pour la suivre, la relancer ou la retirer\u{202F}:\n{LIEN}"
        )
    );
    assert!(recu.html.contains("Consulter la demande"));
}

#[tokio::test]
async fn une_recherche_vide_ou_sans_resultat_dit_quoi_faire() {
    let mut monde = Monde::nouveau().await;
    let page = monde
        .zoe
        .page("/mon-compte/rattachements/demande?q=&cp=")
        .await;
    page.statut(422);
    assert!(page.erreur_de("q").is_some());
    monde
        .zoe
        .page("/mon-compte/rattachements/demande?q=introuvable&cp=")
        .await
        .statut(200)
        .contient("Aucune structure ne correspond")
        .contient("créez sa fiche");
}

#[tokio::test]
async fn une_structure_privee_ne_se_trouve_que_par_son_identifiant_entier() {
    let mut monde = Monde::nouveau().await;
    let privee = monde.portail.structure("Secret et fils", 7, false).await;
    let identifiant = siret(7);
    for q in ["secret", "fils", &identifiant[..13], "terneuil"] {
        monde
            .zoe
            .page(&format!("/mon-compte/rattachements/demande?q={q}&cp="))
            .await
            .ne_contient_pas("Secret et fils");
    }
    let page = monde
        .zoe
        .page(&format!(
            "/mon-compte/rattachements/demande?q={identifiant}&cp="
        ))
        .await;
    page.contient("Secret et fils")
        .contient("votre demande attendra");
    assert_eq!(
        page.lien("Choisir"),
        format!("/mon-compte/rattachements/demande/{privee}")
    );
    // An id that does not exist and one that does not parse: the same answer.
    for id in [uuid::Uuid::now_v7().to_string(), "x".to_owned()] {
        let adresse = format!("/mon-compte/rattachements/demande/{id}");
        monde.zoe.page(&adresse).await.statut(404);
        let champs = [
            ("maille", "structure"),
            ("role", "us"),
            ("commentaire", "x"),
        ];
        monde.zoe.poster(&adresse, &champs).await.statut(404);
    }
}

#[tokio::test]
async fn sans_gestionnaire_la_demande_est_acceptee_attend_et_le_dit() {
    let mut monde = Monde::nouveau().await;
    let vide = monde
        .portail
        .structure("Commune sans personne", 3, true)
        .await;
    let adresse = format!("/mon-compte/rattachements/demande/{vide}");
    let page = monde.zoe.page(&adresse).await;
    page.contient("n’a pas encore de gestionnaire");
    let page = page
        .formulaire("Envoyer la demande")
        .remplir("commentaire", "Bonjour")
        .envoyer(&mut monde.zoe)
        .await;
    page.statut(200)
        .contient("Votre demande est enregistrée et attend un gestionnaire.");
    let courriers = monde.portail.courriers().await;
    assert_eq!(courriers.len(), 1);
    assert_eq!(courriers[0].gabarit, "demande_enregistree");
    assert!(courriers[0].texte.contains(
        "Cette structure n’a pas de gestionnaire qui puisse décider\u{202F}: votre demande attend qu’un gestionnaire soit désigné."
    ));
}

#[tokio::test]
async fn le_rattache_d_un_service_en_demande_un_autre() {
    let mut monde = Monde::nouveau().await;
    let mut lea = monde.portail.connecter("lea.seconde@test.example").await;
    let page = lea.page(&monde.adresse()).await;
    page.formulaire("Envoyer la demande")
        .choisir("maille", "services")
        .cocher("services", &monde.achats.to_string())
        .choisir("role", "gs")
        .remplir("commentaire", "J’ajoute les achats.")
        .envoyer(&mut lea)
        .await
        .statut(200)
        .contient("Votre demande est envoyée.");
    // Nobody decides her own request.
    assert_eq!(
        monde
            .portail
            .courriers_pour("lea.seconde@test.example")
            .await
            .len(),
        1
    );
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from demande_services")
            .await,
        1
    );
    assert_eq!(
        monde
            .zoe
            .page("/mon-compte/rattachements")
            .await
            .tous("#demandes article")
            .len(),
        0
    );
}

#[tokio::test]
async fn un_retour_en_arriere_ne_laisse_aucun_courriel() {
    let monde = Monde::nouveau().await;
    // The same insert of mails inside a transaction that fails afterwards.
    let avant = monde.portail.empreinte().await;
    let mairie = monde.mairie;
    sqlx::query(
        "create function casser() returns trigger language plpgsql as $$ begin raise exception 'panne'; end $$",
    )
    .execute(&monde.portail.db)
    .await
    .expect("a function");
    // Fails at the very end: after the row, the historique and the mails.
    sqlx::query(
        "create constraint trigger casser after insert on courriers deferrable initially deferred
         for each row execute function casser()",
    )
    .execute(&monde.portail.db)
    .await
    .expect("a trigger");
    let mut monde = monde;
    let page = monde.demander().await;
    page.statut(500);
    sqlx::query("drop trigger casser on courriers")
        .execute(&monde.portail.db)
        .await
        .expect("no trigger");
    assert_eq!(monde.portail.empreinte().await, avant);
    assert!(monde.portail.courriers().await.is_empty());
    // And a refusal found by the act itself leaves nothing either.
    let issue = transaction(&monde.portail.app, async |tx| {
        vantail::rattachements::verrouiller(tx, &[mairie]).await?;
        Err::<(), _>(Erreur::Introuvable)
    })
    .await;
    assert!(issue.is_err());
    monde.demander().await.statut(200);
    assert_eq!(monde.portail.courriers().await.len(), 2);
}
