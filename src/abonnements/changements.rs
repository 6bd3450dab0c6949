//! Who has which espace of a structure, before an act and after it: what the previews show and the mails say.

use std::collections::{BTreeMap, BTreeSet};

use super::courriers::{AbonnementFerme, AbonnementModifie, AbonnementOuvert};
use super::droit::Droit;
use crate::acces::Connecte;
use crate::courrier::{Joignable, envoyer};
use crate::db::{RattachementId, ServiceId, StructureId, Tx, UtilisateurId};
use crate::web::Erreur;

/// One person, one espace, one service or the whole structure.
type Cle = (RattachementId, i32, Option<ServiceId>);

/// The espaces in force on a structure at one instant.
pub struct EnVigueur {
    droits: BTreeMap<Cle, Droit>,
    personnes: BTreeMap<RattachementId, Joignable>,
    espaces: BTreeMap<i32, String>,
    services: BTreeMap<ServiceId, String>,
}

/// What an act changes for somebody.
pub struct Touchee {
    pub rattachement: RattachementId,
    pub qui: Joignable,
    /// « Factures à valider (Service achats) : aucun accès → consultation ».
    pub lignes: Vec<String>,
    /// Espaces are opened to her, and only that.
    gagne: bool,
    /// Espaces are closed to her, and only that.
    perd: bool,
}

/// Espaces in force, of these codes or of all (`None`). The structure must be locked.
///
/// # Errors
/// Those of the database.
pub async fn en_vigueur(
    tx: &mut Tx,
    structure: StructureId,
    espaces: Option<&[String]>,
) -> Result<EnVigueur, Erreur> {
    let lus = sqlx::query!(
        r#"select a.rattachement_id as "rattachement!: RattachementId", u.id as "personne: UtilisateurId",
                  u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as adresse, e.ordre, e.nom as espace,
                  a.service_id as "service?: ServiceId", v.libelle as "libelle?", max(a.droit) as "droit!: Droit"
           from abonnements_effectifs a
           join utilisateurs u on u.id = a.utilisateur_id
           join espaces e on e.code = a.espace
           left join services v on v.id = a.service_id
           where a.structure_id = $1 and ($2::text[] is null or a.espace = any ($2))
           group by a.rattachement_id, u.id, e.code, a.service_id, v.libelle"#,
        structure.0,
        espaces
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut etat = EnVigueur {
        droits: BTreeMap::new(),
        personnes: BTreeMap::new(),
        espaces: BTreeMap::new(),
        services: BTreeMap::new(),
    };
    for l in lus {
        etat.droits
            .insert((l.rattachement, l.ordre, l.service), l.droit);
        etat.espaces.insert(l.ordre, l.espace);
        if let (Some(service), Some(libelle)) = (l.service, l.libelle) {
            etat.services.insert(service, libelle);
        }
        etat.personnes.insert(
            l.rattachement,
            Joignable {
                id: l.personne,
                nom_complet: l.nom_complet,
                adresse: l.adresse,
            },
        );
    }
    Ok(etat)
}

impl EnVigueur {
    /// What holds on this service: its own right, or that of the whole structure, whichever is wider.
    fn droit(&self, (r, espace, service): Cle) -> Option<Droit> {
        let propre = self.droits.get(&(r, espace, service)).copied();
        let entier = self.droits.get(&(r, espace, None)).copied();
        propre.max(entier)
    }
}

fn mots(droit: Option<Droit>) -> &'static str {
    droit.map_or("aucun accès", Droit::code)
}

/// Everybody whose rights differ, by name.
pub fn differences(avant: &EnVigueur, apres: &EnVigueur) -> Vec<Touchee> {
    let cles: BTreeSet<Cle> = avant
        .droits
        .keys()
        .chain(apres.droits.keys())
        .copied()
        .collect();
    let mut touchees: BTreeMap<RattachementId, Touchee> = BTreeMap::new();
    for cle in cles {
        let (r, espace, service) = cle;
        let (de, a) = (avant.droit(cle), apres.droit(cle));
        if de == a {
            continue;
        }
        let nom = apres.espaces.get(&espace).or(avant.espaces.get(&espace));
        let nom = nom.map(String::as_str).unwrap_or_default();
        let ou = service.and_then(|s| apres.services.get(&s).or(avant.services.get(&s)));
        let ou = ou.map(|l| format!(" ({l})")).unwrap_or_default();
        let Some(qui) = apres.personnes.get(&r).or(avant.personnes.get(&r)) else {
            continue;
        };
        let touchee = touchees.entry(r).or_insert_with(|| Touchee {
            rattachement: r,
            qui: qui.clone(),
            lignes: Vec::new(),
            gagne: true,
            perd: true,
        });
        touchee.gagne &= de.is_none();
        touchee.perd &= a.is_none();
        touchee
            .lignes
            .push(format!("{nom}{ou}\u{202F}: {} → {}", mots(de), mots(a)));
    }
    let mut touchees: Vec<Touchee> = touchees.into_values().collect();
    touchees.sort_by(|a, b| {
        (&a.qui.nom_complet, a.rattachement).cmp(&(&b.qui.nom_complet, b.rattachement))
    });
    touchees
}

/// One mail to each, with his own lines; `sauf` is told otherwise.
///
/// # Errors
/// Those of the database.
pub async fn annoncer(
    tx: &mut Tx,
    par: &Connecte,
    raison_sociale: &str,
    touchees: &[Touchee],
    sauf: Option<UtilisateurId>,
) -> Result<(), Erreur> {
    let marque = tx.marque.to_string();
    let nom = par.personne().nom_complet();
    let (mut ouverts, mut retires, mut modifies) = (Vec::new(), Vec::new(), Vec::new());
    for t in touchees.iter().filter(|t| Some(t.qui.id) != sauf) {
        let (marque, nom_complet) = (marque.clone(), t.qui.nom_complet.clone());
        let (structure, lignes, par) = (raison_sociale.to_owned(), t.lignes.clone(), nom.clone());
        match (t.gagne, t.perd) {
            (true, false) => ouverts.push((
                t.qui.clone(),
                AbonnementOuvert {
                    marque,
                    nom_complet,
                    structure,
                    lignes,
                    par,
                },
            )),
            (false, true) => retires.push((
                t.qui.clone(),
                AbonnementFerme {
                    marque,
                    nom_complet,
                    structure,
                    lignes,
                    par,
                },
            )),
            _ => modifies.push((
                t.qui.clone(),
                AbonnementModifie {
                    marque,
                    nom_complet,
                    structure,
                    lignes,
                    par,
                },
            )),
        }
    }
    let acte = uuid::Uuid::now_v7();
    envoyer(tx, acte, ouverts).await?;
    envoyer(tx, acte, retires).await?;
    envoyer(tx, acte, modifies).await
}
