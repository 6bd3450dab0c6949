//! The CSV of the services: the columns of the import, so that a file can go out, be changed, and come back.

use crate::App;
use crate::acces::Membre;
use crate::db::Temps;
use crate::web::{EnCsv, Erreur};

/// A line of the CSV.
pub struct LigneCsv {
    code: String,
    libelle: String,
    description: String,
    engagement_obligatoire: bool,
    debut: Temps,
    fin: Option<Temps>,
    actif: bool,
}

impl LigneCsv {
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl EnCsv for LigneCsv {
    const ENTETES: &'static [&'static str] = &[
        "Code",
        "Libelle",
        "Description",
        "EngagementObligatoire",
        "DateDebut",
        "DateFin",
        "Actif",
    ];

    fn cellules(&self) -> Vec<String> {
        let oui = |vrai: bool| if vrai { "oui" } else { "non" }.to_owned();
        vec![
            self.code.clone(),
            self.libelle.clone(),
            self.description.clone(),
            oui(self.engagement_obligatoire),
            self.debut.jour(),
            self.fin.as_ref().map(Temps::jour).unwrap_or_default(),
            oui(self.actif),
        ]
    }
}

/// Lines read at once: between two lots no connection is held, however slow the download.
const LOT: i64 = 1_000;

/// The services after this code, by code, within the reach of the member and by the search of the list.
///
/// # Errors
/// Those of the database.
pub async fn tranche(
    app: &App,
    membre: &Membre,
    recherche: &str,
    apres: &str,
) -> Result<Vec<LigneCsv>, Erreur> {
    Ok(sqlx::query_as!(
        LigneCsv,
        r#"select s.code, s.libelle, coalesce(s.description, '') as "description!", s.engagement_obligatoire, s.actif,
                  temps(s.date_debut) as "debut!: Temps", temps(s.date_fin - interval '1 microsecond') as "fin: Temps"
           from services s
           where s.structure_id = $1 and s.code > $2
             and ($3 = '' or cle_recherche(s.code || ' ' || s.libelle) like '%' || nullif(cle_recherche($3), '') || '%')
             and ($4 or exists (select from services_effectifs e where e.rattachement_id = $5 and e.service_id = s.id))
           order by s.code limit $6"#,
        membre.structure().id.0,
        apres,
        recherche,
        membre.droits().maille_structure,
        membre.rattachement().0,
        LOT
    )
    .fetch_all(&app.db)
    .await?)
}
