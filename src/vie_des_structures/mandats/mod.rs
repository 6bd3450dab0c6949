//! Mandat de facturation (R-STR-MANDAT): the structure that issues the invoices of this one, and from when to when.

mod courriers;
mod lecture;
mod pages;

pub use lecture::{Cote, Mandat, Statut, liste, un};
pub use pages::routes;

use self::courriers::{MandatDonne, MandatTermine};
use super::{autres_gestionnaires, prendre};
use crate::acces::{Action as Acte, GererStructure, Gestion, StructureVue};
use crate::courrier::{Joignable, prevenir};
use crate::db::{MandatId, StructureId, Tx, contrainte};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::identifiants::Identifiant;
use crate::rattachements;
use crate::structures::{self, Situee};
use crate::web::{Erreur, texte};

/// A mandat to give, checked.
#[derive(Clone, Debug)]
pub struct Nouveau {
    pub mandataire: Identifiant,
    pub debut: time::Date,
    /// Last day, included.
    pub fin: Option<time::Date>,
}

/// The structure that would invoice.
#[derive(Clone, Debug)]
pub struct Mandataire {
    pub id: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
}

/// Found by its exact identifier (decisions 13), active, and not the structure itself.
///
/// # Errors
/// `Invalide` at `identifiant`.
pub async fn trouver(
    db: impl sqlx::PgExecutor<'_>,
    structure: StructureId,
    identifiant: &Identifiant,
) -> Result<Mandataire, Erreur> {
    match structures::situer(db, identifiant).await? {
        Situee::Libre | Situee::PubliqueInconnue | Situee::Radiee => Err(Erreur::champ(
            "identifiant",
            "Aucune structure du portail n’a cet identifiant\u{202F}: vérifiez-le auprès d’elle.",
        )),
        Situee::Connue(s) | Situee::Fermee(s) | Situee::ParPigp(s) if s.id == structure => {
            Err(Erreur::champ(
                "identifiant",
                "C’est l’identifiant de cette structure\u{202F}: saisissez celui de la structure qui facture pour elle.",
            ))
        }
        Situee::Connue(s) | Situee::Fermee(s) | Situee::ParPigp(s) if !s.active => {
            Err(Erreur::champ(
                "identifiant",
                &format!(
                    "{} est désactivée\u{202F}: elle ne peut pas recevoir de mandat.",
                    s.raison_sociale
                ),
            ))
        }
        Situee::Connue(s) | Situee::Fermee(s) | Situee::ParPigp(s) => Ok(Mandataire {
            id: s.id,
            identifiant: s.identifiant.valeur().to_owned(),
            raison_sociale: s.raison_sociale,
        }),
    }
}

/// Gives a mandat; both structures record it, both gestionnaires principaux read it. The same mandat twice is one.
///
/// # Errors
/// `Invalide` at `identifiant` (see [`trouver`]) or at `debut`: it overlaps another one with the same structure.
pub async fn donner(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    nouveau: &Nouveau,
) -> Result<Mandataire, Erreur> {
    let mandante = gestion.structure().id;
    let vu = trouver(&mut **tx, mandante, &nouveau.mandataire).await?;
    let structure = prendre(tx, gestion, Acte::GererMandat, &[vu.id]).await?;
    // Under the lock: it may have been deactivated since.
    let mandataire = trouver(&mut **tx, mandante, &nouveau.mandataire).await?;
    let deja = sqlx::query_scalar!(
        r#"select exists (select from mandats where structure_id = $1 and mandataire_id = $2
             and date_debut = debut_du_jour($3) and date_fin is not distinct from debut_du_jour($4::date + 1)) as "deja!""#,
        structure.id.0,
        mandataire.id.0,
        nouveau.debut,
        nouveau.fin
    )
    .fetch_one(&mut **tx)
    .await?;
    if deja {
        return Ok(mandataire);
    }
    let id = MandatId::nouveau();
    sqlx::query!(
        "insert into mandats (id, structure_id, mandataire_id, date_debut, date_fin, cree_par)
         values ($1, $2, $3, debut_du_jour($4), debut_du_jour($5::date + 1), $6)",
        id.0,
        structure.id.0,
        mandataire.id.0,
        nouveau.debut,
        nouveau.fin,
        gestion.id().0
    )
    .execute(&mut **tx)
    .await
    .map_err(|e| match contrainte(&e) {
        Some("mandats_sans_chevauchement") => Erreur::champ(
            "debut",
            &format!(
                "Un mandat donné à {} couvre déjà une partie de ces dates\u{202F}: terminez-le d’abord, ou choisissez d’autres dates.",
                mandataire.raison_sociale
            ),
        ),
        _ => e.into(),
    })?;
    let debut = texte::date(nouveau.debut);
    let fin = nouveau.fin.map(texte::date).unwrap_or_default();
    let parties = Parties {
        mandante: &structure,
        mandataire: &mandataire,
    };
    let changements = vec![
        Changement::new("Premier jour", "", &*debut),
        Changement::new("Dernier jour", "", &*fin),
    ];
    let ligne = noter(tx, gestion, &parties, Action::MandatDonne, changements).await?;
    let par = gestion.personne().nom_complet();
    let marque = tx.marque.to_string();
    let destinataires = destinataires(tx, gestion, &parties).await?;
    prevenir(tx, ligne, &destinataires, |j| MandatDonne {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        mandante: structure.raison_sociale.clone(),
        mandataire: mandataire.raison_sociale.clone(),
        dates: dates(&debut, &fin),
        par: par.clone(),
    })
    .await?;
    Ok(mandataire)
}

/// « du 01/02/2027 au 31/12/2027 », « à partir du 01/02/2027 ».
fn dates(debut: &str, fin: &str) -> String {
    if fin.is_empty() {
        format!("à partir du {debut}")
    } else {
        format!("du {debut} au {fin}")
    }
}

/// Gives an end to a mandat in force: its last day, today at the earliest. One that has not begun is cancelled whole, and
/// needs no day.
/// Ending what is over is no error: nothing happens.
///
/// # Errors
/// `Introuvable`: not given by this structure. `Invalide` at `fin`.
pub async fn terminer(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    id: MandatId,
    dernier_jour: Option<time::Date>,
) -> Result<(), Erreur> {
    let autre = sqlx::query_scalar!(
        r#"select mandataire_id as "id: StructureId" from mandats where id = $1 and structure_id = $2"#,
        id.0,
        gestion.structure().id.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let structure = prendre(tx, gestion, Acte::GererMandat, &[autre]).await?;
    let lu = sqlx::query!(
        r#"select m.date_debut > maintenant() as "a_venir!", m.date_fin <= maintenant() as "fini?",
                  $2::date < aujourdhui() as "passe?",
                  m.date_fin <= debut_du_jour($2::date + 1) as "plus_tard?",
                  coalesce(to_char((m.date_fin - interval '1 microsecond') at time zone 'Europe/Paris', 'DD/MM/YYYY'), '') as "avant!",
                  to_char(m.date_debut at time zone 'Europe/Paris', 'DD/MM/YYYY') as "debut!",
                  s.raison_sociale, s.identifiant
           from mandats m join structures s on s.id = m.mandataire_id where m.id = $1"#,
        id.0,
        dernier_jour as _
    )
    .fetch_one(&mut **tx)
    .await?;
    if lu.fini == Some(true) {
        return Ok(());
    }
    if !lu.a_venir && dernier_jour.is_none() {
        return Err(Erreur::champ(
            "fin",
            "Choisissez le dernier jour du mandat.",
        ));
    }
    if !lu.a_venir && lu.passe == Some(true) {
        return Err(Erreur::champ(
            "fin",
            "Choisissez aujourd’hui ou un jour à venir\u{202F}: un mandat ne se termine pas dans le passé.",
        ));
    }
    if !lu.a_venir && lu.plus_tard == Some(true) {
        return Err(Erreur::champ(
            "fin",
            &format!(
                "Ce mandat se termine déjà le {}\u{202F}: choisissez un jour plus tôt.",
                lu.avant
            ),
        ));
    }
    sqlx::query!(
        "update mandats set date_fin = case when date_debut > maintenant() then date_debut else debut_du_jour($2::date + 1) end,
           termine_le = maintenant(), termine_par = $3
         where id = $1",
        id.0,
        dernier_jour as _,
        gestion.id().0
    )
    .execute(&mut **tx)
    .await?;
    let mandataire = Mandataire {
        id: autre,
        identifiant: lu.identifiant,
        raison_sociale: lu.raison_sociale,
    };
    let parties = Parties {
        mandante: &structure,
        mandataire: &mandataire,
    };
    let fin = match dernier_jour {
        Some(jour) if !lu.a_venir => texte::date(jour),
        _ => "annulé avant son premier jour".to_owned(),
    };
    let changements = vec![
        Changement::new("Premier jour", &*lu.debut, &*lu.debut),
        Changement::new("Dernier jour", &*lu.avant, &*fin),
    ];
    let ligne = noter(tx, gestion, &parties, Action::MandatTermine, changements).await?;
    let quand = if lu.a_venir {
        "n’aura pas lieu".to_owned()
    } else {
        format!("se termine le {fin}")
    };
    let par = gestion.personne().nom_complet();
    let marque = tx.marque.to_string();
    let destinataires = destinataires(tx, gestion, &parties).await?;
    prevenir(tx, ligne, &destinataires, |j| MandatTermine {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        mandante: structure.raison_sociale.clone(),
        mandataire: mandataire.raison_sociale.clone(),
        quand: quand.clone(),
        par: par.clone(),
    })
    .await
}

struct Parties<'a> {
    mandante: &'a StructureVue,
    mandataire: &'a Mandataire,
}

/// The same line in the chain of each structure, the other one named.
async fn noter(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    parties: &Parties<'_>,
    action: Action,
    changements: Vec<Changement>,
) -> Result<uuid::Uuid, Erreur> {
    let entree = |structure, commentaire| Entree {
        structure: Some(structure),
        action,
        concerne: None,
        demande: None,
        details: Details {
            acteur: gestion.personne().nom_complet(),
            commentaire,
            changements: changements.clone(),
            ..Details::default()
        },
    };
    let (mandante, mandataire) = (parties.mandante, parties.mandataire);
    let entrees = vec![
        entree(
            mandante.id,
            format!(
                "Mandat donné à {} ({})",
                mandataire.raison_sociale, mandataire.identifiant
            ),
        ),
        entree(
            mandataire.id,
            format!(
                "Mandat reçu de {} ({})",
                mandante.raison_sociale, mandante.identifiant
            ),
        ),
    ];
    let ids = historique::noter_plusieurs(tx, &***gestion, entrees).await?;
    Ok(ids[0])
}

/// The gestionnaire principal of both; on this side the others who manage the structure too.
async fn destinataires(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    parties: &Parties<'_>,
) -> Result<Vec<Joignable>, Erreur> {
    let mut tous = autres_gestionnaires(tx, parties.mandante.id, gestion.id()).await?;
    for structure in [parties.mandante.id, parties.mandataire.id] {
        if let Some(gp) = rattachements::principal(tx, structure).await?
            && tous.iter().all(|j| j.id != gp.id)
        {
            tous.push(gp);
        }
    }
    Ok(tous)
}
