use crate::App;
use crate::acces::Membre;
use crate::db::{StructureId, Temps};
use crate::web::{Erreur, texte};

/// Everything that a change of identifier moves, counted, and what it leaves.
pub struct Apercu {
    pub services: i64,
    pub utilisateurs: i64,
    pub desactives: i64,
    pub abonnements: i64,
    pub parametrages: i64,
    pub coordonnees: i64,
    pub demandes: i64,
    pub demandes_abonnement: i64,
    pub mandats: i64,
    pub techniques: i64,
    pub passations: i64,
}

impl Apercu {
    /// What the new structure will hold: (what, how many).
    pub fn repris(&self) -> [(&'static str, String); 7] {
        let n =
            |n: i64, un: &str, des: &str| texte::accord(usize::try_from(n).unwrap_or(0), un, des);
        [
            ("Services", n(self.services, "service", "services")),
            (
                "Utilisateurs rattachés",
                format!(
                    "{}, avec leurs rôles, dates, droits et services",
                    n(self.utilisateurs, "utilisateur", "utilisateurs")
                ),
            ),
            (
                "Rattachements désactivés",
                n(self.desactives, "rattachement", "rattachements"),
            ),
            (
                "Abonnements aux espaces",
                n(self.abonnements, "abonnement", "abonnements"),
            ),
            (
                "Espaces réglés pour la structure ou ses services",
                n(self.parametrages, "réglage", "réglages"),
            ),
            (
                "Coordonnées bancaires",
                n(
                    self.coordonnees,
                    "coordonnée bancaire",
                    "coordonnées bancaires",
                ),
            ),
            (
                "Demandes en attente",
                format!(
                    "{} et {}, qui attendront sous le nouvel identifiant",
                    n(
                        self.demandes,
                        "demande de rattachement",
                        "demandes de rattachement"
                    ),
                    n(
                        self.demandes_abonnement,
                        "demande d’abonnement",
                        "demandes d’abonnement"
                    )
                ),
            ),
        ]
    }

    /// What stays with the old one.
    pub fn laisses(&self) -> [(&'static str, String); 3] {
        let n =
            |n: i64, un: &str, des: &str| texte::accord(usize::try_from(n).unwrap_or(0), un, des);
        [
            (
                "Mandat de facturation",
                n(
                    self.mandats,
                    "mandat en cours ou à venir",
                    "mandats en cours ou à venir",
                ),
            ),
            (
                "Utilisateur technique",
                n(
                    self.techniques,
                    "compte, qui ne lira plus rien",
                    "comptes, qui ne liront plus rien",
                ),
            ),
            (
                "Passation programmée",
                n(
                    self.passations,
                    "passation, qui n’aura pas lieu",
                    "passations, qui n’auront pas lieu",
                ),
            ),
        ]
    }
}

/// What would move now.
///
/// # Errors
/// Those of the database.
pub async fn apercu(app: &App, membre: &Membre) -> Result<Apercu, Erreur> {
    Ok(sqlx::query_as!(
        Apercu,
        r#"select (select count(*) from services where structure_id = $1) as "services!",
                  (select count(*) from rattachements where structure_id = $1 and statut = 'validee') as "utilisateurs!",
                  (select count(*) from rattachements where structure_id = $1 and statut = 'desactivee') as "desactives!",
                  (select count(*) from abonnements where structure_id = $1) as "abonnements!",
                  (select count(*) from parametrage_espaces where structure_id = $1) as "parametrages!",
                  (select count(*) from coordonnees_bancaires where structure_id = $1) as "coordonnees!",
                  (select count(*) from demandes_rattachement
                   where structure_id = $1 and statut = 'en_cours_de_validation') as "demandes!",
                  (select count(*) from demandes_abonnement
                   where structure_id = $1 and statut = 'en_cours_de_validation') as "demandes_abonnement!",
                  (select count(*) from mandats where (structure_id = $1 or mandataire_id = $1)
                     and (date_fin is null or date_fin > maintenant())) as "mandats!",
                  (select count(*) from utilisateurs_techniques where structure_id = $1) as "techniques!",
                  (select count(*) from passations where structure_id = $1 and statut = 'programmee') as "passations!""#,
        membre.structure().id.0
    )
    .fetch_one(&app.db)
    .await?)
}

/// The structure before, or after, a change.
pub struct Autre {
    pub id: StructureId,
    pub type_identifiant: String,
    pub identifiant: String,
    pub le: Temps,
    /// This person may open its fiche.
    pub membre: bool,
}

/// Where a structure stands among the changes of its identifier.
pub struct Lien {
    pub avant: Option<Autre>,
    pub apres: Option<Autre>,
    pub collectivite: bool,
    /// « Prénom Nom » of the gestionnaire principal.
    pub gestionnaire_principal: Option<String>,
}

/// What it was, and what it became.
///
/// # Errors
/// Those of the database.
pub async fn lien(app: &App, membre: &Membre) -> Result<Lien, Erreur> {
    let autres = sqlx::query!(
        r#"select s.id as "id: StructureId", s.type_identifiant, s.identifiant, temps(c.le) as "le!: Temps",
                  c.nouvelle_id = $1 as "avant!",
                  exists (select from rattachements_effectifs r
                          where r.structure_id = s.id and r.utilisateur_id = $2) as "membre!"
           from changements_identifiant c
           join structures s on s.id = case when c.nouvelle_id = $1 then c.ancienne_id else c.nouvelle_id end
           where c.ancienne_id = $1 or c.nouvelle_id = $1"#,
        membre.structure().id.0,
        membre.id().0
    )
    .fetch_all(&app.db)
    .await?;
    let propre = sqlx::query!(
        r#"select coalesce(s.categorie = 'collectivite_locale', false) as "collectivite!",
                  (select u.prenom || ' ' || u.nom from rattachements g join utilisateurs u on u.id = g.utilisateur_id
                   where g.id = s.gp_id) as gestionnaire_principal
           from structures s where s.id = $1"#,
        membre.structure().id.0
    )
    .fetch_one(&app.db)
    .await?;
    let (mut avant, mut apres) = (None, None);
    for autre in autres {
        let cote = if autre.avant { &mut avant } else { &mut apres };
        *cote = Some(Autre {
            id: autre.id,
            type_identifiant: autre.type_identifiant,
            identifiant: autre.identifiant,
            le: autre.le,
            membre: autre.membre,
        });
    }
    Ok(Lien {
        avant,
        apres,
        collectivite: propre.collectivite,
        gestionnaire_principal: propre.gestionnaire_principal,
    })
}
