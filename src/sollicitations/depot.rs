//! A person asks something of the support, or of a public structure (R-SOL-EMETTRE).

use sqlx::types::Json;

use super::brouillons;
use super::courriers::{SollicitationEnregistree, SollicitationNouvelle};
use super::etat::{Categorie, Destinataire};
use super::machine;
use crate::App;
use crate::acces::Connecte;
use crate::courrier;
use crate::db::{BrouillonId, PerimetreId, SollicitationId, StructureId, Tx, UtilisateurId};
use crate::historique::Action;
use crate::identifiants::Siret;
use crate::pieces::{self, Lieu, Nouvelle};
use crate::rattachements;
use crate::web::Erreur;

/// What is asked, already checked.
#[derive(Clone, Debug)]
pub struct Demandee {
    pub destinataire: Destinataire,
    pub categorie: Categorie,
    /// Code, empty where the category has none.
    pub sous_categorie: &'static str,
    /// 1 to 255 characters.
    pub objet: String,
    /// 1 to 4 000 characters.
    pub texte: String,
    /// Fields of the category; `{}` where it has none.
    pub donnees: serde_json::Value,
    /// The structure it is about, as typed.
    pub siret: Option<Siret>,
    /// The draft it was, which it replaces and whose files it takes.
    pub brouillon: Option<BrouillonId>,
    /// A file chosen with the last words.
    pub piece: Option<Nouvelle>,
}

/// The result of a deposit.
#[derive(Clone, Debug)]
pub struct Deposee {
    pub id: SollicitationId,
    pub reference: String,
    /// False when the very same sollicitation was open already (a double click).
    pub nouvelle: bool,
    /// « Le support », or the structure: who will answer.
    pub qui: String,
}

/// A public structure as the person who writes to it sees it.
pub struct Choisie {
    pub raison_sociale: String,
    /// Somebody answers there.
    pub repond: bool,
}

/// A structure one may write to: public and active. 404 for any other.
///
/// # Errors
/// `Introuvable`.
pub(super) async fn choisie(app: &App, _: &Connecte, id: StructureId) -> Result<Choisie, Erreur> {
    sqlx::query_as!(
        Choisie,
        r#"select s.raison_sociale,
                  exists (select from lecteurs_des_recues l where l.structure_id = s.id and l.traite) as "repond!"
           from structures s where s.id = $1 and s.publique and s.statut = 'active'"#,
        id.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// Said where nobody of the structure would read.
pub(super) const PERSONNE: &str = "Personne ne lit encore les sollicitations de cette structure sur le portail\u{202F}: adressez-vous au support.";

/// The name of the recipient, once it may be written to.
async fn destinataire(tx: &mut Tx, ou: Destinataire) -> Result<String, Erreur> {
    let structure = match ou {
        Destinataire::Support => return Ok(machine::SUPPORT.to_owned()),
        Destinataire::Referent(perimetre) => return referents_de(tx, perimetre).await,
        Destinataire::Structure(structure) => structure,
    };
    let raison_sociale = sqlx::query_scalar!(
        "select raison_sociale from structures where id = $1 and publique and statut = 'active'",
        structure.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if machine::traitants(tx, ou).await?.is_empty() {
        return Err(Erreur::champ("categorie", PERSONNE));
    }
    Ok(raison_sociale)
}

/// « Le référent (Académie de Lyon) », held so that it is not deleted meanwhile.
async fn referents_de(tx: &mut Tx, perimetre: PerimetreId) -> Result<String, Erreur> {
    sqlx::query_scalar!(
        r#"select 'Le référent (' || nom || ')' as "nom!" from perimetres where id = $1 for key share"#,
        perimetre.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// The same words to the same recipient while the first are open are one sollicitation.
async fn deja(
    tx: &mut Tx,
    auteur: &Connecte,
    demandee: &Demandee,
) -> Result<Option<(SollicitationId, String)>, Erreur> {
    Ok(sqlx::query!(
        r#"select id as "id: SollicitationId", reference from sollicitations
           where emetteur_id = $1 and categorie = $2 and coalesce(sous_categorie, '') = $3 and objet = $4 and texte = $5
             and donnees = $6 and destinataire_structure_id is not distinct from $7 and destinataire = $8
             and perimetre_id is not distinct from $9
             and statut not in ('resolue', 'close')
           order by creee_le limit 1"#,
        auteur.id().0,
        demandee.categorie.code(),
        demandee.sous_categorie,
        demandee.objet,
        demandee.texte,
        Json(&demandee.donnees) as _,
        demandee.destinataire.structure().map(|s| s.0),
        demandee.destinataire.code(),
        demandee.destinataire.perimetre().map(|p| p.0)
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(|l| (l.id, l.reference)))
}

/// Deposits a sollicitation; its author is mailed, and who answers.
///
/// # Errors
/// `Introuvable`: no such recipient. `Conflit`: the draft was sent or deleted meanwhile. `Invalide`: nobody answers there, or
/// too many files.
pub async fn deposer(
    tx: &mut Tx,
    auteur: &Connecte,
    demandee: &Demandee,
) -> Result<Deposee, Erreur> {
    let structure = structure(tx, demandee.siret.as_ref()).await?;
    let ou = demandee.destinataire;
    let nommees: Vec<StructureId> = structure.into_iter().chain(ou.structure()).collect();
    if !nommees.is_empty() {
        rattachements::verrouiller(tx, &nommees).await?;
    }
    let qui = destinataire(tx, ou).await?;
    // Two clicks of one person come one after the other.
    sqlx::query!(
        "select id from utilisateurs where id = $1 for no key update",
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some((id, reference)) = deja(tx, auteur, demandee).await? {
        return Ok(Deposee {
            id,
            reference,
            nouvelle: false,
            qui,
        });
    }
    let (id, reference) = inscrire(tx, auteur.id(), structure, demandee).await?;
    if let Some(brouillon) = demandee.brouillon {
        brouillons::envoyer(tx, auteur, brouillon, id).await?;
    }
    if let Some(piece) = &demandee.piece {
        pieces::deposer(tx, auteur.id(), Lieu::Sollicitation(id, None), piece).await?;
    }
    let deposee = Deposee {
        id,
        reference,
        nouvelle: true,
        qui,
    };
    prevenir(tx, auteur, demandee, &deposee).await?;
    Ok(deposee)
}

/// The sollicitation itself, under its number: in the name of its author, even where an agent opens it for him. The
/// structure it is about must be locked.
pub(super) async fn inscrire(
    tx: &mut Tx,
    emetteur: UtilisateurId,
    structure: Option<StructureId>,
    demandee: &Demandee,
) -> Result<(SollicitationId, String), Erreur> {
    let reference = numero(tx).await?;
    let id = SollicitationId::nouveau();
    let ou = demandee.destinataire;
    sqlx::query!(
        "insert into sollicitations (id, reference, emetteur_id, destinataire, destinataire_structure_id, categorie, sous_categorie,
                                     structure_id, objet, texte, donnees, perimetre_id)
         values ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8, $9, $10, $11, $12)",
        id.0,
        reference,
        emetteur.0,
        ou.code(),
        ou.structure().map(|s| s.0),
        demandee.categorie.code(),
        demandee.sous_categorie,
        structure.map(|s| s.0),
        demandee.objet,
        demandee.texte,
        Json(&demandee.donnees) as _,
        ou.perimetre().map(|p| p.0)
    )
    .execute(&mut **tx)
    .await?;
    Ok((id, reference))
}

/// The line of the historique, and the mails.
async fn prevenir(
    tx: &mut Tx,
    auteur: &Connecte,
    demandee: &Demandee,
    deposee: &Deposee,
) -> Result<(), Erreur> {
    let personne = auteur.personne();
    let nom = personne.nom_complet();
    let ligne = machine::noter(
        tx,
        auteur,
        &nom,
        Some((auteur.id(), &nom)),
        Action::SollicitationDeposee,
        (&deposee.reference, ""),
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
            qui: deposee.qui.clone(),
            reference: deposee.reference.clone(),
            objet: demandee.objet.clone(),
            sollicitation: deposee.id,
        },
    )
    .await?;
    let courriers: Vec<_> = machine::traitants(tx, demandee.destinataire)
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
                    reference: deposee.reference.clone(),
                    categorie: demandee.categorie.en_mots(demandee.sous_categorie),
                    objet: demandee.objet.clone(),
                    racine: machine::racine(demandee.destinataire),
                    sollicitation: deposee.id,
                },
            )
        })
        .collect();
    if !courriers.is_empty() {
        courrier::deposer_plusieurs(tx, ligne, &courriers).await?;
    }
    Ok(())
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
