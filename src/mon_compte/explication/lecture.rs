//! The facts, read once: the situation, what is pending or refused, what is open.

use crate::App;
use crate::abonnements::Droit;
use crate::acces::{Connecte, Situation};
use crate::db::{StructureId, Temps};
use crate::identifiants::sur_une_ligne;
use crate::web::Erreur;

/// An espace of the catalogue.
#[derive(Clone, Debug)]
pub struct Espace {
    pub code: String,
    pub nom: String,
    pub publique_seulement: bool,
    /// Asked for on that structure, and waiting.
    pub demande: bool,
}

/// One access of the person on that structure, in force or not.
#[derive(Clone, Debug)]
pub struct Ouverture {
    pub espace: String,
    /// « Libellé (code) »; `None`: all the services of the rattachement.
    pub service: Option<String>,
    pub droit: Droit,
    pub origine: String,
    /// In `abonnements_effectifs`.
    pub effective: bool,
    pub service_actif: bool,
}

impl Ouverture {
    /// Who opened it, in words.
    pub fn origine(&self) -> &'static str {
        match self.origine.as_str() {
            "defaut" => "donné par votre rôle",
            "structure" => "ouvert à tous dans la structure",
            "service" => "ouvert à tous dans le service",
            _ => "ouvert à votre demande",
        }
    }
}

/// Everything an answer is made of.
pub struct Examen {
    pub situation: Situation,
    /// « Prénom Nom » of the GP; said to people who are attached or wait to be.
    pub principal: Option<String>,
    pub demande_depuis: Option<Temps>,
    /// Of the last request, when it was refused: when, and why.
    pub refus: Option<(Temps, String)>,
    /// When the last rattachement was deleted.
    pub parti_le: Option<Temps>,
    pub ouvertures: Vec<Ouverture>,
    pub catalogue: Vec<Espace>,
}

/// The structures a person may choose from: attached to, or waiting for.
pub struct Structures(pub Vec<(String, String)>);

/// Pairs (identifiant, « raison sociale – identifiant »), by name; the first 200: another one is asked by its identifier.
pub async fn mes_structures(app: &App, connecte: &Connecte) -> Result<Structures, Erreur> {
    let lignes = sqlx::query!(
        r#"with miennes as (
             select structure_id from rattachements where utilisateur_id = $1 and statut <> 'supprimee'
             union
             select structure_id from demandes_rattachement where utilisateur_id = $1 and statut = 'en_cours_de_validation')
           select s.identifiant, s.raison_sociale from miennes m join structures s on s.id = m.structure_id
           order by s.cle_tri, s.id limit 200"#,
        connecte.id().0
    )
    .fetch_all(&app.db)
    .await?;
    Ok(Structures(
        lignes
            .into_iter()
            .map(|l| {
                let texte = format!("{} – {}", l.raison_sociale, l.identifiant);
                (l.identifiant, texte)
            })
            .collect(),
    ))
}

/// By exact identifier, the look-up that anybody may make when asking for a rattachement (decisions 13).
async fn designee(app: &App, identifiant: &str) -> Result<Option<StructureId>, Erreur> {
    let exact = sur_une_ligne(identifiant)
        .unwrap_or_default()
        .to_uppercase();
    let serre: String = exact.split_whitespace().collect();
    if serre.is_empty() {
        return Ok(None);
    }
    Ok(sqlx::query_scalar!(
        r#"select id as "id: StructureId" from structures where identifiant in ($1, $2)
           order by type_identifiant <> 'SIRET', type_identifiant limit 1"#,
        exact,
        serre
    )
    .fetch_optional(&app.db)
    .await?)
}

/// Where the reader stands on the structure of this identifier; `None`: no such structure. Four statements.
pub async fn examiner(
    app: &App,
    connecte: &Connecte,
    identifiant: &str,
) -> Result<Option<Examen>, Erreur> {
    let Some(structure) = designee(app, identifiant).await? else {
        return Ok(None);
    };
    let Some(situation) = Situation::lire(&app.db, connecte.id(), structure).await? else {
        return Ok(None);
    };
    let faits = sqlx::query!(
        r#"select (select u.prenom || ' ' || u.nom from rattachements_effectifs g join utilisateurs u on u.id = g.utilisateur_id
                   where g.structure_id = $2 and g.role = 'gp') as principal,
                  (select temps(max(r.modifie_le)) from rattachements r
                   where r.structure_id = $2 and r.utilisateur_id = $1 and r.statut = 'supprimee') as "parti_le: Temps",
                  d.statut as "statut?", temps(coalesce(d.traitee_le, d.creee_le)) as "quand?: Temps", d.motif as "motif?"
           from (select) rien
           left join lateral (select * from demandes_rattachement d where d.structure_id = $2 and d.utilisateur_id = $1
                              order by d.creee_le desc, d.id desc limit 1) d on true"#,
        connecte.id().0,
        structure.0
    )
    .fetch_one(&app.db)
    .await?;
    let lignes = sqlx::query!(
        r#"select e.code as "code!", e.nom as "nom!", e.publique_seulement as "publique_seulement!",
                  s.droit as "droit?: Droit", s.origine as "origine?", v.libelle || ' (' || v.code || ')' as "service?",
                  exists (select from abonnements_effectifs f where f.id = s.id) as "effective!",
                  s.service_actif as "service_actif?",
                  exists (select from demandes_abonnement d join demande_abonnement_lignes i on i.demande_id = d.id
                          where d.utilisateur_id = $1 and d.structure_id = $2 and d.statut = 'en_cours_de_validation'
                            and i.espace = e.code) as "demande!"
           from espaces e
           left join situations_abonnements s on s.espace = e.code and s.utilisateur_id = $1 and s.structure_id = $2
           left join services v on v.id = s.service_id
           order by e.ordre, e.code, v.cle_tri nulls first, v.id"#,
        connecte.id().0,
        structure.0
    )
    .fetch_all(&app.db)
    .await?;
    let mut catalogue: Vec<Espace> = Vec::new();
    let mut ouvertures = Vec::new();
    for l in lignes {
        if catalogue.last().is_none_or(|e| e.code != l.code) {
            catalogue.push(Espace {
                code: l.code.clone(),
                nom: l.nom,
                publique_seulement: l.publique_seulement,
                demande: l.demande,
            });
        }
        if let (Some(droit), Some(origine)) = (l.droit, l.origine) {
            ouvertures.push(Ouverture {
                espace: l.code,
                service: l.service,
                droit,
                origine,
                effective: l.effective,
                service_actif: l.service_actif.unwrap_or_default(),
            });
        }
    }
    let en_cours = faits.statut.as_deref() == Some("en_cours_de_validation");
    let refusee = faits.statut.as_deref() == Some("refusee");
    let concerne = situation.lien.is_some() || en_cours;
    Ok(Some(Examen {
        situation,
        principal: faits.principal.filter(|_| concerne),
        demande_depuis: faits.quand.clone().filter(|_| en_cours),
        refus: faits
            .quand
            .filter(|_| refusee)
            .map(|quand| (quand, faits.motif.unwrap_or_default())),
        parti_le: faits.parti_le,
        ouvertures,
        catalogue,
    }))
}

/// Pairs (code, nom) of the catalogue, in the order of the menu.
pub async fn catalogue(app: &App) -> Result<Vec<(String, String)>, Erreur> {
    let espaces = sqlx::query!("select code, nom from espaces order by ordre, code")
        .fetch_all(&app.db)
        .await?;
    Ok(espaces.into_iter().map(|e| (e.code, e.nom)).collect())
}
