use crate::App;
use crate::acces::{GererStructure, Gestion};
use crate::db::{MandatId, Temps};
use crate::web::{Erreur, Fenetre, Liste};

/// Where a mandat is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Statut {
    AVenir,
    EnCours,
    Termine,
    Annule,
}

impl Statut {
    fn lire(code: &str) -> Self {
        match code {
            "a_venir" => Self::AVenir,
            "en_cours" => Self::EnCours,
            "annule" => Self::Annule,
            _ => Self::Termine,
        }
    }

    pub fn libelle(self) -> &'static str {
        match self {
            Self::AVenir => "À venir",
            Self::EnCours => "En cours",
            Self::Termine => "Terminé",
            Self::Annule => "Annulé",
        }
    }

    pub fn genre(self) -> &'static str {
        match self {
            Self::AVenir => "attente",
            Self::EnCours => "succes",
            Self::Termine | Self::Annule => "neutre",
        }
    }

    /// It can still be ended.
    pub fn ouvert(self) -> bool {
        matches!(self, Self::AVenir | Self::EnCours)
    }
}

/// From which side a structure looks at its mandats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cote {
    /// It gave them: it may end them.
    Donnes,
    /// It received them: it reads them.
    Recus,
}

/// A mandat, with the other structure.
pub struct Mandat {
    pub id: MandatId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub debut: Temps,
    /// Last day; none where it never took effect.
    pub fin: Option<Temps>,
    pub statut: Statut,
}

/// The mandats of the structure, from one side; most recent first.
///
/// # Errors
/// Those of the database.
pub async fn liste(
    app: &App,
    gestion: &Gestion<GererStructure>,
    cote: Cote,
    fenetre: Fenetre,
    ancre: &'static str,
) -> Result<Liste<Mandat>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select m.id, s.identifiant, s.raison_sociale, s.cle_tri, m.date_debut, m.date_fin,
                    case when m.date_fin = m.date_debut then 'annule' when m.date_fin <= maintenant() then 'termine'
                         when m.date_debut > maintenant() then 'a_venir' else 'en_cours' end as statut
             from mandats m
             join structures s on s.id = case when $2 then m.mandataire_id else m.structure_id end
             where ($2 and m.structure_id = $1 or not $2 and m.mandataire_id = $1)
               and ($3 = '' or s.identifiant = replace($3, ' ', '')
                    or s.cle_recherche like '%' || nullif(cle_recherche($3), '') || '%')
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: MandatId", b.identifiant as "identifiant!",
                  b.raison_sociale as "raison_sociale!", temps(b.date_debut) as "debut!: Temps",
                  case when b.date_fin > b.date_debut then temps(b.date_fin - interval '1 microsecond') end as "fin: Temps",
                  b.statut as "statut!"
           from base b
           order by
             case $4 when 'structure-asc' then b.cle_tri when 'identifiant-asc' then b.identifiant end asc,
             case $4 when 'structure-desc' then b.cle_tri when 'identifiant-desc' then b.identifiant end desc,
             case when $4 = 'debut-asc' then b.date_debut end asc, b.date_debut desc, b.id
           limit $5 offset least($6::bigint - 1, greatest((select count(*) from base) - 1, 0) / $5) * $5"#,
        gestion.structure().id.0,
        cote == Cote::Donnes,
        fenetre.recherche,
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| Mandat {
            id: l.id,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            debut: l.debut,
            fin: l.fin,
            statut: Statut::lire(&l.statut),
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, ancre))
}

/// One mandat this structure gave.
///
/// # Errors
/// `Introuvable`: not given by this structure.
pub async fn un(
    app: &App,
    gestion: &Gestion<GererStructure>,
    id: MandatId,
) -> Result<Mandat, Erreur> {
    let l = sqlx::query!(
        r#"select s.identifiant, s.raison_sociale, temps(m.date_debut) as "debut!: Temps",
                  case when m.date_fin > m.date_debut then temps(m.date_fin - interval '1 microsecond') end as "fin: Temps",
                  case when m.date_fin = m.date_debut then 'annule' when m.date_fin <= maintenant() then 'termine'
                       when m.date_debut > maintenant() then 'a_venir' else 'en_cours' end as "statut!"
           from mandats m join structures s on s.id = m.mandataire_id
           where m.id = $1 and m.structure_id = $2"#,
        id.0,
        gestion.structure().id.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    Ok(Mandat {
        id,
        identifiant: l.identifiant,
        raison_sociale: l.raison_sociale,
        debut: l.debut,
        fin: l.fin,
        statut: Statut::lire(&l.statut),
    })
}
