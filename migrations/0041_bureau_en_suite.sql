-- The two lists of the desk go on from a line, not from a number (decisions 19: keyset on global lists): no line is out of reach, a page
-- far on reads what the first one reads, and what colleagues resolve meanwhile shifts nothing under the one who reads. They are
-- counted to 1 000, as the cards above them.

-- One body for what is counted and what is listed. p_mots, p_reference: null, or the search; p_emetteurs: the people whom it names.
create function recherche_du_support(p_rang smallint, p_agent uuid, p_categorie text, p_mots text, p_emetteurs uuid[], p_reference text)
returns setof sollicitations
language sql stable as $$
  select s.*
  from file_du_support(p_rang, p_agent, p_categorie) s
  where (p_mots is null or s.cle like '%' || cle_recherche(p_mots) || '%' or s.emetteur_id = any (p_emetteurs))
    and (p_reference is null or s.reference = p_reference)
$$;
comment on function recherche_du_support(smallint, uuid, text, text, uuid[], text) is
  'The queue of the support that answers a search; one null argument more, one filter less.';

-- A search that finds up to 1 000 gathers them, then sorts; otherwise lines are read in the order of an index until there are enough.
create function suite_du_support(p_rang smallint, p_agent uuid, p_categorie text, p_mots text, p_emetteurs uuid[], p_reference text,
                                 p_tri text, p_descend boolean, p_depuis_rang smallint, p_depuis_le timestamptz, p_depuis_id uuid,
                                 p_limite bigint)
returns table (total bigint, rang bigint, id uuid)
language plpgsql stable rows 26 set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  -- Of one state, both orders are one: said so, its index is entered where the page begins.
  par_date boolean := p_tri = 'date' or p_rang is not null;
  nombre bigint;
  trouvees uuid[];
  ids uuid[];
begin
  if p_mots is null and p_reference is null then
    select count(*) into nombre from (select from file_du_support(p_rang, p_agent, p_categorie) limit 1001) s;
  else
    trouvees := array(
      select s.id from recherche_du_support(p_rang, p_agent, p_categorie, p_mots, p_emetteurs, p_reference) s limit 1001);
    nombre := cardinality(trouvees);
  end if;
  if trouvees is not null and nombre <= 1000 then
    ids := array(
      select t.id
      from (select s.id, case when par_date then p_depuis_rang else s.rang end as rang, s.creee_le
            from sollicitations s where s.id = any (trouvees) offset 0) t
      where p_depuis_id is null
         or case when p_descend then (t.rang, t.creee_le, t.id) < (p_depuis_rang, p_depuis_le, p_depuis_id)
                 else (t.rang, t.creee_le, t.id) > (p_depuis_rang, p_depuis_le, p_depuis_id) end
      order by case when not p_descend then t.rang end, case when not p_descend then t.creee_le end,
               case when not p_descend then t.id end, t.rang desc, t.creee_le desc, t.id desc
      limit p_limite);
  elsif par_date and p_descend then
    ids := array(
      select s.id from recherche_du_support(p_rang, p_agent, p_categorie, p_mots, p_emetteurs, null) s
      where p_depuis_id is null or (s.creee_le, s.id) < (p_depuis_le, p_depuis_id)
      order by s.creee_le desc, s.id desc limit p_limite);
  elsif par_date then
    ids := array(
      select s.id from recherche_du_support(p_rang, p_agent, p_categorie, p_mots, p_emetteurs, null) s
      where p_depuis_id is null or (s.creee_le, s.id) > (p_depuis_le, p_depuis_id)
      order by s.creee_le, s.id limit p_limite);
  elsif p_descend then
    ids := array(
      select s.id from recherche_du_support(p_rang, p_agent, p_categorie, p_mots, p_emetteurs, null) s
      where p_depuis_id is null or (s.rang, s.creee_le, s.id) < (p_depuis_rang, p_depuis_le, p_depuis_id)
      order by s.rang desc, s.creee_le desc, s.id desc limit p_limite);
  else
    ids := array(
      select s.id from recherche_du_support(p_rang, p_agent, p_categorie, p_mots, p_emetteurs, null) s
      where p_depuis_id is null or (s.rang, s.creee_le, s.id) > (p_depuis_rang, p_depuis_le, p_depuis_id)
      order by s.rang, s.creee_le, s.id limit p_limite);
  end if;
  return query select nombre, r.rang, r.id from unnest(ids) with ordinality r (id, rang);
end
$$;
comment on function suite_du_support(smallint, uuid, text, text, uuid[], text, text, boolean, smallint, timestamptz, uuid, bigint) is
  'p_limite sollicitations that follow the place p_depuis_* (null: from the first) in the order p_tri, « date » or « statut », in the direction p_descend. total: how many answer the search, counted to 1 001.';

-- « Demandes sans réponse », likewise. The order of the structures sorts the oldest 10 001. Its plans are kept: « who can decide » is
-- longer to plan than to run, so a place that is not given is one before or after them all.
create function suite_sans_reponse(p_tri text, p_descend boolean, p_depuis_cle text, p_depuis_le timestamptz, p_depuis_id uuid,
                                   p_limite bigint)
returns table (total bigint, rang bigint, id uuid, structure_id uuid, utilisateur_id uuid, creee_le timestamptz, sans_decideur boolean)
language plpgsql stable rows 26 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  le timestamptz := coalesce(p_depuis_le, case when p_descend then 'infinity' else '-infinity' end::timestamptz);
  place uuid := coalesce(p_depuis_id, '00000000-0000-0000-0000-000000000000');
  nombre bigint;
  ids uuid[];
begin
  select count(*) into nombre from (select from demandes_sans_reponse limit 1001) d;
  if p_tri = 'structure' then
    ids := array(
      select d.id
      from (select d.id, d.creee_le, (select s.cle_tri from structures s where s.id = d.structure_id) as cle
            from demandes_sans_reponse d order by d.creee_le, d.id limit 10001) d
      where p_depuis_id is null
         or case when p_descend then (d.cle, d.creee_le, d.id) < (p_depuis_cle, le, place)
                 else (d.cle, d.creee_le, d.id) > (p_depuis_cle, le, place) end
      order by case when not p_descend then d.cle end, case when not p_descend then d.creee_le end,
               case when not p_descend then d.id end, d.cle desc, d.creee_le desc, d.id desc
      limit p_limite);
  elsif p_descend then
    ids := array(
      select d.id from demandes_sans_reponse d where (d.creee_le, d.id) < (le, place)
      order by d.creee_le desc, d.id desc limit p_limite);
  else
    ids := array(
      select d.id from demandes_sans_reponse d where (d.creee_le, d.id) > (le, place)
      order by d.creee_le, d.id limit p_limite);
  end if;
  return query
  select nombre, p.rang, d.id, d.structure_id, d.utilisateur_id, d.creee_le,
         (select true from decideurs x where x.demande_id = d.id limit 1) is null
  from unnest(ids) with ordinality p (id, rang) join demandes_rattachement d on d.id = p.id
  order by p.rang;
end
$$;
comment on function suite_sans_reponse(text, boolean, text, timestamptz, uuid, bigint) is
  'p_limite requests that nobody answers, after the place p_depuis_* (null: from the first) in the order p_tri, « date » or « structure », in the direction p_descend. total: how many there are, counted to 1 001.';
comment on function page_sans_reponse(text, bigint, bigint) is
  'What suite_sans_reponse replaces: called only by the version before, which may run beside this one.';
