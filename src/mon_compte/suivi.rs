//! The tracker of my requests: since when, who can decide, how long it takes there (R-COMPTE-RATTACHEMENTS).

use crate::App;
use crate::acces::{Connecte, Role};
use crate::db::{DemandeId, StructureId, Temps};
use crate::rattachements::{self, Signalement};
use crate::web::{Erreur, texte};

/// A pending request.
pub struct DemandeSuivie {
    pub id: DemandeId,
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub role: Role,
    pub maille_structure: bool,
    pub services: Vec<String>,
    pub commentaire: String,
    pub creee_le: Temps,
    pub relancee_le: Option<Temps>,
    /// Not before; `None`: now.
    pub relance_le: Option<Temps>,
    /// Names of those who can decide.
    pub decideurs: Vec<String>,
    /// Seconds; known from three decisions of that structure.
    pub delai_median: Option<f64>,
    /// How many decisions it rests on.
    pub decisions: i64,
    /// Days of waiting of the last automatic reminder; 0: none yet.
    pub rappel_jours: i32,
    pub prochain_rappel: Option<Temps>,
    pub signalee_le: Option<Temps>,
    pub signalee_a: Option<Signalement>,
}

fn perimetre(maille_structure: bool, services: &[String]) -> String {
    if maille_structure {
        "Toute la structure".to_owned()
    } else {
        services.join(", ")
    }
}

impl DemandeSuivie {
    pub fn perimetre(&self) -> String {
        perimetre(self.maille_structure, &self.services)
    }

    pub fn sans_decideur(&self) -> bool {
        self.decideurs.is_empty()
    }

    pub fn qui_decide(&self) -> String {
        rattachements::suite(&self.decideurs, None)
    }

    /// Honest: on how many decisions it rests, and none below three.
    pub fn delai(&self) -> String {
        self.delai_median.map_or_else(
            || {
                "Pas encore connu\u{202F}: cette structure a pris moins de trois décisions"
                    .to_owned()
            },
            |secondes| {
                format!(
                    "Généralement décidé en {} (médiane de ses {} dernières décisions)",
                    duree(secondes),
                    self.decisions
                )
            },
        )
    }

    /// What the portal does by itself while the request waits.
    pub fn rappels(&self) -> String {
        let prochain = |quand: &Temps| format!("le {}", quand.jour());
        match (self.rappel_jours, &self.prochain_rappel) {
            (0, Some(quand)) => format!("Le premier partira {}", prochain(quand)),
            (jours, Some(quand)) => {
                format!(
                    "Envoyé après {jours} jours, le prochain {}",
                    prochain(quand)
                )
            }
            (jours, None) => format!("Envoyé après {jours} jours, le dernier"),
        }
    }

    /// Told to whom, once it is.
    pub fn signalement(&self) -> Option<(&'static str, &Temps)> {
        Some((self.signalee_a?.libelle(), self.signalee_le.as_ref()?))
    }
}

/// « moins d’une heure », « 5 heures », « 3 jours »: rounded up, a person waits at least that.
fn duree(secondes: f64) -> String {
    let heures = (secondes / 3_600.0).ceil().clamp(0.0, 1e6);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped above"
    )]
    let heures = heures as usize;
    match heures {
        0 | 1 => "moins d’une heure".to_owned(),
        2..=48 => texte::accord(heures, "heure", "heures"),
        _ => texte::accord(heures.div_ceil(24), "jour", "jours"),
    }
}

/// My pending requests, oldest first. The median is taken over the last 200 requests of the structure: its cost is bounded.
pub async fn en_cours(app: &App, connecte: &Connecte) -> Result<Vec<DemandeSuivie>, Erreur> {
    Ok(sqlx::query_as!(
        DemandeSuivie,
        r#"select d.id as "id: DemandeId", s.id as "structure: StructureId", s.identifiant, s.raison_sociale, d.role as "role: Role",
                  d.maille_structure, d.commentaire, temps(d.creee_le) as "creee_le!: Temps",
                  temps(d.relancee_le) as "relancee_le: Temps",
                  case when d.relancee_le > maintenant() - interval '1 day'
                       then temps(d.relancee_le + interval '1 day') end as "relance_le: Temps",
                  array(select v.libelle from demande_services ds join services v on v.id = ds.service_id
                        where ds.demande_id = d.id order by v.cle_tri, v.id) as "services!",
                  array(select u.prenom || ' ' || u.nom from decideurs dc join utilisateurs u on u.id = dc.decideur_id
                        where dc.demande_id = d.id order by u.cle_tri, u.id) as "decideurs!",
                  m.median as delai_median, m.nombre as "decisions!", d.rappel_jours,
                  case d.rappel_jours when 0 then temps(d.creee_le + interval '3 days')
                                      when 3 then temps(d.creee_le + interval '7 days')
                                      when 7 then temps(d.creee_le + interval '14 days') end as "prochain_rappel: Temps",
                  temps(d.signalee_le) as "signalee_le: Temps", d.signalee_a as "signalee_a: Signalement"
           from demandes_rattachement d join structures s on s.id = d.structure_id
           cross join lateral (
             select count(*) as nombre,
                    case when count(*) >= 3
                         then percentile_cont(0.5) within group (order by extract(epoch from t.traitee_le - t.creee_le)::float8)
                    end as median
             from (select a.traitee_le, a.creee_le, a.statut, a.traitee_par from demandes_rattachement a
                   where a.structure_id = d.structure_id order by a.id desc limit 200) t
             where t.statut in ('validee', 'refusee') and t.traitee_par is not null) m
           where d.utilisateur_id = $1 and d.statut = 'en_cours_de_validation'
           order by d.creee_le, d.id limit 100"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// A request refused in the last 30 days.
pub struct DemandeRefusee {
    pub id: DemandeId,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub maille_structure: bool,
    pub services: Vec<String>,
    pub motif: String,
    pub refusee_le: Temps,
    pub par: Option<String>,
    /// Asking again is possible: active structure, and no request open since.
    pub renouvelable: bool,
}

impl DemandeRefusee {
    pub fn perimetre(&self) -> String {
        perimetre(self.maille_structure, &self.services)
    }
}

pub async fn refusees(app: &App, connecte: &Connecte) -> Result<Vec<DemandeRefusee>, Erreur> {
    Ok(sqlx::query_as!(
        DemandeRefusee,
        r#"select d.id as "id: DemandeId", s.id as "structure: StructureId", s.raison_sociale, d.maille_structure,
                  array(select v.libelle from demande_services ds join services v on v.id = ds.service_id
                        where ds.demande_id = d.id order by v.cle_tri, v.id) as "services!",
                  coalesce(d.motif, '') as "motif!", temps(d.traitee_le) as "refusee_le!: Temps",
                  t.prenom || ' ' || t.nom as "par?",
                  (s.statut = 'active' and not exists (
                     select from demandes_rattachement o where o.structure_id = s.id and o.utilisateur_id = $1
                       and o.statut = 'en_cours_de_validation')) as "renouvelable!"
           from demandes_rattachement d
           join structures s on s.id = d.structure_id
           left join utilisateurs t on t.id = d.traitee_par
           where d.utilisateur_id = $1 and d.statut = 'refusee' and d.traitee_le > maintenant() - interval '30 days'
           order by d.traitee_le desc, d.id desc limit 20"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?)
}

/// One of my requests, to confirm its withdrawal: 404 when it is not mine.
pub async fn la_mienne(
    app: &App,
    connecte: &Connecte,
    id: DemandeId,
) -> Result<DemandeSuivie, Erreur> {
    en_cours(app, connecte)
        .await?
        .into_iter()
        .find(|d| d.id == id)
        .ok_or(Erreur::Introuvable)
}

#[cfg(test)]
mod tests {
    use super::duree;

    #[test]
    fn un_delai_se_lit_en_heures_puis_en_jours() {
        assert_eq!(duree(60.0), "moins d’une heure");
        assert_eq!(duree(3.0 * 3_600.0 - 5.0), "3 heures");
        assert_eq!(duree(48.5 * 3_600.0), "3 jours");
    }
}
