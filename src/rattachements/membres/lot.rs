//! « Désactiver / Réactiver des utilisateurs », « Supprimer les utilisateurs sélectionnés »: up to 500 in one transaction, the
//! same function for one (spec §8.7, decisions 12).

use sqlx::PgExecutor;
use uuid::Uuid;

use super::actes::{Acte, Cible};
use super::ecriture;
use crate::App;
use crate::acces::{Connecte, Gestion, RattacherUtilisateurs, Role, Systeme};
use crate::courrier::Joignable;
use crate::db::{ServiceId, StructureId, Tx, UtilisateurId, en_transaction};
use crate::rattachements::donneur::Donneur;
use crate::rattachements::effets;
use crate::rattachements::{Statut, echeance};
use crate::structures::{self, LOT_MAX};
use crate::utilisateurs;
use crate::web::Erreur;

/// The result of one line, in the order they were ticked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssueMembre {
    /// Name of the person; empty when the line is not within reach.
    pub libelle: String,
    /// `Ok`, or why this line was left as it was.
    pub faite: Result<(), String>,
}

/// The users among `ids` whom this gestionnaire sees, in the order of `ids`. The others are not said to exist.
///
/// # Errors
/// Those of the database.
async fn cibles(
    db: impl PgExecutor<'_>,
    gestionnaire: &Connecte,
    structure: StructureId,
    ids: &[Uuid],
) -> Result<Vec<Cible>, Erreur> {
    let lignes = sqlx::query!(
        r#"select p.id as "id!", p.utilisateur_id as "personne!: UtilisateurId", u.prenom || ' ' || u.nom as "nom!",
                  u.adresse_contact as "adresse_contact!", u.statut as "compte!: utilisateurs::Statut",
                  p.genre = 'inscription' as "promesse!", p.role as "role!: Role", coalesce(r.capacites, '{}') as "capacites!",
                  p.statut as "statut!", r.cause, p.maille_structure as "maille_structure!", p.entiere as "entiere!",
                  ((p.date_fin at time zone 'Europe/Paris')::date - 1) as fin,
                  array(select v.id from services v where v.id = any (p.services) and v.structure_id = p.structure_id
                          and (g.maille_structure or exists (select from services_effectifs se
                               where se.rattachement_id = g.id and se.service_id = v.id))
                        order by v.cle_tri, v.id) as "services!: Vec<ServiceId>",
                  array(select v.libelle from services v where v.id = any (p.services) and v.structure_id = p.structure_id
                          and (g.maille_structure or exists (select from services_effectifs se
                               where se.rattachement_id = g.id and se.service_id = v.id))
                        order by v.cle_tri, v.id) as "libelles!",
                  array(select rs.service_id from rattachement_services rs
                        where rs.rattachement_id = p.id and rs.statut = 'validee'
                          and (g.maille_structure or exists (select from services_effectifs se
                               where se.rattachement_id = g.id and se.service_id = rs.service_id))) as "valides!: Vec<ServiceId>"
           from unnest($3::uuid[]) with ordinality as c (id, rang)
           join portees_membres p on p.id = c.id and p.gestionnaire_id = $1 and p.structure_id = $2 and p.genre <> 'demande'
           join rattachements g on g.id = p.gestionnaire_rattachement_id
           join utilisateurs u on u.id = p.utilisateur_id
           left join rattachements r on r.id = p.id
           order by c.rang"#,
        gestionnaire.id().0,
        structure.0,
        ids
    )
    .fetch_all(db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| Cible {
            id: l.id,
            qui: Joignable {
                id: l.personne,
                nom_complet: l.nom,
                adresse: l.adresse_contact,
            },
            compte: l.compte,
            promesse: l.promesse,
            role: l.role,
            capacites: l.capacites,
            statut: Statut::lire(&l.statut),
            cause: l.cause,
            maille_structure: l.maille_structure,
            services: l.services,
            libelles: l.libelles,
            valides: l.valides,
            entiere: l.entiere,
            fin: l.fin,
        })
        .collect())
}

/// What the confirmation names: each user ticked, with the reason why the act would leave him as he is.
///
/// # Errors
/// Those of [`agir`].
pub async fn previsions(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    acte: Acte,
    ids: &[Uuid],
) -> Result<Vec<(Cible, Option<String>)>, Erreur> {
    let structure = gestion.structure().id;
    let donneur = en_transaction!(app, |tx| Donneur::lire(tx, structure, gestion.id()).await)?;
    let cibles = cibles(&app.db, gestion, structure, ids).await?;
    Ok(cibles
        .into_iter()
        .map(|cible| {
            let refus = acte.refus(&donneur.decideur, donneur.id, &cible);
            (cible, refus)
        })
        .collect())
}

/// Does `acte` to the users ticked, one result per line; everything is read again under the lock of the structure, what is
/// past its date ends first. The refusals of a line leave it as it was, the others go on.
///
/// # Errors
/// `Introuvable`, `Interdit`, `Conflit`: the gestionnaire himself lost the right meanwhile.
pub async fn agir(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    acte: Acte,
    ids: &[Uuid],
) -> Result<Vec<IssueMembre>, Erreur> {
    let structure = gestion.structure().id;
    let ids = structures::cochees(ids);
    debug_assert!(ids.len() <= LOT_MAX);
    effets::verrouiller(tx, &[structure]).await?;
    echeance::echoir(tx, &Systeme::processus(), structure).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    let lues = cibles(&mut **tx, gestion, structure, &ids).await?;
    let mut issues = Vec::with_capacity(ids.len());
    let mut faites = Vec::new();
    for id in ids {
        let Some(cible) = lues.iter().find(|c| c.id == id) else {
            issues.push(IssueMembre {
                libelle: String::new(),
                faite: Err("utilisateur introuvable.".to_owned()),
            });
            continue;
        };
        let refus = acte.refus(&donneur.decideur, donneur.id, cible);
        if refus.is_none() {
            faites.push(cible);
        }
        issues.push(IssueMembre {
            libelle: cible.qui.nom_complet.clone(),
            faite: refus.map_or(Ok(()), Err),
        });
    }
    ecriture::ecrire(tx, &donneur, (&***gestion).into(), acte, &faites).await?;
    Ok(issues)
}
