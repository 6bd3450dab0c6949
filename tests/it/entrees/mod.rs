//! People who come in: the shortcut of seed 004 §3, R-GEST-CREER, R-GEST-IMPORT.

mod activation;
mod comptes;
mod courses;
mod fichiers;
mod proprietes;
mod raccourci;
mod refus;

use crate::activites::Terneuil;
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

pub const LINE: &str = "line.neuve@example.org";

fn rattachement(t: &Terneuil) -> String {
    format!("/structures/{}/rattachement", t.structure)
}

fn adresse_du_compte(t: &Terneuil) -> String {
    format!("{}/compte", rattachement(t))
}

fn adresse_de_l_import(t: &Terneuil) -> String {
    format!("{}/import", rattachement(t))
}

/// « Créer le compte utilisateur », for the whole structure; the page that follows.
async fn creer_le_compte(t: &Terneuil, acteur: &mut Acteur, adresse: &str) -> PageLue {
    let page = acteur.page(&adresse_du_compte(t)).await;
    page.statut(200)
        .formulaire("Créer le compte utilisateur")
        .remplir("nom", "Neuve")
        .remplir("prenom", "Line")
        .remplir("adresse_connexion", adresse)
        .cocher("structure", "oui")
        .envoyer(acteur)
        .await
}

/// Deposits a file; the page of its plan, or of the form that came back.
async fn verifier(t: &Terneuil, acteur: &mut Acteur, contenu: impl AsRef<[u8]>) -> PageLue {
    acteur
        .deposer(&adresse_de_l_import(t), "equipe.csv", contenu.as_ref())
        .await
}

async fn appliquer(acteur: &mut Acteur, page: &PageLue) -> PageLue {
    page.formulaire("Appliquer").envoyer(acteur).await
}

/// Third column: what becomes of each line.
fn resultats(page: &PageLue) -> Vec<String> {
    page.tous("#import tbody td:nth-of-type(2)")
}

async fn intacte(portail: &Portail) {
    let (_, defauts) = vantail::historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty(), "{defauts:?}");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
}
