use super::curseur::Repere;
use crate::App;
use crate::acces::Connecte;
use crate::db::{StructureId, Temps};
use crate::structures::{Criteres, Obligations, Service};
use crate::web::{Curseur, Erreur, Fenetre, Liste, Lue, Tranche};

/// A line of the directory.
pub struct Ligne {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub code_postal: Option<String>,
    pub ville: Option<String>,
    pub obligations: Obligations,
    /// Active services.
    pub services: i64,
}

impl Ligne {
    pub fn lieu(&self) -> String {
        match (&self.ville, &self.code_postal) {
            (Some(ville), Some(code)) => format!("{ville} ({code})"),
            (Some(seul), None) | (None, Some(seul)) => seul.clone(),
            (None, None) => "—".to_owned(),
        }
    }
}

/// A page of the directory, gathered and counted at once, or read in order where there is too much to be gathered (`annuaire_page`).
/// What a line shows is read for the lines of the page only.
pub async fn tranche(
    app: &App,
    connecte: &Connecte,
    criteres: &Criteres,
    curseur: Curseur<Repere>,
    par: i64,
) -> Result<Tranche<Ligne>, Erreur> {
    let lire = |curseur, limite| suite(app, connecte, criteres, curseur, limite);
    Tranche::lire(curseur, par, lire).await
}

async fn suite(
    app: &App,
    _: &Connecte,
    criteres: &Criteres,
    curseur: Curseur<Repere>,
    limite: i64,
) -> Result<Vec<Lue<Repere, Ligne>>, Erreur> {
    let repere = curseur.place();
    let lues = sqlx::query!(
        r#"select l.total as "total!", p.id as "id: StructureId", p.cle_tri, p.identifiant, p.raison_sociale, p.code_postal, p.ville,
                  p.gestion_engagement, p.gestion_service, p.gestion_service_engagement,
                  (select count(*) from services_actifs a where a.structure_id = p.id) as "services!"
           from annuaire_page($1, $2, $3, $4, $5, $6, $7, $8, $9) l
           join structures p on p.id = l.id
           order by l.rang"#,
        &criteres.mots,
        criteres.tout,
        criteres.numero,
        criteres.identifiant,
        criteres.code_postal,
        curseur.recule(),
        repere.map(|r| r.cle.as_str()),
        repere.map(|r| r.id.0),
        limite,
    )
    .fetch_all(&app.db)
    .await?;
    let lignes = lues.into_iter().map(|l| Lue {
        place: Repere {
            cle: l.cle_tri,
            id: l.id,
        },
        total: l.total,
        ligne: Ligne {
            id: l.id,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            code_postal: l.code_postal,
            ville: l.ville,
            obligations: Obligations {
                engagement: l.gestion_engagement,
                service: l.gestion_service,
                l_un_ou_l_autre: l.gestion_service_engagement,
            },
            services: l.services,
        },
    });
    Ok(lignes.collect())
}

/// An active public structure, read in the directory: the proof that its services may be shown to anybody signed in.
pub struct Publique {
    id: StructureId,
    pub type_identifiant: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub adresse: Option<String>,
    pub complement_1: Option<String>,
    pub complement_2: Option<String>,
    pub code_postal: Option<String>,
    pub ville: Option<String>,
    pub pays: String,
    pub gestion_engagement: bool,
    pub gestion_service: bool,
    pub gestion_service_engagement: bool,
    pub gestion_statut_mise_en_paiement: bool,
    pub est_moa: bool,
    /// The person who reads is attached to it: its fiche says more.
    pub membre: bool,
}

impl Publique {
    pub fn id(&self) -> StructureId {
        self.id
    }
}

/// 404 for a private, inactive or unknown structure: one answer.
pub async fn publique(
    app: &App,
    connecte: &Connecte,
    structure: StructureId,
) -> Result<Publique, Erreur> {
    sqlx::query_as!(
        Publique,
        r#"select p.id as "id!: StructureId", p.type_identifiant as "type_identifiant!", p.identifiant as "identifiant!",
                  p.raison_sociale as "raison_sociale!", p.adresse, p.complement_adresse_1 as complement_1,
                  p.complement_adresse_2 as complement_2, p.code_postal, p.ville, p.libelle_pays as "pays!",
                  p.gestion_engagement as "gestion_engagement!", p.gestion_service as "gestion_service!",
                  p.gestion_service_engagement as "gestion_service_engagement!",
                  p.gestion_statut_mise_en_paiement as "gestion_statut_mise_en_paiement!", p.est_moa as "est_moa!",
                  exists (select from rattachements_effectifs r
                          where r.structure_id = p.id and r.utilisateur_id = $2) as "membre!"
           from structures_publiques p where p.id = $1 and p.statut = 'active'"#,
        structure.0,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// Its active services, with the obligation of each.
pub async fn services(
    app: &App,
    publique: &Publique,
    fenetre: Fenetre,
) -> Result<Liste<Service>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select a.*, row_number() over (order by a.code, a.id) as numero
             from services_actifs a
             where a.structure_id = $1
               and ($2 = '' or cle_recherche(a.code || ' ' || a.libelle) like '%' || nullif(cle_recherche($2), '') || '%')
             limit 10001)
           select (select count(*) from base) as "total!", b.numero as "numero!", b.code as "code!", b.libelle as "libelle!",
                  b.description, b.engagement_obligatoire as "engagement_obligatoire!",
                  temps(b.date_debut) as "debut!: Temps", temps(b.date_fin - interval '1 microsecond') as "fin: Temps"
           from base b
           order by case when $3 = 'code-desc' then b.code end desc,
                    case when $3 = 'nom-asc' then b.cle_tri end asc, case when $3 = 'nom-desc' then b.cle_tri end desc,
                    case when $3 = 'debut-asc' then b.date_debut end asc, case when $3 = 'debut-desc' then b.date_debut end desc,
                    b.code, b.id
           limit $4 offset least($5::bigint - 1, greatest((select count(*) from base) - 1, 0) / $4) * $4"#,
        publique.id.0,
        fenetre.recherche,
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Service {
            numero: l.numero,
            code: l.code,
            libelle: l.libelle,
            description: l.description,
            engagement_obligatoire: l.engagement_obligatoire,
            debut: l.debut,
            fin: l.fin,
            actif: true,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "services"))
}
