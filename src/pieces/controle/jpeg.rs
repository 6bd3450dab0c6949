/// Segments up to the scan, the scan up to the end of the image; behind it nothing, or other images of the same kind
/// (what cameras append) to the end of the file.
pub(super) fn entier(octets: &[u8]) -> bool {
    let mut reste = octets;
    while let Some(suite) = image(reste) {
        reste = suite;
        while let Some((0, suivants)) = reste.split_first() {
            reste = suivants;
        }
        if reste.is_empty() {
            return true;
        }
    }
    false
}

/// What follows one image, if it is one.
fn image(octets: &[u8]) -> Option<&[u8]> {
    let mut reste = octets.strip_prefix(&[0xFF, 0xD8])?;
    let mut cadre = false;
    loop {
        let (marque, suite) = marque(reste)?;
        reste = suite;
        match marque {
            // A frame: its height and width. C4, C8 and CC are tables.
            0xC0..=0xCF if !matches!(marque, 0xC4 | 0xC8 | 0xCC) => {
                let (corps, suite) = segment(reste)?;
                let taille = corps.get(1..5)?;
                cadre = taille[2..] != [0, 0];
                reste = suite;
            }
            0xDA => {
                let (_, suite) = segment(reste)?;
                reste = balayage(suite)?;
            }
            0xD9 => return cadre.then_some(reste),
            0x00..=0x01 | 0xD0..=0xD8 => return None,
            _ => reste = segment(reste)?.1,
        }
    }
}

/// The marker, with the fill bytes that may precede it.
fn marque(octets: &[u8]) -> Option<(u8, &[u8])> {
    let mut reste = octets.strip_prefix(&[0xFF])?;
    while let Some(suite) = reste.strip_prefix(&[0xFF]) {
        reste = suite;
    }
    let (marque, suite) = reste.split_first()?;
    Some((*marque, suite))
}

/// The body of a segment and what follows.
fn segment(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let longueur = usize::from(u16::from_be_bytes([*octets.first()?, *octets.get(1)?]));
    let corps = octets.get(2..longueur)?;
    Some((corps, &octets[longueur..]))
}

/// Compressed data run to the next marker that is neither a stuffed zero nor a restart.
fn balayage(octets: &[u8]) -> Option<&[u8]> {
    let mut place = 0;
    loop {
        place += octets.get(place..)?.iter().position(|o| *o == 0xFF)?;
        match octets.get(place + 1)? {
            0x00 | 0xD0..=0xD7 => place += 2,
            0xFF => place += 1,
            _ => return octets.get(place..),
        }
    }
}
