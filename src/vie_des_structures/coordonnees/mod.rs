//! « Créer / gérer une coordonnée bancaire » (R-STR-BANQUE). The whole IBAN is on the page of one account, for those who manage
//! the structure; nowhere else: lists, historique and mails show its last four characters.

mod courriers;
mod iban;
mod lecture;
mod pages;

pub use iban::{Bic, Iban};
pub use lecture::{Coordonnee, TRIS, liste, une};
pub use pages::routes;

use self::courriers::CoordonneeChangee;
use super::{autres_gestionnaires, prendre};
use crate::acces::{Action as Acte, GererStructure, Gestion, StructureVue};
use crate::courrier::prevenir;
use crate::db::{CoordonneeId, Tx};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::Erreur;

/// Characters of a label at most (as the table).
pub const LIBELLE_MAX: usize = 80;

/// An account to add, checked.
#[derive(Clone, Debug)]
pub struct Nouvelle {
    pub libelle: String,
    pub iban: Iban,
    pub bic: Bic,
}

/// Adds an account. The same words twice are one account (a double click).
///
/// # Errors
/// `Invalide` at `iban`: the structure has it already, otherwise named.
pub async fn ajouter(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    nouvelle: &Nouvelle,
) -> Result<CoordonneeId, Erreur> {
    let structure = prendre(tx, gestion, Acte::GererBanque, &[]).await?;
    let id = CoordonneeId::nouveau();
    let ajoutee = sqlx::query!(
        "insert into coordonnees_bancaires (id, structure_id, libelle, iban, bic) values ($1, $2, $3, $4, $5)
         on conflict on constraint coordonnees_bancaires_iban do nothing",
        id.0,
        structure.id.0,
        nouvelle.libelle,
        nouvelle.iban.as_str(),
        nouvelle.bic.as_str()
    )
    .execute(&mut **tx)
    .await?;
    if ajoutee.rows_affected() == 0 {
        let existante = sqlx::query!(
            r#"select id as "id: CoordonneeId", libelle, bic, active from coordonnees_bancaires
               where structure_id = $1 and iban = $2"#,
            structure.id.0,
            nouvelle.iban.as_str()
        )
        .fetch_one(&mut **tx)
        .await?;
        if existante.active
            && existante.libelle == nouvelle.libelle
            && existante.bic == nouvelle.bic.as_str()
        {
            return Ok(existante.id);
        }
        return Err(Erreur::champ(
            "iban",
            &format!(
                "Cet IBAN est déjà celui de la coordonnée bancaire «\u{202F}{}\u{202F}» de la structure{}.",
                existante.libelle,
                if existante.active {
                    ""
                } else {
                    ", désactivée\u{202F}: activez-la plutôt"
                }
            ),
        ));
    }
    let masque = nouvelle.iban.masque();
    let changements = vec![
        Changement::new("Libellé", "", &*nouvelle.libelle),
        Changement::new("IBAN", "", &*masque),
        Changement::new("BIC", "", nouvelle.bic.as_str()),
    ];
    let changement = Fait {
        action: Action::CoordonneeAjoutee,
        quoi: "a créé une coordonnée bancaire",
        libelle: &nouvelle.libelle,
        masque: &masque,
    };
    annoncer(tx, gestion, &structure, changement, changements).await?;
    Ok(id)
}

/// Gives another label. Nothing happens where it is the same.
///
/// # Errors
/// `Introuvable`: not of this structure.
pub async fn renommer(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    id: CoordonneeId,
    libelle: &str,
) -> Result<(), Erreur> {
    let structure = prendre(tx, gestion, Acte::GererBanque, &[]).await?;
    let avant = lecture::sous_verrou(tx, &structure, id).await?;
    if avant.libelle == libelle {
        return Ok(());
    }
    sqlx::query!(
        "update coordonnees_bancaires set libelle = $2, modifiee_le = maintenant() where id = $1",
        id.0,
        libelle
    )
    .execute(&mut **tx)
    .await?;
    let masque = avant.iban_masque();
    let fait = Fait {
        action: Action::CoordonneeModifiee,
        quoi: "a modifié le libellé d’une coordonnée bancaire",
        libelle,
        masque: &masque,
    };
    let changements = vec![Changement::new("Libellé", &*avant.libelle, libelle)];
    annoncer(tx, gestion, &structure, fait, changements).await
}

/// Activates or deactivates. Answers the label; twice is no error.
///
/// # Errors
/// `Introuvable`: not of this structure.
pub async fn activer(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    id: CoordonneeId,
    active: bool,
) -> Result<String, Erreur> {
    let structure = prendre(tx, gestion, Acte::GererBanque, &[]).await?;
    let avant = lecture::sous_verrou(tx, &structure, id).await?;
    if avant.active == active {
        return Ok(avant.libelle);
    }
    sqlx::query!(
        "update coordonnees_bancaires set active = $2, modifiee_le = maintenant() where id = $1",
        id.0,
        active
    )
    .execute(&mut **tx)
    .await?;
    let mot = |active| if active { "Active" } else { "Désactivée" };
    let masque = avant.iban_masque();
    let fait = Fait {
        action: Action::CoordonneeModifiee,
        quoi: if active {
            "a activé une coordonnée bancaire"
        } else {
            "a désactivé une coordonnée bancaire"
        },
        libelle: &avant.libelle,
        masque: &masque,
    };
    let changements = vec![Changement::new("Statut", mot(!active), mot(active))];
    annoncer(tx, gestion, &structure, fait, changements).await?;
    Ok(avant.libelle)
}

/// What was done to which account.
struct Fait<'a> {
    action: Action,
    quoi: &'static str,
    libelle: &'a str,
    masque: &'a str,
}

/// The line of the historique, and a mail to the others who manage the structure: a changed bank account is how money is
/// stolen, so that no one changes it alone in silence.
async fn annoncer(
    tx: &mut Tx,
    gestion: &Gestion<GererStructure>,
    structure: &StructureVue,
    fait: Fait<'_>,
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    let par = gestion.personne().nom_complet();
    let details = Details {
        acteur: par.clone(),
        commentaire: format!("{} ({})", fait.libelle, fait.masque),
        changements,
        ..Details::default()
    };
    let entree = Entree {
        structure: Some(structure.id),
        action: fait.action,
        concerne: None,
        demande: None,
        details,
    };
    let ligne = historique::noter(tx, &***gestion, entree).await?;
    let autres = autres_gestionnaires(tx, structure.id, gestion.id()).await?;
    let marque = tx.marque.to_string();
    prevenir(tx, ligne, &autres, |j| CoordonneeChangee {
        marque: marque.clone(),
        nom_complet: j.nom_complet.clone(),
        structure_id: structure.id,
        structure: structure.raison_sociale.clone(),
        par: par.clone(),
        quoi: fait.quoi,
        libelle: fait.libelle.to_owned(),
        masque: fait.masque.to_owned(),
    })
    .await
}
