//! Giving a code, opening the session, ending it: one transaction each.

use super::code;
use super::courriers::{AssistanceOuverte, AssistanceReleve, LigneReleve};
use super::{MINUTES, MINUTES_DU_CODE, lecture};
use crate::App;
use crate::acces::{Connecte, Regard, Support, Systeme};
use crate::courrier::envoyer;
use crate::db::{AssistanceId, StructureId, Temps, Tx, UtilisateurId, en_transaction};
use crate::historique::{self, Action, Details, Entree};
use crate::structures::verrouiller;
use crate::utilisateurs::joignable;
use crate::web::Erreur;

/// Why a code or a session is over (column `cloture`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Cloture {
    /// The person ended it, or withdrew the code.
    Utilisateur,
    /// The agent ended it, or left.
    Agent,
    /// Thirty minutes have passed.
    Duree,
    /// Nobody used the code in time.
    CodePerime,
    /// The person gave another code.
    Remplacee,
}

impl Cloture {
    fn code(self) -> &'static str {
        match self {
            Self::Utilisateur => "utilisateur",
            Self::Agent => "agent",
            Self::Duree => "duree",
            Self::CodePerime => "code_perime",
            Self::Remplacee => "remplacee",
        }
    }

    /// How it ended, for the person.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Utilisateur => "Vous y avez mis fin.",
            Self::Agent => "L’agent du support y a mis fin.",
            Self::Duree => "Sa durée était écoulée.",
            Self::CodePerime => "Le code n’a pas été utilisé à temps.",
            Self::Remplacee => "Vous avez donné un autre code.",
        }
    }
}

/// A code that was just given; the only time it is readable.
pub struct CodeDonne {
    pub code: String,
    /// It opens until then.
    pub jusqu_au: Temps,
}

/// Gives a code for one's own screens. What was given before opens and shows nothing any more.
///
/// # Errors
/// `Interdit`: the staff lends its screens to nobody (failure-modes L8).
pub async fn donner(tx: &mut Tx, connecte: &Connecte, app: &App) -> Result<CodeDonne, Erreur> {
    if connecte.personne().equipe.is_some() {
        return Err(Erreur::Interdit(
            "Un compte de l’équipe du portail n’a pas de session d’assistance.".to_owned(),
        ));
    }
    tenir_le_compte(tx, connecte.id()).await?;
    clore_la_sienne(tx, connecte.id(), Cloture::Remplacee).await?;
    let neuf = code::nouveau();
    let serre = code::lire(&neuf).ok_or_else(|| anyhow::anyhow!("a code that does not read"))?;
    let jusqu_au = sqlx::query_scalar!(
        r#"insert into assistances (id, utilisateur_id, code_hache, code_jusqu_au)
           values ($1, $2, $3, maintenant() + make_interval(mins => $4))
           returning temps(code_jusqu_au) as "jusqu_au!: Temps""#,
        AssistanceId::nouveau().0,
        connecte.id().0,
        code::hacher(&app.config.cles, &serre),
        MINUTES_DU_CODE
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(CodeDonne {
        code: neuf,
        jusqu_au,
    })
}

/// One code at a time: two windows of the same person wait for each other.
async fn tenir_le_compte(tx: &mut Tx, id: UtilisateurId) -> Result<(), Erreur> {
    sqlx::query!(
        "select id from utilisateurs where id = $1 for no key update",
        id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(())
}

/// Ends what the person gave, code or session. Answers whether there was something.
///
/// # Errors
/// Those of the database.
pub async fn retirer(tx: &mut Tx, connecte: &Connecte) -> Result<bool, Erreur> {
    clore_la_sienne(tx, connecte.id(), Cloture::Utilisateur).await
}

async fn clore_la_sienne(tx: &mut Tx, id: UtilisateurId, cloture: Cloture) -> Result<bool, Erreur> {
    let ouverte = sqlx::query_scalar!(
        r#"select id as "id: AssistanceId" from assistances where utilisateur_id = $1 and close_le is null"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    match ouverte {
        Some(ouverte) => clore(tx, ouverte, cloture).await,
        None => Ok(false),
    }
}

/// A session that begins.
pub struct Ouverte {
    pub id: AssistanceId,
    /// Whose screens are shown.
    pub personne: String,
}

/// Opens the session that this code, as typed, consents to: it is used up, told to the person, and recorded in each structure
/// where she has a right in force. Tries must have been counted.
///
/// # Errors
/// `Invalide` at `code`: wrong, used, or too old.
pub async fn ouvrir(
    tx: &mut Tx,
    support: &Support,
    app: &App,
    (saisi, motif): (&str, &str),
    session_hache: &[u8],
) -> Result<Ouverte, Erreur> {
    let faux = || {
        Erreur::champ(
            "code",
            "Ce code n’ouvre rien\u{202F}: il est faux, déjà utilisé ou trop ancien. Demandez à la personne d’en donner un autre.",
        )
    };
    let serre = code::lire(saisi).ok_or_else(faux)?;
    let hache = code::hacher(&app.config.cles, &serre);
    let personne = sqlx::query_scalar!(
        r#"select utilisateur_id as "personne: UtilisateurId" from assistances where code_hache = $1"#,
        hache
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(faux)?;
    let structures = les_siennes(tx, personne).await?;
    // Structures before accounts, as everywhere (decisions 16).
    verrouiller(tx, &structures).await?;
    tenir_le_compte(tx, support.id().min(personne)).await?;
    tenir_le_compte(tx, support.id().max(personne)).await?;
    clore_celle_de_l_agent(tx, support.id()).await?;
    let fin = sqlx::query!(
        r#"update assistances a set agent_id = $2, session_hache = $3, motif = $4, ouverte_le = maintenant(),
             fin_le = maintenant() + make_interval(mins => $5)
           from utilisateurs u
           where a.code_hache = $1 and a.ouverte_le is null and a.close_le is null and a.code_jusqu_au > maintenant()
             and u.id = a.utilisateur_id and u.statut = 'actif' and u.equipe is null
           returning a.id as "id: AssistanceId", temps(a.fin_le) as "fin!: Temps""#,
        hache,
        support.id().0,
        session_hache,
        motif,
        MINUTES
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(faux)?;
    let qui = joignable(tx, personne).await?;
    let nom = qui.nom_complet.clone();
    let agent = support.personne().nom_complet();
    let lieux: Vec<_> = if structures.is_empty() {
        vec![None]
    } else {
        structures.into_iter().map(Some).collect()
    };
    let entrees = lieux
        .into_iter()
        .map(|structure| Entree {
            structure,
            action: Action::AssistanceOuverte,
            concerne: Some(personne),
            demande: None,
            details: Details {
                acteur: agent.clone(),
                concerne: nom.clone(),
                motif: motif.to_owned(),
                ..Details::default()
            },
        })
        .collect();
    historique::noter_plusieurs(tx, support, entrees).await?;
    let courrier = AssistanceOuverte {
        marque: tx.marque.to_string(),
        nom_complet: nom.clone(),
        agent,
        motif: motif.to_owned(),
        fin: fin.fin.heure().to_owned(),
    };
    envoyer(tx, fin.id.0, vec![(qui, courrier)]).await?;
    Ok(Ouverte {
        id: fin.id,
        personne: nom,
    })
}

/// Where the person has a right in force: what the agent is about to see is said there.
async fn les_siennes(tx: &mut Tx, personne: UtilisateurId) -> Result<Vec<StructureId>, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select distinct structure_id as "id!: StructureId" from rattachements_effectifs where utilisateur_id = $1 order by 1"#,
        personne.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// An agent looks at one person at a time.
async fn clore_celle_de_l_agent(tx: &mut Tx, agent: UtilisateurId) -> Result<(), Erreur> {
    let autre = sqlx::query_scalar!(
        r#"select id as "id: AssistanceId" from assistances where agent_id = $1 and close_le is null"#,
        agent.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(autre) = autre {
        clore(tx, autre, Cloture::Agent).await?;
    }
    Ok(())
}

/// The agent is done.
///
/// # Errors
/// Those of the database.
pub async fn terminer(tx: &mut Tx, regard: &Regard) -> Result<bool, Erreur> {
    clore(tx, regard.id, Cloture::Agent).await
}

/// Ends a code or a session; the transcript leaves with it. `false`: somebody else did.
async fn clore(tx: &mut Tx, id: AssistanceId, cloture: Cloture) -> Result<bool, Erreur> {
    let close = sqlx::query!(
        r#"update assistances set close_le = maintenant(), cloture = $2 where id = $1 and close_le is null
           returning utilisateur_id as "personne: UtilisateurId", ouverte_le is not null as "ouverte!""#,
        id.0,
        cloture.code()
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(close) = close else {
        return Ok(false);
    };
    if close.ouverte {
        let releve = lecture::releve(tx, id, close.personne).await?;
        let qui = joignable(tx, close.personne).await?;
        let courrier = AssistanceReleve {
            marque: tx.marque.to_string(),
            nom_complet: qui.nom_complet.clone(),
            agent: releve.agent,
            motif: releve.motif,
            debut: releve.ouverte_le.jour_heure(),
            fin: cloture.phrase().to_owned(),
            pages: releve.pages.iter().map(LigneReleve::from).collect(),
            assistance: id,
        };
        envoyer(tx, id.0, vec![(qui, courrier)]).await?;
    }
    Ok(true)
}

/// Sessions and codes ended in one run; the next minute does the rest.
const PAR_TOUR: i64 = 500;

/// Ends what is over by its hour, or because the session of the agent is. Answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn clore_les_finies(app: &App, _: &Systeme) -> Result<u64, Erreur> {
    let finies = sqlx::query!(
        r#"select a.id as "id: AssistanceId",
                  case when a.ouverte_le is null then 'code_perime' when a.fin_le <= maintenant() then 'duree' else 'agent' end
                    as "cloture!: Cloture"
           from assistances a
           where a.close_le is null
             and case when a.ouverte_le is null then a.code_jusqu_au <= maintenant()
                      else not exists (select from assistances_en_cours e where e.id = a.id) end
           order by a.id limit $1"#,
        PAR_TOUR
    )
    .fetch_all(&app.db)
    .await?;
    let mut closes = 0;
    for finie in finies {
        closes += u64::from(en_transaction!(app, |tx| clore(
            tx,
            finie.id,
            finie.cloture
        )
        .await)?);
    }
    Ok(closes)
}
