//! R-REF-DEMANDE: a person without account asks, confirms by mail; the référent creates the account; she activates it.

use anyhow::Result;

use crate::gestes::Visite;

const ANNE: &str = "anne.laval@ac-lyon.example";
const MOT: &str = "Girafe-violette-42!";

pub async fn demander_un_compte_et_l_activer(v: Visite) -> Result<()> {
    v.aller("/inscription").await?;
    v.remplir("Adresse électronique de connexion", ANNE).await?;
    v.remplir("Prénom", "Anne").await?;
    v.remplir("Nom", "Laval").await?;
    v.clic("Continuer").await?;
    v.remplir("Identifiant de la structure", "19690199500015")
        .await?;
    v.clic("Vérifier l’identifiant").await?;
    v.lire("Académie de Lyon").await?;
    v.clic("Demander le compte au référent").await?;
    v.titre("Demander un compte au référent").await?;
    v.envoyer_vide("Envoyer la demande").await?;
    v.remplir("Prénom", "Anne").await?;
    v.remplir("Nom", "Laval").await?;
    v.remplir("Adresse électronique nominative", ANNE).await?;
    v.clic("Envoyer la demande").await?;
    v.lire("Votre demande est presque envoyée.").await?;
    v.suivre_le_courriel(ANNE).await?;
    v.titre("Confirmer ma demande de compte").await?;
    v.clic("Confirmer ma demande").await?;
    v.lire("Votre demande est envoyée.").await?;

    v.devenir("referent@ac-lyon.example").await?;
    v.aller("/referent?f.q=laval").await?;
    v.clic("Ouvrir la demande de Anne Laval").await?;
    v.titre("Anne Laval").await?;
    v.clic("Créer le compte").await?;
    v.titre("Créer un compte PIGP").await?;
    v.clic("Créer le compte").await?;
    v.lire("Le compte de Anne Laval est créé.").await?;
    v.deconnecte().await?;

    v.ouvrir_le_courriel(ANNE, "activez votre compte").await?;
    v.css("#texte a").await?.click().await?;
    v.titre("Activez votre compte").await?;
    v.lire("LYCÉE DES TROIS FONTAINES").await?;
    v.remplir("Mot de passe", MOT).await?;
    v.clic("Activer mon compte").await?;
    v.lire("Votre compte est actif.").await?;
    v.console_calme().await
}
