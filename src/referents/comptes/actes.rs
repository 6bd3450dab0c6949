//! What every act on an account begins and ends with: the locks, the lines of the historique, the mail.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::super::courriers::ActeSurCompte;
use crate::acces::Referent;
use crate::courrier::{self, Destinataire};
use crate::db::{PerimetreId, StructureId, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::rattachements;
use crate::sollicitations;
use crate::utilisateurs::{self, Statut};
use crate::web::Erreur;

/// An account of his périmètres, locked after its structures.
pub(super) struct Tenu {
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub connexion: String,
    pub contact: String,
    pub statut: Statut,
    pub perimetre: PerimetreId,
    pub perimetre_nom: String,
    /// Where it is attached or asks to be: locked.
    pub structures: BTreeSet<StructureId>,
    /// Where it is attached.
    pub attaches: Vec<StructureId>,
}

impl Tenu {
    pub(super) fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// Locks the structures, then the account; 404 outside his périmètres as they are now, and for the staff, whose accounts are
/// the administrateurs'.
pub(super) async fn tenir(
    tx: &mut Tx,
    referent: &Referent,
    id: UtilisateurId,
) -> Result<Tenu, Erreur> {
    let structures = rattachements::prendre_les_structures(tx, id).await?;
    sqlx::query!("select id from utilisateurs where id = $1 for update", id.0)
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(Erreur::Introuvable)?;
    let l = sqlx::query!(
        r#"select u.prenom, u.nom, u.adresse_connexion, u.adresse_contact, u.statut as "statut: Statut",
                  p.id as "perimetre: PerimetreId", p.nom as perimetre_nom,
                  array(select r.structure_id from rattachements r
                        where r.utilisateur_id = u.id and r.statut <> 'supprimee' order by 1) as "attaches!: Vec<StructureId>"
           from utilisateurs u join perimetres p on p.id = u.perimetre_id
           where u.id = $1 and u.pigp and u.equipe is null and u.statut <> 'clos'
             and exists (select from referents_effectifs r where r.perimetre_id = p.id and r.utilisateur_id = $2)"#,
        id.0,
        referent.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if l.attaches.iter().any(|s| !structures.contains(s)) {
        return Err(Erreur::Conflit(
            "Les rattachements de ce compte viennent de changer. Rechargez la page. Rien n’a changé."
                .to_owned(),
        ));
    }
    Ok(Tenu {
        id,
        prenom: l.prenom,
        nom: l.nom,
        connexion: l.adresse_connexion,
        contact: l.adresse_contact,
        statut: l.statut,
        perimetre: l.perimetre,
        perimetre_nom: l.perimetre_nom,
        structures,
        attaches: l.attaches,
    })
}

/// What an act says of itself.
pub struct Acte<'a> {
    pub motif: &'a str,
    pub(super) action: Action,
    pub(super) changements: Vec<Changement>,
}

/// A line in the chain of each structure; in that of the instance where there is none. Answers the first, for the mails.
pub(super) async fn noter(
    tx: &mut Tx,
    referent: &Referent,
    (personne, nom): (UtilisateurId, &str),
    structures: &[StructureId],
    acte: &Acte<'_>,
) -> Result<Uuid, Erreur> {
    let chaines: Vec<Option<StructureId>> = if structures.is_empty() {
        vec![None]
    } else {
        structures.iter().copied().map(Some).collect()
    };
    let entrees = chaines.into_iter().map(|structure| Entree {
        structure,
        action: acte.action,
        concerne: Some(personne),
        demande: None,
        details: Details {
            acteur: referent.personne().nom_complet(),
            concerne: nom.to_owned(),
            motif: acte.motif.to_owned(),
            changements: acte.changements.clone(),
            ..Details::default()
        },
    });
    let lignes = historique::noter_plusieurs(tx, referent, entrees.collect()).await?;
    Ok(lignes.first().copied().unwrap_or_default())
}

/// What the mail says.
pub(super) struct Annonce<'a> {
    pub titre: &'static str,
    pub phrase: String,
    pub changements: &'a [Changement],
    pub motif: &'a str,
}

/// To the person, at each of these addresses once; the outbox refuses the same twice.
pub(super) async fn prevenir(
    tx: &mut Tx,
    ligne: Uuid,
    (personne, nom): (UtilisateurId, &str),
    adresses: &[&str],
    annonce: &Annonce<'_>,
) -> Result<(), Erreur> {
    let courrier = ActeSurCompte {
        marque: tx.marque.to_string(),
        nom_complet: nom.to_owned(),
        titre: annonce.titre,
        phrase: annonce.phrase.clone(),
        changements: annonce
            .changements
            .iter()
            .filter_map(Changement::en_mots)
            .collect(),
        motif: annonce.motif.to_owned(),
        suite: ("/mon-compte".to_owned(), "Voir mon compte"),
    };
    for adresse in adresses {
        let destinataire = Destinataire {
            utilisateur: Some(personne.0),
            adresse: (*adresse).to_owned(),
        };
        courrier::deposer(tx, ligne, &destinataire, &courrier).await?;
    }
    Ok(())
}

/// « Renvoyer le courriel d'activation »: a fresh link, the older ones die. Answers the name.
///
/// # Errors
/// `Introuvable`; `Conflit`: nothing to activate.
pub async fn activer(
    tx: &mut Tx,
    referent: &Referent,
    id: UtilisateurId,
) -> Result<String, Erreur> {
    let tenu = tenir(tx, referent, id).await?;
    if utilisateurs::envoyer_activation(tx, id).await? {
        return Ok(tenu.nom_complet());
    }
    Err(Erreur::Conflit(
        "Ce compte n’attend pas d’activation.".to_owned(),
    ))
}

/// Moves the account to another périmètre, whose référents are told. Answers the names of the person and of the périmètre.
///
/// # Errors
/// `Introuvable`; `Invalide` at `perimetre`: none has this id, or it is there already.
pub async fn deplacer(
    tx: &mut Tx,
    referent: &Referent,
    id: UtilisateurId,
    vers: PerimetreId,
    motif: &str,
) -> Result<(String, String), Erreur> {
    let tenu = tenir(tx, referent, id).await?;
    let nom = sqlx::query_scalar!(
        "select nom from perimetres where id = $1 for key share",
        vers.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or_else(|| Erreur::champ("perimetre", "Choisissez un périmètre de la liste."))?;
    if vers == tenu.perimetre {
        return Err(Erreur::champ(
            "perimetre",
            "Ce compte est déjà dans ce périmètre.",
        ));
    }
    sqlx::query!(
        "update utilisateurs set perimetre_id = $2 where id = $1",
        id.0,
        vers.0
    )
    .execute(&mut **tx)
    .await?;
    let acte = Acte {
        motif,
        action: Action::ComptePigpDeplace,
        changements: vec![Changement::new("Périmètre", &tenu.perimetre_nom, &nom)],
    };
    let complet = tenu.nom_complet();
    let ligne = noter(tx, referent, (id, &complet), &tenu.attaches, &acte).await?;
    let qui = referent.personne().nom_complet();
    let annonce = Annonce {
        titre: "Votre compte change de référent",
        phrase: format!(
            "{qui}, référent, a confié votre compte aux référents du périmètre {nom}. Votre identifiant et vos rattachements ne changent pas."
        ),
        changements: &acte.changements,
        motif,
    };
    prevenir(tx, ligne, (id, &complet), &[&tenu.contact], &annonce).await?;
    let marque = tx.marque.to_string();
    let courriers: Vec<_> = sollicitations::referents(tx, vers)
        .await?
        .into_iter()
        .filter(|r| r.id != referent.id())
        .map(|r| {
            let courrier = ActeSurCompte {
                marque: marque.clone(),
                nom_complet: r.nom_complet.clone(),
                titre: "Un compte rejoint votre périmètre",
                phrase: format!(
                    "{qui}, référent, vous confie le compte de {complet} ({}).",
                    tenu.connexion
                ),
                changements: acte
                    .changements
                    .iter()
                    .filter_map(Changement::en_mots)
                    .collect(),
                motif: motif.to_owned(),
                suite: (format!("/referent/comptes/{id}"), "Voir ce compte"),
            };
            (r.destinataire(), courrier)
        })
        .collect();
    if !courriers.is_empty() {
        courrier::deposer_plusieurs(tx, ligne, &courriers).await?;
    }
    Ok((complet, nom))
}

/// The mail domains of a périmètre, for what is said of an address.
///
/// # Errors
/// Those of the database.
pub async fn domaines(
    db: impl sqlx::PgExecutor<'_>,
    perimetre: PerimetreId,
) -> Result<Vec<String>, Erreur> {
    Ok(
        sqlx::query_scalar!("select domaines from perimetres where id = $1", perimetre.0)
            .fetch_optional(db)
            .await?
            .unwrap_or_default(),
    )
}
