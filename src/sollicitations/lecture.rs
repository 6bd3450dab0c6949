//! One sollicitation and its thread, for who may read it.

use uuid::Uuid;

use super::changement::ChangementGestionnaire;
use super::etat::{Categorie, Statut, categorie_en_mots};
use crate::App;
use crate::acces::{Connecte, Espace, SollicitationsRecues};
use crate::db::{PieceId, SollicitationId, Temps};
use crate::pieces::{self, Lieu, Piece, Telechargeable};
use crate::web::Erreur;

/// Who speaks in a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Cote {
    Demandeur,
    Support,
    Structure,
    Referent,
    Portail,
}

/// What a line of the thread did to the state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Acte {
    PriseEnCharge,
    Attribution,
    Transfert,
    /// To the référents of another périmètre.
    Transmission,
    Resolution,
    Cloture,
    Reouverture,
}

impl Acte {
    pub fn phrase(self) -> &'static str {
        match self {
            Self::PriseEnCharge => "a pris la sollicitation en charge",
            Self::Attribution => "a attribué la sollicitation",
            Self::Transfert => "a transféré la sollicitation au support",
            Self::Transmission => "a transmis la sollicitation à un autre référent",
            Self::Resolution => "a résolu la sollicitation",
            Self::Cloture => "a clos la sollicitation",
            Self::Reouverture => "a rouvert la sollicitation",
        }
    }
}

/// A line of the thread.
pub struct Message {
    pub id: Uuid,
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
            (Cote::Structure, false) => "structure",
            (Cote::Referent, false) => "référent",
            (Cote::Demandeur, false) => "demandeur",
            (Cote::Portail, false) if self.acte == Some(Acte::Cloture) => "au bout de 30 jours",
            (Cote::Portail, false) => "sur une contestation",
        };
        self.acte
            .map_or_else(|| cote.to_owned(), |a| format!("{cote}, {}", a.phrase()))
    }

    /// Genre of the line, for its drawing.
    pub fn genre(&self) -> &'static str {
        match (self.cote, self.interne) {
            (_, true) => "interne",
            (Cote::Support | Cote::Structure | Cote::Referent | Cote::Portail, false) => "support",
            (Cote::Demandeur, false) => "demandeur",
        }
    }
}

/// A thread as its page shows it: the lines, and the files of each.
pub struct Fil {
    pub messages: Vec<Message>,
    pieces: Vec<Piece>,
}

impl Fil {
    /// Files of the sollicitation itself.
    pub fn premieres(&self) -> Vec<&Piece> {
        self.pieces.iter().filter(|p| p.message.is_none()).collect()
    }

    /// Files of one answer.
    pub fn de(&self, message: &Message) -> Vec<&Piece> {
        let est_la = |p: &&Piece| p.message == Some(message.id);
        self.pieces.iter().filter(est_la).collect()
    }
}

/// A sollicitation as its author, or the structure it was sent to, reads it.
pub struct Sollicitation {
    pub id: SollicitationId,
    pub reference: String,
    pub categorie: String,
    pub sous_categorie: Option<String>,
    pub objet: String,
    pub texte: String,
    pub donnees: serde_json::Value,
    pub statut: Statut,
    pub creee_le: Temps,
    pub resolue_le: Option<Temps>,
    pub close_le: Option<Temps>,
    pub agent: Option<String>,
    pub rouvrable: bool,
    /// Who wrote it.
    pub emetteur: String,
    pub emetteur_adresse: String,
    /// The structure, or the référents, it is sent to; `None`: the support.
    pub raison_sociale: Option<String>,
    /// The reader may answer at the recipient's.
    pub traite: bool,
    /// The reader has it.
    pub mienne: bool,
}

impl Sollicitation {
    pub fn categorie(&self) -> String {
        categorie_en_mots(&self.categorie, self.sous_categorie.as_deref())
    }

    /// « Le support », or the structure.
    pub fn destinataire(&self) -> &str {
        self.raison_sociale.as_deref().unwrap_or("Support")
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
    lire(app, connecte, id, false).await
}

/// One sent to a structure where I have the espace, as my rights are now: 404 when it is not.
pub(super) async fn la_recue(
    app: &App,
    espace: &Espace<SollicitationsRecues>,
    id: SollicitationId,
) -> Result<Sollicitation, Erreur> {
    lire(app, espace, id, true).await
}

async fn lire(
    app: &App,
    lecteur: &Connecte,
    id: SollicitationId,
    recue: bool,
) -> Result<Sollicitation, Erreur> {
    sqlx::query_as!(
        Sollicitation,
        r#"select s.id as "id: SollicitationId", s.reference, s.categorie, s.sous_categorie, s.objet, s.texte, s.donnees,
                  s.statut as "statut: Statut", temps(s.creee_le) as "creee_le!: Temps", temps(s.resolue_le) as "resolue_le: Temps",
                  temps(s.close_le) as "close_le: Temps", a.prenom || ' ' || a.nom as "agent?",
                  sollicitation_rouvrable(s) as "rouvrable!", e.prenom || ' ' || e.nom as "emetteur!",
                  e.adresse_connexion as emetteur_adresse, coalesce(d.raison_sociale, 'Le référent (' || p.nom || ')') as raison_sociale,
                  coalesce(l.traite, false) as "traite!", coalesce(s.prise_en_charge_par = $2, false) as "mienne!"
           from sollicitations s
           join utilisateurs e on e.id = s.emetteur_id
           left join utilisateurs a on a.id = s.prise_en_charge_par
           left join structures d on d.id = s.destinataire_structure_id
           left join perimetres p on p.id = s.perimetre_id
           left join lecteurs_des_recues l on l.structure_id = s.destinataire_structure_id and l.utilisateur_id = $2
           where s.id = $1 and case when $3 then l.utilisateur_id is not null else s.emetteur_id = $2 end"#,
        id.0,
        lecteur.id().0,
        recue
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// The thread, oldest first; `notes`: with the notes of the desk. Two statements. The caller has shown that the reader may.
///
/// # Errors
/// The database does not answer.
pub async fn fil(
    app: &App,
    lecteur: &Connecte,
    id: SollicitationId,
    notes: bool,
) -> Result<Fil, Erreur> {
    let messages = sqlx::query_as!(
        Message,
        r#"select m.id, case when u.id is null then 'Le portail' when u.statut = 'clos' then 'Un compte effacé'
                             else u.prenom || ' ' || u.nom end as "auteur!",
                  m.cote as "cote: Cote", m.interne, m.acte as "acte: Acte", m.texte, temps(m.cree_le) as "cree_le!: Temps"
           from sollicitation_messages m left join utilisateurs u on u.id = m.auteur_id
           where m.sollicitation_id = $1 and (not m.interne or $2)
           order by m.cree_le, m.id limit 500"#,
        id.0,
        notes
    )
    .fetch_all(&app.db)
    .await?;
    Ok(Fil {
        messages,
        pieces: pieces::visibles(&app.db, lecteur.id(), id, notes).await?,
    })
}

/// A file of one of mine.
///
/// # Errors
/// `Introuvable`; `Conflit`: refused or erased.
pub(super) async fn ma_piece(
    app: &App,
    connecte: &Connecte,
    id: SollicitationId,
    piece: PieceId,
) -> Result<Telechargeable, Erreur> {
    la_mienne(app, connecte, id).await?;
    let lieu = Lieu::Sollicitation(id, None);
    pieces::trouver(&app.db, connecte.id(), lieu, piece, false).await
}

/// A file of one that I read as its recipient.
///
/// # Errors
/// `Introuvable`; `Conflit`: refused, erased, or not scanned yet.
pub(super) async fn piece_recue(
    app: &App,
    espace: &Espace<SollicitationsRecues>,
    id: SollicitationId,
    piece: PieceId,
) -> Result<Telechargeable, Erreur> {
    la_recue(app, espace, id).await?;
    let lieu = Lieu::Sollicitation(id, None);
    pieces::trouver(&app.db, espace.id(), lieu, piece, false).await
}
