-- Who reads which line of the historique (R-GEST-HISTORIQUE, decisions 10 and 12): lists, details and exports ask here.

create view historique_visible as
select h.id, h.structure_id, h.action, h.acteur_genre, h.acteur_id, h.concerne_id, h.demande_id, h.survenu_le,
       r.utilisateur_id as lecteur_id
from historique h
join rattachements_effectifs r on r.structure_id = h.structure_id and r.capacites <> '{}'
where r.maille_structure
   or h.acteur_id = r.utilisateur_id
   or (h.concerne_id is not null
       and (case
              when h.demande_id is not null then exists (
                select from demandes_rattachement d
                where d.id = h.demande_id and not d.maille_structure
                  and not exists (select from demande_services ds
                                  where ds.demande_id = d.id
                                    and not exists (select from services_effectifs se
                                                    where se.rattachement_id = r.id and se.service_id = ds.service_id)))
              else exists (
                select from rattachements p join rattachement_services ps on ps.rattachement_id = p.id
                where p.structure_id = h.structure_id and p.utilisateur_id = h.concerne_id and p.statut <> 'supprimee')
            end)
       and not exists (
         select from rattachements p
         where p.structure_id = h.structure_id and p.utilisateur_id = h.concerne_id and p.statut <> 'supprimee'
           and (p.maille_structure
                or exists (select from rattachement_services ps
                           where ps.rattachement_id = p.id
                             and not exists (select from services_effectifs se
                                             where se.rattachement_id = r.id and se.service_id = ps.service_id)))));
comment on view historique_visible is
  'Lines of the structures where the reader holds a capability; through services only: those he signed, and those about a request and a person that lie wholly within his services.';
