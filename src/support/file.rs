//! The queue of the desk: what waits, whose it is, how long (R-SUP-FILE).

use crate::App;
use crate::acces::Support;
use crate::db::{SollicitationId, Temps};
use crate::sollicitations::{Categorie, MOTS_MIN, Statut, categorie_en_mots};
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// A line of the queue.
pub struct Recue {
    pub id: SollicitationId,
    pub reference: String,
    pub objet: String,
    pub categorie: String,
    pub sous_categorie: Option<String>,
    pub emetteur: String,
    pub statut: Statut,
    pub agent: Option<String>,
    pub creee_le: Temps,
}

impl Recue {
    pub fn categorie(&self) -> String {
        categorie_en_mots(&self.categorie, self.sous_categorie.as_deref())
    }
}

/// What the queue shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vue {
    /// All that are open, the oldest first.
    Ouvertes,
    /// Open, and this agent's.
    Miennes,
    Etat(Statut),
}

impl Vue {
    /// From the URL; a word nobody knows is all that are open.
    pub fn lire(requete: &Requete) -> Self {
        match requete.valeur("s.etat") {
            "miennes" => Self::Miennes,
            code => Statut::lire(code).map_or(Self::Ouvertes, Self::Etat),
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Ouvertes => "",
            Self::Miennes => "miennes",
            Self::Etat(statut) => statut.code(),
        }
    }

    fn etats(self) -> Vec<String> {
        let garde = |s: &Statut| match self {
            Self::Etat(etat) => etat == *s,
            _ => s.ouverte(),
        };
        Statut::TOUS
            .into_iter()
            .filter(garde)
            .map(|s| s.code().to_owned())
            .collect()
    }
}

/// The queue in the URL, under `s.`: new ones first, the oldest first among them.
pub fn fenetre(requete: &Requete) -> Fenetre {
    let tris = ["statut", "reference", "date"];
    Fenetre::lire(requete, "s", &tris, ("statut", Sens::Croissant), 25)
}

/// The category asked for, where it is one.
pub fn categorie(requete: &Requete) -> Option<Categorie> {
    Categorie::lire(requete.valeur("s.categorie"))
}

/// One statement. A search looks in the reference, the object, the name and the login of the author.
pub async fn lignes(
    app: &App,
    support: &Support,
    vue: Vue,
    categorie: Option<Categorie>,
    fenetre: Fenetre,
) -> Result<Liste<Recue>, Erreur> {
    let mienne = (vue == Vue::Miennes).then(|| support.id().0);
    let mots = Some(fenetre.recherche.as_str()).filter(|q| q.chars().count() >= MOTS_MIN);
    let ouvertes = !matches!(vue, Vue::Etat(s) if !s.ouverte());
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select s.id, s.reference, s.objet, s.categorie, s.sous_categorie, s.emetteur_id, s.statut, s.prise_en_charge_par,
                    s.creee_le,
                    array_position(array['nouvelle', 'en_cours', 'en_attente_du_demandeur', 'resolue', 'close'], s.statut) as rang
             from sollicitations s
             where s.destinataire = 'support' and s.statut = any ($1)
               and ($5::uuid is null or s.prise_en_charge_par = $5)
               and ($6::text is null or s.categorie = $6)
               and ($7::text is null or s.cle like '%' || cle_recherche($7) || '%'
                    or s.emetteur_id in (select u.id from utilisateurs u
                                         where u.adresse_connexion = lower($7)
                                            or u.cle_recherche like '%' || nullif(cle_recherche($7), '') || '%'))
             order by case when $8 then s.creee_le end, s.creee_le desc limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: SollicitationId", b.reference as "reference!",
                  b.objet as "objet!", b.categorie as "categorie!", b.sous_categorie as "sous_categorie?",
                  b.statut as "statut!: Statut", e.prenom || ' ' || e.nom as "emetteur!", a.prenom || ' ' || a.nom as "agent?",
                  temps(b.creee_le) as "creee_le!: Temps"
           from base b join utilisateurs e on e.id = b.emetteur_id left join utilisateurs a on a.id = b.prise_en_charge_par
           order by
             case when $2 = 'statut-asc' then b.rang end asc, case when $2 = 'statut-desc' then b.rang end desc,
             case when $2 = 'reference-asc' then b.reference end asc, case when $2 = 'reference-desc' then b.reference end desc,
             case when $2 = 'date-desc' then b.creee_le end desc,
             b.creee_le, b.id
           limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3"#,
        &vue.etats(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        mienne,
        categorie.map(Categorie::code),
        mots,
        ouvertes
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Recue {
            id: l.id,
            reference: l.reference,
            objet: l.objet,
            categorie: l.categorie,
            sous_categorie: l.sous_categorie,
            emetteur: l.emetteur,
            statut: l.statut,
            agent: l.agent,
            creee_le: l.creee_le,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "sollicitations"))
}

/// Above the queue.
pub struct Comptes {
    pub nouvelles: i64,
    pub miennes: i64,
    pub en_attente: i64,
    /// Days since the oldest open one was deposited; `None`: nothing is open.
    pub plus_ancienne: Option<i32>,
}

impl Comptes {
    /// « La plus ancienne attend depuis 3 jours. ».
    pub fn anciennete(&self) -> String {
        match self.plus_ancienne {
            None => String::new(),
            Some(..1) => "La plus ancienne date d’aujourd’hui.".to_owned(),
            Some(1) => "La plus ancienne date d’hier.".to_owned(),
            Some(n) => format!("La plus ancienne attend depuis {n} jours."),
        }
    }
}

/// Of the open ones, in one statement.
pub async fn comptes(app: &App, support: &Support) -> Result<Comptes, Erreur> {
    Ok(sqlx::query_as!(
        Comptes,
        r#"select count(*) filter (where statut = 'nouvelle') as "nouvelles!",
                  count(*) filter (where prise_en_charge_par = $1) as "miennes!",
                  count(*) filter (where statut = 'en_attente_du_demandeur') as "en_attente!",
                  aujourdhui() - (min(creee_le) at time zone 'Europe/Paris')::date as plus_ancienne
           from sollicitations
           where destinataire = 'support' and statut not in ('resolue', 'close')"#,
        support.id().0
    )
    .fetch_one(&app.db)
    .await?)
}
