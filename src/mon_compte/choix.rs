//! What the forms offer: the structure asked for, the lines to leave, the people who may succeed.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::lecture::Statut;
use crate::App;
use crate::acces::compteurs::{self, RECHERCHE_COMPTES};
use crate::acces::{Connecte, Role};
use crate::db::{DemandeId, RattachementId, ServiceId, StructureId, Temps, UtilisateurId};
use crate::rattachements::{Ligne, ServiceDemandable};
use crate::web::{Erreur, texte};

/// The structure of « Demander un rattachement », as somebody who is not in it may see it (decisions 13: exact identifier).
pub struct StructureDemandee {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub active: bool,
    pub sans_gestionnaire: bool,
    pub demande_depuis: Option<Temps>,
    /// My rattachement in force or to come: role, and whether it is for the whole structure.
    pub mon_role: Option<Role>,
    pub ma_maille: Option<bool>,
    pub services: Vec<ServiceDemandable>,
}

impl StructureDemandee {
    /// Why nothing can be asked here.
    pub fn empechement(&self) -> Option<String> {
        if !self.active {
            Some(
                "Cette structure est désactivée\u{202F}: elle n’accepte plus de demande de rattachement."
                    .to_owned(),
            )
        } else if let Some(depuis) = &self.demande_depuis {
            Some(format!(
                "Votre demande du {} est en cours de validation. Attendez sa décision, ou retirez-la.",
                depuis.jour_heure()
            ))
        } else {
            match (self.mon_role, self.ma_maille) {
                (Some(role), Some(true)) => Some(crate::rattachements::deja_rattache(role, None)),
                _ => None,
            }
        }
    }
}

pub async fn structure_demandee(
    app: &App,
    connecte: &Connecte,
    structure: StructureId,
) -> Result<StructureDemandee, Erreur> {
    let s = sqlx::query!(
        r#"select s.id as "id: StructureId", s.identifiant, s.raison_sociale, s.statut = 'active' as "active!",
                  not s.a_gp as "sans_gestionnaire!",
                  (select temps(d.creee_le) from demandes_rattachement d where d.structure_id = s.id and d.utilisateur_id = $2
                     and d.statut = 'en_cours_de_validation') as "demande_depuis: Temps",
                  r.role as "mon_role?: Role", r.maille_structure as "ma_maille?"
           from structures s
           left join rattachements r on r.structure_id = s.id and r.utilisateur_id = $2 and r.statut = 'validee'
             and (r.date_fin is null or r.date_fin > maintenant())
           where s.id = $1"#,
        structure.0,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let services = sqlx::query_as!(
        ServiceDemandable,
        r#"select a.id as "id!: ServiceId", a.code as "code!", a.libelle as "libelle!",
                  exists (select from services_effectifs se join rattachements_effectifs r on r.id = se.rattachement_id
                          where se.service_id = a.id and r.utilisateur_id = $2) as "tenu!"
           from services_actifs a where a.structure_id = $1 order by a.cle_tri, a.id limit 500"#,
        structure.0,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?;
    Ok(StructureDemandee {
        id: s.id,
        identifiant: s.identifiant,
        raison_sociale: s.raison_sociale,
        active: s.active,
        sans_gestionnaire: s.sans_gestionnaire,
        demande_depuis: s.demande_depuis,
        mon_role: s.mon_role,
        ma_maille: s.ma_maille,
        services,
    })
}

/// What a refused request of mine asked for, to ask it again.
pub struct Reprise {
    pub role: Role,
    pub maille_structure: bool,
    pub services: Vec<ServiceId>,
    pub commentaire: String,
}

/// A refused request of the reader on this structure; `None` for any other id, whoever it belongs to.
pub async fn reprise(
    app: &App,
    connecte: &Connecte,
    structure: StructureId,
    demande: DemandeId,
) -> Result<Option<Reprise>, Erreur> {
    Ok(sqlx::query_as!(
        Reprise,
        r#"select d.role as "role: Role", d.maille_structure, d.commentaire,
                  array(select ds.service_id from demande_services ds where ds.demande_id = d.id) as "services!: Vec<ServiceId>"
           from demandes_rattachement d
           where d.id = $1 and d.utilisateur_id = $2 and d.structure_id = $3 and d.statut = 'refusee'"#,
        demande.0,
        connecte.id().0,
        structure.0
    )
    .fetch_optional(&app.db)
    .await?)
}

/// A line of the confirmation window (seed 003 F).
pub struct LigneQuittee {
    pub ligne: Ligne,
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub structure_active: bool,
    pub passe_par_pigp: bool,
    /// Empty for the whole structure.
    pub code_service: String,
    pub statut: Statut,
    /// A successor is needed.
    pub est_gp: bool,
}

impl LigneQuittee {
    pub fn objet(&self) -> String {
        if self.code_service.is_empty() {
            self.raison_sociale.clone()
        } else {
            format!("{}, service {}", self.raison_sociale, self.code_service)
        }
    }
}

/// One line per whole rattachement or per service of these rattachements; what is not mine, or no more, is left out.
pub async fn lignes_a_quitter(
    app: &App,
    connecte: &Connecte,
    rattachements: &BTreeSet<RattachementId>,
) -> Result<Vec<LigneQuittee>, Erreur> {
    let ids: Vec<Uuid> = rattachements.iter().map(|r| r.0).collect();
    let lignes = sqlx::query!(
        r#"select r.id as "id: RattachementId", rs.service_id as "service?: ServiceId", r.structure_id as "structure: StructureId",
                  s.identifiant, s.raison_sociale, s.statut = 'active' as "structure_active!", s.passe_par_pigp, coalesce(v.code, '') as "code!",
                  case when r.statut = 'desactivee' or rs.statut = 'desactivee' then 'desactive'
                       when least(r.date_fin, rs.date_fin) <= maintenant() then 'echu'
                       when greatest(r.date_debut, rs.date_debut) > maintenant() then 'a_venir' else 'valide' end as "statut!",
                  (r.role = 'gp' and r.statut = 'validee') as "est_gp!"
           from rattachements r
           join structures s on s.id = r.structure_id
           left join rattachement_services rs on rs.rattachement_id = r.id and not r.maille_structure
           left join services v on v.id = rs.service_id
           where r.id = any ($1) and r.utilisateur_id = $2 and r.statut <> 'supprimee'
           order by s.cle_tri, s.id, v.cle_tri, v.id"#,
        &ids,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| LigneQuittee {
            ligne: Ligne {
                rattachement: l.id,
                service: l.service,
            },
            structure: l.structure,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            structure_active: l.structure_active,
            passe_par_pigp: l.passe_par_pigp,
            code_service: l.code,
            statut: Statut::lire(&l.statut),
            est_gp: l.est_gp,
        })
        .collect())
}

/// Somebody who may become gestionnaire principal.
#[derive(Clone)]
pub struct Candidat {
    pub id: UtilisateurId,
    pub nom_complet: String,
    pub adresse_connexion: String,
    /// The account comes from the PIGP: so does its login.
    pub pigp: bool,
}

impl Candidat {
    /// What the login of this account is called (spec §13).
    pub fn libelle_connexion(&self) -> &'static str {
        if self.pigp {
            "Adresse de connexion (login PIGP)"
        } else {
            "Identifiant de connexion"
        }
    }
}

/// The people offered on a structure, and whether its GP is alone there.
pub struct Candidats {
    pub personnes: Vec<Candidat>,
    /// Nobody else is validated: the structure may be deactivated instead.
    pub seul: bool,
}

/// Validated users of a structure of mine, at most 50: beyond, the login or the search. Asked by its GP only; any other
/// reader gets nobody.
pub async fn candidats(
    app: &App,
    connecte: &Connecte,
    structure: StructureId,
) -> Result<Candidats, Erreur> {
    let personnes = sqlx::query_as!(
        Candidat,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_connexion, u.pigp
           from rattachements_effectifs g
           join rattachements_effectifs r on r.structure_id = g.structure_id and r.id <> g.id
           join utilisateurs u on u.id = r.utilisateur_id
           where g.structure_id = $1 and g.utilisateur_id = $2 and g.role = 'gp' and u.equipe is null
           order by r.role, u.cle_tri, u.id limit 50"#,
        structure.0,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?;
    let seul = sqlx::query_scalar!(
        r#"select not exists (select from rattachements where structure_id = $1 and statut = 'validee' and utilisateur_id <> $2
                              and (date_fin is null or date_fin > maintenant())) as "seul!""#,
        structure.0,
        connecte.id().0
    )
    .fetch_one(&app.db)
    .await?;
    Ok(Candidats { personnes, seul })
}

/// What helps to fill in the login of a successor (seed 000 §1).
pub fn aide_identifiant(pigp: bool) -> &'static str {
    if pigp {
        "Adresse de connexion (login PIGP) de la personne. Si elle n’a pas encore de compte, son référent le crée."
    } else {
        ""
    }
}

/// The account of a login typed by a GP who looks for a successor: counted like an account search (decisions 13).
///
/// # Errors
/// `Invalide` at `champ` when nobody has it; `TropDeRequetes`.
pub async fn par_identifiant(
    app: &App,
    connecte: &Connecte,
    champ: &str,
    saisi: &str,
) -> Result<Candidat, Erreur> {
    let saisi = texte::ligne(saisi, 254).map_err(|phrase| Erreur::champ(champ, &phrase))?;
    if saisi.is_empty() {
        return Err(Erreur::champ(
            champ,
            "Renseignez l’identifiant de connexion de l’utilisateur.",
        ));
    }
    let cle = format!("recherche:{}", connecte.id());
    compteurs::compter(&app.db, &cle, RECHERCHE_COMPTES).await?;
    par_adresse(app, &saisi).await?.ok_or_else(|| {
        Erreur::champ(
            champ,
            "Aucun compte n’a cet identifiant de connexion. Vérifiez-le, ou recherchez l’utilisateur.",
        )
    })
}

async fn par_adresse(app: &App, adresse: &str) -> Result<Option<Candidat>, Erreur> {
    Ok(sqlx::query_as!(
        Candidat,
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_connexion, pigp
           from utilisateurs where adresse_connexion = lower($1) and statut <> 'clos'"#,
        adresse
    )
    .fetch_optional(&app.db)
    .await?)
}

/// The person named on a confirmation page, by the id that the step before it put in the address.
pub async fn par_id(app: &App, id: UtilisateurId) -> Result<Candidat, Erreur> {
    sqlx::query_as!(
        Candidat,
        r#"select id as "id: UtilisateurId", prenom || ' ' || nom as "nom_complet!", adresse_connexion, pigp
           from utilisateurs where id = $1 and statut <> 'clos'"#,
        id.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}
