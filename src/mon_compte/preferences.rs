//! Which optional mails a person wants, per structure and per event (R-COMPTE-DONNEES). The outbox honours them at the deposit.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::App;
use crate::acces::Connecte;
use crate::courrier::Categorie;
use crate::db::{StructureId, Tx};
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// A structure the reader manages, and what he is told of it.
pub struct LignePreferences {
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    /// He can decide requests.
    decide: bool,
    principal: bool,
    refuses: Vec<String>,
}

impl LignePreferences {
    /// Can this event be told to him here at all?
    pub fn concerne(&self, categorie: Categorie) -> bool {
        match categorie {
            Categorie::NouvelleDemande | Categorie::Relance | Categorie::DemandeRetiree => {
                self.decide
            }
            Categorie::Mouvement => self.principal,
        }
    }

    pub fn voulue(&self, categorie: Categorie) -> bool {
        !self.refuses.iter().any(|r| r == categorie.code())
    }
}

const TRIS: [&str; 2] = ["structure", "identifiant"];

/// The list's place in the URL, under `n.`.
pub fn fenetre(requete: &Requete) -> Fenetre {
    Fenetre::lire(requete, "n", &TRIS, ("structure", Sens::Croissant), 25)
}

/// The structures the reader manages something of.
///
/// # Errors
/// Those of the database.
pub async fn lignes(
    app: &App,
    connecte: &Connecte,
    fenetre: Fenetre,
) -> Result<Liste<LignePreferences>, Erreur> {
    let lues = sqlx::query!(
        r#"with base as materialized (
             select r.structure_id, r.role, r.capacites, s.identifiant, s.raison_sociale, s.cle_tri
             from rattachements_effectifs r join structures s on s.id = r.structure_id
             where r.utilisateur_id = $1 and r.capacites <> '{}' limit 10001)
           select (select count(*) from base) as "total!", b.structure_id as "structure!: StructureId", b.identifiant as "identifiant!",
                  b.raison_sociale as "raison_sociale!", b.capacites && array['valider_rattachements', 'valider_abonnements'] as "decide!",
                  b.role = 'gp' as "principal!",
                  array(select c.categorie from courriers_refuses c
                        where c.utilisateur_id = $1 and c.structure_id = b.structure_id) as "refuses!"
           from base b
           order by
             case when $2 = 'identifiant-asc' then b.identifiant end asc, case when $2 = 'identifiant-desc' then b.identifiant end desc,
             case when $2 = 'structure-desc' then b.cle_tri end desc, b.cle_tri, b.structure_id
           limit $3::bigint
           offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3"#,
        connecte.id().0,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lues.first().map_or(0, |l| l.total);
    let lignes = lues
        .into_iter()
        .map(|l| LignePreferences {
            structure: l.structure,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            decide: l.decide,
            principal: l.principal,
            refuses: l.refuses,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "courriels"))
}

/// What the form said: the structures it showed, and the ticked boxes.
#[derive(Default, Debug)]
pub struct Choix {
    pub montrees: BTreeSet<StructureId>,
    pub voulus: BTreeSet<(StructureId, Categorie)>,
}

/// Keeps the refusals of the structures shown; the others stay as they are.
///
/// # Errors
/// `Introuvable`: a structure the author does not manage.
pub async fn enregistrer(tx: &mut Tx, connecte: &Connecte, choix: &Choix) -> Result<(), Erreur> {
    let montrees: Vec<Uuid> = choix.montrees.iter().map(|s| s.0).collect();
    let miennes = sqlx::query!(
        r#"select r.structure_id as "structure!: StructureId", r.capacites && array['valider_rattachements', 'valider_abonnements'] as "decide!",
                  r.role = 'gp' as "principal!"
           from rattachements_effectifs r
           where r.utilisateur_id = $1 and r.capacites <> '{}' and r.structure_id = any ($2)"#,
        connecte.id().0,
        &montrees
    )
    .fetch_all(&mut **tx)
    .await?;
    let connue = |s: &StructureId| miennes.iter().any(|m| m.structure == *s);
    if !choix.montrees.iter().all(connue)
        || !choix.voulus.iter().all(|(s, _)| choix.montrees.contains(s))
    {
        return Err(Erreur::Introuvable);
    }
    let (mut structures, mut categories) = (Vec::new(), Vec::new());
    for m in miennes {
        let ligne = LignePreferences {
            structure: m.structure,
            identifiant: String::new(),
            raison_sociale: String::new(),
            decide: m.decide,
            principal: m.principal,
            refuses: Vec::new(),
        };
        for categorie in Categorie::TOUTES {
            if ligne.concerne(categorie) && !choix.voulus.contains(&(m.structure, categorie)) {
                structures.push(m.structure.0);
                categories.push(categorie.code().to_owned());
            }
        }
    }
    sqlx::query!(
        "delete from courriers_refuses where utilisateur_id = $1 and structure_id = any ($2)",
        connecte.id().0,
        &montrees
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into courriers_refuses (utilisateur_id, structure_id, categorie)
         select $1, r.structure_id, r.categorie from unnest($2::uuid[], $3::text[]) as r (structure_id, categorie)
         on conflict do nothing",
        connecte.id().0,
        &structures,
        &categories
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
