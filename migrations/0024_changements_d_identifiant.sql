-- A structure changes its identifier: a new one is made by copy, the old one stays readable (R-STR-SIRET).

create table changements_identifiant (
  ancienne_id uuid primary key references structures (id),
  nouvelle_id uuid not null unique references structures (id),
  le timestamptz not null default maintenant(),
  effet date not null default aujourdhui(),
  par uuid references utilisateurs (id),
  constraint changements_identifiant_deux check (ancienne_id <> nouvelle_id)
);
comment on table changements_identifiant is
  'Links a structure to the one that took over from it: one successor at most, one predecessor at most.';
comment on column changements_identifiant.effet is 'Day the new identifier takes effect, in Paris: the day of the act, or the date of the file.';
comment on column changements_identifiant.par is 'The gestionnaire principal; null: an import.';

-- A structure that continues under another identifier never comes back: its people would act twice.
create function structure_remplacee() returns trigger language plpgsql as $$
begin
  if exists (select from changements_identifiant c where c.ancienne_id = new.id) then
    raise exception 'la structure % continue sous un autre identifiant', new.id
      using errcode = 'check_violation', constraint = 'structures_remplacee';
  end if;
  return new;
end $$;
create trigger structures_remplacee before update of statut on structures
  for each row when (new.statut = 'active' and old.statut <> 'active') execute function structure_remplacee();
