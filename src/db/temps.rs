use std::fmt;

/// An instant as the screens need it, made by the SQL function `temps()`:
/// the ISO instant, then the day and the hour of Paris (decisions 8: conversions in SQL).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub struct Temps(String);

impl Temps {
    /// For the `datetime` attribute: `2026-11-21T22:57:38Z`.
    pub fn iso(&self) -> &str {
        self.0.get(..20).unwrap_or_default()
    }

    /// JJ/MM/AAAA in Paris.
    pub fn jour(&self) -> &str {
        self.0.get(21..31).unwrap_or_default()
    }

    /// HH:MM in Paris.
    pub fn heure(&self) -> &str {
        self.0.get(32..).unwrap_or_default()
    }

    /// « 21/11/2026 à 23:57 ».
    pub fn jour_heure(&self) -> String {
        format!("{} à {}", self.jour(), self.heure())
    }
}

impl fmt::Display for Temps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.jour())
    }
}
