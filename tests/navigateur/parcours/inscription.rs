//! From the accueil déconnecté to the accueil connecté, by four pages and one mail.

use anyhow::{Result, ensure};

use crate::gestes::Visite;

const LUCIE: &str = "lucie.bernard@example.org";
const MOT: &str = "Girafe-violette-42!";

async fn se_presenter(v: &Visite) -> Result<()> {
    v.aller("/").await?;
    v.clic("Créer un compte").await?;
    v.titre("Vos informations personnelles").await?;
    v.envoyer_vide("Continuer").await?;
    v.remplir("Adresse électronique de connexion", LUCIE)
        .await?;
    v.remplir("Prénom", "Lucie").await?;
    v.remplir("Nom", "Bernard").await?;
    v.clic("Continuer").await?;
    v.titre("Votre structure").await
}

async fn activer_et_entrer(v: &Visite, annonce: &str) -> Result<()> {
    v.suivre_le_courriel(LUCIE).await?;
    v.titre("Activez votre compte").await?;
    v.lire(annonce).await?;
    v.remplir("Mot de passe", MOT).await?;
    v.clic("Activer mon compte").await?;
    v.lire("Votre compte est actif.").await?;
    v.remplir("Adresse électronique de connexion", LUCIE)
        .await?;
    v.remplir("Mot de passe", MOT).await?;
    v.clic("Se connecter").await
}

pub async fn quatre_etapes_jusqu_a_la_connexion(v: Visite) -> Result<()> {
    se_presenter(&v).await?;
    // A wrong key, then spaces as people copy them.
    v.remplir("Identifiant de la structure", "14700985600139")
        .await?;
    v.clic("Vérifier l’identifiant").await?;
    v.css("[data-resume]").await?;
    v.remplir("Identifiant de la structure", "147 009 856 00138")
        .await?;
    v.clic("Vérifier l’identifiant").await?;
    v.titre("Votre demande de rattachement").await?;
    v.lire("CCAS TERNEUIL SUR SEINE").await?;
    v.cocher("Seulement les services cochés").await?;
    v.cocher("Service achats").await?;
    v.remplir("Commentaire", "J’arrive aux achats.").await?;
    v.clic("Continuer").await?;
    v.titre("Vérifiez et validez").await?;
    // Back, a change, and forth.
    v.clic("Modifier : Prénom").await?;
    v.titre("Vos informations personnelles").await?;
    v.remplir("Prénom", "Lucile").await?;
    v.clic("Continuer").await?;
    v.titre("Vérifiez et validez").await?;
    v.lire("Lucile").await?;
    v.lire("J’arrive aux achats.").await?;
    v.clic("Valider la création de mon compte").await?;
    v.titre("Consultez votre messagerie").await?;
    v.pilote().back().await?;
    v.titre("Vérifiez et validez").await?;
    v.clic("Valider la création de mon compte").await?;
    v.titre("Consultez votre messagerie").await?;
    v.pilote().refresh().await?;
    v.titre("Consultez votre messagerie").await?;
    activer_et_entrer(&v, "Demande de rattachement").await?;
    v.titre("Mes rattachements aux structures").await?;
    v.lire("CCAS TERNEUIL SUR SEINE").await?;
    v.lire("Pauline Dufour").await?;
    v.console_calme().await
}

pub async fn fonder_une_structure_privee(v: Visite) -> Result<()> {
    se_presenter(&v).await?;
    v.remplir("Identifiant de la structure", "732 829 320 00074")
        .await?;
    v.clic("Vérifier l’identifiant").await?;
    v.titre("La fiche de votre structure").await?;
    v.envoyer_vide("Continuer").await?;
    v.remplir("Raison sociale", "Atelier Bernard").await?;
    v.remplir("Adresse", "3 rue du Port").await?;
    v.remplir("Code postal", "97500").await?;
    v.remplir("Ville", "Terneuil").await?;
    v.cocher("Je déclare que cette structure est privée")
        .await?;
    v.clic("Continuer").await?;
    v.lire("3 rue du Port, 97500 Terneuil").await?;
    v.clic("Valider la création de mon compte").await?;
    v.titre("Consultez votre messagerie").await?;
    activer_et_entrer(&v, "Structure à créer").await?;
    v.titre("Atelier Bernard").await?;
    v.lire("Gestionnaire principal").await?;
    v.console_calme().await
}

pub async fn pour_une_autre_personne(v: Visite) -> Result<()> {
    v.aller("/").await?;
    v.clic("Créer le compte d’une autre personne").await?;
    v.titre("Ses informations personnelles").await?;
    v.remplir("Adresse électronique de connexion", LUCIE)
        .await?;
    v.remplir("Prénom", "Lucie").await?;
    v.remplir("Nom", "Bernard").await?;
    v.remplir("Vos prénom et nom", "Ange Casanova").await?;
    v.clic("Continuer").await?;
    v.titre("Sa structure").await?;
    v.clic("Continuer sans structure").await?;
    v.titre("Vérifiez et validez").await?;
    v.clic("Valider la création du compte").await?;
    v.titre("La personne va recevoir un courriel").await?;
    v.clic("Effacer mes réponses").await?;
    v.lire("Vos réponses sont effacées.").await?;
    v.ouvrir_le_courriel(LUCIE, "activez votre compte").await?;
    v.lire("Ange Casanova").await?;
    // An account waiting since yesterday, asked for by somebody else: the box decides.
    v.suivre_le_courriel("lucie.moreau@pietralba.example")
        .await?;
    v.lire("COMMUNE DE PIETRALBA").await?;
    v.decocher("Envoyer cette demande").await?;
    v.remplir("Mot de passe", MOT).await?;
    v.clic("Activer mon compte").await?;
    v.lire("rien n’a été demandé en votre nom").await?;
    let demandes = v
        .site
        .valeur(
            "select count(*)::text from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id where u.adresse_connexion = $1",
            "lucie.moreau@pietralba.example",
        )
        .await?;
    ensure!(demandes == "0", "nothing without her");
    v.console_calme().await
}
