-- What two desks show, said once.

create view sollicitations_en_ligne as
select s.id, s.reference, s.objet, s.categorie, s.sous_categorie, s.statut, s.creee_le,
       e.prenom || ' ' || e.nom as emetteur, a.prenom || ' ' || a.nom as agent
from sollicitations s
join utilisateurs e on e.id = s.emetteur_id
left join utilisateurs a on a.id = s.prise_en_charge_par;
comment on view sollicitations_en_ligne is
  'A sollicitation as a line of the queue of the support shows it, whichever way the lines were found. agent: who took it in charge, null if nobody.';

-- A référent whose proposal was refused reads it where he proposes again (R-STR-SANS-GP).
create index certificats_refuses on certificats (structure_id, tranche_le desc) where statut = 'refuse';
comment on index certificats_refuses is 'The last refusal of a certificat on a structure.';

-- The queue of the support, as in 0037: what is open is said once, by its rank, and read from one index. The state said again as
-- words cost half of a search.
create or replace function file_du_support(p_rang smallint, p_agent uuid, p_categorie text) returns setof sollicitations
language sql stable as $$
  select s.*
  from sollicitations s
  where s.destinataire = 'support'
    and case when p_rang is null then s.rang < 4 else s.rang = p_rang end
    and (p_agent is null or s.prise_en_charge_par = p_agent)
    and (p_categorie is null or s.categorie = p_categorie)
$$;
create index sollicitations_file_par_date on sollicitations (creee_le, id) where destinataire = 'support' and rang < 4;
comment on index sollicitations_file_par_date is 'The open queue of the support from its oldest.';
drop index sollicitations_file;

-- « Demandes sans réponse » of the support, a page of it (R-SUP-FILE). « Who can decide » is long to plan, longer than to run: as
-- in 0037 the connection keeps the plan, which no parameter changes.
create function page_sans_reponse(p_tri text, p_par bigint, p_page bigint)
returns table (total bigint, rang bigint, id uuid, structure_id uuid, utilisateur_id uuid, creee_le timestamptz, sans_decideur boolean)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with base as materialized (
    select d.id, d.structure_id, d.utilisateur_id, d.creee_le from demandes_sans_reponse d order by d.creee_le limit 10001),
  compte as materialized (
    select count(*) as total from base),
  -- Read one by one, and only for the sort that asks: the kept plan would join them all.
  triees as materialized (
    select b.*, case when p_tri like 'structure-%' then (select s.cle_tri from structures s where s.id = b.structure_id) end as cle
    from base b),
  page as materialized (
    select t.*, row_number() over (order by
             case when p_tri = 'structure-asc' then t.cle end asc, case when p_tri = 'structure-desc' then t.cle end desc,
             case when p_tri = 'date-desc' then t.creee_le end desc,
             t.creee_le, t.id) as rang
    from triees t)
  select c.total, p.rang, p.id, p.structure_id, p.utilisateur_id, p.creee_le,
         (select true from decideurs x where x.demande_id = p.id limit 1) is null
  from compte c cross join page p
  where p.rang > least(p_page - 1, greatest(c.total - 1, 0) / p_par) * p_par
  order by p.rang limit p_par;
end
$$;
comment on function page_sans_reponse(text, bigint, bigint) is
  'p_par lines of the page p_page, or of the last one, of the requests that nobody answers, in the order p_tri; total counts up to 10 001.';

-- Block D searched, or in another order than the newest first (R-GEST-HISTORIQUE). The connection keeps the plan, as in 0037. A search
-- reads the lines once, for the names they hold and for themselves; the people it finds are joined, where an array of them would
-- be walked for each line.
create function historique_filtre(p_lecteur uuid, p_recherche text, p_action text, p_du date, p_au date)
returns table (id uuid, survenu_le timestamptz, structure_id uuid, concerne_id uuid)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  cle text := cle_recherche(p_recherche);
  motif text := '%' || nullif(cle, '') || '%';
  numero text := replace(p_recherche, ' ', '');
  debut timestamptz := debut_du_jour(p_du);
  fin timestamptz := debut_du_jour(p_au + 1);
begin
  if p_recherche = '' then
    return query
    with lecteur as materialized (
      select r.structure_id, r.maille_structure from rattachements_effectifs r
      where r.utilisateur_id = p_lecteur and r.capacites <> '{}')
    select l.id, l.survenu_le, l.structure_id, l.concerne_id from (
      select x.id, x.survenu_le, x.structure_id, x.concerne_id from lecteur g cross join lateral (
        select h.id, h.survenu_le, h.structure_id, h.concerne_id from historique h
        where h.structure_id = g.structure_id
          and (p_action is null or h.action = p_action)
          and (debut is null or h.survenu_le >= debut) and (fin is null or h.survenu_le < fin)
        order by h.survenu_le desc, h.id desc limit 10001) x
      where g.maille_structure
      union all
      select h.id, h.survenu_le, h.structure_id, h.concerne_id from historique_visible h
      where h.lecteur_id = p_lecteur
        and h.structure_id = any (array(select g.structure_id from lecteur g where not g.maille_structure))
        and (p_action is null or h.action = p_action)
        and (debut is null or h.survenu_le >= debut) and (fin is null or h.survenu_le < fin)) l
    order by l.survenu_le desc, l.id desc limit 10001;
    return;
  end if;
  return query
  with lecteur as materialized (
    select r.structure_id, r.maille_structure from rattachements_effectifs r
    where r.utilisateur_id = p_lecteur and r.capacites <> '{}'),
  lues as materialized (
    select h.id, h.survenu_le, h.structure_id, h.concerne_id, h.acteur_id
    from lecteur g join historique h on h.structure_id = g.structure_id
    where g.maille_structure
      and (p_action is null or h.action = p_action)
      and (debut is null or h.survenu_le >= debut) and (fin is null or h.survenu_le < fin)
    union all
    select h.id, h.survenu_le, h.structure_id, h.concerne_id, h.acteur_id
    from historique_visible h
    where h.lecteur_id = p_lecteur
      and h.structure_id = any (array(select g.structure_id from lecteur g where not g.maille_structure))
      and (p_action is null or h.action = p_action)
      and (debut is null or h.survenu_le >= debut) and (fin is null or h.survenu_le < fin)),
  structures_nommees as materialized (
    select s.id from lecteur g join structures s on s.id = g.structure_id
    where s.identifiant = numero or s.cle_recherche like motif),
  personnes_nommees as materialized (
    select u.id from utilisateurs u
    where u.id in (select l.concerne_id from lues l union select l.acteur_id from lues l) and repond_au_nom(u.cle_recherche, cle))
  select l.id, l.survenu_le, l.structure_id, l.concerne_id from lues l
  where l.structure_id in (select n.id from structures_nommees n)
     or l.concerne_id in (select n.id from personnes_nommees n)
     or l.acteur_id in (select n.id from personnes_nommees n)
  order by l.survenu_le desc, l.id desc limit 10001;
end
$$;
comment on function historique_filtre(uuid, text, text, date, date) is
  'The 10 001 newest lines of the historique that p_lecteur sees and p_recherche names, by a structure or a person; p_action, p_du, p_au: null, or filters.';

-- The directory by a common word (« commune ») walks its order until the page is full: what the words are compared with is in the
-- index, so that the lines passed over are not read.
create index structures_annuaire_cherche on structures (cle_tri, id) include (cle_annuaire, identifiant, code_postal)
  where publique and statut = 'active';
comment on index structures_annuaire_cherche is 'The directory in its order, with what its search compares.';
drop index structures_annuaire;
