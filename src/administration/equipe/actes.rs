use super::lecture::{self, CompteEquipe};
use crate::acces::{Administration, sessions};
use crate::administration::courriers::EquipeModifiee;
use crate::courrier::envoyer;
use crate::db::{Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::utilisateurs::{self, Equipe, NouveauCompte, Statut, Tuteur, joignable};
use crate::web::Erreur;

/// Creates the account, which its owner activates by the link he receives. `compte` names its team.
///
/// # Errors
/// `Invalide` at `adresse_connexion`: an account has it.
pub async fn creer(
    tx: &mut Tx,
    administration: &Administration,
    compte: &NouveauCompte,
    motif: &str,
) -> Result<UtilisateurId, Erreur> {
    tenir(tx, administration, administration.id()).await?;
    let compte = NouveauCompte {
        cree_par: Some(administration.id()),
        demandee_par: Some(administration.personne().nom_complet()),
        ..compte.clone()
    };
    let id = utilisateurs::creer(tx, &compte).await?;
    let equipe = compte.equipe.map(Equipe::libelle).unwrap_or_default();
    let nom = compte.nom_complet();
    let changement = Changement::new("Équipe", "", equipe);
    noter(
        tx,
        administration,
        (id, &nom),
        ("Compte de l’équipe créé", motif),
        vec![changement],
    )
    .await?;
    Ok(id)
}

/// Locks the administrateurs and this account, in one order, and makes sure that who acts still may: two who stop each other
/// leave one.
async fn tenir(
    tx: &mut Tx,
    administration: &Administration,
    id: UtilisateurId,
) -> Result<(), Erreur> {
    let encore = sqlx::query!(
        r#"select id as "id: UtilisateurId", equipe = 'administrateur' and statut = 'actif' as "administre?"
           from utilisateurs where equipe = 'administrateur' or id = $1 order by id for no key update"#,
        id.0
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .any(|u| u.id == administration.id() && u.administre == Some(true));
    if encore {
        Ok(())
    } else {
        Err(Erreur::Introuvable)
    }
}

/// Somebody else of the staff, locked.
async fn tenir_un_autre(
    tx: &mut Tx,
    administration: &Administration,
    id: UtilisateurId,
) -> Result<CompteEquipe, Erreur> {
    if id == administration.id() {
        return Err(Erreur::Conflit(
            "Votre propre compte se modifie par un autre administrateur.".to_owned(),
        ));
    }
    tenir(tx, administration, id).await?;
    lecture::lire(&mut **tx, administration, id).await
}

/// Moves the account to another team: what it could see is gone at its next page.
///
/// # Errors
/// `Introuvable`; `Conflit`: one's own account. `Invalide` at `equipe`: the same team.
pub async fn changer_d_equipe(
    tx: &mut Tx,
    administration: &Administration,
    id: UtilisateurId,
    equipe: Equipe,
    motif: &str,
) -> Result<CompteEquipe, Erreur> {
    let compte = tenir_un_autre(tx, administration, id).await?;
    if compte.equipe == equipe {
        return Err(Erreur::champ(
            "equipe",
            "Ce compte est déjà dans cette équipe.",
        ));
    }
    sqlx::query!(
        "update utilisateurs set equipe = $2 where id = $1",
        id.0,
        equipe.code()
    )
    .execute(&mut **tx)
    .await?;
    let changement = Changement::new("Équipe", compte.equipe.libelle(), equipe.libelle());
    let fait = format!(
        "Votre compte passe à l’équipe «\u{202F}{}\u{202F}».",
        equipe.libelle()
    );
    dire(
        tx,
        administration,
        &compte,
        ("Équipe modifiée", motif, &fait),
        vec![changement],
    )
    .await?;
    Ok(compte)
}

/// Stops the account: its sessions and its links die. Its owner cannot bring it back himself.
///
/// # Errors
/// `Introuvable`; `Conflit`: one's own account, or not in use.
pub async fn desactiver(
    tx: &mut Tx,
    administration: &Administration,
    id: UtilisateurId,
    motif: &str,
) -> Result<CompteEquipe, Erreur> {
    let compte = tenir_un_autre(tx, administration, id).await?;
    match compte.statut {
        Statut::Actif | Statut::EnCoursActivation => {
            utilisateurs::suspendre(tx, id).await?;
        }
        Statut::Inactif | Statut::Clos => {
            return Err(Erreur::Conflit("Ce compte est déjà désactivé.".to_owned()));
        }
    }
    dire(
        tx,
        administration,
        &compte,
        (
            "Compte de l’équipe désactivé",
            motif,
            "Votre compte est désactivé.",
        ),
        statut(compte.statut, Statut::Inactif),
    )
    .await?;
    Ok(compte)
}

/// Brings it back, to its activation where it never had a password.
///
/// # Errors
/// `Introuvable`; `Conflit`: one's own account, or not stopped.
pub async fn reactiver(
    tx: &mut Tx,
    administration: &Administration,
    id: UtilisateurId,
    motif: &str,
) -> Result<CompteEquipe, Erreur> {
    let compte = tenir_un_autre(tx, administration, id).await?;
    let revenu = utilisateurs::rappeler(tx, id, Tuteur::Administrateur)
        .await?
        .ok_or_else(|| {
            Erreur::Conflit(
                "Ce compte n’est pas désactivé, ou l’est depuis plus de 60 jours.".to_owned(),
            )
        })?;
    dire(
        tx,
        administration,
        &compte,
        (
            "Compte de l’équipe réactivé",
            motif,
            "Votre compte est réactivé.",
        ),
        statut(compte.statut, revenu),
    )
    .await?;
    Ok(compte)
}

/// Takes the second factor away from who lost it: the next sign-in sets up another. Its sessions end.
///
/// # Errors
/// `Introuvable`; `Conflit`: one's own account, or there is none.
pub async fn retirer_le_facteur(
    tx: &mut Tx,
    administration: &Administration,
    id: UtilisateurId,
    motif: &str,
) -> Result<CompteEquipe, Erreur> {
    let compte = tenir_un_autre(tx, administration, id).await?;
    if !utilisateurs::oter_le_facteur(tx, id).await? {
        return Err(Erreur::Conflit(
            "Ce compte n’a pas de double authentification.".to_owned(),
        ));
    }
    sessions::revoquer(tx, id, None).await?;
    dire(
        tx,
        administration,
        &compte,
        (
            "Double authentification retirée",
            motif,
            "Votre double authentification est retirée\u{202F}: vous en activerez une autre à votre prochaine connexion.",
        ),
        Vec::new(),
    )
    .await?;
    Ok(compte)
}

/// Sends a fresh activation link.
///
/// # Errors
/// `Introuvable`; `Conflit`: nothing to activate.
pub async fn renvoyer(
    tx: &mut Tx,
    administration: &Administration,
    id: UtilisateurId,
) -> Result<(), Erreur> {
    let compte = tenir_un_autre(tx, administration, id).await?;
    if utilisateurs::envoyer_activation(tx, compte.id).await? {
        Ok(())
    } else {
        Err(Erreur::Conflit(
            "Ce compte n’attend pas d’activation.".to_owned(),
        ))
    }
}

fn statut(avant: Statut, apres: Statut) -> Vec<Changement> {
    vec![Changement::new("Statut", avant.libelle(), apres.libelle())]
}

/// The line of the instance, and the mail to the person.
async fn dire(
    tx: &mut Tx,
    administration: &Administration,
    compte: &CompteEquipe,
    (commentaire, motif, fait): (&str, &str, &str),
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    let nom = compte.nom_complet();
    let evenement = noter(
        tx,
        administration,
        (compte.id, &nom),
        (commentaire, motif),
        changements,
    )
    .await?;
    let qui = joignable(tx, compte.id).await?;
    let courrier = EquipeModifiee {
        marque: tx.marque.to_string(),
        nom_complet: nom,
        fait: fait.to_owned(),
        par: administration.personne().nom_complet(),
        motif: motif.to_owned(),
    };
    envoyer(tx, evenement, vec![(qui, courrier)]).await
}

async fn noter(
    tx: &mut Tx,
    administration: &Administration,
    (concerne, nom): (UtilisateurId, &str),
    (commentaire, motif): (&str, &str),
    changements: Vec<Changement>,
) -> Result<uuid::Uuid, Erreur> {
    historique::noter(
        tx,
        administration,
        Entree {
            structure: None,
            action: Action::EquipeModifiee,
            concerne: Some(concerne),
            demande: None,
            details: Details {
                acteur: administration.personne().nom_complet(),
                concerne: nom.to_owned(),
                commentaire: commentaire.to_owned(),
                motif: motif.to_owned(),
                changements,
            },
        },
    )
    .await
}
