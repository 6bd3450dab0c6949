//! At the same time: two agents, twenty; an approval and what would make it wrong (spec §8.2, §8.3).

use vantail::db::{SollicitationId, UtilisateurId};

use super::{LEA, Monde, PAUL, SABINE, SOFIANE, ZOE, dossier};
use crate::support::courses::{a_la_fois, ensemble, poster_ensemble};
use crate::support::monde::siret;
use crate::support::{Acteur, rondes};

const MOTIF: (&str, &str) = ("motif", "Signature vérifiée.");

impl Monde {
    /// Another lycée, whose certificate is sent; Paul manages it, Léa is secondaire.
    async fn ronde_envoyee(&mut self, rang: u32) -> SollicitationId {
        let p = &self.portail;
        p.oublier_les_compteurs().await;
        self.lycee = p.structure(&format!("Lycée {rang}"), rang, true).await;
        p.gp(self.lycee, p.id(PAUL).await).await;
        p.rattacher(self.lycee, p.id(LEA).await, "gs", &[]).await;
        let id = self.demander_au(&siret(rang), ZOE, ZOE).await;
        self.envoyer(SABINE, id).await.statut(200);
        id
    }

    async fn ronde(&mut self, rang: u32) -> (SollicitationId, String) {
        let id = self.ronde_envoyee(rang).await;
        let piece = self.signer(ZOE, id).await;
        (id, piece)
    }

    /// So many agents of the desk, signed in.
    async fn agents(&self, combien: usize) -> Vec<Acteur> {
        let mut agents = Vec::new();
        for rang in 0..combien {
            let adresse = format!("agent{rang}.support@test.example");
            self.portail.agent(&adresse, "support").await;
            agents.push(self.connecter(&adresse).await);
        }
        agents
    }

    async fn compter(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .bind(self.lycee)
            .fetch_one(&self.portail.db)
            .await
            .expect("a count")
    }

    /// One gestionnaire principal everywhere, and a chain that holds.
    async fn intact(&self) {
        assert_eq!(self.portail.structures_sans_un_gp().await, 0);
        crate::mon_compte::historique_vrai(&self.portail).await;
    }
}

/// « approbation » or « refus » of this certificate.
fn decision(id: SollicitationId, suite: &str) -> String {
    format!("{}/certificat/{suite}", dossier(id))
}

fn approbation(piece: &str) -> Vec<(&'static str, String)> {
    vec![("piece", piece.to_owned()), (MOTIF.0, MOTIF.1.to_owned())]
}

async fn poster(
    mut acteur: Acteur,
    adresse: String,
    champs: Vec<(&'static str, String)>,
) -> crate::support::page::PageLue {
    let champs: Vec<(&str, &str)> = champs.iter().map(|(c, v)| (*c, v.as_str())).collect();
    acteur.poster_sans_suivre(&adresse, &champs).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_puis_vingt_agents_approuvent_un_seul_le_fait() {
    let mut monde = Monde::nouveau().await;
    let agents = monde.agents(20).await;
    for (rang, n) in (100..).zip(std::iter::repeat_n(2, rondes(3)).chain([20])) {
        let (id, piece) = monde.ronde(rang).await;
        let gestes = agents[..n].iter().map(|agent| {
            let adresse = decision(id, "approbation");
            poster(agent.clone(), adresse, approbation(&piece))
        });
        let statuts = a_la_fois(gestes).await;
        assert_eq!(statuts[0], 303, "{statuts:?}");
        assert!(statuts[1..].iter().all(|s| *s == 409), "{statuts:?}");
        assert_eq!(monde.gp().await.as_deref(), Some(ZOE));
        assert_eq!(
            monde
                .compter("select count(*) from historique where structure_id = $1 and action = 'role_transfere'")
                .await,
            1
        );
        monde.intact().await;
    }
    let recus = monde.gabarits(ZOE).await;
    let structures = rondes(3) + 1;
    assert_eq!(
        recus.iter().filter(|g| *g == "role_recu").count(),
        structures
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn approuver_et_refuser_ensemble_un_seul_l_emporte() {
    let mut monde = Monde::nouveau().await;
    let agents = monde.agents(20).await;
    for (rang, n) in (100..).zip(std::iter::repeat_n(2, rondes(3)).chain([20])) {
        let (id, piece) = monde.ronde(rang).await;
        let gestes = agents[..n].iter().enumerate().map(|(i, agent)| {
            if i % 2 == 0 {
                let adresse = decision(id, "approbation");
                poster(agent.clone(), adresse, approbation(&piece))
            } else {
                let champs = vec![("motif", "La signature manque.".to_owned())];
                poster(agent.clone(), decision(id, "refus"), champs)
            }
        });
        let statuts = a_la_fois(gestes).await;
        assert_eq!(statuts[0], 303, "{statuts:?}");
        assert!(statuts[1..].iter().all(|s| *s == 409), "{statuts:?}");
        let execute = monde
            .compter(
                "select count(*) from certificats where structure_id = $1 and statut = 'execute'",
            )
            .await;
        let gp = if execute == 1 { ZOE } else { PAUL };
        assert_eq!(monde.gp().await.as_deref(), Some(gp));
        monde.intact().await;
    }
}

/// The gestionnaire principal transfers himself, or leaves with a successor, at the instant of the approval: one of the
/// two happened, and the role is where it says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn approuver_pendant_que_le_gestionnaire_transfere_ou_part() {
    let mut monde = Monde::nouveau().await;
    let lea: UtilisateurId = monde.portail.id(LEA).await;
    for (rang, part) in (100..).zip([false, true].repeat(rondes(3))) {
        let (id, piece) = monde.ronde(rang).await;
        let (agent, gp) = (monde.connecter(SOFIANE).await, monde.connecter(PAUL).await);
        let (adresse, champs) = if part {
            let ligne: uuid::Uuid =
                sqlx::query_scalar("select gp_id from structures where id = $1")
                    .bind(monde.lycee)
                    .fetch_one(&monde.portail.db)
                    .await
                    .expect("his rattachement");
            (
                "/mon-compte/rattachements/succession/confirmation".to_owned(),
                vec![
                    ("l".to_owned(), ligne.to_string()),
                    (format!("c-{}", monde.lycee), lea.to_string()),
                ],
            )
        } else {
            (
                format!("/structures/{}/transfert/confirmation", monde.lycee),
                vec![("successeur".to_owned(), lea.to_string())],
            )
        };
        let approuve = async move {
            let champs = approbation(&piece);
            poster(agent, decision(id, "approbation"), champs).await
        };
        let transfere = async move {
            let mut gp = gp;
            let champs: Vec<(&str, &str)> = champs
                .iter()
                .map(|(c, v)| (c.as_str(), v.as_str()))
                .collect();
            gp.poster_sans_suivre(&adresse, &champs).await
        };
        let (approuve, transfere) = tokio::join!(tokio::spawn(approuve), tokio::spawn(transfere));
        let (approuve, transfere) = (approuve.expect("an answer"), transfere.expect("an answer"));
        assert!(
            [303, 409].contains(&approuve.statut.as_u16()),
            "{}",
            approuve.texte()
        );
        assert!(transfere.statut.as_u16() < 500, "{}", transfere.texte());
        let attendu = if approuve.statut.as_u16() == 303 {
            ZOE
        } else {
            LEA
        };
        assert_eq!(
            monde.gp().await.as_deref(),
            Some(attendu),
            "{} {}: {}",
            approuve.statut,
            transfere.statut,
            transfere.texte()
        );
        monde.intact().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_puis_vingt_agents_envoient_un_seul_certificat_part() {
    let mut monde = Monde::nouveau().await;
    let agents = monde.agents(20).await;
    for (rang, n) in (100..).zip(std::iter::repeat_n(2, rondes(3)).chain([20])) {
        let id = monde.ronde_envoyee(rang).await;
        // Refused: another may leave.
        monde.refuser(SOFIANE, id).await.statut(200);
        let adresse = format!("{}/certificat", dossier(id));
        let statuts = ensemble(agents[..n].to_vec(), &adresse, &[MOTIF]).await;
        assert_eq!(statuts[0], 303, "{statuts:?}");
        assert!(statuts[1..].iter().all(|s| *s == 409), "{statuts:?}");
        assert_eq!(
            monde
                .compter(
                    "select count(*) from certificats where structure_id = $1 and statut = 'envoye'"
                )
                .await,
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn une_contestation_cliquee_vingt_fois_n_en_fait_qu_une() {
    let mut monde = Monde::nouveau().await;
    for (rang, n) in (100..).zip([2, 20]) {
        monde.ronde_envoyee(rang).await;
        let adresse = monde.contestation().await;
        let paul = monde.connecter(PAUL).await;
        let champs = [("texte", "Je suis toujours en poste.")];
        let statuts = ensemble(vec![paul; n], &adresse, &champs).await;
        assert_eq!(statuts, vec![303; n]);
        assert_eq!(
            monde
                .compter("select count(*) from sollicitations where structure_id = $1 and categorie = 'contestation'")
                .await,
            1
        );
    }
}

/// Contested first, it is not executed; executed first, the file is open again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contester_pendant_l_approbation() {
    let mut monde = Monde::nouveau().await;
    for rang in (100..).take(rondes(3)) {
        let (id, piece) = monde.ronde(rang).await;
        let contestation = monde.contestation().await;
        let piece: &'static str = Box::leak(piece.into_boxed_str());
        let statuts = poster_ensemble(vec![
            (
                monde.connecter(PAUL).await,
                contestation,
                vec![("texte", "Je suis toujours en poste.")],
            ),
            (
                monde.connecter(SOFIANE).await,
                decision(id, "approbation"),
                vec![("piece", piece), MOTIF],
            ),
        ])
        .await;
        assert_eq!(statuts[0], 303);
        if statuts[1] == 303 {
            assert_eq!(monde.gp().await.as_deref(), Some(ZOE));
            assert_eq!(monde.statut(id).await, "nouvelle");
        } else {
            assert_eq!(statuts[1], 409);
            assert_eq!(monde.gp().await.as_deref(), Some(PAUL));
            assert_eq!(monde.statut(id).await, "en_cours");
        }
        monde.intact().await;
    }
}
