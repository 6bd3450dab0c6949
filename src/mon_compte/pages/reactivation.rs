//! « Votre compte est désactivé »: the return within 60 days, after the right password or by the link of a mail. Nobody learns here
//! whether an account exists: without either proof, the page only offers to mail a link (security.md AU1).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use tower_sessions::Session;

use crate::App;
use crate::acces::message::LigneResultat;
use crate::acces::{Message, Page, Visiteur, sessions};
use crate::db::en_transaction;
use crate::mon_compte::absence;
use crate::rattachements::Retrouvailles;
use crate::utilisateurs::{self, Absent, Client, Recherche, lire_adresse};
use crate::web::{self, Chemin, Erreur, Erreurs, Formulaire};

const LIEN: &str = "/reactivation/lien";

#[derive(Template)]
#[template(path = "mon_compte/reactivation.html")]
struct PageReactivation {
    page: Page,
    absent: Absent,
    action: String,
}

#[derive(Template)]
#[template(path = "mon_compte/lien_reactivation.html")]
struct PageLien {
    page: Page,
    adresse: String,
    /// The link that led here is dead.
    mort: bool,
    erreurs: Erreurs,
}

impl PageLien {
    fn resume(&self) -> Vec<(String, String)> {
        super::resume(&self.erreurs)
    }
}

/// Who proved the password in this browser, while it is not too late.
async fn du_mot_de_passe(app: &App, session: &Session) -> Result<Option<Absent>, Erreur> {
    match sessions::absent(session).await? {
        Some(id) => utilisateurs::absent(&app.db, Recherche::Id(id)).await,
        None => Ok(None),
    }
}

pub async fn page(
    _: Visiteur,
    page: Page,
    State(app): State<App>,
    session: Session,
) -> Result<Response, Erreur> {
    match du_mot_de_passe(&app, &session).await? {
        Some(absent) => web::page(&PageReactivation {
            page,
            absent,
            action: "/reactivation".to_owned(),
        }),
        None => Ok(web::vers(LIEN)),
    }
}

pub async fn reactiver(
    _: Visiteur,
    State(app): State<App>,
    session: Session,
) -> Result<Response, Erreur> {
    let Some(absent) = du_mot_de_passe(&app, &session).await? else {
        return Ok(web::vers(LIEN));
    };
    permettre(&absent)?;
    let issue = en_transaction!(&app, |tx| absence::reactiver(tx, &absent, None).await)?;
    sessions::fermer(&session).await?;
    match issue {
        Some(retrouvailles) => accueillir(&app, retrouvailles).await,
        None => Ok(web::vers(LIEN)),
    }
}

fn permettre(absent: &Absent) -> Result<(), Erreur> {
    if absent.pigp {
        return Err(Erreur::Interdit(
            "Votre compte vient du PIGP\u{202F}: seul votre référent peut le réactiver.".to_owned(),
        ));
    }
    Ok(())
}

/// To the sign-in page, with what came back and what did not.
async fn accueillir(app: &App, retrouvailles: Retrouvailles) -> Result<Response, Erreur> {
    let ligne = |libelle, issue, reussie| LigneResultat {
        libelle,
        issue,
        reussie,
    };
    let retrouves = retrouvailles.retrouves.into_iter().map(|(s, role)| {
        let issue = format!("vous y êtes de nouveau {}.", role.to_lowercase());
        ligne(s, issue, true)
    });
    let perdus = retrouvailles
        .perdus
        .into_iter()
        .map(|(s, quoi)| ligne(s, quoi.to_owned(), false));
    let vers = Message::succes("Votre compte est de nouveau actif.")
        .texte("Connectez-vous avec votre adresse électronique et votre mot de passe.")
        .lignes(retrouves.chain(perdus).collect())
        .et_aller(app, None, "/connexion")
        .await?;
    Ok(sans_referent(web::vers(&vers)))
}

/// The address of a secret link must not leave with a link or an image (security.md OU3, ML6).
fn sans_referent(mut reponse: Response) -> Response {
    reponse.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    reponse
}

/// Used, replaced, too old, forged: one neutral page, which offers the way on (failure-modes I9, I13).
fn lien_mort(page: Page) -> Result<Response, Erreur> {
    let gabarit = PageLien {
        page,
        adresse: String::new(),
        mort: true,
        erreurs: Erreurs::default(),
    };
    web::rendre(StatusCode::GONE, &gabarit).map(sans_referent)
}

/// Opening the link changes nothing: mail scanners open it too (security.md ML3).
pub async fn page_du_lien(
    _: Visiteur,
    page: Page,
    State(app): State<App>,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    match utilisateurs::absent_du_lien(&app, &secret).await? {
        Some((_, absent)) => web::page(&PageReactivation {
            page,
            absent,
            action: format!("/reactivation/{secret}"),
        })
        .map(sans_referent),
        None => lien_mort(page),
    }
}

pub async fn suivre_le_lien(
    _: Visiteur,
    page: Page,
    State(app): State<App>,
    Chemin(secret): Chemin<String>,
) -> Result<Response, Erreur> {
    let Some((jeton, absent)) = utilisateurs::absent_du_lien(&app, &secret).await? else {
        return lien_mort(page);
    };
    permettre(&absent)?;
    match en_transaction!(&app, |tx| absence::reactiver(tx, &absent, Some(jeton))
        .await)?
    {
        Some(retrouvailles) => accueillir(&app, retrouvailles).await,
        None => lien_mort(page),
    }
}

pub async fn page_lien(_: Visiteur, page: Page) -> Result<Response, Erreur> {
    web::page(&PageLien {
        page,
        adresse: String::new(),
        mort: false,
        erreurs: Erreurs::default(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct SaisieLien {
    adresse: String,
}

pub async fn demander_lien(
    _: Visiteur,
    page: Page,
    State(app): State<App>,
    client: Client,
    Formulaire(saisie): Formulaire<SaisieLien>,
) -> Result<Response, Erreur> {
    let mut erreurs = Erreurs::default();
    let Some(adresse) = lire_adresse(&mut erreurs, "adresse", &saisie.adresse) else {
        let gabarit = PageLien {
            page,
            adresse: saisie.adresse,
            mort: false,
            erreurs,
        };
        return web::rendre(StatusCode::UNPROCESSABLE_ENTITY, &gabarit);
    };
    absence::demander_lien(&app, &client, &adresse).await?;
    let vers = Message::info("Consultez votre messagerie.")
        .texte("Si un compte désactivé depuis moins de 60 jours a cette adresse de connexion, un lien de réactivation vient d’y être envoyé\u{202F}; les liens reçus auparavant ne servent plus.")
        .et_aller(&app, None, "/connexion")
        .await?;
    Ok(web::vers(&vers))
}
