//! The identity and the address of an account that waits, corrected by the gestionnaire who created it.

use crate::acces::{Portee, RattacherUtilisateurs};
use crate::db::{StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::rattachements;
use crate::utilisateurs::{self, NouveauCompte};
use crate::web::Erreur;

/// Writes the corrected identity and sends the activation mail to the corrected address; every older link dies.
///
/// # Errors
/// `Introuvable`: outside the reach; `Conflit`: the account is active now, or somebody else's business too; `Invalide` at
/// `adresse_connexion`: somebody has this address.
pub async fn corriger(
    tx: &mut Tx,
    portee: &Portee<RattacherUtilisateurs>,
    personne: UtilisateurId,
    compte: &NouveauCompte,
) -> Result<String, Erreur> {
    let structures = sqlx::query_scalar!(
        r#"select distinct p.structure_id as "structure!: StructureId" from portees_membres p
           where p.gestionnaire_id = $1 and p.utilisateur_id = $2 order by 1"#,
        portee.id().0,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?;
    if structures.is_empty() {
        return Err(Erreur::Introuvable);
    }
    rattachements::verrouiller(tx, &structures).await?;
    let Some(avant) = sqlx::query!(
        r#"select u.prenom, u.nom, u.adresse_connexion
           from utilisateurs u
           where u.id = $2 and exists (select from comptes_corrigeables c
                                       where c.utilisateur_id = u.id and c.gestionnaire_id = $1)
           for no key update of u"#,
        portee.id().0,
        personne.0
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Err(Erreur::Conflit(
            "Ce compte ne se corrige plus ici\u{202F}: il est activé, ou il ne dépend pas que de vous."
                .to_owned(),
        ));
    };
    utilisateurs::corriger(tx, personne, compte).await?;
    let par = portee.personne().nom_complet();
    let nom_complet = format!("{} {}", compte.prenom, compte.nom);
    let entrees = structures
        .iter()
        .map(|structure| Entree {
            structure: Some(*structure),
            action: Action::CompteModifie,
            concerne: Some(personne),
            demande: None,
            details: Details {
                acteur: par.clone(),
                concerne: nom_complet.clone(),
                changements: vec![
                    Changement::new("Prénom", avant.prenom.as_str(), compte.prenom.as_str()),
                    Changement::new("Nom", avant.nom.as_str(), compte.nom.as_str()),
                    Changement::new(
                        "Adresse de connexion",
                        avant.adresse_connexion.as_str(),
                        compte.adresse_connexion.as_str(),
                    ),
                ],
                ..Details::default()
            },
        })
        .collect();
    historique::noter_plusieurs(tx, &**portee, entrees).await?;
    Ok(nom_complet)
}
