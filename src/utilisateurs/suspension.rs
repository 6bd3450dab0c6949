//! The account that leaves for 60 days: its row, its sessions, its links (R-COMPTE-DESACTIVER). What becomes of its
//! rattachements is told by `rattachements::absence`; `mon_compte` puts both in one transaction.

use uuid::Uuid;

use super::compte::Statut;
use super::creation;
use super::mots_de_passe;
use crate::App;
use crate::acces::{Connecte, sessions};
use crate::courrier::{Jeton, Usage, jeton};
use crate::db::{Temps, Tx, UtilisateurId};
use crate::web::{Erreur, MotDePasse};

/// Asks the present password again before an act of consequence; counted like a change of password. Answers the hash it
/// matched, for the guard of the transaction that follows.
///
/// # Errors
/// `Invalide` at `champ`; `TropDeRequetes` before any hashing.
pub async fn confirmer_mot_de_passe(
    app: &App,
    connecte: &Connecte,
    champ: &str,
    mot: &MotDePasse,
) -> Result<String, Erreur> {
    mots_de_passe::reconnaitre(app, connecte.id(), champ, mot).await
}

/// Locks one's own active account, whose password is still the one just verified. From here nobody can be naming it gestionnaire
/// principal: a transfer locks the account for share. To be called after the locks on the structures.
///
/// # Errors
/// `Conflit`: deactivated or changed meanwhile.
pub async fn verrouiller_le_sien(
    tx: &mut Tx,
    id: UtilisateurId,
    hache: &str,
) -> Result<(), Erreur> {
    sqlx::query_scalar!(
        "select id from utilisateurs where id = $1 and statut = 'actif' and mot_de_passe = $2 for update",
        id.0,
        hache
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(|_| ())
    .ok_or_else(|| {
        Erreur::Conflit(
            "Votre compte vient de changer dans une autre fenêtre. Rechargez la page. Rien n’a changé."
                .to_owned(),
        )
    })
}

/// Deactivates the account: sessions and links die (failure-modes L1, I20). Answers the end of the 60 days.
///
/// # Errors
/// Those of the database. The account must be locked.
pub async fn suspendre(tx: &mut Tx, id: UtilisateurId) -> Result<Temps, Erreur> {
    let fin = sqlx::query_scalar!(
        r#"update utilisateurs set statut = 'inactif', desactive_le = maintenant(), effacement_averti_le = null
           where id = $1 and statut in ('actif', 'en_cours_activation') returning temps(fin_de_reactivation(desactive_le)) as "fin!: Temps""#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await?;
    jeton::revoquer_tous(tx, id.0).await?;
    sessions::revoquer(tx, id, None).await?;
    Ok(fin)
}

/// A deactivated account inside its 60 days.
#[derive(Clone, Debug)]
pub struct Absent {
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub adresse_connexion: String,
    /// Its identity belongs to the référent, who alone reactivates it (spec §13).
    pub pigp: bool,
    pub depuis: Temps,
    /// First instant at which it is too late.
    pub fin: Temps,
    reste: f64,
}

impl Absent {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// Whom to look for.
#[derive(Clone, Copy)]
pub enum Recherche<'a> {
    Id(UtilisateurId),
    /// Login address, canonical.
    Adresse(&'a str),
}

/// A deactivated account whose owner may still bring it back: the référent does it for a PIGP account, an administrateur
/// for the staff; `None` from the first instant of the erasure on.
///
/// # Errors
/// Those of the database.
pub async fn absent(
    db: impl sqlx::PgExecutor<'_>,
    qui: Recherche<'_>,
) -> Result<Option<Absent>, Erreur> {
    let (id, adresse) = match qui {
        Recherche::Id(id) => (Some(id.0), None),
        Recherche::Adresse(adresse) => (None, Some(adresse)),
    };
    Ok(sqlx::query_as!(
        Absent,
        r#"select id as "id: UtilisateurId", prenom, nom, adresse_connexion, pigp, temps(desactive_le) as "depuis!: Temps",
                  temps(fin_de_reactivation(desactive_le)) as "fin!: Temps",
                  extract(epoch from fin_de_reactivation(desactive_le) - maintenant())::float8 as "reste!"
           from utilisateurs
           where (id = $1 or adresse_connexion = $2) and statut = 'inactif' and equipe is null
             and fin_de_reactivation(desactive_le) > maintenant()"#,
        id,
        adresse
    )
    .fetch_optional(db)
    .await?)
}

/// The account behind a link of return; opening it consumes nothing.
///
/// # Errors
/// Those of the database.
pub async fn absent_du_lien(app: &App, secret: &str) -> Result<Option<(Uuid, Absent)>, Erreur> {
    let usage = Usage::Reactivation;
    let Some(id) = jeton::lire(&app.cles, secret, usage) else {
        return Ok(None);
    };
    let jeton::Apercu::Vivant(vu) = jeton::vivant(&app.db, id, usage).await? else {
        return Ok(None);
    };
    let absent = absent(&app.db, Recherche::Id(UtilisateurId(vu.utilisateur))).await?;
    Ok(absent
        .filter(|a| a.adresse_connexion == vu.adresse)
        .map(|a| (id, a)))
}

/// Issues a link of return, valid until the end of the 60 days; every older one dies.
///
/// # Errors
/// Those of the database.
pub async fn emettre_retour(tx: &mut Tx, absent: &Absent) -> Result<Jeton, Erreur> {
    Ok(jeton::emettre_jusqu_a(
        tx,
        absent.id.0,
        Usage::Reactivation,
        &absent.adresse_connexion,
        absent.reste,
    )
    .await?)
}

/// Makes the account active again. `false`: too late, or somebody was faster. To be called after the locks on the structures.
///
/// # Errors
/// Those of the database.
pub async fn reveiller(tx: &mut Tx, id: UtilisateurId) -> Result<bool, Erreur> {
    let faits = sqlx::query!(
        "update utilisateurs set statut = 'actif', desactive_le = null, effacement_averti_le = null
         where id = $1 and statut = 'inactif' and fin_de_reactivation(desactive_le) > maintenant() and mot_de_passe is not null
           and not pigp and equipe is null",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    if faits.rows_affected() == 0 {
        return Ok(false);
    }
    jeton::revoquer_tous(tx, id.0).await?;
    Ok(true)
}

/// Who brings an account back where its owner does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tuteur {
    /// A PIGP account (spec §13).
    Referent,
    /// An account of the staff (R-ADM).
    Administrateur,
}

/// The same by whoever keeps the account: one that was never activated waits for its activation again, under a fresh link.
/// `None`: too late, not his, or somebody was faster. To be called after the locks on the structures.
///
/// # Errors
/// Those of the database.
pub async fn rappeler(
    tx: &mut Tx,
    id: UtilisateurId,
    tuteur: Tuteur,
) -> Result<Option<Statut>, Erreur> {
    let statut = sqlx::query_scalar!(
        r#"update utilisateurs set statut = case when mot_de_passe is null then 'en_cours_activation' else 'actif' end,
             desactive_le = null, effacement_averti_le = null
           where id = $1 and statut = 'inactif' and fin_de_reactivation(desactive_le) > maintenant()
             and case when $2 then equipe is not null else pigp and equipe is null end
           returning statut as "statut: Statut""#,
        id.0,
        tuteur == Tuteur::Administrateur
    )
    .fetch_optional(&mut **tx)
    .await?;
    if statut.is_some() {
        jeton::revoquer_tous(tx, id.0).await?;
    }
    if statut == Some(Statut::EnCoursActivation) {
        creation::envoyer_activation(tx, id).await?;
    }
    Ok(statut)
}
