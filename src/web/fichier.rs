use axum::extract::{FromRequest, Multipart, Request};
use axum::http::Method;

/// An uploaded file. What is wrong with it is a sentence for its field, so that the page comes back with its form.
pub struct FichierRecu {
    /// As the person's computer names it, for the screens only; never a path.
    pub nom: String,
    pub octets: Result<Vec<u8>, &'static str>,
}

/// Characters of a file name at most.
const NOM_MAX: usize = 120;

impl FichierRecu {
    fn refuse(phrase: &'static str) -> Self {
        Self {
            nom: String::new(),
            octets: Err(phrase),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for FichierRecu {
    type Rejection = std::convert::Infallible;

    /// One field, `fichier`; its route is declared by `Routes::post_ample`, which bounds the body.
    async fn from_request(requete: Request, etat: &S) -> Result<Self, Self::Rejection> {
        debug_assert_ne!(requete.method(), Method::GET, "a GET reads Requete");
        const FAUX: &str =
            "Le formulaire envoyé n’est pas celui de cette page. Rechargez la page et recommencez.";
        let Ok(mut parties) = Multipart::from_request(requete, etat).await else {
            return Ok(Self::refuse(FAUX));
        };
        let partie = match parties.next_field().await {
            Ok(Some(partie)) if partie.name() == Some("fichier") => partie,
            _ => return Ok(Self::refuse(FAUX)),
        };
        let brut = partie.file_name().unwrap_or_default();
        let nom: String = brut
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(NOM_MAX)
            .collect();
        let Ok(octets) = partie.bytes().await else {
            return Ok(Self::refuse(
                "Le fichier n’est pas arrivé en entier. Recommencez.",
            ));
        };
        if !matches!(parties.next_field().await, Ok(None)) {
            return Ok(Self::refuse(FAUX));
        }
        if nom.is_empty() && octets.is_empty() {
            return Ok(Self::refuse("Choisissez un fichier."));
        }
        Ok(Self {
            nom: if nom.is_empty() {
                "fichier.csv".to_owned()
            } else {
                nom
            },
            octets: Ok(octets.to_vec()),
        })
    }
}
