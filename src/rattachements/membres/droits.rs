//! « Gérer les droits »: the gestionnaire principal tunes what a gestionnaire secondaire may do (decisions 10, seed 004).

use crate::acces::{Capacite, Droits, GestionPrincipale, Role};
use crate::courrier::{self, Destinataire};
use crate::db::{RattachementId, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::rattachements::courriers_membres::RattachementModifie;
use crate::rattachements::effets;
use crate::rattachements::regle;
use crate::web::Erreur;

/// Gives this gestionnaire secondaire exactly `voulues`, effective on his next click. Answers his name; asking for what he has
/// already changes nothing.
///
/// # Errors
/// `Invalide` at `capacites`: none is left; `Introuvable`: not of this structure; `Conflit`: he is not gestionnaire
/// secondaire; `Interdit`: the author is not gestionnaire principal any more.
pub async fn regler_les_droits(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    rattachement: RattachementId,
    voulues: &[Capacite],
) -> Result<String, Erreur> {
    let structure = gestion.structure();
    effets::verrouiller(tx, &[structure.id]).await?;
    let l = sqlx::query!(
        r#"select u.id as "personne!: UtilisateurId", u.prenom || ' ' || u.nom as "nom!", u.adresse_contact as "adresse!",
                  r.role as "role!: Role", r.capacites as "capacites!", r.maille_structure as "maille!",
                  exists (select from rattachements_effectifs g
                          where g.id = $3 and g.utilisateur_id = $4 and g.role = 'gp' and g.structure_active) as "principal!"
           from rattachements r join utilisateurs u on u.id = r.utilisateur_id
           where r.id = $1 and r.structure_id = $2 and r.statut <> 'supprimee'"#,
        rattachement.0,
        structure.id.0,
        gestion.rattachement().0,
        gestion.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if !l.principal {
        return Err(Erreur::Interdit(
            "Vous n’êtes plus gestionnaire principal de cette structure. Rien n’a changé."
                .to_owned(),
        ));
    }
    if l.role != Role::Gs {
        return Err(Erreur::Conflit(
            "Cette personne n’est pas gestionnaire secondaire\u{202F}: ses droits ne se règlent pas un par un. Rien n’a changé."
                .to_owned(),
        ));
    }
    if voulues.is_empty() {
        return Err(Erreur::champ(
            "capacites",
            "Gardez au moins un droit, ou changez son rôle en utilisateur simple.",
        ));
    }
    let avant = Droits::lire(l.role, &l.capacites, l.maille).capacites;
    let apres: Vec<Capacite> = Capacite::TOUTES
        .into_iter()
        .filter(|c| voulues.contains(c))
        .collect();
    if avant.len() == apres.len() && avant.iter().all(|c| apres.contains(c)) {
        return Ok(l.nom);
    }
    let codes: Vec<String> = apres.iter().map(|c| c.code().to_owned()).collect();
    sqlx::query!(
        "update rattachements set capacites = $2, modifie_le = maintenant() where id = $1",
        rattachement.0,
        &codes
    )
    .execute(&mut **tx)
    .await?;
    let par = gestion.personne().nom_complet();
    let changements = vec![Changement::new(
        "Droits",
        regle::en_mots(&avant),
        regle::en_mots(&apres),
    )];
    let entree = Entree {
        structure: Some(structure.id),
        action: Action::RattachementModifie,
        concerne: Some(l.personne),
        demande: None,
        details: Details {
            acteur: par.clone(),
            concerne: l.nom.clone(),
            changements: changements.clone(),
            ..Details::default()
        },
    };
    let evenement = historique::noter(tx, &***gestion, entree).await?;
    let courrier = RattachementModifie {
        marque: tx.marque.to_string(),
        nom_complet: l.nom.clone(),
        structure: structure.raison_sociale.clone(),
        commentaire: format!("Droits réglés par {par}"),
        par,
        changements,
    };
    let destinataire = Destinataire {
        utilisateur: Some(l.personne.0),
        adresse: l.adresse,
    };
    courrier::deposer(tx, evenement, &destinataire, &courrier).await?;
    Ok(l.nom)
}
