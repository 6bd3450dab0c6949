/// A die that always rolls the same from one seed (splitmix64).
pub struct De(u64);

impl De {
    pub fn new(graine: u64) -> Self {
        Self(graine)
    }

    fn suivant(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `n` excluded.
    pub fn sous(&mut self, n: usize) -> usize {
        usize::try_from(self.suivant() % n as u64).expect("below n")
    }

    /// Once in `n`.
    pub fn une_fois_sur(&mut self, n: usize) -> bool {
        self.sous(n) == 0
    }

    pub fn parmi<'a, T>(&mut self, choix: &'a [T]) -> Option<&'a T> {
        (!choix.is_empty()).then(|| &choix[self.sous(choix.len())])
    }
}
