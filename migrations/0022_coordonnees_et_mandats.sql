-- What an invoice needs besides its structure: where it is paid, and who issues it (R-STR-BANQUE, R-STR-MANDAT).

create extension if not exists btree_gist;

create table coordonnees_bancaires (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  libelle text not null check (length(libelle) between 1 and 80),
  cle_tri text not null generated always as (cle_tri(libelle)) stored,
  iban text not null check (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
  bic text not null check (bic ~ '^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$'),
  active boolean not null default true,
  creee_le timestamptz not null default maintenant(),
  modifiee_le timestamptz not null default maintenant(),
  constraint coordonnees_bancaires_iban unique (structure_id, iban)
);
comment on table coordonnees_bancaires is
  'Bank accounts of a structure (R-STR-BANQUE). An account is never deleted: it is deactivated, and can be activated again.';
comment on column coordonnees_bancaires.iban is
  'Without spaces, checked (ISO 13616). Screens, historique and mails show its country and its last four characters only.';
comment on column coordonnees_bancaires.bic is 'ISO 9362, 8 or 11 characters.';

create table mandats (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  mandataire_id uuid not null references structures (id),
  date_debut timestamptz not null,
  date_fin timestamptz,
  cree_le timestamptz not null default maintenant(),
  cree_par uuid references utilisateurs (id),
  termine_le timestamptz,
  termine_par uuid references utilisateurs (id),
  constraint mandats_dates check (date_fin >= date_debut),
  constraint mandats_deux_structures check (structure_id <> mandataire_id),
  constraint mandats_termine check (termine_le is null or date_fin is not null),
  constraint mandats_sans_chevauchement exclude using gist
    (structure_id with =, mandataire_id with =, tstzrange(date_debut, date_fin) with &&)
);
comment on table mandats is 'Mandats de facturation: mandataire_id issues the invoices of structure_id (R-STR-MANDAT).';
comment on column mandats.date_debut is 'First instant of the first day, in Paris.';
comment on column mandats.date_fin is
  'First instant after the last day, in Paris (decisions 8). Equal to date_debut: ended before its first day, it never took effect.';
comment on column mandats.termine_le is 'When a gestionnaire ended it before its time, or gave an end to one that had none.';
create index mandats_structure on mandats (structure_id, date_debut desc);
create index mandats_mandataire on mandats (mandataire_id, date_debut desc);
