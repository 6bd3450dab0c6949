//! The copy of a structure under another identifier, by set statements: ten thousand users are ten statements too.
//!
//! A test reads the `insert into` of this file and holds them against the database: a new column of a copied table, or a new
//! table about structures, is either copied here or named in [`LAISSEES`] and [`COLONNES_LAISSEES`], with its reason.

use crate::db::{StructureId, Tx};
use crate::identifiants::Identifiant;
use crate::web::Erreur;

/// Tables about a structure that stay with the old one, and why.
pub const LAISSEES: &[(&str, &str)] = &[
    (
        "mandats",
        "seed 001 §11: all is taken over except the mandat de facturation",
    ),
    (
        "comptes_techniques",
        "seed 001 §11: … and the utilisateur technique",
    ),
    (
        "historique",
        "what was done stays where it was done; both chains are linked",
    ),
    (
        "passations",
        "a programmed handover names a rattachement of the old structure: it is void, both are told",
    ),
    (
        "decisions",
        "an undo, for ten minutes, where the decision was taken",
    ),
    (
        "fichiers_deposes",
        "a file between its dry run and its application, for a day: its plan is that of the old one",
    ),
    ("recherches_de_comptes", "a journal"),
    (
        "demandes_de_compte",
        "asked of a référent for the structure as it was: he answers for the new one too",
    ),
    ("sollicitations", "a file about the structure as it was"),
    (
        "certificats",
        "a document that names the old identifier: another one is sent",
    ),
    (
        "sollicitation_brouillons",
        "a draft to a structure that is closed says so when it is opened",
    ),
    (
        "inscriptions",
        "what a person asked before the activation of the account: the request is answered by the state of the old one",
    ),
    ("changements_identifiant", "the link itself"),
];

/// Columns of the copied tables that the copy does not take over, and why.
pub const COLONNES_LAISSEES: &[(&str, &str, &str)] = &[
    (
        "structures",
        "importe",
        "what a file said of the old identifier",
    ),
    ("structures", "creee_le", "created now"),
    ("structures", "modifiee_le", "never modified yet"),
    ("structures", "statut", "active"),
    (
        "structures",
        "gp_id",
        "set when the rattachements are there",
    ),
    ("structures", "statut_a_annoncer", "nothing to tell"),
    ("demandes_rattachement", "statut", "open"),
    ("demandes_rattachement", "traitee_le", "open"),
    ("demandes_rattachement", "traitee_par", "open"),
    ("demandes_rattachement", "motif", "open"),
    ("demandes_rattachement", "acte", "open"),
    ("demandes_rattachement", "rattachement_id", "open"),
    (
        "demandes_rattachement",
        "reprend",
        "a request of the old structure",
    ),
    (
        "demandes_abonnement",
        "reprend",
        "a request of the old structure",
    ),
    (
        "demandes_abonnement",
        "origine",
        "only what a person asked waits",
    ),
    ("demande_services", "statut", "asked"),
    ("demandes_abonnement", "statut", "open"),
    ("demandes_abonnement", "traitee_le", "open"),
    ("demandes_abonnement", "traitee_par", "open"),
    ("demandes_abonnement", "etendue", "open"),
    ("demandes_abonnement", "commentaire", "of the decision"),
    ("demandes_abonnement", "motif", "open"),
    ("demande_abonnement_lignes", "statut", "asked"),
    (
        "demande_abonnement_lignes",
        "droit_accorde",
        "not granted yet",
    ),
];

/// Makes `nouvelle` with everything of `ancienne`, under this identifier. False: the identifier is somebody's, nothing was
/// made. The old structure must be locked; nobody else sees the new one before the commit.
pub(super) async fn copier(
    tx: &mut Tx,
    ancienne: StructureId,
    nouvelle: StructureId,
    identifiant: &Identifiant,
) -> Result<bool, Erreur> {
    let faite = sqlx::query!(
        "insert into structures (id, type_identifiant, identifiant, raison_sociale, publique, categorie, passe_par_pigp, emetteur_edi,
                                 recepteur_edi, gestion_statut_mise_en_paiement, gestion_engagement, gestion_service,
                                 gestion_service_engagement, est_moa, est_moa_uniquement, adresse, complement_adresse_1,
                                 complement_adresse_2, code_postal, ville, telephone, courriel, code_pays, libelle_pays)
         select $2, $3, $4, raison_sociale, publique, categorie, passe_par_pigp, emetteur_edi,
                recepteur_edi, gestion_statut_mise_en_paiement, gestion_engagement, gestion_service,
                gestion_service_engagement, est_moa, est_moa_uniquement, adresse, complement_adresse_1,
                complement_adresse_2, code_postal, ville, telephone, courriel, code_pays, libelle_pays
         from structures where id = $1
         on conflict on constraint structures_identifiant do nothing",
        ancienne.0,
        nouvelle.0,
        identifiant.type_identifiant().code(),
        identifiant.valeur()
    )
    .execute(&mut **tx)
    .await?;
    if faite.rows_affected() == 0 {
        return Ok(false);
    }
    services(tx, ancienne, nouvelle).await?;
    rattachements(tx, ancienne, nouvelle).await?;
    espaces(tx, ancienne, nouvelle).await?;
    demandes(tx, ancienne, nouvelle).await?;
    demandes_d_abonnement(tx, ancienne, nouvelle).await?;
    le_reste(tx, ancienne, nouvelle).await?;
    Ok(true)
}

/// A service keeps its code: that is how the rows that name it find the new one.
async fn services(tx: &mut Tx, ancienne: StructureId, nouvelle: StructureId) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into services (id, structure_id, code, libelle, description, engagement_obligatoire, actif, date_debut, date_fin,
                               cree_le)
         select uuid_v7(), $2, code, libelle, description, engagement_obligatoire, actif, date_debut, date_fin, cree_le
         from services where structure_id = $1",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One row per person that is not deleted: that is how the rows that name it find the new one. The pointer to the gestionnaire
/// principal comes last; the constraints wait for the end of the transaction.
async fn rattachements(
    tx: &mut Tx,
    ancienne: StructureId,
    nouvelle: StructureId,
) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into rattachements (id, structure_id, utilisateur_id, role, statut, cause, maille_structure, capacites, date_debut,
                                    date_fin, commentaire, reactive_le, cree_le, modifie_le, fin_avertie, fin_avertie_jours)
         select uuid_v7(), $2, utilisateur_id, role, statut, cause, maille_structure, capacites, date_debut,
                date_fin, commentaire, reactive_le, cree_le, modifie_le, fin_avertie, fin_avertie_jours
         from rattachements where structure_id = $1 and statut <> 'supprimee'",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update structures set gp_id = (select id from rattachements
                                        where structure_id = $1 and role = 'gp' and statut = 'validee')
         where id = $1",
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut, date_fin, commentaire)
         select n.id, n.structure_id, v.id, rs.statut, rs.date_debut, rs.date_fin, rs.commentaire
         from rattachement_services rs
         join rattachements r on r.id = rs.rattachement_id and r.statut <> 'supprimee'
         join services s on s.id = rs.service_id
         join rattachements n on n.structure_id = $2 and n.utilisateur_id = r.utilisateur_id
         join services v on v.structure_id = $2 and v.code = s.code
         where rs.structure_id = $1",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn espaces(tx: &mut Tx, ancienne: StructureId, nouvelle: StructureId) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into parametrage_espaces (id, structure_id, service_id, espace, droit, regle_le, regle_par)
         select uuid_v7(), $2, v.id, p.espace, p.droit, p.regle_le, p.regle_par
         from parametrage_espaces p
         left join services s on s.id = p.service_id
         left join services v on v.structure_id = $2 and v.code = s.code
         where p.structure_id = $1",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into niveaux_espaces (structure_id, espace, droit, regle_le, regle_par)
         select $2, espace, droit, regle_le, regle_par from niveaux_espaces where structure_id = $1",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine, cree_le)
         select uuid_v7(), $2, n.id, v.id, a.espace, a.droit, a.origine, a.cree_le
         from abonnements a
         join rattachements r on r.id = a.rattachement_id and r.statut <> 'supprimee'
         join rattachements n on n.structure_id = $2 and n.utilisateur_id = r.utilisateur_id
         left join services s on s.id = a.service_id
         left join services v on v.structure_id = $2 and v.code = s.code
         where a.structure_id = $1",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The open requests wait on the new structure, since when they were deposited: one per person.
async fn demandes(tx: &mut Tx, ancienne: StructureId, nouvelle: StructureId) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire, creee_le,
                                            relancee_le, rappel_jours, signalee_le, signalee_a)
         select uuid_v7(), $2, utilisateur_id, role, maille_structure, commentaire, creee_le,
                relancee_le, rappel_jours, signalee_le, signalee_a
         from demandes_rattachement where structure_id = $1 and statut = 'en_cours_de_validation'",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into demande_services (demande_id, structure_id, service_id)
         select n.id, n.structure_id, v.id
         from demande_services ds
         join demandes_rattachement d on d.id = ds.demande_id and d.statut = 'en_cours_de_validation'
         join services s on s.id = ds.service_id
         join demandes_rattachement n on n.structure_id = $2 and n.utilisateur_id = d.utilisateur_id
         join services v on v.structure_id = $2 and v.code = s.code
         where ds.structure_id = $1",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A person may have several: the new ids are drawn beside the old ones.
async fn demandes_d_abonnement(
    tx: &mut Tx,
    ancienne: StructureId,
    nouvelle: StructureId,
) -> Result<(), Erreur> {
    sqlx::query!(
        "with ouvertes as materialized (
           select id as ancien, uuid_v7() as nouveau, utilisateur_id, creee_le
           from demandes_abonnement where structure_id = $1 and statut = 'en_cours_de_validation'),
         demandes as (
           insert into demandes_abonnement (id, structure_id, utilisateur_id, creee_le)
           select nouveau, $2, utilisateur_id, creee_le from ouvertes)
         insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, service_id, espace, droit, commentaire)
         select uuid_v7(), o.nouveau, $2, l.utilisateur_id, v.id, l.espace, l.droit, l.commentaire
         from ouvertes o
         join demande_abonnement_lignes l on l.demande_id = o.ancien and l.statut = 'demandee'
         left join services s on s.id = l.service_id
         left join services v on v.structure_id = $2 and v.code = s.code",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn le_reste(tx: &mut Tx, ancienne: StructureId, nouvelle: StructureId) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into coordonnees_bancaires (id, structure_id, libelle, iban, bic, active, creee_le, modifiee_le)
         select uuid_v7(), $2, libelle, iban, bic, active, creee_le, modifiee_le
         from coordonnees_bancaires where structure_id = $1",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into courriers_refuses (utilisateur_id, structure_id, categorie)
         select utilisateur_id, $2, categorie from courriers_refuses where structure_id = $1",
        ancienne.0,
        nouvelle.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
