//! The account search of R-GEST-RATTACHER and of a successor: one of the listed exceptions to isolation (decisions 13).

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::compte::Statut;
use crate::App;
use crate::acces::compteurs::{self, RECHERCHE_COMPTES};
use crate::acces::{Connecte, Membre};
use crate::db::UtilisateurId;
use crate::identifiants::CodePostal;
use crate::web::{Erreur, Erreurs, texte};

/// Results at most.
pub const MAXIMUM: usize = 50;
/// Letters of a name at least.
const LETTRES: usize = 3;
/// Characters of a criterion at most.
const LONGUEUR_MAX: usize = 120;

/// As typed; an empty string is no criterion. The names are those of the form's fields.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Criteres {
    pub nom: String,
    pub prenom: String,
    pub code_postal: String,
    /// « Identifiant de connexion »: the login address, or a part of it.
    pub identifiant: String,
    pub ville: String,
    pub adresse: String,
    pub pays: String,
}

/// All that is said of somebody else's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompteTrouve {
    pub id: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub identifiant_connexion: String,
    pub statut: Statut,
    /// Has a rattachement to the structure of the search, whatever its state, unless it was deleted: attaching again
    /// is then not what to do.
    pub rattache: bool,
}

impl CompteTrouve {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }

    /// « Oui » or « Non ».
    pub fn rattache_en_mots(&self) -> &'static str {
        if self.rattache { "Oui" } else { "Non" }
    }
}

#[derive(Clone, Default, Debug)]
pub struct Resultats {
    pub comptes: Vec<CompteTrouve>,
    /// There are more than [`MAXIMUM`]: the person must be more precise.
    pub davantage: bool,
}

/// The criteria as `comptes_cherches` takes them: keys, and patterns whose wildcards are escaped.
struct Motifs {
    nom: Option<String>,
    prenom: Option<String>,
    code_postal: Option<String>,
    identifiant: Option<String>,
    ville: Option<String>,
    adresse: Option<String>,
    pays: Option<String>,
}

/// `%` and `_` typed are characters, not wildcards.
fn echapper(texte: &str) -> String {
    let mut sortie = String::with_capacity(texte.len());
    for c in texte.chars() {
        if matches!(c, '%' | '_' | '\\') {
            sortie.push('\\');
        }
        sortie.push(c);
    }
    sortie
}

impl Criteres {
    fn tous(&self) -> [(&'static str, &str); 7] {
        [
            ("nom", &self.nom),
            ("prenom", &self.prenom),
            ("code_postal", &self.code_postal),
            ("identifiant", &self.identifiant),
            ("ville", &self.ville),
            ("adresse", &self.adresse),
            ("pays", &self.pays),
        ]
    }

    pub fn est_vide(&self) -> bool {
        self.tous()
            .iter()
            .all(|(_, valeur)| valeur.trim().is_empty())
    }

    /// Checks what was typed and makes the patterns; the keys come from the very function the columns use, so that
    /// « three letters » means three letters the search sees.
    async fn motifs(&self, app: &App) -> Result<Motifs, Erreur> {
        let mut erreurs = Erreurs::default();
        if self.est_vide() {
            return Err(Erreur::champ(
                "nom",
                "Renseignez au moins un critère de recherche.",
            ));
        }
        for (champ, valeur) in self.tous() {
            erreurs.lire(champ, texte::ligne(valeur, LONGUEUR_MAX).map(|_| ()));
        }
        erreurs.verdict()?;
        let cles = sqlx::query!(
            r#"select cle_recherche($1) as "nom!", cle_recherche($2) as "prenom!", cle_recherche($3) as "ville!",
                      cle_recherche($4) as "adresse!", cle_recherche($5) as "pays!""#,
            self.nom,
            self.prenom,
            self.ville,
            self.adresse,
            self.pays
        )
        .fetch_one(&app.db)
        .await?;
        let mut erreurs = Erreurs::default();
        let mut cle = |champ: &str, saisi: &str, cle: String, lettres: usize| {
            if saisi.trim().is_empty() {
                return None;
            }
            if cle.len() < lettres {
                let phrase = if lettres == 1 {
                    "Saisissez des lettres ou des chiffres.".to_owned()
                } else {
                    format!("Saisissez au moins {lettres} lettres.")
                };
                erreurs.ajouter(champ, &phrase);
            }
            Some(cle)
        };
        let motifs = Motifs {
            nom: cle("nom", &self.nom, cles.nom, LETTRES),
            prenom: cle("prenom", &self.prenom, cles.prenom, LETTRES),
            ville: cle("ville", &self.ville, cles.ville, 1),
            adresse: cle("adresse", &self.adresse, cles.adresse, LETTRES).map(|c| format!("%{c}%")),
            pays: cle("pays", &self.pays, cles.pays, 1),
            code_postal: None,
            identifiant: None,
        };
        let code_postal = if self.code_postal.trim().is_empty() {
            None
        } else {
            CodePostal::lire(&self.code_postal)
                .map(|c| format!("{}%", c.as_str()))
                .map_err(|phrase| erreurs.ajouter("code_postal", phrase))
                .ok()
        };
        let identifiant = self.identifiant.trim().to_lowercase();
        if !identifiant.is_empty() && identifiant.chars().count() < LETTRES {
            erreurs.ajouter("identifiant", "Saisissez au moins 3 caractères.");
        }
        erreurs.verdict()?;
        Ok(Motifs {
            code_postal,
            identifiant: Some(identifiant)
                .filter(|i| !i.is_empty())
                .map(|i| format!("%{}%", echapper(&i))),
            ..motifs
        })
    }
}

/// Searches all accounts, active or waiting for activation, for somebody to attach to `structure` or to succeed there; names
/// that begin with what was typed come first. Counted, and journalled with its criteria.
///
/// # Errors
/// `Invalide` at the criteria; `TropDeRequetes`; `Interdit` to whoever manages nothing in the structure.
pub async fn rechercher(
    app: &App,
    qui: &Connecte,
    structure: &Membre,
    criteres: &Criteres,
) -> Result<Resultats, Erreur> {
    if qui.id() != structure.id() || structure.droits().capacites.is_empty() {
        return Err(Erreur::Interdit(
            "La recherche de comptes est réservée aux gestionnaires de la structure.".to_owned(),
        ));
    }
    let motifs = criteres.motifs(app).await?;
    compteurs::compter(
        &app.db,
        &format!("recherche:{}", qui.id()),
        RECHERCHE_COMPTES,
    )
    .await?;
    let mut comptes = sqlx::query_as!(
        CompteTrouve,
        r#"select u.id as "id: UtilisateurId", u.prenom, u.nom, u.adresse_connexion as identifiant_connexion,
                  u.statut as "statut: Statut",
                  exists (select from rattachements r
                          where r.structure_id = $8 and r.utilisateur_id = u.id and r.statut <> 'supprimee') as "rattache!"
           from comptes_cherches($1, $2, $3, $4, $5, $6, $7, $9) c join utilisateurs u on u.id = c.id
           order by c.rang"#,
        motifs.nom,
        motifs.prenom,
        motifs.code_postal,
        motifs.identifiant,
        motifs.ville,
        motifs.adresse,
        motifs.pays,
        structure.structure().id.0,
        MAXIMUM as i64 + 1
    )
    .fetch_all(&app.db)
    .await?;
    let davantage = comptes.len() > MAXIMUM;
    comptes.truncate(MAXIMUM);
    journaliser(app, structure, criteres, comptes.len()).await?;
    Ok(Resultats { comptes, davantage })
}

/// Keeps who looked for whom (decisions 13).
///
/// # Errors
/// Those of the database.
pub async fn journaliser(
    app: &App,
    structure: &Membre,
    criteres: &Criteres,
    resultats: usize,
) -> Result<(), Erreur> {
    sqlx::query!(
        "insert into recherches_de_comptes (id, utilisateur_id, structure_id, criteres, resultats)
         values ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        structure.id().0,
        structure.structure().id.0,
        Json(criteres) as _,
        i32::try_from(resultats).unwrap_or(i32::MAX)
    )
    .execute(&app.db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_jokers_sont_des_caracteres() {
        assert_eq!(echapper(r"a_b%c\d"), r"a\_b\%c\\d");
    }
}
