//! The world into the tables: one statement per table, then the historique in the order of time.

use std::collections::HashMap;

use uuid::Uuid;

use super::monde::{Acte, IlYA, Monde};
use super::{
    actualites, assistance, chargement_abonnements, sirene, sollicitations, vie_des_structures,
};
use crate::abonnements;
use crate::acces::{Role, Systeme};
use crate::courrier::{self, Destinataire, Usage, jeton};
use crate::db::{DemandeId, StructureId, Tx};
use crate::historique::{self, Auteur, Changement, Details, Entree};
use crate::inscription::{self, Intention};
use crate::rattachements::Demandee;
use crate::utilisateurs::courriers::Activation;
use crate::web::Erreur;

pub(super) async fn charger(
    tx: &mut Tx,
    systeme: &Systeme,
    mut m: Monde,
    hache: &str,
) -> Result<(), Erreur> {
    utilisateurs(tx, &m, hache).await?;
    structures(tx, &mut m).await?;
    services(tx, &m).await?;
    rattachements(tx, &m).await?;
    demandes(tx, &m).await?;
    chargement_abonnements::charger(tx, &m).await?;
    passations(tx, &m).await?;
    sollicitations::charger(tx, &m).await?;
    vie_des_structures::charger(tx, &m).await?;
    inscriptions(tx, &m).await?;
    activations(tx, &m).await?;
    sirene::charger(tx).await?;
    actualites::charger(tx, &m).await?;
    assistance::charger(tx).await?;
    historique(tx, systeme, &m).await
}

async fn utilisateurs(tx: &mut Tx, m: &Monde, hache: &str) -> Result<(), Erreur> {
    let p = &m.personnes;
    let colonne = |f: fn(&super::monde::Personne) -> String| p.iter().map(f).collect::<Vec<_>>();
    let telephones: Vec<String> = (0..p.len())
        .map(|i| format!("01 99 00 {:02} {:02}", i / 100, i % 100))
        .collect();
    sqlx::query!(
        "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, telephone, adresse, code_postal, ville,
                                   statut, pigp, equipe, mot_de_passe, mot_de_passe_change_le, derniere_connexion, cree_le,
                                   active_le, desactive_le, effacement_averti_le)
         select l.id, l.login, l.login, l.prenom, l.nom, l.telephone, l.adresse, l.code_postal, l.ville, l.statut, l.pigp, l.equipe,
                case when l.statut <> 'en_cours_activation' then $1 end,
                case when l.statut <> 'en_cours_activation' then maintenant() - make_interval(mins => l.cree - 30) end,
                maintenant() - make_interval(mins => l.connexion), maintenant() - make_interval(mins => l.cree),
                case when l.statut <> 'en_cours_activation' then maintenant() - make_interval(mins => l.cree - 30) end,
                maintenant() - make_interval(mins => l.desactive),
                case when l.desactive >= 53 * 1440 then maintenant() - make_interval(mins => l.desactive - 53 * 1440) end
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                     $11::bool[], $12::text[], $13::int[], $14::int[], $15::int[])
              as l (id, login, prenom, nom, telephone, adresse, code_postal, ville, statut, pigp, equipe, connexion, cree, desactive)",
        hache,
        &p.iter().map(|p| p.id.0).collect::<Vec<_>>(),
        &colonne(|p| p.login.to_owned()),
        &colonne(|p| p.prenom.to_owned()),
        &colonne(|p| p.nom.to_owned()),
        &telephones,
        &colonne(|p| format!("14 rue des Tilleuls {}", p.marque())),
        &colonne(|p| p.code_postal.to_owned()),
        &colonne(|p| p.ville.to_owned()),
        &colonne(|p| p.statut.to_owned()),
        &p.iter().map(|p| p.pigp).collect::<Vec<_>>(),
        &p.iter().map(|p| p.equipe.map(str::to_owned)).collect::<Vec<_>>() as &[Option<String>],
        &p.iter().map(|p| p.connexion).collect::<Vec<_>>() as &[Option<IlYA>],
        &p.iter().map(|p| p.cree).collect::<Vec<_>>(),
        &p.iter().map(|p| p.desactive).collect::<Vec<_>>() as &[Option<IlYA>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Those of the directory are already there: they keep their row.
async fn structures(tx: &mut Tx, m: &mut Monde) -> Result<(), Erreur> {
    let sirets: Vec<String> = m.structures.iter().map(|s| s.siret.to_owned()).collect();
    let connues: HashMap<String, StructureId> = sqlx::query!(
        r#"select identifiant, id as "id: StructureId" from structures
           where type_identifiant = 'SIRET' and identifiant = any ($1)"#,
        &sirets
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(|l| (l.identifiant, l.id))
    .collect();
    for structure in &mut m.structures {
        if let Some(id) = connues.get(structure.siret) {
            structure.id = *id;
        }
    }
    let s = &m.structures;
    let colonne = |f: fn(&super::monde::Structure) -> String| s.iter().map(f).collect::<Vec<_>>();
    sqlx::query!(
        "insert into structures (id, type_identifiant, identifiant, raison_sociale, publique, categorie, passe_par_pigp,
                                 gestion_service, gestion_engagement, adresse, code_postal, ville, telephone, courriel, creee_le)
         select l.id, 'SIRET', l.siret, l.raison_sociale, l.publique,
                case when not l.publique then null when l.siret like '2%' then 'collectivite_locale'
                     else 'autre_entite_publique' end,
                l.pigp, l.publique, l.publique, l.adresse, l.code_postal, l.ville, l.telephone, l.courriel,
                maintenant() - interval '800 days'
         from unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::bool[], $6::text[], $7::text[], $8::text[], $9::text[],
                     $10::text[])
              as l (id, siret, raison_sociale, publique, pigp, adresse, code_postal, ville, telephone, courriel)
         on conflict on constraint structures_identifiant do nothing",
        &s.iter().map(|s| s.id.0).collect::<Vec<_>>(),
        &sirets,
        &colonne(|s| s.raison_sociale.to_owned()),
        &s.iter().map(|s| s.publique).collect::<Vec<_>>(),
        &s.iter().map(|s| s.pigp).collect::<Vec<_>>(),
        &colonne(|s| format!("{} {}", s.adresse, s.marque())),
        &colonne(|s| s.code_postal.to_owned()),
        &colonne(|s| s.ville.to_owned()),
        &(0..s.len()).map(|i| format!("01 99 01 00 {i:02}")).collect::<Vec<_>>(),
        &colonne(|s| format!("contact@{}.example", s.repere))
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn services(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    let v = &m.services;
    sqlx::query!(
        "insert into services (id, structure_id, code, libelle, description, actif, date_debut, cree_le)
         select l.id, l.structure, l.code, l.libelle, l.description, l.actif, debut_du_jour(aujourdhui() - 700),
                maintenant() - interval '700 days'
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bool[])
              as l (id, structure, code, libelle, description, actif)",
        &v.iter().map(|v| v.id.0).collect::<Vec<_>>(),
        &v.iter().map(|v| m.structures[v.structure.0].id.0).collect::<Vec<_>>(),
        &v.iter().map(|v| v.code.to_owned()).collect::<Vec<_>>(),
        &v.iter().map(|v| v.libelle.to_owned()).collect::<Vec<_>>(),
        &v.iter().map(|v| v.description.clone()).collect::<Vec<_>>(),
        &v.iter().map(|v| v.actif).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn rattachements(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    let r = &m.rattachements;
    sqlx::query!(
        "insert into rattachements (id, structure_id, utilisateur_id, role, statut, cause, maille_structure, capacites, date_debut,
                                    date_fin, commentaire, cree_le, modifie_le, reactive_le)
         select l.id, l.structure, l.personne, l.role, l.statut, l.cause, l.maille,
                case when l.capacites = '' then '{}' else string_to_array(l.capacites, ',') end,
                debut_du_jour((maintenant() - make_interval(mins => l.debut))::date),
                debut_du_jour((maintenant() - make_interval(mins => l.fin))::date + 1),
                l.commentaire, maintenant() - make_interval(mins => l.debut), maintenant() - make_interval(mins => l.modifie),
                maintenant() - make_interval(mins => l.reactive)
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bool[], $8::text[], $9::int[],
                     $10::int[], $11::text[], $12::int[], $13::int[])
              as l (id, structure, personne, role, statut, cause, maille, capacites, debut, fin, commentaire, modifie, reactive)",
        &r.iter().map(|r| r.id.0).collect::<Vec<_>>(),
        &r.iter().map(|r| m.structures[r.structure.0].id.0).collect::<Vec<_>>(),
        &r.iter().map(|r| m.personnes[r.personne.0].id.0).collect::<Vec<_>>(),
        &r.iter().map(|r| r.role.code().to_owned()).collect::<Vec<_>>(),
        &r.iter().map(|r| r.statut.to_owned()).collect::<Vec<_>>(),
        &r.iter().map(|r| r.cause.map(str::to_owned)).collect::<Vec<_>>() as &[Option<String>],
        &r.iter().map(|r| r.maille.est_structure()).collect::<Vec<_>>(),
        &r.iter().map(|r| r.capacites.join(",")).collect::<Vec<_>>(),
        &r.iter().map(|r| r.debut).collect::<Vec<_>>(),
        &r.iter().map(|r| r.fin).collect::<Vec<_>>() as &[Option<IlYA>],
        &r.iter().map(|r| r.commentaire.clone()).collect::<Vec<_>>(),
        &r.iter().map(|r| r.modifie).collect::<Vec<_>>(),
        &r.iter().map(|r| r.reactive).collect::<Vec<_>>() as &[Option<IlYA>]
    )
    .execute(&mut **tx)
    .await?;
    // Told already, as in a portal that runs: the first run of the jobs has nothing to say.
    sqlx::query!(
        "update rattachements set fin_avertie = date_fin, fin_avertie_jours = case when jours_avant(date_fin, 7) <= maintenant() then 7 else 30 end
         where id = any ($1) and date_fin > maintenant() and jours_avant(date_fin, 30) <= maintenant()",
        &r.iter().map(|r| r.id.0).collect::<Vec<_>>()
    ).execute(&mut **tx).await?;
    let gps = r
        .iter()
        .filter(|r| r.role == Role::Gp && r.statut == "validee");
    let (pointees, gps): (Vec<Uuid>, Vec<Uuid>) = gps
        .map(|r| (m.structures[r.structure.0].id.0, r.id.0))
        .unzip();
    sqlx::query!(
        "update structures s set gp_id = l.gp from unnest($1::uuid[], $2::uuid[]) as l (structure, gp) where s.id = l.structure",
        &pointees,
        &gps
    )
    .execute(&mut **tx)
    .await?;
    let lignes: Vec<_> = r
        .iter()
        .filter(|r| r.statut != "supprimee")
        .flat_map(|r| r.maille.services().iter().map(move |v| (r, *v)))
        .collect();
    sqlx::query!(
        "insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut, date_fin, commentaire)
         select r.id, r.structure_id, l.service, l.statut, r.date_debut, r.date_fin, r.commentaire
         from unnest($1::uuid[], $2::uuid[], $3::text[]) as l (rattachement, service, statut)
         join rattachements r on r.id = l.rattachement",
        &lignes.iter().map(|(r, _)| r.id.0).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, v)| m.services[v.0].id.0).collect::<Vec<_>>(),
        &lignes
            .iter()
            .map(|(r, v)| if r.services_desactives.contains(v) { "desactivee" } else { "validee" }.to_owned())
            .collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    for rattachement in r.iter().filter(|r| r.statut == "validee") {
        abonnements::recalculer(tx, rattachement.id).await?;
    }
    Ok(())
}

async fn demandes(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    let d = &m.demandes;
    sqlx::query!(
        "insert into demandes_rattachement (id, structure_id, utilisateur_id, statut, role, maille_structure, commentaire, creee_le,
                                            relancee_le, rappel_jours, signalee_le, signalee_a, traitee_le, traitee_par, motif, acte, rattachement_id)
         select l.id, l.structure, l.personne, l.statut, l.role, l.maille, l.commentaire,
                maintenant() - make_interval(mins => l.creee), maintenant() - make_interval(mins => l.relancee), l.rappel,
                maintenant() - make_interval(mins => l.signalee), l.signalee_a, maintenant() - make_interval(mins => l.traitee), l.par, l.motif, l.acte, l.rattachement
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bool[], $7::text[], $8::int[], $9::int[],
                     $10::int[], $11::uuid[], $12::text[], $13::text[], $14::uuid[], $15::int[], $16::int[], $17::text[])
              as l (id, structure, personne, statut, role, maille, commentaire, creee, relancee, traitee, par, motif, acte,
                    rattachement, rappel, signalee, signalee_a)",
        &d.iter().map(|d| d.id.0).collect::<Vec<_>>(),
        &d.iter().map(|d| m.structures[d.structure.0].id.0).collect::<Vec<_>>(),
        &d.iter().map(|d| m.personnes[d.personne.0].id.0).collect::<Vec<_>>(),
        &d.iter().map(|d| d.statut.to_owned()).collect::<Vec<_>>(),
        &d.iter().map(|d| d.role.code().to_owned()).collect::<Vec<_>>(),
        &d.iter().map(|d| d.maille.est_structure()).collect::<Vec<_>>(),
        &d.iter().map(|d| d.commentaire.clone()).collect::<Vec<_>>(),
        &d.iter().map(|d| d.creee).collect::<Vec<_>>(),
        &d.iter().map(|d| d.relancee).collect::<Vec<_>>() as &[Option<IlYA>],
        &d.iter().map(|d| d.traitee).collect::<Vec<_>>() as &[Option<IlYA>],
        &d.iter().map(|d| d.par.map(|p| m.personnes[p.0].id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &d.iter().map(|d| d.motif.clone()).collect::<Vec<_>>() as &[Option<String>],
        &d.iter().map(|d| d.acte.map(str::to_owned)).collect::<Vec<_>>() as &[Option<String>],
        &d.iter().map(|d| d.rattachement.map(|r| m.rattachements[r.0].id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &d.iter().map(super::monde::Demande::rappel).collect::<Vec<_>>(),
        &d.iter().map(|d| d.signalee).collect::<Vec<_>>() as &[Option<IlYA>],
        &d.iter().map(|d| d.signalee.map(|_| if m.structures[d.structure.0].pigp { "referent" } else { "support" }.to_owned()))
            .collect::<Vec<_>>() as &[Option<String>]
    )
    .execute(&mut **tx)
    .await?;
    let lignes: Vec<_> = d
        .iter()
        .flat_map(|d| d.maille.services().iter().map(move |v| (d, *v)))
        .collect();
    let statut = |d: &super::monde::Demande, v| match d.statut {
        "validee" if d.accordes.contains(&v) => "accordee",
        "validee" | "refusee" => "ecartee",
        _ => "demandee",
    };
    sqlx::query!(
        "insert into demande_services (demande_id, structure_id, service_id, statut)
         select l.demande, l.structure, l.service, l.statut
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as l (demande, structure, service, statut)",
        &lignes.iter().map(|(d, _)| d.id.0).collect::<Vec<_>>(),
        &lignes.iter().map(|(d, _)| m.structures[d.structure.0].id.0).collect::<Vec<_>>(),
        &lignes.iter().map(|(_, v)| m.services[v.0].id.0).collect::<Vec<_>>(),
        &lignes.iter().map(|(d, v)| statut(d, *v).to_owned()).collect::<Vec<_>>()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn passations(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    for p in &m.passations {
        let r = &m.rattachements[p.rattachement.0];
        sqlx::query!(
            "insert into passations (id, structure_id, rattachement_id, cedant_id, successeur_id, le, creee_le)
             values ($1, $2, $3, $4, $5, aujourdhui() + $6::int, maintenant() - make_interval(mins => $7))",
            p.id.0,
            m.structures[r.structure.0].id.0,
            r.id.0,
            m.personnes[r.personne.0].id.0,
            m.personnes[p.successeur.0].id.0,
            p.dans,
            p.creee
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

async fn inscriptions(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    for i in &m.inscriptions {
        let personne = m.personnes[i.personne.0].id;
        sqlx::query!(
            "update utilisateurs set demandee_par = $2 where id = $1",
            personne.0,
            i.demandeur
        )
        .execute(&mut **tx)
        .await?;
        let intention = Intention::Demande {
            structure: m.structures[i.structure.0].id,
            demandee: Demandee {
                role: Role::Us,
                maille_structure: true,
                services: Vec::new(),
                commentaire: i.commentaire.clone(),
            },
        };
        inscription::ecrire(tx, personne, &intention).await?;
    }
    Ok(())
}

/// The accounts never activated have their mail, whose link works.
async fn activations(tx: &mut Tx, m: &Monde) -> Result<(), Erreur> {
    for p in m
        .personnes
        .iter()
        .filter(|p| p.statut == "en_cours_activation")
    {
        let jeton = jeton::emettre(tx, p.id.0, Usage::Activation, p.login).await?;
        let destinataire = Destinataire {
            utilisateur: Some(p.id.0),
            adresse: p.login.to_owned(),
        };
        let demandeur = m
            .inscriptions
            .iter()
            .find(|i| m.personnes[i.personne.0].id == p.id);
        let courrier = Activation {
            demandeur: demandeur.map(|i| i.demandeur.to_owned()),
            prenom: p.prenom.to_owned(),
            nom: p.nom.to_owned(),
            marque: tx.marque.to_string(),
        };
        courrier::deposer_avec_jeton(tx, jeton.id, &destinataire, &jeton, &courrier).await?;
    }
    Ok(())
}

/// The lines carry the time of their act: the clock goes back, and returns before the commit.
async fn historique(tx: &mut Tx, systeme: &Systeme, m: &Monde) -> Result<(), Erreur> {
    let mut actes: Vec<&Acte> = m.actes.iter().collect();
    actes.sort_by_key(|a| std::cmp::Reverse(a.quand));
    let depart = sqlx::query_scalar!("select decalage from horloge")
        .fetch_one(&mut **tx)
        .await?;
    for acte in actes {
        sqlx::query!(
            "update horloge set decalage = $1::interval - make_interval(mins => $2)",
            depart,
            acte.quand
        )
        .execute(&mut **tx)
        .await?;
        let auteur = match acte.par {
            Some(p) => Auteur::rejouer(systeme, m.personnes[p.0].id),
            None => systeme.into(),
        };
        historique::noter(tx, auteur, entree(m, acte)).await?;
    }
    sqlx::query!("update horloge set decalage = $1", depart)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn entree(m: &Monde, acte: &Acte) -> Entree {
    let nom = |p: Option<super::monde::P>| p.map(|p| m.personnes[p.0].entier()).unwrap_or_default();
    Entree {
        structure: Some(m.structures[acte.structure.0].id),
        action: acte.action,
        concerne: acte.concerne.map(|p| m.personnes[p.0].id),
        demande: acte.demande.map(|d| m.demandes[d].id).or(acte
            .demande_abonnement
            .map(|d| DemandeId(m.demandes_abonnement[d].id.0))),
        details: Details {
            acteur: nom(acte.par),
            concerne: nom(acte.concerne),
            commentaire: acte.commentaire.clone(),
            motif: acte.motif.clone(),
            changements: (acte.changements.iter())
                .map(|(c, avant, apres)| Changement::new(c, avant, apres))
                .collect(),
        },
    }
}
