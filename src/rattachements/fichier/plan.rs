//! What each line would do; nothing is written.

use std::collections::{BTreeSet, HashMap};

use super::super::direct::{self, Voulu};
use super::super::donneur::Donneur;
use super::super::regle::{Octroi, Tenu};
use super::contexte::{Connu, Contexte};
use super::{Issue, LIGNES_MAX, LignePlan, Plan};
use crate::acces::Role;
use crate::db::{ServiceId, Tx, UtilisateurId};
use crate::historique::Changement;
use crate::imports::{self, LigneEntree, Rejet};
use crate::utilisateurs::NouveauCompte;
use crate::web::Erreur;

/// What is done for a line, by the acts of the screens.
pub(super) enum Effet {
    Rattacher(UtilisateurId, Octroi),
    Inviter(NouveauCompte, Octroi),
}

impl Effet {
    pub(super) fn voulu(&self) -> Option<Voulu<'_>> {
        match self {
            Self::Rattacher(personne, octroi) => Some(Voulu {
                personne: *personne,
                octroi,
                capacites: None,
            }),
            Self::Inviter(..) => None,
        }
    }

    pub(super) fn invite(&self) -> Option<(NouveauCompte, Octroi)> {
        match self {
            Self::Inviter(compte, octroi) => Some((compte.clone(), octroi.clone())),
            Self::Rattacher(..) => None,
        }
    }
}

/// The plan, and its effects in the order of the addresses.
pub(super) struct Prevu {
    pub plan: Plan,
    pub effets: Vec<Effet>,
}

/// A line, and what is done for it.
struct Jugee {
    ligne: LignePlan,
    effet: Option<Effet>,
    /// What comes with the difference, once it is known.
    suites: Vec<String>,
}

/// The lines of a file.
///
/// # Errors
/// `Invalide` at `fichier`: not a file that can be read.
pub(super) fn lignes(texte: &str) -> Result<Vec<Result<LigneEntree, Rejet>>, Erreur> {
    imports::lignes_deposees(texte, LIGNES_MAX, true)
        .map_err(|phrase| Erreur::champ("fichier", &phrase))
}

/// Under the lock of the structure; the statements do not depend on the length of the file.
pub(super) async fn planifier(
    tx: &mut Tx,
    donneur: &Donneur,
    lues: Vec<Result<LigneEntree, Rejet>>,
) -> Result<Prevu, Erreur> {
    let contexte = Contexte::lire(tx, donneur, &lues).await?;
    let mut vues: HashMap<String, u64> = HashMap::new();
    let jugees = lues.into_iter().map(|lue| {
        let lu = lue.map_err(|r| rejetee(r.ligne, String::new(), String::new(), r.raison))?;
        let adresse = lu.adresse.to_lowercase();
        if let Some(premiere) = vues.get(&adresse) {
            let raison = format!("Adresse déjà présente à la ligne {premiere}.");
            return Err(rejetee(lu.ligne, complet(&lu), adresse, raison));
        }
        vues.insert(adresse.clone(), lu.ligne);
        contexte.juger(lu, adresse)
    });
    let mut jugees: Vec<Result<Jugee, LignePlan>> = jugees.collect();
    contexte.prevoir(tx, &mut jugees).await?;
    let mut plan = Plan::default();
    let mut effets = Vec::new();
    for jugee in jugees {
        plan.lignes.push(match jugee {
            Err(rejetee) => rejetee,
            Ok(Jugee { ligne, effet, .. }) => {
                effets.extend(effet.map(|effet| (ligne.adresse.clone(), effet)));
                ligne
            }
        });
    }
    effets.sort_by(|a, b| a.0.cmp(&b.0));
    let effets = effets.into_iter().map(|(_, effet)| effet).collect();
    Ok(Prevu { plan, effets })
}

fn complet(lu: &LigneEntree) -> String {
    format!("{} {}", lu.prenom, lu.nom).trim().to_owned()
}

fn rejetee(numero: u64, nom: String, adresse: String, raison: String) -> LignePlan {
    LignePlan {
        numero,
        nom,
        adresse,
        issue: Issue::Rejetee,
        details: vec![raison],
        autre: false,
    }
}

impl Contexte<'_> {
    /// All that needs no statement of its own.
    fn juger(&self, lu: LigneEntree, adresse: String) -> Result<Jugee, LignePlan> {
        let connu = self.connus.get(&adresse);
        let jugee = self
            .perimetre(&lu.services)
            .and_then(|(maille, services)| match connu {
                Some(connu) => self.rattacher(&lu, connu, maille, services),
                None => self.inviter(&lu, maille, services),
            });
        let nom = complet(&lu);
        match jugee {
            Err(raison) => Err(rejetee(lu.ligne, nom, adresse, raison)),
            Ok(Faite {
                issue,
                details,
                suites,
                effet,
            }) => Ok(Jugee {
                suites,
                ligne: LignePlan {
                    numero: lu.ligne,
                    nom: connu.map_or(nom, |c| c.nom_complet.clone()),
                    adresse,
                    issue,
                    details,
                    autre: false,
                },
                effet,
            }),
        }
    }

    /// Asks the acts of the screens what they would change for the persons who have an account.
    async fn prevoir(
        &self,
        tx: &mut Tx,
        jugees: &mut [Result<Jugee, LignePlan>],
    ) -> Result<(), Erreur> {
        let voulus: Vec<_> = jugees
            .iter()
            .flatten()
            .filter_map(|j| j.effet.as_ref()?.voulu())
            .collect();
        let mut previsions = direct::prevoir(tx, self.donneur, &voulus)
            .await?
            .into_iter();
        for place in jugees {
            let Ok(jugee) = place else { continue };
            if jugee.effet.as_ref().and_then(Effet::voulu).is_none() {
                continue;
            }
            let prevu = previsions
                .next()
                .ok_or_else(|| anyhow::anyhow!("a line without its prevision"))?;
            let ligne = &mut jugee.ligne;
            match prevu {
                Ok(changements) => {
                    let difference = changements.iter().filter_map(Changement::en_mots);
                    ligne.details.extend(difference);
                    ligne.details.append(&mut jugee.suites);
                }
                Err(erreur) => {
                    let (nom, adresse) = (ligne.nom.clone(), ligne.adresse.clone());
                    *place = Err(rejetee(ligne.numero, nom, adresse, refus(erreur)?));
                }
            }
        }
        Ok(())
    }

    /// « Toute la structure », or codes separated by `|` or `,`; a code that holds one of them is taken whole.
    fn perimetre(&self, saisi: &str) -> Result<(bool, Vec<ServiceId>), String> {
        if ["toute la structure", "structure", "*"].contains(&saisi.to_lowercase().as_str()) {
            return Ok((true, Vec::new()));
        }
        if let Some(service) = self.codes.get(saisi) {
            return Ok((false, vec![*service]));
        }
        let mut services = Vec::new();
        for code in saisi
            .split(['|', ','])
            .map(str::trim)
            .filter(|c| !c.is_empty())
        {
            match self.codes.get(code) {
                Some(service) if services.contains(service) => {}
                Some(service) => services.push(*service),
                None => {
                    let code: String = code.chars().take(40).collect();
                    return Err(format!(
                        "Services\u{202F}: «\u{202F}{code}\u{202F}» n’est pas le code d’un service actif."
                    ));
                }
            }
        }
        Ok((false, services))
    }

    fn octroi(
        &self,
        lu: &LigneEntree,
        fin: Option<time::Date>,
        maille: bool,
        services: Vec<ServiceId>,
    ) -> Octroi {
        Octroi {
            role: lu.role,
            debut: None,
            fin,
            commentaire: self.donneur.commentaire(),
            maille_structure: maille,
            services,
        }
    }

    /// What this gestionnaire sees and may change of these services.
    fn vus(&self, services: &[ServiceId]) -> BTreeSet<ServiceId> {
        let vu = |s: &&ServiceId| self.donneur.decideur.couvre(s) && self.actifs.contains(s);
        services.iter().filter(vu).copied().collect()
    }

    fn rattacher(
        &self,
        lu: &LigneEntree,
        connu: &Connu,
        maille: bool,
        services: Vec<ServiceId>,
    ) -> Result<Faite, String> {
        if connu.id == self.donneur.id {
            return Err("C’est votre propre compte.".to_owned());
        }
        if connu.role == Some(Role::Gp) {
            let raison = "Cette personne est le gestionnaire principal\u{202F}: son rôle ne change que par un transfert.";
            return Err(raison.to_owned());
        }
        let mut details = Vec::new();
        if connu.nom_complet.to_lowercase() != complet(lu).to_lowercase() {
            details.push(format!("Dans le fichier\u{202F}: {}", complet(lu)));
        }
        let voulus: BTreeSet<ServiceId> = services.iter().copied().collect();
        let deja = |role: Role, structure: bool, tenus: &[ServiceId]| {
            role == lu.role && structure == maille && (maille || self.vus(tenus) == voulus)
        };
        if connu
            .role
            .is_some_and(|role| deja(role, connu.maille_structure, &connu.services))
        {
            return Ok(Faite::rien(details));
        }
        if let Some((role, structure, prevus)) = &connu.prevu
            && deja(*role, *structure, prevus)
        {
            details.push(
                "En cours d’activation\u{202F}: le rattachement se fera avec elle.".to_owned(),
            );
            return Ok(Faite::rien(details));
        }
        let fin = if connu.role.is_some() {
            connu.fin
        } else {
            self.donneur.decideur.fin
        };
        let octroi = self.octroi(lu, fin, maille, services);
        let mut suites = Vec::new();
        if connu.arrete {
            suites.push("Rétablit un rattachement arrêté.".to_owned());
        }
        if connu.prevu.is_some() {
            suites.push("Remplace le rattachement prévu à l’activation.".to_owned());
        }
        if connu.demande {
            suites.push("Répond à sa demande en attente.".to_owned());
        }
        Ok(Faite {
            issue: if connu.role.is_some() {
                Issue::Modification
            } else {
                Issue::Rattachement
            },
            details,
            suites,
            effet: Some(Effet::Rattacher(connu.id, octroi)),
        })
    }

    fn inviter(
        &self,
        lu: &LigneEntree,
        maille: bool,
        services: Vec<ServiceId>,
    ) -> Result<Faite, String> {
        if self.par_pigp {
            return Err(
                "Aucun compte n’a cette adresse, et le référent crée ceux de cette structure (PIGP)."
                    .to_owned(),
            );
        }
        let compte = NouveauCompte::lire(&lu.adresse, "", &lu.prenom, &lu.nom)
            .map_err(|e| e.phrases().join(" "))?;
        let perimetre = if maille {
            "toute la structure".to_owned()
        } else {
            let noms = services.iter().filter_map(|s| self.libelles.get(s));
            noms.map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        let octroi = self.octroi(lu, self.donneur.decideur.fin, maille, services);
        self.donneur
            .decideur
            .controler(&Tenu::default(), &octroi, &self.actifs)
            .map_err(|e| e.phrases().join(" "))?;
        let details = vec![
            format!("Rôle\u{202F}: {}", lu.role.libelle()),
            format!("Services\u{202F}: {perimetre}"),
        ];
        Ok(Faite {
            issue: Issue::Creation,
            details,
            suites: Vec::new(),
            effet: Some(Effet::Inviter(compte, octroi)),
        })
    }
}

/// The result of a line, its words, what is done.
struct Faite {
    issue: Issue,
    details: Vec<String>,
    suites: Vec<String>,
    effet: Option<Effet>,
}

impl Faite {
    fn rien(details: Vec<String>) -> Self {
        Self {
            issue: Issue::Inchangee,
            details,
            suites: Vec::new(),
            effet: None,
        }
    }
}

/// The sentence of a refusal; a failure stays one.
fn refus(erreur: Erreur) -> Result<String, Erreur> {
    match erreur {
        Erreur::Conflit(phrase) | Erreur::Interdit(phrase) => Ok(phrase),
        Erreur::Invalide(erreurs) => Ok(erreurs.phrases().join(" ")),
        autre => Err(autre),
    }
}
