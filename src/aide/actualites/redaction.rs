//! What an administrateur does with the actualités (R-ADM). Each act is one line of the historique of the instance.

use time::Date;

use super::Importance;
use super::registre::{self, Etat, LigneActualite};
use crate::acces::Administration;
use crate::aide::{Audience, depasse, journaliser};
use crate::db::{ActualiteId, Tx};
use crate::historique::{Action, Changement};
use crate::web::{Erreur, markdown, texte};

pub const TITRE_MAX: usize = 150;
pub const CORPS_MAX: usize = 5_000;

/// An actualité as typed, checked. Days are those of Paris.
#[derive(Clone, Debug)]
pub struct Redigee {
    pub titre: String,
    pub corps: String,
    pub audience: Audience,
    pub importance: Importance,
    /// Shown from this day on, once published; none: from the act of publishing on.
    pub debut: Option<Date>,
    /// Last day, included.
    pub fin: Option<Date>,
}

/// The same, its row locked first.
async fn tenir(tx: &mut Tx, id: ActualiteId) -> Result<LigneActualite, Erreur> {
    sqlx::query_scalar!("select id from actualites where id = $1 for update", id.0)
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(Erreur::Introuvable)?;
    registre::lire(tx, id).await
}

/// Writes a new actualité, as a draft.
///
/// # Errors
/// Those of the database.
pub async fn creer(
    tx: &mut Tx,
    administration: &Administration,
    redigee: &Redigee,
) -> Result<ActualiteId, Erreur> {
    let id = ActualiteId::nouveau();
    sqlx::query!(
        "insert into actualites (id, titre, corps, texte, audience, importance, fin_le, creee_par, modifiee_par)
         values ($1, $2, $3, $4, $5, $6, debut_du_jour($7::date + 1), $8, $8)",
        id.0,
        redigee.titre,
        redigee.corps,
        markdown::texte(&redigee.corps),
        redigee.audience.code(),
        redigee.importance.code(),
        redigee.fin,
        administration.id().0
    )
    .execute(&mut **tx)
    .await?;
    let changements = vec![Changement::new("Titre", "", &*redigee.titre)];
    noter(
        tx,
        administration,
        ("Actualité créée", &redigee.titre),
        changements,
    )
    .await?;
    Ok(id)
}

/// Changes an actualité. Where it is published, its first day may be moved. Nothing happens where it is the same.
/// `lue`: the version that was on the form.
///
/// # Errors
/// `Introuvable`: none, or deleted meanwhile. `Conflit`: somebody changed the text since it was read.
pub async fn modifier(
    tx: &mut Tx,
    administration: &Administration,
    id: ActualiteId,
    redigee: &Redigee,
    lue: i32,
) -> Result<(), Erreur> {
    let avant = tenir(tx, id).await?;
    // A draft has no first day yet; a published one keeps its own where none is given.
    let debut = if avant.etat.publiee() {
        redigee.debut.or(avant.premier_jour)
    } else {
        None
    };
    let changements: Vec<Changement> = [
        ("Titre", avant.titre.clone(), redigee.titre.clone()),
        ("Texte", avant.corps.clone(), redigee.corps.clone()),
        (
            "Public",
            avant.audience.libelle().to_owned(),
            redigee.audience.libelle().to_owned(),
        ),
        (
            "Importance",
            avant.importance.libelle().to_owned(),
            redigee.importance.libelle().to_owned(),
        ),
        ("Publiée le", jour(avant.premier_jour), jour(debut)),
        ("Dernier jour", jour(avant.dernier_jour), jour(redigee.fin)),
    ]
    .into_iter()
    .filter(|(_, avant, apres)| avant != apres)
    .map(|(champ, avant, apres)| Changement::new(champ, avant, apres))
    .collect();
    if changements.is_empty() {
        return Ok(());
    }
    if avant.version != lue {
        return Err(depasse(avant.modifiee_par.as_deref(), &avant.modifiee_le));
    }
    sqlx::query!(
        "update actualites set titre = $2, corps = $3, texte = $4, audience = $5, importance = $6,
                publiee_le = case when $7::date is distinct from (publiee_le at time zone 'Europe/Paris')::date
                                  then debut_du_jour($7::date) else publiee_le end,
                fin_le = debut_du_jour($8::date + 1), version = version + 1, modifiee_le = maintenant(), modifiee_par = $9
         where id = $1",
        id.0,
        redigee.titre,
        redigee.corps,
        markdown::texte(&redigee.corps),
        redigee.audience.code(),
        redigee.importance.code(),
        debut,
        redigee.fin,
        administration.id().0
    )
    .execute(&mut **tx)
    .await?;
    noter(
        tx,
        administration,
        ("Actualité modifiée", &redigee.titre),
        changements,
    )
    .await
}

/// Publishes an actualité: from the first instant of this day on, at once where none is given or where it has begun.
/// Answers its title; twice is no error.
///
/// # Errors
/// `Introuvable`: none. `Invalide` at `fin`: its last day is over, nobody would read it.
pub async fn publier(
    tx: &mut Tx,
    administration: &Administration,
    id: ActualiteId,
    debut: Option<Date>,
) -> Result<String, Erreur> {
    let avant = tenir(tx, id).await?;
    if avant.etat.publiee() {
        return Ok(avant.titre);
    }
    let faite = sqlx::query!(
        "update actualites
         set publiee_le = greatest(debut_du_jour($2::date), maintenant()), modifiee_le = maintenant(), modifiee_par = $3
         where id = $1 and (fin_le is null or fin_le > greatest(debut_du_jour($2::date), maintenant()))",
        id.0,
        debut,
        administration.id().0
    )
    .execute(&mut **tx)
    .await?;
    if faite.rows_affected() == 0 {
        return Err(Erreur::champ(
            "fin",
            "Le dernier jour de cette actualité est passé\u{202F}: changez-le pour la publier.",
        ));
    }
    let changements = vec![Changement::new(
        "Statut",
        avant.etat.libelle(),
        Etat::EnCours.libelle(),
    )];
    noter(
        tx,
        administration,
        ("Actualité publiée", &avant.titre),
        changements,
    )
    .await?;
    Ok(avant.titre)
}

/// Takes an actualité back as a draft. Answers its title; twice is no error.
///
/// # Errors
/// `Introuvable`: none.
pub async fn depublier(
    tx: &mut Tx,
    administration: &Administration,
    id: ActualiteId,
) -> Result<String, Erreur> {
    let avant = tenir(tx, id).await?;
    if !avant.etat.publiee() {
        return Ok(avant.titre);
    }
    sqlx::query!(
        "update actualites set publiee_le = null, modifiee_le = maintenant(), modifiee_par = $2 where id = $1",
        id.0,
        administration.id().0
    )
    .execute(&mut **tx)
    .await?;
    let changements = vec![Changement::new(
        "Statut",
        avant.etat.libelle(),
        Etat::Brouillon.libelle(),
    )];
    noter(
        tx,
        administration,
        ("Actualité dépubliée", &avant.titre),
        changements,
    )
    .await?;
    Ok(avant.titre)
}

/// Deletes an actualité; its words stay in the historique. Answers its title.
///
/// # Errors
/// `Introuvable`: none, or deleted already.
pub async fn supprimer(
    tx: &mut Tx,
    administration: &Administration,
    id: ActualiteId,
) -> Result<String, Erreur> {
    let avant = tenir(tx, id).await?;
    sqlx::query!("delete from actualites where id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    let changements = vec![Changement::new("Texte", &*avant.corps, "")];
    noter(
        tx,
        administration,
        ("Actualité supprimée", &avant.titre),
        changements,
    )
    .await?;
    Ok(avant.titre)
}

fn jour(jour: Option<Date>) -> String {
    jour.map(texte::date).unwrap_or_default()
}

async fn noter(
    tx: &mut Tx,
    administration: &Administration,
    (fait, titre): (&str, &str),
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    let fait = format!("{fait}\u{202F}: {titre}");
    journaliser(
        tx,
        administration,
        Action::ActualiteModifiee,
        fait,
        changements,
    )
    .await
}
