use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::App;
use crate::db::UtilisateurId;
use crate::web::{Erreur, Requete};

/// The result of an act, shown by the page that follows it. It is named by a one-use-like id in the URL, so that
/// neither a prefetch nor a second tab consumes it, and reading it changes nothing (ui/README §1.6).
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub genre: String,
    pub titre: String,
    pub texte: String,
    #[serde(default)]
    pub lignes: Vec<LigneResultat>,
    /// What can be done about it, such as « Annuler cette décision ».
    #[serde(default)]
    pub lien: Option<LienMessage>,
}

/// The words and the address of a confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LienMessage {
    pub libelle: String,
    pub href: String,
}

/// One line of a bulk act (spec §8.7: one result per line).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LigneResultat {
    pub libelle: String,
    pub issue: String,
    pub reussie: bool,
}

impl Message {
    pub fn succes(titre: impl Into<String>) -> Self {
        Self {
            genre: "succes".to_owned(),
            titre: titre.into(),
            ..Self::default()
        }
    }

    pub fn info(titre: impl Into<String>) -> Self {
        Self {
            genre: "info".to_owned(),
            titre: titre.into(),
            ..Self::default()
        }
    }

    pub fn attente(titre: impl Into<String>) -> Self {
        Self {
            genre: "attente".to_owned(),
            titre: titre.into(),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn texte(mut self, texte: impl Into<String>) -> Self {
        self.texte = texte.into();
        self
    }

    #[must_use]
    pub fn lignes(mut self, lignes: Vec<LigneResultat>) -> Self {
        self.lignes = lignes;
        self
    }

    /// What can be done about it: the address of a confirmation.
    #[must_use]
    pub fn lien(mut self, libelle: impl Into<String>, href: impl Into<String>) -> Self {
        self.lien = Some(LienMessage {
            libelle: libelle.into(),
            href: href.into(),
        });
        self
    }

    pub fn classe(&self) -> &str {
        &self.genre
    }

    /// Keeps the message and gives the address that shows it. The query of `vers` is kept.
    pub async fn et_aller(
        self,
        app: &App,
        personne: Option<UtilisateurId>,
        vers: &str,
    ) -> Result<String, Erreur> {
        let id = Uuid::new_v4();
        sqlx::query!(
            "insert into messages (id, utilisateur_id, contenu) values ($1, $2, $3)",
            id,
            personne.map(Uuid::from),
            Json(&self) as _
        )
        .execute(&app.db)
        .await?;
        let (adresse, ancre) = vers.split_once('#').map_or((vers, ""), |(a, b)| (a, b));
        let lien = if adresse.contains('?') { '&' } else { '?' };
        let ancre = if ancre.is_empty() {
            String::new()
        } else {
            format!("#{ancre}")
        };
        Ok(format!("{adresse}{lien}m={id}{ancre}"))
    }
}

/// The message named by `m`, during ten minutes, for the person it was left to.
pub(super) async fn lire(
    app: &App,
    requete: &Requete,
    personne: Option<UtilisateurId>,
) -> Result<Option<Message>, Erreur> {
    let Ok(id) = requete.valeur("m").parse::<Uuid>() else {
        return Ok(None);
    };
    let contenu = sqlx::query_scalar!(
        r#"select contenu as "contenu: Json<Message>" from messages
           where id = $1 and (utilisateur_id is null or utilisateur_id = $2)
             and cree_le > maintenant() - interval '10 minutes'"#,
        id,
        personne.map(Uuid::from)
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(contenu.map(|Json(message)| message))
}
