use crate::db::StructureId;
use crate::web::Requete;

/// Place of a line in the order of the directory: the sort key, then the id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repere {
    pub cle: String,
    pub id: StructureId,
}

impl Repere {
    /// For the URL. The sort key holds letters, digits and spaces: `~` cannot be in it.
    pub fn ecrire(&self) -> String {
        format!("{}~{}", self.cle, self.id)
    }

    fn lire(texte: &str) -> Option<Self> {
        let (cle, id) = texte.rsplit_once('~')?;
        Some(Self {
            cle: cle.to_owned(),
            id: id.parse().ok()?,
        })
    }
}

/// Where a page of the directory begins (decisions 19: keyset on global lists). What does not read is the beginning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Curseur {
    Debut,
    Apres(Repere),
    Avant(Repere),
}

impl Curseur {
    pub fn lire(requete: &Requete) -> Self {
        if let Some(repere) = Repere::lire(requete.valeur("apres")) {
            Self::Apres(repere)
        } else if let Some(repere) = Repere::lire(requete.valeur("avant")) {
            Self::Avant(repere)
        } else {
            Self::Debut
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Curseur, Repere};
    use crate::db::StructureId;
    use crate::web::Requete;

    #[test]
    fn un_repere_se_relit_et_un_repere_faux_ramene_au_debut() {
        let repere = Repere {
            cle: "commune de pietralba".to_owned(),
            id: StructureId::nouveau(),
        };
        let question = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("apres", &repere.ecrire())
            .finish();
        assert_eq!(
            Curseur::lire(&Requete::lire("/annuaire", &question)),
            Curseur::Apres(repere)
        );
        for faux in ["apres=x", "avant=~", "apres=commune~12"] {
            assert_eq!(
                Curseur::lire(&Requete::lire("/annuaire", faux)),
                Curseur::Debut
            );
        }
    }
}
