use super::curseur::Repere;
use crate::App;
use crate::acces::Connecte;
use crate::db::{StructureId, Temps};
use crate::structures::{Criteres, Obligations, Service};
use crate::web::{Curseur, Erreur, Fenetre, Liste, Total, Tranche};

/// A line of the directory.
pub struct Ligne {
    pub repere: Repere,
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

/// Counted up to the ceiling, whatever the size of the directory.
pub async fn total(app: &App, _: &Connecte, criteres: &Criteres) -> Result<Total, Erreur> {
    Ok(Total(
        sqlx::query_scalar!(
            r#"select annuaire_total($1, $2, $3, $4, $5) as "total!""#,
            &criteres.mots,
            criteres.tout,
            criteres.numero,
            criteres.identifiant,
            criteres.code_postal,
        )
        .fetch_one(&app.db)
        .await?,
    ))
}

/// A search, its total known: what matches fewer lines than the ceiling is gathered, then sorted; what matches more is read in
/// order until the page is full (`annuaire_apres`, `annuaire_avant`). What a line shows is read for the lines of the page only.
pub struct Recherche<'a> {
    pub criteres: &'a Criteres,
    pub total: Total,
}

impl Recherche<'_> {
    pub(super) fn rare(&self) -> bool {
        !self.total.plafonne()
    }
}

/// A page of the directory and what stands around it.
pub async fn tranche(
    app: &App,
    connecte: &Connecte,
    recherche: &Recherche<'_>,
    curseur: Curseur<Repere>,
    par: i64,
) -> Result<Tranche<Ligne>, Erreur> {
    let lire = |curseur, limite| async move {
        match &curseur {
            Curseur::Avant(repere) => avant(app, connecte, recherche, repere, limite).await,
            _ => suite(app, connecte, recherche, curseur.place(), limite).await,
        }
    };
    Tranche::lire(curseur, par, |l: &Ligne| l.repere.to_string(), lire).await
}

macro_rules! ligne {
    ($l:ident) => {
        Ligne {
            repere: Repere {
                cle: $l.cle_tri,
                id: $l.id,
            },
            identifiant: $l.identifiant,
            raison_sociale: $l.raison_sociale,
            code_postal: $l.code_postal,
            ville: $l.ville,
            obligations: Obligations {
                engagement: $l.gestion_engagement,
                service: $l.gestion_service,
                l_un_ou_l_autre: $l.gestion_service_engagement,
            },
            services: $l.services,
        }
    };
}

/// The lines after `depuis`, or the first ones.
async fn suite(
    app: &App,
    _: &Connecte,
    recherche: &Recherche<'_>,
    depuis: Option<&Repere>,
    limite: i64,
) -> Result<Vec<Ligne>, Erreur> {
    let criteres = recherche.criteres;
    let lignes = sqlx::query!(
        r#"select p.id as "id: StructureId", p.cle_tri, p.identifiant, p.raison_sociale, p.code_postal, p.ville,
                  p.gestion_engagement, p.gestion_service, p.gestion_service_engagement,
                  (select count(*) from services_actifs a where a.structure_id = p.id) as "services!"
           from annuaire_apres($1, $2, $3, $4, $5, $6, $7, $8, $9) with ordinality l (id, cle_tri, n)
           join structures p on p.id = l.id
           order by l.n"#,
        &criteres.mots,
        criteres.tout,
        criteres.numero,
        criteres.identifiant,
        criteres.code_postal,
        recherche.rare(),
        depuis.map(|r| r.cle.as_str()),
        depuis.map(|r| r.id.0),
        limite,
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes.into_iter().map(|l| ligne!(l)).collect())
}

/// The lines before `borne`, the nearest first.
async fn avant(
    app: &App,
    _: &Connecte,
    recherche: &Recherche<'_>,
    borne: &Repere,
    limite: i64,
) -> Result<Vec<Ligne>, Erreur> {
    let criteres = recherche.criteres;
    let lignes = sqlx::query!(
        r#"select p.id as "id: StructureId", p.cle_tri, p.identifiant, p.raison_sociale, p.code_postal, p.ville,
                  p.gestion_engagement, p.gestion_service, p.gestion_service_engagement,
                  (select count(*) from services_actifs a where a.structure_id = p.id) as "services!"
           from annuaire_avant($1, $2, $3, $4, $5, $6, $7, $8, $9) with ordinality l (id, cle_tri, n)
           join structures p on p.id = l.id
           order by l.n"#,
        &criteres.mots,
        criteres.tout,
        criteres.numero,
        criteres.identifiant,
        criteres.code_postal,
        recherche.rare(),
        borne.cle,
        borne.id.0,
        limite,
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes.into_iter().map(|l| ligne!(l)).collect())
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
