//! Reading services: the list of a structure, one of them, what depends on it.

use crate::App;
use crate::acces::{Connecte, Membre};
use crate::db::{ServiceId, Temps};
use crate::web::{Erreur, Fenetre, Liste};

/// Active by hand and inside its dates (spec §2), or why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Etat {
    Actif,
    Desactive,
    AVenir,
    Termine,
}

impl Etat {
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Actif => "Actif",
            Self::Desactive => "Désactivé",
            Self::AVenir => "À venir",
            Self::Termine => "Terminé",
        }
    }

    pub fn genre(self) -> &'static str {
        match self {
            Self::Actif => "succes",
            Self::AVenir => "attente",
            Self::Desactive | Self::Termine => "neutre",
        }
    }

    /// `actif`: as the view `services_actifs` says; the three others: why it does not.
    fn lire(actif: bool, par_la_main: bool, commence: bool) -> Self {
        match (actif, par_la_main, commence) {
            (true, ..) => Self::Actif,
            (_, false, _) => Self::Desactive,
            (.., false) => Self::AVenir,
            _ => Self::Termine,
        }
    }
}

/// A service as its structure manages it.
pub struct Service {
    pub id: ServiceId,
    pub code: String,
    pub libelle: String,
    pub description: Option<String>,
    pub engagement_obligatoire: bool,
    pub debut: Temps,
    /// Last day, included.
    pub fin: Option<Temps>,
    pub etat: Etat,
}

/// The services within the reach of this member, whatever their state: all of them, or those of his rattachement.
///
/// # Errors
/// Those of the database.
pub async fn liste(app: &App, membre: &Membre, fenetre: Fenetre) -> Result<Liste<Service>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select s.id, s.code, s.libelle, s.cle_tri, s.description, s.engagement_obligatoire, s.date_debut, s.date_fin,
                    s.actif as par_la_main, s.date_debut <= maintenant() as commence,
                    exists (select from services_actifs a where a.id = s.id) as actif
             from services s
             where s.structure_id = $1
               and ($6 or exists (select from services_effectifs e where e.rattachement_id = $7 and e.service_id = s.id))
               and ($2 = '' or cle_recherche(s.code || ' ' || s.libelle) like '%' || nullif(cle_recherche($2), '') || '%')
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: ServiceId", b.code as "code!", b.libelle as "libelle!",
                  b.description, b.engagement_obligatoire as "engagement_obligatoire!",
                  temps(b.date_debut) as "debut!: Temps", temps(b.date_fin - interval '1 microsecond') as "fin: Temps",
                  b.actif as "actif!", b.par_la_main as "par_la_main!", b.commence as "commence!"
           from base b
           order by case when $3 = 'code-desc' then b.code end desc,
                    case when $3 = 'nom-asc' then b.cle_tri end asc, case when $3 = 'nom-desc' then b.cle_tri end desc,
                    case when $3 = 'debut-asc' then b.date_debut end asc, case when $3 = 'debut-desc' then b.date_debut end desc,
                    b.code, b.id
           limit $4::bigint offset least($5::bigint - 1, greatest((select count(*) from base) - 1, 0) / $4) * $4"#,
        membre.structure().id.0,
        fenetre.recherche.clone(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        membre.droits().maille_structure,
        membre.rattachement().0
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Service {
            id: l.id,
            code: l.code,
            libelle: l.libelle,
            description: l.description,
            engagement_obligatoire: l.engagement_obligatoire,
            debut: l.debut,
            fin: l.fin,
            etat: Etat::lire(l.actif, l.par_la_main, l.commence),
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "services"))
}

/// One service, within the reach of this member.
pub struct ServiceVu {
    pub id: ServiceId,
    pub code: String,
    pub libelle: String,
    pub description: Option<String>,
    pub engagement_obligatoire: bool,
    /// AAAA-MM-JJTHH:MM, in Paris: what a field of date and time holds.
    pub debut: String,
    /// AAAA-MM-JJ: the last day, included.
    pub dernier_jour: Option<String>,
    pub etat: Etat,
}

/// # Errors
/// `Introuvable`: of another structure, or outside the services of the rattachement.
pub async fn un(app: &App, membre: &Membre, service: ServiceId) -> Result<ServiceVu, Erreur> {
    let l = sqlx::query!(
        r#"select s.id as "id: ServiceId", s.code, s.libelle, s.description, s.engagement_obligatoire,
                  to_char(s.date_debut at time zone 'Europe/Paris', 'YYYY-MM-DD"T"HH24:MI') as "debut!",
                  to_char((s.date_fin - interval '1 microsecond') at time zone 'Europe/Paris', 'YYYY-MM-DD') as dernier_jour,
                  s.actif as par_la_main, s.date_debut <= maintenant() as "commence!",
                  exists (select from services_actifs a where a.id = s.id) as "actif!"
           from services s
           where s.structure_id = $1 and s.id = $2
             and ($3 or exists (select from services_effectifs e where e.rattachement_id = $4 and e.service_id = s.id))"#,
        membre.structure().id.0,
        service.0,
        membre.droits().maille_structure,
        membre.rattachement().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    Ok(ServiceVu {
        id: l.id,
        code: l.code,
        libelle: l.libelle,
        description: l.description,
        engagement_obligatoire: l.engagement_obligatoire,
        debut: l.debut,
        dernier_jour: l.dernier_jour,
        etat: Etat::lire(l.actif, l.par_la_main, l.commence),
    })
}

/// What a deactivation touches, counted before it (spec §6 R-STR-SERVICES).
pub struct Touches {
    /// People whose rattachement names this service.
    pub utilisateurs: i64,
    /// Espaces opened on it.
    pub abonnements: i64,
    /// Requests for a rattachement, or for espaces, that name it and wait.
    pub demandes: i64,
    /// Invoices must name a service, and this is the last active one.
    pub dernier_exige: bool,
}

/// # Errors
/// Those of the database.
pub async fn touches(app: &App, service: &ServiceVu) -> Result<Touches, Erreur> {
    Ok(sqlx::query_as!(
        Touches,
        r#"select (select count(*) from services_effectifs e join rattachements_effectifs r on r.id = e.rattachement_id
                   where e.structure_id = s.structure_id and e.service_id = s.id and not r.maille_structure) as "utilisateurs!",
                  (select count(*) from situations_abonnements a
                   where a.service_id = s.id and a.rattachement_effectif and a.service_tenu) as "abonnements!",
                  (select count(*) from demande_services ds join demandes_rattachement d on d.id = ds.demande_id
                   where ds.structure_id = s.structure_id and ds.service_id = s.id and d.statut = 'en_cours_de_validation')
                  + (select count(distinct l.demande_id) from demande_abonnement_lignes l
                     where l.structure_id = s.structure_id and l.service_id = s.id and l.statut = 'demandee') as "demandes!",
                  st.gestion_service and not exists (select from services_actifs v
                                                     where v.structure_id = s.structure_id and v.id <> s.id) as "dernier_exige!"
           from services s join structures st on st.id = s.structure_id where s.id = $1"#,
        service.id.0
    )
    .fetch_one(&app.db)
    .await?)
}

/// Now, in Paris: what the field of the activation date begins with (spec §13).
///
/// # Errors
/// Those of the database.
pub async fn maintenant(app: &App, _: &Connecte) -> Result<String, Erreur> {
    Ok(sqlx::query_scalar!(
        r#"select to_char(maintenant() at time zone 'Europe/Paris', 'YYYY-MM-DD"T"HH24:MI') as "maintenant!""#
    )
    .fetch_one(&app.db)
    .await?)
}
