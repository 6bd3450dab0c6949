-- Référents, their périmètres, and what is asked of them (R-REF, R-REF-DEMANDE, spec §13 « Accounts and PIGP », decisions 9).

create table perimetres (
  id uuid primary key,
  nom text not null check (length(nom) between 1 and 120),
  cle_tri text not null generated always as (cle_tri(nom)) stored,
  departements text[] not null default '{}',
  genres text[] not null default '{}',
  domaines text[] not null default '{}',
  version integer not null default 1,
  cree_le timestamptz not null default maintenant(),
  modifie_le timestamptz not null default maintenant(),
  constraint perimetres_genres check (genres <@ array['enseignement', 'collectivite_locale', 'autre_entite_publique']),
  constraint perimetres_portee check (departements <> '{}' or genres <> '{}')
);
comment on table perimetres is
  'What a référent answers for (« Académie de Lyon »): départements, types of public structure, or both. Which one covers a structure is the view structures_des_perimetres, and nothing else.';
comment on column perimetres.departements is 'Codes (« 69 », « 2A », « 974 »); none: every département.';
comment on column perimetres.genres is 'Types of structure, as genre_de_structure spells them; none: every type.';
comment on column perimetres.domaines is 'Mail domains of its people, in lower case: another one is only warned about.';
comment on column perimetres.version is 'Moves with each change: a form filled from an older one is refused.';
create unique index perimetres_nom on perimetres (cle_recherche(nom));

create table perimetre_referents (
  perimetre_id uuid not null references perimetres (id),
  utilisateur_id uuid not null references utilisateurs (id),
  depuis timestamptz not null default maintenant(),
  primary key (perimetre_id, utilisateur_id)
);
comment on table perimetre_referents is 'The référents of a périmètre. Who acts is the view referents_effectifs.';
create index perimetre_referents_personne on perimetre_referents (utilisateur_id);

create view referents_effectifs as
select r.perimetre_id, r.utilisateur_id
from perimetre_referents r join utilisateurs u on u.id = r.utilisateur_id
where u.equipe = 'referent' and u.statut = 'actif';
comment on view referents_effectifs is 'Who answers for a périmètre now: an active référent assigned to it.';

create function departement(code_postal text) returns text language sql immutable parallel safe as
$$ select case when code_postal !~ '^[0-9]{5}$' then null
               when left(code_postal, 2) in ('97', '98') then left(code_postal, 3)
               when left(code_postal, 2) = '20' then case when code_postal < '20200' then '2A' else '2B' end
               else left(code_postal, 2) end $$;
comment on function departement(text) is 'Code of the département of a French post code; null where it is none.';

create function genre_de_structure(type_identifiant text, identifiant text, categorie text) returns text
language sql immutable parallel safe as
$$ select case when type_identifiant = 'SIRET' and identifiant like '19%' then 'enseignement'
               else coalesce(categorie, 'autre_entite_publique') end $$;
comment on function genre_de_structure(text, text, text) is
  'Type of a public structure: the SIREN of the établissements d''enseignement begin with 19; the others have a category.';

create view structures_des_perimetres as
select s.id as structure_id, p.id as perimetre_id, p.nom
from structures s
cross join lateral (
  select p.id, p.nom from perimetres p
  where (p.departements = '{}' or departement(s.code_postal) = any (p.departements))
    and (p.genres = '{}' or genre_de_structure(s.type_identifiant, s.identifiant, s.categorie) = any (p.genres))
  order by (p.departements <> '{}')::integer + (p.genres <> '{}')::integer desc, p.departements = '{}', p.cle_tri, p.id
  limit 1) p
where s.publique;
comment on view structures_des_perimetres is
  'Which périmètre covers a public structure, at most one: the most precise (départements and types, then départements, then types), then the first by name.';

alter table utilisateurs add column perimetre_id uuid references perimetres (id);
comment on column utilisateurs.perimetre_id is
  'Of a PIGP account: the périmètre whose référents keep its identity. Null: no périmètre knows its mail domain yet.';
create index utilisateurs_perimetre on utilisateurs (perimetre_id, cle_tri, id) where perimetre_id is not null;
-- Accounts that a new périmètre adopts by their domain.
create index utilisateurs_pigp_seuls on utilisateurs (split_part(adresse_connexion, '@', 2)) where pigp and perimetre_id is null;

-- A référent is a recipient of sollicitations.
alter table sollicitations
  add column perimetre_id uuid references perimetres (id),
  add constraint sollicitations_perimetre check ((destinataire = 'referent') = (perimetre_id is not null));
comment on column sollicitations.perimetre_id is 'The périmètre it is sent to, when it is sent to its référents.';
create index sollicitations_perimetre on sollicitations (perimetre_id, rang, creee_le, id) where perimetre_id is not null;
alter table sollicitation_messages
  drop constraint sollicitation_messages_cote,
  add constraint sollicitation_messages_cote check (cote in ('demandeur', 'support', 'structure', 'referent', 'portail'));

create table demandes_de_compte (
  id uuid primary key,
  prenom text not null check (length(prenom) between 1 and 80),
  nom text not null check (length(nom) between 1 and 80),
  adresse text not null check (adresse = lower(adresse) and length(adresse) <= 254),
  structure_id uuid not null references structures (id),
  message text not null default '' check (length(message) <= 1000),
  perimetre_id uuid references perimetres (id),
  statut text not null default 'a_confirmer' check (statut in ('a_confirmer', 'ouverte', 'acceptee', 'refusee')),
  deposee_le timestamptz not null default maintenant(),
  confirmee_le timestamptz,
  traitee_le timestamptz,
  traitee_par uuid references utilisateurs (id),
  motif text check (length(motif) between 1 and 255),
  compte_id uuid references utilisateurs (id),
  constraint demandes_de_compte_confirmee check ((statut = 'a_confirmer') = (confirmee_le is null)),
  constraint demandes_de_compte_traitee check ((statut in ('acceptee', 'refusee')) = (traitee_le is not null)),
  constraint demandes_de_compte_par check ((traitee_le is null) = (traitee_par is null)),
  constraint demandes_de_compte_motif check (statut <> 'refusee' or motif is not null),
  constraint demandes_de_compte_compte check (compte_id is null or statut = 'acceptee')
);
comment on table demandes_de_compte is
  'What a person without account asks of a référent (R-REF-DEMANDE): confirmed by mail, then answered once. Unconfirmed ones go after 7 days, answered ones after a year.';
comment on column demandes_de_compte.perimetre_id is 'Whose référents answer, from the confirmation on; null: the support (no périmètre, or no référent in it).';
comment on column demandes_de_compte.compte_id is 'The account created for it.';
create unique index demandes_de_compte_une on demandes_de_compte (adresse) where statut in ('a_confirmer', 'ouverte');
create index demandes_de_compte_file on demandes_de_compte (perimetre_id, confirmee_le) where statut = 'ouverte';
create index demandes_de_compte_structure on demandes_de_compte (structure_id);
create index demandes_de_compte_age on demandes_de_compte (deposee_le);
create index demandes_de_compte_compte on demandes_de_compte (compte_id) where compte_id is not null;

-- The CSV of arrivals waits where the CSV of people to attach does.
alter table fichiers_deposes
  alter column structure_id drop not null,
  add column perimetre_id uuid references perimetres (id),
  drop constraint fichiers_deposes_genre_check,
  add constraint fichiers_deposes_genre check (genre in ('rattachements', 'arrivees')),
  add constraint fichiers_deposes_lieu check (
    (genre = 'rattachements') = (structure_id is not null) and (genre = 'arrivees') = (perimetre_id is not null));
comment on column fichiers_deposes.perimetre_id is 'Where the accounts of a file of arrivals are created.';
