//! A person in front of a browser: cookies, pages, forms as rendered, redirections followed.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use tower::ServiceExt;

use super::HOTE;
use super::page::{Joint, PageLue};

#[derive(Clone)]
pub struct Acteur {
    routeur: Router,
    cookies: Vec<(String, String)>,
    /// Extra headers of every request.
    pub entetes: Vec<(String, String)>,
}

impl Acteur {
    pub fn new(routeur: Router) -> Self {
        Self {
            routeur,
            cookies: Vec::new(),
            entetes: Vec::new(),
        }
    }

    pub fn poser_cookie(&mut self, nom: &str, valeur: &str) {
        self.cookies.retain(|(n, _)| n != nom);
        self.cookies.push((nom.to_owned(), valeur.to_owned()));
    }

    pub fn cookie(&self, nom: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(n, _)| n == nom)
            .map(|(_, v)| v.as_str())
    }

    /// GET, redirections followed.
    pub async fn page(&mut self, adresse: &str) -> PageLue {
        let reponse = self.requete(Method::GET, adresse, None).await;
        self.suivre(reponse).await
    }

    /// GET, as answered.
    pub async fn lire(&mut self, adresse: &str) -> PageLue {
        self.requete(Method::GET, adresse, None).await
    }

    /// POST of raw fields, redirections followed: for what no page offers.
    pub async fn poster(&mut self, adresse: &str, champs: &[(&str, &str)]) -> PageLue {
        let reponse = self.poster_sans_suivre(adresse, champs).await;
        self.suivre(reponse).await
    }

    pub async fn poster_sans_suivre(&mut self, adresse: &str, champs: &[(&str, &str)]) -> PageLue {
        // Finished before the await: the serializer cannot change threads.
        let corps = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(champs)
            .finish();
        self.requete(Method::POST, adresse, Some(corps)).await
    }

    pub async fn requete(
        &mut self,
        methode: Method,
        adresse: &str,
        corps: Option<String>,
    ) -> PageLue {
        let corps = corps.map(|c| ("application/x-www-form-urlencoded", c.into_bytes()));
        self.requete_de(methode, adresse, corps).await
    }

    /// Sends a file in the field « fichier », as a browser does, and follows the redirections.
    pub async fn deposer(&mut self, adresse: &str, nom: &str, contenu: &[u8]) -> PageLue {
        let reponse = self.deposer_sans_suivre(adresse, nom, contenu).await;
        self.suivre(reponse).await
    }

    pub async fn deposer_sans_suivre(
        &mut self,
        adresse: &str,
        nom: &str,
        contenu: &[u8],
    ) -> PageLue {
        let mut corps = format!(
            "--limite\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"{nom}\"\r\nContent-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        corps.extend_from_slice(contenu);
        corps.extend_from_slice(b"\r\n--limite--\r\n");
        let corps = Some(("multipart/form-data; boundary=limite", corps));
        self.requete_de(Method::POST, adresse, corps).await
    }

    /// Sends a form as multipart/form-data and follows the redirections.
    pub async fn envoyer(
        &mut self,
        adresse: &str,
        champs: &[(&str, &str)],
        fichiers: &[Joint],
    ) -> PageLue {
        let reponse = self.envoyer_sans_suivre(adresse, champs, fichiers).await;
        self.suivre(reponse).await
    }

    pub async fn envoyer_sans_suivre(
        &mut self,
        adresse: &str,
        champs: &[(&str, &str)],
        fichiers: &[Joint],
    ) -> PageLue {
        let mut corps = Vec::new();
        for (nom, valeur) in champs {
            corps.extend_from_slice(
                format!(
                    "--limite\r\nContent-Disposition: form-data; name=\"{nom}\"\r\n\r\n{valeur}\r\n"
                )
                .as_bytes(),
            );
        }
        for f in fichiers {
            let genre = Some(f.genre.as_str()).filter(|g| !g.is_empty());
            corps.extend_from_slice(
                format!(
                    "--limite\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
                    f.champ,
                    f.nom,
                    genre.unwrap_or("application/octet-stream")
                )
                .as_bytes(),
            );
            corps.extend_from_slice(&f.octets);
            corps.extend_from_slice(b"\r\n");
        }
        corps.extend_from_slice(b"--limite--\r\n");
        let corps = Some(("multipart/form-data; boundary=limite", corps));
        self.requete_de(Method::POST, adresse, corps).await
    }

    async fn requete_de(
        &mut self,
        methode: Method,
        adresse: &str,
        corps: Option<(&'static str, Vec<u8>)>,
    ) -> PageLue {
        let chemin = adresse
            .strip_prefix(&format!("https://{HOTE}"))
            .unwrap_or(adresse);
        let chemin = chemin.split('#').next().unwrap_or(chemin).to_owned();
        let mut requete = Request::builder()
            .method(methode)
            .uri(&chemin)
            .header(header::HOST, HOTE);
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect();
            requete = requete.header(header::COOKIE, cookies.join("; "));
        }
        if !self
            .entetes
            .iter()
            .any(|(n, _)| n.eq_ignore_ascii_case("sec-fetch-site"))
        {
            requete = requete.header("Sec-Fetch-Site", "same-origin");
        }
        for (nom, valeur) in &self.entetes {
            requete = requete.header(nom, valeur);
        }
        let corps = match corps {
            Some((genre, corps)) => {
                requete = requete.header(header::CONTENT_TYPE, genre);
                Body::from(corps)
            }
            None => Body::empty(),
        };
        let reponse = self
            .routeur
            .clone()
            .oneshot(requete.body(corps).expect("a request"))
            .await
            .expect("the router never fails");
        for pose in reponse.headers().get_all(header::SET_COOKIE) {
            let pose = pose.to_str().expect("an ASCII cookie");
            let (nom, reste) = pose.split_once('=').expect("a cookie");
            let valeur = reste.split(';').next().unwrap_or_default();
            if valeur.is_empty() || pose.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.retain(|(n, _)| n != nom);
            } else {
                self.poser_cookie(nom, valeur);
            }
        }
        PageLue::lire(chemin, reponse).await
    }

    async fn suivre(&mut self, mut reponse: PageLue) -> PageLue {
        for _ in 0..5 {
            if reponse.statut != StatusCode::SEE_OTHER {
                return reponse;
            }
            let vers = reponse
                .entete("location")
                .expect("a destination")
                .to_owned();
            reponse = self.requete(Method::GET, &vers, None).await;
        }
        panic!("redirections without end at {}", reponse.adresse);
    }
}
