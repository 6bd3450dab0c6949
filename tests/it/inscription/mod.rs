//! Creating an account, one's own or somebody else's, and its activation (R-COMPTE-CREER, R-COMPTE-TIERS, spec §13).

mod activations;
mod courses;
mod discretion;
mod etapes;
mod fondations;
mod refus;
mod tiers;

use sqlx::Connection;
use vantail::courrier::{self, Expedition};

use crate::support::monde::siret;
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

const LUCIE: &str = "lucie.moreau@example.org";
/// A password the rule accepts, other than the one of the tests.
const NEUF: &str = "Tortue-argentee-57?";

/// Step 1 filled and sent; the page of step 2.
async fn se_presenter(acteur: &mut Acteur, adresse: &str) -> PageLue {
    let page = acteur.page("/inscription").await;
    page.statut(200)
        .formulaire("Continuer")
        .remplir("adresse_connexion", adresse)
        .remplir("prenom", "Lucie")
        .remplir("nom", "Moreau")
        .envoyer(acteur)
        .await
}

/// Step 2: an identifier; the page it leads to.
async fn chercher(page: &PageLue, acteur: &mut Acteur, identifiant: &str) -> PageLue {
    page.statut(200)
        .formulaire("Vérifier l’identifiant")
        .remplir("identifiant", identifiant)
        .envoyer(acteur)
        .await
}

/// Without structure, to the check page.
async fn passer(page: &PageLue, acteur: &mut Acteur) -> PageLue {
    page.formulaire("Continuer sans structure")
        .envoyer(acteur)
        .await
}

async fn valider(page: &PageLue, acteur: &mut Acteur) -> PageLue {
    page.statut(200)
        .formulaire("Valider la création")
        .envoyer(acteur)
        .await
}

/// The whole journey without structure.
async fn creer_un_compte(portail: &Portail, adresse: &str) -> PageLue {
    let mut acteur = portail.anonyme();
    let page = se_presenter(&mut acteur, adresse).await;
    let page = passer(&page, &mut acteur).await;
    valider(&page, &mut acteur).await
}

/// Up to the check page, with a request on the whole structure of this rank.
async fn demander(acteur: &mut Acteur, adresse: &str, rang: u32) -> PageLue {
    let page = se_presenter(acteur, adresse).await;
    let page = chercher(&page, acteur, &siret(rang)).await;
    page.statut(200)
        .formulaire("Continuer")
        .choisir("maille", "structure")
        .remplir("commentaire", "J’arrive au service achats.")
        .envoyer(acteur)
        .await
}

/// Up to the check page, with a fiche to create for the SIRET of this rank.
async fn decrire(acteur: &mut Acteur, adresse: &str, rang: u32) -> PageLue {
    let page = se_presenter(acteur, adresse).await;
    let page = chercher(&page, acteur, &siret(rang)).await;
    remplir_la_fiche(&page).envoyer(acteur).await
}

fn remplir_la_fiche(page: &PageLue) -> crate::support::page::Formulaire {
    page.statut(200)
        .formulaire("Continuer")
        .remplir("raison_sociale", "Atelier Moreau")
        .remplir("adresse", "3 rue du Port")
        .remplir("code_postal", "97500")
        .remplir("ville", "Terneuil")
        .choisir("privee", "oui")
}

/// Path of the newest link mailed to an address.
async fn lien(portail: &Portail, adresse: &str) -> String {
    let config = &portail.app.config;
    let expedition = Expedition::lire(None, &config.mail_from, &config.public_url, "Vantail")
        .expect("mail settings");
    courrier::recents(&portail.db, &expedition, &portail.app.cles, 1_000)
        .await
        .expect("the outbox")
        .into_iter()
        .filter(|c| c.destinataire == adresse)
        .find_map(|c| {
            let lien = c
                .texte
                .split_whitespace()
                .find(|m| m.starts_with("https://vantail.test/activation/"))?;
            Some(lien.strip_prefix("https://vantail.test")?.to_owned())
        })
        .unwrap_or_else(|| panic!("no activation link mailed to {adresse}"))
}

/// Opens the newest link and chooses the password; the page that follows.
async fn activer(portail: &Portail, adresse: &str) -> PageLue {
    let mut acteur = portail.anonyme();
    let page = acteur.page(&lien(portail, adresse).await).await;
    page.statut(200)
        .formulaire("Activer mon compte")
        .remplir("mot_de_passe", NEUF)
        .envoyer(&mut acteur)
        .await
}

/// A statement on the test database, for states no page gives.
async fn executer(portail: &Portail, sql: &'static str) {
    let mut db = sqlx::PgConnection::connect(portail.url_de_la_base())
        .await
        .expect("a connection");
    sqlx::raw_sql(sql).execute(&mut db).await.expect(sql);
    db.close().await.expect("a closed connection");
}
