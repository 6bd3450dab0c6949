//! What the demo holds, for people (table of accounts) and for tests (JSON with the public ids).

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;

use super::{MOT_DE_PASSE, scenes};
use crate::App;

/// `demo --manifest FILE`.
#[derive(Serialize)]
pub struct Manifeste {
    pub adresse: String,
    pub comptes: Vec<Compte>,
    pub structures: Vec<StructureDemo>,
    pub demandes: Vec<DemandeDemo>,
    pub demandes_abonnement: Vec<DemandeAbonnementDemo>,
    pub sollicitations: Vec<SollicitationDemo>,
}

#[derive(Serialize)]
pub struct Compte {
    pub id: String,
    pub login: String,
    pub mot_de_passe: &'static str,
    pub prenom: String,
    pub nom: String,
    pub qui: String,
    /// Text found in each free field of this person and nowhere else.
    pub repere: String,
    pub statut: String,
    pub pigp: bool,
    pub equipe: Option<String>,
    pub rattachements: Vec<RattachementDemo>,
}

#[derive(Serialize)]
pub struct RattachementDemo {
    pub id: String,
    pub structure: String,
    pub identifiant: String,
    pub role: String,
    pub statut: String,
    pub cause: Option<String>,
    pub effectif: bool,
    pub maille_structure: bool,
    pub services: Vec<String>,
}

#[derive(Serialize)]
pub struct StructureDemo {
    pub id: String,
    pub identifiant: String,
    pub raison_sociale: String,
    /// Text found in each free field of this structure and nowhere else.
    pub repere: String,
    pub publique: bool,
    pub passe_par_pigp: bool,
    pub services: Vec<ServiceDemo>,
    /// Login of its technical account, for the API; the password is that of every demo account.
    pub utilisateur_technique: Option<String>,
}

#[derive(Serialize)]
pub struct ServiceDemo {
    pub id: String,
    pub code: String,
    pub libelle: String,
}

#[derive(Serialize)]
pub struct SollicitationDemo {
    pub id: String,
    pub reference: String,
    pub login: String,
    pub categorie: String,
    pub statut: String,
}

#[derive(Serialize)]
pub struct DemandeDemo {
    pub id: String,
    pub structure: String,
    pub login: String,
    pub statut: String,
    pub role: String,
    pub maille_structure: bool,
    pub services: Vec<String>,
}

#[derive(Serialize)]
pub struct DemandeAbonnementDemo {
    pub id: String,
    pub structure: String,
    pub login: String,
    pub statut: String,
    pub espaces: Vec<String>,
}

/// Reads the named world back from the database, as it is now.
///
/// # Errors
/// The database does not answer.
pub async fn lire(app: &App) -> Result<Manifeste> {
    let monde = scenes::monde();
    let logins: Vec<String> = monde.personnes.iter().map(|p| p.login.to_owned()).collect();
    let sirets: Vec<String> = monde
        .structures
        .iter()
        .map(|s| s.siret.to_owned())
        .collect();
    let mut rattachements = rattachements(app, &logins).await?;
    let qui: BTreeMap<&str, (&str, String)> = monde
        .personnes
        .iter()
        .map(|p| (p.login, (p.qui, p.marque())))
        .collect();
    let comptes = sqlx::query!(
        "select id, adresse_connexion, prenom, nom, statut, pigp, equipe from utilisateurs
         where adresse_connexion = any ($1) order by adresse_connexion",
        &logins
    )
    .fetch_all(&app.db)
    .await?
    .into_iter()
    .map(|l| {
        let (qui, repere) = qui
            .get(l.adresse_connexion.as_str())
            .cloned()
            .unwrap_or_default();
        Compte {
            id: l.id.to_string(),
            rattachements: rattachements
                .remove(&l.adresse_connexion)
                .unwrap_or_default(),
            login: l.adresse_connexion,
            mot_de_passe: MOT_DE_PASSE,
            prenom: l.prenom,
            nom: l.nom,
            qui: qui.to_owned(),
            repere,
            statut: l.statut,
            pigp: l.pigp,
            equipe: l.equipe,
        }
    })
    .collect();
    let reperes: BTreeMap<&str, String> = monde
        .structures
        .iter()
        .map(|s| (s.siret, s.marque()))
        .collect();
    let mut services: BTreeMap<String, Vec<ServiceDemo>> = BTreeMap::new();
    for l in sqlx::query!(
        "select v.id, s.identifiant, v.code, v.libelle from services v join structures s on s.id = v.structure_id
         where s.type_identifiant = 'SIRET' and s.identifiant = any ($1) order by v.cle_tri",
        &sirets
    )
    .fetch_all(&app.db)
    .await?
    {
        services.entry(l.identifiant).or_default().push(ServiceDemo {
            id: l.id.to_string(),
            code: l.code,
            libelle: l.libelle,
        });
    }
    let structures = sqlx::query!(
        "select id, identifiant, raison_sociale, publique, passe_par_pigp,
                (select t.identifiant from utilisateurs_techniques t where t.structure_id = structures.id
                 order by t.cree_le limit 1) as utilisateur_technique
         from structures
         where type_identifiant = 'SIRET' and identifiant = any ($1) order by cle_tri",
        &sirets
    )
    .fetch_all(&app.db)
    .await?
    .into_iter()
    .map(|l| StructureDemo {
        id: l.id.to_string(),
        repere: reperes
            .get(l.identifiant.as_str())
            .cloned()
            .unwrap_or_default(),
        services: services.remove(&l.identifiant).unwrap_or_default(),
        utilisateur_technique: l.utilisateur_technique,
        identifiant: l.identifiant,
        raison_sociale: l.raison_sociale,
        publique: l.publique,
        passe_par_pigp: l.passe_par_pigp,
    })
    .collect();
    Ok(Manifeste {
        adresse: app.config.origine(),
        comptes,
        structures,
        demandes: demandes(app, &sirets).await?,
        demandes_abonnement: demandes_abonnement(app, &sirets).await?,
        sollicitations: sollicitations(app, &logins).await?,
    })
}

async fn rattachements(
    app: &App,
    logins: &[String],
) -> Result<BTreeMap<String, Vec<RattachementDemo>>> {
    let mut par_login: BTreeMap<String, Vec<RattachementDemo>> = BTreeMap::new();
    for l in sqlx::query!(
        r#"select r.id, u.adresse_connexion, s.id as structure, s.identifiant, r.role, r.statut, r.cause, r.maille_structure,
                  exists (select from rattachements_effectifs e where e.id = r.id) as "effectif!",
                  array(select v.code from rattachement_services rs join services v on v.id = rs.service_id
                        where rs.rattachement_id = r.id and rs.statut = 'validee' order by v.code) as "services!"
           from rattachements r join utilisateurs u on u.id = r.utilisateur_id join structures s on s.id = r.structure_id
           where u.adresse_connexion = any ($1) order by r.cree_le, r.id"#,
        logins
    )
    .fetch_all(&app.db)
    .await?
    {
        par_login.entry(l.adresse_connexion).or_default().push(RattachementDemo {
            id: l.id.to_string(),
            structure: l.structure.to_string(),
            identifiant: l.identifiant,
            role: l.role,
            statut: l.statut,
            cause: l.cause,
            effectif: l.effectif,
            maille_structure: l.maille_structure,
            services: l.services,
        });
    }
    Ok(par_login)
}

async fn sollicitations(app: &App, logins: &[String]) -> Result<Vec<SollicitationDemo>> {
    let lignes = sqlx::query!(
        "select s.id, s.reference, u.adresse_connexion, s.categorie, s.statut
         from sollicitations s join utilisateurs u on u.id = s.emetteur_id
         where u.adresse_connexion = any ($1) order by s.reference",
        logins
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| SollicitationDemo {
            id: l.id.to_string(),
            reference: l.reference,
            login: l.adresse_connexion,
            categorie: l.categorie,
            statut: l.statut,
        })
        .collect())
}

async fn demandes(app: &App, sirets: &[String]) -> Result<Vec<DemandeDemo>> {
    let lignes = sqlx::query!(
        r#"select d.id, d.structure_id, u.adresse_connexion, d.statut, d.role, d.maille_structure,
                  array(select v.code from demande_services ds join services v on v.id = ds.service_id
                        where ds.demande_id = d.id order by v.code) as "services!"
           from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id join structures s on s.id = d.structure_id
           where s.type_identifiant = 'SIRET' and s.identifiant = any ($1) order by d.creee_le, d.id"#,
        sirets
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| DemandeDemo {
            id: l.id.to_string(),
            structure: l.structure_id.to_string(),
            login: l.adresse_connexion,
            statut: l.statut,
            role: l.role,
            maille_structure: l.maille_structure,
            services: l.services,
        })
        .collect())
}

async fn demandes_abonnement(app: &App, sirets: &[String]) -> Result<Vec<DemandeAbonnementDemo>> {
    let lignes = sqlx::query!(
        r#"select d.id, d.structure_id, u.adresse_connexion, d.statut,
                  array(select l.espace from demande_abonnement_lignes l
                        where l.demande_id = d.id order by l.espace) as "espaces!"
           from demandes_abonnement d join utilisateurs u on u.id = d.utilisateur_id join structures s on s.id = d.structure_id
           where s.type_identifiant = 'SIRET' and s.identifiant = any ($1) order by d.creee_le, d.id"#,
        sirets
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| DemandeAbonnementDemo {
            id: l.id.to_string(),
            structure: l.structure_id.to_string(),
            login: l.adresse_connexion,
            statut: l.statut,
            espaces: l.espaces,
        })
        .collect())
}

/// The accounts worth trying, and what they show. The named world only, whatever has changed since.
///
/// # Errors
/// The output is closed.
pub fn ecrire_comptes(sortie: &mut impl Write) -> io::Result<()> {
    let monde = scenes::monde();
    let comptes: Vec<_> = monde
        .personnes
        .iter()
        .filter(|p| !p.qui.is_empty())
        .collect();
    let largeur = comptes
        .iter()
        .map(|p| p.login.len())
        .max()
        .unwrap_or_default();
    writeln!(
        sortie,
        "Mot de passe de tous les comptes : {MOT_DE_PASSE}\n"
    )?;
    for p in comptes {
        writeln!(sortie, "  {:largeur$}  {} — {}", p.login, p.entier(), p.qui)?;
    }
    Ok(())
}
