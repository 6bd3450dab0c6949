//! Day 60: a deactivated account becomes a pseudonym (R-COMPTE-DESACTIVER, decisions 6, security.md RG3–RG4). Run by the jobs; a
//! warning leaves 7 days before.
//!
//! A new table that holds words about people is to be emptied here too: a test looks for the name of an erased person in every
//! text column of the database.

use uuid::Uuid;

use super::absence::{avec_lien, noter};
use super::courriers::CompteBientotEfface;
use crate::App;
use crate::acces::Systeme;
use crate::courrier;
use crate::db::{StructureId, Tx, UtilisateurId, en_transaction};
use crate::historique::{self, Action};
use crate::pieces;
use crate::rattachements;
use crate::utilisateurs::{self, Recherche};
use crate::web::Erreur;

/// Accounts of one run; the next minute does the rest.
const PAR_PASSAGE: i64 = 200;

/// Mails those whose data are erased in 7 days. Answers how many.
///
/// # Errors
/// Those of the database; what was done before stays done.
pub async fn avertir(app: &App, _: &Systeme) -> Result<u64, Erreur> {
    let comptes = sqlx::query_scalar!(
        r#"select id as "id: UtilisateurId" from utilisateurs
           where statut = 'inactif' and effacement_averti_le is null
             and fin_de_reactivation(desactive_le - interval '7 days') <= maintenant()
             and fin_de_reactivation(desactive_le) > maintenant()
           order by desactive_le limit $1"#,
        PAR_PASSAGE
    )
    .fetch_all(&app.db)
    .await?;
    let mut avertis = 0;
    for id in comptes {
        avertis += u64::from(en_transaction!(app, |tx| avertir_un(tx, id).await)?);
    }
    Ok(avertis)
}

async fn avertir_un(tx: &mut Tx, id: UtilisateurId) -> Result<bool, Erreur> {
    let pris = sqlx::query!(
        "update utilisateurs set effacement_averti_le = maintenant()
         where id = $1 and statut = 'inactif' and effacement_averti_le is null",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    if pris.rows_affected() == 0 {
        return Ok(false);
    }
    let Some(absent) = utilisateurs::absent(&mut **tx, Recherche::Id(id)).await? else {
        return Ok(false);
    };
    let courrier = CompteBientotEfface {
        marque: tx.marque.to_string(),
        prenom: absent.prenom.clone(),
        nom: absent.nom.clone(),
        fin: absent.fin.jour_heure(),
    };
    avec_lien(tx, Uuid::now_v7(), &absent, &courrier).await?;
    Ok(true)
}

/// Erases the accounts whose 60 days are over, each in a transaction of its own. Answers how many.
///
/// # Errors
/// Those of the database; an account that cannot be erased is logged and does not stop the others.
pub async fn effacer_echus(app: &App, systeme: &Systeme) -> Result<u64, Erreur> {
    let comptes = sqlx::query_scalar!(
        r#"select id as "id: UtilisateurId" from utilisateurs
           where statut = 'inactif' and fin_de_reactivation(desactive_le) <= maintenant()
           order by desactive_le limit $1"#,
        PAR_PASSAGE
    )
    .fetch_all(&app.db)
    .await?;
    let mut effaces = 0;
    for id in comptes {
        match en_transaction!(app, |tx| effacer(tx, systeme, id).await) {
            Ok(fait) => effaces += u64::from(fait),
            Err(Erreur::Conflit(phrase)) => {
                tracing::error!(utilisateur = %id, phrase, "an account past its 60 days cannot be erased");
            }
            Err(autre) => return Err(autre),
        }
    }
    Ok(effaces)
}

/// One account, if it is still to be erased.
async fn effacer(tx: &mut Tx, systeme: &Systeme, id: UtilisateurId) -> Result<bool, Erreur> {
    rattachements::prendre_les_structures(tx, id).await?;
    let Some(p) = sqlx::query!(
        "select prenom, nom, adresse_connexion, adresse_contact, telephone from utilisateurs
         where id = $1 and statut = 'inactif' and fin_de_reactivation(desactive_le) <= maintenant() for update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Ok(false);
    };
    let adresses = [p.adresse_connexion, p.adresse_contact];
    let mentions = mentions(&p.prenom, &p.nom, &adresses, p.telephone.as_deref());
    let structures = rattachements::effacer(tx, systeme, id, &mentions).await?;
    let mut evenements = historique::effacer(tx, systeme, id, &structures, &mentions).await?;
    evenements.extend(oublier_les_passations(tx, id, &mentions).await?);
    let proches = proches(tx, &structures).await?;
    courrier::oublier(tx, id.0, &adresses, &evenements, &proches, &mentions).await?;
    oublier_les_abonnements(tx, id, &structures, &mentions).await?;
    oublier_les_sollicitations(tx, id, (&p.prenom, &p.nom), &mentions).await?;
    pieces::oublier(tx, id, &mentions).await?;
    oublier_les_traces(tx, id, &adresses, &p.nom).await?;
    pseudonymiser(tx, id).await?;
    // Without a name: the line outlives it.
    noter(tx, systeme, id, Action::CompteEfface, "").await?;
    tracing::info!(evenement = "compte_efface", utilisateur = %id, "compte");
    Ok(true)
}

/// How texts written by others name the person: in full, in either order, by title, by address. A name alone would blank what is
/// said of namesakes.
fn mentions(prenom: &str, nom: &str, adresses: &[String], telephone: Option<&str>) -> Vec<String> {
    let mut mentions = vec![format!("{prenom} {nom}"), format!("{nom} {prenom}")];
    for titre in ["M.", "Mme", "Monsieur", "Madame"] {
        mentions.push(format!("{titre} {nom}"));
    }
    mentions.extend(adresses.iter().cloned());
    // As the mails write them, so that no program makes a link of them.
    mentions.extend(adresses.iter().map(|a| courrier::inerte(a)));
    mentions.extend(telephone.map(str::to_owned));
    mentions.sort_unstable();
    mentions.dedup();
    mentions
}

/// Sessions, throttling, messages, searches: the person's own, and the searches of others for him.
async fn oublier_les_traces(
    tx: &mut Tx,
    id: UtilisateurId,
    adresses: &[String],
    nom: &str,
) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from demandes_de_compte where compte_id = $1 or adresse = any ($2)",
        id.0,
        adresses
    )
    .execute(&mut **tx)
    .await?;
    // With the transcripts of her support sessions; those she held as an agent are other people's.
    sqlx::query!("delete from assistances where utilisateur_id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("delete from sessions where utilisateur_id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "delete from fichiers_deposes where utilisateur_id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from messages where utilisateur_id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "with refus as (delete from courriers_refuses where utilisateur_id = $1),
              enrolement as (delete from enrolements where utilisateur_id = $1),
              codes as (delete from codes_secours where utilisateur_id = $1),
              navigateurs as (delete from appareils where utilisateur_id = $1)
         delete from inscriptions where utilisateur_id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from compteurs where exists (select from unnest($1::text[]) as a (adresse) where position(a.adresse in cle) > 0)",
        adresses
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        r#"update recherches_de_comptes set criteres = '{}'
           where utilisateur_id = $1 or cle_recherche(criteres ->> 'nom') = cle_recherche($2)
              or exists (select from unnest($3::text[]) as a (adresse) where position(a.adresse in lower(criteres ->> 'identifiant')) > 0)"#,
        id.0,
        nom,
        adresses
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who may have been mailed about him: everybody attached to the structures he had to do with, and the staff.
async fn proches(tx: &mut Tx, structures: &[StructureId]) -> Result<Vec<Uuid>, Erreur> {
    let structures: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    Ok(sqlx::query_scalar!(
        r#"select utilisateur_id as "personne!" from rattachements where structure_id = any ($1)
           union select id from utilisateurs where equipe is not null"#,
        &structures
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The words of his requests for espaces, and those of others in these structures that name him.
async fn oublier_les_abonnements(
    tx: &mut Tx,
    id: UtilisateurId,
    structures: &[StructureId],
    mentions: &[String],
) -> Result<(), Erreur> {
    let structures: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    sqlx::query!(
        "update demandes_abonnement d set commentaire = case when commentaire is not null then '(effacé)' end,
                motif = case when motif is not null then '(effacé)' end
         where d.utilisateur_id = $1
            or (d.structure_id = any ($2)
                and exists (select from unnest($3::text[]) as m (mention)
                            where position(lower(m.mention) in lower(coalesce(d.commentaire, '') || ' ' || coalesce(d.motif, ''))) > 0))",
        id.0,
        &structures,
        mentions
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update demande_abonnement_lignes l set commentaire = null
         where l.commentaire is not null and (l.utilisateur_id = $1
            or (l.structure_id = any ($2)
                and exists (select from unnest($3::text[]) as m (mention)
                            where position(lower(m.mention) in lower(l.commentaire)) > 0)))",
        id.0,
        &structures,
        mentions
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// His own sollicitations keep their reference and their states; those of others, not the words that name him.
async fn oublier_les_sollicitations(
    tx: &mut Tx,
    id: UtilisateurId,
    (prenom, nom): (&str, &str),
    mentions: &[String],
) -> Result<(), Erreur> {
    sqlx::query!(
        r#"update sollicitations s set objet = '(effacé)', texte = '(effacé)', donnees = '{}'
           where s.emetteur_id = $1
              or exists (select from unnest($2::text[]) as m (mention)
                         where position(lower(m.mention) in lower(s.objet || ' ' || s.texte || ' ' || s.donnees::text)) > 0)
              or (position(lower(to_json($3::text)::text) in lower(s.donnees::text)) > 0
                  and position(lower(to_json($4::text)::text) in lower(s.donnees::text)) > 0)"#,
        id.0,
        mentions,
        prenom,
        nom
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from sollicitation_brouillons where auteur_id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    // A draft of somebody else that names him.
    sqlx::query!(
        "update sollicitation_brouillons b set objet = '(effacé)', texte = '(effacé)'
         where exists (select from unnest($1::text[]) as m (mention) where position(lower(m.mention) in lower(b.objet || ' ' || b.texte)) > 0)",
        mentions
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update sollicitation_messages m set texte = '(effacé)'
         where m.texte <> '' and (m.auteur_id = $1
            or exists (select from unnest($2::text[]) as n (mention) where position(lower(n.mention) in lower(m.texte)) > 0))",
        id.0,
        mentions
    )
    .execute(&mut **tx)
    .await?;
    // Why an agent named, or refused, somebody else.
    sqlx::query!(
        "update certificats c set motif = '(effacé)', tranche_motif = case when tranche_motif is not null then '(effacé)' end
         where exists (select from unnest($1::text[]) as m (mention)
                       where position(lower(m.mention) in lower(c.motif || ' ' || coalesce(c.tranche_motif, ''))) > 0)",
        mentions
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A closed handover whose motif names him goes: a terminal row never changes, and the historique says what became of it. Answers
/// what the mails of his handovers are filed under.
async fn oublier_les_passations(
    tx: &mut Tx,
    id: UtilisateurId,
    mentions: &[String],
) -> Result<Vec<Uuid>, Erreur> {
    let siennes = sqlx::query_scalar!(
        r#"select id as "id!" from passations where cedant_id = $1 or successeur_id = $1
           union select id from demandes_abonnement where utilisateur_id = $1"#,
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query!(
        "delete from passations p
         where p.statut <> 'programmee'
           and exists (select from unnest($1::text[]) as m (mention)
                       where position(lower(m.mention) in lower(coalesce(p.motif, ''))) > 0)",
        mentions
    )
    .execute(&mut **tx)
    .await?;
    Ok(siennes)
}

/// The row stays, for the keys that point to it; nothing in it says who it was. The address is free again, and whoever creates an
/// account with it is somebody new (failure-modes T7).
async fn pseudonymiser(tx: &mut Tx, id: UtilisateurId) -> Result<(), Erreur> {
    sqlx::query!(
        "update utilisateurs set statut = 'clos', clos_le = maintenant(), prenom = 'Compte effacé',
                nom = upper(substr(md5(id::text), 1, 6)), adresse_connexion = 'compte.efface.' || id || '@vantail.invalid',
                adresse_contact = 'compte.efface.' || id || '@vantail.invalid', telephone = null, adresse = null,
                complement_adresse = null, code_postal = null, ville = null, pays = '', mot_de_passe = null,
                mot_de_passe_change_le = null, derniere_connexion = null, connexion_precedente = null, demandee_par = null,
                facteur_le = null, facteur_sel = null, facteur_version = null, facteur_pas = null
         where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
