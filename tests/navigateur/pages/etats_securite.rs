//! The states of the second factor and of the login address; the screens inside a consented support session.

use anyhow::Result;
use vantail::demo::MOT_DE_PASSE;

use super::Revue;
use crate::code::{application, code};
use crate::gestes::Visite;

const PAULINE: &str = "pauline.dufour@terneuil.example";
const SUPPORT: &str = "support.un@vantail.example";
const ICI: &str = "/mon-compte/double-authentification";

pub async fn securite(v: Visite) -> Result<()> {
    let mut revue = Revue::nouvelle(&v, "securite")?;
    v.devenir(PAULINE).await?;
    // With the advice to a gestionnaire.
    revue.aller("/mon-compte").await?;
    v.aller("/mon-compte/adresse").await?;
    v.envoyer_vide("Recevoir le lien").await?;
    revue.voir("address 422").await?;
    v.remplir("Nouvelle adresse", "p.dufour@mairie.example")
        .await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Recevoir le lien").await?;
    v.lire("Changement en attente").await?;
    revue.voir("address pending").await?;
    revue.aller("/adresse/inconnu").await?;
    revue.aller(ICI).await?;
    v.clic("Activer").await?;
    v.envoyer_vide("Continuer").await?;
    revue.voir("password 422").await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Continuer").await?;
    v.titre("Reliez votre application").await?;
    revue.voir("qr code").await?;
    v.clic("Je ne peux pas photographier le code").await?;
    revue.voir("secret by hand").await?;
    let totp = application(&v).await?;
    v.envoyer_vide("Activer").await?;
    revue.voir("first code 422").await?;
    v.remplir("Code à six chiffres", &code(&v, &totp, 0).await?)
        .await?;
    v.clic("Activer").await?;
    v.titre("Gardez vos codes de secours").await?;
    revue.voir("recovery codes").await?;
    v.clic("Je les ai gardés").await?;
    v.lire("10 sur 10").await?;
    v.clic("Que faire si je change").await?;
    revue.voir("factor on").await?;
    v.clic("Remplacer les codes").await?;
    v.envoyer_vide("Remplacer les codes").await?;
    revue.voir("renewal 422").await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Remplacer les codes").await?;
    v.titre("Vos nouveaux codes de secours").await?;
    revue.voir("renewed codes").await?;
    v.aller(&format!("{ICI}/retrait")).await?;
    v.envoyer_vide("Désactiver").await?;
    revue.voir("removal 422").await?;
    v.deconnecte().await?;
    v.aller("/connexion").await?;
    v.remplir("Adresse électronique de connexion", PAULINE)
        .await?;
    v.remplir("Mot de passe", MOT_DE_PASSE).await?;
    v.clic("Se connecter").await?;
    v.titre("Saisissez votre code").await?;
    revue.voir("code").await?;
    v.envoyer_vide("Se connecter").await?;
    revue.voir("code 422").await?;
    for _ in 0..6 {
        v.remplir("Code à six chiffres", "000000").await?;
        v.clic("Se connecter").await?;
        v.titre("Saisissez votre code").await?;
    }
    v.lire("Trop d’essais").await?;
    revue.voir("code 429").await?;
    v.clic("Utiliser un code de secours").await?;
    v.titre("Saisissez un code de secours").await?;
    v.clic("Je n’ai ni mon application").await?;
    revue.voir("recovery code").await?;
    revue.conclure().await
}

/// What an agent sees with the banner: screens, a list, a form, a refusal, a page that does not exist.
pub async fn assistance(v: Visite) -> Result<()> {
    let mut revue = Revue::nouvelle(&v, "assistance")?;
    v.devenir(PAULINE).await?;
    v.aller("/mon-compte/assistance").await?;
    v.clic("Donner un code, valable 15 minutes").await?;
    v.lire("Voici votre code").await?;
    revue.voir("code given").await?;
    let donne = v.css(".reference").await?.text().await?;
    v.devenir(SUPPORT).await?;
    v.aller("/support/assistance").await?;
    v.remplir("Code donné par la personne", &donne).await?;
    v.remplir("Motif", "Elle ne voit pas ses demandes.").await?;
    v.clic("Ouvrir la session").await?;
    v.lire("Vous voyez le portail comme").await?;
    revue.voir("inside, first page").await?;
    let structure = v.site.structure("14700985600138").await?;
    for chemin in [
        "/",
        "/mon-compte",
        "/mon-compte/rattachements",
        "/mon-compte/informations",
        "/activites",
        "/sollicitations",
        "/aide",
        &format!("/structures/{structure}"),
        &format!("/structures/{structure}/utilisateurs"),
    ] {
        v.aller(chemin).await?;
        v.commande("Terminer la session d’assistance").await?;
        revue.voir(&format!("inside {chemin}")).await?;
    }
    v.aller("/mon-compte/informations").await?;
    v.clic_dans("//main", "Enregistrer").await?;
    v.lire("rien ne s’y modifie").await?;
    revue.voir("inside, refused").await?;
    v.aller("/nulle-part").await?;
    revue.voir("inside, 404").await?;
    v.devenir(PAULINE).await?;
    v.aller("/mon-compte/assistance").await?;
    v.lire("Vos écrans sont vus en ce moment").await?;
    revue.voir("seen by an agent").await?;
    revue.conclure().await
}
