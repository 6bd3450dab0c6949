//! What a person does in front of the screen, by the words that are written on it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use thirtyfour::extensions::query::ElementQueryable as _;
use thirtyfour::prelude::*;

use crate::chromium::Fenetre;
use crate::lanceur::Mode;
use crate::site::Site;

/// A condition that is not met by then is a failure.
const PATIENCE: Duration = Duration::from_secs(5);
const ENTRE: Duration = Duration::from_millis(30);

/// One scenario's browser and portal.
#[derive(Clone)]
pub struct Visite {
    pub fenetre: Arc<Fenetre>,
    pub site: Site,
    pub mode: Mode,
}

/// Text of an element for XPath, with plain spaces.
const TEXTE: &str = "normalize-space(translate(., '\u{202f}\u{a0}', '  '))";

/// A string literal of XPath, whatever its quotes; spaces made plain as in [`TEXTE`].
fn litteral(texte: &str) -> String {
    let texte = texte.replace(['\u{202f}', '\u{a0}'], " ");
    if texte.contains('\'') {
        format!("\"{texte}\"")
    } else {
        format!("'{texte}'")
    }
}

impl Visite {
    pub fn new(fenetre: Arc<Fenetre>, site: Site, mode: Mode) -> Self {
        Self {
            fenetre,
            site,
            mode,
        }
    }

    pub fn script(&self) -> bool {
        self.mode == Mode::Script
    }

    pub fn pilote(&self) -> &WebDriver {
        &self.fenetre.pilote
    }

    pub async fn aller(&self, chemin: &str) -> Result<()> {
        let adresse = self.site.adresse(chemin);
        self.pilote()
            .goto(&adresse)
            .await
            .with_context(|| format!("GET {adresse}"))
    }

    /// Signed in as this person, without the form.
    pub async fn devenir(&self, login: &str) -> Result<()> {
        let sid = self.site.session(login).await?;
        self.fenetre
            .cookie(&self.site.adresse("/"), "sid", &sid)
            .await?;
        Ok(())
    }

    pub async fn deconnecte(&self) -> Result<()> {
        self.pilote().delete_all_cookies().await?;
        Ok(())
    }

    /// Path and query of the page.
    pub async fn chemin(&self) -> Result<String> {
        let url = self.pilote().current_url().await?;
        Ok(match url.query() {
            Some(q) => format!("{}?{q}", url.path()),
            None => url.path().to_owned(),
        })
    }

    /// Waits until nothing on the page says that it is being renewed: what is found then stays there to be clicked.
    async fn au_repos(&self) -> Result<()> {
        self.plus_de("[aria-busy = 'true']").await
    }

    /// The first of these that is seen, waited for.
    pub async fn voir(&self, selecteur: By) -> Result<WebElement> {
        self.au_repos().await?;
        let quoi = format!("{selecteur:?}");
        self.pilote()
            .query(selecteur)
            .wait(PATIENCE, ENTRE)
            .ignore_errors(true)
            .and_displayed()
            .first()
            .await
            .with_context(|| format!("nothing to see for {quoi}"))
    }

    pub async fn css(&self, selecteur: &str) -> Result<WebElement> {
        self.voir(By::Css(selecteur)).await
    }

    /// Waits until nothing answers to this selector.
    pub async fn plus_de(&self, selecteur: &str) -> Result<()> {
        let attente = self
            .pilote()
            .query(By::Css(selecteur))
            .wait(PATIENCE, ENTRE);
        attente
            .wait_until_gone()
            .await
            .with_context(|| format!("{selecteur} is still there"))
    }

    /// Waits for these words anywhere on the page.
    pub async fn lire(&self, texte: &str) -> Result<WebElement> {
        let t = litteral(texte);
        self.voir(By::XPath(format!(
            "//body//*[contains({TEXTE}, {t})][not(*[contains({TEXTE}, {t})])]"
        )))
        .await
        .with_context(|| format!("« {texte} » is not on the page"))
    }

    /// These words are not on the page now.
    pub async fn sans(&self, texte: &str) -> Result<()> {
        if self
            .texte()
            .await?
            .contains(&texte.replace('\u{202f}', " "))
        {
            bail!("« {texte} » is on the page");
        }
        Ok(())
    }

    /// The visible text of the page, with plain spaces.
    pub async fn texte(&self) -> Result<String> {
        self.au_repos().await?;
        let texte = self.pilote().find(By::Tag("body")).await?.text().await?;
        Ok(texte.replace(['\u{202f}', '\u{a0}'], " "))
    }

    /// Waits for this heading of level one.
    pub async fn titre(&self, titre: &str) -> Result<()> {
        let t = litteral(titre);
        self.voir(By::XPath(format!("//h1[contains({TEXTE}, {t})]")))
            .await
            .with_context(|| format!("no h1 « {titre} »"))?;
        Ok(())
    }

    /// A link or a button by the words read aloud: those written first, then the hidden ones.
    pub async fn commande(&self, texte: &str) -> Result<WebElement> {
        self.commande_dans("", texte).await
    }

    /// The same inside an element of this XPath, such as `//dialog`.
    pub async fn commande_dans(&self, ou: &str, texte: &str) -> Result<WebElement> {
        self.au_repos().await?;
        let t = litteral(texte);
        // What assistive technology is not told of is nothing to press: the default button of a form, for the key Enter.
        let genres = "(self::a or self::button or self::summary) and not(@aria-hidden = 'true')";
        let exacte = format!("{ou}//*[{genres}][{TEXTE} = {t}]");
        let debut = format!("{ou}//*[{genres}][starts-with({TEXTE}, {t})]");
        self.pilote()
            .query(By::XPath(exacte))
            .or(By::XPath(debut))
            .wait(PATIENCE, ENTRE)
            .ignore_errors(true)
            .and_displayed()
            .first()
            .await
            .with_context(|| format!("no link nor button « {texte} »"))
    }

    pub async fn clic(&self, texte: &str) -> Result<()> {
        let commande = self.commande(texte).await?;
        commande
            .click()
            .await
            .with_context(|| format!("« {texte} » cannot be clicked"))
    }

    pub async fn clic_dans(&self, ou: &str, texte: &str) -> Result<()> {
        self.commande_dans(ou, texte).await?.click().await?;
        Ok(())
    }

    /// Sends a form as it is, for its page with errors.
    pub async fn envoyer_vide(&self, bouton: &str) -> Result<()> {
        self.clic(bouton).await?;
        self.css("[data-resume]").await?;
        Ok(())
    }

    /// The confirmation asked for by this link or button: a window with the script, a page without.
    pub async fn confirmation(&self, texte: &str) -> Result<()> {
        self.clic(texte).await?;
        self.css("#confirmation").await?;
        let fenetres = self.pilote().find_all(By::Css("dialog[open]")).await?;
        anyhow::ensure!(
            fenetres.len() == usize::from(self.script()),
            "a window with the script, a page without"
        );
        Ok(())
    }

    pub async fn confirmer(&self, texte: &str) -> Result<()> {
        self.clic_dans("//*[@id = 'confirmation']", texte).await
    }

    /// Opens the last mail to this address in the demo's box, and its link.
    pub async fn suivre_le_courriel(&self, destinataire: &str) -> Result<()> {
        self.ouvrir_le_courriel(destinataire, "").await?;
        self.css("#texte a").await?.click().await?;
        Ok(())
    }

    /// Opens the last mail to this address whose subject holds these words.
    pub async fn ouvrir_le_courriel(&self, destinataire: &str, sujet: &str) -> Result<()> {
        self.aller("/demo/courriels").await?;
        let ligne = format!(
            "//tr[td[normalize-space(.) = {}]]/th[contains({TEXTE}, {})]//a",
            litteral(destinataire),
            litteral(sujet)
        );
        self.voir(By::XPath(ligne)).await?.click().await?;
        self.lire("Courriel de la démonstration").await?;
        Ok(())
    }

    /// The field that carries this label (required fields end with a star).
    pub async fn champ(&self, etiquette: &str) -> Result<WebElement> {
        self.au_repos().await?;
        let t = litteral(etiquette);
        let label = format!("//label[starts-with({TEXTE}, {t})]");
        let champs = "self::input or self::select or self::textarea";
        let xpath = format!("//*[{champs}][@id = {label}/@for] | {label}//*[{champs}]");
        self.pilote()
            .query(By::XPath(xpath))
            .wait(PATIENCE, ENTRE)
            .first()
            .await
            .with_context(|| format!("no field « {etiquette} »"))
    }

    pub async fn remplir(&self, etiquette: &str, valeur: &str) -> Result<()> {
        let champ = self.champ(etiquette).await?;
        champ.clear().await?;
        champ.send_keys(valeur).await?;
        Ok(())
    }

    /// Ticks a box or a radio that is not ticked yet.
    pub async fn cocher(&self, etiquette: &str) -> Result<()> {
        let champ = self.champ(etiquette).await?;
        if !champ.is_selected().await? {
            champ.scroll_into_view().await?;
            champ.click().await?;
        }
        Ok(())
    }

    pub async fn decocher(&self, etiquette: &str) -> Result<()> {
        let champ = self.champ(etiquette).await?;
        if champ.is_selected().await? {
            champ.click().await?;
        }
        Ok(())
    }

    pub async fn choisir(&self, etiquette: &str, option: &str) -> Result<()> {
        let champ = self.champ(etiquette).await?;
        let t = litteral(option);
        champ
            .find(By::XPath(format!(".//option[starts-with({TEXTE}, {t})]")))
            .await
            .with_context(|| format!("« {etiquette} » does not offer « {option} »"))?
            .click()
            .await?;
        Ok(())
    }

    /// The text of the element that has the focus, or its id when it shows nothing.
    pub async fn focus(&self) -> Result<String> {
        let element = self.pilote().active_element().await?;
        let texte = element.text().await?;
        if texte.is_empty() {
            return Ok(element.id().await?.unwrap_or_default());
        }
        Ok(texte)
    }

    pub async fn touche(&self, touche: impl Into<TypingData>) -> Result<()> {
        self.pilote()
            .active_element()
            .await?
            .send_keys(touche)
            .await?;
        Ok(())
    }

    /// Nothing in the console but what the browser says of an expected status.
    pub async fn console_calme(&self) -> Result<()> {
        let attendus = [403, 404, 409, 410, 422, 429].map(|s| format!("status of {s}"));
        let plaintes: Vec<String> = self
            .fenetre
            .plaintes()
            .await?
            .into_iter()
            .filter(|p| !attendus.iter().any(|a| p.contains(a.as_str())))
            .collect();
        if !plaintes.is_empty() {
            bail!("the console complains: {plaintes:#?}");
        }
        Ok(())
    }
}
