-- The outbox and the single-use links (decision 21, security.md §3.5, ML1-ML6).
-- A mail is a row of the transaction that decides it; a worker sends it afterwards. No table holds a usable
-- secret: a link is the token's id and an HMAC of it, computed when the mail leaves.

create table jetons (
  id uuid primary key,
  utilisateur_id uuid not null,
  usage text not null check (usage in ('activation', 'mot_de_passe', 'adresse')),
  adresse text not null check (adresse <> ''),
  expire_le timestamptz not null,
  cree_le timestamptz not null default maintenant(),
  constraint jetons_un_par_usage unique (utilisateur_id, usage)
);
create index jetons_expire_le on jetons (expire_le);

comment on table jetons is 'Single-use links; at most one alive per person and purpose. The id alone opens nothing: the link carries its HMAC.';
comment on column jetons.id is 'Random (UUIDv4). Issuing again replaces it, so that every older link dies.';
comment on column jetons.utilisateur_id is 'Person the link was issued for (no foreign key: the outbox knows no feature).';
comment on column jetons.usage is 'What the link may do; part of the HMAC, so that a link of one purpose opens no other.';
comment on column jetons.adresse is 'Address it was mailed to: a link confirms that address only.';
comment on column jetons.expire_le is 'End of validity (activation 7 days, password 1 hour, address 24 hours); compared with maintenant().';
comment on column jetons.cree_le is 'Instant of the last issue.';

create table courriers (
  id uuid primary key,
  evenement uuid not null,
  gabarit text not null check (gabarit <> ''),
  destinataire text not null check (destinataire <> ''),
  destinataire_id uuid,
  sujet text not null,
  texte text not null,
  html text not null,
  lien_chemin text not null default '/' check (lien_chemin ~ '^/([^/\\]|$)'),
  jeton_id uuid,
  jeton_usage text check (jeton_usage in ('activation', 'mot_de_passe', 'adresse')),
  statut text not null default 'a_envoyer' check (statut in ('a_envoyer', 'envoye', 'abandonne')),
  essais integer not null default 0 check (essais >= 0),
  prochain_essai_le timestamptz not null default maintenant(),
  bail_jusqu_au timestamptz,
  envoye_le timestamptz,
  cree_le timestamptz not null default maintenant(),
  derniere_erreur text,
  purge_le timestamptz,
  constraint courriers_une_fois unique (evenement, destinataire, gabarit),
  constraint courriers_jeton_entier check ((jeton_id is null) = (jeton_usage is null)),
  constraint courriers_envoye_date check ((statut = 'envoye') = (envoye_le is not null)),
  constraint courriers_purge_apres check (purge_le is null or statut <> 'a_envoyer')
);
create index courriers_a_envoyer on courriers (prochain_essai_le, id) where statut = 'a_envoyer';
create index courriers_abandonnes on courriers (cree_le) where statut = 'abandonne';
create index courriers_a_purger on courriers (cree_le) where statut <> 'a_envoyer' and purge_le is null;
create index courriers_destinataire on courriers (destinataire_id) where destinataire_id is not null;

comment on table courriers is 'Outbox: mails as rendered when the decision was made; sent at least once, with a constant Message-ID.';
comment on column courriers.id is 'UUIDv7 given by the application; the Message-ID derives from it.';
comment on column courriers.evenement is 'What the mail tells about (decision, request…): the same event never mails the same person twice with one template.';
comment on column courriers.gabarit is 'Name of the template.';
comment on column courriers.destinataire is 'The one recipient''s address.';
comment on column courriers.destinataire_id is 'Account of the recipient, when there is one (no foreign key: a mail outlives what it tells).';
comment on column courriers.sujet is 'Subject, one line, without control characters.';
comment on column courriers.texte is 'Plain text body, with a marker where the link goes; blank once purged.';
comment on column courriers.html is 'HTML body, with the same marker; blank once purged.';
comment on column courriers.lien_chemin is 'Path the marker leads to, under PUBLIC_URL, when the mail carries no token.';
comment on column courriers.jeton_id is 'Token whose link the mail carries; the mail is dropped if the token died before it left.';
comment on column courriers.jeton_usage is 'Purpose of that token.';
comment on column courriers.statut is 'a_envoyer, envoye, or abandonne (dead letter, shown to the support).';
comment on column courriers.essais is 'Attempts begun, counted when the mail is claimed.';
comment on column courriers.prochain_essai_le is 'Not before this instant.';
comment on column courriers.bail_jusqu_au is 'Lease of the worker now sending it; past, the mail may be claimed again.';
comment on column courriers.envoye_le is 'Instant the server accepted it.';
comment on column courriers.cree_le is 'Instant of the deposit; also the Date header.';
comment on column courriers.derniere_erreur is 'Why the last attempt failed, for the support; holds no link.';
comment on column courriers.purge_le is 'Instant the bodies were blanked (30 days after sending or giving up).';
