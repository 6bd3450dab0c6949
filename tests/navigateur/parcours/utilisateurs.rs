//! The users of a structure: deactivate, reactivate, tune a gestionnaire secondaire, search, create an account.

use anyhow::Result;

use crate::gestes::Visite;

const PAULINE: &str = "pauline.dufour@terneuil.example";
const LOUIS: &str = "louis.neuf@terneuil.example";
const MOT: &str = "Girafe-violette-42!";

pub async fn desactiver_puis_reactiver(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/mon-compte").await?;
    v.clic_dans("//*[@id='utilisateurs']", "CCAS TERNEUIL SUR SEINE")
        .await?;
    v.titre("Utilisateurs rattachés à la structure").await?;
    v.cocher("Sélectionner Thomas Mostkowsy").await?;
    v.confirmation("Désactiver des utilisateurs").await?;
    v.lire("Thomas Mostkowsy, Utilisateur simple").await?;
    v.confirmer("Désactiver 1 utilisateur").await?;
    v.lire("1 utilisateur désactivé.").await?;
    v.clic("Ouvrir la fiche de Thomas Mostkowsy").await?;
    v.titre("Thomas Mostkowsy").await?;
    v.lire("Désactivé par un gestionnaire").await?;
    v.confirmation("Réactiver").await?;
    v.confirmer("Réactiver 1 utilisateur").await?;
    v.lire("1 utilisateur réactivé.").await?;
    v.console_calme().await
}

pub async fn gerer_les_droits(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    v.aller("/activites").await?;
    v.remplir("Nom", "cardan").await?;
    v.clic_dans("//*[@id='utilisateurs']", "Rechercher Utilisateur")
        .await?;
    v.titre("Rechercher Utilisateur").await?;
    v.clic("Modifier les habilitations de Matthieu Cardan")
        .await?;
    v.titre("Matthieu Cardan").await?;
    v.clic("Gérer les droits").await?;
    v.decocher("Valider les demandes de rattachement").await?;
    v.clic("Enregistrer").await?;
    v.lire("Les droits de Matthieu Cardan sont enregistrés.")
        .await?;
    v.console_calme().await
}

pub async fn creer_un_compte(v: Visite) -> Result<()> {
    v.devenir(PAULINE).await?;
    let structure = v.site.structure("14700985600138").await?;
    v.aller(&format!("/structures/{structure}/utilisateurs"))
        .await?;
    v.clic("Rattacher un utilisateur").await?;
    v.clic("Rattacher par adresse électronique").await?;
    v.envoyer_vide("Soumettre").await?;
    v.remplir("Adresse électronique de l’utilisateur", LOUIS)
        .await?;
    v.cocher("Ouvrir le service Service achats").await?;
    v.clic("Soumettre").await?;
    v.lire("Aucun compte n’a cette adresse").await?;
    v.remplir("Prénom", "Louis").await?;
    v.remplir("Nom", "Neuf").await?;
    v.clic("Créer le compte").await?;
    v.lire("Le compte de Louis Neuf est créé.").await?;
    v.lire("En cours d’activation").await?;
    v.deconnecte().await?;
    v.suivre_le_courriel(LOUIS).await?;
    v.lire("Accepter ce rattachement").await?;
    v.remplir("Mot de passe", MOT).await?;
    v.clic("Activer mon compte").await?;
    v.lire("Vous êtes rattaché(e) à CCAS TERNEUIL SUR SEINE.")
        .await?;
    v.console_calme().await
}
