use super::entier32;

pub(super) const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];

/// Blocks one after the other, each with its checksum, from IHDR to IEND, which is the end of the file.
pub(super) fn entier(octets: &[u8]) -> bool {
    let mut place = SIGNATURE.len();
    let (mut premier, mut image) = (true, false);
    while let Some(longueur) = entier32(octets, place) {
        let Some(fin) = place.checked_add(12).and_then(|f| f.checked_add(longueur)) else {
            return false;
        };
        let Some(bloc) = octets.get(place + 4..fin) else {
            return false;
        };
        let (contenu, somme) = bloc.split_at(longueur + 4);
        let mut calculee = flate2::Crc::new();
        calculee.update(contenu);
        if somme != calculee.sum().to_be_bytes() {
            return false;
        }
        let (genre, corps) = contenu.split_at(4);
        let tete = genre == b"IHDR";
        if tete != premier {
            return false;
        }
        if tete && !(corps.len() == 13 && dimension(corps, 0) && dimension(corps, 4)) {
            return false;
        }
        premier = false;
        image |= genre == b"IDAT";
        if genre == b"IEND" {
            return image && corps.is_empty() && fin == octets.len();
        }
        place = fin;
    }
    false
}

fn dimension(corps: &[u8], a: usize) -> bool {
    entier32(corps, a).is_some_and(|n| n > 0)
}
