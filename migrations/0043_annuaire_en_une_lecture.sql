-- The directory by words (R-ANNUAIRE): what is found is gathered once, for its count and for the page. « commune beaulieu », 9 333
-- names of a million, was gathered twice. annuaire_total stays for the CSV, annuaire_apres and annuaire_avant read in order what is
-- too long to be gathered.

create function annuaire_page(p_mots text[], p_tout text, p_numero text, p_identifiant text, p_code_postal text,
                              p_recule boolean, p_cle text, p_id uuid, p_limite bigint)
returns table (total bigint, rang bigint, id uuid)
language plpgsql stable rows 50 set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  debut text := case when p_identifiant is null then debut_annuaire(p_mots) end;
  fin text := debut || '~';
  cle_devant boolean := coalesce(p_cle >= debut and p_cle < fin, false);
  nombre bigint;
  ids uuid[];
begin
  -- All of it, or what begins with the words: one piece of the index says at once that there is too much to be gathered.
  select count(*) into nombre
  from (select from chercher_structures_publiques('{}', null, null, null, p_code_postal) s
        where s.statut = 'active'
          and (cardinality(p_mots) = 0 and p_identifiant is null or s.cle_tri >= debut and s.cle_tri < fin) limit 10001) t;
  if nombre < 10001 then
    with trouvees as materialized (
      select s.id, s.cle_tri, coalesce(s.cle_tri >= debut and s.cle_tri < fin, false) as devant
      from chercher_structures_publiques(p_mots, p_tout, p_numero, p_identifiant, p_code_postal) s
      where s.statut = 'active' limit 10001),
    compte as materialized (
      select count(*) as nombre from trouvees)
    select c.nombre,
           array(select t.id from trouvees t
                 where c.nombre < 10001
                   and (p_cle is null
                        or case when p_recule then (not t.devant, t.cle_tri, t.id) < (not cle_devant, p_cle, p_id)
                                else (not t.devant, t.cle_tri, t.id) > (not cle_devant, p_cle, p_id) end)
                 order by case when not p_recule then not t.devant end, case when not p_recule then t.cle_tri end,
                          case when not p_recule then t.id end, not t.devant desc, t.cle_tri desc, t.id desc
                 limit p_limite)
    into nombre, ids
    from compte c;
  end if;
  if nombre > 10000 and p_recule then
    ids := array(
      select l.id from annuaire_avant(p_mots, p_tout, p_numero, p_identifiant, p_code_postal, false, p_cle, p_id, p_limite) l);
  elsif nombre > 10000 then
    ids := array(
      select l.id from annuaire_apres(p_mots, p_tout, p_numero, p_identifiant, p_code_postal, false, p_cle, p_id, p_limite) l);
  end if;
  return query select nombre, r.rang, r.id from unnest(ids) with ordinality r (id, rang);
end
$$;
comment on function annuaire_page(text[], text, text, text, text, boolean, text, uuid, bigint) is
  'p_limite lines of the directory after the line (p_cle, p_id), or from the first (null), or before it, the nearest first (p_recule); total: how many the search finds, counted to 10 001.';
