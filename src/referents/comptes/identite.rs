use super::actes::{Acte, Annonce, noter, prevenir, tenir};
use crate::acces::Referent;
use crate::db::{Tx, UtilisateurId, contrainte};
use crate::historique::{Action, Changement};
use crate::utilisateurs::{self, NouveauCompte, Statut, mots_de_passe};
use crate::web::Erreur;

/// What the référent keeps of an account, checked; the same fields as its creation.
pub struct Identite {
    pub compte: NouveauCompte,
    pub motif: String,
}

/// Corrects it. Another login ends every session and link, or sends a fresh activation link; the former addresses are told too.
/// Answers the name, `false` where nothing differed.
///
/// # Errors
/// `Introuvable`; `Conflit`: deactivated; `Invalide` at `adresse_connexion`: somebody has it.
pub async fn modifier(
    tx: &mut Tx,
    referent: &Referent,
    id: UtilisateurId,
    identite: &Identite,
) -> Result<(String, bool), Erreur> {
    let tenu = tenir(tx, referent, id).await?;
    if tenu.statut == Statut::Inactif {
        return Err(Erreur::Conflit(
            "Ce compte est désactivé\u{202F}: réactivez-le avant de le corriger.".to_owned(),
        ));
    }
    let voulu = &identite.compte;
    let connexion = voulu.adresse_connexion.as_str();
    let contact = voulu
        .adresse_contact
        .as_ref()
        .map_or(connexion, |a| a.as_str());
    let changements: Vec<Changement> = [
        ("Prénom", &tenu.prenom, voulu.prenom.as_str()),
        ("Nom", &tenu.nom, voulu.nom.as_str()),
        (
            "Adresse de connexion (login PIGP)",
            &tenu.connexion,
            connexion,
        ),
        ("Adresse de contact", &tenu.contact, contact),
    ]
    .into_iter()
    .filter(|(_, avant, apres)| avant.as_str() != *apres)
    .map(|(champ, avant, apres)| Changement::new(champ, avant, apres))
    .collect();
    let complet = voulu.nom_complet();
    if changements.is_empty() {
        return Ok((complet, false));
    }
    sqlx::query!(
        "update utilisateurs set prenom = $2, nom = $3, adresse_connexion = $4, adresse_contact = $5 where id = $1",
        id.0,
        voulu.prenom,
        voulu.nom,
        connexion,
        contact
    )
    .execute(&mut **tx)
    .await
    .map_err(|e| match contrainte(&e) {
        Some("utilisateurs_adresse_connexion_key") => Erreur::champ(
            "adresse_connexion",
            "Un compte existe déjà avec cette adresse.",
        ),
        _ => e.into(),
    })?;
    let autre_connexion = tenu.connexion != connexion;
    if tenu.statut == Statut::EnCoursActivation {
        utilisateurs::envoyer_activation(tx, id).await?;
    } else if autre_connexion {
        mots_de_passe::finir(tx, id, None).await?;
    }
    let acte = Acte {
        motif: &identite.motif,
        action: Action::ComptePigpModifie,
        changements,
    };
    let ligne = noter(tx, referent, (id, &complet), &tenu.attaches, &acte).await?;
    let suite = if autre_connexion && tenu.statut == Statut::Actif {
        " Connectez-vous désormais avec la nouvelle adresse\u{202F}; votre mot de passe ne change pas."
    } else {
        ""
    };
    let annonce = Annonce {
        titre: "Votre compte est modifié",
        phrase: format!(
            "{}, référent ({}), a modifié votre compte.{suite}",
            referent.personne().nom_complet(),
            tenu.perimetre_nom
        ),
        changements: &acte.changements,
        motif: &identite.motif,
    };
    let adresses = [tenu.connexion.as_str(), &tenu.contact, connexion, contact];
    prevenir(tx, ligne, (id, &complet), &adresses, &annonce).await?;
    tracing::info!(evenement = "compte_pigp_modifie", utilisateur = %id, "compte");
    Ok((complet, true))
}
