//! A request as whoever answers it reads it; a sollicitation sent to the référents of his périmètres.

use super::super::guichet::Guichet;
use crate::App;
use crate::acces::Referent;
use crate::db::{
    DemandeDeCompteId, PerimetreId, PieceId, SollicitationId, StructureId, Temps, UtilisateurId,
};
use crate::pieces::{self, Lieu, Telechargeable};
use crate::sollicitations::{Statut, categorie_en_mots};
use crate::web::Erreur;

/// A request of a person without account.
pub struct DemandeVue {
    pub prenom: String,
    pub nom: String,
    pub adresse: String,
    pub message: String,
    pub structure: StructureId,
    pub raison_sociale: String,
    pub identifiant: String,
    /// The structure still goes through the PIGP, and is active.
    pub passe: bool,
    /// … and it is of the périmètre that answers: its account may ask for it at once.
    pub couverte: bool,
    pub perimetre: Option<PerimetreId>,
    pub perimetre_nom: Option<String>,
    pub domaines: Vec<String>,
    pub statut: String,
    pub confirmee_le: Temps,
    pub traitee_le: Option<Temps>,
    pub traitee_par: Option<String>,
    pub motif: Option<String>,
    /// An account has this address by now.
    pub compte_connu: bool,
    pub compte: Option<UtilisateurId>,
}

impl DemandeVue {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }

    pub fn ouverte(&self) -> bool {
        self.statut == "ouverte"
    }

    /// # Errors
    /// `Conflit`: it is answered.
    pub fn encore_ouverte(&self) -> Result<(), Erreur> {
        if self.ouverte() {
            return Ok(());
        }
        Err(Erreur::Conflit(
            "Cette demande a déjà été traitée.".to_owned(),
        ))
    }

    /// Genre and word of its badge.
    pub fn etat(&self) -> (&'static str, &'static str) {
        match self.statut.as_str() {
            "acceptee" => ("succes", "Compte créé"),
            "refusee" => ("neutre", "Refusée"),
            _ => ("attente", "À traiter"),
        }
    }
}

/// One that is his to answer, or that he answered; 404 for any other.
///
/// # Errors
/// `Introuvable`.
pub async fn demande<G: Guichet>(
    app: &App,
    guichet: &G,
    id: DemandeDeCompteId,
) -> Result<DemandeVue, Erreur> {
    sqlx::query_as!(
        DemandeVue,
        r#"select d.prenom, d.nom, d.adresse, d.message,
                  d.structure_id as "structure: StructureId", s.raison_sociale, s.identifiant,
                  s.passe_par_pigp and s.statut = 'active' as "passe!",
                  d.perimetre_id is null
                  or exists (select from structures_des_perimetres v
                             where v.structure_id = s.id and v.perimetre_id = d.perimetre_id) as "couverte!",
                  d.perimetre_id as "perimetre: PerimetreId", p.nom as "perimetre_nom?",
                  coalesce(p.domaines, '{}') as "domaines!", d.statut, temps(d.confirmee_le) as "confirmee_le!: Temps",
                  temps(d.traitee_le) as "traitee_le: Temps", t.prenom || ' ' || t.nom as "traitee_par?", d.motif,
                  exists (select from utilisateurs u where u.adresse_connexion = d.adresse and u.statut <> 'clos') as "compte_connu!",
                  d.compte_id as "compte: UtilisateurId"
           from demandes_de_compte d join structures s on s.id = d.structure_id
           left join perimetres p on p.id = d.perimetre_id
           left join utilisateurs t on t.id = d.traitee_par
           where d.id = $1 and d.statut <> 'a_confirmer'
             and case when $3 then d.perimetre_id is null
                      else exists (select from referents_effectifs r
                                   where r.perimetre_id = d.perimetre_id and r.utilisateur_id = $2) end"#,
        id.0,
        guichet.id().0,
        G::SUPPORT
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// A sollicitation sent to the référents of a périmètre.
pub struct SollicitationVue {
    pub id: SollicitationId,
    pub reference: String,
    pub categorie_code: String,
    pub objet: String,
    pub texte: String,
    pub donnees: serde_json::Value,
    pub statut: Statut,
    pub creee_le: Temps,
    pub emetteur: String,
    pub emetteur_adresse: String,
    /// Its author, where his account is one of the reader's périmètres.
    pub compte: Option<UtilisateurId>,
    pub agent: Option<String>,
    pub agent_id: Option<UtilisateurId>,
    pub prise_en_charge_le: Option<Temps>,
    pub perimetre: PerimetreId,
    pub perimetre_nom: String,
    pub structure: Option<StructureId>,
    pub structure_nom: Option<String>,
}

impl SollicitationVue {
    pub fn categorie(&self) -> String {
        categorie_en_mots(&self.categorie_code, None)
    }

    pub fn pour_un_compte(&self) -> bool {
        self.categorie_code == "compte_pigp"
    }

    /// # Errors
    /// `Conflit`: it is over.
    pub fn encore_ouverte(&self) -> Result<(), Erreur> {
        if self.statut.ouverte() {
            return Ok(());
        }
        Err(Erreur::Conflit("Cette demande est traitée.".to_owned()))
    }

    /// A field of its category, as typed.
    pub fn donnee(&self, cle: &str) -> &str {
        self.donnees
            .get(cle)
            .and_then(|v| v.as_str())
            .unwrap_or_default()
    }
}

/// One of his périmètres; 404 for any other.
///
/// # Errors
/// `Introuvable`.
pub async fn sollicitation(
    app: &App,
    referent: &Referent,
    id: SollicitationId,
) -> Result<SollicitationVue, Erreur> {
    sqlx::query_as!(
        SollicitationVue,
        r#"select s.id as "id: SollicitationId", s.reference, s.categorie as categorie_code, s.objet, s.texte, s.donnees,
                  s.statut as "statut: Statut", temps(s.creee_le) as "creee_le!: Temps", e.prenom || ' ' || e.nom as "emetteur!",
                  e.adresse_connexion as emetteur_adresse,
                  case when e.pigp and exists (select from referents_effectifs m
                                               where m.perimetre_id = e.perimetre_id and m.utilisateur_id = $2)
                       then e.id end as "compte: UtilisateurId",
                  a.prenom || ' ' || a.nom as "agent?", s.prise_en_charge_par as "agent_id: UtilisateurId",
                  temps(s.prise_en_charge_le) as "prise_en_charge_le: Temps", p.id as "perimetre: PerimetreId",
                  p.nom as perimetre_nom, c.id as "structure?: StructureId",
                  c.raison_sociale || ' (' || c.identifiant || ')' as structure_nom
           from sollicitations s
           join perimetres p on p.id = s.perimetre_id
           join utilisateurs e on e.id = s.emetteur_id
           left join utilisateurs a on a.id = s.prise_en_charge_par
           left join structures c on c.id = s.structure_id
           where s.id = $1
             and exists (select from referents_effectifs r where r.perimetre_id = s.perimetre_id and r.utilisateur_id = $2)"#,
        id.0,
        referent.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)
}

/// A file of its thread.
///
/// # Errors
/// `Introuvable`; `Conflit`: refused, erased, or not scanned yet.
pub async fn piece(
    app: &App,
    referent: &Referent,
    id: SollicitationId,
    piece: PieceId,
) -> Result<Telechargeable, Erreur> {
    sollicitation(app, referent, id).await?;
    let lieu = Lieu::Sollicitation(id, None);
    pieces::trouver(&app.db, referent.id(), lieu, piece, false).await
}
