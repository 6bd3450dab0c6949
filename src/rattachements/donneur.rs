//! Who grants: what a gestionnaire holds, read again under the lock of the structure; his proof is older than the transaction.

use super::regle::Decideur;
use crate::acces::{Capacite, Droits, Gestion, RattacherUtilisateurs, Role};
use crate::db::{ServiceId, StructureId, Tx, UtilisateurId};
use crate::web::{Erreur, texte};

/// A gestionnaire who may attach, on one structure.
pub(super) struct Donneur {
    pub id: UtilisateurId,
    pub nom: String,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub decideur: Decideur,
}

/// Nobody comes in where the structure is not `active`; a page that only leads there says so first.
///
/// # Errors
/// `Conflit`.
pub fn ouverte(active: bool) -> Result<(), Erreur> {
    if active {
        return Ok(());
    }
    Err(Erreur::Conflit(
        "Cette structure est désactivée\u{202F}: personne ne peut y être rattaché.".to_owned(),
    ))
}

impl Donneur {
    /// The gestionnaire of the proof.
    ///
    /// # Errors
    /// See [`Donneur::lire`].
    pub async fn de(tx: &mut Tx, gestion: &Gestion<RattacherUtilisateurs>) -> Result<Self, Erreur> {
        Self::lire(tx, gestion.structure().id, gestion.id()).await
    }

    /// What this person holds there. The structure must be locked.
    ///
    /// # Errors
    /// `Introuvable`: not attached any more; `Conflit`: the structure is deactivated; `Interdit`: the right is gone.
    pub async fn lire(
        tx: &mut Tx,
        structure: StructureId,
        personne: UtilisateurId,
    ) -> Result<Self, Erreur> {
        let l = sqlx::query!(
            r#"select r.role as "role!: Role", r.capacites as "capacites!", r.maille_structure as "maille!",
                      array(select se.service_id from services_effectifs se
                            where se.rattachement_id = r.id) as "services!: Vec<ServiceId>",
                      ((r.date_fin at time zone 'Europe/Paris')::date - 1) as fin, aujourdhui() as "aujourd_hui!",
                      r.structure_active as "active!", s.raison_sociale as "raison_sociale!",
                      u.prenom || ' ' || u.nom as "nom!"
               from rattachements_effectifs r
               join structures s on s.id = r.structure_id
               join utilisateurs u on u.id = r.utilisateur_id
               where r.structure_id = $1 and r.utilisateur_id = $2"#,
            structure.0,
            personne.0
        )
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(Erreur::Introuvable)?;
        ouverte(l.active)?;
        let droits = Droits::lire(l.role, &l.capacites, l.maille);
        if !droits.a(Capacite::RattacherUtilisateurs) {
            return Err(Erreur::Interdit(
                "Il vous manque maintenant le droit de rattacher des utilisateurs.".to_owned(),
            ));
        }
        Ok(Self {
            id: personne,
            nom: l.nom,
            structure,
            raison_sociale: l.raison_sociale,
            decideur: Decideur {
                droits,
                services: l.services,
                fin: l.fin,
                aujourd_hui: l.aujourd_hui,
            },
        })
    }

    /// The comment of an act that asks for none (spec §13).
    pub fn commentaire(&self) -> String {
        texte::ligne(&format!("Rattachement par {}", self.nom), 255).unwrap_or_default()
    }
}
