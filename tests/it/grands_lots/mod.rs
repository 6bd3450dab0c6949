//! Five hundred decisions in one act, and their undo: the statements do not depend on how many they are (spec §12: within a
//! second), nor on how many structures they are about; nothing is written twice, nor by another rule than for one.

mod lignes;
mod mesures;
mod utilisateurs;

use uuid::Uuid;
use vantail::db::StructureId;

use crate::support::{Acteur, Portail};

const GP: &str = "gp@charge.example";

/// Somebody who is gestionnaire principale of many structures, and what people ask her there.
struct Charge {
    portail: Portail,
    structures: Vec<StructureId>,
    gp: Acteur,
}

/// A person, her rank, the structure she asks, its service.
type Demandeur = (Uuid, i32, Uuid, Uuid);

/// Who asks, in each structure in turn: nobody yet, somebody attached, somebody who was; the whole structure or a service.
const DEMANDEURS: &str = "
  with personnes as (
    insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut, mot_de_passe)
    select uuid_v7(), 'p' || n || '@example.org', 'p' || n || '@example.org', 'Personne', 'N' || n, 'actif', 'x'
    from generate_series(1, $2::int) as n
    returning id, adresse_connexion, substring(adresse_connexion from 2 for position('@' in adresse_connexion) - 2)::int as n)
  select p.id, p.n, s.id as structure, (select v.id from services v where v.structure_id = s.id) as service
  from personnes p
  join unnest($1::uuid[]) with ordinality as s (id, rang) on s.rang = 1 + p.n % cardinality($1::uuid[])";

impl Charge {
    async fn nouvelle(structures: usize) -> Self {
        let portail = Portail::nouveau().await;
        let gp = portail.personne(GP).await;
        let mut toutes = Vec::new();
        for rang in 1..=structures {
            let nom = format!("Structure {rang:02}");
            let rang = u32::try_from(rang).expect("a few");
            let structure = portail.structure(&nom, rang, true).await;
            portail.gp(structure, gp).await;
            portail.service(structure, "ACH", "Service achats").await;
            toutes.push(structure);
        }
        let gp = portail.connecter(GP).await;
        Self {
            portail,
            structures: toutes,
            gp,
        }
    }

    /// `n` open demandes de rattachement, of all sorts.
    async fn rattachements(&self, n: i32) -> String {
        let personnes = self.personnes(n).await;
        self.executer(
            "insert into rattachements (id, structure_id, utilisateur_id, role, statut, cause, maille_structure, date_debut)
             select uuid_v7(), p.structure, p.id, 'us', case when p.n % 4 = 1 then 'validee' else 'desactivee' end,
                    case when p.n % 4 = 1 then null else 'gestionnaire' end, true, maintenant() - interval '1 day'
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service) where p.n % 4 in (1, 2)",
            &personnes,
        )
        .await;
        self.executer(
            "insert into abonnements (id, structure_id, rattachement_id, espace, droit, origine)
             select uuid_v7(), r.structure_id, r.id, a.espace, a.droit, a.origine
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)
             join rattachements r on r.utilisateur_id = p.id and r.structure_id = p.structure and r.statut = 'validee'
             cross join lateral (select d.espace, d.droit, d.origine from abonnements_dus d where d.rattachement_id = r.id
                                 union all
                                 select 'factures_de_travaux', 'consultation', 'demande') a",
            &personnes,
        )
        .await;
        self.executer(
            "insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire)
             select uuid_v7(), p.structure, p.id, case when p.n % 3 = 0 then 'gs' else 'us' end, p.n % 2 = 0, 'Bonjour'
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)",
            &personnes,
        )
        .await;
        self.executer(
            "insert into demande_services (demande_id, structure_id, service_id)
             select d.id, d.structure_id, p.service
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)
             join demandes_rattachement d on d.utilisateur_id = p.id and not d.maille_structure",
            &personnes,
        )
        .await;
        self.ids("select id from demandes_rattachement where statut = 'en_cours_de_validation' order by id")
            .await
    }

    /// `n` open demandes d'abonnement of two lines.
    async fn abonnements(&self, n: i32) -> String {
        let personnes = self.personnes(n).await;
        self.executer(
            "insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, date_debut)
             select uuid_v7(), p.structure, p.id, 'us', 'validee', true, maintenant() - interval '1 day'
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)",
            &personnes,
        )
        .await;
        self.executer(
            "insert into demandes_abonnement (id, structure_id, utilisateur_id)
             select uuid_v7(), p.structure, p.id
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)",
            &personnes,
        )
        .await;
        self.executer(
            "insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, service_id, espace, droit)
             select uuid_v7(), d.id, d.structure_id, d.utilisateur_id, v.service, v.espace, 'consultation'
             from unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[]) as p (id, n, structure, service)
             join demandes_abonnement d on d.utilisateur_id = p.id
             cross join lateral (values (null::uuid, 'factures_a_valider'), (p.service, 'factures_de_travaux')) as v (service, espace)",
            &personnes,
        )
        .await;
        self.ids("select id from demandes_abonnement where statut = 'en_cours_de_validation' order by id")
            .await
    }

    async fn personnes(&self, n: i32) -> Vec<Demandeur> {
        let structures: Vec<Uuid> = self.structures.iter().map(|s| s.0).collect();
        sqlx::query_as(DEMANDEURS)
            .bind(structures)
            .bind(n)
            .fetch_all(&self.portail.db)
            .await
            .expect("people")
    }

    async fn executer(&self, sql: &'static str, personnes: &[Demandeur]) {
        sqlx::query(sql)
            .bind(personnes.iter().map(|p| p.0).collect::<Vec<_>>())
            .bind(personnes.iter().map(|p| p.1).collect::<Vec<_>>())
            .bind(personnes.iter().map(|p| p.2).collect::<Vec<_>>())
            .bind(personnes.iter().map(|p| p.3).collect::<Vec<_>>())
            .execute(&self.portail.db)
            .await
            .expect("rows");
    }

    async fn ids(&self, sql: &'static str) -> String {
        let ids: Vec<Uuid> = sqlx::query_scalar(sql)
            .fetch_all(&self.portail.db)
            .await
            .expect("the requests");
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        ids.join(",")
    }

    /// Everything a decision may change, ids and instants apart.
    async fn droits(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select u.adresse_connexion || r.structure_id || r.role || r.statut || coalesce(r.cause, '') || r.maille_structure
                    || r.capacites::text || coalesce(r.commentaire, '') || coalesce(r.reactive_le::text, '')
                    || coalesce((select string_agg(rs.service_id || rs.statut, ',' order by rs.service_id)
                                 from rattachement_services rs where rs.rattachement_id = r.id), '')
                    || coalesce((select string_agg(a.espace || a.droit || a.origine || coalesce(a.service_id::text, '*'), ','
                                                   order by a.espace, a.origine, a.service_id)
                                 from abonnements a where a.rattachement_id = r.id), '')
             from rattachements r join utilisateurs u on u.id = r.utilisateur_id
             where r.statut <> 'supprimee' and r.role <> 'gp' order by 1",
        )
        .fetch_all(&self.portail.db)
        .await
        .expect("the rights")
    }

    async fn acte(&self) -> Uuid {
        self.portail
            .uuid("select acte_id from decisions limit 1")
            .await
    }

    async fn entier(&self) {
        let (lignes, defauts) =
            vantail::historique::verifier(&self.portail.db, &self.portail.app.cles)
                .await
                .expect("a verification");
        assert!(lignes > 0);
        assert!(defauts.is_empty(), "{defauts:?}");
        assert_eq!(self.portail.structures_sans_un_gp().await, 0);
    }
}
