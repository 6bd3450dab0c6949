use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::App;
use crate::acces::{Portee, ToutGestionnaire};
use crate::db::{DemandeId, RattachementId, StructureId, Temps, UtilisateurId};
use crate::rattachements::Statut;
use crate::utilisateurs;
use crate::web::{EnCsv, Erreur, Requete, texte};

/// Columns the results sort by.
pub const TRIS: [&str; 4] = ["utilisateur", "adresse", "date", "compte"];
/// Lines of a file read at once.
pub const PORTION: i64 = 1_000;
/// Nobody manages more people: a file of all of them is whole.
pub const TOUS: i64 = 1_000_000;
/// Characters of a criterion at most.
const LONGUEUR_MAX: usize = 100;

/// As typed; an empty string is no criterion.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Criteres {
    pub nom: String,
    pub prenom: String,
    pub adresse: String,
    /// Code of a state of the account.
    pub statut: String,
    pub ville: String,
    pub pays: String,
    /// « Désignation »: of the raison sociale, or the identifier.
    pub structure: String,
    /// Code or name of a service.
    pub service: String,
    /// Code of a state of the rattachement, or « bientot ».
    pub lien: String,
}

/// Keys in the query, under `u.`, in the order of the fields.
pub const CLES: [&str; 9] = [
    "nom",
    "prenom",
    "adresse",
    "statut",
    "ville",
    "pays",
    "structure",
    "service",
    "lien",
];

impl Criteres {
    /// From the keys `u.…`; what cannot be a criterion is none.
    pub fn lire(requete: &Requete) -> Self {
        let [
            nom,
            prenom,
            adresse,
            statut,
            ville,
            pays,
            structure,
            service,
            lien,
        ] = CLES.map(|c| {
            texte::ligne(requete.valeur(&format!("u.{c}")), LONGUEUR_MAX).unwrap_or_default()
        });
        Self {
            nom,
            prenom,
            adresse,
            statut,
            ville,
            pays,
            structure,
            service,
            lien,
        }
    }

    /// Pairs of the query that are filled.
    pub fn paires(&self) -> Vec<(String, String)> {
        let valeurs = [
            &self.nom,
            &self.prenom,
            &self.adresse,
            &self.statut,
            &self.ville,
            &self.pays,
            &self.structure,
            &self.service,
            &self.lien,
        ];
        CLES.iter()
            .zip(valeurs)
            .filter(|(_, v)| !v.is_empty())
            .map(|(c, v)| (format!("u.{c}"), v.clone()))
            .collect()
    }
}

/// A line of the results (seed 001 §7).
pub struct LignePersonne {
    pub id: UtilisateurId,
    pub nom_complet: String,
    pub adresse_connexion: String,
    pub cree_le: Temps,
    /// How many of the reader's structures.
    pub structures: i64,
    /// Where there is one.
    pub raison_sociale: String,
    pub structure: StructureId,
    pub compte: utilisateurs::Statut,
    pub statuts: Vec<Statut>,
    /// The one rattachement, when there is one structure.
    pub rattachement: Option<RattachementId>,
    /// The oldest request the reader can decide.
    pub demande: Option<(StructureId, DemandeId)>,
}

impl LignePersonne {
    /// « Validé, En cours de validation ».
    pub fn statuts_en_mots(&self) -> String {
        let mots: Vec<&str> = self.statuts.iter().map(|s| s.libelle()).collect();
        mots.join(", ")
    }
}

impl EnCsv for LignePersonne {
    const ENTETES: &'static [&'static str] = &[
        "Utilisateur",
        "Adresse de connexion",
        "Date de création",
        "Structure",
        "Nombre de structures",
        "Statut utilisateur",
        "Statut du rattachement",
    ];

    fn cellules(&self) -> Vec<String> {
        vec![
            self.nom_complet.clone(),
            self.adresse_connexion.clone(),
            self.cree_le.jour(),
            self.raison_sociale.clone(),
            self.structures.to_string(),
            self.compte.libelle().to_owned(),
            self.statuts_en_mots(),
        ]
    }
}

/// One page of the people within reach who meet every criterion, and how many there are, up to `plafond`; `parmi`: only these
/// people (none: all of them). One statement, whatever the number of lines; the page asked for is brought back to the last.
///
/// # Errors
/// Those of the database.
pub async fn rechercher(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    criteres: &Criteres,
    parmi: &[Uuid],
    tri: &str,
    (par, page, plafond): (i64, i64, i64),
) -> Result<(Vec<LignePersonne>, i64), Erreur> {
    let lignes = sqlx::query!(
        r#"with liens as materialized (
             select p.utilisateur_id, p.structure_id, p.id, p.genre, p.statut
             from portees_membres p
             join utilisateurs u on u.id = p.utilisateur_id
             join structures s on s.id = p.structure_id
             where p.gestionnaire_id = $1 and u.statut <> 'clos'
               and (cardinality($2::uuid[]) = 0 or u.id = any ($2))
               and ($3 = '' or cle_recherche(u.nom) like '%' || nullif(cle_recherche($3), '') || '%')
               and ($4 = '' or cle_recherche(u.prenom) like '%' || nullif(cle_recherche($4), '') || '%')
               and ($5 = '' or strpos(u.adresse_connexion, lower($5)) > 0)
               and ($6 = '' or u.statut = $6)
               and ($7 = '' or cle_recherche(u.ville) like nullif(cle_recherche($7), '') || '%')
               and ($8 = '' or cle_recherche(u.pays) like nullif(cle_recherche($8), '') || '%')
               and ($9 = '' or s.identifiant = replace($9, ' ', '')
                    or s.cle_recherche like '%' || nullif(cle_recherche($9), '') || '%')
               and ($10 = '' or exists (
                      select from services v
                      where v.structure_id = p.structure_id and v.id = any (p.services)
                        and (v.code = $10 or cle_recherche(v.code || ' ' || v.libelle) like '%' || nullif(cle_recherche($10), '') || '%')
                        and exists (select from rattachements g where g.id = p.gestionnaire_rattachement_id
                                    and (g.maille_structure or exists (select from services_effectifs se
                                         where se.rattachement_id = g.id and se.service_id = v.id)))))
               and ($11 = '' or p.statut = $11
                    or ($11 = 'bientot' and p.statut = 'valide' and jours_avant(p.date_fin, 30) <= maintenant()))),
           base as materialized (
             select l.utilisateur_id, count(distinct l.structure_id) as structures,
                    (array_agg(l.structure_id order by l.structure_id))[1] as structure_id,
                    array_agg(distinct l.statut) as statuts,
                    (array_agg(l.id order by l.id) filter (where l.genre = 'rattachement'))[1] as rattachement_id,
                    array_agg(l.id) filter (where l.genre = 'demande') as demandes
             from liens l group by l.utilisateur_id limit $12)
           select (select count(*) from base) as "total!", u.id as "id!: UtilisateurId", u.prenom || ' ' || u.nom as "nom!",
                  u.adresse_connexion as "adresse!", temps(u.cree_le) as "cree_le!: Temps", b.structures as "structures!",
                  s.raison_sociale as "raison_sociale!", b.structure_id as "structure!: StructureId",
                  u.statut as "compte!: utilisateurs::Statut", b.statuts as "statuts!", b.rattachement_id as "rattachement: RattachementId",
                  d.demande_id as "demande?: DemandeId", d.structure_id as "demande_structure?: StructureId"
           from base b
           join utilisateurs u on u.id = b.utilisateur_id
           join structures s on s.id = b.structure_id
           left join lateral (select x.demande_id, x.structure_id from decideurs x
                              where x.decideur_id = $1 and x.demande_id = any (b.demandes) limit 1) d on true
           order by case $13 when 'utilisateur-asc' then u.cle_tri when 'adresse-asc' then u.adresse_connexion
                             when 'compte-asc' then u.statut end asc,
                    case $13 when 'utilisateur-desc' then u.cle_tri when 'adresse-desc' then u.adresse_connexion
                             when 'compte-desc' then u.statut end desc,
                    case when $13 = 'date-asc' then u.cree_le end asc, case when $13 = 'date-desc' then u.cree_le end desc,
                    u.cle_tri, u.id
           limit $14::bigint offset least($15::bigint - 1, greatest((select count(*) from base) - 1, 0) / $14) * $14"#,
        portee.id().0,
        parmi,
        criteres.nom,
        criteres.prenom,
        criteres.adresse,
        criteres.statut,
        criteres.ville,
        criteres.pays,
        criteres.structure,
        criteres.service,
        criteres.lien,
        plafond,
        tri,
        par,
        page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| LignePersonne {
            id: l.id,
            nom_complet: l.nom,
            adresse_connexion: l.adresse,
            cree_le: l.cree_le,
            structures: l.structures,
            raison_sociale: if l.structures == 1 {
                l.raison_sociale
            } else {
                "Liste".to_owned()
            },
            structure: l.structure,
            compte: l.compte,
            statuts: l.statuts.iter().map(|s| Statut::lire(s)).collect(),
            rattachement: l.rattachement.filter(|_| l.structures == 1),
            demande: l.demande_structure.zip(l.demande),
        })
        .collect();
    Ok((lignes, total))
}
