//! The lists: what I asked, and what the structures I answer for were asked.

use super::etat::{Statut, categorie_en_mots};
use crate::App;
use crate::acces::{Connecte, Espace, SollicitationsRecues};
use crate::db::{SollicitationId, Temps};
use crate::web::{Erreur, Fenetre, Liste, Requete, Sens};

/// Characters of a search at least: shorter ones would find everything.
const MOTS_MIN: usize = 2;

/// What narrows a list: one state, all that are open, or everything; and a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Filtre {
    /// `None`: no filter.
    pub etat: Option<Statut>,
    /// Without a state: open ones only.
    pub ouvertes: bool,
}

impl Filtre {
    /// Codes of the states it keeps.
    pub fn etats(self) -> Vec<String> {
        Statut::TOUS
            .into_iter()
            .filter(|s| match self.etat {
                Some(etat) => etat == *s,
                None => !self.ouvertes || s.ouverte(),
            })
            .map(|s| s.code().to_owned())
            .collect()
    }
}

/// The words of a search, where they are long enough.
pub fn mots(fenetre: &Fenetre) -> Option<&str> {
    Some(fenetre.recherche.as_str()).filter(|q| q.chars().count() >= MOTS_MIN)
}

/// A line of « Sollicitations émises ».
pub struct Emise {
    pub id: SollicitationId,
    pub reference: String,
    pub objet: String,
    pub categorie: String,
    pub sous_categorie: Option<String>,
    pub raison_sociale: Option<String>,
    pub statut: Statut,
    pub creee_le: Temps,
    pub modifiee_le: Temps,
}

impl Emise {
    pub fn categorie(&self) -> String {
        categorie_en_mots(&self.categorie, self.sous_categorie.as_deref())
    }

    pub fn destinataire(&self) -> &str {
        self.raison_sociale.as_deref().unwrap_or("Support")
    }
}

const TRIS: [&str; 4] = ["reference", "objet", "statut", "date"];

/// The list's place in the URL, under `e.`: the last one moved first.
pub(super) fn fenetre_des_emises(requete: &Requete) -> Fenetre {
    Fenetre::lire(requete, "e", &TRIS, ("date", Sens::Decroissant), 25)
}

pub(super) async fn emises(
    app: &App,
    connecte: &Connecte,
    filtre: Filtre,
    fenetre: Fenetre,
) -> Result<Liste<Emise>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select s.id, s.reference, s.objet, cle_tri(s.objet) as objet_tri, s.categorie, s.sous_categorie, s.statut,
                    s.creee_le, s.modifiee_le, s.destinataire_structure_id, s.perimetre_id,
                    array_position(array['en_attente_du_demandeur', 'nouvelle', 'en_cours', 'resolue', 'close'], s.statut) as rang
             from sollicitations s
             where s.emetteur_id = $1 and s.statut = any ($5)
               and ($6::text is null or s.cle like '%' || cle_recherche($6) || '%')
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: SollicitationId", b.reference as "reference!",
                  b.objet as "objet!", b.categorie as "categorie!", b.sous_categorie as "sous_categorie?",
                  coalesce(d.raison_sociale, 'Référent (' || p.nom || ')') as raison_sociale, b.statut as "statut!: Statut",
                  temps(b.creee_le) as "creee_le!: Temps", temps(b.modifiee_le) as "modifiee_le!: Temps"
           from base b left join structures d on d.id = b.destinataire_structure_id
           left join perimetres p on p.id = b.perimetre_id
           order by
             case $2 when 'reference-asc' then b.reference when 'objet-asc' then b.objet_tri end asc,
             case $2 when 'reference-desc' then b.reference when 'objet-desc' then b.objet_tri end desc,
             case when $2 = 'statut-asc' then b.rang end asc, case when $2 = 'statut-desc' then b.rang end desc,
             case when $2 = 'date-asc' then b.modifiee_le end asc,
             b.modifiee_le desc, b.id desc
           limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3"#,
        connecte.id().0,
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        &filtre.etats(),
        mots(&fenetre)
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Emise {
            id: l.id,
            reference: l.reference,
            objet: l.objet,
            categorie: l.categorie,
            sous_categorie: l.sous_categorie,
            raison_sociale: l.raison_sociale,
            statut: l.statut,
            creee_le: l.creee_le,
            modifiee_le: l.modifiee_le,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "sollicitations"))
}

/// A line of « Sollicitations reçues ».
pub struct Recue {
    pub id: SollicitationId,
    pub reference: String,
    pub objet: String,
    pub categorie: String,
    pub sous_categorie: Option<String>,
    pub raison_sociale: String,
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

/// The list's place in the URL, under `r.`: new ones first, the oldest first among them.
pub(super) fn fenetre_des_recues(requete: &Requete) -> Fenetre {
    let tris = ["statut", "reference", "structure", "date"];
    Fenetre::lire(requete, "r", &tris, ("statut", Sens::Croissant), 25)
}

pub(super) async fn recues(
    app: &App,
    espace: &Espace<SollicitationsRecues>,
    filtre: Filtre,
    fenetre: Fenetre,
) -> Result<Liste<Recue>, Erreur> {
    let lignes = sqlx::query!(
        r#"with miennes as materialized (
             select l.structure_id from lecteurs_des_recues l where l.utilisateur_id = $1),
           base as materialized (
             select s.id, s.rang, s.reference, s.creee_le, s.destinataire_structure_id
             from sollicitations s
             where s.destinataire_structure_id in (select structure_id from miennes) and s.statut = any ($5)
               and ($6::text is null or s.cle like '%' || cle_recherche($6) || '%')
             order by
               case when $2 = 'statut-asc' then s.rang end asc, case when $2 = 'statut-desc' then s.rang end desc,
               case when $2 in ('reference-desc', 'date-desc') then s.creee_le end desc,
               s.creee_le limit 10001),
           fenetre as materialized (
             select b.*, d.raison_sociale, d.cle_tri from base b join structures d on d.id = b.destinataire_structure_id
             order by
               case when $2 = 'statut-asc' then b.rang end asc, case when $2 = 'statut-desc' then b.rang end desc,
               case $2 when 'reference-asc' then b.reference when 'structure-asc' then d.cle_tri end asc,
               case $2 when 'reference-desc' then b.reference when 'structure-desc' then d.cle_tri end desc,
               case when $2 = 'date-desc' then b.creee_le end desc,
               b.creee_le, b.id
             limit $3::bigint offset least($4::bigint - 1, greatest((select count(*) from base) - 1, 0) / $3) * $3)
           select (select count(*) from base) as "total!", s.id as "id!: SollicitationId", s.reference as "reference!",
                  s.objet as "objet!", s.categorie as "categorie!", s.sous_categorie as "sous_categorie?",
                  f.raison_sociale as "raison_sociale!", e.prenom || ' ' || e.nom as "emetteur!",
                  s.statut as "statut!: Statut", a.prenom || ' ' || a.nom as "agent?", temps(s.creee_le) as "creee_le!: Temps"
           from fenetre f
           join sollicitations s on s.id = f.id
           join utilisateurs e on e.id = s.emetteur_id
           left join utilisateurs a on a.id = s.prise_en_charge_par
           order by
             case when $2 = 'statut-asc' then f.rang end asc, case when $2 = 'statut-desc' then f.rang end desc,
             case $2 when 'reference-asc' then f.reference when 'structure-asc' then f.cle_tri end asc,
             case $2 when 'reference-desc' then f.reference when 'structure-desc' then f.cle_tri end desc,
             case when $2 = 'date-desc' then f.creee_le end desc,
             f.creee_le, f.id"#,
        espace.id().0,
        fenetre.tri(),
        fenetre.par,
        fenetre.page,
        &filtre.etats(),
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
            raison_sociale: l.raison_sociale,
            emetteur: l.emetteur,
            statut: l.statut,
            agent: l.agent,
            creee_le: l.creee_le,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "sollicitations"))
}
