-- What a deactivation of a service touches is counted first (R-STR-SERVICES): by the service, not through the whole table.

create index demande_abonnement_lignes_service on demande_abonnement_lignes (service_id)
  where statut = 'demandee' and service_id is not null;
create index abonnements_service on abonnements (service_id) where service_id is not null;
