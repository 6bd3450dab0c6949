//! Sending the document to be signed.

use uuid::Uuid;

use super::document::{self, Contenu};
use super::{desinteresse, noter, verrouiller};
use crate::acces::Support;
use crate::courrier::{self, Destinataire};
use crate::db::{CertificatId, SollicitationId, StructureId, Tx, UtilisateurId};
use crate::historique::{Action, Auteur};
use crate::pieces::Nouvelle;
use crate::sollicitations::courriers::ChangementDemande;
use crate::sollicitations::traitement::dire;
use crate::sollicitations::{
    Categorie, ChangementGestionnaire, Ecrit, Reponse, Traitant, machine, repondre_a,
};
use crate::web::{Erreur, texte};

/// Somebody the document names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nomme {
    pub id: UtilisateurId,
    pub nom_complet: String,
    pub login: String,
    pub(super) adresse_contact: String,
}

impl Nomme {
    pub(super) fn destinataire(&self) -> Destinataire {
        Destinataire {
            utilisateur: Some(self.id.0),
            adresse: self.adresse_contact.clone(),
        }
    }

    /// « Anne Royer (anne.royer@…) ».
    pub fn phrase(&self) -> String {
        format!("{} ({})", self.nom_complet, self.login)
    }
}

/// What the portal knows of a change that is asked; what keeps it from being done is an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Faits {
    /// Of the sollicitation.
    pub reference: String,
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub successeur: Nomme,
    /// Nobody: the first gestionnaire principal is named (R-STR-SANS-GP).
    pub ancien: Option<Nomme>,
    pub active: bool,
}

fn conflit(phrase: impl Into<String>) -> Erreur {
    Erreur::Conflit(phrase.into())
}

async fn nomme(tx: &mut Tx, login: &str) -> Result<Nomme, Erreur> {
    let compte = sqlx::query!(
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_connexion, adresse_contact, statut,
                  equipe is not null as "equipe!"
           from utilisateurs where adresse_connexion = $1"#,
        login
    )
    .fetch_optional(&mut **tx)
    .await?
    .filter(|c| c.statut != "clos")
    .ok_or_else(|| {
        conflit("Aucun compte n’a l’identifiant du gestionnaire cible\u{202F}: demandez-le à l’auteur de la sollicitation.")
    })?;
    if compte.equipe {
        return Err(conflit(
            "Le gestionnaire cible est un agent du portail\u{202F}: il ne peut pas gérer une structure.",
        ));
    }
    if compte.statut != "actif" {
        return Err(conflit(format!(
            "Le compte de {} n’est pas actif\u{202F}: il doit l’être avant l’envoi du certificat.",
            compte.nom_complet
        )));
    }
    Ok(Nomme {
        id: compte.id,
        nom_complet: compte.nom_complet,
        login: compte.adresse_connexion,
        adresse_contact: compte.adresse_contact,
    })
}

/// What the change would be, read from what the author typed.
///
/// # Errors
/// `Introuvable`: not a change of gestionnaire principal sent to the support. `Conflit`: why it cannot be done.
pub async fn faits(tx: &mut Tx, _: &Support, id: SollicitationId) -> Result<Faits, Erreur> {
    lire_les_faits(tx, id).await
}

async fn lire_les_faits(tx: &mut Tx, id: SollicitationId) -> Result<Faits, Erreur> {
    let demandee = sqlx::query!(
        "select reference, donnees, structure_id from sollicitations where id = $1 and destinataire = 'support' and categorie = $2",
        id.0,
        Categorie::ChangementGestionnaire.code()
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let changement: ChangementGestionnaire =
        serde_json::from_value(demandee.donnees).map_err(|_| Erreur::Introuvable)?;
    let structure = sqlx::query!(
        r#"select s.id as "id: StructureId", s.identifiant, s.raison_sociale, s.statut = 'active' as "active!",
                  u.id as "gp?: UtilisateurId", u.prenom || ' ' || u.nom as "gp_nom?", u.adresse_connexion as "gp_login?",
                  u.adresse_contact as "gp_adresse?"
           from structures s
           left join rattachements g on g.id = s.gp_id
           left join utilisateurs u on u.id = g.utilisateur_id
           where s.id = $2 or ($2::uuid is null and s.type_identifiant = 'SIRET' and s.identifiant = $1)"#,
        changement.siret,
        demandee.structure_id
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| conflit("Aucune structure du portail n’a ce SIRET\u{202F}: répondez à l’auteur de la sollicitation."))?;
    let successeur = nomme(tx, &changement.cible.login).await?;
    let ancien = structure.gp.map(|id| Nomme {
        id,
        nom_complet: structure.gp_nom.unwrap_or_default(),
        login: structure.gp_login.unwrap_or_default(),
        adresse_contact: structure.gp_adresse.unwrap_or_default(),
    });
    if ancien.as_ref().is_some_and(|a| a.id == successeur.id) {
        return Err(conflit(format!(
            "{} est déjà gestionnaire principal de cette structure.",
            successeur.nom_complet
        )));
    }
    Ok(Faits {
        reference: demandee.reference,
        structure: structure.id,
        identifiant: structure.identifiant,
        raison_sociale: structure.raison_sociale,
        successeur,
        ancien,
        active: structure.active,
    })
}

/// « Envoyer le certificat administratif »: the document joins the thread, its author is expected to answer, the
/// gestionnaire principal is told and may contest. Answers the reference of the sollicitation.
///
/// # Errors
/// Those of [`faits`]; `Conflit`: one is out already for this structure, or the sollicitation is over.
pub async fn envoyer(
    tx: &mut Tx,
    support: &Support,
    id: SollicitationId,
    motif: &str,
) -> Result<String, Erreur> {
    let traitant = Traitant::Support(support);
    envoyer_par(tx, &traitant, machine::SUPPORT, (id, motif)).await
}

/// The same, by a référent too: his right to the structure is what [`super::proposer`] reads. `qui`: as the thread and the
/// mails name the sender.
pub(super) async fn envoyer_par(
    tx: &mut Tx,
    traitant: &Traitant<'_>,
    qui: &str,
    (id, motif): (SollicitationId, &str),
) -> Result<String, Erreur> {
    let vus = lire_les_faits(tx, id).await?;
    let tenue = verrouiller(tx, vus.structure, id).await?;
    tenue.encore_ouverte()?;
    // Read again: a transfer may have come first.
    let faits = lire_les_faits(tx, id).await?;
    let moi = traitant.connecte();
    let nommes: Vec<UtilisateurId> = [tenue.emetteur, faits.successeur.id]
        .into_iter()
        .chain(faits.ancien.as_ref().map(|a| a.id))
        .collect();
    desinteresse(tx, moi, faits.structure, &nommes).await?;
    let envoye = sqlx::query_scalar!(
        "select s.reference from certificats c join sollicitations s on s.id = c.sollicitation_id
         where c.structure_id = $1 and c.statut = 'envoye'",
        faits.structure.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(reference) = envoye {
        return Err(conflit(format!(
            "Un certificat est déjà envoyé pour cette structure\u{202F}: {reference}."
        )));
    }
    let certificat = CertificatId::nouveau();
    sqlx::query!(
        "insert into certificats (id, sollicitation_id, structure_id, successeur_id, ancien_id, motif, envoye_par)
         values ($1, $2, $3, $4, $5, $6, $7)",
        certificat.0,
        id.0,
        faits.structure.0,
        faits.successeur.id.0,
        faits.ancien.as_ref().map(|a| a.id.0),
        motif,
        moi.id().0
    )
    .execute(&mut **tx)
    .await?;
    joindre(tx, traitant, (id, qui), (&tenue.reference, &faits)).await?;
    let agent = moi.personne().nom_complet();
    let successeur = (faits.successeur.id, faits.successeur.nom_complet.as_str());
    let evenement = noter(
        tx,
        Auteur::from(traitant),
        &agent,
        faits.structure,
        (Action::CertificatEnvoye, successeur),
        (&tenue.reference, motif),
    )
    .await?;
    avertir(tx, evenement, certificat, &faits).await?;
    Ok(tenue.reference)
}

/// The document, in the thread.
async fn joindre(
    tx: &mut Tx,
    traitant: &Traitant<'_>,
    (id, qui): (SollicitationId, &str),
    (reference, faits): (&str, &Faits),
) -> Result<(), Erreur> {
    let jour = sqlx::query_scalar!(r#"select aujourdhui() as "jour!""#)
        .fetch_one(&mut **tx)
        .await?;
    let octets = document::composer(&Contenu {
        reference: reference.to_owned(),
        jour: texte::date(jour),
        raison_sociale: faits.raison_sociale.clone(),
        identifiant: faits.identifiant.clone(),
        successeur: faits.successeur.nom_complet.clone(),
        login: faits.successeur.login.clone(),
        ancien: faits.ancien.as_ref().map(|a| a.nom_complet.clone()),
    })?;
    let piece = Nouvelle::du_portail(&format!("certificat-administratif-{reference}.pdf"), octets);
    let situation = match faits.ancien {
        Some(_) => String::new(),
        None => format!(
            "{} n’a pas de gestionnaire principal\u{202F}: ce certificat désigne {}. ",
            faits.raison_sociale, faits.successeur.nom_complet
        ),
    };
    let second = match traitant {
        Traitant::Support(_) => "Un second agent",
        _ => "Un agent du support",
    };
    let texte = format!(
        "{situation}Le certificat administratif est joint à ce message. Faites-le compléter et signer par le représentant légal de {}, puis répondez ici en joignant le document signé (PDF, PNG ou JPEG). {second} l’examinera\u{202F}; le changement prendra effet à ce moment-là.",
        faits.raison_sociale
    );
    let ecrit = Ecrit {
        texte: &texte,
        piece: Some(&piece),
    };
    match traitant {
        Traitant::Support(support) => repondre_a(tx, *support, id, Reponse::Attendue, ecrit).await,
        // The file is the desk's: he speaks in it once, and takes nothing in charge.
        _ => {
            let tenue = machine::tenir(tx, id).await?;
            dire(tx, traitant, (tenue, qui), Reponse::Attendue, ecrit).await
        }
    }
}

/// The gestionnaire principal learns of it before anything changes.
async fn avertir(
    tx: &mut Tx,
    evenement: Uuid,
    certificat: CertificatId,
    faits: &Faits,
) -> Result<(), Erreur> {
    let Some(ancien) = &faits.ancien else {
        return Ok(());
    };
    let courrier = ChangementDemande {
        marque: tx.marque.to_string(),
        nom_complet: ancien.nom_complet.clone(),
        structure: faits.raison_sociale.clone(),
        successeur: faits.successeur.phrase(),
        certificat,
    };
    Ok(courrier::deposer(tx, evenement, &ancien.destinataire(), &courrier).await?)
}
