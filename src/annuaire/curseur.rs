use std::fmt;
use std::str::FromStr;

use crate::db::StructureId;

/// Place of a line in the order of the directory: the sort key, then the id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Repere {
    pub cle: String,
    pub id: StructureId,
}

/// For the URL. The sort key holds letters, digits and spaces: `~` cannot be in it.
impl fmt::Display for Repere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.cle, self.id)
    }
}

impl FromStr for Repere {
    type Err = ();

    fn from_str(texte: &str) -> Result<Self, ()> {
        let (cle, id) = texte.rsplit_once('~').ok_or(())?;
        Ok(Self {
            cle: cle.to_owned(),
            id: id.parse().map_err(|_| ())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Repere;
    use crate::db::StructureId;

    #[test]
    fn un_repere_se_relit_et_un_repere_faux_ne_se_lit_pas() {
        let repere = Repere {
            cle: "commune de pietralba".to_owned(),
            id: StructureId::nouveau(),
        };
        assert_eq!(repere.to_string().parse(), Ok(repere));
        for faux in ["", "x", "~", "commune~12"] {
            assert_eq!(faux.parse::<Repere>(), Err(()), "{faux}");
        }
    }
}
