-- « Certificat administratif »: the role of a gestionnaire principal who left, or of nobody, given by the support on a signed
-- document (R-SUP-CERTIFICAT, R-SUP-CONTESTATION, R-STR-SANS-GP).
create table certificats (
  id uuid primary key,
  sollicitation_id uuid not null references sollicitations (id),
  structure_id uuid not null references structures (id),
  successeur_id uuid not null references utilisateurs (id),
  ancien_id uuid references utilisateurs (id),
  statut text not null default 'envoye' check (statut in ('envoye', 'execute', 'refuse')),
  motif text not null check (length(motif) between 1 and 255),
  envoye_par uuid not null references utilisateurs (id),
  envoye_le timestamptz not null default maintenant(),
  piece_id uuid references pieces_jointes (id),
  tranche_par uuid references utilisateurs (id),
  tranche_motif text check (length(tranche_motif) between 1 and 255),
  tranche_le timestamptz,
  contestation_id uuid references sollicitations (id),
  constraint certificats_personnes check (ancien_id is distinct from successeur_id),
  constraint certificats_tranche check (num_nonnulls(tranche_par, tranche_motif, tranche_le) = case statut when 'envoye' then 0 else 3 end),
  constraint certificats_signe check ((statut = 'execute') = (piece_id is not null)),
  constraint certificats_second_agent check (statut <> 'execute' or tranche_par <> envoye_par)
);
comment on table certificats is
  'One per document sent. Executed by a second agent only, on a signed file of the same sollicitation; both are checked here too.';
comment on column certificats.ancien_id is 'The gestionnaire principal when it was sent, who may contest; null: there was none.';
comment on column certificats.piece_id is 'The signed document.';
comment on column certificats.contestation_id is 'What the former gestionnaire principal sent to the support against it, within 7 days of its execution.';
create unique index certificats_un_ouvert on certificats (structure_id) where statut = 'envoye';
create index certificats_sollicitation on certificats (sollicitation_id, envoye_le desc);
create index certificats_ancien on certificats (ancien_id) where ancien_id is not null;
create index certificats_contestation on certificats (contestation_id) where contestation_id is not null;

create view agents_ecartes as
select l.sollicitation_id, p.agent_id
from certificats c
join sollicitations o on o.id = c.contestation_id and o.statut not in ('resolue', 'close')
cross join lateral (values (c.envoye_par), (c.tranche_par)) as p (agent_id)
cross join lateral (values (o.id), (case when c.statut = 'execute' then c.sollicitation_id end)) as l (sollicitation_id)
where p.agent_id is not null and l.sollicitation_id is not null;
comment on view agents_ecartes is
  'A contestation, and the file it reopened, go to a third agent: those who sent or approved the certificate do not answer them while it is open (spec §13 Support).';
