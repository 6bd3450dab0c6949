use super::super::demandes;
use super::super::guichet::Guichet;
use crate::courrier;
use crate::db::{DemandeDeCompteId, PerimetreId, SollicitationId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::inscription;
use crate::rattachements;
use crate::sollicitations::{self, Ecrit};
use crate::utilisateurs::{self, NouveauCompte};
use crate::web::Erreur;

/// What the account answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origine {
    Aucune,
    Demande(DemandeDeCompteId),
    Sollicitation(SollicitationId),
}

/// The request that her activation will send in her name, if she keeps the box: a gestionnaire decides it.
pub struct Rattachement {
    pub structure: StructureId,
    pub raison_sociale: String,
}

/// What is to be created, checked.
pub struct Creation {
    pub compte: NouveauCompte,
    /// `None`: the support creates for a structure that no périmètre covers.
    pub perimetre: Option<PerimetreId>,
    pub rattachement: Option<Rattachement>,
    pub motif: String,
    pub origine: Origine,
}

/// What the person reads in the activation page, and the gestionnaires in the request.
const COMMENTAIRE: &str = "Compte créé par le référent";

/// Creates the account with its activation mail, and answers what asked for it, in one transaction. Answers its id.
///
/// # Errors
/// `Introuvable`: not his périmètre, not his to answer. `Conflit`: answered meanwhile. `Invalide` at `adresse_connexion`:
/// somebody has it.
pub async fn creer<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    creation: &Creation,
) -> Result<UtilisateurId, Erreur> {
    let visee = creation.rattachement.as_ref().map(|r| r.structure);
    // The structure of the request is locked with the one to join, in id order.
    let demandee = match creation.origine {
        Origine::Demande(id) => sqlx::query_scalar!(
            r#"select structure_id as "structure: StructureId" from demandes_de_compte where id = $1"#,
            id.0
        )
        .fetch_optional(&mut **tx)
        .await?,
        Origine::Aucune | Origine::Sollicitation(_) => None,
    };
    let structures: Vec<StructureId> = visee.into_iter().chain(demandee).collect();
    if !structures.is_empty() {
        rattachements::verrouiller(tx, &structures).await?;
    }
    let tenue = match creation.origine {
        Origine::Demande(id) => Some(demandes::tenir(tx, guichet, id).await?),
        Origine::Aucune | Origine::Sollicitation(_) => None,
    };
    let nom_du_perimetre = permis(tx, guichet, creation.perimetre).await?;
    let signature = match &nom_du_perimetre {
        Some(nom) => format!("{} ({nom})", guichet.signature()),
        None => guichet.signature(),
    };
    let compte = NouveauCompte {
        cree_par: Some(guichet.id()),
        demandee_par: Some(signature.chars().take(161).collect()),
        ..creation.compte.clone()
    };
    let id = utilisateurs::creer(tx, &compte).await?;
    sqlx::query!(
        "update utilisateurs set pigp = true, perimetre_id = $2 where id = $1",
        id.0,
        creation.perimetre.map(|p| p.0)
    )
    .execute(&mut **tx)
    .await?;
    if let Some(structure) = visee {
        inscription::demander(tx, &[(id, structure)], COMMENTAIRE).await?;
    }
    noter(
        tx,
        guichet,
        creation,
        (id, nom_du_perimetre),
        visee.or(demandee),
    )
    .await?;
    match (creation.origine, tenue) {
        (Origine::Sollicitation(sollicitation), _) => {
            let texte = format!(
                "Le compte de {} est créé. Un courriel d’activation est envoyé à {}.",
                compte.nom_complet(),
                compte.adresse_connexion
            );
            let ecrit = Ecrit {
                texte: &texte,
                piece: None,
            };
            sollicitations::resoudre(tx, guichet.traitant(), sollicitation, ecrit).await?;
        }
        (_, Some(tenue)) => demandes::accepter(tx, guichet, &tenue, id).await?,
        (_, None) => {}
    }
    Ok(id)
}

/// He answers for this périmètre now; the support for those that nobody answers for. Answers its name.
async fn permis<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    perimetre: Option<PerimetreId>,
) -> Result<Option<String>, Erreur> {
    let Some(perimetre) = perimetre else {
        return if G::SUPPORT {
            Ok(None)
        } else {
            Err(Erreur::Introuvable)
        };
    };
    sqlx::query_scalar!(
        "select p.nom from perimetres p
         where p.id = $1
           and case when $3 then not exists (select from referents_effectifs r where r.perimetre_id = p.id)
                    else exists (select from referents_effectifs r where r.perimetre_id = p.id and r.utilisateur_id = $2) end
         for key share",
        perimetre.0,
        guichet.id().0,
        G::SUPPORT
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Some)
    .ok_or(Erreur::Introuvable)
}

async fn noter<G: Guichet>(
    tx: &mut Tx,
    guichet: &G,
    creation: &Creation,
    (id, perimetre): (UtilisateurId, Option<String>),
    structure: Option<StructureId>,
) -> Result<(), Erreur> {
    let entree = Entree {
        structure,
        action: Action::ComptePigpCree,
        concerne: Some(id),
        demande: None,
        details: Details {
            acteur: guichet.personne().nom_complet(),
            concerne: creation.compte.nom_complet(),
            motif: creation.motif.clone(),
            changements: vec![Changement::new(
                "Périmètre",
                "",
                perimetre.unwrap_or_default(),
            )],
            ..Details::default()
        },
    };
    let ligne = historique::noter(tx, guichet.auteur(), entree).await?;
    let Some(rattachement) = &creation.rattachement else {
        return Ok(());
    };
    // The gestionnaire principal is told: a request will follow.
    let marque = tx.marque.to_string();
    let principal: Vec<_> = rattachements::principal(tx, rattachement.structure)
        .await?
        .into_iter()
        .collect();
    courrier::prevenir(tx, ligne, &principal, |j| {
        super::super::courriers::ActeSurCompte {
            marque: marque.clone(),
            nom_complet: j.nom_complet.clone(),
            titre: "Un compte PIGP est créé",
            phrase: format!(
                "{} a créé le compte de {}, qui demandera son rattachement à {} en l’activant.",
                guichet.signature(),
                creation.compte.nom_complet(),
                rattachement.raison_sociale
            ),
            changements: Vec::new(),
            motif: creation.motif.clone(),
            suite: (
                "/activites".to_owned(),
                "Voir les activités du gestionnaire",
            ),
        }
    })
    .await
}
