-- What a structure sets for its users (R-STR-ESPACES, spec §13 « Abonnements and espaces »): the level of its default
-- espaces, and the demandes that a setting records as already validated.
alter table demandes_abonnement add column origine text not null default 'utilisateur'
  check (origine in ('utilisateur', 'parametrage'));
comment on column demandes_abonnement.origine is
  '« parametrage »: recorded as validated when a gestionnaire opened the espace to a structure or a service; it never waits.';
alter table demandes_abonnement add constraint demandes_abonnement_parametrage
  check (origine = 'utilisateur' or statut = 'validee');

create table niveaux_espaces (
  structure_id uuid not null references structures (id),
  espace text not null references espaces (code),
  droit text not null check (droit in ('consultation', 'modification')),
  regle_le timestamptz not null default maintenant(),
  regle_par uuid references utilisateurs (id),
  primary key (structure_id, espace)
);
comment on table niveaux_espaces is 'The level of a default espace where a structure set another one than « modification » (spec §13).';

create or replace view abonnements_dus as
select m.rattachement_id, m.structure_id, m.service_id, e.code as espace, 'defaut' as origine,
       coalesce(n.droit, 'modification') as droit
from rattachements_mailles m
join structures s on s.id = m.structure_id
join espaces e on (s.publique or not e.publique_seulement)
              and case m.role when 'gp' then e.defaut_gp when 'gs' then e.defaut_gs else e.defaut_us end
left join niveaux_espaces n on n.structure_id = m.structure_id and n.espace = e.code
union all
select m.rattachement_id, m.structure_id, coalesce(p.service_id, m.service_id), p.espace,
       case when p.service_id is null then 'structure' else 'service' end, p.droit
from rattachements_mailles m
join parametrage_espaces p on p.structure_id = m.structure_id
                          and (p.service_id is null or m.service_id is null or p.service_id = m.service_id);
