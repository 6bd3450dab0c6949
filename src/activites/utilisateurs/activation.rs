//! « Renvoyer mails d'activation »: to one, or to the ticked ones; every older link dies (R-COMPTE-ACTIVER).

use uuid::Uuid;

use crate::App;
use crate::acces::compteurs::{self, ENVOI};
use crate::acces::{Portee, RattacherUtilisateurs};
use crate::db::{Tx, UtilisateurId, en_transaction};
use crate::utilisateurs;
use crate::web::Erreur;

/// Somebody ticked, within reach.
pub struct Envoi {
    pub id: UtilisateurId,
    pub nom_complet: String,
    adresse: String,
    /// The account waits, and the reader may attach people to one of its structures.
    pub possible: bool,
}

/// The people among `ids` whom the reader sees, in that order.
///
/// # Errors
/// Those of the database.
pub async fn activables(
    app: &App,
    portee: &Portee<RattacherUtilisateurs>,
    ids: &[Uuid],
) -> Result<Vec<Envoi>, Erreur> {
    Ok(sqlx::query_as!(
        Envoi,
        r#"select u.id as "id!: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_connexion as "adresse!",
                  exists (select from comptes_activables c where c.utilisateur_id = u.id and c.gestionnaire_id = $1) as "possible!"
           from unnest($2::uuid[]) with ordinality as c (id, rang)
           join utilisateurs u on u.id = c.id
           where u.id in (select p.utilisateur_id from portees_membres p where p.gestionnaire_id = $1)
           order by c.rang"#,
        portee.id().0,
        ids
    )
    .fetch_all(&app.db)
    .await?)
}

/// Sends the mail again, once per person; a person is not flooded, whoever asks. Answers why not, in a sentence.
///
/// # Errors
/// Those of the database.
pub async fn renvoyer(
    app: &App,
    portee: &Portee<RattacherUtilisateurs>,
    envoi: &Envoi,
) -> Result<Result<(), String>, Erreur> {
    if !envoi.possible {
        return Ok(Err(
            "son compte n’attend pas d’activation que vous puissiez relancer.".to_owned(),
        ));
    }
    match compteurs::compter(&app.db, &format!("envoi:{}", envoi.adresse), ENVOI).await {
        Ok(()) => {}
        Err(Erreur::TropDeRequetes(attente)) => {
            return Ok(Err(format!(
                "plusieurs courriels viennent de partir\u{202F}: réessayez dans {} minutes.",
                attente.as_secs().div_ceil(60)
            )));
        }
        Err(autre) => return Err(autre),
    }
    let parti = en_transaction!(app, |tx| envoyer(tx, portee, envoi.id).await)?;
    Ok(if parti {
        Ok(())
    } else {
        Err("son compte vient d’être activé.".to_owned())
    })
}

async fn envoyer(
    tx: &mut Tx,
    portee: &Portee<RattacherUtilisateurs>,
    personne: UtilisateurId,
) -> Result<bool, Erreur> {
    // What was promised waits as long as its new link.
    sqlx::query!(
        "update inscriptions i set cree_le = maintenant()
         where i.utilisateur_id = $1 and i.genre = 'rattachement'
           and exists (select from comptes_activables c where c.utilisateur_id = $1 and c.gestionnaire_id = $2)",
        personne.0,
        portee.id().0
    )
    .execute(&mut **tx)
    .await?;
    utilisateurs::envoyer_activation(tx, personne).await
}
