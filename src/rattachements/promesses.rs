//! « Créer le compte utilisateur » (R-GEST-CREER, spec §13): a gestionnaire creates the account of somebody, who is attached when
//! she activates it. Until then it gives no right; the rights of the gestionnaire are read again at that moment
//! (failure-modes I6, I17, I18).

use uuid::Uuid;

use super::depot::{Demandee, deposer};
use super::direct::{self, Voulu};
use super::donneur::Donneur;
use super::effets;
use super::en_cours::services_actifs;
use super::regle::{Octroi, Tenu};
use crate::acces::{Connecte, Gestion, RattacherUtilisateurs, Role, Systeme};
use crate::db::{ServiceId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::utilisateurs::{self, Compte, NouveauCompte};
use crate::web::{Erreur, texte};

/// What creating an account did.
pub enum Creation {
    /// Created: the activation mail leaves.
    Creee { nom_complet: String },
    /// Somebody has this address already: attach that account instead.
    Existe(Compte),
}

/// Creates the account and keeps what it will be attached with.
///
/// # Errors
/// `Invalide` at the fields; `Conflit`: the accounts of this structure come from the référent; see also [`direct::rattacher`].
pub async fn creer(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    compte: &NouveauCompte,
    octroi: &Octroi,
) -> Result<Creation, Erreur> {
    let structure = gestion.structure();
    effets::verrouiller(tx, &[structure.id]).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    if structure.passe_par_pigp {
        return Err(Erreur::Conflit(
            "Les comptes de cette structure sont créés par le référent (PIGP).".to_owned(),
        ));
    }
    if let Some(existant) = utilisateurs::par_adresse(&mut **tx, &compte.adresse_connexion).await? {
        return Ok(Creation::Existe(existant));
    }
    let seul = [(compte.clone(), octroi.clone())];
    promettre(tx, &donneur, (&***gestion).into(), &seul).await?;
    Ok(Creation::Creee {
        nom_complet: compte.nom_complet(),
    })
}

/// The same by whoever grants, under the lock of a structure whose accounts are created here: one or five hundred by the
/// same statements.
///
/// # Errors
/// `Invalide` at the fields; at `adresse_connexion` when one of the addresses has an account.
pub(super) async fn promettre(
    tx: &mut Tx,
    donneur: &Donneur,
    auteur: Auteur,
    invites: &[(NouveauCompte, Octroi)],
) -> Result<(), Erreur> {
    if invites.is_empty() {
        return Ok(());
    }
    let actifs = services_actifs(tx, &[donneur.structure]).await?;
    for (_, octroi) in invites {
        donneur
            .decideur
            .controler(&Tenu::default(), octroi, &actifs)?;
    }
    let comptes = invites.iter().map(|(compte, _)| NouveauCompte {
        cree_par: Some(donneur.id),
        demandee_par: Some(donneur.nom.clone()),
        ..compte.clone()
    });
    let comptes: Vec<_> = comptes.collect();
    let personnes = utilisateurs::creer_plusieurs(tx, &comptes).await?;
    let perimetres = garder(tx, donneur, invites, &personnes).await?;
    let entrees = invites.iter().zip(personnes).zip(perimetres);
    let entrees = entrees.map(|(((compte, octroi), personne), perimetre)| Entree {
        structure: Some(donneur.structure),
        action: Action::CompteCree,
        concerne: Some(personne),
        demande: None,
        details: Details {
            acteur: donneur.nom.clone(),
            concerne: compte.nom_complet(),
            commentaire: octroi.commentaire.clone(),
            changements: vec![
                Changement::new("Rôle prévu", "", octroi.role.libelle()),
                Changement::new("Services prévus", "", perimetre),
            ],
            ..Details::default()
        },
    });
    historique::noter_plusieurs(tx, auteur, entrees.collect()).await?;
    Ok(())
}

/// Keeps what each account will be attached with. Answers « toute la structure » or the services, in the order given.
async fn garder(
    tx: &mut Tx,
    donneur: &Donneur,
    invites: &[(NouveauCompte, Octroi)],
    personnes: &[UtilisateurId],
) -> Result<Vec<String>, Erreur> {
    let octrois = || invites.iter().map(|(_, octroi)| octroi);
    let services = octrois().map(|o| {
        let ids: Vec<_> = o.services.iter().map(ToString::to_string).collect();
        ids.join(",")
    });
    Ok(sqlx::query_scalar!(
        r#"with invites as materialized (
             select i.id, i.personne, i.maille, string_to_array(i.services, ',')::uuid[] as services, i.role, i.commentaire,
                    i.debut, i.fin, i.rang
             from unnest($1::uuid[], $2::uuid[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[])
                  with ordinality as i (id, personne, maille, services, role, commentaire, debut, fin, rang)),
           promesses as (
             insert into inscriptions (id, utilisateur_id, genre, structure_id, maille_structure, services, role, commentaire, par,
                                       date_debut, date_fin)
             select i.id, i.personne, 'rattachement', $9, i.maille, i.services, i.role, i.commentaire, $10,
                    coalesce(i.debut, aujourdhui()), i.fin
             from invites i)
           select case when i.maille then 'toute la structure'
                       else coalesce((select string_agg(v.libelle, ', ' order by v.cle_tri) from services v
                                      where v.id = any (i.services)), '') end as "perimetre!"
           from invites i order by i.rang"#,
        &personnes.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
        &personnes.iter().map(|p| p.0).collect::<Vec<_>>(),
        &octrois().map(|o| o.maille_structure).collect::<Vec<_>>(),
        &services.collect::<Vec<_>>(),
        &octrois().map(|o| o.role.code().to_owned()).collect::<Vec<_>>(),
        &octrois().map(|o| o.commentaire.clone()).collect::<Vec<_>>(),
        &octrois().map(|o| o.debut).collect::<Vec<_>>() as &[Option<time::Date>],
        &octrois().map(|o| o.fin).collect::<Vec<_>>() as &[Option<time::Date>],
        donneur.structure.0,
        donneur.id.0
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// A rattachement that waits for an activation.
pub struct Promesse {
    pub structure: StructureId,
    pub raison_sociale: String,
    pub identifiant: String,
    pub perimetre: String,
    pub role: Role,
    pub par_nom: String,
    par: UtilisateurId,
    octroi: Octroi,
}

/// What waits for the activation of this account, in the order of the structures: they are to be locked in it.
///
/// # Errors
/// Those of the database.
pub async fn promesses(
    db: impl sqlx::PgExecutor<'_>,
    personne: UtilisateurId,
) -> Result<Vec<Promesse>, Erreur> {
    let lignes = sqlx::query!(
        r#"select i.structure_id as "structure!: StructureId", s.raison_sociale as "raison_sociale!", s.identifiant as "identifiant!",
                  i.maille_structure as "maille!", i.services as "services!: Vec<ServiceId>", i.role as "role!: Role",
                  i.commentaire as "commentaire!", i.par as "par!: UtilisateurId", g.prenom || ' ' || g.nom as "par_nom!",
                  i.date_debut as "debut!", i.date_fin as fin,
                  case when i.maille_structure then 'Toute la structure'
                       else coalesce((select string_agg(v.libelle, ', ' order by v.cle_tri) from services v
                                      where v.id = any (i.services)), 'Aucun service') end as "perimetre!"
           from inscriptions i
           join structures s on s.id = i.structure_id
           join utilisateurs g on g.id = i.par
           where i.utilisateur_id = $1 and i.genre = 'rattachement'
           order by i.structure_id"#,
        personne.0
    )
    .fetch_all(db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| Promesse {
            structure: l.structure,
            raison_sociale: l.raison_sociale,
            identifiant: l.identifiant,
            perimetre: l.perimetre,
            role: l.role,
            par_nom: l.par_nom,
            par: l.par,
            octroi: Octroi {
                role: l.role,
                debut: Some(l.debut),
                fin: l.fin,
                commentaire: l.commentaire,
                maille_structure: l.maille,
                services: l.services,
            },
        })
        .collect())
}

impl Promesse {
    /// « du 01/12/2026 au 31/12/2026 », or since when.
    pub fn periode(&self) -> String {
        match (self.octroi.debut, self.octroi.fin) {
            (Some(debut), Some(fin)) => {
                format!("du {} au {}", texte::date(debut), texte::date(fin))
            }
            (Some(debut), None) => format!("à partir du {}", texte::date(debut)),
            _ => String::new(),
        }
    }
}

/// What became of a promise.
pub enum Tenue {
    Rattachee(String),
    /// Whoever promised may not any more: a request waits for those who may.
    Demandee(String),
    /// Why not.
    Empechee(String, String),
}

/// Gives up what was promised to this account: she refused it, or it has been carried out.
///
/// # Errors
/// Those of the database.
pub async fn oublier_les_promesses(tx: &mut Tx, personne: UtilisateurId) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from inscriptions where utilisateur_id = $1 and genre = 'rattachement'",
        personne.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Gives up what was promised to them on one structure: something else was decided there for these persons.
///
/// # Errors
/// Those of the database.
pub(super) async fn oublier_leurs_promesses(
    tx: &mut Tx,
    structure: StructureId,
    personnes: &[UtilisateurId],
) -> Result<(), Erreur> {
    sqlx::query!(
        "delete from inscriptions where utilisateur_id = any ($1) and structure_id = $2 and genre = 'rattachement'",
        &personnes.iter().map(|p| p.0).collect::<Vec<_>>(),
        structure.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Carries out one promise to the person whose account this transaction has activated. Its structure must be locked.
///
/// # Errors
/// A fault of the database; every refusal is an answer, and leaves nothing behind.
pub async fn tenir(tx: &mut Tx, connecte: &Connecte, promesse: &Promesse) -> Result<Tenue, Erreur> {
    let nom = promesse.raison_sociale.clone();
    let refus = match essayer(tx, connecte, promesse).await? {
        Ok(()) => return Ok(Tenue::Rattachee(nom)),
        Err(refus) => refus,
    };
    if matches!(refus, Erreur::Conflit(_)) {
        return Ok(Tenue::Empechee(nom, refus_en_mots(&refus)));
    }
    let demandee = Demandee {
        role: promesse.octroi.role,
        maille_structure: promesse.octroi.maille_structure,
        services: promesse.octroi.services.clone(),
        commentaire: format!("Compte créé par {}", promesse.par_nom),
    };
    sqlx::raw_sql("savepoint promesse")
        .execute(&mut **tx)
        .await?;
    match deposer(tx, connecte, promesse.structure, &demandee).await {
        Ok(_) => Ok(Tenue::Demandee(nom)),
        Err(e @ (Erreur::Conflit(_) | Erreur::Invalide(_) | Erreur::Introuvable)) => {
            sqlx::raw_sql("rollback to savepoint promesse")
                .execute(&mut **tx)
                .await?;
            Ok(Tenue::Empechee(nom, refus_en_mots(&e)))
        }
        Err(autre) => Err(autre),
    }
}

async fn essayer(
    tx: &mut Tx,
    connecte: &Connecte,
    promesse: &Promesse,
) -> Result<Result<(), Erreur>, Erreur> {
    sqlx::raw_sql("savepoint promesse")
        .execute(&mut **tx)
        .await?;
    let fait = match Donneur::lire(tx, promesse.structure, promesse.par).await {
        Ok(donneur) => {
            let auteur = Auteur::rejouer(&Systeme::processus(), promesse.par);
            let voulu = Voulu {
                personne: connecte.id(),
                octroi: &promesse.octroi,
                capacites: None,
            };
            direct::appliquer_a(tx, &donneur, auteur, voulu)
                .await
                .map(|_| ())
        }
        Err(refus) => Err(refus),
    };
    match fait {
        Ok(()) => Ok(Ok(())),
        Err(
            refus @ (Erreur::Conflit(_)
            | Erreur::Invalide(_)
            | Erreur::Introuvable
            | Erreur::Interdit(_)),
        ) => {
            sqlx::raw_sql("rollback to savepoint promesse")
                .execute(&mut **tx)
                .await?;
            Ok(Err(refus))
        }
        Err(autre) => Err(autre),
    }
}

fn refus_en_mots(refus: &Erreur) -> String {
    match refus {
        Erreur::Conflit(phrase) | Erreur::Interdit(phrase) => phrase.clone(),
        Erreur::Invalide(erreurs) => erreurs.phrases().join(" "),
        _ => "Ce rattachement n’est plus possible.".to_owned(),
    }
}
