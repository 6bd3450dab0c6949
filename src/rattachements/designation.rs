//! The first gestionnaire principal of a structure that nobody manages (decisions 3): from the command line, or by the
//! support on a signed document.

use super::courriers::GestionnaireDesigne;
use super::effets::{self, Attribution};
use super::{passations, reponses};
use crate::acces::{Role, Systeme};
use crate::courrier::{self, Destinataire};
use crate::db::{StructureId, Temps, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Details, Entree};
use crate::identifiants::Siret;
use crate::web::Erreur;

/// Requests named in the mail; the others are on the screen.
const CITEES: usize = 20;

/// What naming a gestionnaire did.
#[derive(Clone, Debug)]
pub struct Designation {
    pub structure: StructureId,
    pub raison_sociale: String,
    pub gestionnaire: String,
    /// The structure was deactivated: it is active again.
    pub reactivee: bool,
    /// Requests of other people that wait for him.
    pub en_attente: usize,
}

/// Names `login` gestionnaire principal of the structure `siret`, which is active again if it was not, and mails him the
/// waiting requests. His own request is satisfied.
///
/// # Errors
/// `Invalide` when the SIRET, the account or the motif will not do; `Conflit` when there is a gestionnaire principal.
pub async fn designer(
    tx: &mut Tx,
    systeme: &Systeme,
    siret: &str,
    login: &str,
    motif: &str,
) -> Result<Designation, Erreur> {
    let siret = Siret::lire(siret).map_err(|phrase| Erreur::champ("siret", phrase))?;
    let motif = motif.trim();
    if motif.is_empty() || motif.chars().count() > 255 || motif.chars().any(char::is_control) {
        return Err(Erreur::champ(
            "motif",
            "Donnez un motif, en 255 caractères au plus.",
        ));
    }
    let structure = sqlx::query_scalar!(
        r#"select id as "id: StructureId" from structures where type_identifiant = 'SIRET' and identifiant = $1"#,
        siret.as_str()
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| Erreur::champ("siret", "Aucune structure n’a ce SIRET."))?;
    let personne = sqlx::query_scalar!(
        r#"select id as "id: UtilisateurId" from utilisateurs where adresse_connexion = lower($1)"#,
        login.trim()
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| Erreur::champ("login", PAS_ACTIF))?;
    effets::verrouiller(tx, &[structure]).await?;
    sous_verrou(tx, systeme.into(), "", structure, (personne, motif)).await
}

const PAS_ACTIF: &str = "Aucun compte actif n’a cette adresse de connexion.";

/// The same by whoever signs; the structure must be locked.
///
/// # Errors
/// `Invalide` at `login`: not an active account. `Conflit` when there is a gestionnaire principal.
pub(super) async fn sous_verrou(
    tx: &mut Tx,
    auteur: Auteur,
    signe: &str,
    structure: StructureId,
    (personne, motif): (UtilisateurId, &str),
) -> Result<Designation, Erreur> {
    let lue = sqlx::query!(
        r#"select s.raison_sociale, s.statut = 'active' as "active!", u.prenom || ' ' || u.nom as "gp?"
           from structures s
           left join rattachements r on r.id = s.gp_id
           left join utilisateurs u on u.id = r.utilisateur_id
           where s.id = $1"#,
        structure.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if let Some(gp) = lue.gp {
        return Err(Erreur::Conflit(format!(
            "Cette structure a déjà un gestionnaire principal\u{202F}: {gp}."
        )));
    }
    let personne = sqlx::query!(
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom!", adresse_contact, statut = 'actif' as "actif!"
           from utilisateurs where id = $1 for key share"#,
        personne.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .filter(|p| p.actif)
    .ok_or_else(|| Erreur::champ("login", PAS_ACTIF))?;

    let attribution = Attribution {
        role: Role::Gp,
        capacites: Vec::new(),
        maille_structure: true,
        services: Vec::new(),
        debut: None,
        fin: None,
        commentaire: motif.to_owned(),
    };
    let rattache = effets::attacher(tx, structure, personne.id, &attribution).await?;
    sqlx::query!(
        "update structures set gp_id = $2, statut = 'active', modifiee_le = maintenant() where id = $1",
        structure.0,
        rattache.id.0
    )
    .execute(&mut **tx)
    .await?;
    passations::caduques(tx, structure).await?;
    let acte = "désignation comme gestionnaire principal";
    let demande =
        reponses::clore_la_demande(tx, structure, personne.id, None, rattache.id, acte).await?;

    let entree = |action| Entree {
        structure: Some(structure),
        action,
        concerne: Some(personne.id),
        demande,
        details: Details {
            acteur: signe.to_owned(),
            concerne: personne.nom.clone(),
            motif: motif.to_owned(),
            ..Details::default()
        },
    };
    let mut entrees = Vec::new();
    if !lue.active {
        entrees.push(entree(Action::StructureReactivee));
    }
    entrees.push(entree(Action::GestionnaireDesigne));
    let lignes = historique::noter_plusieurs(tx, auteur, entrees).await?;
    let evenement = lignes.last().copied().unwrap_or(structure.0);

    let demandes = sqlx::query!(
        r#"select u.prenom || ' ' || u.nom as "qui!", temps(d.creee_le) as "depuis!: Temps"
           from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
           where d.structure_id = $1 and d.statut = 'en_cours_de_validation'
           order by d.creee_le, d.id"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let en_attente = demandes.len();
    let courrier = GestionnaireDesigne {
        marque: tx.marque.to_string(),
        nom_complet: personne.nom.clone(),
        structure: lue.raison_sociale.clone(),
        motif: motif.to_owned(),
        reactivee: !lue.active,
        demandes: demandes
            .iter()
            .take(CITEES)
            .map(|d| format!("{}, depuis le {}", d.qui, d.depuis.jour()))
            .collect(),
        autres: en_attente.saturating_sub(CITEES),
    };
    let destinataire = Destinataire {
        utilisateur: Some(personne.id.0),
        adresse: personne.adresse_contact,
    };
    courrier::deposer(tx, evenement, &destinataire, &courrier).await?;
    Ok(Designation {
        structure,
        raison_sociale: lue.raison_sociale,
        gestionnaire: personne.nom,
        reactivee: !lue.active,
        en_attente,
    })
}
