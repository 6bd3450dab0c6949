-- A dump must restore. pg_dump knows what a function calls only when its body is parsed (`return …`, not a string): it wrote
-- tables whose generated columns call cle_tri, cle_recherche and cle_annuaire before sans_accents, which these call. Same
-- bodies, same results: nothing is rewritten.

create or replace function sans_accents(texte text) returns text
  language sql immutable strict parallel safe
  return public.unaccent('public.unaccent'::regdictionary, texte);

create or replace function cle_recherche(texte text) returns text
  language sql immutable strict parallel safe
  return regexp_replace(lower(public.sans_accents(texte)), '[^a-z0-9]+', '', 'g');

create or replace function cle_tri(texte text) returns text
  language sql immutable strict parallel safe
  return regexp_replace(lower(public.sans_accents(texte)), '[^a-z0-9]+', ' ', 'g');

create or replace function cle_annuaire(raison_sociale text, ville text) returns text
  language sql immutable parallel safe
  return ' ' || public.cle_tri(raison_sociale || ' ' || coalesce(ville, '')) || ' '
       || public.cle_recherche(raison_sociale || coalesce(ville, ''));
