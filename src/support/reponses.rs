//! Prepared answers: written by the administrateur, taken by the desk as the beginning of an answer (R-SUP-FILE, R-ADM).

use crate::App;
use crate::acces::{Administration, Support};
use crate::db::{ReponsePrepareeId, Temps, Tx, contrainte};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::Erreur;

/// A prepared answer.
pub struct ReponsePreparee {
    pub id: ReponsePrepareeId,
    pub titre: String,
    pub texte: String,
    pub modifiee_le: Temps,
}

/// What is written in it, checked.
pub struct Contenu {
    pub titre: String,
    pub texte: String,
}

/// Words that the portal writes in the place of a mark.
pub struct Mots<'a> {
    pub prenom: &'a str,
    pub reference: &'a str,
    pub agent: &'a str,
}

/// The marks an answer may hold, as its form shows them.
pub const MARQUES: &str = "{prénom}, {référence} et {agent}";

/// With its marks replaced.
pub fn en_clair(texte: &str, mots: &Mots<'_>) -> String {
    texte
        .replace("{prénom}", mots.prenom)
        .replace("{référence}", mots.reference)
        .replace("{agent}", mots.agent)
}

/// All of them, by title.
pub async fn toutes(app: &App, _: &Administration) -> Result<Vec<ReponsePreparee>, Erreur> {
    Ok(sqlx::query_as!(
        ReponsePreparee,
        r#"select id as "id: ReponsePrepareeId", titre, texte, temps(modifiee_le) as "modifiee_le!: Temps"
           from reponses_preparees order by cle_tri(titre), id limit 500"#
    )
    .fetch_all(&app.db)
    .await?)
}

/// One of them; 404 when there is none.
pub async fn une(
    app: &App,
    _: &Administration,
    id: ReponsePrepareeId,
) -> Result<ReponsePreparee, Erreur> {
    sqlx::query_as!(
        ReponsePreparee,
        r#"select id as "id: ReponsePrepareeId", titre, texte, temps(modifiee_le) as "modifiee_le!: Temps"
           from reponses_preparees where id = $1"#,
        id.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// Its text, for an answer to begin from; an id that is none begins from nothing.
pub async fn texte(
    app: &App,
    _: &Support,
    id: ReponsePrepareeId,
) -> Result<Option<String>, Erreur> {
    Ok(
        sqlx::query_scalar!("select texte from reponses_preparees where id = $1", id.0)
            .fetch_optional(&app.db)
            .await?,
    )
}

fn meme_titre(erreur: sqlx::Error) -> Erreur {
    if contrainte(&erreur) == Some("reponses_preparees_titre") {
        Erreur::champ("intitule", "Une autre réponse préparée a déjà ce titre.")
    } else {
        erreur.into()
    }
}

async fn noter(
    tx: &mut Tx,
    administration: &Administration,
    commentaire: &str,
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    historique::noter(
        tx,
        administration,
        Entree {
            structure: None,
            action: Action::ReponsePrepareeModifiee,
            concerne: None,
            demande: None,
            details: Details {
                acteur: administration.personne().nom_complet(),
                commentaire: commentaire.to_owned(),
                changements,
                ..Details::default()
            },
        },
    )
    .await?;
    Ok(())
}

/// A new one. The very same, sent twice, is one.
///
/// # Errors
/// `Invalide`: the title is taken.
pub async fn creer(
    tx: &mut Tx,
    administration: &Administration,
    contenu: &Contenu,
) -> Result<(), Erreur> {
    let deja = sqlx::query!(
        "select id from reponses_preparees where titre = $1 and texte = $2",
        contenu.titre,
        contenu.texte
    )
    .fetch_optional(&mut **tx)
    .await?;
    if deja.is_some() {
        return Ok(());
    }
    sqlx::query!(
        "insert into reponses_preparees (id, titre, texte, modifiee_par) values ($1, $2, $3, $4)",
        ReponsePrepareeId::nouveau().0,
        contenu.titre,
        contenu.texte,
        administration.id().0
    )
    .execute(&mut **tx)
    .await
    .map_err(meme_titre)?;
    noter(tx, administration, &contenu.titre, Vec::new()).await
}

/// Other words for one.
///
/// # Errors
/// `Introuvable`: deleted meanwhile. `Invalide`: the title is taken.
pub async fn modifier(
    tx: &mut Tx,
    administration: &Administration,
    id: ReponsePrepareeId,
    contenu: &Contenu,
) -> Result<(), Erreur> {
    let avant = sqlx::query!(
        "select titre, texte from reponses_preparees where id = $1 for update",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if avant.titre == contenu.titre && avant.texte == contenu.texte {
        return Ok(());
    }
    sqlx::query!(
        "update reponses_preparees set titre = $2, texte = $3, modifiee_le = maintenant(), modifiee_par = $4 where id = $1",
        id.0,
        contenu.titre,
        contenu.texte,
        administration.id().0
    )
    .execute(&mut **tx)
    .await
    .map_err(meme_titre)?;
    let changements = [
        Changement::new("Titre", avant.titre, &contenu.titre),
        Changement::new("Texte", avant.texte, &contenu.texte),
    ]
    .into_iter()
    .filter(|c| c.avant != c.apres)
    .collect();
    noter(tx, administration, &contenu.titre, changements).await
}

/// « Supprimer »; twice is once.
///
/// # Errors
/// The database does not answer.
pub async fn supprimer(
    tx: &mut Tx,
    administration: &Administration,
    id: ReponsePrepareeId,
) -> Result<(), Erreur> {
    let titre = sqlx::query_scalar!(
        "delete from reponses_preparees where id = $1 returning titre",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    match titre {
        Some(titre) => {
            let changement = Changement::new("Titre", titre.as_str(), "");
            noter(tx, administration, &titre, vec![changement]).await
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Mots, en_clair};

    #[test]
    fn les_marques_sont_remplacees_et_rien_d_autre() {
        let mots = Mots {
            prenom: "Zoé",
            reference: "SOL-2026-000001",
            agent: "Sabine Support",
        };
        assert_eq!(
            en_clair("Bonjour {prénom},\n{référence} {autre}\n{agent}", &mots),
            "Bonjour Zoé,\nSOL-2026-000001 {autre}\nSabine Support"
        );
    }
}
