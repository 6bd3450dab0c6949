use crate::App;
use crate::acces::Connecte;
use crate::db::StructureId;
use crate::identifiants::{CodePostal, sur_une_ligne};
use crate::web::{Erreur, Erreurs, texte};

/// Words compared one by one; the SQL function has so many places.
const MOTS: usize = 6;

/// Results of a search before asking for a rattachement (R-COMPTE-RATTACHEMENTS).
pub const RESULTATS: usize = 50;

/// A search of structures as the SQL function `chercher_structures_publiques` takes it. Words hold letters and digits
/// only: no wildcard survives.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Criteres {
    pub mots: Vec<String>,
    /// The words stuck together, where there are several: spaces are ignored.
    pub tout: Option<String>,
    /// Beginning of an identifier, or a word of the name: what a single word may be.
    pub numero: Option<String>,
    /// Beginning of an identifier: a SIREN or more, among other words.
    pub identifiant: Option<String>,
    pub code_postal: Option<String>,
}

impl Criteres {
    /// One box (raison sociale, identifiant, ville) and a post code or its beginning. Both empty: everything.
    ///
    /// # Errors
    /// On `q` or `cp`, when they hold nothing that can be looked for.
    pub fn lire(q: &str, cp: &str) -> Result<Self, Erreurs> {
        let mut erreurs = Erreurs::default();
        let mut criteres = Self::default();
        let saisie = erreurs.lire("q", texte::ligne(q, 100));
        if erreurs.est_vide() && !criteres.lire_la_saisie(&saisie) {
            erreurs.ajouter("q", "Saisissez au moins une lettre ou un chiffre.");
        }
        if !cp.trim().is_empty() {
            match CodePostal::lire(cp) {
                Ok(code) => criteres.code_postal = Some(code.as_str().to_owned()),
                Err(phrase) => erreurs.ajouter("cp", phrase),
            }
        }
        erreurs.verdict().map(|()| criteres)
    }

    fn lire_la_saisie(&mut self, saisie: &str) -> bool {
        let mut mots: Vec<String> = Vec::new();
        for mot in saisie
            .split(|c: char| !c.is_alphanumeric())
            .filter(|m| !m.is_empty())
        {
            match mots.last_mut() {
                // « 212 002 232 00016 » is one number.
                Some(dernier) if chiffres(dernier) && chiffres(mot) => dernier.push_str(mot),
                _ => mots.push(mot.to_owned()),
            }
        }
        if let Some(rang) = mots.iter().position(|m| m.len() >= 9 && chiffres(m)) {
            self.identifiant = Some(mots.remove(rang));
        } else if let [seul] = &mots[..]
            && seul.is_ascii()
        {
            self.numero = Some(seul.to_ascii_uppercase());
        }
        if mots.len() > 1 {
            self.tout = Some(mots.concat());
        }
        if mots.len() > MOTS {
            let suite = mots.split_off(MOTS - 1).concat();
            mots.push(suite);
        }
        self.mots = mots;
        saisie.is_empty() || !self.mots.is_empty() || self.identifiant.is_some()
    }
}

fn chiffres(mot: &str) -> bool {
    mot.bytes().all(|o| o.is_ascii_digit())
}

/// What was typed to find the structure to join.
#[derive(Clone, Debug)]
pub struct Recherche {
    criteres: Criteres,
    /// Spellings under which an identifier may be stored: as typed, and without its spaces.
    exacts: Vec<String>,
}

impl Recherche {
    /// `q`: identifiant, raison sociale or ville; `cp`: post code or its beginning. At least one of them.
    ///
    /// # Errors
    /// On `q` or `cp`, when they hold nothing that can be looked for.
    pub fn lire(q: &str, cp: &str) -> Result<Self, Erreurs> {
        if q.trim().is_empty() && cp.trim().is_empty() {
            return Err(Erreurs::une(
                "q",
                "Saisissez un identifiant, une raison sociale, une ville ou un code postal.",
            ));
        }
        let criteres = Criteres::lire(q, cp)?;
        let exact = sur_une_ligne(q).unwrap_or_default().to_uppercase();
        let mut exacts = vec![exact.split_whitespace().collect::<String>(), exact];
        exacts.retain(|e| !e.is_empty());
        exacts.dedup();
        Ok(Self { criteres, exacts })
    }
}

/// What the person can do with a structure found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Situation {
    /// It exists: ask.
    Existe,
    DejaRattache,
    DemandeEnCours,
    Inactive,
}

impl Situation {
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Existe => "Vous pouvez demander votre rattachement.",
            Self::DejaRattache => "Vous y êtes déjà rattaché(e).",
            Self::DemandeEnCours => "Votre demande est en cours de validation.",
            Self::Inactive => {
                "Cette structure est désactivée\u{202F}: elle n’accepte plus de demande."
            }
        }
    }
}

/// A structure as somebody who is not in it may see it.
#[derive(Clone, Debug)]
pub struct Trouvee {
    pub id: StructureId,
    pub type_identifiant: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub ville: Option<String>,
    pub code_postal: Option<String>,
    pub publique: bool,
    /// Nobody can decide yet: a request waits, and the screen says so (decisions 3).
    pub sans_gestionnaire: bool,
    pub situation: Situation,
}

#[derive(Clone, Debug)]
pub struct Resultats {
    pub trouvees: Vec<Trouvee>,
    /// More than [`RESULTATS`] structures match: the person must be more precise.
    pub davantage: bool,
}

/// Finds the structure to join: public ones by any criterion, a private one by its exact full identifier only
/// (decisions 13), the names that begin with what was typed before the others. Says for each what this person may do, in the
/// same statement.
pub async fn rechercher_pour_rattachement(
    app: &App,
    connecte: &Connecte,
    recherche: &Recherche,
) -> Result<Resultats, Erreur> {
    let c = &recherche.criteres;
    let mut trouvees = sqlx::query_as!(
        Trouvee,
        r#"select s.id as "id: StructureId", s.type_identifiant, s.identifiant, s.raison_sociale, s.ville, s.code_postal,
                  s.publique, not s.a_gp as "sans_gestionnaire!",
                  case when s.statut = 'inactive' then 'inactive'
                       when exists (select from demandes_rattachement d
                                    where d.structure_id = s.id and d.utilisateur_id = $7
                                      and d.statut = 'en_cours_de_validation') then 'demande_en_cours'
                       when exists (select from rattachements_effectifs r
                                    where r.structure_id = s.id and r.utilisateur_id = $7) then 'deja_rattache'
                       else 'existe' end as "situation!: Situation"
           from structures_a_rejoindre($1, $2, $3, $4, $5, $6, $8) t
           join structures s on s.id = t.id
           order by t.rang"#,
        &c.mots,
        c.tout,
        c.numero,
        c.identifiant,
        c.code_postal,
        &recherche.exacts,
        connecte.id().0,
        RESULTATS as i64 + 1,
    )
    .fetch_all(&app.db)
    .await?;
    let davantage = trouvees.len() > RESULTATS;
    trouvees.truncate(RESULTATS);
    Ok(Resultats {
        trouvees,
        davantage,
    })
}

#[cfg(test)]
mod tests {
    use super::Criteres;

    fn lus(q: &str) -> Criteres {
        Criteres::lire(q, "").expect("criteria")
    }

    #[test]
    fn un_siret_avec_ses_espaces_est_un_seul_identifiant() {
        let criteres = lus("212 002 232 00016");
        assert_eq!(criteres.identifiant.as_deref(), Some("21200223200016"));
        assert!(criteres.mots.is_empty() && criteres.numero.is_none());
        assert_eq!(
            lus("pietralba 212002232").identifiant.as_deref(),
            Some("212002232")
        );
    }

    #[test]
    fn un_mot_seul_peut_etre_le_debut_d_un_identifiant() {
        assert_eq!(lus("212").numero.as_deref(), Some("212"));
        assert_eq!(lus("la rochelle").numero, None);
        assert_eq!(lus("la rochelle").tout.as_deref(), Some("larochelle"));
    }

    #[test]
    fn un_joker_seul_n_est_pas_une_recherche() {
        assert!(Criteres::lire("%", "").is_err());
        assert!(Criteres::lire("_", "").is_err());
        assert!(Criteres::lire("", "7%").is_err());
        assert_eq!(lus(""), Criteres::default());
    }

    #[test]
    fn au_dela_de_six_les_derniers_mots_sont_colles() {
        let mots = lus("a b c d e f g h").mots;
        assert_eq!(mots, ["a", "b", "c", "d", "e", "fgh"]);
    }
}
