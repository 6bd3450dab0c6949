use std::collections::{BTreeMap, BTreeSet};

use super::super::adresse::avertissements;
use super::LIGNES_MAX;
use crate::db::{PerimetreId, StructureId, Tx};
use crate::identifiants::Siret;
use crate::imports::{LigneArrivee, Rejet, lignes_deposees};
use crate::rattachements::fichier::{Issue, LignePlan, Plan};
use crate::utilisateurs::NouveauCompte;
use crate::web::{Erreur, Erreurs};

pub(super) fn lignes(texte: &str) -> Result<Vec<Result<LigneArrivee, Rejet>>, Erreur> {
    lignes_deposees(texte, LIGNES_MAX, true).map_err(|phrase| Erreur::champ("fichier", &phrase))
}

/// An account to create, with the structure it will ask for.
pub(super) type Arrivee = (NouveauCompte, Option<StructureId>);

/// What is shown, and what it does.
pub(super) struct Prevu {
    pub plan: Plan,
    pub arrivees: Vec<Arrivee>,
}

/// What a line says, checked by itself.
enum Lue {
    Rejetee(LignePlan),
    Possible(u64, NouveauCompte, Option<Siret>),
}

fn rejet(numero: u64, nom: String, adresse: String, raison: String) -> LignePlan {
    LignePlan {
        numero,
        nom,
        adresse,
        issue: Issue::Rejetee,
        details: vec![raison],
        autre: false,
    }
}

fn lue(ligne: Result<LigneArrivee, Rejet>) -> Lue {
    let ligne = match ligne {
        Ok(ligne) => ligne,
        Err(rejetee) => {
            let (nom, adresse) = (String::new(), String::new());
            return Lue::Rejetee(rejet(rejetee.ligne, nom, adresse, rejetee.raison));
        }
    };
    let nom = format!("{} {}", ligne.prenom, ligne.nom).trim().to_owned();
    let compte = NouveauCompte::lire(&ligne.adresse, "", &ligne.prenom, &ligne.nom)
        .map_err(|e: Erreurs| e.phrases().join(" "));
    let structure = match ligne.structure.as_str() {
        "" => Ok(None),
        saisi => Siret::lire(saisi)
            .map(Some)
            .map_err(|phrase| format!("Structure\u{202F}: {phrase}")),
    };
    match (compte, structure) {
        (Ok(compte), Ok(siret)) => Lue::Possible(ligne.ligne, compte, siret),
        (Err(raison), _) | (_, Err(raison)) => {
            Lue::Rejetee(rejet(ligne.ligne, nom, ligne.adresse, raison))
        }
    }
}

/// The structures of the file that this périmètre covers and that go through the PIGP: locked, in id order.
async fn structures(
    tx: &mut Tx,
    perimetre: PerimetreId,
    sirets: &[String],
) -> Result<BTreeMap<String, (StructureId, String)>, Erreur> {
    let lues = sqlx::query!(
        r#"select s.id as "id: StructureId", s.identifiant, s.raison_sociale
           from structures s join structures_des_perimetres v on v.structure_id = s.id
           where s.type_identifiant = 'SIRET' and s.identifiant = any ($1) and v.perimetre_id = $2
             and s.passe_par_pigp and s.statut = 'active'"#,
        sirets,
        perimetre.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(lues
        .into_iter()
        .map(|l| (l.identifiant, (l.id, l.raison_sociale)))
        .collect())
}

/// Locks what the file names, then says what each line becomes: four statements, whatever their number.
pub(super) async fn planifier(
    tx: &mut Tx,
    (perimetre, domaines): (PerimetreId, &[String]),
    lignes: Vec<Result<LigneArrivee, Rejet>>,
) -> Result<Prevu, Erreur> {
    let lues: Vec<Lue> = lignes.into_iter().map(lue).collect();
    let possibles = || {
        lues.iter().filter_map(|l| match l {
            Lue::Possible(_, compte, siret) => Some((compte, siret)),
            Lue::Rejetee(_) => None,
        })
    };
    let sirets: Vec<String> = possibles()
        .filter_map(|(_, siret)| siret.as_ref().map(|s| s.as_str().to_owned()))
        .collect();
    let vues = structures(tx, perimetre, &sirets).await?;
    let ids: Vec<StructureId> = vues.values().map(|(id, _)| *id).collect();
    if !ids.is_empty() {
        crate::rattachements::verrouiller(tx, &ids).await?;
    }
    // As they are under the locks.
    let structures = structures(tx, perimetre, &sirets).await?;
    let adresses: Vec<String> = possibles()
        .map(|(compte, _)| compte.adresse_connexion.as_str().to_owned())
        .collect();
    let connues: BTreeSet<String> = sqlx::query_scalar!(
        "select adresse_connexion from utilisateurs where adresse_connexion = any ($1)",
        &adresses
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .collect();
    let mut vues = BTreeSet::new();
    let (mut plan, mut arrivees) = (Plan::default(), Vec::new());
    for lue in lues {
        let (numero, compte, siret) = match lue {
            Lue::Rejetee(ligne) => {
                plan.lignes.push(ligne);
                continue;
            }
            Lue::Possible(numero, compte, siret) => (numero, compte, siret),
        };
        let adresse = compte.adresse_connexion.as_str().to_owned();
        let nom = compte.nom_complet();
        let structure = siret.as_ref().map(|s| structures.get(s.as_str()));
        let mut ligne = LignePlan {
            numero,
            nom,
            adresse: adresse.clone(),
            issue: Issue::Creation,
            details: Vec::new(),
            autre: false,
        };
        if !vues.insert(adresse.clone()) {
            ligne.issue = Issue::Rejetee;
            ligne.details = vec!["Cette adresse est déjà plus haut dans le fichier.".to_owned()];
        } else if connues.contains(&adresse) {
            ligne.issue = Issue::Inchangee;
            ligne.details = vec!["Un compte a déjà cette adresse.".to_owned()];
        } else if structure == Some(None) {
            ligne.issue = Issue::Rejetee;
            ligne.details = vec![
                "Aucune structure de ce périmètre qui passe par le PIGP n’a ce SIRET.".to_owned(),
            ];
        } else {
            let structure = structure.flatten();
            ligne.details = avertissements(&compte.adresse_connexion, &compte.nom, domaines);
            if let Some((_, raison_sociale)) = structure {
                ligne
                    .details
                    .push(format!("Demandera son rattachement à {raison_sociale}."));
            }
            arrivees.push((compte, structure.map(|(id, _)| *id)));
        }
        plan.lignes.push(ligne);
    }
    Ok(Prevu { plan, arrivees })
}
