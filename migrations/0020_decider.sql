-- Deciding: one reading of what waits, for both kinds of request; what a decision changed, so that its author can undo it
-- within ten minutes (R-GEST-ANNULER, spec §13 « Requests »).
set constraints all immediate;

alter table demandes_rattachement add column reprend uuid references demandes_rattachement (id);
comment on column demandes_rattachement.reprend is 'The decided request that this one opens again, its decision being undone.';
create unique index demandes_rattachement_reprend on demandes_rattachement (reprend) where reprend is not null;

alter table demandes_abonnement add column reprend uuid references demandes_abonnement (id);
comment on column demandes_abonnement.reprend is 'The decided request that this one opens again, its decision being undone.';
create unique index demandes_abonnement_reprend on demandes_abonnement (reprend) where reprend is not null;

create table decisions (
  id uuid primary key,
  acte_id uuid not null,
  structure_id uuid not null references structures (id),
  demande_rattachement_id uuid unique references demandes_rattachement (id),
  demande_abonnement_id uuid unique references demandes_abonnement (id),
  decideur_id uuid not null references utilisateurs (id),
  prise_le timestamptz not null default maintenant(),
  avant jsonb not null,
  apres jsonb not null,
  annulee_le timestamptz,
  constraint decisions_une_demande check (num_nonnulls(demande_rattachement_id, demande_abonnement_id) = 1)
);
comment on table decisions is
  'What a decision changed, kept while it can be undone: ten minutes, then the jobs delete the row.';
comment on column decisions.acte_id is 'The same for every line of one bulk decision.';
comment on column decisions.avant is 'The rights it touches before it, restored by an undo.';
comment on column decisions.apres is 'The same just after it: an undo needs them unchanged.';
create index decisions_acte on decisions (acte_id);
create index decisions_prise on decisions (prise_le);

-- The rattachement of a person on a structure, its services and what she obtained by request; {} where there is none. What
-- role, structure and services give follows from these (abonnements_dus).
create function image_du_rattachement(p_structure uuid, p_personne uuid) returns jsonb
  language sql stable set timezone = 'UTC' as
$$ select coalesce((
     select jsonb_build_object(
       'rattachement', to_jsonb(r) - 'exige_gp',
       'services', coalesce((select jsonb_agg(to_jsonb(rs) order by rs.service_id) from rattachement_services rs
                             where rs.rattachement_id = r.id), '[]'),
       'abonnements', coalesce((select jsonb_agg(to_jsonb(a) order by a.id) from abonnements a
                                where a.rattachement_id = r.id and a.origine = 'demande'), '[]'))
     from rattachements r
     where r.structure_id = p_structure and r.utilisateur_id = p_personne and r.statut <> 'supprimee'), '{}') $$;

-- What a demande d'abonnement can change: its author's espaces of the same lines and, when it opens them to everybody
-- (p_large), the settings of the structure for these espaces.
create function image_des_espaces(p_demande uuid, p_large boolean) returns jsonb
  language sql stable set timezone = 'UTC' as
$$ select jsonb_build_object(
     'rattachement', (select r.id from rattachements r
                      where r.structure_id = d.structure_id and r.utilisateur_id = d.utilisateur_id and r.statut = 'validee'),
     'abonnements', coalesce((
       select jsonb_agg(to_jsonb(a) order by a.id)
       from abonnements a
       join rattachements r on r.id = a.rattachement_id and r.utilisateur_id = d.utilisateur_id
       where a.structure_id = d.structure_id and a.origine = 'demande'
         and exists (select from demande_abonnement_lignes l
                     where l.demande_id = d.id and l.espace = a.espace and l.service_id is not distinct from a.service_id)), '[]'),
     'parametrage', case when p_large then coalesce((
       select jsonb_agg(to_jsonb(p) order by p.id)
       from parametrage_espaces p
       where p.structure_id = d.structure_id
         and exists (select from demande_abonnement_lignes l
                     where l.demande_id = d.id and l.espace = p.espace
                       and (p.service_id is null or p.service_id = l.service_id))), '[]') end)
   from demandes_abonnement d where d.id = p_demande $$;

-- Blocks A (« rattachement ») and B (« abonnement ») of « Activités du gestionnaire »: what waits for this person, found by
-- p_recherche, in the order p_tri. p_apres adds the request just decided, which gives the place in that order.
create function demandes_a_decider(p_genre text, p_decideur uuid, p_recherche text, p_tri text, p_apres uuid)
returns table (id uuid, structure_id uuid, demandeur text, adresse text, identifiant text, raison_sociale text,
               creee_le timestamptz, rang bigint)
language sql stable as $$
  select d.id, d.structure_id, u.prenom || ' ' || u.nom, u.adresse_connexion, s.identifiant, s.raison_sociale, d.creee_le,
         row_number() over (order by
           case p_tri when 'demandeur-asc' then u.cle_tri when 'identifiant-asc' then s.identifiant
                      when 'structure-asc' then s.cle_tri end asc,
           case p_tri when 'demandeur-desc' then u.cle_tri when 'identifiant-desc' then s.identifiant
                      when 'structure-desc' then s.cle_tri end desc,
           case when p_tri = 'date-desc' then d.creee_le end desc,
           d.creee_le, d.id)
  from (select r.id, r.structure_id, r.utilisateur_id, r.creee_le
        from decideurs dc join demandes_rattachement r on r.id = dc.demande_id
        where p_genre = 'rattachement' and dc.decideur_id = p_decideur
        union all
        select r.id, r.structure_id, r.utilisateur_id, r.creee_le
        from portees_demandes p join demandes_rattachement r on r.id = p.demande_id
        where p_genre = 'rattachement' and p.gestionnaire_id = p_decideur and r.id = p_apres
          and r.statut <> 'en_cours_de_validation'
        union all
        select a.id, a.structure_id, a.utilisateur_id, a.creee_le
        from decideurs_abonnements dc join demandes_abonnement a on a.id = dc.demande_id
        where p_genre = 'abonnement' and dc.decideur_id = p_decideur
        union all
        select a.id, a.structure_id, a.utilisateur_id, a.creee_le
        from portees_abonnements p join demandes_abonnement a on a.id = p.demande_id
        where p_genre = 'abonnement' and p.gestionnaire_id = p_decideur and a.id = p_apres
          and a.statut <> 'en_cours_de_validation') d
  join utilisateurs u on u.id = d.utilisateur_id
  join structures s on s.id = d.structure_id
  where p_recherche = '' or s.identifiant = replace(p_recherche, ' ', '') or u.adresse_connexion = lower(p_recherche)
     or (cle_recherche(p_recherche) <> ''
         and (u.cle_recherche like '%' || cle_recherche(p_recherche) || '%'
              or cle_recherche(u.prenom || u.nom) like '%' || cle_recherche(p_recherche) || '%'
              or s.cle_recherche like '%' || cle_recherche(p_recherche) || '%'))
$$;

-- Names of the espaces that a rattachement opens without asking: those of its role, of the structure and of its services.
create function espaces_ouverts(p_structure uuid, p_role text, p_maille boolean, p_services uuid[]) returns text[]
language sql stable as $$
  select array(
    select e.nom
    from espaces e join structures s on s.id = p_structure
    where ((s.publique or not e.publique_seulement)
           and case p_role when 'gp' then e.defaut_gp when 'gs' then e.defaut_gs else e.defaut_us end)
       or exists (select from parametrage_espaces p
                  where p.structure_id = s.id and p.espace = e.code
                    and (p.service_id is null or p_maille or p.service_id = any (p_services)))
    order by e.ordre)
$$;
