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
