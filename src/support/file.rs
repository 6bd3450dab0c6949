//! The queue of the desk: what waits, whose it is, how long (R-SUP-FILE).

use crate::App;
use crate::acces::Support;
use crate::db::{SollicitationId, Temps};
use crate::sollicitations::{Categorie, Statut, categorie_en_mots, mots};
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

    /// Rank of the one state it keeps (column `rang`); `None`: all that are open.
    fn rang(self) -> Option<i16> {
        match self {
            Self::Etat(etat) => Some(etat.rang()),
            Self::Ouvertes | Self::Miennes => None,
        }
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

/// One statement. A search looks in the reference, the object, the name and the login of the author. What is counted and
/// sorted is narrow, so that the indexes hold it; the names are read for the lines shown.
pub async fn lignes(
    app: &App,
    support: &Support,
    vue: Vue,
    categorie: Option<Categorie>,
    fenetre: Fenetre,
) -> Result<Liste<Recue>, Erreur> {
    let mienne = (vue == Vue::Miennes).then(|| support.id().0);
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select s.id, s.rang, s.reference, s.creee_le
             from sollicitations s
             where s.destinataire = 'support'
               and case when $1::smallint is null then s.rang < 4 and s.statut not in ('resolue', 'close') else s.rang = $1 end
               and ($5::uuid is null or s.prise_en_charge_par = $5)
               and ($6::text is null or s.categorie = $6)
               and ($7::text is null or s.cle like '%' || cle_recherche($7) || '%'
                    or s.emetteur_id = any (array(
                         select u.id from utilisateurs u
                         where u.adresse_connexion = lower($7)
                            or u.cle_recherche like '%' || nullif(cle_recherche($7), '') || '%')))
             order by
               case when $2 = 'statut-asc' then s.rang end asc, case when $2 = 'statut-desc' then s.rang end desc,
               case when $2 in ('reference-desc', 'date-desc') then s.creee_le end desc,
               s.creee_le limit 10001),
           fenetre as materialized (
             select b.* from base b
             order by
               case when $2 = 'statut-asc' then b.rang end asc, case when $2 = 'statut-desc' then b.rang end desc,
               case when $2 = 'reference-asc' then b.reference end asc, case when $2 = 'reference-desc' then b.reference end desc,
               case when $2 = 'date-desc' then b.creee_le end desc,
               b.creee_le, b.id
             limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3)
           select (select count(*) from base) as "total!", s.id as "id!: SollicitationId", s.reference as "reference!",
                  s.objet as "objet!", s.categorie as "categorie!", s.sous_categorie as "sous_categorie?",
                  s.statut as "statut!: Statut", e.prenom || ' ' || e.nom as "emetteur!", a.prenom || ' ' || a.nom as "agent?",
                  temps(s.creee_le) as "creee_le!: Temps"
           from fenetre f
           join sollicitations s on s.id = f.id
           join utilisateurs e on e.id = s.emetteur_id
           left join utilisateurs a on a.id = s.prise_en_charge_par
           order by
             case when $2 = 'statut-asc' then f.rang end asc, case when $2 = 'statut-desc' then f.rang end desc,
             case when $2 = 'reference-asc' then f.reference end asc, case when $2 = 'reference-desc' then f.reference end desc,
             case when $2 = 'date-desc' then f.creee_le end desc,
             f.creee_le, f.id"#,
        vue.rang(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        mienne,
        categorie.map(Categorie::code),
        mots(&fenetre)
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

/// Above the queue; as everywhere, no more than 10 001 are counted.
pub struct Comptes {
    pub nouvelles: i64,
    pub miennes: i64,
    pub en_attente: i64,
    /// Days since the oldest open one was deposited; `None`: nothing is open.
    pub plus_ancienne: Option<i32>,
}

impl Comptes {
    /// « La plus ancienne à traiter attend depuis 3 jours. ».
    pub fn anciennete(&self) -> String {
        match self.plus_ancienne {
            None => String::new(),
            Some(..1) => "La plus ancienne à traiter date d’aujourd’hui.".to_owned(),
            Some(1) => "La plus ancienne à traiter date d’hier.".to_owned(),
            Some(n) => format!("La plus ancienne à traiter attend depuis {n} jours."),
        }
    }
}

/// Of the open ones, in one statement.
pub async fn comptes(app: &App, support: &Support) -> Result<Comptes, Erreur> {
    Ok(sqlx::query_as!(
        Comptes,
        r#"select (select count(*) from (select from sollicitations
                                        where destinataire = 'support' and statut = 'nouvelle' limit 10001) x) as "nouvelles!",
                  (select count(*) from (select from sollicitations
                                         where destinataire = 'support' and prise_en_charge_par = $1
                                           and statut not in ('resolue', 'close') limit 10001) x) as "miennes!",
                  (select count(*) from (select from sollicitations
                                         where destinataire = 'support' and statut = 'en_attente_du_demandeur'
                                         limit 10001) x) as "en_attente!",
                  aujourdhui() - ((select min(creee_le) from sollicitations
                                   where destinataire = 'support' and statut not in ('resolue', 'close'))
                                  at time zone 'Europe/Paris')::date as plus_ancienne"#,
        support.id().0
    )
    .fetch_one(&app.db)
    .await?)
}
