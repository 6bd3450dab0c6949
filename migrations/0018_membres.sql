-- The users of a structure (R-STR-UTILISATEURS, R-GEST-UTILISATEURS, R-GEST-CREER, R-GEST-ECHEANCES): who sees whom, who is
-- attached when his account becomes active, and which end of validity was told.

set constraints all immediate;

alter table rattachements
  add column fin_avertie timestamptz,
  add column fin_avertie_jours smallint check (fin_avertie_jours in (30, 7));
comment on column rattachements.fin_avertie is
  'The end of validity that was told; a warning counts only while it equals date_fin, so that a new end is told again.';
comment on column rattachements.fin_avertie_jours is 'The last warning that left for that end: 30 days before, or 7 (spec §9).';

-- The same hour of Paris so many days before, whatever the clocks did meanwhile.
create function jours_avant(fin timestamptz, jours integer) returns timestamptz language sql stable strict parallel safe as
$$ select ((fin at time zone 'Europe/Paris') - make_interval(days => jours)) at time zone 'Europe/Paris' $$;
comment on function jours_avant(timestamptz, integer) is 'First instant at which the end of a rattachement is so many days away (R-GEST-ECHEANCES).';

-- A gestionnaire creates an account and attaches it: carried out with the activation (R-GEST-CREER, spec §13).
alter table inscriptions drop constraint inscriptions_genre_check;
alter table inscriptions
  add column par uuid references utilisateurs (id),
  add column date_debut date,
  add column date_fin date,
  add constraint inscriptions_genre check (genre in ('compte', 'demande', 'fondation', 'rattachement')),
  add constraint inscriptions_rattachement check (genre <> 'rattachement'
    or num_nulls(structure_id, maille_structure, role, commentaire, par, date_debut) = 0);
comment on column inscriptions.par is 'Of a « rattachement »: the gestionnaire who created the account; his rights are read again at the activation.';
comment on column inscriptions.date_debut is 'First day of the rattachement to come, in Paris; date_fin: the last one, included.';
create unique index inscriptions_un_rattachement on inscriptions (utilisateur_id, structure_id) where genre = 'rattachement';

-- Who sees which user of a structure (decisions 10 and 12): lists, counts, exports, details and personal data ask here. A
-- gestionnaire limited to services sees who holds one of them, never who is attached to the whole structure; « entiere »:
-- his reach covers all of what the person holds. One line per rattachement, per rattachement that waits for an
-- activation, per open request.
create view portees_membres as
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
              when r.date_fin <= maintenant() then 'echu'
              when r.date_debut > maintenant() then 'a_venir' else 'valide' end as statut,
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
comment on view portees_membres is
  'The rule « which gestionnaire sees which user », written once: lists, counts, exports and details read it.';

-- Accounts that wait for their activation: who may send the mail again, and who may correct the identity. « Corrigeable »:
-- created by a gestionnaire, and nothing of the account concerns anybody outside the reach of the reader; otherwise a change
-- of address here would take over what another structure gives it.
create view comptes_activables as
select distinct p.gestionnaire_id, p.utilisateur_id
from portees_membres p
join utilisateurs u on u.id = p.utilisateur_id and u.statut = 'en_cours_activation'
where p.genre <> 'demande' and p.structure_active and 'rattacher_utilisateurs' = any (p.gestionnaire_capacites);

create view comptes_corrigeables as
select distinct p.gestionnaire_id, p.utilisateur_id
from portees_membres p
join utilisateurs u on u.id = p.utilisateur_id and u.statut = 'en_cours_activation' and u.creee_par is not null
     and not u.pigp and u.equipe is null
where p.genre <> 'demande' and p.structure_active and p.entiere
  and 'rattacher_utilisateurs' = any (p.gestionnaire_capacites)
  and not exists (select from inscriptions i where i.utilisateur_id = u.id and i.genre in ('demande', 'fondation'))
  and not exists (select from demandes_rattachement d
                  where d.utilisateur_id = u.id and d.statut = 'en_cours_de_validation')
  and not exists (
    select from (select r.structure_id from rattachements r where r.utilisateur_id = u.id and r.statut <> 'supprimee'
                 union all
                 select i.structure_id from inscriptions i where i.utilisateur_id = u.id and i.genre = 'rattachement') autre
    where not exists (select from portees_membres x
                      where x.gestionnaire_id = p.gestionnaire_id and x.structure_id = autre.structure_id
                        and x.utilisateur_id = u.id and x.genre <> 'demande' and x.entiere
                        and 'rattacher_utilisateurs' = any (x.gestionnaire_capacites)));
comment on view comptes_corrigeables is
  'Whose identity a gestionnaire may correct (R-GEST-UTILISATEURS): only while the account waits, never an active one.';
