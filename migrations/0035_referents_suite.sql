-- What the référents still lacked: a line of the thread when a sollicitation goes to another périmètre, and who asked for an
-- account found by her address (« Mes données »).
alter table sollicitation_messages
  drop constraint sollicitation_messages_acte,
  add constraint sollicitation_messages_acte
    check (acte in ('prise_en_charge', 'attribution', 'transfert', 'transmission', 'resolution', 'cloture', 'reouverture'));
comment on column sollicitation_messages.acte is
  'What this line did to the state; null for a plain message. « transfert »: to the support; « transmission »: to the référents of another périmètre.';

create index demandes_de_compte_adresse on demandes_de_compte (adresse);
