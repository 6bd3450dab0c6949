//! Races against real PostgreSQL (failure-modes O1–O5, R3; security.md F4): after each round exactly one GP, no 500,
//! and a historique that holds.

use vantail::db::{RattachementId, StructureId};

use super::{etat, gp_de, historique_vrai, statut_de_la_structure};
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail, rondes};

const GP: &str = "paul.gerant@test.example";
const LEA: &str = "lea.seconde@test.example";
const MAX: &str = "max.second@test.example";
const ZOE: &str = "zoe.aubert@test.example";

struct Arene {
    portail: Portail,
    gp: Acteur,
    lea: Acteur,
    max: Acteur,
    zoe: Acteur,
    rang: u32,
}

/// One structure: its GP, Léa and Max attached.
struct Ronde {
    structure: StructureId,
    gp: RattachementId,
    lea: RattachementId,
}

impl Arene {
    async fn nouvelle() -> Self {
        let portail = Portail::nouveau().await;
        for adresse in [GP, LEA, MAX, ZOE] {
            portail.personne(adresse).await;
        }
        Self {
            gp: portail.connecter(GP).await,
            lea: portail.connecter(LEA).await,
            max: portail.connecter(MAX).await,
            zoe: portail.connecter(ZOE).await,
            portail,
            rang: 0,
        }
    }

    async fn ronde(&mut self) -> Ronde {
        self.rang += 1;
        // Neither the limits of a person nor those of a search are what is measured here.
        self.portail.oublier_les_compteurs().await;
        let p = &self.portail;
        let structure = p
            .structure(&format!("Ronde {}", self.rang), self.rang, true)
            .await;
        let gp = p.gp(structure, p.id(GP).await).await;
        let lea = p.rattacher(structure, p.id(LEA).await, "us", &[]).await;
        p.rattacher(structure, p.id(MAX).await, "gs", &[]).await;
        Ronde { structure, gp, lea }
    }

    async fn verifier(&self, reponses: &[&PageLue]) {
        for page in reponses {
            assert!(
                page.statut.as_u16() < 500,
                "{} : {}",
                page.adresse,
                page.texte()
            );
        }
        assert_eq!(
            self.portail.structures_sans_un_gp().await,
            0,
            "ronde {}",
            self.rang
        );
    }
}

/// A task of its own, so that the requests truly overlap.
fn lancer(
    acteur: &Acteur,
    adresse: String,
    champs: Vec<(String, String)>,
) -> tokio::task::JoinHandle<PageLue> {
    let mut acteur = acteur.clone();
    tokio::spawn(async move {
        let champs: Vec<(&str, &str)> = champs
            .iter()
            .map(|(c, v)| (c.as_str(), v.as_str()))
            .collect();
        acteur.poster_sans_suivre(&adresse, &champs).await
    })
}

fn champ(nom: &str, valeur: impl ToString) -> (String, String) {
    (nom.to_owned(), valeur.to_string())
}

fn transfert(
    acteur: &Acteur,
    ronde: &Ronde,
    vers: impl ToString,
) -> tokio::task::JoinHandle<PageLue> {
    let adresse = format!("/structures/{}/transfert/confirmation", ronde.structure);
    lancer(acteur, adresse, vec![champ("successeur", vers)])
}

fn depart(acteur: &Acteur, ligne: RattachementId) -> tokio::task::JoinHandle<PageLue> {
    let adresse = "/mon-compte/rattachements/suppression".to_owned();
    lancer(acteur, adresse, vec![champ("ligne", ligne)])
}

fn succession(
    acteur: &Acteur,
    ronde: &Ronde,
    choix: impl ToString,
) -> tokio::task::JoinHandle<PageLue> {
    let adresse = "/mon-compte/rattachements/succession/confirmation".to_owned();
    let champs = vec![
        champ("l", ronde.gp),
        champ(&format!("c-{}", ronde.structure), choix),
    ];
    lancer(acteur, adresse, champs)
}

fn demande(
    acteur: &Acteur,
    structure: StructureId,
    commentaire: &str,
) -> tokio::task::JoinHandle<PageLue> {
    let adresse = format!("/mon-compte/rattachements/demande/{structure}");
    let champs = vec![
        champ("maille", "structure"),
        champ("role", "us"),
        champ("commentaire", commentaire),
    ];
    lancer(acteur, adresse, champs)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cinq_envois_de_la_meme_demande_font_une_demande() {
    let mut arene = Arene::nouvelle().await;
    for _ in 0..rondes(6) {
        let ronde = arene.ronde().await;
        let envois: Vec<_> = (0..5)
            .map(|_| demande(&arene.zoe, ronde.structure, "Bonjour"))
            .collect();
        for envoi in envois {
            let page = envoi.await.expect("an answer");
            assert_eq!(page.statut.as_u16(), 303, "{}", page.texte());
        }
        let lignes: i64 = sqlx::query_scalar(
            "select count(*) from demandes_rattachement where structure_id = $1",
        )
        .bind(ronde.structure)
        .fetch_one(&arene.portail.db)
        .await
        .expect("a count");
        assert_eq!(lignes, 1);
        // Different words: one wins, the others are told.
        let autres: Vec<_> = (0..5)
            .map(|n| demande(&arene.zoe, ronde.structure, &format!("Autre {n}")))
            .collect();
        for envoi in autres {
            assert_eq!(envoi.await.expect("an answer").statut.as_u16(), 409);
        }
    }
    let mails = arene.portail.courriers_pour(GP).await.len();
    assert_eq!(mails, arene.rang as usize, "one mail per request");
    assert_eq!(historique_vrai(&arene.portail).await, u64::from(arene.rang));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn transferts_departs_et_demandes_croises_laissent_un_gp() {
    let mut arene = Arene::nouvelle().await;
    let (lea, max) = (arene.portail.id(LEA).await, arene.portail.id(MAX).await);
    for _ in 0..rondes(8) {
        let ronde = arene.ronde().await;
        let a = transfert(&arene.gp, &ronde, lea);
        let b = depart(&arene.lea, ronde.lea);
        let c = succession(&arene.gp, &ronde, max);
        let d = demande(&arene.zoe, ronde.structure, "Bonjour");
        let (a, b, c, d) = tokio::join!(a, b, c, d);
        let (a, b, c, d) = (a.expect("a"), b.expect("b"), c.expect("c"), d.expect("d"));
        arene.verifier(&[&a, &b, &c, &d]).await;
        let p = &arene.portail;
        // Exactly one of the two transfers was made.
        let gp = gp_de(p, ronde.structure).await.expect("a GP");
        assert!(gp == LEA || gp == MAX, "{gp}");
        assert_eq!(etat(p, ronde.structure, GP).await, "us validee");
        let transferts: i64 = sqlx::query_scalar(
            "select count(*) from historique where structure_id = $1 and action = 'role_transfere'",
        )
        .bind(ronde.structure)
        .fetch_one(&p.db)
        .await
        .expect("a count");
        assert_eq!(transferts, 1);
        if gp == LEA {
            // Leaving was refused, or came first and she was attached again by the transfer: never both GP and gone.
            assert_eq!(etat(p, ronde.structure, LEA).await, "gp validee");
        }
        assert_eq!(d.statut.as_u16(), 303);
    }
    historique_vrai(&arene.portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deux_transferts_croises_n_en_font_qu_un() {
    let mut arene = Arene::nouvelle().await;
    let (lea, max) = (arene.portail.id(LEA).await, arene.portail.id(MAX).await);
    for _ in 0..rondes(8) {
        let ronde = arene.ronde().await;
        let (a, b) = tokio::join!(
            transfert(&arene.gp, &ronde, lea),
            transfert(&arene.gp, &ronde, max)
        );
        let (a, b) = (a.expect("a"), b.expect("b"));
        arene.verifier(&[&a, &b]).await;
        let mut statuts = [a.statut.as_u16(), b.statut.as_u16()];
        statuts.sort_unstable();
        // The late one reads who is GP (409), or was stopped at the door (403).
        assert!(
            statuts == [303, 409] || statuts == [303, 403],
            "{statuts:?}"
        );
        // In a ring: the new GP gives it back while Max asks to leave.
        let gp = arene.portail.id(GP).await;
        let (c, d, e) = tokio::join!(
            transfert(&arene.lea, &ronde, gp),
            transfert(&arene.max, &ronde, gp),
            depart(&arene.gp, ronde.gp)
        );
        arene
            .verifier(&[&c.expect("c"), &d.expect("d"), &e.expect("e")])
            .await;
    }
    historique_vrai(&arene.portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn partir_deux_fois_en_meme_temps_ne_part_qu_une_fois() {
    let mut arene = Arene::nouvelle().await;
    for _ in 0..rondes(6) {
        let ronde = arene.ronde().await;
        let (a, b) = tokio::join!(depart(&arene.lea, ronde.lea), depart(&arene.lea, ronde.lea));
        arene.verifier(&[&a.expect("a"), &b.expect("b")]).await;
    }
    let lignes = arene
        .portail
        .nombre("select count(*) from historique where action = 'rattachement_supprime'")
        .await;
    assert_eq!(lignes, i64::from(arene.rang));
    assert_eq!(
        arene.portail.courriers_pour(GP).await.len(),
        arene.rang as usize
    );
    historique_vrai(&arene.portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn desactiver_la_structure_pendant_qu_on_y_demande_a_entrer() {
    let mut arene = Arene::nouvelle().await;
    for _ in 0..rondes(8) {
        let ronde = arene.ronde().await;
        // The GP alone: the others leave first.
        sqlx::query("update rattachements set statut = 'supprimee', cause = 'depart' where structure_id = $1 and role <> 'gp'")
            .bind(ronde.structure)
            .execute(&arene.portail.db)
            .await
            .expect("a departure");
        let (a, b) = tokio::join!(
            succession(&arene.gp, &ronde, "desactiver"),
            demande(&arene.zoe, ronde.structure, "Bonjour")
        );
        let (a, b) = (a.expect("a"), b.expect("b"));
        arene.verifier(&[&a, &b]).await;
        assert_eq!(a.statut.as_u16(), 303, "{}", a.texte());
        assert_eq!(
            statut_de_la_structure(&arene.portail, ronde.structure).await,
            "inactive"
        );
        assert!([303, 409].contains(&b.statut.as_u16()), "{}", b.texte());
        let ouvertes: i64 = sqlx::query_scalar(
            "select count(*) from demandes_rattachement where structure_id = $1 and statut = 'en_cours_de_validation'",
        )
        .bind(ronde.structure)
        .fetch_one(&arene.portail.db)
        .await
        .expect("a count");
        assert_eq!(ouvertes, 0, "nothing waits on a closed structure");
    }
    historique_vrai(&arene.portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn partir_de_plusieurs_structures_dans_des_ordres_opposes_ne_bloque_pas() {
    let mut arene = Arene::nouvelle().await;
    for _ in 0..rondes(6) {
        let (x, y) = (arene.ronde().await, arene.ronde().await);
        let aller = |acteur: &Acteur, lignes: [RattachementId; 2]| {
            let champs = lignes.iter().map(|l| champ("ligne", l)).collect();
            lancer(
                acteur,
                "/mon-compte/rattachements/suppression".to_owned(),
                champs,
            )
        };
        let lea = aller(&arene.lea, [x.lea, y.lea]);
        let encore = aller(&arene.lea, [y.lea, x.lea]);
        let max = arene.portail.id(MAX).await;
        let (a, b, c, d) = tokio::join!(
            lea,
            encore,
            transfert(&arene.gp, &y, max),
            transfert(&arene.gp, &x, max)
        );
        arene
            .verifier(&[
                &a.expect("a"),
                &b.expect("b"),
                &c.expect("c"),
                &d.expect("d"),
            ])
            .await;
        assert_eq!(
            gp_de(&arene.portail, x.structure).await.as_deref(),
            Some(MAX)
        );
    }
    historique_vrai(&arene.portail).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn la_demande_du_successeur_decidee_retiree_ou_close_par_le_transfert() {
    let mut arene = Arene::nouvelle().await;
    let zoe = arene.portail.id(ZOE).await;
    for _ in 0..rondes(8) {
        let ronde = arene.ronde().await;
        let demande = arene.portail.demande(ronde.structure, zoe, "us", &[]).await;
        let decision = lancer(
            &arene.max,
            "/activites/demandes/lot".to_owned(),
            vec![
                champ("ids", demande),
                champ("decision", "valider"),
                champ("confirme", "1"),
            ],
        );
        let retrait = lancer(
            &arene.zoe,
            format!("/mon-compte/demandes/{demande}/retrait"),
            Vec::new(),
        );
        let (a, b, c) = tokio::join!(decision, retrait, transfert(&arene.gp, &ronde, zoe));
        let (a, b, c) = (a.expect("a"), b.expect("b"), c.expect("c"));
        arene.verifier(&[&a, &b, &c]).await;
        assert_eq!(c.statut.as_u16(), 303, "{}", c.texte());
        assert_eq!(
            gp_de(&arene.portail, ronde.structure).await.as_deref(),
            Some(ZOE)
        );
        let lignes: i64 = sqlx::query_scalar(
            "select count(*) from historique where structure_id = $1 and action in ('demande_validee', 'demande_retiree')",
        )
        .bind(ronde.structure)
        .fetch_one(&arene.portail.db)
        .await
        .expect("a count");
        assert!(lignes <= 1, "decided once");
        let ouvertes: i64 = sqlx::query_scalar(
            "select count(*) from demandes_rattachement where structure_id = $1 and statut = 'en_cours_de_validation'",
        )
        .bind(ronde.structure)
        .fetch_one(&arene.portail.db)
        .await
        .expect("a count");
        assert_eq!(ouvertes, 0);
    }
    historique_vrai(&arene.portail).await;
}
