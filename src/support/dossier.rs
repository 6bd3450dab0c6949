//! A sollicitation as the desk reads it, with what it is about: the structure, its author, the requests that wait.

use serde::Deserialize;
use sqlx::types::Json;

use crate::App;
use crate::acces::Support;
use crate::db::{PieceId, ReponsePrepareeId, SollicitationId, StructureId, Temps, UtilisateurId};
use crate::pieces::{self, Lieu, Telechargeable};
use crate::sollicitations::{Categorie, ChangementGestionnaire, Statut, categorie_en_mots};
use crate::web::Erreur;

/// A request of its author that waits for a decision.
#[derive(Deserialize)]
pub struct DemandeEnCours {
    pub structure: String,
    pub identifiant: String,
    pub genre: String,
    pub depuis: Temps,
    pub sans_decideur: bool,
}

impl DemandeEnCours {
    /// « Rattachement à Commune de …, depuis le 12/03/2026, personne ne peut décider ».
    pub fn phrase(&self) -> String {
        let suite = if self.sans_decideur {
            ", personne ne peut décider"
        } else {
            ""
        };
        format!(
            "{} {} ({}), déposée le {}{suite}",
            self.genre,
            self.structure,
            self.identifiant,
            self.depuis.jour()
        )
    }
}

/// An answer to begin from.
#[derive(Deserialize)]
pub struct Titre {
    pub id: ReponsePrepareeId,
    pub titre: String,
}

pub struct Dossier {
    pub id: SollicitationId,
    pub reference: String,
    pub categorie: String,
    pub sous_categorie: Option<String>,
    pub objet: String,
    pub texte: String,
    pub donnees: serde_json::Value,
    pub statut: Statut,
    pub creee_le: Temps,
    pub emetteur: String,
    pub emetteur_prenom: String,
    pub emetteur_adresse: String,
    pub agent: Option<String>,
    pub agent_id: Option<UtilisateurId>,
    pub prise_en_charge_le: Option<Temps>,
    /// The structure it is about, when the portal knows the SIRET typed.
    pub structure: Option<String>,
    /// The same, where the public directory shows it.
    pub structure_id: Option<StructureId>,
    /// The reader sent or approved the certificate contested here: a third agent answers.
    pub ecarte: bool,
    /// The contested file from the contestation, and the other way round.
    pub liee: Option<SollicitationId>,
    pub liee_reference: Option<String>,
    /// The structure that passed it on.
    pub transferee_par: Option<String>,
    /// Open sollicitations of the same author to the desk, besides this one.
    pub autres: i64,
    pub demandes: Json<Vec<DemandeEnCours>>,
    pub reponses: Json<Vec<Titre>>,
}

impl Dossier {
    pub fn categorie(&self) -> String {
        categorie_en_mots(&self.categorie, self.sous_categorie.as_deref())
    }

    /// The fields of « Changement de gestionnaire principal », where it is one.
    pub fn changement(&self) -> Option<ChangementGestionnaire> {
        (Categorie::lire(&self.categorie) == Some(Categorie::ChangementGestionnaire))
            .then(|| serde_json::from_value(self.donnees.clone()).ok())
            .flatten()
    }
}

/// One sollicitation sent to the support, in one statement; 404 for any other.
pub async fn lire(app: &App, support: &Support, id: SollicitationId) -> Result<Dossier, Erreur> {
    sqlx::query_as!(
        Dossier,
        r#"select s.id as "id: SollicitationId", s.reference, s.categorie, s.sous_categorie, s.objet, s.texte, s.donnees,
                  s.statut as "statut: Statut", temps(s.creee_le) as "creee_le!: Temps",
                  e.prenom || ' ' || e.nom as "emetteur!", e.prenom as emetteur_prenom, e.adresse_connexion as emetteur_adresse,
                  a.prenom || ' ' || a.nom as "agent?", s.prise_en_charge_par as "agent_id: UtilisateurId",
                  temps(s.prise_en_charge_le) as "prise_en_charge_le: Temps",
                  c.raison_sociale || ' (' || c.identifiant || ')' as "structure?",
                  case when c.publique and c.statut = 'active' then c.id end as "structure_id?: StructureId",
                  o.raison_sociale as "transferee_par?",
                  exists (select from agents_ecartes x where x.sollicitation_id = s.id and x.agent_id = $2) as "ecarte!",
                  l.id as "liee?: SollicitationId", l.reference as "liee_reference?",
                  (select count(*) from sollicitations x
                   where x.emetteur_id = s.emetteur_id and x.id <> s.id and x.destinataire = 'support'
                     and x.rang < 4) as "autres!",
                  (select coalesce(json_agg(d order by d.depuis), '[]')
                   from (select t.raison_sociale as structure, t.identifiant, 'Rattachement à' as genre,
                                temps(r.creee_le) as depuis,
                                not exists (select from decideurs x where x.demande_id = r.id) as sans_decideur
                         from demandes_rattachement r join structures t on t.id = r.structure_id
                         where r.utilisateur_id = s.emetteur_id and r.statut = 'en_cours_de_validation'
                         union all
                         select t.raison_sociale, t.identifiant, 'Espaces de', temps(r.creee_le),
                                not exists (select from decideurs_abonnements x where x.demande_id = r.id)
                         from demandes_abonnement r join structures t on t.id = r.structure_id
                         where r.utilisateur_id = s.emetteur_id and r.statut = 'en_cours_de_validation'
                         limit 20) d) as "demandes!: Json<Vec<DemandeEnCours>>",
                  (select coalesce(json_agg(json_build_object('id', p.id, 'titre', p.titre) order by cle_tri(p.titre)), '[]')
                   from reponses_preparees p) as "reponses!: Json<Vec<Titre>>"
           from sollicitations s join utilisateurs e on e.id = s.emetteur_id
           left join utilisateurs a on a.id = s.prise_en_charge_par
           left join structures c on c.id = s.structure_id
           left join structures o on o.id = s.transferee_de
           left join lateral (select x.id, x.reference from certificats c
                              join sollicitations x on x.id = case when c.contestation_id = s.id then c.sollicitation_id else c.contestation_id end
                              where s.id in (c.contestation_id, c.sollicitation_id)
                              order by c.envoye_le desc limit 1) l on true
           where s.id = $1 and s.destinataire = 'support'"#,
        id.0,
        support.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// A file of a sollicitation sent to the support, those of the notes too.
pub async fn piece(
    app: &App,
    support: &Support,
    id: SollicitationId,
    piece: PieceId,
) -> Result<Telechargeable, Erreur> {
    sqlx::query_scalar!(
        "select id from sollicitations where id = $1 and destinataire = 'support'",
        id.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let lieu = Lieu::Sollicitation(id, None);
    pieces::trouver(&app.db, support.id(), lieu, piece, true).await
}

/// An agent one may give it to.
pub struct Collegue {
    pub id: UtilisateurId,
    pub nom_complet: String,
    /// Open sollicitations he has.
    pub charge: i64,
}

/// The active agents of the desk who may have it, with what each has.
pub async fn collegues(
    app: &App,
    _: &Support,
    id: SollicitationId,
) -> Result<Vec<Collegue>, Erreur> {
    Ok(sqlx::query_as!(
        Collegue,
        r#"select u.id as "id: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!",
                  (select count(*) from sollicitations s
                   where s.prise_en_charge_par = u.id and s.rang < 4) as "charge!"
           from utilisateurs u where u.equipe = 'support' and u.statut = 'actif'
             and not exists (select from agents_ecartes x where x.sollicitation_id = $1 and x.agent_id = u.id)
           order by u.cle_tri, u.id limit 200"#,
        id.0
    )
    .fetch_all(&app.db)
    .await?)
}
