use super::{GP, GS, GS_SERVICE, Monde, US};
use crate::mon_compte::{actions, corps, gp_de, historique_vrai, statut_de_la_structure};
use crate::support::monde::siret;
use crate::support::{CourrierLu, Portail};
use vantail::db::StructureId;

pub(super) async fn nouvelle(portail: &Portail) -> StructureId {
    StructureId(
        portail
            .uuid("select nouvelle_id from changements_identifiant")
            .await,
    )
}

impl Monde {
    /// Everything a structure may hold.
    pub(super) async fn remplir(&self) {
        let p = &self.portail;
        let id = async |adresse: &str| p.id(adresse).await;
        p.coordonnee(self.mairie, "Compte", "FR1420041010050500013M02606")
            .await;
        p.mandat(self.mairie, self.ailleurs).await;
        p.technique(self.mairie).await;
        sqlx::query(
            "insert into parametrage_espaces (id, structure_id, service_id, espace, droit)
             values (uuid_v7(), $1, null, 'factures_de_travaux', 'consultation'),
                    (uuid_v7(), $1, $2, 'factures_a_valider', 'modification')",
        )
        .bind(self.mairie)
        .bind(self.achats)
        .execute(&p.db)
        .await
        .expect("a setting");
        vantail::db::transaction(&p.app, async |tx| {
            let tous: Vec<uuid::Uuid> =
                sqlx::query_scalar("select id from rattachements where structure_id = $1")
                    .bind(self.mairie)
                    .fetch_all(&mut **tx)
                    .await?;
            for r in tous {
                vantail::abonnements::recalculer(tx, vantail::db::RattachementId(r)).await?;
            }
            Ok(())
        })
        .await
        .expect("the espaces due");
        let us = id(US).await;
        let r: uuid::Uuid = sqlx::query_scalar(
            "select id from rattachements where structure_id = $1 and utilisateur_id = $2",
        )
        .bind(self.mairie)
        .bind(us)
        .fetch_one(&p.db)
        .await
        .expect("his");
        p.abonnement(
            vantail::db::RattachementId(r),
            Some(self.achats),
            "factures_a_valider",
            "consultation",
        )
        .await;
        p.demande_abonnement(
            self.mairie,
            us,
            &[
                (Some(self.achats), "factures_recues", "modification"),
                (None, "factures_de_travaux", "modification"),
            ],
        )
        .await;
        p.demande_abonnement(
            self.mairie,
            us,
            &[(None, "factures_a_valider", "modification")],
        )
        .await;
        let attente = p.personne("zoe.attente@test.example").await;
        p.demande(self.mairie, attente, "us", &[self.achats]).await;
        let ancien = p.personne("old.desactive@test.example").await;
        let r = p.rattacher(self.mairie, ancien, "us", &[]).await;
        sqlx::query("update rattachements set statut = 'desactivee', cause = 'gestionnaire', date_fin = maintenant() + interval '3 days' where id = $1")
            .bind(r)
            .execute(&p.db)
            .await
            .expect("deactivated");
        let parti = p.personne("parti.supprime@test.example").await;
        let r = p.rattacher(self.mairie, parti, "us", &[]).await;
        sqlx::query(
            "update rattachements set statut = 'supprimee', cause = 'depart' where id = $1",
        )
        .bind(r)
        .execute(&p.db)
        .await
        .expect("deleted");
    }

    pub(super) async fn changer(&mut self, rang: u32) -> crate::support::page::PageLue {
        let champs = [
            ("type_identifiant", "SIRET"),
            ("identifiant", &*siret(rang)),
        ];
        let adresse = self.adresse("identifiant/confirmation");
        self.gp.poster(&adresse, &champs).await
    }
}

/// What people hold on a structure, by names that do not change from one copy to the next.
async fn contenu(portail: &Portail, structure: StructureId) -> Vec<String> {
    sqlx::query_scalar(
        "select 'service ' || code || libelle || actif || date_debut::text || coalesce(date_fin::text, '') from services where structure_id = $1
         union all
         select 'personne ' || u.adresse_connexion || r.role || r.statut || coalesce(r.cause, '') || r.maille_structure || r.capacites::text
                || r.date_debut::text || coalesce(r.date_fin::text, '') || coalesce(r.commentaire, '')
         from rattachements r join utilisateurs u on u.id = r.utilisateur_id
         where r.structure_id = $1 and r.statut <> 'supprimee'
         union all
         select 'habilitation ' || u.adresse_connexion || s.code || rs.statut || rs.date_debut::text
         from rattachement_services rs join rattachements r on r.id = rs.rattachement_id
         join utilisateurs u on u.id = r.utilisateur_id join services s on s.id = rs.service_id where rs.structure_id = $1
         union all
         select 'espace ' || u.adresse_connexion || a.espace || a.droit || a.origine || coalesce(s.code, '')
         from abonnements a join rattachements r on r.id = a.rattachement_id join utilisateurs u on u.id = r.utilisateur_id
         left join services s on s.id = a.service_id where a.structure_id = $1
         union all
         select 'réglage ' || p.espace || p.droit || coalesce(s.code, '') from parametrage_espaces p
         left join services s on s.id = p.service_id where p.structure_id = $1
         union all
         select 'banque ' || libelle || iban || bic || active from coordonnees_bancaires where structure_id = $1
         union all
         select 'fiche ' || raison_sociale || publique || coalesce(code_postal, '') || coalesce(ville, '') from structures where id = $1
         order by 1",
    )
    .bind(structure)
    .fetch_all(&portail.db)
    .await
    .expect("the content")
}

/// The open requests, by the same names.
async fn attentes(portail: &Portail, structure: StructureId) -> Vec<String> {
    sqlx::query_scalar(
        "select 'rattachement ' || u.adresse_connexion || d.role || d.maille_structure || d.commentaire || d.creee_le::text
                || array(select s.code from demande_services ds join services s on s.id = ds.service_id
                         where ds.demande_id = d.id and ds.statut = 'demandee' order by 1)::text
         from demandes_rattachement d join utilisateurs u on u.id = d.utilisateur_id
         where d.structure_id = $1 and d.statut = 'en_cours_de_validation'
         union all
         select 'abonnement ' || u.adresse_connexion || d.creee_le::text
                || array(select l.espace || l.droit || coalesce(s.code, '') || l.commentaire from demande_abonnement_lignes l
                         left join services s on s.id = l.service_id where l.demande_id = d.id and l.statut = 'demandee' order by 1)::text
         from demandes_abonnement d join utilisateurs u on u.id = d.utilisateur_id
         where d.structure_id = $1 and d.statut = 'en_cours_de_validation'
         order by 1",
    )
    .bind(structure)
    .fetch_all(&portail.db)
    .await
    .expect("the requests")
}

#[tokio::test]
async fn tout_est_repris_sous_le_nouvel_identifiant() {
    let mut monde = Monde::nouveau().await;
    monde.remplir().await;
    let avant = contenu(&monde.portail, monde.mairie).await;
    let attente = attentes(&monde.portail, monde.mairie).await;
    assert!(
        avant.len() > 20 && attente.len() == 3,
        "a full structure: {} {}",
        avant.len(),
        attente.len()
    );
    // The journey of seed 001 §11: button, window, new identifier, preview, confirmation.
    let page = monde.gp.page(&monde.adresse("identifiant")).await;
    let page = monde.gp.page(&page.lien("Modifier l’identifiant")).await;
    page.statut(200)
        .contient("excepté le mandat de facturation et l’utilisateur technique");
    let page = monde.gp.page(&page.lien("Continuer")).await;
    let page = page
        .formulaire("Continuer")
        .remplir("identifiant", &siret(7))
        .envoyer(&mut monde.gp)
        .await;
    page.statut(200)
        .contient("Confirmer le changement d’identifiant ?")
        .contient("2 services")
        .contient("4 utilisateurs, avec leurs rôles")
        .contient("1 rattachement")
        .contient("2 réglages")
        .contient("1 coordonnée bancaire")
        .contient("1 demande de rattachement et 2 demandes d’abonnement")
        .contient("1 mandat en cours")
        .contient("1 compte, qui ne lira plus rien");
    assert_eq!(
        monde
            .portail
            .nombre("select count(*) from changements_identifiant")
            .await,
        0,
        "not yet"
    );
    page.formulaire("Modifier l’identifiant")
        .envoyer(&mut monde.gp)
        .await
        .statut(200)
        .contient("L’identifiant est modifié.")
        .contient("Mairie de Terneuil");
    let portail = monde.portail.clone();
    let neuve = nouvelle(&portail).await;
    // The old fiche leads to the new one, for whoever has a right there.
    let ancienne = monde
        .gp
        .page(&format!("/structures/{}", monde.mairie))
        .await;
    ancienne
        .statut(200)
        .contient("Elle continue sous l’identifiant")
        .ne_contient_pas("Réactiver la structure");
    assert_eq!(
        ancienne.lien("Ouvrir la nouvelle fiche"),
        format!("/structures/{neuve}")
    );
    sqlx::query(
        "update rattachements r set statut = 'desactivee', cause = 'gestionnaire' from utilisateurs u
         where r.structure_id = $1 and u.id = r.utilisateur_id and u.adresse_connexion = $2",
    )
    .bind(neuve)
    .bind(GS)
    .execute(&portail.db)
    .await
    .expect("no right on the new one");
    let mut sans = portail.connecter(GS).await;
    let ancienne = sans.page(&format!("/structures/{}", monde.mairie)).await;
    ancienne
        .statut(200)
        .contient("Elle continue sous l’identifiant");
    assert!(ancienne.lien_eventuel("Ouvrir la nouvelle fiche").is_none());
    sqlx::query("update rattachements set statut = 'validee', cause = null where structure_id = $1 and statut = 'desactivee' and cause = 'gestionnaire'
                 and utilisateur_id = (select id from utilisateurs where adresse_connexion = $2)")
        .bind(neuve)
        .bind(GS)
        .execute(&portail.db)
        .await
        .expect("as it was");
    assert_eq!(
        contenu(&portail, neuve).await,
        avant,
        "everything, as it was"
    );
    assert_eq!(
        attentes(&portail, neuve).await,
        attente,
        "the requests wait there"
    );
    assert!(attentes(&portail, monde.mairie).await.is_empty());
    // The old one: closed, with its people and its GP.
    assert_eq!(
        statut_de_la_structure(&portail, monde.mairie).await,
        "inactive"
    );
    assert_eq!(statut_de_la_structure(&portail, neuve).await, "active");
    for structure in [monde.mairie, neuve] {
        assert_eq!(gp_de(&portail, structure).await.as_deref(), Some(GP));
    }
    assert_eq!(portail.structures_sans_un_gp().await, 0);
    assert_eq!(
        contenu(&portail, monde.mairie)
            .await
            .iter()
            .filter(|l| l.starts_with("personne"))
            .count(),
        5,
        "nobody has left the old one"
    );
    for (table, sql) in [
        (
            "mandats",
            "select count(*) from mandats m join changements_identifiant c on c.nouvelle_id in (m.structure_id, m.mandataire_id)",
        ),
        (
            "technique",
            "select count(*) from comptes_techniques t join changements_identifiant c on c.nouvelle_id = t.structure_id",
        ),
    ] {
        assert_eq!(portail.nombre(sql).await, 0, "{table} is not taken over");
    }
    // Both historiques say it, both hold, each page leads to the other.
    assert!(
        actions(&portail, monde.mairie)
            .await
            .contains(&"identifiant_modifie".to_owned())
    );
    assert_eq!(
        actions(&portail, neuve).await,
        ["identifiant_modifie", "demande_deposee"]
    );
    historique_vrai(&portail).await;
    let page = monde
        .gp
        .page(&format!("/structures/{neuve}/identifiant"))
        .await;
    page.contient("Ancien identifiant");
    monde
        .gp
        .page(&page.lien("Consulter l’ancienne fiche"))
        .await
        .statut(200)
        .contient("désactivée");
    monde
        .gp
        .page(&page.lien("Consulter son historique"))
        .await
        .statut(200)
        .contient("Identifiant modifié");
    let page = monde.gp.page(&monde.adresse("identifiant")).await;
    page.contient("Remplacé par");
    monde
        .gp
        .page(&page.lien("Ouvrir la nouvelle fiche"))
        .await
        .statut(200);
    // Everybody with a right is told, once.
    let mut attendus = [GP, GS, GS_SERVICE, US];
    attendus.sort_unstable();
    assert_eq!(monde.prevenus("identifiant_change").await, attendus);
    let courriers = portail.courriers_pour(US).await;
    let du_changement = |c: &&CourrierLu| c.gabarit == "identifiant_change";
    let texte = corps(courriers.iter().find(du_changement).expect("a mail")).to_owned();
    assert!(texte.contains("vous n’avez rien à faire"), "{texte}");
    // Those who wait are told that they still do.
    let zoe = portail.courriers_pour("zoe.attente@test.example").await;
    assert!(
        zoe.iter()
            .any(|c| { c.texte.contains("elle attend désormais sous l’identifiant") })
    );
    // On the old one nobody comes any more.
    let mut jules = {
        portail.personne("jules.martin@test.example").await;
        portail.connecter("jules.martin@test.example").await
    };
    jules
        .poster(
            &format!("/mon-compte/rattachements/demande/{}", monde.mairie),
            &[
                ("role", "us"),
                ("maille", "structure"),
                ("commentaire", "Bonjour"),
            ],
        )
        .await
        .statut(409);
    // Rights at once on the new one.
    let mut gs = portail.connecter(GS_SERVICE).await;
    gs.page(&format!("/structures/{neuve}")).await.statut(200);
}
