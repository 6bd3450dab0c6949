-- Second factor, half-open sessions, known devices (R-COMPTE-2F, R-COMPTE-CONNEXION, security.md AU3 and AU8).
-- No table holds a usable secret (decisions 21): the secret of a factor is an HMAC of the salt below under SECRET_KEY,
-- recovery codes and devices are kept as SHA-256 of what only their owner holds.

alter table utilisateurs
  add column facteur_le timestamptz,
  add column facteur_sel bytea check (octet_length(facteur_sel) = 32),
  add column facteur_version integer,
  add column facteur_pas bigint,
  add column facteur_conseil_masque boolean not null default false,
  add constraint utilisateurs_facteur_entier
    check (num_nonnulls(facteur_le, facteur_sel, facteur_version, facteur_pas) in (0, 4));
comment on column utilisateurs.facteur_le is 'Since when a code is asked at sign-in; null: no second factor.';
comment on column utilisateurs.facteur_sel is 'Random; with the key named beside it, gives the secret shared with the person''s application.';
comment on column utilisateurs.facteur_version is 'Version of SECRET_KEY the secret derives from: as long as it is in use, that version must stay listed.';
comment on column utilisateurs.facteur_pas is 'Last step of 30 seconds whose code was used: it and the earlier ones are refused (AU8).';
comment on column utilisateurs.facteur_conseil_masque is 'The advice to gestionnaires to set one up was put away.';

create table enrolements (
  utilisateur_id uuid primary key references utilisateurs (id) on delete cascade,
  session_hache bytea not null,
  sel bytea not null check (octet_length(sel) = 32),
  version integer not null,
  expire_le timestamptz not null
);
comment on table enrolements is 'Second factors being set up: nothing is asked at sign-in before a first code confirms them.';
comment on column enrolements.session_hache is 'Session that gave the password: the secret is shown to no other.';
comment on column enrolements.expire_le is '15 minutes after the password was given; compared with maintenant().';

create table codes_secours (
  utilisateur_id uuid not null references utilisateurs (id) on delete cascade,
  hache bytea not null,
  utilise_le timestamptz,
  primary key (utilisateur_id, hache)
);
comment on table codes_secours is 'Recovery codes: SHA-256 of 80 random bits and the account; each opens one session.';
comment on column codes_secours.utilise_le is 'Null as long as it may serve.';

create table appareils (
  utilisateur_id uuid not null references utilisateurs (id) on delete cascade,
  hache bytea not null,
  agent text,
  cree_le timestamptz not null default maintenant(),
  vu_le timestamptz not null default maintenant(),
  revoque_le timestamptz,
  primary key (utilisateur_id, hache)
);
create index appareils_age on appareils (vu_le);
comment on table appareils is 'Browsers this person has signed in from: SHA-256 of the random id in their signed cookie.';
comment on column appareils.agent is 'Browser as it named itself at the last sign-in.';
comment on column appareils.revoque_le is 'The password or the address changed since: known for the notices, but no way round the cap of failures any more (AU3).';

alter table sessions add column code_attendu_jusqu_au timestamptz;
comment on column sessions.code_attendu_jusqu_au is 'Half-open session: the password was right, the code is awaited until then; nobody is signed in.';
