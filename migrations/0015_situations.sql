-- The rule « who has a right now » cut into its named conditions, so that what authorises and what explains
-- (« Pourquoi ai-je / n'ai-je pas accès ? », spec §1 and §3) read the same words. The views of rights keep their columns.

create view situations as
select r.id as rattachement_id, r.structure_id, r.utilisateur_id, r.role, r.maille_structure, r.date_debut, r.date_fin, r.cause,
       case r.role
         when 'gp' then array['valider_rattachements', 'rattacher_utilisateurs', 'valider_abonnements',
                              'gerer_structure', 'nommer_gestionnaires_secondaires']
         else r.capacites
       end as capacites,
       s.statut = 'active' as structure_active,
       u.statut = 'actif' as compte_actif,
       r.statut = 'validee' as validee,
       r.date_debut <= maintenant() as commencee,
       (r.date_fin is null or r.date_fin > maintenant()) as non_echue
from rattachements r
join structures s on s.id = r.structure_id
join utilisateurs u on u.id = r.utilisateur_id
where r.statut <> 'supprimee';
comment on view situations is
  'Where each person stands on each structure: the conditions of a right, one column each. A right is their conjunction: rattachements_effectifs.';

create or replace view rattachements_effectifs as
select rattachement_id as id, structure_id, utilisateur_id, role, maille_structure, date_debut, date_fin, capacites, structure_active
from situations
where compte_actif and validee and commencee and non_echue;

create view situations_services as
select rs.rattachement_id, rs.structure_id, rs.service_id, rs.date_debut, rs.date_fin,
       rs.statut = 'validee' as validee,
       rs.date_debut <= maintenant() as commencee,
       (rs.date_fin is null or rs.date_fin > maintenant()) as non_echue
from rattachement_services rs;
comment on view situations_services is 'The same for each service of a rattachement « maille service »: services_effectifs is their conjunction.';

create or replace view services_effectifs as
select rattachement_id, structure_id, service_id
from situations_services
where validee and commencee and non_echue;

-- An espace is open through a rattachement in force: on the whole structure, for who is attached to it whole; on a service,
-- while the service is active and within the reach.
create view situations_abonnements as
select a.id, a.structure_id, a.rattachement_id, r.utilisateur_id, a.service_id, a.espace, a.droit, a.origine, a.cree_le,
       r.structure_active,
       r.compte_actif and r.validee and r.commencee and r.non_echue as rattachement_effectif,
       (r.maille_structure
        or exists (select from services_effectifs se
                   where se.rattachement_id = a.rattachement_id and se.service_id = a.service_id)) as service_tenu,
       (a.service_id is null or exists (select from services_actifs v where v.id = a.service_id)) as service_actif
from abonnements a
join situations r on r.rattachement_id = a.rattachement_id;
comment on view situations_abonnements is 'Each access to an espace with the conditions it depends on: abonnements_effectifs is their conjunction.';

create or replace view abonnements_effectifs as
select id, structure_id, rattachement_id, utilisateur_id, service_id, espace, droit, origine, cree_le, structure_active
from situations_abonnements
where rattachement_effectif and service_tenu and service_actif;
