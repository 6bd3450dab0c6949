use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{Method, header};
use serde::de::DeserializeOwned;
use unicode_normalization::UnicodeNormalization;

use super::extract::{CHAMPS, OCTETS};
use super::texte::trompeur;
use super::{Erreur, Erreurs, Formulaire};

/// An uploaded file. What is wrong with it is a sentence for its field, so that the page comes back with its form.
pub struct FichierRecu {
    /// As the person's computer names it, cleaned, for the screens only; never a path.
    pub nom: String,
    pub octets: Result<Vec<u8>, &'static str>,
}

/// Characters of a file name at most.
const NOM_MAX: usize = 120;
const FAUX: &str =
    "Le formulaire envoyé n’est pas celui de cette page. Rechargez la page et recommencez.";
const INCOMPLET: &str = "Le fichier n’est pas arrivé en entier. Recommencez.";

/// The last part of what may be a path, without control or bidirectional characters, shortened before its extension.
fn nom_propre(brut: &str) -> String {
    let dernier = brut.rsplit(['/', '\\']).next().unwrap_or_default();
    let propre: String = dernier
        .nfc()
        .filter(|c| !c.is_control() && !trompeur(*c) && !matches!(c, '\u{2028}' | '\u{2029}'))
        .collect();
    let propre = propre.trim().trim_start_matches('.').trim_start();
    let longueur = propre.chars().count();
    if longueur <= NOM_MAX {
        return propre.to_owned();
    }
    let extension = propre
        .rsplit_once('.')
        .map(|(_, e)| format!(".{e}"))
        .filter(|e| e.chars().count() <= 9)
        .unwrap_or_default();
    let garde = NOM_MAX - extension.chars().count();
    propre
        .chars()
        .take(garde)
        .chain(extension.chars())
        .collect()
}

/// Reads a file to its end, keeping at most `max` bytes: what is larger is drained, so that the browser hears the answer.
async fn recevoir(mut partie: Field<'_>, max: usize, trop: &'static str) -> FichierRecu {
    let nom = nom_propre(partie.file_name().unwrap_or_default());
    let mut octets = Ok(Vec::new());
    loop {
        match partie.chunk().await {
            Ok(Some(morceau)) => {
                if let Ok(lus) = &mut octets {
                    let lus: &mut Vec<u8> = lus;
                    if lus.len() + morceau.len() > max {
                        octets = Err(trop);
                    } else {
                        lus.extend_from_slice(&morceau);
                    }
                }
            }
            Ok(None) => break,
            Err(_) => {
                octets = Err(INCOMPLET);
                break;
            }
        }
    }
    FichierRecu { nom, octets }
}

impl FichierRecu {
    fn refuse(phrase: &'static str) -> Self {
        Self {
            nom: String::new(),
            octets: Err(phrase),
        }
    }

    /// A field of files where nothing was chosen is sent with neither a name nor a content.
    fn absent(&self) -> bool {
        self.nom.is_empty() && self.octets.as_ref().is_ok_and(Vec::is_empty)
    }
}

impl<S: Send + Sync> FromRequest<S> for FichierRecu {
    type Rejection = std::convert::Infallible;

    /// One field, `fichier`; its route is declared by `Routes::post_ample`, which bounds the body.
    async fn from_request(requete: Request, etat: &S) -> Result<Self, Self::Rejection> {
        debug_assert_ne!(requete.method(), Method::GET, "a GET reads Requete");
        let Ok(mut parties) = Multipart::from_request(requete, etat).await else {
            return Ok(Self::refuse(FAUX));
        };
        let partie = match parties.next_field().await {
            Ok(Some(partie)) if partie.name() == Some("fichier") => partie,
            _ => return Ok(Self::refuse(FAUX)),
        };
        let mut recu = recevoir(partie, usize::MAX, INCOMPLET).await;
        if recu.octets.is_err() {
            return Ok(recu);
        }
        if !matches!(parties.next_field().await, Ok(None)) {
            return Ok(Self::refuse(FAUX));
        }
        if recu.absent() {
            return Ok(Self::refuse("Choisissez un fichier."));
        }
        if recu.nom.is_empty() {
            recu.nom = "fichier.csv".to_owned();
        }
        Ok(recu)
    }
}

/// Bytes that a form with a file may send: more than a file may have, so that one too large is refused at its field, with
/// everything typed. What is beyond is drained, not kept.
pub const OCTETS_ENVOI: usize = 32 * 1024 * 1024;
/// Bytes of the file of such a form at most (spec §7).
const OCTETS_FICHIER: usize = 10 * 1024 * 1024;
const TROP_GROS: &str =
    "Ce fichier dépasse 10 Mo\u{202F}: réduisez-le, ou envoyez-le en plusieurs parties.";

/// A form that may carry one file, in the field `fichier`; its route is declared by `Routes::post_envoi`. The other fields
/// follow the rules of [`Formulaire`].
pub struct Envoi<T> {
    pub saisie: T,
    /// `None`: none was chosen.
    pub fichier: Option<FichierRecu>,
}

fn faux() -> Erreur {
    Erreur::Invalide(Erreurs::generale(FAUX))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Envoi<T> {
    type Rejection = Erreur;

    async fn from_request(requete: Request, etat: &S) -> Result<Self, Erreur> {
        let genre = requete.headers().get(header::CONTENT_TYPE);
        let multiple = genre
            .and_then(|g| g.to_str().ok())
            .is_some_and(|g| g.to_ascii_lowercase().starts_with("multipart/form-data"));
        if !multiple {
            let Formulaire(saisie) = Formulaire::from_request(requete, etat).await?;
            return Ok(Self {
                saisie,
                fichier: None,
            });
        }
        let mut parties = Multipart::from_request(requete, etat)
            .await
            .map_err(|_| faux())?;
        let mut champs: Vec<(String, String)> = Vec::new();
        let mut reste = OCTETS;
        let mut fichier: Option<FichierRecu> = None;
        while let Some(mut partie) = parties.next_field().await.map_err(|_| faux())? {
            let nom = partie.name().unwrap_or_default().to_owned();
            if partie.file_name().is_some() {
                if nom != "fichier" || fichier.is_some() {
                    return Err(faux());
                }
                fichier = Some(recevoir(partie, OCTETS_FICHIER, TROP_GROS).await);
                continue;
            }
            let mut valeur = Vec::new();
            while let Some(morceau) = partie.chunk().await.map_err(|_| faux())? {
                reste = reste.checked_sub(morceau.len()).ok_or_else(faux)?;
                valeur.extend_from_slice(&morceau);
            }
            reste = reste.checked_sub(nom.len()).ok_or_else(faux)?;
            if champs.len() == CHAMPS {
                return Err(faux());
            }
            champs.push((nom, String::from_utf8(valeur).map_err(|_| faux())?));
        }
        let champs = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(champs)
            .finish();
        Ok(Self {
            saisie: serde_html_form::from_str(&champs).map_err(|_| faux())?,
            fichier: fichier.filter(|f| !f.absent()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{NOM_MAX, nom_propre};

    #[test]
    fn un_nom_de_fichier_n_est_ni_un_chemin_ni_un_piege() {
        for (brut, attendu) in [
            ("../../etc/passwd.pdf", "passwd.pdf"),
            (
                "C:\\Documents\\certificat signé.pdf",
                "certificat signé.pdf",
            ),
            ("facture\u{202E}fdp.exe.pdf", "facturefdp.exe.pdf"),
            (
                "a\r\nContent-Type: text/html.pdf",
                "aContent-Type: text/html.pdf",
            ),
            (" .htaccess.pdf", "htaccess.pdf"),
            ("e\u{301}cole.png", "école.png"),
            ("", ""),
        ] {
            let attendu = attendu.rsplit('/').next().unwrap_or_default();
            assert_eq!(nom_propre(brut), attendu, "{brut:?}");
        }
        let long = format!("{}.pdf", "é".repeat(300));
        let court = nom_propre(&long);
        assert_eq!(court.chars().count(), NOM_MAX);
        assert!(court.ends_with("é.pdf"));
    }
}
