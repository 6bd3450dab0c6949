//! Users × espaces of a structure: what each has and where it comes from, and setting it (R-STR-ESPACES).

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::changements::{self, Touchee};
use super::droit::Droit;
use super::portee;
use crate::App;
use crate::acces::{GererStructure, Gestion, Role};
use crate::db::{RattachementId, ServiceId, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::{Erreur, Erreurs, Fenetre, Liste, Requete, Sens};

/// Columns the matrix sorts by.
pub const TRIS_MATRICE: [&str; 2] = ["nom", "role"];

/// One access, as the database holds it.
#[derive(Debug, Deserialize)]
struct Acces {
    espace: String,
    service: Option<Uuid>,
    droit: String,
    origine: String,
}

/// What one person has of one espace, wherever the reader may set it.
#[derive(Clone, Debug)]
pub struct Cellule {
    pub espace: String,
    pub nom: String,
    /// What holds everywhere there.
    pub droit: Option<Droit>,
    /// What role, structure and services give: a cell does not go below.
    pub plancher: Option<Droit>,
    /// « rôle », « structure », « demande »…
    pub origines: String,
    /// Wider on some of the services.
    pub davantage: bool,
    /// What setting it writes: for each service of the reach (`None`: the whole structure), what is given without asking.
    lieux: Vec<(Option<ServiceId>, Option<Droit>)>,
}

/// A row of the matrix.
pub struct LigneMatrice {
    pub rattachement: RattachementId,
    pub nom: String,
    pub adresse: String,
    pub role: Role,
    /// « Toute la structure », or the services within the reach of the reader.
    pub perimetre: String,
    /// Not one's own row, unless one is the gestionnaire principal.
    pub modifiable: bool,
    pub cellules: Vec<Cellule>,
}

/// Rows per page at most: each is a list of fields of one form.
pub const PAR_MAX: i64 = 50;

/// A column.
#[derive(Clone, Debug)]
pub struct ColonneEspace {
    pub code: String,
    pub nom: String,
}

/// The columns, and a page of rows. Two statements.
///
/// # Errors
/// Those of the database.
pub async fn matrice(
    app: &App,
    gestion: &Gestion<GererStructure>,
    fenetre: Fenetre,
) -> Result<(Vec<ColonneEspace>, Liste<LigneMatrice>), Erreur> {
    let mut connexion = app.db.acquire().await?;
    let colonnes = lire_les_colonnes(&mut connexion, gestion).await?;
    let lignes = lire_les_lignes(&mut connexion, gestion, &colonnes, fenetre, None).await?;
    Ok((colonnes, lignes))
}

/// The espaces that can be set on the structure of the proof, in their order.
async fn lire_les_colonnes(
    connexion: &mut PgConnection,
    gestion: &Gestion<GererStructure>,
) -> Result<Vec<ColonneEspace>, Erreur> {
    Ok(sqlx::query_as!(
        ColonneEspace,
        "select e.code, e.nom from espaces e join structures s on s.id = $1
         where e.demandable and (s.publique or not e.publique_seulement) order by e.ordre",
        gestion.structure().id.0
    )
    .fetch_all(connexion)
    .await?)
}

/// A page of rows, or those of `parmi`. One statement.
async fn lire_les_lignes(
    connexion: &mut PgConnection,
    gestion: &Gestion<GererStructure>,
    colonnes: &[ColonneEspace],
    fenetre: Fenetre,
    parmi: Option<&[RattachementId]>,
) -> Result<Liste<LigneMatrice>, Erreur> {
    let parmi: Option<Vec<Uuid>> = parmi.map(|ids| ids.iter().map(|r| r.0).collect());
    let partout = gestion.droits().maille_structure;
    let lues = sqlx::query!(
        r#"with moi as materialized (
             select array(select se.service_id from services_effectifs se join services_actifs sa on sa.id = se.service_id
                          where se.rattachement_id = $2) as services),
           base as materialized (
             select r.id, r.utilisateur_id, r.role, r.maille_structure, r.prenom || ' ' || r.nom as nom,
                    r.adresse_connexion as adresse, r.cle_tri,
                    case when r.maille_structure then (select m.services from moi m)
                         else array(select se.service_id from services_effectifs se join services_actifs sa on sa.id = se.service_id
                                    where se.rattachement_id = r.id
                                      and ($3 or se.service_id = any ((select m.services from moi m)::uuid[]))) end as services
             from rattachements_effectifs r
             where r.structure_id = $1 and ($4::uuid[] is null or r.id = any ($4))
               and ($5 = '' or r.adresse_connexion = lower($5)
                    or repond_au_nom(r.cle_recherche, (select cle_recherche($5))))
             limit 10001),
           portee as materialized (select * from base b where ($3 and b.maille_structure) or b.services <> '{}')
           select (select count(*) from portee) as "total!", b.id as "id!: RattachementId", b.utilisateur_id as "personne!",
                  b.role as "role!: Role", b.maille_structure as "maille!", b.nom as "nom!", b.adresse as "adresse!",
                  b.services as "services!: Vec<ServiceId>",
                  array(select v.libelle from services v where v.id = any (b.services) order by v.cle_tri) as "libelles!",
                  (select coalesce(jsonb_agg(jsonb_build_object('espace', a.espace, 'service', a.service_id, 'droit', a.droit,
                                                                'origine', a.origine)), '[]')
                   from abonnements_effectifs a where a.rattachement_id = b.id) as "acces!: Json<Vec<Acces>>"
           from portee b
           order by case $6 when 'nom-asc' then b.cle_tri when 'role-asc' then b.role end asc,
                    case $6 when 'nom-desc' then b.cle_tri when 'role-desc' then b.role end desc,
                    b.cle_tri, b.id
           limit $7::bigint offset least($8::bigint - 1, greatest((select count(*) from portee) - 1, 0) / $7) * $7"#,
        gestion.structure().id.0,
        gestion.rattachement().0,
        partout,
        parmi.as_deref(),
        fenetre.recherche,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(connexion)
    .await?;
    let total = lues.first().map_or(0, |l| l.total);
    let moi = gestion.id().0;
    let principal = gestion.droits().role == Role::Gp;
    let lignes = lues
        .into_iter()
        .map(|l| {
            let lieux: Vec<Option<ServiceId>> = if partout && l.maille {
                vec![None]
            } else {
                l.services.into_iter().map(Some).collect()
            };
            LigneMatrice {
                rattachement: l.id,
                nom: l.nom,
                adresse: l.adresse,
                role: l.role,
                perimetre: if partout && l.maille {
                    "Toute la structure".to_owned()
                } else {
                    l.libelles.join(", ")
                },
                modifiable: principal || l.personne != moi,
                cellules: colonnes
                    .iter()
                    .map(|c| cellule(c, &lieux, &l.acces.0))
                    .collect(),
            }
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "matrice"))
}

fn origine(code: &str) -> &'static str {
    match code {
        "defaut" => "rôle",
        "structure" => "structure",
        "service" => "service",
        _ => "accordé à la personne",
    }
}

/// One cell: on each place of the reach, what is given without asking, and what the person was granted.
fn cellule(colonne: &ColonneEspace, lieux: &[Option<ServiceId>], acces: &[Acces]) -> Cellule {
    let siens: Vec<&Acces> = acces.iter().filter(|a| a.espace == colonne.code).collect();
    let (mut planchers, mut droits) = (Vec::new(), Vec::new());
    for lieu in lieux {
        let (mut plancher, mut droit) = (None, None);
        for a in &siens {
            let ici = a.service == lieu.map(|s| s.0);
            if !ici && a.service.is_some() {
                continue;
            }
            let lu = Droit::lire(&a.droit);
            droit = droit.max(lu);
            // What was granted on the whole structure is not this reader's to take away from a service.
            if a.origine != "demande" || !ici {
                plancher = plancher.max(lu);
            }
        }
        planchers.push((*lieu, plancher));
        droits.push(droit);
    }
    let mut origines: Vec<&str> = siens.iter().map(|a| origine(&a.origine)).collect();
    origines.sort_unstable();
    origines.dedup();
    let droit = droits.iter().copied().min().flatten();
    Cellule {
        espace: colonne.code.clone(),
        nom: colonne.nom.clone(),
        droit,
        plancher: planchers.iter().map(|(_, p)| *p).min().flatten(),
        origines: origines.join(", "),
        davantage: droits.iter().any(|d| *d > droit)
            || siens.iter().any(|a| Droit::lire(&a.droit) > droit),
        lieux: planchers,
    }
}

/// A cell to set: `avant` is what the screen showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reglee {
    pub rattachement: RattachementId,
    pub espace: String,
    pub avant: Option<Droit>,
    pub apres: Option<Droit>,
}

/// Sets the cells, all or none. A preview runs it without a commit.
///
/// # Errors
/// `Invalide` at `matrice`: outside the reach, one's own row, below what role and structure give. `Conflit`: a cell has
/// changed since it was shown.
pub async fn regler_les_cellules(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    reglees: &[Reglee],
) -> Result<Vec<Touchee>, Erreur> {
    portee::prendre(tx, gestion).await?;
    let mut ids: Vec<RattachementId> = reglees.iter().map(|r| r.rattachement).collect();
    ids.sort_unstable();
    ids.dedup();
    let colonnes = lire_les_colonnes(&mut *tx, gestion).await?;
    let toutes = Fenetre::lire(
        &Requete::lire("", ""),
        "u",
        &TRIS_MATRICE,
        ("nom", Sens::Croissant),
        u32::try_from(ids.len()).unwrap_or(u32::MAX).max(1),
    );
    let lues = lire_les_lignes(&mut *tx, gestion, &colonnes, toutes, Some(&ids)).await?;
    let lues: BTreeMap<RattachementId, LigneMatrice> = lues
        .lignes
        .into_iter()
        .map(|l| (l.rattachement, l))
        .collect();
    let mut poses = Lignes::default();
    let mut changements: BTreeMap<RattachementId, Vec<Changement>> = BTreeMap::new();
    for reglee in reglees {
        let ligne = lues.get(&reglee.rattachement);
        let cellule = ligne.and_then(|l| l.cellules.iter().find(|c| c.espace == reglee.espace));
        let (Some(ligne), Some(cellule)) = (ligne, cellule) else {
            return Err(Erreurs::une(
                "matrice",
                "Une des lignes n’est pas dans votre périmètre. Rechargez la page.",
            )
            .into());
        };
        controler(ligne, cellule, reglee)?;
        poses.ajouter(cellule, reglee);
        changements
            .entry(reglee.rattachement)
            .or_default()
            .push(Changement::new(
                &cellule.nom,
                portee::en_mots(reglee.avant),
                portee::en_mots(reglee.apres),
            ));
    }
    let structure = gestion.structure().id;
    let avant = changements::en_vigueur(tx, structure, None).await?;
    poses.ecrire(tx, gestion).await?;
    let apres = changements::en_vigueur(tx, structure, None).await?;
    let touchees = changements::differences(&avant, &apres);
    let acteur = gestion.personne().nom_complet();
    let entrees = touchees.iter().map(|t| Entree {
        structure: Some(structure),
        action: Action::AbonnementsRegles,
        concerne: Some(t.qui.id),
        demande: None,
        details: Details {
            acteur: acteur.clone(),
            concerne: t.qui.nom_complet.clone(),
            changements: changements.remove(&t.rattachement).unwrap_or_default(),
            ..Details::default()
        },
    });
    let entrees = entrees.collect();
    historique::noter_plusieurs(tx, &***gestion, entrees).await?;
    let nom = &gestion.structure().raison_sociale;
    changements::annoncer(tx, gestion, nom, &touchees, None).await?;
    Ok(touchees)
}

fn controler(ligne: &LigneMatrice, cellule: &Cellule, reglee: &Reglee) -> Result<(), Erreur> {
    if !ligne.modifiable {
        return Err(Erreurs::une(
            "matrice",
            "Vous ne réglez pas vos propres espaces : demandez-le au gestionnaire principal.",
        )
        .into());
    }
    if cellule.droit != reglee.avant {
        return Err(Erreur::Conflit(format!(
            "Les espaces de {} viennent d’être modifiés : rechargez la page.",
            ligne.nom
        )));
    }
    if reglee.apres < cellule.plancher {
        return Err(Erreurs::une(
            "matrice",
            &format!(
                "{} a « {} » par son rôle ou par un réglage de la structure : il ne se retire pas ici.",
                ligne.nom, cellule.nom
            ),
        )
        .into());
    }
    Ok(())
}

/// The rows of origin « demande » that the cells become: a level, or nothing.
#[derive(Default)]
struct Lignes {
    rattachements: Vec<Uuid>,
    services: Vec<Option<Uuid>>,
    espaces: Vec<String>,
    droits: Vec<Option<String>>,
}

impl Lignes {
    fn ajouter(&mut self, cellule: &Cellule, reglee: &Reglee) {
        for (service, plancher) in &cellule.lieux {
            self.rattachements.push(reglee.rattachement.0);
            self.services.push(service.map(|s| s.0));
            self.espaces.push(cellule.espace.clone());
            let accorde = reglee.apres.filter(|droit| Some(*droit) > *plancher);
            self.droits.push(accorde.map(|d| d.code().to_owned()));
        }
    }

    async fn ecrire(&self, tx: &mut Tx, gestion: &Gestion<GererStructure>) -> Result<(), Erreur> {
        sqlx::query!(
            "with voulues as (
               select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as l (rattachement, service, espace, droit)),
             retirees as (
               delete from abonnements a using voulues v
               where v.droit is null and a.rattachement_id = v.rattachement and a.espace = v.espace and a.origine = 'demande'
                 and a.service_id is not distinct from v.service)
             insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
             select uuid_v7(), $1, v.rattachement, v.service, v.espace, v.droit, 'demande' from voulues v where v.droit is not null
             on conflict on constraint abonnements_cle do update set droit = excluded.droit
               where abonnements.droit <> excluded.droit",
            gestion.structure().id.0,
            &self.rattachements,
            &self.services as &[Option<Uuid>],
            &self.espaces,
            &self.droits as &[Option<String>]
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
