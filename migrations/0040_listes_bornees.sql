-- What a list reads has an end whatever the world (docs/PERFORMANCE.md).

-- Block D searched, or in another order than the newest first (R-GEST-HISTORIQUE): the newest 10 001 lines of the filter are read,
-- once, for the names they hold and for themselves (decisions 19). The page is taken here: ten thousand lines handed to the caller
-- cost more than they did to read. Without a line the one row says what was read.
create function page_historique(p_lecteur uuid, p_recherche text, p_action text, p_du date, p_au date,
                                p_tri text, p_par bigint, p_page bigint)
returns table (lues bigint, total bigint, rang bigint, id uuid)
language plpgsql stable rows 25 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  cle text := cle_recherche(p_recherche);
  motif text := '%' || nullif(cle, '') || '%';
  numero text := replace(p_recherche, ' ', '');
  debut timestamptz := debut_du_jour(p_du);
  fin timestamptz := debut_du_jour(p_au + 1);
begin
  return query
  with lecteur as materialized (
    select r.structure_id, r.maille_structure from rattachements_effectifs r
    where r.utilisateur_id = p_lecteur and r.capacites <> '{}'),
  recentes as materialized (
    select l.* from (
      select x.* from lecteur g cross join lateral (
        select h.id, h.survenu_le, h.structure_id, h.concerne_id, h.acteur_id from historique h
        where h.structure_id = g.structure_id
          and (p_action is null or h.action = p_action)
          and (debut is null or h.survenu_le >= debut) and (fin is null or h.survenu_le < fin)
        order by h.survenu_le desc, h.id desc limit 10001) x
      where g.maille_structure
      union all
      select h.id, h.survenu_le, h.structure_id, h.concerne_id, h.acteur_id
      from historique_visible h
      where h.lecteur_id = p_lecteur
        and h.structure_id = any (array(select g.structure_id from lecteur g where not g.maille_structure))
        and (p_action is null or h.action = p_action)
        and (debut is null or h.survenu_le >= debut) and (fin is null or h.survenu_le < fin)) l
    order by l.survenu_le desc, l.id desc limit 10001),
  structures_nommees as materialized (
    select s.id from lecteur g join structures s on s.id = g.structure_id
    where s.identifiant = numero or s.cle_recherche like motif),
  paires as materialized (
    select distinct l.concerne_id, l.acteur_id from recentes l),
  personnes_nommees as materialized (
    select u.id from utilisateurs u
    where u.id in (select p.concerne_id from paires p union select p.acteur_id from paires p)
      and repond_au_nom(u.cle_recherche, cle)),
  jugees as materialized (
    select l.id, l.survenu_le, l.structure_id, l.concerne_id,
           p_recherche = ''
           or l.structure_id in (select n.id from structures_nommees n)
           or l.concerne_id in (select n.id from personnes_nommees n)
           or l.acteur_id in (select n.id from personnes_nommees n) as trouvee
    from recentes l),
  compte as materialized (
    select count(*) as lues, count(*) filter (where j.trouvee) as total from jugees j)
  select c.lues, c.total, p.rang, p.id
  from compte c left join (
    select t.id, row_number() over () as rang from (
      select t.id from jugees t where t.trouvee
      order by
        -- Names are read one by one, and only for the sort that asks: the kept plan would join them all.
        case p_tri when 'demandeur-asc' then (select u.cle_tri from utilisateurs u where u.id = t.concerne_id)
                   when 'structure-asc' then (select s.cle_tri from structures s where s.id = t.structure_id) end asc nulls last,
        case p_tri when 'demandeur-desc' then (select u.cle_tri from utilisateurs u where u.id = t.concerne_id)
                   when 'structure-desc' then (select s.cle_tri from structures s where s.id = t.structure_id) end desc nulls last,
        case when p_tri = 'date-asc' then t.survenu_le end asc,
        t.survenu_le desc, t.id desc
      limit p_par offset (select least(p_page - 1, greatest(c.total - 1, 0) / p_par) * p_par from compte c)) t) p on true
  order by p.rang;
end
$$;
comment on function page_historique(uuid, text, text, date, date, text, bigint, bigint) is
  'p_par lines of the page p_page, or of the last one, in the order p_tri, of the historique that p_lecteur sees and p_recherche names by a structure or a person; p_action, p_du, p_au: null, or filters. lues: how many of the newest lines were looked at, 10 001 when there are more. A row without id: nothing.';

comment on function historique_filtre(uuid, text, text, date, date) is
  'What page_historique replaces: called only by the version before, which may run beside this one.';

-- « Demandes sans réponse » of the support, a page of it (R-SUP-FILE): counted, then read in order until the page is full. Ten
-- thousand were gathered and sorted for twenty-five. Another order than that of dates sorts the oldest 10 001 (decisions 19).
create or replace function page_sans_reponse(p_tri text, p_par bigint, p_page bigint)
returns table (total bigint, rang bigint, id uuid, structure_id uuid, utilisateur_id uuid, creee_le timestamptz, sans_decideur boolean)
language plpgsql stable rows 25 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  nombre bigint;
  debut bigint;
  ids uuid[];
begin
  select count(*) into nombre from (select from demandes_sans_reponse limit 10001) d;
  debut := least(p_page - 1, greatest(nombre - 1, 0) / p_par) * p_par;
  if p_tri = 'date-desc' then
    ids := array(select d.id from demandes_sans_reponse d order by d.creee_le desc, d.id desc limit p_par offset debut);
  elsif p_tri like 'structure-%' then
    ids := array(
      select d.id
      from (select d.id, d.creee_le, (select s.cle_tri from structures s where s.id = d.structure_id) as cle
            from demandes_sans_reponse d order by d.creee_le, d.id limit 10001) d
      order by case when p_tri = 'structure-asc' then d.cle end asc, case when p_tri = 'structure-desc' then d.cle end desc,
               d.creee_le, d.id
      limit p_par offset debut);
  else
    ids := array(select d.id from demandes_sans_reponse d order by d.creee_le, d.id limit p_par offset debut);
  end if;
  return query
  select nombre, p.rang, d.id, d.structure_id, d.utilisateur_id, d.creee_le,
         (select true from decideurs x where x.demande_id = d.id limit 1) is null
  from unnest(ids) with ordinality p (id, rang) join demandes_rattachement d on d.id = p.id
  order by p.rang;
end
$$;

create index demandes_rattachement_sans_reponse on demandes_rattachement (creee_le, id) include (rappel_jours)
  where statut = 'en_cours_de_validation' and signalee_le is not null;
comment on index demandes_rattachement_sans_reponse is 'Requests told to the support, from the oldest: counted without being read.';
drop index demandes_rattachement_signalees;

-- Blocks A (« rattachement ») and B (« abonnement ») of « Activités du gestionnaire », as demandes_a_decider of 0037 but for what is
-- read of people and structures: only what the search and the sort ask for. The names of a page are the caller's.
create function rangs_a_decider(p_genre text, p_decideur uuid, p_recherche text, p_tri text, p_apres uuid)
returns table (id uuid, structure_id uuid, utilisateur_id uuid, creee_le timestamptz, rang bigint)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  cle text := cle_recherche(p_recherche);
  numero text := replace(p_recherche, ' ', '');
  login text := lower(p_recherche);
begin
  return query
  select d.id, d.structure_id, d.utilisateur_id, d.creee_le,
         row_number() over (order by
           case p_tri when 'demandeur-asc' then (select u.cle_tri from utilisateurs u where u.id = d.utilisateur_id)
                      when 'identifiant-asc' then (select s.identifiant from structures s where s.id = d.structure_id)
                      when 'structure-asc' then (select s.cle_tri from structures s where s.id = d.structure_id) end asc,
           case p_tri when 'demandeur-desc' then (select u.cle_tri from utilisateurs u where u.id = d.utilisateur_id)
                      when 'identifiant-desc' then (select s.identifiant from structures s where s.id = d.structure_id)
                      when 'structure-desc' then (select s.cle_tri from structures s where s.id = d.structure_id) end desc,
           case when p_tri = 'date-desc' then d.creee_le end desc,
           d.creee_le, d.id)
  from (select r.id, r.structure_id, r.utilisateur_id, r.creee_le
        from decideurs dc join demandes_rattachement r on r.id = dc.demande_id
        where p_genre = 'rattachement' and dc.decideur_id = p_decideur
        union all
        select r.id, r.structure_id, r.utilisateur_id, r.creee_le
        from portees_demandes p join demandes_rattachement r on r.id = p.demande_id
        where p_genre = 'rattachement' and p.gestionnaire_id = p_decideur and r.id = p_apres
          and r.statut <> 'en_cours_de_validation'
        union all
        select a.id, a.structure_id, a.utilisateur_id, a.creee_le
        from decideurs_abonnements dc join demandes_abonnement a on a.id = dc.demande_id
        where p_genre = 'abonnement' and dc.decideur_id = p_decideur
        union all
        select a.id, a.structure_id, a.utilisateur_id, a.creee_le
        from portees_abonnements p join demandes_abonnement a on a.id = p.demande_id
        where p_genre = 'abonnement' and p.gestionnaire_id = p_decideur and a.id = p_apres
          and a.statut <> 'en_cours_de_validation') d
  where p_recherche = ''
     or (select s.identifiant = numero or (cle <> '' and s.cle_recherche like '%' || cle || '%')
         from structures s where s.id = d.structure_id)
     or (select u.adresse_connexion = login or (cle <> '' and repond_au_nom(u.cle_recherche, cle))
         from utilisateurs u where u.id = d.utilisateur_id);
end
$$;
comment on function rangs_a_decider(text, uuid, text, text, uuid) is
  'The open requests that p_decideur decides, in the order of the list (rang, from 1); p_apres: also that one, wherever it now stands in the order.';
comment on function demandes_a_decider(text, uuid, text, text, uuid) is
  'What rangs_a_decider replaces: called only by the version before, which may run beside this one.';

-- The account search (R-GEST-RATTACHER): names that begin with what was typed come first, as in the directory. A country has a
-- hundred thousand « Martin »: those of the name alone are one piece of this index, read until there are enough.
create index utilisateurs_par_nom on utilisateurs (cle_recherche(nom) collate "C", cle_recherche(prenom) collate "C", id)
  where statut in ('actif', 'en_cours_activation');
comment on index utilisateurs_par_nom is 'Accounts that can be attached, by name then first name; "C": the end of a piece is the next byte.';

create function comptes_cherches(p_nom text, p_prenom text, p_code_postal text, p_identifiant text, p_ville text, p_adresse text,
                                 p_pays text, p_limite bigint)
returns table (rang bigint, id uuid)
language plpgsql stable rows 50 set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  ids uuid[] := '{}';
begin
  if p_nom is not null and num_nonnulls(p_code_postal, p_identifiant, p_ville, p_adresse, p_pays) = 0 then
    ids := array(
      select u.id from utilisateurs u
      where u.statut in ('actif', 'en_cours_activation')
        and cle_recherche(u.nom) collate "C" >= p_nom and cle_recherche(u.nom) collate "C" < p_nom || '~'
        and (p_prenom is null
             or (cle_recherche(u.prenom) collate "C" >= p_prenom and cle_recherche(u.prenom) collate "C" < p_prenom || '~'))
      order by cle_recherche(u.nom) collate "C", cle_recherche(u.prenom) collate "C", u.id
      limit p_limite);
  end if;
  if cardinality(ids) < p_limite then
    -- Elsewhere in the name too. 2 000 of those who match are sorted, at most.
    ids := ids || array(
      select u.id
      from (select u.id, cle_recherche(u.nom) collate "C" as nom, cle_recherche(u.prenom) collate "C" as prenom
            from utilisateurs u
            where u.statut in ('actif', 'en_cours_activation') and u.id <> all (ids)
              and (p_nom is null or (u.cle_recherche like '%' || p_nom || '%' and cle_recherche(u.nom) like '%' || p_nom || '%'))
              and (p_prenom is null
                   or (u.cle_recherche like '%' || p_prenom || '%' and cle_recherche(u.prenom) like '%' || p_prenom || '%'))
              and (p_code_postal is null or replace(u.code_postal, ' ', '') like p_code_postal)
              and (p_identifiant is null or u.adresse_connexion like p_identifiant)
              and (p_ville is null or cle_recherche(u.ville) = p_ville)
              and (p_adresse is null or cle_recherche(u.adresse) like p_adresse)
              and (p_pays is null or cle_recherche(u.pays) = p_pays)
            limit 2000) u
      order by (u.nom like p_nom || '%') is not true, (u.prenom like p_prenom || '%') is not true, u.nom, u.prenom, u.id
      limit p_limite - cardinality(ids));
  end if;
  return query select r.rang, r.id from unnest(ids) with ordinality r (id, rang);
end
$$;
comment on function comptes_cherches(text, text, text, text, text, text, text, bigint) is
  'p_limite accounts, active or waiting for activation, that answer every criterion that is not null: keys for the names, the town and the country, patterns for the others. Whose names begin so come first, then by name.';

-- The structure to join (R-COMPTE-RATTACHEMENTS), in the order of the directory: its identifier, then the names that begin with what was
-- typed, then those that hold its words elsewhere, of which 2 000 are sorted at most.
create function structures_a_rejoindre(p_mots text[], p_tout text, p_numero text, p_identifiant text, p_code_postal text,
                                       p_exacts text[], p_limite bigint)
returns table (rang bigint, id uuid)
language plpgsql stable rows 50 set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  debut text := case when p_identifiant is null then debut_annuaire(p_mots) end;
  ids uuid[];
begin
  ids := array(
    select s.id from structures s
    where s.identifiant = any (p_exacts) and (p_code_postal is null or s.code_postal like p_code_postal || '%')
    order by s.cle_tri, s.id limit p_limite);
  if debut is not null then
    ids := ids || array(
      select s.id from chercher_structures_publiques('{}', null, null, null, p_code_postal) s
      where s.statut = 'active' and s.cle_tri >= debut and s.cle_tri < debut || '~' and s.id <> all (ids)
      order by s.cle_tri, s.id limit p_limite - cardinality(ids));
  end if;
  if cardinality(ids) < p_limite then
    ids := ids || array(
      select s.id
      from (select s.id, s.cle_tri
            from chercher_structures_publiques(p_mots, p_tout, p_numero, p_identifiant, p_code_postal) s
            where s.id <> all (ids) limit 2000) s
      order by s.cle_tri, s.id limit p_limite - cardinality(ids));
  end if;
  return query select r.rang, r.id from unnest(ids) with ordinality r (id, rang);
end
$$;
comment on function structures_a_rejoindre(text[], text, text, text, text, text[], bigint) is
  'p_limite structures that somebody may ask to join: public ones by any criterion, any one by its whole identifier (p_exacts).';
