-- The historique of a large structure is read by its index alone: what filters and searches look at is in it, so that counting
-- ten thousand lines does not touch the table, whose lines of one structure lie far apart.
create index historique_lecture on historique (structure_id, survenu_le desc, id desc) include (action, acteur_id, concerne_id);
comment on index historique_lecture is
  'The newest lines of a structure, in their order, with what the filters of block D look at (R-GEST-HISTORIQUE).';
-- The same key with nothing beside it.
drop index historique_structure;

create view historique_en_clair as
select h.id, h.survenu_le, h.action, h.acteur_genre, h.demande_id, h.structure_id, s.identifiant, s.raison_sociale,
       u.prenom || ' ' || u.nom as concerne, a.prenom || ' ' || a.nom as acteur, d.donnees
from historique h
join structures s on s.id = h.structure_id
left join utilisateurs u on u.id = h.concerne_id
left join utilisateurs a on a.id = h.acteur_id
left join historique_donnees d on d.historique_id = h.id;
comment on view historique_en_clair is
  'Lines of structures with their names of today and their data, for pages that have chosen which lines the reader may see.';
