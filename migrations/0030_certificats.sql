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
comment on column certificats.contestation_id is 'What the former gestionnaire principal sent to the support against it.';
create unique index certificats_un_ouvert on certificats (structure_id) where statut = 'envoye';
create index certificats_sollicitation on certificats (sollicitation_id, envoye_le desc);
create index certificats_ancien on certificats (ancien_id) where ancien_id is not null;
