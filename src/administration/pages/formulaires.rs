//! The two forms as typed, and as read.

use serde::Deserialize;
use time::Date;

use crate::aide::actualites::{self, Importance, LigneActualite, Redigee};
use crate::aide::redaction::{self, Redige};
use crate::aide::{Article, Audience, Theme};
use crate::web::{Erreurs, markdown, texte};

/// An article as typed; « titre » is the id of the h1 of a page, hence `intitule`. `ecrans`: one address of the route table per line.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieArticle {
    pub intitule: String,
    pub theme: String,
    pub resume: String,
    pub corps: String,
    pub mots_cles: String,
    pub ecrans: String,
    pub audience: String,
    /// The version that the form shows; none for a new one.
    pub version: String,
    geste: String,
}

impl From<&Article> for SaisieArticle {
    fn from(article: &Article) -> Self {
        Self {
            intitule: article.titre.clone(),
            theme: article.theme.code().to_owned(),
            resume: article.resume.clone(),
            corps: article.corps.clone(),
            mots_cles: article.mots_cles.clone(),
            ecrans: article.ecrans.join("\n"),
            audience: article.audience.code().to_owned(),
            version: article.version.to_string(),
            geste: String::new(),
        }
    }
}

/// Somebody changed the text while this person was writing: what is stored now, above what was typed.
pub struct Depasse {
    pub phrase: String,
    pub enregistre: markdown::Html,
}

impl Depasse {
    pub fn new(phrase: String, corps: &str) -> Self {
        Self {
            phrase,
            enregistre: markdown::html(corps, 3),
        }
    }
}

/// A sentence typed on several lines of its field.
fn d_un_trait(saisi: &str) -> String {
    saisi.replace("\r\n", " ").replace(['\r', '\n'], " ")
}

/// A version that no text has where the form names none.
fn lue(version: &str) -> i32 {
    version.parse().unwrap_or_default()
}

fn audience(erreurs: &mut Erreurs, saisie: &str) -> Option<Audience> {
    let lue = Audience::lire(saisie).map(Some);
    erreurs.lire("audience", lue.ok_or("Choisissez pour qui cela s’affiche."))
}

impl SaisieArticle {
    /// A new one, with what most are.
    pub fn vierge() -> Self {
        Self {
            audience: Audience::Connecte.code().to_owned(),
            ..Self::default()
        }
    }

    pub fn lue(&self) -> i32 {
        lue(&self.version)
    }

    /// « Voir l'aperçu » rather than « Enregistrer ».
    pub fn apercu(&self) -> Option<markdown::Html> {
        (self.geste == "apercu").then(|| markdown::html(&self.corps, 3))
    }

    /// `connus`: the pages of the route table.
    ///
    /// # Errors
    /// The messages at the fields.
    pub fn lire(&self, connus: &[&str]) -> Result<Redige, Erreurs> {
        let mut erreurs = Erreurs::default();
        let titre = erreurs.ligne(
            "intitule",
            &self.intitule,
            redaction::TITRE_MAX,
            "Saisissez le titre de l’article.",
        );
        let theme = Theme::lire(&self.theme).map(Some);
        let theme = erreurs.lire("theme", theme.ok_or("Choisissez un thème de la liste."));
        let resume = erreurs.ligne(
            "resume",
            &d_un_trait(&self.resume),
            redaction::RESUME_MAX,
            "Résumez la réponse en une phrase.",
        );
        let corps = erreurs.paragraphe(
            "corps",
            &self.corps,
            redaction::CORPS_MAX,
            "Écrivez le texte de l’article.",
        );
        let mots_cles = erreurs.ligne_facultative(
            "mots_cles",
            &d_un_trait(&self.mots_cles),
            redaction::MOTS_CLES_MAX,
        );
        let audience = audience(&mut erreurs, &self.audience);
        let ecrans = self.lire_les_ecrans(&mut erreurs, connus);
        match (theme, audience) {
            (Some(theme), Some(audience)) if erreurs.est_vide() => Ok(Redige {
                titre,
                theme,
                resume,
                corps,
                mots_cles: mots_cles.unwrap_or_default(),
                ecrans,
                audience,
            }),
            _ => Err(erreurs),
        }
    }

    fn lire_les_ecrans(&self, erreurs: &mut Erreurs, connus: &[&str]) -> Vec<String> {
        let mut ecrans: Vec<String> = Vec::new();
        for ligne in self.ecrans.lines().map(str::trim).filter(|l| !l.is_empty()) {
            if !connus.contains(&ligne) {
                // Quoted short: the line may be anything.
                let cite: String = ligne.chars().take(60).collect();
                erreurs.ajouter(
                    "ecrans",
                    &format!(
                        "«\u{202F}{cite}\u{202F}» n’est pas l’adresse d’un écran\u{202F}: écrivez-la comme /mon-compte ou /structures/{{structure}}/services."
                    ),
                );
            } else if !ecrans.iter().any(|e| e == ligne) {
                ecrans.push(ligne.to_owned());
            }
        }
        ecrans
    }
}

/// An actualité as typed.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieActualite {
    pub intitule: String,
    pub corps: String,
    pub audience: String,
    pub importance: String,
    pub debut: String,
    pub fin: String,
    /// The version that the form shows; none for a new one.
    pub version: String,
    geste: String,
}

impl From<&LigneActualite> for SaisieActualite {
    fn from(actualite: &LigneActualite) -> Self {
        let jour = |jour: Option<Date>| jour.map(|j| j.to_string()).unwrap_or_default();
        Self {
            intitule: actualite.titre.clone(),
            corps: actualite.corps.clone(),
            audience: actualite.audience.code().to_owned(),
            importance: actualite.importance.code().to_owned(),
            debut: jour(actualite.premier_jour),
            fin: jour(actualite.dernier_jour),
            version: actualite.version.to_string(),
            geste: String::new(),
        }
    }
}

impl SaisieActualite {
    /// A new one, with what most are.
    pub fn vierge() -> Self {
        Self {
            audience: Audience::Connecte.code().to_owned(),
            importance: Importance::Normale.code().to_owned(),
            ..Self::default()
        }
    }

    pub fn lue(&self) -> i32 {
        lue(&self.version)
    }

    /// « Voir l'aperçu » rather than « Enregistrer ».
    pub fn apercu(&self) -> Option<markdown::Html> {
        (self.geste == "apercu").then(|| markdown::html(&self.corps, 3))
    }

    /// « Publier » rather than « Enregistrer le brouillon ».
    pub fn a_publier(&self) -> bool {
        self.geste == "publier"
    }

    /// # Errors
    /// The messages at the fields.
    pub fn lire(&self) -> Result<Redigee, Erreurs> {
        let mut erreurs = Erreurs::default();
        let titre = erreurs.ligne(
            "intitule",
            &self.intitule,
            actualites::TITRE_MAX,
            "Saisissez le titre de l’actualité.",
        );
        let corps = erreurs.paragraphe(
            "corps",
            &self.corps,
            actualites::CORPS_MAX,
            "Écrivez le texte de l’actualité.",
        );
        let audience = audience(&mut erreurs, &self.audience);
        let importance = Importance::lire(&self.importance).map(Some);
        let importance = erreurs.lire("importance", importance.ok_or("Choisissez l’importance."));
        let debut = jour_facultatif(&mut erreurs, "debut", &self.debut);
        let fin = jour_facultatif(&mut erreurs, "fin", &self.fin);
        if let (Some(debut), Some(fin)) = (debut, fin)
            && fin < debut
        {
            erreurs.ajouter("fin", "Le dernier jour ne peut pas précéder le premier.");
        }
        match (audience, importance) {
            (Some(audience), Some(importance)) if erreurs.est_vide() => Ok(Redigee {
                titre,
                corps,
                audience,
                importance,
                debut,
                fin,
            }),
            _ => Err(erreurs),
        }
    }
}

fn jour_facultatif(erreurs: &mut Erreurs, champ: &str, saisi: &str) -> Option<Date> {
    if saisi.trim().is_empty() {
        return None;
    }
    erreurs.lire(champ, texte::jour(saisi).map(Some))
}
