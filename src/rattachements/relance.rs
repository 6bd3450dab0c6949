//! What the author of a pending request does with it: remind, withdraw (R-COMPTE-RATTACHEMENTS).

use super::courriers::{DemandeRelancee, DemandeRetiree};
use super::depot::{chemin, noms, noter};
use super::{effets, joignables};
use crate::acces::{Connecte, Role};
use crate::db::{DemandeId, StructureId, Temps, Tx};
use crate::historique::{Action, Details};
use crate::web::Erreur;

/// A request of the reader, as written: what mails and the historique say of it.
struct Sienne {
    structure: StructureId,
    raison_sociale: String,
    statut: String,
    role: Role,
    maille_structure: bool,
    commentaire: String,
    creee_le: Temps,
    relance_possible: bool,
    prochaine_relance: Option<Temps>,
    traitee_le: Option<Temps>,
    traitee_par: Option<String>,
    libelles: Vec<String>,
}

impl Sienne {
    fn perimetre(&self) -> String {
        if self.maille_structure {
            "toute la structure".to_owned()
        } else {
            self.libelles.join(", ")
        }
    }

    /// Still open, or what became of it.
    fn ouverte(&self) -> Result<(), Erreur> {
        let issue = match self.statut.as_str() {
            "en_cours_de_validation" => return Ok(()),
            "retiree" => "Vous avez déjà retiré cette demande.".to_owned(),
            autre => format!(
                "Cette demande a déjà été traitée par {} le {}\u{202F}: elle est {}.",
                self.traitee_par.as_deref().unwrap_or("le portail"),
                self.traitee_le
                    .as_ref()
                    .map(Temps::jour_heure)
                    .unwrap_or_default(),
                if autre == "refusee" {
                    "refusée"
                } else {
                    "validée"
                }
            ),
        };
        Err(Erreur::Conflit(issue))
    }
}

/// Locks the structure of a request, then reads the request: 404 unless the reader is its author.
async fn charger(tx: &mut Tx, auteur: &Connecte, id: DemandeId) -> Result<Sienne, Erreur> {
    let structure = sqlx::query_scalar!(
        r#"select structure_id as "structure: StructureId" from demandes_rattachement where id = $1 and utilisateur_id = $2"#,
        id.0,
        auteur.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    effets::verrouiller(tx, &[structure]).await?;
    sqlx::query_as!(
        Sienne,
        r#"select d.structure_id as "structure: StructureId", s.raison_sociale, d.statut, d.role as "role: Role",
                  d.maille_structure, d.commentaire, temps(d.creee_le) as "creee_le!: Temps",
                  (d.relancee_le is null or d.relancee_le <= maintenant() - interval '1 day') as "relance_possible!",
                  temps(d.relancee_le + interval '1 day') as "prochaine_relance: Temps",
                  temps(d.traitee_le) as "traitee_le: Temps", t.prenom || ' ' || t.nom as "traitee_par?",
                  array(select sv.libelle from demande_services ds join services sv on sv.id = ds.service_id
                        where ds.demande_id = d.id order by sv.cle_tri) as "libelles!"
           from demandes_rattachement d
           join structures s on s.id = d.structure_id
           left join utilisateurs t on t.id = d.traitee_par
           where d.id = $1"#,
        id.0
    )
    .fetch_one(&mut **tx)
    .await
    .map_err(Erreur::from)
}

fn details(auteur: &Connecte, sienne: &Sienne) -> Details {
    Details {
        acteur: auteur.personne().nom_complet(),
        concerne: auteur.personne().nom_complet(),
        commentaire: sienne.commentaire.clone(),
        ..Details::default()
    }
}

/// « Relancer »: mails the deciders again, once a day at most. Answers their names.
///
/// # Errors
/// `Conflit`: decided meanwhile, reminded less than a day ago (until when is said), or nobody can decide.
pub async fn relancer(
    tx: &mut Tx,
    auteur: &Connecte,
    id: DemandeId,
) -> Result<Vec<String>, Erreur> {
    let sienne = charger(tx, auteur, id).await?;
    sienne.ouverte()?;
    if !sienne.relance_possible {
        return Err(Erreur::Conflit(format!(
            "Vous avez déjà relancé cette demande\u{202F}: vous pourrez la relancer de nouveau le {}.",
            sienne
                .prochaine_relance
                .as_ref()
                .map(Temps::jour_heure)
                .unwrap_or_default()
        )));
    }
    let decideurs = joignables::decideurs(tx, id).await?;
    if decideurs.is_empty() {
        return Err(Erreur::Conflit(
            "Il n’y a personne à relancer\u{202F}: cette structure n’a pas de gestionnaire qui puisse décider. Votre demande attend."
                .to_owned(),
        ));
    }
    sqlx::query!(
        "update demandes_rattachement set relancee_le = maintenant() where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    let ligne = noter(
        tx,
        auteur,
        sienne.structure,
        id,
        Action::DemandeRelancee,
        details(auteur, &sienne),
    )
    .await?;
    let marque = tx.marque.to_string();
    joignables::prevenir(tx, ligne, &decideurs, |j| DemandeRelancee {
        marque: marque.clone(),
        structure_id: sienne.structure,
        nom_complet: j.nom_complet.clone(),
        demandeur: auteur.personne().nom_complet(),
        adresse: auteur.personne().adresse_connexion.clone(),
        structure: sienne.raison_sociale.clone(),
        role: sienne.role.libelle(),
        perimetre: sienne.perimetre(),
        commentaire: sienne.commentaire.clone(),
        depuis: sienne.creee_le.jour().to_owned(),
        chemin: chemin(sienne.structure, id),
    })
    .await?;
    Ok(noms(&decideurs))
}

/// « Retirer »: terminal; the deciders are told that nothing waits any more. Answers the raison sociale.
///
/// # Errors
/// `Conflit`: decided meanwhile. Withdrawing twice is no error: nothing happens the second time.
pub async fn retirer(tx: &mut Tx, auteur: &Connecte, id: DemandeId) -> Result<String, Erreur> {
    let sienne = charger(tx, auteur, id).await?;
    if sienne.statut == "retiree" {
        return Ok(sienne.raison_sociale);
    }
    sienne.ouverte()?;
    // Read before: the view knows open requests only.
    let decideurs = joignables::decideurs(tx, id).await?;
    sqlx::query!(
        "with lignes as (update demande_services set statut = 'ecartee' where demande_id = $1)
         update demandes_rattachement set statut = 'retiree', traitee_le = maintenant(), traitee_par = $2
         where id = $1 and statut = 'en_cours_de_validation'",
        id.0,
        auteur.id().0
    )
    .execute(&mut **tx)
    .await?;
    let ligne = noter(
        tx,
        auteur,
        sienne.structure,
        id,
        Action::DemandeRetiree,
        details(auteur, &sienne),
    )
    .await?;
    let marque = tx.marque.to_string();
    joignables::prevenir(tx, ligne, &decideurs, |j| DemandeRetiree {
        marque: marque.clone(),
        structure_id: sienne.structure,
        nom_complet: j.nom_complet.clone(),
        demandeur: auteur.personne().nom_complet(),
        structure: sienne.raison_sociale.clone(),
    })
    .await?;
    Ok(sienne.raison_sociale)
}
