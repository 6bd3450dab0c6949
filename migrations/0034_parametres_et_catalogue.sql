-- What the administrateur sets while the portal runs (R-ADM): parameters of the instance, and the catalogue of the espaces.

create table parametres (
  cle text primary key,
  valeur text not null check (valeur <> '' and char_length(valeur) <= 2000),
  modifie_le timestamptz not null default maintenant(),
  modifie_par uuid not null references utilisateurs (id)
);
comment on table parametres is 'Parameters of the instance; a key without row has the value that the operator configured.';

alter table espaces add column description text not null default '' check (char_length(description) <= 255);
comment on column espaces.description is 'What it is for, in a sentence.';
alter table espaces add constraint espaces_nom check (char_length(nom) between 1 and 60);
create unique index espaces_noms on espaces (cle_recherche(nom));

create table catalogue_a_appliquer (
  espace text primary key references espaces (code),
  demande_le timestamptz not null default maintenant(),
  dernier uuid,
  phrase text not null,
  motif text not null
);
comment on table catalogue_a_appliquer is
  'A change of the default espaces that the jobs carry to the rattachements in force, in the order of their ids.';
comment on column catalogue_a_appliquer.dernier is 'The last rattachement done; null: none yet.';
comment on column catalogue_a_appliquer.phrase is 'What the historique of each structure says of it.';
