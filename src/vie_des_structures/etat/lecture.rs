//! What a deactivation closes, and what a reactivation opens.

use crate::App;
use crate::acces::Membre;
use crate::web::Erreur;

/// Counted before the act; nothing is promised: the act reads again.
pub struct Touches {
    /// Everybody with a right in force: they are told.
    pub utilisateurs: i64,
    pub demandes_rattachement: i64,
    pub demandes_abonnement: i64,
    /// « Rémi Chauvet, le 12/03/2027 »: the handover that will not take place.
    pub passation: Option<String>,
    /// The directory of public structures says that it is closed.
    pub fermee_a_l_annuaire: bool,
}

/// # Errors
/// Those of the database.
pub async fn touches(app: &App, membre: &Membre) -> Result<Touches, Erreur> {
    Ok(sqlx::query_as!(
        Touches,
        r#"select (select count(*) from rattachements_effectifs r where r.structure_id = s.id) as "utilisateurs!",
                  (select count(*) from demandes_rattachement d
                   where d.structure_id = s.id and d.statut = 'en_cours_de_validation') as "demandes_rattachement!",
                  (select count(*) from demandes_abonnement d
                   where d.structure_id = s.id and d.statut = 'en_cours_de_validation') as "demandes_abonnement!",
                  (select u.prenom || ' ' || u.nom || ', le ' || to_char(p.le, 'DD/MM/YYYY')
                   from passations p join utilisateurs u on u.id = p.successeur_id
                   where p.structure_id = s.id and p.statut = 'programmee') as passation,
                  coalesce(s.importe ->> 'statut' = 'inactive', false) as "fermee_a_l_annuaire!"
           from structures s where s.id = $1"#,
        membre.structure().id.0
    )
    .fetch_one(&app.db)
    .await?)
}
