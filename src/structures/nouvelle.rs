//! Registering a private structure that nobody had (R-STR-CREER): its identifier, what is known of it, its fiche.

use serde::{Deserialize, Serialize};
use sqlx::PgExecutor;

use super::store::lignes_d_adresse;
use crate::db::{StructureId, Tx};
use crate::identifiants::{CodePostal, Identifiant, TypeIdentifiant};
use crate::web::{Erreur, Erreurs, Saisie};

/// The identifier as typed.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieIdentifiant {
    pub type_identifiant: String,
    pub identifiant: String,
}

impl Saisie for SaisieIdentifiant {
    type Lu = Identifiant;

    fn lire(&self) -> Result<Identifiant, Erreurs> {
        let type_identifiant = self
            .type_identifiant
            .parse::<TypeIdentifiant>()
            .map_err(|_| {
                Erreurs::une("type_identifiant", "Choisissez le type de l’identifiant.")
            })?;
        if self.identifiant.trim().is_empty() {
            return Err(Erreurs::une(
                "identifiant",
                "Saisissez l’identifiant de la structure.",
            ));
        }
        Identifiant::lire(type_identifiant, &self.identifiant)
            .map_err(|phrase| Erreurs::une("identifiant", phrase))
    }
}

/// A structure found by its exact identifier, as somebody who is not in it may see it (decisions 13).
#[derive(Clone, Debug)]
pub struct Connue {
    pub id: StructureId,
    pub identifiant: Identifiant,
    pub raison_sociale: String,
    pub publique: bool,
    pub active: bool,
    pub passe_par_pigp: bool,
    pub sans_gestionnaire: bool,
    pub adresse: Vec<String>,
}

/// What an identifier leads to (R-COMPTE-CREER, step 2).
#[derive(Clone, Debug)]
pub enum Situee {
    /// Ask to join.
    Connue(Connue),
    /// It exists, and takes nobody any more.
    Fermee(Connue),
    /// Its accounts come from the référent (spec §13 « Accounts and PIGP »).
    ParPigp(Connue),
    /// Nobody has it, and its number is one of public law: public structures are not declared here.
    PubliqueInconnue,
    /// Nobody has it, and the SIRENE repertory says that it is closed.
    Radiee,
    /// Nobody has it: its fiche can be created.
    Libre,
}

/// A SIRET of public law: such a structure comes from an import or from the administrateur (R-STR-CREER).
pub fn semble_publique(identifiant: &Identifiant) -> bool {
    identifiant.siret().is_some_and(|s| s.semble_public())
}

/// Looks an identifier up.
pub async fn situer(db: impl PgExecutor<'_>, identifiant: &Identifiant) -> Result<Situee, Erreur> {
    let siret = identifiant.siret();
    let l = sqlx::query!(
        r#"select s.id as "id?: StructureId", s.raison_sociale as "raison_sociale?", s.publique as "publique?",
                  s.statut = 'active' as "active?", s.passe_par_pigp as "passe_par_pigp?", not s.a_gp as "sans_gestionnaire?",
                  s.adresse as "adresse?", s.complement_adresse_1 as "c1?", s.complement_adresse_2 as "c2?",
                  s.code_postal as "code_postal?", s.ville as "ville?",
                  coalesce(e.ferme or u.cessee, false) as "fermee!", coalesce(u.publique, false) as "de_droit_public!"
           from (select) rien
           left join structures s on s.type_identifiant = $1 and s.identifiant = $2
           left join sirene_etablissements e on e.siret = $3
           left join sirene_unites_legales u on u.siren = left($3, 9)"#,
        identifiant.type_identifiant().code(),
        identifiant.valeur(),
        siret.as_ref().map(|s| s.as_str())
    )
    .fetch_one(db)
    .await?;
    let (Some(id), Some(raison_sociale)) = (l.id, l.raison_sociale) else {
        return Ok(if semble_publique(identifiant) || l.de_droit_public {
            Situee::PubliqueInconnue
        } else if l.fermee {
            Situee::Radiee
        } else {
            Situee::Libre
        });
    };
    let connue = Connue {
        id,
        identifiant: identifiant.clone(),
        raison_sociale,
        publique: l.publique.unwrap_or_default(),
        active: l.active.unwrap_or_default(),
        passe_par_pigp: l.passe_par_pigp.unwrap_or_default(),
        sans_gestionnaire: l.sans_gestionnaire.unwrap_or_default(),
        adresse: lignes_d_adresse([&l.adresse, &l.c1, &l.c2], [&l.code_postal, &l.ville]),
    };
    Ok(match (connue.passe_par_pigp, connue.active) {
        (true, _) => Situee::ParPigp(connue),
        (false, false) => Situee::Fermee(connue),
        (false, true) => Situee::Connue(connue),
    })
}

/// The fiche as typed; its identifier was read before it.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieFiche {
    pub raison_sociale: String,
    pub adresse: String,
    pub code_postal: String,
    pub ville: String,
    pub pays: String,
    pub privee: String,
}

/// A private structure to register, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NouvelleStructure {
    pub identifiant: Identifiant,
    pub raison_sociale: String,
    pub adresse: String,
    /// Always there in France.
    pub code_postal: Option<String>,
    pub ville: String,
    /// Outside France.
    pub pays: Option<String>,
}

/// Identifiers of other countries: the address has one, and post codes have other shapes.
pub fn a_l_etranger(type_identifiant: TypeIdentifiant) -> bool {
    matches!(
        type_identifiant,
        TypeIdentifiant::UeHorsFrance | TypeIdentifiant::HorsUe
    )
}

impl SaisieFiche {
    /// # Errors
    /// At the fields; at `identifiant` for a number of public law.
    pub fn lire(&self, identifiant: &Identifiant) -> Result<NouvelleStructure, Erreurs> {
        let mut erreurs = Erreurs::default();
        if semble_publique(identifiant) {
            erreurs.ajouter("identifiant", PUBLIQUE);
        }
        let raison_sociale = erreurs.ligne(
            "raison_sociale",
            &self.raison_sociale,
            255,
            "Saisissez la raison sociale.",
        );
        let adresse = erreurs.ligne(
            "adresse",
            &self.adresse,
            255,
            "Saisissez l’adresse\u{202F}: numéro et voie.",
        );
        let etranger = a_l_etranger(identifiant.type_identifiant());
        let code_postal = self.lire_le_code_postal(&mut erreurs, etranger);
        let ville = erreurs.ligne("ville", &self.ville, 100, "Saisissez la ville.");
        let pays = etranger.then(|| erreurs.ligne("pays", &self.pays, 100, "Saisissez le pays."));
        if self.privee != "oui" {
            erreurs.ajouter(
                "privee",
                "Seule une structure privée se crée ici\u{202F}: cochez cette déclaration si elle est vraie.",
            );
        }
        erreurs.verdict()?;
        Ok(NouvelleStructure {
            identifiant: identifiant.clone(),
            raison_sociale,
            adresse,
            code_postal,
            ville,
            pays,
        })
    }

    fn lire_le_code_postal(&self, erreurs: &mut Erreurs, etranger: bool) -> Option<String> {
        if etranger && self.code_postal.trim().is_empty() {
            return None;
        }
        match CodePostal::lire(&self.code_postal) {
            Ok(code) if etranger || francais(code.as_str()) => Some(code.as_str().to_owned()),
            _ => {
                erreurs.ajouter(
                    "code_postal",
                    "Saisissez un code postal de 5 chiffres, par exemple 69001.",
                );
                None
            }
        }
    }
}

fn francais(code: &str) -> bool {
    code.len() == 5 && code.bytes().all(|o| o.is_ascii_digit())
}

/// Why a public structure is not created here.
pub const PUBLIQUE: &str = "Cet identifiant est celui d’un organisme public\u{202F}: les structures publiques sont enregistrées par l’administrateur du portail.";

impl NouvelleStructure {
    /// Code and name of its country.
    fn pays(&self) -> (String, String) {
        match self.identifiant.type_identifiant() {
            TypeIdentifiant::Ridet => ("NC".to_owned(), "NOUVELLE-CALÉDONIE".to_owned()),
            TypeIdentifiant::Tahiti => ("PF".to_owned(), "POLYNÉSIE FRANÇAISE".to_owned()),
            TypeIdentifiant::UeHorsFrance | TypeIdentifiant::HorsUe => {
                // Both begin with the country; the Union writes Greece its own way.
                let code = match self.identifiant.valeur().get(..2).unwrap_or("FR") {
                    "EL" => "GR",
                    autre => autre,
                };
                let nom = self.pays.as_deref().unwrap_or_default().to_uppercase();
                (code.to_owned(), nom)
            }
            _ => ("FR".to_owned(), "FRANCE".to_owned()),
        }
    }

    /// Address in one line, for a summary or the historique.
    pub fn adresse_complete(&self) -> String {
        let lieu = [self.code_postal.as_deref(), Some(&*self.ville)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        [Some(&*self.adresse), Some(&*lieu), self.pays.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Registers the structure; `None` when somebody has it already, were it a moment ago: a second insert waits for the
/// first.
pub async fn inserer(
    tx: &mut Tx,
    nouvelle: &NouvelleStructure,
) -> Result<Option<StructureId>, Erreur> {
    let (code_pays, libelle_pays) = nouvelle.pays();
    let id = StructureId::nouveau();
    let inseree = sqlx::query!(
        "insert into structures (id, type_identifiant, identifiant, raison_sociale, publique, adresse, code_postal, ville,
                                 code_pays, libelle_pays)
         values ($1, $2, $3, $4, false, $5, $6, $7, $8, $9)
         on conflict on constraint structures_identifiant do nothing",
        id.0,
        nouvelle.identifiant.type_identifiant().code(),
        nouvelle.identifiant.valeur(),
        nouvelle.raison_sociale,
        nouvelle.adresse,
        nouvelle.code_postal,
        nouvelle.ville,
        code_pays,
        libelle_pays
    )
    .execute(&mut **tx)
    .await?;
    Ok((inseree.rows_affected() == 1).then_some(id))
}
