use super::{LEA, PAUL, ZOE, gp_inactifs, mairie, statut, zoe};
use crate::mon_compte::{actions, etat, gp_de, historique_vrai, statut_de_la_structure};
use crate::support::{MOT_DE_PASSE, Portail};

const PAGE: &str = "/mon-compte/desactivation/succession";

#[tokio::test]
async fn un_seul_successeur_pour_toutes_les_structures() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let ecole = portail.structure("École de Terneuil", 2, true).await;
    portail.gp(ecole, portail.id(PAUL).await).await;
    let mut paul = portail.connecter(PAUL).await;
    let page = paul.page(PAGE).await;
    page.statut(200)
        .contient("Désigner un nouveau gestionnaire principal");
    let formulaire = page
        .formulaire("Désactiver mon compte")
        .choisir("mode", "meme");
    let avant = portail.empreinte().await;
    // No password, nobody named: both are said, nothing changes.
    let refusee = formulaire.envoyer(&mut paul).await;
    refusee.statut(422);
    assert!(refusee.erreur_de("s").is_some(), "{}", refusee.texte());
    assert!(refusee.erreur_de("mot_de_passe").is_some());
    // What was typed stays; a wrong password is said at its field.
    let refusee = formulaire
        .clone()
        .remplir("s", ZOE)
        .remplir("mot_de_passe", "Faux-mot-de-passe-1")
        .envoyer(&mut paul)
        .await;
    refusee.statut(422);
    assert_eq!(
        refusee.formulaire("Désactiver mon compte").valeur("s"),
        Some(ZOE)
    );
    assert!(refusee.erreur_de("mot_de_passe").is_some());
    assert_eq!(portail.empreinte().await, avant);

    let page = formulaire
        .remplir("s", ZOE)
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(&mut paul)
        .await;
    page.statut(200).contient("Votre compte est désactivé.");
    for structure in [mairie, ecole] {
        assert_eq!(gp_de(&portail, structure).await.as_deref(), Some(ZOE));
        assert_eq!(etat(&portail, structure, PAUL).await, "us desactivee");
        assert_eq!(
            actions(&portail, structure).await,
            ["role_transfere", "rattachement_desactive"]
        );
    }
    assert_eq!(statut(&portail, PAUL).await, "inactif");
    assert_eq!(gp_inactifs(&portail).await, 0);
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    historique_vrai(&portail).await;
}

#[tokio::test]
async fn chacune_son_successeur_et_celle_ou_il_est_seul_ferme() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let paul_id = portail.id(PAUL).await;
    let ecole = portail.structure("École de Terneuil", 2, true).await;
    portail.gp(ecole, paul_id).await;
    let lea = portail.personne(LEA).await;
    portail.rattacher(ecole, lea, "gs", &[]).await;
    let seule = portail.structure("Régie de Terneuil", 3, true).await;
    portail.gp(seule, paul_id).await;
    let mut paul = portail.connecter(PAUL).await;
    let page = paul.page(PAGE).await;
    let zoe_id = portail.id(ZOE).await;
    let (m, e, s) = (
        format!("c-{mairie}"),
        format!("c-{ecole}"),
        format!("c-{seule}"),
    );
    page.formulaire("Désactiver mon compte")
        .choisir("mode", "chacune")
        .choisir(&m, &zoe_id.to_string())
        .choisir(&e, &lea.to_string())
        .choisir(&s, "desactiver")
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(&mut paul)
        .await
        .statut(200)
        .contient("Régie de Terneuil : la structure est désactivée.");
    assert_eq!(gp_de(&portail, mairie).await.as_deref(), Some(ZOE));
    assert_eq!(gp_de(&portail, ecole).await.as_deref(), Some(LEA));
    assert_eq!(gp_de(&portail, seule).await, None);
    assert_eq!(statut_de_la_structure(&portail, seule).await, "inactive");
    assert_eq!(etat(&portail, seule, PAUL).await, "gp desactivee");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    historique_vrai(&portail).await;
}

#[tokio::test]
async fn une_structure_oubliee_ou_un_successeur_impossible_ne_change_rien() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let ecole = portail.structure("École de Terneuil", 2, true).await;
    portail.gp(ecole, portail.id(PAUL).await).await;
    let avant = portail.empreinte().await;
    let mut paul = portail.connecter(PAUL).await;
    let zoe_id = portail.id(ZOE).await.to_string();
    // Only one of the two is handed over: he stays where he is.
    let (g, c) = (mairie.to_string(), format!("c-{mairie}"));
    paul.poster(PAGE, &[("l", "x"), ("g", &g), (&c, &zoe_id)])
        .await
        .statut(404);
    let r = portail
        .uuid("select id from rattachements where role = 'gp' limit 1")
        .await
        .to_string();
    paul.poster(
        PAGE,
        &[
            ("l", &r),
            ("g", &g),
            (&c, &zoe_id),
            ("mot_de_passe", MOT_DE_PASSE),
        ],
    )
    .await
    .statut(409)
    .contient("Vous êtes gestionnaire principal de École de Terneuil");
    // Not « désactiver » where somebody else is attached.
    let (e, deux) = (format!("c-{ecole}"), format!("{mairie},{ecole}"));
    paul.poster(
        PAGE,
        &[
            ("l", &r),
            ("mode", "chacune"),
            ("g", &deux),
            (&c, "desactiver"),
            (&e, "desactiver"),
            ("mot_de_passe", MOT_DE_PASSE),
        ],
    )
    .await
    .statut(409);
    // Nobody, an unknown login, himself: at the field.
    for identifiant in ["", "personne@nulle.example", PAUL] {
        let page = paul
            .poster(
                PAGE,
                &[
                    ("l", &r),
                    ("mode", "meme"),
                    ("g", &deux),
                    ("s", identifiant),
                    ("mot_de_passe", MOT_DE_PASSE),
                ],
            )
            .await;
        page.statut(422);
        assert!(page.erreur_de("s").is_some(), "{identifiant}");
    }
    paul.poster(PAGE, &[("l", &r), ("inconnu", "1")])
        .await
        .statut(422);
    assert_eq!(portail.empreinte().await, avant);
}

#[tokio::test]
async fn la_recherche_d_un_successeur_revient_a_la_desactivation() {
    let portail = Portail::nouveau().await;
    let mairie = mairie(&portail).await;
    zoe(&portail, mairie).await;
    let mut paul = portail.connecter(PAUL).await;
    let page = paul.page(PAGE).await;
    let recherche = page.lien("Rechercher un utilisateur");
    let page = paul.page(&recherche).await;
    let resultats = page
        .formulaire("Rechercher")
        .remplir("nom", "aubert")
        .envoyer(&mut paul)
        .await;
    let choisir = resultats
        .attributs("a[href^='/mon-compte/desactivation/succession?']", "href")
        .into_iter()
        .find(|h| h.contains("zoe"))
        .expect("the account found");
    let page = paul.page(&choisir).await;
    assert_eq!(
        page.formulaire("Désactiver mon compte")
            .valeur(&format!("s-{mairie}")),
        Some(ZOE)
    );
    assert_eq!(resultats.lien("Annuler").split('?').next(), Some(PAGE));
}
