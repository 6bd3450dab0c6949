//! The document itself: one A4 page, pre-filled, to be completed by hand and signed.
//!
//! The words are broken into lines here: krilla draws a line, it does not lay out a page.

use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use ttf_parser::Face;

use super::JOURS_POUR_CONTESTER;
use crate::web::Erreur;

/// What is filled in already.
#[derive(Clone, Debug)]
pub struct Contenu {
    /// Of the sollicitation.
    pub reference: String,
    /// Day it was made, in Paris.
    pub jour: String,
    pub raison_sociale: String,
    pub identifiant: String,
    pub successeur: String,
    pub login: String,
    /// `None`: the structure has no gestionnaire principal.
    pub ancien: Option<String>,
}

/// A4, in points.
const LARGEUR: f32 = 595.0;
const HAUTEUR: f32 = 842.0;
const MARGE: f32 = 64.0;
const INTERLIGNE: f32 = 1.45;

/// A font, with what measures it.
struct Police {
    font: Font,
    face: Face<'static>,
}

impl Police {
    fn lire(octets: &'static [u8]) -> Result<Self, Erreur> {
        let font = Font::new(octets.into(), 0);
        let face = Face::parse(octets, 0).ok();
        match (font, face) {
            (Some(font), Some(face)) => Ok(Self { font, face }),
            _ => Err(anyhow::anyhow!("the font cannot be read").into()),
        }
    }

    /// Width of a line, in points.
    fn mesurer(&self, texte: &str, taille: f32) -> f32 {
        let unites: u32 = texte
            .chars()
            .filter_map(|c| self.face.glyph_index(c))
            .filter_map(|g| self.face.glyph_hor_advance(g))
            .map(u32::from)
            .sum();
        unites as f32 * taille / f32::from(self.face.units_per_em())
    }

    /// Lines no wider than `largeur`; a word that is wider by itself is cut.
    fn couper(&self, texte: &str, taille: f32, largeur: f32) -> Vec<String> {
        let mut lignes = vec![String::new()];
        for mot in texte.split(' ') {
            let ligne = lignes.last().cloned().unwrap_or_default();
            let essai = if ligne.is_empty() {
                mot.to_owned()
            } else {
                format!("{ligne} {mot}")
            };
            if self.mesurer(&essai, taille) <= largeur {
                lignes.pop();
                lignes.push(essai);
                continue;
            }
            if ligne.is_empty() {
                lignes.pop();
            }
            let mut morceau = String::new();
            for c in mot.chars() {
                let plus_long = format!("{morceau}{c}");
                if self.mesurer(&plus_long, taille) > largeur && !morceau.is_empty() {
                    lignes.push(std::mem::take(&mut morceau));
                }
                morceau.push(c);
            }
            lignes.push(morceau);
        }
        lignes
    }
}

/// Where the next line goes.
struct Feuille<'a, 'b> {
    surface: Surface<'a>,
    y: f32,
    normale: &'b Police,
    grasse: &'b Police,
}

impl Feuille<'_, '_> {
    fn ligne(&mut self, x: f32, police: &Police, taille: f32, texte: &str) {
        let ici = Point::from_xy(x, self.y);
        let font = police.font.clone();
        self.surface
            .draw_text(ici, font, taille, texte, false, TextDirection::LeftToRight);
    }

    fn paragraphe(&mut self, taille: f32, texte: &str) {
        let police = self.normale;
        for ligne in police.couper(texte, taille, LARGEUR - 2.0 * MARGE) {
            self.ligne(MARGE, police, taille, &ligne);
            self.y += taille * INTERLIGNE;
        }
        self.y += taille * 0.6;
    }

    fn titre(&mut self, taille: f32, texte: &str) {
        let police = self.grasse;
        for ligne in police.couper(texte, taille, LARGEUR - 2.0 * MARGE) {
            self.ligne(MARGE, police, taille, &ligne);
            self.y += taille * 1.3;
        }
        self.y += taille * 0.4;
    }

    /// « Libellé », then its value beside it.
    fn valeur(&mut self, libelle: &str, valeur: &str) {
        const TAILLE: f32 = 10.5;
        const COLONNE: f32 = 170.0;
        self.ligne(MARGE, self.normale, TAILLE, libelle);
        let police = self.grasse;
        for ligne in police.couper(valeur, TAILLE, LARGEUR - 2.0 * MARGE - COLONNE) {
            self.ligne(MARGE + COLONNE, police, TAILLE, &ligne);
            self.y += TAILLE * INTERLIGNE;
        }
        self.y += 3.0;
    }

    /// A line to write on.
    fn a_remplir(&mut self, libelle: &str) {
        const TAILLE: f32 = 10.5;
        self.y += 12.0;
        self.ligne(MARGE, self.normale, TAILLE, libelle);
        let debut = MARGE + self.normale.mesurer(libelle, TAILLE) + 8.0;
        self.trait_(debut, LARGEUR - MARGE, self.y + 2.0);
        self.y += 14.0;
    }

    fn trait_(&mut self, de: f32, a: f32, y: f32) {
        let mut chemin = PathBuilder::new();
        chemin.move_to(de, y);
        chemin.line_to(a, y);
        self.tracer(chemin);
    }

    fn cadre(&mut self, libelle: &str, hauteur: f32) {
        let (gauche, droite, haut) = (MARGE, LARGEUR - MARGE, self.y);
        let mut chemin = PathBuilder::new();
        chemin.move_to(gauche, haut);
        chemin.line_to(droite, haut);
        chemin.line_to(droite, haut + hauteur);
        chemin.line_to(gauche, haut + hauteur);
        chemin.close();
        self.tracer(chemin);
        self.y += 16.0;
        self.ligne(MARGE + 8.0, self.normale, 9.0, libelle);
        self.y = haut + hauteur + 14.0;
    }

    fn tracer(&mut self, chemin: PathBuilder) {
        let Some(chemin) = chemin.finish() else {
            return;
        };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            width: 0.6,
            ..Stroke::default()
        }));
        self.surface.draw_path(&chemin);
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(noir()));
    }
}

fn noir() -> Fill {
    Fill {
        paint: luma::Color::black().into(),
        ..Fill::default()
    }
}

/// The page, as a PDF.
///
/// # Errors
/// A failure of the library.
pub fn composer(contenu: &Contenu) -> Result<Vec<u8>, Erreur> {
    let normale = Police::lire(dejavu::sans::regular())?;
    let grasse = Police::lire(dejavu::sans::bold())?;
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(format!("Certificat administratif {}", contenu.reference))
            .language("fr-FR".to_owned()),
    );
    let reglages = PageSettings::from_wh(LARGEUR, HAUTEUR)
        .ok_or_else(|| anyhow::anyhow!("the page has no size"))?;
    let mut page = document.start_page_with(reglages);
    {
        let mut feuille = Feuille {
            surface: page.surface(),
            y: MARGE + 10.0,
            normale: &normale,
            grasse: &grasse,
        };
        feuille.surface.set_fill(Some(noir()));
        ecrire(&mut feuille, contenu);
    }
    page.finish();
    document
        .finish()
        .map_err(|e| anyhow::anyhow!("the certificate cannot be written: {e:?}").into())
}

fn ecrire(feuille: &mut Feuille<'_, '_>, contenu: &Contenu) {
    feuille.titre(20.0, "Certificat administratif");
    feuille.titre(
        12.0,
        "Désignation du gestionnaire principal d’une structure",
    );
    feuille.paragraphe(
        9.5,
        &format!(
            "Sollicitation {}, document établi le {}. À compléter, à signer, puis à joindre à la sollicitation.",
            contenu.reference, contenu.jour
        ),
    );
    feuille.y += 6.0;
    feuille.valeur("Structure", &contenu.raison_sociale);
    feuille.valeur("SIRET ou identifiant", &contenu.identifiant);
    feuille.valeur(
        "Gestionnaire principal actuel",
        contenu.ancien.as_deref().unwrap_or("Aucun"),
    );
    feuille.valeur("Gestionnaire principal désigné", &contenu.successeur);
    feuille.valeur("Identifiant de connexion", &contenu.login);
    feuille.y += 8.0;
    feuille.a_remplir("Je soussigné(e) (nom, prénom)");
    feuille.a_remplir("Agissant en qualité de");
    feuille.y += 8.0;
    let remplacement = match &contenu.ancien {
        Some(ancien) => format!(" en remplacement de {ancien}, qui reste utilisateur simple"),
        None => String::new(),
    };
    feuille.paragraphe(
        10.5,
        &format!(
            "représentant légal de la structure désignée ci-dessus, ou dûment habilité(e) à l’engager, désigne {} comme gestionnaire principal{remplacement}. Cette personne décidera qui peut agir pour la structure, en gérera les services et les utilisateurs, et pourra transférer ce rôle.",
            contenu.successeur
        ),
    );
    feuille.paragraphe(
        10.5,
        &format!(
            "Je suis informé(e) que le gestionnaire principal actuel, s’il y en a un, est averti de ce changement et peut le contester pendant {JOURS_POUR_CONTESTER} jours."
        ),
    );
    feuille.a_remplir("Fait à");
    feuille.a_remplir("Le");
    feuille.y += 8.0;
    feuille.cadre("Signature et cachet de la structure", 120.0);
}
