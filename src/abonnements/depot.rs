//! A person asks for espaces (R-COMPTE-ABONNEMENTS, spec §13 « Abonnements and espaces »).

use uuid::Uuid;

use super::courriers::{AbonnementADecider, AbonnementEnregistre};
use super::droit::Droit;
use super::joignables;
use super::lignes::pour_l_historique;
use crate::acces::Connecte;
use crate::courrier::{noms, prevenir};
use crate::db::{DemandeAbonnementId, LigneAbonnementId, ServiceId, StructureId, Tx, contrainte};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::structures;
use crate::utilisateurs;
use crate::web::{Erreur, Erreurs};

/// Lines of one request, at most.
pub const LIGNES_MAX: usize = 100;

/// What a person asks for, on one structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Demandee {
    pub lignes: Vec<LigneDemandee>,
    /// At most 255 characters, for every line.
    pub commentaire: Option<String>,
}

/// An espace, for a service or for the whole structure.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LigneDemandee {
    pub service: Option<ServiceId>,
    pub espace: String,
    pub droit: Droit,
}

/// The result of a deposit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deposee {
    pub raison_sociale: String,
    /// Names of those who can decide; empty: nobody can, the request waits.
    pub decideurs: Vec<String>,
    /// What is held or asked for already, and was left out.
    pub laissees: Vec<String>,
    /// False when all of it was asked for already (a double click).
    pub nouvelle: bool,
}

/// Where a gestionnaire opens the request.
pub(super) fn chemin(structure: StructureId, demande: DemandeAbonnementId) -> String {
    format!("/structures/{structure}/demandes-abonnement/{demande}")
}

/// A line as the database sees it now.
struct Controlee {
    espace_nom: Option<String>,
    permis: bool,
    service_libelle: Option<String>,
    a_moi: bool,
    tenu: Option<Droit>,
    /// The widest open request that covers it.
    couverte: Option<Droit>,
    /// An open request of this very line.
    deja: bool,
}

/// Sends a request. Everything is read again under the lock of the structure; what is held or asked for already is left
/// out, and said.
///
/// # Errors
/// `Introuvable`: no rattachement in force there. `Conflit`: inactive structure. `Invalide` at `services` or `espaces`.
pub async fn deposer(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    demandee: &Demandee,
) -> Result<Deposee, Erreur> {
    structures::verrouiller(tx, &[structure]).await?;
    let raison_sociale = ouverte(tx, auteur, structure).await?;
    let mut lignes: Vec<LigneDemandee> = demandee.lignes.clone();
    lignes.sort();
    lignes.dedup_by(|b, a| a.service == b.service && a.espace == b.espace);
    let controlees = controler(tx, auteur, structure, &lignes).await?;
    let mut erreurs = Erreurs::default();
    let (mut retenues, mut laissees) = (Vec::new(), Vec::new());
    let mut attend = false;
    for (ligne, lue) in lignes.into_iter().zip(controlees) {
        match trier(&ligne, &lue) {
            Ok(Tri::Retenue(mots)) => retenues.push((ligne, mots)),
            Ok(Tri::Tenue(phrase)) => laissees.push(phrase),
            Ok(Tri::Attend(phrase)) => {
                attend = true;
                laissees.push(phrase);
            }
            Err((champ, phrase)) => erreurs.ajouter(champ, &phrase),
        }
    }
    if retenues.len() > LIGNES_MAX {
        erreurs.ajouter(
            "espaces",
            "Une demande compte 100 lignes au plus\u{202F}: demandez moins d’espaces ou moins de services à la fois.",
        );
    }
    if retenues.is_empty() && !attend && !laissees.is_empty() {
        erreurs.ajouter("espaces", &laissees.join(" "));
    }
    if retenues.is_empty() && laissees.is_empty() {
        erreurs.ajouter("espaces", "Choisissez au moins un espace.");
    }
    erreurs.verdict()?;
    if retenues.is_empty() {
        return Ok(Deposee {
            raison_sociale,
            decideurs: Vec::new(),
            laissees,
            nouvelle: false,
        });
    }
    let id = DemandeAbonnementId::nouveau();
    let mots: Vec<String> = retenues.iter().map(|(_, mots)| mots.clone()).collect();
    inserer(tx, auteur, structure, id, &retenues, demandee).await?;
    let decideurs = annoncer(
        tx,
        auteur,
        (structure, &raison_sociale),
        id,
        &mots,
        demandee,
    )
    .await?;
    Ok(Deposee {
        raison_sociale,
        decideurs,
        laissees,
        nouvelle: true,
    })
}

enum Tri {
    /// To be asked; in words.
    Retenue(String),
    /// Held already; the sentence.
    Tenue(String),
    /// Asked for already; the sentence.
    Attend(String),
}

fn trier(ligne: &LigneDemandee, lue: &Controlee) -> Result<Tri, (&'static str, String)> {
    let Some(espace) = lue.espace_nom.as_deref().filter(|_| lue.permis) else {
        return Err((
            "espaces",
            "Un des espaces choisis ne se demande pas sur cette structure. Rechargez la page."
                .to_owned(),
        ));
    };
    if !lue.a_moi {
        return Err((
            "services",
            match ligne.service {
                None => "Votre rattachement ne vaut que pour des services\u{202F}: choisissez les services."
                    .to_owned(),
                Some(_) => {
                    "Un des services choisis n’est pas dans votre rattachement, ou n’est plus actif."
                        .to_owned()
                }
            },
        ));
    }
    let service = lue
        .service_libelle
        .as_deref()
        .unwrap_or("Tous les services");
    if let Some(tenu) = lue.tenu.filter(|tenu| *tenu >= ligne.droit) {
        return Ok(Tri::Tenue(format!(
            "Vous avez déjà «\u{202F}{espace}\u{202F}» en {} ({service}).",
            tenu.code()
        )));
    }
    if lue.couverte.is_some_and(|droit| droit >= ligne.droit) {
        return Ok(Tri::Attend(format!(
            "«\u{202F}{espace}\u{202F}» ({service}) est déjà en cours de validation."
        )));
    }
    if lue.deja {
        return Err((
            "espaces",
            format!(
                "«\u{202F}{espace}\u{202F}» ({service}) est déjà demandé en consultation\u{202F}: retirez d’abord cette demande pour demander la modification."
            ),
        ));
    }
    Ok(Tri::Retenue(format!(
        "{espace}, en {} ({service})",
        ligne.droit.code()
    )))
}

/// The structure takes requests of this person; answers its raison sociale.
async fn ouverte(tx: &mut Tx, auteur: &Connecte, structure: StructureId) -> Result<String, Erreur> {
    let l = sqlx::query!(
        r#"select s.raison_sociale, r.structure_active as "active!"
           from rattachements_effectifs r join structures s on s.id = r.structure_id
           where r.structure_id = $1 and r.utilisateur_id = $2"#,
        structure.0,
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if l.active {
        Ok(l.raison_sociale)
    } else {
        Err(Erreur::Conflit(
            "Cette structure est désactivée\u{202F}: aucun espace ne peut y être demandé."
                .to_owned(),
        ))
    }
}

/// Each line as it stands, in one statement, in the order given.
async fn controler(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    lignes: &[LigneDemandee],
) -> Result<Vec<Controlee>, Erreur> {
    let services: Vec<Option<Uuid>> = lignes.iter().map(|l| l.service.map(|s| s.0)).collect();
    let espaces: Vec<String> = lignes.iter().map(|l| l.espace.clone()).collect();
    Ok(sqlx::query_as!(
        Controlee,
        r#"select e.nom as "espace_nom?", coalesce(e.demandable and (s.publique or not e.publique_seulement), false) as "permis!",
                  sv.libelle as "service_libelle?",
                  case when l.service is null then r.maille_structure
                       else exists (select from services_actifs sa where sa.id = l.service and sa.structure_id = $1)
                            and (r.maille_structure
                                 or exists (select from services_effectifs se
                                            where se.rattachement_id = r.id and se.service_id = l.service))
                  end as "a_moi!",
                  (select max(a.droit) from abonnements_effectifs a
                   where a.rattachement_id = r.id and a.espace = l.espace
                     and (a.service_id is null or a.service_id = l.service)) as "tenu?: Droit",
                  (select max(o.droit) from demande_abonnement_lignes o
                   where o.structure_id = $1 and o.utilisateur_id = $2 and o.espace = l.espace and o.statut = 'demandee'
                     and (o.service_id is null or o.service_id = l.service)) as "couverte?: Droit",
                  exists (select from demande_abonnement_lignes o
                          where o.structure_id = $1 and o.utilisateur_id = $2 and o.espace = l.espace
                            and o.statut = 'demandee' and o.service_id is not distinct from l.service) as "deja!"
           from unnest($3::uuid[], $4::text[]) with ordinality as l (service, espace, rang)
           join structures s on s.id = $1
           join rattachements_effectifs r on r.structure_id = s.id and r.utilisateur_id = $2
           left join espaces e on e.code = l.espace
           left join services sv on sv.id = l.service and sv.structure_id = $1
           order by l.rang"#,
        structure.0,
        auteur.id().0,
        &services as &[Option<Uuid>],
        &espaces
    )
    .fetch_all(&mut **tx)
    .await?)
}

async fn inserer(
    tx: &mut Tx,
    auteur: &Connecte,
    structure: StructureId,
    id: DemandeAbonnementId,
    retenues: &[(LigneDemandee, String)],
    demandee: &Demandee,
) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into demandes_abonnement (id, structure_id, utilisateur_id) values ($1, $2, $3)",
        id.0,
        structure.0,
        auteur.id().0
    )
    .execute(&mut **tx)
    .await?;
    let lignes = retenues.iter().map(|(ligne, _)| ligne);
    sqlx::query!(
        "insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, service_id, espace, droit, commentaire)
         select l.id, $1, $2, $3, l.service, l.espace, l.droit, $4
         from unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[]) as l (id, service, espace, droit)",
        id.0,
        structure.0,
        auteur.id().0,
        demandee.commentaire,
        &lignes.clone().map(|_| LigneAbonnementId::nouveau().0).collect::<Vec<_>>(),
        &lignes.clone().map(|l| l.service.map(|s| s.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &lignes.clone().map(|l| l.espace.clone()).collect::<Vec<_>>(),
        &lignes.map(|l| l.droit.code().to_owned()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await
    .map_err(|e| {
        // The lock makes it unreachable from here; whoever inserts without the lock reads the same sentence.
        if contrainte(&e) == Some("demande_abonnement_lignes_une_ouverte") {
            Erreur::Conflit("Un de ces espaces est déjà en cours de validation.".to_owned())
        } else {
            e.into()
        }
    })?;
    Ok(())
}

/// Historique and mails; answers the names of those who can decide.
async fn annoncer(
    tx: &mut Tx,
    auteur: &Connecte,
    (structure, raison_sociale): (StructureId, &str),
    id: DemandeAbonnementId,
    mots: &[String],
    demandee: &Demandee,
) -> Result<Vec<String>, Erreur> {
    let nom = auteur.personne().nom_complet();
    let commentaire = demandee.commentaire.clone().unwrap_or_default();
    let entree = Entree {
        structure: Some(structure),
        action: Action::DemandeAbonnementDeposee,
        concerne: Some(auteur.id()),
        demande: Some(pour_l_historique(id)),
        details: Details {
            acteur: nom.clone(),
            concerne: nom.clone(),
            commentaire: commentaire.clone(),
            changements: mots
                .iter()
                .map(|m| Changement::new("Espace demandé", "", m))
                .collect(),
            ..Details::default()
        },
    };
    historique::noter(tx, auteur, entree).await?;
    let decideurs = joignables::decideurs(tx, id).await?;
    let marque = tx.marque.to_string();
    let autres: Vec<_> = decideurs
        .iter()
        .filter(|j| j.id != auteur.id())
        .cloned()
        .collect();
    prevenir(tx, id.0, &autres, |j| AbonnementADecider {
        marque: marque.clone(),
        structure_id: structure,
        nom_complet: j.nom_complet.clone(),
        demandeur: nom.clone(),
        adresse: auteur.personne().adresse_connexion.clone(),
        structure: raison_sociale.to_owned(),
        lignes: mots.to_vec(),
        commentaire: commentaire.clone(),
        chemin: chemin(structure, id),
    })
    .await?;
    let decideurs = noms(&decideurs);
    let soi = utilisateurs::joignable(tx, auteur.id()).await?;
    prevenir(tx, id.0, &[soi], |j| AbonnementEnregistre {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: raison_sociale.to_owned(),
        lignes: mots.to_vec(),
        suite: structures::suite(&decideurs),
    })
    .await?;
    Ok(decideurs)
}
