-- Requests that wait are reminded, then told to somebody else; sollicitations to the support
-- (spec §2, §7, §9, §13; R-COMPTE-RATTACHEMENTS, R-STR-SANS-GP, R-SOL-EMETTRE).

alter table demandes_rattachement
  add column rappel_jours integer not null default 0 check (rappel_jours in (0, 3, 7, 14)),
  add column signalee_le timestamptz,
  add column signalee_a text check (signalee_a in ('support', 'referent')),
  add constraint demandes_rattachement_signalee check ((signalee_le is null) = (signalee_a is null));
comment on column demandes_rattachement.rappel_jours is
  'Days of waiting of the last automatic reminder: each leaves once, whoever runs the job and whenever.';
comment on column demandes_rattachement.signalee_le is
  'Instant the support (or the référents) was told: at the deposit where nobody can decide, at 14 days at the latest.';
comment on column demandes_rattachement.signalee_a is 'Who was told: the support; the référents of a structure that goes through the PIGP.';

create function rappel_du(creee_le timestamptz) returns integer language sql stable parallel safe as
$$ select case when creee_le <= maintenant() - interval '14 days' then 14
               when creee_le <= maintenant() - interval '7 days' then 7
               when creee_le <= maintenant() - interval '3 days' then 3 else 0 end $$;
comment on function rappel_du(timestamptz) is 'The reminder a request deposited then is due now, the latest only (spec §9: 3, 7, 14 days).';

-- What is due is read without reading what is not.
create index demandes_rattachement_rappels on demandes_rattachement (rappel_jours, creee_le)
  where statut = 'en_cours_de_validation' and rappel_jours < 14;
create index demandes_rattachement_signalees on demandes_rattachement (creee_le)
  where statut = 'en_cours_de_validation' and signalee_le is not null;
create index utilisateurs_equipe on utilisateurs (equipe) where equipe is not null;

create view demandes_sans_reponse as
select d.id, d.structure_id, d.utilisateur_id, d.creee_le, d.signalee_le, d.signalee_a,
       not exists (select from decideurs x where x.demande_id = d.id) as sans_decideur
from demandes_rattachement d
where d.statut = 'en_cours_de_validation' and d.signalee_le is not null
  and (d.rappel_jours = 14 or not exists (select from decideurs x where x.demande_id = d.id));
comment on view demandes_sans_reponse is
  'The requests that the support sees: told to it, and undecided for 14 days or without anybody who can decide.';

create table sollicitation_numeros (
  annee integer primary key,
  dernier bigint not null
);
comment on table sollicitation_numeros is 'Last number given in each year: SOL-2026-000123.';

create table sollicitations (
  id uuid primary key,
  reference text not null unique check (reference ~ '^SOL-[0-9]{4}-[0-9]{6,}$'),
  emetteur_id uuid not null references utilisateurs (id),
  destinataire text not null check (destinataire in ('support', 'referent', 'structure')),
  destinataire_structure_id uuid references structures (id),
  categorie text not null check (categorie <> ''),
  sous_categorie text,
  structure_id uuid references structures (id),
  objet text not null check (length(objet) between 1 and 255),
  texte text not null check (length(texte) between 1 and 4000),
  donnees jsonb not null default '{}',
  statut text not null default 'nouvelle'
    check (statut in ('nouvelle', 'en_cours', 'en_attente_du_demandeur', 'resolue', 'close')),
  prise_en_charge_par uuid references utilisateurs (id),
  prise_en_charge_le timestamptz,
  creee_le timestamptz not null default maintenant(),
  modifiee_le timestamptz not null default maintenant(),
  resolue_le timestamptz,
  close_le timestamptz,
  constraint sollicitations_destinataire check ((destinataire = 'structure') = (destinataire_structure_id is not null)),
  constraint sollicitations_prise_en_charge check ((prise_en_charge_par is null) = (prise_en_charge_le is null)),
  constraint sollicitations_nouvelle check (statut <> 'nouvelle' or prise_en_charge_par is null),
  constraint sollicitations_resolue check (statut <> 'resolue' or resolue_le is not null),
  constraint sollicitations_close check ((statut = 'close') = (close_le is not null))
);
comment on table sollicitations is
  'What a person asks of the support, a référent or a public structure (R-SOL-EMETTRE). nouvelle → en_cours → en_attente_du_demandeur ⇄ en_cours → resolue → close.';
comment on column sollicitations.reference is 'Readable and quoted by mail: SOL-, the year in Paris, a number of that year.';
comment on column sollicitations.destinataire_structure_id is 'The public structure it is sent to, when it is sent to one.';
comment on column sollicitations.structure_id is
  'The structure it is about, when the portal knows the SIRET typed: for the desk, never told to the author (spec §13 Support).';
comment on column sollicitations.donnees is 'Fields of the category, as typed: SIRET, gestionnaires principaux actuel and cible…';
comment on column sollicitations.resolue_le is 'Instant the desk resolved it; null again when its author reopens it.';
create index sollicitations_emetteur on sollicitations (emetteur_id, creee_le desc);
create index sollicitations_file on sollicitations (destinataire, creee_le) where statut not in ('resolue', 'close');
create index sollicitations_destinataire on sollicitations (destinataire, statut, creee_le);

create table sollicitation_messages (
  id uuid primary key,
  sollicitation_id uuid not null references sollicitations (id),
  auteur_id uuid not null references utilisateurs (id),
  cote text not null check (cote in ('demandeur', 'support')),
  interne boolean not null default false,
  acte text check (acte in ('prise_en_charge', 'resolution', 'cloture', 'reouverture')),
  texte text not null default '' check (length(texte) <= 4000),
  cree_le timestamptz not null default maintenant(),
  constraint sollicitation_messages_dit check (acte is not null or texte <> ''),
  constraint sollicitation_messages_interne check (not interne or cote = 'support')
);
comment on table sollicitation_messages is 'The thread: answers, and the acts that changed its state. Only an erasure of personal data changes a line.';
comment on column sollicitation_messages.interne is 'Note of the desk: its author never reads it.';
comment on column sollicitation_messages.acte is 'What this line did to the state; null for a plain message.';
create index sollicitation_messages_fil on sollicitation_messages (sollicitation_id, cree_le, id);
