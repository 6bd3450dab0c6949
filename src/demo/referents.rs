//! The périmètres of the demo world, and what waits there (spec §11, §13 « Demo »): put beside the scenes, whose people and
//! structures they name.

use crate::db::{DemandeDeCompteId, PerimetreId, SollicitationId, Tx};
use crate::web::Erreur;

struct Academie {
    nom: &'static str,
    departements: &'static [&'static str],
    domaine: &'static str,
    referent: &'static str,
}

const ACADEMIES: [Academie; 2] = [
    Academie {
        nom: "Académie de Lyon",
        departements: &["01", "42", "69"],
        domaine: "ac-lyon.example",
        referent: "referent@ac-lyon.example",
    },
    Academie {
        nom: "Académie de Grenoble",
        departements: &["07", "26", "38", "73", "74"],
        domaine: "ac-grenoble.example",
        referent: "referent@ac-grenoble.example",
    },
];

/// Périmètres with their référent and their accounts; a pending request of a person without account, another that was refused;
/// a PIGP head who moves to another académie.
pub async fn charger(tx: &mut Tx) -> Result<(), Erreur> {
    for academie in &ACADEMIES {
        let departements: Vec<String> = academie
            .departements
            .iter()
            .map(|d| (*d).to_owned())
            .collect();
        sqlx::query!(
            "with p as (
               insert into perimetres (id, nom, departements, genres, domaines)
               values ($1, $2, $3, '{enseignement}', array[$4::text]) returning id)
             insert into perimetre_referents (perimetre_id, utilisateur_id)
             select p.id, u.id from p, utilisateurs u where u.adresse_connexion = $5",
            PerimetreId::nouveau().0,
            academie.nom,
            &departements,
            academie.domaine,
            academie.referent
        )
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query!(
        "update utilisateurs u set perimetre_id = p.id from perimetres p
         where u.pigp and split_part(u.adresse_connexion, '@', 2) = any (p.domaines)"
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into demandes_de_compte (id, prenom, nom, adresse, structure_id, perimetre_id, statut, message, deposee_le, confirmee_le,
                                         traitee_le, traitee_par, motif)
         select l.id, l.prenom, l.nom, l.adresse, s.id, v.perimetre_id, l.statut, l.message || ' [' || regexp_replace(l.adresse, '\\.[^.]+$', '') || ']',
                maintenant() - l.age * interval '1 day', maintenant() - l.age * interval '1 day' + interval '2 hours',
                case when l.motif <> '' then maintenant() - interval '1 day' end,
                case when l.motif <> '' then r.id end, nullif(l.motif, '')
         from (values
                ($1::uuid, 'Camille', 'Berger', 'camille.berger@ac-lyon.example', 'ouverte',
                 'J’arrive à l’intendance le 1er du mois prochain.', 3, ''),
                ($2::uuid, 'Direction', 'Lycée', 'direction.fontaines@ac-lyon.example', 'refusee',
                 'Un compte pour le secrétariat.', 12, 'Une adresse nominative est nécessaire (prenom.nom@ac-lyon.example).'))
              as l (id, prenom, nom, adresse, statut, message, age, motif)
         join structures s on s.identifiant = '19690199500015' and s.type_identifiant = 'SIRET'
         join structures_des_perimetres v on v.structure_id = s.id
         left join utilisateurs r on r.adresse_connexion = 'referent@ac-lyon.example'",
        DemandeDeCompteId::nouveau().0,
        DemandeDeCompteId::nouveau().0
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "with numero as (
           insert into sollicitation_numeros as n (annee, dernier) values (extract(year from aujourdhui())::integer, 1)
           on conflict (annee) do update set dernier = n.dernier + 1 returning annee, dernier)
         insert into sollicitations (id, reference, emetteur_id, destinataire, perimetre_id, categorie, objet, texte, creee_le, modifiee_le)
         select $1, 'SOL-' || n.annee || '-' || lpad(n.dernier::text, 6, '0'), u.id, 'referent', u.perimetre_id, 'mes_donnees',
                'Modification des données de ' || u.prenom || ' ' || u.nom,
                'Je rejoins l’académie de Lyon à la rentrée : mon adresse devient nathalie.roche@ac-lyon.example. [' || regexp_replace(u.adresse_connexion, '\\.[^.]+$', '') || ']',
                maintenant() - interval '2 days', maintenant() - interval '2 days'
         from numero n, utilisateurs u where u.adresse_connexion = 'cheffe.grenoble@ac-grenoble.example'",
        SollicitationId::nouveau().0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
