//! The request screen.

use crate::App;
use crate::acces::{Gestion, Role, ValiderRattachements};
use crate::db::{DemandeId, ServiceId, Temps, UtilisateurId};
use crate::structures;
use crate::web::Erreur;

/// « Statut du rattachement » of a service on the request screen (spec §2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatutService {
    EnCoursDeValidation,
    Valide,
    Desactive,
    Refuse,
    Aucun,
}

impl StatutService {
    fn lire(code: &str) -> Self {
        match code {
            "en_cours" => Self::EnCoursDeValidation,
            "valide" => Self::Valide,
            "desactive" => Self::Desactive,
            "refuse" => Self::Refuse,
            _ => Self::Aucun,
        }
    }

    /// As seed 001 §2 writes it; nothing where there is no status.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::EnCoursDeValidation => "En cours de validation",
            Self::Valide => "Validé",
            Self::Desactive => "Désactivé",
            Self::Refuse => "Refusé",
            Self::Aucun => "",
        }
    }

    pub fn genre(self) -> &'static str {
        match self {
            Self::EnCoursDeValidation => "attente",
            Self::Valide => "succes",
            Self::Desactive | Self::Aucun => "neutre",
            Self::Refuse => "erreur",
        }
    }

    /// By default the boxes of the first two are ticked.
    pub fn coche(self) -> bool {
        matches!(self, Self::EnCoursDeValidation | Self::Valide)
    }
}

/// A line of « Liste des services ».
pub struct ServiceDemande {
    pub id: ServiceId,
    pub numero: i64,
    pub code: String,
    pub libelle: String,
    pub date_debut: Temps,
    pub date_fin: Option<Temps>,
    pub statut: StatutService,
    pub commentaire: Option<String>,
}

/// Everything the request screen shows (seed 001 §2).
pub struct DemandeVue {
    pub id: DemandeId,
    pub statut: String,
    pub role: Role,
    pub maille_structure: bool,
    pub commentaire: String,
    pub creee_le: Temps,
    pub traitee_le: Option<Temps>,
    pub traitee_par: Option<String>,
    pub motif: Option<String>,
    /// Services asked, and whether the decision granted each.
    pub demandes: Vec<String>,
    pub accordes: Vec<String>,
    pub acte: Option<String>,
    /// What the person holds there already: role, whole structure, last day.
    pub role_tenu: Option<Role>,
    pub structure_tenue: bool,
    pub fin_tenue: Option<time::Date>,
    pub personne: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub adresse_contact: String,
    pub statut_utilisateur: String,
    pub services: Vec<ServiceDemande>,
    /// What accepting would open by each role, as asked: names of the espaces of the role, the structure, the services.
    pub espaces_gs: Vec<String>,
    pub espaces_us: Vec<String>,
    pub aujourd_hui: time::Date,
}

impl DemandeVue {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }

    pub fn ouverte(&self) -> bool {
        self.statut == "en_cours_de_validation"
    }

    /// « Cette demande a déjà été traitée par … le … », once it is.
    pub fn conclusion(&self) -> String {
        structures::deja_traitee(
            &self.statut,
            self.traitee_par.as_deref(),
            self.traitee_le.as_ref(),
        )
    }
}

/// The request screen, for somebody whose reach covers it; 404 otherwise. Two statements.
pub async fn demande(
    app: &App,
    gestion: &Gestion<ValiderRattachements>,
    id: DemandeId,
) -> Result<DemandeVue, Erreur> {
    let l = sqlx::query!(
        r#"select d.id as "id!: DemandeId", d.statut as "statut!", d.role as "role!: Role", d.maille_structure as "maille_structure!",
                  d.commentaire as "commentaire!", temps(d.creee_le) as "creee_le!: Temps", temps(d.traitee_le) as "traitee_le?: Temps",
                  t.prenom || ' ' || t.nom as "traitee_par?", d.motif, d.acte,
                  array(select sv.libelle from demande_services ds join services sv on sv.id = ds.service_id
                        where ds.demande_id = d.id order by sv.cle_tri) as "demandes!",
                  array(select sv.libelle from demande_services ds join services sv on sv.id = ds.service_id
                        where ds.demande_id = d.id and ds.statut = 'accordee' order by sv.cle_tri) as "accordes!",
                  r.role as "role_tenu?: Role", r.maille_structure as "structure_tenue?",
                  ((r.date_fin at time zone 'Europe/Paris')::date - 1) as fin_tenue,
                  u.id as "personne!: UtilisateurId", u.prenom as "prenom!",
                  u.nom as "nom!", u.adresse_contact as "adresse_contact!", u.statut as "statut_utilisateur!",
                  espaces_ouverts(s.id, 'gs', d.maille_structure, v.demandes) as "espaces_gs!",
                  espaces_ouverts(s.id, 'us', d.maille_structure, v.demandes) as "espaces_us!",
                  aujourdhui() as "aujourd_hui!"
           from portees_demandes p
           join demandes_rattachement d on d.id = p.demande_id
           join structures s on s.id = d.structure_id
           join utilisateurs u on u.id = d.utilisateur_id
           cross join lateral (select array(select ds.service_id from demande_services ds where ds.demande_id = d.id) as demandes) v
           left join utilisateurs t on t.id = d.traitee_par
           left join rattachements r on r.structure_id = d.structure_id and r.utilisateur_id = d.utilisateur_id
                and r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant())
           where p.gestionnaire_id = $1 and p.structure_id = $2 and d.id = $3"#,
        gestion.id().0,
        gestion.structure().id.0,
        id.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let services = services(app, gestion, l.personne, Some(id)).await?;
    Ok(DemandeVue {
        id: l.id,
        statut: l.statut,
        role: l.role,
        maille_structure: l.maille_structure,
        commentaire: l.commentaire,
        creee_le: l.creee_le,
        traitee_le: l.traitee_le,
        traitee_par: l.traitee_par,
        motif: l.motif,
        demandes: l.demandes,
        accordes: l.accordes,
        acte: l.acte,
        role_tenu: l.role_tenu,
        structure_tenue: l.structure_tenue.unwrap_or_default(),
        fin_tenue: l.fin_tenue,
        personne: l.personne,
        prenom: l.prenom,
        nom: l.nom,
        adresse_contact: l.adresse_contact,
        statut_utilisateur: l.statut_utilisateur,
        services,
        espaces_gs: l.espaces_gs,
        espaces_us: l.espaces_us,
        aujourd_hui: l.aujourd_hui,
    })
}

/// The active services of the structure with where this person stands on each (spec §2, seed 001 §2).
/// A service refused by an earlier request shows « Refusé » until it is asked again.
pub async fn services<C>(
    app: &App,
    gestion: &Gestion<C>,
    personne: UtilisateurId,
    demande: Option<DemandeId>,
) -> Result<Vec<ServiceDemande>, Erreur> {
    let lignes = sqlx::query!(
        r#"select sa.id as "id!: ServiceId", row_number() over (order by sa.cle_tri, sa.id) as "numero!", sa.code as "code!",
                  sa.libelle as "libelle!", temps(sa.date_debut) as "date_debut!: Temps", temps(sa.date_fin) as "date_fin?: Temps",
                  case
                    when exists (select from demande_services ds join demandes_rattachement d on d.id = ds.demande_id
                                 where ds.service_id = sa.id and d.id = $3 and d.statut = 'en_cours_de_validation')
                         and rs.statut is distinct from 'validee' then 'en_cours'
                    when rs.statut = 'validee' then 'valide'
                    when rs.statut = 'desactivee' then 'desactive'
                    when (select d.statut = 'refusee' or ds.statut = 'ecartee'
                          from demande_services ds join demandes_rattachement d on d.id = ds.demande_id
                          where ds.service_id = sa.id and d.utilisateur_id = $2 and d.structure_id = $1
                            and d.statut in ('validee', 'refusee')
                          order by d.traitee_le desc limit 1) then 'refuse'
                    else ''
                  end as "statut!",
                  rs.commentaire as "commentaire?",
                  ($5 or exists (select from services_effectifs se
                                 where se.rattachement_id = $4 and se.service_id = sa.id)) as "a_moi!"
           from services_actifs sa
           left join rattachements r on r.structure_id = sa.structure_id and r.utilisateur_id = $2 and r.statut <> 'supprimee'
           left join rattachement_services rs on rs.rattachement_id = r.id and rs.service_id = sa.id
           where sa.structure_id = $1
           order by sa.cle_tri, sa.id"#,
        gestion.structure().id.0,
        personne.0,
        demande.map(uuid::Uuid::from),
        gestion.rattachement().0,
        gestion.droits().maille_structure
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .filter(|l| l.a_moi)
        .map(|l| ServiceDemande {
            id: l.id,
            numero: l.numero,
            code: l.code,
            libelle: l.libelle,
            date_debut: l.date_debut,
            date_fin: l.date_fin,
            statut: StatutService::lire(&l.statut),
            commentaire: l.commentaire,
        })
        .collect())
}
