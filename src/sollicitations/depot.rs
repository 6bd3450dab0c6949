//! A person asks something of the support (R-SOL-EMETTRE).

use sqlx::types::Json;

use super::courriers::{SollicitationEnregistree, SollicitationNouvelle};
use super::etat::Categorie;
use super::machine;
use crate::acces::Connecte;
use crate::courrier;
use crate::db::{SollicitationId, StructureId, Tx};
use crate::historique::Action;
use crate::identifiants::Siret;
use crate::rattachements;
use crate::utilisateurs::{self, Equipe};
use crate::web::Erreur;

/// What is asked, already checked.
#[derive(Clone, Debug)]
pub struct Demandee {
    pub categorie: Categorie,
    /// 1 to 255 characters.
    pub objet: String,
    /// 1 to 4 000 characters.
    pub texte: String,
    /// Fields of the category; `{}` where it has none.
    pub donnees: serde_json::Value,
    /// The structure it is about, as typed.
    pub siret: Option<Siret>,
}

/// The result of a deposit.
#[derive(Clone, Debug)]
pub struct Deposee {
    pub id: SollicitationId,
    pub reference: String,
    /// False when the very same sollicitation was open already (a double click).
    pub nouvelle: bool,
}

/// Deposits a sollicitation to the support; the author and the desk are mailed. The same words while the first are open
/// are one sollicitation.
///
/// # Errors
/// The database does not answer.
pub async fn deposer(
    tx: &mut Tx,
    auteur: &Connecte,
    demandee: &Demandee,
) -> Result<Deposee, Erreur> {
    let structure = structure(tx, demandee.siret.as_ref()).await?;
    if let Some(structure) = structure {
        rattachements::verrouiller(tx, &[structure]).await?;
    }
    // Two clicks of one person come one after the other.
    sqlx::query!(
        "select id from utilisateurs where id = $1 for no key update",
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(deja) = sqlx::query!(
        r#"select id as "id: SollicitationId", reference from sollicitations
           where emetteur_id = $1 and categorie = $2 and objet = $3 and texte = $4 and donnees = $5
             and destinataire = 'support' and statut not in ('resolue', 'close')
           order by creee_le limit 1"#,
        auteur.id().0,
        demandee.categorie.code(),
        demandee.objet,
        demandee.texte,
        Json(&demandee.donnees) as _
    )
    .fetch_optional(&mut **tx)
    .await?
    {
        return Ok(Deposee {
            id: deja.id,
            reference: deja.reference,
            nouvelle: false,
        });
    }
    let reference = numero(tx).await?;
    let id = SollicitationId::nouveau();
    sqlx::query!(
        "insert into sollicitations (id, reference, emetteur_id, destinataire, categorie, structure_id, objet, texte, donnees)
         values ($1, $2, $3, 'support', $4, $5, $6, $7, $8)",
        id.0,
        reference,
        auteur.id().0,
        demandee.categorie.code(),
        structure.map(|s| s.0),
        demandee.objet,
        demandee.texte,
        Json(&demandee.donnees) as _
    )
    .execute(&mut **tx)
    .await?;
    let personne = auteur.personne();
    let nom = personne.nom_complet();
    let ligne = machine::noter(
        tx,
        auteur,
        &nom,
        Some((auteur.id(), &nom)),
        Action::SollicitationDeposee,
        &reference,
    )
    .await?;
    let marque = tx.marque.to_string();
    let moi = machine::emetteur(tx, auteur.id()).await?;
    courrier::deposer(
        tx,
        ligne,
        &moi.destinataire(),
        &SollicitationEnregistree {
            marque: marque.clone(),
            nom_complet: nom.clone(),
            reference: reference.clone(),
            objet: demandee.objet.clone(),
            sollicitation: id,
        },
    )
    .await?;
    let courriers: Vec<_> = utilisateurs::agents(tx, Equipe::Support)
        .await?
        .into_iter()
        .map(|agent| {
            (
                agent.destinataire(),
                SollicitationNouvelle {
                    marque: marque.clone(),
                    nom_complet: agent.nom_complet,
                    emetteur: nom.clone(),
                    adresse: personne.adresse_connexion.clone(),
                    reference: reference.clone(),
                    categorie: demandee.categorie.libelle(),
                    objet: demandee.objet.clone(),
                    sollicitation: id,
                },
            )
        })
        .collect();
    if !courriers.is_empty() {
        courrier::deposer_plusieurs(tx, ligne, &courriers).await?;
    }
    Ok(Deposee {
        id,
        reference,
        nouvelle: true,
    })
}

/// The structure of a SIRET, for the desk: the author is not told whether there is one (spec §13).
async fn structure(tx: &mut Tx, siret: Option<&Siret>) -> Result<Option<StructureId>, Erreur> {
    let Some(siret) = siret else {
        return Ok(None);
    };
    Ok(sqlx::query_scalar!(
        r#"select id as "id: StructureId" from structures where type_identifiant = 'SIRET' and identifiant = $1"#,
        siret.as_str()
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// The next number of the year, in Paris: `SOL-2026-000123`.
async fn numero(tx: &mut Tx) -> Result<String, Erreur> {
    let l = sqlx::query!(
        r#"insert into sollicitation_numeros as n (annee, dernier)
           values (extract(year from aujourdhui())::integer, 1)
           on conflict (annee) do update set dernier = n.dernier + 1
           returning annee, dernier"#
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(format!("SOL-{}-{:06}", l.annee, l.dernier))
}
