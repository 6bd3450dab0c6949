//! What each line would do; nothing is written.

use std::collections::{BTreeSet, HashMap};

use super::super::direct;
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

/// The plan, and its effects by address: the order in which they take their locks.
pub(super) struct Prevu {
    pub plan: Plan,
    pub effets: Vec<(String, Effet)>,
}

/// The lines of a file.
///
/// # Errors
/// `Invalide` at `fichier`: not a file that can be read.
pub(super) fn lignes(texte: &str) -> Result<Vec<Result<LigneEntree, Rejet>>, Erreur> {
    imports::lignes_deposees(texte, LIGNES_MAX, true)
        .map_err(|phrase| Erreur::champ("fichier", &phrase))
}

/// Under the lock of the structure.
pub(super) async fn planifier(
    tx: &mut Tx,
    donneur: &Donneur,
    lues: Vec<Result<LigneEntree, Rejet>>,
) -> Result<Prevu, Erreur> {
    let contexte = Contexte::lire(tx, donneur, &lues).await?;
    let mut vues: HashMap<String, u64> = HashMap::new();
    let mut plan = Plan::default();
    let mut effets = Vec::new();
    for lue in lues {
        let (ligne, effet) = match lue {
            Err(rejet) => (
                rejetee(rejet.ligne, String::new(), String::new(), rejet.raison),
                None,
            ),
            Ok(lu) => {
                let adresse = lu.adresse.to_lowercase();
                match vues.get(&adresse) {
                    Some(premiere) => {
                        let raison = format!("Adresse déjà présente à la ligne {premiere}.");
                        (rejetee(lu.ligne, complet(&lu), adresse, raison), None)
                    }
                    None => {
                        vues.insert(adresse.clone(), lu.ligne);
                        contexte.juger(tx, lu, adresse).await?
                    }
                }
            }
        };
        if let Some(effet) = effet {
            effets.push((ligne.adresse.clone(), effet));
        }
        plan.lignes.push(ligne);
    }
    effets.sort_by(|a, b| a.0.cmp(&b.0));
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
    async fn juger(
        &self,
        tx: &mut Tx,
        lu: LigneEntree,
        adresse: String,
    ) -> Result<(LignePlan, Option<Effet>), Erreur> {
        let (numero, nom) = (lu.ligne, complet(&lu));
        let jugee = match self.perimetre(&lu.services) {
            Err(raison) => Err(raison),
            Ok((maille, services)) => match self.connus.get(&adresse) {
                Some(connu) => self.rattacher(tx, &lu, connu, maille, services).await?,
                None => self.inviter(&lu, maille, services),
            },
        };
        Ok(match jugee {
            Err(raison) => (rejetee(numero, nom, adresse, raison), None),
            Ok((issue, details, effet)) => {
                let connu = self.connus.get(&adresse);
                let nom = connu.map_or(nom, |c| c.nom_complet.clone());
                let ligne = LignePlan {
                    numero,
                    nom,
                    adresse,
                    issue,
                    details,
                    autre: false,
                };
                (ligne, effet)
            }
        })
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

    async fn rattacher(
        &self,
        tx: &mut Tx,
        lu: &LigneEntree,
        connu: &Connu,
        maille: bool,
        services: Vec<ServiceId>,
    ) -> Result<Jugee, Erreur> {
        if connu.id == self.donneur.id {
            return Ok(Err("C’est votre propre compte.".to_owned()));
        }
        if connu.role == Some(Role::Gp) {
            let raison = "Cette personne est le gestionnaire principal\u{202F}: son rôle ne change que par un transfert.";
            return Ok(Err(raison.to_owned()));
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
            return Ok(Ok((Issue::Inchangee, details, None)));
        }
        if let Some((role, structure, prevus)) = &connu.prevu
            && deja(*role, *structure, prevus)
        {
            details.push(
                "En cours d’activation\u{202F}: le rattachement se fera avec elle.".to_owned(),
            );
            return Ok(Ok((Issue::Inchangee, details, None)));
        }
        let fin = if connu.role.is_some() {
            connu.fin
        } else {
            self.donneur.decideur.fin
        };
        let octroi = self.octroi(lu, fin, maille, services);
        let changements = match direct::prevoir(tx, self.donneur, connu.id, &octroi, None).await {
            Ok(changements) => changements,
            Err(erreur) => return refus(erreur).map(Err),
        };
        details.extend(changements.iter().filter_map(Changement::en_mots));
        if connu.arrete {
            details.push("Rétablit un rattachement arrêté.".to_owned());
        }
        if connu.prevu.is_some() {
            details.push("Remplace le rattachement prévu à l’activation.".to_owned());
        }
        if connu.demande {
            details.push("Répond à sa demande en attente.".to_owned());
        }
        let issue = if connu.role.is_some() {
            Issue::Modification
        } else {
            Issue::Rattachement
        };
        Ok(Ok((
            issue,
            details,
            Some(Effet::Rattacher(connu.id, octroi)),
        )))
    }

    fn inviter(&self, lu: &LigneEntree, maille: bool, services: Vec<ServiceId>) -> Jugee {
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
        Ok((
            Issue::Creation,
            details,
            Some(Effet::Inviter(compte, octroi)),
        ))
    }
}

/// The result, its words, what is done; or why not.
type Jugee = Result<(Issue, Vec<String>, Option<Effet>), String>;

/// The sentence of a refusal; a failure stays one.
fn refus(erreur: Erreur) -> Result<String, Erreur> {
    match erreur {
        Erreur::Conflit(phrase) | Erreur::Interdit(phrase) => Ok(phrase),
        Erreur::Invalide(erreurs) => Ok(erreurs.phrases().join(" ")),
        autre => Err(autre),
    }
}
