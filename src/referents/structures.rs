//! Which public structures go through the PIGP (spec §13): set by the référent in his périmètres, by the administrateur everywhere.

use super::courriers::StructurePigp;
use super::guichet::Gardien;
use crate::App;
use crate::courrier;
use crate::db::{StructureId, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::identifiants::Siret;
use crate::rattachements;
use crate::web::Erreur;

/// A public structure, as whoever may set it sees it.
pub struct Reglable {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub active: bool,
    pub passe: bool,
    pub perimetre: Option<String>,
}

/// By its SIRET; `None`: no public structure has it, or it is outside the périmètres of the reader.
///
/// # Errors
/// Those of the database.
pub async fn chercher<G: Gardien>(
    app: &App,
    gardien: &G,
    siret: &Siret,
) -> Result<Option<Reglable>, Erreur> {
    Ok(sqlx::query_as!(
        Reglable,
        r#"select s.id as "id: StructureId", s.identifiant, s.raison_sociale, s.statut = 'active' as "active!",
                  s.passe_par_pigp as passe, v.nom as "perimetre?"
           from structures s left join structures_des_perimetres v on v.structure_id = s.id
           where s.type_identifiant = 'SIRET' and s.identifiant = $1 and s.publique
             and ($3 or exists (select from referents_effectifs r
                                where r.perimetre_id = v.perimetre_id and r.utilisateur_id = $2))"#,
        siret.as_str(),
        gardien.id().0,
        G::PARTOUT
    )
    .fetch_optional(&app.db)
    .await?)
}

/// Says whether its accounts come from the PIGP; the same again changes nothing. Answers its raison sociale.
///
/// # Errors
/// `Introuvable`: not a public structure of his périmètres.
pub async fn regler<G: Gardien>(
    tx: &mut Tx,
    gardien: &G,
    structure: StructureId,
    passe: bool,
    motif: &str,
) -> Result<String, Erreur> {
    rattachements::verrouiller(tx, &[structure]).await?;
    let avant = sqlx::query!(
        r#"select s.raison_sociale, s.passe_par_pigp from structures s
           where s.id = $1 and s.publique
             and ($3 or exists (select from structures_des_perimetres v
                                join referents_effectifs r on r.perimetre_id = v.perimetre_id
                                where v.structure_id = s.id and r.utilisateur_id = $2))"#,
        structure.0,
        gardien.id().0,
        G::PARTOUT
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if avant.passe_par_pigp == passe {
        return Ok(avant.raison_sociale);
    }
    sqlx::query!(
        "update structures set passe_par_pigp = $2 where id = $1",
        structure.0,
        passe
    )
    .execute(&mut **tx)
    .await?;
    let mot = |passe: bool| if passe { "Oui" } else { "Non" };
    let qui = gardien.personne().nom_complet();
    let ligne = historique::noter(
        tx,
        gardien.auteur(),
        Entree {
            structure: Some(structure),
            action: Action::StructurePigp,
            concerne: None,
            demande: None,
            details: Details {
                acteur: qui.clone(),
                motif: motif.to_owned(),
                changements: vec![Changement::new(
                    "Passe par le PIGP",
                    mot(avant.passe_par_pigp),
                    mot(passe),
                )],
                ..Details::default()
            },
        },
    )
    .await?;
    let marque = tx.marque.to_string();
    let principal: Vec<_> = rattachements::principal(tx, structure)
        .await?
        .into_iter()
        .collect();
    courrier::prevenir(tx, ligne, &principal, |j| StructurePigp {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: avant.raison_sociale.clone(),
        passe,
        qui: qui.clone(),
        motif: motif.to_owned(),
        chemin: format!("/structures/{structure}"),
    })
    .await?;
    Ok(avant.raison_sociale)
}
