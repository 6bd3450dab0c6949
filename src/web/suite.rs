//! Lists that go on from a line instead of a number (decisions 19: keyset on global lists): what is far costs what is near, and a line
//! that leaves the list shifts no other.

use std::fmt::Display;
use std::str::FromStr;

/// Where a page begins; `R`: the place of a line in the order of its list. What does not read is the beginning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Curseur<R> {
    Debut,
    Apres(R),
    Avant(R),
}

impl<R: FromStr> Curseur<R> {
    /// From the two values of the URL, of which one is empty.
    pub fn lire(apres: &str, avant: &str) -> Self {
        if let Ok(place) = apres.parse() {
            Self::Apres(place)
        } else if let Ok(place) = avant.parse() {
            Self::Avant(place)
        } else {
            Self::Debut
        }
    }
}

impl<R> Curseur<R> {
    /// The line beside which the page begins.
    pub fn place(&self) -> Option<&R> {
        match self {
            Self::Debut => None,
            Self::Apres(place) | Self::Avant(place) => Some(place),
        }
    }

    /// Lines are read against the order of the list.
    pub fn recule(&self) -> bool {
        matches!(self, Self::Avant(_))
    }
}

/// A line as it was read: its place in the order of the list, and how many lines the list has, counted up to its ceiling.
pub struct Lue<R, L> {
    pub place: R,
    pub total: i64,
    pub ligne: L,
}

/// A page, how many lines its list has, and the places from which its neighbours are read, as the URL writes them.
pub struct Tranche<L> {
    pub lignes: Vec<L>,
    pub total: i64,
    pub precedente: Option<String>,
    pub suivante: Option<String>,
}

impl<L> Tranche<L> {
    /// A page of `par` lines. `lire` gives one line more than a page from a cursor on, nearest first. It is asked a second time when
    /// nothing comes after the place any more, or less than a page before it: that is the first page, shown whole.
    ///
    /// # Errors
    /// Those of `lire`.
    pub async fn lire<R, E, F>(
        curseur: Curseur<R>,
        par: i64,
        lire: impl Fn(Curseur<R>, i64) -> F,
    ) -> Result<Self, E>
    where
        R: Clone + Display,
        F: Future<Output = Result<Vec<Lue<R, L>>, E>>,
    {
        let page = usize::try_from(par).unwrap_or(usize::MAX);
        let lues = lire(curseur.clone(), par + 1).await?;
        let manque = match &curseur {
            Curseur::Debut => false,
            Curseur::Apres(_) => lues.is_empty(),
            Curseur::Avant(_) => lues.len() <= page,
        };
        if manque {
            let lues = lire(Curseur::Debut, par + 1).await?;
            return Ok(Self::new(&Curseur::<R>::Debut, lues, page));
        }
        Ok(Self::new(&curseur, lues, page))
    }

    fn new<R: Display>(curseur: &Curseur<R>, mut lues: Vec<Lue<R, L>>, page: usize) -> Self {
        let reste = lues.len() > page;
        lues.truncate(page);
        if curseur.recule() {
            lues.reverse();
        }
        let (avant, apres) = match curseur {
            Curseur::Debut => (false, reste),
            Curseur::Apres(_) => (true, reste),
            Curseur::Avant(_) => (reste, true),
        };
        let place = |lue: &Lue<R, L>| lue.place.to_string();
        Self {
            total: lues.first().map_or(0, |lue| lue.total),
            precedente: lues.first().filter(|_| avant).map(place),
            suivante: lues.last().filter(|_| apres).map(place),
            lignes: lues.into_iter().map(|lue| lue.ligne).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Curseur, Lue, Tranche};

    type Page = (Vec<usize>, Option<usize>, Option<usize>);

    /// Three of the numbers from 1 to `n` at the cursor, and the places of the pages around them.
    async fn page(n: usize, curseur: Curseur<usize>) -> Page {
        let lire = async |curseur, limite| {
            let limite = usize::try_from(limite).unwrap();
            let lues: Vec<usize> = match curseur {
                Curseur::Debut => (1..=n).take(limite).collect(),
                Curseur::Apres(place) => (place + 1..=n).take(limite).collect(),
                Curseur::Avant(place) => (1..place).rev().take(limite).collect(),
            };
            let lue = |ligne| Lue {
                place: ligne,
                total: 12,
                ligne,
            };
            Ok::<_, ()>(lues.into_iter().map(lue).collect())
        };
        let tranche = Tranche::lire(curseur, 3, lire).await.unwrap();
        assert_eq!(tranche.total, if n == 0 { 0 } else { 12 });
        let nombre = |s: Option<String>| s.map(|s| s.parse().unwrap());
        (
            tranche.lignes,
            nombre(tranche.precedente),
            nombre(tranche.suivante),
        )
    }

    #[tokio::test]
    async fn on_va_jusqu_au_bout_et_on_en_revient() {
        let premiere = (vec![1, 2, 3], None, Some(3));
        let deuxieme = (vec![4, 5, 6], Some(4), Some(6));
        assert_eq!(page(7, Curseur::Debut).await, premiere);
        assert_eq!(page(7, Curseur::Apres(3)).await, deuxieme);
        assert_eq!(page(7, Curseur::Apres(6)).await, (vec![7], Some(7), None));
        assert_eq!(page(7, Curseur::Avant(7)).await, deuxieme);
        // Exactly a page, or less than one, comes before.
        assert_eq!(page(7, Curseur::Avant(4)).await, premiere);
        assert_eq!(page(7, Curseur::Avant(3)).await, premiere);
        // What was after it has left.
        assert_eq!(page(7, Curseur::Apres(7)).await, premiere);
        assert_eq!(page(3, Curseur::Debut).await, (vec![1, 2, 3], None, None));
        assert_eq!(page(0, Curseur::Debut).await, (vec![], None, None));
    }

    #[test]
    fn ce_qui_ne_se_lit_pas_ramene_au_debut() {
        assert_eq!(Curseur::<i64>::lire("12", ""), Curseur::Apres(12));
        assert_eq!(Curseur::<i64>::lire("", "12"), Curseur::Avant(12));
        assert_eq!(Curseur::<i64>::lire("x", "y"), Curseur::Debut);
    }
}
