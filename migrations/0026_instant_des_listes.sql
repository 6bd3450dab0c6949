-- maintenant() reads its shift from a table, hence cannot be inlined: called for every row, it was most of the time of the lists
-- of a large structure (10 µs per call). In the views of rights it is asked once per reading, as a sub-select: same rows, same
-- columns. Measured: docs/MESURES.md.

create or replace view situations as
select r.id as rattachement_id, r.structure_id, r.utilisateur_id, r.role, r.maille_structure, r.date_debut, r.date_fin, r.cause,
       case r.role
         when 'gp' then array['valider_rattachements', 'rattacher_utilisateurs', 'valider_abonnements',
                              'gerer_structure', 'nommer_gestionnaires_secondaires']
         else r.capacites
       end as capacites,
       s.statut = 'active' as structure_active,
       u.statut = 'actif' as compte_actif,
       r.statut = 'validee' as validee,
       r.date_debut <= (select maintenant()) as commencee,
       (r.date_fin is null or r.date_fin > (select maintenant())) as non_echue
from rattachements r
join structures s on s.id = r.structure_id
join utilisateurs u on u.id = r.utilisateur_id
where r.statut <> 'supprimee';

create or replace view situations_services as
select rs.rattachement_id, rs.structure_id, rs.service_id, rs.date_debut, rs.date_fin,
       rs.statut = 'validee' as validee,
       rs.date_debut <= (select maintenant()) as commencee,
       (rs.date_fin is null or rs.date_fin > (select maintenant())) as non_echue
from rattachement_services rs;

create or replace view services_actifs as
select s.id, s.structure_id, s.code, s.libelle, s.cle_tri, s.description, s.engagement_obligatoire, s.date_debut, s.date_fin
from services s
where s.actif and s.date_debut <= (select maintenant()) and (s.date_fin is null or s.date_fin > (select maintenant()));

create or replace view portees_membres as
select g.utilisateur_id as gestionnaire_id, g.id as gestionnaire_rattachement_id, g.role as gestionnaire_role,
       g.capacites as gestionnaire_capacites, g.structure_id, g.structure_active,
       m.id, m.genre, m.utilisateur_id, m.role, m.maille_structure, m.date_debut, m.date_fin, m.reactive_le, m.statut, m.services,
       g.maille_structure or (not m.maille_structure and m.services <@ g.services) as entiere
from (select e.*, case when e.maille_structure then '{}'::uuid[]
                       else array(select se.service_id from services_effectifs se where se.rattachement_id = e.id) end as services
      from rattachements_effectifs e where e.capacites <> '{}') g
cross join lateral (
  select r.id, 'rattachement' as genre, r.utilisateur_id, r.role, r.maille_structure, r.date_debut, r.date_fin, r.reactive_le,
         case when r.statut = 'desactivee' then 'desactive'
              when r.date_fin <= (select maintenant()) then 'echu'
              when r.date_debut > (select maintenant()) then 'a_venir' else 'valide' end as statut,
         case when r.maille_structure then '{}'::uuid[]
              else array(select rs.service_id from rattachement_services rs where rs.rattachement_id = r.id) end as services
  from rattachements r
  where r.structure_id = g.structure_id and r.statut <> 'supprimee'
  union all
  select i.id, 'inscription', i.utilisateur_id, i.role, i.maille_structure, debut_du_jour(i.date_debut),
         debut_du_jour(i.date_fin + 1), null, 'en_cours_activation', i.services
  from inscriptions i
  where i.structure_id = g.structure_id and i.genre = 'rattachement'
    and not exists (select from rattachements r where r.structure_id = i.structure_id and r.utilisateur_id = i.utilisateur_id
                    and r.statut <> 'supprimee')
  union all
  select d.id, 'demande', d.utilisateur_id, d.role, d.maille_structure, null, null, null, 'en_cours_validation',
         array(select ds.service_id from demande_services ds where ds.demande_id = d.id)
  from demandes_rattachement d
  where d.structure_id = g.structure_id and d.statut = 'en_cours_de_validation') m
where g.maille_structure
   or (not m.maille_structure and case when m.genre = 'demande' then m.services <@ g.services else m.services && g.services end);

create function repond_au_nom(cle_personne text, cle text) returns boolean
  language sql immutable parallel safe as
$$ select cle_personne || cle_personne like '%' || nullif(cle, '') || '%' $$;
comment on function repond_au_nom(text, text) is
  'A search of names, both as cle_recherche makes them: « nom prénom » said twice holds « prénom nom ». The key stands once in the body, so that the planner takes a sub-select in its place.';

-- Blocks A (« rattachement ») and B (« abonnement ») of « Activités du gestionnaire »: what waits for this person, found by
-- p_recherche, in the order p_tri. The key of the search is made once.
-- p_apres adds the request just decided, which gives the place in that order.
create or replace function demandes_a_decider(p_genre text, p_decideur uuid, p_recherche text, p_tri text, p_apres uuid)
returns table (id uuid, structure_id uuid, demandeur text, adresse text, identifiant text, raison_sociale text,
               creee_le timestamptz, rang bigint)
language sql stable as $$
  select d.id, d.structure_id, u.prenom || ' ' || u.nom, u.adresse_connexion, s.identifiant, s.raison_sociale, d.creee_le,
         row_number() over (order by
           case p_tri when 'demandeur-asc' then u.cle_tri when 'identifiant-asc' then s.identifiant
                      when 'structure-asc' then s.cle_tri end asc,
           case p_tri when 'demandeur-desc' then u.cle_tri when 'identifiant-desc' then s.identifiant
                      when 'structure-desc' then s.cle_tri end desc,
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
  join utilisateurs u on u.id = d.utilisateur_id
  join structures s on s.id = d.structure_id
  where p_recherche = '' or s.identifiant = replace(p_recherche, ' ', '') or u.adresse_connexion = lower(p_recherche)
     or ((select cle_recherche(p_recherche)) <> ''
         and (repond_au_nom(u.cle_recherche, (select cle_recherche(p_recherche)))
              or s.cle_recherche like '%' || (select cle_recherche(p_recherche)) || '%'))
$$;
