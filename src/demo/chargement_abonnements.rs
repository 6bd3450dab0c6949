//! The espaces asked for, into the tables.

use uuid::Uuid;

use super::monde::{IlYA, Monde};
use crate::db::{LigneAbonnementId, Tx};
use crate::web::Erreur;

pub(super) async fn charger(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    let d = &m.demandes_abonnement;
    sqlx::query!(
        "insert into demandes_abonnement (id, structure_id, utilisateur_id, statut, creee_le, traitee_le, traitee_par, etendue, motif)
         select l.id, l.structure, l.personne, l.statut, maintenant() - make_interval(mins => l.creee),
                maintenant() - make_interval(mins => l.traitee), l.par, case when l.statut = 'validee' then 'utilisateur' end, l.motif
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::uuid[], $8::text[])
              as l (id, structure, personne, statut, creee, traitee, par, motif)",
        &d.iter().map(|d| d.id.0).collect::<Vec<_>>(),
        &d.iter().map(|d| m.structures[d.structure.0].id.0).collect::<Vec<_>>(),
        &d.iter().map(|d| m.personnes[d.personne.0].id.0).collect::<Vec<_>>(),
        &d.iter().map(|d| d.statut.to_owned()).collect::<Vec<_>>(),
        &d.iter().map(|d| d.creee).collect::<Vec<_>>(),
        &d.iter().map(|d| d.traitee).collect::<Vec<_>>() as &[Option<IlYA>],
        &d.iter().map(|d| d.par.map(|p| m.personnes[p.0].id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &d.iter().map(|d| d.motif.clone()).collect::<Vec<_>>() as &[Option<String>]
    )
    .execute(&mut **tx)
    .await?;
    let lignes: Vec<_> = d
        .iter()
        .flat_map(|d| d.lignes.iter().map(move |l| (d, l)))
        .collect();
    sqlx::query!(
        "with lignes as (
           select l.id, l.demande, d.structure_id, d.utilisateur_id, d.statut, d.traitee_le, l.service, l.espace, l.droit, l.commentaire
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[])
                as l (id, demande, service, espace, droit, commentaire)
           join demandes_abonnement d on d.id = l.demande),
         ouverts as (
           insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine, cree_le)
           select uuid_v7(), l.structure_id, r.id, l.service, l.espace, l.droit, 'demande', l.traitee_le
           from lignes l join rattachements r on r.structure_id = l.structure_id and r.utilisateur_id = l.utilisateur_id
                and r.statut = 'validee'
           where l.statut = 'validee')
         insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, service_id, espace, droit, commentaire,
                                                statut, droit_accorde)
         select l.id, l.demande, l.structure_id, l.utilisateur_id, l.service, l.espace, l.droit, l.commentaire,
                case l.statut when 'en_cours_de_validation' then 'demandee' when 'validee' then 'accordee' else 'ecartee' end,
                case l.statut when 'validee' then l.droit end
         from lignes l",
        &lignes.iter().map(|_| LigneAbonnementId::nouveau().0).collect::<Vec<_>>(),
        &lignes.iter().map(|(d, _)| d.id.0).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, (v, ..))| v.map(|v| m.services[v.0].id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &lignes.iter().map(|(_, (_, espace, _))| (*espace).to_owned()).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, (.., droit))| (*droit).to_owned()).collect::<Vec<_>>(),
        &lignes.iter().map(|(d, _)| d.commentaire.clone()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
