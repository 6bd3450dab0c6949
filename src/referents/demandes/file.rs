//! « Mes demandes »: what waits for a référent, of both kinds, the oldest first; for the support, what no référent receives.

use uuid::Uuid;

use super::super::guichet::Guichet;
use crate::App;
use crate::db::Temps;
use crate::sollicitations::{categorie_en_mots, mots};
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// A line of the queue.
pub struct Ligne {
    pub id: Uuid,
    /// Of a person without account; otherwise a sollicitation.
    pub sans_compte: bool,
    pub demandeur: String,
    pub adresse: String,
    pub categorie: String,
    pub structure: Option<String>,
    pub perimetre: Option<String>,
    pub agent: Option<String>,
    pub statut: String,
    pub recue_le: Temps,
}

impl Ligne {
    pub fn objet(&self) -> String {
        if self.sans_compte {
            "Création d’un compte PIGP".to_owned()
        } else {
            categorie_en_mots(&self.categorie, None)
        }
    }

    pub fn etat(&self) -> (&'static str, &'static str) {
        match self.statut.as_str() {
            "en_cours" => ("info", "En cours"),
            "en_attente_du_demandeur" => ("attente", "En attente du demandeur"),
            "resolue" | "close" => ("succes", "Traitée"),
            "acceptee" => ("succes", "Compte créé"),
            "refusee" => ("neutre", "Refusée"),
            _ => ("attente", "À traiter"),
        }
    }

    pub fn chemin(&self, racine: &str) -> String {
        if self.sans_compte {
            format!("{racine}/demandes-de-compte/{}", self.id)
        } else {
            format!("{racine}/sollicitations/{}", self.id)
        }
    }
}

/// What the queue shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vue {
    Ouvertes,
    Traitees,
}

impl Vue {
    pub fn lire(requete: &Requete) -> Self {
        match requete.valeur("f.etat") {
            "traitees" => Self::Traitees,
            _ => Self::Ouvertes,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Ouvertes => "",
            Self::Traitees => "traitees",
        }
    }
}

/// The queue in the URL, under `f.`: the oldest first.
pub fn fenetre(requete: &Requete) -> Fenetre {
    let tris = ["date", "demandeur"];
    Fenetre::lire(requete, "f", &tris, ("date", Sens::Croissant), 25)
}

/// One statement. A search looks in the names and addresses.
///
/// # Errors
/// Those of the database.
pub async fn lignes<G: Guichet>(
    app: &App,
    guichet: &G,
    vue: Vue,
    fenetre: Fenetre,
) -> Result<Liste<Ligne>, Erreur> {
    let lignes = sqlx::query!(
        r#"with miens as materialized (
             select r.perimetre_id from referents_effectifs r where r.utilisateur_id = $1 and not $2),
           toutes as (
             select d.id, true as sans_compte, d.prenom || ' ' || d.nom as demandeur, d.adresse, 'compte_pigp' as categorie,
                    d.structure_id, d.perimetre_id, null::uuid as agent_id, d.statut, d.confirmee_le as recue_le
             from demandes_de_compte d
             where (d.perimetre_id in (select perimetre_id from miens) or ($2 and d.perimetre_id is null))
               and case when $3 then d.statut in ('acceptee', 'refusee') else d.statut = 'ouverte' end
             union all
             select s.id, false, e.prenom || ' ' || e.nom, e.adresse_connexion, s.categorie, s.structure_id, s.perimetre_id,
                    s.prise_en_charge_par, s.statut, s.creee_le
             from sollicitations s join utilisateurs e on e.id = s.emetteur_id
             where s.perimetre_id in (select perimetre_id from miens)
               and case when $3 then s.rang >= 4 else s.rang < 4 end),
           base as materialized (
             select t.* from toutes t
             where $7::text is null or cle_recherche(t.demandeur || ' ' || t.adresse) like '%' || cle_recherche($7) || '%'
             order by t.recue_le limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!", b.sans_compte as "sans_compte!",
                  b.demandeur as "demandeur!", b.adresse as "adresse!", b.categorie as "categorie!",
                  s.raison_sociale as "structure?", p.nom as "perimetre?", a.prenom || ' ' || a.nom as "agent?",
                  b.statut as "statut!", temps(b.recue_le) as "recue_le!: Temps"
           from base b left join structures s on s.id = b.structure_id
           left join perimetres p on p.id = b.perimetre_id
           left join utilisateurs a on a.id = b.agent_id
           order by
             case when $4 = 'demandeur-asc' then cle_tri(b.demandeur) end asc,
             case when $4 = 'demandeur-desc' then cle_tri(b.demandeur) end desc,
             case when $4 = 'date-desc' then b.recue_le end desc,
             b.recue_le, b.id
           limit $5::bigint offset least($6::bigint - 1, greatest((select count(*) from base) - 1, 0) / $5) * $5"#,
        guichet.id().0,
        G::SUPPORT,
        vue == Vue::Traitees,
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        mots(&fenetre)
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Ligne {
            id: l.id,
            sans_compte: l.sans_compte,
            demandeur: l.demandeur,
            adresse: l.adresse,
            categorie: l.categorie,
            structure: l.structure,
            perimetre: l.perimetre,
            agent: l.agent,
            statut: l.statut,
            recue_le: l.recue_le,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "demandes"))
}

/// Above the queue.
pub struct Comptes {
    pub sans_compte: i64,
    pub sollicitations: i64,
    /// Days since the oldest open one came; `None`: nothing is open.
    pub plus_ancienne: Option<i32>,
}

impl Comptes {
    pub fn anciennete(&self) -> String {
        match self.plus_ancienne {
            None => String::new(),
            Some(..1) => "La plus ancienne date d’aujourd’hui.".to_owned(),
            Some(1) => "La plus ancienne date d’hier.".to_owned(),
            Some(n) => format!("La plus ancienne attend depuis {n} jours."),
        }
    }
}

/// Of what is open, in one statement.
///
/// # Errors
/// Those of the database.
pub async fn comptes<G: Guichet>(app: &App, guichet: &G) -> Result<Comptes, Erreur> {
    Ok(sqlx::query_as!(
        Comptes,
        r#"with miens as materialized (
             select r.perimetre_id from referents_effectifs r where r.utilisateur_id = $1 and not $2),
           d as materialized (
             select d.confirmee_le from demandes_de_compte d
             where d.statut = 'ouverte' and (d.perimetre_id in (select perimetre_id from miens) or ($2 and d.perimetre_id is null))
             limit 10001),
           s as materialized (
             select s.creee_le from sollicitations s where s.rang < 4 and s.perimetre_id in (select perimetre_id from miens)
             limit 10001)
           select (select count(*) from d) as "sans_compte!", (select count(*) from s) as "sollicitations!",
                  aujourdhui() - (least((select min(confirmee_le) from d), (select min(creee_le) from s))
                                  at time zone 'Europe/Paris')::date as plus_ancienne"#,
        guichet.id().0,
        G::SUPPORT
    )
    .fetch_one(&app.db)
    .await?)
}
