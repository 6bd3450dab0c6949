use super::lecture::{self, LigneEspace};
use crate::abonnements::demander_l_application;
use crate::acces::Administration;
use crate::db::{Tx, contrainte};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::{Erreur, Erreurs};

/// An espace as typed, checked.
#[derive(Clone, Debug)]
pub struct Espace {
    pub nom: String,
    pub description: String,
    /// Place in the menus.
    pub ordre: i32,
    /// `None`: it is reached nowhere, or is a part of the portal.
    pub adresse: Option<String>,
    pub defaut_gp: bool,
    pub defaut_gs: bool,
    pub defaut_us: bool,
}

fn meme_nom(erreur: sqlx::Error) -> Erreur {
    match contrainte(&erreur) {
        Some("espaces_noms") => Erreur::champ("intitule", "Un autre espace a déjà ce nom."),
        Some("espaces_pkey") => {
            Erreur::champ("intitule", "Un autre espace a déjà un nom trop proche.")
        }
        _ => erreur.into(),
    }
}

/// Adds an espace, on request: nobody has it without asking for it. `code` comes from its name and does not change any more.
///
/// # Errors
/// `Invalide` at `intitule`: the name is taken.
pub async fn creer(
    tx: &mut Tx,
    administration: &Administration,
    code: &str,
    espace: &Espace,
    publique_seulement: bool,
    motif: &str,
) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into espaces (code, nom, description, ordre, adresse, publique_seulement) values ($1, $2, $3, $4, $5, $6)",
        code,
        espace.nom,
        espace.description,
        espace.ordre,
        espace.adresse,
        publique_seulement
    )
    .execute(&mut **tx)
    .await
    .map_err(meme_nom)?;
    let changements = vec![Changement::new("Nom", "", &*espace.nom)];
    noter(tx, administration, "Espace créé", motif, changements).await
}

fn oui(valeur: bool) -> &'static str {
    if valeur { "Oui" } else { "Non" }
}

/// Changes an espace; who has it without asking changes at once for who is attached from now on, and by the jobs for who is
/// already. Nothing happens where nothing differs: `false`. `lue`: the version that was on the form.
///
/// # Errors
/// `Introuvable`; `Invalide` at `intitule`: the name is taken; in general: somebody changed it since it was read.
pub async fn modifier(
    tx: &mut Tx,
    administration: &Administration,
    (code, lue): (&str, &str),
    espace: &Espace,
    motif: &str,
) -> Result<bool, Erreur> {
    sqlx::query!(
        "select code from espaces where code = $1 for no key update",
        code
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let avant = lecture::lire(&mut **tx, administration, code).await?;
    if avant.version() != lue {
        return Err(Erreur::Invalide(Erreurs::generale(
            "Cet espace a changé depuis que vous avez ouvert cette page. Rien n’est enregistré\u{202F}: relisez-le, puis enregistrez pour le remplacer.",
        )));
    }
    let changements = differences(&avant, espace);
    if changements.is_empty() {
        return Ok(false);
    }
    sqlx::query!(
        "update espaces set nom = $2, description = $3, ordre = $4, adresse = $5, defaut_gp = $6, defaut_gs = $7, defaut_us = $8
         where code = $1",
        code,
        espace.nom,
        espace.description,
        espace.ordre,
        espace.adresse,
        espace.defaut_gp,
        espace.defaut_gs,
        espace.defaut_us
    )
    .execute(&mut **tx)
    .await
    .map_err(meme_nom)?;
    let apres = lecture::lire(&mut **tx, administration, code).await?;
    if avant.par_defaut() != apres.par_defaut() {
        let phrase = format!(
            "{}\u{202F}: {}",
            apres.nom,
            apres.par_defaut().to_lowercase()
        );
        demander_l_application(tx, code, &phrase, motif).await?;
    }
    noter(tx, administration, "Espace modifié", motif, changements).await?;
    Ok(true)
}

fn differences(avant: &LigneEspace, espace: &Espace) -> Vec<Changement> {
    let adresse = |a: &Option<String>| a.clone().unwrap_or_default();
    [
        ("Nom", avant.nom.clone(), espace.nom.clone()),
        (
            "Description",
            avant.description.clone(),
            espace.description.clone(),
        ),
        ("Ordre", avant.ordre.to_string(), espace.ordre.to_string()),
        ("Adresse", adresse(&avant.adresse), adresse(&espace.adresse)),
        (
            "Par défaut pour le gestionnaire principal",
            oui(avant.defaut_gp).to_owned(),
            oui(espace.defaut_gp).to_owned(),
        ),
        (
            "Par défaut pour les gestionnaires secondaires",
            oui(avant.defaut_gs).to_owned(),
            oui(espace.defaut_gs).to_owned(),
        ),
        (
            "Par défaut pour les utilisateurs simples",
            oui(avant.defaut_us).to_owned(),
            oui(espace.defaut_us).to_owned(),
        ),
    ]
    .into_iter()
    .filter(|(_, avant, apres)| avant != apres)
    .map(|(champ, avant, apres)| Changement::new(champ, avant, apres))
    .collect()
}

async fn noter(
    tx: &mut Tx,
    administration: &Administration,
    commentaire: &str,
    motif: &str,
    changements: Vec<Changement>,
) -> Result<(), Erreur> {
    historique::noter(
        tx,
        administration,
        Entree {
            structure: None,
            action: Action::CatalogueModifie,
            concerne: None,
            demande: None,
            details: Details {
                acteur: administration.personne().nom_complet(),
                commentaire: commentaire.to_owned(),
                motif: motif.to_owned(),
                changements,
                ..Details::default()
            },
        },
    )
    .await?;
    Ok(())
}
