-- The CSV of users to attach waits between its dry run and its application (R-GEST-IMPORT).

create table fichiers_deposes (
  id uuid primary key,
  utilisateur_id uuid not null references utilisateurs (id) on delete cascade,
  structure_id uuid not null references structures (id),
  genre text not null check (genre in ('rattachements')),
  nom text not null check (length(nom) between 1 and 120),
  contenu text check (octet_length(contenu) <= 800000),
  plan jsonb not null,
  depose_le timestamptz not null default maintenant(),
  applique_le timestamptz,
  constraint fichiers_deposes_contenu check ((contenu is null) = (applique_le is not null))
);
comment on table fichiers_deposes is
  'A CSV between its dry run and its application: its owner alone reads it, it is erased after one day.';
comment on column fichiers_deposes.genre is 'What its lines do.';
comment on column fichiers_deposes.contenu is
  'The lines, decoded: 256 KiB of another alphabet may become three times as much in UTF-8. Erased once applied.';
comment on column fichiers_deposes.plan is
  'What was shown: one result per line. The application computes it again under the locks, and refuses when it differs.';
create index fichiers_deposes_age on fichiers_deposes (depose_le);
create index fichiers_deposes_proprietaire on fichiers_deposes (utilisateur_id);
