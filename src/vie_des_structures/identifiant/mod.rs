//! « Modifier l'identifiant » (R-STR-SIRET, seed 001 §11): a new structure is made by copy, the old one is closed and stays
//! readable, both are linked. Open requests wait on the new one; on the old one they are closed with a mail that says so.

mod apercu;
mod copie;
mod courriers;
mod import;
mod pages;

pub use apercu::{Apercu, Lien, apercu, lien};
pub use copie::{COLONNES_LAISSEES, LAISSEES};
pub use import::importer;
pub use pages::routes;

use self::courriers::IdentifiantChange;
use super::prendre;
use crate::acces::{Action as Acte, GestionPrincipale, Systeme};
use crate::courrier::prevenir;
use crate::db::{StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::identifiants::{Identifiant, TypeIdentifiant};
use crate::rattachements::{self, Cloture};
use crate::structures::{PUBLIQUE, Situee, semble_publique, situer, verrouiller};
use crate::web::Erreur;

/// What a change of identifier did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fait {
    pub nouvelle: StructureId,
    pub raison_sociale: String,
    /// False when it had been done already, to the same identifier (a double click, a file read again).
    pub faite: bool,
}

/// The structure that changes, under its lock.
struct Ancienne {
    id: StructureId,
    identifiant: Identifiant,
    raison_sociale: String,
    publique: bool,
    active: bool,
    collectivite: bool,
    /// What it became, where it has changed already.
    devenue: Option<(StructureId, Identifiant)>,
}

impl Ancienne {
    async fn lire(tx: &mut Tx, id: StructureId) -> Result<Self, Erreur> {
        let l = sqlx::query!(
            r#"select s.type_identifiant, s.identifiant, s.raison_sociale, s.publique, s.statut = 'active' as "active!",
                      coalesce(s.categorie = 'collectivite_locale', false) as "collectivite!",
                      n.id as "nouvelle?: StructureId", n.type_identifiant as "nouveau_type?", n.identifiant as "nouveau?"
               from structures s
               left join changements_identifiant c on c.ancienne_id = s.id
               left join structures n on n.id = c.nouvelle_id
               where s.id = $1"#,
            id.0
        )
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(Erreur::Introuvable)?;
        let relu = |genre: &str, valeur: String| {
            let genre = genre.parse().unwrap_or(TypeIdentifiant::Autre);
            Identifiant::relu(genre, valeur)
        };
        Ok(Self {
            id,
            identifiant: relu(&l.type_identifiant, l.identifiant),
            raison_sociale: l.raison_sociale,
            publique: l.publique,
            active: l.active,
            collectivite: l.collectivite,
            devenue: match (l.nouvelle, l.nouveau_type, l.nouveau) {
                (Some(id), Some(genre), Some(valeur)) => Some((id, relu(&genre, valeur))),
                _ => None,
            },
        })
    }

    /// Done already, to this identifier?
    fn deja(&self, nouveau: &Identifiant) -> Result<Option<Fait>, Erreur> {
        match &self.devenue {
            Some((nouvelle, vers)) if vers == nouveau => Ok(Some(Fait {
                nouvelle: *nouvelle,
                raison_sociale: self.raison_sociale.clone(),
                faite: false,
            })),
            Some((_, vers)) => Err(Erreur::Conflit(format!(
                "L’identifiant de {} a déjà été remplacé par {vers}. Rien n’a changé.",
                self.raison_sociale
            ))),
            None => Ok(None),
        }
    }
}

/// May this structure take this identifier? Asked before the confirmation; the act asks again.
///
/// # Errors
/// `Invalide` at `identifiant`: its own, somebody's, or one of public law for a private structure.
pub async fn verifier(
    db: impl sqlx::PgExecutor<'_>,
    publique: bool,
    nouveau: &Identifiant,
) -> Result<(), Erreur> {
    if !publique && semble_publique(nouveau) {
        return Err(Erreur::champ("identifiant", PUBLIQUE));
    }
    match situer(db, nouveau).await? {
        Situee::Libre | Situee::PubliqueInconnue => Ok(()),
        Situee::Connue(_) | Situee::Fermee(_) | Situee::ParPigp(_) => {
            Err(Erreur::champ("identifiant", PRIS))
        }
        Situee::Radiee => Err(Erreur::champ("identifiant", RADIE)),
    }
}

const RADIE: &str = "Le répertoire SIRENE dit fermé l’établissement de ce SIRET\u{202F}: vérifiez le nouveau numéro.";

const PRIS: &str = "Cet identifiant est déjà celui d’une structure du portail\u{202F}: une structure ne peut prendre qu’un identifiant inconnu.";

/// Why a collectivité locale does not change its own.
pub const COLLECTIVITE: &str = "Pour une collectivité locale, le changement de SIRET vient d’un transfert d’informations entre administrations\u{202F}: il ne se fait pas ici. Si votre nouveau SIRET tarde à apparaître, adressez une sollicitation au support.";

/// The change as an act of the gestionnaire principal.
///
/// # Errors
/// `Interdit`: a collectivité locale. `Conflit`: changed already to another one, or closed. `Invalide` at `identifiant`.
pub async fn changer(
    tx: &mut Tx,
    gestion: &GestionPrincipale,
    nouveau: &Identifiant,
) -> Result<Fait, Erreur> {
    let id = gestion.structure().id;
    verrouiller(tx, &[id]).await?;
    let ancienne = Ancienne::lire(tx, id).await?;
    if let Some(fait) = ancienne.deja(nouveau)? {
        return Ok(fait);
    }
    prendre(tx, gestion, Acte::ModifierIdentifiant, &[]).await?;
    if ancienne.collectivite {
        return Err(Erreur::Interdit(COLLECTIVITE.to_owned()));
    }
    let par = Par {
        auteur: (&***gestion).into(),
        id: Some(gestion.id()),
        nom: gestion.personne().nom_complet(),
        effet: None,
    };
    sous_verrou(tx, &par, &ancienne, nouveau).await
}

/// The change that a file brings (collectivités locales and other public structures).
///
/// # Errors
/// As [`changer`], with sentences for the report.
async fn changer_par_import(
    tx: &mut Tx,
    systeme: &Systeme,
    id: StructureId,
    nouveau: &Identifiant,
    effet: time::Date,
) -> Result<Fait, Erreur> {
    verrouiller(tx, &[id]).await?;
    let ancienne = Ancienne::lire(tx, id).await?;
    if let Some(fait) = ancienne.deja(nouveau)? {
        return Ok(fait);
    }
    if !ancienne.publique {
        return Err(Erreur::champ(
            "identifiant",
            "Structure privée\u{202F}: son gestionnaire principal change l’identifiant lui-même.",
        ));
    }
    if !ancienne.active {
        return Err(Erreur::champ("identifiant", "Structure désactivée."));
    }
    let par = Par {
        auteur: systeme.into(),
        id: None,
        nom: "Le transfert d’informations entre administrations".to_owned(),
        effet: Some(effet),
    };
    sous_verrou(tx, &par, &ancienne, nouveau).await
}

/// Who changes it.
struct Par {
    auteur: Auteur,
    id: Option<UtilisateurId>,
    nom: String,
    /// Day it takes effect; none: today.
    effet: Option<time::Date>,
}

async fn sous_verrou(
    tx: &mut Tx,
    par: &Par,
    ancienne: &Ancienne,
    nouveau: &Identifiant,
) -> Result<Fait, Erreur> {
    // A large structure takes longer than a page: what has begun ends, even where its answer comes late.
    sqlx::query!("set local statement_timeout = '60s'")
        .execute(&mut **tx)
        .await?;
    verifier(&mut **tx, ancienne.publique, nouveau).await?;
    // Those who have a right now, before the old one is closed: they keep it on the new one.
    let membres = rattachements::membres(tx, ancienne.id).await?;
    let nouvelle = StructureId::nouveau();
    if !copie::copier(tx, ancienne.id, nouvelle, nouveau).await? {
        return Err(Erreur::champ("identifiant", PRIS));
    }
    sqlx::query!(
        "insert into changements_identifiant (ancienne_id, nouvelle_id, par, effet) values ($1, $2, $3, coalesce($4, aujourdhui()))",
        ancienne.id.0,
        nouvelle.0,
        par.id.map(|p| p.0),
        par.effet
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update structures set statut = 'inactive', modifiee_le = maintenant() where id = $1",
        ancienne.id.0
    )
    .execute(&mut **tx)
    .await?;
    let ligne = noter(tx, par, ancienne, nouvelle, nouveau).await?;
    reprendre_les_demandes(tx, par, ancienne, nouvelle).await?;
    let cloture = Cloture::Reprise(nouveau.valeur().to_owned());
    rattachements::clore_ce_qui_attend(tx, ancienne.id, &ancienne.raison_sociale, &cloture).await?;
    let marque = tx.marque.to_string();
    prevenir(tx, ligne, &membres, |j| IdentifiantChange {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure: ancienne.raison_sociale.clone(),
        ancien: ancienne.identifiant.to_string(),
        nouveau: nouveau.to_string(),
        par: par.nom.clone(),
        nouvelle,
    })
    .await?;
    Ok(Fait {
        nouvelle,
        raison_sociale: ancienne.raison_sociale.clone(),
        faite: true,
    })
}

/// The same line in both chains: each names the other identifier.
async fn noter(
    tx: &mut Tx,
    par: &Par,
    ancienne: &Ancienne,
    nouvelle: StructureId,
    nouveau: &Identifiant,
) -> Result<uuid::Uuid, Erreur> {
    let (avant, apres) = (ancienne.identifiant.valeur(), nouveau.valeur());
    let entree = |structure, commentaire: String, statut: Option<Changement>| Entree {
        structure: Some(structure),
        action: Action::IdentifiantModifie,
        concerne: None,
        demande: None,
        details: Details {
            acteur: par.nom.clone(),
            commentaire,
            changements: std::iter::once(Changement::new("Identifiant", avant, apres))
                .chain(statut)
                .collect(),
            ..Details::default()
        },
    };
    let entrees = vec![
        entree(
            ancienne.id,
            format!("La structure continue sous l’identifiant {apres}."),
            Some(Changement::new("Statut", "Active", "Inactive")),
        ),
        entree(
            nouvelle,
            format!(
                "La structure reprend celle de l’identifiant {avant}, dont l’historique reste consultable."
            ),
            None,
        ),
    ];
    let ids = historique::noter_plusieurs(tx, par.auteur, entrees).await?;
    Ok(ids[0])
}

/// The requests that now wait on the new structure: its historique says where they come from.
async fn reprendre_les_demandes(
    tx: &mut Tx,
    par: &Par,
    ancienne: &Ancienne,
    nouvelle: StructureId,
) -> Result<(), Erreur> {
    let reprises = sqlx::query!(
        r#"select d.id as "id: crate::db::DemandeId", d.utilisateur_id as "auteur: UtilisateurId",
                  u.prenom || ' ' || u.nom as "nom!", d.commentaire
           from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
           where d.structure_id = $1 and d.statut = 'en_cours_de_validation' order by d.id"#,
        nouvelle.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let entrees = reprises
        .into_iter()
        .map(|d| Entree {
            structure: Some(nouvelle),
            action: Action::DemandeDeposee,
            concerne: Some(d.auteur),
            demande: Some(d.id),
            details: Details {
                acteur: par.nom.clone(),
                concerne: d.nom,
                commentaire: d.commentaire,
                changements: vec![Changement::new(
                    "Reprise de la demande faite sous l’identifiant",
                    "",
                    ancienne.identifiant.valeur(),
                )],
                ..Details::default()
            },
        })
        .collect();
    historique::noter_plusieurs(tx, par.auteur, entrees).await?;
    Ok(())
}
