//! « Sollicitations émises »: the list of mine, and the thread of one.

use super::changement::ChangementGestionnaire;
use super::etat::{Categorie, Statut};
use crate::App;
use crate::acces::Connecte;
use crate::db::{SollicitationId, Temps};
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// A line of « Sollicitations émises ».
pub struct Emise {
    pub id: SollicitationId,
    pub reference: String,
    pub objet: String,
    pub categorie: String,
    pub statut: Statut,
    pub creee_le: Temps,
    pub modifiee_le: Temps,
}

impl Emise {
    pub fn categorie(&self) -> &'static str {
        Categorie::lire(&self.categorie).map_or("Autre catégorie", Categorie::libelle)
    }
}

const TRIS: [&str; 4] = ["reference", "objet", "statut", "date"];

/// The list's place in the URL, under `e.`: the last one moved first.
pub(super) fn fenetre(requete: &Requete) -> Fenetre {
    Fenetre::lire(requete, "e", &TRIS, ("date", Sens::Decroissant), 25)
}

pub(super) async fn emises(
    app: &App,
    connecte: &Connecte,
    fenetre: Fenetre,
) -> Result<Liste<Emise>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select s.id, s.reference, s.objet, cle_tri(s.objet) as objet_tri, s.categorie, s.statut, s.creee_le, s.modifiee_le,
                    array_position(array['en_attente_du_demandeur', 'nouvelle', 'en_cours', 'resolue', 'close'], s.statut) as rang
             from sollicitations s where s.emetteur_id = $1
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: SollicitationId", b.reference as "reference!",
                  b.objet as "objet!", b.categorie as "categorie!", b.statut as "statut!: Statut",
                  temps(b.creee_le) as "creee_le!: Temps", temps(b.modifiee_le) as "modifiee_le!: Temps"
           from base b
           order by
             case $2 when 'reference-asc' then b.reference when 'objet-asc' then b.objet_tri end asc,
             case $2 when 'reference-desc' then b.reference when 'objet-desc' then b.objet_tri end desc,
             case when $2 = 'statut-asc' then b.rang end asc, case when $2 = 'statut-desc' then b.rang end desc,
             case when $2 = 'date-asc' then b.modifiee_le end asc,
             b.modifiee_le desc, b.id desc
           limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3"#,
        connecte.id().0,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Emise {
            id: l.id,
            reference: l.reference,
            objet: l.objet,
            categorie: l.categorie,
            statut: l.statut,
            creee_le: l.creee_le,
            modifiee_le: l.modifiee_le,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "sollicitations"))
}

/// Who speaks in a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Cote {
    Demandeur,
    Support,
}

/// What a line of the thread did to the state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Acte {
    PriseEnCharge,
    Resolution,
    Cloture,
    Reouverture,
}

impl Acte {
    pub fn phrase(self) -> &'static str {
        match self {
            Self::PriseEnCharge => "a pris la sollicitation en charge",
            Self::Resolution => "a résolu la sollicitation",
            Self::Cloture => "a clos la sollicitation",
            Self::Reouverture => "a rouvert la sollicitation",
        }
    }
}

/// A line of the thread.
pub struct Message {
    pub auteur: String,
    pub cote: Cote,
    pub interne: bool,
    pub acte: Option<Acte>,
    pub texte: String,
    pub cree_le: Temps,
}

impl Message {
    /// Beside the name: who speaks, and what it did.
    pub fn qualite(&self) -> String {
        let cote = match (self.cote, self.interne) {
            (_, true) => "support, note interne",
            (Cote::Support, false) => "support",
            (Cote::Demandeur, false) => "demandeur",
        };
        self.acte
            .map_or_else(|| cote.to_owned(), |a| format!("{cote}, {}", a.phrase()))
    }

    /// Genre of the line, for its drawing.
    pub fn genre(&self) -> &'static str {
        match (self.cote, self.interne) {
            (_, true) => "interne",
            (Cote::Support, false) => "support",
            (Cote::Demandeur, false) => "demandeur",
        }
    }
}

/// A sollicitation as its author reads it.
pub struct Sollicitation {
    pub id: SollicitationId,
    pub reference: String,
    pub categorie: String,
    pub objet: String,
    pub texte: String,
    pub donnees: serde_json::Value,
    pub statut: Statut,
    pub creee_le: Temps,
    pub resolue_le: Option<Temps>,
    pub close_le: Option<Temps>,
    pub agent: Option<String>,
    pub rouvrable: bool,
}

impl Sollicitation {
    pub fn categorie(&self) -> &'static str {
        Categorie::lire(&self.categorie).map_or("Autre catégorie", Categorie::libelle)
    }

    /// The fields of « Changement de gestionnaire principal », where it is one.
    pub fn changement(&self) -> Option<ChangementGestionnaire> {
        (Categorie::lire(&self.categorie) == Some(Categorie::ChangementGestionnaire))
            .then(|| serde_json::from_value(self.donnees.clone()).ok())
            .flatten()
    }
}

/// One of mine: 404 when it is not.
pub(super) async fn la_mienne(
    app: &App,
    connecte: &Connecte,
    id: SollicitationId,
) -> Result<Sollicitation, Erreur> {
    sqlx::query_as!(
        Sollicitation,
        r#"select s.id as "id: SollicitationId", s.reference, s.categorie, s.objet, s.texte, s.donnees,
                  s.statut as "statut: Statut", temps(s.creee_le) as "creee_le!: Temps", temps(s.resolue_le) as "resolue_le: Temps",
                  temps(s.close_le) as "close_le: Temps", a.prenom || ' ' || a.nom as "agent?",
                  coalesce(greatest(s.resolue_le, s.close_le) > maintenant() - interval '30 days', false) as "rouvrable!"
           from sollicitations s left join utilisateurs a on a.id = s.prise_en_charge_par
           where s.id = $1 and s.emetteur_id = $2"#,
        id.0,
        connecte.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// The thread, oldest first; `notes`: with the notes of the desk. The caller has shown that the reader may.
pub async fn fil(app: &App, id: SollicitationId, notes: bool) -> Result<Vec<Message>, Erreur> {
    Ok(sqlx::query_as!(
        Message,
        r#"select case when u.statut = 'clos' then 'Un compte effacé' else u.prenom || ' ' || u.nom end as "auteur!",
                  m.cote as "cote: Cote", m.interne, m.acte as "acte: Acte", m.texte, temps(m.cree_le) as "cree_le!: Temps"
           from sollicitation_messages m join utilisateurs u on u.id = m.auteur_id
           where m.sollicitation_id = $1 and (not m.interne or $2)
           order by m.cree_le, m.id limit 500"#,
        id.0,
        notes
    )
    .fetch_all(&app.db)
    .await?)
}
