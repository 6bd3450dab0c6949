use std::fmt;
use std::str::FromStr;

use time::OffsetDateTime;
use uuid::Uuid;

/// Place of a line in a list of the desk: what the order compares first, the instant, the id. It is said whole: the line that it names
/// may have changed its state since.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Rank of the state or sort key of the structure; empty in the order of dates.
    pub tete: String,
    pub le: OffsetDateTime,
    pub id: Uuid,
}

/// For the URL: `1.1763890000000000~id`, in microseconds.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = self.le.unix_timestamp_nanos() / 1_000;
        write!(f, "{}.{us}~{}", self.tete, self.id)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(texte: &str) -> Result<Self, ()> {
        let (place, id) = texte.rsplit_once('~').ok_or(())?;
        let (tete, us) = place.rsplit_once('.').ok_or(())?;
        let us: i64 = us.parse().map_err(|_| ())?;
        // The database knows no instant before 4713 BC: nothing of the portal is that old.
        let le = OffsetDateTime::from_unix_timestamp_nanos(i128::from(us) * 1_000)
            .ok()
            .filter(|le| le.year() > 0)
            .ok_or(())?;
        Ok(Self {
            tete: tete.to_owned(),
            le,
            id: id.parse().map_err(|_| ())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn une_place_se_relit_et_une_place_fausse_ne_se_lit_pas() {
        for juste in [
            "1.1763890000123456~01963f6e-0000-7000-8000-000000000001",
            ".-5~01963f6e-0000-7000-8000-000000000001",
            "mairie de l est.0~01963f6e-0000-7000-8000-000000000001",
        ] {
            let place: Place = juste.parse().expect("a place");
            assert_eq!(place.to_string(), juste);
        }
        for faux in [
            "",
            "~",
            "1.x~01963f6e-0000-7000-8000-000000000001",
            "1.-377705116800000000~01963f6e-0000-7000-8000-000000000001",
            "1.9223372036854775807~01963f6e-0000-7000-8000-000000000001",
            "1.0~01963f6e",
        ] {
            assert_eq!(faux.parse::<Place>(), Err(()), "{faux}");
        }
    }
}
