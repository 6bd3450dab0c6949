//! People who come in by file (R-GEST-IMPORT), and the structure chosen before attaching somebody (seed 004 §3).

mod choix;
mod courses;
mod fichiers;
mod fichiers_faux;
mod proprietes;
mod refus;

use crate::activites::Terneuil;
use crate::support::page::PageLue;
use crate::support::{Acteur, Portail};

pub const LINE: &str = "line.neuve@example.org";

fn adresse_de_l_import(t: &Terneuil) -> String {
    format!("/structures/{}/rattachement/import", t.structure)
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

/// The chain of the historique holds, and every structure has its gestionnaire principal.
async fn intacte(portail: &Portail) {
    let (_, defauts) = vantail::historique::verifier(&portail.db, &portail.app.cles)
        .await
        .expect("a verification");
    assert!(defauts.is_empty(), "{defauts:?}");
    assert_eq!(portail.structures_sans_un_gp().await, 0);
}
