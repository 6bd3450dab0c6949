//! Two structures, people in every state on the first, and what the parameters of a path may name.

use vantail::db::{
    AbonnementId, ActualiteId, BrouillonId, CertificatId, DemandeAbonnementId, DemandeDeCompteId,
    DemandeId, PerimetreId, PieceId, ServiceId, SollicitationId, StructureId, UtilisateurId,
};

use crate::support::{Acteur, Portail};

/// Two structures of the same shape, and one person of each kind on the first.
pub struct Monde {
    pub portail: Portail,
    pub a: Objets,
    pub b: Objets,
}

/// What the parameters of a path may name.
pub struct Objets {
    pub structure: StructureId,
    pub service: ServiceId,
    pub demande: DemandeId,
    pub demande_abonnement: DemandeAbonnementId,
    pub abonnement: AbonnementId,
    /// A utilisateur simple.
    pub utilisateur: UtilisateurId,
    /// His.
    pub rattachement: vantail::db::RattachementId,
    pub ligne: uuid::Uuid,
    /// Deposited by the GP.
    pub fichier: uuid::Uuid,
    pub coordonnee: vantail::db::CoordonneeId,
    pub mandat: vantail::db::MandatId,
    pub technique: vantail::db::TechniqueId,
    /// Of the author of the request, with a file.
    pub sollicitation: SollicitationId,
    pub piece: PieceId,
    /// Of the same, to the structure, with a file; its GP, and one who only reads, have the espace.
    pub recue: SollicitationId,
    pub piece_recue: PieceId,
    /// Of the GP, with a file.
    pub brouillon: BrouillonId,
    pub piece_brouillon: PieceId,
    /// A prepared answer: of the instance.
    pub reponse: uuid::Uuid,
    pub actualite: ActualiteId,
    /// Names the GP, by a request of the utilisateur simple.
    pub certificat: CertificatId,
    /// Its sollicitation.
    pub changement: SollicitationId,
    /// On another structure, of the périmètre, that nobody manages; the référent and the desk open it.
    pub sans_gp: DemandeId,
    /// The référent answers there.
    pub perimetre: PerimetreId,
    pub referent: UtilisateurId,
    /// Sent to him, with a file.
    pub demandee: SollicitationId,
    pub piece_demandee: PieceId,
    /// His file of arrivals.
    pub arrivee: uuid::Uuid,
    /// That no référent receives.
    pub demande_au_support: DemandeDeCompteId,
    /// A PIGP account of it.
    pub compte: UtilisateurId,
    pub demande_de_compte: DemandeDeCompteId,
    /// Another administrateur.
    pub agent: UtilisateurId,
}

pub const CAPACITES: [&str; 5] = [
    "valider_rattachements",
    "rattacher_utilisateurs",
    "valider_abonnements",
    "gerer_structure",
    "nommer_gestionnaires_secondaires",
];

impl Monde {
    pub async fn nouveau() -> Self {
        let portail = Portail::nouveau().await;
        for equipe in ["support", "referent", "administrateur"] {
            portail
                .agent(&format!("{equipe}@vantail.example"), equipe)
                .await;
        }
        let a = Self::structure(&portail, "a", 1).await;
        let b = Self::structure(&portail, "b", 2).await;
        for (rang, statut) in ["desactivee", "supprimee"].iter().enumerate() {
            let adresse = format!("{statut}@a.example");
            let id = portail.personne(&adresse).await;
            let r = portail.rattacher(a.structure, id, "gs", &[]).await;
            sqlx::query(
                "update rattachements set statut = $2, cause = 'gestionnaire' where id = $1",
            )
            .bind(r)
            .bind(statut)
            .execute(&portail.db)
            .await
            .unwrap_or_else(|e| panic!("{rang}: {e}"));
        }
        for (adresse, dates) in [
            (
                "terminee@a.example",
                "date_debut = maintenant() - interval '2 years', date_fin = maintenant()",
            ),
            (
                "future@a.example",
                "date_debut = maintenant() + interval '1 day'",
            ),
        ] {
            let id = portail.personne(adresse).await;
            let r = portail.rattacher(a.structure, id, "gs", &[]).await;
            sqlx::query(sqlx::AssertSqlSafe(format!(
                "update rattachements set {dates} where id = $1"
            )))
            .bind(r)
            .execute(&portail.db)
            .await
            .expect("other dates");
        }
        let en_attente = portail.personne("en.attente@a.example").await;
        portail.demande(a.structure, en_attente, "gs", &[]).await;
        Self { portail, a, b }
    }

    async fn structure(portail: &Portail, nom: &str, rang: u32) -> Objets {
        let structure = portail
            .structure(&format!("Structure {nom}"), rang, true)
            .await;
        let gp = portail.personne(&format!("gp@{nom}.example")).await;
        portail.gp(structure, gp).await;
        let us = portail.personne(&format!("us@{nom}.example")).await;
        let rattachement = portail.rattacher(structure, us, "us", &[]).await;
        let abonnement = portail
            .abonnement(rattachement, None, "factures_a_valider", "consultation")
            .await;
        let demande_abonnement = portail
            .demande_abonnement(
                structure,
                us,
                &[(None, "factures_de_travaux", "modification")],
            )
            .await;
        let gs = portail.personne(&format!("gs@{nom}.example")).await;
        portail.rattacher(structure, gs, "gs", &[]).await;
        for capacite in CAPACITES {
            let id = portail
                .personne(&format!("sans.{capacite}@{nom}.example"))
                .await;
            let r = portail.rattacher(structure, id, "gs", &[]).await;
            sqlx::query(
                "update rattachements set capacites = array_remove(capacites, $2) where id = $1",
            )
            .bind(r)
            .bind(capacite)
            .execute(&portail.db)
            .await
            .expect("one capability less");
        }
        let demandeur = portail.personne(&format!("demandeur@{nom}.example")).await;
        let demande = portail.demande(structure, demandeur, "us", &[]).await;
        let ligne = vantail::db::transaction(&portail.app, async |tx| {
            vantail::historique::noter(
                tx,
                &vantail::acces::Systeme::processus(),
                vantail::historique::Entree {
                    structure: Some(structure),
                    action: vantail::historique::Action::DemandeDeposee,
                    concerne: Some(demandeur),
                    demande: Some(demande),
                    details: vantail::historique::Details::default(),
                },
            )
            .await
        })
        .await
        .expect("a line");
        let service = portail.service(structure, "ACH", "Achats").await;
        let sollicitation = portail.sollicitation(demandeur, "Une question").await;
        let piece = portail.piece(demandeur, None, Some(sollicitation)).await;
        portail.lecteur(structure, gp, "modification").await;
        let lecteur = portail.personne(&format!("lecteur@{nom}.example")).await;
        portail.rattacher(structure, lecteur, "us", &[]).await;
        portail.lecteur(structure, lecteur, "consultation").await;
        let recue = portail.recue(demandeur, structure, "Une facture").await;
        let piece_recue = portail.piece(demandeur, None, Some(recue)).await;
        let brouillon = portail.brouillon(gp, "Commencée").await;
        let piece_brouillon = portail.piece(gp, Some(brouillon), None).await;
        let reponse = uuid::Uuid::now_v7();
        sqlx::query(
            "insert into reponses_preparees (id, titre, texte) values ($1, $2, 'Bonjour {prénom}')",
        )
        .bind(reponse)
        .bind(format!("Accueil {nom}"))
        .execute(&portail.db)
        .await
        .expect("a prepared answer");
        let coordonnee = portail
            .coordonnee(structure, "Compte", "FR1420041010050500013M02606")
            .await;
        let mandataire = portail
            .structure(&format!("Mandataire {nom}"), rang + 50, false)
            .await;
        let mandat = portail.mandat(structure, mandataire).await;
        let (technique, _) = portail.technique(structure).await;
        let actualite = portail
            .actualite(&format!("Actualité {nom}"), "visiteur")
            .await;
        let (certificat, changement) = portail.certificat(structure, (us, gp)).await;
        let orpheline = portail
            .structure(&format!("Orpheline {nom}"), rang + 70, true)
            .await;
        let sans_gp = portail.demande(orpheline, demandeur, "us", &[]).await;
        sqlx::query(
            "with s as (update structures set passe_par_pigp = true, code_postal = '01000' where id = $2)
             update demandes_rattachement set signalee_le = maintenant(), signalee_a = 'referent' where id = $1",
        )
            .bind(sans_gp)
            .bind(orpheline)
            .execute(&portail.db)
            .await
            .expect("a request that the desk sees");
        let agent = portail
            .agent(
                &format!("administrateur.{nom}@vantail.example"),
                "administrateur",
            )
            .await;
        let fichier = uuid::Uuid::now_v7();
        sqlx::query(
            "insert into fichiers_deposes (id, utilisateur_id, structure_id, genre, nom, contenu, plan)
             values ($1, $2, $3, 'rattachements', 'x.csv', 'x', '{\"lignes\": []}')",
        )
        .bind(fichier)
        .bind(gp)
        .bind(structure)
        .execute(&portail.db)
        .await
        .expect("a file");
        let perimetre = PerimetreId::nouveau();
        let compte = portail.personne(&format!("compte@{nom}.example")).await;
        let demande_de_compte = DemandeDeCompteId::nouveau();
        sqlx::query("insert into perimetres (id, nom, departements) values ($1, $2, '{01}')")
            .bind(perimetre)
            .bind(format!("Périmètre {nom}"))
            .execute(&portail.db)
            .await
            .expect("a périmètre");
        sqlx::query("update utilisateurs set pigp = true, perimetre_id = $2 where id = $1")
            .bind(compte)
            .bind(perimetre)
            .execute(&portail.db)
            .await
            .expect("a PIGP account");
        sqlx::query(
            "insert into demandes_de_compte (id, prenom, nom, adresse, structure_id, perimetre_id, statut, confirmee_le)
             values ($1, 'A', 'B', $2, $3, $4, 'ouverte', maintenant())",
        )
        .bind(demande_de_compte)
        .bind(format!("sans.compte@{nom}.example"))
        .bind(structure)
        .bind(perimetre)
        .execute(&portail.db)
        .await
        .expect("a request");
        let referent = portail.id("referent@vantail.example").await;
        sqlx::query(
            "insert into perimetre_referents (perimetre_id, utilisateur_id) values ($1, $2)",
        )
        .bind(perimetre)
        .bind(referent)
        .execute(&portail.db)
        .await
        .expect("a référent");
        let demande_au_support = DemandeDeCompteId::nouveau();
        sqlx::query(
            "insert into demandes_de_compte (id, prenom, nom, adresse, structure_id, statut, confirmee_le)
             values ($1, 'A', 'B', $2, $3, 'ouverte', maintenant())",
        )
        .bind(demande_au_support)
        .bind(format!("sans.referent@{nom}.example"))
        .bind(structure)
        .execute(&portail.db)
        .await
        .expect("a request");
        let demandee = portail.sollicitation(demandeur, "Mes données").await;
        sqlx::query(
            "update sollicitations set destinataire = 'referent', perimetre_id = $2, categorie = 'mes_donnees' where id = $1",
        )
        .bind(demandee)
        .bind(perimetre)
        .execute(&portail.db)
        .await
        .expect("sent to the référent");
        let piece_demandee = portail.piece(demandeur, None, Some(demandee)).await;
        let arrivee = uuid::Uuid::now_v7();
        sqlx::query(
            "insert into fichiers_deposes (id, utilisateur_id, perimetre_id, genre, nom, contenu, plan)
             values ($1, $2, $3, 'arrivees', 'x.csv', 'x', '{\"lignes\": []}')",
        )
        .bind(arrivee)
        .bind(referent)
        .bind(perimetre)
        .execute(&portail.db)
        .await
        .expect("a file of arrivals");
        Objets {
            referent,
            demandee,
            piece_demandee,
            arrivee,
            demande_au_support,
            perimetre,
            compte,
            demande_de_compte,
            structure,
            fichier,
            service,
            coordonnee,
            mandat,
            technique,
            sollicitation,
            piece,
            recue,
            piece_recue,
            brouillon,
            piece_brouillon,
            reponse,
            actualite,
            certificat,
            changement,
            sans_gp,
            agent,
            demande,
            demande_abonnement,
            abonnement,
            utilisateur: us,
            rattachement,
            ligne,
        }
    }

    pub async fn acteur(&self, adresse: &str) -> Acteur {
        self.portail.connecter(adresse).await
    }
}
