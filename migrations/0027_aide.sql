-- R-AIDE, « Posez-moi vos questions », actualités (spec §4, §13 « Header and domains », R-ADM).

-- French words, accents ignored: « rattachement », « rattaché » and « rattache » are one. Named in full wherever an index or
-- a stored column depends on it.
create text search configuration aide_fr (copy = pg_catalog.french);
alter text search configuration aide_fr
  alter mapping for hword, hword_part, word with public.unaccent, pg_catalog.french_stem;

create table articles_aide (
  id uuid primary key,
  slug text not null constraint articles_aide_slug unique
    check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
  theme text not null
    check (theme in ('demarrer', 'compte', 'rattachements', 'espaces', 'gestion', 'structures', 'support')),
  rang integer not null default 1000,
  titre text not null check (length(titre) between 1 and 150),
  resume text not null check (length(resume) between 1 and 300),
  corps text not null check (length(corps) between 1 and 20000),
  texte text not null,
  mots_cles text not null default '' check (length(mots_cles) <= 500),
  sources text[] not null default '{}',
  ecrans text[] not null default '{}',
  audience text not null check (audience in ('visiteur', 'connecte', 'gestionnaire', 'support')),
  statut text not null check (statut in ('brouillon', 'publie', 'retire')),
  livraison text,
  version integer not null default 1,
  cree_le timestamptz not null default maintenant(),
  modifie_le timestamptz not null default maintenant(),
  modifie_par uuid references utilisateurs (id),
  constraint articles_aide_retire check (statut <> 'retire' or livraison is not null),
  recherche tsvector not null generated always as (
    setweight(to_tsvector('public.aide_fr', titre), 'A') || setweight(to_tsvector('public.aide_fr', mots_cles), 'B')
    || setweight(to_tsvector('public.aide_fr', resume), 'C') || setweight(to_tsvector('public.aide_fr', texte), 'D')) stored
);
comment on table articles_aide is
  'Aide en ligne: one article answers one question (R-AIDE). Shipped with the application, then the administrateur''s to change.';
comment on column articles_aide.slug is 'Its address: /aide/{slug}. Never changes.';
comment on column articles_aide.rang is 'Place in its theme.';
comment on column articles_aide.corps is 'Markdown, as written; rendered by web::markdown, which lets no HTML through.';
comment on column articles_aide.texte is 'The same without its marks: what is searched and quoted.';
comment on column articles_aide.mots_cles is 'Other words for the same thing, as people ask: found, never shown.';
comment on column articles_aide.sources is 'The sections of the guides that it answers: « 001 §2 ».';
comment on column articles_aide.ecrans is 'The screens whose « Aide en ligne » leads here, as the route table spells them.';
comment on column articles_aide.audience is
  'Who it is for, each including the ones before: anybody, a signed-in person, a gestionnaire, the staff.';
comment on column articles_aide.statut is '« retire »: a shipped article that an administrateur deleted, so that it is not delivered again.';
comment on column articles_aide.livraison is 'Digest of the shipped text last delivered; null for an article written here.';
comment on column articles_aide.version is
  'Grows with each change of the text: who writes on an older one is told, and overwrites nothing.';
comment on column articles_aide.modifie_par is 'The administrateur who last changed it: a delivery leaves it alone from then on.';
create index articles_aide_recherche on articles_aide using gin (recherche);
create index articles_aide_ecrans on articles_aide using gin (ecrans);

create table aide_vocabulaire (
  mot text primary key,
  lexeme text not null
);
comment on table aide_vocabulaire is
  'Every word of the published articles, without accents, and its root: a word that is none of them is read as the nearest one.';
create index aide_vocabulaire_lexeme on aide_vocabulaire (lexeme);
create index aide_vocabulaire_proches on aide_vocabulaire using gin (mot gin_trgm_ops);

-- Rebuilt by whatever writes an article; two writers at once wait for each other.
create function refaire_le_vocabulaire_de_l_aide() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('aide_vocabulaire'));
  delete from aide_vocabulaire;
  insert into aide_vocabulaire (mot, lexeme)
  select m.mot, (ts_lexize('pg_catalog.french_stem', m.mot))[1]
  from (select distinct x.mot
        from articles_aide a
        cross join lateral regexp_split_to_table(
          lower(sans_accents(a.titre || ' ' || a.mots_cles || ' ' || a.resume || ' ' || a.texte)), '[^a-z0-9]+') as x (mot)
        where a.statut = 'publie' and length(x.mot) between 2 and 40) m
  where cardinality(ts_lexize('pg_catalog.french_stem', m.mot)) > 0;
  return null;
end $$;
create trigger articles_aide_vocabulaire after insert or update or delete on articles_aide
  for each statement execute function refaire_le_vocabulaire_de_l_aide();

create table actualites (
  id uuid primary key,
  titre text not null check (length(titre) between 1 and 150),
  corps text not null check (length(corps) between 1 and 5000),
  texte text not null,
  audience text not null check (audience in ('visiteur', 'connecte', 'gestionnaire', 'support')),
  importance text not null default 'normale' check (importance in ('normale', 'haute')),
  publiee_le timestamptz,
  fin_le timestamptz,
  version integer not null default 1,
  creee_le timestamptz not null default maintenant(),
  creee_par uuid references utilisateurs (id),
  modifiee_le timestamptz not null default maintenant(),
  modifiee_par uuid references utilisateurs (id)
);
comment on table actualites is 'What the administrateur tells everybody, on the accueil connecté (spec §4).';
comment on column actualites.corps is 'Markdown, as written.';
comment on column actualites.texte is 'The same without its marks, for the short form on the accueil.';
comment on column actualites.publiee_le is 'From this instant on; null is a draft.';
comment on column actualites.fin_le is 'End of its last day, in Paris; null has no end.';
comment on column actualites.version is 'As for articles_aide.';
create index actualites_publiees on actualites (publiee_le desc) where publiee_le is not null;

create function rang_audience(audience text) returns integer language sql immutable strict parallel safe as
$$ select array_position(array['visiteur', 'connecte', 'gestionnaire', 'support'], audience) $$;
comment on function rang_audience(text) is 'What is for an audience is for those of a higher rank too.';

create view actualites_en_cours as
select id, titre, corps, texte, audience, importance, publiee_le, fin_le
from actualites
where publiee_le <= maintenant() and (fin_le is null or fin_le > maintenant());
comment on view actualites_en_cours is 'The actualités that are shown now, to whom their audience says.';
