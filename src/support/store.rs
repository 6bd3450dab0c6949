//! What the desk reads. Every function asks for the proof of the desk.

use super::place::Place;
use crate::App;
use crate::acces::{Role, Support};
use crate::db::{DemandeId, Temps};
use crate::sollicitations::ChangementGestionnaire;
use crate::web::{Curseur, Erreur, Fenetre, Lue, Requete, Sens, Suite, Tranche};

/// A request that nobody answers.
pub struct SansReponse {
    pub id: DemandeId,
    pub demandeur: String,
    pub adresse: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub passe_par_pigp: bool,
    pub creee_le: Temps,
    /// Days of waiting.
    pub attente: i32,
    pub sans_decideur: bool,
    pub gp: Option<String>,
    pub gp_vu_le: Option<Temps>,
}

impl SansReponse {
    pub fn situation(&self) -> &'static str {
        if self.sans_decideur {
            "Personne ne peut décider"
        } else {
            "Pas de décision en 14 jours"
        }
    }

    pub fn depuis(&self) -> String {
        match self.attente {
            ..1 => "depuis aujourd’hui".to_owned(),
            1 => "depuis 1 jour".to_owned(),
            n => format!("depuis {n} jours"),
        }
    }
}

/// The list in the URL, under `d.`: the oldest first.
pub fn fenetre_des_demandes(requete: &Requete) -> Fenetre {
    let tris = ["date", "structure"];
    Fenetre::lire(requete, "d", &tris, ("date", Sens::Croissant), 25)
}

/// « Demandes sans réponse »: the rule is the view `demandes_sans_reponse`, read by `suite_sans_reponse`.
pub async fn demandes(
    app: &App,
    _: &Support,
    fenetre: Fenetre,
) -> Result<Suite<SansReponse>, Erreur> {
    let lire = |curseur, limite| suite(app, &fenetre, curseur, limite);
    let tranche = Tranche::lire(fenetre.curseur(), fenetre.par, lire).await?;
    Ok(Suite::en_suite(tranche, fenetre, "demandes"))
}

async fn suite(
    app: &App,
    fenetre: &Fenetre,
    curseur: Curseur<Place>,
    limite: i64,
) -> Result<Vec<Lue<Place, SansReponse>>, Erreur> {
    let place = curseur.place();
    let lues = sqlx::query!(
        r#"select p.total as "total!", p.id as "id!: DemandeId", u.prenom || ' ' || u.nom as "demandeur!",
                  u.adresse_connexion as "adresse!", s.identifiant as "identifiant!", s.raison_sociale as "raison_sociale!",
                  s.cle_tri as "cle_tri!", s.passe_par_pigp as "passe_par_pigp!", p.creee_le as "le!",
                  temps(p.creee_le) as "creee_le!: Temps",
                  aujourdhui() - (p.creee_le at time zone 'Europe/Paris')::date as "attente!", p.sans_decideur as "sans_decideur!",
                  g.prenom || ' ' || g.nom as "gp?", temps(g.derniere_connexion) as "gp_vu_le?: Temps"
           from suite_sans_reponse($1, $2, $3, $4, $5, $6) p
           join utilisateurs u on u.id = p.utilisateur_id
           join structures s on s.id = p.structure_id
           left join rattachements r on r.id = s.gp_id
           left join utilisateurs g on g.id = r.utilisateur_id
           order by p.rang"#,
        fenetre.colonne,
        (fenetre.sens == Sens::Decroissant) != curseur.recule(),
        place.map(|p| p.tete.as_str()),
        place.map(|p| p.le),
        place.map(|p| p.id),
        limite,
    )
    .fetch_all(&app.db)
    .await?;
    let par_structure = fenetre.colonne == "structure";
    let lignes = lues.into_iter().map(|l| {
        let place = Place {
            tete: if par_structure {
                l.cle_tri
            } else {
                String::new()
            },
            le: l.le,
            id: l.id.0,
        };
        let demande = SansReponse {
            id: l.id,
            demandeur: l.demandeur,
            adresse: l.adresse,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            passe_par_pigp: l.passe_par_pigp,
            creee_le: l.creee_le,
            attente: l.attente,
            sans_decideur: l.sans_decideur,
            gp: l.gp,
            gp_vu_le: l.gp_vu_le,
        };
        Lue {
            place,
            total: l.total,
            ligne: demande,
        }
    });
    Ok(lignes.collect())
}

/// An account named in a sollicitation, as the portal knows it.
pub struct CompteCite {
    pub nom_complet: String,
    pub login: String,
    pub statut: String,
    /// On the structure of the sollicitation, in force.
    pub role: Option<Role>,
    pub derniere_connexion: Option<Temps>,
}

impl CompteCite {
    /// « Anne Royer (anne.royer@…), compte actif, non rattaché ».
    pub fn phrase(&self) -> String {
        let compte = match self.statut.as_str() {
            "actif" => "compte actif",
            "en_cours_activation" => "compte en cours d’activation",
            _ => "compte désactivé",
        };
        let role = self.role.map_or_else(
            || "non rattaché à cette structure".to_owned(),
            |r| r.libelle().to_lowercase(),
        );
        let vu = self.derniere_connexion.as_ref().map_or_else(
            || "jamais connecté".to_owned(),
            |t| format!("dernière connexion le {}", t.jour()),
        );
        format!(
            "{} ({}), {compte}, {role}, {vu}",
            self.nom_complet, self.login
        )
    }
}

/// What the portal knows of a change of gestionnaire principal: the desk checks the agreement (spec §13 « Support »).
pub struct Verification {
    pub structure: Option<String>,
    pub structure_active: bool,
    pub passe_par_pigp: bool,
    pub gp: Option<CompteCite>,
    pub gp_cite: Option<CompteCite>,
    pub cible: Option<CompteCite>,
}

/// Two statements: the structure, the accounts. Only what the sollicitation names is read, and the gestionnaire principal
/// of that structure.
pub async fn verifier(
    app: &App,
    _: &Support,
    changement: &ChangementGestionnaire,
) -> Result<Verification, Erreur> {
    let structure = sqlx::query!(
        r#"select s.id, s.raison_sociale, s.statut = 'active' as "active!", s.passe_par_pigp, u.adresse_connexion as "gp?"
           from structures s left join rattachements g on g.id = s.gp_id left join utilisateurs u on u.id = g.utilisateur_id
           where s.type_identifiant = 'SIRET' and s.identifiant = $1"#,
        changement.siret
    )
    .fetch_optional(&app.db)
    .await?;
    let gp = structure.as_ref().and_then(|s| s.gp.clone());
    let logins: Vec<String> = [&changement.gp.login, &changement.cible.login]
        .into_iter()
        .filter(|l| !l.is_empty())
        .chain(gp.as_ref())
        .cloned()
        .collect();
    let comptes = sqlx::query_as!(
        CompteCite,
        r#"select u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_connexion as login, u.statut, r.role as "role?: Role",
                  temps(u.derniere_connexion) as "derniere_connexion: Temps"
           from utilisateurs u
           left join rattachements_effectifs r on r.utilisateur_id = u.id and r.structure_id = $2
           where u.adresse_connexion = any ($1) and u.statut <> 'clos'"#,
        &logins,
        structure.as_ref().map(|s| s.id)
    )
    .fetch_all(&app.db)
    .await?;
    let trouver = |login: &str| {
        comptes
            .iter()
            .find(|c| c.login == login)
            .map(|c| CompteCite {
                nom_complet: c.nom_complet.clone(),
                login: c.login.clone(),
                statut: c.statut.clone(),
                role: c.role,
                derniere_connexion: c.derniere_connexion.clone(),
            })
    };
    Ok(Verification {
        gp: gp.as_deref().and_then(trouver),
        gp_cite: trouver(&changement.gp.login),
        cible: trouver(&changement.cible.login),
        structure_active: structure.as_ref().is_some_and(|s| s.active),
        passe_par_pigp: structure.as_ref().is_some_and(|s| s.passe_par_pigp),
        structure: structure.map(|s| s.raison_sociale),
    })
}
