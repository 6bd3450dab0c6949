//! « Changement de gestionnaire principal »: exactly what seed 000 §3 lists. The checks are of form only: whether the
//! structure and the accounts exist is the desk's to see (spec §13 « Support »).

use serde::{Deserialize, Serialize};

use super::depot::Demandee;
use super::etat::{Categorie, Destinataire};
use crate::App;
use crate::acces::Connecte;
use crate::db::StructureId;
use crate::identifiants::{AdresseElectronique, Siret};
use crate::web::{Erreur, Erreurs, Saisie};

/// Somebody, as typed: login, nom and prénom.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Identite {
    pub login: String,
    pub nom: String,
    pub prenom: String,
}

impl Identite {
    /// « Royer Anne (anne.royer@…) », without what is not known.
    pub fn phrase(&self) -> String {
        let nom = format!("{} {}", self.prenom, self.nom);
        match (nom.trim(), self.login.as_str()) {
            ("", login) => login.to_owned(),
            (nom, "") => nom.to_owned(),
            (nom, login) => format!("{nom} ({login})"),
        }
    }
}

/// What the author typed; kept in `donnees`.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangementGestionnaire {
    pub siret: String,
    pub raison_sociale: String,
    /// The author does not know who the gestionnaire principal is; what he does know of him is kept.
    pub gp_inconnu: bool,
    pub gp: Identite,
    pub cible: Identite,
}

impl ChangementGestionnaire {
    /// « inconnu », or who.
    pub fn gp_actuel(&self) -> String {
        match (self.gp_inconnu, self.gp.phrase()) {
            (true, phrase) if phrase.is_empty() => "Inconnu".to_owned(),
            (true, phrase) => format!("Inconnu\u{202F}; peut-être {phrase}"),
            (false, phrase) => phrase,
        }
    }
}

/// The form, as typed.
#[derive(Deserialize, Default, Clone)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SaisieChangement {
    pub siret: String,
    pub raison_sociale: String,
    pub gp_inconnu: String,
    pub gp_login: String,
    pub gp_nom: String,
    pub gp_prenom: String,
    pub cible_login: String,
    pub cible_nom: String,
    pub cible_prenom: String,
}

/// As the accounts.
const NOM_MAX: usize = 80;

/// A login: mandatory, or optional where the person is unknown.
fn login(erreurs: &mut Erreurs, champ: &str, saisi: &str, facultatif: bool) -> String {
    if facultatif && saisi.trim().is_empty() {
        return String::new();
    }
    if saisi.trim().is_empty() {
        erreurs.ajouter(champ, "Saisissez l’identifiant de connexion.");
        return String::new();
    }
    erreurs.lire(
        champ,
        AdresseElectronique::lire(saisi).map(|a| a.as_str().to_owned()),
    )
}

fn nom(erreurs: &mut Erreurs, champ: &str, saisi: &str, facultatif: bool, absent: &str) -> String {
    if facultatif {
        erreurs
            .ligne_facultative(champ, saisi, NOM_MAX)
            .unwrap_or_default()
    } else {
        erreurs.ligne(champ, saisi, NOM_MAX, absent)
    }
}

impl Saisie for SaisieChangement {
    type Lu = Demandee;

    fn lire(&self) -> Result<Demandee, Erreurs> {
        let mut erreurs = Erreurs::default();
        let siret = match Siret::lire(&self.siret) {
            Ok(siret) => Some(siret),
            Err(phrase) => {
                erreurs.ajouter("siret", phrase);
                None
            }
        };
        let raison_sociale = erreurs.ligne(
            "raison_sociale",
            &self.raison_sociale,
            200,
            "Saisissez la raison sociale.",
        );
        let inconnu = self.gp_inconnu == "oui";
        let gp = Identite {
            login: login(&mut erreurs, "gp_login", &self.gp_login, inconnu),
            nom: nom(
                &mut erreurs,
                "gp_nom",
                &self.gp_nom,
                inconnu,
                "Saisissez le nom, ou cochez «\u{202F}Inconnu\u{202F}».",
            ),
            prenom: nom(
                &mut erreurs,
                "gp_prenom",
                &self.gp_prenom,
                inconnu,
                "Saisissez le prénom, ou cochez «\u{202F}Inconnu\u{202F}».",
            ),
        };
        let cible = Identite {
            login: login(&mut erreurs, "cible_login", &self.cible_login, false),
            nom: nom(
                &mut erreurs,
                "cible_nom",
                &self.cible_nom,
                false,
                "Saisissez le nom.",
            ),
            prenom: nom(
                &mut erreurs,
                "cible_prenom",
                &self.cible_prenom,
                false,
                "Saisissez le prénom.",
            ),
        };
        if !cible.login.is_empty() && cible.login == gp.login {
            erreurs.ajouter(
                "cible_login",
                "Le gestionnaire cible est déjà le gestionnaire actuel\u{202F}: vérifiez les deux identifiants.",
            );
        }
        erreurs.verdict()?;
        let changement = ChangementGestionnaire {
            siret: siret
                .as_ref()
                .map(|s| s.as_str().to_owned())
                .unwrap_or_default(),
            raison_sociale,
            gp_inconnu: inconnu,
            gp,
            cible,
        };
        Ok(Demandee {
            destinataire: Destinataire::Support,
            categorie: Categorie::ChangementGestionnaire,
            sous_categorie: "",
            objet: format!(
                "Changement de gestionnaire principal de {}",
                changement.raison_sociale
            ),
            texte: format!(
                "Le gestionnaire principal de {} (SIRET {}) est inconnu, ou est parti sans transférer son rôle.\nGestionnaire principal actuel\u{202F}: {}.\nGestionnaire principal cible\u{202F}: {}.",
                changement.raison_sociale,
                changement.siret,
                changement.gp_actuel(),
                changement.cible.phrase()
            ),
            donnees: serde_json::to_value(&changement).unwrap_or_default(),
            siret,
            brouillon: None,
            piece: None,
        })
    }
}

/// The form as it first opens.
pub(super) enum Depart {
    Changement(SaisieChangement),
    /// The structure has no SIRET: the free category, with its name.
    SansSiret(String),
}

/// Pre-filled for a person attached to the structure or whose request is pending there, with what her own pages show
/// already: SIRET and raison sociale. The gestionnaire principal is filled in only for somebody whose rattachement is in
/// force (spec §13 « Support »). Any other structure, known or not, gives the same empty form.
pub(super) async fn pre_remplir(
    app: &App,
    connecte: &Connecte,
    structure: Option<StructureId>,
) -> Result<Depart, Erreur> {
    let moi = connecte.personne();
    let mut saisie = SaisieChangement {
        cible_login: moi.adresse_connexion.clone(),
        cible_nom: moi.nom.clone(),
        cible_prenom: moi.prenom.clone(),
        ..SaisieChangement::default()
    };
    let Some(structure) = structure else {
        return Ok(Depart::Changement(saisie));
    };
    let connue = sqlx::query!(
        r#"select s.type_identifiant = 'SIRET' as "siret!", s.identifiant as "identifiant!", s.raison_sociale as "raison_sociale!",
                  g.utilisateur_id = $2 as "est_gp?", u.adresse_connexion as "gp_login?", u.nom as "gp_nom?", u.prenom as "gp_prenom?"
           from structures s
           left join rattachements g on g.id = s.gp_id
             and exists (select from rattachements_effectifs r where r.structure_id = s.id and r.utilisateur_id = $2)
           left join utilisateurs u on u.id = g.utilisateur_id and u.statut <> 'clos'
           where s.id = $1
             and (exists (select from rattachements r
                          where r.structure_id = s.id and r.utilisateur_id = $2 and r.statut <> 'supprimee')
                  or exists (select from demandes_rattachement d
                             where d.structure_id = s.id and d.utilisateur_id = $2 and d.statut = 'en_cours_de_validation'))"#,
        structure.0,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?;
    let Some(connue) = connue else {
        return Ok(Depart::Changement(saisie));
    };
    if !connue.siret {
        return Ok(Depart::SansSiret(connue.raison_sociale));
    }
    if connue.est_gp == Some(true) {
        saisie = SaisieChangement::default();
    }
    saisie.siret = connue.identifiant;
    saisie.raison_sociale = connue.raison_sociale;
    saisie.gp_login = connue.gp_login.unwrap_or_default();
    saisie.gp_nom = connue.gp_nom.unwrap_or_default();
    saisie.gp_prenom = connue.gp_prenom.unwrap_or_default();
    Ok(Depart::Changement(saisie))
}
