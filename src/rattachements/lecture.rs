//! Reading requests: block A of « Activités du gestionnaire » and the request screen.

use crate::App;
use crate::acces::{Gestion, Portee, Role, ValiderRattachements};
use crate::db::{DemandeId, ServiceId, StructureId, Temps, UtilisateurId};
use crate::web::{Erreur, Fenetre, Liste};

/// A line of « Les demandes de rattachement à une structure » (seed 001 §1).
pub struct LigneDemande {
    pub id: DemandeId,
    pub structure: StructureId,
    pub demandeur: String,
    pub adresse: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub maille_structure: bool,
    pub services: Vec<String>,
    pub role: Role,
    pub date: Temps,
}

impl LigneDemande {
    /// « Toute la structure », or the names of the services.
    pub fn perimetre(&self) -> String {
        if self.maille_structure {
            "Toute la structure".to_owned()
        } else {
            self.services.join(", ")
        }
    }
}

/// Columns that block A sorts by.
pub const TRIS: [&str; 4] = ["demandeur", "identifiant", "structure", "date"];

/// The open requests this person can decide, one statement, whatever their number.
pub async fn a_decider(
    app: &App,
    portee: &Portee<ValiderRattachements>,
    fenetre: Fenetre,
) -> Result<Liste<LigneDemande>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select d.id, d.structure_id, u.prenom || ' ' || u.nom as demandeur, u.adresse_connexion as adresse, u.cle_tri as nom_tri,
                    s.identifiant, s.raison_sociale, s.cle_tri as structure_tri, d.maille_structure, d.role, d.creee_le
             from decideurs dc
             join demandes_rattachement d on d.id = dc.demande_id
             join utilisateurs u on u.id = d.utilisateur_id
             join structures s on s.id = d.structure_id
             where dc.decideur_id = $1
               and ($2 = '' or s.identifiant = replace($2, ' ', '') or u.adresse_connexion = lower($2)
                    or (cle_recherche($2) <> ''
                        and (u.cle_recherche like '%' || cle_recherche($2) || '%'
                             or cle_recherche(u.prenom || u.nom) like '%' || cle_recherche($2) || '%'
                             or s.cle_recherche like '%' || cle_recherche($2) || '%')))
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: DemandeId", b.structure_id as "structure!: StructureId",
                  b.demandeur as "demandeur!", b.adresse as "adresse!", b.identifiant as "identifiant!",
                  b.raison_sociale as "raison_sociale!", b.maille_structure as "maille_structure!", b.role as "role!: Role",
                  temps(b.creee_le) as "date!: Temps",
                  array(select sv.libelle from demande_services ds join services sv on sv.id = ds.service_id
                        where ds.demande_id = b.id order by sv.cle_tri) as "services!"
           from base b
           order by
             case $3 when 'demandeur-asc' then b.nom_tri when 'identifiant-asc' then b.identifiant
                     when 'structure-asc' then b.structure_tri end asc,
             case $3 when 'demandeur-desc' then b.nom_tri when 'identifiant-desc' then b.identifiant
                     when 'structure-desc' then b.structure_tri end desc,
             case when $3 = 'date-desc' then b.creee_le end desc,
             b.creee_le, b.id
           limit $4::bigint offset least($5::bigint - 1, greatest((select count(*) from base) - 1, 0) / $4) * $4"#,
        portee.id().0,
        fenetre.recherche.clone(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| LigneDemande {
            id: l.id,
            structure: l.structure,
            demandeur: l.demandeur,
            adresse: l.adresse,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            maille_structure: l.maille_structure,
            services: l.services,
            role: l.role,
            date: l.date,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "demandes-rattachement"))
}

/// The oldest request this person can decide, after the one just treated: « Traiter la suivante ».
pub async fn suivante(
    app: &App,
    portee: &Portee<ValiderRattachements>,
    apres: Option<DemandeId>,
) -> Result<Option<(StructureId, DemandeId)>, Erreur> {
    let ligne = sqlx::query!(
        r#"select d.structure_id as "structure: StructureId", d.id as "id: DemandeId"
           from decideurs dc join demandes_rattachement d on d.id = dc.demande_id
           where dc.decideur_id = $1 and d.id is distinct from $2
           order by (d.creee_le, d.id) <= (select a.creee_le, a.id from demandes_rattachement a where a.id = $2),
                    d.creee_le, d.id
           limit 1"#,
        portee.id().0,
        apres.map(uuid::Uuid::from)
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(ligne.map(|l| (l.structure, l.id)))
}

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
    /// What accepting would open: names of the default espaces of each role, for this structure.
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
        super::decision::deja(
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
                  array(select e.nom from espaces e where e.defaut_gs and (not e.publique_seulement or s.publique)
                        order by e.ordre) as "espaces_gs!",
                  array(select e.nom from espaces e where e.defaut_us and (not e.publique_seulement or s.publique)
                        order by e.ordre) as "espaces_us!",
                  aujourdhui() as "aujourd_hui!"
           from portees_demandes p
           join demandes_rattachement d on d.id = p.demande_id
           join structures s on s.id = d.structure_id
           join utilisateurs u on u.id = d.utilisateur_id
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
