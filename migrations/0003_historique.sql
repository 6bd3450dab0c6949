-- The historique: append-only, one hash chain per structure, personal data beside it (decisions 6, security.md §3.4).

create table historique_tetes (
  chaine uuid primary key,
  numero bigint not null,
  empreinte bytea not null,
  maj_le timestamptz not null default maintenant()
);
comment on table historique_tetes is
  'Head of each chain, locked by the writer. chaine = structure, or the nil uuid for the acts of the instance (imports).';

create table historique (
  id uuid primary key,
  chaine uuid not null,
  structure_id uuid references structures (id),
  numero bigint not null,
  action text not null,
  acteur_genre text not null check (acteur_genre in ('utilisateur', 'equipe', 'systeme')),
  acteur_id uuid,
  concerne_id uuid,
  demande_id uuid,
  survenu_le timestamptz not null,
  engagement bytea not null,
  precedente bytea not null,
  cle_version integer not null,
  empreinte bytea not null,
  constraint historique_suite unique (chaine, numero)
);
comment on table historique is 'One line per act. engagement = SHA-256(sel ‖ donnees): the chain stays true after an erasure.';
create index historique_structure on historique (structure_id, survenu_le desc, id desc);
create index historique_concerne on historique (concerne_id, survenu_le desc) where concerne_id is not null;
create trigger historique_fige before update or delete on historique
  for each row execute function refuser_modification();
create trigger historique_plein before truncate on historique
  for each statement execute function refuser_modification();

create table historique_donnees (
  historique_id uuid primary key references historique (id),
  sel bytea,
  donnees text
);
comment on table historique_donnees is 'Salt and data (JSON text, as committed) of a line; blanked by an erasure, never otherwise changed.';
create function historique_donnees_effacement() returns trigger language plpgsql as $$
begin
  if new.historique_id <> old.historique_id or new.sel is not null or new.donnees is not null then
    raise exception 'append-only: seul un effacement est permis' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger historique_donnees_effacement before update on historique_donnees
  for each row execute function historique_donnees_effacement();
create trigger historique_donnees_figees before delete on historique_donnees
  for each row execute function refuser_modification();
create trigger historique_donnees_pleines before truncate on historique_donnees
  for each statement execute function refuser_modification();
