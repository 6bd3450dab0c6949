//! One user of the structure, in full: what a gestionnaire reads before he changes it.

use crate::App;
use crate::acces::{Capacite, Droits, Gestion, GestionPrincipale, Membre, Role};
use crate::db::{RattachementId, Temps, UtilisateurId};
use crate::rattachements::Statut;
use crate::utilisateurs;
use crate::web::Erreur;

/// A service of the rattachement, within reach.
pub struct ServiceTenu {
    pub code: String,
    pub libelle: String,
    pub statut: Statut,
    pub debut: Temps,
    pub fin: Option<Temps>,
    /// Of the service itself.
    pub actif: bool,
}

/// An espace open through the rattachement.
pub struct EspaceTenu {
    pub nom: String,
    /// `None`: for the whole structure.
    pub service: Option<String>,
    pub droit: &'static str,
    pub origine: &'static str,
}

pub struct FicheMembre {
    pub id: RattachementId,
    pub personne: UtilisateurId,
    pub nom: String,
    pub prenom: String,
    pub adresse_contact: String,
    pub identifiant_connexion: String,
    pub compte: utilisateurs::Statut,
    pub derniere_connexion: Option<Temps>,
    pub role: Role,
    pub statut: Statut,
    /// Why it stopped, when it did.
    pub arret: Option<&'static str>,
    pub maille_structure: bool,
    /// Nothing this person holds is outside the reach of the reader.
    pub entiere: bool,
    pub capacites: Vec<Capacite>,
    pub debut: Temps,
    /// Last day.
    pub fin: Option<Temps>,
    pub dernier_jour: Option<time::Date>,
    pub bientot: bool,
    pub reactive_le: Option<Temps>,
    pub commentaire: String,
    /// The open request of this person, when the reader sees it.
    pub demande: Option<uuid::Uuid>,
    pub services: Vec<ServiceTenu>,
    pub espaces: Vec<EspaceTenu>,
}

impl FicheMembre {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// The user of this rattachement, seen by this gestionnaire: services and espaces outside his reach are left out.
///
/// # Errors
/// `Introuvable`: of another structure, deleted, or outside his reach.
pub async fn fiche<C>(
    app: &App,
    gestion: &Gestion<C>,
    rattachement: RattachementId,
) -> Result<FicheMembre, Erreur> {
    lire(app, gestion, rattachement).await
}

/// The same for the gestionnaire principal, who sees everything.
///
/// # Errors
/// `Introuvable`: of another structure, or deleted.
pub async fn fiche_du_principal(
    app: &App,
    gestion: &GestionPrincipale,
    rattachement: RattachementId,
) -> Result<FicheMembre, Erreur> {
    lire(app, gestion, rattachement).await
}

async fn lire(
    app: &App,
    gestion: &Membre,
    rattachement: RattachementId,
) -> Result<FicheMembre, Erreur> {
    let l = sqlx::query!(
        r#"select u.id as "personne!: UtilisateurId", u.nom as "nom!", u.prenom as "prenom!",
                  u.adresse_contact as "adresse_contact!", u.adresse_connexion as "identifiant!",
                  u.statut as "compte!: utilisateurs::Statut", temps(u.derniere_connexion) as "connexion: Temps",
                  p.role as "role!: Role", p.statut as "statut!", r.cause, p.maille_structure as "maille!",
                  p.entiere as "entiere!", r.capacites as "capacites!", temps(p.date_debut) as "debut!: Temps",
                  temps(p.date_fin - interval '1 microsecond') as "fin: Temps",
                  ((p.date_fin at time zone 'Europe/Paris')::date - 1) as dernier_jour,
                  coalesce(p.statut = 'valide' and jours_avant(p.date_fin, 30) <= maintenant(), false) as "bientot!",
                  temps(p.reactive_le) as "reactive_le: Temps", coalesce(r.commentaire, '') as "commentaire!",
                  (select o.id from demandes_rattachement o
                   where o.structure_id = p.structure_id and o.utilisateur_id = p.utilisateur_id
                     and o.statut = 'en_cours_de_validation'
                     and (select true from portees_demandes d
                          where d.demande_id = o.id and d.gestionnaire_id = p.gestionnaire_id limit 1)) as demande
           from portees_membres p
           join rattachements r on r.id = p.id
           join utilisateurs u on u.id = p.utilisateur_id
           where p.gestionnaire_id = $1 and p.structure_id = $2 and p.id = $3 and p.genre = 'rattachement'"#,
        gestion.id().0,
        gestion.structure().id.0,
        rattachement.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let capacites = if l.role == Role::Gp {
        Capacite::TOUTES.to_vec()
    } else {
        Droits::lire(l.role, &l.capacites, l.maille).capacites
    };
    Ok(FicheMembre {
        id: rattachement,
        personne: l.personne,
        nom: l.nom,
        prenom: l.prenom,
        adresse_contact: l.adresse_contact,
        identifiant_connexion: l.identifiant,
        compte: l.compte,
        derniere_connexion: l.connexion,
        role: l.role,
        statut: Statut::lire(&l.statut),
        arret: match l.cause.as_deref() {
            Some("gestionnaire") => Some("Désactivé par un gestionnaire"),
            Some("echeance") => Some("Arrivé à sa date de fin"),
            Some("compte") => Some("Désactivé avec le compte"),
            _ => None,
        },
        maille_structure: l.maille,
        entiere: l.entiere,
        capacites,
        debut: l.debut,
        fin: l.fin,
        dernier_jour: l.dernier_jour,
        bientot: l.bientot,
        reactive_le: l.reactive_le,
        commentaire: l.commentaire,
        demande: l.demande,
        services: services(app, gestion, rattachement).await?,
        espaces: espaces(app, gestion, rattachement).await?,
    })
}

async fn services(
    app: &App,
    gestion: &Membre,
    rattachement: RattachementId,
) -> Result<Vec<ServiceTenu>, Erreur> {
    let lignes = sqlx::query!(
        r#"select v.code, v.libelle, temps(rs.date_debut) as "debut!: Temps",
                  temps(rs.date_fin - interval '1 microsecond') as "fin: Temps",
                  case when rs.statut = 'desactivee' then 'desactive' when rs.date_fin <= maintenant() then 'echu'
                       when rs.date_debut > maintenant() then 'a_venir' else 'valide' end as "statut!",
                  exists (select from services_actifs a where a.id = v.id) as "actif!"
           from rattachement_services rs join services v on v.id = rs.service_id
           where rs.rattachement_id = $1
             and ($2 or exists (select from services_effectifs se
                                where se.rattachement_id = $3 and se.service_id = rs.service_id))
           order by v.cle_tri, v.id"#,
        rattachement.0,
        gestion.droits().maille_structure,
        gestion.rattachement().0
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| ServiceTenu {
            code: l.code,
            libelle: l.libelle,
            statut: Statut::lire(&l.statut),
            debut: l.debut,
            fin: l.fin,
            actif: l.actif,
        })
        .collect())
}

async fn espaces(
    app: &App,
    gestion: &Membre,
    rattachement: RattachementId,
) -> Result<Vec<EspaceTenu>, Erreur> {
    let lignes = sqlx::query!(
        r#"select e.nom, v.libelle as "service?", a.droit, a.origine
           from abonnements a
           join espaces e on e.code = a.espace
           left join services v on v.id = a.service_id
           where a.rattachement_id = $1
             and ($2 or exists (select from services_effectifs se
                                where se.rattachement_id = $3 and se.service_id = a.service_id))
           order by e.ordre, v.cle_tri nulls first, a.origine"#,
        rattachement.0,
        gestion.droits().maille_structure,
        gestion.rattachement().0
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| EspaceTenu {
            nom: l.nom,
            service: l.service,
            droit: if l.droit == "modification" {
                "Modification"
            } else {
                "Consultation"
            },
            origine: match l.origine.as_str() {
                "defaut" => "Selon le rôle",
                "structure" => "Réglé pour la structure",
                "service" => "Réglé pour le service",
                _ => "Obtenu par une demande",
            },
        })
        .collect())
}
