//! The account itself: informations, data, mails wanted, deactivation, return, erasure.

mod courriels;
mod courses;
mod desactivation;
mod donnees;
mod effacement;
mod informations;
mod retour;
mod successions;

use vantail::acces::Systeme;
use vantail::db::{RattachementId, StructureId};
use vantail::jobs::{self, Bilan};

use crate::support::page::PageLue;
use crate::support::{Acteur, MOT_DE_PASSE, Portail};

const PAUL: &str = "paul.gerant@test.example";
const LEA: &str = "lea.seconde@test.example";
const ZOE: &str = "zoe.aubert@test.example";

/// A structure of which Paul is gestionnaire principal.
async fn mairie(portail: &Portail) -> StructureId {
    let mairie = portail.structure("Mairie de Terneuil", 1, true).await;
    let paul = portail.personne(PAUL).await;
    portail.gp(mairie, paul).await;
    mairie
}

/// Zoé, US of it.
async fn zoe(portail: &Portail, structure: StructureId) -> RattachementId {
    let zoe = portail.personne(ZOE).await;
    portail.rattacher(structure, zoe, "us", &[]).await
}

/// The window, with the right password.
async fn desactiver(acteur: &mut Acteur) -> PageLue {
    acteur
        .page("/mon-compte/desactivation")
        .await
        .formulaire("Désactiver mon compte")
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(acteur)
        .await
}

async fn connexion(acteur: &mut Acteur, adresse: &str, mot: &str) -> PageLue {
    acteur
        .page("/connexion")
        .await
        .formulaire("Se connecter")
        .remplir("adresse", adresse)
        .remplir("mot_de_passe", mot)
        .envoyer(acteur)
        .await
}

async fn statut(portail: &Portail, adresse: &str) -> String {
    sqlx::query_scalar("select statut from utilisateurs where adresse_connexion = $1")
        .bind(adresse)
        .fetch_one(&portail.db)
        .await
        .expect("an account")
}

async fn tourner(portail: &Portail) -> Bilan {
    jobs::lancer_une_fois(&portail.app, &Systeme::processus())
        .await
        .expect("a run")
        .expect("nobody else runs")
}

/// Active structures whose gestionnaire principal is not an active account: must be 0 at any instant.
async fn gp_inactifs(portail: &Portail) -> i64 {
    portail
        .nombre(
            "select count(*) from structures s join rattachements r on r.id = s.gp_id join utilisateurs u on u.id = r.utilisateur_id
             where u.statut <> 'actif'",
        )
        .await
}

async fn executer(portail: &Portail, sql: &'static str) {
    sqlx::raw_sql(sql)
        .execute(&portail.db)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// The clock is moved to this instant of Paris.
async fn a_l_instant(portail: &Portail, instant: &str) {
    sqlx::query(
        "update horloge set decalage = ($1::timestamp at time zone 'Europe/Paris') - now()",
    )
    .bind(instant)
    .execute(&portail.db)
    .await
    .expect("a clock");
}

/// The clock is moved to this instant of Paris, and the accounts just deactivated were so at that very second.
async fn partis_a(portail: &Portail, instant: &str) {
    sqlx::query(
        "update utilisateurs set desactive_le = $1::timestamp at time zone 'Europe/Paris' where statut = 'inactif'",
    )
    .bind(instant)
    .execute(&portail.db)
    .await
    .expect("an instant");
    a_l_instant(portail, instant).await;
}
