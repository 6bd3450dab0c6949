//! Reading requests: block B of « Activités du gestionnaire », the request screen, what is ticked.

use uuid::Uuid;

use super::droit::{Droit, Etendue};
use crate::App;
use crate::acces::{Connecte, Gestion, Portee, ValiderAbonnements};
use crate::db::{DemandeAbonnementId, LigneAbonnementId, StructureId, Temps};
use crate::structures;
use crate::web::{Erreur, Fenetre, Liste};

/// A line of « Les demandes d'abonnement aux espaces » (seed 001 §4).
pub struct LigneDemande {
    pub id: DemandeAbonnementId,
    pub structure: StructureId,
    pub demandeur: String,
    pub adresse: String,
    pub identifiant: String,
    pub raison_sociale: String,
    /// Names of the espaces asked, each once.
    pub espaces: Vec<String>,
    pub date: Temps,
}

/// Columns that block B sorts by.
pub const TRIS: [&str; 4] = ["demandeur", "identifiant", "structure", "date"];

/// The open requests this person can decide, one statement, whatever their number.
pub async fn a_decider(
    app: &App,
    portee: &Portee<ValiderAbonnements>,
    fenetre: Fenetre,
) -> Result<Liste<LigneDemande>, Erreur> {
    let lignes = sqlx::query!(
        r#"with base as materialized (
             select d.id, d.structure_id, u.prenom || ' ' || u.nom as demandeur, u.adresse_connexion as adresse, u.cle_tri as nom_tri,
                    s.identifiant, s.raison_sociale, s.cle_tri as structure_tri, d.creee_le
             from decideurs_abonnements dc
             join demandes_abonnement d on d.id = dc.demande_id
             join utilisateurs u on u.id = d.utilisateur_id
             join structures s on s.id = d.structure_id
             where dc.decideur_id = $1
               and ($2 = '' or s.identifiant = replace($2, ' ', '') or u.adresse_connexion = lower($2)
                    or (cle_recherche($2) <> ''
                        and (u.cle_recherche like '%' || cle_recherche($2) || '%'
                             or cle_recherche(u.prenom || u.nom) like '%' || cle_recherche($2) || '%'
                             or s.cle_recherche like '%' || cle_recherche($2) || '%')))
             limit 10001)
           select (select count(*) from base) as "total!", b.id as "id!: DemandeAbonnementId",
                  b.structure_id as "structure!: StructureId", b.demandeur as "demandeur!", b.adresse as "adresse!",
                  b.identifiant as "identifiant!", b.raison_sociale as "raison_sociale!", temps(b.creee_le) as "date!: Temps",
                  array(select e.nom from demande_abonnement_lignes l join espaces e on e.code = l.espace
                        where l.demande_id = b.id and l.statut = 'demandee' group by e.nom, e.ordre order by e.ordre) as "espaces!"
           from base b
           order by
             case $3 when 'demandeur-asc' then b.nom_tri when 'identifiant-asc' then b.identifiant
                     when 'structure-asc' then b.structure_tri end asc,
             case $3 when 'demandeur-desc' then b.nom_tri when 'identifiant-desc' then b.identifiant
                     when 'structure-desc' then b.structure_tri end desc,
             case when $3 = 'date-desc' then b.creee_le end desc,
             b.creee_le, b.id
           limit $4::bigint offset least($5::bigint - 1, greatest((select count(*) from base) - 1, 0) / $4) * $4"#,
        portee.id().0,
        fenetre.recherche.clone(),
        fenetre.tri(),
        fenetre.par,
        fenetre.page
    )
    .fetch_all(&app.db)
    .await?;
    let total = lignes.first().map_or(0, |l| l.total);
    let lignes = lignes
        .into_iter()
        .map(|l| LigneDemande {
            id: l.id,
            structure: l.structure,
            demandeur: l.demandeur,
            adresse: l.adresse,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            espaces: l.espaces,
            date: l.date,
        })
        .collect();
    Ok(Liste::new(lignes, total, fenetre, "demandes-abonnement"))
}

/// The oldest request this person can decide.
pub async fn suivante(
    app: &App,
    portee: &Portee<ValiderAbonnements>,
) -> Result<Option<(StructureId, DemandeAbonnementId)>, Erreur> {
    let ligne = sqlx::query!(
        r#"select d.structure_id as "structure: StructureId", d.id as "id: DemandeAbonnementId"
           from decideurs_abonnements dc join demandes_abonnement d on d.id = dc.demande_id
           where dc.decideur_id = $1 order by d.creee_le, d.id limit 1"#,
        portee.id().0
    )
    .fetch_optional(&app.db)
    .await?;
    Ok(ligne.map(|l| (l.structure, l.id)))
}

/// Postal and contact data, as both blocks of the screen show them.
pub struct Coordonnees {
    pub adresse: Vec<String>,
    pub telephone: String,
    pub courriel: String,
}

/// A line of « Détails ».
pub struct LigneEcran {
    pub id: LigneAbonnementId,
    pub service: String,
    pub espace: String,
    pub droit: Droit,
    pub commentaire: Option<String>,
    pub statut: String,
    pub droit_accorde: Option<Droit>,
}

impl LigneEcran {
    /// What became of it: « Consultation », « Refusé »…
    pub fn issue(&self) -> (&'static str, &'static str) {
        match (self.statut.as_str(), self.droit_accorde) {
            ("accordee", Some(droit)) => ("succes", droit.libelle()),
            ("ecartee", _) => ("erreur", "Refusé"),
            _ => ("attente", "En cours de validation"),
        }
    }
}

/// Everything the request screen shows (seed 001 §5).
pub struct DemandeVue {
    pub id: DemandeAbonnementId,
    pub statut: String,
    pub creee_le: Temps,
    pub traitee_le: Option<Temps>,
    pub traitee_par: Option<String>,
    pub etendue: Option<Etendue>,
    pub commentaire: Option<String>,
    pub motif: Option<String>,
    pub prenom: String,
    pub nom: String,
    pub demandeur: Coordonnees,
    pub structure: Coordonnees,
    /// The author is still attached, with an active account.
    pub validable: bool,
    pub lignes: Vec<LigneEcran>,
    /// People in force there today, whom each wide reach would serve.
    pub personnes_services: usize,
    pub personnes_structure: usize,
}

impl DemandeVue {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }

    pub fn ouverte(&self) -> bool {
        self.statut == "en_cours_de_validation"
    }

    /// « Cette demande a déjà été traitée par … le … », once it is.
    pub fn conclusion(&self) -> String {
        structures::deja_traitee(
            &self.statut,
            self.traitee_par.as_deref(),
            self.traitee_le.as_ref(),
        )
    }

    /// Names of the espaces, each once.
    pub fn espaces(&self) -> String {
        let mut noms: Vec<&str> = Vec::new();
        for ligne in &self.lignes {
            if !noms.contains(&ligne.espace.as_str()) {
                noms.push(&ligne.espace);
            }
        }
        noms.join(", ")
    }
}

fn adresse(
    lignes: [Option<String>; 3],
    code_postal: Option<String>,
    ville: Option<String>,
    pays: String,
) -> Vec<String> {
    let localite = [code_postal, ville]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    lignes
        .into_iter()
        .flatten()
        .chain([localite, pays])
        .filter(|l| !l.trim().is_empty())
        .collect()
}

/// The request screen, for somebody whose reach covers it; 404 otherwise. Two statements.
pub async fn demande(
    app: &App,
    gestion: &Gestion<ValiderAbonnements>,
    id: DemandeAbonnementId,
) -> Result<DemandeVue, Erreur> {
    let l = sqlx::query!(
        r#"select d.statut as "statut!", temps(d.creee_le) as "creee_le!: Temps", temps(d.traitee_le) as "traitee_le?: Temps",
                  t.prenom || ' ' || t.nom as "traitee_par?", d.etendue as "etendue?: Etendue", d.commentaire, d.motif,
                  u.prenom as "prenom!", u.nom as "nom!", u.adresse_contact as "adresse_contact!", u.telephone as u_telephone,
                  u.adresse as u_adresse, u.complement_adresse as u_complement, u.code_postal as u_code_postal,
                  u.ville as u_ville, u.pays as "u_pays!",
                  s.telephone as s_telephone, s.courriel as s_courriel, s.adresse as s_adresse,
                  s.complement_adresse_1 as s_complement_1, s.complement_adresse_2 as s_complement_2,
                  s.code_postal as s_code_postal, s.ville as s_ville, s.libelle_pays as "s_pays!",
                  (u.statut = 'actif'
                   and exists (select from rattachements r
                               where r.structure_id = d.structure_id and r.utilisateur_id = d.utilisateur_id
                                 and r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant()))) as "validable!",
                  (select count(*) from rattachements_effectifs r where r.structure_id = d.structure_id) as "personnes_structure!",
                  (select count(*) from rattachements_effectifs r
                   where r.structure_id = d.structure_id
                     and (r.maille_structure
                          or exists (select from demande_abonnement_lignes l
                                     where l.demande_id = d.id and l.statut = 'demandee'
                                       and (l.service_id is null
                                            or exists (select from services_effectifs se
                                                       where se.rattachement_id = r.id and se.service_id = l.service_id))))
                  ) as "personnes_services!"
           from portees_abonnements p
           join demandes_abonnement d on d.id = p.demande_id
           join structures s on s.id = d.structure_id
           join utilisateurs u on u.id = d.utilisateur_id
           left join utilisateurs t on t.id = d.traitee_par
           where p.gestionnaire_id = $1 and p.structure_id = $2 and d.id = $3"#,
        gestion.id().0,
        gestion.structure().id.0,
        id.0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let lignes = sqlx::query_as!(
        LigneEcran,
        r#"select l.id as "id: LigneAbonnementId", coalesce(sv.libelle, 'Tous les services') as "service!", e.nom as espace,
                  l.droit as "droit: Droit", l.commentaire, l.statut, l.droit_accorde as "droit_accorde: Droit"
           from demande_abonnement_lignes l
           join espaces e on e.code = l.espace
           left join services sv on sv.id = l.service_id
           where l.demande_id = $1
           order by sv.cle_tri nulls first, sv.id, e.ordre"#,
        id.0
    )
    .fetch_all(&app.db)
    .await?;
    Ok(DemandeVue {
        id,
        statut: l.statut,
        creee_le: l.creee_le,
        traitee_le: l.traitee_le,
        traitee_par: l.traitee_par,
        etendue: l.etendue,
        commentaire: l.commentaire,
        motif: l.motif,
        prenom: l.prenom,
        nom: l.nom,
        demandeur: Coordonnees {
            adresse: adresse(
                [l.u_adresse, l.u_complement, None],
                l.u_code_postal,
                l.u_ville,
                l.u_pays,
            ),
            telephone: l.u_telephone.unwrap_or_default(),
            courriel: l.adresse_contact,
        },
        structure: Coordonnees {
            adresse: adresse(
                [l.s_adresse, l.s_complement_1, l.s_complement_2],
                l.s_code_postal,
                l.s_ville,
                l.s_pays,
            ),
            telephone: l.s_telephone.unwrap_or_default(),
            courriel: l.s_courriel.unwrap_or_default(),
        },
        validable: l.validable,
        lignes,
        personnes_services: usize::try_from(l.personnes_services).unwrap_or_default(),
        personnes_structure: usize::try_from(l.personnes_structure).unwrap_or_default(),
    })
}

/// A ticked request, as a confirmation names it.
pub struct Choisie {
    pub id: DemandeAbonnementId,
    pub structure: StructureId,
    pub demandeur: String,
    pub raison_sociale: String,
    pub espaces: String,
    pub ouverte: bool,
}

/// The requests among `ids` within reach, in the order they were ticked. The others are not said to exist.
pub async fn choisies(
    app: &App,
    portee: &Portee<ValiderAbonnements>,
    ids: &[DemandeAbonnementId],
) -> Result<Vec<Choisie>, Erreur> {
    let ids: Vec<Uuid> = ids.iter().map(|d| d.0).collect();
    Ok(sqlx::query_as!(
        Choisie,
        r#"select d.id as "id!: DemandeAbonnementId", d.structure_id as "structure!: StructureId",
                  u.nom || ' ' || u.prenom as "demandeur!", s.raison_sociale as "raison_sociale!",
                  array_to_string(array(select e.nom from demande_abonnement_lignes l join espaces e on e.code = l.espace
                                        where l.demande_id = d.id group by e.nom, e.ordre order by e.ordre), ', ') as "espaces!",
                  d.statut = 'en_cours_de_validation' as "ouverte!"
           from unnest($2::uuid[]) with ordinality as c (id, rang)
           join portees_abonnements p on p.demande_id = c.id and p.gestionnaire_id = $1
           join demandes_abonnement d on d.id = c.id
           join utilisateurs u on u.id = d.utilisateur_id
           join structures s on s.id = d.structure_id
           order by c.rang"#,
        portee.id().0,
        &ids
    )
    .fetch_all(&app.db)
    .await?)
}

/// The last motives this gestionnaire gave on these structures, the most recent first: they can be used again.
pub async fn motifs_recents(
    app: &App,
    connecte: &Connecte,
    structures: &[StructureId],
) -> Result<Vec<String>, Erreur> {
    let structures: Vec<Uuid> = structures.iter().map(|s| s.0).collect();
    Ok(sqlx::query_scalar!(
        r#"select d.motif as "motif!"
           from (select motif, traitee_le from demandes_abonnement
                 where structure_id = any ($2) and traitee_par = $1 and statut = 'refusee'
                 order by id desc limit 50) d
           group by d.motif order by max(d.traitee_le) desc limit 3"#,
        connecte.id().0,
        &structures
    )
    .fetch_all(&app.db)
    .await?)
}
