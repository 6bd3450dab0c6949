-- People, structures, services and who may act for whom.
-- Decisions 1 to 4 and 13; the constraints on the gestionnaire principal are those of decisions 3.

create table utilisateurs (
  id uuid primary key,
  adresse_connexion text not null unique check (adresse_connexion = lower(adresse_connexion) and length(adresse_connexion) <= 254),
  adresse_contact text not null check (length(adresse_contact) <= 254),
  prenom text not null check (length(prenom) between 1 and 80),
  nom text not null check (length(nom) between 1 and 80),
  cle_tri text not null generated always as (cle_tri(nom || ' ' || prenom)) stored,
  cle_recherche text not null generated always as (cle_recherche(nom || prenom)) stored,
  telephone text,
  adresse text,
  complement_adresse text,
  code_postal text,
  ville text,
  pays text not null default 'France',
  statut text not null default 'en_cours_activation'
    check (statut in ('en_cours_activation', 'actif', 'inactif', 'clos')),
  pigp boolean not null default false,
  equipe text check (equipe in ('support', 'referent', 'administrateur')),
  mot_de_passe text,
  mot_de_passe_change_le timestamptz,
  derniere_connexion timestamptz,
  connexion_precedente timestamptz,
  creee_par uuid references utilisateurs (id),
  cree_le timestamptz not null default maintenant(),
  active_le timestamptz,
  desactive_le timestamptz,
  theme text not null default 'systeme' check (theme in ('systeme', 'clair', 'sombre')),
  densite text not null default 'compacte' check (densite in ('compacte', 'aeree')),
  raccourcis boolean not null default false,
  constraint utilisateurs_actif_a_mot_de_passe check (statut <> 'actif' or mot_de_passe is not null),
  constraint utilisateurs_inactif_a_date check ((statut in ('inactif', 'clos')) = (desactive_le is not null))
);
comment on table utilisateurs is 'A person with an account (spec §2). Staff accounts carry « equipe ».';
comment on column utilisateurs.adresse_connexion is 'Login, canonical lower case (security.md IN4).';
comment on column utilisateurs.pigp is 'The account comes from the PIGP: its identity belongs to the référent (decisions 9).';
create index utilisateurs_nom on utilisateurs using gin (cle_recherche gin_trgm_ops);
create index utilisateurs_login on utilisateurs using gin (adresse_connexion gin_trgm_ops);
create index utilisateurs_code_postal on utilisateurs (code_postal) where code_postal is not null;
create index utilisateurs_ville on utilisateurs (cle_recherche(ville)) where ville is not null;

create table structures (
  id uuid primary key,
  type_identifiant text not null check (type_identifiant in
    ('SIRET', 'UE_HORS_FRANCE', 'HORS_UE', 'RIDET', 'TAHITI', 'AUTRE', 'PARTICULIER')),
  identifiant text not null check (length(identifiant) between 1 and 80),
  raison_sociale text not null check (length(raison_sociale) between 1 and 255),
  cle_recherche text not null generated always as (cle_recherche(raison_sociale)) stored,
  cle_tri text not null generated always as (cle_tri(raison_sociale)) stored,
  publique boolean not null,
  categorie text check (categorie in ('collectivite_locale', 'autre_entite_publique')),
  statut text not null default 'active' check (statut in ('active', 'inactive')),
  passe_par_pigp boolean not null default false,
  emetteur_edi boolean not null default false,
  recepteur_edi boolean not null default false,
  gestion_statut_mise_en_paiement boolean not null default false,
  gestion_engagement boolean not null default false,
  gestion_service boolean not null default false,
  gestion_service_engagement boolean not null default false,
  est_moa boolean not null default false,
  est_moa_uniquement boolean not null default false,
  adresse text,
  complement_adresse_1 text,
  complement_adresse_2 text,
  code_postal text,
  ville text,
  telephone text,
  courriel text,
  code_pays text not null default 'FR',
  libelle_pays text not null default 'FRANCE',
  importe jsonb,
  creee_le timestamptz not null default maintenant(),
  modifiee_le timestamptz,
  gp_id uuid,
  gp_role text not null generated always as ('gp') stored,
  gp_statut text not null generated always as ('validee') stored,
  a_gp boolean not null generated always as (gp_id is not null) stored,
  constraint structures_identifiant unique (type_identifiant, identifiant),
  constraint structures_a_gp_cle unique (id, a_gp),
  constraint structures_pigp_publique check (publique or not passe_par_pigp)
);
comment on table structures is 'An organisation (spec §1). gp_id is the rattachement of its gestionnaire principal (decisions 3).';
comment on column structures.importe is 'What the last import brought: a value edited here since is kept (spec §13).';
create index structures_recherche on structures using gin (cle_recherche gin_trgm_ops);
create index structures_identifiant_seul on structures (identifiant text_pattern_ops);
create index structures_code_postal on structures (code_postal, cle_tri, id) where publique and statut = 'active';
create index structures_ville on structures using gin (cle_recherche(ville) gin_trgm_ops);
create index structures_annuaire on structures (cle_tri, id) where publique and statut = 'active';

create table services (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  code text not null check (length(code) between 1 and 100),
  libelle text not null check (length(libelle) between 1 and 255),
  cle_tri text not null generated always as (cle_tri(libelle)) stored,
  description text,
  engagement_obligatoire boolean not null default false,
  actif boolean not null default true,
  date_debut timestamptz not null,
  date_fin timestamptz check (date_fin > date_debut),
  cree_le timestamptz not null default maintenant(),
  constraint services_code unique (structure_id, code),
  constraint services_cle unique (structure_id, id)
);
comment on table services is 'A sub-unit of a structure (spec §1): active by hand and inside its dates.';

create table rattachements (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  utilisateur_id uuid not null references utilisateurs (id),
  role text not null check (role in ('gp', 'gs', 'us')),
  statut text not null check (statut in ('validee', 'desactivee', 'supprimee')),
  cause text check (cause in ('gestionnaire', 'echeance', 'compte', 'depart')),
  maille_structure boolean not null,
  capacites text[] not null default '{}',
  date_debut timestamptz not null,
  date_fin timestamptz check (date_fin > date_debut),
  commentaire text check (length(commentaire) <= 255),
  reactive_le timestamptz,
  cree_le timestamptz not null default maintenant(),
  modifie_le timestamptz not null default maintenant(),
  exige_gp boolean generated always as (case when statut = 'validee' then true end) stored,
  constraint rattachements_gp_sans_fin check (role <> 'gp' or date_fin is null),
  constraint rattachements_gp_structure check (role <> 'gp' or maille_structure),
  constraint rattachements_capacites check (
    capacites <@ array['valider_rattachements', 'rattacher_utilisateurs', 'valider_abonnements',
                       'gerer_structure', 'nommer_gestionnaires_secondaires']
    and (role = 'gs' or capacites = '{}')),
  constraint rattachements_cause check ((statut = 'validee') = (cause is null)),
  constraint rattachements_cle unique (structure_id, id),
  constraint rattachements_gp_cle unique (structure_id, id, role, statut),
  constraint rattachements_exige_gp foreign key (structure_id, exige_gp)
    references structures (id, a_gp) deferrable initially deferred
);
comment on table rattachements is
  'The right of a person to act for a structure. Only « validee » and inside its dates gives rights: read it through rattachements_effectifs.';
comment on column rattachements.capacites is 'Of a GS only; the GP holds all of them, an US none (spec §1).';
comment on column rattachements.exige_gp is 'With rattachements_exige_gp: no validated rattachement where there is no GP (decisions 3).';
create unique index rattachements_un_gp on rattachements (structure_id) where role = 'gp' and statut = 'validee';
create unique index rattachements_un_par_personne on rattachements (structure_id, utilisateur_id) where statut <> 'supprimee';
create index rattachements_exige_gp_idx on rattachements (structure_id, exige_gp);
create index rattachements_personne on rattachements (utilisateur_id) where statut <> 'supprimee';
create index rattachements_echeance on rattachements (date_fin) where statut = 'validee' and date_fin is not null;
alter table structures add constraint structures_gp foreign key (id, gp_id, gp_role, gp_statut)
  references rattachements (structure_id, id, role, statut) deferrable initially deferred;

create table rattachement_services (
  rattachement_id uuid not null,
  structure_id uuid not null,
  service_id uuid not null,
  statut text not null check (statut in ('validee', 'desactivee')),
  date_debut timestamptz not null,
  date_fin timestamptz check (date_fin > date_debut),
  commentaire text check (length(commentaire) <= 255),
  primary key (rattachement_id, service_id),
  foreign key (structure_id, rattachement_id) references rattachements (structure_id, id),
  foreign key (structure_id, service_id) references services (structure_id, id)
);
comment on table rattachement_services is 'The services of a rattachement « maille service » (spec §1).';
create index rattachement_services_service on rattachement_services (structure_id, service_id);

create table demandes_rattachement (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  utilisateur_id uuid not null references utilisateurs (id),
  statut text not null default 'en_cours_de_validation'
    check (statut in ('en_cours_de_validation', 'validee', 'refusee', 'retiree')),
  role text not null check (role in ('gs', 'us')),
  maille_structure boolean not null,
  commentaire text not null check (length(commentaire) between 1 and 255),
  creee_le timestamptz not null default maintenant(),
  relancee_le timestamptz,
  traitee_le timestamptz,
  traitee_par uuid references utilisateurs (id),
  motif text check (length(motif) between 1 and 255),
  acte text,
  rattachement_id uuid,
  constraint demandes_rattachement_cle unique (structure_id, id),
  constraint demandes_rattachement_traitee check ((statut = 'en_cours_de_validation') = (traitee_le is null)),
  constraint demandes_rattachement_motif check (statut <> 'refusee' or motif is not null),
  foreign key (structure_id, rattachement_id) references rattachements (structure_id, id)
);
comment on table demandes_rattachement is 'A request is not a right (decisions 2): decided once, its terminal states never change.';
comment on column demandes_rattachement.acte is 'What closed it when no gestionnaire decided it as such: « rattachement direct », « Structure désactivée »…';
create unique index demandes_rattachement_une_ouverte on demandes_rattachement (structure_id, utilisateur_id)
  where statut = 'en_cours_de_validation';
create index demandes_rattachement_ouvertes on demandes_rattachement (structure_id, creee_le)
  where statut = 'en_cours_de_validation';
create index demandes_rattachement_personne on demandes_rattachement (utilisateur_id, creee_le desc);

create table demande_services (
  demande_id uuid not null,
  structure_id uuid not null,
  service_id uuid not null,
  statut text not null default 'demandee' check (statut in ('demandee', 'accordee', 'ecartee')),
  primary key (demande_id, service_id),
  foreign key (structure_id, demande_id) references demandes_rattachement (structure_id, id),
  foreign key (structure_id, service_id) references services (structure_id, id)
);
comment on table demande_services is 'The services a request asks for, and what the decision made of each (decisions 2).';
create index demande_services_service on demande_services (structure_id, service_id);

create function demande_terminale() returns trigger language plpgsql as $$
begin
  if old.statut <> 'en_cours_de_validation' then
    raise exception 'une demande % ne change plus', old.statut using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger demandes_rattachement_terminale before update on demandes_rattachement
  for each row execute function demande_terminale();

create table espaces (
  code text primary key,
  nom text not null,
  ordre integer not null,
  publique_seulement boolean not null default false,
  defaut_gp boolean not null default false,
  defaut_gs boolean not null default false,
  defaut_us boolean not null default false,
  adresse text
);
comment on table espaces is 'Groups of functions (seed 001 §4); default espaces of a rattachement by role. adresse: outside application, when configured.';
insert into espaces (code, nom, ordre, publique_seulement, defaut_gp, defaut_gs, defaut_us) values
  ('activites_du_gestionnaire', 'Activités du gestionnaire', 10, false, true, true, false),
  ('factures_recues', 'Factures reçues', 20, true, true, true, true),
  ('factures_emises', 'Factures émises', 30, false, true, true, true),
  ('factures_a_valider', 'Factures à valider', 40, false, false, false, false),
  ('factures_de_travaux', 'Factures de travaux', 50, false, false, false, false),
  ('sollicitations_emises', 'Sollicitations émises', 60, false, true, true, true),
  ('sollicitations_recues', 'Sollicitations reçues', 70, true, true, true, true);

create table abonnements (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  rattachement_id uuid not null,
  service_id uuid,
  espace text not null references espaces (code),
  droit text not null check (droit in ('consultation', 'modification')),
  origine text not null check (origine in ('defaut', 'structure', 'service', 'demande')),
  cree_le timestamptz not null default maintenant(),
  constraint abonnements_cle unique nulls not distinct (rattachement_id, service_id, espace, origine),
  foreign key (structure_id, rattachement_id) references rattachements (structure_id, id),
  foreign key (structure_id, service_id) references services (structure_id, id)
);
comment on table abonnements is 'Access to an espace through a rattachement; service_id null = the whole structure (decisions 5).';

-- The only reading of a right (spec §2): account active, rattachement validated, inside its dates.
create view rattachements_effectifs as
select r.id, r.structure_id, r.utilisateur_id, r.role, r.maille_structure, r.date_debut, r.date_fin,
       case r.role
         when 'gp' then array['valider_rattachements', 'rattacher_utilisateurs', 'valider_abonnements',
                              'gerer_structure', 'nommer_gestionnaires_secondaires']
         else r.capacites
       end as capacites,
       s.statut = 'active' as structure_active
from rattachements r
join structures s on s.id = r.structure_id
join utilisateurs u on u.id = r.utilisateur_id
where r.statut = 'validee' and u.statut = 'actif'
  and r.date_debut <= maintenant() and (r.date_fin is null or r.date_fin > maintenant());
comment on view rattachements_effectifs is 'Rights in force now. Every right of the portal is read here and nowhere else.';

create view services_effectifs as
select rs.rattachement_id, rs.structure_id, rs.service_id
from rattachement_services rs
where rs.statut = 'validee' and rs.date_debut <= maintenant() and (rs.date_fin is null or rs.date_fin > maintenant());

create view services_actifs as
select s.id, s.structure_id, s.code, s.libelle, s.cle_tri, s.description, s.engagement_obligatoire, s.date_debut, s.date_fin
from services s
where s.actif and s.date_debut <= maintenant() and (s.date_fin is null or s.date_fin > maintenant());

-- Whose reach covers which request (decisions 12), whatever its state: the gestionnaire's rattachement covers all of it.
create view portees_demandes as
select d.id as demande_id, d.structure_id, d.statut, r.utilisateur_id as gestionnaire_id, r.id as rattachement_id, r.role,
       r.capacites, r.maille_structure, r.date_fin, r.structure_active
from demandes_rattachement d
join rattachements_effectifs r on r.structure_id = d.structure_id and 'valider_rattachements' = any (r.capacites)
where d.utilisateur_id <> r.utilisateur_id
  and (r.maille_structure
       or (not d.maille_structure
           and not exists (select from demande_services ds
                           where ds.demande_id = d.id
                             and not exists (select from services_effectifs se
                                             where se.rattachement_id = r.id and se.service_id = ds.service_id))));

create view decideurs as
select demande_id, structure_id, gestionnaire_id as decideur_id, rattachement_id, role, capacites, maille_structure, date_fin
from portees_demandes
where statut = 'en_cours_de_validation' and structure_active;
comment on view decideurs is 'The rule « who can decide this request », written once: lists, counts, mails and decisions read it.';
