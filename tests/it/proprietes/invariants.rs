//! Counts of what must not be, after every round.

use crate::support::Portail;

/// Name, number of offences.
const INVARIANTS: [(&str, &str); 12] = [
    (
        "exactly one GP if and only if somebody is attached, and the pointer names him",
        "select count(*) from structures s
         where (s.gp_id is not null) <> exists (select from rattachements r where r.structure_id = s.id and r.statut = 'validee')
            or (select count(*) from rattachements r where r.structure_id = s.id and r.statut = 'validee' and r.role = 'gp')
               <> (s.gp_id is not null)::int
            or (s.gp_id is not null and not exists (
                  select from rattachements r where r.id = s.gp_id and r.structure_id = s.id and r.role = 'gp' and r.statut = 'validee'))",
    ),
    (
        "one validated rattachement per person and structure",
        "select count(*) from (select from rattachements where statut = 'validee' group by structure_id, utilisateur_id
                               having count(*) > 1) x",
    ),
    (
        "a request is decided once, and the historique says it once",
        "select count(*) from demandes_rattachement d
         where (select count(*) from historique h where h.demande_id = d.id
                and h.action in ('demande_validee', 'demande_refusee', 'demande_retiree'))
            <> case when d.statut = 'en_cours_de_validation' or (d.statut = 'validee' and d.acte is not null) then 0 else 1 end",
    ),
    (
        "a validated request has its rattachement",
        "select count(*) from demandes_rattachement where statut = 'validee' and rattachement_id is null",
    ),
    (
        "nothing is open without a validated rattachement",
        "select count(*) from abonnements a join rattachements r on r.id = a.rattachement_id where r.statut <> 'validee'",
    ),
    (
        "nobody deleted keeps a service, the GP is attached to the whole structure",
        "select count(*) from rattachement_services rs join rattachements r on r.id = rs.rattachement_id
         where r.statut = 'supprimee' or (r.role = 'gp' and r.statut = 'validee')",
    ),
    (
        "no request waits on a closed structure, unless an import has just closed it",
        "select count(*) from demandes_rattachement d join structures s on s.id = d.structure_id
         where d.statut = 'en_cours_de_validation' and s.statut = 'inactive' and not s.statut_a_annoncer",
    ),
    (
        "nobody absent holds a rattachement",
        "select count(*) from rattachements r join utilisateurs u on u.id = r.utilisateur_id
         where r.statut = 'validee' and u.statut in ('inactif', 'clos')",
    ),
    (
        "nobody absent waits for a decision",
        "select count(*) from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
         where d.statut = 'en_cours_de_validation' and u.statut in ('inactif', 'clos')",
    ),
    (
        "a programmed handover is of the present GP, on an active structure",
        "select count(*) from passations p join structures s on s.id = p.structure_id
         where p.statut = 'programmee'
           and (s.gp_id is distinct from p.rattachement_id or (s.statut = 'inactive' and not s.statut_a_annoncer))",
    ),
    (
        "a handover is executed once, by the portal",
        "select (select count(*) from passations where statut = 'executee')
              - (select count(*) from historique where action = 'role_transfere' and acteur_genre = 'systeme')",
    ),
    (
        "every handover that ended is in the historique",
        "select (select count(*) from passations where statut in ('annulee', 'caduque'))
              - (select count(*) from historique where action in ('passation_annulee', 'passation_caduque'))",
    ),
];

/// The names of those that do not hold.
pub async fn violes(portail: &Portail) -> Vec<&'static str> {
    let mut violes = Vec::new();
    for (nom, sql) in INVARIANTS {
        if portail.nombre(sql).await != 0 {
            violes.push(nom);
        }
    }
    violes
}

/// The first one alone, on one committed instant: what an outsider would see while people act.
pub async fn un_seul_gp(portail: &Portail) -> bool {
    portail.nombre(INVARIANTS[0].1).await == 0
}
