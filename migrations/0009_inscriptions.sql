-- What a person asked while creating an account, until the account is active (R-COMPTE-CREER, R-COMPTE-TIERS, spec §13).

create table inscriptions (
  id uuid primary key,
  utilisateur_id uuid not null references utilisateurs (id) on delete cascade,
  genre text not null check (genre in ('compte', 'demande', 'fondation')),
  structure_id uuid references structures (id),
  maille_structure boolean,
  services uuid[] not null default '{}',
  role text check (role in ('gs', 'us')),
  commentaire text check (length(commentaire) between 1 and 255),
  type_identifiant text check (type_identifiant in
    ('SIRET', 'UE_HORS_FRANCE', 'HORS_UE', 'RIDET', 'TAHITI', 'AUTRE', 'PARTICULIER')),
  identifiant text check (length(identifiant) between 1 and 80),
  raison_sociale text check (length(raison_sociale) between 1 and 255),
  adresse text check (length(adresse) between 1 and 255),
  code_postal text check (length(code_postal) between 1 and 10),
  ville text check (length(ville) between 1 and 100),
  pays text check (length(pays) between 1 and 100),
  cree_le timestamptz not null default maintenant(),
  constraint inscriptions_demande check (genre <> 'demande'
    or (structure_id is not null and maille_structure is not null and role is not null and commentaire is not null)),
  constraint inscriptions_fondation check (genre <> 'fondation'
    or (structure_id is null and num_nulls(type_identifiant, identifiant, raison_sociale, adresse, ville, pays) = 0))
);
comment on table inscriptions is
  'Pending intents of an account that is not active yet: carried out in the transaction of its activation, then deleted; dropped after 30 days.';
comment on column inscriptions.genre is
  'compte: nothing was asked; demande: a demande de rattachement; fondation: the fiche of a private structure nobody had created. The one row of a sign-up; other origins may add their own rows beside it.';
comment on column inscriptions.services is 'Asked for, when not the whole structure; checked again when the request is sent.';
comment on column inscriptions.raison_sociale is 'With the columns after it: the fiche to create.';
create unique index inscriptions_une on inscriptions (utilisateur_id) where genre in ('compte', 'demande', 'fondation');
create index inscriptions_age on inscriptions (cree_le);
create index inscriptions_structure on inscriptions (structure_id) where structure_id is not null;

alter table utilisateurs add column demandee_par text check (length(demandee_par) between 1 and 161);
comment on column utilisateurs.demandee_par is
  'Name given by whoever asked for this account for somebody else (R-COMPTE-TIERS), told in the activation mail; erased by the activation, or after 30 days.';
