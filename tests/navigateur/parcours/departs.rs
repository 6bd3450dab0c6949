//! The gestionnaire principal leaves (seed 000 §3): a successor, utilisateur simple, then gone.

use anyhow::Result;

use crate::gestes::Visite;

const SORTANT: &str = "proviseur.sortant@ac-lyon.example";
const ENTRANT: &str = "proviseur.entrant@ac-lyon.example";
const LYCEE: &str = "LYCÉE DES TROIS FONTAINES";

pub async fn passer_la_main_puis_partir(v: Visite) -> Result<()> {
    v.devenir(SORTANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.cocher("Sélectionner le rattachement à LYCÉE").await?;
    v.confirmation("Supprimer mes rattachements").await?;
    // A window without a ticked line says what it wants.
    v.confirmer("Valider").await?;
    v.lire("Cochez au moins un rattachement à supprimer.")
        .await?;
    v.cocher("Supprimer le rattachement à LYCÉE").await?;
    v.clic_dans("//*[@id = 'confirmation']", "Valider").await?;
    v.titre("Sélectionner un gestionnaire principal").await?;
    v.cocher("Une autre personne, par son identifiant de connexion")
        .await?;
    v.remplir("Identifiant de connexion de l’utilisateur", ENTRANT)
        .await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("#confirmation").await?;
    v.lire("Vous ne pourrez plus").await?;
    v.confirmer("Confirmer").await?;
    v.lire("C’est fait.").await?;
    // Utilisateur simple now, who may leave for good.
    v.lire("Utilisateur simple").await?;
    v.cocher("Sélectionner le rattachement à LYCÉE").await?;
    v.confirmation("Supprimer mes rattachements").await?;
    v.cocher("Supprimer le rattachement à LYCÉE").await?;
    v.confirmer("Valider").await?;
    v.lire("C’est fait.").await?;
    v.lire("Vous n’êtes rattaché(e) à aucune structure").await?;

    // The other side: the incoming head manages at once.
    v.devenir(ENTRANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.lire(LYCEE).await?;
    v.clic("Transférer le rôle de gestionnaire principal de LYCÉE")
        .await?;
    v.titre("Transférer le rôle de gestionnaire principal")
        .await?;
    v.cocher("Mireille Sauvage").await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("#confirmation").await?;
    v.confirmer("Transférer le rôle").await?;
    v.lire("Le rôle de gestionnaire principal est transféré.")
        .await?;
    v.console_calme().await
}

/// The only user of a structure deactivates it and leaves.
pub async fn desactiver_la_structure(v: Visite) -> Result<()> {
    // Once her deputy has left, she is alone.
    v.devenir("adjoint.belledonne@ac-grenoble.example").await?;
    v.aller("/mon-compte/rattachements").await?;
    v.cocher("Sélectionner le rattachement à LYCÉE").await?;
    v.confirmation("Supprimer mes rattachements").await?;
    v.cocher("Supprimer le rattachement à LYCÉE").await?;
    v.confirmer("Valider").await?;
    v.lire("Vous n’êtes rattaché(e) à aucune structure").await?;
    v.devenir("cheffe.grenoble@ac-grenoble.example").await?;
    v.aller("/mon-compte/rattachements").await?;
    v.cocher("Sélectionner le rattachement à LYCÉE").await?;
    v.confirmation("Supprimer mes rattachements").await?;
    v.cocher("Supprimer le rattachement à LYCÉE").await?;
    v.confirmer("Valider").await?;
    v.titre("Sélectionner un gestionnaire principal").await?;
    v.cocher("Désactiver la structure et la quitter").await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("#confirmation").await?;
    v.confirmer("Confirmer").await?;
    v.lire("C’est fait.").await?;
    v.lire("Vous n’êtes rattaché(e) à aucune structure").await?;
    v.console_calme().await
}

pub async fn lire_l_historique(v: Visite) -> Result<()> {
    v.devenir("pauline.dufour@terneuil.example").await?;
    v.aller("/activites#historique").await?;
    v.remplir("Personne ou structure", "moreau").await?;
    v.clic_dans("//*[@id='historique']", "Rechercher").await?;
    // The file holds what the list shows.
    let csv = v
        .css("#historique a[download][href*='moreau']")
        .await?
        .attr("href")
        .await?
        .unwrap_or_default();
    anyhow::ensure!(csv.contains("/activites/historique.csv"), "{csv}");
    v.css("#historique a[href^='/activites/historique/']")
        .await?
        .click()
        .await?;
    v.titre("Détail de l’action").await?;
    v.lire("Denis Moreau").await?;
    v.clic("Retour à l’historique").await?;
    v.titre("Mes actions en attente").await?;
    anyhow::ensure!(
        v.chemin().await?.contains("h.q=moreau"),
        "the filter is kept"
    );
    v.console_calme().await
}
