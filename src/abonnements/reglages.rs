//! R-STR-ESPACES: what a gestionnaire opens to everybody of his structure or of services, closes again, and the level of the
//! default espaces. One act for the three: what it changes for whom is compared, not guessed.

use uuid::Uuid;

use super::changements::{self, Touchee};
use super::droit::Droit;
use super::parametrage::{self, Reglage};
use super::portee::{self, Etendu};
use crate::App;
use crate::acces::{GererStructure, Gestion};
use crate::db::{ServiceId, StructureId, Temps, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::{Erreur, Erreurs};

/// What is set.
#[derive(Clone, Debug)]
pub enum ActeReglage {
    /// « Ajouter des espaces »: exactly this level, wider or narrower than before.
    Ouvrir(Vec<Reglage>),
    /// Takes away only what these settings gave.
    Retirer(Vec<(Option<ServiceId>, String)>),
    /// The level of default espaces.
    Niveaux(Vec<(String, Droit)>),
}

/// Sets, and answers for whom it changes something. A preview runs it without a commit.
///
/// # Errors
/// `Invalide` at `espaces`, `services`: outside his reach, or unknown. `Conflit`: his rights have changed meanwhile.
pub async fn regler_les_espaces(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    acte: &ActeReglage,
) -> Result<Vec<Touchee>, Erreur> {
    let etendu = portee::prendre(tx, gestion).await?;
    let structure = gestion.structure().id;
    let espaces = controler(tx, structure, &etendu, acte).await?;
    let avant = changements::en_vigueur(tx, structure, Some(&espaces)).await?;
    let changes = ecrire(tx, gestion, &etendu, acte).await?;
    parametrage::accorder(tx, structure, &espaces).await?;
    let apres = changements::en_vigueur(tx, structure, Some(&espaces)).await?;
    let touchees = changements::differences(&avant, &apres);
    if let ActeReglage::Ouvrir(reglages) = acte {
        enregistrer(tx, gestion, reglages, &espaces, &touchees).await?;
    }
    if !changes.is_empty() {
        let entree = entree(gestion, acte, changes);
        historique::noter(tx, &***gestion, entree).await?;
    }
    let nom = &gestion.structure().raison_sociale;
    changements::annoncer(tx, gestion, nom, &touchees, None).await?;
    Ok(touchees)
}

/// Refuses what is outside the reach; answers the codes of the espaces, each once.
async fn controler(
    tx: &mut Tx,
    structure: StructureId,
    etendu: &Etendu,
    acte: &ActeReglage,
) -> Result<Vec<String>, Erreur> {
    let mut erreurs = Erreurs::default();
    let lignes: Vec<(Option<ServiceId>, &str)> = match acte {
        ActeReglage::Ouvrir(reglages) => reglages
            .iter()
            .map(|r| (r.service, r.espace.as_str()))
            .collect(),
        ActeReglage::Retirer(lignes) => lignes.iter().map(|(s, e)| (*s, e.as_str())).collect(),
        ActeReglage::Niveaux(niveaux) => niveaux.iter().map(|(e, _)| (None, e.as_str())).collect(),
    };
    if lignes.is_empty() {
        erreurs.ajouter("espaces", "Choisissez au moins un espace.");
    }
    if lignes.iter().any(|(_, e)| etendu.espace(e).is_none()) {
        erreurs.ajouter("espaces", "Un des espaces choisis n’existe pas ici.");
    }
    if lignes.iter().any(|(s, _)| s.is_none()) && !etendu.maille_structure {
        erreurs.ajouter(
            "services",
            "Vous gérez seulement des services : choisissez parmi les vôtres.",
        );
    } else if lignes.iter().any(|(s, _)| !etendu.couvre(*s)) {
        erreurs.ajouter(
            "services",
            "Un des services choisis n’est pas dans vos services.",
        );
    }
    if matches!(acte, ActeReglage::Ouvrir(_)) {
        let mut services: Vec<Uuid> = lignes.iter().filter_map(|(s, _)| *s).map(|s| s.0).collect();
        services.sort_unstable();
        services.dedup();
        let actifs = sqlx::query_scalar!(
            r#"select count(*) as "n!" from services_actifs where structure_id = $1 and id = any ($2)"#,
            structure.0,
            &services
        )
        .fetch_one(&mut **tx)
        .await?;
        if usize::try_from(actifs).ok() != Some(services.len()) {
            erreurs.ajouter(
                "services",
                "Un des services choisis n’est plus actif. Rechargez la page.",
            );
        }
    }
    erreurs.verdict()?;
    let mut espaces: Vec<String> = lignes.iter().map(|(_, e)| (*e).to_owned()).collect();
    espaces.sort_unstable();
    espaces.dedup();
    Ok(espaces)
}

/// The rows of the settings; answers what changed, before → after.
async fn ecrire(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    etendu: &Etendu,
    acte: &ActeReglage,
) -> Result<Vec<Changement>, Erreur> {
    let structure = gestion.structure().id;
    let lus = match acte {
        ActeReglage::Niveaux(niveaux) => {
            return ecrire_les_niveaux(tx, gestion, etendu, niveaux).await;
        }
        ActeReglage::Ouvrir(reglages) => {
            let (mut services, mut espaces, mut droits) = (Vec::new(), Vec::new(), Vec::new());
            for r in reglages {
                services.push(r.service.map(|s| s.0));
                espaces.push(r.espace.clone());
                droits.push(r.droit.code().to_owned());
            }
            sqlx::query!(
                r#"with voulus as (
                     select l.service, l.espace, max(l.droit) as droit
                     from unnest($3::uuid[], $4::text[], $5::text[]) as l (service, espace, droit) group by l.service, l.espace),
                   poses as (
                     insert into parametrage_espaces (id, structure_id, service_id, espace, droit, regle_par)
                     select uuid_v7(), $1, v.service, v.espace, v.droit, $2 from voulus v
                     on conflict on constraint parametrage_espaces_cle do update set
                       droit = excluded.droit, regle_le = maintenant(), regle_par = excluded.regle_par
                       where parametrage_espaces.droit <> excluded.droit)
                   select v.espace as "espace!", s.libelle as "libelle?", p.droit as "avant?: Droit", v.droit as "apres?: Droit"
                   from voulus v
                   left join parametrage_espaces p on p.structure_id = $1 and p.espace = v.espace
                        and p.service_id is not distinct from v.service
                   left join services s on s.id = v.service
                   where p.droit is distinct from v.droit
                   order by s.cle_tri nulls first, v.espace"#,
                structure.0,
                gestion.id().0,
                &services as &[Option<Uuid>],
                &espaces,
                &droits
            )
            .fetch_all(&mut **tx)
            .await?
            .into_iter()
            .map(|l| (l.espace, l.libelle, l.avant, l.apres))
            .collect::<Vec<_>>()
        }
        ActeReglage::Retirer(lignes) => sqlx::query!(
            r#"with retires as (
                 delete from parametrage_espaces p
                 using unnest($2::uuid[], $3::text[]) as l (service, espace)
                 where p.structure_id = $1 and p.espace = l.espace and p.service_id is not distinct from l.service
                 returning p.espace, p.service_id, p.droit)
               select r.espace, s.libelle as "libelle?", r.droit as "avant: Droit"
               from retires r left join services s on s.id = r.service_id
               order by s.cle_tri nulls first, r.espace"#,
            structure.0,
            &lignes.iter().map(|(s, _)| s.map(|s| s.0)).collect::<Vec<_>>() as &[Option<Uuid>],
            &lignes.iter().map(|(_, e)| e.clone()).collect::<Vec<_>>()
        )
        .fetch_all(&mut **tx)
        .await?
        .into_iter()
        .map(|l| (l.espace, l.libelle, Some(l.avant), None))
        .collect(),
    };
    let mots = |(espace, libelle, avant, apres): (
        String,
        Option<String>,
        Option<Droit>,
        Option<Droit>,
    )| {
        let nom = etendu.espace(&espace).unwrap_or_default();
        let ou = libelle.unwrap_or_else(|| "tous les services".to_owned());
        Changement::new(
            &format!("{nom} ({ou})"),
            portee::en_mots(avant),
            portee::en_mots(apres),
        )
    };
    Ok(lus.into_iter().map(mots).collect())
}

async fn ecrire_les_niveaux(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    etendu: &Etendu,
    niveaux: &[(String, Droit)],
) -> Result<Vec<Changement>, Erreur> {
    let lus = sqlx::query!(
        r#"with voulus as (select * from unnest($3::text[], $4::text[]) as l (espace, droit)),
           poses as (
             insert into niveaux_espaces (structure_id, espace, droit, regle_par)
             select $1, v.espace, v.droit, $2 from voulus v
             on conflict (structure_id, espace) do update set
               droit = excluded.droit, regle_le = maintenant(), regle_par = excluded.regle_par
               where niveaux_espaces.droit <> excluded.droit)
           select v.espace as "espace!", coalesce(n.droit, 'modification') as "avant!: Droit", v.droit as "apres!: Droit"
           from voulus v left join niveaux_espaces n on n.structure_id = $1 and n.espace = v.espace
           where coalesce(n.droit, 'modification') <> v.droit
           order by v.espace"#,
        gestion.structure().id.0,
        gestion.id().0,
        &niveaux.iter().map(|(e, _)| e.clone()).collect::<Vec<_>>(),
        &niveaux.iter().map(|(_, d)| d.code().to_owned()).collect::<Vec<_>>()
    )
    .fetch_all(&mut **tx)
    .await?;
    let mots = lus.into_iter().map(|l| {
        let nom = etendu.espace(&l.espace).unwrap_or_default();
        let champ = format!("Niveau par défaut de « {nom} »");
        Changement::new(&champ, l.avant.code(), l.apres.code())
    });
    Ok(mots.collect())
}

/// A demande already validated for each person whose rights change by a setting (seed 001 §4, spec §13): it never waits.
async fn enregistrer(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    reglages: &[Reglage],
    espaces: &[String],
    touchees: &[Touchee],
) -> Result<(), Erreur> {
    let large = reglages.iter().any(|r| r.service.is_none());
    sqlx::query!(
        "with siens as (
           select a.structure_id, r.utilisateur_id, a.service_id, a.espace, a.droit
           from abonnements a join rattachements r on r.id = a.rattachement_id
           where a.rattachement_id = any ($4) and a.espace = any ($5) and a.origine in ('structure', 'service')),
         entetes as (
           insert into demandes_abonnement (id, structure_id, utilisateur_id, statut, traitee_le, traitee_par, etendue, origine)
           select uuid_v7(), $1, s.utilisateur_id, 'validee', maintenant(), $2, $3, 'parametrage'
           from (select distinct utilisateur_id from siens) s
           returning id, utilisateur_id)
         insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, service_id, espace, droit, statut,
                                                droit_accorde)
         select uuid_v7(), e.id, s.structure_id, s.utilisateur_id, s.service_id, s.espace, max(s.droit), 'accordee', max(s.droit)
         from siens s join entetes e on e.utilisateur_id = s.utilisateur_id
         group by e.id, s.structure_id, s.utilisateur_id, s.service_id, s.espace",
        gestion.structure().id.0,
        gestion.id().0,
        if large { "structure" } else { "services" },
        &touchees.iter().map(|t| t.rattachement.0).collect::<Vec<_>>(),
        espaces
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn entree(
    gestion: &Gestion<GererStructure>,
    acte: &ActeReglage,
    changements: Vec<Changement>,
) -> Entree {
    Entree {
        structure: Some(gestion.structure().id),
        action: match acte {
            ActeReglage::Ouvrir(_) => Action::AbonnementCree,
            _ => Action::EspacesRegles,
        },
        concerne: None,
        demande: None,
        details: Details {
            acteur: gestion.personne().nom_complet(),
            changements,
            ..Details::default()
        },
    }
}

/// A setting, as the screen lists it.
pub struct EspaceRegle {
    pub espace: String,
    pub nom: String,
    /// `None`: all the services.
    pub service: Option<ServiceId>,
    pub service_libelle: String,
    pub droit: Droit,
    pub regle_le: Temps,
    pub regle_par: Option<String>,
    /// People it serves today.
    pub personnes: i64,
    /// Within the reach of the reader, who may change it.
    pub a_moi: bool,
}

/// An espace of this structure.
pub struct EspaceDeStructure {
    pub code: String,
    pub nom: String,
    /// Roles that have it without asking: « Gestionnaires, utilisateurs simples ».
    pub roles: String,
    /// The level they have it in.
    pub niveau: Droit,
}

/// A service the reader may open espaces to.
pub struct ServiceReglable {
    pub id: ServiceId,
    pub libelle: String,
    pub code: String,
}

/// Everything the screen shows.
pub struct Reglages {
    pub lignes: Vec<EspaceRegle>,
    pub espaces: Vec<EspaceDeStructure>,
    pub services: Vec<ServiceReglable>,
}

/// The settings of the structure of the proof. Three statements.
///
/// # Errors
/// Those of the database.
pub async fn reglages(app: &App, gestion: &Gestion<GererStructure>) -> Result<Reglages, Erreur> {
    let (structure, reader) = (gestion.structure().id.0, gestion.rattachement().0);
    let partout = gestion.droits().maille_structure;
    let lignes = sqlx::query_as!(
        EspaceRegle,
        r#"select p.espace, e.nom, p.service_id as "service?: ServiceId", coalesce(v.libelle, 'Tous les services') as "service_libelle!",
                  p.droit as "droit: Droit", temps(p.regle_le) as "regle_le!: Temps", u.prenom || ' ' || u.nom as regle_par,
                  (select count(distinct a.utilisateur_id) from abonnements_effectifs a
                   where a.structure_id = p.structure_id and a.espace = p.espace
                     and a.origine = case when p.service_id is null then 'structure' else 'service' end
                     and (p.service_id is null or a.service_id = p.service_id)) as "personnes!",
                  ($3 or exists (select from services_effectifs se
                                 where se.rattachement_id = $2 and se.service_id = p.service_id)) as "a_moi!"
           from parametrage_espaces p
           join espaces e on e.code = p.espace
           left join services v on v.id = p.service_id
           left join utilisateurs u on u.id = p.regle_par
           where p.structure_id = $1
           order by v.cle_tri nulls first, v.id, e.ordre"#,
        structure,
        reader,
        partout
    )
    .fetch_all(&app.db)
    .await?;
    let espaces = sqlx::query!(
        r#"select e.code, e.nom, e.defaut_gp or e.defaut_gs as "gestionnaires!", e.defaut_us,
                  coalesce(n.droit, 'modification') as "niveau!: Droit"
           from espaces e
           join structures s on s.id = $1
           left join niveaux_espaces n on n.structure_id = s.id and n.espace = e.code
           where e.demandable and (s.publique or not e.publique_seulement)
           order by e.ordre"#,
        structure
    )
    .fetch_all(&app.db)
    .await?
    .into_iter()
    .map(|e| EspaceDeStructure {
        code: e.code,
        nom: e.nom,
        roles: match (e.gestionnaires, e.defaut_us) {
            (true, true) => "Tous les rôles",
            (true, false) => "Gestionnaires",
            (false, true) => "Utilisateurs simples",
            (false, false) => "",
        }
        .to_owned(),
        niveau: e.niveau,
    })
    .collect();
    let services = sqlx::query_as!(
        ServiceReglable,
        r#"select sa.id as "id!: ServiceId", sa.libelle as "libelle!", sa.code as "code!"
           from services_actifs sa
           where sa.structure_id = $1
             and ($3 or exists (select from services_effectifs se where se.rattachement_id = $2 and se.service_id = sa.id))
           order by sa.cle_tri, sa.id"#,
        structure,
        reader,
        partout
    )
    .fetch_all(&app.db)
    .await?;
    // A gestionnaire limited to services reads what the whole structure gives, and his own services.
    let lignes = lignes
        .into_iter()
        .filter(|l: &EspaceRegle| l.a_moi || l.service.is_none())
        .collect();
    Ok(Reglages {
        lignes,
        espaces,
        services,
    })
}
