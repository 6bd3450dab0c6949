-- The account of a structure's information system, for the API (R-STR-TECHNIQUE, security.md AP1 and AP2).

create table comptes_techniques (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  identifiant text not null unique check (identifiant ~ '^[a-z0-9-]{8,40}$'),
  adresse_contact text not null check (length(adresse_contact) <= 254),
  statut text not null default 'actif' check (statut in ('actif', 'inactif', 'supprime')),
  cree_le timestamptz not null default maintenant(),
  cree_par uuid references utilisateurs (id),
  modifie_le timestamptz not null default maintenant()
);
comment on table comptes_techniques is
  'The technical account of an information system: it reads the data of its own structure through the API, and opens no page.';
comment on column comptes_techniques.id is
  'Drawn with the form that creates it: sending the form twice makes one account.';
comment on column comptes_techniques.adresse_contact is 'Of the software editor, or of whoever runs the information system.';
create index comptes_techniques_structure on comptes_techniques (structure_id, cree_le) where statut <> 'supprime';

create table secrets_techniques (
  id uuid primary key,
  compte_id uuid not null references comptes_techniques (id),
  empreinte bytea not null check (octet_length(empreinte) = 32),
  cree_le timestamptz not null default maintenant(),
  expire_le timestamptz not null,
  remplace_le timestamptz,
  rappel_jours integer not null default 99 check (rappel_jours in (99, 60, 30, 15, 1))
);
comment on table secrets_techniques is
  'Secrets of the technical accounts. Only the SHA-256 is kept: the secret has 256 bits of chance, no dictionary reaches it.';
comment on column secrets_techniques.expire_le is '424 days after the creation; after a reset, the end of the grace period chosen.';
comment on column secrets_techniques.remplace_le is 'When a reset replaced it; null: the current one.';
comment on column secrets_techniques.rappel_jours is
  'Days before its end of the last warning sent (99: none yet): each leaves once, whoever runs the job and whenever.';
create unique index secrets_techniques_un_courant on secrets_techniques (compte_id) where remplace_le is null;
create index secrets_techniques_rappels on secrets_techniques (expire_le) where remplace_le is null and rappel_jours > 1;

create table usages_techniques (
  compte_id uuid primary key references comptes_techniques (id),
  dernier_le timestamptz not null
);
comment on table usages_techniques is
  'Last call of each technical account, to the minute. Apart from the account: a reading never waits for a decision.';

-- The technical account whose secret is this one, if it may come in now: written once, read by the door of the API.
create view comptes_techniques_effectifs as
select c.id, c.structure_id, c.identifiant, x.empreinte, x.expire_le
from comptes_techniques c
join secrets_techniques x on x.compte_id = c.id
where c.statut = 'actif' and x.expire_le > maintenant();

create view utilisateurs_techniques as
select c.id, c.structure_id, c.identifiant, c.adresse_contact, c.statut, c.cree_le, x.id as secret_id,
       x.expire_le as secret_expire_le, u.dernier_le as derniere_utilisation
from comptes_techniques c
join secrets_techniques x on x.compte_id = c.id and x.remplace_le is null
left join usages_techniques u on u.compte_id = c.id
where c.statut <> 'supprime';
comment on view utilisateurs_techniques is
  'The technical accounts as the screens list them, role « Utilisateur technique » (spec §13).';

-- « 60, 30, 15, 1 »: the warning due for a secret that ends then; 99: none yet.
create function rappel_du_secret(expire_le timestamptz) returns integer language sql stable parallel safe as
$$ select case when expire_le <= maintenant() + interval '1 day' then 1
               when expire_le <= maintenant() + interval '15 days' then 15
               when expire_le <= maintenant() + interval '30 days' then 30
               when expire_le <= maintenant() + interval '60 days' then 60 else 99 end $$;
