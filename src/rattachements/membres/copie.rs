//! « Copier les droits »: role, capabilities, services and dates of one user, given to another; seen before it is done.

use uuid::Uuid;

use crate::App;
use crate::acces::{Capacite, Connecte, Droits, Gestion, RattacherUtilisateurs, Role};
use crate::db::{RattachementId, ServiceId, StructureId, Tx, UtilisateurId};
use crate::historique::Changement;
use crate::rattachements::direct::{self, Voulu};
use crate::rattachements::donneur::Donneur;
use crate::rattachements::effets;
use crate::rattachements::regle::Octroi;
use crate::utilisateurs::MAXIMUM;
use crate::web::Erreur;

/// What a user holds, as far as the reader sees it.
pub(super) struct Modele {
    pub personne: UtilisateurId,
    pub nom: String,
    pub role: Role,
    pub capacites: Vec<Capacite>,
    pub maille_structure: bool,
    /// Validated, not ended before the rattachement itself; of a rattachement that stopped, the active ones only.
    pub services: Vec<ServiceId>,
    pub debut: time::Date,
    pub fin: Option<time::Date>,
    pub a_venir: bool,
    pub en_vigueur: bool,
    pub cause: Option<String>,
    pub entiere: bool,
    aujourd_hui: time::Date,
}

/// # Errors
/// `Introuvable`: outside the reach.
pub(super) async fn modele(
    tx: &mut Tx,
    gestionnaire: &Connecte,
    structure: StructureId,
    rattachement: RattachementId,
) -> Result<Modele, Erreur> {
    let l = sqlx::query!(
        r#"select p.utilisateur_id as "personne!: UtilisateurId", u.prenom || ' ' || u.nom as "nom!", p.role as "role!: Role",
                  r.capacites as "capacites!", p.maille_structure as "maille!", p.entiere as "entiere!", r.cause,
                  (p.date_debut at time zone 'Europe/Paris')::date as "debut!",
                  ((p.date_fin at time zone 'Europe/Paris')::date - 1) as fin, p.statut = 'a_venir' as "a_venir!",
                  p.statut in ('valide', 'a_venir') as "en_vigueur!", aujourdhui() as "aujourd_hui!",
                  array(select rs.service_id from rattachement_services rs
                        where rs.rattachement_id = p.id and rs.statut = 'validee'
                          and (rs.date_fin is null or rs.date_fin > maintenant() or rs.date_fin >= p.date_fin)
                          and (p.statut in ('valide', 'a_venir')
                               or exists (select from services_actifs a where a.id = rs.service_id))
                          and (g.maille_structure or exists (select from services_effectifs se
                               where se.rattachement_id = g.id and se.service_id = rs.service_id))) as "services!: Vec<ServiceId>"
           from portees_membres p
           join rattachements r on r.id = p.id
           join rattachements g on g.id = p.gestionnaire_rattachement_id
           join utilisateurs u on u.id = p.utilisateur_id
           where p.gestionnaire_id = $1 and p.structure_id = $2 and p.id = $3 and p.genre = 'rattachement'"#,
        gestionnaire.id().0,
        structure.0,
        rattachement.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    Ok(Modele {
        personne: l.personne,
        nom: l.nom,
        role: l.role,
        capacites: Droits::lire(l.role, &l.capacites, l.maille).capacites,
        maille_structure: l.maille,
        services: l.services,
        debut: l.debut,
        fin: l.fin,
        a_venir: l.a_venir,
        en_vigueur: l.en_vigueur,
        cause: l.cause,
        entiere: l.entiere,
        aujourd_hui: l.aujourd_hui,
    })
}

/// What the copy would change.
pub struct Apercu {
    pub source: String,
    pub cible: String,
    pub changements: Vec<Changement>,
    /// Why it cannot be done.
    pub empechement: Option<String>,
}

/// What is copied, once it was checked that this gestionnaire may give it to that person.
struct Copie {
    source: Modele,
    cible: Modele,
    octroi: Octroi,
}

async fn preparer(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    donneur: &Donneur,
    de: RattachementId,
    vers: RattachementId,
) -> Result<Copie, Erreur> {
    if de == vers {
        return Err(Erreur::Introuvable);
    }
    let structure = gestion.structure().id;
    let source = modele(tx, gestion, structure, de).await?;
    let cible = modele(tx, gestion, structure, vers).await?;
    let mut services = source.services.clone();
    if !source.maille_structure {
        let ids: Vec<Uuid> = services.iter().map(|s| s.0).collect();
        services = sqlx::query_scalar!(
            r#"select id as "id!: ServiceId" from services_actifs where id = any ($1) order by cle_tri, id"#,
            &ids
        )
        .fetch_all(&mut **tx)
        .await?;
    }
    let octroi = Octroi {
        role: source.role,
        debut: Some(if source.a_venir {
            source.debut
        } else {
            source.aujourd_hui
        }),
        fin: source.fin,
        commentaire: format!("Droits copiés de {} par {}", source.nom, donneur.nom),
        maille_structure: source.maille_structure,
        services,
    };
    Ok(Copie {
        source,
        cible,
        octroi,
    })
}

impl Copie {
    fn empechement(&self, donneur: &Donneur) -> Option<&'static str> {
        let (source, cible) = (&self.source, &self.cible);
        if source.role == Role::Gp {
            Some("Le rôle de gestionnaire principal ne se copie pas\u{202F}: il se transfère.")
        } else if !source.en_vigueur {
            Some("Le rattachement à copier n’est pas en vigueur.")
        } else if cible.personne == donneur.id {
            Some("Personne ne change son propre rattachement.")
        } else if cible.role == Role::Gp && cible.en_vigueur {
            Some(
                "Le gestionnaire principal garde son rôle\u{202F}: il ne change que par un transfert.",
            )
        } else if source
            .capacites
            .iter()
            .any(|c| !donneur.decideur.droits.a(*c))
        {
            Some(
                "La personne à copier a des droits que vous n’avez pas\u{202F}: le gestionnaire principal doit le faire.",
            )
        } else if cible.role == Role::Gs
            && cible.en_vigueur
            && source.role == Role::Gs
            && cible.capacites != source.capacites
            && donneur.decideur.droits.role != Role::Gp
        {
            Some("Seul le gestionnaire principal règle les droits d’un gestionnaire secondaire.")
        } else {
            None
        }
    }

    fn voulu(&self) -> Voulu<'_> {
        let gs = self.source.role == Role::Gs;
        Voulu {
            personne: self.cible.personne,
            octroi: &self.octroi,
            capacites: gs.then_some(self.source.capacites.as_slice()),
        }
    }
}

/// What would change, and nothing is written.
///
/// # Errors
/// `Introuvable`: one of the two is outside the reach.
pub async fn apercu(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    de: RattachementId,
    vers: RattachementId,
) -> Result<Apercu, Erreur> {
    let donneur = Donneur::de(tx, gestion).await?;
    let copie = preparer(tx, gestion, &donneur, de, vers).await?;
    let mut empechement = copie.empechement(&donneur).map(str::to_owned);
    let mut changements = Vec::new();
    if empechement.is_none() {
        for prevu in direct::prevoir(tx, &donneur, &[copie.voulu()]).await? {
            match prevu {
                Ok(prevus) => changements = prevus,
                Err(Erreur::Invalide(erreurs)) => empechement = Some(erreurs.phrases().join(" ")),
                Err(Erreur::Conflit(phrase)) => empechement = Some(phrase),
                Err(autre) => return Err(autre),
            }
        }
    }
    Ok(Apercu {
        source: copie.source.nom,
        cible: copie.cible.nom,
        changements,
        empechement,
    })
}

/// Gives to the second what the first holds. Answers both names.
///
/// # Errors
/// `Conflit`: why not, in a sentence; `Introuvable`: one of the two is outside the reach.
pub async fn copier(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    de: RattachementId,
    vers: RattachementId,
) -> Result<(String, String), Erreur> {
    effets::verrouiller(tx, &[gestion.structure().id]).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    let copie = preparer(tx, gestion, &donneur, de, vers).await?;
    if let Some(phrase) = copie.empechement(&donneur) {
        return Err(Erreur::Conflit(phrase.to_owned()));
    }
    let auteur = (&***gestion).into();
    let copies = direct::appliquer_a(tx, &donneur, auteur, copie.voulu()).await;
    copies.map_err(|e| match e {
        Erreur::Invalide(erreurs) => Erreur::Conflit(erreurs.phrases().join(" ")),
        autre => autre,
    })?;
    Ok((copie.source.nom, copie.cible.nom))
}

/// Somebody the rights may be copied to.
pub struct Copiable {
    pub id: RattachementId,
    pub nom: String,
    pub prenom: String,
    pub role: Role,
}

/// The other users within reach, by name, at most fifty; `recherche` narrows.
///
/// # Errors
/// Those of the database.
pub async fn copiables(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    de: RattachementId,
    recherche: &str,
) -> Result<Vec<Copiable>, Erreur> {
    Ok(sqlx::query_as!(
        Copiable,
        r#"select p.id as "id!: RattachementId", u.nom as "nom!", u.prenom as "prenom!", p.role as "role!: Role"
           from portees_membres p join utilisateurs u on u.id = p.utilisateur_id
           where p.gestionnaire_id = $1 and p.structure_id = $2 and p.genre = 'rattachement' and p.id <> $3
             and p.utilisateur_id <> $1 and not (p.role = 'gp' and p.statut = 'valide')
             and ($4 = '' or repond_au_nom(u.cle_recherche, (select cle_recherche($4))))
           order by u.cle_tri, p.id limit $5"#,
        gestion.id().0,
        gestion.structure().id.0,
        de.0,
        recherche,
        i64::try_from(MAXIMUM).unwrap_or(50)
    )
    .fetch_all(&app.db)
    .await?)
}
