//! What attaching these persons would change: read in three statements, judged one by one, nothing written.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Voulu;
use crate::acces::Role;
use crate::courrier::Joignable;
use crate::db::{ServiceId, Tx, UtilisateurId};
use crate::historique::Changement;
use crate::rattachements::donneur::Donneur;
use crate::rattachements::effets::{Attribution, Gardes, gp_intouchable};
use crate::rattachements::en_cours::services_actifs;
use crate::rattachements::regle::{self, Octroi, Tenu};
use crate::web::Erreur;

/// The account under the lock of its row, with what it holds on the structure.
pub(super) struct Rattachable {
    pub qui: Joignable,
    ouvert: bool,
    /// A rattachement is there, in force or not.
    pub existe: bool,
    pub tenu: Tenu,
    /// Names of the services held, in the order of `tenu.services`.
    libelles_tenus: Vec<String>,
    /// Services of the open request; `None` when there is none. The whole structure is a request without service.
    pub demandes: Option<Vec<ServiceId>>,
}

/// The accounts, locked in the order of their ids: two lots that overlap take them in the same order.
async fn rattachables(
    tx: &mut Tx,
    donneur: &Donneur,
    voulus: &[Voulu<'_>],
) -> Result<BTreeMap<UtilisateurId, Rattachable>, Erreur> {
    let lues = sqlx::query!(
        r#"select u.id as "id!: UtilisateurId", u.prenom || ' ' || u.nom as "nom_complet!", u.adresse_contact as "adresse_contact!",
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
           where u.id = any ($2) order by u.id for share of u"#,
        donneur.structure.0,
        &voulus.iter().map(|v| v.personne.0).collect::<Vec<_>>()
    )
    .fetch_all(&mut **tx)
    .await?;
    let lues = lues.into_iter().map(|l| {
        let rattachable = Rattachable {
            qui: Joignable {
                id: l.id,
                nom_complet: l.nom_complet,
                adresse: l.adresse_contact,
            },
            ouvert: l.ouvert,
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
        };
        (l.id, rattachable)
    });
    Ok(lues.collect())
}

/// An act that was checked, and what it changes.
pub(super) struct Prevision<'a> {
    pub voulu: Voulu<'a>,
    pub lu: Rattachable,
    pub attribution: Attribution,
    pub gardes: Gardes,
    pub perimetre: String,
    pub changements: Vec<Changement>,
}

/// In the order given, each person once.
pub(super) async fn preparer<'a>(
    tx: &mut Tx,
    donneur: &Donneur,
    voulus: &[Voulu<'a>],
) -> Result<Vec<Result<Prevision<'a>, Erreur>>, Erreur> {
    if voulus.is_empty() {
        return Ok(Vec::new());
    }
    let mut lus = rattachables(tx, donneur, voulus).await?;
    let actifs = services_actifs(tx, &[donneur.structure]).await?;
    let services = Services::lire(tx, voulus).await?;
    let preparer_un = |voulu: &Voulu<'a>| {
        let lu = lus
            .remove(&voulu.personne)
            .filter(|_| voulu.personne != donneur.id)
            .ok_or(Erreur::Introuvable)?;
        prevoir_un(donneur, *voulu, lu, &actifs, &services)
    };
    Ok(voulus.iter().map(preparer_un).collect())
}

fn prevoir_un<'a>(
    donneur: &Donneur,
    voulu: Voulu<'a>,
    lu: Rattachable,
    actifs: &BTreeSet<ServiceId>,
    services: &Services,
) -> Result<Prevision<'a>, Erreur> {
    if !lu.ouvert {
        return Err(Erreur::Conflit(
            "Le compte de cette personne n’est plus actif\u{202F}: elle ne peut pas être rattachée."
                .to_owned(),
        ));
    }
    let (decideur, octroi) = (&donneur.decideur, voulu.octroi);
    decideur.controler(&lu.tenu, octroi, actifs)?;
    if lu.tenu.role == Some(Role::Gp) {
        return Err(gp_intouchable());
    }
    let mut attribution = decideur.attribution(&lu.tenu, octroi);
    if let (Some(voulues), Role::Gs) = (voulu.capacites, octroi.role) {
        attribution.capacites = voulues.to_vec();
    }
    let mut gardes = decideur.gardes(&lu.tenu, octroi, actifs);
    gardes.debut_libre = lu.tenu.a_venir && !gardes.dates;
    let perimetre = if octroi.maille_structure {
        "toute la structure".to_owned()
    } else {
        services.libelles(&octroi.services)
    };
    let mut changements = changements(&lu, donneur, octroi, &perimetre);
    if octroi.role == Role::Gs && (voulu.capacites.is_some() || lu.tenu.role == Some(Role::Us)) {
        changements.push(Changement::new(
            "Droits",
            regle::en_mots(&decideur.droits_tenus(&lu.tenu)),
            regle::en_mots(&attribution.capacites),
        ));
    }
    Ok(Prevision {
        voulu,
        lu,
        attribution,
        gardes,
        perimetre,
        changements,
    })
}

/// Names of the services granted, in the order of the screens.
struct Services(Vec<(ServiceId, String)>);

impl Services {
    async fn lire(tx: &mut Tx, voulus: &[Voulu<'_>]) -> Result<Self, Erreur> {
        let ids = voulus.iter().flat_map(|v| &v.octroi.services);
        let ids: Vec<Uuid> = ids.map(|s| s.0).collect();
        if ids.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let lus = sqlx::query!(
            r#"select id as "id: ServiceId", libelle from services where id = any ($1) order by cle_tri, id"#,
            &ids
        )
        .fetch_all(&mut **tx)
        .await?;
        Ok(Self(lus.into_iter().map(|l| (l.id, l.libelle)).collect()))
    }

    fn libelles(&self, accordes: &[ServiceId]) -> String {
        let siens = self.0.iter().filter(|(id, _)| accordes.contains(id));
        let siens: Vec<&str> = siens.map(|(_, libelle)| libelle.as_str()).collect();
        siens.join(", ")
    }
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
