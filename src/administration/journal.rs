//! « Journal de l’administration »: the historique of the instance, which belongs to no structure. What is done with a
//! sollicitation stands in its own file.

use crate::App;
use crate::acces::Administration;
use crate::db::Temps;
use crate::historique::{Action, Details};
use crate::web::{Erreur, Fenetre, Liste};

/// A line of the instance.
pub struct LigneJournal {
    pub date: Temps,
    pub action: String,
    pub acteur: String,
    pub concerne: String,
    pub details: Details,
}

impl LigneJournal {
    /// The reason, then what changed.
    pub fn precisions(&self) -> Vec<String> {
        let motif = (!self.details.motif.is_empty())
            .then(|| format!("Motif\u{202F}: {}", self.details.motif));
        // A text before and after is read on its own page, not in a list.
        let changements = self
            .details
            .changements
            .iter()
            .filter(|c| c.avant.chars().count() + c.apres.chars().count() <= 300)
            .filter_map(|c| c.en_mots());
        motif.into_iter().chain(changements).collect()
    }
}

/// The latest first, in one statement; a search looks in what was recorded.
///
/// # Errors
/// Those of the database.
pub async fn lignes(
    app: &App,
    _: &Administration,
    fenetre: Fenetre,
) -> Result<Liste<LigneJournal>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select h.id, h.numero, h.survenu_le, h.action, h.acteur_genre, h.acteur_id, h.concerne_id, d.donnees
             from historique h left join historique_donnees d on d.historique_id = h.id
             where h.chaine = '00000000-0000-0000-0000-000000000000'
               and h.action not like 'sollicitation\_%'
               and ($1 = '' or cle_recherche(d.donnees::text) like '%' || nullif(cle_recherche($1), '') || '%')
             order by h.numero desc limit 10001),
           fenetre as materialized (
             select * from base order by numero desc
             limit $2::bigint offset least($3::bigint - 1, greatest((select count(*) from base) - 1, 0) / $2) * $2)
           select (select count(*) from base) as "total!", temps(f.survenu_le) as "date!: Temps", f.action as "action!",
                  f.acteur_genre as "acteur_genre!", a.prenom || ' ' || a.nom as acteur, u.prenom || ' ' || u.nom as concerne,
                  f.donnees
           from fenetre f
           left join utilisateurs a on a.id = f.acteur_id
           left join utilisateurs u on u.id = f.concerne_id
           order by f.numero desc"#,
        fenetre.recherche,
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| {
            let details: Details = l
                .donnees
                .as_deref()
                .and_then(|d| serde_json::from_str(d).ok())
                .unwrap_or_default();
            let action = Action::lire(&l.action)
                .map_or_else(|| l.action.clone(), |a| a.libelle().to_owned());
            LigneJournal {
                date: l.date,
                action: if details.commentaire.is_empty() {
                    action
                } else {
                    details.commentaire.clone()
                },
                acteur: match l.acteur {
                    _ if l.acteur_genre == "systeme" => "Système".to_owned(),
                    Some(nom) => nom,
                    None => details.acteur.clone(),
                },
                concerne: l.concerne.unwrap_or_else(|| details.concerne.clone()),
                details,
            }
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "journal"))
}
