//! The state of a structure: what the file changes, what was decided here, and what follows for the people (spec §13).

use std::io::Cursor;

use vantail::acces::Systeme;
use vantail::db::StructureId;
use vantail::imports::{self, Options, Rapport, Source};
use vantail::jobs;

use super::chargement::comptes;
use crate::support::monde::siret;
use crate::support::{Acteur, Portail};

const GP: &str = "paul.gerant@test.example";
const ZOE: &str = "zoe.aubert@test.example";

struct Monde {
    portail: Portail,
    mairie: StructureId,
    gp: Acteur,
}

impl Monde {
    /// A mairie that the directory says active, its GP alone.
    async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        let gp = portail.personne(GP).await;
        portail.personne(ZOE).await;
        let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
        portail.gp(mairie, gp).await;
        let gp = portail.connecter(GP).await;
        let monde = Self {
            portail,
            mairie,
            gp,
        };
        monde.importer(true).await;
        monde
    }

    /// `vantail import structures` of the line of the mairie.
    async fn importer(&self, active: bool) -> Rapport {
        let fichier = format!(
            "TypeIdentifiant;Identifiant;RaisonSociale;StructureActive\nSIRET;{};Mairie de Terneuil;{active}\n",
            siret(1)
        );
        let source = Source::Flux(Box::new(Cursor::new(fichier)));
        imports::structures(&self.portail.db, source, Options::default(), |_| {})
            .await
            .expect("an import")
    }

    async fn annoncer(&self) -> u64 {
        jobs::annoncer_les_imports(&self.portail.app, &Systeme::processus())
            .await
            .expect("announced")
    }

    async fn statut(&self) -> String {
        sqlx::query_scalar("select statut from structures where id = $1")
            .bind(self.mairie)
            .fetch_one(&self.portail.db)
            .await
            .expect("a structure")
    }

    /// The GP, alone, deactivates it and leaves.
    async fn desactiver(&mut self) {
        let r = self
            .portail
            .uuid("select gp_id from structures")
            .await
            .to_string();
        let champ = format!("c-{}", self.mairie);
        let champs = [("l", r.as_str()), (champ.as_str(), "desactiver")];
        self.gp
            .poster("/mon-compte/rattachements/succession/confirmation", &champs)
            .await
            .statut(200);
        assert_eq!(self.statut().await, "inactive");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn un_import_qui_ferme_une_structure_clot_ses_demandes_et_previent_comme_son_gp() {
    let mut monde = Monde::nouveau().await;
    let zoe = monde.portail.id(ZOE).await;
    monde.portail.demande(monde.mairie, zoe, "us", &[]).await;
    let (jules, max) = (
        monde.portail.personne("jules.martin@test.example").await,
        monde.portail.personne("max.second@test.example").await,
    );
    monde.portail.rattacher(monde.mairie, max, "gs", &[]).await;
    let le: String = sqlx::query_scalar("select (aujourdhui() + 9)::text")
        .fetch_one(&monde.portail.db)
        .await
        .expect("a day");
    let successeur = jules.to_string();
    let champs = [("successeur", successeur.as_str()), ("le", le.as_str())];
    let adresse = format!("/structures/{}/transfert/confirmation", monde.mairie);
    monde.gp.poster(&adresse, &champs).await.statut(200);
    assert_eq!(comptes(&monde.importer(false).await), (0, 1, 0, 0, 0));
    assert_eq!(monde.statut().await, "inactive");
    assert_eq!(monde.annoncer().await, 1);
    let p = &monde.portail;
    let motif: String = sqlx::query_scalar(
        "select motif from demandes_rattachement where statut = 'refusee' and acte = motif and traitee_par is null",
    )
    .fetch_one(&p.db)
    .await
    .expect("closed");
    assert_eq!(motif, "Structure désactivée");
    let actions: Vec<String> = sqlx::query_scalar(
        "select action || ' ' || acteur_genre from historique where structure_id = $1 order by numero",
    )
    .bind(monde.mairie)
    .fetch_all(&p.db)
    .await
    .expect("the historique");
    assert_eq!(
        actions,
        [
            "passation_programmee utilisateur",
            "structure_desactivee systeme",
            "demande_refusee systeme",
            "passation_caduque systeme",
        ]
    );
    let prevenus = async |gabarit: &str| {
        let tous = p.courriers().await.into_iter();
        tous.filter(|c| c.gabarit == gabarit)
            .map(|c| (c.destinataire, c.texte))
            .collect::<Vec<_>>()
    };
    let membres = prevenus("structure_desactivee").await;
    assert_eq!(membres.len(), 2, "the GP and the GS");
    assert!(
        membres[0]
            .1
            .contains("L’annuaire des structures publiques a désactivé Mairie de Terneuil."),
        "{}",
        membres[0].1
    );
    assert_eq!(prevenus("demande_close").await[0].0, ZOE);
    assert_eq!(prevenus("passation_caduque").await.len(), 2);
    // Nobody is left without a GP, the rights become read-only, a second pass does nothing.
    assert_eq!(p.structures_sans_un_gp().await, 0);
    assert_eq!(monde.annoncer().await, 0);
    assert_eq!(comptes(&monde.importer(false).await), (0, 0, 1, 0, 0));
    let (_, defauts) = vantail::historique::verifier(&p.db, &p.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty(), "{defauts:?}");

    // The directory changes its mind: active again, and told.
    assert_eq!(comptes(&monde.importer(true).await), (0, 1, 0, 0, 0));
    assert_eq!(monde.annoncer().await, 1);
    assert_eq!(monde.statut().await, "active");
    assert_eq!(prevenus("structure_reactivee").await.len(), 2);
    monde.gp.page(&adresse).await.statut(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn une_interruption_apres_l_import_est_rattrapee_par_les_travaux() {
    let monde = Monde::nouveau().await;
    let zoe = monde.portail.id(ZOE).await;
    monde.portail.demande(monde.mairie, zoe, "us", &[]).await;
    monde.importer(false).await;
    let bilan = jobs::lancer_une_fois(&monde.portail.app, &Systeme::processus())
        .await
        .expect("a run")
        .expect("nobody else");
    assert_eq!(bilan.structures_annoncees, 1);
    assert_eq!(
        monde
            .portail
            .nombre(
                "select count(*) from demandes_rattachement where statut = 'en_cours_de_validation'"
            )
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ce_que_personne_n_attend_ne_laisse_rien_a_annoncer() {
    let monde = Monde::nouveau().await;
    sqlx::raw_sql(
        "begin; update structures set gp_id = null; update rattachements set statut = 'supprimee', cause = 'depart'; commit",
    )
    .execute(&monde.portail.db)
    .await
    .expect("nobody");
    monde.importer(false).await;
    assert_eq!(monde.statut().await, "inactive");
    assert_eq!(monde.annoncer().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn une_structure_desactivee_par_son_gp_le_reste_tant_que_l_annuaire_ne_change_pas() {
    let mut monde = Monde::nouveau().await;
    monde.desactiver().await;
    // The same file again: kept, and reported.
    let r = monde.importer(true).await;
    assert_eq!(comptes(&r), (0, 0, 1, 1, 0));
    let d = &r.premieres_differences[0];
    assert_eq!(
        (d.colonne.as_str(), d.ici.as_deref(), d.fichier.as_deref()),
        ("statut", Some("inactive"), Some("active"))
    );
    assert_eq!(monde.statut().await, "inactive");
    // The directory closes it too, then opens it again: it decides.
    assert_eq!(comptes(&monde.importer(false).await), (0, 0, 1, 0, 0));
    assert_eq!(monde.statut().await, "inactive");
    assert_eq!(comptes(&monde.importer(true).await), (0, 1, 0, 0, 0));
    assert_eq!(monde.statut().await, "active");
    assert_eq!(comptes(&monde.importer(true).await), (0, 0, 1, 0, 0));
}
