//! Attaching somebody on the gestionnaire's own initiative (R-GEST-RATTACHER, seed 001 §7).

use uuid::Uuid;

use super::courriers::RattachementParGestionnaire;
use super::effets;
use super::en_cours::services_actifs;
use super::regle::{self, Decideur, Octroi, Tenu};
use crate::App;
use crate::acces::{Capacite, Droits, Gestion, RattacherUtilisateurs, Role};
use crate::courrier::{self, Destinataire};
use crate::db::{ServiceId, Tx, UtilisateurId};
use crate::historique::{self, Action, Changement, Details, Entree};
use crate::web::Erreur;

/// The screen of a direct rattachement: of an account that is not ours, only what the search shows (decisions 13).
pub struct FicheRattachement {
    pub personne: UtilisateurId,
    pub prenom: String,
    pub nom: String,
    pub identifiant_connexion: String,
    pub statut: String,
    /// What the person holds on this structure.
    pub role_tenu: Option<Role>,
    pub structure_tenue: bool,
    pub fin_tenue: Option<time::Date>,
    /// An open request, that attaching answers.
    pub demande_ouverte: bool,
    pub espaces_gs: Vec<String>,
    pub espaces_us: Vec<String>,
    pub aujourd_hui: time::Date,
}

impl FicheRattachement {
    pub fn nom_complet(&self) -> String {
        format!("{} {}", self.prenom, self.nom)
    }
}

/// Somebody who may be attached to the structure of the proof: an open account, not one's own.
pub async fn fiche(
    app: &App,
    gestion: &Gestion<RattacherUtilisateurs>,
    personne: UtilisateurId,
) -> Result<FicheRattachement, Erreur> {
    let l = sqlx::query!(
        r#"select u.id as "personne!: UtilisateurId", u.prenom as "prenom!", u.nom as "nom!",
                  u.adresse_connexion as "identifiant_connexion!", u.statut as "statut!", r.role as "role_tenu?: Role",
                  r.maille_structure as "structure_tenue?",
                  ((r.date_fin at time zone 'Europe/Paris')::date - 1) as fin_tenue,
                  exists (select from demandes_rattachement d where d.structure_id = s.id and d.utilisateur_id = u.id
                          and d.statut = 'en_cours_de_validation') as "demande_ouverte!",
                  array(select e.nom from espaces e where e.defaut_gs and (not e.publique_seulement or s.publique)
                        order by e.ordre) as "espaces_gs!",
                  array(select e.nom from espaces e where e.defaut_us and (not e.publique_seulement or s.publique)
                        order by e.ordre) as "espaces_us!",
                  aujourdhui() as "aujourd_hui!"
           from utilisateurs u
           join structures s on s.id = $1
           left join rattachements r on r.structure_id = s.id and r.utilisateur_id = u.id
                and r.statut = 'validee' and (r.date_fin is null or r.date_fin > maintenant())
           where u.id = $2 and u.id <> $3 and u.statut in ('actif', 'en_cours_activation')"#,
        gestion.structure().id.0,
        personne.0,
        gestion.id().0
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Erreur::Introuvable)?;
    Ok(FicheRattachement {
        personne: l.personne,
        prenom: l.prenom,
        nom: l.nom,
        identifiant_connexion: l.identifiant_connexion,
        statut: l.statut,
        role_tenu: l.role_tenu,
        structure_tenue: l.structure_tenue.unwrap_or_default(),
        fin_tenue: l.fin_tenue,
        demande_ouverte: l.demande_ouverte,
        espaces_gs: l.espaces_gs,
        espaces_us: l.espaces_us,
        aujourd_hui: l.aujourd_hui,
    })
}

/// What the gestionnaire holds, read again under the lock: the proof is older than the transaction.
async fn decideur(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
) -> Result<Decideur, Erreur> {
    let l = sqlx::query!(
        r#"select r.role as "role!: Role", r.capacites as "capacites!", r.maille_structure as "maille!",
                  array(select se.service_id from services_effectifs se
                        where se.rattachement_id = r.id) as "services!: Vec<ServiceId>",
                  ((r.date_fin at time zone 'Europe/Paris')::date - 1) as fin, aujourdhui() as "aujourd_hui!",
                  r.structure_active as "active!"
           from rattachements_effectifs r where r.id = $1 and r.utilisateur_id = $2"#,
        gestion.rattachement().0,
        gestion.id().0
    )
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Erreur::Introuvable)?;
    if !l.active {
        return Err(Erreur::Conflit(
            "Cette structure est désactivée : personne ne peut y être rattaché.".to_owned(),
        ));
    }
    let droits = Droits::lire(l.role, &l.capacites, l.maille);
    if !droits.a(Capacite::RattacherUtilisateurs) {
        return Err(Erreur::Interdit(
            "Il vous manque maintenant le droit de rattacher des utilisateurs.".to_owned(),
        ));
    }
    Ok(Decideur {
        droits,
        services: l.services,
        fin: l.fin,
        aujourd_hui: l.aujourd_hui,
    })
}

/// The account under the lock of its row, with what it holds on the structure.
struct Rattachable {
    nom_complet: String,
    adresse_contact: String,
    tenu: Tenu,
    /// Names of the services held, in the order of `tenu.services`.
    libelles_tenus: Vec<String>,
    /// Services of the open request; `None` when there is none. The whole structure is a request without service.
    demandes: Option<Vec<ServiceId>>,
}

async fn rattachable(
    tx: &mut Tx,
    gestion: &Gestion<RattacherUtilisateurs>,
    personne: UtilisateurId,
) -> Result<Rattachable, Erreur> {
    let l = sqlx::query!(
        r#"select u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as "adresse_contact!",
                  u.statut in ('actif', 'en_cours_activation') as "ouvert!",
                  r.role as "role?: Role", r.capacites as "capacites?", r.maille_structure as "maille?",
                  ((r.date_fin at time zone 'Europe/Paris')::date - 1) as fin,
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
        gestion.structure().id.0,
        personne.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .filter(|_| personne != gestion.id())
    .ok_or(Erreur::Introuvable)?;
    if !l.ouvert {
        return Err(Erreur::Conflit(
            "Le compte de cette personne n’est plus actif : elle ne peut pas être rattachée."
                .to_owned(),
        ));
    }
    Ok(Rattachable {
        nom_complet: l.nom_complet,
        adresse_contact: l.adresse_contact,
        tenu: Tenu {
            role: l.role,
            capacites: l.capacites.unwrap_or_default(),
            maille_structure: l.maille.unwrap_or_default(),
            services: l.services,
            fin: l.fin,
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
    let structure = gestion.structure();
    effets::verrouiller(tx, &[structure.id]).await?;
    let decideur = decideur(tx, gestion).await?;
    let lu = rattachable(tx, gestion, personne).await?;
    let actifs = services_actifs(tx, &[structure.id]).await?;
    decideur.controler(&lu.tenu, octroi, &actifs)?;
    let attribution = decideur.attribution(&lu.tenu, octroi);
    let gardes = decideur.gardes(&lu.tenu, octroi, &actifs);
    let rattache =
        effets::attacher_en_gardant(tx, structure.id, personne, &attribution, &gardes).await?;
    // A request that reaches beyond one's own services is somebody else's to answer (decisions 12).
    let repond = lu.demandes.as_ref().is_some_and(|services| {
        decideur.droits.maille_structure
            || (!services.is_empty() && services.iter().all(|s| decideur.couvre(s)))
    });
    let demande = if repond {
        let par = Some(gestion.id());
        let acte = "rattachement direct";
        effets::clore_la_demande(tx, structure.id, personne, par, rattache.id, acte).await?
    } else {
        None
    };
    let perimetre = if octroi.maille_structure {
        "toute la structure".to_owned()
    } else {
        libelles(tx, &octroi.services).await?.join(", ")
    };
    let mut changements = changements(&lu, &decideur, octroi, &perimetre);
    if demande.is_some() {
        changements.push(Changement::new(
            "Demande de rattachement",
            "en cours de validation",
            "validée (rattachement direct)",
        ));
    }
    let par = gestion.personne().nom_complet();
    let action = if lu.tenu.role.is_some() {
        Action::RattachementModifie
    } else {
        Action::RattachementCree
    };
    let entree = Entree {
        structure: Some(structure.id),
        action,
        concerne: Some(personne),
        demande,
        details: Details {
            acteur: par.clone(),
            concerne: lu.nom_complet.clone(),
            commentaire: octroi.commentaire.clone(),
            changements,
            ..Details::default()
        },
    };
    let evenement = historique::noter(tx, &***gestion, entree).await?;
    let courrier = RattachementParGestionnaire {
        marque: tx.marque.to_string(),
        nom_complet: lu.nom_complet.clone(),
        structure: structure.raison_sociale.clone(),
        role: octroi.role.libelle(),
        perimetre,
        par,
        commentaire: octroi.commentaire.clone(),
    };
    let destinataire = Destinataire {
        utilisateur: Some(personne.0),
        adresse: lu.adresse_contact,
    };
    courrier::deposer(tx, evenement, &destinataire, &courrier).await?;
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
    decideur: &Decideur,
    octroi: &Octroi,
    perimetre: &str,
) -> Vec<Changement> {
    let tenu = &lu.tenu;
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
            regle::periode(None, tenu.fin),
        ),
    };
    vec![
        Changement::new("Rôle", role, octroi.role.libelle()),
        Changement::new("Services", services, perimetre),
        Changement::new("Période", periode, regle::periode(octroi.debut, octroi.fin)),
    ]
}
