//! A request under the lock of its structure: what it asks, what its author and its reader hold, and the rule.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use uuid::Uuid;

use super::effets::{self, Attribution, Gardes};
use super::regle::{Decideur, Octroi, Tenu};
use crate::acces::{Connecte, Droits, Role};
use crate::courrier::Joignable;
use crate::db::{DemandeId, ServiceId, StructureId, Temps, Tx, UtilisateurId};
use crate::decisions::Demande;
use crate::web::Erreur;

/// A request under the lock of its structure, with what its author holds there and what its reader holds.
pub struct EnCours {
    demande: Demande<DemandeId>,
    pub(super) role: Role,
    pub(super) maille_structure: bool,
    pub(super) commentaire: String,
    pub(super) services: Vec<ServiceId>,
    libelles: Vec<String>,
    pub(super) tenu: Tenu,
    pub(super) decideur: Decideur,
    /// Active services of its structure, and of the others read with it.
    actifs: Arc<BTreeSet<ServiceId>>,
}

impl Deref for EnCours {
    type Target = Demande<DemandeId>;

    fn deref(&self) -> &Demande<DemandeId> {
        &self.demande
    }
}

/// The requests among `ids` that `lecteur` may see, with their present state, in two statements. The structures must be
/// locked. The rows of the requests and of their authors are locked too: a withdrawal or the closing of an account does
/// not take the lock of the structure, and must not slip between this reading and the writing.
pub(super) async fn charger(
    tx: &mut Tx,
    lecteur: &Connecte,
    ids: &[DemandeId],
) -> Result<Vec<EnCours>, Erreur> {
    let ids: Vec<Uuid> = ids.iter().map(|d| d.0).collect();
    let lignes = sqlx::query!(
        r#"select d.id as "id!: DemandeId", d.structure_id as "structure!: StructureId", s.raison_sociale as "raison_sociale!",
                  u.id as "personne!: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!",
                  u.adresse_contact as "adresse_contact!", u.statut in ('actif', 'en_cours_activation') as "compte_ouvert!",
                  d.statut as "statut!", t.prenom || ' ' || t.nom as "traitee_par?", temps(d.traitee_le) as "traitee_le?: Temps",
                  d.role as "role!: Role", d.maille_structure as "maille_structure!", d.commentaire as "commentaire!",
                  array(select ds.service_id from demande_services ds where ds.demande_id = d.id
                        order by ds.service_id) as "services!: Vec<ServiceId>",
                  array(select sv.libelle from demande_services ds join services sv on sv.id = ds.service_id
                        where ds.demande_id = d.id order by sv.cle_tri) as "libelles!",
                  e.role as "tenu_role?: Role", e.capacites as "tenu_capacites?", e.maille_structure as "tenu_structure?",
                  array(select rs.service_id from rattachement_services rs
                        where rs.rattachement_id = e.id and rs.statut = 'validee') as "tenus!: Vec<ServiceId>",
                  ((e.date_fin at time zone 'Europe/Paris')::date - 1) as tenu_fin,
                  p.role as "mon_role!: Role", p.capacites as "mes_capacites!", p.maille_structure as "ma_maille!",
                  array(select se.service_id from services_effectifs se
                        where se.rattachement_id = p.rattachement_id) as "mes_services!: Vec<ServiceId>",
                  ((p.date_fin at time zone 'Europe/Paris')::date - 1) as ma_fin, aujourdhui() as "aujourd_hui!",
                  p.structure_active as "structure_active!"
           from portees_demandes p
           join demandes_rattachement d on d.id = p.demande_id
           join structures s on s.id = d.structure_id
           join utilisateurs u on u.id = d.utilisateur_id
           left join utilisateurs t on t.id = d.traitee_par
           left join rattachements e on e.structure_id = d.structure_id and e.utilisateur_id = d.utilisateur_id
                and e.statut = 'validee' and (e.date_fin is null or e.date_fin > maintenant())
           where p.gestionnaire_id = $1 and d.id = any ($2)
           order by d.id
           for update of d for share of u"#,
        lecteur.id().0,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    let structures: Vec<StructureId> = lignes.iter().map(|l| l.structure).collect();
    let actifs = Arc::new(services_actifs(tx, &structures).await?);
    Ok(lignes
        .into_iter()
        .map(|l| EnCours {
            demande: Demande {
                id: l.id,
                structure: l.structure,
                raison_sociale: l.raison_sociale,
                structure_active: l.structure_active,
                auteur: Joignable {
                    id: l.personne,
                    nom_complet: l.nom_complet,
                    adresse: l.adresse_contact,
                },
                compte_ouvert: l.compte_ouvert,
                statut: l.statut,
                traitee_par: l.traitee_par,
                traitee_le: l.traitee_le,
            },
            role: l.role,
            maille_structure: l.maille_structure,
            commentaire: l.commentaire,
            services: l.services,
            libelles: l.libelles,
            tenu: Tenu {
                role: l.tenu_role,
                capacites: l.tenu_capacites.unwrap_or_default(),
                maille_structure: l.tenu_structure.unwrap_or_default(),
                services: l.tenus,
                fin: l.tenu_fin,
                ..Tenu::default()
            },
            decideur: Decideur {
                droits: Droits::lire(l.mon_role, &l.mes_capacites, l.ma_maille),
                services: l.mes_services,
                fin: l.ma_fin,
                aujourd_hui: l.aujourd_hui,
            },
            actifs: Arc::clone(&actifs),
        })
        .collect())
}

/// What a validation is going to write: said by a preview, done by the act.
pub struct Jugee {
    pub(super) attribution: Attribution,
    pub(super) gardes: Gardes,
}

impl EnCours {
    /// Where a validation is possible at all: a closed account only leaves the refusal.
    fn validable(&self) -> Result<(), Erreur> {
        self.decidable()?;
        if self.compte_ouvert {
            Ok(())
        } else {
            Err(Erreur::Conflit(
                "Le compte de cette personne n’est plus actif\u{202F}: la demande ne peut qu’être refusée."
                    .to_owned(),
            ))
        }
    }

    /// Every reason to refuse this validation; nothing has been written yet.
    pub(super) fn juger(&self, octroi: &Octroi) -> Result<Jugee, Erreur> {
        self.validable()?;
        if self.tenu.role == Some(Role::Gp) {
            return Err(effets::gp_intouchable());
        }
        self.decideur.controler(&self.tenu, octroi, &self.actifs)?;
        Ok(Jugee {
            attribution: self.decideur.attribution(&self.tenu, octroi),
            gardes: self.decideur.gardes(&self.tenu, octroi, &self.actifs),
        })
    }

    /// What was asked, and nothing taken away: a GS stays one, an end date stays, services validated stay.
    pub(super) fn tel_que_demande(&self, par: &Connecte) -> Octroi {
        let tenu = &self.tenu;
        let maille_structure = self.maille_structure || tenu.maille_structure;
        let mut services = BTreeSet::new();
        if !maille_structure {
            services.extend(self.services.iter().copied());
            services.extend(tenu.services.iter().filter(|s| self.decideur.couvre(s)));
        }
        Octroi {
            role: if tenu.role == Some(Role::Gs) {
                Role::Gs
            } else {
                self.role
            },
            debut: None,
            fin: tenu.fin,
            commentaire: format!("Rattachement par {}", par.personne().nom_complet()),
            maille_structure,
            services: services.into_iter().collect(),
        }
    }

    /// What was asked, in words.
    pub(super) fn objet(&self) -> String {
        if self.maille_structure {
            "Toute la structure".to_owned()
        } else {
            self.libelles.join(", ")
        }
    }
}

/// Active services of these structures.
pub(super) async fn services_actifs(
    tx: &mut Tx,
    structures: &[StructureId],
) -> Result<BTreeSet<ServiceId>, Erreur> {
    let structures: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    let actifs = sqlx::query_scalar!(
        r#"select id as "id!: ServiceId" from services_actifs where structure_id = any ($1)"#,
        &structures
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(actifs.into_iter().collect())
}
