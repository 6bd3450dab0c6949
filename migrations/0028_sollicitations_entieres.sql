-- Sollicitations, whole: sent to a public structure too, transferred, closed by time; drafts; attachments; what the desk
-- works with (R-SOL-EMETTRE, R-SOL-RECEVOIR, R-SOL-BROUILLON, R-SUP-FILE, security.md IN5–IN7).

alter table sollicitations
  add column transferee_de uuid references structures (id),
  add column transferee_le timestamptz,
  add column close_par_le_portail boolean not null default false,
  add column cle text generated always as (cle_recherche(reference || ' ' || objet)) stored,
  add column rang smallint not null generated always as
    (case statut when 'nouvelle' then 1 when 'en_cours' then 2 when 'en_attente_du_demandeur' then 3 when 'resolue' then 4 else 5 end)
    stored,
  add constraint sollicitations_transferee check ((transferee_de is null) = (transferee_le is null)),
  add constraint sollicitations_close_par_le_portail check (not close_par_le_portail or statut = 'close');
comment on column sollicitations.transferee_de is 'The public structure that passed it to the support; it does not read it any more.';
comment on column sollicitations.close_par_le_portail is 'Closed by time, 30 days after its resolution: the time to reopen it is over as well.';
comment on column sollicitations.cle is 'What a search compares: reference and object.';
create index sollicitations_cle on sollicitations using gin (cle gin_trgm_ops);
comment on column sollicitations.rang is 'Order of the states in the queue of who answers: new ones first.';
-- The queue is counted up to 10 001 lines: these two hold all that is counted and sorted.
create index sollicitations_bureau on sollicitations (rang, creee_le, id) include (reference, statut)
  where destinataire = 'support';
create index sollicitations_bureau_categorie on sollicitations (categorie, rang, creee_le, id) include (reference, statut)
  where destinataire = 'support';
create index sollicitations_recues on sollicitations (destinataire_structure_id, statut, creee_le)
  where destinataire_structure_id is not null;
create index sollicitations_resolues on sollicitations (resolue_le) where statut = 'resolue';
create index sollicitations_agent on sollicitations (prise_en_charge_par, statut) where prise_en_charge_par is not null;

create function sollicitation_rouvrable(s sollicitations) returns boolean language sql stable parallel safe as
$$ select not s.close_par_le_portail
          and coalesce(greatest(s.resolue_le, s.close_le) > maintenant() - interval '30 days', false) $$;
comment on function sollicitation_rouvrable(sollicitations) is 'Its author may reopen it: within 30 days of its end (spec §2).';

create view lecteurs_des_recues as
select a.structure_id, a.utilisateur_id,
       bool_or(a.droit = 'modification' and a.structure_active) as traite
from abonnements_effectifs a
where a.espace = 'sollicitations_recues'
group by a.structure_id, a.utilisateur_id;
comment on view lecteurs_des_recues is
  'Who reads what is sent to a public structure, and who answers: the espace « Sollicitations reçues » in force (R-SOL-RECEVOIR).';

-- The thread: a structure speaks in it too, and the portal, which is nobody.
alter table sollicitation_messages
  alter column auteur_id drop not null,
  drop constraint sollicitation_messages_cote_check,
  drop constraint sollicitation_messages_acte_check,
  add constraint sollicitation_messages_cote check (cote in ('demandeur', 'support', 'structure', 'portail')),
  add constraint sollicitation_messages_acte
    check (acte in ('prise_en_charge', 'attribution', 'transfert', 'resolution', 'cloture', 'reouverture')),
  add constraint sollicitation_messages_auteur check ((auteur_id is null) = (cote = 'portail'));

create table sollicitation_brouillons (
  id uuid primary key,
  auteur_id uuid not null references utilisateurs (id),
  destinataire_structure_id uuid references structures (id),
  categorie text not null check (categorie <> ''),
  sous_categorie text not null default '',
  siret text not null default '' check (length(siret) <= 40),
  objet text not null default '' check (length(objet) <= 255),
  texte text not null default '' check (length(texte) <= 4000),
  cree_le timestamptz not null default maintenant(),
  modifie_le timestamptz not null default maintenant()
);
comment on table sollicitation_brouillons is
  'Sollicitations not sent yet, as typed (R-SOL-BROUILLON); erased 30 days after their last change.';
comment on column sollicitation_brouillons.destinataire_structure_id is 'The public structure it will be sent to; null: the support.';
create index sollicitation_brouillons_auteur on sollicitation_brouillons (auteur_id, modifie_le desc);
create index sollicitation_brouillons_age on sollicitation_brouillons (modifie_le);

create table pieces_jointes (
  id uuid primary key,
  deposant_id uuid not null references utilisateurs (id),
  brouillon_id uuid references sollicitation_brouillons (id) on delete cascade,
  sollicitation_id uuid references sollicitations (id),
  message_id uuid references sollicitation_messages (id),
  nom text not null check (length(nom) between 1 and 120),
  genre text not null check (genre in ('pdf', 'png', 'jpeg')),
  octets integer not null check (octets between 1 and 10485760),
  empreinte bytea not null check (length(empreinte) = 32),
  antivirus text not null check (antivirus in ('aucune', 'en_cours', 'saine', 'refusee')),
  analyse_prise_le timestamptz,
  analysee_le timestamptz,
  deposee_le timestamptz not null default maintenant(),
  effacee_le timestamptz,
  constraint pieces_jointes_lieu check (num_nonnulls(brouillon_id, sollicitation_id) = 1),
  constraint pieces_jointes_message check (message_id is null or sollicitation_id is not null),
  constraint pieces_jointes_analysee check ((antivirus in ('saine', 'refusee')) = (analysee_le is not null))
);
comment on table pieces_jointes is
  'Attachments of a draft, of a sollicitation (message_id null) or of an answer. Who may read one is who may read what it hangs on.';
comment on column pieces_jointes.nom is 'As its author named it, cleaned; shown and proposed at the download, never a path.';
comment on column pieces_jointes.genre is 'Recognised in the content, never believed from the browser.';
comment on column pieces_jointes.empreinte is 'SHA-256 of the content, kept after its erasure.';
comment on column pieces_jointes.antivirus is
  'aucune: no antivirus is configured; en_cours: only its author reads it; refusee: the content was erased at once.';
comment on column pieces_jointes.analyse_prise_le is 'Lease of the instance that has it scanned, two minutes.';
comment on column pieces_jointes.effacee_le is 'The content is gone: refused, or the data of its author were erased.';
create index pieces_jointes_brouillon on pieces_jointes (brouillon_id) where brouillon_id is not null;
create index pieces_jointes_sollicitation on pieces_jointes (sollicitation_id) where sollicitation_id is not null;
create index pieces_jointes_deposant on pieces_jointes (deposant_id, deposee_le);
create index pieces_jointes_a_analyser on pieces_jointes (deposee_le) where antivirus = 'en_cours';

create table piece_morceaux (
  piece_id uuid not null references pieces_jointes (id) on delete cascade,
  rang integer not null check (rang >= 0),
  contenu bytea not null check (length(contenu) between 1 and 262144),
  primary key (piece_id, rang)
);
-- PDF, PNG and JPEG are compressed already.
alter table piece_morceaux alter column contenu set storage external;
comment on table piece_morceaux is 'Content of the attachments in pieces of 256 KiB: a download reads one at a time.';

create table reponses_preparees (
  id uuid primary key,
  titre text not null check (length(titre) between 1 and 120),
  texte text not null check (length(texte) between 1 and 4000),
  creee_le timestamptz not null default maintenant(),
  modifiee_le timestamptz not null default maintenant(),
  modifiee_par uuid references utilisateurs (id)
);
comment on table reponses_preparees is 'Answers the desk begins from; written by the administrateur (R-SUP-FILE, R-ADM).';
create unique index reponses_preparees_titre on reponses_preparees (cle_recherche(titre));
