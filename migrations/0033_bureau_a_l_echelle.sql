-- « Demandes sans réponse » on a large portal (R-SUP-FILE): asked one request at a time, from the oldest. As a condition that
-- the server may turn into a set, « nobody can decide » was read for every request of the portal at once.
create or replace view demandes_sans_reponse as
select d.id, d.structure_id, d.utilisateur_id, d.creee_le, d.signalee_le, d.signalee_a,
       (select true from decideurs x where x.demande_id = d.id limit 1) is null as sans_decideur
from demandes_rattachement d
where d.statut = 'en_cours_de_validation' and d.signalee_le is not null
  and (d.rappel_jours = 14 or (select true from decideurs x where x.demande_id = d.id limit 1) is null);
