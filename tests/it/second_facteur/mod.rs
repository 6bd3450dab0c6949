//! The second factor (R-COMPTE-2F, decisions 21 and 22, security.md AU8): setting it up, the code at sign-in, the staff
//! accounts held to it, and the ways round it that must not exist.

mod chemins;
mod codes;
mod enrolement;
mod gestion;
mod obligation;
mod rotation;

use totp_rs::Totp;

use crate::comptes::se_connecter;
use crate::support::page::PageLue;
use crate::support::{Acteur, MOT_DE_PASSE, Portail};

const CAMILLE: &str = "camille.durand@example.org";
const ICI: &str = "/mon-compte/double-authentification";

/// What the person holds: the application and the sheet of recovery codes.
struct Facteur {
    totp: Totp,
    secours: Vec<String>,
}

impl Facteur {
    /// The code the application shows `pas` steps of 30 seconds from now, on the clock of the portal.
    async fn code(&self, portail: &Portail, pas: i64) -> String {
        code(portail, &self.totp, pas).await
    }
}

async fn code(portail: &Portail, totp: &Totp, pas: i64) -> String {
    let instant = portail
        .nombre("select extract(epoch from maintenant())::bigint")
        .await
        + 30 * pas;
    totp.generate(u64::try_from(instant).expect("after 1970"))
        .to_string()
}

/// A code that is none of the three accepted now.
async fn faux(portail: &Portail, totp: &Totp) -> String {
    let mut justes = Vec::new();
    for pas in -2..=2 {
        justes.push(code(portail, totp, pas).await);
    }
    (0..)
        .map(|n| format!("{n:06}"))
        .find(|c| !justes.contains(c))
        .expect("a million codes")
}

/// The first step, then the secret as the page gives it to the application.
async fn commencer(acteur: &mut Acteur) -> (PageLue, Totp) {
    let page = acteur.page(&format!("{ICI}/activation")).await;
    let page = page
        .statut(200)
        .formulaire("Continuer")
        .remplir("mot_de_passe", MOT_DE_PASSE)
        .envoyer(acteur)
        .await;
    page.statut(200);
    let totp = Totp::from_url(page.lien("Ouvrir l’application")).expect("an otpauth address");
    (page, totp)
}

/// Sets a factor up by the pages.
async fn activer(portail: &Portail, acteur: &mut Acteur) -> Facteur {
    let (page, totp) = commencer(acteur).await;
    let page = page
        .formulaire("Activer")
        .remplir("code", &code(portail, &totp, 0).await)
        .envoyer(acteur)
        .await;
    page.statut(200)
        .contient("La double authentification est activée.");
    let secours = page.tous("li.reference");
    assert_eq!(secours.len(), 10);
    Facteur { totp, secours }
}

/// Camille, with a factor, and the clock past the code that confirmed it.
async fn camille() -> (Portail, Facteur) {
    let portail = Portail::nouveau().await;
    portail.personne(CAMILLE).await;
    let mut acteur = portail.connecter(CAMILLE).await;
    let facteur = activer(&portail, &mut acteur).await;
    portail.avancer("30 seconds").await;
    (portail, facteur)
}

/// Password given; the code is awaited.
async fn entrouvrir(portail: &Portail) -> Acteur {
    let mut acteur = portail.anonyme();
    let page = se_connecter(&mut acteur, CAMILLE, MOT_DE_PASSE).await;
    page.statut(303);
    assert_eq!(page.entete("location"), Some("/connexion/code"));
    acteur
}

async fn donner(acteur: &mut Acteur, code: &str) -> PageLue {
    acteur
        .poster_sans_suivre(
            "/connexion/code",
            &[("code", code), ("secours", ""), ("retour", "")],
        )
        .await
}
