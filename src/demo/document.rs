//! A document for the demo world: one page, plain lines, a table of references that holds.

use std::fmt::Write as _;

/// A PDF of these lines; characters outside Latin-1 are not for it.
pub(super) fn document(lignes: &[&str]) -> Vec<u8> {
    let mut page = String::from("BT /F1 12 Tf 18 TL 60 780 Td\n");
    for ligne in lignes {
        let ligne = ligne.replace('\\', "").replace(['(', ')'], "");
        let _ = writeln!(page, "({ligne}) Tj T*");
    }
    page.push_str("ET\n");
    let page = latin1(&page);
    let objets: [Vec<u8>; 5] = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_vec(),
        [
            format!("<</Length {}>>stream\n", page.len()).into_bytes(),
            page,
            b"endstream".to_vec(),
        ]
        .concat(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec(),
    ];
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (rang, objet) in objets.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend_from_slice(format!("{} 0 obj\n", rang + 1).as_bytes());
        pdf.extend_from_slice(objet);
        pdf.extend_from_slice(b"\nendobj\n");
    }
    let table = pdf.len();
    let mut fin = format!("xref\n0 {}\n0000000000 65535 f \n", objets.len() + 1);
    for place in places {
        let _ = writeln!(fin, "{place:010} 00000 n ");
    }
    let _ = write!(
        fin,
        "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n",
        objets.len() + 1
    );
    pdf.extend_from_slice(fin.as_bytes());
    pdf
}

fn latin1(texte: &str) -> Vec<u8> {
    texte
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::document;
    use crate::pieces::{Genre, reconnaitre};

    #[test]
    fn le_document_de_la_demo_est_de_ceux_que_l_on_accepte() {
        let pdf = document(&["Facture 2026-117", "Réglée (ou presque)"]);
        assert_eq!(reconnaitre("facture.pdf", &pdf), Ok(Genre::Pdf));
    }
}
