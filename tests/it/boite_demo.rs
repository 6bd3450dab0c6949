//! `/demo/courriels`: mails in the browser, in `demo` only.

use vantail::config::Config;
use vantail::courrier::{self, Destinataire, Usage, jeton};
use vantail::db::transaction;

use crate::support::{Portail, config};

fn config_de_demo() -> Config {
    let mut config = config();
    config.demo = true;
    config
}

struct Piege;

impl courrier::Courrier for Piege {
    const GABARIT: &'static str = "piege";
    fn sujet(&self) -> String {
        "Activez votre compte <script>".to_owned()
    }
    fn texte(&self) -> String {
        format!(
            "Bonjour,\n\nOuvrez {} pour choisir.\n<b>gras</b>",
            courrier::LIEN
        )
    }
    fn html(&self) -> String {
        "<script>alert(1)</script>".to_owned()
    }
}

async fn deposer(portail: &Portail) -> uuid::Uuid {
    let personne = portail.personne("zahra.hamou@example.org").await;
    transaction(&portail.app, async |tx| {
        let jeton = jeton::emettre(
            &mut *tx,
            personne.0,
            Usage::Activation,
            "zahra.hamou@example.org",
        )
        .await?;
        let destinataire = Destinataire {
            utilisateur: Some(personne.0),
            adresse: "zahra.hamou@example.org".to_owned(),
        };
        courrier::deposer_avec_jeton(
            &mut *tx,
            uuid::Uuid::now_v7(),
            &destinataire,
            &jeton,
            &Piege,
        )
        .await?;
        Ok(jeton.id)
    })
    .await
    .expect("a mail")
}

#[tokio::test]
async fn le_lien_d_un_courriel_se_suit_et_son_html_reste_du_texte() {
    let portail = Portail::avec(config_de_demo()).await;
    let jeton = deposer(&portail).await;
    let mut visiteur = portail.anonyme();
    let liste = visiteur.page("/demo/courriels").await;
    liste.statut(200).contient("zahra.hamou@example.org");
    let page = visiteur.page(&liste.lien("Activez votre compte")).await;
    page.statut(200).contient("<b>gras</b>");
    let secret = jeton::secret(&portail.app.cles, jeton, Usage::Activation);
    assert_eq!(
        page.attributs("#texte a", "href"),
        [format!("https://vantail.test/activation/{secret}")]
    );
    assert!(!page.corps.contains("<script>alert"));
    assert!(!page.corps.contains("<iframe"));
    visiteur
        .page(&format!("/demo/courriels/{}", uuid::Uuid::now_v7()))
        .await
        .statut(404);
}

#[tokio::test]
async fn hors_de_la_demonstration_les_courriels_n_ont_pas_de_page() {
    let portail = Portail::nouveau().await;
    deposer(&portail).await;
    let id = portail.uuid("select id from courriers").await;
    let mut visiteur = portail.anonyme();
    visiteur.page("/demo/courriels").await.statut(404);
    visiteur
        .page(&format!("/demo/courriels/{id}"))
        .await
        .statut(404);
    assert!(
        vantail::routes(&portail.app)
            .table()
            .iter()
            .all(|r| !r.chemin.starts_with("/demo"))
    );
}
