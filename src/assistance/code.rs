//! The code: 40 random bits, dictated on the telephone. Only its HMAC is kept, and every try is counted before it is
//! looked at.

use rand::Rng;

use crate::secrets::Cles;

/// Digits and letters, without i, l, o and u: none is heard or read for another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters: 5 bits each.
const LONGUEUR: usize = 8;
/// Purpose of the derived key.
const BUT: &str = "assistance";

/// `4F7K-9QXD`
pub(super) fn nouveau() -> String {
    let mut octets = [0u8; LONGUEUR];
    rand::rng().fill_bytes(&mut octets);
    let lettres = octets.map(|o| char::from(ALPHABET[usize::from(o % 32)]));
    let (debut, fin) = lettres.split_at(LONGUEUR / 2);
    format!(
        "{}-{}",
        debut.iter().collect::<String>(),
        fin.iter().collect::<String>()
    )
}

/// However typed: case, spaces and hyphens do not count; i, l and o are read as the digits they look like.
pub(super) fn lire(saisi: &str) -> Option<String> {
    let code: String = saisi
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        .take(LONGUEUR + 1)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let bon = code.len() == LONGUEUR && code.bytes().all(|o| ALPHABET.contains(&o));
    bon.then_some(code)
}

/// What the table keeps of a code that [`lire`] accepted. A code lives minutes: no older key needs to verify it.
pub(super) fn hacher(cles: &Cles, code: &str) -> Vec<u8> {
    cles.mac(None, BUT, code.as_bytes()).1.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_code_dicte_est_lu_quelle_que_soit_sa_forme() {
        for saisi in ["4f7k-9qxd", " 4F7K 9QXD ", "4F7K9QXD", "4F7K\u{2011}9QXD"] {
            assert_eq!(lire(saisi).as_deref(), Some("4F7K9QXD"), "{saisi}");
        }
        assert_eq!(lire("oil0-0000").as_deref(), Some("01100000"));
        for faux in ["", "4F7K-9QX", "4F7K-9QXDD", "4F7K-9QXU", "é4F7K9QX"] {
            assert_eq!(lire(faux), None, "{faux}");
        }
    }

    #[test]
    fn un_code_neuf_se_relit_et_ne_se_repete_pas() {
        let codes: std::collections::BTreeSet<_> = (0..200).map(|_| nouveau()).collect();
        assert_eq!(codes.len(), 200);
        for code in codes {
            assert_eq!(lire(&code), Some(code.replace('-', "")));
        }
    }
}
