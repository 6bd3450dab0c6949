//! What a handover changes, told before it is confirmed: for each structure, who becomes GP, what I become, what closes.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::App;
use crate::acces::{Capacite, Connecte, Role};
use crate::db::{StructureId, UtilisateurId};
use crate::mon_compte::choix::Candidat;
use crate::rattachements::Succession;
use crate::web::{Erreur, texte};

/// One structure of mine, and what is about to happen there.
pub struct Consequences {
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    /// `None`: the structure is deactivated and left.
    pub successeur: Option<Candidat>,
    /// What the successor holds there, « validee » or « desactivee ».
    role_tenu: Option<Role>,
    statut_tenu: Option<String>,
    /// His own request waits there.
    demande_du_successeur: bool,
    /// Requests of other people that wait there.
    demandes: i64,
    /// Espaces of a GP that an US has not.
    espaces_fermes: Vec<String>,
    /// A handover programmed there: to whom, when.
    passation: Option<String>,
}

impl Consequences {
    /// « Hélène Vasseur », or the end of the structure.
    pub fn destin(&self) -> String {
        match &self.successeur {
            Some(s) => s.nom_complet.clone(),
            None => "Aucun\u{202F}: la structure est désactivée".to_owned(),
        }
    }

    pub fn identifiant_connexion(&self) -> &str {
        self.successeur
            .as_ref()
            .map_or("", |s| s.adresse_connexion.as_str())
    }

    pub fn libelle_connexion(&self) -> &'static str {
        self.successeur
            .as_ref()
            .map_or("Identifiant de connexion", Candidat::libelle_connexion)
    }

    /// My role once it is done.
    pub fn mon_role(&self) -> &'static str {
        if self.successeur.is_some() {
            "Utilisateur simple"
        } else {
            "Aucun\u{202F}: vous quittez la structure"
        }
    }

    /// Of the successor, there.
    pub fn rattachement(&self) -> String {
        match (self.role_tenu, self.statut_tenu.as_deref()) {
            (Some(role), Some("validee")) => {
                format!("Déjà rattaché(e), {}", role.libelle().to_lowercase())
            }
            (Some(_), _) => "Rattachement désactivé\u{202F}: le transfert le rétablit".to_owned(),
            (None, _) => {
                "Non rattaché(e)\u{202F}: le transfert rattache cette personne à toute la structure"
                    .to_owned()
            }
        }
    }

    /// What else happens, one sentence each. `jour` is empty where the change is immediate.
    pub fn phrases(&self, jour: &str) -> Vec<String> {
        let mut phrases = Vec::new();
        let demandes = usize::try_from(self.demandes).unwrap_or_default();
        let attente = texte::accord(demandes, "demande en attente", "demandes en attente");
        if self.successeur.is_none() {
            if demandes > 0 {
                phrases.push(format!(
                    "{attente}\u{202F}: refus, avec un courriel à chacun."
                ));
            }
        } else {
            let capacites: Vec<&str> = Capacite::TOUTES.iter().map(|c| c.libelle()).collect();
            phrases.push(format!("Vous ne pourrez plus {}.", capacites.join(", ")));
            if !self.espaces_fermes.is_empty() {
                phrases.push(format!(
                    "Espaces qui se ferment pour vous sur cette structure\u{202F}: {}.",
                    self.espaces_fermes.join(", ")
                ));
            }
            if self.demande_du_successeur {
                phrases.push(
                    "Sa demande de rattachement en cours est validée en même temps.".to_owned(),
                );
            }
            if demandes > 0 {
                phrases.push(format!(
                    "{attente}\u{202F}: à décider par le nouveau gestionnaire principal."
                ));
            }
        }
        if let Some(passation) = &self.passation {
            phrases.push(if jour.is_empty() {
                format!("La passation programmée ({passation}) n’aura pas lieu.")
            } else {
                format!(
                    "La passation déjà programmée ({passation}) est annulée\u{202F}: celle-ci la remplace."
                )
            });
        }
        phrases
            .into_iter()
            .map(|p| p.replace(" :", "\u{202F}:"))
            .collect()
    }
}

/// One statement for all the structures; those I am not the GP of are left out, as are closed accounts.
pub async fn consequences(
    app: &App,
    connecte: &Connecte,
    successions: &BTreeMap<StructureId, Succession>,
) -> Result<Vec<Consequences>, Erreur> {
    let structures: Vec<Uuid> = successions.keys().map(|s| s.0).collect();
    let successeurs: Vec<Option<Uuid>> = successions
        .values()
        .map(|s| match s {
            Succession::Successeur(id) => Some(id.0),
            Succession::Desactiver => None,
        })
        .collect();
    let lignes = sqlx::query!(
        r#"select s.id as "structure: StructureId", s.identifiant, s.raison_sociale, v.successeur as "vise?",
                  u.id as "successeur?: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet?",
                  u.adresse_connexion as "adresse_connexion?", u.pigp as "pigp?",
                  r.role as "role_tenu?: Role", r.statut as "statut_tenu?",
                  exists (select from demandes_rattachement d where d.structure_id = s.id and d.utilisateur_id = u.id
                          and d.statut = 'en_cours_de_validation') as "demande_du_successeur!",
                  (select count(*) from demandes_rattachement d where d.structure_id = s.id
                   and d.utilisateur_id is distinct from u.id and d.statut = 'en_cours_de_validation') as "demandes!",
                  array(select e.nom from espaces e where e.defaut_gp and not e.defaut_us
                        and (not e.publique_seulement or s.publique) order by e.ordre) as "espaces_fermes!",
                  (select a.prenom || ' ' || a.nom || ', le ' || to_char(p.le, 'DD/MM/YYYY')
                   from passations p join utilisateurs a on a.id = p.successeur_id
                   where p.structure_id = s.id and p.statut = 'programmee') as passation
           from unnest($2::uuid[], $3::uuid[]) as v (structure, successeur)
           join structures s on s.id = v.structure
           join rattachements_effectifs g on g.structure_id = s.id and g.utilisateur_id = $1 and g.role = 'gp'
           left join utilisateurs u on u.id = v.successeur and u.statut <> 'clos'
           left join rattachements r on r.structure_id = s.id and r.utilisateur_id = u.id and r.statut <> 'supprimee'
           order by s.cle_tri, s.id"#,
        connecte.id().0,
        &structures,
        &successeurs as &[Option<Uuid>]
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .filter(|l| l.vise.is_none() || l.successeur.is_some())
        .map(|l| Consequences {
            structure: l.structure,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            successeur: l.successeur.map(|id| Candidat {
                id,
                nom_complet: l.nom_complet.unwrap_or_default(),
                adresse_connexion: l.adresse_connexion.unwrap_or_default(),
                pigp: l.pigp.unwrap_or_default(),
            }),
            role_tenu: l.role_tenu,
            statut_tenu: l.statut_tenu,
            demande_du_successeur: l.demande_du_successeur,
            demandes: l.demandes,
            espaces_fermes: l.espaces_fermes,
            passation: l.passation,
        })
        .collect())
}
