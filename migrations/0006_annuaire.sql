-- The public directory: who is in it, and the one way to search it by name (R-ANNUAIRE, R-COMPTE-RATTACHEMENTS).

-- Words of the raison sociale and of the town, then the same without spaces: « saint denis », « Saint-Denis » and
-- « saintdenis » find the same structures.
create function cle_annuaire(raison_sociale text, ville text) returns text
  language sql immutable parallel safe as
$$ select ' ' || public.cle_tri(raison_sociale || ' ' || coalesce(ville, '')) || ' '
       || public.cle_recherche(raison_sociale || coalesce(ville, '')) $$;

-- Additive, but it rewrites the table: set constraints first, as decisions 3 asks of any change to structures.
set constraints all immediate;
alter table structures add column cle_annuaire text
  generated always as (case when publique then cle_annuaire(raison_sociale, ville) end) stored;
comment on column structures.cle_annuaire is
  'Null for a private structure: no search by name can reach it, whatever the statement (decisions 13).';
-- Page or bitmap? The planner decides well when it knows how rare a word is.
alter table structures alter column cle_annuaire set statistics 1000;
create index structures_cle_annuaire on structures using gin (cle_annuaire gin_trgm_ops) where publique;
-- « 69 » is a département: a post code is searched by its beginning.
create index structures_code_postal_debut on structures (code_postal text_pattern_ops) where publique;

create view structures_publiques as
select s.id, s.type_identifiant, s.identifiant, s.raison_sociale, s.cle_tri, s.cle_annuaire, s.categorie, s.statut,
       s.passe_par_pigp, s.adresse, s.complement_adresse_1, s.complement_adresse_2, s.code_postal, s.ville, s.libelle_pays,
       s.telephone, s.courriel, s.gestion_engagement, s.gestion_service, s.gestion_service_engagement,
       s.gestion_statut_mise_en_paiement, s.est_moa, s.est_moa_uniquement
from structures s where s.publique;
comment on view structures_publiques is 'What anybody signed in may know of a public structure. A private one is never in it.';

-- A word of three letters is looked for anywhere, a shorter one at the beginning of a word: both have trigrams, hence an index.
-- The key holds letters and digits only, so that no wildcard typed by a visitor survives; a word without any finds nothing.
create function motif_annuaire(mot text) returns text language sql immutable strict parallel safe as
$$ select case when length(cle) >= 3 then '%' || cle || '%' when cle <> '' then '% ' || cle || '%' else '' end
   from (select public.cle_recherche(mot) as cle) c $$;

-- One text, planned inside each statement that calls it: an absent criterion (null) disappears from the plan.
-- mots: every one of them, in any order; tout: or all of them stuck together; identifiant and code_postal: beginnings.
create function chercher_structures_publiques(mots text[], tout text, numero text, identifiant text, code_postal text)
  returns setof structures_publiques language sql stable parallel safe as
$$ select s.* from structures_publiques s
   where (mots[1] is null
          or ((s.cle_annuaire like motif_annuaire(mots[1])
               and (mots[2] is null or s.cle_annuaire like motif_annuaire(mots[2]))
               and (mots[3] is null or s.cle_annuaire like motif_annuaire(mots[3]))
               and (mots[4] is null or s.cle_annuaire like motif_annuaire(mots[4]))
               and (mots[5] is null or s.cle_annuaire like motif_annuaire(mots[5]))
               and (mots[6] is null or s.cle_annuaire like motif_annuaire(mots[6])))
              or s.cle_annuaire like motif_annuaire(tout)
              or s.identifiant like numero || '%'))
     and ($4 is null or s.identifiant like $4 || '%')
     and ($5 is null or s.code_postal like $5 || '%') $$;
comment on function chercher_structures_publiques is
  'The filter of « Rechercher structure publique » and of « Demander un rattachement », written once: page, total and CSV call it.';

-- Superseded: nothing searched a raison sociale or a town alone, and each made a load pay for a trigram index.
drop index structures_recherche;
drop index structures_ville;
