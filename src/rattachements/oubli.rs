//! Day 60: what the rattachements and requests keep of an erased person (R-COMPTE-DESACTIVER, security.md RG3).

use super::effets::{self, Cause};
use crate::acces::Systeme;
use crate::db::{RattachementId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Details, Entree};
use crate::web::Erreur;

/// Ends every rattachement of an erased person, and takes his words out of his requests and those of others that name him. The
/// account must be locked after the structures ([`prendre_les_structures`]). Answers the structures he ever had to do with.
///
/// # Errors
/// `Conflit`: he is gestionnaire principal somewhere, which no deactivation leaves behind.
pub async fn effacer(
    tx: &mut Tx,
    systeme: &Systeme,
    personne: UtilisateurId,
    mentions: &[String],
) -> Result<Vec<StructureId>, Erreur> {
    let restants = sqlx::query!(
        r#"select id as "id: RattachementId", structure_id as "structure: StructureId", role = 'gp' and statut = 'validee' as "gp!"
           from rattachements where utilisateur_id = $1 and statut <> 'supprimee' order by structure_id"#,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?;
    if restants.iter().any(|r| r.gp) {
        return Err(Erreur::Conflit(
            "Ce compte est encore gestionnaire principal d’une structure.".to_owned(),
        ));
    }
    for restant in restants {
        effets::changer_statut(tx, restant.id, Some(Cause::Depart)).await?;
        let entree = Entree {
            structure: Some(restant.structure),
            action: Action::RattachementSupprime,
            concerne: Some(personne),
            demande: None,
            // Without a name: the account is a pseudonym from now on.
            details: Details {
                commentaire: "Compte effacé 60 jours après sa désactivation".to_owned(),
                ..Details::default()
            },
        };
        historique::noter(tx, systeme, entree).await?;
    }
    let connues = sqlx::query_scalar!(
        r#"select structure_id as "structure!: StructureId" from rattachements where utilisateur_id = $1
           union select structure_id from demandes_rattachement where utilisateur_id = $1
           union select structure_id from historique where structure_id is not null and (acteur_id = $1 or concerne_id = $1)"#,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?;
    expurger(tx, personne, &connues, mentions).await?;
    Ok(connues)
}

/// The free texts: his own in full, those of others in these structures where they name him.
async fn expurger(
    tx: &mut Tx,
    personne: UtilisateurId,
    structures: &[StructureId],
    mentions: &[String],
) -> Result<(), Erreur> {
    let structures: Vec<uuid::Uuid> = structures.iter().map(|s| s.0).collect();
    sqlx::query!(
        "update demandes_rattachement d set commentaire = '(effacé)', motif = case when motif is not null then '(effacé)' end
         where d.utilisateur_id = $1
            or (d.structure_id = any ($2)
                and exists (select from unnest($3::text[]) as m (mention)
                            where position(lower(m.mention) in lower(d.commentaire || ' ' || coalesce(d.motif, ''))) > 0))",
        personne.0,
        &structures,
        mentions
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update rattachements r set commentaire = null
         where r.commentaire is not null and (r.utilisateur_id = $1
            or (r.structure_id = any ($2)
                and exists (select from unnest($3::text[]) as m (mention)
                            where position(lower(m.mention) in lower(r.commentaire)) > 0)))",
        personne.0,
        &structures,
        mentions
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update rattachement_services rs set commentaire = null
         where rs.commentaire is not null and rs.structure_id = any ($1)
           and exists (select from unnest($2::text[]) as m (mention)
                       where position(lower(m.mention) in lower(rs.commentaire)) > 0)",
        &structures,
        mentions
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
