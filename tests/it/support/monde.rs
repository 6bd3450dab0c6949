//! Small worlds: people, structures, services, rattachements, put in place directly.

use sqlx::Row;
use uuid::Uuid;
use vantail::acces::mot_de_passe;
use vantail::db::{
    AbonnementId, DemandeAbonnementId, DemandeId, RattachementId, ServiceId, StructureId,
    UtilisateurId,
};
use vantail::web::MotDePasse;

use super::{MOT_DE_PASSE, Portail};

/// Beginning of the secret of the technical accounts put in place; their login ends it.
pub const SECRET: &str = "vtl_secret-des-essais-";

/// A SIRET with true keys, different for each rank.
pub fn siret(rang: u32) -> String {
    fn cle(chiffres: &str) -> String {
        (0..10)
            .map(|c| format!("{chiffres}{c}"))
            .find(|n| {
                n.bytes()
                    .rev()
                    .enumerate()
                    .map(|(i, o)| {
                        let c = u32::from(o - b'0') * if i % 2 == 1 { 2 } else { 1 };
                        if c > 9 { c - 9 } else { c }
                    })
                    .sum::<u32>()
                    % 10
                    == 0
            })
            .expect("one digit in ten fits")
    }
    cle(&format!("{}0001", cle(&format!("5{rang:07}"))))
}

/// « prenom.nom@domaine » gives the names.
fn noms(adresse: &str) -> (String, String) {
    let locale = adresse.split('@').next().unwrap_or_default();
    let majuscule = |mot: &str| {
        let mut lettres = mot.chars();
        lettres
            .next()
            .map(|l| l.to_uppercase().chain(lettres).collect::<String>())
            .unwrap_or_default()
    };
    match locale.split_once('.') {
        Some((prenom, nom)) => (majuscule(prenom), majuscule(nom)),
        None => (majuscule(locale), "Test".to_owned()),
    }
}

impl Portail {
    /// An active person with the password of the tests.
    pub async fn personne(&self, adresse: &str) -> UtilisateurId {
        let (prenom, nom) = noms(adresse);
        let hache =
            mot_de_passe::hacher_maintenant(self.app.config.argon2, &MotDePasse::new(MOT_DE_PASSE))
                .expect("a hash");
        let id = UtilisateurId::nouveau();
        sqlx::query(
            "insert into utilisateurs (id, adresse_connexion, adresse_contact, prenom, nom, statut, mot_de_passe, active_le)
             values ($1, $2, $2, $3, $4, 'actif', $5, maintenant())",
        )
        .bind(id)
        .bind(adresse)
        .bind(prenom)
        .bind(nom)
        .bind(hache)
        .execute(&self.db)
        .await
        .unwrap_or_else(|e| panic!("{adresse}: {e}"));
        id
    }

    /// A member of the staff: « support », « referent » or « administrateur ».
    pub async fn agent(&self, adresse: &str, equipe: &str) -> UtilisateurId {
        let id = self.personne(adresse).await;
        sqlx::query("update utilisateurs set equipe = $2 where id = $1")
            .bind(id)
            .bind(equipe)
            .execute(&self.db)
            .await
            .expect("a team");
        id
    }

    /// An actualité that this audience reads from now on.
    pub async fn actualite(&self, titre: &str, audience: &str) -> vantail::db::ActualiteId {
        let id = vantail::db::ActualiteId::nouveau();
        sqlx::query(
            "insert into actualites (id, titre, corps, texte, audience, publiee_le)
             values ($1, $2, 'Le texte.', 'Le texte.', $3, maintenant())",
        )
        .bind(id)
        .bind(titre)
        .bind(audience)
        .execute(&self.db)
        .await
        .unwrap_or_else(|e| panic!("{titre}: {e}"));
        id
    }

    /// An active structure nobody manages. Public, with a SIRET of that rank.
    pub async fn structure(&self, raison_sociale: &str, rang: u32, publique: bool) -> StructureId {
        let id = StructureId::nouveau();
        sqlx::query(
            "insert into structures (id, type_identifiant, identifiant, raison_sociale, publique, code_postal, ville)
             values ($1, 'SIRET', $2, $3, $4, '97500', 'Terneuil')",
        )
        .bind(id)
        .bind(siret(rang))
        .bind(raison_sociale)
        .bind(publique)
        .execute(&self.db)
        .await
        .unwrap_or_else(|e| panic!("{raison_sociale}: {e}"));
        id
    }

    pub async fn service(&self, structure: StructureId, code: &str, libelle: &str) -> ServiceId {
        let id = ServiceId::nouveau();
        sqlx::query(
            "insert into services (id, structure_id, code, libelle, date_debut)
             values ($1, $2, $3, $4, maintenant() - interval '1 year')",
        )
        .bind(id)
        .bind(structure)
        .bind(code)
        .bind(libelle)
        .execute(&self.db)
        .await
        .unwrap_or_else(|e| panic!("{libelle}: {e}"));
        id
    }

    /// Makes this person the gestionnaire principal of a structure nobody manages.
    pub async fn gp(&self, structure: StructureId, personne: UtilisateurId) -> RattachementId {
        let mut tx = self.db.begin().await.expect("a transaction");
        let id = RattachementId::nouveau();
        sqlx::query(
            "insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, date_debut)
             values ($1, $2, $3, 'gp', 'validee', true, maintenant() - interval '1 year')",
        )
        .bind(id)
        .bind(structure)
        .bind(personne)
        .execute(&mut *tx)
        .await
        .expect("a rattachement");
        sqlx::query("update structures set gp_id = $2 where id = $1")
            .bind(structure)
            .bind(id)
            .execute(&mut *tx)
            .await
            .expect("the pointer");
        tx.commit().await.expect("a commit");
        id
    }

    /// A validated rattachement, whole structure, or some services. A GS holds every capability.
    pub async fn rattacher(
        &self,
        structure: StructureId,
        personne: UtilisateurId,
        role: &str,
        services: &[ServiceId],
    ) -> RattachementId {
        let id = RattachementId::nouveau();
        sqlx::query(
            "insert into rattachements (id, structure_id, utilisateur_id, role, statut, maille_structure, capacites, date_debut)
             values ($1, $2, $3, $4, 'validee', $5, case when $4 = 'gs' then array['valider_rattachements',
               'rattacher_utilisateurs', 'valider_abonnements', 'gerer_structure', 'nommer_gestionnaires_secondaires']
               else array[]::text[] end, maintenant() - interval '1 year')",
        )
        .bind(id)
        .bind(structure)
        .bind(personne)
        .bind(role)
        .bind(services.is_empty())
        .execute(&self.db)
        .await
        .expect("a rattachement");
        for service in services {
            sqlx::query(
                "insert into rattachement_services (rattachement_id, structure_id, service_id, statut, date_debut)
                 values ($1, $2, $3, 'validee', maintenant() - interval '1 year')",
            )
            .bind(id)
            .bind(structure)
            .bind(service)
            .execute(&self.db)
            .await
            .expect("a service");
        }
        id
    }

    /// An open request: whole structure, or some services.
    pub async fn demande(
        &self,
        structure: StructureId,
        personne: UtilisateurId,
        role: &str,
        services: &[ServiceId],
    ) -> DemandeId {
        let id = DemandeId::nouveau();
        sqlx::query(
            "insert into demandes_rattachement (id, structure_id, utilisateur_id, role, maille_structure, commentaire)
             values ($1, $2, $3, $4, $5, 'Je rejoins le service.')",
        )
        .bind(id)
        .bind(structure)
        .bind(personne)
        .bind(role)
        .bind(services.is_empty())
        .execute(&self.db)
        .await
        .expect("a request");
        for service in services {
            sqlx::query("insert into demande_services (demande_id, structure_id, service_id) values ($1, $2, $3)")
                .bind(id)
                .bind(structure)
                .bind(service)
                .execute(&self.db)
                .await
                .expect("a service asked");
        }
        id
    }

    /// An espace obtained by request.
    pub async fn abonnement(
        &self,
        rattachement: RattachementId,
        service: Option<ServiceId>,
        espace: &str,
        droit: &str,
    ) -> AbonnementId {
        let id = AbonnementId::nouveau();
        sqlx::query(
            "insert into abonnements (id, structure_id, rattachement_id, service_id, espace, droit, origine)
             select $1, r.structure_id, r.id, $3, $4, $5, 'demande' from rattachements r where r.id = $2",
        )
        .bind(id)
        .bind(rattachement)
        .bind(service)
        .bind(espace)
        .bind(droit)
        .execute(&self.db)
        .await
        .expect("an espace");
        id
    }

    /// An open demande d'abonnement: service, espace, right of each line.
    pub async fn demande_abonnement(
        &self,
        structure: StructureId,
        personne: UtilisateurId,
        lignes: &[(Option<ServiceId>, &str, &str)],
    ) -> DemandeAbonnementId {
        let id = DemandeAbonnementId::nouveau();
        sqlx::query("insert into demandes_abonnement (id, structure_id, utilisateur_id) values ($1, $2, $3)")
            .bind(id)
            .bind(structure)
            .bind(personne)
            .execute(&self.db)
            .await
            .expect("a request");
        for (service, espace, droit) in lignes {
            sqlx::query(
                "insert into demande_abonnement_lignes (id, demande_id, structure_id, utilisateur_id, service_id, espace, droit,
                                                        commentaire)
                 values (uuid_v7(), $1, $2, $3, $4, $5, $6, 'J’en ai besoin.')",
            )
            .bind(id)
            .bind(structure)
            .bind(personne)
            .bind(service)
            .bind(espace)
            .bind(droit)
            .execute(&self.db)
            .await
            .expect("a line");
        }
        id
    }

    /// A bank account of a structure.
    pub async fn coordonnee(
        &self,
        structure: StructureId,
        libelle: &str,
        iban: &str,
    ) -> vantail::db::CoordonneeId {
        let id = vantail::db::CoordonneeId::nouveau();
        sqlx::query(
            "insert into coordonnees_bancaires (id, structure_id, libelle, iban, bic) values ($1, $2, $3, $4, 'BNPAFRPP')",
        )
        .bind(id)
        .bind(structure)
        .bind(libelle)
        .bind(iban)
        .execute(&self.db)
        .await
        .expect("an account");
        id
    }

    /// A mandat in force, without end.
    pub async fn mandat(
        &self,
        structure: StructureId,
        mandataire: StructureId,
    ) -> vantail::db::MandatId {
        let id = vantail::db::MandatId::nouveau();
        sqlx::query(
            "insert into mandats (id, structure_id, mandataire_id, date_debut) values ($1, $2, $3, debut_du_jour(aujourdhui() - 30))",
        )
        .bind(id)
        .bind(structure)
        .bind(mandataire)
        .execute(&self.db)
        .await
        .expect("a mandat");
        id
    }

    /// A technical account: its id and its login; its secret is [`SECRET`].
    pub async fn technique(&self, structure: StructureId) -> (vantail::db::TechniqueId, String) {
        let id = vantail::db::TechniqueId::nouveau();
        let identifiant = format!("technique-{}", &id.0.simple().to_string()[20..]);
        sqlx::query("insert into comptes_techniques (id, structure_id, identifiant, adresse_contact) values ($1, $2, $3, 'si@editeur.example')")
            .bind(id)
            .bind(structure)
            .bind(&identifiant)
            .execute(&self.db)
            .await
            .expect("an account");
        let secret = format!("{SECRET}{identifiant}");
        sqlx::query(
            "insert into secrets_techniques (id, compte_id, empreinte, expire_le) values (uuid_v7(), $1, $2, maintenant() + interval '424 days')",
        )
        .bind(id)
        .bind(&vantail::acces::empreinte_du_secret(&secret)[..])
        .execute(&self.db)
        .await
        .expect("a secret");
        (id, identifiant)
    }

    /// Structures where somebody is attached without exactly one GP: must be 0 at any instant.
    pub async fn structures_sans_un_gp(&self) -> i64 {
        self.nombre(
            "select count(*) from (
               select r.structure_id from rattachements r where r.statut = 'validee' group by r.structure_id
               having count(*) filter (where r.role = 'gp') <> 1) x",
        )
        .await
    }

    pub async fn uuid(&self, sql: &'static str) -> Uuid {
        sqlx::query(sql)
            .fetch_one(&self.db)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
            .get(0)
    }
}
