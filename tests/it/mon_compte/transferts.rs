use vantail::db::StructureId;

use super::{LIEN, actions, corps, etat, gp_de, historique_vrai};
use crate::support::{Acteur, Portail};

const GP: &str = "paul.gerant@test.example";
const LEA: &str = "lea.seconde@test.example";
const MAX: &str = "max.second@test.example";
const JULES: &str = "jules.martin@test.example";

struct Monde {
    portail: Portail,
    mairie: StructureId,
    gp: Acteur,
}

impl Monde {
    async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        let gp = portail.personne(GP).await;
        let lea = portail.personne(LEA).await;
        let max = portail.personne(MAX).await;
        portail.personne(JULES).await;
        let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
        let achats = portail.service(mairie, "ACH", "Achats").await;
        portail.gp(mairie, gp).await;
        portail.rattacher(mairie, lea, "gs", &[achats]).await;
        portail.rattacher(mairie, max, "gs", &[]).await;
        let gp = portail.connecter(GP).await;
        Self {
            portail,
            mairie,
            gp,
        }
    }

    fn adresse(&self) -> String {
        format!("/structures/{}/transfert", self.mairie)
    }
}

#[tokio::test]
async fn le_role_se_transfere_a_un_utilisateur_de_la_structure_et_chacun_le_sait() {
    let mut monde = Monde::nouveau().await;
    let page = monde.gp.page("/mon-compte/rattachements").await;
    let page = monde.gp.page(&page.lien("Transférer le rôle")).await;
    page.statut(200)
        .contient("Ce qui va changer")
        .contient("vous n’y gérez plus rien")
        .contient("Lea Seconde");
    let lea = monde.portail.id(LEA).await;
    let fenetre = page
        .formulaire("Valider")
        .choisir("choix", &lea.to_string())
        .envoyer(&mut monde.gp)
        .await;
    fenetre.statut(200).contient(
        "Transférer le rôle de gestionnaire principal de Mairie de Terneuil à Lea Seconde ?",
    );
    assert_eq!(
        gp_de(&monde.portail, monde.mairie).await.as_deref(),
        Some(GP),
        "not yet"
    );
    fenetre
        .formulaire("Transférer le rôle")
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .contient("Le rôle de gestionnaire principal est transféré.");
    let portail = &monde.portail;
    assert_eq!(gp_de(portail, monde.mairie).await.as_deref(), Some(LEA));
    assert_eq!(etat(portail, monde.mairie, LEA).await, "gp validee");
    assert_eq!(etat(portail, monde.mairie, GP).await, "us validee");
    assert_eq!(etat(portail, monde.mairie, MAX).await, "gs validee");
    assert_eq!(actions(portail, monde.mairie).await, ["role_transfere"]);
    historique_vrai(portail).await;
    let textes: Vec<_> = portail
        .courriers()
        .await
        .into_iter()
        .map(|c| {
            (
                c.destinataire.clone(),
                c.sujet.clone(),
                corps(&c).replace('\u{2060}', ""),
            )
        })
        .collect();
    let attendus = [
        (
            GP,
            "Vous n’êtes plus gestionnaire principal de Mairie de Terneuil",
            format!(
                "Bonjour Paul Gerant,\n\nLea Seconde (lea.seconde@test.example) est désormais gestionnaire principal de Mairie de Terneuil. Vous restez rattaché(e) à la structure en tant qu’utilisateur simple.\n\nPour quitter la structure définitivement, supprimez votre rattachement.\n\nVos rattachements\u{202F}:\n{LIEN}"
            ),
        ),
        (
            LEA,
            "Vous êtes gestionnaire principal de Mairie de Terneuil",
            format!(
                "Bonjour Lea Seconde,\n\nPaul Gerant vous a transféré le rôle de gestionnaire principal de Mairie de Terneuil. Vous l’exercez dès maintenant\u{202F}: vous gérez la structure, ses services, ses utilisateurs et leurs demandes.\n\nSi ce rôle ne vous revient pas, transférez-le à la bonne personne depuis vos rattachements.\n\nVos rattachements\u{202F}:\n{LIEN}"
            ),
        ),
        (
            MAX,
            "Lea Seconde est gestionnaire principal de Mairie de Terneuil",
            format!(
                "Bonjour Max Second,\n\nPaul Gerant a transféré à Lea Seconde (lea.seconde@test.example) le rôle de gestionnaire principal de Mairie de Terneuil.\n\nVos propres droits ne changent pas.\n\nVos activités de gestionnaire\u{202F}:\n{LIEN}"
            ),
        ),
    ];
    assert_eq!(textes.len(), 3);
    for ((a, s, t), (adresse, sujet, texte)) in textes.iter().zip(&attendus) {
        assert_eq!((a.as_str(), s.as_str()), (*adresse, *sujet));
        assert_eq!(t, texte);
    }
    // At once: the former GP is refused, the new one is let in.
    let adresse = monde.adresse();
    monde.gp.page(&adresse).await.statut(403);
    let mut lea = monde.portail.connecter(LEA).await;
    lea.page(&adresse).await.statut(200);
}

#[tokio::test]
async fn un_successeur_non_rattache_le_devient_et_sa_demande_est_close() {
    let mut monde = Monde::nouveau().await;
    let jules = monde.portail.id(JULES).await;
    monde.portail.demande(monde.mairie, jules, "us", &[]).await;
    let adresse = monde.adresse();
    let page = monde.gp.page(&adresse).await;
    page.formulaire("Valider")
        .choisir("choix", "autre")
        .remplir("identifiant", JULES)
        .envoyer(&mut monde.gp)
        .await
        .formulaire("Transférer le rôle")
        .envoyer(&mut monde.gp)
        .await
        .statut(200);
    assert_eq!(
        gp_de(&monde.portail, monde.mairie).await.as_deref(),
        Some(JULES)
    );
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from demandes_rattachement where statut = 'validee' and acte is not null and rattachement_id is not null")
            .await,
        1
    );
    assert_eq!(
        actions(&monde.portail, monde.mairie).await,
        ["role_transfere"]
    );
}

#[tokio::test]
async fn un_rattachement_desactive_ou_echu_redevient_valide_par_le_transfert() {
    for sql in [
        "update rattachements set statut = 'desactivee', cause = 'gestionnaire' where structure_id = $1 and role = 'gs' and maille_structure",
        "update rattachements set date_fin = maintenant() - interval '1 day' where structure_id = $1 and role = 'gs' and maille_structure",
    ] {
        let mut monde = Monde::nouveau().await;
        sqlx::query(sql)
            .bind(monde.mairie)
            .execute(&monde.portail.db)
            .await
            .expect("an end");
        let max = monde.portail.id(MAX).await.to_string();
        let adresse = format!("{}/confirmation", monde.adresse());
        monde
            .gp
            .poster(&adresse, &[("successeur", &max)])
            .await
            .statut(200);
        assert_eq!(
            gp_de(&monde.portail, monde.mairie).await.as_deref(),
            Some(MAX)
        );
        let mut max = monde.portail.connecter(MAX).await;
        max.page(&monde.adresse()).await.statut(200);
    }
}

#[tokio::test]
async fn les_droits_des_autres_ne_bougent_pas() {
    let mut monde = Monde::nouveau().await;
    let droits = async |portail: &Portail| -> Vec<String> {
        sqlx::query_scalar(
            "select r::text || (select coalesce(string_agg(s::text, ',' order by s.service_id), '') from services_effectifs s
                                where s.rattachement_id = r.id)
             from rattachements_effectifs r join utilisateurs u on u.id = r.utilisateur_id
             where u.adresse_connexion = any ($1) order by 1",
        )
        .bind(vec![LEA, MAX])
        .fetch_all(&portail.db)
        .await
        .expect("the rights")
    };
    let avant = droits(&monde.portail).await;
    assert_eq!(avant.len(), 2);
    let jules = monde.portail.id(JULES).await.to_string();
    let adresse = format!("{}/confirmation", monde.adresse());
    monde
        .gp
        .poster(&adresse, &[("successeur", &jules)])
        .await
        .statut(200);
    assert_eq!(droits(&monde.portail).await, avant);
}

#[tokio::test]
async fn un_mauvais_successeur_est_refuse_au_champ() {
    let mut monde = Monde::nouveau().await;
    sqlx::query("update utilisateurs set equipe = 'support' where adresse_connexion = $1")
        .bind(JULES)
        .execute(&monde.portail.db)
        .await
        .expect("a staff account");
    let adresse = monde.adresse();
    let moi = monde.portail.id(GP).await.to_string();
    let jules = monde.portail.id(JULES).await.to_string();
    let inconnu = uuid::Uuid::now_v7().to_string();
    let avant = monde.portail.empreinte().await;
    let cas: &[(&str, &[(&str, &str)])] = &[
        ("choix", &[]),
        ("choix", &[("choix", "x")]),
        ("choix", &[("choix", &moi)]),
        ("choix", &[("choix", &jules)]),
        ("choix", &[("choix", &inconnu)]),
        ("identifiant", &[("choix", "autre")]),
        (
            "identifiant",
            &[("choix", "autre"), ("identifiant", "nul@test.example")],
        ),
        ("identifiant", &[("choix", "autre"), ("identifiant", GP)]),
        ("identifiant", &[("choix", "autre"), ("identifiant", JULES)]),
    ];
    for (champ, champs) in cas {
        let page = monde.gp.poster(&adresse, champs).await;
        page.statut(422);
        assert!(page.erreur_de(champ).is_some(), "{champs:?}");
    }
    // Straight to the last step, without the one before.
    let derniere = format!("{adresse}/confirmation");
    for successeur in [&moi, &jules] {
        monde
            .gp
            .poster(&derniere, &[("successeur", successeur)])
            .await
            .statut(422);
    }
    monde
        .gp
        .poster(&derniere, &[("successeur", "x")])
        .await
        .statut(404);
    monde
        .gp
        .poster(&derniere, &[("successeur", &inconnu)])
        .await
        .statut(404);
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn seul_le_gp_transfere() {
    let monde = Monde::nouveau().await;
    let ailleurs = monde.portail.structure("Ailleurs", 2, true).await;
    let jules = monde.portail.id(JULES).await;
    monde.portail.gp(ailleurs, jules).await;
    let successeur = monde.portail.id(LEA).await.to_string();
    let avant = monde.portail.empreinte().await;
    for (adresse, statut) in [(MAX, 403), (LEA, 403), (JULES, 404)] {
        let mut acteur = monde.portail.connecter(adresse).await;
        let racine = monde.adresse();
        for chemin in ["", "/recherche?nom=gerant", "/confirmation"] {
            acteur
                .page(&format!("{racine}{chemin}"))
                .await
                .statut(statut);
        }
        let champs = [("successeur", successeur.as_str())];
        acteur
            .poster(&format!("{racine}/confirmation"), &champs)
            .await
            .statut(statut);
        acteur
            .poster(&racine, &[("choix", &successeur)])
            .await
            .statut(statut);
    }
    assert_eq!(monde.portail.empreinte().await, avant);
}
