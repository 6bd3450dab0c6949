//! Sollicitations, drafts and files as the scenarios need them.

use vantail::db::{
    BrouillonId, CertificatId, PieceId, SollicitationId, StructureId, UtilisateurId,
};

use super::Portail;

/// The smallest document that is one.
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R>>\nstartxref\n9\n%%EOF\n";

/// A document of that many bytes.
pub fn pdf_de(octets: usize) -> Vec<u8> {
    let fin = b"\nstartxref\n9\n%%EOF\n";
    let mut document = b"%PDF-1.7\n".to_vec();
    document.resize(octets - fin.len(), b'x');
    document.extend_from_slice(fin);
    document
}

impl Portail {
    async fn deposee(
        &self,
        emetteur: UtilisateurId,
        structure: Option<StructureId>,
        objet: &str,
    ) -> SollicitationId {
        let id = SollicitationId::nouveau();
        sqlx::query(
            "insert into sollicitations (id, reference, emetteur_id, destinataire, destinataire_structure_id, categorie, objet, texte)
             select $1, 'SOL-2020-' || lpad((count(*) + 1)::text, 6, '0'), $2,
                    case when $4::uuid is null then 'support' else 'structure' end, $4,
                    case when $4 is null then 'autre' else 'autre_structure' end, $3, 'Bonjour.'
             from sollicitations",
        )
        .bind(id)
        .bind(emetteur)
        .bind(objet)
        .bind(structure)
        .execute(&self.db)
        .await
        .expect("a sollicitation");
        id
    }

    /// A new sollicitation to the support.
    pub async fn sollicitation(&self, emetteur: UtilisateurId, objet: &str) -> SollicitationId {
        self.deposee(emetteur, None, objet).await
    }

    /// A new sollicitation to a public structure.
    pub async fn recue(
        &self,
        emetteur: UtilisateurId,
        structure: StructureId,
        objet: &str,
    ) -> SollicitationId {
        self.deposee(emetteur, Some(structure), objet).await
    }

    /// A certificate sent by an agent of its own, which names this person in the place of the gestionnaire principal.
    pub async fn certificat(
        &self,
        structure: StructureId,
        (successeur, ancien): (UtilisateurId, UtilisateurId),
    ) -> (CertificatId, SollicitationId) {
        let id = CertificatId::nouveau();
        let sollicitation = self.sollicitation(successeur, "Un changement").await;
        let agent = self
            .agent(
                &format!("agent.{}@vantail.example", id.0.simple()),
                "support",
            )
            .await;
        sqlx::query(
            "insert into certificats (id, sollicitation_id, structure_id, successeur_id, ancien_id, motif, envoye_par)
             values ($1, $2, $3, $4, $5, 'Parti.', $6)",
        )
        .bind(id)
        .bind(sollicitation)
        .bind(structure)
        .bind(successeur)
        .bind(ancien)
        .bind(agent)
        .execute(&self.db)
        .await
        .expect("a certificate");
        (id, sollicitation)
    }

    /// A draft to the support.
    pub async fn brouillon(&self, auteur: UtilisateurId, objet: &str) -> BrouillonId {
        let id = BrouillonId::nouveau();
        sqlx::query(
            "insert into sollicitation_brouillons (id, auteur_id, categorie, objet) values ($1, $2, 'autre', $3)",
        )
        .bind(id)
        .bind(auteur)
        .bind(objet)
        .execute(&self.db)
        .await
        .expect("a draft");
        id
    }

    /// A document on a draft or on a sollicitation, as if its author had deposited it.
    pub async fn piece(
        &self,
        deposant: UtilisateurId,
        brouillon: Option<BrouillonId>,
        sollicitation: Option<SollicitationId>,
    ) -> PieceId {
        let id = PieceId::nouveau();
        sqlx::query(
            "with p as (
               insert into pieces_jointes (id, deposant_id, brouillon_id, sollicitation_id, nom, genre, octets, empreinte, antivirus)
               values ($1, $2, $3, $4, 'preuve.pdf', 'pdf', length($5::bytea), sha256($5::bytea), 'aucune') returning id)
             insert into piece_morceaux (piece_id, rang, contenu) select id, 0, $5::bytea from p",
        )
        .bind(id)
        .bind(deposant)
        .bind(brouillon)
        .bind(sollicitation)
        .bind(PDF)
        .execute(&self.db)
        .await
        .expect("a file");
        id
    }

    /// The espace « Sollicitations reçues » for somebody of the structure.
    pub async fn lecteur(&self, structure: StructureId, personne: UtilisateurId, droit: &str) {
        sqlx::query(
            "insert into abonnements (id, structure_id, rattachement_id, espace, droit, origine)
             select uuid_v7(), r.structure_id, r.id, 'sollicitations_recues', $3, 'demande'
             from rattachements r where r.structure_id = $1 and r.utilisateur_id = $2 and r.statut <> 'supprimee'",
        )
        .bind(structure)
        .bind(personne)
        .bind(droit)
        .execute(&self.db)
        .await
        .expect("an espace");
    }
}
