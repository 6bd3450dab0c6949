-- Sessions, throttling, messages after a redirect, account searches.

create table sessions (
  id_hache bytea primary key,
  utilisateur_id uuid references utilisateurs (id),
  donnees jsonb not null,
  creee_le timestamptz not null default maintenant(),
  vue_le timestamptz not null default maintenant(),
  expire_le timestamptz not null,
  revoquee_le timestamptz,
  agent text,
  adresse_ip text,
  reference uuid not null unique default gen_random_uuid()
);
comment on table sessions is
  'SHA-256 of the session id, never the id. A revoked row is never revived (security.md F6). expire_le: absolute end, 12 h.';
comment on column sessions.reference is 'Names the session on « Mes sessions » without giving its id away.';
create index sessions_utilisateur on sessions (utilisateur_id) where revoquee_le is null;

create table compteurs (
  cle text primary key,
  compte integer not null,
  fin_le timestamptz not null
);
comment on table compteurs is 'Throttling shared by every instance: incremented before the work it protects (security.md F5, AU2).';

create table messages (
  id uuid primary key,
  utilisateur_id uuid references utilisateurs (id),
  contenu jsonb not null,
  cree_le timestamptz not null default maintenant()
);
comment on table messages is 'Message shown after a redirect, named by its id in the URL: reading it changes nothing.';
create index messages_age on messages (cree_le);

create table recherches_de_comptes (
  id uuid primary key,
  utilisateur_id uuid not null references utilisateurs (id),
  structure_id uuid references structures (id),
  criteres jsonb not null,
  resultats integer not null,
  faite_le timestamptz not null default maintenant()
);
comment on table recherches_de_comptes is 'Journal of the account searches of R-GEST-RATTACHER and of a successor (decisions 13).';
create index recherches_de_comptes_personne on recherches_de_comptes (utilisateur_id, faite_le desc);

create table instance (
  cle text primary key,
  valeur text not null
);
comment on table instance is 'Facts about this database: « demo » marks a demo world (security.md AU7).';
