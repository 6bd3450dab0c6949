-- What every other migration stands on: extensions, the clock, identifiers, search keys.
-- Decisions 3, 7 and 8.

create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- One row. Tests move it to travel in time; it stays at zero elsewhere.
create table horloge (
  unique_ligne boolean primary key default true check (unique_ligne),
  decalage interval not null default interval '0'
);
insert into horloge default values;
comment on table horloge is 'The shift of maintenant(); zero outside tests (decisions 8).';

create function maintenant() returns timestamptz language sql stable parallel safe as
$$ select now() + (select decalage from horloge) $$;
comment on function maintenant() is 'The only clock: every deadline compares with it (decisions 8).';

-- Identifiers made by SQL (COPY loads, insert … select). Rust makes all the others.
create function uuid_v7() returns uuid language sql volatile parallel safe as
$$ select encode(
     set_bit(set_bit(
       overlay(uuid_send(gen_random_uuid())
         placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
         from 1 for 6),
       52, 1), 53, 1), 'hex')::uuid $$;

-- unaccent() is only stable: naming its dictionary makes it immutable, hence indexable.
create function sans_accents(texte text) returns text
  language sql immutable strict parallel safe as
$$ select public.unaccent('public.unaccent'::regdictionary, texte) $$;

create function cle_recherche(texte text) returns text
  language sql immutable strict parallel safe as
$$ select regexp_replace(lower(public.sans_accents(texte)), '[^a-z0-9]+', '', 'g') $$;
comment on function cle_recherche(text) is
  'Accents, case, spaces and punctuation ignored (R-COMPTE-RATTACHEMENTS, R-ANNUAIRE).';

-- French order without depending on the ICU data of the binaries: the key sorts under "C".
create function cle_tri(texte text) returns text
  language sql immutable strict parallel safe as
$$ select regexp_replace(lower(public.sans_accents(texte)), '[^a-z0-9]+', ' ', 'g') $$;

create function refuser_modification() returns trigger language plpgsql as $$
begin
  raise exception 'append-only: % sur % refusé', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;

-- Screens speak Paris time (spec §8.8); conversions are made here, where the time zones are.
create function temps(t timestamptz) returns text language sql stable strict parallel safe as
$$ select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
       || to_char(t at time zone 'Europe/Paris', ' DD/MM/YYYY HH24:MI') $$;
comment on function temps(timestamptz) is 'ISO instant, then the Paris day and hour: read by the Rust type Temps.';

create function debut_du_jour(jour date) returns timestamptz language sql stable strict parallel safe as
$$ select jour::timestamp at time zone 'Europe/Paris' $$;

create function aujourdhui() returns date language sql stable parallel safe as
$$ select (maintenant() at time zone 'Europe/Paris')::date $$;
create table structures (
  id uuid primary key,
  type_identifiant text not null check (type_identifiant in
    ('SIRET', 'UE_HORS_FRANCE', 'HORS_UE', 'RIDET', 'TAHITI', 'AUTRE', 'PARTICULIER')),
  identifiant text not null check (length(identifiant) between 1 and 80),
  raison_sociale text not null check (length(raison_sociale) between 1 and 255),
  cle_recherche text not null generated always as (cle_recherche(raison_sociale)) stored,
  cle_tri text not null generated always as (cle_tri(raison_sociale)) stored,
  publique boolean not null,
  categorie text check (categorie in ('collectivite_locale', 'autre_entite_publique')),
  statut text not null default 'active' check (statut in ('active', 'inactive')),
  passe_par_pigp boolean not null default false,
  emetteur_edi boolean not null default false,
  recepteur_edi boolean not null default false,
  gestion_statut_mise_en_paiement boolean not null default false,
  gestion_engagement boolean not null default false,
  gestion_service boolean not null default false,
  gestion_service_engagement boolean not null default false,
  est_moa boolean not null default false,
  est_moa_uniquement boolean not null default false,
  adresse text,
  complement_adresse_1 text,
  complement_adresse_2 text,
  code_postal text,
  ville text,
  telephone text,
  courriel text,
  code_pays text not null default 'FR',
  libelle_pays text not null default 'FRANCE',
  importe jsonb,
  creee_le timestamptz not null default maintenant(),
  modifiee_le timestamptz,
  gp_id uuid,
  gp_role text not null generated always as ('gp') stored,
  gp_statut text not null generated always as ('validee') stored,
  a_gp boolean not null generated always as (gp_id is not null) stored,
  constraint structures_identifiant unique (type_identifiant, identifiant),
  constraint structures_a_gp_cle unique (id, a_gp),
  constraint structures_pigp_publique check (publique or not passe_par_pigp)
);
comment on table structures is 'An organisation (spec §1). gp_id is the rattachement of its gestionnaire principal (decisions 3).';
comment on column structures.importe is 'What the last import brought: a value edited here since is kept (spec §13).';
create index structures_recherche on structures using gin (cle_recherche gin_trgm_ops);
create index structures_identifiant_seul on structures (identifiant text_pattern_ops);
create index structures_code_postal on structures (code_postal, cle_tri, id) where publique and statut = 'active';
create index structures_ville on structures using gin (cle_recherche(ville) gin_trgm_ops);
create index structures_annuaire on structures (cle_tri, id) where publique and statut = 'active';

create table services (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  code text not null check (length(code) between 1 and 100),
  libelle text not null check (length(libelle) between 1 and 255),
  cle_tri text not null generated always as (cle_tri(libelle)) stored,
  description text,
  engagement_obligatoire boolean not null default false,
  actif boolean not null default true,
  date_debut timestamptz not null,
  date_fin timestamptz check (date_fin > date_debut),
  cree_le timestamptz not null default maintenant(),
  constraint services_code unique (structure_id, code),
  constraint services_cle unique (structure_id, id)
);
comment on table services is 'A sub-unit of a structure (spec §1): active by hand and inside its dates.';

