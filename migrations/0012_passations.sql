-- Handovers of the role of gestionnaire principal on a chosen date (R-COMPTE-TRANSFERT, decisions 14), and what an import
-- leaves to be told when it changes the state of a structure (spec §13).

set constraints all immediate;

create table passations (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  rattachement_id uuid not null,
  cedant_id uuid not null references utilisateurs (id),
  successeur_id uuid not null references utilisateurs (id),
  le date not null,
  statut text not null default 'programmee' check (statut in ('programmee', 'executee', 'annulee', 'caduque')),
  creee_le timestamptz not null default maintenant(),
  avertis_7_le timestamptz,
  avertis_1_le timestamptz,
  close_le timestamptz,
  close_par uuid references utilisateurs (id),
  motif text check (length(motif) between 1 and 500),
  constraint passations_close check ((statut = 'programmee') = (close_le is null)),
  constraint passations_caduque_motif check (statut <> 'caduque' or motif is not null),
  constraint passations_deux_personnes check (cedant_id <> successeur_id),
  foreign key (structure_id, rattachement_id) references rattachements (structure_id, id)
);
comment on table passations is 'A handover to come: no right comes from it before its execution. programmee → executee | annulee | caduque.';
comment on column passations.rattachement_id is 'The rattachement of the gestionnaire principal who programmed it: void as soon as structures.gp_id is another.';
comment on column passations.le is 'Day in Paris; takes effect at its first instant, debut_du_jour(le).';
comment on column passations.avertis_7_le is 'When both were warned 7 days before; null where that moment passed before the programming or during an outage.';
comment on column passations.avertis_1_le is 'When both were warned the day before.';
comment on column passations.close_par is 'Who cancelled it; null when time or the portal closed it.';
comment on column passations.motif is 'Why it is void, or was cancelled by another act.';
create unique index passations_une_programmee on passations (structure_id) where statut = 'programmee';
create index passations_cedant on passations (cedant_id) where statut = 'programmee';
create index passations_successeur on passations (successeur_id) where statut = 'programmee';

create function passation_terminale() returns trigger language plpgsql as $$
begin
  if old.statut <> 'programmee' then
    raise exception 'une passation % ne change plus', old.statut using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger passations_terminale before update on passations
  for each row execute function passation_terminale();

alter table structures add column statut_a_annoncer boolean not null default false;
comment on column structures.statut_a_annoncer is
  'An import changed the state and somebody is concerned: the requests are still to be closed, the members to be told.';
create index structures_a_annoncer on structures (id) where statut_a_annoncer;
