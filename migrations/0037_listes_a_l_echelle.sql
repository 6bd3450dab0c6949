-- What the lists cost on a large portal, measured (docs/PERFORMANCE.md).

-- Blocks A (« rattachement ») and B (« abonnement ») of « Activités du gestionnaire », as in 0026. As a body that the server
-- inlines, it was planned again at each reading of a page, for longer than it ran; here its plan is kept by the connection.
-- Which rows it reads hangs on who decides, never on the other parameters, so that one plan serves them all.
create or replace function demandes_a_decider(p_genre text, p_decideur uuid, p_recherche text, p_tri text, p_apres uuid)
returns table (id uuid, structure_id uuid, demandeur text, adresse text, identifiant text, raison_sociale text,
               creee_le timestamptz, rang bigint)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  cle text := cle_recherche(p_recherche);
  numero text := replace(p_recherche, ' ', '');
  login text := lower(p_recherche);
begin
  return query
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
  where p_recherche = '' or s.identifiant = numero or u.adresse_connexion = login
     or (cle <> '' and (repond_au_nom(u.cle_recherche, cle) or s.cle_recherche like '%' || cle || '%'));
end
$$;
comment on function demandes_a_decider(text, uuid, text, text, uuid) is
  'What waits for this person, found by p_recherche, in the order p_tri. p_apres adds the request just decided, which gives the place in that order.';

-- The queue of the support (R-SUP-FILE). p_rang: one state; null: all that are open. The other two: null, or one only.
create function file_du_support(p_rang smallint, p_agent uuid, p_categorie text) returns setof sollicitations
language sql stable as $$
  select s.*
  from sollicitations s
  where s.destinataire = 'support'
    and case when p_rang is null then s.rang < 4 and s.statut not in ('resolue', 'close') else s.rang = p_rang end
    and (p_agent is null or s.prise_en_charge_par = p_agent)
    and (p_categorie is null or s.categorie = p_categorie)
$$;
comment on function file_du_support(smallint, uuid, text) is
  'The queue of the support, before any search: one body for what is listed, counted and searched.';

-- What is open, with all that its filters and its search ask, so that they are answered without reading the messages.
create index sollicitations_file_ouverte on sollicitations (rang, creee_le, id)
  include (reference, statut, categorie, prise_en_charge_par, emetteur_id, cle)
  where destinataire = 'support' and rang < 4;
comment on index sollicitations_file_ouverte is 'The open queue of the support, in its order, with its filters.';
-- One agent's own, in the order of the queue.
create index sollicitations_d_un_agent on sollicitations (prise_en_charge_par, rang, creee_le, id)
  include (statut, destinataire, reference, categorie)
  where prise_en_charge_par is not null;
comment on index sollicitations_d_un_agent is 'What one agent or one référent follows, in the order of the queue.';
drop index sollicitations_agent;
