//! Where a person stands on a structure, and what follows: the one judgement that the proofs enforce and that
//! « Pourquoi ai-je / n'ai-je pas accès ? » puts into words (spec §1).

use sqlx::PgExecutor;

use super::droits::{Capacite, Droits, Exigence, Role};
use super::preuves::StructureVue;
use crate::db::{RattachementId, StructureId, Temps, UtilisateurId};
use crate::web::Erreur;

/// Why a rattachement was stopped (column `cause`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Arret {
    Gestionnaire,
    Echeance,
    Compte,
    Depart,
}

/// The rattachement of the person, with the conditions of a right (view `situations`).
#[derive(Clone, Debug)]
pub struct Lien {
    pub rattachement: RattachementId,
    pub droits: Droits,
    /// First instant of validity.
    pub debut: Temps,
    /// Last day of validity, included.
    pub dernier_jour: Option<Temps>,
    pub validee: bool,
    pub commencee: bool,
    pub non_echue: bool,
    pub arret: Option<Arret>,
}

/// A person on a structure, now.
#[derive(Clone, Debug)]
pub struct Situation {
    pub structure: StructureVue,
    pub compte_actif: bool,
    /// `None`: not attached.
    pub lien: Option<Lien>,
}

/// Consulting, or changing something: a deactivated structure allows the first only (decisions 3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Usage {
    Consulter,
    Modifier,
}

/// The first condition that fails.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Obstacle {
    CompteInactif,
    NonRattache,
    Desactive(Option<Arret>),
    /// The rattachement begins at this instant.
    PasEncore(Temps),
    /// Its last day.
    Termine(Option<Temps>),
    StructureDesactivee,
    /// `None`: any capability would do.
    Capacite(Option<Capacite>),
    ReserveAuPrincipal,
}

impl Obstacle {
    /// Nothing of the structure is shown to that person: the answer is 404 (decisions 13).
    pub fn cache(&self) -> bool {
        !matches!(
            self,
            Self::StructureDesactivee | Self::Capacite(_) | Self::ReserveAuPrincipal
        )
    }

    /// What the person reads, in a refusal and in an explanation.
    pub fn phrase(&self) -> String {
        match self {
            Self::CompteInactif => "Votre compte n’est pas actif.".to_owned(),
            Self::NonRattache => "Vous n’êtes pas rattaché(e) à cette structure.".to_owned(),
            Self::Desactive(arret) => match arret {
                Some(Arret::Echeance) => {
                    "Votre rattachement est arrivé à sa date de fin\u{202F}: il est désactivé."
                }
                Some(Arret::Compte) => {
                    "Votre rattachement a été désactivé avec votre compte, et n’a pas été rétabli."
                }
                _ => "Un gestionnaire a désactivé votre rattachement.",
            }
            .to_owned(),
            Self::PasEncore(debut) => {
                format!("Votre rattachement ne commence que le {}.", debut.jour())
            }
            Self::Termine(Some(jour)) => {
                format!("Votre rattachement s’est terminé le {}.", jour.jour())
            }
            Self::Termine(None) => "Votre rattachement est terminé.".to_owned(),
            Self::StructureDesactivee => {
                "Cette structure est désactivée\u{202F}: elle se consulte, elle ne se modifie plus."
                    .to_owned()
            }
            Self::Capacite(capacite) => format!(
                "Il vous manque le droit de {}. Le gestionnaire principal de la structure peut vous le donner.",
                capacite.map_or(
                    "gérer quelque chose dans cette structure",
                    Capacite::libelle
                )
            ),
            Self::ReserveAuPrincipal => {
                "Cette action est réservée au gestionnaire principal de la structure.".to_owned()
            }
        }
    }
}

impl From<Obstacle> for Erreur {
    fn from(obstacle: Obstacle) -> Self {
        match &obstacle {
            Obstacle::StructureDesactivee => Self::Conflit(obstacle.phrase()),
            Obstacle::Capacite(_) | Obstacle::ReserveAuPrincipal => {
                Self::Interdit(obstacle.phrase())
            }
            _ => Self::Introuvable,
        }
    }
}

impl Situation {
    /// One statement. `None`: no such structure.
    pub async fn lire(
        db: impl PgExecutor<'_>,
        personne: UtilisateurId,
        structure: StructureId,
    ) -> Result<Option<Self>, Erreur> {
        let ligne = sqlx::query!(
            r#"select s.id as "id: StructureId", s.type_identifiant, s.identifiant, s.raison_sociale, s.publique,
                      s.statut = 'active' as "active!", s.passe_par_pigp,
                      exists (select from utilisateurs u where u.id = $1 and u.statut = 'actif') as "compte_actif!",
                      r.rattachement_id as "rattachement?: RattachementId", r.role as "role?: Role", r.capacites as "capacites?",
                      r.maille_structure as "maille_structure?", r.cause as "arret?: Arret",
                      temps(r.date_debut) as "debut?: Temps",
                      temps(r.date_fin - interval '1 microsecond') as "dernier_jour?: Temps",
                      r.validee as "validee?", r.commencee as "commencee?", r.non_echue as "non_echue?"
               from structures s left join situations r on r.structure_id = s.id and r.utilisateur_id = $1
               where s.id = $2"#,
            personne.0,
            structure.0
        )
        .fetch_optional(db)
        .await?;
        Ok(ligne.map(|l| Self {
            structure: StructureVue {
                id: l.id,
                type_identifiant: l.type_identifiant,
                identifiant: l.identifiant,
                raison_sociale: l.raison_sociale,
                publique: l.publique,
                active: l.active,
                passe_par_pigp: l.passe_par_pigp,
            },
            compte_actif: l.compte_actif,
            lien: match (l.rattachement, l.role, l.debut) {
                (Some(rattachement), Some(role), Some(debut)) => Some(Lien {
                    rattachement,
                    droits: Droits::lire(
                        role,
                        &l.capacites.unwrap_or_default(),
                        l.maille_structure.unwrap_or_default(),
                    ),
                    debut,
                    dernier_jour: l.dernier_jour,
                    validee: l.validee.unwrap_or_default(),
                    commencee: l.commencee.unwrap_or_default(),
                    non_echue: l.non_echue.unwrap_or_default(),
                    arret: l.arret,
                }),
                _ => None,
            },
        }))
    }

    /// The rattachement, where it gives rights now: account active, validated, inside its dates (spec §2). The same
    /// conjunction as the view `rattachements_effectifs`.
    ///
    /// # Errors
    /// The first condition that fails.
    pub fn en_vigueur(&self) -> Result<&Lien, Obstacle> {
        if !self.compte_actif {
            return Err(Obstacle::CompteInactif);
        }
        let lien = self.lien.as_ref().ok_or(Obstacle::NonRattache)?;
        if !lien.validee {
            Err(Obstacle::Desactive(lien.arret))
        } else if !lien.commencee {
            Err(Obstacle::PasEncore(lien.debut.clone()))
        } else if !lien.non_echue {
            Err(Obstacle::Termine(lien.dernier_jour.clone()))
        } else {
            Ok(lien)
        }
    }

    /// May this person do it here? Every proof over a structure asks this, and so does every explanation.
    ///
    /// # Errors
    /// The first condition that fails.
    pub fn juger(&self, exigence: Exigence, usage: Usage) -> Result<&Lien, Obstacle> {
        let lien = self.en_vigueur()?;
        if usage == Usage::Modifier && !self.structure.active {
            return Err(Obstacle::StructureDesactivee);
        }
        if lien.droits.satisfait(exigence) {
            return Ok(lien);
        }
        Err(match exigence {
            Exigence::Capacite(capacite) => Obstacle::Capacite(Some(capacite)),
            Exigence::UneCapacite => Obstacle::Capacite(None),
            Exigence::GestionnairePrincipal => Obstacle::ReserveAuPrincipal,
            Exigence::Rattachement => Obstacle::NonRattache,
        })
    }
}
