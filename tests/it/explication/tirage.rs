//! Worlds drawn at random: every state of an account, a structure, a rattachement, a service, an access. The model that
//! says who has what is written here a second time, from spec §1 and §2, in Rust and on the drawn facts alone.

use uuid::Uuid;
use vantail::db::{RattachementId, ServiceId, StructureId, UtilisateurId};

use crate::support::Portail;

/// A small generator: the same seed draws the same world.
pub struct Hasard(u64);

impl Hasard {
    pub fn new(graine: u64) -> Self {
        Self(graine.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn sous(&mut self, borne: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % borne
    }

    pub fn parmi<T: Copy>(&mut self, choix: &[T]) -> T {
        choix[self.sous(choix.len())]
    }

    pub fn oui(&mut self, sur: usize) -> bool {
        self.sous(sur) == 0
    }
}

pub const ESPACES: [(&str, bool); 7] = [
    ("activites_du_gestionnaire", false),
    ("factures_recues", true),
    ("factures_emises", false),
    ("factures_a_valider", false),
    ("factures_de_travaux", false),
    ("sollicitations_emises", false),
    ("sollicitations_recues", true),
];

pub const CAPACITES: [&str; 5] = [
    "valider_rattachements",
    "rattacher_utilisateurs",
    "valider_abonnements",
    "gerer_structure",
    "nommer_gestionnaires_secondaires",
];

/// Hours from now; `None`: open.
type Bornes = (i32, Option<i32>);

fn dans(bornes: Bornes) -> bool {
    bornes.0 <= 0 && bornes.1.is_none_or(|fin| fin > 0)
}

fn bornes(h: &mut Hasard) -> Bornes {
    h.parmi(&[
        (-8760, None),
        (-8760, Some(720)),
        (-48, Some(-24)),
        (24, None),
        (-8760, None),
    ])
}

pub struct Service {
    pub id: ServiceId,
    pub actif: bool,
}

pub struct Structure {
    pub id: StructureId,
    pub identifiant: String,
    pub active: bool,
    pub services: Vec<Service>,
}

pub struct Acces {
    pub espace: &'static str,
    pub service: Option<usize>,
    pub modification: bool,
}

pub struct Lien {
    pub role: &'static str,
    pub validee: bool,
    pub dates: Bornes,
    pub maille_structure: bool,
    pub capacites: Vec<&'static str>,
    /// Services held now, by rank.
    pub tenus: Vec<usize>,
    pub acces: Vec<Acces>,
}

pub struct Personne {
    pub id: UtilisateurId,
    pub adresse: String,
    pub active: bool,
    /// One per structure.
    pub liens: Vec<Option<Lien>>,
}

impl Lien {
    pub fn en_vigueur(&self) -> bool {
        self.validee && dans(self.dates)
    }
}

impl Personne {
    /// The model: a rattachement in force on that structure.
    pub fn membre(&self, structure: usize) -> Option<&Lien> {
        self.liens[structure]
            .as_ref()
            .filter(|l| self.active && l.en_vigueur())
    }

    pub fn capacite(&self, structure: usize, capacite: &str) -> bool {
        self.membre(structure)
            .is_some_and(|l| l.role == "gp" || l.capacites.contains(&capacite))
    }

    pub fn gestionnaire(&self, structure: usize) -> bool {
        CAPACITES.iter().any(|c| self.capacite(structure, c))
    }

    /// The model: « Consultation », « Modification », or nothing.
    pub fn espace(&self, rang: usize, structure: &Structure, espace: &str) -> Option<&'static str> {
        match espace {
            "sollicitations_emises" => self.active.then_some("Modification"),
            "activites_du_gestionnaire" => self.gestionnaire(rang).then_some("Modification"),
            _ => {
                let lien = self.membre(rang)?;
                let droits: Vec<bool> = lien
                    .acces
                    .iter()
                    .filter(|a| a.espace == espace)
                    .filter(|a| {
                        a.service.map_or(lien.maille_structure, |s| {
                            structure.services[s].actif
                                && (lien.maille_structure || lien.tenus.contains(&s))
                        })
                    })
                    .map(|a| a.modification)
                    .collect();
                match droits.iter().max() {
                    Some(true) => Some("Modification"),
                    Some(false) => Some("Consultation"),
                    None => None,
                }
            }
        }
    }
}

pub struct Monde {
    /// Somebody attached to nothing, whom a gestionnaire may attach.
    pub temoin: UtilisateurId,
    pub structures: Vec<Structure>,
    pub personnes: Vec<Personne>,
}

const STRUCTURES: usize = 3;
const PERSONNES: usize = 4;

/// Draws a world and puts it in the database. `rang`: ranks of SIRET and addresses stay apart between worlds.
pub async fn monde(portail: &Portail, h: &mut Hasard, rang: u32) -> Monde {
    let mut structures = Vec::new();
    for i in 0..STRUCTURES {
        structures.push(structure(portail, h, rang * 10 + u32::try_from(i).expect("small")).await);
    }
    let mut personnes = Vec::new();
    for p in 0..PERSONNES {
        let adresse = format!("personne{p}.monde{rang}@tirage.example");
        let id = portail.personne(&adresse).await;
        let mut liens = Vec::new();
        for s in &structures {
            liens.push(lien(portail, h, s, id).await);
        }
        personnes.push(Personne {
            id,
            adresse,
            active: !h.oui(6),
            liens,
        });
    }
    let temoin = portail
        .personne(&format!("temoin.monde{rang}@tirage.example"))
        .await;
    Monde {
        temoin,
        structures,
        personnes,
    }
}

async fn structure(portail: &Portail, h: &mut Hasard, rang: u32) -> Structure {
    let id = portail
        .structure(&format!("STRUCTURE {rang}"), rang, h.oui(2))
        .await;
    let gp = portail.personne(&format!("gp{rang}@tirage.example")).await;
    portail.gp(id, gp).await;
    let active = !h.oui(4);
    let mut services = Vec::new();
    for s in 0..2 {
        let service = portail
            .service(id, &format!("S{s}"), &format!("Service {s}"))
            .await;
        let (a_la_main, dates) = (!h.oui(5), bornes(h));
        sqlx::query(
            "update services set actif = $2, date_debut = maintenant() + make_interval(hours => $3),
               date_fin = maintenant() + make_interval(hours => $4) where id = $1",
        )
        .bind(service)
        .bind(a_la_main)
        .bind(dates.0)
        .bind(dates.1)
        .execute(&portail.db)
        .await
        .expect("a service");
        services.push(Service {
            id: service,
            actif: a_la_main && dans(dates),
        });
    }
    if !active {
        sqlx::query("update structures set statut = 'inactive' where id = $1")
            .bind(id)
            .execute(&portail.db)
            .await
            .expect("a structure");
    }
    let identifiant = sqlx::query_scalar("select identifiant from structures where id = $1")
        .bind(id)
        .fetch_one(&portail.db)
        .await
        .expect("an identifier");
    Structure {
        id,
        identifiant,
        active,
        services,
    }
}

async fn lien(
    portail: &Portail,
    h: &mut Hasard,
    structure: &Structure,
    personne: UtilisateurId,
) -> Option<Lien> {
    if h.oui(4) {
        return None;
    }
    let (statut, cause) = h.parmi(&[
        ("validee", None),
        ("validee", None),
        ("validee", None),
        ("desactivee", Some("gestionnaire")),
        ("desactivee", Some("echeance")),
        ("desactivee", Some("compte")),
        ("supprimee", Some("depart")),
    ]);
    let role = h.parmi(&["us", "gs"]);
    let capacites: Vec<&'static str> = if role == "gs" {
        CAPACITES.into_iter().filter(|_| h.oui(2)).collect()
    } else {
        Vec::new()
    };
    let (maille_structure, dates) = (h.oui(2), bornes(h));
    let id = RattachementId::nouveau();
    sqlx::query(
        "insert into rattachements (id, structure_id, utilisateur_id, role, statut, cause, maille_structure, capacites,
                                    date_debut, date_fin)
         values ($1, $2, $3, $4, $5, $6, $7, $8, maintenant() + make_interval(hours => $9),
                 maintenant() + make_interval(hours => $10))",
    )
    .bind(id)
    .bind(structure.id)
    .bind(personne)
    .bind(role)
    .bind(statut)
    .bind(cause)
    .bind(maille_structure)
    .bind(&capacites)
    .bind(dates.0)
    .bind(dates.1)
    .execute(&portail.db)
    .await
    .expect("a rattachement");
    let mut tenus = Vec::new();
    for (rang, service) in structure.services.iter().enumerate() {
        if maille_structure || h.oui(3) {
            continue;
        }
        let (valide, dates) = (!h.oui(4), bornes(h));
        sqlx::query(
            "insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut, date_fin)
             values ($1, $2, $3, $4, maintenant() + make_interval(hours => $5), maintenant() + make_interval(hours => $6))",
        )
        .bind(id)
        .bind(structure.id)
        .bind(service.id)
        .bind(if valide { "validee" } else { "desactivee" })
        .bind(dates.0)
        .bind(dates.1)
        .execute(&portail.db)
        .await
        .expect("a service held");
        if valide && dans(dates) {
            tenus.push(rang);
        }
    }
    Some(Lien {
        role,
        validee: statut == "validee",
        dates,
        maille_structure,
        capacites,
        tenus,
        acces: acces(portail, h, structure, id).await,
    })
}

async fn acces(
    portail: &Portail,
    h: &mut Hasard,
    structure: &Structure,
    rattachement: RattachementId,
) -> Vec<Acces> {
    let mut tires = Vec::new();
    for (espace, _) in ESPACES {
        if espace == "activites_du_gestionnaire" || espace == "sollicitations_emises" {
            continue;
        }
        for service in [None, Some(0), Some(1)] {
            if !h.oui(4) {
                continue;
            }
            let modification = h.oui(2);
            sqlx::query(
                "insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
                 values ($1, $2, $3, $4, $5, $6, $7)",
            )
            .bind(Uuid::now_v7())
            .bind(structure.id)
            .bind(rattachement)
            .bind(service.map(|s: usize| structure.services[s].id))
            .bind(espace)
            .bind(if modification { "modification" } else { "consultation" })
            .bind(h.parmi(&["defaut", "structure", "service", "demande"]))
            .execute(&portail.db)
            .await
            .expect("an access");
            tires.push(Acces {
                espace,
                service,
                modification,
            });
        }
    }
    tires
}
