-- Three reads that walked a whole table or a whole structure (docs/PERFORMANCE.md).

create index rattachements_quittes on rattachements (utilisateur_id, structure_id) where statut = 'supprimee';
comment on index rattachements_quittes is 'Where somebody was attached and no longer is (R-GEST-CARTE, « Départs précédents »).';

create index structures_par_pigp on structures (id) where passe_par_pigp and not a_gp;
comment on index structures_par_pigp is 'The structures whose first gestionnaire principal a référent names (R-STR-SANS-GP): few, whatever the directory.';

-- The directory by words (R-ANNUAIRE): what begins with what was typed comes first, then what holds its words elsewhere, each in
-- the order of names. A common word (« commune ») had a fifth of the names read before its first line; its own names are one
-- piece of the index.

create function debut_annuaire(mots text[]) returns text language sql immutable parallel safe as
$$ select case when bool_and(c.cle <> '') then string_agg(c.cle, ' ' order by c.n) end
   from (select public.cle_recherche(m.mot) as cle, m.n from unnest(mots) with ordinality m (mot, n)) c $$;
comment on function debut_annuaire(text[]) is
  'The words as a sort key begins with them; null without a word, or when one has no letter. What begins so holds every word.';

create function annuaire_total(p_mots text[], p_tout text, p_numero text, p_identifiant text, p_code_postal text)
returns bigint language plpgsql stable set plan_cache_mode = force_custom_plan as $$
declare
  debut text := case when p_identifiant is null then debut_annuaire(p_mots) end;
  total bigint;
begin
  -- Most often enough to know that there are too many to be counted, and ten times faster than to find them all.
  select count(*) into total
  from (select from chercher_structures_publiques('{}', null, null, null, p_code_postal) s
        where s.statut = 'active' and s.cle_tri >= debut and s.cle_tri < debut || '~' limit 10001) t;
  if total < 10001 then
    select count(*) into total
    from (select from chercher_structures_publiques(p_mots, p_tout, p_numero, p_identifiant, p_code_postal) s
          where s.statut = 'active' limit 10001) t;
  end if;
  return total;
end
$$;
comment on function annuaire_total(text[], text, text, text, text) is 'What a search of the directory finds, counted up to 10 001.';

-- Both ways of reading, forwards and backwards. p_rare: fewer than 10 001 lines match, that are gathered and sorted; else they are
-- read in order until p_limite. Left alone, the planner may walk the whole directory for a few lines that all stand at its end.
create function annuaire_apres(p_mots text[], p_tout text, p_numero text, p_identifiant text, p_code_postal text,
                               p_rare boolean, p_cle text, p_id uuid, p_limite bigint)
returns table (id uuid, cle_tri text)
language plpgsql stable rows 50 set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  debut text := case when p_identifiant is null then debut_annuaire(p_mots) end;
  fin text := debut || '~';
  -- Nothing begins with nothing: then all of it is « the others ».
  cle_devant boolean := coalesce(p_cle >= debut and p_cle < fin, false);
  lues bigint := 0;
begin
  if p_rare then
    return query
    select t.id, t.cle_tri
    from (select s.id, s.cle_tri, coalesce(s.cle_tri >= debut and s.cle_tri < fin, false) as devant
          from chercher_structures_publiques(p_mots, p_tout, p_numero, p_identifiant, p_code_postal) s
          where s.statut = 'active' limit 10001) t
    where p_cle is null or (not t.devant, t.cle_tri, t.id) > (not cle_devant, p_cle, p_id)
    order by not t.devant, t.cle_tri, t.id limit p_limite;
    return;
  end if;
  if debut is not null and (p_cle is null or cle_devant) then
    return query
    select s.id, s.cle_tri from chercher_structures_publiques('{}', null, null, null, p_code_postal) s
    where s.statut = 'active' and s.cle_tri >= debut and s.cle_tri < fin
      and (p_cle is null or (s.cle_tri, s.id) > (p_cle, p_id))
    order by s.cle_tri, s.id limit p_limite;
    get diagnostics lues = row_count;
    if lues = p_limite then
      return;
    end if;
    p_cle := null;
  end if;
  return query
  select s.id, s.cle_tri from chercher_structures_publiques(p_mots, p_tout, p_numero, p_identifiant, p_code_postal) s
  where s.statut = 'active' and (debut is null or s.cle_tri < debut or s.cle_tri >= fin)
    and (p_cle is null or (s.cle_tri, s.id) > (p_cle, p_id))
  order by s.cle_tri, s.id limit p_limite - lues;
end
$$;
comment on function annuaire_apres(text[], text, text, text, text, boolean, text, uuid, bigint) is
  'The lines of the directory that follow the line (p_cle, p_id), or the first ones (null), p_limite at most.';

create function annuaire_avant(p_mots text[], p_tout text, p_numero text, p_identifiant text, p_code_postal text,
                               p_rare boolean, p_cle text, p_id uuid, p_limite bigint)
returns table (id uuid, cle_tri text)
language plpgsql stable rows 50 set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  debut text := case when p_identifiant is null then debut_annuaire(p_mots) end;
  fin text := debut || '~';
  cle_devant boolean := coalesce(p_cle >= debut and p_cle < fin, false);
  lues bigint := 0;
begin
  if p_rare then
    return query
    select t.id, t.cle_tri
    from (select s.id, s.cle_tri, coalesce(s.cle_tri >= debut and s.cle_tri < fin, false) as devant
          from chercher_structures_publiques(p_mots, p_tout, p_numero, p_identifiant, p_code_postal) s
          where s.statut = 'active' limit 10001) t
    where (not t.devant, t.cle_tri, t.id) < (not cle_devant, p_cle, p_id)
    order by not t.devant desc, t.cle_tri desc, t.id desc limit p_limite;
    return;
  end if;
  if not cle_devant then
    return query
    select s.id, s.cle_tri from chercher_structures_publiques(p_mots, p_tout, p_numero, p_identifiant, p_code_postal) s
    where s.statut = 'active' and (debut is null or s.cle_tri < debut or s.cle_tri >= fin) and (s.cle_tri, s.id) < (p_cle, p_id)
    order by s.cle_tri desc, s.id desc limit p_limite;
    get diagnostics lues = row_count;
    if lues = p_limite or debut is null then
      return;
    end if;
    p_cle := fin;
  end if;
  return query
  select s.id, s.cle_tri from chercher_structures_publiques('{}', null, null, null, p_code_postal) s
  where s.statut = 'active' and s.cle_tri >= debut and s.cle_tri < fin and (s.cle_tri, s.id) < (p_cle, p_id)
  order by s.cle_tri desc, s.id desc limit p_limite - lues;
end
$$;
comment on function annuaire_avant(text[], text, text, text, text, boolean, text, uuid, bigint) is
  'The lines of the directory that come before the line (p_cle, p_id), the nearest first, p_limite at most.';
