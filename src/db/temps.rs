use std::fmt;

/// An instant as the screens need it, made by the SQL function `temps()` (decisions 8: conversions in SQL):
/// ISO, in the time of Paris, with its offset.
#[derive(
    Clone, PartialEq, Eq, PartialOrd, Ord, Debug, sqlx::Type, serde::Serialize, serde::Deserialize,
)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct Temps(String);

impl Temps {
    /// `2026-11-21T23:57:38+01:00`, for the `datetime` attribute and the macros of `composants/donnees.html`.
    pub fn iso(&self) -> &str {
        &self.0
    }

    fn morceau(&self, de: usize, a: usize) -> &str {
        self.0.get(de..a).unwrap_or_default()
    }

    /// JJ/MM/AAAA.
    pub fn jour(&self) -> String {
        format!(
            "{}/{}/{}",
            self.morceau(8, 10),
            self.morceau(5, 7),
            self.morceau(0, 4)
        )
    }

    /// HH:MM.
    pub fn heure(&self) -> &str {
        self.morceau(11, 16)
    }

    /// « 21/11/2026 à 23:57 ».
    pub fn jour_heure(&self) -> String {
        format!("{} à {}", self.jour(), self.heure())
    }
}

impl fmt::Display for Temps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.jour())
    }
}
