use vantail::db::{RattachementId, StructureId};

use super::{LIEN, actions, corps, etat, gp_de, historique_vrai, statut_de_la_structure};
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

const GP: &str = "proviseur.sortant@test.example";
const LEA: &str = "lea.seconde@test.example";
const JULES: &str = "jules.martin@test.example";

/// Two structures of the same GP: Léa is in the first, Jules in none.
struct Monde {
    portail: Portail,
    lycee: StructureId,
    college: StructureId,
    r_lycee: RattachementId,
    r_college: RattachementId,
    gp: Acteur,
}

impl Monde {
    async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        let gp = portail.personne(GP).await;
        let lea = portail.personne(LEA).await;
        portail.personne(JULES).await;
        let lycee = portail.structure("Lycée de Lyon", 1, true).await;
        let college = portail.structure("Collège de Lyon", 2, true).await;
        let r_lycee = portail.gp(lycee, gp).await;
        let r_college = portail.gp(college, gp).await;
        portail.rattacher(lycee, lea, "gs", &[]).await;
        let gp = portail.connecter(GP).await;
        Self {
            portail,
            lycee,
            college,
            r_lycee,
            r_college,
            gp,
        }
    }

    /// Ticks these rows and validates the window: the second step.
    async fn seconde_etape(&mut self, lignes: &[RattachementId]) -> PageLue {
        let champs: Vec<(&str, String)> = lignes.iter().map(|l| ("ligne", l.to_string())).collect();
        let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
        let page = self
            .gp
            .poster("/mon-compte/rattachements/suppression", &champs)
            .await;
        page.statut(200)
            .contient("Sélectionner un gestionnaire principal")
            .contient("Identifiant de connexion de l’utilisateur")
            .contient("Rechercher un utilisateur");
        page
    }
}

#[tokio::test]
async fn le_gp_designe_le_meme_successeur_partout_et_devient_utilisateur_simple() {
    let mut monde = Monde::nouveau().await;
    let (l, c) = (monde.r_lycee, monde.r_college);
    let page = monde.seconde_etape(&[l, c]).await;
    // Nothing has changed yet.
    assert_eq!(
        gp_de(&monde.portail, monde.lycee).await.as_deref(),
        Some(GP)
    );
    let envoi = page
        .formulaire("Valider")
        .choisir("mode", "meme")
        .remplir("s", "  JULES.martin@test.example ");
    let page = envoi.envoyer(&mut monde.gp).await;
    page.statut(200)
        .contient("Lycée de Lyon : Jules Martin est gestionnaire principal, vous êtes utilisateur simple.")
        .contient("Collège de Lyon : Jules Martin est gestionnaire principal");
    let portail = &monde.portail;
    for structure in [monde.lycee, monde.college] {
        assert_eq!(gp_de(portail, structure).await.as_deref(), Some(JULES));
        assert_eq!(etat(portail, structure, GP).await, "us validee");
        assert_eq!(actions(portail, structure).await, ["role_transfere"]);
    }
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    // Twice: nothing more, and no error.
    let courriers = portail.courriers().await.len();
    envoi
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .contient("Jules Martin était déjà gestionnaire principal.");
    assert_eq!(monde.portail.courriers().await.len(), courriers);
    assert_eq!(historique_vrai(&monde.portail).await, 2);
    // Then leaves for good.
    let champs = [("ligne", l.to_string())];
    monde
        .gp
        .poster(
            "/mon-compte/rattachements/suppression",
            &[("ligne", &champs[0].1)],
        )
        .await
        .contient("votre rattachement est supprimé.");
    assert_eq!(etat(&monde.portail, monde.lycee, GP).await, "us supprimee");
}

#[tokio::test]
async fn le_gp_choisit_un_successeur_par_structure() {
    let mut monde = Monde::nouveau().await;
    let (l, c) = (monde.r_lycee, monde.r_college);
    let page = monde.seconde_etape(&[l, c]).await;
    let lea = monde.portail.id(LEA).await;
    page.formulaire("Valider")
        .choisir("mode", "chacune")
        .choisir(&format!("c-{}", monde.lycee), &lea.to_string())
        .choisir(&format!("c-{}", monde.college), "autre")
        .remplir(&format!("s-{}", monde.college), JULES)
        .envoyer(&mut monde.gp)
        .await
        .statut(200);
    assert_eq!(
        gp_de(&monde.portail, monde.lycee).await.as_deref(),
        Some(LEA)
    );
    assert_eq!(
        gp_de(&monde.portail, monde.college).await.as_deref(),
        Some(JULES)
    );
}

#[tokio::test]
async fn un_mauvais_successeur_est_refuse_au_champ_et_rien_ne_bouge() {
    let mut monde = Monde::nouveau().await;
    for (adresse, sql) in [
        (
            "agent.support@test.example",
            "update utilisateurs set equipe = 'support' where adresse_connexion = $1",
        ),
        (
            "compte.inactif@test.example",
            "update utilisateurs set statut = 'inactif', desactive_le = maintenant() where adresse_connexion = $1",
        ),
        (
            "compte.neuf@test.example",
            "update utilisateurs set statut = 'en_cours_activation' where adresse_connexion = $1",
        ),
    ] {
        monde.portail.personne(adresse).await;
        sqlx::query(sql)
            .bind(adresse)
            .execute(&monde.portail.db)
            .await
            .expect("an account");
    }
    let l = monde.r_lycee;
    let page = monde.seconde_etape(&[l]).await;
    let (c, s) = (format!("c-{}", monde.lycee), format!("s-{}", monde.lycee));
    let avant = monde.portail.empreinte().await;
    for (saisi, phrase) in [
        ("", "Renseignez l’identifiant de connexion"),
        ("personne@nulle.part", "Aucun compte n’a cet identifiant"),
        (GP, "Vous êtes déjà gestionnaire principal"),
        ("agent.support@test.example", "agent du portail"),
        ("compte.inactif@test.example", "n’est plus actif"),
        ("compte.neuf@test.example", "n’est pas encore activé"),
    ] {
        let refus = page
            .formulaire("Valider")
            .choisir(&c, "autre")
            .remplir(&s, saisi)
            .envoyer(&mut monde.gp)
            .await;
        refus.statut(422);
        let erreur = refus
            .erreur_de(&s)
            .unwrap_or_else(|| panic!("{saisi}: {}", refus.texte()));
        assert!(erreur.contains(phrase), "{saisi}: {erreur}");
        assert_eq!(refus.formulaire("Valider").valeur(&s), Some(saisi));
    }
    let refus = page.formulaire("Valider").envoyer(&mut monde.gp).await;
    refus.statut(422);
    assert!(refus.erreur_de(&c).is_some(), "nobody chosen");
    let refus = page
        .formulaire("Valider")
        .forcer(&c, &uuid::Uuid::now_v7().to_string())
        .envoyer(&mut monde.gp)
        .await;
    assert!(refus.statut(422).erreur_de(&c).is_some());
    page.formulaire("Valider")
        .forcer("role", "gp")
        .envoyer(&mut monde.gp)
        .await
        .statut(422);
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn seul_dans_sa_structure_le_gp_la_desactive_et_part() {
    let mut monde = Monde::nouveau().await;
    let jules = monde.portail.id(JULES).await;
    monde.portail.demande(monde.college, jules, "us", &[]).await;
    let c = monde.r_college;
    let page = monde.seconde_etape(&[c]).await;
    let champ = format!("c-{}", monde.college);
    let page = page
        .formulaire("Valider")
        .choisir(&champ, "desactiver")
        .envoyer(&mut monde.gp)
        .await;
    page.statut(200)
        .contient("la structure est désactivée et votre rattachement est supprimé.");
    let portail = &monde.portail;
    assert_eq!(
        statut_de_la_structure(portail, monde.college).await,
        "inactive"
    );
    assert_eq!(gp_de(portail, monde.college).await, None);
    assert_eq!(etat(portail, monde.college, GP).await, "gp supprimee");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    assert_eq!(
        actions(portail, monde.college).await,
        [
            "structure_desactivee",
            "demande_refusee",
            "rattachement_supprime"
        ]
    );
    assert_eq!(
        portail
            .nombre("select count(*) from demandes_rattachement where statut = 'refusee' and motif = 'Structure désactivée' and traitee_par is null")
            .await,
        1
    );
    assert_eq!(
        corps(&portail.courriers_pour(JULES).await[0]),
        format!(
            "Bonjour Jules Martin,\n\n\
             Votre demande de rattachement à Collège de Lyon est refusée automatiquement.\n\n\
             Motif\u{202F}: Structure désactivée\n\n\
             La structure n’accepte plus de demande. Vérifiez si une autre structure l’a remplacée.\n\n\
             Vos rattachements\u{202F}:\n{LIEN}"
        )
    );
    let gabarits: Vec<_> = portail
        .courriers_pour(GP)
        .await
        .into_iter()
        .map(|c| c.gabarit)
        .collect();
    assert_eq!(gabarits, ["structure_desactivee", "rattachement_supprime"]);
    let refusee = portail
        .connecter(JULES)
        .await
        .page("/mon-compte/rattachements")
        .await;
    refusee
        .contient("Structure désactivée")
        .ne_contient_pas("Redemander");
    historique_vrai(portail).await;
    monde
        .gp
        .page(&format!("/structures/{}", monde.college))
        .await
        .statut(404);
}

#[tokio::test]
async fn accompagne_le_gp_ne_peut_pas_desactiver_pour_partir() {
    let mut monde = Monde::nouveau().await;
    let l = monde.r_lycee;
    let page = monde.seconde_etape(&[l]).await;
    let champ = format!("c-{}", monde.lycee);
    assert!(page.attributs("input[value=desactiver]", "name").is_empty());
    let avant = monde.portail.empreinte().await;
    page.formulaire("Valider")
        .forcer(&champ, "desactiver")
        .envoyer(&mut monde.gp)
        .await
        .statut(409)
        .contient("D’autres personnes sont rattachées à Lycée de Lyon");
    assert_eq!(monde.portail.empreinte().await, avant);
}

#[tokio::test]
async fn un_formulaire_perime_dit_ce_qui_s_est_passe() {
    let mut monde = Monde::nouveau().await;
    let l = monde.r_lycee;
    let page = monde.seconde_etape(&[l]).await;
    let lea = monde.portail.id(LEA).await;
    // Meanwhile, in another tab, the role goes to Léa.
    monde
        .gp
        .poster(
            &format!("/structures/{}/transfert/confirmation", monde.lycee),
            &[("successeur", &lea.to_string())],
        )
        .await
        .statut(200);
    let avant = monde.portail.empreinte().await;
    let c = format!("c-{}", monde.lycee);
    page.formulaire("Valider")
        .choisir(&c, "autre")
        .remplir(&format!("s-{}", monde.lycee), JULES)
        .envoyer(&mut monde.gp)
        .await
        .statut(409)
        .contient("Vous n’êtes plus gestionnaire principal de Lycée de Lyon")
        .contient("Lea Seconde l’est désormais");
    page.formulaire("Valider")
        .forcer(&c, "desactiver")
        .envoyer(&mut monde.gp)
        .await
        .statut(409);
    assert_eq!(monde.portail.empreinte().await, avant);
    // Léa's page was made when she was a GS: leaving now asks for a successor, nothing is lost.
    let mut acteur = monde.portail.connecter(LEA).await;
    let r: uuid::Uuid = sqlx::query_scalar(
        "select r.id from rattachements r where r.structure_id = $1 and r.utilisateur_id = $2",
    )
    .bind(monde.lycee)
    .bind(lea)
    .fetch_one(&monde.portail.db)
    .await
    .expect("a row");
    acteur
        .poster(
            "/mon-compte/rattachements/suppression",
            &[("ligne", &r.to_string())],
        )
        .await
        .statut(200)
        .contient("Sélectionner un gestionnaire principal");
    assert_eq!(monde.portail.structures_sans_un_gp().await, 0);
}

#[tokio::test]
async fn la_recherche_d_un_successeur_garde_les_choix_deja_faits() {
    let mut monde = Monde::nouveau().await;
    let (l, c) = (monde.r_lycee, monde.r_college);
    let lea = monde.portail.id(LEA).await;
    let page = monde
        .gp
        .page(&format!(
            "/mon-compte/rattachements/succession?l={l}&l={c}&mode=chacune&c-{}={lea}",
            monde.lycee
        ))
        .await;
    let liens = page.attributs("a[href*='/transfert/recherche']", "href");
    let pour = format!("pour=s-{}", monde.college);
    let lien = liens.iter().find(|l| l.contains(&pour)).expect("a search");
    let recherche = monde.gp.page(lien).await;
    recherche.statut(200);
    let resultats = recherche
        .formulaire("Rechercher")
        .remplir("nom", "martin")
        .envoyer(&mut monde.gp)
        .await;
    resultats.statut(200).contient(JULES).contient("Non");
    let page = monde.gp.page(&resultats.lien("Sélectionner Jules")).await;
    let formulaire = page.statut(200).formulaire("Valider");
    assert_eq!(formulaire.valeur("mode"), Some("chacune"));
    assert_eq!(
        formulaire.valeur(&format!("c-{}", monde.lycee)),
        Some(lea.to_string().as_str())
    );
    assert_eq!(
        formulaire.valeur(&format!("s-{}", monde.college)),
        Some(JULES)
    );
    formulaire.envoyer(&mut monde.gp).await.statut(200);
    assert_eq!(
        gp_de(&monde.portail, monde.lycee).await.as_deref(),
        Some(LEA)
    );
    assert_eq!(
        gp_de(&monde.portail, monde.college).await.as_deref(),
        Some(JULES)
    );
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from recherches_de_comptes")
            .await,
        1
    );
}
