//! R-GEST-CARTE: what helps to decide about a person, gathered from the structure of the proof alone.

use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::App;
use crate::acces::{Gestion, Role};
use crate::db::UtilisateurId;
use crate::web::{Erreur, texte};

/// Facts listed at most, of each kind; the newest first.
const FAITS: usize = 5;

/// Something that happened here: its day, JJ/MM/AAAA, and its words.
#[derive(Debug, Deserialize)]
struct Fait {
    le: String,
    #[serde(default)]
    motif: Option<String>,
}

/// Somebody of the structure who has the same names.
#[derive(Debug, Deserialize)]
struct Homonyme {
    nom: String,
    adresse: String,
    role: String,
}

/// The card. Everything in it comes from the structure of the proof, within the reach of its reader.
pub struct Carte {
    domaine: String,
    domaine_structure: Option<String>,
    collegues: i64,
    du_domaine: i64,
    homonymes: Vec<Homonyme>,
    refus: Vec<Fait>,
    departs: Vec<Fait>,
    role: Option<Role>,
    structure_tenue: bool,
    services_tenus: Vec<String>,
    demandes: i64,
}

/// One line of the card: what it is about, sentence by sentence, and whether it deserves a second look.
pub struct LigneCarte {
    pub terme: &'static str,
    pub phrases: Vec<String>,
    pub attention: bool,
}

/// The card of this person for the reader of `gestion`; `demande` is the one on the screen. One statement.
///
/// # Errors
/// Those of the database.
pub async fn carte<C>(
    app: &App,
    gestion: &Gestion<C>,
    personne: UtilisateurId,
    demande: Uuid,
) -> Result<Carte, Erreur> {
    let l = sqlx::query!(
        r#"with collegues as materialized (
             select r.role, r.prenom || ' ' || r.nom as nom, r.adresse_connexion as adresse, r.cle_tri, r.cle_recherche
             from rattachements_effectifs r
             where r.structure_id = $1 and r.utilisateur_id <> $2
               and ($4 or exists (select from services_effectifs se join services_effectifs miens on miens.service_id = se.service_id
                                  where se.rattachement_id = r.id and miens.rattachement_id = $3))),
           -- « offset 0 »: read from the person. A kept plan would start from the thousands of requests of the structure.
           demandes_ici as materialized (
             select d.* from (select * from demandes_rattachement where utilisateur_id = $2 offset 0) d where d.structure_id = $1),
           abonnements_ici as materialized (
             select d.* from (select * from demandes_abonnement where utilisateur_id = $2 offset 0) d where d.structure_id = $1),
           refus as (
             select d.traitee_le, d.motif from demandes_ici d
             where d.statut = 'refusee'
               and (select true from portees_demandes p where p.demande_id = d.id and p.gestionnaire_id = $5 limit 1)
             union all
             select d.traitee_le, d.motif from abonnements_ici d
             where d.statut = 'refusee'
               and (select true from portees_abonnements p where p.demande_id = d.id and p.gestionnaire_id = $5 limit 1))
           select split_part(u.adresse_connexion, '@', 2) as "domaine!", nullif(split_part(s.courriel, '@', 2), '') as domaine_structure,
                  (select count(*) from collegues) as "collegues!",
                  (select count(*) from collegues c
                   where split_part(c.adresse, '@', 2) = split_part(u.adresse_connexion, '@', 2)) as "du_domaine!",
                  (select coalesce(jsonb_agg(jsonb_build_object('nom', c.nom, 'adresse', c.adresse, 'role', c.role) order by c.cle_tri), '[]')
                   from collegues c
                   where c.cle_recherche in (u.cle_recherche, cle_recherche(u.prenom || u.nom))) as "homonymes!: Json<Vec<Homonyme>>",
                  (select coalesce(jsonb_agg(jsonb_build_object('le', to_char(f.traitee_le at time zone 'Europe/Paris', 'DD/MM/YYYY'),
                                                                'motif', f.motif) order by f.traitee_le desc), '[]')
                   from refus f) as "refus!: Json<Vec<Fait>>",
                  (select coalesce(jsonb_agg(jsonb_build_object('le', to_char(r.modifie_le at time zone 'Europe/Paris', 'DD/MM/YYYY'))
                                             order by r.modifie_le desc), '[]')
                   from rattachements r
                   where $4 and r.structure_id = $1 and r.utilisateur_id = $2 and r.statut = 'supprimee') as "departs!: Json<Vec<Fait>>",
                  t.role as "role?: Role", t.maille_structure as "structure_tenue?",
                  array(select v.libelle from rattachement_services rs join services v on v.id = rs.service_id
                        where rs.rattachement_id = t.id and rs.statut = 'validee'
                          and ($4 or exists (select from services_effectifs miens
                                             where miens.rattachement_id = $3 and miens.service_id = rs.service_id))
                        order by v.cle_tri) as "services_tenus!",
                  (select count(*) from demandes_ici d
                   where d.id <> $6 and (select true from decideurs p where p.demande_id = d.id and p.decideur_id = $5 limit 1))
                  + (select count(*) from abonnements_ici d
                     where d.id <> $6
                       and (select true from decideurs_abonnements p where p.demande_id = d.id and p.decideur_id = $5 limit 1))
                  as "demandes!"
           from utilisateurs u
           join structures s on s.id = $1
           left join rattachements t on t.structure_id = $1 and t.utilisateur_id = $2 and t.statut = 'validee'
                and (t.date_fin is null or t.date_fin > maintenant())
           where u.id = $2"#,
        gestion.structure().id.0,
        personne.0,
        gestion.rattachement().0,
        gestion.droits().maille_structure,
        gestion.id().0,
        demande
    )
    .fetch_one(&app.db)
    .await?;
    Ok(Carte {
        domaine: l.domaine,
        domaine_structure: l.domaine_structure,
        collegues: l.collegues,
        du_domaine: l.du_domaine,
        homonymes: l.homonymes.0,
        refus: l.refus.0,
        departs: l.departs.0,
        role: l.role,
        structure_tenue: l.structure_tenue.unwrap_or_default(),
        services_tenus: l.services_tenus,
        demandes: l.demandes,
    })
}

/// The first of them, and how many more there are.
fn premiers(phrases: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let reste = phrases.len().saturating_sub(FAITS);
    let mut premiers: Vec<String> = phrases.take(FAITS).collect();
    if reste > 0 {
        premiers.push(format!("et {}", texte::accord(reste, "autre", "autres")));
    }
    premiers
}

impl Carte {
    /// In the order they are read: the address, the names, the past, what is held and asked.
    pub fn lignes(&self) -> Vec<LigneCarte> {
        let mut lignes = vec![self.domaine()];
        lignes.push(LigneCarte {
            terme: "Homonymes ici",
            attention: !self.homonymes.is_empty(),
            phrases: if self.homonymes.is_empty() {
                vec!["Aucune personne rattachée ne porte ce nom.".to_owned()]
            } else {
                premiers(self.homonymes.iter().map(|h| {
                    let role = Role::accordable(&h.role).unwrap_or(Role::Gp);
                    format!("{} ({}), {}", h.nom, h.adresse, role.libelle())
                }))
            },
        });
        lignes.push(LigneCarte {
            terme: "Refus précédents",
            attention: !self.refus.is_empty(),
            phrases: if self.refus.is_empty() {
                vec!["Aucun dans cette structure.".to_owned()]
            } else {
                premiers(self.refus.iter().map(|f| {
                    let motif = f.motif.as_deref().unwrap_or_default();
                    format!("Le {} : {motif}", f.le)
                }))
            },
        });
        if !self.departs.is_empty() {
            lignes.push(LigneCarte {
                terme: "Départs précédents",
                attention: true,
                phrases: premiers(
                    self.departs
                        .iter()
                        .map(|f| format!("Rattachement supprimé le {}", f.le)),
                ),
            });
        }
        lignes.push(LigneCarte {
            terme: "Rattachement actuel",
            attention: false,
            phrases: vec![self.tenu()],
        });
        if self.demandes > 0 {
            let n = usize::try_from(self.demandes).unwrap_or_default();
            lignes.push(LigneCarte {
                terme: "Autres demandes",
                attention: false,
                phrases: vec![format!(
                    "{} de cette personne sur cette structure.",
                    texte::accord(n, "autre demande attend", "autres demandes attendent")
                )],
            });
        }
        lignes
    }

    fn domaine(&self) -> LigneCarte {
        let meme = self.domaine_structure.as_deref() == Some(self.domaine.as_str());
        let structure = match &self.domaine_structure {
            None => "La structure n’a pas de courriel auquel le comparer.".to_owned(),
            Some(_) if meme => "C’est aussi celui du courriel de la structure.".to_owned(),
            Some(autre) => format!("Celui de la structure est {autre}."),
        };
        let collegues = if self.collegues == 0 {
            "Personne d’autre n’est rattaché.".to_owned()
        } else {
            format!(
                "Adresses de ce domaine parmi les personnes rattachées : {} sur {}.",
                self.du_domaine, self.collegues
            )
        };
        LigneCarte {
            terme: "Domaine de l’adresse",
            attention: !meme && self.du_domaine == 0,
            phrases: vec![self.domaine.clone(), structure, collegues],
        }
    }

    fn tenu(&self) -> String {
        match self.role {
            None => "Aucun.".to_owned(),
            Some(role) if self.structure_tenue => {
                format!("{}, toute la structure.", role.libelle())
            }
            Some(role) if self.services_tenus.is_empty() => {
                format!("{}, sur d’autres services que les vôtres.", role.libelle())
            }
            Some(role) => format!(
                "{}\u{202F}: {}.",
                role.libelle(),
                self.services_tenus.join(", ")
            ),
        }
    }
}
