//! Attaching somebody on the gestionnaire's own initiative (R-GEST-RATTACHER, seed 001 §7).

use uuid::Uuid;

use super::courriers::RattachementParGestionnaire;
use super::courriers_membres::{RattachementModifie, RattachementReactive};
use super::donneur::Donneur;
use super::effets::{self, Attribution, Gardes};
use super::en_cours::services_actifs;
use super::promesses;
use super::regle::{self, Octroi, Tenu};
use crate::acces::{Capacite, Gestion, RattacherUtilisateurs, Role};
use crate::courrier::{self, Destinataire};
use crate::db::{ServiceId, Tx, UtilisateurId};
use crate::historique::{self, Action, Auteur, Changement, Details, Entree};
use crate::web::Erreur;

/// The account under the lock of its row, with what it holds on the structure.
struct Rattachable {
    nom_complet: String,
    adresse_contact: String,
    /// A rattachement is there, in force or not.
    existe: bool,
    tenu: Tenu,
    /// Names of the services held, in the order of `tenu.services`.
    libelles_tenus: Vec<String>,
    /// Services of the open request; `None` when there is none. The whole structure is a request without service.
    demandes: Option<Vec<ServiceId>>,
}

async fn rattachable(
    tx: &mut Tx,
    donneur: &Donneur,
    personne: UtilisateurId,
) -> Result<Rattachable, Erreur> {
    let l = sqlx::query!(
        r#"select u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as "adresse_contact!",
                  u.statut in ('actif', 'en_cours_activation') as "ouvert!",
                  exists (select from rattachements e where e.structure_id = $1 and e.utilisateur_id = u.id
                          and e.statut <> 'supprimee') as "existe!",
                  r.role as "role?: Role", r.capacites as "capacites?", r.maille_structure as "maille?",
                  (r.date_debut at time zone 'Europe/Paris')::date as debut,
                  ((r.date_fin at time zone 'Europe/Paris')::date - 1) as fin,
                  coalesce(r.date_debut > maintenant(), false) as "a_venir!",
                  array(select rs.service_id from rattachement_services rs join services sv on sv.id = rs.service_id
                        where rs.rattachement_id = r.id and rs.statut = 'validee'
                        order by sv.cle_tri, sv.id) as "services!: Vec<ServiceId>",
                  array(select sv.libelle from rattachement_services rs join services sv on sv.id = rs.service_id
                        where rs.rattachement_id = r.id and rs.statut = 'validee'
                        order by sv.cle_tri, sv.id) as "libelles!",
                  d.id is not null as "demande!",
                  array(select ds.service_id from demande_services ds where ds.demande_id = d.id) as "demandes!: Vec<ServiceId>"
           from utilisateurs u
           left join rattachements r on r.structure_id = $1 and r.utilisateur_id = u.id
                and r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant())
           left join demandes_rattachement d on d.structure_id = $1 and d.utilisateur_id = u.id
                and d.statut = 'en_cours_de_validation'
           where u.id = $2 for share of u"#,
        donneur.structure.0,
        personne.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .filter(|_| personne != donneur.id)
    .ok_or(Erreur::Introuvable)?;
    if !l.ouvert {
        return Err(Erreur::Conflit(
            "Le compte de cette personne n’est plus actif\u{202F}: elle ne peut pas être rattachée."
                .to_owned(),
        ));
    }
    Ok(Rattachable {
        nom_complet: l.nom_complet,
        adresse_contact: l.adresse_contact,
        existe: l.existe,
        tenu: Tenu {
            role: l.role,
            capacites: l.capacites.unwrap_or_default(),
            maille_structure: l.maille.unwrap_or_default(),
            services: l.services,
            debut: l.debut,
            fin: l.fin,
            a_venir: l.a_venir,
        },
        libelles_tenus: l.libelles,
        demandes: l.demande.then_some(l.demandes),
    })
}

/// Attaches, or changes the rattachement there is; answers the open request it satisfies; historique and mail in the same
/// transaction. Answers the name of the person.
///
/// # Errors
/// `Invalide` at the fields; `Conflit` for a closed account or the gestionnaire principal; `Introuvable` for oneself.
pub async fn rattacher(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    personne: UtilisateurId,
    octroi: &Octroi,
) -> Result<String, Erreur> {
    effets::verrouiller(tx, &[gestion.structure().id]).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    appliquer(tx, &donneur, (&***gestion).into(), personne, octroi, None).await
}

/// The shortcut of seed 004 §3: utilisateur simple from today, until the end of whoever grants; somebody who is attached already
/// is changed from his fiche. Answers the name.
///
/// # Errors
/// `Invalide` at `adresse` or at `services`; see [`rattacher`].
pub async fn rattacher_simplement(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    personne: UtilisateurId,
    maille_structure: bool,
    services: &[ServiceId],
) -> Result<String, Erreur> {
    let structure = gestion.structure().id;
    effets::verrouiller(tx, &[structure]).await?;
    let donneur = Donneur::de(tx, gestion).await?;
    let deja = sqlx::query_scalar!(
        r#"select exists (select from rattachements
                          where structure_id = $1 and utilisateur_id = $2 and statut <> 'supprimee') as "deja!""#,
        structure.0,
        personne.0
    )
    .fetch_one(&mut **tx)
    .await?;
    if deja {
        return Err(Erreur::champ(
            "adresse",
            "Cette personne a déjà un rattachement à cette structure\u{202F}: changez-le depuis «\u{202F}Utilisateurs rattachés à la structure\u{202F}».",
        ));
    }
    let octroi = Octroi {
        role: Role::Us,
        debut: Some(donneur.decideur.aujourd_hui),
        fin: donneur.decideur.fin,
        commentaire: donneur.commentaire(),
        maille_structure,
        services: services.to_vec(),
    };
    appliquer(tx, &donneur, (&***gestion).into(), personne, &octroi, None).await
}

/// An act that was checked, and what it changes.
struct Prevision {
    lu: Rattachable,
    attribution: Attribution,
    gardes: Gardes,
    perimetre: String,
    changements: Vec<Changement>,
}

async fn preparer(
    tx: &mut Tx,
    donneur: &Donneur,
    personne: UtilisateurId,
    octroi: &Octroi,
    capacites: Option<&[Capacite]>,
) -> Result<Prevision, Erreur> {
    let decideur = &donneur.decideur;
    let lu = rattachable(tx, donneur, personne).await?;
    let actifs = services_actifs(tx, &[donneur.structure]).await?;
    decideur.controler(&lu.tenu, octroi, &actifs)?;
    let mut attribution = decideur.attribution(&lu.tenu, octroi);
    if let (Some(voulues), Role::Gs) = (capacites, octroi.role) {
        attribution.capacites = voulues.to_vec();
    }
    let mut gardes = decideur.gardes(&lu.tenu, octroi, &actifs);
    gardes.debut_libre = lu.tenu.a_venir && !gardes.dates;
    let perimetre = if octroi.maille_structure {
        "toute la structure".to_owned()
    } else {
        libelles(tx, &octroi.services).await?.join(", ")
    };
    let mut changements = changements(&lu, donneur, octroi, &perimetre);
    if octroi.role == Role::Gs && (capacites.is_some() || lu.tenu.role == Some(Role::Us)) {
        changements.push(Changement::new(
            "Droits",
            regle::en_mots(&decideur.droits_tenus(&lu.tenu)),
            regle::en_mots(&attribution.capacites),
        ));
    }
    Ok(Prevision {
        lu,
        attribution,
        gardes,
        perimetre,
        changements,
    })
}

/// What [`appliquer`] would change; nothing is written.
///
/// # Errors
/// Those of the act itself.
pub(super) async fn prevoir(
    tx: &mut Tx,
    donneur: &Donneur,
    personne: UtilisateurId,
    octroi: &Octroi,
    capacites: Option<&[Capacite]>,
) -> Result<Vec<Changement>, Erreur> {
    let prevision = preparer(tx, donneur, personne, octroi, capacites).await?;
    Ok(prevision.changements)
}

/// The same by whoever grants, under the lock of the structure; `capacites` of a GS are those of his role otherwise.
pub(super) async fn appliquer(
    tx: &mut Tx,
    donneur: &Donneur,
    auteur: Auteur,
    personne: UtilisateurId,
    octroi: &Octroi,
    capacites: Option<&[Capacite]>,
) -> Result<String, Erreur> {
    let structure = donneur.structure;
    let decideur = &donneur.decideur;
    let Prevision {
        lu,
        attribution,
        gardes,
        perimetre,
        mut changements,
    } = preparer(tx, donneur, personne, octroi, capacites).await?;
    let rattache =
        effets::attacher_en_gardant(tx, structure, personne, &attribution, &gardes).await?;
    // What was to come with the activation is here now: it must not be put back then.
    promesses::oublier_la_promesse(tx, structure, personne).await?;
    // A request that reaches beyond one's own services is somebody else's to answer (decisions 12).
    let repond = lu.demandes.as_ref().is_some_and(|services| {
        decideur.droits.maille_structure
            || (!services.is_empty() && services.iter().all(|s| decideur.couvre(s)))
    });
    let demande = if repond {
        let par = Some(donneur.id);
        let acte = "rattachement direct";
        effets::clore_la_demande(tx, structure, personne, par, rattache.id, acte).await?
    } else {
        None
    };
    let utiles = changements.clone();
    if demande.is_some() {
        changements.push(Changement::new(
            "Demande de rattachement",
            "en cours de validation",
            "validée (rattachement direct)",
        ));
    }
    let action = if lu.tenu.role.is_some() {
        Action::RattachementModifie
    } else if lu.existe {
        Action::RattachementReactive
    } else {
        Action::RattachementCree
    };
    let entree = Entree {
        structure: Some(structure),
        action,
        concerne: Some(personne),
        demande,
        details: Details {
            acteur: donneur.nom.clone(),
            concerne: lu.nom_complet.clone(),
            commentaire: octroi.commentaire.clone(),
            changements,
            ..Details::default()
        },
    };
    let evenement = historique::noter(tx, auteur, entree).await?;
    let destinataire = Destinataire {
        utilisateur: Some(personne.0),
        adresse: lu.adresse_contact.clone(),
    };
    let marque = tx.marque.to_string();
    let (nom_complet, par) = (lu.nom_complet.clone(), donneur.nom.clone());
    let raison_sociale = donneur.raison_sociale.clone();
    let commentaire = octroi.commentaire.clone();
    match action {
        Action::RattachementModifie => {
            let courrier = RattachementModifie {
                marque,
                nom_complet,
                structure: raison_sociale,
                par,
                commentaire,
                changements: utiles,
            };
            courrier::deposer(tx, evenement, &destinataire, &courrier).await?;
        }
        Action::RattachementReactive => {
            let courrier = RattachementReactive {
                marque,
                nom_complet,
                structure: raison_sociale,
                role: octroi.role.libelle(),
                perimetre,
                par,
            };
            courrier::deposer(tx, evenement, &destinataire, &courrier).await?;
        }
        _ => {
            let courrier = RattachementParGestionnaire {
                marque,
                nom_complet,
                structure: raison_sociale,
                role: octroi.role.libelle(),
                perimetre,
                par,
                commentaire,
            };
            courrier::deposer(tx, evenement, &destinataire, &courrier).await?;
        }
    }
    Ok(lu.nom_complet)
}

async fn libelles(tx: &mut Tx, services: &[ServiceId]) -> Result<Vec<String>, Erreur> {
    let ids: Vec<Uuid> = services.iter().map(|s| s.0).collect();
    Ok(sqlx::query_scalar!(
        "select libelle from services where id = any ($1) order by cle_tri",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Before → after, of the services this gestionnaire sees.
fn changements(
    lu: &Rattachable,
    donneur: &Donneur,
    octroi: &Octroi,
    perimetre: &str,
) -> Vec<Changement> {
    let (tenu, decideur) = (&lu.tenu, &donneur.decideur);
    let (role, services, periode) = match tenu.role {
        None => ("", String::new(), String::new()),
        Some(role) => (
            role.libelle(),
            if tenu.maille_structure {
                "toute la structure".to_owned()
            } else {
                let tenus = tenu.services.iter().zip(&lu.libelles_tenus);
                let vus = tenus.filter(|(s, _)| decideur.couvre(s));
                let vus: Vec<&str> = vus.map(|(_, libelle)| libelle.as_str()).collect();
                vus.join(", ")
            },
            regle::periode(tenu.debut, tenu.fin),
        ),
    };
    // What is in force does not begin later because more is granted from a later day.
    let debut = match (tenu.debut, octroi.debut) {
        (Some(tenu_depuis), Some(voulu)) if !tenu.a_venir => Some(tenu_depuis.min(voulu)),
        (tenu_depuis, voulu) => voulu.or(tenu_depuis),
    };
    vec![
        Changement::new("Rôle", role, octroi.role.libelle()),
        Changement::new("Services", services, perimetre),
        Changement::new("Période", periode, regle::periode(debut, octroi.fin)),
    ]
}
