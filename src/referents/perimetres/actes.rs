//! What the administrateur does with the périmètres: each act has a reason and a line in the historique of the instance.

use super::super::demandes;
use super::Contenu;
use crate::acces::Administration;
use crate::db::{PerimetreId, Tx, UtilisateurId, contrainte};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::Erreur;

async fn noter(
    tx: &mut Tx,
    administration: &Administration,
    (nom, motif): (&str, &str),
    concerne: Option<(UtilisateurId, &str)>,
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    let entree = Entree {
        structure: None,
        action: Action::PerimetreModifie,
        concerne: concerne.map(|(id, _)| id),
        demande: None,
        details: Details {
            acteur: administration.personne().nom_complet(),
            concerne: concerne.map(|(_, nom)| nom.to_owned()).unwrap_or_default(),
            commentaire: nom.to_owned(),
            motif: motif.to_owned(),
            changements,
        },
    };
    historique::noter(tx, administration, entree).await?;
    Ok(())
}

fn changements(avant: &Contenu, apres: &Contenu) -> Vec<Changement> {
    [
        Changement::new("Nom", &avant.nom, &apres.nom),
        Changement::new("Départements", avant.departements(), apres.departements()),
        Changement::new("Types de structure", avant.genres(), apres.genres()),
        Changement::new("Domaines", avant.domaines(), apres.domaines()),
    ]
    .into_iter()
    .filter(|c| c.avant != c.apres)
    .collect()
}

fn meme_nom(erreur: sqlx::Error) -> Erreur {
    if contrainte(&erreur) == Some("perimetres_nom") {
        Erreur::champ("nom", "Un autre périmètre a déjà ce nom.")
    } else {
        erreur.into()
    }
}

/// The PIGP accounts that belong to nobody yet and have one of its domains are its own from now on.
async fn adopter(tx: &mut Tx, id: PerimetreId, domaines: &[String]) -> Result<(), Erreur> {
    sqlx::query!(
        "update utilisateurs set perimetre_id = $1
         where pigp and perimetre_id is null and split_part(adresse_connexion, '@', 2) = any ($2)",
        id.0,
        domaines
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A new one.
///
/// # Errors
/// `Invalide` at `nom`: another one has it.
pub async fn creer(
    tx: &mut Tx,
    administration: &Administration,
    contenu: &Contenu,
    motif: &str,
) -> Result<PerimetreId, Erreur> {
    let id = PerimetreId::nouveau();
    sqlx::query!(
        "insert into perimetres (id, nom, departements, genres, domaines) values ($1, $2, $3, $4, $5)",
        id.0,
        contenu.nom,
        &contenu.departements,
        &contenu.genres,
        &contenu.domaines
    )
    .execute(&mut **tx)
    .await
    .map_err(meme_nom)?;
    adopter(tx, id, &contenu.domaines).await?;
    let vide = Contenu {
        nom: String::new(),
        departements: Vec::new(),
        genres: Vec::new(),
        domaines: Vec::new(),
    };
    let changements = changements(&vide, contenu);
    noter(tx, administration, (&contenu.nom, motif), None, changements).await?;
    Ok(id)
}

/// Locks one, as it is now.
async fn tenir(tx: &mut Tx, id: PerimetreId) -> Result<(Contenu, i32), Erreur> {
    let l = sqlx::query!(
        "select nom, departements, genres, domaines, version from perimetres where id = $1 for no key update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let contenu = Contenu {
        nom: l.nom,
        departements: l.departements,
        genres: l.genres,
        domaines: l.domaines,
    };
    Ok((contenu, l.version))
}

/// Other words or another reach.
///
/// # Errors
/// `Introuvable`; `Conflit`: changed since the form was shown; `Invalide` at `nom`.
pub async fn modifier(
    tx: &mut Tx,
    administration: &Administration,
    (id, version): (PerimetreId, i32),
    contenu: &Contenu,
    motif: &str,
) -> Result<(), Erreur> {
    let (avant, actuelle) = tenir(tx, id).await?;
    let changements = changements(&avant, contenu);
    if changements.is_empty() {
        return Ok(());
    }
    if actuelle != version {
        return Err(Erreur::Conflit(
            "Ce périmètre vient d’être modifié par quelqu’un d’autre. Rechargez la page\u{202F}: rien n’a changé."
                .to_owned(),
        ));
    }
    sqlx::query!(
        "update perimetres set nom = $2, departements = $3, genres = $4, domaines = $5, version = version + 1,
           modifie_le = maintenant()
         where id = $1",
        id.0,
        contenu.nom,
        &contenu.departements,
        &contenu.genres,
        &contenu.domaines
    )
    .execute(&mut **tx)
    .await
    .map_err(meme_nom)?;
    adopter(tx, id, &contenu.domaines).await?;
    noter(tx, administration, (&contenu.nom, motif), None, changements).await
}

/// « Supprimer », where nobody and nothing is left in it; what was answered there keeps no périmètre.
///
/// # Errors
/// `Introuvable`; `Conflit`: accounts, référents or requests are still there.
pub async fn supprimer(
    tx: &mut Tx,
    administration: &Administration,
    id: PerimetreId,
    motif: &str,
) -> Result<String, Erreur> {
    let (contenu, _) = tenir(tx, id).await?;
    let occupe = sqlx::query_scalar!(
        r#"select exists (select from utilisateurs where perimetre_id = $1)
               or exists (select from perimetre_referents where perimetre_id = $1)
               or exists (select from demandes_de_compte where perimetre_id = $1 and statut = 'ouverte')
               or exists (select from sollicitations where perimetre_id = $1 and rang < 4) as "oui!""#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if occupe {
        return Err(Erreur::Conflit(
            "Ce périmètre n’est pas vide\u{202F}: des comptes, des référents ou des demandes en cours en dépendent. Rien n’a changé."
                .to_owned(),
        ));
    }
    sqlx::query!(
        "with archives as (
           update sollicitations set destinataire = 'support', perimetre_id = null where perimetre_id = $1),
         demandes as (update demandes_de_compte set perimetre_id = null where perimetre_id = $1)
         delete from fichiers_deposes where perimetre_id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from perimetres where id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    let changement = Changement::new("Nom", &contenu.nom, "");
    noter(
        tx,
        administration,
        (&contenu.nom, motif),
        None,
        vec![changement],
    )
    .await?;
    Ok(contenu.nom)
}

/// Assigns a référent; twice is once. Answers his name.
///
/// # Errors
/// `Introuvable`; `Invalide` at `referent`: not an active référent.
pub async fn affecter(
    tx: &mut Tx,
    administration: &Administration,
    id: PerimetreId,
    referent: UtilisateurId,
    motif: &str,
) -> Result<String, Erreur> {
    let (contenu, _) = tenir(tx, id).await?;
    let nom = sqlx::query_scalar!(
        r#"select prenom || ' ' || nom as "nom!" from utilisateurs where id = $1 and equipe = 'referent' and statut = 'actif'"#,
        referent.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| Erreur::champ("referent", "Choisissez un référent de la liste."))?;
    let pose = sqlx::query!(
        "insert into perimetre_referents (perimetre_id, utilisateur_id) values ($1, $2) on conflict do nothing",
        id.0,
        referent.0
    )
    .execute(&mut **tx)
    .await?;
    if pose.rows_affected() == 1 {
        let changement = vec![Changement::new("Référent", "", &nom)];
        let qui = Some((referent, nom.as_str()));
        noter(tx, administration, (&contenu.nom, motif), qui, changement).await?;
    }
    Ok(nom)
}

/// Takes a référent away; when he was the last, what is open goes to the support. Answers his name, and how much went.
///
/// # Errors
/// `Introuvable`: not one of its référents.
pub async fn retirer(
    tx: &mut Tx,
    administration: &Administration,
    id: PerimetreId,
    referent: UtilisateurId,
    motif: &str,
) -> Result<(String, u64), Erreur> {
    let (contenu, _) = tenir(tx, id).await?;
    let nom = sqlx::query_scalar!(
        r#"delete from perimetre_referents r using utilisateurs u
           where r.perimetre_id = $1 and r.utilisateur_id = $2 and u.id = r.utilisateur_id
           returning u.prenom || ' ' || u.nom as "nom!""#,
        id.0,
        referent.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let passees = demandes::passer_au_support(tx, id).await?;
    let changement = vec![Changement::new("Référent", &nom, "")];
    let qui = Some((referent, nom.as_str()));
    noter(tx, administration, (&contenu.nom, motif), qui, changement).await?;
    Ok((nom, passees))
}
