use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::App;
use crate::acces::{Page, Support};
use crate::sollicitations::{Categorie, Statut};
use crate::support::file::{self, Comptes, Recue, Vue};
use crate::support::store::{self, SansReponse};
use crate::web::{self, Erreur, Pastille, Requete, Suite};

/// A link to a view of the queue.
struct Lien {
    libelle: &'static str,
    href: String,
    courante: bool,
}

#[derive(Template)]
#[template(path = "support/bureau.html")]
struct PageBureau {
    page: Page,
    comptes: Comptes,
    liens: Vec<Lien>,
    categorie: Option<Categorie>,
    sollicitations: Suite<Recue>,
    trop_de_noms: bool,
    demandes: Suite<SansReponse>,
}

impl PageBureau {
    fn legende_s(&self) -> String {
        let colonne = match self.sollicitations.fenetre.colonne {
            "date" => "date",
            _ => "statut",
        };
        self.sollicitations.legende("Sollicitations", colonne)
    }

    fn legende_d(&self) -> String {
        let colonne = match self.demandes.fenetre.colonne {
            "structure" => "structure",
            _ => "date",
        };
        let legende = self.demandes.legende("Demandes sans réponse", colonne);
        // The one order that no index has: the oldest are sorted (`suite_sans_reponse`).
        if colonne == "structure" && self.demandes.total.plafonne() {
            format!("{legende}, parmi les 10\u{202F}000 plus anciennes")
        } else {
            legende
        }
    }

    /// Every category the desk may receive, those of structures too: they are transferred.
    fn categories(&self) -> Vec<(&'static str, &'static str, bool)> {
        let choisie = self.categorie;
        Categorie::TOUTES
            .into_iter()
            .map(|c| (c.code(), c.libelle(), choisie == Some(c)))
            .collect()
    }

    fn mot(n: &Pastille, un: &'static str, des: &'static str) -> &'static str {
        if n.0 > 1 { des } else { un }
    }

    /// Nothing was asked for, and nothing is there.
    fn au_calme(&self) -> bool {
        !self.sollicitations.filtree() && self.categorie.is_none()
    }

    fn effacer(&self) -> Option<String> {
        (!self.au_calme()).then(|| "/support#sollicitations".to_owned())
    }
}

fn liens(requete: &Requete, vue: Vue) -> Vec<Lien> {
    [
        (Vue::Ouvertes, "À traiter"),
        (Vue::Etat(Statut::Nouvelle), Statut::Nouvelle.pluriel()),
        (Vue::Miennes, "Les miennes"),
        (Vue::Etat(Statut::EnCours), Statut::EnCours.pluriel()),
        (
            Vue::Etat(Statut::EnAttenteDuDemandeur),
            Statut::EnAttenteDuDemandeur.pluriel(),
        ),
        (Vue::Etat(Statut::Resolue), Statut::Resolue.pluriel()),
        (Vue::Etat(Statut::Close), Statut::Close.pluriel()),
    ]
    .into_iter()
    .map(|(autre, libelle)| Lien {
        libelle,
        href: format!(
            "{}#sollicitations",
            requete.avec(&[("s.etat", autre.code()), ("s.apres", ""), ("s.avant", "")])
        ),
        courante: autre == vue,
    })
    .collect()
}

/// Three statements: the counts, the queue, the requests that nobody answers; a search takes one more.
pub async fn page(
    support: Support,
    page: Page,
    State(app): State<App>,
    requete: Requete,
) -> Result<Response, Erreur> {
    let (vue, categorie) = (Vue::lire(&requete), file::categorie(&requete));
    let fenetre = file::fenetre(&requete);
    let file = file::lignes(&app, &support, vue, categorie, fenetre).await?;
    let demandes = store::demandes(&app, &support, store::fenetre_des_demandes(&requete)).await?;
    web::page(&PageBureau {
        page,
        comptes: file::comptes(&app, &support).await?,
        liens: liens(&requete, vue),
        categorie,
        sollicitations: file.liste,
        trop_de_noms: file.trop_de_noms,
        demandes,
    })
}
