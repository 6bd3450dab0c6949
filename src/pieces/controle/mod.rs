//! What a file is, by its content: the first bytes and the minimal structure up to the last one, so that nothing else
//! hides behind. No parser of documents runs in the process (security.md IN5).

mod jpeg;
mod pdf;
mod png;

/// The kinds that are accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Genre {
    Pdf,
    Png,
    Jpeg,
}

impl Genre {
    pub fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        }
    }

    /// As the screens name it.
    pub fn libelle(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
        }
    }

    pub fn type_mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
        }
    }
}

const VIDE: &str = "Ce fichier est vide.";
const INCONNU: &str = "Ce fichier n’est ni un PDF, ni une image PNG ou JPEG.";
const EXTENSION: &str = "Le nom de ce fichier ne correspond pas à son contenu\u{202F}: il doit finir par .pdf, .png, .jpg ou .jpeg.";
const ABIME: &str = "Ce fichier est abîmé, ou contient autre chose qu’un document\u{202F}: enregistrez-le de nouveau, puis choisissez-le.";

/// The kind of a file, or the sentence for its field.
///
/// # Errors
/// Empty, of another kind, damaged, double (a ZIP or a page hidden behind), or named as another kind.
pub fn reconnaitre(nom: &str, octets: &[u8]) -> Result<Genre, &'static str> {
    if octets.is_empty() {
        return Err(VIDE);
    }
    let (genre, entier) = if octets.starts_with(b"%PDF-") {
        (Genre::Pdf, pdf::entier(octets))
    } else if octets.starts_with(&png::SIGNATURE) {
        (Genre::Png, png::entier(octets))
    } else if octets.starts_with(&[0xFF, 0xD8, 0xFF]) {
        (Genre::Jpeg, jpeg::entier(octets))
    } else {
        return Err(INCONNU);
    };
    if !entier || finit_en_zip(octets) {
        return Err(ABIME);
    }
    let extension = nom
        .rsplit_once('.')
        .map(|(_, e)| e.to_ascii_lowercase())
        .unwrap_or_default();
    if genre.extensions().contains(&extension.as_str()) {
        Ok(genre)
    } else {
        Err(EXTENSION)
    }
}

/// A ZIP is read from its end: its last record, whose comment runs to the last byte.
fn finit_en_zip(octets: &[u8]) -> bool {
    const FIN: &[u8; 4] = b"PK\x05\x06";
    let debut = octets.len().saturating_sub(22 + 65_535);
    let queue = &octets[debut..];
    queue
        .windows(22)
        .enumerate()
        .filter(|(_, fenetre)| fenetre.starts_with(FIN))
        .any(|(rang, fenetre)| {
            let commentaire = usize::from(u16::from_le_bytes([fenetre[20], fenetre[21]]));
            rang + 22 + commentaire == queue.len()
        })
}

/// Four bytes, big-endian, at this place.
fn entier32(octets: &[u8], a: usize) -> Option<usize> {
    let quatre: [u8; 4] = octets.get(a..a.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_be_bytes(quatre)).ok()
}

#[cfg(test)]
mod tests {
    use super::{ABIME, EXTENSION, Genre, INCONNU, VIDE, reconnaitre};

    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R>>\nstartxref\n9\n%%EOF\n";

    fn png() -> Vec<u8> {
        let mut octets = super::png::SIGNATURE.to_vec();
        let mut bloc = |genre: &[u8; 4], corps: &[u8]| {
            octets.extend(u32::try_from(corps.len()).expect("short").to_be_bytes());
            let mut somme = flate2::Crc::new();
            somme.update(genre);
            somme.update(corps);
            octets.extend(genre);
            octets.extend(corps);
            octets.extend(somme.sum().to_be_bytes());
        };
        bloc(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
        bloc(b"IDAT", &[0x78, 0x9C, 0x63, 0, 0, 0, 2, 0, 1]);
        bloc(b"IEND", &[]);
        octets
    }

    const JPEG: &[u8] = &[
        0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0, 0xFF,
        0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0, 0x34, 0xFF, 0xD0, 0x56, 0xFF, 0xD9,
    ];

    #[test]
    fn les_trois_genres_se_reconnaissent_au_contenu() {
        assert_eq!(reconnaitre("a.pdf", PDF), Ok(Genre::Pdf));
        assert_eq!(reconnaitre("a.PNG", &png()), Ok(Genre::Png));
        assert_eq!(reconnaitre("a.jpeg", JPEG), Ok(Genre::Jpeg));
        assert_eq!(reconnaitre("a.b.jpg", JPEG), Ok(Genre::Jpeg));
    }

    #[test]
    fn le_nom_ne_ment_pas_sur_le_contenu() {
        assert_eq!(reconnaitre("a.pdf", JPEG), Err(EXTENSION));
        assert_eq!(reconnaitre("a.pdf.html", PDF), Err(EXTENSION));
        assert_eq!(reconnaitre("pdf", PDF), Err(EXTENSION));
        for faux in [
            &b"MZ\x90\0"[..],
            b"PK\x03\x04",
            b"<svg xmlns='x'/>",
            b"<!doctype html>",
            b"GIF89a",
            b" %PDF-1.4",
        ] {
            assert_eq!(reconnaitre("a.pdf", faux), Err(INCONNU));
        }
        assert_eq!(reconnaitre("a.pdf", b""), Err(VIDE));
    }

    #[test]
    fn rien_ne_se_cache_derriere_un_document() {
        for (nom, bon) in [
            ("a.pdf", PDF.to_vec()),
            ("a.png", png()),
            ("a.jpg", JPEG.to_vec()),
        ] {
            let mut page = bon.clone();
            page.extend(b"<script>alert(1)</script>");
            assert_eq!(reconnaitre(nom, &page), Err(ABIME), "{nom} + page");
            let mut archive = bon.clone();
            archive.extend(b"PK\x05\x06");
            archive.extend([0; 18]);
            assert_eq!(reconnaitre(nom, &archive), Err(ABIME), "{nom} + zip");
            for longueur in [6, bon.len() / 2, bon.len() - 2] {
                assert!(
                    reconnaitre(nom, &bon[..longueur]).is_err(),
                    "{nom} cut at {longueur}"
                );
            }
        }
        // The comment of the archive looks like the end of the document.
        let mut double = PDF.to_vec();
        double.extend(b"PK\x05\x06");
        double.extend([0; 16]);
        double.extend(6u16.to_le_bytes());
        double.extend(b"%%EOF\n");
        assert_eq!(reconnaitre("a.pdf", &double), Err(ABIME));
    }

    #[test]
    fn un_bloc_png_faux_est_refuse() {
        let mut faux = png();
        faux[20] ^= 1;
        assert_eq!(reconnaitre("a.png", &faux), Err(ABIME));
        let mut immense = png();
        immense[8..12].copy_from_slice(&[0xFF; 4]);
        assert_eq!(reconnaitre("a.png", &immense), Err(ABIME));
    }
}
