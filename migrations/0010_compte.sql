-- « Mon compte »: an account that leaves, comes back or is erased, and the mails a person does not want
-- (R-COMPTE-DESACTIVER, R-COMPTE-DONNEES, decisions 4 and 6).

alter table utilisateurs
  add column effacement_averti_le timestamptz,
  add column clos_le timestamptz;
comment on column utilisateurs.effacement_averti_le is 'Instant of the warning mail, 7 days before the erasure; null again on a return.';
comment on column utilisateurs.clos_le is 'Instant of the erasure: names and addresses are a pseudonym since.';
create index utilisateurs_desactives on utilisateurs (desactive_le) where statut = 'inactif';

-- The same hour of Paris, 60 days later, whatever the clocks did meanwhile.
create function fin_de_reactivation(desactive_le timestamptz) returns timestamptz language sql stable strict parallel safe as
$$ select ((desactive_le at time zone 'Europe/Paris') + interval '60 days') at time zone 'Europe/Paris' $$;
comment on function fin_de_reactivation(timestamptz) is
  'First instant at which a deactivated account cannot come back any more and is erased (R-COMPTE-DESACTIVER).';

create table courriers_refuses (
  utilisateur_id uuid not null references utilisateurs (id),
  structure_id uuid not null references structures (id),
  categorie text not null check (categorie ~ '^[a-z_]{1,40}$'),
  primary key (utilisateur_id, structure_id, categorie)
);
comment on table courriers_refuses is
  'Optional mails a person does not want about a structure (R-COMPTE-DONNEES); read by the deposit in the outbox, nowhere else.';
comment on column courriers_refuses.categorie is 'Event, as courrier::Categorie spells it. Mails without a category are obligatory (spec §13).';

-- The purposes are those of courrier::Usage: a closed list here would be a second one.
alter table jetons drop constraint jetons_usage_check,
  add constraint jetons_usage_forme check (usage ~ '^[a-z_]{1,30}$');
alter table courriers drop constraint courriers_jeton_usage_check,
  add constraint courriers_jeton_usage_forme check (jeton_usage ~ '^[a-z_]{1,30}$');
comment on column jetons.expire_le is
  'End of validity (activation 7 days, password 1 hour, address 24 hours, reactivation: end of the 60 days); compared with maintenant().';
create index courriers_sans_compte on courriers (destinataire) where destinataire_id is null;

-- What a person did, for the download of his data and for an erasure.
create index historique_acteur on historique (acteur_id, survenu_le desc) where acteur_id is not null;

-- A terminal request never changes, except that the words of an erased person leave it.
create or replace function demande_terminale() returns trigger language plpgsql as $$
begin
  if old.statut <> 'en_cours_de_validation'
     and not ((to_jsonb(new) - 'commentaire' - 'motif') = (to_jsonb(old) - 'commentaire' - 'motif')
              and (new.commentaire is not distinct from old.commentaire or (old.commentaire is not null and new.commentaire = '(effacé)'))
              and (new.motif is not distinct from old.motif or (old.motif is not null and new.motif = '(effacé)'))) then
    raise exception 'une demande % ne change plus', old.statut using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
