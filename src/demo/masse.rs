//! `DEMO_SIZE=N`: a world for load tests, always the same, loaded with COPY (spec §11).
//!
//! N structures, 1.2 N users, 1.5 N rattachements, 5 N lines of historique; one person in ten waits for a decision, one of structure 0 in five for an espace. Nobody's abonnements: no right is read there. Structure 0 is a large
//! one: its gestionnaire principal is `gp@charge.example`, whose lists are the longest. From a thousand structures on it is
//! the same in every world, [`GRANDE`] people and [`DEMANDES_GRANDE`] requests, so that two worlds differ by their number of
//! structures only.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use sqlx::PgConnection;
use uuid::Uuid;

pub use super::masse_mots::siret;
use super::masse_mots::{code_postal, nom, prenom, raison_sociale, ville};
use crate::App;
use crate::acces::{Role, Systeme, mot_de_passe};
use crate::db::{StructureId, UtilisateurId};
use crate::historique::{ActeDate, Action, Auteur, Details, EnMasse};
use crate::web::MotDePasse;

/// Structures sent at a time: bounds the memory.
const LOT: u64 = 2_000;
/// Rattachements of ten structures in a row: 1.5 on average, one structure in ten has nobody.
const PAR_STRUCTURE: [u64; 10] = [0, 1, 1, 1, 1, 2, 2, 2, 2, 3];
/// What happens to a rattachement after its first line. Structure 0 sees all of it; the others the first two, and half of them
/// a change of their own: five lines per structure.
const VIE: [Action; 4] = [
    Action::AbonnementCree,
    Action::RattachementModifie,
    Action::AbonnementRetire,
    Action::RattachementModifie,
];
/// Lines of a rattachement, at most.
const PAR_PERSONNE: u64 = 1 + VIE.len() as u64;
/// 1 January 2025, in milliseconds: nothing of this world is in the future.
const DEPART_MS: u64 = 1_735_689_600_000;

/// People of structure 0 besides its gestionnaire, in a world of [`A_L_ECHELLE`] structures or more.
const GRANDE: u64 = 2_400;
/// People who ask to join it.
const DEMANDES_GRANDE: u64 = 500;
/// Users that such a world has besides the 1.2 per structure: those two.
const EN_PLUS: u64 = GRANDE + DEMANDES_GRANDE;
const A_L_ECHELLE: u64 = 1_000;

#[derive(Clone, Copy)]
enum Genre {
    Utilisateur,
    Structure,
    Rattachement,
    Demande,
    Acte,
    ActeStructure,
    DemandeAbonnement,
}

/// A UUIDv7 that depends on the rank only: ordered like it, so that indexes grow at their end.
fn id(genre: Genre, rang: u64) -> Uuid {
    let bas = (0b10 << 62) | (rang & 0x3fff_ffff_ffff_ffff);
    Uuid::from_u64_pair(((DEPART_MS + rang) << 16) | 0x7000 | genre as u64, bas)
}

/// How large the world is.
#[derive(Clone, Copy)]
struct Taille {
    structures: u64,
    utilisateurs: u64,
    /// Rattachements of structure 0 besides its gestionnaire.
    grande: u64,
    /// People who ask for a rattachement, wherever.
    demandeurs: u64,
    /// Those who ask it of structure 0.
    demandes_grande: u64,
}

impl Taille {
    fn new(structures: u64) -> Self {
        let utilisateurs = (structures * 12).div_ceil(10).max(10);
        let demandeurs = (utilisateurs / 10).max(1);
        if structures < A_L_ECHELLE {
            return Self {
                structures,
                utilisateurs,
                grande: utilisateurs / 50,
                demandeurs,
                demandes_grande: demandeurs / 2,
            };
        }
        Self {
            structures,
            utilisateurs: utilisateurs + EN_PLUS,
            grande: GRANDE,
            demandeurs: demandeurs + DEMANDES_GRANDE,
            demandes_grande: DEMANDES_GRANDE,
        }
    }

    fn rattaches(&self, structure: u64) -> u64 {
        match structure {
            0 => 1 + self.grande,
            s => PAR_STRUCTURE[usize::try_from(s % 10).unwrap_or(0)],
        }
    }
}

/// Loads the world in one transaction on its own connection. Answers the number of rattachements.
///
/// # Errors
/// The database does not answer, or a part of this world is already there.
pub async fn charger(app: &App, systeme: &Systeme, structures: u64) -> Result<u64> {
    ensure!(
        structures <= 10_000_000,
        "DEMO_SIZE: 10 000 000 structures at most"
    );
    let taille = Taille::new(structures);
    let hache =
        mot_de_passe::hacher_maintenant(app.config.argon2, &MotDePasse::new(super::MOT_DE_PASSE))?;
    let mut tx = app.db.begin().await?;
    utilisateurs(&mut tx, taille, &hache).await?;
    let mut rang = 0;
    let mut debut = 0;
    while debut < taille.structures {
        let fin = (debut + LOT).min(taille.structures);
        let mut lot = Lot::default();
        for structure in debut..fin {
            rang = lot.structure(app, systeme, taille, structure, rang)?;
        }
        lot.envoyer(&mut tx).await?;
        if fin.is_multiple_of(LOT * 50) {
            eprintln!("{fin} structures…");
        }
        debut = fin;
    }
    demandes(&mut tx, taille).await?;
    demandes_abonnement(&mut tx, taille).await?;
    sqlx::raw_sql("set constraints all immediate")
        .execute(&mut *tx)
        .await
        .context("the load world does not hold")?;
    super::marque::noter_taille(&mut tx, structures).await?;
    tx.commit().await?;
    sqlx::raw_sql("analyze").execute(&app.db).await?;
    Ok(rang)
}

async fn copier(tx: &mut PgConnection, instruction: &str, texte: &str) -> Result<()> {
    let mut copie = tx.copy_in_raw(instruction).await?;
    copie.send(texte.as_bytes()).await?;
    copie.finish().await?;
    Ok(())
}

async fn utilisateurs(tx: &mut PgConnection, taille: Taille, hache: &str) -> Result<()> {
    let mut debut = 0;
    while debut < taille.utilisateurs {
        let fin = (debut + LOT * 4).min(taille.utilisateurs);
        let mut texte = String::new();
        for u in debut..fin {
            let login = login(u);
            writeln!(
                texte,
                "{}\t{login}\t{login}\t{}\t{}\t{}\t{}\tactif\t{hache}\t2025-01-01\t2025-01-01\t2025-01-01",
                id(Genre::Utilisateur, u),
                prenom(u),
                nom(u),
                code_postal(u),
                ville(u),
            )?;
        }
        copier(
            tx,
            "copy utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, code_postal, ville, statut, mot_de_passe, \
             mot_de_passe_change_le, cree_le, active_le) from stdin",
            &texte,
        )
        .await?;
        debut = fin;
    }
    Ok(())
}

/// User 0 holds structure 0.
fn login(u: u64) -> String {
    if u == 0 {
        "gp@charge.example".to_owned()
    } else {
        format!("u{u}@charge.example")
    }
}

#[derive(Default)]
struct Lot {
    structures: String,
    rattachements: String,
    historique: EnMasse,
}

impl Lot {
    /// Writes a structure and its people, who are the users in turn. `rang`: rattachements written so far.
    fn structure(
        &mut self,
        app: &App,
        systeme: &Systeme,
        taille: Taille,
        s: u64,
        rang: u64,
    ) -> Result<u64> {
        let structure = StructureId(id(Genre::Structure, s));
        let fin = rang + taille.rattaches(s);
        let gp = if fin > rang {
            id(Genre::Rattachement, rang).to_string()
        } else {
            "\\N".to_owned()
        };
        let publique = s % 5 < 3;
        writeln!(
            self.structures,
            "{structure}\tSIRET\t{}\t{}\t{publique}\t{}\t{}\t{}\t2025-01-01\t{gp}",
            siret(s),
            raison_sociale(s),
            if publique {
                "autre_entite_publique"
            } else {
                "\\N"
            },
            code_postal(s),
            ville(s),
        )?;
        let gestionnaire = UtilisateurId(id(Genre::Utilisateur, rang % taille.utilisateurs));
        // Time goes on within a structure, and stays in 2025.
        let jour_ms = DEPART_MS + (s % 100) * 86_400_000;
        let mut actes = Vec::new();
        for r in rang..fin {
            let u = r % taille.utilisateurs;
            let role = match r - rang {
                0 => Role::Gp,
                n if n % 10 == 1 => Role::Gs,
                _ => Role::Us,
            };
            let capacites = if role == Role::Gs {
                "{valider_rattachements,rattacher_utilisateurs,gerer_structure}"
            } else {
                "{}"
            };
            let instant_ms = jour_ms + (r - rang) * 60_000;
            writeln!(
                self.rattachements,
                "{}\t{structure}\t{}\t{}\tvalidee\ttrue\t{capacites}\t2025-01-01\t2025-01-01\t2025-01-01",
                id(Genre::Rattachement, r),
                id(Genre::Utilisateur, u),
                role.code(),
            )?;
            let suite = if s == 0 { &VIE[..] } else { &VIE[..2] };
            let premier = if role == Role::Gp {
                Action::GestionnaireDesigne
            } else {
                Action::RattachementCree
            };
            for (n, action) in (0..).zip(std::iter::once(&premier).chain(suite)) {
                actes.push(ActeDate {
                    id: id(Genre::Acte, r * PAR_PERSONNE + n),
                    auteur: if *action == Action::GestionnaireDesigne {
                        systeme.into()
                    } else {
                        Auteur::rejouer(systeme, gestionnaire)
                    },
                    action: *action,
                    concerne: Some(UtilisateurId(id(Genre::Utilisateur, u))),
                    survenu_us: i64::try_from((instant_ms + n * 10_000) * 1_000)?,
                    details: Details {
                        concerne: format!("{} {}", prenom(u), nom(u)),
                        commentaire: format!("Monde de charge, acte {r}"),
                        ..Details::default()
                    },
                });
            }
        }
        if s.is_multiple_of(2) {
            actes.push(ActeDate {
                id: id(Genre::ActeStructure, s),
                auteur: systeme.into(),
                action: Action::StructureModifiee,
                concerne: None,
                // After the last of its people.
                survenu_us: i64::try_from((jour_ms + (fin - rang) * 60_000) * 1_000)?,
                details: Details {
                    commentaire: format!("Monde de charge, structure {s}"),
                    ..Details::default()
                },
            });
        }
        self.historique.chaine(&app.cles, structure, &actes)?;
        Ok(fin)
    }

    async fn envoyer(self, tx: &mut PgConnection) -> Result<()> {
        copier(
            tx,
            "copy structures (id, type_identifiant, identifiant, raison_sociale, publique, categorie, code_postal, ville, creee_le, \
             gp_id) from stdin",
            &self.structures,
        )
        .await?;
        copier(
            tx,
            "copy rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, capacites, date_debut, cree_le, \
             modifie_le) from stdin",
            &self.rattachements,
        )
        .await?;
        copier(tx, EnMasse::COPIE_TETES, &self.historique.tetes).await?;
        copier(tx, EnMasse::COPIE_LIGNES, &self.historique.lignes).await?;
        copier(tx, EnMasse::COPIE_DONNEES, &self.historique.donnees).await
    }
}

/// The first ask for structure 0, the others for one structure each.
async fn demandes(tx: &mut PgConnection, taille: Taille) -> Result<()> {
    let nombre = taille.demandeurs;
    let grande = taille.demandes_grande;
    let mut texte = String::new();
    for d in 0..nombre {
        // The last users: they hold nothing on structure 0, whose people are the first.
        let u = taille.utilisateurs - 1 - d;
        let s = if d < grande { 0 } else { d % taille.structures };
        let mois =
            ["2025-06", "2025-07", "2025-08", "2025-09"][usize::try_from(d % 4).unwrap_or(0)];
        // Its reminders are past: no storm of mails at the first start.
        writeln!(
            texte,
            "{}\t{}\t{}\tus\ttrue\tMonde de charge, demande {d}\t{mois}-01\t14\t{mois}-15\tsupport",
            id(Genre::Demande, d),
            id(Genre::Structure, s),
            id(Genre::Utilisateur, u),
        )?;
    }
    copier(
        tx,
        "copy demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire, creee_le, \
         rappel_jours, signalee_le, signalee_a) from stdin",
        &texte,
    )
    .await
}

/// One person attached to structure 0 in five asks for an espace there, besides its gestionnaire principal.
async fn demandes_abonnement(tx: &mut PgConnection, taille: Taille) -> Result<()> {
    let (mut demandes, mut lignes) = (String::new(), String::new());
    for d in (1..=taille.grande.min(taille.utilisateurs - 1)).step_by(5) {
        let (id, structure) = (id(Genre::DemandeAbonnement, d), id(Genre::Structure, 0));
        let personne = self::id(Genre::Utilisateur, d);
        writeln!(
            demandes,
            "{id}\t{structure}\t{personne}\t{}-01",
            ["2025-06", "2025-07", "2025-08"][usize::try_from(d % 3).unwrap_or(0)]
        )?;
        writeln!(
            lignes,
            "{id}\t{id}\t{structure}\t{personne}\tfactures_a_valider\tconsultation\tMonde de charge, espace {d}"
        )?;
    }
    copier(
        tx,
        "copy demandes_abonnement (id, structure_id, utilisateur_id, creee_le) from stdin",
        &demandes,
    )
    .await?;
    copier(
        tx,
        "copy demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, espace, droit, commentaire) from stdin",
        &lignes,
    )
    .await
}
