//! The start of the school year (seed 000 §1 and §2), from both sides; the chef d'établissement of the same académie is
//! `passations::le_lycee_change_de_proviseur`, the one who left without a word `certificats::remplacer_puis_contester`.

use anyhow::{Result, ensure};

use super::sollicitations::document;
use crate::gestes::Visite;

const SORTANT: &str = "proviseur.sortant@ac-lyon.example";
const ADJOINTE: &str = "gestionnaire.fontaines@ac-lyon.example";
const CHEFFE: &str = "cheffe.grenoble@ac-grenoble.example";
const OLIVIER: &str = "adjoint.belledonne@ac-grenoble.example";
const SANDRINE: &str = "agent.forez@ac-lyon.example";
const PHILIPPE: &str = "referent@ac-grenoble.example";
const FONTAINES: &str = "19690199500015";

/// Asks for the whole lycée.
async fn demander(v: &Visite, commentaire: &str) -> Result<()> {
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Demander un rattachement").await?;
    v.remplir("Identifiant, raison sociale ou ville", FONTAINES)
        .await?;
    v.clic("Rechercher").await?;
    v.lire("LYCÉE DES TROIS FONTAINES").await?;
    v.css("a[href^='/mon-compte/rattachements/demande/']")
        .await?
        .click()
        .await?;
    v.lire("Votre demande").await?;
    v.cocher("Toute la structure").await?;
    v.remplir("Commentaire", commentaire).await?;
    v.clic("Envoyer la demande").await?;
    v.lire("Votre demande est envoyée.").await?;
    Ok(())
}

/// Whose addresses are academic: only the référent changes them, and the page says who that is.
async fn lire_son_referent(v: &Visite, referent: &str) -> Result<()> {
    v.aller("/mon-compte/informations").await?;
    v.lire("ne sont modifiés que par votre référent").await?;
    v.lire(referent).await?;
    Ok(())
}

/// The référent of the académie of origin: the new address, then the new périmètre, then his answer.
async fn corriger(v: &Visite, qui: &str, nouvelle: &str) -> Result<()> {
    v.devenir(PHILIPPE).await?;
    v.aller("/referent").await?;
    v.clic(&format!("Ouvrir la demande de {qui}")).await?;
    let demande = v.chemin().await?;
    v.clic("Ouvrir son compte").await?;
    v.clic("Corriger l’identité").await?;
    v.remplir("Adresse de connexion (login PIGP)", nouvelle)
        .await?;
    v.remplir("Adresse de contact", nouvelle).await?;
    v.remplir("Motif", "Mutation vers l’académie de Lyon.")
        .await?;
    v.clic_dans("//main", "Enregistrer").await?;
    // Not one of the domains of Grenoble: read again, then confirmed.
    v.cocher("J’ai vérifié ces adresses").await?;
    v.clic_dans("//main", "Enregistrer").await?;
    v.lire(&format!("Le compte de {qui} est modifié.")).await?;
    v.clic("Changer de périmètre").await?;
    v.choisir("Nouveau périmètre", "Académie de Lyon").await?;
    v.remplir("Motif", "Mutation vers l’académie de Lyon.")
        .await?;
    v.confirmer("Confier le compte").await?;
    v.lire("passe au périmètre Académie de Lyon").await?;
    v.aller(&demande).await?;
    v.remplir(
        "Réponse",
        "Votre adresse est corrigée. Bonne rentrée\u{202F}!",
    )
    .await?;
    v.clic_dans("//main", "Traiter avec cette réponse").await?;
    v.lire("est traitée.").await?;
    Ok(())
}

/// Leaves an old établissement without a role to hand over.
async fn quitter(v: &Visite, structure: &str) -> Result<()> {
    v.aller("/mon-compte/rattachements").await?;
    v.cocher(&format!("Sélectionner le rattachement à {structure}"))
        .await?;
    v.confirmation("Supprimer mes rattachements").await?;
    v.cocher(&format!("Supprimer le rattachement à {structure}"))
        .await?;
    v.confirmer("Valider").await?;
    v.lire("C’est fait.").await?;
    Ok(())
}

/// A manager of the lycée decides.
pub(super) async fn valider(v: &Visite, gestionnaire: &str, qui: &str) -> Result<()> {
    v.devenir(gestionnaire).await?;
    v.aller("/activites").await?;
    v.clic(&format!("Valider la demande de {qui}")).await?;
    v.titre("Rattachement d’un utilisateur à une structure")
        .await?;
    v.clic_dans("//main", "Valider").await?;
    v.lire(&format!("La demande de {qui} est validée.")).await?;
    Ok(())
}

/// §1, second case: the référent corrects what she wrote to him, she asks, the one who leaves hands over.
pub async fn le_chef_vient_d_une_autre_academie(v: Visite) -> Result<()> {
    const CHEFFE_LYON: &str = "nathalie.roche@ac-lyon.example";
    v.devenir(CHEFFE).await?;
    lire_son_referent(&v, "Philippe Garcin").await?;
    v.aller("/sollicitations").await?;
    v.lire("Modification des données de Nathalie Roche").await?;
    corriger(&v, "Nathalie Roche", CHEFFE_LYON).await?;
    v.devenir(CHEFFE_LYON).await?;
    lire_son_referent(&v, "Martine Ballet").await?;
    demander(&v, "Je dirige le lycée depuis la rentrée.").await?;

    v.devenir(SORTANT).await?;
    v.aller("/mon-compte/rattachements").await?;
    v.clic("Transférer le rôle de gestionnaire principal de LYCÉE")
        .await?;
    v.titre("Transférer le rôle de gestionnaire principal")
        .await?;
    v.cocher("Une autre personne, par son identifiant de connexion")
        .await?;
    v.remplir("Identifiant de connexion de l’utilisateur", CHEFFE_LYON)
        .await?;
    v.clic_dans("//main", "Valider").await?;
    v.css("#confirmation").await?;
    v.confirmer("Transférer le rôle").await?;
    v.lire("Le rôle de gestionnaire principal est transféré.")
        .await?;

    v.devenir(CHEFFE_LYON).await?;
    v.ouvrir_le_courriel(
        CHEFFE_LYON,
        "Vous êtes gestionnaire principal de LYCÉE DES TROIS",
    )
    .await?;
    v.aller("/mon-compte/rattachements").await?;
    v.commande("Transférer le rôle de gestionnaire principal de LYCÉE DES TROIS FONTAINES")
        .await?;
    v.console_calme().await
}

/// §1 third case, §2 third case: no access to the PIGP, no account here; both sides are told whom to ask. What follows is
/// `referents::demander_un_compte_et_l_activer`.
pub async fn sans_acces_au_pigp(v: Visite) -> Result<()> {
    v.aller("/").await?;
    v.clic("Créer un compte").await?;
    v.titre("Vos informations personnelles").await?;
    v.remplir(
        "Adresse électronique de connexion",
        "karim.besson@ac-lyon.example",
    )
    .await?;
    v.remplir("Prénom", "Karim").await?;
    v.remplir("Nom", "Besson").await?;
    v.clic("Continuer").await?;
    v.titre("Votre structure").await?;
    v.remplir("Identifiant de la structure", FONTAINES).await?;
    v.clic("Vérifier l’identifiant").await?;
    v.lire("Le compte se demande au référent").await?;
    v.lire("Une fois habilitée, la personne se connecte, puis demande son rattachement")
        .await?;

    v.devenir(SORTANT).await?;
    let lycee = v.site.structure(FONTAINES).await?;
    v.aller(&format!("/structures/{lycee}/rattachement"))
        .await?;
    v.remplir("Nom", "Besson").await?;
    v.clic_dans("//main", "Rechercher").await?;
    v.clic("Créer le compte utilisateur").await?;
    v.lire("Le référent crée les comptes de cette structure")
        .await?;
    v.commande("Demander la création du compte").await?;
    v.console_calme().await
}

/// §2, first case: she asks, a gestionnaire secondaire validates, she leaves her old lycée.
pub async fn un_personnel_de_la_meme_academie(v: Visite) -> Result<()> {
    v.devenir(SANDRINE).await?;
    demander(&v, "J’arrive à l’intendance.").await?;
    valider(&v, ADJOINTE, "Sandrine Vial").await?;
    v.devenir(SANDRINE).await?;
    quitter(&v, "LYCÉE DU HAUT FOREZ").await?;
    let lignes = v
        .pilote()
        .find_all(thirtyfour::By::Css("#rattachements tbody tr"))
        .await?;
    ensure!(lignes.len() == 1, "the new lycée alone");
    v.console_calme().await
}

/// §2, second case: the référent corrects his addresses, he asks, the gestionnaire principal validates, he leaves his old lycée.
pub async fn un_personnel_d_une_autre_academie(v: Visite) -> Result<()> {
    const OLIVIER_LYON: &str = "olivier.berne@ac-lyon.example";
    v.devenir(OLIVIER).await?;
    lire_son_referent(&v, "Philippe Garcin").await?;
    v.clic("le demander ici").await?;
    v.titre("Modification de mes données").await?;
    v.remplir(
        "Ce qui doit changer",
        "Je rejoins l’académie de Lyon\u{202F}: mon adresse devient olivier.berne@ac-lyon.example.",
    )
    .await?;
    let arrete = document("arrete-de-mutation", &v)?;
    v.champ("Pièce jointe")
        .await?
        .send_keys(arrete.to_string_lossy())
        .await?;
    v.clic("Envoyer la sollicitation").await?;
    v.lire("est enregistrée").await?;
    v.lire("arrete-de-mutation").await?;
    std::fs::remove_file(&arrete)?;
    corriger(&v, "Olivier Berne", OLIVIER_LYON).await?;
    v.devenir(OLIVIER_LYON).await?;
    lire_son_referent(&v, "Martine Ballet").await?;
    demander(&v, "J’arrive comme adjoint.").await?;
    valider(&v, SORTANT, "Olivier Berne").await?;
    v.devenir(OLIVIER_LYON).await?;
    quitter(&v, "LYCÉE DES BALCONS DE BELLEDONNE").await?;
    v.lire("LYCÉE DES TROIS FONTAINES").await?;
    v.console_calme().await
}
