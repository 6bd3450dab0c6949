//! Reading the historique: block D of « Activités du gestionnaire », its detail and its export (R-GEST-HISTORIQUE).
//!
//! The rule of who sees which line, written once in the view `historique_visible`: the lines of the structures where I hold a capability.
//! Where my rattachement is limited to services, only those I signed, and those about a request or a person that lie
//! wholly within my services: neither the request nor the rattachement of the person names another service or the whole
//! structure. A line about the structure itself is for its structure-wide gestionnaires.

use uuid::Uuid;

use super::{Action, Details};
use crate::App;
use crate::acces::{Portee, ToutGestionnaire};
use crate::db::Temps;
use crate::web::{EnCsv, Erreur, Fenetre, Liste, Requete, texte};

/// Columns that block D sorts by.
pub const TRIS: [&str; 3] = ["date", "demandeur", "structure"];

/// Lines exported per statement.
const TRANCHE: i64 = 1_000;

/// Filters besides the search: what was done, and when.
#[derive(Clone, Default, Debug)]
pub struct Filtre {
    pub recherche: String,
    pub action: Option<Action>,
    /// First and last day, in Paris, both included.
    pub du: Option<time::Date>,
    pub au: Option<time::Date>,
}

impl Filtre {
    /// From the keys of the block (`h.q`, `h.action`, `h.du`, `h.au`); what makes no sense filters nothing.
    pub fn lire(requete: &Requete, prefixe: &str) -> Self {
        let valeur = |cle: &str| requete.valeur(&format!("{prefixe}.{cle}"));
        Self {
            recherche: texte::ligne(valeur("q"), 100).unwrap_or_default(),
            action: Action::lire(valeur("action")),
            du: texte::jour(valeur("du")).ok(),
            au: texte::jour(valeur("au")).ok(),
        }
    }

    pub fn est_vide(&self) -> bool {
        self.recherche.is_empty() && self.action.is_none() && self.du.is_none() && self.au.is_none()
    }
}

/// A line of « Historique ».
pub struct LigneHistorique {
    pub id: Uuid,
    pub date: Temps,
    /// The person concerned; of an act on the structure itself, its author.
    pub demandeur: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub action: Action,
    /// Who did it: a person, or « Système ».
    pub acteur: String,
    pub motif: String,
    pub commentaire: String,
}

impl LigneHistorique {
    /// Column « Commentaires »: what was done, and who decided (seed 001 §12).
    pub fn par(&self) -> String {
        format!("par {}", self.acteur)
    }
}

impl EnCsv for LigneHistorique {
    const ENTETES: &'static [&'static str] = &[
        "Date",
        "Demandeur",
        "Identifiant structure",
        "Raison sociale",
        "Commentaires",
        "Par",
        "Motif",
        "Commentaire",
    ];

    fn cellules(&self) -> Vec<String> {
        vec![
            self.date.iso().to_owned(),
            self.demandeur.clone(),
            self.identifiant.clone(),
            self.raison_sociale.clone(),
            self.action.libelle().to_owned(),
            self.acteur.clone(),
            self.motif.clone(),
            self.commentaire.clone(),
        ]
    }
}

/// A line whose action this version does not know is left out rather than shown wrong.
struct Brute {
    id: Uuid,
    date: Temps,
    action: String,
    demandeur: Option<String>,
    acteur: Option<String>,
    acteur_genre: String,
    identifiant: String,
    raison_sociale: String,
    donnees: Option<String>,
}

/// Data blanked by an erasure read as empty.
fn details(donnees: Option<&str>) -> Details {
    donnees
        .and_then(|d| serde_json::from_str(d).ok())
        .unwrap_or_default()
}

/// The name at the time, else the one the account has now.
fn nom(alors: String, maintenant: Option<String>) -> String {
    if alors.is_empty() {
        maintenant.unwrap_or_default()
    } else {
        alors
    }
}

fn signataire(details: &Details, genre: &str, maintenant: Option<String>) -> String {
    let nom = nom(details.acteur.clone(), maintenant);
    match (genre, nom.is_empty()) {
        ("systeme", _) => "Système".to_owned(),
        (_, true) => "un compte effacé".to_owned(),
        (_, false) => nom,
    }
}

impl Brute {
    fn lire(self) -> Option<LigneHistorique> {
        let details = details(self.donnees.as_deref());
        let acteur = signataire(&details, &self.acteur_genre, self.acteur);
        let concerne = nom(details.concerne, self.demandeur);
        Some(LigneHistorique {
            id: self.id,
            date: self.date,
            demandeur: if concerne.is_empty() {
                acteur.clone()
            } else {
                concerne
            },
            identifiant: self.identifiant,
            raison_sociale: self.raison_sociale,
            action: Action::lire(&self.action)?,
            acteur,
            motif: details.motif,
            commentaire: details.commentaire,
        })
    }
}

/// Block D, one statement. The sorts act on the 10 000 newest lines of the filter (decisions 19).
pub async fn lignes(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    fenetre: Fenetre,
) -> Result<Liste<LigneHistorique>, Erreur> {
    // Ten thousand names are read only where the search or the order needs them; the page reads its own.
    let noms = !filtre.recherche.is_empty() || fenetre.colonne != "date";
    let lues = sqlx::query!(
        r#"with base as materialized (
             select h.id, h.survenu_le, h.action, h.acteur_genre, h.structure_id, h.concerne_id, h.acteur_id,
                    u.cle_tri as nom_tri, s.cle_tri as structure_tri
             from historique_visible h
             left join structures s on $9 and s.id = h.structure_id
             left join utilisateurs u on $9 and u.id = h.concerne_id
             left join utilisateurs a on $9 and a.id = h.acteur_id
             where h.lecteur_id = $1
               and ($2 = '' or s.identifiant = replace($2, ' ', '')
                    or ((select cle_recherche($2)) <> ''
                        and (repond_au_nom(u.cle_recherche, (select cle_recherche($2)))
                             or repond_au_nom(a.cle_recherche, (select cle_recherche($2)))
                             or s.cle_recherche like '%' || (select cle_recherche($2)) || '%')))
               and ($3::text is null or h.action = $3)
               and ($4::date is null or h.survenu_le >= debut_du_jour($4))
               and ($5::date is null or h.survenu_le < debut_du_jour($5 + 1))
             order by h.survenu_le desc, h.id desc limit 10001),
           page as (
             select triees.*, row_number() over () as rang
             from (select b.* from base b
                   order by
                     case $6 when 'demandeur-asc' then b.nom_tri when 'structure-asc' then b.structure_tri
                      end asc nulls last,
                     case $6 when 'demandeur-desc' then b.nom_tri when 'structure-desc' then b.structure_tri
                      end desc nulls last,
                     case when $6 = 'date-asc' then b.survenu_le end asc,
                     b.survenu_le desc, b.id desc
                   limit $7::bigint
                   offset least($8::bigint - 1, greatest((select count(*) from base) - 1, 0) / $7) * $7) triees)
           select (select count(*) from base) as "total!", p.id as "id!", temps(p.survenu_le) as "date!: Temps",
                  p.action as "action!", u.prenom || ' ' || u.nom as demandeur, a.prenom || ' ' || a.nom as acteur,
                  p.acteur_genre as "acteur_genre!", s.identifiant, s.raison_sociale, d.donnees as "donnees?"
           from page p
           join structures s on s.id = p.structure_id
           left join utilisateurs u on u.id = p.concerne_id
           left join utilisateurs a on a.id = p.acteur_id
           left join historique_donnees d on d.historique_id = p.id
           order by p.rang"#,
        portee.id().0,
        filtre.recherche,
        filtre.action.map(Action::code),
        filtre.du,
        filtre.au,
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        noms
    )
    .fetch_all(&app.db)
    .await?;
    let total = lues.first().map_or(0, |l| l.total);
    let lignes = lues
        .into_iter()
        .filter_map(|l| {
            Brute {
                id: l.id,
                date: l.date,
                action: l.action,
                demandeur: l.demandeur,
                acteur: l.acteur,
                acteur_genre: l.acteur_genre,
                identifiant: l.identifiant,
                raison_sociale: l.raison_sociale,
                donnees: l.donnees,
            }
            .lire()
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "historique"))
}

/// The lines of the filter from the newest, after the one given: the export asks for slice after slice, so that neither
/// memory nor a transaction grows with its length. Empty at the end.
pub async fn tranche(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    filtre: &Filtre,
    apres: Option<Uuid>,
) -> Result<Vec<LigneHistorique>, Erreur> {
    let lues = sqlx::query_as!(
        Brute,
        r#"select h.id as "id!", temps(h.survenu_le) as "date!: Temps", h.action as "action!",
                  u.prenom || ' ' || u.nom as demandeur, a.prenom || ' ' || a.nom as acteur,
                  h.acteur_genre as "acteur_genre!", s.identifiant, s.raison_sociale, d.donnees as "donnees?"
           from historique_visible h
           join structures s on s.id = h.structure_id
           left join historique_donnees d on d.historique_id = h.id
           left join utilisateurs u on u.id = h.concerne_id
           left join utilisateurs a on a.id = h.acteur_id
           where h.lecteur_id = $1
             and ($2 = '' or s.identifiant = replace($2, ' ', '')
                  or ((select cle_recherche($2)) <> ''
                      and (repond_au_nom(u.cle_recherche, (select cle_recherche($2)))
                           or repond_au_nom(a.cle_recherche, (select cle_recherche($2)))
                           or s.cle_recherche like '%' || (select cle_recherche($2)) || '%')))
             and ($3::text is null or h.action = $3)
             and ($4::date is null or h.survenu_le >= debut_du_jour($4))
             and ($5::date is null or h.survenu_le < debut_du_jour($5 + 1))
             and ($6::uuid is null or (h.survenu_le, h.id) < (select v.survenu_le, v.id from historique v where v.id = $6))
           order by h.survenu_le desc, h.id desc limit $7"#,
        portee.id().0,
        filtre.recherche,
        filtre.action.map(Action::code),
        filtre.du,
        filtre.au,
        apres,
        TRANCHE
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lues.into_iter().filter_map(Brute::lire).collect())
}

/// The magnifier: everything one line says.
pub struct DetailHistorique {
    pub date: Temps,
    pub action: Action,
    pub acteur: String,
    pub concerne: String,
    pub identifiant: String,
    pub raison_sociale: String,
    pub structure: Uuid,
    /// The request, for a reader who may open it.
    pub demande: Option<Uuid>,
    /// The same, of the espaces.
    pub demande_abonnement: Option<Uuid>,
    /// Its data were erased with an account.
    pub efface: bool,
    pub details: Details,
}

/// One line within reach; 404 otherwise.
pub async fn detail(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    id: Uuid,
) -> Result<DetailHistorique, Erreur> {
    let l = sqlx::query!(
        r#"select temps(h.survenu_le) as "date!: Temps", h.action as "action!", h.acteur_genre as "acteur_genre!",
                  a.prenom || ' ' || a.nom as acteur, u.prenom || ' ' || u.nom as concerne, s.identifiant, s.raison_sociale,
                  s.id as structure, d.donnees as "donnees?",
                  (select p.demande_id from portees_demandes p
                   where p.demande_id = h.demande_id and p.gestionnaire_id = $1) as demande,
                  (select p.demande_id from portees_abonnements p
                   where p.demande_id = h.demande_id and p.gestionnaire_id = $1) as demande_abonnement
           from historique_visible h
           join structures s on s.id = h.structure_id
           left join historique_donnees d on d.historique_id = h.id
           left join utilisateurs u on u.id = h.concerne_id
           left join utilisateurs a on a.id = h.acteur_id
           where h.lecteur_id = $1 and h.id = $2"#,
        portee.id().0,
        id
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let details = details(l.donnees.as_deref());
    Ok(DetailHistorique {
        date: l.date,
        action: Action::lire(&l.action).ok_or(Erreur::Introuvable)?,
        acteur: signataire(&details, &l.acteur_genre, l.acteur),
        concerne: nom(details.concerne.clone(), l.concerne),
        identifiant: l.identifiant,
        raison_sociale: l.raison_sociale,
        structure: l.structure,
        demande: l.demande,
        demande_abonnement: l.demande_abonnement,
        efface: l.donnees.is_none(),
        details,
    })
}
