//! The magnifier: everything one line says.

use uuid::Uuid;

use super::{details, nom, signataire};
use crate::App;
use crate::acces::{Portee, ToutGestionnaire};
use crate::db::Temps;
use crate::historique::{Action, Details};
use crate::web::Erreur;

/// A line, opened.
pub struct DetailHistorique {
    pub date: Temps,
    pub action: Action,
    pub acteur: String,
    pub concerne: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub structure: Uuid,
    /// The request, for a reader who may open it.
    pub demande: Option<Uuid>,
    /// The same, of the espaces.
    pub demande_abonnement: Option<Uuid>,
    /// Its data were erased with an account.
    pub efface: bool,
    pub details: Details,
}

/// One line within reach; 404 otherwise.
pub async fn detail(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    id: Uuid,
) -> Result<DetailHistorique, Erreur> {
    let l = sqlx::query!(
        r#"select temps(c.survenu_le) as "date!: Temps", c.action as "action!", c.acteur_genre as "acteur_genre!", c.acteur,
                  c.concerne, c.identifiant as "identifiant!", c.raison_sociale as "raison_sociale!",
                  c.structure_id as "structure!", c.donnees,
                  (select p.demande_id from portees_demandes p
                   where p.demande_id = h.demande_id and p.gestionnaire_id = $1) as demande,
                  (select p.demande_id from portees_abonnements p
                   where p.demande_id = h.demande_id and p.gestionnaire_id = $1) as demande_abonnement
           from historique_visible h
           join historique_en_clair c on c.id = h.id
           where h.lecteur_id = $1 and h.id = $2"#,
        portee.id().0,
        id
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let details = details(l.donnees.as_deref());
    Ok(DetailHistorique {
        date: l.date,
        action: Action::lire(&l.action).ok_or(Erreur::Introuvable)?,
        acteur: signataire(&details, &l.acteur_genre, l.acteur),
        concerne: nom(details.concerne.clone(), l.concerne),
        identifiant: l.identifiant,
        raison_sociale: l.raison_sociale,
        structure: l.structure,
        demande: l.demande,
        demande_abonnement: l.demande_abonnement,
        efface: l.donnees.is_none(),
        details,
    })
}
