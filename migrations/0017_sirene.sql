-- The SIRENE repertory of the INSEE, as `vantail import sirene` loads it: what the fiche of a private structure begins with
-- (R-STR-CREER). A repertory of its own: nothing here is a structure of the portal, and no foreign key ties the two files.

create table sirene_unites_legales (
  siren text primary key check (length(siren) = 9),
  denomination text check (length(denomination) <= 255),
  publique boolean not null,
  cessee boolean not null
);
comment on table sirene_unites_legales is 'Legal units (StockUniteLegale): the name, and whether the unit is alive.';
comment on column sirene_unites_legales.denomination is 'Null where the INSEE masks it ([ND]) or gives none.';
comment on column sirene_unites_legales.publique is 'Legal category 7…: a body of public law, which is not declared here.';

create table sirene_etablissements (
  siret text primary key check (length(siret) = 14),
  ferme boolean not null,
  enseigne text check (length(enseigne) <= 255),
  adresse text check (length(adresse) <= 255),
  complement text check (length(complement) <= 255),
  code_postal text check (length(code_postal) <= 10),
  ville text check (length(ville) <= 100)
);
comment on table sirene_etablissements is 'Establishments (StockEtablissement): the address, and whether it is open. Masked values are null.';
