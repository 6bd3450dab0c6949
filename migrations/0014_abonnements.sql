-- Demandes d'abonnement, what a structure sets for its users, and the reading of an espace in force
-- (R-COMPTE-ABONNEMENTS, R-GEST-ABONNEMENTS, spec §13 « Abonnements and espaces », decisions 5).

alter table espaces add column demandable boolean not null default true;
comment on column espaces.demandable is
  'May be asked for. Not « Activités du gestionnaire », which follows the capabilities, nor what every account has (spec §13).';
update espaces set demandable = false where code in ('activites_du_gestionnaire', 'sollicitations_emises');

create table demandes_abonnement (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  utilisateur_id uuid not null references utilisateurs (id),
  statut text not null default 'en_cours_de_validation'
    check (statut in ('en_cours_de_validation', 'validee', 'refusee', 'retiree')),
  creee_le timestamptz not null default maintenant(),
  traitee_le timestamptz,
  traitee_par uuid references utilisateurs (id),
  etendue text check (etendue in ('utilisateur', 'services', 'structure')),
  commentaire text check (length(commentaire) between 1 and 255),
  motif text check (length(motif) between 1 and 255),
  constraint demandes_abonnement_cle unique (structure_id, utilisateur_id, id),
  constraint demandes_abonnement_traitee check ((statut = 'en_cours_de_validation') = (traitee_le is null)),
  constraint demandes_abonnement_motif check (statut <> 'refusee' or motif is not null),
  constraint demandes_abonnement_etendue check ((statut = 'validee') = (etendue is not null))
);
comment on table demandes_abonnement is
  'A person asks for espaces on one structure (seed 001 §5): decided once, its terminal states never change.';
comment on column demandes_abonnement.etendue is 'The reach the decision chose: the person, her services, the whole structure.';
comment on column demandes_abonnement.commentaire is 'Of the decision; those of the author are on the lines.';
comment on column demandes_abonnement.traitee_par is 'Null in a terminal state: closed by the portal, for the motif.';
create index demandes_abonnement_ouvertes on demandes_abonnement (structure_id, creee_le)
  where statut = 'en_cours_de_validation';
create index demandes_abonnement_personne on demandes_abonnement (utilisateur_id, creee_le desc);
create trigger demandes_abonnement_terminale before update on demandes_abonnement
  for each row execute function demande_terminale();

create table demande_abonnement_lignes (
  id uuid primary key,
  demande_id uuid not null,
  structure_id uuid not null,
  utilisateur_id uuid not null,
  service_id uuid,
  espace text not null references espaces (code),
  droit text not null check (droit in ('consultation', 'modification')),
  commentaire text check (length(commentaire) between 1 and 255),
  statut text not null default 'demandee' check (statut in ('demandee', 'accordee', 'ecartee')),
  droit_accorde text check (droit_accorde in ('consultation', 'modification')),
  constraint demande_abonnement_lignes_accordee check ((statut = 'accordee') = (droit_accorde is not null)),
  foreign key (structure_id, utilisateur_id, demande_id)
    references demandes_abonnement (structure_id, utilisateur_id, id),
  foreign key (structure_id, service_id) references services (structure_id, id)
);
comment on table demande_abonnement_lignes is
  'What a request asks, and what became of each line; service_id null = the whole structure.';
create index demande_abonnement_lignes_demande on demande_abonnement_lignes (demande_id);
create unique index demande_abonnement_lignes_une_ouverte
  on demande_abonnement_lignes (structure_id, utilisateur_id, espace, service_id) nulls not distinct
  where statut = 'demandee';

create table parametrage_espaces (
  id uuid primary key,
  structure_id uuid not null references structures (id),
  service_id uuid,
  espace text not null references espaces (code),
  droit text not null check (droit in ('consultation', 'modification')),
  regle_le timestamptz not null default maintenant(),
  regle_par uuid references utilisateurs (id),
  constraint parametrage_espaces_cle unique nulls not distinct (structure_id, service_id, espace),
  foreign key (structure_id, service_id) references services (structure_id, id)
);
comment on table parametrage_espaces is
  'Espaces a gestionnaire opened to everybody of a structure (service_id null) or of a service, present and to come (spec §13).';

-- Where a validated rattachement reaches: the whole structure (service_id null), or each of its services.
create view rattachements_mailles as
select r.id as rattachement_id, r.structure_id, r.role, rs.service_id
from rattachements r
left join rattachement_services rs on rs.rattachement_id = r.id and rs.statut = 'validee' and not r.maille_structure
where r.statut = 'validee' and (r.maille_structure or rs.service_id is not null);

create view abonnements_dus as
select m.rattachement_id, m.structure_id, m.service_id, e.code as espace, 'defaut' as origine, 'modification' as droit
from rattachements_mailles m
join structures s on s.id = m.structure_id
join espaces e on (s.publique or not e.publique_seulement)
              and case m.role when 'gp' then e.defaut_gp when 'gs' then e.defaut_gs else e.defaut_us end
union all
select m.rattachement_id, m.structure_id, coalesce(p.service_id, m.service_id), p.espace,
       case when p.service_id is null then 'structure' else 'service' end, p.droit
from rattachements_mailles m
join parametrage_espaces p on p.structure_id = m.structure_id
                          and (p.service_id is null or m.service_id is null or p.service_id = m.service_id);
comment on view abonnements_dus is
  'What a rattachement has without asking: by its role, by the structure, by the service. abonnements holds the same rows, besides those of origin « demande ».';

create view abonnements_effectifs as
select a.id, a.structure_id, a.rattachement_id, r.utilisateur_id, a.service_id, a.espace, a.droit, a.origine, a.cree_le,
       r.structure_active
from abonnements a
join rattachements_effectifs r on r.id = a.rattachement_id
where case when a.service_id is null then r.maille_structure
           else exists (select from services_actifs sa where sa.id = a.service_id)
                and (r.maille_structure
                     or exists (select from services_effectifs se
                                where se.rattachement_id = r.id and se.service_id = a.service_id))
      end;
comment on view abonnements_effectifs is 'Espaces in force now. Every reading of an espace is made here.';

-- Whose reach covers which request (decisions 12). The gestionnaire principal decides his own as well: nobody is above him.
create view portees_abonnements as
select d.id as demande_id, d.structure_id, d.statut, r.utilisateur_id as gestionnaire_id, r.id as rattachement_id, r.role,
       r.capacites, r.maille_structure, r.structure_active
from demandes_abonnement d
join rattachements_effectifs r on r.structure_id = d.structure_id and 'valider_abonnements' = any (r.capacites)
where (d.utilisateur_id <> r.utilisateur_id or r.role = 'gp')
  and (r.maille_structure
       or not exists (select from demande_abonnement_lignes l
                      where l.demande_id = d.id
                        and not exists (select from services_effectifs se
                                        where se.rattachement_id = r.id and se.service_id = l.service_id)));

create view decideurs_abonnements as
select demande_id, structure_id, gestionnaire_id as decideur_id, rattachement_id, role, capacites, maille_structure
from portees_abonnements
where statut = 'en_cours_de_validation' and structure_active;
comment on view decideurs_abonnements is
  'The rule « who can decide this demande d''abonnement », written once: lists, counts, mails and decisions read it.';

-- The same reader of the historique as before, who now also reads the lines of the abonnement requests within his services.
create or replace view historique_visible as
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
                or exists (
                select from demandes_abonnement d
                where d.id = h.demande_id
                  and not exists (select from demande_abonnement_lignes l
                                  where l.demande_id = d.id
                                    and not exists (select from services_effectifs se
                                                    where se.rattachement_id = r.id and se.service_id = l.service_id)))
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
