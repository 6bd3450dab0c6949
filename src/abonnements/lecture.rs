//! The request screen (seed 001 §5).

use super::droit::{Droit, Etendue};
use crate::App;
use crate::acces::{Gestion, ValiderAbonnements};
use crate::db::{DemandeAbonnementId, LigneAbonnementId, Temps, UtilisateurId};
use crate::structures;
use crate::web::Erreur;

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
    pub personne: UtilisateurId,
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
                  u.id as "personne!: UtilisateurId",
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
                  c.structure as "personnes_structure!", c.services as "personnes_services!"
           from portees_abonnements p
           join demandes_abonnement d on d.id = p.demande_id
           join structures s on s.id = d.structure_id
           join utilisateurs u on u.id = d.utilisateur_id
           left join utilisateurs t on t.id = d.traitee_par
           cross join lateral (
             select count(*) as structure,
                    count(*) filter (where r.maille_structure
                                        or exists (select from demande_abonnement_lignes l
                                                   where l.demande_id = d.id and l.statut = 'demandee'
                                                     and (l.service_id is null
                                                          or exists (select from services_effectifs se
                                                                     where se.rattachement_id = r.id and se.service_id = l.service_id)))) as services
             from rattachements_effectifs r where r.structure_id = $2) c
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
        personne: l.personne,
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
