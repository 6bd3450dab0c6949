//! The structures of his périmètres that nobody manages, by the requests that wait there (R-STR-SANS-GP): he proposes their
//! first gestionnaire principal (`sollicitations::certificat`), a support agent approves.

use crate::App;
use crate::acces::Referent;
use crate::db::{DemandeId, Temps};
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// A request that nobody can decide.
pub struct SansGestionnaire {
    pub id: DemandeId,
    pub demandeur: String,
    pub adresse: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub creee_le: Temps,
    /// Reference of the sollicitation whose certificate is out.
    pub certificat: Option<String>,
    /// A certificat was refused since it came.
    pub refusee: bool,
}

/// The list in the URL, under `d.`: the oldest first.
pub fn fenetre(requete: &Requete) -> Fenetre {
    let tris = ["date", "structure"];
    Fenetre::lire(requete, "d", &tris, ("date", Sens::Croissant), 25)
}

/// One statement.
///
/// # Errors
/// Those of the database.
pub async fn lignes(
    app: &App,
    referent: &Referent,
    fenetre: Fenetre,
) -> Result<Liste<SansGestionnaire>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select d.id, d.utilisateur_id, d.creee_le, s.id as structure_id, s.identifiant, s.raison_sociale, s.cle_tri
             from demandes_rattachement d join structures s on s.id = d.structure_id
             join structures_des_perimetres v on v.structure_id = s.id
             where d.statut = 'en_cours_de_validation' and d.signalee_le is not null
               and s.passe_par_pigp and not s.a_gp
               and exists (select from referents_effectifs r where r.perimetre_id = v.perimetre_id and r.utilisateur_id = $1)
             order by d.creee_le limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: DemandeId", u.prenom || ' ' || u.nom as "demandeur!",
                  u.adresse_connexion as "adresse!", b.identifiant as "identifiant!", b.raison_sociale as "raison_sociale!",
                  temps(b.creee_le) as "creee_le!: Temps", o.reference as "certificat?",
                  exists (select from certificats x
                          where x.structure_id = b.structure_id and x.statut = 'refuse' and x.tranche_le >= b.creee_le) as "refusee!"
           from base b
           join utilisateurs u on u.id = b.utilisateur_id
           left join certificats c on c.structure_id = b.structure_id and c.statut = 'envoye'
           left join sollicitations o on o.id = c.sollicitation_id
           order by
             case when $2 = 'structure-asc' then b.cle_tri end asc, case when $2 = 'structure-desc' then b.cle_tri end desc,
             case when $2 = 'date-desc' then b.creee_le end desc,
             b.creee_le, b.id
           limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3"#,
        referent.id().0,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| SansGestionnaire {
            id: l.id,
            demandeur: l.demandeur,
            adresse: l.adresse,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            creee_le: l.creee_le,
            certificat: l.certificat,
            refusee: l.refusee,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "designations"))
}
