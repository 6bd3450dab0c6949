//! One person as a gestionnaire may know her: personal data, and what links her to his structures.

use crate::App;
use crate::acces::{Portee, Role, ToutGestionnaire};
use crate::db::{DemandeId, RattachementId, StructureId, Temps, UtilisateurId};
use crate::rattachements::Statut;
use crate::utilisateurs;
use crate::web::Erreur;

/// What links this person to one structure of the reader.
pub struct Lien {
    pub structure: StructureId,
    pub identifiant: String,
    pub raison_sociale: String,
    pub role: Role,
    pub statut: Statut,
    pub fin: Option<Temps>,
    /// The fiche of the rattachement.
    pub rattachement: Option<RattachementId>,
    /// The request, when the reader can decide it.
    pub demande: Option<DemandeId>,
}

pub struct CompteVu {
    pub id: UtilisateurId,
    pub nom: String,
    pub prenom: String,
    pub adresse_connexion: String,
    pub adresse_contact: String,
    pub compte: utilisateurs::Statut,
    pub pigp: bool,
    pub cree_le: Temps,
    pub derniere_connexion: Option<Temps>,
    /// Postal address and telephone: of a user only, not of somebody who only asks to be one.
    pub coordonnees: Option<Coordonnees>,
    /// The identity may be corrected here: the account was created by a gestionnaire, waits, and is nobody else's business.
    pub corrigeable: bool,
    /// The activation mail may be sent again by the reader.
    pub activable: bool,
    pub liens: Vec<Lien>,
}

pub struct Coordonnees {
    pub telephone: String,
    pub lignes: Vec<String>,
    pub theme: String,
    pub densite: String,
}

impl CompteVu {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// # Errors
/// `Introuvable`: nothing links this person to a structure of the reader.
pub async fn compte(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    personne: UtilisateurId,
) -> Result<CompteVu, Erreur> {
    let liens = liens(app, portee, personne).await?;
    if liens.is_empty() {
        return Err(Erreur::Introuvable);
    }
    let l = sqlx::query!(
        r#"select u.nom, u.prenom, u.adresse_connexion, u.adresse_contact, u.statut as "compte: utilisateurs::Statut", u.pigp,
                  temps(u.cree_le) as "cree_le!: Temps", temps(u.derniere_connexion) as "connexion: Temps",
                  u.telephone, u.adresse, u.complement_adresse, u.code_postal, u.ville, u.pays, u.theme, u.densite,
                  exists (select from comptes_corrigeables c where c.utilisateur_id = u.id and c.gestionnaire_id = $2) as "corrigeable!",
                  exists (select from comptes_activables c where c.utilisateur_id = u.id and c.gestionnaire_id = $2) as "activable!"
           from utilisateurs u where u.id = $1 and u.statut <> 'clos'"#,
        personne.0,
        portee.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    let utilisateur = liens.iter().any(|l| l.statut != Statut::EnCoursValidation);
    let coordonnees = utilisateur.then(|| {
        let lieu = [l.code_postal.as_deref(), l.ville.as_deref()];
        let lieu = lieu.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let mut lignes: Vec<String> = [l.adresse.clone(), l.complement_adresse.clone(), Some(lieu)]
            .into_iter()
            .flatten()
            .filter(|t| !t.is_empty())
            .collect();
        if !lignes.is_empty() {
            lignes.push(l.pays.clone());
        }
        Coordonnees {
            telephone: l.telephone.clone().unwrap_or_default(),
            lignes,
            theme: l.theme.clone(),
            densite: l.densite.clone(),
        }
    });
    Ok(CompteVu {
        id: personne,
        nom: l.nom,
        prenom: l.prenom,
        adresse_connexion: l.adresse_connexion,
        adresse_contact: l.adresse_contact,
        compte: l.compte,
        pigp: l.pigp,
        cree_le: l.cree_le,
        derniere_connexion: l.connexion,
        coordonnees,
        corrigeable: l.corrigeable,
        activable: l.activable,
        liens,
    })
}

async fn liens(
    app: &App,
    portee: &Portee<ToutGestionnaire>,
    personne: UtilisateurId,
) -> Result<Vec<Lien>, Erreur> {
    let lignes = sqlx::query!(
        r#"select p.structure_id as "structure!: StructureId", s.identifiant as "identifiant!", s.raison_sociale as "raison_sociale!",
                  p.role as "role!: Role", p.statut as "statut!", temps(p.date_fin - interval '1 microsecond') as "fin: Temps",
                  case when p.genre = 'rattachement' then p.id end as "rattachement: RattachementId",
                  (select d.demande_id from decideurs d where d.demande_id = p.id and d.decideur_id = $1) as "demande: DemandeId"
           from portees_membres p join structures s on s.id = p.structure_id
           where p.gestionnaire_id = $1 and p.utilisateur_id = $2
           order by s.cle_tri, s.id, p.genre desc"#,
        portee.id().0,
        personne.0
    )
    .fetch_all(&app.db)
    .await?;
    Ok(lignes
        .into_iter()
        .map(|l| Lien {
            structure: l.structure,
            identifiant: l.identifiant,
            raison_sociale: l.raison_sociale,
            role: l.role,
            statut: Statut::lire(&l.statut),
            fin: l.fin,
            rattachement: l.rattachement,
            demande: l.demande,
        })
        .collect())
}
