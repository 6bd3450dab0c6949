//! What time does to a request nobody decides: reminders at 3, 7 and 14 days, then somebody else is told (spec §9,
//! R-STR-SANS-GP). The state is on the row, so that each reminder leaves once, with two instances or after days of stop.

use super::courriers::{DemandeRappelee, DemandeSignalee};
use super::depot::chemin;
use super::{effets, joignables};
use crate::App;
use crate::acces::{Role, Systeme};
use crate::db::{DemandeId, StructureId, Temps, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::utilisateurs::{self, Agent, Equipe};
use crate::web::Erreur;

/// Days of waiting after which the support is told, whoever can decide.
const ESCALADE: i32 = 14;

/// Whom a request that waits in vain is told to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Signalement {
    Support,
    /// Of a structure that goes through the PIGP: its référents name its gestionnaires (R-STR-SANS-GP).
    Referent,
}

impl Signalement {
    fn pour(passe_par_pigp: bool) -> Self {
        if passe_par_pigp {
            Self::Referent
        } else {
            Self::Support
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Referent => "referent",
        }
    }

    fn equipe(self) -> Equipe {
        match self {
            Self::Support => Equipe::Support,
            Self::Referent => Equipe::Referent,
        }
    }

    /// « le support », « le référent ».
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Support => "le support",
            Self::Referent => "le référent",
        }
    }
}

/// A request, as the mails of its wait say it.
#[derive(Clone, Debug)]
pub(super) struct EnAttente {
    pub structure: StructureId,
    pub raison_sociale: String,
    pub identifiant: String,
    pub passe_par_pigp: bool,
    pub auteur: UtilisateurId,
    pub demandeur: String,
    pub adresse: String,
    pub role: Role,
    pub perimetre: String,
    pub commentaire: String,
    pub creee_le: Temps,
    /// The reminder due now, and the last one that left, in days.
    pub du: i32,
    pub rappel: i32,
    pub deja_signalee: bool,
}

/// Open, or `None`. The structure is locked.
async fn lire(tx: &mut Tx, demande: DemandeId) -> Result<Option<EnAttente>, Erreur> {
    let ligne = sqlx::query!(
        r#"select d.structure_id as "structure: StructureId", s.raison_sociale, s.identifiant, s.passe_par_pigp,
                  u.id as "auteur: UtilisateurId", u.prenom || ' ' || u.nom as "demandeur!", u.adresse_connexion as adresse,
                  d.role as "role: Role", d.maille_structure, d.commentaire, temps(d.creee_le) as "creee_le!: Temps",
                  rappel_du(d.creee_le) as "du!", d.rappel_jours as rappel, d.signalee_le is not null as "deja_signalee!",
                  array(select v.libelle from demande_services ds join services v on v.id = ds.service_id
                        where ds.demande_id = d.id order by v.cle_tri, v.id) as "services!"
           from demandes_rattachement d join structures s on s.id = d.structure_id join utilisateurs u on u.id = d.utilisateur_id
           where d.id = $1 and d.statut = 'en_cours_de_validation'"#,
        demande.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(ligne.map(|l| EnAttente {
        structure: l.structure,
        raison_sociale: l.raison_sociale,
        identifiant: l.identifiant,
        passe_par_pigp: l.passe_par_pigp,
        auteur: l.auteur,
        demandeur: l.demandeur,
        adresse: l.adresse,
        role: l.role,
        perimetre: if l.maille_structure {
            "toute la structure".to_owned()
        } else {
            l.services.join(", ")
        },
        commentaire: l.commentaire,
        creee_le: l.creee_le,
        du: l.du,
        rappel: l.rappel,
        deja_signalee: l.deja_signalee,
    }))
}

/// The requests whose reminder is due, oldest first, at most `limite`: what is not due is not read.
///
/// # Errors
/// The database does not answer.
pub async fn rappels_dus(
    app: &App,
    _: &Systeme,
    limite: i64,
) -> Result<Vec<(StructureId, DemandeId)>, Erreur> {
    let lignes = sqlx::query!(
        r#"select structure_id as "structure: StructureId", id as "id: DemandeId" from demandes_rattachement
           where statut = 'en_cours_de_validation' and rappel_jours < 14
             and (rappel_jours = 0 and creee_le <= maintenant() - interval '3 days'
                  or rappel_jours = 3 and creee_le <= maintenant() - interval '7 days'
                  or rappel_jours = 7 and creee_le <= maintenant() - interval '14 days')
           order by creee_le, id limit $1"#,
        limite
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes.into_iter().map(|l| (l.structure, l.id)).collect())
}

/// The latest reminder that is due, once: to those who can decide; at 14 days, or where nobody can, to the support too.
/// False: decided meanwhile, or done by another instance.
///
/// # Errors
/// The database does not answer.
pub async fn rappeler(
    tx: &mut Tx,
    systeme: &Systeme,
    structure: StructureId,
    demande: DemandeId,
) -> Result<bool, Erreur> {
    effets::verrouiller(tx, &[structure]).await?;
    let Some(attente) = lire(tx, demande).await? else {
        return Ok(false);
    };
    if attente.du <= attente.rappel {
        return Ok(false);
    }
    sqlx::query!(
        "update demandes_rattachement set rappel_jours = $2 where id = $1",
        demande.0,
        attente.du
    )
    .execute(&mut **tx)
    .await?;
    let decideurs = joignables::decideurs(tx, demande).await?;
    let marque = tx.marque.to_string();
    let noms = super::depot::noms(&decideurs);
    // A new event: the same person is mailed again at 7 days what he was mailed at 3.
    joignables::prevenir(tx, uuid::Uuid::now_v7(), &decideurs, |j| DemandeRappelee {
        marque: marque.clone(),
        structure_id: attente.structure,
        nom_complet: j.nom_complet.clone(),
        jours: attente.du,
        demandeur: attente.demandeur.clone(),
        adresse: attente.adresse.clone(),
        structure: attente.raison_sociale.clone(),
        role: attente.role.libelle(),
        perimetre: attente.perimetre.clone(),
        commentaire: attente.commentaire.clone(),
        depuis: attente.creee_le.jour(),
        chemin: chemin(structure, demande),
    })
    .await?;
    if attente.du == ESCALADE || (decideurs.is_empty() && !attente.deja_signalee) {
        signaler(tx, systeme, demande, &attente, &noms).await?;
    }
    Ok(true)
}

/// At the deposit, where nobody can decide: the support is told at once (R-STR-SANS-GP).
pub(super) async fn signaler_au_depot(
    tx: &mut Tx,
    auteur: impl Into<Auteur>,
    demande: DemandeId,
) -> Result<Option<Signalement>, Erreur> {
    let Some(attente) = lire(tx, demande).await? else {
        return Ok(None);
    };
    signaler(tx, auteur, demande, &attente, &[]).await.map(Some)
}

/// The référents of the périmètre of this structure: those who may name its gestionnaire.
async fn referents(tx: &mut Tx, structure: StructureId) -> Result<Vec<Agent>, Erreur> {
    Ok(sqlx::query_as!(
        Agent,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse
           from structures_des_perimetres v
           join referents_effectifs r on r.perimetre_id = v.perimetre_id
           join utilisateurs u on u.id = r.utilisateur_id
           where v.structure_id = $1
           order by u.cle_tri, u.id limit 200"#,
        structure.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Tells the support, or the référents where the structure goes through the PIGP; without a référent, the support: never
/// silent. The date of the first time stays.
async fn signaler(
    tx: &mut Tx,
    auteur: impl Into<Auteur>,
    demande: DemandeId,
    attente: &EnAttente,
    decideurs: &[String],
) -> Result<Signalement, Erreur> {
    let mut a = Signalement::pour(attente.passe_par_pigp);
    let mut agents = match a {
        Signalement::Referent => referents(tx, attente.structure).await?,
        Signalement::Support => utilisateurs::agents(tx, a.equipe()).await?,
    };
    if agents.is_empty() && a == Signalement::Referent {
        a = Signalement::Support;
        agents = utilisateurs::agents(tx, a.equipe()).await?;
    }
    sqlx::query!(
        "update demandes_rattachement set signalee_le = coalesce(signalee_le, maintenant()), signalee_a = $2 where id = $1",
        demande.0,
        a.code()
    )
    .execute(&mut **tx)
    .await?;
    let ligne = historique::noter(
        tx,
        auteur,
        Entree {
            structure: Some(attente.structure),
            action: Action::DemandeSignalee,
            concerne: Some(attente.auteur),
            demande: Some(demande),
            details: Details {
                concerne: attente.demandeur.clone(),
                commentaire: attente.commentaire.clone(),
                changements: vec![Changement::new("Signalée à", "", a.libelle())],
                ..Details::default()
            },
        },
    )
    .await?;
    let marque = tx.marque.to_string();
    let agents: Vec<joignables::Joignable> = agents.into_iter().map(Into::into).collect();
    joignables::prevenir(tx, ligne, &agents, |j| DemandeSignalee {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        demandeur: attente.demandeur.clone(),
        adresse: attente.adresse.clone(),
        structure: attente.raison_sociale.clone(),
        identifiant: attente.identifiant.clone(),
        depuis: attente.creee_le.jour(),
        qui_decide: if decideurs.is_empty() {
            "Personne ne peut la décider\u{202F}: la structure n’a pas de gestionnaire en mesure de le faire."
                .to_owned()
        } else {
            format!(
                "Elle attend depuis 14 jours. Peuvent la décider\u{202F}: {}.",
                super::depot::noms_des_decideurs(decideurs)
            )
        },
        suite: match a {
            Signalement::Support => (
                "/support#demandes".to_owned(),
                "Voir les demandes sans réponse",
            ),
            Signalement::Referent if decideurs.is_empty() => (
                format!("/referent/demandes/{demande}"),
                "Désigner un gestionnaire principal",
            ),
            Signalement::Referent => ("/".to_owned(), "Ouvrir le portail"),
        },
    })
    .await?;
    Ok(a)
}
