//! The users of a structure as a file: by portions, so that no connection is held while the browser downloads.

use uuid::Uuid;

use super::lecture::Filtre;
use crate::App;
use crate::acces::{Gestion, Role, ToutGestionnaire};
use crate::db::Temps;
use crate::rattachements::Statut;
use crate::utilisateurs;
use crate::web::{EnCsv, Erreur};

/// Lines read at once.
const PORTION: i64 = 1_000;

/// A line of the CSV, and where the next portion begins.
pub struct LigneCsv {
    pub repere: (String, Uuid),
    cellules: Vec<String>,
}

impl EnCsv for LigneCsv {
    const ENTETES: &'static [&'static str] = &[
        "Nom",
        "Prénom",
        "Adresse de contact",
        "Rôle",
        "Statut utilisateur",
        "Date de réactivation",
        "Date dernière connexion",
        "Statut du rattachement",
        "Services",
        "Date de début",
        "Date de fin",
    ];

    fn cellules(&self) -> Vec<String> {
        self.cellules.clone()
    }
}

/// The next portion, by name, by the same filter as the list; empty at the end. The rights are those of that moment.
///
/// # Errors
/// Those of the database.
pub async fn lot_csv(
    app: &App,
    gestion: &Gestion<ToutGestionnaire>,
    filtre: &Filtre,
    depuis: Option<&(String, Uuid)>,
) -> Result<Vec<LigneCsv>, Erreur> {
    let lignes = sqlx::query!(
        r#"select p.id as "id!", u.cle_tri as "cle_tri!", u.nom as "nom!", u.prenom as "prenom!",
                  u.adresse_contact as "adresse!", p.role as "role!: Role", u.statut as "compte!: utilisateurs::Statut",
                  temps(p.reactive_le) as "reactive_le: Temps", temps(u.derniere_connexion) as "connexion: Temps",
                  p.statut as "statut!", p.maille_structure as "maille!",
                  array(select v.libelle from services v
                        where v.structure_id = $2 and v.id = any (p.services)
                          and exists (select from rattachements g where g.id = p.gestionnaire_rattachement_id
                                      and (g.maille_structure or exists (select from services_effectifs se
                                           where se.rattachement_id = g.id and se.service_id = v.id)))
                        order by v.cle_tri, v.id) as "services!",
                  temps(p.date_debut) as "debut: Temps", temps(p.date_fin - interval '1 microsecond') as "fin: Temps"
           from portees_membres p join utilisateurs u on u.id = p.utilisateur_id
           where p.gestionnaire_id = $1 and p.structure_id = $2 and p.genre <> 'demande'
             and ($3 = '' or u.adresse_connexion = lower($3) or u.adresse_contact = lower($3)
                  or (cle_recherche($3) <> ''
                      and (u.cle_recherche like '%' || cle_recherche($3) || '%'
                           or cle_recherche(u.prenom || u.nom) like '%' || cle_recherche($3) || '%')))
             and ($4 = '' or p.role = $4) and ($5 = '' or p.statut = $5)
             and (not $6 or (p.statut = 'valide' and jours_avant(p.date_fin, 30) <= maintenant()))
             and ($7::text is null or (u.cle_tri, p.id) > ($7, $8))
           order by u.cle_tri, p.id limit $9"#,
        gestion.id().0,
        gestion.structure().id.0,
        filtre.recherche,
        filtre.role.map_or("", Role::code),
        filtre.statut.map_or("", Statut::code),
        filtre.bientot,
        depuis.map(|(cle, _)| cle.as_str()),
        depuis.map(|(_, id)| *id),
        PORTION
    )
    .fetch_all(&app.db)
    .await?;
    let jour = |t: Option<Temps>| t.map(|t| t.jour()).unwrap_or_default();
    Ok(lignes
        .into_iter()
        .map(|l| LigneCsv {
            repere: (l.cle_tri, l.id),
            cellules: vec![
                l.nom,
                l.prenom,
                l.adresse,
                l.role.libelle().to_owned(),
                l.compte.libelle().to_owned(),
                jour(l.reactive_le),
                jour(l.connexion),
                Statut::lire(&l.statut).libelle().to_owned(),
                if l.maille {
                    "Toute la structure".to_owned()
                } else {
                    l.services.join(", ")
                },
                jour(l.debut),
                jour(l.fin),
            ],
        })
        .collect())
}
