use vantail::db::{RattachementId, StructureId};

use super::{LIEN, actions, corps, etat, gp_de, historique_vrai, statut_de_la_structure};
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

const GP: &str = "proviseur.sortant@test.example";
const LEA: &str = "lea.seconde@test.example";
const JULES: &str = "jules.martin@test.example";

/// Two structures of the same GP: Léa is in the first, Jules in none.
pub(super) struct Monde {
    pub portail: Portail,
    pub lycee: StructureId,
    pub college: StructureId,
    pub r_lycee: RattachementId,
    pub r_college: RattachementId,
    pub gp: Acteur,
}

impl Monde {
    pub async fn nouveau() -> Self {
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
    pub async fn seconde_etape(&mut self, lignes: &[RattachementId]) -> PageLue {
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
    let jules = monde.portail.id(JULES).await;
    monde.portail.demande(monde.lycee, jules, "us", &[]).await;
    let fenetre = page
        .formulaire("Valider")
        .choisir("mode", "meme")
        .remplir("s", "  JULES.martin@test.example ")
        .envoyer(&mut monde.gp)
        .await;
    // What it changes is told first, structure by structure.
    fenetre
        .statut(200)
        .contient("Confirmer le changement de gestionnaire principal")
        .contient("Non rattaché(e) : le transfert rattache cette personne à toute la structure")
        .contient("Sa demande de rattachement en cours est validée en même temps.")
        .contient("Vous ne pourrez plus valider les demandes de rattachement")
        .contient("Activités du gestionnaire");
    assert_eq!(
        fenetre.tous("#confirmation h2"),
        ["Collège de Lyon", "Lycée de Lyon"]
    );
    assert_eq!(
        gp_de(&monde.portail, monde.lycee).await.as_deref(),
        Some(GP)
    );
    let envoi = fenetre.formulaire("Confirmer");
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
        .statut(200)
        .contient("Déjà rattaché(e), gestionnaire secondaire")
        .formulaire("Confirmer")
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
        .await
        .statut(200)
        .contient("Aucun : vous quittez la structure")
        .contient("1 demande en attente : refus")
        .formulaire("Confirmer")
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
    formulaire
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .formulaire("Confirmer")
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
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from recherches_de_comptes")
            .await,
        1
    );
}
