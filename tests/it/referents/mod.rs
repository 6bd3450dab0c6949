//! The référents and their périmètres (R-REF, R-REF-DEMANDE, spec §13 « Accounts and PIGP »).

mod arrivees;
mod comptes;
mod courses;
mod creation;
mod demandes;
mod designation;
mod designation_courses;
mod donnees;
mod listes;
mod perimetres;
mod pieces;
mod sollicitees;
mod structures;
mod transmission;
mod transmission_courses;

use vantail::db::{PerimetreId, StructureId, UtilisateurId};

use crate::support::{Acteur, CourrierLu, Portail};

const MARTINE: &str = "martine.ballet@ac-lyon.test";
const PHILIPPE: &str = "philippe.garcin@ac-grenoble.test";
const ADMIN: &str = "alice.admin@vantail.test";
const SABINE: &str = "sabine.support@vantail.test";
const GP: &str = "bernard.delmas@ac-lyon.test";
const AGENT: &str = "loic.tessier@ac-lyon.test";
/// Of the lycée of Lyon.
const SIRET_LYON: &str = "19690199500015";
const SIRET_GRENOBLE: &str = "19380033100012";
/// A person without account.
const ANNE: &str = "anne.royer@ac-lyon.test";

/// Two périmètres, a référent each; a PIGP lycée in each; its GP and an agent, both PIGP, in Lyon.
struct Monde {
    portail: Portail,
    lyon: PerimetreId,
    grenoble: PerimetreId,
    lycee: StructureId,
    gp: UtilisateurId,
    agent: UtilisateurId,
    martine: Acteur,
    philippe: Acteur,
}

async fn executer(portail: &Portail, sql: &'static str) {
    sqlx::raw_sql(sql)
        .execute(&portail.db)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

async fn perimetre(
    portail: &Portail,
    nom: &str,
    departements: &[&str],
    domaine: &str,
) -> PerimetreId {
    let id = PerimetreId::nouveau();
    sqlx::query(
        "insert into perimetres (id, nom, departements, genres, domaines) values ($1, $2, $3, '{enseignement}', $4)",
    )
    .bind(id)
    .bind(nom)
    .bind(departements)
    .bind([domaine])
    .execute(&portail.db)
    .await
    .expect("a périmètre");
    id
}

async fn referent(portail: &Portail, adresse: &str, perimetre: PerimetreId) -> Acteur {
    let id = portail.agent(adresse, "referent").await;
    sqlx::query("insert into perimetre_referents (perimetre_id, utilisateur_id) values ($1, $2)")
        .bind(perimetre)
        .bind(id)
        .execute(&portail.db)
        .await
        .expect("a référent");
    portail.connecter(adresse).await
}

async fn lycee(portail: &Portail, raison: &str, rang: u32, siret: &str, cp: &str) -> StructureId {
    let id = portail.structure(raison, rang, true).await;
    sqlx::query(
        "update structures set identifiant = $2, code_postal = $3, passe_par_pigp = true where id = $1",
    )
    .bind(id)
    .bind(siret)
    .bind(cp)
    .execute(&portail.db)
    .await
    .expect("a lycée");
    id
}

async fn pigp(portail: &Portail, adresse: &str, perimetre: PerimetreId) -> UtilisateurId {
    let id = portail.personne(adresse).await;
    sqlx::query("update utilisateurs set pigp = true, perimetre_id = $2 where id = $1")
        .bind(id)
        .bind(perimetre)
        .execute(&portail.db)
        .await
        .expect("a PIGP account");
    id
}

async fn monde() -> Monde {
    let portail = Portail::nouveau().await;
    let lyon = perimetre(
        &portail,
        "Académie de Lyon",
        &["01", "42", "69"],
        "ac-lyon.test",
    )
    .await;
    let grenoble = perimetre(
        &portail,
        "Académie de Grenoble",
        &["38"],
        "ac-grenoble.test",
    )
    .await;
    let martine = referent(&portail, MARTINE, lyon).await;
    let philippe = referent(&portail, PHILIPPE, grenoble).await;
    let lyonnais = lycee(
        &portail,
        "Lycée des Trois Fontaines",
        1,
        SIRET_LYON,
        "69007",
    )
    .await;
    lycee(&portail, "Lycée de Belledonne", 2, SIRET_GRENOBLE, "38420").await;
    let gp = pigp(&portail, GP, lyon).await;
    let agent = pigp(&portail, AGENT, lyon).await;
    portail.gp(lyonnais, gp).await;
    portail.rattacher(lyonnais, agent, "us", &[]).await;
    portail.agent(SABINE, "support").await;
    portail.agent(ADMIN, "administrateur").await;
    Monde {
        portail,
        lyon,
        grenoble,
        lycee: lyonnais,
        gp,
        agent,
        martine,
        philippe,
    }
}

impl Monde {
    /// Asks for an account from the accueil déconnecté.
    async fn demander(&self, adresse: &str, siret: &str) -> crate::support::page::PageLue {
        let (prenom, nom) = adresse
            .split_once('@')
            .and_then(|(locale, _)| locale.split_once('.'))
            .expect("prenom.nom@");
        let mut acteur = self.portail.anonyme();
        let page = acteur
            .page(&format!("/demande-de-compte?siret={siret}"))
            .await;
        page.statut(200)
            .formulaire("Envoyer la demande")
            .remplir("prenom", prenom)
            .remplir("nom", nom)
            .remplir("adresse_connexion", adresse)
            .remplir("message", "J’arrive en septembre.")
            .envoyer(&mut acteur)
            .await
    }

    /// The link of the last mail to this address.
    async fn lien(&self, adresse: &str) -> String {
        crate::comptes::lien(&self.portail, adresse).await
    }

    /// Asked and confirmed; the id of the request.
    async fn demande_confirmee(&self, adresse: &str, siret: &str) -> uuid::Uuid {
        self.demander(adresse, siret).await.statut(200);
        let lien = self.lien(adresse).await;
        let mut acteur = self.portail.anonyme();
        let page = acteur.page(&lien).await;
        page.statut(200)
            .formulaire("Confirmer ma demande")
            .envoyer(&mut acteur)
            .await
            .contient("Votre demande est envoyée.");
        sqlx::query_scalar("select id from demandes_de_compte where adresse = $1")
            .bind(adresse)
            .fetch_one(&self.portail.db)
            .await
            .expect("a request")
    }
}

/// Names of the mails to this address, in order.
async fn gabarits(portail: &Portail, adresse: &str) -> Vec<String> {
    portail
        .courriers_pour(adresse)
        .await
        .into_iter()
        .map(|c| c.gabarit)
        .collect()
}

/// A mail as read: greeting to link, without the footer and the marks that keep typed addresses from being links.
fn corps(courrier: &CourrierLu) -> String {
    courrier
        .texte
        .split("\n\n--\n")
        .next()
        .unwrap_or_default()
        .trim_end()
        .replace('\u{2060}', "")
}

/// One run of the jobs.
async fn travaux(portail: &Portail) -> vantail::jobs::Bilan {
    let systeme = vantail::acces::Systeme::processus();
    vantail::jobs::lancer_une_fois(&portail.app, &systeme)
        .await
        .expect("the jobs")
        .expect("nobody else runs them")
}
