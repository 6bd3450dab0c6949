use super::curseur::Repere;
use crate::App;
use crate::acces::Connecte;
use crate::db::StructureId;
use crate::structures::Criteres;
use crate::web::{EnCsv, Erreur, PLAFOND, Total};

/// A line of the CSV: the directory's, with what its detail page says.
pub struct LigneCsv {
    repere: Repere,
    cellules: Vec<String>,
}

impl LigneCsv {
    pub fn repere(&self) -> &Repere {
        &self.repere
    }
}

impl EnCsv for LigneCsv {
    const ENTETES: &'static [&'static str] = &[
        "Type d’identifiant",
        "Identifiant",
        "Raison sociale",
        "Adresse",
        "Code postal",
        "Ville",
        "Numéro d’engagement obligatoire",
        "Code service obligatoire",
        "Numéro d’engagement ou code service obligatoire",
        "Nombre de services",
        "Codes des services",
    ];

    fn cellules(&self) -> Vec<String> {
        self.cellules.clone()
    }
}

/// Lines read at once for the CSV of a long list: between two lots no connection is held, however slow the download.
const LOT: i64 = 2_000;

/// A search, its total known: what matches fewer lines than the ceiling is gathered, then sorted; what matches more is read in
/// order, lot after lot (`annuaire_apres`).
pub struct Recherche<'a> {
    criteres: &'a Criteres,
    total: Total,
}

impl<'a> Recherche<'a> {
    pub async fn lire(app: &App, _: &Connecte, criteres: &'a Criteres) -> Result<Self, Erreur> {
        let total = sqlx::query_scalar!(
            r#"select annuaire_total($1, $2, $3, $4, $5) as "total!""#,
            &criteres.mots,
            criteres.tout,
            criteres.numero,
            criteres.identifiant,
            criteres.code_postal,
        )
        .fetch_one(&app.db)
        .await?;
        Ok(Self {
            criteres,
            total: Total(total),
        })
    }

    fn rare(&self) -> bool {
        !self.total.plafonne()
    }

    /// What is gathered to be sorted is sent at once.
    fn lot(&self) -> i64 {
        if self.rare() { PLAFOND + 1 } else { LOT }
    }
}

/// The next lot of the CSV, in the order of the page and by the same filter; empty at the end.
pub async fn lot_csv(
    app: &App,
    _: &Connecte,
    recherche: &Recherche<'_>,
    depuis: Option<&Repere>,
) -> Result<Vec<LigneCsv>, Erreur> {
    let criteres = recherche.criteres;
    let lignes = sqlx::query!(
        r#"select t.id as "id!: StructureId", t.cle_tri as "cle_tri!", t.type_identifiant as "type_identifiant!",
                  t.identifiant as "identifiant!", t.raison_sociale as "raison_sociale!",
                  concat_ws(', ', t.adresse, t.complement_adresse_1, t.complement_adresse_2) as "adresse!",
                  coalesce(t.code_postal, '') as "code_postal!", coalesce(t.ville, '') as "ville!",
                  t.gestion_engagement as "gestion_engagement!", t.gestion_service as "gestion_service!",
                  t.gestion_service_engagement as "gestion_service_engagement!",
                  v.nombre as "services!", coalesce(v.codes, '') as "codes!"
           from annuaire_apres($1, $2, $3, $4, $5, $6, $7, $8, $9) with ordinality l (id, cle_tri, n)
           join structures t on t.id = l.id
           cross join lateral (select count(*) as nombre, string_agg(a.code, ' | ' order by a.code) as codes
                               from services_actifs a where a.structure_id = t.id) v
           order by l.n"#,
        &criteres.mots,
        criteres.tout,
        criteres.numero,
        criteres.identifiant,
        criteres.code_postal,
        recherche.rare(),
        depuis.map(|r| r.cle.as_str()),
        depuis.map(|r| r.id.0),
        recherche.lot(),
    )
    .fetch_all(&app.db)
    .await?;
    let oui_non = |vrai: bool| if vrai { "Oui" } else { "Non" }.to_owned();
    Ok(lignes
        .into_iter()
        .map(|l| LigneCsv {
            repere: Repere {
                cle: l.cle_tri,
                id: l.id,
            },
            cellules: vec![
                l.type_identifiant,
                l.identifiant,
                l.raison_sociale,
                l.adresse,
                l.code_postal,
                l.ville,
                oui_non(l.gestion_engagement),
                oui_non(l.gestion_service),
                oui_non(l.gestion_service_engagement),
                l.services.to_string(),
                l.codes,
            ],
        })
        .collect())
}
