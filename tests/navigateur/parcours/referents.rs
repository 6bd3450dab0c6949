//! R-REF-DEMANDE: a person without account asks, confirms by mail; the référent creates the account; she activates it, and her
//! request is decided (seed 000 §1 and §2, third case).

use anyhow::Result;

use super::rentree::valider;
use crate::gestes::Visite;

const ANNE: &str = "anne.laval@ac-lyon.example";
const SORTANT: &str = "proviseur.sortant@ac-lyon.example";
const MARTINE: &str = "referent@ac-lyon.example";
const PHILIPPE: &str = "referent@ac-grenoble.example";
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

    v.devenir(MARTINE).await?;
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

    // What she asked left with the activation: it is validated, and the one who leaves hands over.
    valider(&v, SORTANT, "Anne Laval").await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Transférer le rôle de gestionnaire principal de LYCÉE")
        .await?;
    v.titre("Transférer le rôle de gestionnaire principal")
        .await?;
    v.cocher("Anne Laval").await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("#confirmation").await?;
    v.confirmer("Transférer le rôle").await?;
    v.lire("Le rôle de gestionnaire principal est transféré.")
        .await?;
    v.devenir(ANNE).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.commande("Transférer le rôle de gestionnaire principal de LYCÉE DES TROIS FONTAINES")
        .await?;
    v.console_calme().await
}

/// A request that belongs to another académie.
pub async fn transmettre_a_un_autre(v: Visite) -> Result<()> {
    v.devenir(MARTINE).await?;
    v.aller("/referent").await?;
    v.clic("Ouvrir la demande de Camille Berger").await?;
    v.confirmation("Transmettre à un autre référent").await?;
    v.choisir("Nouveau périmètre", "Académie de Grenoble")
        .await?;
    v.remplir("Motif", "Cette personne est nommée à Grenoble.")
        .await?;
    v.confirmer("Transmettre").await?;
    v.lire("est transmise au périmètre Académie de Grenoble.")
        .await?;
    v.ouvrir_le_courriel("camille.berger@ac-lyon.example", "est transmise")
        .await?;

    v.devenir(PHILIPPE).await?;
    v.aller("/referent").await?;
    v.clic("Ouvrir la demande de Camille Berger").await?;
    v.titre("Camille Berger").await?;
    v.lire("Académie de Grenoble").await?;
    v.console_calme().await
}
