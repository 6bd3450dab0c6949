//! « Mes abonnements aux espaces »: what I have, what I asked, what was refused lately (R-COMPTE-ABONNEMENTS).

use super::droit::Droit;
use crate::App;
use crate::acces::Connecte;
use crate::db::{AbonnementId, DemandeAbonnementId, StructureId, Temps};
use crate::web::{Erreur, Fenetre, Liste};

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Etat {
    EnVigueur,
    EnCours,
    Refuse,
}

impl Etat {
    fn lire(code: &str) -> Self {
        match code {
            "en_vigueur" => Self::EnVigueur,
            "en_cours" => Self::EnCours,
            _ => Self::Refuse,
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::EnVigueur => "En vigueur",
            Self::EnCours => "En cours de validation",
            Self::Refuse => "Refusé",
        }
    }

    pub fn genre(self) -> &'static str {
        match self {
            Self::EnVigueur => "succes",
            Self::EnCours => "attente",
            Self::Refuse => "erreur",
        }
    }
}

/// A line of the list.
pub struct Abonnement {
    pub etat: Etat,
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    /// « Tous les services », or the name of the service.
    pub service: String,
    pub espace: String,
    pub droit: Droit,
    origines: Vec<String>,
    /// The part obtained by request, which can be withdrawn.
    pub retirable: Option<AbonnementId>,
    pub demande: Option<DemandeAbonnementId>,
    pub depuis: Temps,
    pub motif: Option<String>,
}

impl Abonnement {
    /// « donné par votre rôle », « sur votre demande »…
    pub fn origine(&self) -> String {
        let mots: Vec<&str> = self
            .origines
            .iter()
            .map(|origine| match origine.as_str() {
                "defaut" => "donné par votre rôle",
                "structure" => "donné par la structure",
                "service" => "donné par le service",
                _ => "sur votre demande",
            })
            .collect();
        mots.join(", ")
    }
}

/// Columns of the list.
pub const TRIS_MIENS: [&str; 5] = ["structure", "service", "espace", "droit", "etat"];

/// My espaces in force, my open requests, and what was refused during the last 30 days and neither obtained nor asked
/// again since. One statement.
pub async fn abonnements(
    app: &App,
    connecte: &Connecte,
    fenetre: Fenetre,
) -> Result<Liste<Abonnement>, Erreur> {
    let lignes = sqlx::query!(
        r#"with tous as (
             select 'en_vigueur' as etat, a.structure_id, a.service_id, a.espace, a.droit,
                    array_agg(a.origine order by a.origine) as origines,
                    (array_agg(a.id) filter (where a.origine = 'demande' and a.structure_active))[1] as retirable,
                    null::uuid as demande, min(a.cree_le) as depuis, null::text as motif
             from abonnements_effectifs a where a.utilisateur_id = $1
             group by a.structure_id, a.service_id, a.espace, a.droit
             union all
             select case when d.statut = 'en_cours_de_validation' then 'en_cours' else 'refuse' end, l.structure_id, l.service_id,
                    l.espace, l.droit, array['demande'], null,
                    case when d.statut = 'en_cours_de_validation' then d.id end,
                    coalesce(d.traitee_le, d.creee_le), d.motif
             from demandes_abonnement d join demande_abonnement_lignes l on l.demande_id = d.id
             where d.utilisateur_id = $1
               and (l.statut = 'demandee'
                    or (l.statut = 'ecartee' and d.statut in ('validee', 'refusee')
                        and d.traitee_le > maintenant() - interval '30 days'
                        and not exists (select from abonnements_effectifs a
                                        where a.utilisateur_id = $1 and a.structure_id = l.structure_id and a.espace = l.espace
                                          and a.droit >= l.droit and (a.service_id is null or a.service_id = l.service_id))
                        and not exists (select from demande_abonnement_lignes n
                                        where n.structure_id = l.structure_id and n.utilisateur_id = $1 and n.espace = l.espace
                                          and n.service_id is not distinct from l.service_id and n.statut = 'demandee')))),
           base as materialized (
             select t.*, s.identifiant, s.raison_sociale, s.cle_tri as structure_tri, coalesce(v.libelle, 'Tous les services') as service,
                    coalesce(v.cle_tri, '') as service_tri, e.nom as espace_nom, cle_tri(e.nom) as espace_tri, e.ordre
             from tous t
             join structures s on s.id = t.structure_id
             join espaces e on e.code = t.espace
             left join services v on v.id = t.service_id
             where $2 = '' or s.identifiant = replace($2, ' ', '')
                or (cle_recherche($2) <> ''
                    and (s.cle_recherche like '%' || cle_recherche($2) || '%'
                         or cle_recherche(e.nom) like '%' || cle_recherche($2) || '%'
                         or cle_recherche(v.libelle) like '%' || cle_recherche($2) || '%'))
             limit 10001)
           select (select count(*) from base) as "total!", b.etat as "etat!", b.structure_id as "structure!: StructureId",
                  b.identifiant as "identifiant!", b.raison_sociale as "raison_sociale!", b.service as "service!",
                  b.espace_nom as "espace!", b.droit as "droit!: Droit", b.origines as "origines!",
                  b.retirable as "retirable?: AbonnementId", b.demande as "demande?: DemandeAbonnementId",
                  temps(b.depuis) as "depuis!: Temps", b.motif
           from base b
           order by
             case $3 when 'structure-asc' then b.structure_tri when 'service-asc' then b.service_tri
                     when 'espace-asc' then b.espace_tri when 'droit-asc' then b.droit when 'etat-asc' then b.etat end asc,
             case $3 when 'structure-desc' then b.structure_tri when 'service-desc' then b.service_tri
                     when 'espace-desc' then b.espace_tri when 'droit-desc' then b.droit when 'etat-desc' then b.etat end desc,
             b.structure_tri, b.structure_id, b.service_tri, b.service_id, b.ordre, b.etat, b.droit, b.depuis
           limit $4::bigint offset least($5::bigint - 1, greatest((select count(*) from base) - 1, 0) / $4) * $4"#,
        connecte.id().0,
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
        .map(|l| Abonnement {
            etat: Etat::lire(&l.etat),
            structure: l.structure,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            service: l.service,
            espace: l.espace,
            droit: l.droit,
            origines: l.origines,
            retirable: l.retirable,
            demande: l.demande,
            depuis: l.depuis,
            motif: l.motif,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "abonnements"))
}

/// One of my open requests, as the confirmation of its withdrawal shows it.
pub struct MaDemande {
    pub id: DemandeAbonnementId,
    pub raison_sociale: String,
    pub creee_le: Temps,
    /// « Factures à valider, en consultation (Service achats) ».
    pub lignes: Vec<String>,
}

/// 404 when it is not mine or waits no more.
pub async fn ma_demande(
    app: &App,
    connecte: &Connecte,
    id: DemandeAbonnementId,
) -> Result<MaDemande, Erreur> {
    sqlx::query_as!(
        MaDemande,
        r#"select d.id as "id: DemandeAbonnementId", s.raison_sociale, temps(d.creee_le) as "creee_le!: Temps",
                  array(select e.nom || ', en ' || l.droit || ' (' || coalesce(v.libelle, 'Tous les services') || ')'
                        from demande_abonnement_lignes l join espaces e on e.code = l.espace
                        left join services v on v.id = l.service_id
                        where l.demande_id = d.id and l.statut = 'demandee'
                        order by v.cle_tri nulls first, e.ordre) as "lignes!"
           from demandes_abonnement d join structures s on s.id = d.structure_id
           where d.id = $1 and d.utilisateur_id = $2 and d.statut = 'en_cours_de_validation'"#,
        id.0,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// One of my espaces: name of the structure, words, whether it was obtained by request. 404 when it is not mine.
pub async fn mon_abonnement(
    app: &App,
    connecte: &Connecte,
    id: AbonnementId,
) -> Result<Abonnement, Erreur> {
    let l = sqlx::query!(
        r#"select s.id as "structure: StructureId", s.identifiant, s.raison_sociale,
                  coalesce(v.libelle, 'Tous les services') as "service!", e.nom as espace, a.droit as "droit!: Droit",
                  a.origine as "origine!", temps(a.cree_le) as "depuis!: Temps"
           from abonnements_effectifs a
           join structures s on s.id = a.structure_id
           join espaces e on e.code = a.espace
           left join services v on v.id = a.service_id
           where a.id = $1 and a.utilisateur_id = $2"#,
        id.0,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    Ok(Abonnement {
        etat: Etat::EnVigueur,
        structure: l.structure,
        identifiant: l.identifiant,
        raison_sociale: l.raison_sociale,
        service: l.service,
        espace: l.espace,
        droit: l.droit,
        retirable: (l.origine == "demande").then_some(id),
        origines: vec![l.origine],
        demande: None,
        depuis: l.depuis,
        motif: None,
    })
}
