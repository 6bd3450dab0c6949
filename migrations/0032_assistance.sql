-- Consented support session (R-SUP-SESSION): a person gives a code to an agent of the support, who then sees the portal as
-- she does, without being able to change anything, for thirty minutes at most.

create table assistances (
  id uuid primary key,
  utilisateur_id uuid not null references utilisateurs (id),
  code_hache bytea not null unique,
  donnee_le timestamptz not null default maintenant(),
  code_jusqu_au timestamptz not null,
  agent_id uuid references utilisateurs (id),
  session_hache bytea,
  motif text check (char_length(motif) between 1 and 255),
  ouverte_le timestamptz,
  fin_le timestamptz,
  close_le timestamptz,
  cloture text check (cloture in ('utilisateur', 'agent', 'duree', 'code_perime', 'remplacee')),
  constraint assistances_ouverte check (
    num_nonnulls(agent_id, session_hache, motif, ouverte_le, fin_le) in (0, 5)),
  constraint assistances_close check ((close_le is null) = (cloture is null))
);
comment on table assistances is
  'A code that a person gave so that an agent of the support sees her screens, and the session it opened (R-SUP-SESSION).';
comment on column assistances.code_hache is 'HMAC of the code: the table opens nothing.';
comment on column assistances.code_jusqu_au is 'The code opens until then.';
comment on column assistances.session_hache is 'SHA-256 of the id of the agent’s session: it ends with it.';
comment on column assistances.fin_le is 'It shows nothing from this instant on, whatever the jobs do.';
create unique index assistances_une_par_personne on assistances (utilisateur_id) where close_le is null;
create unique index assistances_une_par_agent on assistances (agent_id) where close_le is null;
create index assistances_personne on assistances (utilisateur_id, donnee_le desc);

create table assistances_pages (
  assistance_id uuid not null references assistances (id) on delete cascade,
  requete text not null,
  vue_le timestamptz not null default maintenant(),
  chemin text not null,
  refusee boolean not null,
  primary key (assistance_id, requete)
);
comment on table assistances_pages is
  'Transcript: one line per page asked for during a support session; it is shown and mailed to the person.';
comment on column assistances_pages.requete is 'Reference of the request: an error page read twice is written once.';
comment on column assistances_pages.refusee is 'It would have changed something, and was refused.';

-- The only reading of a session in progress: its hour, the session and the team of the agent, both accounts.
create view assistances_en_cours as
select a.id, a.utilisateur_id, a.agent_id, a.session_hache, a.motif, a.ouverte_le, a.fin_le,
       g.prenom || ' ' || g.nom as agent
from assistances a
join sessions s on s.id_hache = a.session_hache and s.revoquee_le is null and s.expire_le > maintenant()
               and s.vue_le > maintenant() - interval '30 minutes'
join utilisateurs g on g.id = a.agent_id and g.statut = 'actif' and g.equipe = 'support'
join utilisateurs u on u.id = a.utilisateur_id and u.statut = 'actif' and u.equipe is null
where a.close_le is null and a.ouverte_le is not null and a.fin_le > maintenant();
comment on view assistances_en_cours is 'Support sessions that show something now.';
