use vantail::db::transaction;
use vantail::web::Erreur;

use super::{LIEN, actions, corps, historique_vrai};
use crate::support::monde::siret;
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

const ZOE: &str = "zoe.aubert@test.example";

/// A town with two services, its GP, a GS of one service, and Zoé who is attached to nothing.
struct Monde {
    portail: Portail,
    mairie: vantail::db::StructureId,
    achats: vantail::db::ServiceId,
    juridique: vantail::db::ServiceId,
    zoe: Acteur,
}

impl Monde {
    async fn nouveau() -> Self {
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

    fn adresse(&self) -> String {
        format!("/mon-compte/rattachements/demande/{}", self.mairie)
    }

    async fn formulaire(&mut self) -> PageLue {
        let adresse = self.adresse();
        self.zoe.page(&adresse).await
    }

    /// Sends a whole-structure request.
    async fn demander(&mut self) -> PageLue {
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
async fn une_saisie_fausse_est_refusee_au_champ_et_ne_change_rien() {
    let mut monde = Monde::nouveau().await;
    let ailleurs = monde.portail.structure("Ailleurs", 2, true).await;
    let etranger = monde
        .portail
        .service(ailleurs, "ETR", "Étranger")
        .await
        .to_string();
    let ferme = monde.portail.service(monde.mairie, "FER", "Fermé").await;
    sqlx::query("update services set actif = false where id = $1")
        .bind(ferme)
        .execute(&monde.portail.db)
        .await
        .expect("a closed service");
    let (achats, ferme) = (monde.achats.to_string(), ferme.to_string());
    let long = "é".repeat(256);
    let bon = "Bonjour";
    let cas: &[(&str, &[(&str, &str)])] = &[
        ("maille", &[("role", "us"), ("commentaire", bon)]),
        (
            "services",
            &[("maille", "services"), ("role", "us"), ("commentaire", bon)],
        ),
        (
            "services",
            &[
                ("maille", "services"),
                ("services", &etranger),
                ("role", "us"),
                ("commentaire", bon),
            ],
        ),
        (
            "services",
            &[
                ("maille", "services"),
                ("services", &ferme),
                ("role", "us"),
                ("commentaire", bon),
            ],
        ),
        (
            "services",
            &[
                ("maille", "services"),
                ("services", "x"),
                ("role", "us"),
                ("commentaire", bon),
            ],
        ),
        (
            "services",
            &[
                ("maille", "structure"),
                ("services", &achats),
                ("role", "us"),
                ("commentaire", bon),
            ],
        ),
        ("role", &[("maille", "structure"), ("commentaire", bon)]),
        (
            "role",
            &[
                ("maille", "structure"),
                ("role", "gp"),
                ("commentaire", bon),
            ],
        ),
        ("commentaire", &[("maille", "structure"), ("role", "us")]),
        (
            "commentaire",
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", "  \r\n "),
            ],
        ),
        (
            "commentaire",
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", &long),
            ],
        ),
        (
            "commentaire",
            &[
                ("maille", "structure"),
                ("role", "us"),
                ("commentaire", "a\u{202E}b"),
            ],
        ),
    ];
    let avant = monde.portail.empreinte().await;
    let adresse = monde.adresse();
    for (champ, champs) in cas {
        let page = monde.zoe.poster(&adresse, champs).await;
        page.statut(422);
        assert!(page.titre().starts_with("Erreur : "), "{champs:?}");
        let erreur = page.erreur_de(champ);
        assert!(erreur.is_some(), "{champ}: {champs:?}");
        assert_eq!(page.tous("[data-resume] li").len(), 1, "{champs:?}");
    }
    // Kept as typed.
    let page = monde.zoe.poster(&adresse, cas[10].1).await;
    assert_eq!(
        page.formulaire("Envoyer la demande").valeur("commentaire"),
        Some(long.as_str())
    );
    monde
        .zoe
        .poster(&adresse, &[("maille", "structure"), ("statut", "validee")])
        .await
        .statut(422);
    assert_eq!(monde.portail.empreinte().await, avant);
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
        .contient("demandez à son responsable de la créer");
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
        "Cette structure n’a pas de gestionnaire qui puisse décider : votre demande attend qu’un gestionnaire soit désigné."
    ));
}

#[tokio::test]
async fn deja_rattache_deja_demande_desactivee_sont_dits_et_refuses() {
    let mut monde = Monde::nouveau().await;
    monde.demander().await.statut(200);
    // Another request while one is open.
    let avant = monde.portail.empreinte().await;
    monde
        .formulaire()
        .await
        .contient("est en cours de validation");
    let adresse = monde.adresse();
    let autre = [
        ("maille", "structure"),
        ("role", "gs"),
        ("commentaire", "Autre"),
    ];
    monde
        .zoe
        .poster(&adresse, &autre)
        .await
        .statut(409)
        .contient("Vous avez déjà une demande en cours de validation sur Mairie de Terneuil");
    // Someone of the whole structure.
    let mut gp = monde.portail.connecter("paul.gerant@test.example").await;
    gp.page(&adresse)
        .await
        .contient("Vous êtes déjà rattaché(e) à toute la structure");
    gp.poster(&adresse, &autre).await.statut(409);
    // A service she has: refused at the field; the other one is possible.
    let mut lea = monde.portail.connecter("lea.seconde@test.example").await;
    let page = lea.page(&adresse).await;
    page.contient("Vous êtes déjà rattaché(e) à : Juridique.");
    let juridique = monde.juridique.to_string();
    let champs = [
        ("maille", "services"),
        ("services", juridique.as_str()),
        ("role", "us"),
        ("commentaire", "x"),
    ];
    let page = lea.poster(&adresse, &champs).await;
    page.statut(422);
    assert!(
        page.erreur_de("services")
            .is_some_and(|e| e.contains("Juridique"))
    );
    // Inactive.
    let fermee = monde.portail.structure("Mairie fermée", 5, true).await;
    sqlx::query("update structures set statut = 'inactive' where id = $1")
        .bind(fermee)
        .execute(&monde.portail.db)
        .await
        .expect("a closed structure");
    let apres = monde.portail.empreinte().await;
    assert_ne!(avant, apres);
    let adresse = format!("/mon-compte/rattachements/demande/{fermee}");
    monde.zoe.page(&adresse).await.contient("désactivée");
    monde.zoe.poster(&adresse, &autre).await.statut(409);
    assert_eq!(monde.portail.empreinte().await, apres);
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
async fn trop_de_demandes_est_suspendu_avec_le_temps_d_attente() {
    let mut monde = Monde::nouveau().await;
    let adresse = monde.adresse();
    let mut statuts = Vec::new();
    for essai in 0..31 {
        let commentaire = format!("Essai {essai}");
        let champs = [
            ("maille", "structure"),
            ("role", "us"),
            ("commentaire", commentaire.as_str()),
        ];
        let page = monde.zoe.poster_sans_suivre(&adresse, &champs).await;
        statuts.push(page.statut.as_u16());
    }
    assert_eq!(statuts[0], 303);
    assert!(statuts[1..30].iter().all(|s| *s == 409), "{statuts:?}");
    assert_eq!(statuts[30], 429);
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
