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
$$ select to_char(t at time zone 'Europe/Paris', 'YYYY-MM-DD"T"HH24:MI:SS')
       || to_char((t at time zone 'Europe/Paris') - (t at time zone 'UTC'), '"+"HH24:MI') $$;
comment on function temps(timestamptz) is 'The instant in Paris with its offset: read by the Rust type Temps.';

create function debut_du_jour(jour date) returns timestamptz language sql stable strict parallel safe as
$$ select jour::timestamp at time zone 'Europe/Paris' $$;

create function aujourdhui() returns date language sql stable parallel safe as
$$ select (maintenant() at time zone 'Europe/Paris')::date $$;
