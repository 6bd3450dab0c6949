//! Decide then undo leaves the rights as they were; what a bulk decision says before is what it does.

use vantail::db::{DemandeAbonnementId, DemandeId, ServiceId, StructureId, UtilisateurId};

use super::{adresse, annuler, droits};
use crate::activites::Terneuil;
use crate::proprietes::de::De;
use crate::support::page::PageLue;
use crate::support::rondes;

/// A structure, somebody who may hold anything or nothing there, and what she asks.
struct Tirage {
    t: Terneuil,
    qui: UtilisateurId,
    de: De,
}

const QUI: &str = "zoe.aubert@example.org";

impl Tirage {
    async fn nouveau(graine: u64) -> Self {
        let t = Terneuil::nouveau().await;
        let qui = t.portail.personne(QUI).await;
        let de = De::new(graine);
        let mut tirage = Self { t, qui, de };
        tirage.reglages().await;
        if !tirage.de.une_fois_sur(3) {
            tirage.rattachement().await;
        }
        tirage
    }

    fn services(&mut self) -> Vec<ServiceId> {
        let tous = [self.t.achats, self.t.juridique];
        match self.de.sous(4) {
            0 => Vec::new(),
            1 => vec![tous[0]],
            2 => vec![tous[1]],
            _ => tous.to_vec(),
        }
    }

    /// What the structure opens to everybody.
    async fn reglages(&mut self) {
        for espace in ["factures_a_valider", "factures_de_travaux"] {
            if self.de.une_fois_sur(2) {
                continue;
            }
            let service = [None, Some(self.t.achats), Some(self.t.juridique)][self.de.sous(3)];
            let droit = ["consultation", "modification"][self.de.sous(2)];
            sqlx::query(
                "insert into parametrage_espaces (id, structure_id, service_id, espace, droit) values (uuid_v7(), $1, $2, $3, $4)",
            )
            .bind(self.t.structure)
            .bind(service)
            .bind(espace)
            .bind(droit)
            .execute(&self.t.portail.db)
            .await
            .expect("a setting");
        }
    }

    /// In force, ending, ended, stopped; with espaces of her own.
    async fn rattachement(&mut self) {
        let services = self.services();
        let role = if self.de.une_fois_sur(3) { "gs" } else { "us" };
        let portail = &self.t.portail;
        let r = portail
            .rattacher(self.t.structure, self.qui, role, &services)
            .await;
        let fin = [None, Some("5 days"), Some("-5 days")][self.de.sous(3)];
        if let Some(fin) = fin {
            sqlx::query("update rattachements set date_fin = maintenant() + $2::interval, commentaire = 'Tenu' where id = $1")
                .bind(r)
                .bind(fin)
                .execute(&portail.db)
                .await
                .expect("an end");
        }
        if self.de.une_fois_sur(2) {
            let service = services.first().copied();
            portail
                .abonnement(r, service, "factures_de_travaux", "consultation")
                .await;
        }
        let structure = self.t.structure;
        vantail::db::transaction(&portail.app, async |tx| {
            vantail::structures::verrouiller(tx, &[structure]).await?;
            vantail::abonnements::recalculer(tx, r).await
        })
        .await
        .expect("espaces that agree");
        if self.de.une_fois_sur(4) {
            vantail::db::transaction(&portail.app, async |tx| {
                let cause = Some(vantail::rattachements::Cause::Gestionnaire);
                vantail::structures::verrouiller(tx, &[structure]).await?;
                vantail::rattachements::changer_statut(tx, r, cause).await
            })
            .await
            .expect("stopped");
        }
    }
}

/// So many worlds; the seed is printed by the failure.
fn graines() -> impl Iterator<Item = u64> {
    let depart = std::env::var("VANTAIL_GRAINE")
        .ok()
        .and_then(|g| g.parse().ok());
    let depart: u64 = depart.unwrap_or(7);
    (0..rondes(12) as u64).map(move |n| depart * 1000 + n)
}

#[tokio::test]
async fn decider_puis_annuler_rend_les_memes_droits() {
    for graine in graines() {
        let mut monde = Tirage::nouveau(graine).await;
        let services = monde.services();
        let role = if monde.de.une_fois_sur(3) { "gs" } else { "us" };
        let t = &mut monde.t;
        let demande: DemandeId = t
            .portail
            .demande(t.structure, monde.qui, role, &services)
            .await;
        let avant = droits(&t.portail, t.structure, monde.qui).await;
        let ecran = t.pauline.page(&t.ecran(demande)).await;
        let mut formulaire = ecran.formulaire("Valider");
        if monde.de.une_fois_sur(3) {
            formulaire = formulaire.remplir("date_fin", "2099-12-31");
        }
        formulaire.envoyer(&mut t.pauline).await.statut(200);
        let adresse = adresse(&t.portail).await;
        assert_eq!(
            annuler(&mut t.pauline, &adresse).await,
            303,
            "seed {graine}"
        );
        let apres = droits(&t.portail, t.structure, monde.qui).await;
        assert_eq!(avant, apres, "seed {graine}");
    }
}

/// The preview, then the act: the line of this person, before and after.
async fn prevu_puis_fait(t: &mut Terneuil, lot: &str, id: &str) -> (PageLue, String) {
    let champs = [("id", id), ("decision", "valider")];
    let confirmation = t.pauline.poster(lot, &champs).await;
    confirmation.statut(200);
    let bilan = confirmation
        .formulaire("Valider 1 demande")
        .envoyer(&mut t.pauline)
        .await;
    let ligne = bilan.tous(".resultats li").join("");
    (confirmation, ligne)
}

/// Names of the espaces in force, in the order of the screens.
async fn espaces(t: &Terneuil, structure: StructureId, qui: UtilisateurId) -> Vec<String> {
    sqlx::query_scalar(
        "select e.nom from espaces e
         where exists (select from abonnements_effectifs a
                       where a.structure_id = $1 and a.utilisateur_id = $2 and a.espace = e.code and a.origine <> 'demande')
         order by e.ordre",
    )
    .bind(structure)
    .bind(qui)
    .fetch_all(&t.portail.db)
    .await
    .expect("the espaces")
}

#[tokio::test]
async fn ce_que_le_lot_annonce_est_ce_qu_il_fait() {
    for graine in graines() {
        let mut monde = Tirage::nouveau(graine).await;
        let services = monde.services();
        let role = if monde.de.une_fois_sur(3) { "gs" } else { "us" };
        let t = &mut monde.t;
        let demande = t
            .portail
            .demande(t.structure, monde.qui, role, &services)
            .await;
        if monde.de.une_fois_sur(5) {
            sqlx::query("update utilisateurs set statut = 'inactif', desactive_le = maintenant() where id = $1")
                .bind(monde.qui)
                .execute(&t.portail.db)
                .await
                .expect("an account");
        }
        let (prevu, fait) =
            prevu_puis_fait(t, "/activites/demandes/lot", &demande.to_string()).await;
        let annonce = prevu
            .tous("#confirmation tbody td")
            .pop()
            .unwrap_or_default();
        if fait.ends_with(": validée") {
            let (role, maille, noms): (String, bool, Vec<String>) = sqlx::query_as(
                "select role, maille_structure,
                        array(select v.libelle from rattachement_services rs join services v on v.id = rs.service_id
                              where rs.rattachement_id = r.id and rs.statut = 'validee' order by v.cle_tri)
                 from rattachements r where utilisateur_id = $1 and statut = 'validee'",
            )
            .bind(monde.qui)
            .fetch_one(&t.portail.db)
            .await
            .expect("a rattachement");
            let role = if role == "gs" {
                "Gestionnaire secondaire"
            } else {
                "Utilisateur simple"
            };
            let ou = if maille {
                "toute la structure".to_owned()
            } else {
                noms.join(", ")
            };
            let espaces = espaces(t, t.structure, monde.qui).await.join(", ");
            let attendu = format!("{role} sur {ou} ; espaces : {espaces}");
            assert_eq!(annonce, attendu, "seed {graine}");
        } else {
            let raison = annonce.trim_start_matches("Rien ne change : ");
            assert_ne!(annonce, raison, "seed {graine}: {annonce} / {fait}");
            assert!(fait.ends_with(raison), "seed {graine}: {annonce} / {fait}");
        }
    }
}

#[tokio::test]
async fn le_lot_des_espaces_fait_ce_qu_il_annonce() {
    for graine in graines() {
        let mut monde = Tirage::nouveau(graine).await;
        let service = [None, Some(monde.t.achats), Some(monde.t.juridique)][monde.de.sous(3)];
        let droit = ["consultation", "modification"][monde.de.sous(2)];
        let t = &mut monde.t;
        let demande: DemandeAbonnementId = t
            .portail
            .demande_abonnement(
                t.structure,
                monde.qui,
                &[(service, "factures_a_valider", droit)],
            )
            .await;
        let (prevu, fait) =
            prevu_puis_fait(t, "/activites/abonnements/lot", &demande.to_string()).await;
        let annonce = prevu
            .tous("#confirmation tbody td")
            .pop()
            .unwrap_or_default();
        let obtenus: Vec<String> = sqlx::query_scalar(
            "select e.nom || ', en ' || a.droit || ' (' || coalesce(v.libelle, 'Tous les services') || ')'
             from abonnements a join rattachements r on r.id = a.rattachement_id join espaces e on e.code = a.espace
             left join services v on v.id = a.service_id
             where r.utilisateur_id = $1 and a.origine = 'demande' and a.espace = 'factures_a_valider'",
        )
        .bind(monde.qui)
        .fetch_all(&t.portail.db)
        .await
        .expect("the espaces");
        if fait.ends_with(": validée") {
            assert_eq!([annonce], *obtenus, "seed {graine}");
        } else {
            let raison = annonce.trim_start_matches("Rien ne change : ");
            assert!(obtenus.is_empty(), "seed {graine}");
            assert!(fait.ends_with(raison), "seed {graine}: {annonce} / {fait}");
        }
    }
}
