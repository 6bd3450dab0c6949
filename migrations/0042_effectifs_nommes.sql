-- Who holds rights, and his name, in one reading: to say whether a rattachement is in force the account is read already, and those
-- who asked for a name read it a second time, 2 400 times in a large structure. Columns are added at the end, the rule is as it was.

create or replace view situations as
select r.id as rattachement_id, r.structure_id, r.utilisateur_id, r.role, r.maille_structure, r.date_debut, r.date_fin, r.cause,
       case r.role
         when 'gp' then array['valider_rattachements', 'rattacher_utilisateurs', 'valider_abonnements', 'gerer_structure',
                              'nommer_gestionnaires_secondaires']
         else r.capacites
       end as capacites,
       s.statut = 'active' as structure_active,
       u.statut = 'actif' as compte_actif,
       r.statut = 'validee' as validee,
       r.date_debut <= (select maintenant()) as commencee,
       r.date_fin is null or r.date_fin > (select maintenant()) as non_echue,
       u.prenom, u.nom, u.adresse_connexion, u.cle_tri, u.cle_recherche
from rattachements r
join structures s on s.id = r.structure_id
join utilisateurs u on u.id = r.utilisateur_id
where r.statut <> 'supprimee';

create or replace view rattachements_effectifs as
select x.rattachement_id as id, x.structure_id, x.utilisateur_id, x.role, x.maille_structure, x.date_debut, x.date_fin, x.capacites,
       x.structure_active, x.prenom, x.nom, x.adresse_connexion, x.cle_tri, x.cle_recherche
from situations x
where x.compte_actif and x.validee and x.commencee and x.non_echue;
