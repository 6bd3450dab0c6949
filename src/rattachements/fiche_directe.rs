//! What the screen of a direct rattachement shows before anything is done.

use crate::App;
use crate::acces::{Gestion, RattacherUtilisateurs, Role};
use crate::db::UtilisateurId;
use crate::web::Erreur;

/// The screen of a direct rattachement: of an account that is not ours, only what the search shows (decisions 13).
pub struct FicheRattachement {
    pub personne: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub identifiant_connexion: String,
    pub statut: String,
    /// What the person holds on this structure.
    pub role_tenu: Option<Role>,
    pub structure_tenue: bool,
    pub debut_tenu: Option<time::Date>,
    pub fin_tenue: Option<time::Date>,
    pub commentaire_tenu: Option<String>,
    /// An open request, that attaching answers.
    pub demande_ouverte: bool,
    pub espaces_gs: Vec<String>,
    pub espaces_us: Vec<String>,
    pub aujourd_hui: time::Date,
}

impl FicheRattachement {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// Somebody who may be attached to the structure of the proof: an open account, not one's own.
pub async fn fiche(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    personne: UtilisateurId,
) -> Result<FicheRattachement, Erreur> {
    let l = sqlx::query!(
        r#"select u.id as "personne!: UtilisateurId", u.prenom as "prenom!", u.nom as "nom!",
                  u.adresse_connexion as "identifiant_connexion!", u.statut as "statut!", r.role as "role_tenu?: Role",
                  r.maille_structure as "structure_tenue?", (r.date_debut at time zone 'Europe/Paris')::date as debut_tenu,
                  r.commentaire as commentaire_tenu,
                  ((r.date_fin at time zone 'Europe/Paris')::date - 1) as fin_tenue,
                  exists (select from demandes_rattachement d where d.structure_id = s.id and d.utilisateur_id = u.id
                          and d.statut = 'en_cours_de_validation') as "demande_ouverte!",
                  array(select e.nom from espaces e where e.defaut_gs and (not e.publique_seulement or s.publique)
                        order by e.ordre) as "espaces_gs!",
                  array(select e.nom from espaces e where e.defaut_us and (not e.publique_seulement or s.publique)
                        order by e.ordre) as "espaces_us!",
                  aujourdhui() as "aujourd_hui!"
           from utilisateurs u
           join structures s on s.id = $1
           left join rattachements r on r.structure_id = s.id and r.utilisateur_id = u.id
                and r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant())
           where u.id = $2 and u.id <> $3 and u.statut in ('actif', 'en_cours_activation')"#,
        gestion.structure().id.0,
        personne.0,
        gestion.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    Ok(FicheRattachement {
        personne: l.personne,
        prenom: l.prenom,
        nom: l.nom,
        identifiant_connexion: l.identifiant_connexion,
        statut: l.statut,
        role_tenu: l.role_tenu,
        structure_tenue: l.structure_tenue.unwrap_or_default(),
        debut_tenu: l.debut_tenu,
        fin_tenue: l.fin_tenue,
        commentaire_tenu: l.commentaire_tenu,
        demande_ouverte: l.demande_ouverte,
        espaces_gs: l.espaces_gs,
        espaces_us: l.espaces_us,
        aujourd_hui: l.aujourd_hui,
    })
}

/// Today, in Paris: what a form proposes.
///
/// # Errors
/// Those of the database.
pub async fn aujourd_hui(app: &App) -> Result<time::Date, Erreur> {
    Ok(sqlx::query_scalar!(r#"select aujourdhui() as "jour!""#)
        .fetch_one(&app.db)
        .await?)
}
